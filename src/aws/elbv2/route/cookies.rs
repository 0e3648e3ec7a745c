//! The cookies by which requests come to the same target or group again.
//!
//! On AWS they are encrypted; here they are a digest that nobody but the world can make. Source: the User
//! Guide for Application Load Balancers, "Sticky sessions": a balancer's cookies expire after seven days,
//! how long a target is stuck to stands in them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use base::Time;

use super::Request;
use crate::group::{Group, TargetKey};

/// When a balancer's cookies expire.
const EXPIRY: Duration = Duration::from_hours(7 * 24);
/// The cookie beside an application's own.
pub(crate) const APP_COOKIE: &str = "AWSALBAPP-0";

/// A maker and reader of cookies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cookies<'a> {
    pub(crate) seed: u64,
    pub(crate) request: &'a Request,
}

impl Cookies<'_> {
    /// The value of a cookie that came with the request.
    pub(crate) fn given(&self, name: &str) -> Option<String> {
        let pairs = self.request.all("cookie").flat_map(|line| line.split(';'));
        let mut own = pairs.filter_map(|pair| pair.trim().split_once('='));
        own.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
    }

    /// A value that stands for this, made now.
    fn value(&self, of: &str, at: Time) -> String {
        let digest = sim::digest::of(&(self.seed, of.to_owned(), at));
        let mut bytes = at.0.to_be_bytes().to_vec();
        bytes.extend_from_slice(&digest.0);
        STANDARD.encode(bytes)
    }

    /// Whether a value stands for this, and not for too long.
    fn stands_for(&self, value: &str, of: &str, lasts: Duration) -> bool {
        let Ok(bytes) = STANDARD.decode(value) else { return false };
        let Some((made, _)) = bytes.split_first_chunk::<8>() else { return false };
        let made = Time(i64::from_be_bytes(*made));
        made <= self.request.at
            && self.request.at <= made.plus(lasts)
            && value == self.value(of, made)
    }

    /// The target that the request sticks to, of these.
    pub(crate) fn target(&self, group: &Group, among: &[TargetKey]) -> Option<TargetKey> {
        let (cookie, lasts) = match group.attribute("stickiness.type") {
            "app_cookie" => {
                // Without the application's own cookie there is no session.
                self.given(group.attribute("stickiness.app_cookie.cookie_name"))?;
                (APP_COOKIE, group.seconds("stickiness.app_cookie.duration_seconds"))
            }
            _ => ("AWSALB", group.seconds("stickiness.lb_cookie.duration_seconds")),
        };
        let value = self.given(cookie)?;
        among.iter().find(|key| self.stands_for(&value, &name(&group.arn, key), lasts)).cloned()
    }

    /// The group that the request sticks to, of these.
    pub(crate) fn group(&self, groups: &[(String, i64)], lasts_s: i64) -> Option<String> {
        let lasts = Duration::from_secs(u64::try_from(lasts_s).unwrap_or(0));
        let value = self.given("AWSALBTG")?;
        let mut known = groups.iter().map(|(arn, _)| arn);
        known.find(|arn| self.stands_for(&value, arn, lasts)).cloned()
    }

    /// The cookies that stand for a target.
    pub(crate) fn set_target(&self, group: &str, key: &TargetKey) -> Vec<String> {
        self.pair("AWSALB", &self.value(&name(group, key), self.request.at))
    }

    /// The cookies that stand for a group.
    pub(crate) fn set_group(&self, group: &str) -> Vec<String> {
        self.pair("AWSALBTG", &self.value(group, self.request.at))
    }

    fn pair(&self, name: &str, value: &str) -> Vec<String> {
        let expires = self.request.at.plus(EXPIRY).http_date();
        vec![
            format!("{name}={value}; Expires={expires}; Path=/"),
            format!("{name}CORS={value}; Expires={expires}; Path=/; SameSite=None"),
        ]
    }
}

/// The cookie beside one that an application sets.
pub(crate) fn set_app_cookie(seed: u64, request: &Request, group: &str, key: &TargetKey) -> String {
    let cookies = Cookies { seed, request };
    let value = cookies.value(&name(group, key), request.at);
    let expires = request.at.plus(EXPIRY).http_date();
    format!("{APP_COOKIE}={value}; Expires={expires}; Path=/")
}

fn name(group: &str, key: &TargetKey) -> String {
    format!("{group} {} {}", key.id, key.port)
}

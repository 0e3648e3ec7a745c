//! The values of a request that conditions and variables ask for.

use std::collections::BTreeMap;

use base::Time;
use sim::Via;

use super::requester::{Requester, RequesterKind};

/// Condition keys with their values. Names are compared whatever their case.
///
/// Most requests meet no policy that asks for one, so the global keys are made when they are asked for.
#[derive(Clone, Debug, Default)]
pub struct Context<'a> {
    /// What the service itself knows, and what stands before the global keys.
    given: BTreeMap<String, Vec<String>>,
    global: Option<Global<'a>>,
}

/// What the global keys are made from.
#[derive(Clone, Copy, Debug)]
struct Global<'a> {
    who: &'a Requester,
    at: Time,
    /// How the request came, and to which region; a simulated one came in no way.
    way: Option<(&'a Via, &'a str)>,
}

impl<'a> Context<'a> {
    /// Adds a value of the service's own; a key that is given more than once has several.
    pub fn add(&mut self, key: &str, value: impl Into<String>) {
        self.given.entry(key.to_ascii_lowercase()).or_default().push(value.into());
    }

    /// Replaces all values of a key.
    pub fn set(&mut self, key: &str, values: Vec<String>) {
        self.given.insert(key.to_ascii_lowercase(), values);
    }

    /// Says that a code of a device was given, and when.
    pub(crate) fn set_mfa(&mut self, given: Time, at: Time) {
        self.set("aws:MultiFactorAuthPresent", vec![true.to_string()]);
        self.set("aws:MultiFactorAuthAge", vec![seconds_since(given, at)]);
    }

    /// The values of a key, when the request has it.
    #[must_use]
    pub fn values(&self, key: &str) -> Option<Vec<String>> {
        let key = key.to_ascii_lowercase();
        let given = self.given.get(&key).cloned();
        given.or_else(|| self.global.as_ref()?.values(&key))
    }

    /// The global keys of a request.
    pub(crate) fn of(who: &'a Requester, at: Time, via: &'a Via, region: &'a str) -> Self {
        let global = Global { who, at, way: Some((via, region)) };
        Self { global: Some(global), ..Self::default() }
    }

    /// The global keys that do not depend on how a request came.
    pub(crate) fn of_principal(who: &'a Requester, at: Time) -> Self {
        Self { global: Some(Global { who, at, way: None }), ..Self::default() }
    }
}

impl Global<'_> {
    /// The values of a key in lower case (IAM User Guide, "AWS global condition context keys").
    fn values(&self, key: &str) -> Option<Vec<String>> {
        let Self { who, at, way } = *self;
        if let Some(tag) = key.strip_prefix("aws:principaltag/") {
            let tags = who.tags.iter().filter(|(name, _)| name.eq_ignore_ascii_case(tag));
            let values: Vec<String> = tags.map(|(_, value)| value.clone()).collect();
            return (!values.is_empty()).then_some(values);
        }
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let value = match key {
            "aws:principalarn" => text(&who.principal_arn),
            "aws:principalaccount" => text(&who.account),
            "aws:principaltype" => text(who.kind.as_str()),
            "aws:userid" => text(&who.user_id),
            "aws:username" => text(&who.user_name),
            "aws:sourceidentity" => text(&who.source_identity),
            "aws:currenttime" => Some(at.iso_secs()),
            "aws:epochtime" => Some(at.secs().to_string()),
            "aws:multifactorauthpresent" if who.temporary => Some(who.mfa.is_some().to_string()),
            "aws:multifactorauthage" if who.temporary => who.mfa.map(|g| seconds_since(g, at)),
            "aws:sourceip" => text(&way?.0.source_ip),
            "aws:useragent" => text(&way?.0.user_agent),
            "aws:referer" => text(&way?.0.referer),
            "aws:securetransport" => Some(way?.0.secure.to_string()),
            "aws:sourcearn" => text(&way?.0.source_arn),
            // Of the resource's ARN.
            "aws:sourceaccount" => text(way?.0.source_arn.split(':').nth(4).unwrap_or_default()),
            "aws:principalisawsservice" => Some((who.kind == RequesterKind::Service).to_string()),
            "aws:principalservicename" if who.kind == RequesterKind::Service => text(&who.arn),
            "aws:requestedregion" => text(way?.1),
            _ => None,
        };
        value.map(|value| vec![value])
    }
}

fn seconds_since(given: Time, at: Time) -> String {
    (at.secs() - given.secs()).to_string()
}

//! Target groups as they are kept.

use std::collections::BTreeMap;
use std::time::Duration;

use base::Time;

use super::attributes;
use super::shapes::balancer::Protocol;
use super::shapes::group::{Matcher, TargetGroup, TargetType};

/// What a target is called: the id of an instance or an address, and its port.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct TargetKey {
    pub(crate) id: String,
    pub(crate) port: u16,
}

/// How healthy a target was found.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) enum Health {
    /// It is being registered: nothing was asked yet.
    #[default]
    Registering,
    /// It is asked, and not enough is known.
    Checking,
    Healthy,
    /// With a reason and its description.
    Unhealthy(&'static str, String),
}

/// A target.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Target {
    /// `us-east-1a`, or `all` for an address outside of the network.
    pub(crate) zone: Option<String>,
    pub(crate) health: Health,
    /// Checks in a row that went well.
    pub(crate) well: i64,
    /// Checks in a row that went ill.
    pub(crate) ill: i64,
    /// Since when it is healthy.
    pub(crate) healthy_since: Option<Time>,
    /// Until when it is drained, when it is.
    pub(crate) draining: Option<Time>,
    /// Tells rounds of checks apart.
    pub(crate) life: u64,
    /// Whether checks are sent.
    pub(crate) checked: bool,
    /// Requests that have no answer yet.
    pub(crate) open: u64,
    /// Requests since it was registered.
    pub(crate) requests: u64,
    /// The last time that a request was sent to it, by the count of all.
    pub(crate) credit: i64,
}

/// How targets are asked for their health.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Check {
    pub(crate) enabled: bool,
    /// `traffic-port`, or a number.
    pub(crate) port: String,
    pub(crate) path: String,
    pub(crate) interval_s: i64,
    pub(crate) timeout_s: i64,
    pub(crate) healthy: i64,
    pub(crate) unhealthy: i64,
    pub(crate) matcher: String,
}

/// A target group.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Group {
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) port: u16,
    pub(crate) vpc: String,
    pub(crate) by: TargetType,
    pub(crate) check: Check,
    /// Those that were set.
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) targets: BTreeMap<TargetKey, Target>,
    /// Counts rounds of checks.
    pub(crate) lives: u64,
}

impl Group {
    /// The value of an attribute.
    pub(crate) fn attribute(&self, key: &str) -> &str {
        attributes::value(attributes::GROUP, &self.attributes, key)
    }

    /// An attribute that counts seconds.
    pub(crate) fn seconds(&self, key: &str) -> Duration {
        Duration::from_secs(self.attribute(key).parse().unwrap_or(0))
    }

    /// The port on which a target is asked for its health.
    pub(crate) fn check_port(&self, target: &TargetKey) -> u16 {
        self.check.port.parse().unwrap_or(target.port)
    }

    /// A number for a new round of checks.
    pub(crate) fn next_life(&mut self) -> u64 {
        self.lives += 1;
        self.lives
    }

    /// As the API describes it.
    pub(crate) fn shown(&self, balancers: Vec<String>) -> TargetGroup {
        TargetGroup {
            target_group_arn: self.arn.clone(),
            target_group_name: self.name.clone(),
            protocol: Protocol::Http,
            port: i64::from(self.port),
            vpc_id: self.vpc.clone(),
            health_check_protocol: Protocol::Http,
            health_check_port: self.check.port.clone(),
            health_check_enabled: self.check.enabled,
            health_check_interval_seconds: self.check.interval_s,
            health_check_timeout_seconds: self.check.timeout_s,
            healthy_threshold_count: self.check.healthy,
            unhealthy_threshold_count: self.check.unhealthy,
            health_check_path: self.check.path.clone(),
            matcher: Matcher { http_code: Some(self.check.matcher.clone()), grpc_code: None },
            load_balancer_arns: balancers,
            target_type: self.by,
            protocol_version: "HTTP1".to_owned(),
            ip_address_type: "ipv4".to_owned(),
            target_control_port: None,
        }
    }
}

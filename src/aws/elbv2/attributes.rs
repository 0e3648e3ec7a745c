//! Attributes of load balancers, listeners and target groups: what each may be, and what it is unless it
//! was set.
//!
//! Source: the API reference, `LoadBalancerAttribute`, `ListenerAttribute`, `TargetGroupAttribute`. One
//! that has no effect here takes nothing but the value that it has anyway.

use std::collections::BTreeMap;

use sim::api::ApiError;

use super::faults::{invalid, not_simulated};
use super::shapes::balancer::Attribute;

/// What an attribute may be.
#[derive(Clone, Copy, Debug)]
enum Values {
    /// `true` or `false`
    Switch,
    /// A number.
    Number(i64, i64),
    /// One of these.
    Words(&'static [&'static str]),
    /// A text of at most so many characters.
    Text(usize),
    /// The value that it has unless it is set, and others that the real service takes and that are not
    /// simulated.
    Fixed,
}

/// An attribute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    key: &'static str,
    default: &'static str,
    values: Values,
}

const fn known(key: &'static str, default: &'static str, values: Values) -> Known {
    Known { key, default, values }
}

/// Of Application Load Balancers.
pub(crate) const BALANCER: &[Known] = &[
    known("access_logs.s3.enabled", "false", Values::Switch),
    known("access_logs.s3.bucket", "", Values::Text(63)),
    known("access_logs.s3.prefix", "", Values::Text(1024)),
    known("client_keep_alive.seconds", "3600", Values::Fixed),
    known("connection_logs.s3.enabled", "false", Values::Fixed),
    known("connection_logs.s3.bucket", "", Values::Fixed),
    known("connection_logs.s3.prefix", "", Values::Fixed),
    known("deletion_protection.enabled", "false", Values::Switch),
    known("health_check_logs.s3.enabled", "false", Values::Fixed),
    known("health_check_logs.s3.bucket", "", Values::Fixed),
    known("health_check_logs.s3.prefix", "", Values::Fixed),
    known("idle_timeout.timeout_seconds", "60", Values::Number(1, 4000)),
    known("ipv6.deny_all_igw_traffic", "false", Values::Fixed),
    known("load_balancing.cross_zone.enabled", "true", Values::Fixed),
    known("routing.http.desync_mitigation_mode", "defensive", Values::Fixed),
    known("routing.http.drop_invalid_header_fields.enabled", "false", Values::Switch),
    known("routing.http.preserve_host_header.enabled", "false", Values::Switch),
    known("routing.http.x_amzn_tls_version_and_cipher_suite.enabled", "false", Values::Fixed),
    known("routing.http.xff_client_port.enabled", "false", Values::Switch),
    known(
        "routing.http.xff_header_processing.mode",
        "append",
        Values::Words(&["append", "preserve", "remove"]),
    ),
    known("routing.http2.enabled", "true", Values::Fixed),
    known("waf.fail_open.enabled", "false", Values::Fixed),
    known("zonal_shift.config.enabled", "false", Values::Fixed),
];

/// Of target groups of instances and addresses that speak HTTP.
pub(crate) const GROUP: &[Known] = &[
    known("deregistration_delay.timeout_seconds", "300", Values::Number(0, 3600)),
    known("load_balancing.algorithm.anomaly_mitigation", "off", Values::Fixed),
    known(
        "load_balancing.algorithm.type",
        "round_robin",
        Values::Words(&["round_robin", "least_outstanding_requests", "weighted_random"]),
    ),
    known("load_balancing.cross_zone.enabled", "use_load_balancer_configuration", Values::Fixed),
    known("slow_start.duration_seconds", "0", Values::Number(0, 900)),
    known("stickiness.enabled", "false", Values::Switch),
    known("stickiness.type", "lb_cookie", Values::Words(&["lb_cookie", "app_cookie"])),
    known("stickiness.lb_cookie.duration_seconds", "86400", Values::Number(1, 604_800)),
    known("stickiness.app_cookie.cookie_name", "", Values::Text(256)),
    known("stickiness.app_cookie.duration_seconds", "86400", Values::Number(1, 604_800)),
    known("target_group_health.dns_failover.minimum_healthy_targets.count", "1", Values::Fixed),
    known(
        "target_group_health.dns_failover.minimum_healthy_targets.percentage",
        "off",
        Values::Fixed,
    ),
    known(
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count",
        "1",
        Values::Number(1, 1000),
    ),
    known(
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
        "off",
        Values::Fixed,
    ),
];

/// Of listeners that speak HTTP.
pub(crate) const LISTENER: &[Known] = &[
    known("routing.http.response.server.enabled", "true", Values::Switch),
    known("routing.http.response.strict_transport_security.header_value", "", Values::Fixed),
    known("routing.http.response.access_control_allow_origin.header_value", "", Values::Fixed),
    known("routing.http.response.access_control_allow_methods.header_value", "", Values::Fixed),
    known("routing.http.response.access_control_allow_headers.header_value", "", Values::Fixed),
    known("routing.http.response.access_control_allow_credentials.header_value", "", Values::Fixed),
    known("routing.http.response.access_control_expose_headers.header_value", "", Values::Fixed),
    known("routing.http.response.access_control_max_age.header_value", "", Values::Fixed),
    known("routing.http.response.content_security_policy.header_value", "", Values::Text(1024)),
    known("routing.http.response.x_content_type_options.header_value", "", Values::Text(1024)),
    known("routing.http.response.x_frame_options.header_value", "", Values::Text(1024)),
];

/// The headers that attributes of a listener put into its answers.
pub(crate) const ANSWER_HEADERS: &[(&str, &str)] = &[
    ("routing.http.response.content_security_policy.header_value", "Content-Security-Policy"),
    ("routing.http.response.x_content_type_options.header_value", "X-Content-Type-Options"),
    ("routing.http.response.x_frame_options.header_value", "X-Frame-Options"),
];

/// The value of an attribute.
pub(crate) fn value<'a>(table: &[Known], set: &'a BTreeMap<String, String>, key: &str) -> &'a str {
    match set.get(key) {
        Some(value) => value,
        None => table.iter().find(|known| known.key == key).map_or("", |known| known.default),
    }
}

/// All of them as the API lists them.
pub(crate) fn listed(table: &[Known], set: &BTreeMap<String, String>) -> Vec<Attribute> {
    let one = |known: &Known| Attribute {
        key: Some(known.key.to_owned()),
        value: Some(value(table, set, known.key).to_owned()),
    };
    table.iter().map(one).collect()
}

/// What is set when these are given.
///
/// # Errors
/// A key is none of the table's, a value is none that it may have, or it is not simulated.
pub(crate) fn changed(
    table: &[Known],
    what: &str,
    set: &BTreeMap<String, String>,
    given: Vec<Attribute>,
) -> Result<BTreeMap<String, String>, ApiError> {
    if given.is_empty() {
        return Err(invalid(format!(
            "At least one {} attribute must be specified",
            what.to_lowercase()
        )));
    }
    let mut set = set.clone();
    for attribute in given {
        let key = attribute.key.unwrap_or_default();
        let value = attribute.value.unwrap_or_default();
        let known = table.iter().find(|known| known.key == key);
        let known = known
            .ok_or_else(|| invalid(format!("{what} attribute key '{key}' is not recognized")))?;
        if set.contains_key(&key) && value == known.default {
            set.remove(&key);
            continue;
        }
        check(known, what, &value)?;
        set.insert(key, value);
    }
    Ok(set)
}

fn check(known: &Known, what: &str, value: &str) -> Result<(), ApiError> {
    let wrong = |must: &str| {
        let what = what.to_lowercase();
        Err(invalid(format!("The {what} attribute '{}' {must}", known.key)))
    };
    match known.values {
        _ if value == known.default => Ok(()),
        Values::Switch if matches!(value, "true" | "false") => Ok(()),
        Values::Switch => wrong("must be true or false"),
        Values::Number(min, max) => match value.parse::<i64>() {
            Ok(number) if (min..=max).contains(&number) => Ok(()),
            _ => wrong(&format!("must be a number between {min} and {max}")),
        },
        Values::Words(words) if words.contains(&value) => Ok(()),
        Values::Words(words) => wrong(&format!("must be one of {}", words.join(", "))),
        Values::Text(max) if value.chars().count() <= max => Ok(()),
        Values::Text(max) => wrong(&format!("must have at most {max} characters")),
        Values::Fixed => Err(not_simulated(&format!("The attribute {} of {value:?}", known.key))),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Attribute, BALANCER, GROUP, Known, changed, value};

    fn set(table: &[Known], key: &str, text: &str) -> Result<String, String> {
        let given = vec![Attribute { key: Some(key.into()), value: Some(text.into()) }];
        let done = changed(table, "Load balancer", &BTreeMap::new(), given);
        done.map(|set| value(table, &set, key).to_owned()).map_err(|error| error.code)
    }

    #[test]
    fn attributes_take_what_acts() {
        let check = |table, key, text: &str, want: Result<&str, &str>| {
            let want = want.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(set(table, key, text), want, "{key} {text}");
        };
        check(BALANCER, "idle_timeout.timeout_seconds", "30", Ok("30"));
        check(BALANCER, "idle_timeout.timeout_seconds", "0", Err("ValidationError"));
        check(BALANCER, "idle_timeout", "30", Err("ValidationError"));
        check(BALANCER, "routing.http2.enabled", "true", Ok("true"));
        check(BALANCER, "routing.http2.enabled", "false", Err("NotImplemented"));
        check(BALANCER, "deletion_protection.enabled", "yes", Err("ValidationError"));
        check(GROUP, "stickiness.type", "app_cookie", Ok("app_cookie"));
        check(GROUP, "stickiness.type", "source_ip", Err("ValidationError"));
    }
}

//! Actions as requests give them, held to what an Application Load Balancer takes, and written out as the
//! API describes them afterwards.

use crate::balancer::Balancer;
use crate::faults::{configuration, invalid, no_group, not_simulated, other};
use crate::shapes::rule::{
    Action, ActionType, FixedResponseActionConfig, ForwardActionConfig, RedirectActionConfig,
    TargetGroupStickinessConfig, TargetGroupTuple,
};
use crate::state::Region;
use sim::api::ApiError;

/// Target groups of one action (quotas of Application Load Balancers).
const GROUPS_MAX: usize = 5;
const WEIGHT_MAX: i64 = 999;
/// Seven days, in seconds.
const STICKY_MAX_S: i64 = 604_800;
/// What a fixed answer may be.
const CONTENT_TYPES: &[&str] =
    &["text/plain", "text/css", "text/html", "application/javascript", "application/json"];

/// The actions of a rule or listener of this load balancer.
///
/// # Errors
/// There is not exactly one, it is none that is simulated, or what it says cannot be.
pub(super) fn read(
    region: &Region,
    balancer: &Balancer,
    given: Vec<Action>,
) -> Result<Vec<Action>, ApiError> {
    let count = given.len();
    let Some(action) = given.into_iter().next_back().filter(|_| count == 1) else {
        return Err(other(
            "InvalidLoadBalancerAction",
            "You must specify exactly one action of type 'forward', 'redirect' or 'fixed-response'",
        ));
    };
    if action.order.is_some_and(|order| !(1..=50_000).contains(&order)) {
        return Err(invalid("The action order must be between 1 and 50000"));
    }
    let kind = action.kind;
    let foreign = (action.redirect_config.is_some() && kind != ActionType::Redirect)
        || (action.fixed_response_config.is_some() && kind != ActionType::FixedResponse)
        || ((action.forward_config.is_some() || action.target_group_arn.is_some())
            && kind != ActionType::Forward);
    if foreign {
        return Err(other(
            "InvalidLoadBalancerAction",
            format!("The configuration does not go with an action of type '{}'", kind.as_str()),
        ));
    }
    let read = match kind {
        ActionType::Forward => forward(region, balancer, action)?,
        ActionType::Redirect => {
            let config = action.redirect_config.unwrap_or_default();
            Action { redirect_config: Some(redirect(config)?), ..kept(kind, action.order) }
        }
        ActionType::FixedResponse => {
            let config = action.fixed_response_config.unwrap_or_default();
            Action { fixed_response_config: Some(fixed(config)?), ..kept(kind, action.order) }
        }
        other => return Err(not_simulated(&format!("An action of type {}", other.as_str()))),
    };
    Ok(vec![read])
}

fn kept(kind: ActionType, order: Option<i64>) -> Action {
    Action { kind, order, ..Action::default() }
}

fn forward(region: &Region, balancer: &Balancer, action: Action) -> Result<Action, ApiError> {
    let config = action.forward_config.unwrap_or_default();
    let mut groups = config.target_groups;
    match &action.target_group_arn {
        Some(arn) if groups.is_empty() => {
            groups.push(TargetGroupTuple { target_group_arn: Some(arn.clone()), weight: None });
        }
        Some(arn) => {
            let only = groups.len() == 1 && groups[0].target_group_arn.as_ref() == Some(arn);
            if !only {
                return Err(invalid(
                    "You can specify either a target group ARN or a forward config with several \
                     target groups, not both",
                ));
            }
        }
        None if groups.is_empty() => {
            return Err(invalid("You must specify a target group for an action of type 'forward'"));
        }
        None => {}
    }
    if groups.len() > GROUPS_MAX {
        let message = format!("An action can have at most '{GROUPS_MAX}' target groups");
        return Err(other("TooManyTargetGroups", message));
    }
    for group in &mut groups {
        let arn = group.target_group_arn.as_deref().unwrap_or_default();
        usable(region, balancer, arn)?;
        let weight = *group.weight.get_or_insert(1);
        if !(0..=WEIGHT_MAX).contains(&weight) {
            return Err(invalid(format!("The weight must be between 0 and {WEIGHT_MAX}")));
        }
    }
    let mut sticky = config.stickiness.unwrap_or_default();
    let enabled = *sticky.enabled.get_or_insert(false);
    match sticky.duration_seconds {
        Some(duration) if !(1..=STICKY_MAX_S).contains(&duration) => {
            return Err(invalid(format!(
                "The target group stickiness duration must be between 1 and {STICKY_MAX_S} seconds"
            )));
        }
        None if enabled => {
            return Err(invalid("The target group stickiness duration must be specified"));
        }
        _ => {}
    }
    let only = if groups.len() == 1 { groups[0].target_group_arn.clone() } else { None };
    let stickiness = Some(TargetGroupStickinessConfig { enabled: Some(enabled), ..sticky });
    Ok(Action {
        target_group_arn: only,
        forward_config: Some(ForwardActionConfig { target_groups: groups, stickiness }),
        ..kept(ActionType::Forward, action.order)
    })
}

/// Whether a load balancer can send requests to a target group.
fn usable(region: &Region, balancer: &Balancer, arn: &str) -> Result<(), ApiError> {
    let group = region.groups.get(arn).ok_or_else(|| no_group(arn))?;
    if group.vpc != balancer.vpc {
        return Err(configuration(format!(
            "The following target groups are not in the load balancer's VPC '{}': {arn}",
            balancer.vpc
        )));
    }
    if region.user_of(arn).is_some_and(|user| user.arn != balancer.arn) {
        return Err(other(
            "TargetGroupAssociationLimit",
            format!(
                "The following target groups cannot be associated with more than one load \
                 balancer: {arn}"
            ),
        ));
    }
    Ok(())
}

fn redirect(config: RedirectActionConfig) -> Result<RedirectActionConfig, ApiError> {
    let or = |given: Option<String>, usual: &str| given.unwrap_or_else(|| usual.to_owned());
    let protocol = or(config.protocol, "#{protocol}");
    let port = or(config.port, "#{port}");
    let host = or(config.host, "#{host}");
    let path = or(config.path, "/#{path}");
    let query = or(config.query, "#{query}");
    if !matches!(protocol.as_str(), "HTTP" | "HTTPS" | "#{protocol}") {
        return Err(invalid(format!("The redirect protocol '{protocol}' is not valid")));
    }
    if port != "#{port}" && !port.parse::<u16>().is_ok_and(|port| port > 0) {
        return Err(invalid(format!("The redirect port '{port}' is not valid")));
    }
    for (what, text, max) in [("host", &host, 128), ("path", &path, 128), ("query", &query, 128)] {
        let empty = text.is_empty() && what != "query";
        if empty || text.chars().count() > max {
            return Err(invalid(format!("The redirect {what} '{text}' is not valid")));
        }
    }
    if !path.starts_with('/') {
        return Err(invalid(format!("The redirect path '{path}' must start with '/'")));
    }
    if query.starts_with('?') {
        return Err(invalid("The redirect query must not start with '?'"));
    }
    let same = protocol == "#{protocol}" && port == "#{port}" && host == "#{host}";
    if same && path == "/#{path}" {
        return Err(other(
            "InvalidLoadBalancerAction",
            "The redirect configuration is not valid because it creates a loop.",
        ));
    }
    Ok(RedirectActionConfig {
        protocol: Some(protocol),
        port: Some(port),
        host: Some(host),
        path: Some(path),
        query: Some(query),
        status_code: config.status_code,
    })
}

fn fixed(config: FixedResponseActionConfig) -> Result<FixedResponseActionConfig, ApiError> {
    let code = &config.status_code;
    let fits = code.len() == 3
        && code.starts_with(['2', '4', '5'])
        && code.bytes().all(|byte| byte.is_ascii_digit());
    if !fits {
        return Err(invalid(format!("The fixed response status code '{code}' is not valid")));
    }
    if let Some(kind) = &config.content_type
        && !CONTENT_TYPES.contains(&kind.as_str())
    {
        return Err(invalid(format!(
            "The fixed response content type '{kind}' must be one of {}",
            CONTENT_TYPES.join(", ")
        )));
    }
    if config.message_body.as_ref().is_some_and(|body| body.len() > 1024) {
        return Err(invalid("The fixed response message body can have at most 1024 bytes"));
    }
    Ok(config)
}

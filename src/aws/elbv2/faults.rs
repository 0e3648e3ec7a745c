//! The refusals that several operations answer.

use sim::api::ApiError;

fn refuse(code: &str, message: impl Into<String>) -> ApiError {
    ApiError::new(400, code, message)
}

/// A value that cannot be taken.
pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
    refuse("ValidationError", message)
}

/// Settings that do not go together, or with what there is.
pub(crate) fn configuration(message: impl Into<String>) -> ApiError {
    refuse("InvalidConfigurationRequest", message)
}

/// Something that the real service does and this one does not.
pub(crate) fn not_simulated(what: &str) -> ApiError {
    let message = format!("{what} is not simulated here, so it cannot be given");
    ApiError::new(501, "NotImplemented", message)
}

pub(crate) fn no_balancer(arn: &str) -> ApiError {
    refuse("LoadBalancerNotFound", format!("Load balancer '{arn}' not found"))
}

pub(crate) fn no_balancers(names: &[String]) -> ApiError {
    refuse("LoadBalancerNotFound", format!("Load balancers '[{}]' not found", names.join(", ")))
}

pub(crate) fn no_group(arn: &str) -> ApiError {
    refuse("TargetGroupNotFound", format!("Target group '{arn}' not found"))
}

pub(crate) fn no_groups() -> ApiError {
    refuse("TargetGroupNotFound", "One or more target groups not found")
}

pub(crate) fn no_listener() -> ApiError {
    refuse("ListenerNotFound", "One or more listeners not found")
}

pub(crate) fn no_rule() -> ApiError {
    refuse("RuleNotFound", "One or more rules not found")
}

/// What it is made of is used elsewhere.
pub(crate) fn in_use(message: impl Into<String>) -> ApiError {
    refuse("ResourceInUse", message)
}

pub(crate) fn not_permitted(message: impl Into<String>) -> ApiError {
    refuse("OperationNotPermitted", message)
}

pub(crate) fn invalid_target(message: impl Into<String>) -> ApiError {
    refuse("InvalidTarget", message)
}

/// A refusal with a code of its own.
pub(crate) fn other(code: &str, message: impl Into<String>) -> ApiError {
    refuse(code, message)
}

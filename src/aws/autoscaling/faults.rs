//! The errors that several operations answer.

use sim::api::ApiError;

/// The error of nearly everything that a request gets wrong.
pub(crate) fn validation(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "ValidationError", message)
}

pub(crate) fn no_group(name: &str) -> ApiError {
    validation(format!("AutoScalingGroup name not found - AutoScalingGroup '{name}' not found"))
}

pub(crate) fn exists(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "AlreadyExists", message)
}

pub(crate) fn in_use(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "ResourceInUse", message)
}

pub(crate) fn in_progress(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "ScalingActivityInProgress", message)
}

pub(crate) fn limit(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "LimitExceeded", message)
}

/// A group has one refresh at a time.
pub(crate) fn refreshing() -> ApiError {
    let message = "An Instance Refresh is already in progress and blocks the execution of this Instance \
                   Refresh.";
    ApiError::new(400, "InstanceRefreshInProgress", message)
}

pub(crate) fn no_refresh(group: &str) -> ApiError {
    let message =
        format!("No in progress or pending Instance Refresh found for Auto Scaling group {group}");
    ApiError::new(400, "ActiveInstanceRefreshNotFound", message)
}

pub(crate) fn bad_token() -> ApiError {
    ApiError::new(400, "InvalidNextToken", "The token is invalid.")
}

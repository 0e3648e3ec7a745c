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

pub(crate) fn bad_token() -> ApiError {
    ApiError::new(400, "InvalidNextToken", "The token is invalid.")
}

//! The errors that several operations answer.

use sim::api::ApiError;

/// The error of nearly everything that a request gets wrong.
pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, INVALID, message)
}

/// The code of it.
pub(crate) const INVALID: &str = "InvalidParameterException";

fn not_found(message: &str) -> ApiError {
    ApiError::new(400, "ResourceNotFoundException", message)
}

pub(crate) fn no_group() -> ApiError {
    not_found("The specified log group does not exist.")
}

pub(crate) fn no_stream() -> ApiError {
    not_found("The specified log stream does not exist.")
}

pub(crate) fn no_filter() -> ApiError {
    not_found("The specified metric filter does not exist.")
}

pub(crate) fn no_resource() -> ApiError {
    not_found("The specified resource does not exist.")
}

pub(crate) fn exists(what: &str) -> ApiError {
    let message = format!("The specified {what} already exists");
    ApiError::new(400, "ResourceAlreadyExistsException", message)
}

pub(crate) fn too_many() -> ApiError {
    ApiError::new(400, "LimitExceededException", "Resource limit exceeded.")
}

pub(crate) fn bad_token() -> ApiError {
    invalid("The specified nextToken is invalid.")
}

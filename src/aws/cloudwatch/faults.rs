//! The errors that several operations answer. Clients that speak the query protocol's codes find them in
//! a header.

use sim::api::ApiError;

fn refuse(code: &str, query: &str, message: impl Into<String>) -> ApiError {
    ApiError::new(400, code, message).with("x-amzn-query-error", format!("{query};Sender"))
}

/// A value that cannot be.
pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
    refuse("InvalidParameterValueException", "InvalidParameterValue", message)
}

/// Members that do not go together.
pub(crate) fn combination(message: impl Into<String>) -> ApiError {
    refuse("InvalidParameterCombinationException", "InvalidParameterCombination", message)
}

/// A member that is not there.
pub(crate) fn missing(message: impl Into<String>) -> ApiError {
    refuse("MissingRequiredParameterException", "MissingParameter", message)
}

/// What the framework says.
pub(crate) fn validation(message: impl Into<String>) -> ApiError {
    refuse("ValidationError", "ValidationError", message)
}

/// An alarm that is not there.
pub(crate) fn no_alarm() -> ApiError {
    refuse("ResourceNotFound", "ResourceNotFound", "Unknown Alarm Name")
}

/// A resource with tags that is not there.
pub(crate) fn no_resource(arn: &str) -> ApiError {
    refuse(
        "ResourceNotFoundException",
        "ResourceNotFoundException",
        format!("{arn} does not exist"),
    )
}

pub(crate) fn bad_token() -> ApiError {
    refuse("InvalidNextToken", "InvalidNextToken", "The next token specified is invalid.")
}

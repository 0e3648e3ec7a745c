//! The errors that several operations answer.

use sim::api::ApiError;

/// The code of the framework's own refusals.
pub(crate) const INVALID: &str = "ValidationException";

pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, INVALID, message)
}

pub(crate) fn refuse(code: &str, message: impl Into<String>) -> ApiError {
    ApiError::new(400, code, message)
}

pub(crate) fn not_found(name: &str) -> ApiError {
    refuse("ParameterNotFound", format!("Parameter {name} not found."))
}

pub(crate) fn no_version(name: &str, version: &str) -> ApiError {
    let message = format!(
        "Systems Manager could not find version {version} of {name}. Verify the version and try again."
    );
    refuse("ParameterVersionNotFound", message)
}

pub(crate) fn bad_token() -> ApiError {
    refuse("InvalidNextToken", "The specified token isn't valid.")
}

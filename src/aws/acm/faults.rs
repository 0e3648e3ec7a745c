//! The errors that several operations answer.

use sim::api::ApiError;

fn refuse(code: &str, message: impl Into<String>) -> ApiError {
    ApiError::new(400, code, message)
}

/// A value that cannot be taken.
pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
    refuse("ValidationException", message)
}

pub(crate) fn not_found(arn: &str) -> ApiError {
    refuse("ResourceNotFoundException", format!("Could not find certificate {arn}."))
}

pub(crate) fn in_use(arn: &str, account: &str) -> ApiError {
    let message = format!("Certificate {arn} in account {account} is in use.");
    refuse("ResourceInUseException", message)
}

pub(crate) fn bad_arn(arn: &str) -> ApiError {
    refuse("InvalidArnException", format!("'{arn}' is not a valid certificate ARN."))
}

pub(crate) fn bad_tag(message: impl Into<String>) -> ApiError {
    refuse("InvalidTagException", message)
}

pub(crate) fn too_many_tags() -> ApiError {
    refuse("TooManyTagsException", "A certificate can have at most 50 tags.")
}

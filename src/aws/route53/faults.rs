//! The errors that several operations answer. Codes and statuses are those of the API reference.

use sim::api::ApiError;

pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "InvalidInput", message)
}

/// A value that is known and not simulated.
pub(crate) fn not_simulated(what: &str) -> ApiError {
    ApiError::new(501, "NotImplemented", format!("{what} is not simulated here"))
}

pub(crate) fn no_such_zone(id: &str) -> ApiError {
    ApiError::new(404, "NoSuchHostedZone", format!("No hosted zone found with ID: {id}"))
}

pub(crate) fn no_such_change(id: &str) -> ApiError {
    ApiError::new(404, "NoSuchChange", format!("Could not find resource with ID: {id}"))
}

/// A batch of which nothing was done, and all that is wrong in it.
pub(crate) fn invalid_batch(messages: &[String]) -> ApiError {
    ApiError::new(400, "InvalidChangeBatch", format!("[{}]", messages.join(", ")))
}

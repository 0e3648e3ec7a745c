//! The errors that several operations answer. Codes and statuses are those of the API reference.

use sim::api::ApiError;

/// The error of nearly everything that a request gets wrong.
pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "InvalidArgument", message)
}

/// A setting that is known and not simulated.
pub(crate) fn not_simulated(what: &str) -> ApiError {
    let message = format!("The parameter {what} is not simulated here, so it cannot be given");
    ApiError::new(501, "NotImplemented", message)
}

pub(crate) fn no_such_distribution() -> ApiError {
    ApiError::new(404, "NoSuchDistribution", "The specified distribution does not exist.")
}

pub(crate) fn no_such_invalidation() -> ApiError {
    ApiError::new(404, "NoSuchInvalidation", "The specified invalidation does not exist.")
}

pub(crate) fn inconsistent(what: &str) -> ApiError {
    let message = format!("The value of Quantity and the size of Items don't match: {what}");
    ApiError::new(400, "InconsistentQuantities", message)
}

pub(crate) fn illegal_update(message: &str) -> ApiError {
    ApiError::new(400, "IllegalUpdate", message)
}

/// Holds a request to the version that it was made from.
///
/// # Errors
/// `InvalidIfMatchVersion` without one, `PreconditionFailed` of another.
pub(crate) fn matches(if_match: Option<&str>, etag: &str) -> Result<(), ApiError> {
    match if_match.map(|given| given.trim_matches('"')) {
        None | Some("") => Err(ApiError::new(
            400,
            "InvalidIfMatchVersion",
            "The If-Match version is missing or not valid for the resource.",
        )),
        Some(given) if given != etag => Err(ApiError::new(
            412,
            "PreconditionFailed",
            "The request failed because it didn't meet the preconditions in one or more \
             request-header fields.",
        )),
        Some(_) => Ok(()),
    }
}

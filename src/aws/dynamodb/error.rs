//! The errors that several operations answer.

pub use sim::api::ApiError;

/// The code of a request that breaks a rule.
pub(crate) const VALIDATION: &str = "ValidationException";

/// The error DynamoDB answers to nearly everything a request gets wrong.
pub(crate) fn validation(message: impl Into<String>) -> ApiError {
    ApiError::new(400, VALIDATION, message)
}

/// A request whose JSON does not have the model's types.
pub(crate) fn serialization(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "SerializationException", message)
}

/// The service's answer where a table is not there to be read or written.
pub(crate) fn not_found() -> ApiError {
    ApiError::new(400, "ResourceNotFoundException", "Requested resource not found")
}

/// The service's answer where a table is not there to be managed.
pub(crate) fn table_not_found(name: &str) -> ApiError {
    let message = format!("Requested resource not found: Table: {name} not found");
    ApiError::new(400, "ResourceNotFoundException", message)
}

pub(crate) fn in_use(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "ResourceInUseException", message)
}

pub(crate) fn limit_exceeded(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "LimitExceededException", message)
}

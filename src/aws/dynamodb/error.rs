//! The two errors that most requests which are wrong get.

pub use sim::api::ApiError;

/// The error DynamoDB answers to nearly everything a request gets wrong.
pub(crate) fn validation(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "ValidationException", message)
}

/// A request whose JSON does not have the model's types.
pub(crate) fn serialization(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "SerializationException", message)
}

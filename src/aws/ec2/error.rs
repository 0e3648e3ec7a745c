//! EC2's refusals, in its own words.

use sim::api::ApiError;

/// A refusal of the client's request.
pub(crate) fn refuse(code: &str, message: impl Into<String>) -> ApiError {
    ApiError::new(400, code, message)
}

/// A value that cannot be taken.
pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
    refuse("InvalidParameterValue", message)
}

/// `Value (x) for parameter cidrBlock is invalid.`, and what else there is to say.
pub(crate) fn invalid_value(value: &str, parameter: &str, more: &str) -> ApiError {
    let space = if more.is_empty() { "" } else { " " };
    invalid(format!("Value ({value}) for parameter {parameter} is invalid.{space}{more}"))
}

/// Parameters that do not go together.
pub(crate) fn combination(message: impl Into<String>) -> ApiError {
    refuse("InvalidParameterCombination", message)
}

/// A parameter that must be there.
pub(crate) fn missing(parameter: &str) -> ApiError {
    let message = format!("The request must contain the parameter {parameter}");
    refuse("MissingParameter", message)
}

/// Something else still stands on it.
pub(crate) fn dependency(message: impl Into<String>) -> ApiError {
    refuse("DependencyViolation", message)
}

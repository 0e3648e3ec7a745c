//! What the service refuses with. Most of it is one code, told apart by words only.

use sim::api::ApiError;

/// `ValidationError`, for whatever is wrong with a request, a template or a stack's state.
pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "ValidationError", message)
}

/// There is no such stack, as `DescribeStacks` and most others say it.
pub(crate) fn no_stack_with_id(name: &str) -> ApiError {
    invalid(format!("Stack with id {name} does not exist"))
}

/// There is no such stack, as operations that change one say it.
pub(crate) fn no_stack(name: &str) -> ApiError {
    invalid(format!("Stack [{name}] does not exist"))
}

pub(crate) fn no_change_set(name: &str) -> ApiError {
    ApiError::new(404, "ChangeSetNotFound", format!("ChangeSet [{name}] does not exist"))
}

/// A value breaks a constraint of the service's model.
pub(crate) fn constraint(value: &str, member: &str, constraint: &str) -> ApiError {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: \
         {constraint}"
    ))
}

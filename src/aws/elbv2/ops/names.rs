//! Names of load balancers and target groups.

use crate::faults::invalid;
use sim::api::ApiError;

/// The longest name, in characters (API reference, `CreateLoadBalancer`).
const LEN_MAX: usize = 32;

/// # Errors
/// The name has not the form of one; `what` is whose it is: `load balancer`.
pub(super) fn check(what: &str, name: &str) -> Result<(), ApiError> {
    let wrong = |why: &str| Err(invalid(format!("The {what} name '{name}' {why}")));
    if name.is_empty() {
        return Err(invalid(format!("The {what} name must not be empty")));
    }
    if name.chars().count() > LEN_MAX {
        return Err(invalid(format!(
            "The {what} name '{name}' cannot be longer than '{LEN_MAX}' characters"
        )));
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return wrong(
            "can only contain characters that are alphanumeric characters and hyphens(-)",
        );
    }
    if name.starts_with('-') || name.ends_with('-') {
        return wrong("cannot begin or end with a hyphen");
    }
    Ok(())
}

//! Names of load balancers and target groups.

use crate::faults::invalid;
use sim::api::ApiError;

/// The longest name, in characters (API reference, `CreateLoadBalancer`).
const LEN_MAX: usize = 32;

/// What a name is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Of {
    Balancer,
    Group,
}

/// # Errors
/// The name has not the form of one.
pub(super) fn check(of: Of, name: &str) -> Result<(), ApiError> {
    // The two are worded a little differently.
    let (what, and) = match of {
        Of::Balancer => ("The load balancer name", "and"),
        Of::Group => ("Target group name", "or"),
    };
    let wrong = |why: &str| Err(invalid(format!("{what} '{name}' {why}")));
    if name.is_empty() {
        return wrong("must not be empty");
    }
    if name.chars().count() > LEN_MAX {
        return wrong(&format!("cannot be longer than '{LEN_MAX}' characters"));
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return wrong(&format!(
            "can only contain characters that are alphanumeric characters {and} hyphens(-)"
        ));
    }
    if name.starts_with('-') || name.ends_with('-') {
        return wrong("cannot begin or end with a hyphen");
    }
    Ok(())
}

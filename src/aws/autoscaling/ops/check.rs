//! What groups can be: checks of requests that make one or change one.

use sim::api::ApiError;

use crate::choose::POLICIES;
use crate::faults::validation;

/// # Errors
/// It is below zero.
pub(super) fn not_negative(given: Option<i64>, what: &str) -> Result<Option<i64>, ApiError> {
    match given {
        Some(below @ ..0) => Err(validation(format!("{what} must not be negative: {below}"))),
        given => Ok(given),
    }
}

/// # Errors
/// The sizes do not fit each other.
pub(super) fn check_bounds(min: i64, max: i64, desired: i64) -> Result<(), ApiError> {
    if min < 0 || max < 0 {
        return Err(validation("Min bound and max bound must not be negative"));
    }
    if min > max {
        return Err(validation(format!(
            "Max bound, {max}, must be greater than or equal to min bound, {min}"
        )));
    }
    if !(min..=max).contains(&desired) {
        return Err(validation(format!(
            "Desired capacity:{desired} must be between the specified min size:{min} and max size:{max}"
        )));
    }
    Ok(())
}

/// The health check types of a request, as they are kept.
///
/// # Errors
/// One is none, or is not simulated.
pub(super) fn check_health(given: Option<&str>) -> Result<Option<String>, ApiError> {
    let Some(given) = given else { return Ok(None) };
    for kind in given.split(',').map(str::trim) {
        match kind {
            "EC2" | "ELB" => {}
            "EBS" | "VPC_LATTICE" => {
                let message = format!("The health check type {kind} is not simulated here");
                return Err(ApiError::new(501, "NotImplemented", message));
            }
            other => {
                return Err(validation(format!(
                    "Invalid health check type: {other}. Valid values are EC2, ELB, EBS and VPC_LATTICE"
                )));
            }
        }
    }
    Ok(Some(given.to_owned()))
}

/// # Errors
/// One is no termination policy.
pub(super) fn check_termination(policies: &[String]) -> Result<(), ApiError> {
    for policy in policies {
        if policy.starts_with("arn:aws:lambda:") {
            let message = "Custom termination policies are not simulated here";
            return Err(ApiError::new(501, "NotImplemented", message));
        }
        if !POLICIES.contains(&policy.as_str()) {
            return Err(validation(format!(
                "Termination policy {policy} is not valid. Valid policies are: {}",
                POLICIES.join(", ")
            )));
        }
    }
    // With others behind it, the default would never leave one to them.
    if policies.iter().rev().skip(1).any(|policy| policy == "Default") {
        return Err(validation("The termination policy Default must be the last in the list"));
    }
    Ok(())
}

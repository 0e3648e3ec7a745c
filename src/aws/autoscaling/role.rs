//! The role under which groups act, and what they ask of other services as it.

use aws::iam::service_linked;
use aws::place::Place;
use sim::api::{ApiError, Value};
use sim::{Cx, World};

/// The service's principal.
const SERVICE: &str = "autoscaling.amazonaws.com";
/// The name of the sessions under its role.
const SESSION: &str = "AutoScaling";
/// The name of its role.
const ROLE: &str = "AWSServiceRoleForAutoScaling";

/// Sees to it that the role is there, which the caller may have to make.
///
/// # Errors
/// The caller may not.
pub(crate) fn ensure(world: &mut World, cx: &Cx<'_>) -> Result<(), ApiError> {
    service_linked::ensure(world, cx, SERVICE)
}

/// The ARN of the role.
pub(crate) fn arn(account: &str) -> String {
    format!("arn:aws:iam::{account}:role/aws-service-role/{SERVICE}/{ROLE}")
}

/// Asks another service, as the role.
///
/// # Errors
/// The service refuses, or the role may not.
pub(crate) fn call(
    world: &mut World,
    place: &Place,
    service: &str,
    operation: &str,
    input: Value,
) -> Result<Value, ApiError> {
    world.call_by(&service_linked::caller(SERVICE, SESSION, place), service, operation, input)
}

//! Other services, asked in a role: what ECS, its agents and its tasks may do hangs on the account's
//! policies.

use aws::iam::{service_linked, trusted};
use aws::place::Place;
use serde_json::Value;
use sim::api::ApiError;
use sim::{Cx, Principal, World};

/// The role that ECS has by itself.
pub(crate) const LINKED: &str = "AWSServiceRoleForECS";
/// Whom the roles of tasks trust.
pub(crate) const TASKS: &str = "ecs-tasks.amazonaws.com";
/// Whom the roles of services trust.
pub(crate) const SERVICES: &str = "ecs.amazonaws.com";

/// Somebody in a role.
pub(crate) fn role(role: &str, session: &str) -> Principal {
    Principal::Role { role: role.to_owned(), session: session.to_owned() }
}

/// Asks a service in a role.
///
/// # Errors
/// What the service answers.
pub(crate) fn ask(
    world: &mut World,
    place: &Place,
    (name, session): (&str, &str),
    (service, operation): (&str, &str),
    input: Value,
) -> Result<Value, ApiError> {
    world.call_by(&place.caller(role(name, session)), service, operation, input)
}

/// Makes the role that ECS has by itself, where it is not there and whoever asks may make it.
pub(crate) fn link(world: &mut World, cx: &Cx<'_>) {
    // Whoever may not is told when the role is needed.
    let _ = service_linked::ensure(world, cx, SERVICES);
}

/// Whether the caller may hand a role to a service.
///
/// # Errors
/// The refusal of the account's rules.
pub(crate) fn may_pass(
    world: &World,
    cx: &Cx<'_>,
    role: Option<&str>,
    service: &str,
) -> Result<(), ApiError> {
    let Some(role) = role else { return Ok(()) };
    let arn = trusted::arn(world, role).unwrap_or_else(|| role.to_owned());
    let conditions = vec![("iam:PassedToService", service.to_owned())];
    aws::ask(world, cx, super::PROTOCOL, "iam:PassRole", &arn, conditions)
}

//! The simulated AWS account. Each service is a folder with the same files: `mod.rs` (what it is,
//! its registry entry), `state.rs`, `ops/`, `tests.rs`.

pub mod alarm_action;
pub mod cloudwatch;
pub mod constraint;
pub mod couriers;
pub mod delivery;
pub mod dynamodb;
pub mod ec2;
pub mod ecr;
pub mod iam;
pub mod logs;
pub mod metrics;
pub mod place;
pub mod policy;
pub mod s3;
pub mod ssm;
pub mod sts;
#[cfg(test)]
mod testing;
#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros make public items")]
mod tests;

use serde_json::Value;

pub use policy::Denied;
use sim::api::{Access, ApiError, OpDef, Protocol, questions};
use sim::{Cx, Principal, World};

/// The regions of AWS.
pub const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// A question to the account's access rules.
#[derive(Clone, Debug)]
pub struct AccessRequest<'a> {
    /// `s3:GetObject`
    pub action: &'a str,
    /// The ARN acted upon.
    pub resource: &'a str,
    /// The policy attached to the resource, when it has one.
    pub resource_policy: Option<&'a policy::Policy>,
    /// Whether the resource's ACL lets this caller do it.
    pub acl_allows: bool,
    /// The service's own condition keys (`s3:prefix`), beside the global ones.
    pub conditions: Vec<(&'static str, String)>,
}

/// Whether the caller may do this: an explicit deny wins, an allow of identity, resource policy
/// or ACL comes next, and what nothing allows is denied (IAM User Guide, "Policy evaluation logic").
///
/// # Errors
/// [`Denied`] with the reason.
pub fn authorize(world: &World, cx: &Cx<'_>, request: &AccessRequest<'_>) -> Result<(), Denied> {
    policy::evaluate(world, cx, request)
}

/// Whether the caller may do what an operation says of itself: the kernel asks this before the
/// operation runs ([`Authorize`](sim::api::Authorize)).
///
/// # Errors
/// The service's own refusal.
pub fn authorize_operation(
    world: &World,
    cx: &Cx<'_>,
    op: &OpDef,
    input: &Value,
) -> Result<(), ApiError> {
    if matches!(op.access, Access::Itself | Access::Unsigned) {
        return Ok(());
    }
    // No policy of an identity binds the root user, and it is the one that asks most.
    if cx.caller.principal == Principal::Root {
        return Ok(());
    }
    let protocol = world.service(op.service).map_or(Protocol::Query, |s| s.protocol);
    if matches!(cx.caller.principal, Principal::Anonymous | Principal::Unix(_) | Principal::Lab) {
        return Err(protocol.unsigned());
    }
    for question in questions(op, input, cx.region, cx.account) {
        let (action, resource) = (question.action, question.resource.as_str());
        ask(world, cx, protocol, action, resource, question.conditions)?;
    }
    Ok(())
}

/// Whether the caller may do this one thing, for an operation whose resources are not members of
/// its input.
///
/// # Errors
/// The service's own refusal.
pub fn ask(
    world: &World,
    cx: &Cx<'_>,
    protocol: Protocol,
    action: &str,
    resource: &str,
    conditions: Vec<(&'static str, String)>,
) -> Result<(), ApiError> {
    if matches!(cx.caller.principal, Principal::Anonymous | Principal::Unix(_) | Principal::Lab) {
        return Err(protocol.unsigned());
    }
    let request =
        AccessRequest { action, resource, resource_policy: None, acl_allows: false, conditions };
    authorize(world, cx, &request)
        .map_err(|denied| protocol.denied(&denied.message(action, resource)))
}

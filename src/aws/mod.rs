//! The simulated AWS account. Each service is a folder with the same files: `mod.rs` (what it is,
//! its registry entry), `state.rs`, `ops/`, `tests.rs`.

pub mod iam;
pub mod policy;
pub mod s3;
pub mod sts;
#[cfg(test)]
mod testing;

pub use policy::Denied;
use sim::{Cx, World};

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
pub(crate) fn authorize(
    world: &World,
    cx: &Cx<'_>,
    request: &AccessRequest<'_>,
) -> Result<(), Denied> {
    policy::evaluate(world, cx, request)
}

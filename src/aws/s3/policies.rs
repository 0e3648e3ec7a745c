//! Where S3 touches the policy engine: reading a bucket policy, whether it is public, and the words
//! of a refusal. Everything else about policies is [`policy`](crate::policy)'s.

use crate::Denied;
use crate::iam::effective_policies::effective_policies;
use crate::policy::Policy;
use sim::api::ApiError;
use sim::{Cx, World};

/// Reads the policy of a bucket.
///
/// # Errors
/// `MalformedPolicy`.
pub(super) fn read(text: &str, bucket: &str) -> Result<Policy, ApiError> {
    let policy = Policy::parse(text)?;
    policy.check_bucket(bucket)?;
    Ok(policy)
}

/// Whether a policy lets in people nobody named.
pub(super) fn is_public(policy: &Policy) -> bool {
    policy.is_public()
}

/// The sentence of an access-denied error. S3 puts the resource in quotes.
pub(super) fn reason(denied: &Denied, action: &str, resource: &str) -> String {
    denied.message(action, &format!("\"{resource}\""))
}

/// The ARN of the caller.
pub(super) fn caller_arn(world: &World, cx: &Cx<'_>) -> String {
    effective_policies(world, cx.caller).who.shown()
}

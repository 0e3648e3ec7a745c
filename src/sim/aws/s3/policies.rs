//! Where S3 touches the policy engine: reading a bucket policy, whether it is public, and the words
//! of a refusal. Everything else about policies is [`policy`](crate::sim::aws::policy)'s.

use crate::sim::api::ApiError;
use crate::sim::aws::Denied;
use crate::sim::aws::policy::Policy;
use crate::sim::{Cx, Principal, World};

use super::errors::bad;

/// Reads the policy of a bucket.
///
/// # Errors
/// `MalformedPolicy`.
pub(super) fn read(text: &str, _bucket: &str) -> Result<Policy, ApiError> {
    let object = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text);
    object.map(|_| Policy { text: text.to_owned() }).map_err(|_| {
        bad("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'")
    })
}

/// Whether a policy lets in people nobody named.
pub(super) fn is_public(_policy: &Policy) -> bool {
    false
}

/// The sentence of an access-denied error.
pub(super) fn reason(denied: &Denied, action: &str, resource: &str) -> String {
    let head = format!(
        "User: {} is not authorized to perform: {action} on resource: \"{resource}\"",
        denied.principal
    );
    if denied.explicit {
        format!("{head} with an explicit deny")
    } else {
        format!("{head} because no identity-based policy allows the {action} action")
    }
}

/// The ARN of the caller.
pub(super) fn caller_arn(world: &World, cx: &Cx<'_>) -> String {
    let account = &world.config().account;
    match &cx.caller.principal {
        Principal::User(name) => format!("arn:aws:iam::{account}:user/{name}"),
        Principal::Role { role, session } => {
            format!("arn:aws:sts::{account}:assumed-role/{role}/{session}")
        }
        _ => format!("arn:aws:iam::{account}:root"),
    }
}

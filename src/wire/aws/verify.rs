//! Who asks: from a head and what the gateway knows of keys.

use std::sync::Arc;

use super::route;
use crate::base::Time;
use crate::sim::api::ApiError;
use crate::sim::principal::Principal;
use crate::wire::codec::Head;
use crate::wire::sigv4::{self, Claim, Clocks, Payload, Rules, Subject, Verified};
use crate::wire::{CallError, Gateway};

/// A request's signer, and what is said of its body.
#[derive(Debug)]
pub(super) struct Signer {
    pub(super) verified: Verified,
    pub(super) payload: Payload,
}

/// What the signature is over, owned, as the gateway is asked on another thread.
pub(super) struct Question {
    pub(super) head: Arc<Head>,
    pub(super) sent_path: String,
    pub(super) rules: Rules,
    pub(super) service: &'static str,
    pub(super) body_sha256: Option<String>,
}

/// Who signed, or `Anonymous`.
///
/// # Errors
/// The service's own refusal.
pub(super) async fn signer(
    gateway: &Arc<dyn Gateway>,
    question: Question,
    no_auth: bool,
    wall: Time,
) -> Result<Signer, CallError> {
    if no_auth {
        return Ok(trusted(&question.head));
    }
    let Some(claim) = Claim::read(&question.head, question.rules)? else {
        return Ok(Signer {
            verified: Verified { principal: Principal::Anonymous, chain: None },
            payload: declared(&question.head),
        });
    };
    let gateway = Arc::clone(gateway);
    let checked = tokio::task::spawn_blocking(move || {
        let credential = gateway.credential(&claim.access_key_id)?;
        let clocks = Clocks { wall, lab: gateway.now()? };
        let subject = Subject {
            head: &question.head,
            sent_path: &question.sent_path,
            rules: question.rules,
            service: question.service,
            body_sha256: question.body_sha256.as_deref(),
        };
        let verified = sigv4::verify(&claim, &subject, credential.as_ref(), clocks)?;
        Ok::<_, CallError>(Signer { verified, payload: claim.payload })
    });
    checked.await.map_err(|e| CallError::Broken(e.into()))?
}

/// Any key is root's. A page in a browser can send requests here too, but none that carry a key:
/// without one, what comes from a page stays anonymous.
fn trusted(head: &Head) -> Signer {
    let keyed = head.header("authorization").is_some() || head.presigned();
    // A page that an object here holds is no more to be trusted than one from elsewhere, and a name
    // that is not ours may have been pointed at this machine by its owner.
    let from_page = head.header("origin").is_some()
        || head.header("sec-fetch-site").is_some_and(|s| s != "none")
        || head.header("host").is_some_and(|host| !route::is_our_host(host));
    let principal = if keyed || !from_page { Principal::Root } else { Principal::Anonymous };
    Signer { verified: Verified { principal, chain: None }, payload: declared(head) }
}

/// What an unsigned request says of its body.
fn declared(head: &Head) -> Payload {
    let text = head.header("x-amz-content-sha256");
    match text.map(Payload::parse) {
        Some(Ok(Payload::Streaming { trailer, .. })) => {
            Payload::Streaming { signed: false, trailer }
        }
        Some(Ok(payload)) => payload,
        _ => Payload::Unsigned,
    }
}

/// The body is not the one that was declared.
pub(super) fn wrong_hash(declared: &str, computed: &str) -> ApiError {
    ApiError::new(
        400,
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
    .with("ClientComputedContentSHA256", declared)
    .with("S3ComputedContentSHA256", computed)
}

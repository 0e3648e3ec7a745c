//! Who asks: from a head and what the gateway knows of keys.

use crate::codec::Head;
use crate::sigv4::{self, Claim, Clocks, Payload, Subject, Verified};
use base::Time;
use gateway::{CallError, Gateway};
use sim::api::ApiError;
use sim::principal::Principal;

/// A request's signer, and what is said of its body.
#[derive(Debug)]
pub(super) struct Signer {
    pub(super) verified: Verified,
    pub(super) payload: Payload,
}

/// Who signed, or `Anonymous`.
///
/// The gateway is asked on this thread: a look at a key takes microseconds, and handing it to another
/// thread costs more than all of it.
///
/// # Errors
/// The service's own refusal.
pub(super) fn signer(
    gateway: &dyn Gateway,
    subject: &Subject<'_>,
    no_auth: bool,
    wall: Time,
) -> Result<Signer, CallError> {
    if no_auth {
        return Ok(trusted(subject.head));
    }
    let Some(claim) = Claim::read(subject.head, subject.rules)? else {
        return Ok(Signer {
            verified: unverified(Principal::Anonymous),
            payload: declared(subject.head),
        });
    };
    let credential = gateway.credential(&claim.access_key_id)?;
    let clocks = Clocks { wall, lab: gateway.now()? };
    let verified = sigv4::verify(&claim, subject, credential.as_ref(), clocks)?;
    Ok(Signer { verified, payload: claim.payload })
}

/// Any key is root's, whatever was signed with it. Without a key a request is anonymous here too:
/// test suites ask for just that, and a page in a browser can send nothing else.
fn trusted(head: &Head) -> Signer {
    let keyed = head.header("authorization").is_some() || head.presigned();
    let principal = if keyed { Principal::Root } else { Principal::Anonymous };
    Signer { verified: unverified(principal), payload: declared(head) }
}

/// Somebody who is taken for this without a key.
fn unverified(principal: Principal) -> Verified {
    Verified { principal, access_key: String::new(), chain: None }
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

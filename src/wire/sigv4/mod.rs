//! Who signed a request: AWS Signature Version 4 in headers, in the query and over chunks, and
//! S3's Version 2 in headers and in the query (what boto3 still makes for presigned URLs).
//!
//! [`Claim::read`] takes what a request says of itself, [`verify`] holds it against the credential;
//! [`FormClaim`] does both for a browser's form, where a policy is signed instead of the request.
//! Bodies are not read here; [`chunked`] decodes and verifies the streaming kinds as they pass.
//!
//! Clients date requests by their wall clock, while lab time is virtual. So skew and the expiry of
//! presigned URLs are judged against the *wall* clock of [`Clocks`], and only the end of temporary
//! credentials, which the world itself dated, against its *lab* clock.
//!
//! Follows the IAM User Guide, "AWS Signature Version 4 for API requests", and the S3 API reference,
//! "Authenticating requests".

pub mod chunked;
mod claim;
mod form;
mod refuse;
#[cfg(test)]
mod tests;
mod v2;
mod v4;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};

use crate::codec::Head;
use base::Time;
use base::blob::hex;
use sim::Credential;
use sim::Principal;
use sim::api::ApiError;

pub use chunked::Chain;
pub use claim::{Claim, Payload, Scheme, Scope};
pub use form::FormClaim;
pub(crate) use refuse::missing_field;

/// How far a client's clock may be off.
pub const SKEW_MAX: std::time::Duration = std::time::Duration::from_mins(15);
/// How long a presigned URL may live, in seconds.
pub const EXPIRES_MAX: i64 = 604_800;
/// SHA-256 of nothing.
pub const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Which service's rules and wording hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rules {
    /// Paths are encoded once; payloads are declared; refusals have S3's members.
    S3,
    /// Everything else.
    Common,
}

/// What time it is, twice.
#[derive(Clone, Copy, Debug)]
pub struct Clocks {
    /// The listener's own clock: clients date requests by theirs.
    pub wall: Time,
    /// The world's clock: it dated the temporary credentials.
    pub lab: Time,
}

/// What was signed.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub head: &'a Head,
    /// The path as it was sent, before a bucket in the host name was put in front of it.
    pub sent_path: &'a str,
    pub rules: Rules,
    /// The service's name in a credential scope.
    pub service: &'a str,
    /// Hex SHA-256 of the body, when it has been read. Needed where the payload is not declared.
    pub body_sha256: Option<&'a str>,
}

/// A request whose signature holds.
#[derive(Debug)]
pub struct Verified {
    pub principal: Principal,
    /// The id of the key that signed; empty when none did.
    pub access_key: String,
    /// With what the chunks of a streaming body are verified.
    pub chain: Option<Chain>,
}

/// Holds a claim against the credential it names (`None` when there is none of that id).
///
/// # Errors
/// The service's own refusal: unknown key, wrong token, clock, expiry, or signature.
pub fn verify(
    claim: &Claim,
    subject: &Subject<'_>,
    credential: Option<&Credential>,
    clocks: Clocks,
) -> Result<Verified, ApiError> {
    let rules = subject.rules;
    let token = claim.token.as_deref();
    let credential = usable(credential, &claim.access_key_id, token, rules, clocks.lab)?;
    check_dates(claim, rules, clocks.wall)?;
    let chain = match claim.scheme {
        Scheme::V4Header | Scheme::V4Query => v4::verify(claim, subject, credential)?,
        Scheme::V2Header | Scheme::V2Query => {
            v2::verify(claim, subject, credential)?;
            None
        }
    };
    let access_key = credential.access_key_id.clone();
    Ok(Verified { principal: credential.principal.clone(), access_key, chain })
}

/// The credential of that id, when it may sign with that token at this time of the lab.
fn usable<'c>(
    credential: Option<&'c Credential>,
    id: &str,
    token: Option<&str>,
    rules: Rules,
    lab: Time,
) -> Result<&'c Credential, ApiError> {
    let credential = credential
        .filter(|c| c.session_token.is_none() || token.is_some())
        .ok_or_else(|| refuse::unknown_key(rules, id))?;
    let fits = match (&credential.session_token, token) {
        (None, None) => true,
        (Some(want), Some(got)) => same(want, got),
        _ => false,
    };
    if !fits {
        return Err(refuse::wrong_token(rules, token));
    }
    if credential.expires.is_some_and(|end| lab >= end) {
        return Err(refuse::expired_token(rules, token));
    }
    Ok(credential)
}

fn check_dates(claim: &Claim, rules: Rules, wall: Time) -> Result<(), ApiError> {
    let Some(stamp) = claim.time else { return Ok(()) };
    let skewed = wall.since(stamp) > SKEW_MAX || stamp.since(wall) > SKEW_MAX;
    match claim.scheme {
        Scheme::V4Header | Scheme::V2Header if skewed => {
            Err(refuse::skewed(rules, &claim.stamp, stamp, wall))
        }
        Scheme::V4Query => {
            let secs = claim.expires.unwrap_or(0);
            let end = Time(stamp.0.saturating_add(secs.saturating_mul(1000)));
            if stamp.since(wall) > SKEW_MAX {
                return Err(refuse::not_yet(rules, &claim.stamp, wall));
            }
            if wall > end { Err(refuse::expired(rules, Some(secs), end, wall)) } else { Ok(()) }
        }
        Scheme::V2Query if wall > stamp => Err(refuse::expired(rules, None, stamp, wall)),
        _ => Ok(()),
    }
}

/// HMAC-SHA-256.
pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac =
        <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Hex SHA-256.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Whether two texts are the same, in a time that depends on their lengths alone.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |diff, (x, y)| diff | (x ^ y)) == 0
}

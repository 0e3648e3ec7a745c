//! The addresses of CloudFormation's wait conditions: signals come as files that are put into a bucket of
//! the service's own.
//!
//! An address is presigned without a type of content, so one that comes with such a type is refused, as S3
//! refuses it.

use std::sync::Arc;

use cloudformation::handles::{BUCKET, TellHandle};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use sim::Caller;
use sim::api::{ApiError, Shaped as _};

use super::handle::Endpoint;
use super::route::without_port;
use crate::codec::{Encoded, Head};
use gateway::CallError;

/// The longest signal, in bytes.
const BODY_MAX: usize = 64 << 10;

/// Whether a host is the bucket of wait conditions.
pub(super) fn is_bucket(host: &str) -> bool {
    let host = without_port(host).to_ascii_lowercase();
    host.starts_with(BUCKET) && host.ends_with(".amazonaws.com")
}

/// Takes a signal.
///
/// # Errors
/// What S3 says to what it does not take.
pub(super) async fn put(
    endpoint: &Arc<Endpoint>,
    head: &Head,
    host: &str,
    target: &str,
    incoming: Incoming,
) -> Result<Encoded, ApiError> {
    let denied = || ApiError::new(403, "AccessDenied", "Access Denied");
    if head.method != "PUT" {
        return Err(denied());
    }
    if head.header("content-type").is_some_and(|kind| !kind.is_empty()) {
        return Err(ApiError::new(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check \
             your key and signing method.",
        ));
    }
    let body = Limited::new(incoming, BODY_MAX).collect().await.map_err(|_| {
        let message = "Your proposed upload exceeds the maximum allowed size";
        ApiError::new(400, "EntityTooLarge", message)
    })?;
    let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    let url = format!("https://{}{target}", without_port(host));
    let input = TellHandle { url, body }.into_value();
    match endpoint.gateway.ask(Caller::default(), &TellHandle::DEF, input).await {
        Ok(_) => Ok(Encoded { status: 200, ..Encoded::default() }),
        Err(CallError::Api(error)) => Err(error),
        Err(CallError::Broken(_)) => Err(super::body::internal()),
    }
}

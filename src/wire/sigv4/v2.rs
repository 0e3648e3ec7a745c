//! Signature Version 2 of S3, in headers and in the query.
//!
//! Follows the S3 user guide, "Signing and authenticating REST requests". A presigned URL may carry
//! the signed headers as query parameters.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::{Claim, Scheme, Subject, refuse, same};
use crate::codec::Head;
use sim::Credential;
use sim::api::ApiError;

/// Query parameters that are part of the resource. In order.
const SIGNED_PARAMETERS: &[&str] = &[
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "defaultObjectAcl",
    "delete",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "object-lock",
    "partNumber",
    "policy",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "select",
    "select-type",
    "storageClass",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
];

/// Compares the signature.
pub(super) fn verify(
    claim: &Claim,
    subject: &Subject<'_>,
    credential: &Credential,
) -> Result<(), ApiError> {
    let string = string_to_sign(claim, subject.head);
    if same(&signature(&credential.secret_access_key, &string), &claim.signature) {
        return Ok(());
    }
    Err(refuse::mismatch(
        subject.rules,
        &refuse::Computed {
            access_key_id: &claim.access_key_id,
            string_to_sign: &string,
            provided: &claim.signature,
            canonical_request: None,
        },
    ))
}

/// What that key makes of a text.
pub(super) fn signature(secret: &str, text: &str) -> String {
    let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(secret.as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

fn string_to_sign(claim: &Claim, head: &Head) -> String {
    let query = claim.scheme == Scheme::V2Query;
    let plain = |name: &str| {
        let sent = head.header(name);
        sent.or_else(|| head.param(name).filter(|_| query)).unwrap_or_default().trim().to_owned()
    };
    let date = match claim.scheme {
        Scheme::V2Query => claim.stamp.clone(),
        _ if head.header("x-amz-date").is_some() => String::new(),
        _ => plain("date"),
    };
    let mut out =
        format!("{}\n{}\n{}\n{date}\n", head.method, plain("content-md5"), plain("content-type"));
    for (name, value) in amz_headers(head, query) {
        out.push_str(&name);
        out.push(':');
        out.push_str(&value);
        out.push('\n');
    }
    out.push_str(&resource(head));
    out
}

/// The `x-amz-` headers in order of their names, lines of one name joined.
fn amz_headers(head: &Head, query: bool) -> std::collections::BTreeMap<String, String> {
    let mut map: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
    for (name, value) in head.headers.iter().filter(|(n, _)| n.starts_with("x-amz-")) {
        map.entry(name.clone())
            .and_modify(|v| {
                v.push(',');
                v.push_str(value.trim());
            })
            .or_insert_with(|| value.trim().to_owned());
    }
    for (name, value) in head.query.iter().filter(|_| query) {
        let name = name.to_ascii_lowercase();
        if name.starts_with("x-amz-") {
            map.entry(name).or_insert_with(|| value.trim().to_owned());
        }
    }
    map
}

/// The path as it was sent, with the bucket in front, and the parameters that are part of it.
fn resource(head: &Head) -> String {
    let mut pairs: Vec<(&str, Option<&str>)> = Vec::new();
    for raw in head.raw_query.split('&').filter(|p| !p.is_empty()) {
        let (name, has_value) = raw.split_once('=').map_or((raw, false), |(n, _)| (n, true));
        if SIGNED_PARAMETERS.contains(&name) {
            pairs.push((name, head.param(name).filter(|_| has_value)));
        }
    }
    pairs.sort_unstable();
    let mut out = head.path.clone();
    for (i, (name, value)) in pairs.into_iter().enumerate() {
        out.push(if i == 0 { '?' } else { '&' });
        out.push_str(name);
        if let Some(value) = value {
            out.push('=');
            out.push_str(value);
        }
    }
    out
}

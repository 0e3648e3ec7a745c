//! Signature Version 4: the canonical request and its signature.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{
    Chain, Claim, EMPTY_SHA256, Payload, Rules, Scheme, Scope, Subject, hmac_sha256, refuse, same,
    sha256_hex,
};
use crate::codec::Head;
use base::blob::hex;
use sim::Credential;
use sim::api::ApiError;

/// Everything but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const ENCODED_PATH: &AsciiSet = &ENCODED.remove(b'/');

/// Compares the signature, and gives the chain that the chunks go on with.
pub(super) fn verify(
    claim: &Claim,
    subject: &Subject<'_>,
    credential: &Credential,
) -> Result<Option<Chain>, ApiError> {
    if claim.scope.service != subject.service {
        return Err(refuse::wrong_service(subject.rules, &claim.scope.service, subject.service));
    }
    check_signed_headers(claim, subject)?;
    let scope = claim.scope.to_string();
    let key = signing_key(&credential.secret_access_key, &claim.scope);
    let mut shown = None;
    for path in paths(subject) {
        let request = canonical_request(claim, subject, &path);
        let string = format!(
            "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
            claim.stamp,
            sha256_hex(request.as_bytes())
        );
        if same(&hex(&hmac_sha256(&key, string.as_bytes())), &claim.signature) {
            let signed = matches!(claim.payload, Payload::Streaming { signed: true, .. });
            return Ok(signed
                .then(|| Chain::new(key, claim.stamp.clone(), scope, claim.signature.clone())));
        }
        shown.get_or_insert((string, request));
    }
    let (string_to_sign, request) = shown.unwrap_or_default();
    Err(refuse::mismatch(
        subject.rules,
        &refuse::Computed {
            access_key_id: &claim.access_key_id,
            string_to_sign: &string_to_sign,
            provided: &claim.signature,
            canonical_request: Some(&request),
        },
    ))
}

/// The host must be signed, and in S3 every `x-amz-` header that is there.
fn check_signed_headers(claim: &Claim, subject: &Subject<'_>) -> Result<(), ApiError> {
    let signed = |name: &str| claim.signed_headers.iter().any(|s| s == name);
    let mut loose: Vec<&str> = Vec::new();
    if !signed("host") {
        loose.push("host");
    }
    if subject.rules == Rules::S3 {
        let names = subject.head.headers.iter().map(|(n, _)| n.as_str());
        // A presigned URL cannot know the payload, whose hash it takes as UNSIGNED-PAYLOAD.
        let exempt = |n: &str| claim.scheme == Scheme::V4Query && n == "x-amz-content-sha256";
        loose.extend(names.filter(|n| n.starts_with("x-amz-") && !signed(n) && !exempt(n)));
    }
    if loose.is_empty() { Ok(()) } else { Err(refuse::not_signed(subject.rules, &loose)) }
}

/// The key for one day, region and service.
pub(super) fn signing_key(secret: &str, scope: &Scope) -> [u8; 32] {
    let date = hmac_sha256(format!("AWS4{secret}").as_bytes(), scope.date.as_bytes());
    let region = hmac_sha256(&date, scope.region.as_bytes());
    let service = hmac_sha256(&region, scope.service.as_bytes());
    hmac_sha256(&service, b"aws4_request")
}

/// The canonical paths to try: S3 encodes once and clients differ in what they leave as it is, the
/// others normalise and encode what is encoded already.
fn paths(subject: &Subject<'_>) -> Vec<String> {
    let sent = subject.sent_path;
    match subject.rules {
        Rules::S3 => {
            let decoded: Vec<u8> = percent_decode_str(sent).collect();
            let again = percent_encoding::percent_encode(&decoded, ENCODED_PATH).to_string();
            if again == sent { vec![again] } else { vec![again, sent.to_owned()] }
        }
        Rules::Common => {
            vec![utf8_percent_encode(&without_dots(sent), ENCODED_PATH).to_string()]
        }
    }
}

/// RFC 3986, 5.2.4, and without empty segments.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    let mut out = format!("/{}", kept.join("/"));
    if path.ends_with('/') && !kept.is_empty() {
        out.push('/');
    }
    out
}

fn canonical_request(claim: &Claim, subject: &Subject<'_>, path: &str) -> String {
    let head = subject.head;
    let mut headers = String::new();
    for name in &claim.signed_headers {
        let values = head.headers.iter().filter(|(n, _)| n == name);
        let values: Vec<String> =
            values.map(|(_, v)| v.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        headers.push_str(name);
        headers.push(':');
        headers.push_str(&values.join(","));
        headers.push('\n');
    }
    format!(
        "{}\n{path}\n{}\n{headers}\n{}\n{}",
        head.method,
        canonical_query(head),
        claim.signed_headers.join(";"),
        payload_hash(claim, subject),
    )
}

/// Encoded, in order of the encoded names, without the signature itself.
fn canonical_query(head: &Head) -> String {
    let encode = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
    let mut pairs: Vec<(String, String)> = head
        .query
        .iter()
        .filter(|(name, _)| name != "X-Amz-Signature")
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.into_iter().map(|(n, v)| format!("{n}={v}")).collect();
    pairs.join("&")
}

/// Outside of S3 it is the body's own hash, whatever a header says.
fn payload_hash<'a>(claim: &Claim, subject: &'a Subject<'_>) -> &'a str {
    if subject.rules == Rules::Common {
        return subject.body_sha256.unwrap_or(EMPTY_SHA256);
    }
    if claim.payload == Payload::Unsigned {
        return "UNSIGNED-PAYLOAD";
    }
    let head = subject.head;
    let declared = head.header("x-amz-content-sha256");
    declared.or_else(|| head.param("X-Amz-Content-Sha256")).unwrap_or("UNSIGNED-PAYLOAD")
}

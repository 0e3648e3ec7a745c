//! What a request says about its signer, parsed and not yet believed.

use super::{EXPIRES_MAX, Rules, refuse};
use crate::codec::Head;
use base::Time;
use sim::api::ApiError;

/// Version of the signature and where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    V4Header,
    V4Query,
    V2Header,
    V2Query,
}

/// A credential scope: `20261122/us-east-1/s3/aws4_request`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    pub date: String,
    pub region: String,
    pub service: String,
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}/aws4_request", self.date, self.region, self.service)
    }
}

/// What is said of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Nothing: the body's own hash is signed (all services but S3).
    Undeclared,
    /// `UNSIGNED-PAYLOAD`
    Unsigned,
    /// Hex SHA-256.
    Hash(String),
    /// aws-chunked; whether each chunk is signed, and whether a trailer follows.
    Streaming { signed: bool, trailer: bool },
}

impl Payload {
    /// The `x-amz-content-sha256` of an S3 request.
    ///
    /// # Errors
    /// `InvalidArgument` for a value that is none of those there are.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        Ok(match text {
            "UNSIGNED-PAYLOAD" => Self::Unsigned,
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => {
                Self::Streaming { signed: false, trailer: true }
            }
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => {
                Self::Streaming { signed: true, trailer: false }
            }
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => {
                Self::Streaming { signed: true, trailer: true }
            }
            hash if hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
                Self::Hash(hash.to_ascii_lowercase())
            }
            _ => return Err(refuse::payload_kind(text)),
        })
    }
}

/// A request's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub scheme: Scheme,
    pub access_key_id: String,
    pub token: Option<String>,
    pub signature: String,
    /// Empty in version 2.
    pub scope: Scope,
    /// Lower case. Empty in version 2.
    pub signed_headers: Vec<String>,
    /// When it was signed, as it was sent; in a version 2 query, when it ends.
    pub stamp: String,
    pub time: Option<Time>,
    /// Seconds a presigned URL lives.
    pub expires: Option<i64>,
    pub payload: Payload,
}

impl Claim {
    /// What the request says, or `None` when it is not signed at all.
    ///
    /// # Errors
    /// When it says it badly.
    pub fn read(head: &Head, rules: Rules) -> Result<Option<Self>, ApiError> {
        if let Some(text) = head.header("authorization") {
            if let Some(rest) = text.strip_prefix("AWS4-HMAC-SHA256") {
                return v4_header(head, rest, rules).map(Some);
            }
            return match text.strip_prefix("AWS ").filter(|_| rules == Rules::S3) {
                Some(rest) => v2_header(head, rest).map(Some),
                None => Err(refuse::unsupported(rules, text)),
            };
        }
        if head.param("X-Amz-Algorithm").or_else(|| head.param("X-Amz-Signature")).is_some() {
            return v4_query(head, rules).map(Some);
        }
        if rules == Rules::S3 && head.param("Signature").is_some() {
            return v2_query(head).map(Some);
        }
        Ok(None)
    }

    /// The credential scope alone, to find the service by.
    #[must_use]
    pub fn scope_of(head: &Head) -> Option<Scope> {
        let credential = match head.header("authorization") {
            Some(text) => text.split("Credential=").nth(1)?.split([',', ' ']).next()?,
            None => head.param("X-Amz-Credential")?,
        };
        credential_parts(credential).map(|(_, scope)| scope)
    }
}

/// `AKID/20261122/us-east-1/s3/aws4_request`; an access key id may hold slashes in principle.
fn credential_parts(text: &str) -> Option<(String, Scope)> {
    let mut parts = text.rsplitn(5, '/');
    if parts.next()? != "aws4_request" {
        return None;
    }
    let service = parts.next()?.to_owned();
    let region = parts.next()?.to_owned();
    let date = parts.next()?.to_owned();
    Some((parts.next()?.to_owned(), Scope { date, region, service }))
}

fn v4_header(head: &Head, rest: &str, rules: Rules) -> Result<Claim, ApiError> {
    let mut fields = [None; 3];
    for part in rest.split(',') {
        let (name, value) = part.trim().split_once('=').unwrap_or((part.trim(), ""));
        match name {
            "Credential" => fields[0] = Some(value),
            "SignedHeaders" => fields[1] = Some(value),
            "Signature" => fields[2] = Some(value),
            _ => {}
        }
    }
    let [Some(credential), Some(signed), Some(signature)] = fields else {
        return Err(refuse::incomplete(rules, rest, fields));
    };
    let (access_key_id, scope) =
        credential_parts(credential).ok_or_else(|| refuse::bad_credential(rules, credential))?;
    let stamp = head.header("x-amz-date").or_else(|| head.header("date")).unwrap_or_default();
    let time = parse_stamp(stamp).or_else(|| Time::parse_http(stamp));
    let time = time.ok_or_else(|| refuse::no_date(rules))?;
    let stamp = time.format("%Y%m%dT%H%M%SZ");
    if !stamp.starts_with(&scope.date) {
        return Err(refuse::scope_date(rules, &scope.date, &stamp[..8]));
    }
    let payload = match (head.header("x-amz-content-sha256"), rules) {
        (Some(text), Rules::S3) => Payload::parse(text)?,
        (None, Rules::S3) => return Err(refuse::payload_missing()),
        (_, Rules::Common) => Payload::Undeclared,
    };
    Ok(Claim {
        scheme: Scheme::V4Header,
        access_key_id,
        token: head.header("x-amz-security-token").map(str::to_owned),
        signature: signature.to_owned(),
        scope,
        signed_headers: signed.split(';').map(str::to_ascii_lowercase).collect(),
        stamp,
        time: Some(time),
        expires: None,
        payload,
    })
}

fn v4_query(head: &Head, rules: Rules) -> Result<Claim, ApiError> {
    let bad = |message: &str| refuse::query_parameters(rules, message);
    let get = |name: &str| {
        head.param(name).ok_or_else(|| {
            bad("Query-string authentication version 4 requires the X-Amz-Algorithm, \
                 X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and \
                 X-Amz-Expires parameters.")
        })
    };
    if get("X-Amz-Algorithm")? != "AWS4-HMAC-SHA256" {
        return Err(bad(
            "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"",
        ));
    }
    let (access_key_id, scope) = credential_parts(get("X-Amz-Credential")?).ok_or_else(|| {
        bad("Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; \
             expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
    })?;
    let stamp = get("X-Amz-Date")?.to_owned();
    let time = parse_stamp(&stamp).ok_or_else(|| {
        bad("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
    })?;
    if !stamp.starts_with(&scope.date) {
        return Err(bad(&format!(
            "Invalid credential date \"{}\". This date is not the same as X-Amz-Date: \"{}\".",
            scope.date,
            &stamp[..8]
        )));
    }
    let expires = match (get("X-Amz-Expires"), rules) {
        (Err(_), Rules::Common) => SKEW_SECS,
        (text, _) => text?.parse::<i64>().map_err(|_| bad("X-Amz-Expires should be a number"))?,
    };
    if expires < 0 {
        return Err(bad("X-Amz-Expires must be non-negative"));
    }
    if expires > EXPIRES_MAX {
        return Err(bad(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given \
                        X-Amz-Expires must be less than 604800 seconds",
        ));
    }
    let declared =
        head.header("x-amz-content-sha256").or_else(|| head.param("X-Amz-Content-Sha256"));
    let payload = match (declared, rules) {
        (Some(text), Rules::S3) => Payload::parse(text)?,
        (None, Rules::S3) => Payload::Unsigned,
        (_, Rules::Common) => Payload::Undeclared,
    };
    Ok(Claim {
        scheme: Scheme::V4Query,
        access_key_id,
        token: head.param("X-Amz-Security-Token").map(str::to_owned),
        signature: get("X-Amz-Signature")?.to_owned(),
        scope,
        signed_headers: get("X-Amz-SignedHeaders")?
            .split(';')
            .map(str::to_ascii_lowercase)
            .collect(),
        stamp,
        time: Some(time),
        expires: Some(expires),
        payload,
    })
}

/// How long a presigned request that does not say so lives, outside of S3.
const SKEW_SECS: i64 = 900;

fn v2_header(head: &Head, rest: &str) -> Result<Claim, ApiError> {
    let (id, signature) =
        rest.trim().split_once(':').ok_or_else(|| refuse::unsupported(Rules::S3, rest))?;
    let stamp = head.header("x-amz-date").or_else(|| head.header("date")).unwrap_or_default();
    let time = Time::parse_http(stamp).or_else(|| parse_stamp(stamp));
    let time = time.ok_or_else(|| refuse::no_date(Rules::S3))?;
    Ok(v2_claim(head, Scheme::V2Header, id, signature, stamp, time))
}

fn v2_query(head: &Head) -> Result<Claim, ApiError> {
    let (Some(id), Some(signature), Some(expires)) =
        (head.param("AWSAccessKeyId"), head.param("Signature"), head.param("Expires"))
    else {
        return Err(refuse::v2_parameters());
    };
    let end: i64 = expires.parse().map_err(|_| refuse::v2_expires(expires))?;
    let time = Time(end.saturating_mul(1000));
    Ok(v2_claim(head, Scheme::V2Query, id, signature, expires, time))
}

fn v2_claim(
    head: &Head,
    scheme: Scheme,
    id: &str,
    signature: &str,
    stamp: &str,
    time: Time,
) -> Claim {
    let token = head.header("x-amz-security-token").or_else(|| head.param("x-amz-security-token"));
    Claim {
        scheme,
        access_key_id: id.to_owned(),
        token: token.map(str::to_owned),
        signature: signature.to_owned(),
        scope: Scope::default(),
        signed_headers: Vec::new(),
        stamp: stamp.to_owned(),
        time: Some(time),
        expires: None,
        payload: match head.header("x-amz-content-sha256").map(Payload::parse) {
            // A version 2 signature covers no chunks, yet a client may send them.
            Some(Ok(Payload::Streaming { trailer, .. })) => {
                Payload::Streaming { signed: false, trailer }
            }
            Some(Ok(payload)) => payload,
            _ => Payload::Unsigned,
        },
    }
}

/// `20261122T100000Z`
pub(super) fn parse_stamp(text: &str) -> Option<Time> {
    let digits = |range: std::ops::Range<usize>| {
        text.get(range).filter(|t| t.bytes().all(|b| b.is_ascii_digit()))
    };
    if text.len() != 16 || text.get(8..9) != Some("T") || !text.ends_with('Z') {
        return None;
    }
    let (day, clock) = (digits(0..8)?, digits(9..15)?);
    Time::parse_iso(&format!(
        "{}-{}-{}T{}:{}:{}Z",
        &day[..4],
        &day[4..6],
        &day[6..],
        &clock[..2],
        &clock[2..4],
        &clock[4..]
    ))
}

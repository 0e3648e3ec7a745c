//! `aws s3 presign`: a URL that carries its own signature (Amazon S3 API Reference,
//! "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)").

use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use super::{Parsed, path, say};
use crate::Host;
use crate::aws::client::Client;
use crate::aws::fail::Failure;
use base::Time;
use base::blob::hex;
use sim::Credential;

/// What stays as it is in a query; in a path the slash does too.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const PATH: &AsciiSet = &QUERY.remove(b'/');

/// Runs `aws s3 presign`.
pub(super) fn run(
    parsed: &Parsed,
    client: &Client<'_>,
    host: &mut Host<'_>,
) -> Result<u8, Failure> {
    let argument = &parsed.positional[0];
    let (bucket, key) = path::split(argument.strip_prefix("s3://").unwrap_or(argument));
    let expires = match parsed.one("--expires-in") {
        None => 3600,
        Some(text) => text.parse::<i64>().map_err(|_| {
            Failure::General(format!("invalid literal for int() with base 10: '{text}'"))
        })?,
    };
    crate::aws::flags::bucket_name(bucket)?;
    if key.is_empty() {
        return Err(Failure::Invalid(
            "Parameter validation failed:\nInvalid length for parameter Key, value: 0, valid min \
             length: 1"
                .into(),
        ));
    }
    let base = match client.gateway.place().endpoint() {
        Some(endpoint) => format!("{}/{bucket}", endpoint.trim_end_matches('/')),
        None => format!("https://{bucket}.s3.{}.amazonaws.com", client.region),
    };
    let url = format!("{base}/{}", utf8_percent_encode(key, PATH));
    let Some(credential) = client.credential()? else {
        say(host, &url)?;
        return Ok(0);
    };
    say(host, &sign(&url, credential, &client.region, wall_clock(), expires))?;
    Ok(0)
}

/// Requests are dated by their client's clock, not by lab time, and the endpoint judges them so.
fn wall_clock() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Time(since.map_or(0, |s| i64::try_from(s.as_millis()).unwrap_or(i64::MAX)))
}

/// The URL with its signature for GET, valid for `expires` seconds from `now`.
pub(super) fn sign(
    url: &str,
    credential: &Credential,
    region: &str,
    now: Time,
    expires: i64,
) -> String {
    let date = now.format("%Y%m%d");
    let stamp = now.format("%Y%m%dT%H%M%SZ");
    let scope = format!("{date}/{region}/s3/aws4_request");
    let encode = |text: &str| utf8_percent_encode(text, QUERY).to_string();
    let mut query = format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}&X-Amz-Date={stamp}&X-Amz-Expires={expires}",
        encode(&format!("{}/{scope}", credential.access_key_id)),
    );
    if let Some(token) = &credential.session_token {
        query.push_str("&X-Amz-Security-Token=");
        query.push_str(&encode(token));
    }
    query.push_str("&X-Amz-SignedHeaders=host");
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let canonical = format!("GET\n/{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD");
    let digest = hex(&Sha256::digest(canonical.as_bytes()));
    let to_sign = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}");
    let mut key = format!("AWS4{}", credential.secret_access_key).into_bytes();
    for part in [date.as_str(), region, "s3", "aws4_request"] {
        key = mac(&key, part);
    }
    format!("{url}?{query}&X-Amz-Signature={}", hex(&mac(&key, &to_sign)))
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    // HMAC takes keys of every length, so there is nothing to fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

//! What the registry's host takes in the place of a password, and links to layers.
//!
//! Nothing is kept of either: each carries what it allows and until when, under a code that only this
//! world can make.

use base::blob::hex;
use base::{Rng, Time};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::Duration;

use sim::{Config, Principal};

/// The user that such a password belongs to.
pub(super) const USER: &str = "AWS";

/// How long a password holds (API reference, `GetAuthorizationToken`).
pub(super) const HOLDS: Duration = Duration::from_hours(12);

/// How long a link to a layer holds. The API reference says "for a limited time" only; real links
/// carry `X-Amz-Expires=3600`.
pub(super) const LINK_HOLDS: Duration = Duration::from_hours(1);

/// What a password says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Opened {
    pub(super) principal: Principal,
    pub(super) expires: Time,
}

/// The password of that caller, until then.
pub(super) fn password(config: &Config, principal: &Principal, expires: Time) -> String {
    let said = json!([principal.to_string(), expires.0]).to_string();
    let payload = STANDARD.encode(&said);
    let text = json!({
        "payload": payload,
        "datakey": STANDARD.encode(code(config, &["password", &payload])),
        "version": "2",
        "type": "DATA_KEY",
        "expiration": expires.secs(),
    });
    STANDARD.encode(text.to_string())
}

/// What a password says, if it is one of this world.
pub(super) fn open(config: &Config, password: &str) -> Option<Opened> {
    let text: Value = serde_json::from_slice(&STANDARD.decode(password).ok()?).ok()?;
    let payload = text.get("payload")?.as_str()?;
    if text.get("datakey")?.as_str()? != STANDARD.encode(code(config, &["password", payload])) {
        return None;
    }
    let said: Value = serde_json::from_slice(&STANDARD.decode(payload).ok()?).ok()?;
    let principal = said.get(0)?.as_str()?.parse().ok()?;
    Some(Opened { principal, expires: Time(said.get(1)?.as_i64()?) })
}

/// The code of a link to a layer of a repository, until then.
pub(super) fn link(config: &Config, repository: &str, digest: &str, expires: Time) -> String {
    hex(&code(config, &["layer", repository, digest, &expires.secs().to_string()]))
}

fn code(config: &Config, parts: &[&str]) -> Vec<u8> {
    let mut rng = Rng::labelled(config.seed, "ecr passwords");
    let key: Vec<u8> = (0..4).flat_map(|_| rng.next_u64().to_be_bytes()).collect();
    // A key of any length is one.
    let Ok(mut code) = Hmac::<Sha256>::new_from_slice(&key) else { return Vec::new() };
    for part in parts {
        code.update(part.as_bytes());
        code.update(b"\n");
    }
    code.finalize().into_bytes().to_vec()
}

//! The engine asked from plain threads: what a session wants to know now and then.

use std::collections::BTreeMap;
use std::pin::pin;

use futures_util::StreamExt as _;

use super::{Engine, EngineError, block_on};

/// One sentence with the cause and the remedy when the engine cannot be used; nothing when it can.
#[must_use]
pub fn problem() -> Option<String> {
    block_on(async { Engine::connect(None).await.map(drop) }).err().map(|e| e.to_string())
}

/// Removes what a lab left. What cannot be removed now is found by the next clean-up.
pub fn clean_now(lab: &str) {
    let _ = block_on(async { Engine::connect(None).await?.clean(Some(lab)).await });
}

/// Calls `tell` for each event that may change what a check sees, until it returns false or the
/// engine goes away. Whether the engine was there at all.
pub fn each_event(tell: &mut dyn FnMut() -> bool) -> bool {
    let heard = block_on(async {
        let engine = Engine::connect(None).await?;
        let mut events = pin!(engine.events(None, None, &BTreeMap::new()));
        while let Some(event) = events.next().await {
            // Checks look into containers themselves: their own exec must not set them off again.
            let own = event?.action.starts_with("exec_");
            if !own && !tell() {
                break;
            }
        }
        Ok::<_, EngineError>(())
    });
    !matches!(heard, Err(error) if error.is_unreachable())
}

/// The engine's version and API, on one line.
#[must_use]
pub fn version_line() -> String {
    let version = block_on(async { Engine::connect(None).await?.get_json("/version").await });
    let word = |value: &serde_json::Value, key: &str| {
        value.get(key).and_then(serde_json::Value::as_str).unwrap_or("?").to_owned()
    };
    version.map_or_else(
        |error| error.to_string(),
        |v| format!("Docker Engine {} (API {})", word(&v, "Version"), word(&v, "ApiVersion")),
    )
}

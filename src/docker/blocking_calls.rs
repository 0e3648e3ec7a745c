//! The engine asked from plain threads: what a session wants to know now and then.

use std::collections::BTreeMap;
use std::pin::pin;

use futures_util::StreamExt as _;

use super::nodes::Nodes;
use super::{Change, Engine, EngineError, block_on};

/// One sentence with the cause and the remedy when the engine cannot be used; nothing when it can.
#[must_use]
pub fn problem() -> Option<String> {
    block_on(async { Engine::connect(None).await.map(drop) }).err().map(|e| e.to_string())
}

/// The live nodes of a lab and where each listens; none when the engine cannot be asked.
#[must_use]
pub fn live_nodes(lab: &str) -> Vec<(String, String)> {
    let found = block_on(async { Nodes::of(Engine::open(None)?, lab).live().await });
    found.unwrap_or_default()
}

/// Where the learner's own engine listens; `None` when there is none.
#[must_use]
pub fn own_host() -> Option<String> {
    Engine::open(None).ok().map(|engine| engine.host().to_owned())
}

/// Removes what a lab left. What cannot be removed now is found by the next clean-up.
pub fn clean_now(lab: &str) {
    let _ = block_on(async { Engine::connect(None).await?.clean(Some(lab)).await });
}

/// Calls `tell` for each event of that engine (the learner's own unless said) until it returns false
/// or the engine goes away. Whether the engine was there at all.
pub fn each_event(host: Option<&str>, tell: &mut dyn FnMut(&Change) -> bool) -> bool {
    let heard = block_on(async {
        let engine = Engine::connect(host).await?;
        let mut events = pin!(engine.events(None, None, &BTreeMap::new()));
        while let Some(event) = events.next().await {
            if !tell(&event?) {
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

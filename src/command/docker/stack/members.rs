//! What belongs to a stack, by its label.

use serde_json::{Value, json};

use super::NAMESPACE;
use docker::{Engine, EngineError};

/// A path with filters, escaped.
pub(super) fn filtered(path: &str, filters: &Value) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    let text = Engine::escape(&filters.to_string()).replace('/', "%2F").replace(':', "%3A");
    format!("{path}{joint}filters={text}")
}

/// Everything of one kind (`services`, `networks`, …) that belongs to a stack, in the order of
/// names.
pub(super) async fn list(
    engine: &Engine,
    kind: &str,
    stack: &str,
) -> Result<Vec<Value>, EngineError> {
    let filters = json!({ "label": [format!("{NAMESPACE}={stack}")] });
    let found = engine.get_json(&filtered(&format!("/{kind}"), &filters)).await?;
    let mut found = found.as_array().cloned().unwrap_or_default();
    found.sort_by_key(name);
    Ok(found)
}

/// What something is called; networks say it elsewhere than the rest.
pub(super) fn name(item: &Value) -> String {
    let name = item.pointer("/Spec/Name").or_else(|| item.get("Name"));
    name.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Its id; networks spell the key in their own way.
pub(super) fn id(item: &Value) -> &str {
    item.get("ID").or_else(|| item.get("Id")).and_then(Value::as_str).unwrap_or_default()
}

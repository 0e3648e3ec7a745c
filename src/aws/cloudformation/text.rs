//! Values as texts.

use serde_json::Value;

/// A scalar as text, the way the service makes text of one.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(whether) => Some(whether.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

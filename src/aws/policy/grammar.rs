//! The elements of a document in JSON, as S3 and IAM alike read them (IAM User Guide, "Grammar of the
//! IAM JSON policy language").

use serde_json::{Map, Value};

pub(super) type Object = Map<String, Value>;

/// What a statement can have.
pub(super) const STATEMENT_FIELDS: &[&str] = &[
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// The statements of a document, which may be one alone.
pub(super) fn statements(document: &Object) -> Option<&[Value]> {
    match document.get("Statement")? {
        one @ Value::Object(_) => Some(std::slice::from_ref(one)),
        Value::Array(many) if !many.is_empty() => Some(many),
        _ => None,
    }
}

/// One string or a list of strings; numbers and booleans count as their text.
pub(super) fn texts(value: &Value) -> Option<Vec<String>> {
    let text = |v: &Value| match v {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        other => text(other).map(|t| vec![t]),
    }
}

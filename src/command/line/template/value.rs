//! A value on its way through a template, and how Go prints it.
//!
//! JSON does not say whether a `null` stands for a list, a map or nothing, nor whether an object is a
//! struct or a map; the name of the field that it came from does.

use serde_json::Value;

use super::FieldKinds;

/// A value on its way through a template.
#[derive(Clone, Debug)]
pub(super) struct Val {
    pub(super) value: Value,
    /// The name of the field it came from, which tells what `null` stands for.
    pub(super) field: String,
    /// The object that the template is applied to.
    pub(super) root: bool,
}

impl From<Value> for Val {
    fn from(value: Value) -> Self {
        Self { value, field: String::new(), root: false }
    }
}

impl Val {
    /// Whether `if` takes it.
    pub(super) fn truth(&self) -> bool {
        match &self.value {
            Value::Null => false,
            Value::Bool(b) => *b,
            Value::Number(n) => n.as_f64() != Some(0.0),
            Value::String(s) => !s.is_empty(),
            Value::Array(a) => !a.is_empty(),
            // A struct is always true, an empty map never.
            Value::Object(o) => !o.is_empty(),
        }
    }

    /// As Go prints it with `%v`.
    pub(super) fn print(&self, kinds: &FieldKinds) -> String {
        let field = self.field.as_str();
        match &self.value {
            Value::Null if kinds.maps.contains(&field) => "map[]".to_owned(),
            Value::Null if kinds.lists.contains(&field) => "[]".to_owned(),
            Value::Null if field == "\0" => "<no value>".to_owned(),
            Value::Null => "<nil>".to_owned(),
            Value::String(text) => text.clone(),
            Value::Array(items) => {
                let items: Vec<String> =
                    items.iter().map(|v| Self::from(v.clone()).print(kinds)).collect();
                format!("[{}]", items.join(" "))
            }
            Value::Object(fields) => {
                let shown = |name: &String, value: &Value| {
                    Self { value: value.clone(), field: name.clone(), root: false }.print(kinds)
                };
                let a_struct = !kinds.maps.contains(&field)
                    && !fields.is_empty()
                    && fields.keys().all(|k| k.starts_with(|c: char| c.is_ascii_uppercase()));
                if a_struct {
                    let parts: Vec<String> = fields.iter().map(|(k, v)| shown(k, v)).collect();
                    format!("{{{}}}", parts.join(" "))
                } else {
                    let mut parts: Vec<String> =
                        fields.iter().map(|(k, v)| format!("{k}:{}", shown(k, v))).collect();
                    parts.sort();
                    format!("map[{}]", parts.join(" "))
                }
            }
            other => other.to_string(),
        }
    }
}

//! What a value is in a client's own program, which JSON alone does not say: whether a `null` or a
//! field that is not there is an empty text, a zero, an empty list or map, or nothing at all.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::json;

/// The type of a value.
#[derive(Clone, Debug)]
pub enum Shape {
    /// Whatever the JSON is: an object is a map.
    Any,
    /// What a map answers for a name that it does not have.
    Nothing,
    Bool,
    Number,
    Text,
    Time,
    /// A number of nanoseconds.
    Duration,
    List(Arc<Shape>),
    Map(Arc<Shape>),
    Pointer(Arc<Shape>),
    Struct(Arc<Struct>),
}

/// A type with fields.
#[derive(Clone, Debug)]
pub struct Struct {
    /// As Go names it: `swarm.Info`.
    pub name: String,
    pub fields: Vec<Member>,
}

/// One field.
#[derive(Clone, Debug)]
pub struct Member {
    /// As templates name it.
    pub name: String,
    /// As JSON names it; empty for an embedded type, which is the same value under another name.
    pub key: String,
    pub shape: Shape,
    pub json: InJson,
}

/// When a field stands in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InJson {
    /// When the value came with it.
    AsGiven,
    Always,
    /// Never while it is empty.
    UnlessEmpty,
}

impl Shape {
    /// The value that a field has when nothing is said of it.
    fn zero(&self) -> Value {
        match self {
            Self::Bool => Value::from(false),
            Self::Number | Self::Duration => Value::from(0),
            Self::Text => Value::from(""),
            Self::Time => Value::from("0001-01-01T00:00:00Z"),
            _ => Value::Null,
        }
    }

    /// A value of this type that JSON has, or does not have.
    pub(super) fn take(&self, found: Option<&Value>) -> Value {
        match found {
            None | Some(Value::Null) => self.zero(),
            Some(value) => value.clone(),
        }
    }

    /// As error messages name it.
    pub(super) fn go_name(&self) -> String {
        match self {
            Self::Any | Self::Nothing => "interface {}".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::Number => "int".to_owned(),
            Self::Text => "string".to_owned(),
            Self::Time => "time.Time".to_owned(),
            Self::Duration => "time.Duration".to_owned(),
            Self::List(inner) => format!("[]{}", inner.go_name()),
            Self::Map(inner) => format!("map[string]{}", inner.go_name()),
            Self::Pointer(inner) => format!("*{}", inner.go_name()),
            Self::Struct(of) => of.name.clone(),
        }
    }

    /// The value as a client's encoder prints it.
    pub(super) fn encode(&self, value: &Value) -> Value {
        match (self, value) {
            (Self::Pointer(inner), value) if !value.is_null() => inner.encode(value),
            (Self::List(inner), Value::Array(items)) => {
                items.iter().map(|v| inner.encode(&inner.take(Some(v)))).collect()
            }
            (Self::Map(inner), Value::Object(fields)) => {
                let entry =
                    |(k, v): (&String, &Value)| (k.clone(), inner.encode(&inner.take(Some(v))));
                let mut fields: Vec<(String, Value)> = fields.iter().map(entry).collect();
                fields.sort_by(|a, b| a.0.cmp(&b.0));
                Value::Object(fields.into_iter().collect())
            }
            (Self::Any, value) => json::sorted(value),
            (Self::Struct(of), value) => {
                let empty = Map::new();
                of.encode(value.as_object().unwrap_or(&empty))
            }
            (_, value) => value.clone(),
        }
    }
}

impl Member {
    /// A field that JSON names alike.
    #[must_use]
    pub fn plain(name: &str, shape: Shape) -> Self {
        Self { name: name.to_owned(), key: name.to_owned(), shape, json: InJson::AsGiven }
    }
}

impl Struct {
    /// The field that templates call so.
    pub(super) fn field(&self, name: &str) -> Option<&Member> {
        self.fields.iter().find(|f| f.name == name)
    }

    fn encode(&self, fields: &Map<String, Value>) -> Value {
        let mut out = Map::new();
        // A type whose empty fields are left out is known in full.
        let sparse = self.fields.iter().any(|f| f.json == InJson::UnlessEmpty);
        for (key, value) in fields {
            let Some(member) = self.fields.iter().find(|f| f.key == *key) else {
                if !sparse {
                    out.insert(key.clone(), value.clone());
                }
                continue;
            };
            let value = member.shape.encode(&member.shape.take(Some(value)));
            if member.json != InJson::UnlessEmpty || !is_empty(&value) {
                out.insert(key.clone(), value);
            }
        }
        for member in self.fields.iter().filter(|f| f.json == InJson::Always) {
            if !out.contains_key(&member.key) {
                out.insert(member.key.clone(), member.shape.encode(&member.shape.zero()));
            }
        }
        Value::Object(out)
    }
}

/// What Go's encoder leaves out.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(b) => !b,
        Value::Number(n) => n.as_f64() == Some(0.0),
        Value::String(s) => s.is_empty(),
        Value::Array(a) => a.is_empty(),
        Value::Object(o) => o.is_empty(),
    }
}

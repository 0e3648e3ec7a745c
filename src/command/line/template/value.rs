//! A value on its way through a template, and how Go prints it.

use serde_json::Value;

use super::float;
use super::shape::Shape;
use crate::duration;

/// A value on its way through a template.
#[derive(Clone, Debug)]
pub(super) struct Val {
    pub(super) value: Value,
    pub(super) shape: Shape,
    /// The object that the template is applied to.
    pub(super) root: bool,
}

impl From<Value> for Val {
    fn from(value: Value) -> Self {
        Self { value, shape: Shape::Any, root: false }
    }
}

impl Val {
    /// A part of a value, of that type.
    pub(super) fn of(shape: &Shape, found: Option<&Value>) -> Self {
        Self { value: shape.take(found), shape: shape.clone(), root: false }
    }

    /// What a map answers for a name that it does not have.
    pub(super) fn nothing() -> Self {
        Self { value: Value::Null, shape: Shape::Nothing, root: false }
    }

    /// Itself, or what it points to.
    pub(super) fn pointee(&self) -> &Shape {
        match &self.shape {
            Shape::Pointer(inner) if !self.value.is_null() => inner,
            shape => shape,
        }
    }

    /// The type of what it holds, a list or a map.
    pub(super) fn inner(&self) -> &Shape {
        match self.pointee() {
            Shape::List(inner) | Shape::Map(inner) => inner,
            _ => &Shape::Any,
        }
    }

    /// Whether `if` takes it.
    pub(super) fn truth(&self) -> bool {
        match (&self.shape, &self.value) {
            // A struct is always true, an empty map never.
            (Shape::Struct(_) | Shape::Time, _) => true,
            (Shape::Pointer(_), value) => !value.is_null(),
            (_, Value::Null) => false,
            (_, Value::Bool(b)) => *b,
            (_, Value::Number(n)) => n.as_f64() != Some(0.0),
            (_, Value::String(s)) => !s.is_empty(),
            (_, Value::Array(a)) => !a.is_empty(),
            (_, Value::Object(o)) => !o.is_empty(),
        }
    }

    /// As an action prints it.
    pub(super) fn print(&self) -> String {
        match (&self.shape, &self.value) {
            // Nothing inside of something is printed by `text`.
            (Shape::Any | Shape::Nothing, Value::Null) => "<no value>".to_owned(),
            _ => self.text(),
        }
    }

    /// As Go prints it with `%v`.
    pub(super) fn text(&self) -> String {
        text(self.pointee(), &self.value)
    }
}

fn text(shape: &Shape, value: &Value) -> String {
    let part = |shape: &Shape, found: Option<&Value>| text(shape, &shape.take(found));
    match (shape, value) {
        (Shape::Pointer(inner), value) if !value.is_null() => text(inner, value),
        (Shape::List(_), Value::Null) => "[]".to_owned(),
        (Shape::Map(_), Value::Null) => "map[]".to_owned(),
        (Shape::Struct(of), value) => {
            let own = of.fields.iter().filter(|f| !f.key.is_empty());
            let parts: Vec<String> = own.map(|f| part(&f.shape, value.get(&f.key))).collect();
            format!("{{{}}}", parts.join(" "))
        }
        (Shape::Time, Value::String(time)) => moment(time),
        (Shape::Duration, Value::Number(span)) => {
            let nanos = span.as_i64().unwrap_or_default();
            let sign = if nanos < 0 { "-" } else { "" };
            format!("{sign}{}", duration::go(nanos.unsigned_abs()))
        }
        (_, Value::Null) => "<nil>".to_owned(),
        (_, Value::String(text)) => text.clone(),
        (shape, Value::Array(items)) => {
            let inner = if let Shape::List(inner) = shape { inner } else { &Shape::Any };
            let items: Vec<String> = items.iter().map(|v| part(inner, Some(v))).collect();
            format!("[{}]", items.join(" "))
        }
        (shape, Value::Object(fields)) => {
            let inner = if let Shape::Map(inner) = shape { inner } else { &Shape::Any };
            let mut parts: Vec<(&String, String)> =
                fields.iter().map(|(k, v)| (k, part(inner, Some(v)))).collect();
            parts.sort();
            let parts: Vec<String> = parts.into_iter().map(|(k, v)| format!("{k}:{v}")).collect();
            format!("map[{}]", parts.join(" "))
        }
        (_, Value::Number(number)) if number.is_f64() => {
            float::shortest(number.as_f64().unwrap_or_default())
        }
        (_, other) => other.to_string(),
    }
}

/// `2026-11-22T11:31:55.5Z` as `2026-11-22 11:31:55.5 +0000 UTC`.
fn moment(time: &str) -> String {
    let (text, zone) = match time.strip_suffix('Z') {
        Some(text) => (text, "+0000 UTC".to_owned()),
        None => match time.len().checked_sub(6).and_then(|at| time.split_at_checked(at)) {
            Some((text, zone)) => {
                let zone = zone.replace(':', "");
                (text, format!("{zone} {zone}"))
            }
            None => return time.to_owned(),
        },
    };
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    format!("{} {zone}", text.replacen('T', " ", 1))
}

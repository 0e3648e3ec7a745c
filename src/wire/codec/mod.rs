//! Between bytes and [`serde_json::Value`]s, by shape alone: no operation is named here.
//!
//! [`rest`] and [`query`] are the two protocols, [`xml`] and `tree` what they share, [`error`] how a
//! refusal looks in each. Follows the Smithy documents `restXml` and `awsQuery`. Authentication is
//! not looked at here: see [`sigv4`](super::sigv4).

pub mod error;
mod head;
pub mod query;
pub mod rest;
#[cfg(test)]
mod tests;
mod tree;
pub mod xml;

use serde_json::{Number, Value};

use base::{Slice, Time};
use sim::api::Shape;

pub use head::Head;
pub(crate) use head::pairs as form_pairs;

/// An answer, ready to be sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Encoded {
    /// HTTP status.
    pub status: u16,
    /// Names as the real service spells them.
    pub headers: Vec<(String, String)>,
    pub body: BodyOut,
}

/// The body of an answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum BodyOut {
    #[default]
    Empty,
    Text(String),
    /// Parts of blobs, one after the other.
    Slices(Vec<Slice>),
}

/// A leaf in text as a value of this shape; `None` when the text is not one.
fn leaf_from_text(shape: Shape, text: &str) -> Option<Value> {
    match shape {
        Shape::String => Some(Value::from(text)),
        Shape::Enum(words) => words.contains(&text).then(|| Value::from(text)),
        Shape::Integer => text.trim().parse::<i64>().ok().map(|n| Value::Number(Number::from(n))),
        Shape::Boolean => match text.trim() {
            t if t.eq_ignore_ascii_case("true") => Some(Value::Bool(true)),
            t if t.eq_ignore_ascii_case("false") => Some(Value::Bool(false)),
            _ => None,
        },
        Shape::Timestamp => time_from_text(text.trim()).map(|t| Value::from(t.0)),
        Shape::BlobIn | Shape::BlobOut | Shape::List(_) | Shape::Map | Shape::Structure(_) => None,
    }
}

/// ISO 8601, an HTTP date, or seconds since the epoch: what the protocols let clients send.
fn time_from_text(text: &str) -> Option<Time> {
    Time::parse_iso(text)
        .or_else(|| Time::parse_http(text))
        .or_else(|| date_only(text))
        .or_else(|| text.parse::<i64>().ok().and_then(|secs| secs.checked_mul(1000)).map(Time))
}

/// `2026-11-22` is midnight.
fn date_only(text: &str) -> Option<Time> {
    (text.len() == 10).then(|| Time::parse_iso(&format!("{text}T00:00:00Z"))).flatten()
}

/// A leaf value as text, with `time` for instants; `None` for what is no leaf.
fn leaf_to_text(shape: Shape, value: &Value, time: fn(Time) -> String) -> Option<String> {
    match (shape, value) {
        (Shape::Timestamp, Value::Number(n)) => n.as_i64().map(|ms| time(Time(ms))),
        (_, Value::String(text)) => Some(text.clone()),
        (_, Value::Number(n)) => Some(n.to_string()),
        (_, Value::Bool(b)) => Some(b.to_string()),
        _ => None,
    }
}

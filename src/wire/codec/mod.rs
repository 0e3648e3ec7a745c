//! Between bytes and [`serde_json::Value`]s, by shape alone: no operation is named here.
//!
//! [`rest`] (with XML or JSON in the body), [`query`] (with EC2's manner of it) and [`json`] are the
//! protocols, [`xml`] and `tree` what some share, [`multipart`] the forms of browsers, [`error`] how a
//! refusal looks in each. Follows the Smithy documents `restXml`, `restJson1`, `awsQuery`, `ec2Query`,
//! `awsJson1_0` and `awsJson1_1`.
//! Authentication is not looked at here: see [`sigv4`](super::sigv4).

pub mod error;
mod head;
pub mod json;
pub mod multipart;
pub mod query;
pub mod rest;
#[cfg(test)]
mod tests;
mod tree;
pub mod xml;

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Number, Value};

use base::{Slice, Time};
use sim::api::{Location, Member, OpDef, Protocol, Service, Shape};

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
    Bytes(Vec<u8>),
    /// Parts of blobs, one after the other.
    Slices(Vec<Slice>),
}

/// The answer of an operation in its service's own protocol.
#[must_use]
pub fn encode(service: &Service, op: &OpDef, output: &Value, request_id: &str) -> Encoded {
    match service.protocol {
        Protocol::Query | Protocol::Ec2 => query::encode(service, op, output, request_id),
        Protocol::Json { version, .. } => json::encode(version, op, output),
        _ => rest::encode(service, op, output),
    }
}

/// Whether the member travels in a document of the body, rather than in head or path, or as the
/// whole body.
fn in_document(member: &Member) -> bool {
    !matches!(
        member.location,
        Location::Uri
            | Location::Query(_)
            | Location::Header(_)
            | Location::Headers(_)
            | Location::Payload(_)
    )
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
        Shape::Double => match text.trim() {
            "NaN" | "Infinity" | "-Infinity" => Some(Value::from(text.trim())),
            text => text.parse().ok().and_then(Number::from_f64).map(Value::Number),
        },
        Shape::Binary => STANDARD.decode(text.trim()).is_ok().then(|| Value::from(text.trim())),
        Shape::Document => serde_json::from_str(text).ok(),
        Shape::BlobIn
        | Shape::BlobOut
        | Shape::List(_)
        | Shape::Map(_)
        | Shape::Structure(_)
        | Shape::Union(_) => None,
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
fn leaf_to_text(shape: Shape, value: &Value, time: fn(Time) -> String) -> Option<Cow<'_, str>> {
    match (shape, value) {
        (Shape::Timestamp, Value::Number(n)) => n.as_i64().map(|ms| time(Time(ms)).into()),
        (_, Value::String(text)) => Some(text.as_str().into()),
        (_, Value::Number(n)) => Some(n.to_string().into()),
        (_, Value::Bool(b)) => Some(if *b { "true" } else { "false" }.into()),
        _ => None,
    }
}

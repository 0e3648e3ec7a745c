//! The `awsJson1_0` and `awsJson1_1` protocols: a JSON object in, a JSON object out, and the
//! operation's name in the header `X-Amz-Target`.
//!
//! [`decode`] parses the body once and holds that tree itself to the shape, so that nothing is
//! copied on the way to the operation. Members that the shape does not know are dropped, as the
//! services do; a value of the wrong type is a `SerializationException` in the words of the
//! services' own framework; what is missing, and words
//! that are none of their set, are one `ValidationException` that names all of it.

#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};
use serde_json::{Map, Number, Value};

use crate::codec::query::{join, lower_first, null, validation};
use crate::codec::{BodyOut, Encoded, in_document, time_from_text};
use base::Time;
use sim::api::{ApiError, Member, OpDef, Shape, StructShape};

/// The input of an operation from its body.
///
/// # Errors
/// `SerializationException` or `ValidationException`, see above.
pub fn decode(op: &OpDef, body: &[u8]) -> Result<Value, ApiError> {
    let mut value = parse(body)?;
    if !value.is_object() {
        return Err(serialization(Some("Unexpected field type")));
    }
    hold(Shape::Structure(op.input), &mut value)?;
    require(op.input, &value)?;
    Ok(value)
}

/// A body as a tree; one that is empty is an object without members.
pub(in crate::codec) fn parse(body: &[u8]) -> Result<Value, ApiError> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    serde_json::from_slice(body).map_err(|_| serialization(None))
}

/// Says every member that must be there and is not, and every word that is none of its set.
pub(in crate::codec) fn require(
    shape: fn() -> &'static StructShape,
    value: &Value,
) -> Result<(), ApiError> {
    let mut faults = Vec::new();
    missing(Shape::Structure(shape), value, "", &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(validation("ValidationException", &faults)) }
}

fn serialization(message: Option<&str>) -> ApiError {
    ApiError::new(400, "SerializationException", message.unwrap_or_default())
}

/// Holds a value to its shape and spells its leaves as operations read them.
pub(in crate::codec) fn hold(shape: Shape, value: &mut Value) -> Result<(), ApiError> {
    match shape {
        Shape::Structure(of) | Shape::Union(of) => {
            let of = of();
            let map = match value {
                Value::Object(map) => map,
                other => return Err(no_collection(other, of.name)),
            };
            map.retain(|name, value| !value.is_null() && member(of, name).is_some());
            for (name, value) in map.iter_mut() {
                match member(of, name) {
                    Some(member) if member.refused => *value = Value::Bool(true),
                    Some(member) => hold((member.shape)(), value)?,
                    None => {}
                }
            }
            rename(of, map);
            Ok(())
        }
        Shape::Map(of) => {
            let map = match value {
                Value::Object(map) => map,
                other => return Err(no_collection(other, "java.util.Map")),
            };
            map.retain(|_, value| !value.is_null());
            map.values_mut().try_for_each(|value| hold(of(), value))
        }
        Shape::List(of) => match value {
            Value::Array(items) => items.iter_mut().try_for_each(|item| hold(of(), item)),
            Value::Object(_) => Err(start_of_map()),
            _ => Err(serialization(Some("Unexpected field type"))),
        },
        Shape::Document => Ok(()),
        leaf => {
            *value = hold_leaf(leaf, value.take())?;
            Ok(())
        }
    }
}

/// The member that travels under this name.
fn member(of: &'static StructShape, name: &str) -> Option<&'static Member> {
    of.members.iter().find(|m| m.xml_name() == name)
}

/// Members that travel under another name get their own.
fn rename(of: &StructShape, map: &mut Map<String, Value>) {
    for member in of.members.iter().filter(|m| m.xml_name() != m.name) {
        if let Some(value) = map.shift_remove(member.xml_name()) {
            map.insert(member.name.to_owned(), value);
        }
    }
}

fn hold_leaf(shape: Shape, value: Value) -> Result<Value, ApiError> {
    let wanted = java(shape);
    match (shape, value) {
        (Shape::String | Shape::Enum(_), value @ Value::String(_))
        | (Shape::Boolean, value @ Value::Bool(_))
        | (Shape::Double, value @ Value::Number(_)) => Ok(value),
        (Shape::Double, Value::String(text))
            if matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity") =>
        {
            Ok(Value::String(text))
        }
        (Shape::Integer, Value::Number(number)) => Ok(Value::Number(whole(number))),
        (Shape::Timestamp, value) => match instant(&value) {
            Some(time) => Ok(Value::from(time.0)),
            None => Err(scalar(&value, wanted)),
        },
        (Shape::Binary, Value::String(text)) => base64_text(text),
        (Shape::Binary, Value::Number(_) | Value::Bool(_)) => {
            Err(serialization(Some("only base-64-encoded strings are convertible to bytes")))
        }
        (Shape::Boolean, Value::String(_)) => {
            Err(serialization(Some("Unexpected token received from parser")))
        }
        (_, value) => Err(scalar(&value, wanted)),
    }
}

/// A number without its fraction, as the services take it.
fn whole(number: Number) -> Number {
    if number.is_i64() || number.is_u64() {
        return number;
    }
    #[expect(clippy::cast_possible_truncation, reason = "saturates beyond the range")]
    let whole = number.as_f64().unwrap_or_default() as i64;
    Number::from(whole)
}

/// Seconds since the epoch with a fraction, or ISO 8601.
fn instant(value: &Value) -> Option<Time> {
    match value {
        Value::Number(seconds) => {
            if let Some(whole) = seconds.as_i64() {
                return whole.checked_mul(1000).map(Time);
            }
            #[expect(clippy::cast_possible_truncation, reason = "saturates beyond the range")]
            let millis = (seconds.as_f64()? * 1000.0).round() as i64;
            Some(Time(millis))
        }
        Value::String(text) => time_from_text(text),
        _ => None,
    }
}

fn base64_text(text: String) -> Result<Value, ApiError> {
    if !text.len().is_multiple_of(4) {
        let message = format!(
            "Base64 encoded length is expected a multiple of 4 bytes but found: {}",
            text.len()
        );
        return Err(serialization(Some(&message)));
    }
    let body = text.trim_end_matches('=');
    if let Some(c) = body.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '/')) {
        return Err(serialization(Some(&format!("Invalid Base64 character: '{c}'"))));
    }
    if STANDARD.decode(&text).is_err() {
        return Err(serialization(Some("Invalid last non-pad Base64 character dectected")));
    }
    Ok(Value::String(text))
}

/// The class that the services' framework reads such a value into.
fn java(shape: Shape) -> &'static str {
    match shape {
        Shape::Integer => "Integer",
        Shape::Double => "Double",
        Shape::Boolean => "Boolean",
        Shape::Timestamp => "Date",
        Shape::Binary | Shape::BlobIn | Shape::BlobOut => "ByteBuffer",
        _ => "String",
    }
}

/// A value where another scalar was wanted.
fn scalar(value: &Value, wanted: &str) -> ApiError {
    let got = match value {
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(n) if n.is_f64() => "DECIMAL_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
        Value::Null => "NULL_VALUE",
        Value::Array(_) => {
            let package = match wanted {
                "ByteBuffer" => "java.nio",
                "Date" => "java.util",
                _ => "java.lang",
            };
            let message = format!("Unrecognized collection type class {package}.{wanted}");
            return serialization(Some(&message));
        }
        Value::Object(_) => return start_of_map(),
    };
    serialization(Some(&format!("{got} cannot be converted to {wanted}")))
}

fn start_of_map() -> ApiError {
    serialization(Some("Start of structure or map found where not expected"))
}

/// A value where a structure or map was wanted.
fn no_collection(value: &Value, wanted: &str) -> ApiError {
    match value {
        Value::Array(_) => {
            serialization(Some(&format!("Unrecognized collection type class {wanted}")))
        }
        _ => serialization(Some("Unexpected field type")),
    }
}

fn missing(shape: Shape, value: &Value, path: &str, faults: &mut Vec<String>) {
    match (shape, value) {
        (Shape::Structure(of) | Shape::Union(of), Value::Object(map)) => {
            for member in of().members {
                match map.get(member.name) {
                    Some(value) if !value.is_boolean() && !value.is_number() => {
                        let here = join(path, &lower_first(member.name));
                        missing((member.shape)(), value, &here, faults);
                    }
                    None if member.required => {
                        faults.push(null(&join(path, &lower_first(member.name))));
                    }
                    _ => {}
                }
            }
        }
        (Shape::Enum(words), Value::String(text)) if !words.contains(&text.as_str()) => {
            faults.push(format!(
                "Value '{text}' at '{path}' failed to satisfy constraint: Member must satisfy enum \
                 value set: [{}]",
                words.join(", ")
            ));
        }
        (Shape::List(of), Value::Array(items)) => {
            for (i, item) in items.iter().enumerate() {
                missing(of(), item, &format!("{path}.{}.member", i + 1), faults);
            }
        }
        (Shape::Map(of), Value::Object(map)) => {
            for (key, value) in map {
                missing(of(), value, &format!("{path}.{key}.member"), faults);
            }
        }
        _ => {}
    }
}

/// The answer of an operation on the wire.
#[must_use]
pub fn encode(version: &str, op: &OpDef, output: &Value) -> Encoded {
    let kind =
        if version == "1.0" { "application/x-amz-json-1.0" } else { "application/x-amz-json-1.1" };
    let shape = (op.output)();
    let text = if shape.members.is_empty() && version != "1.0" {
        // Operations that answer nothing answer nothing at all.
        String::new()
    } else {
        text(Shape::Structure(op.output), output)
    };
    let body = if text.is_empty() { BodyOut::Empty } else { BodyOut::Text(text) };
    Encoded { status: op.status, headers: vec![("Content-Type".into(), kind.into())], body }
}

/// A value as JSON, in one pass.
pub(in crate::codec) fn text(shape: Shape, value: &Value) -> String {
    serde_json::to_string(&Shown { shape, value }).unwrap_or_default()
}

/// A value as the wire has it: members in the order of the shape, instants in seconds.
struct Shown<'a> {
    shape: Shape,
    value: &'a Value,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match (self.shape, self.value) {
            (Shape::Structure(of) | Shape::Union(of), Value::Object(values)) => {
                let mut map = to.serialize_map(None)?;
                for member in of().members.iter().filter(|m| in_document(m)) {
                    if let Some(value) = values.get(member.name).filter(|v| !v.is_null()) {
                        let shape = (member.shape)();
                        map.serialize_entry(member.xml_name(), &Shown { shape, value })?;
                    }
                }
                map.end()
            }
            (Shape::Map(of), Value::Object(values)) => {
                let mut map = to.serialize_map(Some(values.len()))?;
                for (name, value) in values {
                    map.serialize_entry(name, &Shown { shape: of(), value })?;
                }
                map.end()
            }
            (Shape::List(of), Value::Array(values)) => {
                let mut list = to.serialize_seq(Some(values.len()))?;
                for value in values {
                    list.serialize_element(&Shown { shape: of(), value })?;
                }
                list.end()
            }
            (Shape::Timestamp, Value::Number(millis)) => {
                #[expect(clippy::cast_precision_loss, reason = "exact for 280,000 years")]
                let seconds = millis.as_i64().unwrap_or_default() as f64 / 1000.0;
                seconds.serialize(to)
            }
            (_, value) => value.serialize(to),
        }
    }
}

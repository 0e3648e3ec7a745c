//! What is `restJson1`'s alone: members of the body are a JSON object, a member that is the whole
//! body is JSON, text or bytes, and refusals are told in the words of the JSON services.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::{BodyIn, Faults, Matched, has_body_members, outside};
use crate::codec::head::Head;
use crate::codec::json;
use crate::codec::query::{lower_first, null, validation};
use crate::codec::{BodyOut, Encoded};
use sim::api::{ApiError, Location, Member, OpDef, Shape};

/// The input of an operation.
pub(super) fn decode(matched: &Matched, head: &Head, body: BodyIn<'_>) -> Result<Value, ApiError> {
    let shape = (matched.op.input)();
    let faults = Faults { missing, invalid };
    let mut map = outside(matched, head, faults, |member, _| payload(member, body))?;
    if has_body_members(shape)
        && let BodyIn::Bytes(bytes) = body
    {
        let mut value = json::parse(bytes)?;
        json::hold(Shape::Structure(matched.op.input), &mut value)?;
        // What the body says of members that travel elsewhere counts for nothing.
        for (name, value) in std::mem::take(value.as_object_mut().unwrap_or(&mut Map::new())) {
            if shape.member(&name).is_some_and(crate::codec::in_document) {
                map.insert(name, value);
            }
        }
    }
    let value = Value::Object(map);
    json::require(matched.op.input, &value)?;
    Ok(value)
}

/// The member that is the whole body.
fn payload(member: &Member, body: BodyIn<'_>) -> Result<Option<Value>, ApiError> {
    let bytes = match body {
        BodyIn::Blob(blob) => return Ok(serde_json::to_value(blob).ok()),
        BodyIn::Bytes([]) => return Ok(None),
        BodyIn::Bytes(bytes) => bytes,
    };
    let text = || std::str::from_utf8(bytes).map_err(|_| invalid(member, member.name, ""));
    match (member.shape)() {
        Shape::Binary => Ok(Some(Value::String(STANDARD.encode(bytes)))),
        Shape::String | Shape::Enum(_) => Ok(Some(Value::from(text()?))),
        shape => {
            let mut value = json::parse(bytes)?;
            json::hold(shape, &mut value)?;
            Ok(Some(value))
        }
    }
}

fn missing(member: &Member) -> ApiError {
    validation("ValidationException", &[null(&lower_first(member.name))])
}

fn invalid(member: &Member, name: &str, text: &str) -> ApiError {
    let must = match (member.shape)() {
        Shape::Enum(words) => format!("satisfy enum value set: [{}]", words.join(", ")),
        Shape::Integer => "be an integer".to_owned(),
        Shape::Boolean => "be true or false".to_owned(),
        Shape::Timestamp => "be a valid timestamp".to_owned(),
        _ => "be a string".to_owned(),
    };
    let fault =
        format!("Value '{text}' at '{name}' failed to satisfy constraint: Member must {must}");
    validation("ValidationException", &[fault])
}

/// Puts the body on an answer whose headers are there.
pub(super) fn encode(op: &OpDef, output: &Value, mut encoded: Encoded) -> Encoded {
    let shape = (op.output)();
    let whole = shape.members.iter().find(|m| matches!(m.location, Location::Payload(_)));
    let (body, kind) = match whole {
        None if !has_body_members(shape) => (BodyOut::Empty, ""),
        None => (BodyOut::Text(json::text(Shape::Structure(op.output), output)), JSON),
        Some(member) => match ((member.shape)(), output.get(member.name)) {
            (Shape::BlobOut, value) => {
                let slices = value.cloned().and_then(|v| serde_json::from_value(v).ok());
                (BodyOut::Slices(slices.unwrap_or_default()), BYTES)
            }
            (_, None | Some(Value::Null)) => (BodyOut::Empty, ""),
            (Shape::Binary, Some(value)) => {
                let bytes = STANDARD.decode(value.as_str().unwrap_or_default());
                (BodyOut::Bytes(bytes.unwrap_or_default()), BYTES)
            }
            (Shape::String | Shape::Enum(_), Some(value)) => {
                (BodyOut::Text(value.as_str().unwrap_or_default().to_owned()), "text/plain")
            }
            (shape, Some(value)) => (BodyOut::Text(json::text(shape, value)), JSON),
        },
    };
    encoded.body = body;
    let said = encoded.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case("content-type"));
    if !said && !kind.is_empty() {
        encoded.headers.push(("Content-Type".into(), kind.into()));
    }
    encoded
}

const JSON: &str = "application/json";
const BYTES: &str = "application/octet-stream";

//! The `restXml` and `restJson1` protocols: members travel in path, query, headers and body.
//!
//! [`Router`] finds the operation, [`decode`] makes its input, [`encode`] its answer; what is JSON's
//! alone is in `document`. Of several operations with the same method and path the one wins whose
//! selecting query parameters are all there and most; between equals, the one whose required headers
//! are all there and most (`CopyObject` is a `PutObject` with `x-amz-copy-source`).

mod document;
mod route;
#[cfg(test)]
mod tests;

pub(crate) use route::not_implemented;
pub use route::{Matched, Router};

use serde_json::{Map, Value};

use super::head::Head;
use super::tree::{self, Style};
use super::xml;
use super::{BodyOut, Encoded, in_document, leaf_from_text, leaf_to_text};
use base::{Blob, Slice, Time};
use sim::api::{ApiError, Location, Member, OpDef, Protocol, Service, Shape, StructShape};

/// A body that has come in whole.
#[derive(Clone, Copy, Debug)]
pub enum BodyIn<'a> {
    Bytes(&'a [u8]),
    /// It is stored already.
    Blob(&'a Blob),
}

const STYLE: Style = Style::new(Time::iso_millis);

/// How a service refuses a part of a request.
#[derive(Clone, Copy)]
struct Faults {
    missing: fn(&Member) -> ApiError,
    invalid: fn(&Member, &str, &str) -> ApiError,
}

/// Whether the operation's body is a stream to be stored, not a document to be read.
#[must_use]
pub fn takes_stream(op: &OpDef) -> bool {
    (op.input)().members.iter().any(|m| matches!((m.shape)(), Shape::BlobIn))
}

/// S3's answer to a body that is no XML document of the right kind.
#[must_use]
pub fn malformed_xml() -> ApiError {
    ApiError::new(
        400,
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

/// The input of an operation.
///
/// # Errors
/// The service's own error when a part is missing or not of its type.
pub fn decode(matched: &Matched, head: &Head, body: BodyIn<'_>) -> Result<Value, ApiError> {
    if matched.json() {
        return document::decode(matched, head, body);
    }
    let shape = (matched.op.input)();
    let faults = Faults { missing, invalid };
    let mut map = outside(matched, head, faults, |member, root| payload(member, root, body))?;
    read_body_members(shape, body, &mut map)?;
    Ok(Value::Object(map))
}

/// The members that do not stand in a document: of path, query and headers, and the whole body.
fn outside(
    matched: &Matched,
    head: &Head,
    faults: Faults,
    payload: impl Fn(&Member, &str) -> Result<Option<Value>, ApiError>,
) -> Result<Map<String, Value>, ApiError> {
    let mut map = Map::new();
    for member in (matched.op.input)().members {
        let value = match member.location {
            Location::Query(name) if member.refused => {
                head.query.iter().any(|(n, _)| n == name).then_some(Value::Bool(true))
            }
            Location::Header(name) if member.refused => {
                let given = head.header_or_hoisted(&name.to_ascii_lowercase()).is_some();
                given.then_some(Value::Bool(true))
            }
            Location::Uri => match matched.label(member.name) {
                Some(text) => Some(scalar(member, member.name, text, faults)?),
                None => None,
            },
            Location::Query(name) => query(member, name, head, faults)?,
            Location::Header(name) => header(member, name, head, faults)?,
            Location::Headers(prefix) => prefixed(head, prefix),
            Location::Payload(root) => payload(member, root)?,
            _ => continue,
        };
        match value {
            Some(value) => {
                map.insert(member.name.to_owned(), value);
            }
            None if member.required => return Err((faults.missing)(member)),
            None => {}
        }
    }
    Ok(map)
}

/// A parameter of the query; a list takes every one of its name.
fn query(
    member: &Member,
    name: &str,
    head: &Head,
    faults: Faults,
) -> Result<Option<Value>, ApiError> {
    let leaf = |shape, text: &str| {
        leaf_from_text(shape, text).ok_or_else(|| (faults.invalid)(member, name, text))
    };
    let mut texts = head.query.iter().filter(|(n, _)| n == name).map(|(_, text)| text.as_str());
    match (member.shape)() {
        Shape::List(item) => {
            let items: Vec<Value> =
                texts.map(|text| leaf(item(), text)).collect::<Result<_, _>>()?;
            Ok((!items.is_empty()).then_some(Value::Array(items)))
        }
        shape => texts.next().map(|text| leaf(shape, text)).transpose(),
    }
}

/// Members that stand in the body by themselves, without one that is the whole body.
fn read_body_members(
    shape: &StructShape,
    body: BodyIn<'_>,
    map: &mut Map<String, Value>,
) -> Result<(), ApiError> {
    if !has_body_members(shape) {
        return Ok(());
    }
    let BodyIn::Bytes(bytes) = body else { return Ok(()) };
    if bytes.is_empty() {
        let missing = shape.members.iter().find(|m| m.required && !map.contains_key(m.name));
        return missing.map_or(Ok(()), |_| Err(empty_body()));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| malformed_xml())?;
    let root = xml::parse(text).ok_or_else(malformed_xml)?;
    map.extend(tree::structure(shape, &root).map_err(|_| malformed_xml())?);
    Ok(())
}

fn has_body_members(shape: &StructShape) -> bool {
    shape.members.iter().any(|m| in_document(m) && !matches!(m.location, Location::XmlAttribute(_)))
}

fn header(
    member: &Member,
    name: &str,
    head: &Head,
    faults: Faults,
) -> Result<Option<Value>, ApiError> {
    let name = name.to_ascii_lowercase();
    let Shape::List(item) = (member.shape)() else {
        let text = head.header_or_hoisted(&name);
        return text.map(|text| scalar(member, &name, text, faults)).transpose();
    };
    let mut items = Vec::new();
    for (_, line) in head.headers.iter().filter(|(n, _)| *n == name) {
        for text in line.split(',').map(str::trim).filter(|t| !t.is_empty()) {
            let value = leaf_from_text(item(), text);
            items.push(value.ok_or_else(|| (faults.invalid)(member, &name, text))?);
        }
    }
    Ok((!items.is_empty()).then_some(Value::Array(items)))
}

/// All headers with a prefix, as a map from the rest of their names. Several lines of one name are
/// one value, joined by commas.
fn prefixed(head: &Head, prefix: &str) -> Option<Value> {
    let prefix = prefix.to_ascii_lowercase();
    let mut map: Map<String, Value> = Map::new();
    let hoisted = head.query.iter().filter(|_| head.presigned());
    for (name, value) in head.headers.iter().chain(hoisted) {
        let lower = name.to_ascii_lowercase();
        let Some(rest) = lower.strip_prefix(&prefix).filter(|r| !r.is_empty()) else { continue };
        match map.get_mut(rest) {
            Some(Value::String(before)) => {
                before.push(',');
                before.push_str(value);
            }
            _ => {
                map.insert(rest.to_owned(), Value::from(value.as_str()));
            }
        }
    }
    (!map.is_empty()).then_some(Value::Object(map))
}

fn payload(member: &Member, root: &str, body: BodyIn<'_>) -> Result<Option<Value>, ApiError> {
    match ((member.shape)(), body) {
        (Shape::BlobIn, BodyIn::Blob(blob)) => {
            serde_json::to_value(blob).map(Some).map_err(|_| malformed_xml())
        }
        (_, BodyIn::Bytes([])) => {
            if member.required {
                return Err(empty_body());
            }
            Ok(None)
        }
        (Shape::String, BodyIn::Bytes(bytes)) => {
            let text = std::str::from_utf8(bytes).map_err(|_| malformed_xml())?;
            Ok(Some(Value::from(text)))
        }
        (shape, BodyIn::Bytes(bytes)) => {
            let text = std::str::from_utf8(bytes).map_err(|_| malformed_xml())?;
            let element = xml::parse(text).filter(|e| e.name == root).ok_or_else(malformed_xml)?;
            tree::value(shape, &element).map(Some).map_err(|_| malformed_xml())
        }
        (_, BodyIn::Blob(_)) => Ok(None),
    }
}

fn scalar(member: &Member, name: &str, text: &str, faults: Faults) -> Result<Value, ApiError> {
    leaf_from_text((member.shape)(), text).ok_or_else(|| (faults.invalid)(member, name, text))
}

fn empty_body() -> ApiError {
    ApiError::new(400, "MissingRequestBodyError", "Request Body is empty")
}

fn missing(member: &Member) -> ApiError {
    match member.location {
        Location::Header(name) => ApiError::new(
            400,
            "InvalidRequest",
            format!("Missing required header for this request: {name}"),
        ),
        Location::Query(name) => ApiError::new(
            400,
            "InvalidRequest",
            format!("Missing required parameter for this request: '{name}'"),
        ),
        Location::Uri => ApiError::new(400, "InvalidURI", "Couldn't parse the specified URI."),
        _ => malformed_xml(),
    }
}

fn invalid(member: &Member, name: &str, text: &str) -> ApiError {
    let message = match (member.shape)() {
        Shape::Integer => format!("Provided {name} not an integer or within integer range"),
        Shape::Timestamp => format!("Provided {name} is not a valid date"),
        _ => format!("Invalid value for {name}"),
    };
    ApiError::new(400, "InvalidArgument", message)
        .with("ArgumentName", name)
        .with("ArgumentValue", text)
}

/// The answer of an operation on the wire.
#[must_use]
pub fn encode(service: &Service, op: &OpDef, output: &Value) -> Encoded {
    let shape = (op.output)();
    let none = Map::new();
    let map = output.as_object().unwrap_or(&none);
    let mut encoded = Encoded { status: op.status, ..Encoded::default() };
    for member in shape.members {
        let Some(value) = map.get(member.name).filter(|v| !v.is_null()) else { continue };
        put_header(&mut encoded.headers, member, value);
    }
    let partial = encoded.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case("content-range"));
    if partial && encoded.status == 200 {
        encoded.status = 206;
    }
    if service.protocol == Protocol::RestJson {
        return document::encode(op, output, encoded);
    }
    encoded.body = body(service, shape, map);
    if let Some(kind) = content_type(shape, &encoded) {
        encoded.headers.push(("Content-Type".into(), kind.into()));
    }
    encoded
}

fn put_header(headers: &mut Vec<(String, String)>, member: &Member, value: &Value) {
    match (member.location, (member.shape)(), value) {
        (Location::Header(name), Shape::List(item), Value::Array(items)) => {
            let texts: Vec<_> =
                items.iter().filter_map(|v| leaf_to_text(item(), v, Time::http_date)).collect();
            if !texts.is_empty() {
                headers.push((name.into(), texts.join(",")));
            }
        }
        (Location::Header(name), shape, value) => {
            if let Some(text) = leaf_to_text(shape, value, Time::http_date) {
                headers.push((name.into(), text.into_owned()));
            }
        }
        (Location::Headers(prefix), _, Value::Object(map)) => {
            for (name, value) in map {
                let text = value.as_str().unwrap_or_default();
                headers.push((format!("{prefix}{name}"), text.to_owned()));
            }
        }
        _ => {}
    }
}

fn body(service: &Service, shape: &StructShape, map: &Map<String, Value>) -> BodyOut {
    let whole = shape.members.iter().find_map(|m| match m.location {
        Location::Payload(root) => Some((m, root)),
        _ => None,
    });
    let Some((member, root)) = whole else {
        // A structure that is named like an element is one, even when there is nothing in it.
        if !has_body_members(shape) && shape.name.ends_with("Output") {
            return BodyOut::Empty;
        }
        return BodyOut::Text(document(service, &root_name(shape), |out| {
            tree::write_members(out, shape, map, STYLE);
        }));
    };
    match ((member.shape)(), map.get(member.name)) {
        (Shape::BlobOut, value) => {
            let slices = value.cloned().and_then(|v| serde_json::from_value(v).ok());
            BodyOut::Slices(slices.unwrap_or_default())
        }
        (Shape::String, value) => {
            value.and_then(Value::as_str).map_or(BodyOut::Empty, |t| BodyOut::Text(t.to_owned()))
        }
        (Shape::Structure(inner) | Shape::Union(inner), Some(Value::Object(map))) => {
            BodyOut::Text(document(service, root, |out| {
                tree::write_members(out, inner(), map, STYLE);
            }))
        }
        (leaf, Some(value)) => BodyOut::Text(document(service, root, |out| {
            xml::escape(out, &leaf_to_text(leaf, value, STYLE.time).unwrap_or_default());
        })),
        (_, None) => BodyOut::Text(document(service, root, |_| {})),
    }
}

/// The root element of an answer that has no member which is the whole body: the structure's own
/// name (`ListBucketResult`), where `…Output` is read as `…Result`.
fn root_name(shape: &StructShape) -> String {
    shape.name.strip_suffix("Output").map_or_else(|| shape.name.into(), |s| format!("{s}Result"))
}

fn document(service: &Service, root: &str, fill: impl FnOnce(&mut String)) -> String {
    let mut out = String::with_capacity(512);
    out.push_str(xml::DECLARATION);
    out.push('<');
    out.push_str(root);
    out.push_str(" xmlns=\"");
    out.push_str(service.xml_namespace);
    out.push_str("\">");
    fill(&mut out);
    xml::shut(&mut out, root);
    out
}

/// The type of a body whose operation did not say it.
fn content_type(shape: &StructShape, encoded: &Encoded) -> Option<&'static str> {
    if encoded.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case("content-type")) {
        return None;
    }
    let plain = shape
        .members
        .iter()
        .any(|m| matches!((m.location, (m.shape)()), (Location::Payload(_), Shape::String)));
    match &encoded.body {
        BodyOut::Empty => None,
        BodyOut::Bytes(_) | BodyOut::Slices(_) => Some("binary/octet-stream"),
        // The one text that is a whole answer is a policy.
        BodyOut::Text(_) if plain => Some("application/json"),
        BodyOut::Text(_) => Some("application/xml"),
    }
}

/// The bytes that an answer's slices hold together.
#[must_use]
pub fn total(slices: &[Slice]) -> u64 {
    slices.iter().map(|s| s.len).sum()
}

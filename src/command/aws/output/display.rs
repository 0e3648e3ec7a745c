//! From the operation's output to what the real client would show: members in the order in which it
//! parses them, times as ISO 8601, nothing that would not have come over the wire.

use serde_json::{Map, Value};

use base::Time;
use sim::api::{Location, Member, OpDef, Shape, StructShape};

/// What an operation answered, as the client shows it: its policies are read, where the service gives
/// them as quoted text (botocore's `json_decode_policies`).
pub(in crate::aws) fn parsed(op: &OpDef, value: &Value) -> Value {
    let mut shown = display(value, (op.output)());
    if op.service == "iam" {
        read_policies(&mut shown);
    }
    shown
}

/// The members of IAM's answers that are policies: `policyDocumentType` in its model.
const POLICIES: [&str; 3] = ["PolicyDocument", "AssumeRolePolicyDocument", "Document"];

fn read_policies(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(read_policies),
        Value::Object(members) => {
            for (name, member) in members {
                let text = member.as_str().filter(|_| POLICIES.contains(&name.as_str()));
                let text =
                    text.map(|t| percent_encoding::percent_decode_str(t).decode_utf8_lossy());
                match text.and_then(|text| serde_json::from_str(&text).ok()) {
                    Some(policy) => *member = policy,
                    None => read_policies(member),
                }
            }
        }
        _ => {}
    }
}

/// An answer as the client shows it. What travels in headers comes first, then the body, each in
/// the order of the shape.
pub(in crate::aws) fn display(value: &Value, shape: &'static StructShape) -> Value {
    let mut shown = Map::new();
    let in_header = |m: &&Member| matches!(m.location, Location::Header(_) | Location::Headers(_));
    let headers = shape.members.iter().filter(in_header);
    for member in headers.chain(shape.members.iter().filter(|m| !in_header(m))) {
        add(value, member, &mut shown);
    }
    Value::Object(shown)
}

fn add(value: &Value, member: &Member, shown: &mut Map<String, Value>) {
    let shape = (member.shape)();
    match value.get(member.name).filter(|v| !v.is_null()) {
        Some(_) if matches!(shape, Shape::BlobOut) => {}
        // Repeated elements with nothing around them: none of them is no member at all.
        Some(Value::Array(items))
            if items.is_empty() && matches!(member.location, Location::XmlFlat(_)) => {}
        Some(value) => {
            shown.insert(member.name.into(), leaf(value, shape));
        }
        // Headers with a prefix always make a map, if an empty one.
        None if matches!(member.location, Location::Headers(_)) => {
            shown.insert(member.name.into(), Value::Object(Map::new()));
        }
        // The text of the root element itself: an empty root is parsed as nothing.
        None if member.location == Location::Xml("") => {
            shown.insert(member.name.into(), Value::Null);
        }
        None => {}
    }
}

fn leaf(value: &Value, shape: Shape) -> Value {
    match (shape, value) {
        (Shape::Structure(of) | Shape::Union(of), value) => {
            let mut shown = Map::new();
            for member in of().members {
                add(value, member, &mut shown);
            }
            Value::Object(shown)
        }
        (Shape::List(item), Value::Array(items)) => items.iter().map(|v| leaf(v, item())).collect(),
        (Shape::Map(of), Value::Object(map)) => {
            Value::Object(map.iter().map(|(k, v)| (k.clone(), leaf(v, of()))).collect())
        }
        (Shape::Timestamp, Value::Number(n)) => {
            Value::String(timestamp(Time(n.as_i64().unwrap_or_default())))
        }
        (_, value) => value.clone(),
    }
}

/// `2026-11-22T10:00:00+00:00`, with six digits of a second when they are not all zero.
pub(in crate::aws) fn timestamp(time: Time) -> String {
    let millis = time.0.rem_euclid(1000);
    let fraction = if millis == 0 { String::new() } else { format!(".{millis:03}000") };
    format!("{}{fraction}+00:00", time.format("%Y-%m-%dT%H:%M:%S"))
}

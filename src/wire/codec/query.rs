//! The `awsQuery` protocol: a form in, XML out.
//!
//! Lists are `Name.member.N`, maps `Name.entry.N.key` and `.value`; lists without the `member` are
//! read too. What is missing or of the wrong type is one `ValidationError` that names all of it, as
//! the real services word it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::tree::{self, Style};
use super::xml;
use super::{BodyOut, Encoded, leaf_from_text};
use base::Time;
use sim::api::{ApiError, OpDef, Service, Shape, StructShape};

const STYLE: Style = Style { time: Time::iso_secs };

/// How deep a parameter's name may nest.
const DEPTH_MAX: usize = 24;

/// The parameters as a tree, split at their dots.
#[derive(Default)]
struct Node<'a> {
    value: Option<&'a str>,
    children: BTreeMap<&'a str, Node<'a>>,
}

impl<'a> Node<'a> {
    /// The items of a list, in the order of their numbers.
    fn numbered(&self) -> Vec<(u32, &Node<'a>)> {
        let numbered = self.children.iter().filter_map(|(k, n)| Some((k.parse().ok()?, n)));
        let mut items: Vec<(u32, &Node<'a>)> = numbered.collect();
        items.sort_by_key(|(n, _)| *n);
        items
    }
}

/// The input of an operation from its form.
///
/// # Errors
/// `ValidationError` that says every member which is missing or not of its type.
pub fn decode(op: &OpDef, form: &[(String, String)]) -> Result<Value, ApiError> {
    let mut root = Node::default();
    for (name, value) in form {
        if name.split('.').count() > DEPTH_MAX {
            return Err(ApiError::new(400, "MalformedInput", "Too many levels of nesting"));
        }
        let mut node = &mut root;
        for part in name.split('.') {
            node = node.children.entry(part).or_default();
        }
        node.value.get_or_insert(value);
    }
    let mut faults = Vec::new();
    let map = structure((op.input)(), &root, "", &mut faults);
    if faults.is_empty() { Ok(Value::Object(map)) } else { Err(validation(&faults)) }
}

fn validation(faults: &[String]) -> ApiError {
    let count = faults.len();
    let noun = if count == 1 { "error" } else { "errors" };
    let list = faults.join("; ");
    ApiError::new(400, "ValidationError", format!("{count} validation {noun} detected: {list}"))
}

fn structure(
    shape: &StructShape,
    node: &Node<'_>,
    path: &str,
    faults: &mut Vec<String>,
) -> Map<String, Value> {
    let mut map = Map::new();
    for member in shape.members {
        let here = join(path, &lower_first(member.name));
        match node.children.get(member.xml_name()) {
            Some(child) => {
                if let Some(value) = value((member.shape)(), child, &here, faults) {
                    map.insert(member.name.to_owned(), value);
                }
            }
            None if member.required => faults.push(format!(
                "Value null at '{here}' failed to satisfy constraint: Member must not be null"
            )),
            None => {}
        }
    }
    map
}

fn value(shape: Shape, node: &Node<'_>, path: &str, faults: &mut Vec<String>) -> Option<Value> {
    match shape {
        Shape::Structure(inner) => Some(Value::Object(structure(inner(), node, path, faults))),
        Shape::List(item) => {
            let list = node.children.get("member").unwrap_or(node);
            let items = list.numbered().into_iter().filter_map(|(number, child)| {
                value(item(), child, &format!("{path}.{number}.member"), faults)
            });
            Some(Value::Array(items.collect()))
        }
        Shape::Map => {
            let list = node.children.get("entry").unwrap_or(node);
            let pairs = list.numbered().into_iter().filter_map(|(_, entry)| {
                let part = |name: &str| entry.children.get(name).and_then(|n| n.value);
                Some((part("key")?.to_owned(), Value::from(part("value").unwrap_or_default())))
            });
            Some(Value::Object(pairs.collect()))
        }
        leaf => {
            let text = node.value?;
            let value = leaf_from_text(leaf, text);
            if value.is_none() {
                faults.push(wrong_type(leaf, text, path));
            }
            value
        }
    }
}

fn wrong_type(shape: Shape, text: &str, path: &str) -> String {
    let must = match shape {
        Shape::Enum(words) => format!("satisfy enum value set: [{}]", words.join(", ")),
        Shape::Integer => "be an integer".to_owned(),
        Shape::Boolean => "be true or false".to_owned(),
        Shape::Timestamp => "be a valid timestamp".to_owned(),
        _ => "be a string".to_owned(),
    };
    format!("Value '{text}' at '{path}' failed to satisfy constraint: Member must {must}")
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// `UserName` → `userName`, as the real messages spell members.
fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |c| c.to_ascii_lowercase().to_string() + chars.as_str())
}

/// The answer of an operation on the wire.
#[must_use]
pub fn encode(service: &Service, op: &OpDef, output: &Value, request_id: &str) -> Encoded {
    let shape = (op.output)();
    let none = Map::new();
    let mut out = String::with_capacity(512);
    let name = op.name;
    for part in ["<", name, "Response xmlns=\"", service.xml_namespace, "\">"] {
        out.push_str(part);
    }
    if !shape.members.is_empty() {
        let result = format!("{name}Result");
        xml::open(&mut out, &result);
        tree::write_members(&mut out, shape, output.as_object().unwrap_or(&none), STYLE);
        xml::shut(&mut out, &result);
    }
    xml::open(&mut out, "ResponseMetadata");
    xml::leaf(&mut out, "RequestId", request_id);
    xml::shut(&mut out, "ResponseMetadata");
    xml::shut(&mut out, &format!("{name}Response"));
    Encoded {
        status: op.status,
        headers: vec![("Content-Type".into(), "text/xml".into())],
        body: BodyOut::Text(out),
    }
}

//! The `awsQuery` and `ec2Query` protocols: a form in, XML out.
//!
//! Lists are `Name.member.N`, maps `Name.entry.N.key` and `.value`; lists without the `member` are
//! read too, and are EC2's only ones. What is missing or of the wrong type is one `ValidationError`
//! that names all of it, as the real services word it; EC2 names one parameter by its own words.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::codec::tree::{self, Style};
use crate::codec::xml;
use crate::codec::{BodyOut, Encoded, leaf_from_text};
use base::Time;
use sim::api::{ApiError, Location, Member, OpDef, Protocol, Service, Shape, StructShape};

const STYLE: Style = Style::new(Time::iso_secs);
const EC2_STYLE: Style = Style { time: Time::iso_millis, item: "item", lowers: true };

/// Which of the two protocols.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Query,
    Ec2,
}

impl Manner {
    fn of(service: &Service) -> Self {
        if service.protocol == Protocol::Ec2 { Self::Ec2 } else { Self::Query }
    }

    /// The parameter of a member.
    fn parameter(self, member: &Member) -> Cow<'static, str> {
        match (self, member.location) {
            (Self::Ec2, Location::Ec2(_, name)) => Cow::Borrowed(name),
            (Self::Ec2, _) => Cow::Owned(upper_first(member.xml_name())),
            (Self::Query, _) => Cow::Borrowed(member.xml_name()),
        }
    }
}

/// What is wrong with a form.
struct Fault {
    /// In the words of the query services.
    text: String,
    /// The parameter, and what came; nothing when it is missing.
    parameter: String,
    value: Option<String>,
}

/// What has a result also where nothing is in it, in which clients look for it (botocore's models of the
/// APIs): an operation, or all of a service. The others without an answer have none.
const EMPTY_RESULTS: &[(&str, &str)] = &[
    ("autoscaling", "AttachLoadBalancerTargetGroups"),
    ("autoscaling", "CompleteLifecycleAction"),
    ("autoscaling", "DeleteLifecycleHook"),
    ("autoscaling", "DetachLoadBalancerTargetGroups"),
    ("autoscaling", "PutLifecycleHook"),
    ("autoscaling", "RecordLifecycleActionHeartbeat"),
    ("autoscaling", "SetInstanceProtection"),
    ("cloudformation", "ContinueUpdateRollback"),
    ("cloudformation", "DeleteChangeSet"),
    ("cloudformation", "ExecuteChangeSet"),
    ("cloudwatch", "TagResource"),
    ("cloudwatch", "UntagResource"),
    ("elbv2", ALL),
    ("iam", "UpdateRole"),
];
const ALL: &str = "*";

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
/// `ValidationError` that says every member which is missing or not of its type; of EC2
/// `MissingParameter` or `InvalidParameterValue` for the first of them.
pub fn decode(service: &Service, op: &OpDef, form: &[(String, String)]) -> Result<Value, ApiError> {
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
    let manner = Manner::of(service);
    let mut reading = Reading { manner, faults: Vec::new() };
    let map = reading.structure((op.input)(), &root, "", "");
    match (reading.faults.first(), manner) {
        (None, _) => Ok(Value::Object(map)),
        (Some(fault), Manner::Ec2) => Err(ec2_fault(fault)),
        (Some(_), Manner::Query) => {
            let texts: Vec<String> = reading.faults.into_iter().map(|f| f.text).collect();
            Err(validation("ValidationError", &texts))
        }
    }
}

/// Every fault of a request, as the services' framework tells them.
pub(in crate::codec) fn validation(code: &str, faults: &[String]) -> ApiError {
    let count = faults.len();
    let noun = if count == 1 { "error" } else { "errors" };
    let list = faults.join("; ");
    ApiError::new(400, code, format!("{count} validation {noun} detected: {list}"))
}

/// A member that must be there and is not.
pub(in crate::codec) fn null(path: &str) -> String {
    format!("Value null at '{path}' failed to satisfy constraint: Member must not be null")
}

fn ec2_fault(fault: &Fault) -> ApiError {
    let name = &fault.parameter;
    match &fault.value {
        None => ApiError::new(
            400,
            "MissingParameter",
            format!("The request must contain the parameter {name}"),
        ),
        Some(value) => ApiError::new(
            400,
            "InvalidParameterValue",
            format!("Invalid value '{value}' for {name}."),
        ),
    }
}

/// A form on its way to a value.
struct Reading {
    manner: Manner,
    faults: Vec<Fault>,
}

impl Reading {
    fn structure(
        &mut self,
        shape: &StructShape,
        node: &Node<'_>,
        path: &str,
        parameter: &str,
    ) -> Map<String, Value> {
        let mut map = Map::new();
        for member in shape.members {
            let name = self.manner.parameter(member);
            let here = join(path, &lower_first(member.name));
            let parameter = join(parameter, &name);
            match node.children.get(name.as_ref()) {
                Some(_) if member.refused => {
                    map.insert(member.name.to_owned(), Value::Bool(true));
                }
                Some(child) => {
                    if let Some(value) = self.value((member.shape)(), child, &here, &parameter) {
                        map.insert(member.name.to_owned(), value);
                    }
                }
                None if member.required => {
                    self.faults.push(Fault { text: null(&here), parameter, value: None });
                }
                None => {}
            }
        }
        map
    }

    fn value(
        &mut self,
        shape: Shape,
        node: &Node<'_>,
        path: &str,
        parameter: &str,
    ) -> Option<Value> {
        match shape {
            Shape::Structure(inner) | Shape::Union(inner) => {
                Some(Value::Object(self.structure(inner(), node, path, parameter)))
            }
            Shape::List(item) => {
                let list = node.children.get("member").unwrap_or(node);
                let items = list.numbered().into_iter().filter_map(|(number, child)| {
                    let path = format!("{path}.{number}.member");
                    self.value(item(), child, &path, &format!("{parameter}.{number}"))
                });
                Some(Value::Array(items.collect()))
            }
            Shape::Map(of) => {
                let list = node.children.get("entry").unwrap_or(node);
                let pairs = list.numbered().into_iter().filter_map(|(number, entry)| {
                    let key = entry.children.get("key").and_then(|n| n.value)?;
                    let empty = Node { value: Some(""), ..Node::default() };
                    let child = entry.children.get("value").unwrap_or(&empty);
                    let path = format!("{path}.{key}.member");
                    let value =
                        self.value(of(), child, &path, &format!("{parameter}.{number}.value"))?;
                    Some((key.to_owned(), value))
                });
                Some(Value::Object(pairs.collect()))
            }
            leaf => {
                let text = node.value?;
                let value = leaf_from_text(leaf, text);
                if value.is_none() {
                    self.faults.push(Fault {
                        text: wrong_type(leaf, text, path),
                        parameter: parameter.to_owned(),
                        value: Some(text.to_owned()),
                    });
                }
                value
            }
        }
    }
}

fn wrong_type(shape: Shape, text: &str, path: &str) -> String {
    let must = match shape {
        Shape::Enum(words) => format!("satisfy enum value set: [{}]", words.join(", ")),
        Shape::Integer => "be an integer".to_owned(),
        Shape::Double => "be a number".to_owned(),
        Shape::Binary => "be base64".to_owned(),
        Shape::Boolean => "be true or false".to_owned(),
        Shape::Timestamp => "be a valid timestamp".to_owned(),
        _ => "be a string".to_owned(),
    };
    format!("Value '{text}' at '{path}' failed to satisfy constraint: Member must {must}")
}

pub(in crate::codec) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// `UserName` → `userName`, as the real messages spell members.
pub(in crate::codec) fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |c| c.to_ascii_lowercase().to_string() + chars.as_str())
}

/// `instanceId` → `InstanceId`, as EC2 spells parameters.
fn upper_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |c| c.to_ascii_uppercase().to_string() + chars.as_str())
}

/// The answer of an operation on the wire.
#[must_use]
pub fn encode(service: &Service, op: &OpDef, output: &Value, request_id: &str) -> Encoded {
    let shape = (op.output)();
    let none = Map::new();
    let mut out = String::with_capacity(512);
    if service.protocol == Protocol::Ec2 {
        out.push_str(xml::DECLARATION);
    }
    let name = op.name;
    for part in ["<", name, "Response xmlns=\"", service.xml_namespace, "\">"] {
        out.push_str(part);
    }
    let map = output.as_object().unwrap_or(&none);
    let manner = Manner::of(service);
    match manner {
        Manner::Ec2 => {
            xml::leaf(&mut out, "requestId", request_id);
            tree::write_members(&mut out, shape, map, EC2_STYLE);
        }
        Manner::Query => {
            let empty = |(of, op): &(&str, &str)| *of == service.name && [ALL, name].contains(op);
            if !shape.members.is_empty() || EMPTY_RESULTS.iter().any(empty) {
                let result = format!("{name}Result");
                xml::open(&mut out, &result);
                tree::write_members(&mut out, shape, map, STYLE);
                xml::shut(&mut out, &result);
            }
            xml::open(&mut out, "ResponseMetadata");
            xml::leaf(&mut out, "RequestId", request_id);
            xml::shut(&mut out, "ResponseMetadata");
        }
    }
    xml::shut(&mut out, &format!("{name}Response"));
    let kind = if manner == Manner::Ec2 { "text/xml;charset=UTF-8" } else { "text/xml" };
    Encoded {
        status: op.status,
        headers: vec![("Content-Type".into(), kind.into())],
        body: BodyOut::Text(out),
    }
}

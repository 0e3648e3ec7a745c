//! A service's own model as JSON, to be held against the real one: `distlab model SERVICE`.
//!
//! The layout is ours, close to botocore's `service-2.json`: operations by name, and every structure
//! once under `shapes`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Acceptor, Access, Location, Member, On, OpDef, Protocol, Service, Shape, StructShape};

/// The model of a service.
#[must_use]
pub fn describe(service: &Service) -> Value {
    let mut shapes = Shapes::default();
    let mut operations = Map::new();
    for op in service.operations {
        operations.insert(op.name.to_owned(), operation(op, &mut shapes));
    }
    json!({
        "name": service.name,
        "protocol": protocol(service.protocol),
        "signing_name": service.signing_name,
        "api_version": service.api_version,
        "operations": operations,
        "refused": service.refused,
        "shapes": shapes.found,
    })
}

fn protocol(protocol: Protocol) -> Value {
    match protocol {
        Protocol::RestXml => "rest-xml".into(),
        Protocol::Query => "query".into(),
        Protocol::Ec2 => "ec2".into(),
        Protocol::Json { version, target, .. } => {
            json!({ "json": version, "target": target })
        }
        Protocol::RestJson => "rest-json".into(),
        Protocol::Hadoop => "hadoop".into(),
        Protocol::Lab => "lab".into(),
        Protocol::Distribution => "distribution".into(),
    }
}

fn operation(op: &OpDef, shapes: &mut Shapes) -> Value {
    let pages = op.pages.map(|p| {
        json!({
            "input": p.input, "output": p.output, "more": p.more, "limit": p.limit,
            "last": p.last, "results": p.results, "shown": p.shown,
        })
    });
    let waiters: Map<String, Value> = op
        .waiters
        .iter()
        .map(|w| {
            let acceptors: Vec<Value> = w.acceptors.iter().map(acceptor).collect();
            let told =
                json!({ "delay": w.delay_s, "attempts": w.attempts_max, "acceptors": acceptors });
            (w.name.to_owned(), told)
        })
        .collect();
    json!({
        "http": op.http,
        "status": op.status,
        "input": shapes.structure((op.input)()),
        "output": shapes.structure((op.output)()),
        "errors": op.errors,
        "access": access(op.access),
        "pages": pages,
        "token": op.token,
        "waiters": waiters,
        "takes_time": op.takes_time,
        "read_only": op.read_only(),
    })
}

fn access(access: Access) -> Value {
    match access {
        Access::Unsaid => Value::Null,
        Access::Itself => "itself".into(),
        Access::Open => "open".into(),
        Access::Unsigned => "unsigned".into(),
        Access::Asks(grants) => grants
            .iter()
            .map(|g| {
                let keys: BTreeMap<&str, &str> = g.keys.iter().copied().collect();
                json!({ "action": g.action, "resource": g.resource, "keys": keys })
            })
            .collect(),
    }
}

/// As botocore's `waiters-2.json` has it.
fn acceptor(acceptor: &Acceptor) -> Value {
    let state = format!("{:?}", acceptor.verdict).to_lowercase();
    let (matcher, argument, expected): (&str, Option<&str>, Value) = match acceptor.on {
        On::Status(status) => ("status", None, status.into()),
        On::Error("") => ("error", None, true.into()),
        On::Error(code) => ("error", None, code.into()),
        On::NoError => ("error", None, false.into()),
        On::Path(path, want) => ("path", Some(path), want.into()),
        On::Is(path, want) => ("path", Some(path), want.into()),
        On::All(path, want) => ("pathAll", Some(path), want.into()),
        On::Any(path, want) => ("pathAny", Some(path), want.into()),
    };
    let mut told = json!({ "state": state, "matcher": matcher, "expected": expected });
    if let Some(argument) = argument {
        told["argument"] = argument.into();
    }
    told
}

/// The structures met so far, by name. Two of one name are told apart by a number.
#[derive(Default)]
struct Shapes {
    names: Vec<(*const StructShape, String)>,
    found: Map<String, Value>,
}

impl Shapes {
    /// The name under which a structure is described.
    fn structure(&mut self, of: &'static StructShape) -> String {
        let here = std::ptr::from_ref(of);
        if let Some((_, name)) = self.names.iter().find(|(at, _)| *at == here) {
            return name.clone();
        }
        let alike = self.names.iter().filter(|(_, n)| n.split('#').next() == Some(of.name)).count();
        let name =
            if alike == 0 { of.name.to_owned() } else { format!("{}#{}", of.name, alike + 1) };
        self.names.push((here, name.clone()));
        self.found.insert(name.clone(), Value::Null);
        let members: Map<String, Value> =
            of.members.iter().map(|m| (m.name.to_owned(), self.member(m))).collect();
        self.found.insert(name.clone(), Value::Object(members));
        name
    }

    fn member(&mut self, member: &Member) -> Value {
        let (place, name, item) = match member.location {
            Location::Body => ("body", None, None),
            Location::Xml(name) => ("body", Some(name), None),
            Location::XmlList(name, item) => ("body", Some(name), Some(item)),
            Location::XmlFlat(name) => ("flat", Some(name), None),
            Location::XmlAttribute(name) => ("attribute", Some(name), None),
            Location::Payload(name) => ("payload", Some(name), None),
            Location::Ec2(name, parameter) => ("body", Some(name), Some(parameter)),
            Location::Uri => ("uri", None, None),
            Location::Query(name) => ("querystring", Some(name), None),
            Location::Header(name) => ("header", Some(name), None),
            Location::Headers(name) => ("headers", Some(name), None),
        };
        let shape = self.shape((member.shape)());
        json!({
            "shape": shape, "required": member.required, "location": place, "name": name,
            "item": item, "refused": member.refused,
        })
    }

    fn shape(&mut self, shape: Shape) -> Value {
        match shape {
            Shape::String => "string".into(),
            Shape::Enum(words) => json!({ "enum": words }),
            Shape::Integer => "integer".into(),
            Shape::Double => "double".into(),
            Shape::Boolean => "boolean".into(),
            Shape::Timestamp => "timestamp".into(),
            Shape::Binary | Shape::BlobIn | Shape::BlobOut => "blob".into(),
            Shape::Document => "document".into(),
            Shape::List(of) => json!({ "list": self.shape(of()) }),
            Shape::Map(of) => json!({ "map": self.shape(of()) }),
            Shape::Structure(of) => json!({ "structure": self.structure(of()) }),
            Shape::Union(of) => json!({ "union": self.structure(of()) }),
        }
    }
}

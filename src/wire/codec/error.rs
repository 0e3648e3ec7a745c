//! A refusal on the wire, in each protocol's own document.
//!
//! An error's further members become elements. A member whose name begins in lower case
//! (`x-amz-delete-marker`, `etag`) is a response header instead: S3 answers some refusals so.

use super::xml;
use super::{BodyOut, Encoded};
use serde_json::Value;
use sim::api::{ApiError, Protocol, Service};

/// In which document an error is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// S3's `<Error>`.
    S3,
    /// `<ErrorResponse>` with this namespace.
    Query(&'static str),
    /// EC2's `<Response><Errors>`.
    Ec2,
    /// A JSON object, of this version of the protocol and with this name space of errors.
    Json { version: &'static str, errors: &'static str },
    /// The JSON object of a REST service.
    RestJson,
}

impl Dialect {
    /// Of what belongs to no service that is known.
    pub const JSON: Self = Self::Json { version: "1.1", errors: "" };

    /// The one that a service's clients read.
    #[must_use]
    pub fn of(service: &Service) -> Self {
        match service.protocol {
            Protocol::RestXml if service.signing_name == "s3" => Self::S3,
            Protocol::Ec2 => Self::Ec2,
            Protocol::Json { version, errors, .. } => Self::Json { version, errors },
            Protocol::RestJson => Self::RestJson,
            _ => Self::Query(service.xml_namespace),
        }
    }
}

/// The numbers by which a request can be found again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId {
    /// `x-amz-request-id`
    pub id: String,
    /// `x-amz-id-2`, of S3 alone.
    pub host: String,
}

/// An error as an answer.
#[must_use]
pub fn encode(dialect: Dialect, error: &ApiError, resource: &str, request: &RequestId) -> Encoded {
    let is_header = |name: &str| name.starts_with(|c: char| c.is_ascii_lowercase());
    let (headers, members): (Vec<_>, Vec<_>) =
        error.fields.iter().cloned().partition(|(name, _)| is_header(name));
    let mut encoded = Encoded { status: error.status, headers, body: BodyOut::Empty };
    if matches!(error.status, 204 | 304) {
        return encoded;
    }
    let (kind, text) = match dialect {
        Dialect::S3 => ("application/xml", s3(error, &members, resource, request)),
        Dialect::Query(namespace) => ("text/xml", query(error, &members, namespace, &request.id)),
        Dialect::Ec2 => ("text/xml;charset=UTF-8", ec2(error, &request.id)),
        Dialect::Json { version: "1.0", errors } => {
            ("application/x-amz-json-1.0", json(error, &members, errors))
        }
        Dialect::Json { errors, .. } => {
            ("application/x-amz-json-1.1", json(error, &members, errors))
        }
        Dialect::RestJson => {
            encoded.headers.push(("x-amzn-ErrorType".into(), error.code.clone()));
            ("application/json", rest_json(error, &members))
        }
    };
    encoded.headers.push(("Content-Type".into(), kind.into()));
    encoded.body = BodyOut::Text(text);
    encoded
}

type Members = [(String, String)];

fn s3(error: &ApiError, members: &Members, resource: &str, request: &RequestId) -> String {
    let mut out = String::from(xml::DECLARATION);
    xml::open(&mut out, "Error");
    xml::leaf(&mut out, "Code", &error.code);
    xml::leaf(&mut out, "Message", &error.message);
    for (name, value) in members {
        xml::leaf(&mut out, name, value);
    }
    // Errors that name the bucket or key themselves do not name the resource again.
    if members.is_empty() && !resource.is_empty() {
        xml::leaf(&mut out, "Resource", resource);
    }
    xml::leaf(&mut out, "RequestId", &request.id);
    xml::leaf(&mut out, "HostId", &request.host);
    xml::shut(&mut out, "Error");
    out
}

fn query(error: &ApiError, members: &Members, namespace: &str, id: &str) -> String {
    let mut out = if namespace.is_empty() {
        String::from("<ErrorResponse>")
    } else {
        format!("<ErrorResponse xmlns=\"{namespace}\">")
    };
    xml::open(&mut out, "Error");
    xml::leaf(&mut out, "Type", if error.status < 500 { "Sender" } else { "Receiver" });
    xml::leaf(&mut out, "Code", &error.code);
    xml::leaf(&mut out, "Message", &error.message);
    for (name, value) in members {
        xml::leaf(&mut out, name, value);
    }
    xml::shut(&mut out, "Error");
    xml::leaf(&mut out, "RequestId", id);
    xml::shut(&mut out, "ErrorResponse");
    out
}

fn ec2(error: &ApiError, id: &str) -> String {
    let mut out = String::from(xml::DECLARATION);
    out.push_str("<Response><Errors><Error>");
    xml::leaf(&mut out, "Code", &error.code);
    xml::leaf(&mut out, "Message", &error.message);
    out.push_str("</Error></Errors>");
    xml::leaf(&mut out, "RequestID", id);
    out.push_str("</Response>");
    out
}

/// The errors that the services' common framework answers by itself, with their name space.
const COMMON: [(&str, &str); 10] = [
    ("SerializationException", "com.amazon.coral.service"),
    ("UnknownOperationException", "com.amazon.coral.service"),
    ("MissingAuthenticationTokenException", "com.amazon.coral.service"),
    ("IncompleteSignatureException", "com.amazon.coral.service"),
    ("InvalidSignatureException", "com.amazon.coral.service"),
    ("UnrecognizedClientException", "com.amazon.coral.service"),
    ("AccessDeniedException", "com.amazon.coral.service"),
    ("ThrottlingException", "com.amazon.coral.availability"),
    ("InternalFailure", "com.amazon.coral.service"),
    ("ValidationException", "com.amazon.coral.validate"),
];

fn json(error: &ApiError, members: &Members, errors: &str) -> String {
    let code = error.code.as_str();
    let space = COMMON.iter().find(|(c, _)| *c == code).map_or(errors, |(_, space)| space);
    let kind = if errors.is_empty() { code.to_owned() } else { format!("{space}#{code}") };
    let mut map = serde_json::Map::new();
    map.insert("__type".into(), kind.into());
    // The framework spells it otherwise than the services do.
    let key = if code == "SerializationException" { "Message" } else { "message" };
    if !error.message.is_empty() {
        map.insert(key.into(), error.message.as_str().into());
    }
    add_members(&mut map, error, members);
    serde_json::Value::Object(map).to_string()
}

fn rest_json(error: &ApiError, members: &Members) -> String {
    let mut map = serde_json::Map::new();
    map.insert("Type".into(), if error.status < 500 { "User" } else { "Service" }.into());
    map.insert("Message".into(), error.message.as_str().into());
    add_members(&mut map, error, members);
    serde_json::Value::Object(map).to_string()
}

fn add_members(map: &mut serde_json::Map<String, Value>, error: &ApiError, members: &Members) {
    map.extend(members.iter().map(|(n, v)| (n.clone(), v.as_str().into())));
    map.extend(error.documents.iter().map(|(n, v)| (n.clone(), v.clone())));
}

//! A refusal on the wire, in each protocol's own document.
//!
//! An error's further members become elements. A member whose name begins in lower case
//! (`x-amz-delete-marker`, `etag`) is a response header instead: S3 answers some refusals so.

use super::xml;
use super::{BodyOut, Encoded};
use sim::api::ApiError;

/// In which document an error is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// S3's `<Error>`.
    S3,
    /// `<ErrorResponse>` with this namespace.
    Query(&'static str),
    /// EC2's `<Response><Errors>`.
    Ec2,
    /// A JSON object.
    Json,
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
        Dialect::Json => {
            encoded.headers.push(("x-amzn-ErrorType".into(), error.code.clone()));
            ("application/x-amz-json-1.1", json(error, &members))
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

fn json(error: &ApiError, members: &Members) -> String {
    let mut map = serde_json::Map::new();
    map.insert("__type".into(), error.code.as_str().into());
    map.insert("message".into(), error.message.as_str().into());
    map.extend(members.iter().map(|(n, v)| (n.clone(), v.as_str().into())));
    serde_json::Value::Object(map).to_string()
}

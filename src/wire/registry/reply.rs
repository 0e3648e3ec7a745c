//! Answers of a registry.

use hyper::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::stream::{Pieces, ReplyBody, empty, full};
use sim::api::ApiError;

/// An answer on its way out.
pub(super) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Body,
}

/// The body of an answer.
enum Body {
    Text(String),
    /// So many bytes out of the blob store.
    Blob(Pieces, u64),
    /// A body of so many bytes that is not sent: the answer to HEAD.
    Told(u64),
}

impl Reply {
    /// An answer without a body.
    pub(super) fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Body::Text(String::new()) }
    }

    pub(super) fn text(status: u16, content_type: &str, text: String) -> Self {
        let reply = Self { status, headers: Vec::new(), body: Body::Text(text) };
        reply.header("Content-Type", content_type)
    }

    pub(super) fn json(status: u16, content_type: &str, value: &Value) -> Self {
        Self::text(status, content_type, value.to_string())
    }

    /// Part of a blob.
    pub(super) fn blob(status: u16, pieces: Pieces, length: u64) -> Self {
        let reply = Self { status, headers: Vec::new(), body: Body::Blob(pieces, length) };
        reply.header("Content-Type", "application/octet-stream")
    }

    /// What would be said of a blob of this length.
    pub(super) fn told(length: u64) -> Self {
        let reply = Self { status: 200, headers: Vec::new(), body: Body::Told(length) };
        reply.header("Content-Type", "application/octet-stream")
    }

    /// A refusal, as the registry words it.
    pub(super) fn error(error: &ApiError) -> Self {
        let mut told = json!({"code": error.code, "message": error.message});
        if !error.fields.is_empty() {
            let detail = error.fields.iter().map(|(k, v)| (k.clone(), v.clone().into()));
            told["detail"] = Value::Object(detail.collect());
        }
        Self::json(error.status, "application/json", &json!({"errors": [told]}))
    }

    /// This answer with one more header.
    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The response; to a HEAD request it has no body.
    pub(super) fn finish(self, head_only: bool) -> Response<ReplyBody> {
        let bodiless = head_only || matches!(self.status, 204 | 304);
        let (length, body) = match self.body {
            Body::Text(text) if bodiless => (text.len() as u64, empty()),
            Body::Text(text) => (text.len() as u64, full(text.into())),
            Body::Blob(_, length) if bodiless => (length, empty()),
            Body::Blob(pieces, length) => (length, pieces.body()),
            Body::Told(length) => (length, empty()),
        };
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let map = response.headers_mut();
        map.insert(
            HeaderName::from_static("docker-distribution-api-version"),
            HeaderValue::from_static("registry/2.0"),
        );
        for (name, value) in &self.headers {
            // A value with a line end in it is left out rather than let it make a header of its own.
            if let (Ok(name), Ok(value)) =
                (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
            {
                map.append(name, value);
            }
        }
        if !matches!(self.status, 204 | 304) {
            map.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        response
    }
}

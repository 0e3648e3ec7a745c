//! Answers of a load balancer, and the word to the world when a request has ended.

use std::sync::Arc;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::ext::ReasonPhrase;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use super::outside;
use crate::stream::{ReplyBody, empty, full};
use elbv2::front::Field;
use elbv2::front::answer::phrase;
use elbv2::front::depart::{Depart, End};
use gateway::Gateway;
use sim::api::Shaped as _;

/// A body as far as it was read, and the rest.
pub(super) struct Body {
    pub(super) begun: Bytes,
    pub(super) rest: Option<Incoming>,
}

/// Tells the world how a request ended that it knows by a number, also when nobody waits any more.
pub(super) struct Parting {
    gateway: Arc<dyn Gateway>,
    depart: Option<Depart>,
}

impl Parting {
    /// Unless something else is said, the client has left.
    pub(super) fn new(gateway: Arc<dyn Gateway>, ticket: u64) -> Self {
        let depart = Depart { ticket, end: End::Left, ..Depart::default() };
        Self { gateway, depart: Some(depart) }
    }

    /// What will be said.
    pub(super) fn says(&mut self, what: impl FnOnce(&mut Depart)) {
        if let Some(depart) = &mut self.depart {
            what(depart);
        }
    }

    /// Nothing will be said.
    pub(super) fn disarm(&mut self) {
        self.depart = None;
    }
}

impl Drop for Parting {
    fn drop(&mut self) {
        let Some(depart) = self.depart.take() else { return };
        let gateway = Arc::clone(&self.gateway);
        if let Ok(runtime) = crate::runtime() {
            runtime.spawn(async move {
                let _ = gateway.ask(outside(), &Depart::DEF, depart.into_value()).await;
            });
        }
    }
}

/// An answer with these headers.
pub(super) fn finish(
    status: i64,
    fields: &[Field],
    body: Bytes,
    head_only: bool,
) -> Response<ReplyBody> {
    let bodiless = head_only || matches!(status, 204 | 304);
    let mut response = Response::new(if bodiless { empty() } else { full(body) });
    let code = u16::try_from(status).unwrap_or(500);
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_GATEWAY);
    if let Some(phrase) = phrase(code) {
        response.extensions_mut().insert(ReasonPhrase::from_static(phrase.as_bytes()));
    }
    for field in fields {
        put(&mut response, field);
    }
    response
}

/// Adds a header; one that cannot be is left out.
pub(super) fn put(response: &mut Response<ReplyBody>, field: &Field) {
    // The connection is this side's own.
    if field.name.eq_ignore_ascii_case("connection") {
        return;
    }
    let name = HeaderName::from_bytes(field.name.as_bytes());
    if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&field.value)) {
        response.headers_mut().append(name, value);
    }
}

/// An answer of the load balancer's own where the world is not asked for one.
pub(super) fn plain(status: u16) -> Response<ReplyBody> {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let words = phrase(status).or_else(|| code.canonical_reason()).unwrap_or_default();
    let title = format!("{status} {words}");
    let page = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         </body>\r\n</html>\r\n"
    );
    let fields = [Field::new("Server", "awselb/2.0"), Field::new("Content-Type", "text/html")];
    finish(i64::from(status), &fields, page.into(), false)
}

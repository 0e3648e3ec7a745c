//! Answers: headers put on, bodies streamed out of blobs a piece at a time.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use bytes::Bytes;
use crc::{CRC_32_ISO_HDLC, Crc};
use hyper::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use super::route::Target;
use crate::codec::error::{self, Dialect, RequestId};
use crate::codec::{BodyOut, Encoded, rest};
use crate::stream::{Pieces, ReplyBody, empty, full};
use crate::wall_clock;
use base::Rng;
use base::rng::{HEX, UPPER};
use sim::api::ApiError;
use store::BlobStore;

/// A body up to this length is read in one go.
const SMALL: u64 = 128 << 10;
const CRC32: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
/// Tells requests of one instant apart.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A fresh request id. It names the exchange, not the world, so it need not replay.
pub(super) fn next_id() -> RequestId {
    let count = NEXT.fetch_add(1, Ordering::Relaxed);
    let seed =
        wall_clock().0.unsigned_abs() ^ (count << 44) ^ (u64::from(std::process::id()) << 24);
    let mut rng = Rng::labelled(seed, "request");
    let mut noise = [0_u8; 56];
    for chunk in noise.chunks_mut(8) {
        chunk.copy_from_slice(&rng.next_u64().to_le_bytes());
    }
    RequestId {
        id: rng.text(UPPER, 16),
        host: base64::engine::general_purpose::STANDARD.encode(noise),
    }
}

/// The same id in the form of the query services: a UUID.
pub(super) fn uuid(id: &RequestId) -> RequestId {
    let seed = id.id.bytes().fold(0_u64, |n, b| n.wrapping_mul(37) ^ u64::from(b));
    let mut rng = Rng::labelled(seed, "uuid");
    let mut part = |len| rng.text(HEX, len);
    let id = format!("{}-{}-4{}-a{}-{}", part(8), part(4), part(3), part(3), part(12));
    RequestId { id, host: String::new() }
}

/// In which document this target's errors are told.
pub(super) fn dialect(target: &Target) -> Dialect {
    match target {
        Target::Rest(service) | Target::Json(service, _) | Target::Document(service) => {
            Dialect::of(service)
        }
        Target::Form(services) => match services.as_slice() {
            [only] => Dialect::of(only),
            _ => Dialect::Query(""),
        },
        Target::Unknown(dialect, _) => *dialect,
    }
}

/// An answer that needs only to be sent.
pub(super) struct Prepared {
    encoded: Encoded,
    body: PreparedBody,
}

enum PreparedBody {
    /// As encoded.
    Encoded,
    Bytes(Bytes),
    Stream(Pieces),
}

impl Prepared {
    /// Opens what the answer streams, and reads it already when it is short: to hand
    /// that to another thread would cost more.
    ///
    /// # Errors
    /// When a blob cannot be read.
    pub(super) fn new(encoded: Encoded, blobs: &BlobStore, head_only: bool) -> io::Result<Self> {
        let body = match &encoded.body {
            BodyOut::Slices(slices) if !head_only => {
                if rest::total(slices) <= SMALL {
                    PreparedBody::Bytes(blobs.collect(slices)?.into())
                } else {
                    PreparedBody::Stream(Pieces::open(blobs.clone(), slices.clone())?)
                }
            }
            _ => PreparedBody::Encoded,
        };
        Ok(Self { encoded, body })
    }

    /// This answer, changed, where it streams nothing.
    pub(super) fn changed(mut self, change: impl FnOnce(&mut Encoded)) -> Self {
        change(&mut self.encoded);
        self
    }

    /// The response.
    pub(super) fn finish(
        self,
        head_only: bool,
        dialect: Dialect,
        id: &RequestId,
    ) -> Response<ReplyBody> {
        let (bytes, pieces) = match self.body {
            PreparedBody::Encoded => return finish(self.encoded, head_only, dialect, id),
            PreparedBody::Bytes(bytes) => (Some(bytes), None),
            PreparedBody::Stream(pieces) => (None, Some(pieces)),
        };
        let length = rest::total(match &self.encoded.body {
            BodyOut::Slices(slices) => slices,
            _ => &[],
        });
        let body = match (bytes, pieces) {
            (_, Some(pieces)) => pieces.body(),
            (bytes, None) => full(bytes.unwrap_or_default()),
        };
        respond(self.encoded.status, &self.encoded.headers, Some(length), body, dialect, id)
    }
}

/// The response of an answer that has no stream, or whose stream is not wanted.
pub(super) fn finish(
    encoded: Encoded,
    head_only: bool,
    dialect: Dialect,
    id: &RequestId,
) -> Response<ReplyBody> {
    let Encoded { status, headers, body } = encoded;
    let mut headers = headers;
    if let (Dialect::Json { version: "1.0", .. }, BodyOut::Text(text)) = (dialect, &body) {
        // The clients of DynamoDB hold the body to it.
        headers.push(("x-amz-crc32".into(), CRC32.checksum(text.as_bytes()).to_string()));
    }
    let bodiless = head_only || matches!(status, 204 | 304);
    let length = match &body {
        BodyOut::Slices(slices) => Some(rest::total(slices)),
        _ if bodiless => None,
        BodyOut::Text(text) => Some(text.len() as u64),
        BodyOut::Bytes(bytes) => Some(bytes.len() as u64),
        BodyOut::Empty => Some(0),
    };
    let body = match body {
        BodyOut::Text(text) if !bodiless => full(text.into()),
        BodyOut::Bytes(bytes) if !bodiless => full(bytes.into()),
        _ => empty(),
    };
    respond(status, &headers, length, body, dialect, id)
}

/// A refusal.
pub(super) fn error(
    dialect: Dialect,
    error: &ApiError,
    resource: &str,
    id: &RequestId,
    head_only: bool,
) -> Response<ReplyBody> {
    let named = if dialect == Dialect::S3 { id.clone() } else { uuid(id) };
    finish(error::encode(dialect, error, resource, &named), head_only, dialect, &named)
}

/// Puts one more header on a response. A value with a line end in it is left out rather than let it
/// make a header of its own.
pub(super) fn add(response: &mut Response<ReplyBody>, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) =
        (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes()))
    {
        response.headers_mut().append(name, value);
    }
}

fn respond(
    status: u16,
    headers: &[(String, String)],
    length: Option<u64>,
    body: ReplyBody,
    dialect: Dialect,
    id: &RequestId,
) -> Response<ReplyBody> {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if dialect == Dialect::S3 {
        add(&mut response, "x-amz-id-2", &id.host);
        add(&mut response, "x-amz-request-id", &id.id);
        add(&mut response, "Server", "AmazonS3");
    } else {
        add(&mut response, "x-amzn-RequestId", &id.id);
    }
    for (name, value) in headers {
        add(&mut response, name, value);
    }
    if let Some(length) = length.filter(|_| status != 204 && status != 304) {
        // What is sent counts, whatever the operation said of it.
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

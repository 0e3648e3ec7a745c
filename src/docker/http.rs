//! Requests that bollard's typed calls cannot carry without loss: answers byte for byte, waits whose
//! head must be there before the container starts, and streams that take over the connection (bollard
//! guesses from a stream's first byte whether it is a terminal's; a terminal may print anything).
//!
//! One request per connection on the Unix socket. Bodies stream in both directions.

use std::convert::Infallible;
use std::path::Path;

use bytes::{Buf, Bytes, BytesMut};
use futures_util::{StreamExt as _, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::{Method, Request, Response, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::UnixStream;
use tokio::sync::mpsc;

use super::EngineError;

/// The most bytes one frame of an output stream may announce; the engine sends 32 KiB at most.
const FRAME_MAX: usize = 64 << 20;

/// What goes to the engine with a request.
#[derive(Debug)]
pub enum Body<'a> {
    Empty,
    Json(&'a Value),
    /// An archive, piece by piece; its end is the end of the channel.
    Archive(mpsc::Receiver<Bytes>),
    /// An archive that is at hand.
    Packed(Vec<u8>),
}

impl Body<'_> {
    fn media_type(&self) -> Option<&'static str> {
        match self {
            Self::Empty => None,
            Self::Json(_) => Some("application/json"),
            Self::Archive(_) | Self::Packed(_) => Some("application/x-tar"),
        }
    }

    fn stream(self) -> UnsyncBoxBody<Bytes, Infallible> {
        match self {
            Self::Empty => Full::new(Bytes::new()).boxed_unsync(),
            Self::Json(json) => Full::new(Bytes::from(json.to_string())).boxed_unsync(),
            Self::Packed(archive) => Full::new(Bytes::from(archive)).boxed_unsync(),
            Self::Archive(mut pieces) => {
                let pieces = stream::poll_fn(move |cx| pieces.poll_recv(cx));
                StreamBody::new(pieces.map(|piece| Ok(Frame::data(piece)))).boxed_unsync()
            }
        }
    }
}

/// One request.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    /// With its query.
    pub(super) path: &'a str,
    /// Beside those that every request has.
    pub(super) headers: &'a [(&'static str, String)],
    pub(super) body: Body<'a>,
    /// Asks for the connection itself.
    pub(super) upgrade: bool,
}

impl<'a> Call<'a> {
    /// A request without a body or headers of its own.
    pub(super) fn new(method: Method, path: &'a str) -> Self {
        Self { method, path, headers: &[], body: Body::Empty, upgrade: false }
    }
}

/// Sends a request and returns when the head of the answer is there; the body may still come.
pub(super) async fn send(
    socket: &Path,
    host: &str,
    call: Call<'_>,
) -> Result<Response<Incoming>, EngineError> {
    let broken = |e: hyper::Error| EngineError::Broken(e.to_string());
    let stream = UnixStream::connect(socket).await.map_err(|e| EngineError::from_io(host, &e))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // The connection ends with the body of its one answer.
    tokio::spawn(async move { connection.with_upgrades().await.is_ok() });
    let mut request =
        Request::builder().method(call.method).uri(call.path).header(header::HOST, "docker");
    if call.upgrade {
        request = request.header(header::CONNECTION, "Upgrade").header(header::UPGRADE, "tcp");
    }
    for (name, value) in call.headers {
        request = request.header(*name, value);
    }
    if let Some(media_type) = call.body.media_type() {
        request = request.header(header::CONTENT_TYPE, media_type);
    }
    let request = request.body(call.body.stream());
    let request = request.map_err(|e| EngineError::Broken(e.to_string()))?;
    let response = sender.send_request(request).await.map_err(broken)?;
    if response.status().is_success() || response.status() == hyper::StatusCode::SWITCHING_PROTOCOLS
    {
        return Ok(response);
    }
    let status = response.status().as_u16();
    let body = read(response).await?;
    Err(EngineError::Refused { status, message: refusal(&body) })
}

/// The whole body of an answer.
pub(super) async fn read(response: Response<Incoming>) -> Result<Bytes, EngineError> {
    let body = response.into_body().collect().await;
    body.map(http_body_util::Collected::to_bytes).map_err(|e| EngineError::Broken(e.to_string()))
}

/// The `message` of an error body, or the body itself.
fn refusal(body: &[u8]) -> String {
    serde_json::from_slice::<Value>(body)
        .ok()
        .and_then(|v| v.get("message").and_then(|m| m.as_str()).map(|m| m.trim().to_owned()))
        .unwrap_or_else(|| String::from_utf8_lossy(body).trim().to_owned())
}

/// An answer that comes piece by piece: progress, events, an archive.
#[derive(Debug)]
pub struct Answer {
    response: Response<Incoming>,
    waiting: BytesMut,
}

impl Answer {
    pub(super) fn new(response: Response<Incoming>) -> Self {
        Self { response, waiting: BytesMut::new() }
    }

    /// A header of the answer.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// When the engine goes away.
    pub async fn bytes(&mut self) -> Result<Option<Bytes>, EngineError> {
        while let Some(frame) = self.response.body_mut().frame().await {
            let frame = frame.map_err(|e| EngineError::Broken(e.to_string()))?;
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    /// The next of several JSON values that follow each other, with or without line ends between.
    ///
    /// # Errors
    /// When the engine goes away, or what came is no JSON.
    pub async fn message(&mut self) -> Result<Option<Value>, EngineError> {
        let broken = |e: serde_json::Error| EngineError::Broken(e.to_string());
        loop {
            let mut values = serde_json::Deserializer::from_slice(&self.waiting).into_iter();
            let next: Option<Result<Value, _>> = values.next();
            let read = values.byte_offset();
            match next {
                Some(Ok(value)) => {
                    self.waiting.advance(read);
                    return Ok(Some(value));
                }
                Some(Err(e)) if !e.is_eof() => return Err(broken(e)),
                incomplete => match self.bytes().await? {
                    Some(more) => self.waiting.extend_from_slice(&more),
                    None => return incomplete.transpose().map_err(broken),
                },
            }
        }
    }
}

/// Which stream of a container a piece of output belongs to. A terminal has only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Out,
    Err,
}

/// Takes an output stream apart: frames of an 8-byte head (channel, three zeros, length in
/// big-endian) and a payload, or plain bytes when the container has a terminal.
///
/// Source: Docker Engine API, "Attach to a container", stream format.
#[derive(Debug)]
pub(super) struct Frames {
    terminal: bool,
    waiting: BytesMut,
}

impl Frames {
    pub(super) fn new(terminal: bool) -> Self {
        Self { terminal, waiting: BytesMut::new() }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    /// The next complete piece.
    ///
    /// # Errors
    /// When what came is no frame.
    pub(super) fn next(&mut self) -> Result<Option<(Channel, Bytes)>, EngineError> {
        if self.terminal {
            let all = self.waiting.split().freeze();
            return Ok((!all.is_empty()).then_some((Channel::Out, all)));
        }
        let Some(head) = self.waiting.first_chunk::<8>() else { return Ok(None) };
        let length = u32::from_be_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let channel = match head[0] {
            0 | 1 => Channel::Out,
            2 => Channel::Err,
            3 => {
                let text = String::from_utf8_lossy(&self.waiting[8..]).into_owned();
                return Err(EngineError::Refused { status: 500, message: text });
            }
            other => {
                return Err(EngineError::Broken(format!(
                    "an output frame of unknown kind {other}"
                )));
            }
        };
        if length > FRAME_MAX {
            return Err(EngineError::Broken(format!("an output frame of {length} bytes")));
        }
        if self.waiting.len() < 8 + length {
            return Ok(None);
        }
        self.waiting.advance(8);
        Ok(Some((channel, self.waiting.split_to(length).freeze())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_whole_however_they_are_cut() {
        let wire = b"\x01\0\0\0\0\0\0\x02hi\x02\0\0\0\0\0\0\x03bad\x01\0\0\0\0\0\0\0";
        for step in 1..=wire.len() {
            let mut frames = Frames::new(false);
            let mut seen = Vec::new();
            for piece in wire.chunks(step) {
                frames.push(piece);
                while let Some((channel, bytes)) = frames.next().expect("frames") {
                    seen.push((channel, bytes.to_vec()));
                }
            }
            let want = [(Channel::Out, &b"hi"[..]), (Channel::Err, b"bad"), (Channel::Out, b"")];
            let want: Vec<_> = want.iter().map(|(c, b)| (*c, b.to_vec())).collect();
            assert_eq!(seen, want, "in steps of {step}");
        }
    }

    #[test]
    fn a_terminal_may_print_anything() {
        let mut frames = Frames::new(true);
        frames.push(b"\x01\x02\0");
        let (_, bytes) = frames.next().expect("no frames").expect("bytes");
        assert_eq!(&bytes[..], b"\x01\x02\0");
        assert_eq!(frames.next().expect("no frames"), None);
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        let mut frames = Frames::new(false);
        frames.push(b"hello world");
        assert!(frames.next().is_err());
    }
}

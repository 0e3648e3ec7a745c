//! Requests that bollard's typed calls cannot carry without loss: answers byte for byte, waits whose
//! head must be there before the container starts, and streams that take over the connection (bollard
//! guesses from a stream's first byte whether it is a terminal's; a terminal may print anything).
//!
//! One request per connection on the Unix socket.

use std::path::Path;

use bytes::{Buf, Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Method, Request, Response, header};
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;

use super::EngineError;

/// The most bytes one frame of an output stream may announce; the engine sends 32 KiB at most.
const FRAME_MAX: usize = 64 << 20;

/// One request; without a body it is sent empty.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    /// With its query.
    pub(super) path: &'a str,
    pub(super) body: Option<&'a serde_json::Value>,
    /// Asks for the connection itself.
    pub(super) upgrade: bool,
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
    let body = match call.body {
        Some(json) => {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Bytes::from(json.to_string())
        }
        None => Bytes::new(),
    };
    let request = request.body(Full::new(body)).map_err(|e| EngineError::Broken(e.to_string()))?;
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
    serde_json::from_slice::<serde_json::Value>(body)
        .ok()
        .and_then(|v| v.get("message").and_then(|m| m.as_str()).map(str::to_owned))
        .unwrap_or_else(|| String::from_utf8_lossy(body).trim().to_owned())
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

//! Carrying a request to something real: a published port of a container on the learner's engine.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::Endpoint;
use super::reply::{Body, Parting, plain, put};
use crate::stream::{ReplyBody, full};
use elbv2::front::Field;
use elbv2::front::arrive::ArriveOutput;
use elbv2::front::depart::End;

/// How long a target may take to accept a connection.
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);
/// What is said between two machines only.
const HOP: [&str; 5] = ["connection", "keep-alive", "transfer-encoding", "upgrade", "te"];

/// Sends a request where the world says, and hands the answer back.
pub(super) async fn forward(
    endpoint: &Endpoint,
    method: Method,
    target: &str,
    told: ArriveOutput,
    body: Body,
) -> Response<ReplyBody> {
    let ticket = told.ticket.unwrap_or(0);
    let mut parting = Parting::new(Arc::clone(&endpoint.gateway), ticket);
    let begun = Instant::now();
    let received = body.begun.len();
    parting.says(|depart| depart.received = count(received));
    let sent = send(method, target, &told, body).await;
    let took = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    match sent {
        Ok(answer) => {
            let status = i64::from(answer.status().as_u16());
            parting.says(|depart| {
                depart.end = End::Answered;
                depart.status = Some(status);
                depart.took_ms = took;
            });
            back(answer, &told, parting)
        }
        Err((end, status)) => {
            parting.says(|depart| depart.end = end);
            plain(status)
        }
    }
}

fn count(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Asks, and says how it failed: for the world, and for the client.
async fn send(
    method: Method,
    target: &str,
    told: &ArriveOutput,
    body: Body,
) -> Result<Response<Incoming>, (End, u16)> {
    let refused = (End::Refused, 502);
    let garbled = (End::Garbled, 502);
    let timeout = (End::Timeout, 504);
    let address = told.address.as_deref().unwrap_or_default();
    let dialled = tokio::time::timeout(CONNECT_PATIENCE, TcpStream::connect(address)).await;
    let stream = dialled.map_err(|_| timeout)?.map_err(|_| refused)?;
    let _ = stream.set_nodelay(true);
    let content: ReplyBody = match body.rest {
        None => full(body.begun),
        Some(rest) => Chained { first: Some(body.begun), rest }.boxed_unsync(),
    };
    let mut request = Request::new(content);
    *request.method_mut() = method;
    *request.uri_mut() = target.parse().map_err(|_| garbled)?;
    for field in &told.onward {
        let name = HeaderName::from_bytes(field.name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&field.value)) {
            request.headers_mut().append(name, value);
        }
    }
    let shaken = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = shaken.map_err(|_| refused)?;
    tokio::spawn(connection);
    let patience = Duration::from_millis(u64::try_from(told.patience_ms).unwrap_or(0));
    let answer = tokio::time::timeout(patience, sender.send_request(request)).await;
    answer.map_err(|_| timeout)?.map_err(|_| garbled)
}

/// The answer as the client gets it.
fn back(answer: Response<Incoming>, told: &ArriveOutput, parting: Parting) -> Response<ReplyBody> {
    let (parts, incoming) = answer.into_parts();
    let body = Counted { incoming, parting }.boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(parts.status.as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut begins_session = false;
    for (name, value) in &parts.headers {
        if HOP.contains(&name.as_str()) {
            continue;
        }
        if name == hyper::header::SET_COOKIE
            && let (Some(session), Ok(text)) = (&told.session, value.to_str())
        {
            begins_session |= text.split('=').next().is_some_and(|own| own.trim() == session.name);
        }
        response.headers_mut().append(name.clone(), value.clone());
    }
    for field in &told.headers {
        put(&mut response, field);
    }
    if let Some(session) = told.session.as_ref().filter(|_| begins_session) {
        put(&mut response, &Field::new("Set-Cookie", session.value.clone()));
    }
    response
}

/// A body that is counted as it goes by. When it is dropped the world hears how it ended.
struct Counted {
    incoming: Incoming,
    parting: Parting,
}

impl hyper::body::Body for Counted {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let polled = Pin::new(&mut self.incoming).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            self.parting.says(|depart| depart.sent = depart.sent.saturating_add(count(bytes)));
        }
        polled.map(|frame| frame.map(|frame| frame.map_err(io::Error::other)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// The part of a body that was read already, and the rest.
struct Chained {
    first: Option<Bytes>,
    rest: Incoming,
}

impl hyper::body::Body for Chained {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        let polled = Pin::new(&mut self.rest).poll_frame(cx);
        polled.map(|frame| frame.map(|frame| frame.map_err(io::Error::other)))
    }
}

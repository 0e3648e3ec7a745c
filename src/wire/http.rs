//! HTTP on one connection, the same for every door that speaks it.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::watch;

use super::door::Stream;
use super::stream::ReplyBody;

/// How long a client may take to send the head of a request.
const HEAD_PATIENCE: Duration = Duration::from_mins(1);

/// Gives each request of a connection to `answer`. When `stopped` changes, the answer under way is the
/// last one.
pub(super) async fn serve<A, F>(stream: Stream, mut stopped: watch::Receiver<bool>, answer: A)
where
    A: Fn(Request<Incoming>) -> F,
    F: Future<Output = Response<ReplyBody>>,
{
    let service = service_fn(|request| {
        let answered = answer(request);
        async { Ok::<_, Infallible>(answered.await) }
    });
    let serving = http1::Builder::new()
        .keep_alive(true)
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(serving);
    // What goes wrong on a connection is the client's to see: it is closed.
    tokio::select! {
        _ = serving.as_mut() => return,
        _ = stopped.wait_for(|stopped| *stopped) => serving.as_mut().graceful_shutdown(),
    }
    let _ = serving.await;
}

//! Listening on loopback, the same for every endpoint: each connection is a task, and a shutdown lets
//! answers under way finish. There is no TLS here, and nothing but loopback is ever bound.

use std::convert::Infallible;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::stream::ReplyBody;

/// How many connections may be open at once.
const CONNECTIONS_MAX: usize = 512;
/// How long a client may take to send the head of a request.
const HEAD_PATIENCE: Duration = Duration::from_mins(1);
/// How long [`Server::shutdown`] waits for answers under way.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(2);

/// A listener that runs. Dropping it stops it at once.
pub struct Server {
    /// Where it listens.
    pub addr: SocketAddr,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// `http://127.0.0.1:4566`
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Takes no more requests, lets those under way finish within two seconds, and ends.
    pub async fn shutdown(mut self) {
        let _ = self.stop.send(true);
        let limit = SHUTDOWN_PATIENCE + Duration::from_millis(500);
        let _ = tokio::time::timeout(limit, &mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts to listen on 127.0.0.1; port 0 takes a free one. Every request is given to `answer`.
///
/// # Errors
/// When the port is taken or not permitted.
pub(super) async fn serve<A, F>(port: u16, answer: A) -> anyhow::Result<Server>
where
    A: Fn(SocketAddr, Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<ReplyBody>> + Send + 'static,
{
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener =
        TcpListener::bind(wanted).await.with_context(|| format!("cannot listen on {wanted}"))?;
    let addr = listener.local_addr().context("the listener has no address")?;
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(accept(listener, answer, stopped));
    Ok(Server { addr, stop, task })
}

async fn accept<A, F>(listener: TcpListener, answer: A, mut stopped: watch::Receiver<bool>)
where
    A: Fn(SocketAddr, Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<ReplyBody>> + Send + 'static,
{
    let mut connections = JoinSet::new();
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        while connections.try_join_next().is_some() {}
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { break };
        tokio::select! {
            _ = stopped.changed() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let answer = answer.clone();
                    let stopped = stopped.clone();
                    connections.spawn(async move {
                        connection(stream, peer, answer, stopped).await;
                        drop(slot);
                    });
                }
                // Out of file descriptors, say: wait rather than spin.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(SHUTDOWN_PATIENCE, all).await;
}

async fn connection<A, F>(
    stream: TcpStream,
    peer: SocketAddr,
    answer: A,
    mut stopped: watch::Receiver<bool>,
) where
    A: Fn(SocketAddr, Request<Incoming>) -> F,
    F: Future<Output = Response<ReplyBody>>,
{
    // Without it a client waits 40 ms for the second half of an answer.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let answered = answer(peer, request);
        async { Ok::<_, Infallible>(answered.await) }
    });
    let serving = http1::Builder::new()
        .keep_alive(true)
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(serving);
    // What goes wrong on a connection is the client's to see: it is closed.
    tokio::select! {
        _ = serving.as_mut() => return,
        _ = stopped.changed() => serving.as_mut().graceful_shutdown(),
    }
    let _ = serving.await;
}

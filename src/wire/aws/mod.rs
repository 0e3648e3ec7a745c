//! The AWS endpoint: one listener on loopback for every simulated service.
//!
//! [`serve`] binds, each connection is a task, each request is decoded, authenticated, asked of the
//! [`Gateway`] and encoded. Bodies stream in both directions, so memory stays bounded whatever they
//! weigh. There is no TLS here, and nothing but loopback is ever bound.

mod body;
mod door;
mod handle;
mod reply;
mod route;
#[cfg(test)]
mod tests;
mod verify;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::Gateway;
use crate::base::Time;
use handle::Endpoint;

/// How many connections may be open at once.
const CONNECTIONS_MAX: usize = 512;
/// How long a client may take to send the head of a request.
const HEAD_PATIENCE: Duration = Duration::from_mins(1);
/// How long [`Server::shutdown`] waits for answers under way.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(2);

/// What `POST /_distlab/reset` does.
pub type Reset = Arc<dyn Fn() -> anyhow::Result<()> + Send + Sync>;

/// How to serve.
#[derive(Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Takes any key for the account's root user, unverified. Without a key a request is anonymous.
    pub no_auth: bool,
    /// Lets `POST /_distlab/reset` begin anew.
    pub reset: Option<Reset>,
    /// The clock by which requests are dated (not the lab's).
    pub clock: fn() -> Time,
    /// The longest streamed body, in bytes.
    pub stream_max: u64,
    /// The longest document or form, in bytes.
    pub document_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            no_auth: false,
            reset: None,
            clock: wall_clock,
            stream_max: 5 << 30,
            document_max: 4 << 20,
        }
    }
}

/// The machine's clock.
#[must_use]
pub fn wall_clock() -> Time {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

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

/// Starts to listen on 127.0.0.1.
///
/// # Errors
/// When the port is taken or not permitted.
pub async fn serve(gateway: Arc<dyn Gateway>, options: Options) -> anyhow::Result<Server> {
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let listener =
        TcpListener::bind(wanted).await.with_context(|| format!("cannot listen on {wanted}"))?;
    let addr = listener.local_addr().context("the listener has no address")?;
    let (stop, stopped) = watch::channel(false);
    let endpoint = Arc::new(Endpoint::new(gateway, options));
    let task = tokio::spawn(accept(listener, endpoint, stopped));
    Ok(Server { addr, stop, task })
}

async fn accept(
    listener: TcpListener,
    endpoint: Arc<Endpoint>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        while connections.try_join_next().is_some() {}
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { break };
        tokio::select! {
            _ = stopped.changed() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let endpoint = Arc::clone(&endpoint);
                    let stopped = stopped.clone();
                    connections.spawn(async move {
                        connection(stream, peer, endpoint, stopped).await;
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

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    endpoint: Arc<Endpoint>,
    mut stopped: watch::Receiver<bool>,
) {
    // Without it a client waits 40 ms for the second half of an answer.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| door::answer(Arc::clone(&endpoint), peer, request));
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

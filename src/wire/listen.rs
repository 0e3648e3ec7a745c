//! Listening on loopback, the same for every door: each connection is a task, and closing lets answers
//! under way finish. Nothing but loopback is ever bound.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::door::{ConnectionInfo, Server, Stream};
use super::runtime::runtime;

/// How many connections a listener may have at once.
const CONNECTIONS_MAX: usize = 512;
/// How long answers under way may take to finish when a listener closes.
const CLOSING_PATIENCE: Duration = Duration::from_secs(2);

/// A listener that runs. Dropping it takes no more connections, lets the answers under way finish
/// within two seconds, and waits for that: whoever comes next may need the port.
pub(super) struct Listening {
    pub(super) addr: SocketAddr,
    stop: watch::Sender<bool>,
    ended: Receiver<()>,
}

impl Listening {
    /// Begins to close, and does not wait.
    pub(super) fn stop(&self) {
        let _ = self.stop.send(true);
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stop();
        let limit = CLOSING_PATIENCE + Duration::from_millis(500);
        // Nothing is ever sent: it returns when the other end is gone.
        let wait = || {
            let _ = self.ended.recv_timeout(limit);
        };
        // A worker that waits would keep the very task that it has just woken.
        match Handle::try_current().map(|handle| handle.runtime_flavor()) {
            Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(wait),
            _ => wait(),
        }
    }
}

/// Listens on 127.0.0.1; port 0 takes a free one. May be called from any thread.
///
/// # Errors
/// When the port is taken or not permitted.
pub(super) fn open(server: Arc<dyn Server>, port: u16) -> io::Result<Listening> {
    let runtime = runtime().map_err(io::Error::other)?;
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let addr = listener.local_addr()?;
    let _inside = runtime.enter();
    let listener = TcpListener::from_std(listener)?;
    let (stop, stopped) = watch::channel(false);
    let (running, ended) = mpsc::channel();
    runtime.spawn(accept(listener, server, stopped, running));
    Ok(Listening { addr, stop, ended })
}

async fn accept(
    listener: TcpListener,
    server: Arc<dyn Server>,
    mut stopped: watch::Receiver<bool>,
    running: Sender<()>,
) {
    let mut connections = JoinSet::new();
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        while connections.try_join_next().is_some() {}
        let slot = tokio::select! {
            _ = stopped.changed() => break,
            slot = Arc::clone(&slots).acquire_owned() => slot,
        };
        let Ok(slot) = slot else { break };
        let accepted = tokio::select! {
            _ = stopped.changed() => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, peer)) = accepted else {
            // Out of file descriptors, say: wait rather than spin.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        // Without it a client waits 40 ms for the second half of an answer.
        let _ = stream.set_nodelay(true);
        let connection =
            ConnectionInfo { peer: peer.ip(), secure: false, tls: None, stopped: stopped.clone() };
        let task = Arc::clone(&server).serve(Box::new(stream) as Stream, connection);
        connections.spawn(async move {
            task.await;
            drop(slot);
        });
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(CLOSING_PATIENCE, all).await;
    drop(running);
}

//! A conversation with a process in a container: its streams, its terminal's size, and signals.

use std::future::pending;
use std::io::{Read, Write};

use tokio::io::AsyncWriteExt;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::cx::{Cx, Fail};
use super::terminal::{self, Raw, Watch};
use docker::{Attached, Channel, Engine, EngineError};

/// The signals that are passed on to the process.
const PROXIED: &[(i32, &str)] =
    &[(1, "HUP"), (2, "INT"), (3, "QUIT"), (10, "USR1"), (12, "USR2"), (15, "TERM")];

/// Whose streams they are.
#[derive(Clone, Debug)]
pub(super) enum Peer {
    Container(String),
    Exec(String),
}

impl Peer {
    async fn resize(&self, engine: &Engine, rows: u16, columns: u16) -> Result<(), EngineError> {
        match self {
            Self::Container(id) => engine.resize(id, rows, columns).await,
            Self::Exec(id) => engine.exec_resize(id, rows, columns).await,
        }
    }
}

/// How to talk.
pub(super) struct Talk {
    pub(super) peer: Peer,
    pub(super) tty: bool,
    pub(super) stdin: bool,
    /// Which of the process's outputs are wanted.
    pub(super) outputs: (bool, bool),
    pub(super) detach_keys: Vec<u8>,
    /// Whether signals go to the container.
    pub(super) proxy: bool,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The process closed its streams.
    Closed,
    /// The learner typed the detach keys.
    Detached,
}

/// The terminal's own standard input is read here when the process has one; a captured input
/// (a pipe, a check) is read to its end on a thread of its own.
///
/// # Errors
/// When the engine goes away, or the terminal refuses raw mode.
pub(super) fn talk(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    attached: Attached,
    how: &Talk,
) -> Result<Ended, Fail> {
    let real = cx.host.interactive;
    let _raw = if how.tty && how.stdin && real {
        Some(Raw::enter().map_err(|e| Fail::new(1, e.to_string()))?)
    } else {
        None
    };
    let (sender, typed) = mpsc::channel(4);
    let host = &mut *cx.host;
    let (stdin, stdout, stderr) = (&mut *host.stdin, &mut *host.stdout, &mut *host.stderr);
    let runtime = &cx.runtime;
    if how.stdin && real {
        // It ends with the process: nobody can call a thread back that waits for a key.
        std::thread::spawn(move || feed(&mut std::io::stdin(), &sender));
        return Ok(runtime.block_on(converse(engine, attached, how, typed, stdout, stderr))?);
    }
    std::thread::scope(|scope| {
        if how.stdin {
            scope.spawn(move || feed(stdin, &sender));
        } else {
            drop(sender);
        }
        Ok(runtime.block_on(converse(engine, attached, how, typed, stdout, stderr))?)
    })
}

/// Sends what is read until the end, or until nobody listens.
fn feed(from: &mut (dyn Read + Send), to: &mpsc::Sender<Vec<u8>>) {
    let mut buffer = vec![0; 16 << 10];
    while let Ok(count) = from.read(&mut buffer) {
        if count == 0 || to.blocking_send(buffer[..count].to_vec()).is_err() {
            return;
        }
    }
}

async fn converse(
    engine: &Engine,
    attached: Attached,
    how: &Talk,
    mut typed: mpsc::Receiver<Vec<u8>>,
    stdout: &mut (dyn Write + Send),
    stderr: &mut (dyn Write + Send),
) -> Result<Ended, EngineError> {
    let Attached { mut output, mut input } = attached;
    let read = async {
        while let Some((channel, bytes)) = output.next().await? {
            let (to, wanted): (&mut (dyn Write + Send), bool) = match channel {
                Channel::Out => (&mut *stdout, how.outputs.0),
                Channel::Err => (&mut *stderr, how.outputs.1),
            };
            if wanted {
                // A reader that went away is no error of the container's.
                let _ = to.write_all(&bytes).and_then(|()| to.flush());
            }
        }
        Ok::<_, EngineError>(Ended::Closed)
    };
    let write = async {
        let mut watch = Watch::new(if how.tty { how.detach_keys.clone() } else { Vec::new() });
        while let Some(bytes) = typed.recv().await {
            let (bytes, detached) = watch.pass(&bytes);
            if input.write_all(&bytes).await.is_err() {
                break;
            }
            let _ = input.flush().await;
            if detached {
                return Ended::Detached;
            }
        }
        if how.stdin {
            // The end of our input is the end of the container's.
            let _ = input.shutdown().await;
        }
        pending().await
    };
    tokio::select! {
        ended = read => ended,
        ended = write => Ok(ended),
        never = forward_signals(engine, how) => match never {},
    }
}

/// Passes on signals and the terminal's size until the conversation ends.
async fn forward_signals(engine: &Engine, how: &Talk) -> std::convert::Infallible {
    let (sender, mut events) = mpsc::channel(8);
    if how.proxy {
        for (number, name) in PROXIED {
            listen(SignalKind::from_raw(*number), Event::Signal(name), &sender);
        }
    }
    if how.tty {
        listen(SignalKind::window_change(), Event::Resize, &sender);
        // The terminal may not be up when the first size is sent, so send it until it is taken.
        for _ in 0..10 {
            if resize(engine, how).await {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
    while let Some(event) = events.recv().await {
        match event {
            Event::Resize => drop(resize(engine, how).await),
            Event::Signal(name) => {
                if let Peer::Container(id) = &how.peer {
                    // It may be gone already; then there is nobody to tell.
                    let _ = engine.kill(id, name).await;
                }
            }
        }
    }
    pending().await
}

#[derive(Clone, Copy)]
enum Event {
    Resize,
    Signal(&'static str),
}

/// Sends an event for each arrival of a signal.
fn listen(kind: SignalKind, event: Event, to: &mpsc::Sender<Event>) {
    let to = to.clone();
    tokio::spawn(async move {
        let Ok(mut arrivals) = signal(kind) else { return };
        while arrivals.recv().await.is_some() && to.send(event).await.is_ok() {}
    });
}

async fn resize(engine: &Engine, how: &Talk) -> bool {
    match terminal::size() {
        Some((rows, columns)) => how.peer.resize(engine, rows, columns).await.is_ok(),
        None => true,
    }
}

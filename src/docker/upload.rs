//! A request whose body is written piece by piece by plain code, while the engine's answer is heard
//! between the pieces. No thread is needed and no more than a few pieces are ever in memory.

use std::io::{self, Write};

use bytes::Bytes;
use hyper::Method;
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::{Answer, Body, Engine, EngineError};

/// How many bytes travel together.
const PIECE: usize = 64 << 10;

/// How many pieces may wait for the engine.
const WAITING: usize = 4;

/// A request on its way. What is written to it goes to the engine; [`Upload::finish`] is its end.
pub struct Upload<'r> {
    runtime: &'r Runtime,
    to: mpsc::Sender<Bytes>,
    piece: Vec<u8>,
    reply: Reply,
    /// Bytes that were written.
    written: u64,
    hear: &'r mut dyn FnMut(Value),
}

enum Reply {
    Awaited(JoinHandle<Result<Answer, EngineError>>),
    /// Some engines begin to answer while they still read.
    Begun(Answer),
    /// It answered all there is, or refused: nobody reads any more.
    Over(Result<(), EngineError>),
}

/// What one turn of waiting brought.
enum Turn {
    Sent(bool),
    Answered(Result<Answer, EngineError>),
    Heard(Result<Option<Value>, EngineError>),
}

impl<'r> Upload<'r> {
    /// Sends the head of a request. JSON messages that arrive while the body is still written are
    /// given to `hear`.
    pub fn begin(
        runtime: &'r Runtime,
        engine: &Engine,
        method: Method,
        path: String,
        headers: Vec<(&'static str, String)>,
        hear: &'r mut dyn FnMut(Value),
    ) -> Self {
        let (to, pieces) = mpsc::channel(WAITING);
        let engine = engine.clone();
        let request =
            async move { engine.stream(method, &path, &headers, Body::Archive(pieces)).await };
        let reply = Reply::Awaited(runtime.spawn(request));
        Self { runtime, to, piece: Vec::with_capacity(PIECE), reply, written: 0, hear }
    }

    /// Bytes written so far.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Ends the body, hears the rest of the answer, and says how it went.
    ///
    /// # Errors
    /// The engine's refusal, or that it went away.
    pub fn finish(mut self) -> Result<(), EngineError> {
        // A refusal that came meanwhile is told below.
        let _ = self.flush();
        let Self { runtime, to, reply, hear, .. } = self;
        drop(to);
        runtime.block_on(async {
            let mut answer = match reply {
                Reply::Over(end) => return end,
                Reply::Begun(answer) => answer,
                Reply::Awaited(request) => joined(request.await)?,
            };
            while let Some(message) = answer.message().await? {
                hear(message);
            }
            Ok(())
        })
    }

    /// Sends one piece; hears what the engine says while it waits.
    fn send(&mut self, piece: &Bytes) -> io::Result<()> {
        loop {
            let (to, reply, piece) = (&self.to, &mut self.reply, piece.clone());
            let turn = self.runtime.block_on(async {
                match reply {
                    Reply::Over(_) => Turn::Sent(false),
                    Reply::Awaited(request) => tokio::select! {
                        biased;
                        answer = request => Turn::Answered(joined(answer)),
                        sent = to.send(piece) => Turn::Sent(sent.is_ok()),
                    },
                    Reply::Begun(answer) => tokio::select! {
                        sent = to.send(piece) => Turn::Sent(sent.is_ok()),
                        message = answer.message() => Turn::Heard(message),
                    },
                }
            });
            match turn {
                Turn::Sent(true) => return Ok(()),
                Turn::Sent(false) => return Err(io::ErrorKind::BrokenPipe.into()),
                Turn::Answered(Ok(answer)) => self.reply = Reply::Begun(answer),
                Turn::Heard(Ok(Some(message))) => (self.hear)(message),
                Turn::Heard(Ok(None)) => self.reply = Reply::Over(Ok(())),
                Turn::Answered(Err(error)) | Turn::Heard(Err(error)) => {
                    self.reply = Reply::Over(Err(error));
                }
            }
        }
    }
}

impl Write for Upload<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = PIECE - self.piece.len();
        let taken = bytes.len().min(room);
        self.piece.extend_from_slice(&bytes[..taken]);
        self.written += taken as u64;
        if self.piece.len() == PIECE {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        self.send(&piece.into())
    }
}

/// A request that panicked or was dropped has no answer either.
fn joined(
    outcome: Result<Result<Answer, EngineError>, tokio::task::JoinError>,
) -> Result<Answer, EngineError> {
    outcome.unwrap_or_else(|e| Err(EngineError::Broken(e.to_string())))
}

//! Bodies in both directions, a piece at a time, so that memory stays bounded whatever they weigh.

use std::collections::VecDeque;
use std::io::{self, Read as _, Write as _};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Empty, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::codec::Head;
use base::Slice;
use store::{BlobReader, BlobStore, BlobWriter};

/// What hyper is given to send.
pub(super) type ReplyBody = UnsyncBoxBody<Bytes, io::Error>;

/// How long a client may pause within a body.
const PATIENCE: Duration = Duration::from_mins(1);
/// How much of a refused body is read for the sake of the answer, in bytes.
const DRAIN_MAX: i64 = 16 << 20;
/// How many pieces of a stream may wait for the disk.
const WAITING: usize = 8;
/// The piece in which a blob is read.
const PIECE: u64 = 256 << 10;

/// The head of a request, as text.
pub(super) fn head(parts: &hyper::http::request::Parts) -> Head {
    let path = parts.uri.path();
    let mut head = Head::new(
        parts.method.as_str(),
        if path.is_empty() { "/" } else { path },
        parts.uri.query().unwrap_or_default(),
        [],
    );
    head.headers.reserve(parts.headers.len());
    for (name, value) in &parts.headers {
        head.add_raw(name.as_str(), value.as_bytes());
    }
    head
}

pub(super) fn full(bytes: Bytes) -> ReplyBody {
    Full::new(bytes).map_err(|e| match e {}).boxed_unsync()
}

pub(super) fn empty() -> ReplyBody {
    Empty::new().map_err(|e| match e {}).boxed_unsync()
}

/// Why a body did not come to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Broken {
    /// The client paused for too long.
    TimedOut,
    /// The connection ended, or the framing was wrong.
    Off,
}

/// A body as it comes.
pub(super) struct Inflow {
    incoming: Incoming,
    /// The client waits for our word before it sends.
    waits: bool,
}

impl Inflow {
    /// The body that came with this head.
    pub(super) fn new(incoming: Incoming, head: &Head) -> Self {
        Self { incoming, waits: head.header("expect").is_some() }
    }

    /// The next piece; nothing at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Broken> {
        self.waits = false;
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.incoming.frame());
            match frame.await.map_err(|_| Broken::TimedOut)? {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
                Some(Err(_)) => return Err(Broken::Off),
                None => return Ok(None),
            }
        }
    }

    /// Throws away what is left of a body that is not too long, so that the client hears the answer.
    /// One that waits for our word before it sends will not send it now.
    pub(super) async fn drain(mut self) {
        if self.waits {
            return;
        }
        let mut left = DRAIN_MAX;
        while let Ok(Some(Ok(frame))) =
            tokio::time::timeout(Duration::from_secs(2), self.incoming.frame()).await
        {
            left -= i64::try_from(frame.data_ref().map_or(0, Bytes::len)).unwrap_or(i64::MAX);
            if left < 0 {
                return;
            }
        }
    }
}

/// Writes pieces to a blob, off the async threads, a few at a time.
pub(super) struct Pour {
    sender: mpsc::Sender<Bytes>,
    written: JoinHandle<io::Result<BlobWriter>>,
}

impl Pour {
    pub(super) fn begin(mut writer: BlobWriter) -> Self {
        let (sender, mut receiver) = mpsc::channel::<Bytes>(WAITING);
        let written = tokio::task::spawn_blocking(move || {
            while let Some(piece) = receiver.blocking_recv() {
                writer.write_all(&piece)?;
            }
            Ok(writer)
        });
        Self { sender, written }
    }

    /// Takes one piece; false when the disk refused, which [`Pour::end`] tells about.
    pub(super) async fn take(&self, piece: Bytes) -> bool {
        self.sender.send(piece).await.is_ok()
    }

    /// The writer with everything in it that was taken.
    ///
    /// # Errors
    /// The disk's.
    pub(super) async fn end(self) -> io::Result<BlobWriter> {
        drop(self.sender);
        self.written.await.map_err(io::Error::other)?
    }
}

/// Slices of blobs, read a piece at a time off the async threads.
pub(super) struct Pieces {
    blobs: BlobStore,
    waiting: VecDeque<Slice>,
    /// It has the state of a digest in it, which is large.
    current: Box<BlobReader>,
}

impl Pieces {
    /// Opens the first slice, so that a missing blob is known before the head is sent.
    pub(super) fn open(blobs: BlobStore, slices: Vec<Slice>) -> io::Result<Self> {
        let mut waiting: VecDeque<Slice> = slices.into();
        let first = waiting.pop_front().unwrap_or_default();
        let current = Box::new(blobs.read(&first)?);
        Ok(Self { blobs, waiting, current })
    }

    /// The next piece, or nothing at the end.
    fn next(&mut self) -> io::Result<Option<Bytes>> {
        while self.current.left() == 0 {
            let Some(slice) = self.waiting.pop_front() else { return Ok(None) };
            *self.current = self.blobs.read(&slice)?;
        }
        let want = self.current.left().min(PIECE);
        let mut piece = Vec::with_capacity(usize::try_from(want).unwrap_or(0));
        self.current.by_ref().take(want).read_to_end(&mut piece)?;
        if piece.is_empty() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a blob is cut short"));
        }
        // `take` of a reference counts the outer limit down too, so nothing is read twice.
        Ok(Some(piece.into()))
    }

    pub(super) fn body(self) -> ReplyBody {
        let stream = futures_util::stream::try_unfold(self, |mut pieces| async move {
            let read = tokio::task::spawn_blocking(move || pieces.next().map(|p| (p, pieces)));
            let (piece, pieces) = read.await.map_err(io::Error::other)??;
            Ok::<_, io::Error>(piece.map(|bytes| (Frame::data(bytes), pieces)))
        });
        StreamBody::new(stream).boxed_unsync()
    }
}

//! Bytes from one end to the other until both are done, nothing moves for an hour, or the door closes.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::door::Io;

/// A tunnel in which nothing moves for one to two of these is given up.
const IDLE_MAX: Duration = Duration::from_mins(30);

/// Copies both ways.
pub(super) async fn join(one: impl Io, other: impl Io) {
    let moved = Arc::new(AtomicBool::new(false));
    let mut one = Watched { inner: one, moved: Arc::clone(&moved) };
    let mut other = Watched { inner: other, moved: Arc::clone(&moved) };
    let idle = async {
        loop {
            tokio::time::sleep(IDLE_MAX).await;
            if !moved.swap(false, Ordering::Relaxed) {
                return;
            }
        }
    };
    tokio::select! {
        // How it ended both ends see for themselves.
        _ = tokio::io::copy_bidirectional(&mut one, &mut other) => {}
        () = idle => {}
    }
}

/// A stream of which is known whether it moves.
struct Watched<S> {
    inner: S,
    moved: Arc<AtomicBool>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.inner).poll_read(cx, buffer);
        if read.is_ready() {
            self.moved.store(true, Ordering::Relaxed);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

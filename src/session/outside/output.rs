//! What a run prints: a few words stay words, the rest becomes a stored body.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sim::outside::Output;
use store::{BlobStore, BlobWriter};

/// A longer output is a body of its own, so that it does not lie in the journal.
const TEXT_BYTES_MAX: usize = 4 * 1024;

/// How much a run may print yet, on both streams together.
#[derive(Debug)]
pub(super) struct Budget {
    left: AtomicU64,
    over: AtomicBool,
}

impl Budget {
    pub(super) fn new(bytes_max: u64) -> Arc<Self> {
        Arc::new(Self { left: AtomicU64::new(bytes_max), over: AtomicBool::new(false) })
    }

    /// How many of so many bytes it may still print.
    pub(super) fn take(&self, bytes: usize) -> usize {
        let wanted = bytes as u64;
        let rest = |left: u64| Some(left.saturating_sub(wanted));
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, rest);
        let left = left.unwrap_or_default();
        self.over.fetch_or(left < wanted, Ordering::Relaxed);
        usize::try_from(left.min(wanted)).unwrap_or(bytes)
    }

    /// Whether it has printed more than it may.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}

/// One stream on its way.
pub(super) struct Stream {
    blobs: BlobStore,
    head: Vec<u8>,
    body: Option<BlobWriter>,
}

impl Stream {
    pub(super) fn new(blobs: &BlobStore) -> Self {
        Self { blobs: blobs.clone(), head: Vec::new(), body: None }
    }

    pub(super) fn take(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        if let Some(body) = &mut self.body {
            return Ok(body.write_all(bytes)?);
        }
        self.head.extend_from_slice(bytes);
        if self.head.len() > TEXT_BYTES_MAX {
            self.store()?;
        }
        Ok(())
    }

    fn store(&mut self) -> anyhow::Result<()> {
        let mut body = self.blobs.writer()?;
        body.write_all(&self.head)?;
        self.head.clear();
        self.body = Some(body);
        Ok(())
    }

    pub(super) fn end(mut self) -> anyhow::Result<Output> {
        if self.body.is_none() {
            match String::from_utf8(std::mem::take(&mut self.head)) {
                Ok(text) => return Ok(Output::Text(text)),
                Err(error) => self.head = error.into_bytes(),
            }
            self.store()?;
        }
        match self.body {
            Some(mut body) => {
                body.flush()?;
                Ok(Output::Stored(body.finish()?))
            }
            None => Ok(Output::Text(String::new())),
        }
    }
}

//! Entries on their way into the journal: those of requests that come at the same time go together.
//!
//! Whoever brings the first entry of a batch has the whole batch written as soon as the one before it
//! is written; what comes meanwhile joins. A request alone is written at once by its own thread, and
//! nothing is handed over.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use anyhow::anyhow;
use sim::Effect;
use store::Fresh;

/// What became of a batch.
#[derive(Default)]
struct Outcome(Mutex<News>);

/// The result, once there is one, and until then who waits for it.
#[derive(Default)]
struct News {
    result: Option<Result<(), String>>,
    wakers: Vec<Waker>,
}

impl Outcome {
    fn news(&self) -> MutexGuard<'_, News> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The result; until there is one, whoever asks is woken when it comes.
    fn result(&self, waker: &Waker) -> Option<anyhow::Result<()>> {
        let mut news = self.news();
        if let Some(result) = &news.result {
            return Some(result.clone().map_err(|why| anyhow!("{why}")));
        }
        // Who asks again keeps its old place too: to be woken twice does no harm.
        news.wakers.push(waker.clone());
        None
    }
}

/// A thread that waits as a task does.
struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Entries that are written in one transaction.
#[derive(Default)]
pub(super) struct Batch {
    pub rows: Vec<Fresh>,
    /// What is told of it when it is written.
    pub effects: Vec<Effect>,
    /// Whether something of it changed the world.
    pub changed: bool,
    outcome: Arc<Outcome>,
}

impl Batch {
    /// Tells everyone who waits what became of it.
    pub(super) fn settle(&self, result: Result<(), String>) {
        let mut news = self.outcome.news();
        news.result.get_or_insert(result);
        let wakers = std::mem::take(&mut news.wakers);
        drop(news);
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        // Without effect on one that was settled: nobody may wait for a writer that broke down.
        self.settle(Err("the journal's writer broke down".into()));
    }
}

/// What one entry's request waits for: on its thread, or as a task that awaits it.
#[must_use = "nothing may be answered before its entry is in the journal"]
pub(super) struct Ticket {
    outcome: Arc<Outcome>,
    /// Whether this request has the batch written.
    pub leads: bool,
}

impl Ticket {
    /// Waits until the entry is in the journal, or is known not to be.
    pub(super) fn wait(self) -> anyhow::Result<()> {
        let waker = Arc::new(Parked(thread::current())).into();
        loop {
            match self.outcome.result(&waker) {
                Some(result) => return result,
                None => thread::park(),
            }
        }
    }
}

impl Future for Ticket {
    type Output = anyhow::Result<()>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.outcome.result(cx.waker()).map_or(Poll::Pending, Poll::Ready)
    }
}

/// The batch that takes entries now.
#[derive(Default)]
pub(super) struct Queue(Option<Batch>);

impl Queue {
    pub(super) fn push(&mut self, row: Fresh) -> Ticket {
        let leads = self.0.is_none();
        let batch = self.0.get_or_insert_default();
        batch.rows.push(row);
        Ticket { outcome: batch.outcome.clone(), leads }
    }

    /// What is told when the entries so far are written.
    pub(super) fn announce(&mut self, effects: Vec<Effect>, changed: bool) {
        if let Some(batch) = &mut self.0 {
            batch.effects.extend(effects);
            batch.changed |= changed;
        }
    }

    pub(super) fn take(&mut self) -> Option<Batch> {
        self.0.take()
    }
}

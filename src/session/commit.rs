//! Entries on their way into the journal: those of requests that come at the same time go together.
//!
//! Whoever brings the first entry of a batch writes the whole batch as soon as the one before it is
//! written; what comes meanwhile joins. A request alone is written at once by its own thread, and
//! nothing is handed over.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use anyhow::anyhow;
use store::Fresh;

/// What became of a batch.
#[derive(Default)]
struct Outcome {
    settled: Mutex<Option<Result<(), String>>>,
    told: Condvar,
}

/// Entries that are written in one transaction.
#[derive(Default)]
pub(super) struct Batch {
    pub rows: Vec<Fresh>,
    outcome: Arc<Outcome>,
}

impl Batch {
    /// Tells everyone who waits what became of it.
    pub(super) fn settle(&self, result: Result<(), String>) {
        let mut settled = self.outcome.settled.lock().unwrap_or_else(PoisonError::into_inner);
        settled.get_or_insert(result);
        self.outcome.told.notify_all();
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        // Without effect on one that was settled: nobody may wait for a writer that broke down.
        self.settle(Err("the journal's writer broke down".into()));
    }
}

/// What one entry's request waits for.
#[must_use = "nothing may be answered before its entry is in the journal"]
pub(super) struct Ticket {
    outcome: Arc<Outcome>,
    /// Whether this request writes the batch.
    pub leads: bool,
}

impl Ticket {
    /// Waits until the entry is in the journal, or is known not to be.
    pub(super) fn wait(self) -> anyhow::Result<()> {
        let mut settled = self.outcome.settled.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match &*settled {
                Some(Ok(())) => return Ok(()),
                Some(Err(why)) => return Err(anyhow!("{why}")),
                None => {}
            }
            settled = self.outcome.told.wait(settled).unwrap_or_else(PoisonError::into_inner);
        }
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

    pub(super) fn take(&mut self) -> Option<Batch> {
        self.0.take()
    }
}

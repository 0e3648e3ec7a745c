//! Why a run is to be ended before its time.

use std::sync::atomic::{AtomicU8, Ordering};

/// What its watcher is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Why {
    /// The world does not want it any longer, and hears of its end.
    Unwanted = 1,
    /// The session ends. What cannot outlive it was interrupted.
    Closing = 2,
    /// What caused it was taken back: nobody hears of it.
    TakenBack = 3,
}

/// Tells a watcher to put an end to its run. The strongest reason counts.
#[derive(Default, Debug)]
pub(super) struct Stop(AtomicU8);

impl Stop {
    pub(super) fn tell(&self, why: Why) {
        self.0.fetch_max(why as u8, Ordering::Relaxed);
    }

    pub(super) fn told(&self) -> Option<Why> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(Why::Unwanted),
            2 => Some(Why::Closing),
            _ => Some(Why::TakenBack),
        }
    }
}

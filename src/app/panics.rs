//! Panics that are caught on purpose: code of others that may break on bad input, and work on other
//! threads. Whoever prints panics asks [`is_quiet`] first, since the screen is no place for it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic on this thread will be caught.
#[must_use]
pub(super) fn is_quiet() -> bool {
    QUIET.get()
}

/// Runs work and gives `None` when it panicked. What the work had in its hands must be thrown away
/// then.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    let before = QUIET.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work)).ok();
    QUIET.set(before);
    done
}

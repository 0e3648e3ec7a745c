//! The conversations of a session: how many there are, and when a session that only lingers may end.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Counts conversations.
pub(super) struct Talks {
    /// Whether the session ends when nobody speaks to it any more.
    pub lingers: bool,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    open: usize,
    /// When the last one ended, or the session began.
    since: Instant,
    /// No more are begun.
    closed: bool,
}

impl Talks {
    pub(super) fn new(lingers: bool) -> Self {
        let state = State { open: 0, since: Instant::now(), closed: false };
        Self { lingers, state: Mutex::new(state), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a conversation, unless the session is about to end.
    pub(super) fn enter(&self) -> Option<Talking<'_>> {
        let mut state = self.state();
        if state.closed {
            return None;
        }
        state.open += 1;
        Some(Talking(self))
    }

    /// Begins no more conversations; those under way go on.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.changed.notify_all();
    }

    /// Waits until nobody speaks and none has for so long, or until the session was closed and the
    /// last conversation ended. None is begun after that.
    pub(super) fn wait_for_silence(&self, span: Duration) {
        let mut state = self.state();
        loop {
            let left = span.saturating_sub(state.since.elapsed());
            if state.open == 0 && (state.closed || left.is_zero()) {
                state.closed = true;
                return;
            }
            let wait = if state.open == 0 { left } else { span };
            let woken = self.changed.wait_timeout(state, wait);
            (state, _) = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A conversation under way.
pub(super) struct Talking<'a>(&'a Talks);

impl Drop for Talking<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.open -= 1;
        state.since = Instant::now();
        self.0.changed.notify_all();
    }
}

//! The conversations of a session: who speaks, when a session that only lingers may end, and how one
//! that ends takes leave of those who still speak to it.

use std::collections::BTreeMap;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a session that ends waits for the answers that are under way.
const PATIENCE: Duration = Duration::from_secs(5);

/// Knows the conversations under way.
pub(super) struct Talks {
    /// Whether the session ends when nobody speaks to it any more.
    pub lingers: bool,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// Where each is heard.
    open: BTreeMap<u64, UnixStream>,
    /// How many were begun.
    begun: u64,
    /// When the last one ended, or the session began.
    since: Instant,
    /// No more are begun.
    closed: bool,
}

impl Talks {
    pub(super) fn new(lingers: bool) -> Self {
        let since = Instant::now();
        let state = State { open: BTreeMap::new(), begun: 0, since, closed: false };
        Self { lingers, state: Mutex::new(state), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a conversation, unless the session is about to end.
    pub(super) fn enter(&self, heard: UnixStream) -> Option<Talking<'_>> {
        let mut state = self.state();
        if state.closed {
            return None;
        }
        state.begun += 1;
        let number = state.begun;
        state.open.insert(number, heard);
        Some(Talking { talks: self, number })
    }

    /// Begins no more conversations. In those under way what was asked is answered, and nothing more is
    /// heard.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        for heard in state.open.values() {
            // One that has broken off is at its end too.
            let _ = heard.shutdown(Shutdown::Read);
        }
        self.changed.notify_all();
    }

    /// Whether the session is about to end.
    pub(super) fn closed(&self) -> bool {
        self.state().closed
    }

    /// Waits until the last conversation has ended, within bounds.
    pub(super) fn wait_for_the_last(&self) {
        let speaks = |state: &mut State| !state.open.is_empty();
        let waited = self.changed.wait_timeout_while(self.state(), PATIENCE, speaks);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// Waits until nobody speaks and none has for so long, or until the session was closed and the
    /// last conversation ended. None is begun after that.
    pub(super) fn wait_for_silence(&self, span: Duration) {
        let mut state = self.state();
        loop {
            let left = span.saturating_sub(state.since.elapsed());
            if state.open.is_empty() && (state.closed || left.is_zero()) {
                state.closed = true;
                return;
            }
            let wait = if state.open.is_empty() { left } else { span };
            let woken = self.changed.wait_timeout(state, wait);
            (state, _) = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A conversation under way.
pub(super) struct Talking<'a> {
    talks: &'a Talks,
    number: u64,
}

impl Drop for Talking<'_> {
    fn drop(&mut self) {
        let mut state = self.talks.state();
        state.open.remove(&self.number);
        state.since = Instant::now();
        self.talks.changed.notify_all();
    }
}

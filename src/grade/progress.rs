//! Word of how far a long job is: on a terminal a line that is written over, elsewhere a line now and
//! then.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use base::text::span;

/// Between two looks of a line that is written over.
const BLINK: Duration = Duration::from_millis(200);
/// Between two lines of a log.
const LINE: Duration = Duration::from_secs(10);
/// Before that nobody can say how long it takes.
const GUESS: Duration = Duration::from_secs(5);
const GUESS_FILES: usize = 10;

/// How far it is.
#[derive(Debug)]
pub struct Progress {
    total: usize,
    terminal: bool,
    began: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    done: usize,
    /// Of these what was graded now.
    fresh: usize,
    bad: usize,
    said: Instant,
    /// Whether a line stands there that is to be written over.
    open: bool,
}

impl Progress {
    /// Of so many files. It speaks on standard error.
    #[must_use]
    pub fn of(total: usize) -> Self {
        let began = Instant::now();
        let state = State { done: 0, fresh: 0, bad: 0, said: began, open: false };
        Self { total, terminal: io::stderr().is_terminal(), began, state: Mutex::new(state) }
    }

    /// One more file; `bad` is one that got no grade, `fresh` one that was graded now.
    pub fn step(&self, bad: bool, fresh: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.done += 1;
        state.bad += usize::from(bad);
        state.fresh += usize::from(fresh);
        if state.said.elapsed() < if self.terminal { BLINK } else { LINE } {
            return;
        }
        state.said = Instant::now();
        state.open = self.terminal;
        let line = line(&state, self.total, self.began.elapsed());
        let (before, after) = if self.terminal { ("\r\x1b[K", "") } else { ("", "\n") };
        // Nobody listens, perhaps; grading goes on.
        let _ = write!(io::stderr(), "{before}distlab: {line}{after}");
    }

    /// Says a line of its own.
    pub fn say(&self, text: &str) {
        self.end();
        let _ = writeln!(io::stderr(), "distlab: {text}");
    }

    /// Takes away the line that is written over.
    pub fn end(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut state.open) {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(state: &State, total: usize, took: Duration) -> String {
    let mut line = format!("{} of {total} graded", state.done);
    if state.bad > 0 {
        line = format!("{line}, {} of them not readable", state.bad);
    }
    let left = total.saturating_sub(state.done);
    if took >= GUESS && state.fresh >= GUESS_FILES && left > 0 {
        let left = took.mul_f64(left as f64 / state.fresh as f64);
        line = format!("{line}, about {} left", span(left));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_and_how_long() {
        let check = |done, fresh, bad, took: u64, want: &str| {
            let state = State { done, fresh, bad, said: Instant::now(), open: false };
            assert_eq!(line(&state, 100, Duration::from_secs(took)), want);
        };
        check(1, 1, 0, 1, "1 of 100 graded");
        check(10, 10, 2, 10, "10 of 100 graded, 2 of them not readable, about 1 min 30 s left");
        // What was taken from before says nothing of how long it takes.
        check(50, 10, 0, 20, "50 of 100 graded, about 1 min 40 s left");
        check(50, 0, 0, 20, "50 of 100 graded");
        check(1, 1, 0, 600, "1 of 100 graded");
        check(100, 100, 0, 20, "100 of 100 graded");
    }
}

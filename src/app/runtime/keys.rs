//! Reads keys on a thread of its own until the program ends: the terminal's input cannot be awaited, and
//! a wait with a timeout would wake an idle machine. While another program has the terminal (the
//! learner's editor) nothing is read from it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::fd::{AsRawFd as _, RawFd};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, bail};
use crossterm::event::{self, Event};
use filedescriptor::{FileDescriptor, POLLIN, Pipe, poll, pollfd};
use tokio::sync::mpsc;

use crate::msg::Msg;

/// What is ready to be read is looked at for so long before it is waited for again.
const PATIENCE: Duration = Duration::from_millis(20);
/// How long the reading thread may take to let go of the terminal.
const LET_GO_MAX: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    /// Somebody else wants the terminal.
    Asked,
    /// Nothing is read.
    Away,
}

struct Gate {
    state: Mutex<State>,
    turned: Condvar,
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reading(&self) -> bool {
        *self.state() == State::Reading
    }

    fn set(&self, state: State) {
        *self.state() = state;
        self.turned.notify_all();
    }

    /// Stays away from the terminal as long as somebody else wants it.
    fn pass(&self) {
        let mut state = self.state();
        while *state != State::Reading {
            if *state == State::Asked {
                *state = State::Away;
                self.turned.notify_all();
            }
            state = self.turned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The thread that reads keys.
pub(super) struct Keys {
    gate: Arc<Gate>,
    /// What is written here ends the thread's wait.
    wake: FileDescriptor,
}

impl Keys {
    /// Begins to read.
    pub(super) fn read(sender: mpsc::Sender<Msg>) -> anyhow::Result<Self> {
        let pipe = Pipe::new().context("the system gives no pipe to wait for keys with")?;
        let gate = Arc::new(Gate { state: Mutex::new(State::Reading), turned: Condvar::new() });
        let keys = Self { gate: Arc::clone(&gate), wake: pipe.write };
        let mut woken = pipe.read;
        std::thread::Builder::new().name("keys".into()).spawn(move || {
            let read = read(&gate, &mut woken, &sender);
            if read.is_err() {
                let _ = sender.blocking_send(Msg::Quit);
            }
        })?;
        Ok(keys)
    }

    /// Returns when the terminal's input is read no more.
    pub(super) fn let_go(&mut self) -> anyhow::Result<()> {
        self.gate.set(State::Asked);
        self.nudge()?;
        let state = self.gate.state();
        let waited =
            self.gate.turned.wait_timeout_while(state, LET_GO_MAX, |state| *state != State::Away);
        let (state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        drop(state);
        if waited.timed_out() {
            self.take_up();
            bail!("keys are still being read; try it again");
        }
        Ok(())
    }

    /// Looks whether there is anything: a window's new size is no input that could be waited for.
    pub(super) fn nudge(&mut self) -> anyhow::Result<()> {
        self.wake.write_all(b"!").context("the reading of keys cannot be woken")
    }

    /// Reads again.
    pub(super) fn take_up(&self) {
        self.gate.set(State::Reading);
    }
}

/// Ends with an error when the terminal cannot be read, and without one when nobody wants keys any more.
fn read(gate: &Gate, woken: &mut FileDescriptor, sender: &mpsc::Sender<Msg>) -> anyhow::Result<()> {
    loop {
        gate.pass();
        // First, before anything is waited for: a window's new size that came meanwhile. Of a size and a
        // key that come at once, crossterm would tell the size and forget that there is a key.
        let mut patience = PATIENCE;
        while gate.reading() && event::poll(patience)? {
            patience = Duration::ZERO;
            let msg = match event::read()? {
                Event::Key(key) => Msg::Key(key),
                Event::Paste(text) => Msg::Paste(text),
                Event::Mouse(event) => Msg::Mouse(event),
                Event::Resize(cols, rows) => Msg::Resize { cols, rows },
                Event::FocusGained | Event::FocusLost => continue,
            };
            if sender.blocking_send(msg).is_err() {
                return Ok(());
            }
        }
        if gate.reading() {
            wait(woken)?;
        }
    }
}

/// Waits for something to be read from the terminal, for a nudge, or for a signal.
fn wait(woken: &mut FileDescriptor) -> anyhow::Result<()> {
    let ready = |fd: RawFd| pollfd { fd, events: POLLIN, revents: 0 };
    let mut both = [ready(std::io::stdin().as_raw_fd()), ready(woken.as_raw_fd())];
    match poll(&mut both, None) {
        Ok(_) => {}
        Err(filedescriptor::Error::Poll(error)) if error.kind() == ErrorKind::Interrupted => {
            return Ok(());
        }
        Err(error) => return Err(error).context("the terminal cannot be waited for"),
    }
    if both[1].revents != 0 {
        let _ = woken.read(&mut [0; 8])?;
    }
    Ok(())
}

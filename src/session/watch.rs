//! Checks by themselves: when the world changes, when something scheduled is due, and when the real
//! engine tells of an event. Nothing is polled; the thread sleeps until one of these happens.

use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::ears::Ears;
use super::{Change, Session};

/// Changes that come in quick succession (a recursive copy) are answered by one check.
const QUIET: Duration = Duration::from_millis(60);
/// And a flood of them by a check at least this often.
const PATIENCE: Duration = Duration::from_millis(400);
/// Sleeping without a scheduled event; the thread wakes to see whether the session has ended.
const LONG: Duration = Duration::from_mins(1);

impl Session {
    /// Lets what is due happen and tells what the real engine does, until the session is dropped;
    /// with `checks` it also checks after each change. (The screen does that itself.)
    pub fn watch(self: &Arc<Self>, checks: bool) -> anyhow::Result<()> {
        let weak = Arc::downgrade(self);
        let changes = self.engine.listen();
        thread::Builder::new().name("checks".into()).spawn(move || {
            let mut first = checks;
            loop {
                let Some(session) = weak.upgrade() else { return };
                let wait = session.engine.until_next_event().unwrap_or(LONG).min(LONG);
                drop(session);
                if !std::mem::take(&mut first) {
                    match changes.recv_timeout(wait.max(Duration::from_millis(10))) {
                        Ok(Change::World) if checks => drain(&changes),
                        Ok(_) => continue,
                        Err(RecvTimeoutError::Timeout) => {
                            let Some(session) = weak.upgrade() else { return };
                            session.engine.tick();
                            continue;
                        }
                        Err(RecvTimeoutError::Disconnected) => return,
                    }
                }
                let Some(session) = weak.upgrade() else { return };
                session.look_again();
            }
        })?;
        if !self.lab().needs.is_empty() {
            watch_engine(Arc::downgrade(self))?;
        }
        Ok(())
    }

    fn look_again(&self) {
        match self.check(None) {
            Ok(steps) => self.engine.tell(&Change::Steps(steps)),
            Err(error) => self.engine.tell(&Change::Notice(format!("{error:#}"))),
        }
    }
}

/// Waits until changes stop coming.
fn drain(changes: &std::sync::mpsc::Receiver<Change>) {
    let began = Instant::now();
    while began.elapsed() < PATIENCE && changes.recv_timeout(QUIET).is_ok() {}
}

/// Turns events of the real engine into changes. When the engine goes away it is looked for again,
/// less and less often.
fn watch_engine(weak: Weak<Session>) -> anyhow::Result<()> {
    thread::Builder::new().name("engine events".into()).spawn(move || {
        let mut pause = Duration::from_secs(1);
        let mut ears = Ears::default();
        while weak.strong_count() > 0 {
            let heard = crate::docker::each_event(&mut |event| {
                let Some(session) = weak.upgrade() else { return false };
                if ears.may_change(event) {
                    session.engine.tell(&Change::World);
                }
                true
            });
            pause = if heard { Duration::from_secs(1) } else { (pause * 2).min(LONG) };
            if let Some(session) = weak.upgrade() {
                session.engine.tell(&Change::World);
            }
            thread::sleep(pause);
        }
    })?;
    Ok(())
}

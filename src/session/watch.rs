//! Checks by themselves: when the world changes, when something scheduled is due, when the real
//! engine tells of an event, and when a file of the workspace was edited. Only the files are polled,
//! once a second.

use std::collections::BTreeSet;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::event_filter::EventFilter;
use super::files::Files;
use super::{Change, Session};
use course::Need;

/// Changes that come in quick succession (a recursive copy) are answered by one check.
const QUIET: Duration = Duration::from_millis(60);
/// And a flood of them by a check at least this often.
const PATIENCE: Duration = Duration::from_millis(400);
/// An engine that is away is looked for at least this often.
const LONG: Duration = Duration::from_mins(1);

impl Session {
    /// Lets what is due happen and tells what the real engine and the learner's editor do, until the
    /// session is dropped; with `checks` it also checks after each change. (The screen does that
    /// itself.)
    pub fn watch(self: &Arc<Self>, checks: bool) -> anyhow::Result<()> {
        let weak = Arc::downgrade(self);
        let changes = self.engine.listen();
        let workspace = self.workspace();
        thread::Builder::new().name("checks".into()).spawn(move || {
            let mut first = checks;
            let mut files = Files::of(workspace);
            loop {
                let Some(session) = weak.upgrade() else { return };
                if files.edited() {
                    session.engine.tell(&Change::World);
                }
                let wait = files.until_next();
                let wait = session.engine.until_next_event().map_or(wait, |event| event.min(wait));
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
    let nodes = follow_nodes(weak.clone())?;
    thread::Builder::new().name("engine events".into()).spawn(move || {
        let mut pause = Duration::from_secs(1);
        let mut filter = EventFilter::default();
        while weak.strong_count() > 0 {
            // One wish that waits is enough; the thread is gone in labs without nodes.
            let look = || {
                let _ = nodes.try_send(());
            };
            look();
            let heard = docker::each_event(None, &mut |event| {
                if !filter.may_change(event) {
                    return weak.strong_count() > 0;
                }
                look();
                tell(&weak)
            });
            pause = if heard { Duration::from_secs(1) } else { (pause * 2).min(LONG) };
            tell(&weak);
            thread::sleep(pause);
        }
    })?;
    Ok(())
}

/// Says that something may have changed; false when the session has ended.
fn tell(weak: &Weak<Session>) -> bool {
    let Some(session) = weak.upgrade() else { return false };
    session.engine.tell(&Change::World);
    true
}

/// Turns events of the lab's nodes into changes as well. Which nodes there are is looked up at each
/// wish: a node that comes or goes is an event of the learner's own engine.
fn follow_nodes(weak: Weak<Session>) -> anyhow::Result<SyncSender<()>> {
    let (sender, wishes) = sync_channel(1);
    let watched: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    thread::Builder::new().name("nodes".into()).spawn(move || {
        while wishes.recv().is_ok() {
            let Some(session) = weak.upgrade() else { return };
            if !session.lab().needs.contains(&Need::Swarm) {
                return;
            }
            for (_, host) in session.nodes() {
                let fresh = watched.lock().is_ok_and(|mut all| all.insert(host.clone()));
                if !fresh || docker::own_host().as_ref() == Some(&host) {
                    continue;
                }
                let (weak, watched) = (weak.clone(), watched.clone());
                thread::spawn(move || {
                    watch_node(&weak, &host);
                    if let Ok(mut all) = watched.lock() {
                        all.remove(&host);
                    }
                });
            }
        }
    })?;
    Ok(sender)
}

/// A node's container runs a moment before its engine answers.
const STARTING: Duration = Duration::from_secs(30);

/// Tells of a node's events until it goes away.
fn watch_node(weak: &Weak<Session>, host: &str) {
    let began = Instant::now();
    while weak.strong_count() > 0 && began.elapsed() < STARTING {
        let mut filter = EventFilter::default();
        let heard = docker::each_event(Some(host), &mut |event| {
            if filter.may_change(event) { tell(weak) } else { weak.strong_count() > 0 }
        });
        if heard {
            return;
        }
        thread::sleep(Duration::from_millis(300));
    }
}

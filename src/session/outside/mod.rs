//! What the world wants done outside: begun, watched over and ended, so that what there is comes to be
//! what there should be.
//!
//! After each change of what is wanted, at the opening and after an undo or a reset, one thread compares
//! the world's runs with what there is: its own watchers, the traces in the lab's folder, the labels on
//! the engine. A run has a watcher, a thread that begins it and tells of its end. That it begins is in
//! the journal before anything runs, and its end before what is left of it is removed: so whatever is
//! killed in between is found, and nothing runs of which the journal does not know.

mod container;
mod facts;
mod fault;
mod following;
#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros make public items")]
mod made_up;
mod output;
mod passing;
mod patience;
mod proc;
mod process;
mod serving;
mod stop;
#[cfg(test)]
mod tests;
mod traces;
mod watch;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::Change;
use crate::engine::Engine;
use crate::profile::{Profile, token};
use container::Found;
use patience::{ANSWER_TIME_MAX, Patience, WORK_TIME_MAX};
use process::MARK;
use sim::outside::Run;
use sim::{Observation, RunId, Wanted};
use stop::{Stop, Why};
use traces::{Begun, Thing, Traces};

/// More runs are not under way at once; the others wait.
const AT_ONCE: usize = 8;
/// The same for containers that serve, which do not come to an end.
const SERVING_AT_ONCE: usize = 64;
/// How long until something is tried again that the engine or the disk refused.
const RETRY: Duration = Duration::from_secs(5);

/// The session's hands outside.
pub(super) struct Outside {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What its threads share.
struct Shared {
    engine: Arc<Engine>,
    profile: Profile,
    world: String,
    traces: Traces,
    /// Tells this world's things from those of all others.
    owner: String,
    watched: Mutex<BTreeMap<RunId, Watched>>,
    wake: Sender<()>,
    patience: Patience,
    /// Runs of which nothing can be known, or that cannot be begun.
    put_off: Mutex<BTreeMap<RunId, PutOff>>,
    /// Whether it was said that the engine cannot be asked; once is enough.
    said: AtomicBool,
    /// Whether the session before left something to be done.
    owes: AtomicBool,
    /// What could not be finished when the session was closed.
    left: Mutex<Option<String>>,
}

/// A run that waits for the engine or the disk.
#[derive(Clone, Copy)]
struct PutOff {
    /// Since when.
    since: Instant,
    /// When it is tried again.
    again: Instant,
}

/// A run that has a watcher.
struct Watched {
    /// The entry by which it began, once it has.
    began: Option<u64>,
    /// Whether it serves.
    serves: bool,
    stop: Arc<Stop>,
    thread: Option<JoinHandle<()>>,
}

impl Outside {
    /// Begins to do what the world of this engine wants.
    pub(super) fn open(
        engine: &Arc<Engine>,
        profile: &Profile,
        world: &str,
    ) -> anyhow::Result<Self> {
        let (wake, woken) = channel();
        engine.tell_outside(wake.clone());
        let shared = Arc::new(Shared {
            engine: Arc::clone(engine),
            profile: profile.clone(),
            world: world.to_owned(),
            traces: Traces(profile.world_dir(world).join("runs")),
            owner: format!("{}/{world}", token(&engine.book().store)?),
            watched: Mutex::default(),
            wake,
            patience: Patience::default(),
            put_off: Mutex::default(),
            said: AtomicBool::new(false),
            owes: AtomicBool::new(engine.progress(LEFT)?.is_some()),
            left: Mutex::default(),
        });
        let follower = Arc::clone(&shared);
        let thread =
            thread::Builder::new().name("outside".into()).spawn(move || follower.follow(&woken))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Does nothing more. What cannot outlive the session is ended, and the journal says so. An engine
    /// that does not answer is not waited for: what it was to do is told, now and when the lab is opened
    /// again, and done then.
    pub(super) fn close(&mut self) {
        self.shared.patience.close();
        let _ = self.shared.wake.send(());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        let threads: Vec<JoinHandle<()>> = {
            let mut watched = self.shared.watched();
            watched.values().for_each(|w| w.stop.tell(Why::Closing));
            watched.values_mut().filter_map(|w| w.thread.take()).collect()
        };
        for thread in threads {
            let _ = thread.join();
        }
        let left = self.shared.left.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(why) = left {
            // Best effort: what is left is found by its labels in any case.
            let _ = self.shared.engine.set_progress(LEFT, &why);
            self.shared.engine.tell(&Change::Notice(left_behind(&why)));
        }
    }
}

/// Remembers why the session before could not finish what it had to do on the engine.
const LEFT: &str = "outside/left";

fn left_behind(why: &str) -> String {
    format!(
        "When the lab was closed, the engine could not be asked about one of its containers: {why} It \
         will be dealt with once the lab is open and the engine answers; distlab clean removes it, too."
    )
}

/// What the session before could not finish. It is told until it is done.
pub(super) fn left_open(engine: &Engine) -> anyhow::Result<Option<String>> {
    Ok(engine.progress(LEFT)?.map(|why| left_behind(&why)))
}

impl Drop for Outside {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn watched(&self) -> MutexGuard<'_, BTreeMap<RunId, Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn closing(&self) -> bool {
        self.patience.closing()
    }

    /// Compares and acts, now and whenever something has changed.
    fn follow(self: &Arc<Self>, woken: &Receiver<()>) {
        while !self.closing() {
            let settled = self.settle();
            if let Err(error) = &settled {
                self.say(&format!("{error:#}"));
            }
            let heard = match settled {
                Ok(false) => woken.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Ok(true) => woken.recv_timeout(RETRY),
                Err(_) => self.pause(woken),
            };
            if heard == Err(RecvTimeoutError::Disconnected) {
                return;
            }
            // What has come meanwhile is answered by the same look.
            while woken.try_recv().is_ok() {}
        }
    }

    /// Waits whatever happens: what cannot be written makes the world anew each time it is tried.
    fn pause(&self, woken: &Receiver<()>) -> Result<(), RecvTimeoutError> {
        let until = Instant::now() + RETRY;
        while !self.closing() {
            match woken.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn say(&self, why: &str) {
        if self.closing() {
            *self.left.lock().unwrap_or_else(PoisonError::into_inner) = Some(why.to_owned());
            return;
        }
        self.engine.tell(&Change::Notice(format!(
            "What the lab wants to run cannot run now: {why}. It will be tried again."
        )));
    }

    fn put_off(&self) -> MutexGuard<'_, BTreeMap<RunId, PutOff>> {
        self.put_off.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a run off; whether it was not before.
    fn wait_with(&self, id: &RunId) -> bool {
        let (mut all, now) = (self.put_off(), Instant::now());
        let before = all.get(id).map(|put_off| put_off.since);
        all.insert(id.clone(), PutOff { since: before.unwrap_or(now), again: now + RETRY });
        before.is_none()
    }

    /// Whether it is not yet time to try a run again.
    fn waits(&self, id: &RunId) -> bool {
        self.put_off().get(id).is_some_and(|put_off| put_off.again > Instant::now())
    }

    /// Makes what there is into what there should be, as far as that can be done now; whether something
    /// has to be tried again.
    fn settle(self: &Arc<Self>) -> anyhow::Result<bool> {
        let runs = self.tell_watchers();
        let left = self.traces.all();
        self.end_processes(&left);
        let on_engine = self.containers(&runs, &left);
        match &on_engine {
            Ok(_) => {
                self.said.store(false, Ordering::Relaxed);
                if self.owes.swap(false, Ordering::Relaxed) {
                    self.engine.forget_progress(LEFT)?;
                }
            }
            Err(error) => {
                if !self.said.swap(true, Ordering::Relaxed) || self.closing() {
                    self.say(&format!("{error:#}"));
                }
            }
        }
        let lost = self.lost(&runs, on_engine.as_ref().ok());
        for id in lost {
            let began = runs.get(&id).and_then(|run| run.began);
            self.engine.observe(&id, began, &Observation::Interrupted)?;
        }
        self.put_off().retain(|id, _| runs.contains_key(id));
        let waits = self.engine.frozen().is_none() && self.begin(&runs)?;
        // An engine that does not answer is asked again.
        Ok(waits || on_engine.is_err() || self.put_off().keys().any(|id| !self.is_under_way(id)))
    }

    /// Tells watchers whose runs are not wanted any more, or are others by now; the runs that there are.
    fn tell_watchers(&self) -> BTreeMap<RunId, Run> {
        // Held before the world is looked at: a run that begins in between would seem to be another.
        let watched = self.watched();
        let runs: BTreeMap<RunId, Run> = self.engine.runs().into_iter().collect();
        fault::dawdle();
        for (id, watched) in watched.iter() {
            match runs.get(id) {
                None => watched.stop.tell(Why::TakenBack),
                Some(run) if watched.began.is_some() && watched.began != run.began => {
                    watched.stop.tell(Why::TakenBack);
                }
                Some(run) if run.unwanted => watched.stop.tell(Why::Unwanted),
                Some(_) => {}
            }
        }
        runs
    }

    fn is_under_way(&self, id: &RunId) -> bool {
        self.watched().contains_key(id)
    }

    /// Whether a beginning of a run has a watcher.
    fn is_watched(&self, begun: &Begun) -> bool {
        self.watched().get(&begun.run).is_some_and(|watched| watched.began == Some(begun.entry))
    }

    /// Ends the processes of sessions before this one: they cannot be watched over any more.
    fn end_processes(&self, left: &[(Begun, Thing)]) {
        for (begun, thing) in left {
            let Thing::Process { pid, started } = thing else { continue };
            if self.is_watched(begun) {
                continue;
            }
            if proc::end(&format!("{MARK}={}", self.mark(begun)), Some((*pid, *started))) {
                self.traces.forget(begun);
            }
        }
    }

    /// Whether a container has begun and nobody watches over it.
    fn is_unseen(&self, id: &RunId, run: &Run) -> bool {
        let container = matches!(run.wanted, Wanted::Container(_));
        container && run.began.is_some() && !self.is_under_way(id)
    }

    fn remove(&self, container: &str) -> Result<(), docker::EngineError> {
        docker::block_on(self.patience.answer(WORK_TIME_MAX, async {
            container::remove(&docker::Engine::open(None)?, container).await
        }))
    }

    /// Takes up containers of sessions before this one, and removes those that nobody wants. Returns
    /// what is there of those wanted; the engine is asked only when there may be something.
    fn containers(
        self: &Arc<Self>,
        runs: &BTreeMap<RunId, Run>,
        left: &[(Begun, Thing)],
    ) -> anyhow::Result<Vec<Begun>> {
        let traces = left.iter().filter(|(_, thing)| *thing == Thing::Container);
        let mut stale: Vec<&Begun> = traces.map(|(begun, _)| begun).collect();
        stale.retain(|begun| !self.is_watched(begun));
        let mut unseen = runs.iter().filter(|(id, run)| self.is_unseen(id, run)).peekable();
        if stale.is_empty() && unseen.peek().is_none() {
            return Ok(Vec::new());
        }
        let found = docker::block_on(self.patience.answer(ANSWER_TIME_MAX, async {
            let engine = docker::Engine::connect(None).await?;
            container::list(&engine, &self.owner).await
        }));
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                unseen.for_each(|(id, _)| _ = self.wait_with(id));
                return Err(error.into());
            }
        };
        let mut here = Vec::new();
        for found in found {
            let begun = found.begun.clone();
            if begun.as_ref().is_some_and(|begun| self.is_watched(begun)) {
                continue;
            }
            let wanted = begun.as_ref().and_then(|begun| runs.get(&begun.run)).filter(|run| {
                found.started && run.began == begun.as_ref().map(|begun| begun.entry)
            });
            match (begun, wanted) {
                (Some(begun), Some(run)) => {
                    here.push(begun.clone());
                    if !self.waits(&begun.run) {
                        self.watch(&begun.run, run, Some((begun.entry, found)))?;
                    }
                }
                _ => self.remove(&found.id)?,
            }
        }
        for begun in stale.into_iter().filter(|begun| !here.contains(begun)) {
            self.traces.forget(begun);
        }
        Ok(here)
    }

    /// The runs that had begun and of which nothing is left. Of containers nobody knows while the engine
    /// does not answer, or answers badly; when that takes longer than the run may, it is over by now,
    /// and nobody saw how. What may be left of it is removed when the engine is back.
    fn lost(&self, runs: &BTreeMap<RunId, Run>, on_engine: Option<&Vec<Begun>>) -> Vec<RunId> {
        let (watched, put_off) = (self.watched(), self.put_off());
        let lost = runs.iter().filter(|(id, run)| {
            let Some(entry) = run.began.filter(|_| !watched.contains_key(id)) else { return false };
            if matches!(run.wanted, Wanted::Process(_)) {
                return true;
            }
            let most = run.wanted.limits().time;
            let over = most.is_some_and(|most| {
                put_off.get(id).is_some_and(|put_off| put_off.since.elapsed() > most)
            });
            let here = |here: &Vec<Begun>| here.iter().any(|b| b.run == **id && b.entry == entry);
            over || on_engine.is_some_and(|all| !here(all))
        });
        lost.map(|(id, _)| id.clone()).collect()
    }

    /// Begins what is wanted and has not begun, as far as there is room; whether something was put off.
    fn begin(self: &Arc<Self>, runs: &BTreeMap<RunId, Run>) -> anyhow::Result<bool> {
        let mut waits = false;
        for (id, run) in runs.iter().filter(|(_, run)| run.began.is_none()) {
            if self.closing() {
                break;
            }
            let serves = run.wanted.serving().is_some();
            let most = if serves { SERVING_AT_ONCE } else { AT_ONCE };
            if self.watched().values().filter(|other| other.serves == serves).count() >= most {
                continue;
            }
            if self.waits(id) {
                waits = true;
                continue;
            }
            self.watch(id, run, None)?;
        }
        Ok(waits)
    }

    /// Gives a run a watcher, unless it has one.
    fn watch(
        self: &Arc<Self>,
        id: &RunId,
        run: &Run,
        found: Option<(u64, Found)>,
    ) -> anyhow::Result<()> {
        let mut watched = self.watched();
        if watched.contains_key(id) {
            return Ok(());
        }
        let stop = Arc::new(Stop::default());
        if run.unwanted {
            stop.tell(Why::Unwanted);
        }
        let began = found.as_ref().map(|(entry, _)| *entry);
        let (shared, told) = (Arc::clone(self), Arc::clone(&stop));
        let (run_id, run) = (id.clone(), run.clone());
        let serves = run.wanted.serving().is_some();
        let thread = thread::Builder::new().name("run".into()).spawn(move || {
            if let Err(error) = shared.watch_over(&run_id, &run, &told, found) {
                // Once is enough to say why.
                if shared.wait_with(&run_id) || shared.closing() {
                    shared.say(&format!("{error:#}"));
                }
            }
            shared.watched().remove(&run_id);
            // There is room for another, and this one may be wanted again.
            let _ = shared.wake.send(());
        })?;
        watched.insert(id.clone(), Watched { began, serves, stop, thread: Some(thread) });
        Ok(())
    }

    /// Notes by which entry a watched run began.
    fn note_began(&self, id: &RunId, entry: u64) -> Begun {
        if let Some(watched) = self.watched().get_mut(id) {
            watched.began = Some(entry);
        }
        // What it waited for before is no trouble of what runs now.
        self.put_off().remove(id);
        // An undo may have come in between.
        let _ = self.wake.send(());
        Begun { run: id.clone(), entry }
    }

    /// What the things of one beginning of a run are known by.
    fn mark(&self, begun: &Begun) -> String {
        format!("{}/{}", self.owner, begun.name())
    }
}

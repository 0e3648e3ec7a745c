//! One world with its journal and clock, behind a lock that is never held while waiting.
//!
//! Every writing request is applied, appended to the journal and only then answered, so whatever
//! was acknowledged is there after `kill -9`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Change;
use super::clock::Clock;
use super::history::{self, Act, Kept};
use base::{Digest, Time};
use gateway::{Address, CallError, Gateway, Place};
use sim::api::{ApiError, OpDef};
use sim::aws::iam::Credential;
use sim::{Caller, Config, Effect, World};
use store::{self, BlobStore, NewEntry, Store, WorldRow};

/// What a world is made from; its JSON text is the origin of the hash chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    pub lab: String,
    pub seed: u64,
    pub account: String,
    pub region: String,
    /// Lab time of the beginning, in milliseconds.
    pub start: i64,
    pub learner: String,
    pub learner_seed: u64,
}

impl Manifest {
    /// A fresh world as the manifest says.
    #[must_use]
    pub fn world(&self) -> World {
        World::new(Config {
            seed: self.seed,
            account: self.account.clone(),
            region: self.region.clone(),
            start: Time(self.start),
        })
    }

    /// The text that the chain hangs from.
    pub fn text(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string(self)?)
    }
}

/// Plays kept entries into a fresh world.
pub fn replay(manifest: &Manifest, kept: &[Kept]) -> anyhow::Result<World> {
    let mut world = manifest.world();
    for entry in kept {
        // A refusal then is a refusal now; it changed nothing.
        let _refused = history::apply(&mut world, entry)?;
    }
    world.take_effects();
    Ok(world)
}

struct Core {
    world: World,
    store: Store,
    id: String,
    head: Digest,
    seq: u64,
    group: u64,
    clock: Clock,
    /// Set when the journal could not be read to its end: nothing may be written behind it.
    frozen: Option<String>,
}

/// A running world. Shared by the screen, the listeners and the learner's commands.
pub struct Engine {
    manifest: Manifest,
    blobs: BlobStore,
    core: Mutex<Core>,
    listeners: Mutex<Vec<Sender<Change>>>,
    /// Where the world's doors are, for whoever asks for its place.
    doors: Mutex<Vec<Address>>,
}

impl Engine {
    /// Opens a world that the store knows, by replaying its journal. The clock runs at `speed`.
    pub fn open(
        store: Store,
        blobs: BlobStore,
        row: &WorldRow,
        speed: u32,
    ) -> anyhow::Result<Self> {
        let manifest: Manifest = serde_json::from_str(&row.manifest)
            .with_context(|| format!("the record of world {} cannot be read", row.id))?;
        let loaded = store.load(&row.id, store::origin(&row.manifest))?;
        let kept = history::fold(&loaded.entries)?;
        let mut world = replay(&manifest, &kept)?;
        let last = loaded.entries.last();
        let now = Time(row.lab_time).max(world.now()).max(Time(last.map_or(0, |e| e.at)));
        world.advance(now);
        let core = Core {
            head: last.map_or_else(|| store::origin(&row.manifest), |e| e.hash),
            seq: last.map_or(0, |e| e.seq),
            group: loaded.entries.iter().map(|e| e.group).max().unwrap_or(0),
            clock: Clock::new(now, speed),
            frozen: loaded.broken.map(|b| b.to_string()),
            id: row.id.clone(),
            world,
            store,
        };
        Ok(Self {
            manifest,
            blobs,
            core: Mutex::new(core),
            listeners: Mutex::default(),
            doors: Mutex::default(),
        })
    }

    fn core(&self) -> MutexGuard<'_, Core> {
        // A panic is caught around the world and mended by replay, so a poisoned lock holds sound data.
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    #[must_use]
    pub fn blob_store(&self) -> &BlobStore {
        &self.blobs
    }

    /// What is wrong with the journal, when something is: it can be read up to there, and nothing
    /// is written behind it.
    #[must_use]
    pub fn frozen(&self) -> Option<String> {
        self.core().frozen.clone()
    }

    /// Takes no more entries, for this reason.
    pub fn freeze(&self, why: &str) {
        self.core().frozen.get_or_insert_with(|| why.to_owned());
    }

    /// Where the world's doors are.
    pub fn set_doors(&self, doors: Vec<Address>) {
        *self.doors.lock().unwrap_or_else(PoisonError::into_inner) = doors;
    }

    /// A channel on which every change is told from now on.
    #[must_use]
    pub fn listen(&self) -> Receiver<Change> {
        let (sender, receiver) = channel();
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        receiver
    }

    /// Tells everyone who listens.
    pub fn tell(&self, change: &Change) {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| listener.send(change.clone()).is_ok());
    }

    /// A number for the inputs of one command.
    #[must_use]
    pub fn new_group(&self) -> u64 {
        let mut core = self.core();
        core.group += 1;
        core.group
    }

    /// Looks at the world as it is now.
    pub fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        let mut core = self.core();
        let now = core.clock.now();
        core.world.advance(now);
        look(&core.world)
    }

    #[must_use]
    pub fn lab_time(&self) -> Time {
        self.core().clock.now()
    }

    #[must_use]
    pub fn speed(&self) -> u32 {
        self.core().clock.speed()
    }

    /// How long until the world changes by itself, if it will and the clock runs.
    #[must_use]
    pub fn until_next_event(&self) -> Option<Duration> {
        let core = self.core();
        core.world.next_event().and_then(|at| core.clock.until(at))
    }

    /// Lets everything happen that is due, and tells what the world has to say of it.
    pub fn tick(&self) {
        let effects = {
            let mut core = self.core();
            let now = core.clock.now();
            core.world.advance(now);
            core.world.take_effects()
        };
        self.perform(effects, false);
    }

    fn perform(&self, effects: Vec<Effect>, changed: bool) {
        let told = changed || !effects.is_empty();
        for effect in effects {
            match effect {
                Effect::Notice { text, .. } => self.tell(&Change::Notice(text)),
            }
        }
        if told {
            self.tell(&Change::World);
        }
    }

    /// Performs one request now.
    pub fn call(
        &self,
        group: u64,
        caller: &Caller,
        op: &'static OpDef,
        input: Value,
    ) -> Result<Value, CallError> {
        let mut core = self.core();
        let at = core.clock.now();
        if op.read_only() {
            return Ok(guarded(|| core.world.apply(at, caller, op, input))?);
        }
        if let Some(why) = &core.frozen {
            return Err(CallError::Broken(anyhow!("nothing can be changed: {why}")));
        }
        let applied = guarded(|| core.world.apply(at, caller, op, input.clone()));
        let panicked = applied.as_ref().is_err_and(|e| e.code == BROKEN);
        let act = Act::Call {
            caller: caller.clone(),
            service: op.service.into(),
            op: op.name.into(),
            input,
            ok: applied.is_ok(),
        };
        let at = core.world.now();
        let written = if panicked { Ok(()) } else { core.write(at, group, &act).map(|_| ()) };
        if panicked || written.is_err() {
            // The world may be ahead of the journal now: the journal is what counts.
            core.rebuild(&self.manifest).map_err(CallError::Broken)?;
        }
        written.map_err(CallError::Broken)?;
        let effects = core.world.take_effects();
        drop(core);
        self.perform(effects, applied.is_ok());
        Ok(applied?)
    }

    /// Records something that is not a request.
    pub fn record(&self, group: u64, act: &Act) -> anyhow::Result<u64> {
        let mut core = self.core();
        let at = core.clock.now();
        core.world.advance(at);
        core.write(at, group, act)
    }

    /// Moves lab time on; what was scheduled until then happens.
    pub fn advance(&self, by: Duration) -> anyhow::Result<Time> {
        let (now, effects) = {
            let mut core = self.core();
            core.clock.advance(by);
            let now = core.clock.now();
            core.world.advance(now);
            core.group += 1;
            let group = core.group;
            core.write(now, group, &Act::Advance)?;
            (now, core.world.take_effects())
        };
        self.perform(effects, true);
        Ok(now)
    }

    /// Takes back the last command that changed the world, and says which that was; `None` when
    /// there is none.
    pub fn undo(&self) -> anyhow::Result<Option<String>> {
        let undone;
        {
            let mut core = self.core();
            let kept = core.kept(&self.manifest)?;
            let Some(last) = history::last_change(&kept) else { return Ok(None) };
            undone = history::describe(&kept, last);
            core.group += 1;
            let (now, group) = (core.clock.now(), core.group);
            core.write(now, group, &Act::Undo)?;
            core.rebuild(&self.manifest)?;
        }
        self.tell(&Change::World);
        Ok(Some(undone))
    }

    /// Takes the world back to where it stood at entry `keep` (0: the very beginning), lab time
    /// included: a machine that died since must not be dead again at once.
    pub fn reset(&self, keep: u64) -> anyhow::Result<()> {
        {
            let mut core = self.core();
            let before = core.kept(&self.manifest)?;
            let then = before.iter().rev().find(|k| k.seq <= keep).map(|k| k.at);
            let then = then.unwrap_or(Time(self.manifest.start));
            core.group += 1;
            let group = core.group;
            core.write(then, group, &Act::Reset { keep })?;
            core.clock = Clock::new(then, core.clock.speed());
            core.store.save_time(&core.id, then.0)?;
            core.rebuild(&self.manifest)?;
        }
        self.tell(&Change::World);
        Ok(())
    }

    /// Begins the world anew and forgets its journal: for a server, whose history nobody grades.
    pub fn restart(&self) -> anyhow::Result<()> {
        {
            let mut core = self.core();
            let text = self.manifest.text()?;
            let row = WorldRow {
                id: core.id.clone(),
                manifest: text.clone(),
                lab_time: core.clock.now().0,
            };
            core.store.create_world(&row)?;
            core.head = store::origin(&text);
            core.seq = 0;
            core.frozen = None;
            core.rebuild(&self.manifest)?;
        }
        self.tell(&Change::World);
        Ok(())
    }

    /// The entries that count, read from the store.
    pub fn kept(&self) -> anyhow::Result<Vec<Kept>> {
        self.core().kept(&self.manifest)
    }

    /// The whole journal.
    pub fn journal(&self) -> anyhow::Result<store::Loaded> {
        let core = self.core();
        Ok(core.store.load(&core.id, store::origin(&self.manifest.text()?))?)
    }

    /// Remembers the lab time for the next start.
    pub fn save_time(&self) -> anyhow::Result<()> {
        let core = self.core();
        Ok(core.store.save_time(&core.id, core.clock.now().0)?)
    }

    /// Remembers a value beside the history (hints shown, say).
    pub fn set_progress(&self, key: &str, value: &str) -> anyhow::Result<()> {
        let core = self.core();
        Ok(core.store.set_progress(&core.id, key, value)?)
    }

    /// A value remembered beside the history.
    pub fn progress(&self, key: &str) -> anyhow::Result<Option<String>> {
        let core = self.core();
        Ok(core.store.progress(&core.id, key)?)
    }

    /// Forgets values remembered beside the history.
    pub fn forget_progress(&self, prefix: &str) -> anyhow::Result<()> {
        let core = self.core();
        Ok(core.store.forget_progress(&core.id, prefix)?)
    }
}

impl Core {
    fn write(&mut self, at: Time, group: u64, act: &Act) -> anyhow::Result<u64> {
        if let Some(why) = &self.frozen {
            bail!("nothing can be changed: {why}");
        }
        let (kind, body) = act.encode()?;
        let entry = NewEntry { at: at.0, group, kind: &kind, body: &body };
        let seq = self.seq + 1;
        self.head = self.store.append(&self.id, seq, &self.head, &entry)?;
        self.seq = seq;
        Ok(seq)
    }

    fn kept(&self, manifest: &Manifest) -> anyhow::Result<Vec<Kept>> {
        let loaded = self.store.load(&self.id, store::origin(&manifest.text()?))?;
        history::fold(&loaded.entries)
    }

    fn rebuild(&mut self, manifest: &Manifest) -> anyhow::Result<()> {
        let kept = self.kept(manifest)?;
        self.world = replay(manifest, &kept)?;
        self.world.advance(self.clock.now());
        self.world.take_effects();
        Ok(())
    }
}

/// The code of the error that a panic inside the world becomes.
const BROKEN: &str = "DistlabBroken";

/// Runs a piece of the world; a panic becomes an error that says so.
fn guarded(run: impl FnOnce() -> Result<Value, ApiError>) -> Result<Value, ApiError> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let what = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        Err(ApiError::new(
            500,
            BROKEN,
            format!("The simulation broke a rule of its own ({what}). The request was not kept; the journal that led here is a complete bug report: distlab submit writes it to a file."),
        ))
    })
}

/// The way to an engine within this process. Clones share a group.
#[derive(Clone)]
pub struct Line {
    engine: Arc<Engine>,
    /// The group of every call, or a new one for each.
    group: Option<u64>,
}

impl Line {
    /// Each call is a change of its own.
    #[must_use]
    pub fn separate(engine: Arc<Engine>) -> Self {
        Self { engine, group: None }
    }

    /// All calls are one change.
    #[must_use]
    pub fn grouped(engine: Arc<Engine>) -> Self {
        let group = Some(engine.new_group());
        Self { engine, group }
    }
}

impl Gateway for Line {
    fn call(&self, caller: &Caller, op: &'static OpDef, input: Value) -> Result<Value, CallError> {
        let group = match self.group {
            Some(group) => group,
            None if op.read_only() => 0,
            None => self.engine.new_group(),
        };
        self.engine.call(group, caller, op, input)
    }

    fn credential(&self, access_key_id: &str) -> Result<Option<Credential>, CallError> {
        Ok(self.engine.look(|world| world.credential(access_key_id)))
    }

    fn root_credential(&self) -> Result<Credential, CallError> {
        Ok(self.engine.look(World::root_credential))
    }

    fn now(&self) -> Result<Time, CallError> {
        Ok(self.engine.lab_time())
    }

    fn advance(&self, by: Duration) -> Result<Time, CallError> {
        self.engine.advance(by).map_err(CallError::Broken)
    }

    fn blobs(&self) -> &BlobStore {
        &self.engine.blobs
    }

    fn place(&self) -> Place {
        Place {
            account: self.engine.manifest.account.clone(),
            region: self.engine.manifest.region.clone(),
            doors: self.engine.doors.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

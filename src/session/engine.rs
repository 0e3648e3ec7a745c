//! One world with its journal and clock, behind a lock that is never held while waiting.
//!
//! Every writing request is applied, appended to the journal and only then answered, so whatever
//! was acknowledged is there after `kill -9`. The world has one lock and the journal's file another:
//! while some requests are being written, others are applied, and reading ones are answered. (They may
//! see what is on its way into the journal. Whoever builds on it comes behind it there.)
//!
//! The world's lock may be taken while the journal's is held, never the other way round.

use std::future::ready;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::bail;
use serde_json::Value;

use super::Change;
use super::clock::Clock;
use super::commit::{Queue, Ticket};
use super::history::{self, Act, Fold, Kept};
use super::journal::{self, Disk};
use super::manifest::Manifest;
use base::Time;
use gateway::{Address, Answer, CallError, Gateway, Place};
use sim::Credential;
use sim::api::OpDef;
use sim::{Caller, Config, Effect, World};
use store::{self, BlobStore, Chain, Fresh, Store, WorldRow};
use systems::Systems;

/// Lab time that is further from the last entry than ten years was never remembered by this program.
const AWAY_MAX_MS: i64 = 10 * 366 * 24 * 3600 * 1000;

/// Plays kept entries into a fresh world.
pub fn replay(manifest: &Manifest, kept: &[Kept]) -> anyhow::Result<World> {
    replay_into(manifest.world()?, kept)
}

pub(super) fn replay_into(mut world: World, kept: &[Kept]) -> anyhow::Result<World> {
    for entry in kept {
        // A world that goes another way is told from its digest, by whoever grades.
        let _refused = history::apply(&mut world, entry.clone())?;
    }
    world.take_effects();
    Ok(world)
}

pub(super) struct Core {
    pub(super) world: World,
    /// The number of the last entry, written or on its way.
    pub(super) seq: u64,
    /// Which entries count, those on their way among them.
    pub(super) fold: Fold,
    pub(super) queue: Queue,
    pub(super) clock: Clock,
    /// Set when the journal could not be read to its end: nothing may be written behind it.
    pub(super) frozen: Option<String>,
    /// Another world is being built for this one's place; what changes something waits for it.
    pub(super) held: bool,
    /// The world broke in the middle of a request and is being built anew.
    pub(super) torn: bool,
    /// Whoever does what the world wants outside.
    outside: Option<Sender<()>>,
}

/// The journal's file and the end of what is written there.
pub(super) struct Book {
    pub(super) store: Store,
    pub(super) chain: Chain,
}

/// A running world. Shared by the screen, the listeners and the learner's commands.
pub struct Engine {
    pub(super) manifest: Manifest,
    /// What the manifest says of the world itself.
    pub(super) config: Config,
    pub(super) id: String,
    /// What its world is made of.
    pub(super) systems: Systems,
    pub(super) blobs: BlobStore,
    pub(super) core: Mutex<Core>,
    /// Told when the world is neither held nor torn any more.
    pub(super) free: Condvar,
    pub(super) book: Mutex<Book>,
    /// Whether requests come together at the moment: then it pays to wait for the others.
    pub(super) crowd: AtomicBool,
    group: AtomicU64,
    /// Why the journal took no more entries when it was opened, for the learner.
    damaged: Option<String>,
    listeners: Mutex<Vec<Sender<Change>>>,
    /// Where the world's doors are, for whoever asks for its place.
    doors: Mutex<Vec<Address>>,
}

impl Engine {
    /// Opens a world that the store knows, by replaying its journal. The clock runs at `speed`.
    pub fn open(
        mut store: Store,
        blobs: BlobStore,
        row: &WorldRow,
        speed: u32,
        systems: Systems,
    ) -> anyhow::Result<Self> {
        let manifest = Manifest::of(row)?;
        let disk = Disk { blobs: &blobs, read_after: journal::read_after(&store, &row.id)? };
        let origin = store::origin(&row.manifest);
        // What other rules led to cannot be played by these: it is kept, and nothing is added.
        let strange = manifest.strange();
        let (found, mut world) = if strange.is_some() {
            (journal::survey(&store, &row.id, origin, Some(&disk))?, manifest.empty())
        } else {
            let fresh = || manifest.world_of(systems);
            journal::survey_and_play(&fresh, &mut store, &row.id, origin, &disk)?
        };
        let begun = world.now().max(Time(found.at));
        // What no hash covers may be anything, and a world that runs for a thousand years takes its time.
        let remembered = Some(Time(row.lab_time)).filter(|time| time.0 - begun.0 < AWAY_MAX_MS);
        let now = remembered.map_or(begun, |time| time.max(begun));
        world.advance(now);
        let frozen = found.broken.map(|broken| {
            format!(
                "{broken}. distlab repair {} keeps all of it in a file and goes on from there",
                row.id
            )
        });
        let damaged = frozen.as_ref().map(|why| {
            format!("The journal of {} is damaged, so nothing new is kept: {why}", row.id)
        });
        let damaged = strange.clone().or(damaged);
        let frozen = strange.or(frozen);
        let core = Core {
            world,
            seq: found.chain.good,
            fold: found.fold,
            queue: Queue::default(),
            clock: Clock::new(now, speed),
            frozen,
            held: false,
            torn: false,
            outside: None,
        };
        Ok(Self {
            config: manifest.config(),
            manifest,
            id: row.id.clone(),
            systems,
            blobs,
            core: Mutex::new(core),
            free: Condvar::new(),
            book: Mutex::new(Book { store, chain: found.chain }),
            crowd: AtomicBool::default(),
            group: AtomicU64::new(found.group),
            damaged,
            listeners: Mutex::default(),
            doors: Mutex::default(),
        })
    }

    /// The world in whatever state it is.
    pub(super) fn bare(&self) -> MutexGuard<'_, Core> {
        // A panic is caught around the world and mended by replay, so a poisoned lock holds sound data.
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The world, to look at.
    pub(super) fn core(&self) -> MutexGuard<'_, Core> {
        let torn = |core: &mut Core| core.torn;
        self.free.wait_while(self.bare(), torn).unwrap_or_else(PoisonError::into_inner)
    }

    /// The world, to change it.
    pub(super) fn changing(&self) -> MutexGuard<'_, Core> {
        let busy = |core: &mut Core| core.torn || core.held;
        self.free.wait_while(self.bare(), busy).unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
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
        self.bare().frozen.clone()
    }

    /// A sentence for the learner when the journal is damaged, or is one of other rules.
    #[must_use]
    pub fn damaged(&self) -> Option<String> {
        self.damaged.clone()
    }

    /// Takes no more entries, for this reason.
    pub fn freeze(&self, why: &str) {
        self.bare().frozen.get_or_insert_with(|| why.to_owned());
    }

    /// Where the world's doors are; who listens is told when that has changed.
    pub fn set_doors(&self, doors: Vec<Address>) {
        let mut now = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        if *now != doors {
            *now = doors;
            drop(now);
            self.tell(&Change::Doors);
        }
    }

    /// Where the world's doors are.
    #[must_use]
    pub fn doors(&self) -> Vec<Address> {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner).clone()
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

    /// Has that channel told whenever other runs may be wanted outside.
    pub(super) fn tell_outside(&self, to: Sender<()>) {
        self.bare().outside = Some(to);
    }

    /// A number for the inputs of one command.
    #[must_use]
    pub fn new_group(&self) -> u64 {
        self.group.fetch_add(1, Ordering::Relaxed) + 1
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
            if core.world.runs().next().is_some() {
                core.wake_outside();
            }
            core.world.take_effects()
        };
        self.perform(effects, false);
    }

    /// Tells what the world has to say.
    pub(super) fn perform(&self, effects: Vec<Effect>, changed: bool) {
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

    /// Records something that is not a request.
    pub fn record(&self, group: u64, act: &Act) -> anyhow::Result<u64> {
        let (ticket, seq) = {
            let mut core = self.changing();
            let at = core.clock.now();
            core.world.advance(at);
            (core.write(at, group, act)?, core.seq)
        };
        self.settle(ticket)?;
        Ok(seq)
    }

    /// Moves lab time on; what was scheduled until then happens.
    pub fn advance(&self, by: Duration) -> anyhow::Result<Time> {
        let group = self.new_group();
        let (now, ticket) = {
            let mut core = self.changing();
            core.writable()?;
            core.clock.advance(by);
            let now = core.clock.now();
            core.world.advance(now);
            let ticket = core.write(now, group, &Act::Advance)?;
            core.announce(true);
            (now, ticket)
        };
        self.settle(ticket)?;
        Ok(now)
    }
}

impl Core {
    /// Nothing may be written behind a journal that does not hold.
    pub(super) fn writable(&self) -> anyhow::Result<()> {
        match &self.frozen {
            Some(why) => bail!("nothing can be changed: {why}"),
            None => Ok(()),
        }
    }

    /// Puts an entry on its way into the journal. Whoever asked for it is answered when its ticket
    /// has been settled.
    pub(super) fn write(&mut self, at: Time, group: u64, act: &Act) -> anyhow::Result<Ticket> {
        self.writable()?;
        let (kind, body) = act.encode()?;
        self.seq += 1;
        self.fold.take(self.seq, group, act.gist());
        Ok(self.queue.push(Fresh { at: at.0, group, kind, body }))
    }

    /// Has everyone told, once the last entry is written, what the world has to say and whether it
    /// changed.
    pub(super) fn announce(&mut self, changed: bool) {
        let effects = self.world.take_effects();
        self.queue.announce(effects, changed);
        // Where no run is left there is none to begin, and none whose end is not known.
        if self.world.runs().next().is_some() {
            self.wake_outside();
        }
    }

    /// Other runs may be wanted outside.
    pub(super) fn wake_outside(&self) {
        if let Some(to) = &self.outside {
            // Nobody listens any more when the session ends.
            let _ = to.send(());
        }
    }
}

/// The way to an engine within this process. Clones share a group.
#[derive(Clone)]
pub struct Line {
    engine: Arc<Engine>,
    way: Way,
}

/// What calls have to do with each other, and with the world.
#[derive(Clone, Copy)]
enum Way {
    /// Each changing call is in a group of its own.
    Separate,
    /// All are in this one.
    Grouped(u64),
    /// As separate ones, and what reads leaves no trace, whatever the world counts.
    Looking,
}

impl Line {
    /// Each call is a change of its own.
    #[must_use]
    pub fn separate(engine: Arc<Engine>) -> Self {
        Self { engine, way: Way::Separate }
    }

    /// Reads leave no trace, also where a world counts what is read: for whoever judges it.
    #[must_use]
    pub fn looking(engine: Arc<Engine>) -> Self {
        Self { engine, way: Way::Looking }
    }

    /// All calls are one change.
    #[must_use]
    pub fn grouped(engine: Arc<Engine>) -> Self {
        let way = Way::Grouped(engine.new_group());
        Self { engine, way }
    }

    /// All calls belong to a change that was begun before.
    #[must_use]
    pub fn going_on(engine: Arc<Engine>, group: u64) -> Self {
        Self { engine, way: Way::Grouped(group) }
    }

    /// The number of the one change that its calls are, once there is something of it.
    #[must_use]
    pub fn begun(&self) -> Option<u64> {
        let Way::Grouped(group) = self.way else { return None };
        self.engine.bare().fold.has_group(group).then_some(group)
    }
}

impl Line {
    fn group(&self, op: &OpDef) -> u64 {
        match self.way {
            Way::Grouped(group) => group,
            _ if !self.engine.remembers(op) => 0,
            _ => self.engine.new_group(),
        }
    }

    /// Whether a request leaves no trace.
    fn looks(&self, op: &OpDef) -> bool {
        matches!(self.way, Way::Looking) && op.read_only()
    }
}

impl Gateway for Line {
    fn call(&self, caller: &Caller, op: &'static OpDef, input: Value) -> Result<Value, CallError> {
        if self.looks(op) {
            return self.engine.look_by(caller, op, input);
        }
        self.engine.call(self.group(op), caller, op, input)
    }

    fn ask(&self, caller: Caller, op: &'static OpDef, input: Value) -> Answer<'_> {
        if self.looks(op) {
            return Box::pin(ready(self.engine.look_by(&caller, op, input)));
        }
        Box::pin(self.engine.ask(self.group(op), caller, op, input))
    }

    fn credential(&self, access_key_id: &str) -> Result<Option<Credential>, CallError> {
        Ok(self.engine.look(|world| aws::iam::credential(world, access_key_id)))
    }

    fn root_credential(&self) -> Result<Credential, CallError> {
        Ok(self.engine.look(aws::iam::root_credential))
    }

    fn now(&self) -> Result<Time, CallError> {
        Ok(self.engine.lab_time())
    }

    fn advance(&self, by: Duration) -> Result<Time, CallError> {
        self.engine.pass(by).map_err(CallError::Broken)
    }

    fn blobs(&self) -> &BlobStore {
        &self.engine.blobs
    }

    fn place(&self) -> Place {
        Place {
            account: self.engine.manifest.account.clone(),
            region: self.engine.manifest.region.clone(),
            doors: self.engine.doors(),
        }
    }
}

//! The deterministic world: a pure state machine.
//!
//! It deliberately has no tokio, no files, no sockets, no threads, no clock and no unordered
//! iteration. Time, principal, randomness (a seed) and blobs come in as parameters; the same seed
//! and the same inputs give the same bytes out, on every machine.

// So that what the macros write finds this crate from inside of it, too.
extern crate self as sim;

pub mod api;
mod begin;
mod config;
pub mod digest;
pub mod names;
pub mod outside;
pub mod principal;
mod shape;
mod slot;
mod system;
pub mod traffic;
pub mod view;

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros make public items")]
mod tests;

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use api::{ApiError, Authorize, Metering, OpDef, Run, Service};
use base::{Digest, Rng, Time};
pub use config::Config;
use outside::Outside;
pub use outside::{Observation, RunId, Wanted};
pub use principal::{Caller, Credential, Principal, Scope, Via};
pub use shape::{Beginning, Key, Part, Refused, Shape, Wrong};
use slot::{Pristine, Slot};
use system::AnyEvent;
pub use system::{Never, State, Subscriber, Subscription, System};

/// The version of the rules by which worlds go. It is raised whenever the same inputs may lead to
/// another state than before, an identifier included, in a system that existed: a journal of another
/// version cannot be compared with what this program would do.
pub const MODEL: u32 = 4;

/// Something the world wants done outside of it. The session performs it.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub enum Effect {
    /// The world tells the learner what happened by itself (a node was declared dead, say).
    Notice { at: Time, text: String },
}

/// When an event happens. Of two at one instant, the name of the system decides, then the order in
/// which its own were scheduled: events of one system never depend on how many another has.
type Due = (Time, &'static str, u64);

/// An event in the queue.
struct Queued {
    event: Box<dyn AnyEvent>,
    /// The entry that scheduled it, or another event that did.
    cause: u64,
    /// Whether it rests on something that was observed outside.
    rests: bool,
}

/// All simulated systems with their states, the clock and the queue.
pub struct World {
    systems: &'static [&'static System],
    /// Who may what; a world without it asks nobody.
    authorize: Option<Authorize>,
    config: Arc<Config>,
    now: Time,
    slots: Vec<Slot>,
    queue: BTreeMap<Due, Queued>,
    outside: Outside,
    /// The entry of the journal that is played, and the one that what happens now goes back to.
    entry: u64,
    cause: u64,
    /// Whether something was read that rests on an observation.
    rested: AtomicBool,
    /// What the request under way was the first to touch.
    fresh: Vec<usize>,
    /// Effects that nobody has taken yet. They are on their way out and no longer state.
    effects: Vec<Effect>,
}

/// Effects are left out: a replay, which has no session to take them, would differ otherwise.
impl Hash for World {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.config.hash(hasher);
        self.now.hash(hasher);
        let mut slots: Vec<&Slot> = self.slots.iter().filter(|slot| slot.touched()).collect();
        // The place of a system in the list is not part of any world.
        slots.sort_by_key(|slot| slot.system.name);
        slots.hash(hasher);
        // Causes are left out: the same may be done again after an undo, under another number.
        for (due, queued) in &self.queue {
            due.hash(hasher);
            queued.event.feed(hasher);
        }
        if !self.outside.is_empty() {
            self.outside.hash(hasher);
        }
    }
}

impl World {
    /// A fresh world with these systems.
    #[must_use]
    pub fn new(systems: &'static [&'static System], config: Config) -> Self {
        let slots = systems.iter().map(|system| Slot::new(system, &config)).collect();
        let now = config.start;
        Self {
            systems,
            authorize: None,
            config: Arc::new(config),
            now,
            slots,
            queue: BTreeMap::new(),
            outside: Outside::default(),
            entry: 0,
            cause: 0,
            rested: AtomicBool::new(false),
            fresh: Vec::new(),
            effects: Vec::new(),
        }
    }

    /// This world, asking that before an operation runs which says what it needs.
    #[must_use]
    pub fn authorized_by(mut self, authorize: Authorize) -> Self {
        self.authorize = Some(authorize);
        self
    }

    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The instant up to which everything scheduled has happened.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// The service of that name, if a system of this world has it.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&'static Service> {
        let mut all = self.systems.iter().flat_map(|system| system.services).copied();
        all.find(|service| service.name == name)
    }

    /// The operation of that service and name, if a system of this world has it.
    #[must_use]
    pub fn operation(&self, service: &str, name: &str) -> Option<&'static OpDef> {
        self.systems.iter().find_map(|system| system.operation(service, name))
    }

    /// Performs one request at `at` (never before the present), after everything scheduled until
    /// then. An operation that does not change worlds like this one ([`OpDef::changes`]) changes
    /// nothing but the clock.
    ///
    /// # Errors
    /// The service's own answer when it refuses.
    pub fn apply(
        &mut self,
        at: Time,
        caller: &Caller,
        op: &OpDef,
        input: Value,
    ) -> Result<Value, ApiError> {
        self.advance(at);
        *self.rested.get_mut() = false;
        let config = Arc::clone(&self.config);
        let cx = Cx::new(self.now, caller, &config);
        if !config.has_region(cx.region) {
            return Err(self.no_such_region(op));
        }
        let done = self.perform(&cx, op, input);
        self.fresh.clear();
        done
    }

    /// Performs a request that leaves no trace but the clock's: what it would use up, it does not.
    ///
    /// # Errors
    /// The service's own answer when it refuses; `OperationNotPermitted` for one that writes.
    pub fn look(
        &mut self,
        at: Time,
        caller: &Caller,
        op: &OpDef,
        input: Value,
    ) -> Result<Value, ApiError> {
        self.advance(at);
        *self.rested.get_mut() = false;
        let cx = Cx::new(self.now, caller, &self.config);
        if !self.config.has_region(cx.region) {
            return Err(self.no_such_region(op));
        }
        if let Some(authorize) = self.authorize {
            authorize(self, &cx, op, &input)?;
        }
        match op.run {
            Run::Read(read) | Run::Meter(Metering { read, .. }) => read(self, &cx, input),
            Run::Write(_) => {
                let message = format!("{} changes something, and this only looks", op.name);
                Err(ApiError::new(400, "OperationNotPermitted", message))
            }
        }
    }

    /// AWS does not know an account's keys in a region that is not enabled for it, and says no more.
    fn no_such_region(&self, op: &OpDef) -> ApiError {
        let message = "The security token included in the request is invalid.";
        let error = ApiError::new(403, "InvalidClientTokenId", message);
        match self.service(op.service) {
            Some(service) => service.protocol.worded(error),
            None => error,
        }
    }

    /// The circumstances of a request by this caller now.
    #[must_use]
    pub fn circumstances<'a>(&'a self, caller: &'a Caller) -> Cx<'a> {
        Cx::new(self.now, caller, &self.config)
    }

    /// Performs an operation on behalf of another system (a stack that makes a bucket, say), by the
    /// names of service and operation.
    ///
    /// # Errors
    /// The service's own answer when it refuses; `UnknownOperationException` when there is none.
    pub fn call(
        &mut self,
        cx: &Cx<'_>,
        service: &str,
        name: &str,
        input: Value,
    ) -> Result<Value, ApiError> {
        let op = self.operation(service, name).ok_or_else(|| unknown(service, name))?;
        self.perform(cx, op, input)
    }

    /// The same, by somebody of whom no request tells: where their scope says, now.
    ///
    /// # Errors
    /// As [`World::call`].
    pub fn call_by(
        &mut self,
        caller: &Caller,
        service: &str,
        name: &str,
        input: Value,
    ) -> Result<Value, ApiError> {
        let config = Arc::clone(&self.config);
        self.call(&Cx::new(self.now, caller, &config), service, name, input)
    }

    fn perform(&mut self, cx: &Cx<'_>, op: &OpDef, input: Value) -> Result<Value, ApiError> {
        if let Some(authorize) = self.authorize {
            authorize(self, cx, op, &input)?;
        }
        match op.run {
            Run::Read(read) | Run::Meter(Metering { read, .. }) if !op.changes(&self.config) => {
                read(self, cx, input)
            }
            Run::Read(run) => run(self, cx, input),
            Run::Write(run) | Run::Meter(Metering { charge: run, .. }) => {
                let before = self.fresh.len();
                let done = run(self, cx, input);
                if done.is_err() {
                    // It has changed nothing, so what it came to touch is untouched still.
                    self.forget_touched(before);
                }
                done
            }
        }
    }

    /// Makes what was touched for the first time since `before` untouched again.
    fn forget_touched(&mut self, before: usize) {
        for at in self.fresh.drain(before..) {
            let system = self.slots[at].system;
            self.slots[at] = Slot::new(system, &self.config);
            self.outside.forget(system.name);
            self.queue.retain(|(_, name, _), _| *name != system.name);
        }
    }

    /// Runs what was scheduled until `to`, in order of time. Stands at `to` then. Advancing in one
    /// step or in many gives the same state.
    pub fn advance(&mut self, to: Time) {
        let cause = self.cause;
        while let Some(entry) = self.queue.first_entry() {
            if entry.key().0 > to {
                break;
            }
            let ((at, name, _), queued) = entry.remove_entry();
            self.move_to(at);
            self.cause = queued.cause;
            *self.rested.get_mut() = queued.rests;
            let system = self.systems.iter().find(|system| system.name == name);
            if let Some(system) = system {
                (system.happen)(self, queued.event);
            }
        }
        self.cause = cause;
        self.move_to(to);
    }

    fn move_to(&mut self, at: Time) {
        if at > self.now {
            self.now = at;
            self.slots.iter_mut().for_each(Slot::forget_evolving);
        }
    }

    /// When the next scheduled thing happens, if anything is scheduled.
    #[must_use]
    pub fn next_event(&self) -> Option<Time> {
        self.queue.keys().next().map(|(at, _, _)| *at)
    }

    /// What the world wants done outside since the last call.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// A digest of the state: of every system that was written to, and of what is scheduled in it.
    /// Equal worlds have equal digests. Walks everything, so it is for tests, submissions and
    /// grading, not for requests.
    #[must_use]
    pub fn digest(&self) -> Digest {
        digest::of(self)
    }

    /// The state of a system, to be looked at.
    ///
    /// # Panics
    /// When this world has no such system.
    #[must_use]
    pub fn get<S: State>(&self) -> &S {
        let at = self.place::<S>();
        self.rested.fetch_or(self.slots[at].rests, Ordering::Relaxed);
        self.slots[at].look(|| self.pristine(at))
    }

    /// The state of a system, to be changed.
    ///
    /// # Panics
    /// When this world has no such system.
    pub fn get_mut<S: State>(&mut self) -> &mut S {
        self.parts::<S>().0
    }

    /// A system's generator, for identifiers. Only writing operations and events may draw from it.
    ///
    /// # Panics
    /// When this world has no such system.
    pub fn rng<S: State>(&mut self) -> &mut Rng {
        self.parts::<S>().1
    }

    /// The state of a system and its generator, both to be changed.
    ///
    /// # Panics
    /// When this world has no such system.
    pub fn parts<S: State>(&mut self) -> (&mut S, &mut Rng) {
        let at = self.place::<S>();
        self.touch(at);
        // It is read and written: what one rests on, the other does from now on.
        let rested = self.rested.get_mut();
        *rested |= self.slots[at].rests;
        self.slots[at].rests = *rested;
        self.slots[at].parts()
    }

    /// Puts an event of a system into the queue; not before the present.
    pub fn schedule<S: State>(&mut self, at: Time, event: S::Event) {
        let place = self.place::<S>();
        self.touch(place);
        let slot = &mut self.slots[place];
        slot.sequence += 1;
        let queued =
            Queued { event: Box::new(event), cause: self.cause, rests: *self.rested.get_mut() };
        self.queue.insert((at.max(self.now), S::NAME, slot.sequence), queued);
    }

    /// Tells every system that wants news of this kind, in the order of their names. Whatever they
    /// change belongs to the operation or event that tells.
    pub fn tell<N: Any>(&mut self, news: &N) {
        let kind = TypeId::of::<N>();
        let mut subscribed: Vec<_> = self
            .systems
            .iter()
            .flat_map(|system| system.subscriptions.iter().map(|wish| (system.name, wish)))
            .filter(|(_, wish)| wish.news == kind)
            .collect();
        subscribed.sort_by_key(|(name, _)| *name);
        for (_, wish) in subscribed {
            (wish.notify)(self, news);
        }
    }

    /// Asks the session for something outside.
    pub fn emit(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn place<S: State>(&self) -> usize {
        let wanted = TypeId::of::<S>();
        let place = self.slots.iter().position(|slot| slot.system.state == wanted);
        place.unwrap_or_else(|| panic!("this world has no {}", S::NAME))
    }

    /// Makes a slot's state what it has become by now, unless it has been written to before.
    fn touch(&mut self, at: usize) {
        if self.slots[at].touched() {
            return;
        }
        self.fresh.push(at);
        let mut alone = self.alone(at);
        self.slots[at] = alone.slots.swap_remove(at);
        self.queue.append(&mut alone.queue);
        self.outside.take_over(self.slots[at].system.name, alone.outside);
    }

    /// An untouched system as it has become by now.
    fn pristine(&self, at: usize) -> Pristine {
        let mut alone = self.alone(at);
        alone.slots.swap_remove(at).into_pristine().expect("it was made a moment ago")
    }

    /// A world in which only this system has begun, advanced to now: nothing else of a world has a
    /// say in what becomes of a system that nobody writes to.
    fn alone(&self, at: usize) -> Self {
        let mut alone = Self::new(self.systems, Config::clone(&self.config));
        let slot = &mut alone.slots[at];
        slot.make(&self.config);
        (slot.system.begin)(&mut alone);
        alone.advance(self.now);
        let name = self.slots[at].system.name;
        alone.queue.retain(|(_, system, _), _| *system == name);
        alone
    }
}

fn unknown(service: &str, name: &str) -> ApiError {
    let message = format!("{service} has no operation {name} here");
    ApiError::new(400, "UnknownOperationException", message)
}

/// One request's circumstances.
#[derive(Clone, Copy, Debug)]
pub struct Cx<'a> {
    pub at: Time,
    pub caller: &'a Caller,
    /// The account that the request is for.
    pub account: &'a str,
    /// The region that it was sent to.
    pub region: &'a str,
}

impl<'a> Cx<'a> {
    /// What the request does not name, the world fills in.
    fn new(at: Time, caller: &'a Caller, config: &'a Config) -> Self {
        let scope = &caller.scope;
        let own = |given: &'a str, own: &'a str| if given.is_empty() { own } else { given };
        Self {
            at,
            caller,
            account: own(&scope.account, &config.account),
            region: own(&scope.region, &config.region),
        }
    }
}

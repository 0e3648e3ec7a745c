//! The deterministic world: a pure state machine.
//!
//! It deliberately has no tokio, no files, no sockets, no threads, no clock and no unordered
//! iteration. Time, principal, randomness (a seed) and blobs come in as parameters; the same seed
//! and the same inputs give the same bytes out, on every machine.

// So that what the macros write finds this crate from inside of it, too.
extern crate self as sim;

pub mod api;
pub mod aws;
pub mod digest;
pub mod hadoop;
pub mod principal;
pub mod registry;
pub mod view;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

use api::{ApiError, OpDef, Run};
use base::{Digest, Rng, Time};
pub use principal::{Caller, Principal, Via};

/// Every service of the world. Adding one is a folder and a line here.
pub static SERVICES: &[&api::Service] = &[
    &aws::s3::SERVICE,
    &aws::iam::SERVICE,
    &aws::sts::SERVICE,
    &hadoop::hdfs::SERVICE,
    &registry::SERVICE,
];

/// The service of that name, if there is one.
#[must_use]
pub fn service(name: &str) -> Option<&'static api::Service> {
    SERVICES.iter().copied().find(|s| s.name == name)
}

/// What a new world is made from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    pub seed: u64,
    /// Twelve digits.
    pub account: String,
    pub region: String,
    /// The lab time at which the world begins.
    pub start: Time,
}

impl Config {
    /// The default account and region, with this seed, from this instant.
    #[must_use]
    pub fn new(seed: u64, start: Time) -> Self {
        Self { seed, account: "123456789012".into(), region: "us-east-1".into(), start }
    }
}

/// Something scheduled to happen by itself.
#[derive(Clone, Debug, Hash)]
pub enum Event {
    Hdfs(hadoop::hdfs::Event),
}

/// Something the world wants done outside of it. The session performs it.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub enum Effect {
    /// The world tells the learner what happened by itself (a node was declared dead, say).
    Notice { at: Time, text: String },
}

/// Effects that nobody has taken yet. They are on their way out and no longer state, so they are
/// not part of the digest: a replay, which has no session to take them, would differ otherwise.
#[derive(Debug, Default)]
struct Outbox(Vec<Effect>);

impl std::hash::Hash for Outbox {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

/// All simulated services with their state, clock, queue and random generator.
#[derive(Hash)]
pub struct World {
    config: Config,
    now: Time,
    sequence: u64,
    queue: BTreeMap<(Time, u64), Event>,
    effects: Outbox,
    /// For identifiers. Only writing operations and events may draw from it.
    pub(crate) rng: Rng,
    pub(crate) iam: aws::iam::State,
    pub(crate) sts: aws::sts::State,
    pub(crate) s3: aws::s3::State,
    pub(crate) hdfs: hadoop::hdfs::State,
    pub(crate) registry: registry::State,
}

impl World {
    /// A fresh world.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let mut rng = Rng::labelled(config.seed, "world");
        let mut world = Self {
            now: config.start,
            sequence: 0,
            queue: BTreeMap::new(),
            effects: Outbox::default(),
            iam: aws::iam::State::new(&config, &mut rng),
            sts: aws::sts::State::default(),
            s3: aws::s3::State::default(),
            hdfs: hadoop::hdfs::State::new(&config),
            registry: registry::State::default(),
            rng,
            config,
        };
        hadoop::hdfs::begin(&mut world);
        world
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

    /// Performs one request at `at` (never before the present), after everything scheduled until
    /// then. A reading operation changes nothing but the clock.
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
        let cx = Cx { at: self.now, caller };
        match op.run {
            Run::Read(run) => run(self, &cx, input),
            Run::Write(run) => run(self, &cx, input),
        }
    }

    /// Runs what was scheduled until `to`, in order of `(time, sequence)`, and stands at `to` then.
    /// Advancing in one step or in many gives the same state.
    pub fn advance(&mut self, to: Time) {
        while let Some(entry) = self.queue.first_entry() {
            if entry.key().0 > to {
                break;
            }
            let ((at, _), event) = entry.remove_entry();
            self.now = self.now.max(at);
            match event {
                Event::Hdfs(event) => hadoop::hdfs::happen(self, event),
            }
        }
        self.now = self.now.max(to);
    }

    /// When the next scheduled thing happens, if anything is scheduled.
    #[must_use]
    pub fn next_event(&self) -> Option<Time> {
        self.queue.keys().next().map(|(at, _)| *at)
    }

    /// What the world wants done outside since the last call.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects.0)
    }

    /// A digest of the whole state: equal worlds have equal digests. Walks everything, so it is for
    /// tests, submissions and grading, not for requests.
    #[must_use]
    pub fn digest(&self) -> Digest {
        digest::of(self)
    }

    /// Puts `event` into the queue; not before the present.
    pub(crate) fn schedule(&mut self, at: Time, event: Event) {
        self.sequence += 1;
        self.queue.insert((at.max(self.now), self.sequence), event);
    }

    /// Asks the session for something outside.
    pub(crate) fn emit(&mut self, effect: Effect) {
        self.effects.0.push(effect);
    }
}

/// One request's circumstances.
#[derive(Clone, Copy, Debug)]
pub struct Cx<'a> {
    pub at: Time,
    pub caller: &'a Caller,
}

//! Where the kernel keeps one system.
//!
//! A slot that nobody has written to is a pure function of the world's seed, configuration and
//! start: it is made when it is read, and nothing of it is kept, neither in the digest nor in the
//! queue. So a system that is added to the program changes nothing in a world that never used it.

use std::any::Any;
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use super::Config;
use super::system::{AnyState, State, System};
use base::Rng;

pub(crate) struct Slot {
    pub(crate) system: &'static System,
    pub(crate) rng: Rng,
    /// Counts the system's events: of two at one instant, the one that was scheduled first happens
    /// first.
    pub(crate) sequence: u64,
    /// Whether anything in it rests on what was observed outside.
    pub(crate) rests: bool,
    state: Option<Box<dyn AnyState>>,
    /// What a reader of an untouched system sees.
    pristine: OnceLock<Pristine>,
}

/// An untouched system, made to be looked at.
pub(crate) struct Pristine {
    pub(crate) state: Box<dyn AnyState>,
    /// Whether it changes as time goes by.
    pub(crate) evolves: bool,
}

impl Slot {
    pub(crate) fn new(system: &'static System, config: &Config) -> Self {
        Self {
            system,
            rng: Rng::labelled(config.seed, system.name),
            sequence: 0,
            rests: false,
            state: None,
            pristine: OnceLock::new(),
        }
    }

    /// Whether something has been written to it.
    pub(crate) fn touched(&self) -> bool {
        self.state.is_some()
    }

    /// Makes the state of the world's start.
    pub(crate) fn make(&mut self, config: &Config) {
        self.rng = Rng::labelled(config.seed, self.system.name);
        self.state = Some((self.system.make)(config, &mut self.rng));
    }

    /// What is seen by a reader; `make` gives it when nobody has written yet.
    pub(crate) fn look<S: State>(&self, make: impl FnOnce() -> Pristine) -> &S {
        let state = match &self.state {
            Some(state) => state,
            None => &self.pristine.get_or_init(make).state,
        };
        let any: &dyn Any = state.as_ref();
        any.downcast_ref().expect("a slot holds the state of its own system")
    }

    /// The state and the generator, of a slot that was touched.
    pub(crate) fn parts<S: State>(&mut self) -> (&mut S, &mut Rng) {
        let state = self.state.as_mut().expect("a slot is touched before it is changed");
        let any: &mut dyn Any = state.as_mut();
        let state = any.downcast_mut().expect("a slot holds the state of its own system");
        (state, &mut self.rng)
    }

    /// Takes the state out, as something to be looked at.
    pub(crate) fn into_pristine(self) -> Option<Pristine> {
        Some(Pristine { state: self.state?, evolves: self.sequence > 0 })
    }

    /// Time has moved on: what was looked at may be another now.
    pub(crate) fn forget_evolving(&mut self) {
        if self.pristine.get().is_some_and(|seen| seen.evolves) {
            self.pristine.take();
        }
    }
}

impl Hash for Slot {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        if let Some(state) = &self.state {
            self.system.name.hash(hasher);
            self.rng.hash(hasher);
            self.sequence.hash(hasher);
            state.feed(hasher);
        }
    }
}

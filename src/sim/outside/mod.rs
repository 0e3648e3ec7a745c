//! What a world wants done outside of it, and what was seen of that.
//!
//! It is state, not a message: the world says which programs and containers there should be now, and a
//! session compares that with what there is. A run has an identity that names the journal's entry that
//! caused it, so it falls with that entry. What is seen comes back as an observation, which is an entry
//! too; so the world never learns anything that a replay does not.

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros make public items")]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{State, World};
use base::{Blob, Slice, Time};

/// Which run: the first of this system's that entry 12 caused. It never depends on what other entries
/// or systems want.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct RunId {
    /// The number of the journal's entry, at once or by what it scheduled; 0 is the world's beginning.
    pub cause: u64,
    /// The name of the system that wants it.
    pub system: String,
    /// From 1.
    pub n: u32,
}

/// What is to be run.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Wanted {
    Process(Process),
    Container(Container),
}

impl Wanted {
    /// How far it may go.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        match self {
            Self::Process(process) => &process.limits,
            Self::Container(container) => &container.limits,
        }
    }
}

/// A program of the learner's machine, run in the workspace.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Process {
    /// A path from the workspace on, or a name that is looked for on the lab's PATH.
    pub program: String,
    pub args: Vec<String>,
    /// Beside what the lab's shell has.
    pub env: BTreeMap<String, String>,
    /// What it reads from its standard input.
    pub input: Vec<Slice>,
    pub limits: Limits,
}

/// A container on the learner's engine.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Container {
    pub image: String,
    /// In place of what the image runs by itself, unless it is empty.
    pub command: Vec<String>,
    pub env: BTreeMap<String, String>,
    pub limits: Limits,
}

/// How far a run may go before it is ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Limits {
    /// On the wall clock.
    pub time: Duration,
    pub memory_bytes: u64,
    /// Of both streams together.
    pub output_bytes: u64,
}

/// What was seen of a run.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Observation {
    /// It is about to begin. This is in the journal before anything runs.
    Began,
    /// It is over.
    Ended(End),
    /// It had begun, and nobody saw how it went on: the session was killed, or somebody took it away.
    Interrupted,
    /// It could not begin.
    Failed { why: String },
}

/// How a run ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct End {
    /// As a shell says it: 128 and the number of the signal, if it was one.
    pub code: i32,
    pub by: EndedBy,
    pub stdout: Output,
    pub stderr: Output,
}

/// What put an end to a run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndedBy {
    /// The program came to its own end.
    Itself,
    /// The world did not want it any longer.
    World,
    /// It took longer than it may.
    Time,
    /// It needed more memory than it may have.
    Memory,
    /// It printed more than it may.
    Output,
}

/// What a run printed on one stream.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// Little, and text.
    Text(String),
    /// Anything else is a stored body.
    Stored(Blob),
}

/// A run that is wanted, or has begun and not ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Run {
    pub wanted: Wanted,
    /// The number of the entry that says it began. A reset may let the same run begin again, and what
    /// still runs from the time before is known by another number.
    pub began: Option<u64>,
    /// It has begun, and is to be ended.
    pub unwanted: bool,
}

/// All that a world wants outside.
#[derive(Hash, Debug, Default)]
pub(crate) struct Outside {
    runs: BTreeMap<RunId, Run>,
    /// How many runs a cause had, for each system: their numbers are never given again.
    counts: BTreeMap<(u64, &'static str), u32>,
}

impl Outside {
    /// Whether nothing was ever wanted.
    pub(crate) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Forgets what a system wanted.
    pub(crate) fn forget(&mut self, system: &str) {
        self.runs.retain(|id, _| id.system != system);
        self.counts.retain(|(_, name), _| *name != system);
    }

    /// Takes over what a system wanted in another world.
    pub(crate) fn take_over(&mut self, system: &str, other: Self) {
        self.runs.extend(other.runs.into_iter().filter(|(id, _)| id.system == system));
        self.counts.extend(other.counts.into_iter().filter(|((_, name), _)| *name == system));
    }
}

impl World {
    /// Says which entry of the journal comes next. What is wanted by it, or by what it schedules, names
    /// it as the cause.
    pub fn entry(&mut self, number: u64) {
        self.entry = number;
        self.cause = number;
    }

    /// Wants something run outside. The system hears of it ([`State::observed`]); what it does when it
    /// fails or is interrupted is its own affair.
    pub fn want<S: State>(&mut self, wanted: Wanted) -> RunId {
        let count = self.outside.counts.entry((self.cause, S::NAME)).or_default();
        *count += 1;
        let id = RunId { cause: self.cause, system: S::NAME.to_owned(), n: *count };
        self.outside.runs.insert(id.clone(), Run { wanted, began: None, unwanted: false });
        id
    }

    /// Does not want a run any longer. One that has begun is ended, and its end is heard of; nobody
    /// hears any more of one that has not.
    pub fn unwant(&mut self, id: &RunId) {
        let Some(run) = self.outside.runs.get_mut(id) else { return };
        if run.began.is_some() {
            run.unwanted = true;
        } else {
            self.outside.runs.remove(id);
        }
    }

    /// The runs that are wanted or not over yet, in the order of what caused them.
    pub fn runs(&self) -> impl Iterator<Item = (&RunId, &Run)> {
        self.rested.fetch_or(!self.outside.is_empty(), Ordering::Relaxed);
        self.outside.runs.iter()
    }

    /// One of them.
    #[must_use]
    pub fn run(&self, id: &RunId) -> Option<&Run> {
        self.rested.fetch_or(!self.outside.is_empty(), Ordering::Relaxed);
        self.outside.runs.get(id)
    }

    /// Takes in what was seen of a run at `at`, after everything scheduled until then, and tells the
    /// system that wanted it. What does not fit how the run stands is no news, and changes nothing but
    /// the clock; whether it was news.
    pub fn observe(&mut self, at: Time, id: &RunId, seen: &Observation) -> bool {
        self.advance(at);
        let Some(run) = self.outside.runs.get_mut(id) else { return false };
        let fits = match seen {
            Observation::Began => run.began.is_none(),
            Observation::Ended(_) | Observation::Interrupted => run.began.is_some(),
            Observation::Failed { .. } => true,
        };
        if !fits {
            return false;
        }
        if *seen == Observation::Began {
            run.began = Some(self.entry);
        } else {
            self.outside.runs.remove(id);
        }
        let system = self.systems.iter().find(|system| system.name == id.system);
        if let Some(system) = system {
            // What is tried again belongs to what was tried first, and all that follows is attested.
            self.cause = id.cause;
            self.rested.store(true, Ordering::Relaxed);
            (system.observed)(self, id, seen);
            self.fresh.clear();
            self.cause = self.entry;
        }
        true
    }

    /// Whether what was read since the last request began rests on anything that was observed outside,
    /// which a replay has to believe. A system rests on it from when it first heard of it, or wrote
    /// after it had read of one that does.
    #[must_use]
    pub fn rests_on_observed(&self) -> bool {
        self.rested.load(Ordering::Relaxed)
    }
}

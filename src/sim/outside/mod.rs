//! What a world wants done outside of it, and what was seen of that.
//!
//! It is state, not a message: the world says which programs and containers there should be now, and a
//! session compares that with what there is. A run has an identity that names the journal's entry that
//! caused it, so it falls with that entry. What is seen comes back as an observation, which is an entry
//! too; so the world never learns anything that a replay does not.

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros make public items")]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
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
    Container(Box<Container>),
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

    /// What there is to it when it serves.
    #[must_use]
    pub fn serving(&self) -> Option<&Serving> {
        match self {
            Self::Container(container) => container.serving.as_ref(),
            Self::Process(_) => None,
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
    pub image: Image,
    /// In place of the image's own entry point, unless it is empty.
    pub entry_point: Vec<String>,
    /// In place of what the image runs by itself, unless it is empty.
    pub command: Vec<String>,
    pub env: BTreeMap<String, String>,
    /// Beside those that say whose it is.
    pub labels: BTreeMap<String, String>,
    pub limits: Limits,
    /// What there is to it when it serves, rather than coming to an end.
    pub serving: Option<Serving>,
}

/// Where an image comes from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Image {
    /// The engine finds it by this name, or pulls it.
    Named(String),
    /// It lies in the blob store.
    Stored(StoredImage),
}

impl Image {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::Stored(stored) => &stored.name,
        }
    }
}

/// An image whose parts are blobs: one that was pushed to a registry of the world.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct StoredImage {
    /// What it is called, for whoever reads.
    pub name: String,
    /// The digest of its configuration: `sha256:…`.
    pub id: String,
    pub config: Slice,
    /// The archives of its layers, compressed or not, from the lowest on.
    pub layers: Vec<Slice>,
}

/// A container that goes on until it is no longer wanted. Its world hears that it started
/// ([`Observation::Started`]), what it prints and how it is. It does not wait for an engine that does not
/// answer: the world hears of that, too ([`Observation::Unreachable`]).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Serving {
    /// The TCP ports in it that are to be reached from this machine.
    pub ports: BTreeSet<u16>,
    /// How long it has to end once it is asked to; then it is killed.
    pub stop_time: Duration,
    /// How the engine looks whether it is well.
    pub check: Option<Check>,
}

/// A command in a container that says by its exit code whether it is well.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Check {
    /// As engines have it: `CMD` and words, or `CMD-SHELL` and a line.
    pub command: Vec<String>,
    pub interval: Duration,
    pub timeout: Duration,
    /// How many failures in a row make it unhealthy.
    pub retries: u32,
    /// For how long after the start failures do not count.
    pub start_period: Duration,
}

/// How far a run may go before it is ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Limits {
    /// On the wall clock; nothing when it may go on for ever.
    pub time: Option<Duration>,
    pub memory_bytes: u64,
    /// Of both streams together. What a serving container prints beyond it, within a second, is left
    /// out instead of ending it.
    pub output_bytes: u64,
}

impl Limits {
    /// Whether a run that has gone on for so long has had its time.
    #[must_use]
    pub fn are_over(&self, ran: Duration) -> bool {
        self.time.is_some_and(|most| ran > most)
    }
}

/// What was seen of a run.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Observation {
    /// It is about to begin. This is in the journal before anything runs.
    Began,
    /// A container that serves has started: it is known to the engine by this id, and each of its ports
    /// is reached at another of this machine's own address. A list, since a key of a map in the journal
    /// is a text.
    Started { container: String, ports: Vec<(u16, u16)> },
    /// A container that serves printed these lines.
    Printed { lines: Vec<String> },
    /// Its check says otherwise than before.
    Health { well: bool },
    /// It is over.
    Ended(End),
    /// It had begun, and nobody saw how it went on: the session was killed, or somebody took it away.
    Interrupted,
    /// It could not begin.
    Failed { why: String },
    /// It could not begin, since there is no image for it.
    NoImage { why: String },
    /// No engine answers in which a container that serves could begin.
    Unreachable { why: String },
}

impl Observation {
    /// Whether the run goes on after it.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        matches!(
            self,
            Self::Began | Self::Started { .. } | Self::Printed { .. } | Self::Health { .. }
        )
    }
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
    /// Whether a container that serves was seen to have started.
    pub started: bool,
    /// How many of the lines that it printed were seen.
    pub printed: u64,
}

impl Run {
    /// Whether it is on its way between two states, which takes no time of the world's.
    #[must_use]
    pub fn is_changing(&self) -> bool {
        self.unwanted || (self.wanted.serving().is_some() && !self.started)
    }
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
        self.outside.runs.insert(
            id.clone(),
            Run { wanted, began: None, unwanted: false, started: false, printed: 0 },
        );
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

    /// Whether something is on its way outside that takes no time of the world's, as a container does that
    /// begins or ends. Lab time that ran on meanwhile would show what no learner of the real system sees.
    #[must_use]
    pub fn awaits_outside(&self) -> bool {
        let mut systems = self.systems.iter().filter_map(|system| system.awaiting);
        self.outside.runs.values().any(Run::is_changing) || systems.any(|awaiting| awaiting(self))
    }

    /// Takes in what was seen of a run at `at`, after everything scheduled until then, and tells the
    /// system that wanted it. What does not fit how the run stands is no news, and changes nothing but
    /// the clock; whether it was news.
    pub fn observe(&mut self, at: Time, id: &RunId, seen: &Observation) -> bool {
        self.advance(at);
        let Some(run) = self.outside.runs.get_mut(id) else { return false };
        let fits = match seen {
            Observation::Began | Observation::Unreachable { .. } => run.began.is_none(),
            Observation::Started { .. } => run.began.is_some() && !run.started,
            Observation::Printed { .. } | Observation::Health { .. } => run.started,
            Observation::Ended(_) | Observation::Interrupted => run.began.is_some(),
            Observation::Failed { .. } | Observation::NoImage { .. } => true,
        };
        if !fits {
            return false;
        }
        match seen {
            Observation::Began => run.began = Some(self.entry),
            Observation::Started { .. } => run.started = true,
            Observation::Printed { lines } => run.printed += lines.len() as u64,
            Observation::Health { .. } => {}
            _ => drop(self.outside.runs.remove(id)),
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

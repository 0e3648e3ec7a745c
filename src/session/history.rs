//! What a journal entry says, and which entries still count after undo and reset.
//!
//! The journal itself only grows. Undo and reset are entries too; reading folds them. The fold needs
//! little of each entry, so it is done over [`Mark`]s, and only what still counts is read whole.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::bodies::Bodies;
use super::seen::Files;
use base::Time;
use base::text::plural;
use sim::api::ApiError;
use sim::{Caller, Observation, Principal, RunId, Scope, Via, World};
use store::Entry;

/// What happened. The tag is the entry's kind.
///
/// `wall` is what the clock of the learner's machine showed. Lab time stands still while nobody works
/// and may run faster, so it cannot say on which day something was done.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Act {
    /// A request to the world.
    Call {
        #[serde(flatten)]
        caller: Caller,
        service: String,
        op: String,
        input: Value,
        /// Whether the service did it.
        ok: bool,
    },
    /// A request that counts as a use of what signed it. One that only reads is no entry otherwise.
    Use {
        #[serde(flatten)]
        caller: Caller,
        service: String,
    },
    /// The learner moved lab time on, to the entry's time.
    Advance,
    /// The last command that changed the world is taken back.
    Undo,
    /// The world stands again where it stood at entry `keep`; 0 is the very beginning.
    Reset { keep: u64 },
    /// A step was begun, and its setup has run.
    Begin {
        step: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wall: Option<Time>,
    },
    /// A question was answered.
    Answer {
        step: String,
        ask: usize,
        given: String,
        right: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wall: Option<Time>,
        /// What the right answer was computed from, where that is files. (A journal of an older
        /// distlab has none, here and below.)
        #[serde(default, skip_serializing_if = "Files::is_empty")]
        files: Files,
    },
    /// A step was passed; what its checks saw then.
    Pass {
        step: String,
        facts: Vec<Fact>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wall: Option<Time>,
        /// The files that its checks looked at.
        #[serde(default, skip_serializing_if = "Files::is_empty")]
        files: Files,
    },
    /// A hint was shown: the one of that number.
    Hint { step: String, shown: usize, wall: Option<Time> },
    /// The work was written down for a teacher, with the word that the teacher gave out.
    Submit {
        nonce: Option<String>,
        wall: Option<Time>,
        /// The files that checks of steps look at which were not passed.
        #[serde(default, skip_serializing_if = "Files::is_empty")]
        files: Files,
    },
    /// What was seen outside of something that the world wanted there. It does not replay: it is taken
    /// as it was attested.
    Observed {
        #[serde(flatten)]
        run: RunId,
        seen: Observation,
    },
}

/// What one check's command answered when its step was passed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fact {
    pub run: String,
    /// Seen on a real engine, so it does not replay.
    pub attested: bool,
    pub code: u8,
    /// At most [`FACT_BYTES_MAX`] bytes.
    pub stdout: String,
    pub stderr: String,
}

/// More of an output is not kept with a fact.
pub const FACT_BYTES_MAX: usize = 64 * 1024;

impl Act {
    /// The entry's kind and body.
    pub fn encode(&self) -> anyhow::Result<(String, String)> {
        let text = serde_json::to_string(self)?;
        // The tag is written first, and its values are plain words: it is taken off the text.
        let rest = text.strip_prefix(r#"{"kind":""#).and_then(|rest| rest.split_once('"'));
        let (kind, rest) = rest.context("an entry has a kind")?;
        let body = format!("{{{}", rest.strip_prefix(',').unwrap_or(rest));
        Ok((kind.to_owned(), body))
    }

    /// What an entry says.
    pub fn decode(seq: u64, kind: &str, body: &str) -> anyhow::Result<Self> {
        let unknown = |e| unknown(seq, kind, &e);
        if kind == "call" {
            return Ok(serde_json::from_str::<CallBody>(body).map_err(unknown)?.into());
        }
        let mut value: Value = serde_json::from_str(body).map_err(unknown)?;
        if let Some(object) = value.as_object_mut() {
            object.insert("kind".into(), kind.into());
        }
        serde_json::from_value(value).map_err(unknown)
    }

    /// What it means for the entries before it and for itself.
    #[must_use]
    pub fn gist(&self) -> Gist {
        Gist::Stays(match self {
            Self::Call { ok: true, .. } => What::Done,
            Self::Call { ok: false, .. } => What::Refused,
            // As with lab time, nobody takes back that he has looked.
            Self::Advance | Self::Use { .. } => What::Advanced,
            Self::Begin { .. } | Self::Answer { .. } | Self::Hint { .. } | Self::Submit { .. } => {
                What::Told
            }
            Self::Pass { .. } => What::Passed,
            Self::Observed { .. } => What::Observed,
            Self::Undo => return Gist::Undo,
            Self::Reset { keep } => return Gist::Reset { keep: *keep },
        })
    }
}

fn unknown(seq: u64, kind: &str, error: &serde_json::Error) -> anyhow::Error {
    anyhow::anyhow!("entry {seq} ({kind}) cannot be understood: {error}")
}

/// What an entry means for which entries count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gist {
    /// It counts until something takes it back.
    Stays(What),
    Undo,
    Reset {
        keep: u64,
    },
}

/// The kinds of entries that an undo tells apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// A request that the service did.
    Done,
    /// A request that the service refused.
    Refused,
    Advanced,
    /// A step begun, a question answered.
    Told,
    /// A step passed.
    Passed,
    /// Something seen of a run; it has the group of the request that caused the run, and falls with it.
    Observed,
}

impl What {
    /// Whether such an entry falls with its group.
    fn falls(self) -> bool {
        matches!(self, Self::Done | Self::Refused | Self::Observed)
    }

    /// Whether such an entry may name bodies without which it does not hold.
    #[must_use]
    pub fn names_bodies(self) -> bool {
        matches!(self, Self::Done | Self::Observed)
    }
}

impl Gist {
    /// Reads of an entry what the fold needs, and which bodies it names: a request's input, and what a
    /// run printed, are looked through and not kept.
    pub fn of(seq: u64, kind: &str, body: &str) -> anyhow::Result<(Self, Bodies)> {
        #[derive(Deserialize)]
        struct Call {
            ok: bool,
            input: Bodies,
        }
        if kind == "call" {
            let call: Call = serde_json::from_str(body).map_err(|e| unknown(seq, kind, &e))?;
            let what = if call.ok { What::Done } else { What::Refused };
            return Ok((Self::Stays(what), call.input));
        }
        if kind == "observed" {
            let bodies = serde_json::from_str(body).map_err(|e| unknown(seq, kind, &e))?;
            return Ok((Self::Stays(What::Observed), bodies));
        }
        Ok((Act::decode(seq, kind, body)?.gist(), Bodies::default()))
    }
}

/// The body of a call, read without the detours that a tag and a flattened member would cost: nearly
/// every entry is one.
#[derive(Deserialize)]
struct CallBody {
    principal: Principal,
    #[serde(default)]
    via: Via,
    #[serde(default)]
    scope: Scope,
    service: String,
    op: String,
    input: Value,
    ok: bool,
}

impl From<CallBody> for Act {
    fn from(body: CallBody) -> Self {
        let CallBody { principal, via, scope, service, op, input, ok } = body;
        Self::Call { caller: Caller { principal, via, scope }, service, op, input, ok }
    }
}

/// An entry that still counts.
#[derive(Clone, PartialEq, Debug)]
pub struct Kept {
    pub seq: u64,
    pub at: Time,
    pub group: u64,
    pub act: Act,
}

/// The place of an entry that counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    pub seq: u64,
    pub group: u64,
    pub what: What,
}

/// Which entries of a journal count, as it grows.
///
/// Each entry costs the same, whatever the journal says: an undo goes to the entries that it takes back
/// and touches no others.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Fold {
    /// Every entry that no reset took back, in the order of their numbers.
    slots: Vec<Slot>,
    /// The places of those that changed something and count, in order.
    done: Vec<u32>,
    /// The places of the passes that count, in order.
    passed: Vec<u32>,
    /// The place of the last entry that counts of each group.
    last: BTreeMap<u64, u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Slot {
    mark: Mark,
    counts: bool,
    /// The place of the entry before it in its group.
    before: Option<u32>,
}

impl Fold {
    /// Goes on by one entry.
    pub fn take(&mut self, seq: u64, group: u64, gist: Gist) {
        match gist {
            Gist::Stays(what) => self.push(Mark { seq, group, what }),
            Gist::Undo => self.take_back(),
            Gist::Reset { keep } => self.reset(keep),
        }
    }

    fn push(&mut self, mark: Mark) {
        // More would not fit into memory.
        let place = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        let before = if mark.what.falls() { self.last.insert(mark.group, place) } else { None };
        match mark.what {
            What::Done => self.done.push(place),
            What::Passed => self.passed.push(place),
            _ => {}
        }
        self.slots.push(Slot { mark, counts: true, before });
    }

    /// The entries that count, in order.
    #[must_use]
    pub fn marks(&self) -> Vec<Mark> {
        self.slots.iter().filter(|slot| slot.counts).map(|slot| slot.mark).collect()
    }

    /// The group of an entry, if it counts still.
    #[must_use]
    pub fn group_of(&self, seq: u64) -> Option<u64> {
        let at = self.slots.binary_search_by_key(&seq, |slot| slot.mark.seq).ok()?;
        Some(self.slots[at]).filter(|slot| slot.counts).map(|slot| slot.mark.group)
    }

    /// Whether an entry of that group counts.
    #[must_use]
    pub fn has_group(&self, group: u64) -> bool {
        self.last.contains_key(&group)
    }

    /// The group that an undo would take back.
    #[must_use]
    pub fn last_change(&self) -> Option<u64> {
        let last = self.done.last()?;
        Some(self.slots[*last as usize].mark.group)
    }

    /// Takes back what came behind the entry of that number.
    fn reset(&mut self, keep: u64) {
        // Entries stand in the order of their numbers.
        let length = self.slots.partition_point(|slot| slot.mark.seq <= keep);
        for slot in self.slots.drain(length..).rev().filter(|s| s.counts && s.mark.what.falls()) {
            match slot.before {
                Some(before) => self.last.insert(slot.mark.group, before),
                None => self.last.remove(&slot.mark.group),
            };
        }
        for places in [&mut self.done, &mut self.passed] {
            places.truncate(places.partition_point(|place| (*place as usize) < length));
        }
        self.forget_undone();
    }

    /// The last place among those that changed something is one that counts. Those further back that
    /// do not are passed over when they have become the last.
    fn forget_undone(&mut self) {
        while self.done.pop_if(|place| !self.slots[*place as usize].counts).is_some() {}
    }

    /// Removes the last group that changed something, and the passes that came after its beginning,
    /// since they may have rested on it. Lab time does not run back.
    fn take_back(&mut self) {
        let Some(group) = self.last_change() else { return };
        let mut first = 0;
        let mut next = self.last.remove(&group);
        while let Some(place) = next {
            let slot = &mut self.slots[place as usize];
            slot.counts = false;
            (first, next) = (place, slot.before);
        }
        self.forget_undone();
        while let Some(pass) = self.passed.pop_if(|pass| *pass > first) {
            self.slots[pass as usize].counts = false;
        }
    }
}

/// Folds undo and reset away.
pub fn fold(entries: &[Entry]) -> anyhow::Result<Vec<Kept>> {
    counting(entries)?.map(decode).collect()
}

/// The entries that count after undo and reset, undecoded: one at a time costs little memory.
pub fn counting(entries: &[Entry]) -> anyhow::Result<impl Iterator<Item = &Entry>> {
    let mut fold = Fold::default();
    for entry in entries {
        let (gist, _) = Gist::of(entry.seq, &entry.kind, &entry.body)?;
        fold.take(entry.seq, entry.group, gist);
    }
    let mut marks = fold.marks().into_iter().peekable();
    Ok(entries.iter().filter(move |entry| marks.next_if(|mark| mark.seq == entry.seq).is_some()))
}

/// What an entry says that counts.
pub fn decode(entry: &Entry) -> anyhow::Result<Kept> {
    let act = Act::decode(entry.seq, &entry.kind, &entry.body)?;
    Ok(Kept { seq: entry.seq, at: Time(entry.at), group: entry.group, act })
}

/// What a group of calls did, in a few words, from its first: `s3 PutObject zoo/cat.jpg and 3 more
/// requests`.
pub fn describe(first: &Act, more: usize) -> String {
    let Act::Call { service, op, input, .. } = first else { return String::new() };
    let mut what = format!("{service} {op}");
    if let Some(thing) = thing(service, op, input) {
        what.push(' ');
        what.push_str(&thing);
    }
    match more {
        0 => what,
        more => format!("{what} and {}", plural(more, "more request")),
    }
}

/// How long the name of what a request was about may be where it is told in a sentence.
const THING_CHARS_MAX: usize = 60;

/// What a request was about: the names that it had to give. None of them is a secret.
fn thing(service: &str, op: &str, input: &Value) -> Option<String> {
    let shape = (systems::operation(service, op)?.input)();
    let names: Vec<&str> = shape
        .members
        .iter()
        .filter(|member| member.required && member.seal.is_none())
        .flat_map(|member| match &input[member.name] {
            Value::String(text) => vec![text.as_str()],
            Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        })
        .take(3)
        .collect();
    let thing = names.join("/");
    let fits = !thing.is_empty() && thing.chars().count() <= THING_CHARS_MAX;
    (fits && !thing.contains(char::is_control)).then_some(thing)
}

/// Applies one kept entry to a world. A request that was refused only lets time pass: it changed
/// nothing, and when what it was refused for is taken back later it must not come to life.
///
/// # Errors
/// The inner error is a refusal of what was done once: the replay goes another way. The outer one
/// means that this program does not know the operation.
pub fn apply(world: &mut World, kept: Kept) -> anyhow::Result<Result<(), ApiError>> {
    world.entry(kept.seq);
    world.advance(kept.at);
    match kept.act {
        Act::Call { caller, service: name, op, input, ok: true } => {
            let def = world.operation(&name, &op).ok_or_else(|| {
                anyhow::anyhow!("entry {} calls {name}:{op}, which is not known", kept.seq)
            })?;
            Ok(world.apply(kept.at, &caller, def, input).map(|_| ()))
        }
        Act::Observed { run, seen } => {
            // After an undo there may be no such run any more, here as in the world that was undone.
            world.observe(kept.at, &run, &seen);
            Ok(Ok(()))
        }
        Act::Use { caller, service } => {
            systems::record_use(world, &caller, &service);
            Ok(Ok(()))
        }
        _ => Ok(Ok(())),
    }
}

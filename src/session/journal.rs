//! A journal read for its world, entry by entry: how far it is sound and which entries count, and then
//! only those, played.
//!
//! Nothing here holds more than a few hundred entries at a time. It knows no clock and no lock.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use anyhow::bail;
use serde::Deserialize as _;

use super::bodies::Bodies;
use super::history::{self, Act, Fold, Gist, Kept, Mark, What};
use base::{Digest, Time};
use sim::World;
use store::{BlobStore, Break, Chain, NewEntry, Store, Walked, WorldRow, origin};

/// What a walk through a journal finds.
pub(super) struct Survey {
    pub fold: Fold,
    /// The end of the sound prefix.
    pub chain: Chain,
    /// When its last entry was made, in milliseconds of lab time.
    pub at: i64,
    /// The highest number of a group.
    pub group: u64,
    /// What follows the sound prefix, when something does not fit.
    pub broken: Option<Break>,
}

/// Where it is looked whether the bodies that entries name are there.
pub(super) struct Disk<'a> {
    pub blobs: &'a BlobStore,
    /// The bodies of entries behind this one are read, those before are only measured.
    pub read_after: u64,
}

/// What a walk knows so far.
#[derive(Default)]
struct Walk {
    fold: Fold,
    at: i64,
    group: u64,
}

impl Walk {
    /// Goes on by an entry that fits the chain, unless one of its bodies is not on the disk: that is
    /// said then.
    fn take(
        &mut self,
        seq: u64,
        entry: &NewEntry<'_>,
        gist: Gist,
        named: &Bodies,
        disk: Option<&Disk<'_>>,
    ) -> Option<String> {
        let counts = matches!(gist, Gist::Stays(what) if what.names_bodies());
        if let Some(disk) = disk.filter(|_| counts) {
            let read = seq > disk.read_after;
            for (digest, len) in &named.0 {
                if let Some(trouble) = disk.blobs.trouble(digest, *len, read) {
                    let name = &digest.to_string()[..12];
                    return Some(format!("names the body {name}…, which {trouble}"));
                }
            }
        }
        self.fold.take(seq, entry.group, gist);
        self.at = entry.at;
        self.group = entry.group.max(self.group);
        None
    }

    fn found(self, walked: Walked) -> Survey {
        let Walked { chain, broken } = walked;
        Survey { fold: self.fold, chain, at: self.at, group: self.group, broken }
    }
}

/// Walks a journal. An entry whose body did not reach the disk ends the sound prefix, as one that was
/// altered does.
pub(super) fn survey(
    store: &Store,
    id: &str,
    origin: Digest,
    disk: Option<&Disk<'_>>,
) -> anyhow::Result<Survey> {
    survey_until(store, id, origin, disk, None)
}

/// As [`survey`], to before an entry that cannot be played.
fn survey_until(
    store: &Store,
    id: &str,
    origin: Digest,
    disk: Option<&Disk<'_>>,
    end: Option<&Unplayable>,
) -> anyhow::Result<Survey> {
    let mut walk = Walk::default();
    let walked = store.walk::<anyhow::Error>(id, origin, &mut |seq, entry, _| {
        if let Some(end) = end.filter(|end| end.seq <= seq) {
            return Ok(Some(end.what.clone()));
        }
        match Gist::of(seq, entry.kind, entry.body) {
            Ok((gist, named)) => Ok(walk.take(seq, entry, gist, &named, disk)),
            Err(error) => Ok(Some(said_of(seq, &error))),
        }
    })?;
    Ok(walk.found(walked))
}

/// An entry that fits the chain and that this program cannot play.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("entry {seq} {what}")]
struct Unplayable {
    seq: u64,
    what: String,
}

/// What an error says of an entry, in words that follow its number.
fn said_of(seq: u64, error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    text.strip_prefix(&format!("entry {seq} ")).map_or_else(|| text.clone(), str::to_owned)
}

/// Walks a journal and plays it into a fresh world. An entry that cannot be played ends the sound prefix,
/// as one that was altered does.
pub(super) fn survey_and_play(
    fresh: &dyn Fn() -> anyhow::Result<World>,
    store: &mut Store,
    id: &str,
    origin: Digest,
    disk: &Disk<'_>,
) -> anyhow::Result<(Survey, World)> {
    let mut end: Option<Unplayable> = None;
    loop {
        let error = match survey_and_play_until(fresh()?, store, id, origin, disk, end.as_ref()) {
            Ok(found) => return Ok(found),
            Err(error) => error,
        };
        let found = error.downcast::<Unplayable>()?;
        // Each time it is an earlier one, so this ends.
        if end.as_ref().is_some_and(|end| end.seq <= found.seq) {
            return Err(found.into());
        }
        end = Some(found);
    }
}

/// On the way, each entry read once, where nothing was ever taken back; else what counts, once that is
/// known.
fn survey_and_play_until(
    mut world: World,
    store: &mut Store,
    id: &str,
    origin: Digest,
    disk: &Disk<'_>,
    end: Option<&Unplayable>,
) -> anyhow::Result<(Survey, World)> {
    if store.has_kind(id, ["undo", "reset"])? {
        let found = survey_until(store, id, origin, Some(disk), end)?;
        let world = play(world, store, id, &found.fold.marks())?;
        return Ok((found, world));
    }
    let found = play_as_read(&mut world, move |to| {
        let mut walk = Walk::default();
        let walked = store.walk::<anyhow::Error>(id, origin, &mut |seq, entry, _| {
            if let Some(end) = end.filter(|end| end.seq <= seq) {
                return Ok(Some(end.what.clone()));
            }
            let kept = match kept(seq, entry) {
                Ok(kept) => kept,
                Err(error) => return Ok(Some(said_of(seq, &error))),
            };
            let named = match &kept.act {
                Act::Call { input, .. } => Bodies::deserialize(input)?,
                Act::Observed { .. } => serde_json::from_str(entry.body)?,
                _ => Bodies::default(),
            };
            let trouble = walk.take(seq, entry, kept.act.gist(), &named, Some(disk));
            if trouble.is_none() {
                // The walk goes on where nobody listens any more: what could not be played is told then.
                to.take(kept);
            }
            Ok(trouble)
        })?;
        Ok(walk.found(walked))
    })?;
    Ok((found, world))
}

/// Plays the entries that count into a world.
pub(super) fn play(
    mut world: World,
    store: &mut Store,
    id: &str,
    marks: &[Mark],
) -> anyhow::Result<World> {
    play_as_read(&mut world, move |to| each(store, id, marks, &mut |kept| Ok(to.take(kept))))?;
    Ok(world)
}

/// Entries that are handed over at once from the thread that reads to the one that plays.
const BATCH: usize = 256;
/// How many of these may wait.
const BATCHES: usize = 4;

/// Where a thread that reads puts the entries that are to be played.
struct ToPlay {
    batch: Vec<Kept>,
    sender: SyncSender<Vec<Kept>>,
}

impl ToPlay {
    /// Takes one more; whether anybody listens: nobody does once an entry could not be played.
    fn take(&mut self, kept: Kept) -> bool {
        self.batch.push(kept);
        self.batch.len() < BATCH || self.sender.send(std::mem::take(&mut self.batch)).is_ok()
    }
}

/// Plays entries into a world as they are read: a thread of its own reads and decodes, this one applies.
fn play_as_read<T: Send>(
    world: &mut World,
    read: impl FnOnce(&mut ToPlay) -> anyhow::Result<T> + Send,
) -> anyhow::Result<T> {
    let found = thread::scope(|scope| {
        let (sender, batches) = sync_channel(BATCHES);
        let reading = scope.spawn(move || {
            let mut to = ToPlay { batch: Vec::new(), sender };
            let found = read(&mut to)?;
            let _ = to.sender.send(to.batch);
            anyhow::Ok(found)
        });
        for kept in batches.into_iter().flatten() {
            let seq = kept.seq;
            let unplayable = |what| Unplayable { seq, what };
            // A world that goes another way is told from its digest, by whoever grades.
            let applied = catch_unwind(AssertUnwindSafe(|| history::apply(world, kept)));
            let _refused = applied
                .map_err(|_| unplayable("breaks a rule of the simulation".into()))?
                .map_err(|error| unplayable(said_of(seq, &error)))?;
        }
        reading.join().unwrap_or_else(|panic| resume_unwind(panic))
    })?;
    world.take_effects();
    Ok(found)
}

/// Reads the entries at these marks in order, until `take` says false.
pub(super) fn each(
    store: &Store,
    id: &str,
    marks: &[Mark],
    take: &mut dyn FnMut(Kept) -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    let (Some(first), Some(last)) = (marks.first(), marks.last()) else { return Ok(()) };
    let mut wanted = marks.iter().peekable();
    let mut ended = false;
    store.read::<anyhow::Error>(id, (first.seq, last.seq), &mut |seq, entry| {
        if wanted.next_if(|mark| mark.seq == seq).is_none() {
            return Ok(true);
        }
        let more = take(kept(seq, entry)?)?;
        ended = !more;
        Ok(more)
    })?;
    match wanted.peek() {
        Some(mark) if !ended => bail!("entry {} is not in the journal any more", mark.seq),
        _ => Ok(()),
    }
}

fn kept(seq: u64, entry: &NewEntry<'_>) -> anyhow::Result<Kept> {
    let act = Act::decode(seq, entry.kind, entry.body)?;
    Ok(Kept { seq, at: Time(entry.at), group: entry.group, act })
}

/// Reads one entry.
pub(super) fn one(store: &Store, id: &str, mark: Mark) -> anyhow::Result<Kept> {
    let mut found = None;
    each(store, id, &[mark], &mut |kept| {
        found = Some(kept);
        Ok(false)
    })?;
    found.ok_or_else(|| anyhow::anyhow!("entry {} is not in the journal any more", mark.seq))
}

/// Of the entries that count those that say how the learner stands: steps begun and passed, questions
/// answered. There are few of them, so each is looked up.
pub(super) fn told(store: &Store, id: &str, marks: &[Mark]) -> anyhow::Result<Vec<Kept>> {
    let told = marks.iter().filter(|m| matches!(m.what, What::Told | What::Passed));
    told.map(|mark| one(store, id, *mark)).collect()
}

/// Remembers, beside the journal, which steps were passed at which of its ends: the home screen asks
/// this of every lab, and must not walk forty journals for it.
const PASSED: &str = "passed";

/// The steps that were passed in a world, by its row.
pub fn passed(store: &Store, row: &WorldRow) -> anyhow::Result<Vec<String>> {
    let end = end(store, &row.id)?;
    let noted = store.progress(&row.id, PASSED)?.unwrap_or_default();
    let mut lines = noted.lines();
    if lines.next() == Some(&end) {
        return Ok(lines.map(str::to_owned).collect());
    }
    let survey = survey(store, &row.id, origin(&row.manifest), None)?;
    let steps = passed_in(store, &row.id, &survey.fold.marks())?;
    // Whoever cannot write there walks again the next time.
    let _ = note_passed(store, &row.id, &end, &steps);
    Ok(steps)
}

/// The steps that were passed, from the entries that count.
pub(super) fn passed_in(store: &Store, id: &str, marks: &[Mark]) -> anyhow::Result<Vec<String>> {
    let mut steps = Vec::new();
    for mark in marks.iter().filter(|m| m.what == What::Passed) {
        if let Act::Pass { step, .. } = one(store, id, *mark)?.act {
            steps.push(step);
        }
    }
    Ok(steps)
}

/// Notes which steps were passed when the journal ended so.
pub(super) fn note_passed(
    store: &Store,
    id: &str,
    end: &str,
    steps: &[String],
) -> anyhow::Result<()> {
    let lines: Vec<&str> = std::iter::once(end).chain(steps.iter().map(String::as_str)).collect();
    Ok(store.set_progress(id, PASSED, &lines.join("\n"))?)
}

/// A name for a journal that ends as this one does now.
pub(super) fn end(store: &Store, id: &str) -> anyhow::Result<String> {
    let last = store.last_entry(id)?;
    Ok(last.map_or_else(|| "nothing".into(), |(seq, hash)| format!("{seq} {hash}")))
}

/// Remembers, beside the journal, that it was damaged when it was opened, and how.
pub(super) const DAMAGED: &str = "damaged";

/// What was wrong with a world's journal when it was opened last.
pub fn damage(store: &Store, world: &str) -> Option<String> {
    store.progress(world, DAMAGED).ok().flatten()
}

/// Remembers, beside the journal, how far its bodies were read, and in which run of the machine.
pub(super) const READ_UP_TO: &str = "bodies-read";

/// Behind which entry the bodies have to be read. `kill -9` spoils none, so what was written since the
/// machine was started last is only measured, and what was read once after such a start is on the disk.
pub(super) fn read_after(store: &Store, id: &str) -> anyhow::Result<u64> {
    let noted = store.progress(id, READ_UP_TO)?.unwrap_or_default();
    let (boot, seq) = noted.split_once(' ').unwrap_or_default();
    if !boot.is_empty() && boot == this_boot() {
        return Ok(u64::MAX);
    }
    Ok(seq.parse().unwrap_or(0))
}

/// Notes that the bodies of all entries up to this one were read, when that had to be done.
pub(super) fn note_read(store: &Store, id: &str, seq: u64) -> anyhow::Result<()> {
    if read_after(store, id)? != u64::MAX {
        store.set_progress(id, READ_UP_TO, &format!("{} {seq}", this_boot()))?;
    }
    Ok(())
}

/// A name for the time since the machine was started; empty where the system gives none, and then
/// every opening counts as the first.
fn this_boot() -> String {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

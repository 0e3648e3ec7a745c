//! A world in the place of another: undo, reset, a fresh start, and what is done when a world broke or
//! an entry could not be written.
//!
//! Undo and reset play the journal once, beside the running world and without its lock. Whatever only
//! looks is answered meanwhile from the world as it was. What would change something waits for the
//! other world, stands behind the undo in the journal and is answered from there: so the order of the
//! entries is the order in which things were answered, and an undo takes back what was the last change
//! when it was asked for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use anyhow::bail;

use super::Change;
use super::clock::Clock;
use super::engine::{Book, Core, Engine};
use super::history::{self, Act, Fold, Gist, Mark, What};
use super::journal;
use base::Time;
use store::{Chain, WorldRow, origin};

/// A change that an undo would take back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LastChange {
    /// By which it is known again.
    pub number: u64,
    /// What it did, in a few words.
    pub what: String,
    /// When, in lab time.
    pub at: Time,
    /// The steps that were passed since, and would be open again.
    pub steps: Vec<String>,
}

/// Holds off changes until it is dropped.
pub(super) struct Held<'a>(&'a Engine);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.bare().held = false;
        self.0.free.notify_all();
    }
}

impl Engine {
    /// Waits for changes under way, holds off others, and has all that was accepted written.
    pub(super) fn hold(&self) -> Held<'_> {
        self.changing().held = true;
        let held = Held(self);
        self.flush(&mut self.book());
        held
    }

    /// What an undo would take back now; `None` when there is nothing.
    pub fn last_change(&self) -> anyhow::Result<Option<LastChange>> {
        let held = self.hold();
        let before = self.core().fold.clone();
        drop(held);
        self.change_of(&before)
    }

    /// The last change that counts there, and what falls with it.
    fn change_of(&self, before: &Fold) -> anyhow::Result<Option<LastChange>> {
        let Some(group) = before.last_change() else { return Ok(None) };
        let marks = before.marks();
        let changes = || marks.iter().filter(|m| m.group == group && m.what == What::Done);
        let Some(first) = changes().next() else { return Ok(None) };
        let mut after = before.clone();
        after.take(u64::MAX, 0, Gist::Undo);
        let left = after.marks();
        // Both are in the order of their numbers.
        let stays = |m: &Mark| left.binary_search_by_key(&m.seq, |l| l.seq).is_ok();
        let fallen = marks.iter().filter(|m| m.what == What::Passed && !stays(m));
        let book = self.book();
        let first = journal::one(&book.store, &self.id, *first)?;
        let mut steps = Vec::new();
        for mark in fallen {
            if let Act::Pass { step, .. } = journal::one(&book.store, &self.id, *mark)?.act {
                steps.push(step);
            }
        }
        let what = history::describe(&first.act, changes().count().saturating_sub(1));
        Ok(Some(LastChange { number: group, what, at: first.at, steps }))
    }

    /// Takes back the last command that changed the world, and says which that was; `None` when
    /// there is none.
    pub fn undo(&self) -> anyhow::Result<Option<String>> {
        self.undo_only(None)
    }

    /// The same; `None` too when `only` this one was to be taken back and another has followed it.
    pub fn undo_only(&self, only: Option<u64>) -> anyhow::Result<Option<String>> {
        let held = self.hold();
        let before = self.core().fold.clone();
        let Some(change) = self.change_of(&before)? else { return Ok(None) };
        if only.is_some_and(|only| only != change.number) {
            return Ok(None);
        }
        let mut after = before;
        after.take(u64::MAX, 0, Gist::Undo);
        self.turn(held, &after, &Act::Undo, None)?;
        Ok(Some(change.what))
    }

    /// Takes the world back to where it stood at entry `keep` (0: the very beginning), lab time
    /// included: a machine that died since must not be dead again at once.
    pub fn reset(&self, keep: u64) -> anyhow::Result<()> {
        let held = self.hold();
        let mut after = self.core().fold.clone();
        after.take(u64::MAX, 0, Gist::Reset { keep });
        let then = match after.marks().last() {
            Some(last) => journal::one(&self.book().store, &self.id, *last)?.at,
            None => Time(self.manifest.start),
        };
        self.turn(held, &after, &Act::Reset { keep }, Some(then))?;
        self.save_time()
    }

    /// Builds the world in which the entries of `after` count, and puts it in the place of the present
    /// one together with the entry that says so; lab time stands at `then` if that is given.
    fn turn(
        &self,
        held: Held<'_>,
        after: &Fold,
        act: &Act,
        then: Option<Time>,
    ) -> anyhow::Result<()> {
        self.core().writable()?;
        let mut store = self.book().store.again()?;
        let world = journal::play(
            self.manifest.world_of(self.systems)?,
            &mut store,
            &self.id,
            &after.marks(),
        )?;
        let group = self.new_group();
        let ticket = {
            let mut core = self.core();
            // What exists at the beginning may have taken time.
            let at = then.map_or_else(|| core.clock.now(), |then| then.max(world.now()));
            let ticket = core.write(at, group, act)?;
            if then.is_some() {
                core.clock = Clock::new(at, core.clock.speed());
            }
            core.replace(world);
            ticket
        };
        drop(held);
        self.settle(ticket)?;
        self.tell(&Change::World);
        Ok(())
    }

    /// Begins the world anew and forgets its journal: for a server, whose history nobody grades.
    pub fn restart(&self) -> anyhow::Result<()> {
        let held = self.hold();
        let world = self.manifest.world_of(self.systems)?;
        {
            let mut book = self.book();
            let text = self.manifest.text()?;
            let lab_time = self.lab_time().0;
            let row = WorldRow { id: self.id.clone(), manifest: text.clone(), lab_time };
            book.store.create_world(&row)?;
            book.chain = Chain::at(origin(&text));
            let mut core = self.bare();
            core.seq = 0;
            core.fold = Fold::default();
            core.frozen = None;
            core.replace(world);
        }
        drop(held);
        self.tell(&Change::World);
        Ok(())
    }

    /// Writes what waits to be written. When that fails nothing of it counts, nor what was applied
    /// meanwhile: the journal is what counts.
    pub(super) fn flush(&self, book: &mut Book) {
        let Some(mut batch) = self.bare().queue.take() else { return };
        self.crowd.store(batch.rows.len() > 1, Ordering::Relaxed);
        let Err(error) = book.store.append(&self.id, &mut book.chain, &batch.rows) else {
            self.perform(std::mem::take(&mut batch.effects), batch.changed);
            batch.settle(Ok(()));
            return;
        };
        let mut core = self.bare();
        let later = core.queue.take();
        self.rebuild(&mut core, book);
        drop(core);
        for batch in std::iter::once(batch).chain(later) {
            batch.settle(Err(error.to_string()));
        }
    }

    /// Builds the world anew after a request broke it.
    pub(super) fn mend(&self) {
        let mut book = self.book();
        self.flush(&mut book);
        let mut core = self.bare();
        if core.torn {
            self.rebuild(&mut core, &mut book);
        }
    }

    /// Puts the world that the journal tells of in the place of the present one. When even that cannot
    /// be had, nothing is written any more.
    fn rebuild(&self, core: &mut Core, book: &mut Book) {
        let mut play = || {
            let origin = origin(&self.manifest.text()?);
            let found = journal::survey(&book.store, &self.id, origin, None)?;
            let fresh = self.manifest.world_of(self.systems)?;
            let world = journal::play(fresh, &mut book.store, &self.id, &found.fold.marks())?;
            Ok((found, world))
        };
        // Others wait for this world, so it must come to an end even when the replay breaks as well.
        let played = catch_unwind(AssertUnwindSafe(&mut play));
        let broke = || bail!("the simulation broke one of its own rules in the replay");
        match played.unwrap_or_else(|_| broke()) {
            Ok((found, world)) => {
                core.seq = found.chain.good;
                core.fold = found.fold;
                book.chain = found.chain;
                core.frozen = core.frozen.take().or(found.broken.map(|b| b.to_string()));
                core.replace(world);
            }
            Err(error) => {
                let why = format!("the journal could not be read again: {error:#}");
                core.frozen.get_or_insert(why);
            }
        }
        core.torn = false;
        self.free.notify_all();
    }
}

impl Core {
    /// Puts a world in the place of the present one; it stands at the present lab time then.
    fn replace(&mut self, mut world: sim::World) {
        world.advance(self.clock.now());
        world.take_effects();
        self.world = world;
        self.wake_outside();
    }
}

//! What is read from a world's journal while the world runs, and what is remembered beside it.

use std::sync::MutexGuard;

use super::engine::{Book, Engine};
use super::history::{Act, Kept, Mark};
use super::journal;
use base::Digest;
use store::Loaded;

impl Engine {
    /// The entries that count, read from the store.
    pub fn kept(&self) -> anyhow::Result<Vec<Kept>> {
        let (book, marks) = self.written();
        let mut all = Vec::with_capacity(marks.len());
        journal::each(&book.store, &self.id, &marks, &mut |kept| {
            all.push(kept);
            Ok(true)
        })?;
        Ok(all)
    }

    /// Of the entries that count those that say how the learner stands.
    pub(super) fn told(&self) -> anyhow::Result<Vec<Kept>> {
        let (book, marks) = self.written();
        journal::told(&book.store, &self.id, &marks)
    }

    /// The whole journal.
    pub fn journal(&self) -> anyhow::Result<Loaded> {
        let (book, _) = self.written();
        Ok(book.store.load(&self.id, store::origin(&self.manifest.text()?))?)
    }

    /// The world's digest and the journal that leads there: a last entry at the present, since what
    /// happened by itself after the last input replays too, and nothing behind it.
    pub fn sealed(&self) -> anyhow::Result<(Digest, Loaded)> {
        let (ticket, seq, digest) = {
            let mut core = self.changing();
            core.writable()?;
            let now = core.clock.now();
            core.world.advance(now);
            let group = self.new_group();
            let ticket = core.write(now, group, &Act::Advance)?;
            (ticket, core.seq, core.world.digest())
        };
        self.settle(ticket)?;
        let mut journal = self.journal()?;
        journal.entries.retain(|entry| entry.seq <= seq);
        Ok((digest, journal))
    }

    /// The journal's file with everything in it that was accepted until now, and which of its entries
    /// count.
    fn written(&self) -> (MutexGuard<'_, Book>, Vec<Mark>) {
        let mut book = self.book();
        self.flush(&mut book);
        let mut marks = self.bare().fold.marks();
        marks.truncate(marks.partition_point(|mark| mark.seq <= book.chain.good));
        (book, marks)
    }

    /// Notes for whoever lists the labs whether the journal is damaged.
    pub(super) fn note_damage(&self) -> anyhow::Result<()> {
        let book = self.book();
        match self.damaged() {
            Some(why) => Ok(book.store.set_progress(&self.id, journal::DAMAGED, &why)?),
            None if journal::damage(&book.store, &self.id).is_some() => {
                Ok(book.store.forget_progress(&self.id, journal::DAMAGED)?)
            }
            None => Ok(()),
        }
    }

    /// Notes that the bodies of all entries were looked at when this was opened.
    pub(super) fn note_read(&self) -> anyhow::Result<()> {
        let book = self.book();
        journal::note_read(&book.store, &self.id, book.chain.good)
    }

    /// Notes which steps are passed, for whoever asks while this is closed.
    pub(super) fn note_passed(&self) -> anyhow::Result<()> {
        let (book, marks) = self.written();
        let steps = journal::passed_in(&book.store, &self.id, &marks)?;
        journal::note_passed(&book.store, &self.id, &journal::end(&book.store, &self.id)?, &steps)
    }

    /// Remembers the lab time for the next start.
    pub fn save_time(&self) -> anyhow::Result<()> {
        let now = self.lab_time();
        Ok(self.book().store.save_time(&self.id, now.0)?)
    }

    /// Remembers a value beside the history (hints shown, say).
    pub fn set_progress(&self, key: &str, value: &str) -> anyhow::Result<()> {
        Ok(self.book().store.set_progress(&self.id, key, value)?)
    }

    /// A value remembered beside the history.
    pub fn progress(&self, key: &str) -> anyhow::Result<Option<String>> {
        Ok(self.book().store.progress(&self.id, key)?)
    }

    /// Forgets values remembered beside the history.
    pub fn forget_progress(&self, prefix: &str) -> anyhow::Result<()> {
        Ok(self.book().store.forget_progress(&self.id, prefix)?)
    }
}

//! Which request of each kind is the current one, so that a reply that comes too late is known.

use super::msg::{Effect, Job, Request, Slot};

/// The current job of each slot.
#[derive(Clone, Debug, Default)]
pub struct Jobs {
    last: u64,
    current: [u64; Slot::COUNT],
    /// The newest request whose picture of the open lab was taken over.
    pub(super) seen: u64,
}

impl Jobs {
    /// A request that makes every earlier one of its slot stale.
    pub fn start(&mut self, slot: Slot, request: Request) -> Effect {
        self.last += 1;
        self.current[slot as usize] = self.last;
        Effect::Request { job: Job { slot, number: self.last }, request }
    }

    /// Whether the reply is to be taken; the slot is free then.
    pub fn finish(&mut self, job: Job) -> bool {
        let current = &mut self.current[job.slot as usize];
        let wanted = *current == job.number;
        if wanted {
            *current = 0;
        }
        wanted
    }

    /// Whether the job is still wanted.
    #[must_use]
    pub fn wanted(&self, job: Job) -> bool {
        self.current[job.slot as usize] == job.number
    }

    #[must_use]
    pub fn running(&self, slot: Slot) -> bool {
        self.current[slot as usize] != 0
    }

    /// Makes whatever is under way in these slots stale.
    pub fn forget(&mut self, slots: &[Slot]) {
        for slot in slots {
            self.current[*slot as usize] = 0;
        }
    }

    pub(super) fn busy(&self) -> Option<&'static str> {
        let words = [
            (Slot::Open, "opening"),
            (Slot::Act, "working"),
            (Slot::Check, "checking"),
            (Slot::Search, "searching"),
            (Slot::Note, "loading"),
            (Slot::Catalog, "loading"),
            (Slot::Notes, "loading"),
        ];
        words.into_iter().find(|(slot, _)| self.running(*slot)).map(|(_, word)| word)
    }
}

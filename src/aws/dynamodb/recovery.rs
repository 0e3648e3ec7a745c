//! What each change of a table replaced, so that any moment of the last weeks can be restored.

use std::time::Duration;

use rpds::RedBlackTreeMapSync;

use super::key::Key;
use super::rows::Row;
use super::time::{Time, minus};

/// How far the present is from the last moment that can be restored.
pub const RECOVERY_LAG: Duration = Duration::from_mins(5);
/// The longest time that recovery goes back, and the usual one.
pub const RECOVERY_DAYS_MAX: u32 = 35;

/// What point-in-time recovery goes back by.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Recovery {
    pub(crate) since: Time,
    pub(crate) days: u32,
    /// What each change replaced, by its number.
    pub(crate) replaced: RedBlackTreeMapSync<u64, Replaced>,
    next: u64,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Replaced {
    pub(crate) at: Time,
    pub(crate) key: Key,
    pub(crate) row: Option<Row>,
}

impl Recovery {
    pub(crate) fn new(now: Time) -> Self {
        let replaced = RedBlackTreeMapSync::default();
        Self { since: now, days: RECOVERY_DAYS_MAX, replaced, next: 0 }
    }

    pub(crate) fn period(&self) -> Duration {
        Duration::from_hours(24) * self.days
    }

    /// Puts down what a change replaces, and forgets what is too old to go back to.
    pub(crate) fn note(&mut self, now: Time, key: &Key, row: Option<&Row>) {
        let horizon = minus(now, self.period());
        while let Some((number, _)) = self.replaced.first().filter(|(_, r)| r.at < horizon) {
            let number = *number;
            self.replaced.remove_mut(&number);
        }
        let replaced = Replaced { at: now, key: key.clone(), row: row.cloned() };
        self.replaced.insert_mut(self.next, replaced);
        self.next += 1;
    }

    /// The first and the last moment that can be restored.
    pub(crate) fn window(&self, now: Time) -> (Time, Time) {
        let earliest = self.since.max(minus(now, self.period()));
        (earliest, minus(now, RECOVERY_LAG).max(earliest))
    }
}

/// `DescribeContinuousBackups`, while recovery is on: the days it goes back, and the window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RecoveryDescription {
    pub days: u32,
    pub earliest: Time,
    pub latest: Time,
}

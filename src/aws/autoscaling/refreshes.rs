//! A refresh as a group keeps it.

use std::collections::BTreeSet;

use base::Time;

use super::shapes::refresh::{
    DesiredConfiguration, InstanceRefreshStatus as Status, RefreshPreferences, RollbackDetails,
};

/// A refresh of a group's instances.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Refresh {
    pub(crate) id: String,
    pub(crate) status: Status,
    pub(crate) reason: Option<String>,
    pub(crate) asked: Time,
    pub(crate) begun: Option<Time>,
    pub(crate) ended: Option<Time>,
    /// With what the service takes where a request says nothing.
    pub(crate) preferences: RefreshPreferences,
    pub(crate) wanted: Option<DesiredConfiguration>,
    /// The instances that are still to be replaced.
    pub(crate) old: BTreeSet<String>,
    /// Those that stay as they are.
    pub(crate) kept: BTreeSet<String>,
    /// How many there were to be replaced.
    pub(crate) total: i64,
    /// How many checkpoints it has passed.
    pub(crate) checkpoints: usize,
    /// Until when it pauses.
    pub(crate) until: Option<Time>,
    /// Since when it cannot go on.
    pub(crate) stuck_since: Option<Time>,
    /// When it looks next.
    pub(crate) looks_at: Option<Time>,
    /// How far it came, once it has ended.
    pub(crate) came_to: Option<Figures>,
    pub(crate) rollback: Option<RollbackDetails>,
}

/// How far a refresh is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) percent: i64,
    pub(crate) to_update: i64,
}

impl Refresh {
    /// Whether it still does something.
    pub(crate) fn is_active(&self) -> bool {
        self.ended.is_none()
    }

    /// How long a new instance is not counted on, in seconds.
    pub(crate) fn warmup_s(&self) -> i64 {
        self.preferences.instance_warmup.unwrap_or(0)
    }

    /// How many instances there must be replaced until it pauses or ends, and whether it ends there. A
    /// part of an instance is a whole one.
    pub(crate) fn goal(&self) -> (i64, bool) {
        let percentages = &self.preferences.checkpoint_percentages;
        match percentages.get(self.checkpoints) {
            Some(percent) if self.status != Status::RollbackInProgress => {
                (up(self.total, *percent), self.checkpoints + 1 == percentages.len())
            }
            _ => (self.total, true),
        }
    }

    /// It has come to its end.
    pub(crate) fn end(&mut self, status: Status, reason: Option<String>, at: Time) {
        (self.status, self.reason, self.ended) = (status, reason, Some(at));
        (self.until, self.stuck_since, self.looks_at) = (None, None, None);
    }
}

/// So many percent of a number, where a part is a whole.
pub(crate) fn up(number: i64, percent: i64) -> i64 {
    (number.saturating_mul(percent) + 99) / 100
}

//! Log groups and their streams: what is kept of them.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::time::Duration;

use base::Time;

use super::event::{LogEvent, Place};
use super::metric_filter::MetricFilter;

/// The days that events may be kept (API reference, `PutRetentionPolicy`).
pub(crate) const RETENTION_DAYS: &[i64] = &[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// How long events stay readable behind their retention: it "typically takes up to 72 hours" before
/// they are deleted (API reference, `PutRetentionPolicy`).
pub(crate) const DELETION_LAG: Duration = Duration::from_hours(72);

const DAY_MS: i64 = 24 * 3600 * 1000;
const HOUR_MS: i64 = 3600 * 1000;

/// A log group.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Group {
    pub(crate) created: Time,
    /// `None` means for ever.
    pub(crate) retention_days: Option<i64>,
    /// Whether it cannot be deleted.
    pub(crate) protected: bool,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) streams: BTreeMap<String, Stream>,
    pub(crate) filters: BTreeMap<String, MetricFilter>,
    /// How many events it has ever had.
    pub(crate) events: u64,
    /// When expired events are looked for next.
    pub(crate) sweep: Option<Time>,
}

impl Group {
    pub(crate) fn new(created: Time) -> Self {
        Self {
            created,
            retention_days: None,
            protected: false,
            tags: BTreeMap::new(),
            streams: BTreeMap::new(),
            filters: BTreeMap::new(),
            events: 0,
            sweep: None,
        }
    }

    /// The events of a stream that came in behind so many of the group's.
    pub(crate) fn taken(&self, stream: &str, behind: u64, count: usize) -> Vec<(i64, &str)> {
        let Some(stream) = self.streams.get(stream) else { return Vec::new() };
        let new = stream.events.iter().rev().filter(|(place, _)| place.number > behind);
        let mut new: Vec<_> = new.take(count).map(|(place, e)| (place.at, &*e.message)).collect();
        new.reverse();
        new
    }

    /// The instant before which events have expired.
    pub(crate) fn expired_before(&self, now: Time) -> Option<i64> {
        Some(now.0.saturating_sub(self.retention_days? * DAY_MS))
    }

    /// What is stored, in bytes, without what has expired.
    pub(crate) fn stored_bytes(&self, now: Time) -> i64 {
        let from = Place::from(self.expired_before(now).unwrap_or(i64::MIN));
        let events = self.streams.values().flat_map(|stream| stream.events.range(from..));
        let bytes: usize = events.map(|(_, event)| event.bytes()).sum();
        i64::try_from(bytes).unwrap_or(i64::MAX)
    }

    /// When the oldest event is deleted: at a whole hour.
    fn next_deletion(&self) -> Option<Time> {
        let days = self.retention_days?;
        let firsts = self.streams.values().filter_map(|stream| stream.events.keys().next());
        let oldest = firsts.min()?.at;
        let lag = i64::try_from(DELETION_LAG.as_millis()).unwrap_or(i64::MAX);
        let due = oldest.saturating_add(days * DAY_MS).saturating_add(lag);
        Some(Time(due.div_euclid(HOUR_MS).saturating_add(1).saturating_mul(HOUR_MS)))
    }

    /// When expired events are to be looked for, if that is not planned already.
    pub(crate) fn plan(&mut self, now: Time) -> Option<Time> {
        let next = self.next_deletion()?.max(now);
        if self.sweep.is_some_and(|planned| planned <= next) {
            return None;
        }
        self.sweep = Some(next);
        Some(next)
    }

    /// Deletes what expired long enough ago.
    pub(crate) fn sweep(&mut self, now: Time) {
        self.sweep = None;
        let lag = i64::try_from(DELETION_LAG.as_millis()).unwrap_or(i64::MAX);
        let Some(expired) = self.expired_before(now) else { return };
        let from = Place::from(expired.saturating_sub(lag));
        for stream in self.streams.values_mut() {
            if stream.events.keys().next().is_some_and(|first| *first < from) {
                stream.events = stream.events.split_off(&from);
            }
        }
    }
}

/// A log stream.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Stream {
    pub(crate) created: Time,
    pub(crate) events: BTreeMap<Place, LogEvent>,
    pub(crate) last_ingestion: Option<Time>,
    /// The token that the next upload once had to bring; it is told, and not looked at.
    pub(crate) token: String,
}

impl Stream {
    pub(crate) fn new(created: Time, token: String) -> Self {
        Self { created, events: BTreeMap::new(), last_ingestion: None, token }
    }

    pub(crate) fn first(&self) -> Option<i64> {
        self.events.keys().next().map(|place| place.at)
    }

    pub(crate) fn last(&self) -> Option<i64> {
        self.events.keys().next_back().map(|place| place.at)
    }

    /// The events from one instant until another, which is not among them.
    pub(crate) fn range(
        &self,
        from: Place,
        end: Option<i64>,
    ) -> impl DoubleEndedIterator<Item = (&Place, &LogEvent)> {
        let bound = end.map(|end| Place::from(end).max(from));
        let bound = bound.map_or(Bound::Unbounded, Bound::Excluded);
        self.events.range((Bound::Included(from), bound))
    }
}

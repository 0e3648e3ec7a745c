//! Everything that is kept, by account and region.

use std::collections::BTreeMap;

use base::Time;
use serde_json::json;

use super::alarm::{Alarm, AlarmType, HistoryItem, HistoryItemType, Verdict};
use super::metric::Metric;
use super::series::Series;
use crate::place::Place;

/// What an account has in a region.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Region {
    pub(crate) metrics: BTreeMap<Metric, Series>,
    pub(crate) alarms: BTreeMap<String, Alarm>,
    /// What became of alarms, the oldest first; also of those that are gone.
    pub(crate) history: Vec<HistoryItem>,
}

/// The service.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct State {
    places: BTreeMap<Place, Region>,
}

/// An alarm is evaluated.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Event {
    pub(crate) place: Place,
    pub(crate) alarm: String,
}

impl State {
    pub(crate) fn regions(&self) -> impl Iterator<Item = (&Place, &Region)> {
        self.places.iter()
    }

    pub(crate) fn region(&self, place: &Place) -> Option<&Region> {
        self.places.get(place)
    }

    pub(crate) fn region_mut(&mut self, place: &Place) -> &mut Region {
        self.places.entry(place.clone()).or_default()
    }
}

impl Region {
    /// The values of a metric, if it has any.
    pub(crate) fn series(&self, metric: &Metric) -> Option<&Series> {
        self.metrics.get(metric)
    }

    /// The second of the last value of a metric.
    pub(crate) fn last_value(&self, metric: &Metric) -> Option<Time> {
        self.series(metric)?.last_s().map(|second| Time(second.saturating_mul(1000)))
    }
}

impl Region {
    /// Notes something about an alarm.
    pub(crate) fn note(
        &mut self,
        name: &str,
        kind: AlarmType,
        at: Time,
        item: HistoryItemType,
        summary: String,
        data: String,
    ) {
        let alarm = name.to_owned();
        self.history.push(HistoryItem { alarm, kind, at, item, summary, data });
    }

    /// Puts an alarm into a state. Says whether it is another.
    pub(crate) fn enter(&mut self, name: &str, verdict: Verdict, now: Time) -> bool {
        let Some(alarm) = self.alarms.get_mut(name) else { return false };
        let before = alarm.state;
        let old = json!({"stateValue": before.as_str(), "stateReason": alarm.reason});
        if before == verdict.state {
            return false;
        }
        let new = json!({"stateValue": verdict.state.as_str(), "stateReason": verdict.reason});
        alarm.state = verdict.state;
        alarm.reason = verdict.reason;
        alarm.reason_data = verdict.data;
        (alarm.updated, alarm.transitioned) = (now, now);
        let kind = alarm.kind();
        let summary =
            format!("Alarm updated from {} to {}", before.as_str(), verdict.state.as_str());
        let data = json!({"version": "1.0", "oldState": old, "newState": new}).to_string();
        self.note(name, kind, now, HistoryItemType::StateUpdate, summary, data);
        true
    }
}

//! The values of a metric, put together by instants of its resolution, and periods of them.
//!
//! Source: user guide, "Metrics concepts": resolution, and how long data points are kept at which
//! period.

use std::collections::BTreeMap;
use std::time::Duration;

use base::Time;
use sim::api::Double;

use super::metric::StandardUnit;

const SECOND_MS: i64 = 1000;
/// Seconds of the usual resolution.
pub(crate) const MINUTE_S: i64 = 60;

/// Until which age data points can be had at a period of so many seconds and its multiples.
const KEPT: [(i64, Duration); 4] = [
    (1, Duration::from_hours(3)),
    (MINUTE_S, Duration::from_hours(15 * 24)),
    (300, Duration::from_hours(63 * 24)),
    (3600, Duration::from_hours(455 * 24)),
];

/// Values that were put together.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Points {
    pub(crate) count: Double,
    pub(crate) sum: Double,
    pub(crate) min: Double,
    pub(crate) max: Double,
    /// Each value and how often it came; `None` where only statistics of some are known.
    values: Option<BTreeMap<Double, Double>>,
}

impl Points {
    /// A value that came so often.
    pub(crate) fn of(value: f64, count: f64) -> Self {
        let (value, count) = (Double(value), Double(count));
        Self {
            count,
            sum: Double(value.0 * count.0),
            min: value,
            max: value,
            values: Some(BTreeMap::from([(value, count)])),
        }
    }

    /// Values of which only this is known.
    pub(crate) fn set(count: f64, sum: f64, min: f64, max: f64) -> Self {
        let [count, sum, min, max] = [count, sum, min, max].map(Double);
        // Where all are the same, each is known.
        let values = (min == max).then(|| BTreeMap::from([(min, count)]));
        Self { count, sum, min, max, values }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        if self.count.0 == 0.0 {
            *self = other.clone();
            return;
        }
        self.count.0 += other.count.0;
        self.sum.0 += other.sum.0;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        match (&mut self.values, &other.values) {
            (Some(values), Some(more)) => {
                for (value, count) in more {
                    values.entry(*value).or_default().0 += count.0;
                }
            }
            (values, _) => *values = None,
        }
    }

    /// The value below which so many of a hundred are; nothing where not each is known.
    pub(crate) fn percentile(&self, percent: f64) -> Option<f64> {
        let values = self.values.as_ref()?;
        let rank = percent / 100.0 * self.count.0;
        let mut seen = 0.0;
        for (value, count) in values {
            seen += count.0;
            if seen >= rank {
                return Some(value.0);
            }
        }
        values.keys().next_back().map(|value| value.0)
    }
}

/// All values of a metric.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Series {
    /// By second and unit. A value of the usual resolution stands at its minute.
    points: BTreeMap<(i64, StandardUnit), Stored>,
    /// When the last value came.
    pub(crate) updated: Time,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Stored {
    points: Points,
    /// Whether it is of the resolution of a second.
    high: bool,
}

/// Which values are put together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// Seconds since 1970: where the first period begins.
    pub(crate) start_s: i64,
    /// Where the last one ends at the latest.
    pub(crate) end_s: i64,
    pub(crate) period_s: i64,
    pub(crate) unit: Option<StandardUnit>,
}

impl Series {
    /// Takes values of an instant.
    pub(crate) fn put(
        &mut self,
        at: Time,
        unit: StandardUnit,
        high: bool,
        points: &Points,
        now: Time,
    ) {
        let second = at.0.div_euclid(SECOND_MS);
        let second = if high { second } else { second - second.rem_euclid(MINUTE_S) };
        let stored = self.points.entry((second, unit)).or_default();
        stored.high |= high;
        stored.points.add(points);
        self.updated = now;
    }

    /// The second of the last values.
    pub(crate) fn last_s(&self) -> Option<i64> {
        self.points.keys().next_back().map(|(second, _)| *second)
    }

    /// The values of each period of a window that has some, by its begin and by unit.
    pub(crate) fn periods(
        &self,
        window: &Window,
        now: Time,
    ) -> BTreeMap<(i64, StandardUnit), Points> {
        let mut periods: BTreeMap<(i64, StandardUnit), Points> = BTreeMap::new();
        let first = (window.start_s, StandardUnit::default());
        for ((second, unit), stored) in self.points.range(first..) {
            if *second >= window.end_s {
                break;
            }
            if window.unit.is_some_and(|wanted| wanted != *unit)
                || !kept(now.secs() - second, window.period_s, stored.high)
            {
                continue;
            }
            let begin = second - (second - window.start_s).rem_euclid(window.period_s);
            periods.entry((begin, *unit)).or_default().add(&stored.points);
        }
        periods
    }

    /// The same whatever the units.
    pub(crate) fn merged(&self, window: &Window, now: Time) -> BTreeMap<i64, Points> {
        let mut merged: BTreeMap<i64, Points> = BTreeMap::new();
        for ((begin, _), points) in self.periods(window, now) {
            merged.entry(begin).or_default().add(&points);
        }
        merged
    }
}

/// Whether values of this age can still be had at a period.
fn kept(age_s: i64, period_s: i64, high: bool) -> bool {
    let fine = if high { 1 } else { MINUTE_S };
    KEPT.iter().any(|(step, until)| {
        *step >= fine
            && period_s % step == 0
            && age_s <= i64::try_from(until.as_secs()).unwrap_or(i64::MAX)
    })
}

/// Where the periods of a request begin: at a whole minute, or coarser the longer ago it is.
pub(crate) fn aligned(start: Time, period_s: i64, now: Time) -> i64 {
    const DAY_S: i64 = 24 * 3600;
    let start_s = start.0.div_euclid(SECOND_MS);
    let age_s = now.secs() - start_s;
    let step = match age_s {
        _ if period_s < MINUTE_S => period_s,
        age if age > 63 * DAY_S => 3600,
        age if age > 15 * DAY_S => 300,
        _ => MINUTE_S,
    };
    start_s - start_s.rem_euclid(step)
}

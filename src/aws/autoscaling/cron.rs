//! Recurring schedules: five fields of Unix cron, in UTC.

use std::collections::BTreeSet;

use base::Time;
use sim::api::ApiError;

use super::faults::validation;

const MINUTE_MS: i64 = 60_000;
const DAY_MIN: i64 = 24 * 60;
/// How far ahead a next time is looked for: a 29 February comes within eight years.
const DAYS_MAX: i64 = 8 * 366;

const MONTHS: &[&str] =
    &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// A schedule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Cron {
    minutes: BTreeSet<i64>,
    hours: BTreeSet<i64>,
    days: BTreeSet<i64>,
    months: BTreeSet<i64>,
    weekdays: BTreeSet<i64>,
    /// Whether the days of the month and of the week are both said: then one of them is enough.
    either: bool,
}

impl Cron {
    /// # Errors
    /// It is none.
    pub(crate) fn read(text: &str) -> Result<Self, ApiError> {
        let wrong = || validation(format!("Given recurrence string: {text} is invalid"));
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields[..] else { return Err(wrong()) };
        let any = |field: &str| field == "*";
        let field = |text: &str, range, names| field(text, range, names).ok_or_else(wrong);
        let mut on = field(weekdays, (0, 7), Some((DAYS, 0)))?;
        // Sunday is 0, and 7.
        if on.remove(&7) {
            on.insert(0);
        }
        Ok(Self {
            minutes: field(minutes, (0, 59), None)?,
            hours: field(hours, (0, 23), None)?,
            days: field(days, (1, 31), None)?,
            months: field(months, (1, 12), Some((MONTHS, 1)))?,
            weekdays: on,
            either: !any(days) && !any(weekdays),
        })
    }

    /// The first time behind an instant.
    pub(crate) fn next(&self, after: Time) -> Option<Time> {
        let first = after.0.div_euclid(MINUTE_MS) + 1;
        let day = first.div_euclid(DAY_MIN);
        (day..day + DAYS_MAX)
            .filter(|day| self.fits(*day))
            .find_map(|day| {
                let times = self.hours.iter().flat_map(|hour| {
                    self.minutes.iter().map(move |minute| day * DAY_MIN + hour * 60 + minute)
                });
                times.into_iter().find(|at| *at >= first)
            })
            .map(|minute| Time(minute * MINUTE_MS))
    }

    /// Whether it falls on this day, counted from 1970.
    fn fits(&self, day: i64) -> bool {
        let (month, of_month) = month_and_day(day);
        // The first of January 1970 was a Thursday.
        let weekday = (day + 4).rem_euclid(7);
        let (by_date, by_week) = (self.days.contains(&of_month), self.weekdays.contains(&weekday));
        let fits = if self.either { by_date || by_week } else { by_date && by_week };
        self.months.contains(&month) && fits
    }
}

/// The month and its day, of a day counted from 1970.
fn month_and_day(day: i64) -> (i64, i64) {
    let text = Time(day * DAY_MIN * MINUTE_MS).iso_secs();
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|t| t.parse().ok());
    (number(5..7).unwrap_or(1), number(8..10).unwrap_or(1))
}

fn field(text: &str, range: (i64, i64), names: Option<(&[&str], i64)>) -> Option<BTreeSet<i64>> {
    let mut all = BTreeSet::new();
    for part in text.split(',') {
        let (span, step) = match part.split_once('/') {
            Some((span, step)) => (span, step.parse().ok().filter(|step| *step > 0)?),
            None => (part, 1_i64),
        };
        let (first, last) = match span.split_once('-') {
            _ if span == "*" => range,
            Some((first, last)) => (value(first, names)?, value(last, names)?),
            None if part.contains('/') => (value(span, names)?, range.1),
            None => {
                let only = value(span, names)?;
                (only, only)
            }
        };
        if first < range.0 || last > range.1 || first > last {
            return None;
        }
        let step = usize::try_from(step).ok()?;
        all.extend((first..=last).step_by(step));
    }
    Some(all)
}

fn value(text: &str, names: Option<(&[&str], i64)>) -> Option<i64> {
    if let Some((names, first)) = names {
        let lower = text.to_ascii_lowercase();
        if let Some(at) = names.iter().position(|name| *name == lower) {
            return i64::try_from(at).ok().map(|at| at + first);
        }
    }
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::Cron;
    use base::Time;

    #[test]
    fn schedules_have_next_times() {
        let check = |cron: &str, after: &str, want: &str| {
            let after = Time::parse_iso(after).expect("a time");
            let next = Cron::read(cron).expect("a schedule").next(after).expect("a next time");
            assert_eq!(next.iso_secs(), want, "{cron}");
        };
        check("0 9 * * *", "2026-11-30T08:59:59Z", "2026-11-30T09:00:00Z");
        check("0 9 * * *", "2026-11-30T09:00:00Z", "2026-12-01T09:00:00Z");
        check("*/15 * * * *", "2026-11-30T10:16:00Z", "2026-11-30T10:30:00Z");
        check("30 0 1 1,6,12 *", "2026-06-02T00:00:00Z", "2026-12-01T00:30:00Z");
        check("0 8 * * MON-FRI", "2026-11-27T09:00:00Z", "2026-11-30T08:00:00Z");
        check("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z");
        // One of the two is enough where both are said.
        check("0 0 15 * 0", "2026-12-01T00:00:00Z", "2026-12-06T00:00:00Z");
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        let check = |text: &str| assert!(Cron::read(text).is_err(), "{text}");
        check("");
        check("* * * *");
        check("60 * * * *");
        check("* * 0 * *");
        check("5-1 * * * *");
        check("*/0 * * * *");
        check("a * * * *");
    }
}

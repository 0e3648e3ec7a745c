//! Events come in: what a batch may be, and which of its events are not taken.
//!
//! Source: API reference, `PutLogEvents`; user guide, "CloudWatch Logs quotas".

use std::time::Duration;

use base::{Rng, Time};
use sim::api::ApiError;

use super::event::{LogEvent, OVERHEAD_BYTES, Place};
use super::faults::{INVALID, invalid, no_stream};
use super::group::Group;
use crate::constraint::Faults;

/// Events of a batch.
const EVENTS_MAX: usize = 10_000;
/// Bytes of an event, and of a batch, with what each event counts beyond its message.
const BYTES_MAX: usize = 1_048_576;
/// How far apart the events of a batch may be.
const SPAN_MAX: Duration = Duration::from_hours(24);
/// How far in the future an event may be.
const AHEAD_MAX: Duration = Duration::from_hours(2);
/// How far in the past an event may be.
const AGE_MAX: Duration = Duration::from_hours(336);

/// An event that comes in.
pub(crate) struct Incoming {
    pub(crate) at: i64,
    pub(crate) message: String,
}

/// Which events of a batch were not taken: the first that is too new, and the first that is no longer
/// too old or expired.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Rejected {
    pub(crate) too_new_from: Option<usize>,
    pub(crate) too_old_until: Option<usize>,
    pub(crate) expired_until: Option<usize>,
}

/// # Errors
/// The batch is none that is taken.
pub(crate) fn check(batch: &[Incoming]) -> Result<(), ApiError> {
    let mut faults = Faults::default();
    if batch.is_empty() {
        faults.count("logEvents", &[], 1, EVENTS_MAX);
    }
    if batch.len() > EVENTS_MAX {
        let count = batch.len();
        return Err(invalid(format!(
            "1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member \
             must have length less than or equal to {EVENTS_MAX}, and it has {count}"
        )));
    }
    for (i, event) in batch.iter().enumerate() {
        let path = |member: &str| format!("logEvents.{}.member.{member}", i + 1);
        if event.message.is_empty() {
            faults.length(&path("message"), "", 1, usize::MAX);
        }
        if event.at < 0 {
            faults.range(&path("timestamp"), event.at, 0, i64::MAX);
        }
    }
    faults.check(INVALID)?;
    let size = |event: &Incoming| event.message.len() + OVERHEAD_BYTES;
    if let Some(large) = batch.iter().map(size).find(|bytes| *bytes > BYTES_MAX) {
        return Err(invalid(format!(
            "Log event too large: {large} bytes exceeds limit of {BYTES_MAX}"
        )));
    }
    let total: usize = batch.iter().map(size).sum();
    if total > BYTES_MAX {
        return Err(invalid(format!(
            "Upload too large: {total} bytes exceeds limit of {BYTES_MAX}"
        )));
    }
    if !batch.is_sorted_by_key(|event| event.at) {
        return Err(invalid(
            "Log events in a single PutLogEvents request must be in chronological order.",
        ));
    }
    if let (Some(first), Some(last)) = (batch.first(), batch.last())
        && Time(last.at).since(Time(first.at)) > SPAN_MAX
    {
        return Err(invalid(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ));
    }
    Ok(())
}

impl Group {
    /// Which events of a batch are not taken now.
    fn rejected(&self, batch: &[Incoming], now: Time) -> Rejected {
        let newest = now.plus(AHEAD_MAX).0;
        let age_max = i64::try_from(AGE_MAX.as_millis()).unwrap_or(i64::MAX);
        let oldest = now.0.saturating_sub(age_max);
        let expired = self.expired_before(now).unwrap_or(i64::MIN);
        let new = batch.partition_point(|event| event.at <= newest);
        let old = batch.partition_point(|event| event.at < oldest);
        let gone = batch.partition_point(|event| event.at < expired);
        Rejected {
            too_new_from: (new < batch.len()).then_some(new),
            too_old_until: (old > 0).then_some(old),
            expired_until: (gone > old).then_some(gone),
        }
    }

    /// Takes the events of a batch that may be taken, and says which those were.
    ///
    /// # Errors
    /// There is no such stream.
    pub(crate) fn put(
        &mut self,
        stream: &str,
        batch: Vec<Incoming>,
        now: Time,
        rng: &mut Rng,
    ) -> Result<(Rejected, std::ops::Range<usize>), ApiError> {
        let rejected = self.rejected(&batch, now);
        let stream = self.streams.get_mut(stream).ok_or_else(no_stream)?;
        let begin = rejected.too_old_until.max(rejected.expired_until).unwrap_or(0);
        let end = rejected.too_new_from.unwrap_or(batch.len()).max(begin);
        for event in batch.into_iter().take(end).skip(begin) {
            self.events += 1;
            let place = Place { at: event.at, number: self.events };
            let kept = LogEvent { message: event.message, ingested: now, mark: rng.next_u64() };
            stream.events.insert(place, kept);
        }
        if begin < end {
            stream.last_ingestion = Some(now);
        }
        stream.token = token(rng);
        Ok((rejected, begin..end))
    }
}

/// A token for the next upload, as the service spells them.
pub(crate) fn token(rng: &mut Rng) -> String {
    format!("4903985{}", rng.text(b"0123456789", 49))
}

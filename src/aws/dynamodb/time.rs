//! What DynamoDB needs of instants beyond the kernel's own type.

use std::time::Duration;

pub use base::Time;

/// This instant moved back by `span`.
pub(crate) fn minus(time: Time, span: Duration) -> Time {
    Time(time.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
}

/// `2015-05-20T20:51:10`
pub(crate) fn second_label(time: Time) -> String {
    time.format("%Y-%m-%dT%H:%M:%S")
}

/// `2015-05-20T20:51:10.252`, the label of a stream.
pub(crate) fn label(time: Time) -> String {
    format!("{}.{:03}", second_label(time), time.0.rem_euclid(1000))
}

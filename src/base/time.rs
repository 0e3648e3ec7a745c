//! Instants of virtual time and how the real systems spell them.
//!
//! A [`Time`] is milliseconds since the Unix epoch, always UTC. It never comes from a clock here:
//! the session decides what the lab's time is and passes it in.

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// An instant, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// This instant moved on by `span`.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this instant is; zero when it is not after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// `2026-11-22T10:00:00.000Z`, as the S3 XML bodies spell it.
    #[must_use]
    pub fn iso_millis(self) -> String {
        format!("{}.{:03}Z", self.format("%Y-%m-%dT%H:%M:%S"), self.0.rem_euclid(1000))
    }

    /// `2026-11-22T10:00:00Z`, as IAM and STS spell it.
    #[must_use]
    pub fn iso_secs(self) -> String {
        self.format("%Y-%m-%dT%H:%M:%SZ")
    }

    /// `Sun, 22 Nov 2026 10:00:00 GMT`, as HTTP headers spell it (RFC 9110, 5.6.7).
    #[must_use]
    pub fn http_date(self) -> String {
        self.format("%a, %d %b %Y %H:%M:%S GMT")
    }

    /// This instant in UTC by a `strftime` pattern.
    #[must_use]
    pub fn format(self, pattern: &str) -> String {
        let stamp = Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH);
        stamp.to_zoned(TimeZone::UTC).strftime(pattern).to_string()
    }

    /// Reads RFC 3339, with any offset.
    #[must_use]
    pub fn parse_iso(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(|t| Self(t.as_millisecond()))
    }

    /// Reads an HTTP date (`Sun, 22 Nov 2026 10:00:00 GMT`).
    #[must_use]
    pub fn parse_http(text: &str) -> Option<Self> {
        let zoned = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        Some(Self(zoned.as_millisecond()))
    }
}

/// Reads a span such as `11m`, `1h30m`, `45s`, `2d` or `500ms`; a bare number is seconds.
#[must_use]
pub fn parse_span(text: &str) -> Option<Duration> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let mut total: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit_len = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let unit_ms: u64 = match &rest[..unit_len] {
            "" | "s" => 1000,
            "ms" => 1,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(unit_ms)?)?;
        rest = &rest[unit_len..];
    }
    Some(Duration::from_millis(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_and_reads_the_same_instant() {
        let t = Time(1_795_341_600_123);
        assert_eq!(t.iso_millis(), "2026-11-22T10:00:00.123Z");
        assert_eq!(t.http_date(), "Sun, 22 Nov 2026 10:00:00 GMT");
        assert_eq!(Time::parse_iso(&t.iso_millis()), Some(t));
        assert_eq!(Time::parse_http(&t.http_date()).map(Time::secs), Some(t.secs()));
    }

    #[test]
    fn reads_spans() {
        let check = |text: &str, ms: Option<u64>| {
            assert_eq!(parse_span(text), ms.map(Duration::from_millis), "{text}");
        };
        check("11m", Some(660_000));
        check("1h30m", Some(5_400_000));
        check("45", Some(45_000));
        check("500ms", Some(500));
        check("", None);
        check("m", None);
        check("3 weeks", None);
    }
}

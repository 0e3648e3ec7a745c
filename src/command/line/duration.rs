//! Durations: in words, and as programs written in Go spell and read them.
//!
//! Source: docker/go-units (words), Go's `time.Duration`.

use std::fmt::Write as _;

/// `About a minute`, `3 hours`, `2 weeks`.
pub fn words(seconds: i64) -> String {
    // The client rounds hours and truncates everything else.
    let hours = (seconds + 1800) / 3600;
    match seconds {
        ..1 => "Less than a second".into(),
        1 => "1 second".into(),
        2..60 => format!("{seconds} seconds"),
        60..120 => "About a minute".into(),
        120..3600 => format!("{} minutes", seconds / 60),
        _ if hours == 1 => "About an hour".into(),
        _ if hours < 48 => format!("{hours} hours"),
        _ if hours < 24 * 14 => format!("{} days", hours / 24),
        _ if hours < 24 * 60 => format!("{} weeks", hours / 24 / 7),
        _ if hours < 24 * 365 * 2 => format!("{} months", hours / 24 / 30),
        _ => format!("{} years", seconds / 3600 / 24 / 365),
    }
}

/// Nanoseconds as Go spells a duration: `1m30s`, `500ms`, `0s`.
pub fn go(nanoseconds: u64) -> String {
    let fraction = |whole: u64, rest: u64, digits: usize, unit: &str| {
        let point = format!("{whole}.{rest:0digits$}");
        format!("{}{unit}", point.trim_end_matches('0').trim_end_matches('.'))
    };
    match nanoseconds {
        0 => "0s".to_owned(),
        n @ 1..1_000 => format!("{n}ns"),
        n @ 1_000..1_000_000 => fraction(n / 1_000, n % 1_000, 3, "µs"),
        n @ 1_000_000..1_000_000_000 => fraction(n / 1_000_000, n % 1_000_000, 6, "ms"),
        n => {
            let (seconds, rest) = (n / 1_000_000_000, n % 1_000_000_000);
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
            let mut text = String::new();
            if hours > 0 {
                let _ = write!(text, "{hours}h");
            }
            if hours > 0 || minutes > 0 {
                let _ = write!(text, "{minutes}m");
            }
            text + &fraction(seconds % 60, rest, 9, "s")
        }
    }
}

/// Nanoseconds of a Go duration: `1m30s`, `500ms`, `-1s`, `0`.
pub fn parse(text: &str) -> Result<i64, String> {
    let wrong = || format!("time: invalid duration {text:?}");
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    let mut total = 0_f64;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let value: f64 = rest[..end].parse().map_err(|_| wrong())?;
        rest = &rest[end..];
        let end = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        total += value
            * match &rest[..end] {
                "ns" => 1.0,
                "us" | "µs" => 1e3,
                "ms" => 1e6,
                "s" => 1e9,
                "m" => 60e9,
                "h" => 3600e9,
                "" => return Err(format!("time: missing unit in duration {text:?}")),
                unit => return Err(format!("time: unknown unit {unit:?} in duration {text:?}")),
            };
        rest = &rest[end..];
    }
    #[expect(clippy::cast_possible_truncation, reason = "three centuries saturate")]
    Ok((sign * total) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_about_right() {
        let check = |seconds: i64, want: &str| assert_eq!(words(seconds), want, "{seconds}");
        check(0, "Less than a second");
        check(1, "1 second");
        check(59, "59 seconds");
        check(60, "About a minute");
        check(119, "About a minute");
        check(120, "2 minutes");
        check(3599, "59 minutes");
        check(3600, "About an hour");
        check(5399, "About an hour");
        check(5400, "2 hours");
        check(47 * 3600, "47 hours");
        check(48 * 3600, "2 days");
        check(14 * 86_400, "2 weeks");
        check(60 * 86_400, "2 months");
        check(800 * 86_400, "2 years");
    }

    #[test]
    fn they_are_spelled_as_in_go() {
        let check = |nanoseconds: u64, want: &str| assert_eq!(go(nanoseconds), want);
        check(0, "0s");
        check(1_500_000, "1.5ms");
        check(5_000_000_000, "5s");
        check(90_500_000_000, "1m30.5s");
        check(7_776_000_000_000_000, "2160h0m0s");
    }

    #[test]
    fn they_are_read_as_in_go() {
        let check = |text: &str, want: Result<i64, &str>| {
            assert_eq!(parse(text), want.map_err(str::to_owned), "{text}");
        };
        check("1m30s", Ok(90_000_000_000));
        check("500ms", Ok(500_000_000));
        check("0", Ok(0));
        check("x", Err("time: invalid duration \"x\""));
        check("5", Err("time: missing unit in duration \"5\""));
    }
}

//! Moments of `--since` and `--until`: as clients read them, to the nanosecond.
//!
//! Source: the reference client, whose layouts and messages are Go's (`tests/peers`).

use command_line::duration;

/// Unix seconds, with nanoseconds where there are any, as the engine takes them.
///
/// # Errors
/// The client's words for what is wrong.
pub(crate) fn moment(text: &str) -> Result<String, String> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    moment_at(text, i128::try_from(now.unwrap_or_default().as_nanos()).unwrap_or_default())
}

fn moment_at(text: &str, now: i128) -> Result<String, String> {
    if text != "0"
        && let Ok(back) = duration::parse(text)
    {
        return Ok((now - i128::from(back)).div_euclid(1_000_000_000).to_string());
    }
    let dashes = text.matches('-').count();
    let zone = text.contains(['z', 'Z', '+']) || dashes == 3;
    let colons = text.matches(':').count();
    // An offset from UTC has a colon of its own.
    let colons = if zone && !text.contains(['z', 'Z']) { colons.saturating_sub(1) } else { colons };
    let mut layout = match (text.contains('.'), text.contains('T'), colons) {
        (true, _, _) => "2006-01-02T15:04:05.999999999",
        (false, true, 0) => "2006-01-02T15",
        (false, true, 1) => "2006-01-02T15:04",
        (false, true, _) => "2006-01-02T15:04:05",
        (false, false, _) => "2006-01-02",
    }
    .to_owned();
    if zone {
        layout.push_str("Z07:00");
    }
    match read(&layout, text) {
        Ok((seconds, nanos)) => Ok(format!("{seconds}.{nanos:09}")),
        Err(why) if text.contains('-') => Err(why),
        Err(_) => {
            let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
            let is_number = |t: &str| t.parse::<i64>().is_ok();
            if is_number(whole) && is_number(part) {
                return Ok(text.to_owned());
            }
            Err(format!("failed to parse value as time or duration: {text:?}"))
        }
    }
}

/// The parts that layouts are made of.
const PARTS: &[&str] =
    &["2006", "01", "02", "15", "04", "05", ".999999999", "Z07:00", "-", "T", ":"];

/// A time by a layout: seconds since 1970 and nanoseconds.
fn read(layout: &str, text: &str) -> Result<(i64, u32), String> {
    let out = |what: &str| Err(format!("parsing time {text:?}: {what} out of range"));
    let (mut year, mut month, mut day) = (0_i64, 1_i64, 1_i64);
    let (mut hour, mut minute, mut second, mut offset) = (0_i64, 0_i64, 0_i64, 0_i64);
    let mut nanos = 0;
    let (mut todo, mut rest) = (layout, text);
    while let Some(part) = PARTS.iter().find(|p| todo.starts_with(**p)) {
        todo = &todo[part.len()..];
        let bad = || {
            Err(format!("parsing time {text:?} as {layout:?}: cannot parse {rest:?} as {part:?}"))
        };
        match *part {
            "2006" => match digits(rest, 4, 4) {
                Some((found, behind)) => (year, rest) = (found, behind),
                None => return bad(),
            },
            ".999999999" => (nanos, rest) = fraction(rest),
            "Z07:00" => match rest.strip_prefix('Z') {
                Some(behind) => rest = behind,
                None => match zone(rest) {
                    Some((found, behind)) => (offset, rest) = (found, behind),
                    None => return bad(),
                },
            },
            "-" | "T" | ":" => match rest.strip_prefix(part) {
                Some(behind) => rest = behind,
                None => return bad(),
            },
            part => {
                let least = if part == "15" { 1 } else { 2 };
                let Some((found, behind)) = digits(rest, least, 2) else { return bad() };
                let (into, what, range) = match part {
                    "01" => (&mut month, "month", 1..=12),
                    "02" => (&mut day, "day", 1..=31),
                    "15" => (&mut hour, "hour", 0..=23),
                    "04" => (&mut minute, "minute", 0..=59),
                    _ => (&mut second, "second", 0..=59),
                };
                if !range.contains(&found) {
                    return out(what);
                }
                (*into, rest) = (found, behind);
                // A fraction is read although the layout has none.
                if part == "05" && !todo.starts_with('.') {
                    (nanos, rest) = fraction(rest);
                }
            }
        }
    }
    if !rest.is_empty() {
        return Err(format!("parsing time {text:?}: extra text: {rest:?}"));
    }
    // Which days a month has is asked of the calendar.
    let Some(date) = base::Time::parse_iso(&format!("{year:04}-{month:02}-{day:02}T00:00:00Z"))
    else {
        return out("day");
    };
    Ok((date.secs() + hour * 3600 + minute * 60 + second - offset, nanos))
}

/// A number of so many digits, and what stands behind it.
fn digits(text: &str, least: usize, most: usize) -> Option<(i64, &str)> {
    let count = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(count)?;
    (count >= least).then(|| number.parse().ok())?.map(|number| (number, rest))
}

/// `.5`, or nothing: nanoseconds, and what stands behind.
fn fraction(text: &str) -> (u32, &str) {
    let Some(rest) = text.strip_prefix(['.', ',']) else { return (0, text) };
    let count = rest.bytes().take_while(u8::is_ascii_digit).count();
    if count == 0 {
        return (0, text);
    }
    let (digits, behind) = rest.split_at(count);
    let nine = format!("{:0<9}", &digits[..count.min(9)]);
    (nine.parse().unwrap_or(0), behind)
}

/// `+02:00`: seconds, and what stands behind.
fn zone(text: &str) -> Option<(i64, &str)> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, rest) = digits(rest, 2, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(':')?, 2, 2)?;
    (hours <= 24 && minutes < 60).then_some((sign * (hours * 3600 + minutes * 60), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_unix_times() {
        let now = 1_795_968_995_222_004_992;
        let check = |text: &str, want: &str| {
            assert_eq!(moment_at(text, now).as_deref(), Ok(want), "{text}");
        };
        check("10s", "1795968985");
        check("1.5s", "1795968993");
        check("-5s", "1795969000");
        check("0", "0");
        check("1700000000", "1700000000");
        check("1700000000.1234567891", "1700000000.1234567891");
        check("2026-11-22", "1795305600.000000000");
        check("2026-11-22T10", "1795341600.000000000");
        check("2026-11-22T10:01", "1795341660.000000000");
        check("2026-11-22T10:01:02", "1795341662.000000000");
        check("2026-11-22T10:01:02.123456789", "1795341662.123456789");
        check("2026-11-22T10:01:02.5Z", "1795341662.500000000");
        check("2026-11-22T10:01:02,5", "1795341662.500000000");
        check("2026-11-22T10Z", "1795341600.000000000");
        check("2026-11-22Z", "1795305600.000000000");
        check("2026-11-22+02:00", "1795298400.000000000");
        check("2026-11-22T10:00+02:00", "1795334400.000000000");
        check("2026-11-22T10:00:00-02:00", "1795348800.000000000");
        check("2026-11-22T10:00:00.123456789+02:00", "1795334400.123456789");
        check("2024-02-29", "1709164800.000000000");
    }

    #[test]
    fn what_is_no_moment_is_named_in_gos_words() {
        let check = |text: &str, want: &str| {
            assert_eq!(moment_at(text, 0).unwrap_err(), want, "{text}");
        };
        check("foo", "failed to parse value as time or duration: \"foo\"");
        check("1e5", "failed to parse value as time or duration: \"1e5\"");
        check("1700000000.x", "failed to parse value as time or duration: \"1700000000.x\"");
        check("2026-13-22", "parsing time \"2026-13-22\": month out of range");
        check("2026-02-30", "parsing time \"2026-02-30\": day out of range");
        check("2026-11-22T25:00:00", "parsing time \"2026-11-22T25:00:00\": hour out of range");
        check(
            "foo-bar",
            "parsing time \"foo-bar\" as \"2006-01-02\": cannot parse \"foo-bar\" as \"2006\"",
        );
        check(
            "2026-11-22 10:00:00",
            "parsing time \"2026-11-22 10:00:00\": extra text: \" 10:00:00\"",
        );
        check(
            "17000.-5",
            "parsing time \"17000.-5\" as \"2006-01-02T15:04:05.999999999\": cannot parse \"0.-5\" as \"-\"",
        );
    }
}

//! Quoting, cutting, ordering: small things that clients written in Go do to text.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::io;

/// At most `width` characters, the last of them `…` when something is left out.
pub fn ellipsis(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    kept + "…"
}

/// In double quotes, as Go quotes.
pub fn quote(text: &str) -> String {
    quoted(text, false)
}

/// The same, with everything beyond ASCII written as numbers if that is asked for.
pub fn quoted(text: &str, ascii: bool) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            c if c.is_control() && (c as u32) < 0x80 => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c if (c.is_control() || ascii && !c.is_ascii()) && (c as u32) < 0x1_0000 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c if ascii && !c.is_ascii() => {
                let _ = write!(out, "\\U{:08x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// With its first letter in upper case.
pub fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// An API's `2026-11-22T11:31:55.123Z` as Go prints a time: `2026-11-22 11:31:55.123 +0000 UTC`.
pub fn go_time(text: &str) -> String {
    let Some((date, clock)) = text.split_once('T') else { return text.to_owned() };
    if let Some(clock) = clock.strip_suffix('Z') {
        return format!("{date} {clock} +0000 UTC");
    }
    match clock.rfind(['+', '-']) {
        Some(at) => {
            let (clock, zone) = clock.split_at(at);
            let zone = zone.replace(':', "");
            format!("{date} {clock} {zone} {zone}")
        }
        None => format!("{date} {clock}"),
    }
}

/// What is wrong with a file, in the system's own words: `no such file or directory`.
pub fn io_error(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().collect::<String>() + letters.as_str()
    })
}

/// The order of names in which numbers count as numbers: `web2` before `web10`.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let (Some(x), Some(y)) = (a.first(), b.first()) else { return a.len().cmp(&b.len()) };
        if !(x.is_ascii_digit() && y.is_ascii_digit()) {
            if x != y {
                return x.cmp(y);
            }
            (a, b) = (&a[1..], &b[1..]);
            continue;
        }
        let (number_a, rest_a) = number(a);
        let (number_b, rest_b) = number(b);
        let significant = |n: &[u8]| n.iter().take_while(|d| **d == b'0').count();
        let (zeros_a, zeros_b) = (significant(number_a), significant(number_b));
        let (value_a, value_b) = (&number_a[zeros_a..], &number_b[zeros_b..]);
        let by_value = value_a.len().cmp(&value_b.len()).then_with(|| value_a.cmp(value_b));
        match by_value.then(zeros_a.cmp(&zeros_b)) {
            Ordering::Equal => (a, b) = (rest_a, rest_b),
            other => return other,
        }
    }
}

/// The digits at the beginning, and the rest.
fn number(text: &[u8]) -> (&[u8], &[u8]) {
    let digits = text.iter().take_while(|c| c.is_ascii_digit()).count();
    text.split_at(digits)
}

/// The fields of one line of comma-separated values, as Go's reader takes them apart.
///
/// # Errors
/// Go's words for what is wrong.
pub fn fields(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        return Err("EOF".to_owned());
    }
    let wrong =
        |at: usize, why: &str| Err(format!("parse error on line 1, column {}: {why}", at + 1));
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let Some(quoted) = rest.strip_prefix('"') else {
            let end = rest.find(',').unwrap_or(rest.len());
            if let Some(quote) = rest[..end].find('"') {
                return wrong(at + quote, "bare \" in non-quoted-field");
            }
            found.push(rest[..end].to_owned());
            at += end + 1;
            if end == rest.len() {
                return Ok(found);
            }
            continue;
        };
        let mut field = String::new();
        let mut inside = quoted;
        loop {
            let Some(end) = inside.find('"') else {
                return wrong(text.len(), "extraneous or missing \" in quoted-field");
            };
            field.push_str(&inside[..end]);
            inside = &inside[end + 1..];
            match inside.strip_prefix('"') {
                Some(behind) => {
                    field.push('"');
                    inside = behind;
                }
                None => break,
            }
        }
        found.push(field);
        at = text.len() - inside.len() + 1;
        if inside.is_empty() {
            return Ok(found);
        }
        if !inside.starts_with(',') {
            return wrong(at - 2, "extraneous or missing \" in quoted-field");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ordered_as_people_do() {
        let mut names = ["web.10", "web.2", "db.1", "web", "web2.1"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["db.1", "web", "web.2", "web.10", "web2.1"]);
    }

    #[test]
    fn words_begin_in_upper_case() {
        let check = |word: &str, want: &str| assert_eq!(capitalized(word), want);
        check("needs rotation", "Needs rotation");
        check("", "");
    }

    #[test]
    fn commands_are_cut_and_quoted() {
        let check = |text: &str, want: &str| assert_eq!(quote(&ellipsis(text, 20)), want);
        check("sleep 1000", "\"sleep 1000\"");
        check("/bin/sh -c 'sleep 100000'", "\"/bin/sh -c 'sleep 1…\"");
        check("echo \"x\"", "\"echo \\\"x\\\"\"");
        check("\u{7}\u{1b}\u{85}é", "\"\\a\\x1b\\u0085é\"");
    }

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let check = |a: &str, b: &str, want: Ordering| assert_eq!(natural(a, b), want, "{a} {b}");
        check("t2", "t10", Ordering::Less);
        check("t10", "t2", Ordering::Greater);
        check("t2", "t2", Ordering::Equal);
        check("a", "b", Ordering::Less);
        check("web", "web1", Ordering::Less);
        check("t02", "t2", Ordering::Greater);
        check("t9x", "t09a", Ordering::Less);
    }

    #[test]
    fn times_are_gos() {
        let check = |text: &str, want: &str| assert_eq!(go_time(text), want);
        check("2026-11-26T17:46:43.54168121Z", "2026-11-26 17:46:43.54168121 +0000 UTC");
        check("2026-11-26T18:46:43+01:00", "2026-11-26 18:46:43 +0100 +0100");
        check("", "");
    }

    #[test]
    fn fields_may_stand_in_quotes() {
        let check = |text: &str, want: &[&str]| {
            let want: Vec<String> = want.iter().map(|w| (*w).to_owned()).collect();
            assert_eq!(fields(text), Ok(want), "{text}");
        };
        check("a", &["a"]);
        check("a,,b,", &["a", "", "b", ""]);
        check("a,\"b,c\",\"d\"\"e\"", &["a", "b,c", "d\"e"]);
        assert_eq!(fields("").unwrap_err(), "EOF");
        assert_eq!(
            fields("a\"b").unwrap_err(),
            "parse error on line 1, column 2: bare \" in non-quoted-field"
        );
        assert_eq!(
            fields("\"a\"b,c").unwrap_err(),
            "parse error on line 1, column 3: extraneous or missing \" in quoted-field"
        );
    }
}

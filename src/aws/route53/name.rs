//! Domain names, as Route 53 writes and orders them.
//!
//! Source: developer guide, "DNS domain name format". A name is kept in lower case, with a dot at the
//! end, and with `\ooo` for whatever is no letter, digit, hyphen or underscore.

use std::fmt::Write as _;

/// Bytes of a label, and of a name with its dots (RFC 1035, 2.3.4).
const LABEL_MAX: usize = 63;
const NAME_MAX: usize = 255;
/// How a label that stands for all others is kept.
pub(crate) const ANY: &str = "\\052";

/// The name as it is kept: `www.example.net.`
///
/// # Errors
/// What is wrong with it, in the service's words.
pub(crate) fn parse(text: &str) -> Result<String, String> {
    let fatal = |code: &str, why: &str| {
        Err(format!("FATAL problem: {code} ({why}) encountered with '{text}'"))
    };
    let bare = text.strip_suffix('.').unwrap_or(text);
    if bare.is_empty() {
        return fatal("DomainNameEmpty", "Domain name is empty");
    }
    let mut out = String::with_capacity(bare.len() + 1);
    let (mut label, mut whole) = (0, 0);
    let mut bytes = bare.bytes();
    while let Some(byte) = bytes.next() {
        let byte = match byte {
            b'.' => {
                if label == 0 {
                    return fatal("DomainLabelEmpty", "Domain label is empty");
                }
                out.push('.');
                whole += 1;
                label = 0;
                continue;
            }
            b'\\' => {
                let digits: Vec<u8> = bytes.by_ref().take(3).collect();
                match octal(&digits) {
                    Some(byte) => byte,
                    None => {
                        return fatal(
                            "UnsupportedCharacter",
                            "Value contains unsupported characters",
                        );
                    }
                }
            }
            0x21..=0x7e => byte,
            _ => {
                return fatal("UnsupportedCharacter", "Value contains unsupported characters");
            }
        };
        label += 1;
        whole += 1;
        if label > LABEL_MAX {
            return fatal("DomainLabelTooLong", "Domain label is too long");
        }
        match byte.to_ascii_lowercase() {
            plain @ (b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_') => out.push(char::from(plain)),
            other => {
                let _ = write!(out, "\\{other:03o}");
            }
        }
    }
    if label == 0 {
        return fatal("DomainLabelEmpty", "Domain label is empty");
    }
    if whole >= NAME_MAX {
        return fatal("DomainNameTooLong", "Domain name is too long");
    }
    out.push('.');
    Ok(out)
}

fn octal(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.len() == 3)?;
    u8::from_str_radix(text, 8).ok()
}

/// What names are ordered by: the labels from the last to the first, with a dot behind each.
pub(crate) fn order(name: &str) -> String {
    let mut labels: Vec<&str> = name.trim_end_matches('.').split('.').collect();
    labels.reverse();
    labels.push("");
    labels.join(".")
}

/// The name whose order this is.
pub(crate) fn of_order(order: &str) -> String {
    self::order(order)
}

/// Whether a name is a zone's, or lies in it.
pub(crate) fn within(name: &str, zone: &str) -> bool {
    name.strip_suffix(zone).is_some_and(|front| front.is_empty() || front.ends_with('.'))
}

/// What is left of a name without its first label; nothing behind the last.
pub(crate) fn parent(name: &str) -> Option<&str> {
    name.split_once('.').map(|(_, rest)| rest).filter(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{order, parse, within};

    #[test]
    fn names_are_kept_in_one_form() {
        let check = |text: &str, want: &str| assert_eq!(parse(text).as_deref(), Ok(want), "{text}");
        check("WWW.Example.net", "www.example.net.");
        check("www.example.net.", "www.example.net.");
        check("*.example.net", "\\052.example.net.");
        check("\\052.example.net", "\\052.example.net.");
        check("_sip._tcp.example.net", "_sip._tcp.example.net.");
        check("a/b.example.net", "a\\057b.example.net.");
        check("\\101.example.net", "a.example.net.");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let check = |text: &str, code: &str| {
            let wrong = parse(text).expect_err(text);
            assert!(wrong.starts_with(&format!("FATAL problem: {code} (")), "{text}: {wrong}");
        };
        check("", "DomainNameEmpty");
        check(".", "DomainNameEmpty");
        check("a..net", "DomainLabelEmpty");
        check(".net", "DomainLabelEmpty");
        check("a b.net", "UnsupportedCharacter");
        check("a\\1.net", "UnsupportedCharacter");
        check(&format!("{}.net", "a".repeat(64)), "DomainLabelTooLong");
        check(&"a.".repeat(128), "DomainNameTooLong");
    }

    #[test]
    fn names_are_ordered_by_their_last_labels() {
        let mut names = ["b.a.net.", "a.net.", "a.b.net.", "a-b.net.", "b.net.", "net."];
        names.sort_by_key(|name| order(name));
        // A hyphen comes before the dot.
        assert_eq!(names, ["net.", "a-b.net.", "a.net.", "b.a.net.", "b.net.", "a.b.net."]);
    }

    #[test]
    fn a_zone_has_what_ends_like_it() {
        assert!(within("a.net.", "a.net."));
        assert!(within("b.a.net.", "a.net."));
        assert!(!within("ba.net.", "a.net."));
        assert!(!within("net.", "a.net."));
    }
}

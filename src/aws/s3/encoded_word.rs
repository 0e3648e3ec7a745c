//! User metadata beyond US-ASCII. Headers cannot carry it, so it travels in the encoded words of mail
//! (RFC 2047): S3 undoes them before it stores a value, and makes one when it answers a value that is
//! not all US-ASCII.
//!
//! Source: S3 User Guide, "Working with object metadata". That a value which is mostly US-ASCII comes in
//! quoted printable letters (`=?UTF-8?Q?Mini=C3=B6?=`) and others in base64, and that a long one is
//! several words, is the manner of the mail library that S3 was seen to answer by.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const OPEN: &str = "=?UTF-8?";
const CLOSE: &str = "?=";
/// An encoded word has at most 75 characters; these remain beside charset, encoding and marks.
const TEXT_MAX: usize = 63;

/// Metadata as answers have it.
pub(super) fn mail_safe(metadata: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    metadata.iter().map(|(name, value)| (name.clone(), encoded(value))).collect()
}

/// A value as a header can carry it.
fn encoded(value: &str) -> String {
    if value.is_ascii() {
        return value.to_owned();
    }
    let ascii = value.chars().filter(char::is_ascii).count();
    let quoted = ascii > value.chars().count() - ascii;
    let mut words = Vec::new();
    split(value, quoted, &mut words);
    words.join(" ")
}

/// Encodes a text as one word, or as those of its halves where it is too long for one.
fn split(text: &str, quoted: bool, words: &mut Vec<String>) {
    let inner = if quoted { quote(text) } else { STANDARD.encode(text) };
    let count = text.chars().count();
    if inner.len() > TEXT_MAX && count > 1 {
        let middle = text.char_indices().nth(count / 2).map_or(text.len(), |(at, _)| at);
        let (front, back) = text.split_at(middle);
        split(front, quoted, words);
        split(back, quoted, words);
        return;
    }
    let encoding = if quoted { 'Q' } else { 'B' };
    words.push(format!("{OPEN}{encoding}?{inner}{CLOSE}"));
}

fn quote(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('_'),
            b'!'..=b'~' if !b"=_?".contains(&byte) => out.push(char::from(byte)),
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(out, "={byte:02X}");
            }
        }
    }
    out
}

/// A value as it is stored: encoded words are undone, and the blanks between two of them go.
pub(super) fn decoded(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    let mut behind_word = false;
    while let Some(at) = rest.find("=?") {
        let (before, from) = rest.split_at(at);
        let Some((text, len)) = word(from) else {
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            behind_word = false;
            continue;
        };
        if !(behind_word && before.trim().is_empty()) {
            out.push_str(before);
        }
        out.push_str(&text);
        rest = &from[len..];
        behind_word = true;
    }
    out + rest
}

/// The text of an encoded word at the beginning, and the word's length in bytes.
fn word(text: &str) -> Option<(String, usize)> {
    let inside = text.strip_prefix("=?")?;
    let (charset, inside) = inside.split_once('?')?;
    let (encoding, inside) = inside.split_once('?')?;
    let (content, behind) = inside.split_once(CLOSE)?;
    if content.contains([' ', '?']) {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => STANDARD.decode(content).ok()?,
        "Q" | "q" => unquote(content)?,
        _ => return None,
    };
    let text_of = match charset.to_ascii_lowercase().as_str() {
        "utf-8" | "us-ascii" => String::from_utf8(bytes).ok()?,
        "iso-8859-1" => bytes.into_iter().map(char::from).collect(),
        _ => return None,
    };
    Some((text_of, text.len() - behind.len()))
}

fn unquote(content: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = content.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        out.push(match byte {
            b'_' => b' ',
            b'=' => {
                let (digits, after) = rest.split_at_checked(2)?;
                rest = after;
                u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_made_safe_for_mail_and_back() {
        let check = |value: &str, want: &str| {
            assert_eq!(encoded(value), want);
            assert_eq!(decoded(want), value);
        };
        check("plain = a_b?", "plain = a_b?");
        // What S3 answers to a header that says "Mini\u{f6}" and "\u{f6}" in UTF-8, which it reads as
        // ISO 8859-1 (github.com/minio/minio/pull/21282).
        check("Mini\u{c3}\u{b6}", "=?UTF-8?Q?Mini=C3=83=C2=B6?=");
        check("\u{c3}\u{b6}", "=?UTF-8?B?w4PCtg==?=");
        check("a b_c\u{e9}", "=?UTF-8?Q?a_b=5Fc=C3=A9?=");
        let long = "\u{4e2d}".repeat(20);
        let words = encoded(&long);
        assert_eq!(words.split(' ').count(), 2, "{words}");
        assert!(words.split(' ').all(|word| word.len() <= 75), "{words}");
        assert_eq!(decoded(&words), long);
    }

    #[test]
    fn what_is_no_word_stays() {
        let check = |value: &str, want: &str| assert_eq!(decoded(value), want, "{value}");
        check("=?UTF-8?B?w7Y=?= and =?utf-8?q?=C3=B6?=", "\u{f6} and \u{f6}");
        check("=?ISO-8859-1?Q?=F6?=", "\u{f6}");
        check("=?UTF-8?Q?abc?=", "abc");
        for other in ["=?", "=?UTF-8?B?*?=", "=?KOI8-R?Q?a?=", "=?UTF-8?X?a?=", "=?UTF-8?Q?=F?="] {
            check(other, other);
        }
    }
}

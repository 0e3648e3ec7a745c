//! How a listing walks: it seeks from entry to entry, and over a common prefix in one step.

use std::borrow::Cow;
use std::ops::Bound;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::errors::argument;
use sim::api::ApiError;

/// One entry of a listing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry<'a> {
    Key(&'a str),
    /// Stands for every key that begins with it.
    Prefix(String),
}

/// A walk over keys that begin with a prefix.
pub(super) struct Walk<'a, F> {
    /// The first key from a bound on.
    seek: F,
    prefix: &'a str,
    delimiter: &'a str,
    from: Option<Bound<Cow<'a, str>>>,
}

impl<'a, F: Fn(Bound<&str>) -> Option<&'a str>> Walk<'a, F> {
    /// Begins after `after`; an empty delimiter rolls nothing up.
    pub(super) fn new(seek: F, prefix: &'a str, delimiter: &'a str, after: &'a str) -> Self {
        let from = if after < prefix || after.is_empty() {
            Some(Bound::Included(Cow::Borrowed(prefix)))
        } else if roll(after, prefix, delimiter) == Some(after) {
            // Where an answer ended with a common prefix, the next one begins behind all of it.
            successor(after).map(|s| Bound::Included(Cow::Owned(s)))
        } else {
            Some(Bound::Excluded(Cow::Borrowed(after)))
        };
        Self { seek, prefix, delimiter, from }
    }

    /// Begins with `key` itself.
    pub(super) fn starting_at(seek: F, prefix: &'a str, delimiter: &'a str, key: &'a str) -> Self {
        let from = Some(Bound::Included(Cow::Borrowed(key.max(prefix))));
        Self { seek, prefix, delimiter, from }
    }
}

impl<'a, F: Fn(Bound<&str>) -> Option<&'a str>> Iterator for Walk<'a, F> {
    type Item = Entry<'a>;
    fn next(&mut self) -> Option<Entry<'a>> {
        let from = self.from.take()?;
        let bound = match &from {
            Bound::Included(text) => Bound::Included(&**text),
            Bound::Excluded(text) => Bound::Excluded(&**text),
            Bound::Unbounded => Bound::Unbounded,
        };
        let key = (self.seek)(bound).filter(|key| key.starts_with(self.prefix))?;
        if let Some(common) = roll(key, self.prefix, self.delimiter) {
            self.from = successor(common).map(|s| Bound::Included(Cow::Owned(s)));
            Some(Entry::Prefix(common.to_owned()))
        } else {
            self.from = Some(Bound::Excluded(Cow::Borrowed(key)));
            Some(Entry::Key(key))
        }
    }
}

/// The common prefix that a key is rolled up to.
fn roll<'k>(key: &'k str, prefix: &str, delimiter: &str) -> Option<&'k str> {
    if delimiter.is_empty() {
        return None;
    }
    let at = key.strip_prefix(prefix)?.find(delimiter)?;
    Some(&key[..prefix.len() + at + delimiter.len()])
}

/// The least string that comes after every string that begins with `text`.
fn successor(text: &str) -> Option<String> {
    let mut chars: Vec<char> = text.chars().collect();
    while let Some(last) = chars.pop() {
        let next = match u32::from(last) {
            0xD7FF => Some('\u{E000}'),
            code => char::from_u32(code + 1),
        };
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

/// How many entries one answer may have.
const PAGE: i64 = 1000;

/// The number of entries asked for, at most [`PAGE`].
///
/// # Errors
/// `InvalidArgument` when it is negative.
pub(super) fn page(asked: Option<i64>, name: &str) -> Result<usize, ApiError> {
    let asked = asked.unwrap_or(PAGE);
    let out_of_range = asked < 0 || asked > i64::from(i32::MAX);
    if out_of_range {
        let message = format!("Argument {name} must be an integer between 0 and 2147483647");
        return Err(argument(message, name, asked.to_string()));
    }
    Ok(usize::try_from(asked.min(PAGE)).unwrap_or(0))
}

/// Percent-encoding as S3 spells names in listings.
const KEEP: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'/').remove(b'*');

/// How names are spelled in an answer.
#[derive(Clone, Copy)]
pub(super) struct Spelling(bool);

impl Spelling {
    /// # Errors
    /// `InvalidArgument` for anything but `url`.
    pub(super) fn new(encoding_type: Option<&str>) -> Result<Self, ApiError> {
        match encoding_type {
            None | Some("") => Ok(Self(false)),
            Some("url") => Ok(Self(true)),
            Some(other) => {
                let message = "Invalid Encoding Method specified in Request";
                Err(argument(message, "encoding-type", other))
            }
        }
    }

    pub(super) fn name(self, text: &str) -> String {
        if self.0 {
            utf8_percent_encode(text, KEEP).to_string().replace("%20", "+")
        } else {
            text.to_owned()
        }
    }

    pub(super) fn encoding_type(self) -> Option<String> {
        self.0.then(|| "url".to_owned())
    }
}

/// A continuation token that goes on after `last`.
pub(super) fn token(last: &str) -> String {
    BASE64.encode(format!("1{last}"))
}

/// Where a continuation token goes on.
///
/// # Errors
/// `InvalidArgument` when S3 did not make it.
pub(super) fn after_token(token: &str) -> Result<String, ApiError> {
    BASE64
        .decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.strip_prefix('1').map(str::to_owned))
        .ok_or_else(|| {
            argument("The continuation token provided is incorrect", "continuation-token", token)
        })
}

/// `None` when there is nothing to list.
pub(super) fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

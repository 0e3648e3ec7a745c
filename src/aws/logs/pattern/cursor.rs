//! Walking through a pattern's text.

use regex_lite::Regex;
use sim::api::ApiError;

use super::{bad_term, malformed};

/// A place in a pattern.
pub(super) struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    pub(super) fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub(super) fn is_done(&mut self) -> bool {
        self.blanks();
        self.rest.is_empty()
    }

    /// Takes this text, behind blanks, if it is there.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        self.blanks();
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes this word, in any case, if it is there and ends there.
    pub(super) fn word(&mut self, word: &str) -> bool {
        self.blanks();
        let Some(found) = self.rest.get(..word.len()) else { return false };
        let after = self.rest[word.len()..].chars().next();
        if !found.eq_ignore_ascii_case(word) || after.is_some_and(char::is_alphanumeric) {
            return false;
        }
        self.rest = &self.rest[word.len()..];
        true
    }

    /// Takes all characters that are so.
    pub(super) fn while_is(&mut self, is: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !is(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// Takes a text in double quotes, of which the first is next. A backslash takes its meaning from
    /// a quote or a backslash.
    ///
    /// # Errors
    /// It does not end.
    pub(super) fn quoted(&mut self) -> Result<String, ApiError> {
        let mut text = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(text);
                }
                '\\' => match chars.next() {
                    Some((_, escaped @ ('"' | '\\'))) => text.push(escaped),
                    Some((_, other)) => text.extend(['\\', other]),
                    None => break,
                },
                _ => text.push(c),
            }
        }
        Err(malformed())
    }

    /// Takes a regular expression between percent signs, of which the first is next.
    ///
    /// # Errors
    /// It does not end, has something in it that may not be there, or is none.
    pub(super) fn expression(&mut self) -> Result<Regex, ApiError> {
        let body = self.rest.strip_prefix('%').unwrap_or(self.rest);
        let (expression, rest) = body.split_once('%').ok_or_else(malformed)?;
        let allowed = |c: char| {
            c.is_ascii_alphanumeric() || ":_#=@/;,-".contains(c) || "^$?[]{}|\\*+.".contains(c)
        };
        // A backslash takes its meaning from the signs that mean something.
        let mut escaped = false;
        for c in expression.chars() {
            if !allowed(c) {
                return Err(bad_term(c));
            }
            if escaped && c.is_ascii_alphanumeric() && !"dDsSwWx".contains(c) {
                return Err(bad_term(format!("\\{c}")));
            }
            escaped = c == '\\' && !escaped;
        }
        self.rest = rest;
        Regex::new(expression).map_err(|_| malformed())
    }
}

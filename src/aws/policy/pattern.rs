//! Patterns with `*`, `?` and policy variables.
//!
//! The value of a variable is taken literally: a `*` in a user's name matches only itself.

use super::context::Context;

/// One piece of a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Piece {
    Char(char),
    One,
    Run,
}

/// How a pattern's special characters are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reading {
    /// `*` and `?` match.
    Wild,
    /// `*` and `?` stand for themselves.
    Plain,
}

/// A pattern whose variables have been replaced by the request's values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Pattern(Vec<Piece>);

impl Pattern {
    /// Reads a pattern. `None` when it names a variable the request has no single value for: what
    /// depends on such a value matches nothing.
    pub(super) fn new(text: &str, reading: Reading, context: Option<&Context<'_>>) -> Option<Self> {
        let mut pieces = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let (Some(context), Some(inside)) = (context, rest.strip_prefix("${"))
                && let Some((name, behind)) = inside.split_once('}')
            {
                pieces.extend(variable(name, context)?.chars().map(Piece::Char));
                rest = behind;
                continue;
            }
            pieces.push(match (c, reading) {
                ('*', Reading::Wild) => Piece::Run,
                ('?', Reading::Wild) => Piece::One,
                _ => Piece::Char(c),
            });
            rest = &rest[c.len_utf8()..];
        }
        Some(Self(pieces))
    }

    /// Whether `text` matches as a whole.
    pub(super) fn matches(&self, text: &str, same: impl Fn(char, char) -> bool) -> bool {
        let pieces = &self.0;
        let mut here = text.chars();
        let mut i = 0;
        // Where to go on from when what stands behind the last run does not match.
        let mut retry: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            if pieces.get(i) == Some(&Piece::Run) {
                i += 1;
                retry = Some((i, here.clone()));
                continue;
            }
            let mut ahead = here.clone();
            let fits = match (pieces.get(i), ahead.next()) {
                (None, None) => return true,
                (Some(Piece::One), Some(_)) => true,
                (Some(Piece::Char(p)), Some(c)) => same(*p, c),
                _ => false,
            };
            if fits {
                i += 1;
                here = ahead;
                continue;
            }
            let Some((start, from)) = &mut retry else { return false };
            if from.next().is_none() {
                return false;
            }
            i = *start;
            here = from.clone();
        }
    }
}

/// Equality of characters.
pub(super) fn exact(a: char, b: char) -> bool {
    a == b
}

/// Equality of characters whatever their case (ASCII).
pub(super) fn caseless(a: char, b: char) -> bool {
    a.eq_ignore_ascii_case(&b)
}

/// What stands between `${` and `}`: a key, a key with a default, or an escaped special character.
fn variable(name: &str, context: &Context<'_>) -> Option<String> {
    if let "*" | "?" | "$" = name {
        return Some(name.to_owned());
    }
    let (key, default) = match name.split_once(',') {
        Some((key, default)) => (key.trim(), Some(default.trim().trim_matches('\''))),
        None => (name, None),
    };
    match context.values(key).as_deref() {
        Some([value]) => Some(value.clone()),
        _ => default.map(str::to_owned),
    }
}

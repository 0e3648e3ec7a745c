//! Assignments before a command.

use super::super::ast::{Assign, Part, Word};

/// `NAME=value`, if the word is that.
pub(super) fn assignment(word: &Word) -> Option<Assign> {
    let Part::Plain(first) = word.0.first()? else { return None };
    let (name, value) = first.split_once('=')?;
    let (name, append) = match name.strip_suffix('+') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let valid = !name.is_empty()
        && name
            .chars()
            .enumerate()
            .all(|(n, c)| c == '_' || c.is_ascii_alphabetic() || (n > 0 && c.is_ascii_digit()));
    if !valid {
        return None;
    }
    let mut parts = Vec::new();
    if !value.is_empty() {
        parts.push(Part::Plain(value.to_owned()));
    }
    parts.extend(word.0[1..].iter().cloned());
    Some(Assign { name: name.to_owned(), append, value: Word(parts) })
}

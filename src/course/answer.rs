//! Answers to a lab's questions: what the right one is, and whether the learner gave it.

use std::cmp::Ordering;

use super::lab::{Answer, Ask};
use super::observe::{Num, Output, compare, number_in, observe, readable};
use super::quantity;

/// The right answer of a question that is answered by the live state, from what its command printed.
/// `None` when the command failed, when there is nothing at the path, or when the answer is fixed.
#[must_use]
pub fn compute(answer: &Answer, output: &Output) -> Option<String> {
    let Answer::Live { at, .. } = answer else { return None };
    let seen = observe(at.as_deref(), output);
    let nothing = seen.value.is_null() || seen.value.as_str().is_some_and(|t| t.trim().is_empty());
    (!seen.failed && !nothing).then(|| readable(&seen.value))
}

/// Whether what the learner gave is right. `computed` is what [`compute`] found; a question about the
/// live state that could not be computed has no right answer.
#[must_use]
pub fn judge(ask: &Ask, given: &str, computed: Option<&str>) -> bool {
    let given = chosen(ask, given);
    let right = |right: &str| {
        equal(given, right)
            // Of choices one is meant as it stands.
            || ask.choices.is_empty()
                && (quantity::equal(given, right, &ask.question, ask.unit.as_deref())
                    || cut_short(given, right)
                    // Asked how many, people say it so.
                    || normal(given) == "none" && equal("0", right))
    };
    match &ask.answer {
        Answer::Fixed(all) => all.iter().any(|one| right(one)),
        Answer::Live { .. } => computed.is_some_and(right),
    }
}

/// What the lab says to this wrong answer, if anything.
#[must_use]
pub fn why_not<'a>(ask: &'a Ask, given: &str) -> Option<&'a str> {
    let given = chosen(ask, given);
    ask.why_not.iter().find(|(wrong, _)| equal(given, wrong)).map(|(_, why)| why.as_str())
}

/// An answer that is right, for the proof of a lab.
#[must_use]
pub fn right_answer(ask: &Ask, computed: Option<&str>) -> Option<String> {
    match &ask.answer {
        Answer::Fixed(right) => right.first().cloned(),
        Answer::Live { .. } => computed.map(str::to_owned),
    }
}

/// The choice that is meant by its text, its letter (`b`, `B)`) or its number (`2`); else what was
/// given. The text goes first: where numbers are offered, `2` is the answer and not the second one.
#[must_use]
pub fn chosen<'a>(ask: &'a Ask, given: &'a str) -> &'a str {
    if let Some(text) = ask.choices.iter().find(|c| equal(c, given)) {
        return text;
    }
    let word = given.trim().trim_end_matches([')', '.', ':']);
    let index = match word.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => {
            Some(usize::from(letter.to_ascii_lowercase() - b'a'))
        }
        _ => word.parse::<usize>().ok().and_then(|n| n.checked_sub(1)),
    };
    index.and_then(|i| ask.choices.get(i)).map_or(given, String::as_str)
}

/// Without case, outer white space, quotes and a full stop; numbers as numbers.
pub(super) fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (normal(a), normal(b));
    if let (Some(a), Some(b)) = (count(&a), count(&b)) {
        return compare(a, b) == Some(Ordering::Equal);
    }
    !a.is_empty() && a == b
}

/// A number in figures, or a small one in words.
fn count(text: &str) -> Option<Num> {
    number_in(text).or_else(|| quantity::in_words(text))
}

/// Whether one is the other cut short: identifiers are shown in several lengths, and any beginning
/// that is long enough means the thing. Digits alone are a number.
fn cut_short(given: &str, right: &str) -> bool {
    const SHORTEST: usize = 4;
    /// What engines cut identifiers to.
    const USUAL: usize = 12;
    let bare = |text: &str| {
        let text = normal(text);
        text.strip_prefix("sha256:").unwrap_or(&text).trim_end_matches(['…', '.']).to_owned()
    };
    let (given, right) = (bare(given), bare(right));
    let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    let word = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
    // A swarm's identifiers are 25 letters and digits, everybody else's are hexadecimal.
    let id = right.len() >= USUAL && hex(&right) || right.len() == 25 && word(&right);
    let letters = right.bytes().any(|b| b.is_ascii_alphabetic());
    id && letters
        && given.len() >= SHORTEST
        && (right.starts_with(&given) || given.starts_with(&right) && word(&given))
}

fn normal(text: &str) -> String {
    // As terminals and papers quote; `<none>` stands in a table for what has no name.
    const OPENING: &[char] = &['`', '"', '\'', '“', '‘', '„', '«', '<'];
    const CLOSING: &[char] = &['`', '"', '\'', '”', '’', '“', '»', '>'];
    let text = text.trim().trim_start_matches(OPENING).trim_end_matches(CLOSING).trim();
    // A full stop ends a sentence; of dots alone (`..`) it is the answer.
    let text =
        text.strip_suffix('.').filter(|t| !t.is_empty() && !t.ends_with('.')).unwrap_or(text);
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

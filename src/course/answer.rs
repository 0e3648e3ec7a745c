//! Answers to a lab's questions: what the right one is, and whether the learner gave it.

use std::cmp::Ordering;

use super::lab::{Answer, Ask};
use super::observe::{Output, compare, number_in, observe, readable};

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
    match &ask.answer {
        Answer::Fixed(right) => right.iter().any(|r| equal(given, r)),
        Answer::Live { .. } => computed.is_some_and(|right| equal(given, right)),
    }
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
fn equal(a: &str, b: &str) -> bool {
    if let (Some(a), Some(b)) = (number_in(a), number_in(b)) {
        return compare(a, b) == Some(Ordering::Equal);
    }
    let (a, b) = (normal(a), normal(b));
    !a.is_empty() && a == b
}

fn normal(text: &str) -> String {
    let text = text.trim().trim_matches(['`', '"', '\'']).trim();
    // A full stop ends a sentence; of dots alone (`..`) it is the answer.
    let text =
        text.strip_suffix('.').filter(|t| !t.is_empty() && !t.ends_with('.')).unwrap_or(text);
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

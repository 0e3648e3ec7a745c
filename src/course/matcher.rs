//! What an expectation may demand: one trait, one registry.
//!
//! A matcher judges a value that was already read from a command's answer; `observe` reads it.

use std::cmp::Ordering;

use serde_json::Value;

use super::answer;
use super::lab::Expect;
use super::observe::{Output, Seen, number, observe, order, readable, same, scalar};

/// One word that an `[[expect]]` may use.
pub trait Matcher: Sync {
    /// `is`
    fn name(&self) -> &'static str;
    /// What it means, for the reference page.
    fn about(&self) -> &'static str;
    /// A line of TOML.
    fn example(&self) -> &'static str;
    /// The JSON types that `want` may have, as JSON Schema calls them.
    fn types(&self) -> &'static [&'static str];
    /// Whether it may hold of a command that failed (of its words, without `at`).
    fn looks_at_failures(&self) -> bool {
        false
    }
    /// What is wrong with `want` beyond its type.
    fn refuse(&self, _want: &Value) -> Option<String> {
        None
    }
    /// Whether it holds.
    fn holds(&self, want: &Value, seen: &Seen) -> bool;
    /// What is wanted, for people.
    fn want(&self, want: &Value) -> String {
        readable(want)
    }
    /// What was observed, for people.
    fn got(&self, seen: &Seen) -> String {
        seen.readable()
    }
    /// Whether what is wanted is always an answer, which no card may show.
    fn secret(&self) -> bool {
        false
    }
    /// Whether it has a meaning for what is not there.
    fn knows_nothing(&self) -> bool {
        false
    }
    /// Why it cannot fail, when it cannot.
    fn vacuous(&self, _want: &Value) -> Option<&'static str> {
        None
    }
}

/// Every matcher, in the order the reference names them.
pub static MATCHERS: &[&dyn Matcher] =
    &[&Is, &Not, &Matches, &Contains, &AtLeast, &AtMost, &Count, &Exists, &Absent, &Answered];

/// The matcher of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Matcher> {
    MATCHERS.iter().copied().find(|m| m.name() == name)
}

/// What came of an expectation.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    pub holds: bool,
    /// What was observed, for people; at most a few lines. Empty when it does not exist, which the
    /// message says, and when it is no more than a no.
    pub got: String,
    /// What was wanted, for people; empty when that is secret.
    pub want: String,
    /// The lab's own sentence with both put in. One line, unless the lab broke it.
    pub message: String,
}

/// Judges what a command answered.
///
/// With `at`, a command that failed or whose output is not JSON satisfies nothing, so that an engine
/// that is missing never looks like a thing that is absent.
#[must_use]
pub fn evaluate(expect: &Expect, output: &Output) -> Outcome {
    let seen = observe(expect.at.as_deref(), output);
    let Some(matcher) = find(&expect.matcher) else {
        let message = format!("`{}` is not a matcher.", expect.matcher);
        return Outcome { message, got: seen.readable(), ..Outcome::default() };
    };
    let blind = seen.failed && (expect.at.is_some() || !matcher.looks_at_failures());
    let holds = !blind && matcher.holds(&expect.want, &seen);
    let want = match (&expect.wanted, hides(expect)) {
        (_, true) => String::new(),
        (Some(words), false) => words.clone(),
        (None, false) => matcher.want(&expect.want),
    };
    let absent = !holds && seen.not_there();
    if let Some(missing) = expect.missing.as_ref().filter(|_| absent) {
        return Outcome { holds, got: String::new(), want, message: missing.clone() };
    }
    // The words in which an engine or a cloud says so are not what was observed.
    let seen = if absent { Seen { value: Value::Null, failed: false, ..seen } } else { seen };
    let got = matcher.got(&seen);
    let message =
        expect.or_else.replace("{want}", &one_line(&want)).replace("{got}", &one_line(&got));
    // Beside words, a yes or no is the outcome of a comparison and nothing that was observed.
    let told = expect.wanted.is_none() || !seen.value.is_boolean();
    Outcome { holds, got: if told { got } else { String::new() }, want, message }
}

/// Whether no card may show what an expectation wants.
#[must_use]
pub fn hides(expect: &Expect) -> bool {
    expect.secret.unwrap_or_else(|| find(&expect.matcher).is_some_and(Matcher::secret))
}

/// The first line, cut where it would fill the screen; what was left out is shown by an ellipsis.
fn one_line(text: &str) -> String {
    const MAX: usize = 120;
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let mut out: String = first.chars().take(MAX).collect();
    if first.chars().count() > MAX || lines.next().is_some() {
        out.push('…');
    }
    out
}

const ANY: &[&str] = &["string", "number", "boolean", "array", "object"];

struct Is;
impl Matcher for Is {
    fn name(&self) -> &'static str {
        "is"
    }
    fn about(&self) -> &'static str {
        "Equal. Text is compared without outer white space, numbers as numbers (`3` is `\"3\"` and \
         `3.0`), lists and tables member by member."
    }
    fn example(&self) -> &'static str {
        "is = \"Enabled\""
    }
    fn types(&self) -> &'static [&'static str] {
        ANY
    }
    fn looks_at_failures(&self) -> bool {
        true
    }
    fn holds(&self, want: &Value, seen: &Seen) -> bool {
        same(want, &seen.value)
    }
}

struct Not;
impl Matcher for Not {
    fn name(&self) -> &'static str {
        "not"
    }
    fn about(&self) -> &'static str {
        "Not equal, in the sense of `is`; also of what is not there. A command that failed satisfies \
         nothing."
    }
    fn example(&self) -> &'static str {
        "not = \"Suspended\""
    }
    fn types(&self) -> &'static [&'static str] {
        ANY
    }
    fn holds(&self, want: &Value, seen: &Seen) -> bool {
        !same(want, &seen.value)
    }
    fn want(&self, want: &Value) -> String {
        format!("anything but {}", readable(want))
    }
    fn knows_nothing(&self) -> bool {
        true
    }
    fn vacuous(&self, want: &Value) -> Option<&'static str> {
        match want {
            Value::String(text) if text.trim().is_empty() => {
                Some("what is missing is not the empty text either; `exists` says it")
            }
            Value::Object(_) => Some("hardly any answer is exactly this table"),
            _ => None,
        }
    }
}

struct Matches;
impl Matcher for Matches {
    fn name(&self) -> &'static str {
        "matches"
    }
    fn about(&self) -> &'static str {
        "A regular expression is found in the text, or in one member of a list. It is not anchored; \
         `(?m)` lets `^` and `$` mean lines."
    }
    fn example(&self) -> &'static str {
        "matches = '^arn:aws:iam::\\d{12}:'"
    }
    fn types(&self) -> &'static [&'static str] {
        &["string"]
    }
    fn looks_at_failures(&self) -> bool {
        true
    }
    fn refuse(&self, want: &Value) -> Option<String> {
        pattern(want.as_str()?).err().map(|e| format!("it is not a regular expression: {e}"))
    }
    fn holds(&self, want: &Value, seen: &Seen) -> bool {
        let Some(Ok(regex)) = want.as_str().map(pattern) else { return false };
        match &seen.value {
            Value::Array(list) => list.iter().filter_map(scalar).any(|t| regex.is_match(&t)),
            other => scalar(other).is_some_and(|t| regex.is_match(&t)),
        }
    }
    fn want(&self, want: &Value) -> String {
        format!("text that matches {}", readable(want))
    }
    fn vacuous(&self, want: &Value) -> Option<&'static str> {
        let empty = pattern(want.as_str()?).is_ok_and(|r| r.is_match(""));
        empty.then_some("the pattern matches the empty text too")
    }
}

/// Compiles a pattern, within bounds that no lab comes near.
fn pattern(text: &str) -> Result<regex_lite::Regex, regex_lite::Error> {
    regex_lite::RegexBuilder::new(text).size_limit(1 << 20).nest_limit(32).build()
}

struct Contains;
impl Matcher for Contains {
    fn name(&self) -> &'static str {
        "contains"
    }
    fn about(&self) -> &'static str {
        "The text has this part, the list this member, the table this key. A list demands all of its \
         members."
    }
    fn example(&self) -> &'static str {
        "contains = \"AccessDenied\""
    }
    fn types(&self) -> &'static [&'static str] {
        &["string", "number", "boolean", "array"]
    }
    fn looks_at_failures(&self) -> bool {
        true
    }
    fn holds(&self, want: &Value, seen: &Seen) -> bool {
        match want {
            Value::Array(all) => all.iter().all(|one| has(one, &seen.value)),
            one => has(one, &seen.value),
        }
    }
    fn want(&self, want: &Value) -> String {
        format!("something that contains {}", readable(want))
    }
    fn vacuous(&self, want: &Value) -> Option<&'static str> {
        match want {
            Value::String(text) if text.is_empty() => Some("every text contains the empty one"),
            Value::Array(list) if list.is_empty() => Some("the list demands nothing"),
            _ => None,
        }
    }
}

fn has(want: &Value, got: &Value) -> bool {
    match got {
        Value::Array(list) => list.iter().any(|member| same(want, member)),
        Value::Object(table) => want.as_str().is_some_and(|key| table.contains_key(key)),
        other => match (scalar(other), scalar(want)) {
            (Some(text), Some(part)) => text.contains(&part),
            _ => false,
        },
    }
}

struct AtLeast;
impl Matcher for AtLeast {
    fn name(&self) -> &'static str {
        "at_least"
    }
    fn about(&self) -> &'static str {
        "A number, or text that is one, of this size or more."
    }
    fn example(&self) -> &'static str {
        "at_least = 2"
    }
    fn types(&self) -> &'static [&'static str] {
        &["number"]
    }
    fn holds(&self, want: &Value, seen: &Seen) -> bool {
        matches!(order(&seen.value, want), Some(Ordering::Greater | Ordering::Equal))
    }
    fn want(&self, want: &Value) -> String {
        format!("at least {}", readable(want))
    }
    fn vacuous(&self, want: &Value) -> Option<&'static str> {
        (order(want, &Value::from(0)) != Some(Ordering::Greater))
            .then_some("no count and no size is below zero")
    }
}

struct AtMost;
impl Matcher for AtMost {
    fn name(&self) -> &'static str {
        "at_most"
    }
    fn about(&self) -> &'static str {
        "A number, or text that is one, of this size or less. What is not there is no number."
    }
    fn example(&self) -> &'static str {
        "at_most = 10"
    }
    fn types(&self) -> &'static [&'static str] {
        &["number"]
    }
    fn holds(&self, want: &Value, seen: &Seen) -> bool {
        matches!(order(&seen.value, want), Some(Ordering::Less | Ordering::Equal))
    }
    fn want(&self, want: &Value) -> String {
        format!("at most {}", readable(want))
    }
}

struct Count;
impl Matcher for Count {
    fn name(&self) -> &'static str {
        "count"
    }
    fn about(&self) -> &'static str {
        "How many members the list or table has, or how many lines of the text are not blank. What is not \
         there has none."
    }
    fn example(&self) -> &'static str {
        "count = 3"
    }
    fn types(&self) -> &'static [&'static str] {
        &["integer"]
    }
    fn refuse(&self, want: &Value) -> Option<String> {
        want.as_u64().is_none().then(|| "a count is not negative".into())
    }
    fn holds(&self, want: &Value, seen: &Seen) -> bool {
        let found = counted(&seen.value).and_then(|n| u64::try_from(n).ok());
        found.is_some() && found == want.as_u64()
    }
    fn want(&self, want: &Value) -> String {
        match want.as_u64() {
            Some(0) => "none".into(),
            _ => readable(want),
        }
    }
    /// How many there are; an error says itself.
    fn got(&self, seen: &Seen) -> String {
        match counted(&seen.value).filter(|_| !seen.failed) {
            Some(0) => "none".into(),
            Some(n) => n.to_string(),
            None => seen.readable(),
        }
    }
    fn knows_nothing(&self) -> bool {
        true
    }
}

fn counted(value: &Value) -> Option<usize> {
    match value {
        Value::Null => Some(0),
        Value::Array(list) => Some(list.len()),
        Value::Object(table) => Some(table.len()),
        Value::String(text) => Some(text.lines().filter(|l| !l.trim().is_empty()).count()),
        Value::Bool(_) | Value::Number(_) => None,
    }
}

struct Exists;
impl Matcher for Exists {
    fn name(&self) -> &'static str {
        "exists"
    }
    fn about(&self) -> &'static str {
        "With `at`: something is there, and it is not an empty text, list or table. Without: the \
         command succeeds, whatever it prints."
    }
    fn example(&self) -> &'static str {
        "exists = true"
    }
    fn types(&self) -> &'static [&'static str] {
        &["boolean"]
    }
    fn refuse(&self, want: &Value) -> Option<String> {
        (want != &Value::Bool(true)).then(|| "the opposite of `exists` is `absent = true`".into())
    }
    fn holds(&self, _want: &Value, seen: &Seen) -> bool {
        seen.whole || !empty(&seen.value)
    }
    fn want(&self, _want: &Value) -> String {
        "something".into()
    }
}

struct Absent;
impl Matcher for Absent {
    fn name(&self) -> &'static str {
        "absent"
    }
    fn about(&self) -> &'static str {
        "The command succeeds, and nothing is there: no such member with `at`, or an empty one; no \
         output without it. An error that says so is caught by `contains` instead."
    }
    fn example(&self) -> &'static str {
        "absent = true"
    }
    fn types(&self) -> &'static [&'static str] {
        &["boolean"]
    }
    fn refuse(&self, want: &Value) -> Option<String> {
        (want != &Value::Bool(true)).then(|| "the opposite of `absent` is `exists = true`".into())
    }
    fn holds(&self, _want: &Value, seen: &Seen) -> bool {
        empty(&seen.value)
    }
    fn want(&self, _want: &Value) -> String {
        "nothing".into()
    }
    fn knows_nothing(&self) -> bool {
        true
    }
}

struct Answered;
impl Matcher for Answered {
    fn name(&self) -> &'static str {
        "answer"
    }
    fn about(&self) -> &'static str {
        "What the learner wrote down is the right answer, compared as that of a question is: case, \
         quotes and thousands do not matter. A list has several answers that are all right. It is \
         secret by itself."
    }
    fn example(&self) -> &'static str {
        "answer = [\"vm\", \"both\"]"
    }
    fn types(&self) -> &'static [&'static str] {
        &["string", "number", "array"]
    }
    fn refuse(&self, want: &Value) -> Option<String> {
        let list = want.as_array()?;
        (list.is_empty() || list.iter().any(|one| scalar(one).is_none()))
            .then(|| "a list has answers, each a text or a number".into())
    }
    fn holds(&self, want: &Value, seen: &Seen) -> bool {
        let Some(given) = scalar(&seen.value) else { return false };
        let right = |one: &Value| scalar(one).is_some_and(|one| answer::equal(&given, &one));
        match want {
            Value::Array(list) => list.iter().any(right),
            one => right(one),
        }
    }
    fn secret(&self) -> bool {
        true
    }
    fn vacuous(&self, want: &Value) -> Option<&'static str> {
        let empty = |one: &Value| scalar(one).is_some_and(|text| text.is_empty());
        let none = want.as_array().map_or_else(|| empty(want), |list| list.iter().any(empty));
        none.then_some("an empty answer is none")
    }
}

fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(table) => table.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What is wrong with an expectation's value, if anything is: its type, then what the matcher says.
pub(super) fn refuse(matcher: &dyn Matcher, want: &Value) -> Option<String> {
    let is: &[&str] = match want {
        Value::Null => &[],
        Value::Bool(_) => &["boolean"],
        Value::Number(n) if n.is_f64() => &["number"],
        Value::Number(_) => &["number", "integer"],
        Value::String(_) => &["string"],
        Value::Array(_) => &["array"],
        Value::Object(_) => &["object"],
    };
    if matcher.types().iter().any(|t| is.contains(t)) {
        return matcher.refuse(want);
    }
    let takes = matcher.types().join(" or ");
    let hint = if number(want).is_some() { "; take the quotes away" } else { "" };
    Some(format!("it takes a value of type {takes}{hint}"))
}

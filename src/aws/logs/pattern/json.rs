//! Conditions on events that are JSON: `{ $.eventType = "UpdateTrail" && $.errorCode NOT EXISTS }`.

use serde_json::Value;
use sim::api::ApiError;

use super::condition::{Condition, Scalar};
use super::cursor::Cursor;
use super::{bad_term, malformed};

/// How deep conditions may stand in parentheses, so that no pattern exhausts the stack.
const DEPTH_MAX: usize = 32;
/// Stars in one selector, and in all of a pattern.
const STARS_MAX: usize = 1;
const ALL_STARS_MAX: usize = 3;

/// A condition on a document.
#[derive(Debug)]
pub(crate) enum Json {
    All(Vec<Json>),
    Any(Vec<Json>),
    Value(Selector, Condition),
    Is(Selector, Kind),
    NotExists(Selector),
}

/// What a value may be without being compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Null,
    True,
    False,
}

/// The way to values: `$.users[0].id`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Selector(Vec<Step>);

#[derive(Clone, PartialEq, Eq, Debug)]
enum Step {
    Member(String),
    Element(usize),
    AnyMember,
    AnyElement,
}

/// An event as a document; nothing where it is none.
pub(super) fn event(message: &str) -> Option<Value> {
    let message = message.trim();
    if !message.starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(message).ok()
}

impl Json {
    /// Reads what stands between the braces.
    ///
    /// # Errors
    /// It is no condition.
    pub(super) fn parse(text: &str) -> Result<Self, ApiError> {
        let mut cursor = Cursor::new(text);
        let condition = any(&mut cursor, 0)?;
        match cursor.is_done() {
            true if condition.stars() <= ALL_STARS_MAX => Ok(condition),
            true => Err(malformed()),
            false => Err(cursor.peek().map_or_else(malformed, bad_term)),
        }
    }

    pub(super) fn matches(&self, event: &Value) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.matches(event)),
            Self::Any(any) => any.iter().any(|one| one.matches(event)),
            Self::Value(selector, condition) => {
                let values = selector.select(event);
                values.into_iter().filter_map(scalar).any(|value| condition.holds(&value))
            }
            Self::Is(selector, kind) => {
                selector.select(event).into_iter().any(|value| match kind {
                    Kind::Null => value.is_null(),
                    Kind::True => *value == Value::Bool(true),
                    Kind::False => *value == Value::Bool(false),
                })
            }
            Self::NotExists(selector) => selector.select(event).is_empty(),
        }
    }

    pub(super) fn expressions(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::expressions).sum(),
            Self::Value(_, condition) => usize::from(condition.has_expression()),
            Self::Is(..) | Self::NotExists(_) => 0,
        }
    }

    fn stars(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::stars).sum(),
            Self::Value(selector, _) | Self::Is(selector, _) | Self::NotExists(selector) => {
                selector.stars()
            }
        }
    }
}

/// Only texts and numbers are compared.
fn scalar(value: &Value) -> Option<Scalar<'_>> {
    match value {
        Value::String(text) => Some(Scalar::Text(text)),
        Value::Number(number) => Some(Scalar::Number(number.as_f64()?, number.to_string())),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn any(cursor: &mut Cursor<'_>, depth: usize) -> Result<Json, ApiError> {
    let mut parts = vec![all(cursor, depth)?];
    while cursor.eat("||") {
        parts.push(all(cursor, depth)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Json::Any(parts) })
}

fn all(cursor: &mut Cursor<'_>, depth: usize) -> Result<Json, ApiError> {
    let mut parts = vec![one(cursor, depth)?];
    while cursor.eat("&&") {
        parts.push(one(cursor, depth)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Json::All(parts) })
}

fn one(cursor: &mut Cursor<'_>, depth: usize) -> Result<Json, ApiError> {
    if cursor.eat("(") {
        if depth == DEPTH_MAX {
            return Err(malformed());
        }
        let inside = any(cursor, depth + 1)?;
        return if cursor.eat(")") { Ok(inside) } else { Err(malformed()) };
    }
    let selector = Selector::read(cursor)?;
    if cursor.word("IS") {
        let kinds = [("NULL", Kind::Null), ("TRUE", Kind::True), ("FALSE", Kind::False)];
        let kind = kinds.into_iter().find(|(word, _)| cursor.word(word));
        return kind.map(|(_, kind)| Json::Is(selector, kind)).ok_or_else(malformed);
    }
    if cursor.word("NOT") {
        let exists = cursor.word("EXISTS");
        return exists.then_some(Json::NotExists(selector)).ok_or_else(malformed);
    }
    match Condition::parse(cursor)? {
        Some(condition) => Ok(Json::Value(selector, condition)),
        None => Err(cursor.peek().map_or_else(malformed, bad_term)),
    }
}

impl Selector {
    /// A selector alone, as a metric's value names one.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn parse(text: &str) -> Result<Self, ApiError> {
        let mut cursor = Cursor::new(text);
        let selector = Self::read(&mut cursor)?;
        if cursor.is_done() { Ok(selector) } else { Err(malformed()) }
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, ApiError> {
        if !cursor.eat("$") {
            return Err(cursor.peek().map_or_else(malformed, bad_term));
        }
        let mut steps = Vec::new();
        loop {
            match cursor.peek() {
                Some('.') => {
                    cursor.eat(".");
                    if cursor.peek() != Some('[') {
                        steps.push(member(cursor)?);
                    }
                }
                Some('[') => {
                    cursor.eat("[");
                    steps.push(bracket(cursor)?);
                }
                _ => break,
            }
        }
        let selector = Self(steps);
        if selector.0.is_empty() || selector.stars() > STARS_MAX {
            return Err(malformed());
        }
        Ok(selector)
    }

    fn stars(&self) -> usize {
        let star = |step: &&Step| matches!(step, Step::AnyMember | Step::AnyElement);
        self.0.iter().filter(star).count()
    }

    /// The values that it leads to.
    pub(crate) fn select<'v>(&self, event: &'v Value) -> Vec<&'v Value> {
        let mut at = vec![event];
        for step in &self.0 {
            at = at.into_iter().flat_map(|value| step.from(value)).collect();
        }
        at
    }
}

impl Step {
    fn from<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        match (self, value) {
            (Self::Member(name), Value::Object(map)) => map.get(name).into_iter().collect(),
            (Self::Element(at), Value::Array(items)) => items.get(*at).into_iter().collect(),
            (Self::AnyMember, Value::Object(map)) => map.values().collect(),
            (Self::AnyElement, Value::Array(items)) => items.iter().collect(),
            _ => Vec::new(),
        }
    }
}

fn member(cursor: &mut Cursor<'_>) -> Result<Step, ApiError> {
    if cursor.peek() == Some('*') {
        cursor.eat("*");
        return Ok(Step::AnyMember);
    }
    let name = cursor.while_is(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    match cursor.peek() {
        Some(c) if name.is_empty() => Err(bad_term(format!("$.{c}"))),
        None if name.is_empty() => Err(malformed()),
        _ => Ok(Step::Member(name.to_owned())),
    }
}

/// What stands in brackets: a number, a star, or a name in quotes.
fn bracket(cursor: &mut Cursor<'_>) -> Result<Step, ApiError> {
    let step = match cursor.peek() {
        Some('*') => {
            cursor.eat("*");
            Step::AnyElement
        }
        Some('"') => Step::Member(cursor.quoted()?),
        Some('\'') => {
            cursor.eat("'");
            let name = cursor.while_is(|c| c != '\'').to_owned();
            if !cursor.eat("'") {
                return Err(malformed());
            }
            Step::Member(name)
        }
        _ => {
            let digits = cursor.while_is(|c| c.is_ascii_digit());
            Step::Element(digits.parse().map_err(|_| malformed())?)
        }
    };
    if cursor.eat("]") { Ok(step) } else { Err(malformed()) }
}

//! What a value is compared with, of JSON and of fields alike.

use regex_lite::Regex;
use sim::api::ApiError;

use super::cursor::Cursor;
use super::{bad_term, malformed};

/// How values are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Op {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// In the order in which they are looked for. The user guide writes `=!` for fields.
const OPS: &[(&str, Op)] = &[
    ("!=", Op::Unequal),
    ("=!", Op::Unequal),
    ("<=", Op::LessOrEqual),
    (">=", Op::GreaterOrEqual),
    ("=", Op::Equal),
    ("<", Op::Less),
    (">", Op::Greater),
];

/// What a value is compared with.
#[derive(Debug)]
pub(super) enum Want {
    /// A text with stars at its ends, which stand for anything.
    Text {
        front: bool,
        text: String,
        back: bool,
        quoted: bool,
    },
    Number {
        value: f64,
        text: String,
    },
    Expression(Regex),
}

/// A value of an event.
#[derive(Clone, Debug)]
pub(super) enum Scalar<'a> {
    /// What is a text and nothing else.
    Text(&'a str),
    /// A number of JSON.
    Number(f64, String),
    /// A field between spaces, which may be read as a number.
    Field(&'a str),
}

/// A comparison.
#[derive(Debug)]
pub(crate) struct Condition {
    op: Op,
    want: Want,
}

impl Condition {
    /// Reads an operator and what stands behind it; nothing where no operator is next.
    ///
    /// # Errors
    /// What stands behind it is nothing to compare with.
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Option<Self>, ApiError> {
        let Some((_, op)) = OPS.iter().find(|(text, _)| cursor.eat(text)) else {
            return Ok(None);
        };
        let want = Want::parse(cursor)?;
        let orders = !matches!(op, Op::Equal | Op::Unequal);
        if orders && !matches!(want, Want::Number { .. }) {
            return Err(malformed());
        }
        Ok(Some(Self { op: *op, want }))
    }

    pub(super) fn has_expression(&self) -> bool {
        matches!(self.want, Want::Expression(_))
    }

    /// Whether a value is so.
    pub(super) fn holds(&self, value: &Scalar<'_>) -> bool {
        match self.op {
            Op::Equal => self.want.is(value),
            Op::Unequal => !self.want.is(value),
            _ => {
                let (Want::Number { value: want, .. }, Some(got)) = (&self.want, value.number())
                else {
                    return false;
                };
                match self.op {
                    Op::Less => got < *want,
                    Op::LessOrEqual => got <= *want,
                    Op::Greater => got > *want,
                    _ => got >= *want,
                }
            }
        }
    }
}

impl Scalar<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Field(text) => text,
            Self::Number(_, text) => text,
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Text(_) => None,
            Self::Number(number, _) => Some(*number),
            Self::Field(text) => number(text),
        }
    }
}

/// An integer or a decimal with or without a sign and an exponent.
pub(super) fn number(text: &str) -> Option<f64> {
    let plain = text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    plain.then(|| text.parse().ok()).flatten()
}

impl Want {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Self, ApiError> {
        cursor.blanks();
        match cursor.peek() {
            Some('"') => {
                let text = cursor.quoted()?;
                Ok(Self::text(&text, true))
            }
            Some('%') => cursor.expression().map(Self::Expression),
            _ => {
                let text = cursor.while_is(|c| c.is_ascii_alphanumeric() || ".*_-+".contains(c));
                match (text.is_empty(), cursor.peek()) {
                    (true, Some(c)) => Err(bad_term(c)),
                    (true, None) => Err(malformed()),
                    (false, _) => Ok(match number(text) {
                        Some(value) => Self::Number { value, text: text.to_owned() },
                        None => Self::text(text, false),
                    }),
                }
            }
        }
    }

    fn text(text: &str, quoted: bool) -> Self {
        let (front, text) = text.strip_prefix('*').map_or((false, text), |rest| (true, rest));
        let (back, text) = text.strip_suffix('*').map_or((false, text), |rest| (true, rest));
        // One star alone is any text.
        let back = back || (front && text.is_empty());
        Self::Text { front, text: text.to_owned(), back, quoted }
    }

    fn is(&self, value: &Scalar<'_>) -> bool {
        match self {
            Self::Expression(expression) => expression.is_match(value.text()),
            Self::Number { value: want, text } => match value {
                Scalar::Text(got) => got == text,
                // What is meant is the same number.
                #[expect(clippy::float_cmp, reason = "both were written in decimals")]
                _ => value.number().map_or_else(|| value.text() == text, |got| got == *want),
            },
            // Quoted, it is a text, and no number of JSON is one.
            Self::Text { front: false, back: false, quoted: true, .. }
                if matches!(value, Scalar::Number(..)) =>
            {
                false
            }
            Self::Text { front, text, back, .. } => {
                let got = value.text();
                match (front, back) {
                    (true, true) => got.contains(text.as_str()),
                    (true, false) => got.ends_with(text.as_str()),
                    (false, true) => got.starts_with(text.as_str()),
                    (false, false) => got == text,
                }
            }
        }
    }
}

//! The language of filter patterns: terms of text, conditions on JSON, and fields between spaces.
//!
//! Source: CloudWatch Logs User Guide, "Filter pattern syntax".

mod condition;
mod cursor;
mod fields;
mod json;
mod text;

use std::collections::BTreeMap;

use serde_json::Value;
use sim::api::ApiError;

use super::faults::invalid;
pub(crate) use fields::Fields;
pub(crate) use json::{Json, Selector};
use text::Text;

/// Regular expressions in one pattern of fields or of JSON.
const EXPRESSIONS_MAX: usize = 2;

/// What events have to be like.
#[derive(Debug)]
pub(crate) enum Pattern {
    /// Every event.
    All,
    Text(Text),
    Json(Json),
    Fields(Fields),
}

impl Pattern {
    /// # Errors
    /// `InvalidParameterException`: it is no pattern.
    pub(crate) fn parse(text: &str) -> Result<Self, ApiError> {
        let text = text.trim();
        let pattern = match text.chars().next() {
            None => Self::All,
            Some('{') => Self::Json(Json::parse(inner(text, '{', '}')?)?),
            Some('[') => Self::Fields(Fields::parse(inner(text, '[', ']')?)?),
            Some(_) => match Text::parse(text)? {
                Some(terms) => Self::Text(terms),
                None => Self::All,
            },
        };
        let expressions = match &pattern {
            Self::Json(json) => json.expressions(),
            Self::Fields(fields) => fields.expressions(),
            Self::All | Self::Text(_) => 0,
        };
        if expressions > EXPRESSIONS_MAX {
            return Err(malformed());
        }
        Ok(pattern)
    }

    /// Whether there is a regular expression in it.
    pub(crate) fn has_expression(&self) -> bool {
        match self {
            Self::All => false,
            Self::Text(text) => text.expressions() > 0,
            Self::Json(json) => json.expressions() > 0,
            Self::Fields(fields) => fields.expressions() > 0,
        }
    }

    /// Whether an event is so.
    pub(crate) fn matches(&self, message: &str) -> bool {
        self.find(message).is_some()
    }

    /// What an event that is so has in it.
    pub(crate) fn find(&self, message: &str) -> Option<Found> {
        match self {
            Self::All => Some(Found::Nothing),
            Self::Text(text) => text.matches(message).then_some(Found::Nothing),
            Self::Json(json) => {
                let event = json::event(message)?;
                json.matches(&event).then_some(Found::Json(event))
            }
            Self::Fields(fields) => fields.find(message).map(Found::Fields),
        }
    }
}

/// What was found in an event.
#[derive(Debug)]
pub(crate) enum Found {
    /// The words were there; there is nothing to take out.
    Nothing,
    Json(Value),
    /// The fields by their names, each behind `$`.
    Fields(BTreeMap<String, String>),
}

impl Found {
    /// The values by name, of fields; nothing otherwise.
    pub(crate) fn values(self) -> BTreeMap<String, String> {
        match self {
            Self::Fields(fields) => fields,
            Self::Nothing | Self::Json(_) => BTreeMap::new(),
        }
    }

    /// The text that a reference (`$.latency`, `$bytes`) leads to.
    pub(crate) fn get(&self, reference: &str) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Fields(fields) => fields.get(reference).cloned(),
            Self::Json(event) => {
                let selector = Selector::parse(reference).ok()?;
                match selector.select(event).first()? {
                    Value::String(text) => Some(text.clone()),
                    Value::Number(number) => Some(number.to_string()),
                    Value::Bool(whether) => Some(whether.to_string()),
                    Value::Null | Value::Array(_) | Value::Object(_) => None,
                }
            }
        }
    }
}

fn inner(text: &str, open: char, close: char) -> Result<&str, ApiError> {
    let inside = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    inside.ok_or_else(|| {
        invalid(format!("If a filter pattern starts with '{open}' it must end with '{close}'"))
    })
}

fn malformed() -> ApiError {
    invalid("Invalid filter pattern")
}

fn bad_term(what: impl std::fmt::Display) -> ApiError {
    invalid(format!("Invalid character(s) in term '{what}'"))
}

//! `ExpressionAttributeNames` and `ExpressionAttributeValues`: what stands for
//! the placeholders of a request's expressions, and which of it was used.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::super::error::{ApiError, validation};
use super::super::value::AttributeValue;

use super::Fault;
use super::path::{Path, Step};
use super::syntax::{RawPath, RawStep};
use super::token::word_length;

/// The longest key of either parameter.
const KEY_BYTES_MAX: usize = 255;

/// The names and values of one request, shared by all its expressions.
#[derive(Clone, Debug, Default)]
pub struct Substitutions {
    names: BTreeMap<String, String>,
    values: BTreeMap<String, AttributeValue>,
    unused_names: BTreeSet<String>,
    unused_values: BTreeSet<String>,
}

impl Substitutions {
    /// Takes the two parameters as the request has them.
    ///
    /// # Errors
    /// A parameter is there but empty, a key is no placeholder, a value is none.
    pub fn new(
        names: Option<&BTreeMap<String, String>>,
        values: Option<&Map<String, Value>>,
    ) -> Result<Self, ApiError> {
        let mut substitutions = Self::default();
        if let Some(names) = names {
            let keys = names.keys().map(String::as_str);
            check_keys("ExpressionAttributeNames", '#', keys)?;
            substitutions.names = names.clone();
            substitutions.unused_names = names.keys().cloned().collect();
        }
        if let Some(values) = values {
            let keys = values.keys().map(String::as_str);
            check_keys("ExpressionAttributeValues", ':', keys)?;
            for (key, json) in values {
                let value = read_value(key, json)?;
                substitutions.values.insert(key.clone(), value);
            }
            substitutions.unused_values = values.keys().cloned().collect();
        }
        Ok(substitutions)
    }

    /// Ends the request: every name and value must have been used.
    ///
    /// # Errors
    /// Something was given that no expression mentions.
    pub fn finish(self) -> Result<(), ApiError> {
        let unused = |parameter: &str, keys: BTreeSet<String>| {
            if keys.is_empty() {
                return Ok(());
            }
            let keys = keys.into_iter().collect::<Vec<_>>().join(", ");
            Err(validation(format!(
                "Value provided in {parameter} unused in expressions: keys: {{{keys}}}"
            )))
        };
        unused("ExpressionAttributeNames", self.unused_names)?;
        unused("ExpressionAttributeValues", self.unused_values)
    }

    /// The value of a placeholder, `:` included.
    pub(super) fn value(&mut self, placeholder: &str) -> Result<AttributeValue, Fault> {
        self.unused_values.remove(placeholder);
        self.values.get(placeholder).cloned().ok_or_else(|| {
            format!(
                "An expression attribute value used in expression is not defined; attribute \
                 value: {placeholder}"
            )
        })
    }

    pub(super) fn path(&mut self, raw: &RawPath<'_>) -> Result<Path, Fault> {
        let attribute = self.name(raw.attribute)?;
        let steps = raw.steps.iter().map(|step| match step {
            RawStep::Name(name) => Ok(Step::Name(self.name(name)?)),
            RawStep::Index(index) => Ok(Step::Index(*index)),
        });
        let steps = steps.collect::<Result<_, Fault>>()?;
        Path::new(attribute, steps)
    }

    fn name(&mut self, written: &str) -> Result<String, Fault> {
        if !written.starts_with('#') {
            return Ok(written.to_owned());
        }
        self.unused_names.remove(written);
        let name = self.names.get(written).filter(|name| !name.is_empty());
        name.cloned().ok_or_else(|| {
            format!(
                "An expression attribute name used in the document path is not defined; \
                 attribute name: {written}"
            )
        })
    }
}

fn check_keys<'a>(
    parameter: &str,
    sigil: char,
    mut keys: impl Iterator<Item = &'a str>,
) -> Result<(), ApiError> {
    let mut empty = true;
    let fault = keys.find_map(|key| {
        empty = false;
        key_fault(sigil, key)
    });
    if let Some(fault) = fault {
        return Err(validation(format!("{parameter} contains invalid key: {fault}")));
    }
    if empty {
        return Err(validation(format!("{parameter} must not be empty")));
    }
    Ok(())
}

fn key_fault(sigil: char, key: &str) -> Option<Fault> {
    if key.is_empty() {
        return Some("The expression attribute map contains an empty key;".to_owned());
    }
    if key.len() > KEY_BYTES_MAX {
        let length = key.len();
        return Some(format!(
            "The expression attribute map contains a key that is too long; size of key: {length}"
        ));
    }
    let rest = key.strip_prefix(sigil).unwrap_or_default();
    let is_placeholder = !rest.is_empty() && word_length(rest) == rest.len();
    (!is_placeholder).then(|| format!("Syntax error; key: \"{key}\""))
}

fn read_value(key: &str, json: &Value) -> Result<AttributeValue, ApiError> {
    AttributeValue::from_json(json).map_err(|mut error| {
        // What is no value at all has no place in the message.
        if error.code == "ValidationException" {
            let message = error.message;
            error.message = format!(
                "ExpressionAttributeValues contains invalid value: {message} for key {key}"
            );
        }
        error
    })
}

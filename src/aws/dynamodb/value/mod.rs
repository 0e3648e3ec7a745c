//! Attribute values and items: DynamoDB's JSON form, its rules and the bytes
//! an item counts for.
//!
//! The rules are those for any attribute; what holds for key attributes alone
//! (no empty strings, their size) is the table's business.
//!
//! Source: the API reference, "AttributeValue"; the developer guide, "Supported
//! data types" and "DynamoDB item sizes and formats".

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::error::{ApiError, serialization, validation};
use super::number::Number;

#[cfg(test)]
mod tests;

/// What an item may weigh.
pub const ITEM_SIZE_MAX_BYTES: usize = 400 * 1024;
/// How many lists and maps may lie within each other in one attribute: the
/// scalar inside is the 32nd level.
const CONTAINERS_MAX: usize = 31;

/// One value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AttributeValue {
    S(String),
    N(Number),
    B(Vec<u8>),
    Ss(BTreeSet<String>),
    Ns(BTreeSet<Number>),
    Bs(BTreeSet<Vec<u8>>),
    M(BTreeMap<String, AttributeValue>),
    L(Vec<AttributeValue>),
    Null,
    Bool(bool),
}

/// An item: attributes by name.
pub type Item = BTreeMap<String, AttributeValue>;

impl AttributeValue {
    /// Reads `{"S": "x"}`.
    ///
    /// # Errors
    /// `SerializationException` where the JSON does not have the model's types,
    /// `ValidationException` where the value is not one DynamoDB stores.
    pub fn from_json(json: &Value) -> Result<Self, ApiError> {
        Self::from_json_within(json, 0)
    }

    fn from_json_within(json: &Value, containers: usize) -> Result<Self, ApiError> {
        let members = members(json)?;
        let mut found = None;
        let mut count = 0;
        for (name, json) in members.iter().filter(|(_, json)| !json.is_null()) {
            if let Some(value) = Self::member(name, json, containers)? {
                count += 1;
                found = Some(value);
            }
        }
        if count > 1 {
            return Err(validation(
                "Supplied AttributeValue has more than one datatypes set, must contain exactly \
                 one of the supported datatypes",
            ));
        }
        found.ok_or_else(|| {
            validation(
                "Supplied AttributeValue is empty, must contain exactly one of the supported \
                 datatypes",
            )
        })
    }

    /// One member of the structure; a name the model does not know is passed over.
    fn member(name: &str, json: &Value, containers: usize) -> Result<Option<Self>, ApiError> {
        let inner = || {
            let depth = containers + 1;
            if depth > CONTAINERS_MAX {
                return Err(too_deep());
            }
            Ok(depth)
        };
        Ok(Some(match name {
            "S" => Self::S(string(json)?.to_owned()),
            "N" => Self::N(Number::parse(string(json)?)?),
            "B" => Self::B(binary(json)?),
            "SS" => Self::Ss(string_set(json)?),
            "NS" => Self::Ns(number_set(json)?),
            "BS" => Self::Bs(binary_set(json)?),
            "M" => Self::M(attributes(json, inner()?)?),
            "L" => {
                let depth = inner()?;
                let elements = list(json)?.iter();
                let values = elements.map(|element| Self::from_json_within(element, depth));
                Self::L(values.collect::<Result<_, _>>()?)
            }
            "NULL" if boolean(json)? => Self::Null,
            "NULL" => {
                return Err(invalid("Null attribute value types must have the value of true"));
            }
            "BOOL" => Self::Bool(boolean(json)?),
            _ => return Ok(None),
        }))
    }

    /// Writes `{"S": "x"}`.
    pub fn to_json(&self) -> Value {
        let content = match self {
            Self::S(text) => json!(text),
            Self::N(number) => json!(number.to_string()),
            Self::B(bytes) => json!(STANDARD.encode(bytes)),
            Self::Ss(set) => json!(set),
            Self::Ns(set) => set.iter().map(Number::to_string).collect(),
            Self::Bs(set) => set.iter().map(|bytes| STANDARD.encode(bytes)).collect(),
            Self::M(attributes) => item_to_json(attributes),
            Self::L(values) => values.iter().map(Self::to_json).collect(),
            Self::Null => json!(true),
            Self::Bool(value) => json!(value),
        };
        json!({ self.type_name(): content })
    }

    /// Writes `{"S": "x"}`, without copying text.
    pub fn into_json(self) -> Value {
        let name = self.type_name();
        let content = match self {
            Self::S(text) => Value::String(text),
            Self::Ss(set) => set.into_iter().map(Value::String).collect(),
            Self::M(attributes) => Value::Object(
                attributes.into_iter().map(|(name, value)| (name, value.into_json())).collect(),
            ),
            Self::L(values) => values.into_iter().map(Self::into_json).collect(),
            other => return other.to_json(),
        };
        Value::Object([(name.to_owned(), content)].into_iter().collect())
    }

    /// The type's name in the model: `S`, `NS`, `BOOL`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::S(_) => "S",
            Self::N(_) => "N",
            Self::B(_) => "B",
            Self::Ss(_) => "SS",
            Self::Ns(_) => "NS",
            Self::Bs(_) => "BS",
            Self::M(_) => "M",
            Self::L(_) => "L",
            Self::Null => "NULL",
            Self::Bool(_) => "BOOL",
        }
    }

    /// The bytes the value counts for in an item.
    pub fn size_bytes(&self) -> usize {
        /// What a list or a map takes, and what each of its elements takes, besides the contents.
        const CONTAINER: usize = 3;
        const ELEMENT: usize = 1;
        match self {
            Self::S(text) => text.len(),
            Self::N(number) => number.size_bytes(),
            Self::B(bytes) => bytes.len(),
            Self::Ss(set) => set.iter().map(String::len).sum(),
            Self::Ns(set) => set.iter().map(|number| number.size_bytes()).sum(),
            Self::Bs(set) => set.iter().map(Vec::len).sum(),
            Self::M(attributes) => {
                CONTAINER + ELEMENT * attributes.len() + item_size_bytes(attributes)
            }
            Self::L(values) => {
                let contents: usize = values.iter().map(Self::size_bytes).sum();
                CONTAINER + ELEMENT * values.len() + contents
            }
            Self::Null | Self::Bool(_) => 1,
        }
    }

    /// How many lists and maps lie within each other, at the deepest.
    fn containers(&self) -> usize {
        match self {
            Self::M(attributes) => 1 + attributes.values().map(Self::containers).max().unwrap_or(0),
            Self::L(values) => 1 + values.iter().map(Self::containers).max().unwrap_or(0),
            _ => 0,
        }
    }

    /// The value as the service writes it in a message: `{N:5}`.
    pub(crate) fn in_message(&self) -> String {
        let content = match self {
            Self::S(text) => text.clone(),
            Self::N(number) => number.to_string(),
            Self::B(bytes) => STANDARD.encode(bytes),
            Self::Ss(set) => bracketed(set.iter().cloned()),
            Self::Ns(set) => bracketed(set.iter().map(Number::to_string)),
            Self::Bs(set) => bracketed(set.iter().map(|bytes| STANDARD.encode(bytes))),
            Self::M(attributes) => {
                let written =
                    attributes.iter().map(|(name, value)| format!("{name}={}", value.in_message()));
                format!("{{{}}}", written.collect::<Vec<_>>().join(", "))
            }
            Self::L(values) => bracketed(values.iter().map(Self::in_message)),
            Self::Null => "true".to_owned(),
            Self::Bool(value) => value.to_string(),
        };
        format!("{{{}:{content}}}", self.type_name())
    }
}

/// Reads a map of attribute names to values, as `Item` and `Key` have it.
///
/// # Errors
/// As [`AttributeValue::from_json`].
pub fn item_from_json(json: &Value) -> Result<Item, ApiError> {
    attributes(json, 0)
}

/// Writes a map of attribute names to values.
pub fn item_to_json(item: &Item) -> Value {
    let members = item.iter().map(|(name, value)| (name.clone(), value.to_json()));
    Value::Object(members.collect())
}

/// The bytes an item counts for: its names and its values.
pub fn item_size_bytes(item: &Item) -> usize {
    let sizes = item.iter().map(|(name, value)| name.len() + value.size_bytes());
    sizes.sum()
}

/// Refuses an item that weighs too much to be put.
///
/// # Errors
/// The item weighs more than [`ITEM_SIZE_MAX_BYTES`].
pub fn check_item_size(item: &Item) -> Result<(), ApiError> {
    if item_size_bytes(item) > ITEM_SIZE_MAX_BYTES {
        return Err(validation("Item size has exceeded the maximum allowed size"));
    }
    Ok(())
}

/// Refuses what an update must not leave behind: an item too heavy or too deep.
pub(crate) fn check_updated_item(item: &Item) -> Result<(), ApiError> {
    if item.values().any(|value| value.containers() > CONTAINERS_MAX) {
        return Err(too_deep());
    }
    if item_size_bytes(item) > ITEM_SIZE_MAX_BYTES {
        return Err(validation("Item size to update has exceeded the maximum allowed size"));
    }
    Ok(())
}

fn bracketed(parts: impl Iterator<Item = String>) -> String {
    format!("[{}]", parts.collect::<Vec<_>>().join(", "))
}

pub(super) fn invalid(what: &str) -> ApiError {
    validation(format!("One or more parameter values were invalid: {what}"))
}

fn too_deep() -> ApiError {
    validation(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested \
         levels beyond supported limit",
    )
}

fn attributes(json: &Value, containers: usize) -> Result<Item, ApiError> {
    let values = members(json)?.iter().map(|(name, json)| {
        let value = AttributeValue::from_json_within(json, containers)?;
        Ok((name.clone(), value))
    });
    values.collect()
}

pub(super) fn members(json: &Value) -> Result<&Map<String, Value>, ApiError> {
    match json {
        Value::Object(members) => Ok(members),
        Value::Array(_) => Err(unexpected_list()),
        _ => Err(serialization("Unexpected value type in payload: a structure or map is expected")),
    }
}

pub(super) fn list(json: &Value) -> Result<&Vec<Value>, ApiError> {
    match json {
        Value::Array(elements) => Ok(elements),
        Value::Object(_) => Err(unexpected_structure()),
        _ => Err(serialization("Unexpected value type in payload: a list is expected")),
    }
}

pub(super) fn string(json: &Value) -> Result<&str, ApiError> {
    match json {
        Value::String(text) => Ok(text),
        Value::Number(_) => Err(not_convertible("NUMBER_VALUE", "String")),
        Value::Bool(true) => Err(not_convertible("TRUE_VALUE", "String")),
        Value::Bool(false) => Err(not_convertible("FALSE_VALUE", "String")),
        Value::Null => Err(not_convertible("NULL_VALUE", "String")),
        Value::Array(_) => Err(unexpected_list()),
        Value::Object(_) => Err(unexpected_structure()),
    }
}

pub(super) fn boolean(json: &Value) -> Result<bool, ApiError> {
    match json {
        Value::Bool(value) => Ok(*value),
        Value::Number(_) => Err(not_convertible("NUMBER_VALUE", "Boolean")),
        Value::Array(_) => Err(unexpected_list()),
        Value::Object(_) => Err(unexpected_structure()),
        Value::String(_) | Value::Null => {
            Err(serialization("Unexpected token received from parser"))
        }
    }
}

fn binary(json: &Value) -> Result<Vec<u8>, ApiError> {
    let text = string(json)?;
    if !text.len().is_multiple_of(4) {
        let length = text.len();
        return Err(serialization(format!(
            "Base64 encoded length is expected a multiple of 4 bytes but found: {length}"
        )));
    }
    STANDARD.decode(text).map_err(|error| {
        serialization(match error {
            base64::DecodeError::InvalidByte(_, byte) => {
                format!("Invalid Base64 character: '{}'", char::from(byte))
            }
            _ => "Invalid last non-pad Base64 character dectected".to_owned(),
        })
    })
}

fn string_set(json: &Value) -> Result<BTreeSet<String>, ApiError> {
    let elements = list(json)?.iter().map(string);
    let elements = elements.collect::<Result<Vec<_>, _>>()?;
    if elements.is_empty() {
        return Err(invalid("An string set  may not be empty"));
    }
    if elements.iter().any(|element| element.is_empty()) {
        return Err(invalid("An string set may not have a empty string as a member"));
    }
    let set: BTreeSet<String> = elements.iter().map(|element| (*element).to_owned()).collect();
    if set.len() < elements.len() {
        let written = elements.join(", ");
        return Err(invalid(&format!("Input collection [{written}] contains duplicates.")));
    }
    Ok(set)
}

fn number_set(json: &Value) -> Result<BTreeSet<Number>, ApiError> {
    let elements = list(json)?;
    if elements.is_empty() {
        return Err(invalid("An number set  may not be empty"));
    }
    let numbers = elements.iter().map(|element| Number::parse(string(element)?));
    let set = numbers.collect::<Result<BTreeSet<_>, _>>()?;
    if set.len() < elements.len() {
        return Err(validation("Input collection contains duplicates"));
    }
    Ok(set)
}

fn binary_set(json: &Value) -> Result<BTreeSet<Vec<u8>>, ApiError> {
    let elements = list(json)?;
    if elements.is_empty() {
        return Err(invalid("Binary sets should not be empty"));
    }
    let set = elements.iter().map(binary).collect::<Result<BTreeSet<_>, _>>()?;
    if set.contains(&Vec::new()) {
        return Err(invalid("Binary sets may not contain null or empty values"));
    }
    if set.len() < elements.len() {
        let written = elements.iter().filter_map(Value::as_str);
        let written = written.collect::<Vec<_>>().join(", ");
        // The missing space is the service's.
        return Err(invalid(&format!(
            "Input collection [{written}]of type BS contains duplicates."
        )));
    }
    Ok(set)
}

fn not_convertible(token: &str, target: &str) -> ApiError {
    serialization(format!("{token} cannot be converted to {target}"))
}

fn unexpected_list() -> ApiError {
    serialization("Start of list found where not expected")
}

fn unexpected_structure() -> ApiError {
    serialization("Start of structure or map found where not expected")
}

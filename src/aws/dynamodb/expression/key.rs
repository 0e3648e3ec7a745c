//! Key conditions: the partition a query reads, and what of its sort keys.
//!
//! Whether the values have the key's types is the table's business, which knows
//! them.

use std::cmp::Ordering;

use super::super::error::{ApiError, validation};
use super::super::value::AttributeValue;

use super::condition::{Comparator, Condition, Operand, begins_with, order};
use super::path::Path;
use super::substitutions::Substitutions;
use super::{Kind, condition};

/// The condition of a query on its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCondition {
    /// What the partition key equals.
    pub partition: AttributeValue,
    pub sort: Option<SortCondition>,
}

/// A condition on one key attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortCondition {
    Equal(AttributeValue),
    Less(AttributeValue),
    LessOrEqual(AttributeValue),
    Greater(AttributeValue),
    GreaterOrEqual(AttributeValue),
    Between(AttributeValue, AttributeValue),
    BeginsWith(AttributeValue),
}

/// A condition on an attribute; none where its operator is not one for keys.
pub(crate) type KeyTest = (String, Option<SortCondition>);

impl KeyCondition {
    /// Parses the condition on a key of the given attributes.
    ///
    /// # Errors
    /// The text is no condition, or not one on this key.
    pub fn parse(
        text: &str,
        substitutions: &mut Substitutions,
        hash: &str,
        range: Option<&str>,
    ) -> Result<Self, ApiError> {
        let condition = Condition::parse(Kind::KeyCondition, text, substitutions)?;
        let mut tests = Vec::new();
        collect(condition, &mut tests)?;
        Self::from_tests(tests, hash, range)
    }

    pub(crate) fn from_tests(
        mut tests: Vec<KeyTest>,
        hash: &str,
        range: Option<&str>,
    ) -> Result<Self, ApiError> {
        const NOT_SUPPORTED: &str = "Query key condition not supported";
        if !(1..=2).contains(&tests.len()) {
            return Err(validation("Conditions can be of length 1 or 2 only"));
        }
        let mut take = |attribute: &str| {
            let at = tests.iter().position(|(name, _)| name == attribute)?;
            Some(tests.remove(at).1)
        };
        let missed = |attribute: &str| {
            validation(format!("Query condition missed key schema element: {attribute}"))
        };
        let partition = take(hash).ok_or_else(|| missed(hash))?;
        let sort = range.and_then(&mut take);
        if !tests.is_empty() {
            return Err(range.map_or_else(|| validation(NOT_SUPPORTED), missed));
        }
        let Some(SortCondition::Equal(partition)) = partition else {
            return Err(validation(NOT_SUPPORTED));
        };
        let sort = match sort {
            None => None,
            Some(None) => return Err(validation(NOT_SUPPORTED)),
            Some(sort) => sort,
        };
        Ok(Self { partition, sort })
    }
}

impl SortCondition {
    /// Whether the value of the sort key meets the condition.
    pub fn holds(&self, key: &AttributeValue) -> bool {
        let is = |value: &AttributeValue, test: fn(Ordering) -> bool| {
            order(key, value).is_some_and(test)
        };
        match self {
            Self::Equal(value) => key == value,
            Self::Less(value) => is(value, Ordering::is_lt),
            Self::LessOrEqual(value) => is(value, Ordering::is_le),
            Self::Greater(value) => is(value, Ordering::is_gt),
            Self::GreaterOrEqual(value) => is(value, Ordering::is_ge),
            Self::Between(low, high) => is(low, Ordering::is_ge) && is(high, Ordering::is_le),
            Self::BeginsWith(prefix) => begins_with(key, prefix),
        }
    }

    /// The values the condition compares with, for the table to check their types.
    pub fn values(&self) -> Vec<&AttributeValue> {
        match self {
            Self::Equal(value)
            | Self::Less(value)
            | Self::LessOrEqual(value)
            | Self::Greater(value)
            | Self::GreaterOrEqual(value)
            | Self::BeginsWith(value) => vec![value],
            Self::Between(low, high) => vec![low, high],
        }
    }

    pub(crate) fn compared(comparator: Comparator, value: AttributeValue) -> Option<Self> {
        Some(match comparator {
            Comparator::Equal => Self::Equal(value),
            Comparator::Less => Self::Less(value),
            Comparator::LessOrEqual => Self::LessOrEqual(value),
            Comparator::Greater => Self::Greater(value),
            Comparator::GreaterOrEqual => Self::GreaterOrEqual(value),
            Comparator::NotEqual => return None,
        })
    }
}

fn collect(condition: Condition, tests: &mut Vec<KeyTest>) -> Result<(), ApiError> {
    if let Condition::And(parts) = condition {
        return parts.into_iter().try_for_each(|part| collect(part, tests));
    }
    let (name, test) = test(condition)?;
    if tests.iter().any(|(other, _)| *other == name) {
        return Err(validation("KeyConditionExpressions must only contain one condition per key"));
    }
    tests.push((name, Some(test)));
    Ok(())
}

fn test(condition: Condition) -> Result<(String, SortCondition), ApiError> {
    let operator = match &condition {
        Condition::Or(_) => "OR",
        Condition::Not(_) => "NOT",
        Condition::In(..) => "IN",
        Condition::Compare(Comparator::NotEqual, ..) => "<>",
        Condition::Exists(_) => "attribute_exists",
        Condition::NotExists(_) => "attribute_not_exists",
        Condition::HasType(..) => "attribute_type",
        Condition::Contains(..) => "contains",
        Condition::Compare(comparator, ..) => comparator.symbol(),
        Condition::Between { .. } => "BETWEEN",
        Condition::BeginsWith(..) => "begins_with",
        Condition::And(_) => "AND",
    };
    let not_allowed =
        || validation(format!("Invalid operator used in KeyConditionExpression: {operator}"));
    match condition {
        Condition::Compare(comparator, left, right) if comparator != Comparator::NotEqual => {
            let (path, value, comparator) = match (left, right) {
                (Operand::Path(_), Operand::Path(_)) => return Err(several_attributes()),
                (Operand::Path(path), right) => (path, right, comparator),
                (left, Operand::Path(path)) => (path, left, comparator.mirrored()),
                (Operand::Size(_), _) | (_, Operand::Size(_)) => return Err(nested_operation()),
                _ => return Err(no_attribute()),
            };
            let name = attribute(&path)?;
            let test = SortCondition::compared(comparator, self::value(value)?);
            Ok((name, test.ok_or_else(not_allowed)?))
        }
        Condition::Between { operand, low, high } => {
            let name = first_operand(operator, operand)?;
            Ok((name, SortCondition::Between(value(low)?, value(high)?)))
        }
        Condition::BeginsWith(operand, prefix) => {
            let name = first_operand(operator, operand)?;
            Ok((name, SortCondition::BeginsWith(value(prefix)?)))
        }
        _ => Err(not_allowed()),
    }
}

fn first_operand(operator: &str, operand: Operand) -> Result<String, ApiError> {
    let Operand::Path(path) = operand else {
        return Err(validation(format!(
            "Invalid condition in KeyConditionExpression: {operator} operator must have the key \
             attribute as its first operand"
        )));
    };
    attribute(&path)
}

fn attribute(path: &Path) -> Result<String, ApiError> {
    if path.is_nested() {
        return Err(validation(
            "KeyConditionExpressions cannot have conditions on nested attributes",
        ));
    }
    Ok(path.top().to_owned())
}

fn value(operand: condition::Operand) -> Result<AttributeValue, ApiError> {
    match operand {
        Operand::Value(value) => Ok(value),
        Operand::Path(_) => Err(several_attributes()),
        Operand::Size(_) => Err(nested_operation()),
    }
}

fn several_attributes() -> ApiError {
    validation(
        "Invalid condition in KeyConditionExpression: Multiple attribute names used in one \
         condition",
    )
}

fn nested_operation() -> ApiError {
    validation("KeyConditionExpressions cannot contain nested operations")
}

fn no_attribute() -> ApiError {
    validation("Invalid condition in KeyConditionExpression: No key attribute specified")
}

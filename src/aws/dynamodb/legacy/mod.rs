//! The parameters in the older form (`Expected`, `AttributeUpdates`,
//! `KeyConditions`, `QueryFilter`, `ScanFilter`, `AttributesToGet`), turned into
//! what expressions are turned into, so that one evaluator serves both.
//!
//! Source: the developer guide, "Legacy DynamoDB conditional parameters".

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::error::{ApiError, validation};
use super::expression::{
    Action, Change, Comparator, Condition, KeyCondition, KeyTest, Operand, Path, Projection,
    SetValue, SortCondition, Update, UpdateOperand,
};
use super::value::{AttributeValue, boolean, invalid, list, members, string};

#[cfg(test)]
mod tests;

/// The most attributes `AttributesToGet` names.
const NAMES_MAX: usize = 255;

/// A parameter and whether the request has it.
pub type Given = (&'static str, bool);

/// Refuses a request that mixes both ways of saying things, and names or values
/// that no expression could mention.
///
/// # Errors
/// As said; `expressions` and `legacy` are all such parameters of the operation.
pub fn check_parameters(
    expressions: &[Given],
    legacy: &[Given],
    names: bool,
    values: bool,
) -> Result<(), ApiError> {
    let given = |parameters: &[Given]| -> Vec<&'static str> {
        let given = parameters.iter().filter(|(_, given)| *given);
        given.map(|(name, _)| *name).collect()
    };
    let used = given(expressions);
    if !used.is_empty() {
        let mut old = given(legacy);
        // A filter expression goes with the older conditions on the key.
        if !used.contains(&"KeyConditionExpression") {
            old.retain(|name| *name != "KeyConditions");
        }
        if !old.is_empty() {
            let (old, used) = (old.join(", "), used.join(", "));
            return Err(validation(format!(
                "Can not use both expression and non-expression parameters in the same request: \
                 Non-expression parameters: {{{old}}} Expression parameters: {{{used}}}"
            )));
        }
    } else if names {
        return Err(validation(
            "ExpressionAttributeNames can only be specified when using expressions",
        ));
    }
    // A projection mentions no values.
    let mentioning = expressions.iter().filter(|(name, _)| *name != "ProjectionExpression");
    if values && mentioning.clone().all(|(_, given)| !given) {
        let names: Vec<&str> = mentioning.map(|(name, _)| *name).collect();
        let verb = if names.len() > 1 { "are" } else { "is" };
        let names = names.join(" and ");
        return Err(validation(format!(
            "ExpressionAttributeValues can only be specified when using expressions: {names} \
             {verb} null"
        )));
    }
    Ok(())
}

/// The condition of `Expected` and `ConditionalOperator`.
///
/// # Errors
/// A condition has not what its operator needs.
pub fn expected(json: &Value, conditional_operator: Option<&str>) -> Result<Condition, ApiError> {
    let mut conditions = Vec::new();
    for (attribute, json) in members(json)? {
        conditions.push(expectation(attribute, json)?);
    }
    joined(conditions, conditional_operator)
}

/// The filter of `QueryFilter` or `ScanFilter`, whichever `parameter` names, and
/// `ConditionalOperator`.
///
/// # Errors
/// A condition has not what its operator needs.
pub fn filter(
    parameter: &str,
    json: &Value,
    conditional_operator: Option<&str>,
) -> Result<Condition, ApiError> {
    let mut conditions = Vec::new();
    for (attribute, json) in members(json)? {
        let (operator, values) = comparison(parameter, attribute, json)?;
        conditions.push(operator.condition(attribute, &values)?);
    }
    joined(conditions, conditional_operator)
}

/// Refuses a `ConditionalOperator` that joins nothing or is none.
///
/// # Errors
/// As said; `joins` is whether the request has `Expected` or a filter.
pub fn check_conditional_operator(operator: Option<&str>, joins: bool) -> Result<(), ApiError> {
    match operator {
        Some(operator) if !["AND", "OR"].contains(&operator) => {
            Err(not_in_enum("conditionalOperator", operator, "OR, AND"))
        }
        Some(_) if !joins => {
            Err(validation("ConditionalOperator cannot be used without Filter or Expected"))
        }
        _ => Ok(()),
    }
}

/// The condition of `KeyConditions` on a key of the given attributes.
///
/// # Errors
/// A condition has not what its operator needs, or they are not on this key.
pub fn key_conditions(
    json: &Value,
    hash: &str,
    range: Option<&str>,
) -> Result<KeyCondition, ApiError> {
    let mut tests: Vec<KeyTest> = Vec::new();
    for (attribute, json) in members(json)? {
        let (operator, values) = comparison("KeyConditions", attribute, json)?;
        let test = operator.key_condition(attribute, &values)?;
        tests.push((attribute.clone(), test));
    }
    KeyCondition::from_tests(tests, hash, range)
}

/// The update of `AttributeUpdates`.
///
/// # Errors
/// An action has not the value it needs.
pub fn attribute_updates(json: &Value) -> Result<Update, ApiError> {
    let mut actions = Vec::new();
    for (attribute, json) in members(json)? {
        let json = members(json)?;
        let value = present(json, "Value").map(AttributeValue::from_json);
        let action = present(json, "Action").map(string).transpose()?;
        let change = attribute_update(attribute, action.unwrap_or("PUT"), value.transpose()?)?;
        let path = Path::attribute(attribute);
        actions.push(Action { path, change });
    }
    Ok(Update::legacy(actions))
}

/// The projection of `AttributesToGet`.
///
/// # Errors
/// The list is empty, too long or names an attribute twice.
pub fn attributes_to_get(names: &[String]) -> Result<Projection, ApiError> {
    let bound = match names.len() {
        0 => Some("greater than or equal to 1"),
        1..=NAMES_MAX => None,
        _ => Some("less than or equal to 255"),
    };
    if let Some(bound) = bound {
        let names = names.join(", ");
        return Err(validation(format!(
            "1 validation error detected: Value '[{names}]' at 'attributesToGet' failed to \
             satisfy constraint: Member must have length {bound}"
        )));
    }
    let mut seen = BTreeSet::new();
    if let Some(name) = names.iter().find(|name| !seen.insert(*name)) {
        return Err(invalid(&format!("Duplicate value in attribute name: {name}")));
    }
    let paths: Vec<Path> = names.iter().map(Path::attribute).collect();
    Ok(Projection::of(&paths))
}

fn attribute_update(
    attribute: &str,
    action: &str,
    value: Option<AttributeValue>,
) -> Result<Change, ApiError> {
    use AttributeValue::{Bs, L, N, Ns, Ss};
    if !["ADD", "DELETE", "PUT"].contains(&action) {
        let at = format!("attributeUpdates.{attribute}.member.action");
        return Err(not_in_enum(&at, action, "ADD, DELETE, PUT"));
    }
    let Some(value) = value else {
        if action == "DELETE" {
            return Ok(Change::Remove);
        }
        return Err(invalid("Only DELETE action is allowed when no attribute value is specified"));
    };
    match (action, value) {
        ("DELETE", value @ (Ss(_) | Ns(_) | Bs(_))) => Ok(Change::Delete(value)),
        ("DELETE", value) => Err(invalid(&format!(
            "DELETE action with value is not supported for the type {}",
            value.type_name()
        ))),
        ("ADD", value @ (N(_) | Ss(_) | Ns(_) | Bs(_) | L(_))) => Ok(Change::Add(value)),
        ("ADD", value) => {
            Err(invalid(&format!("ADD action is not supported for the type {}", value.type_name())))
        }
        (_, value) => Ok(Change::Set(SetValue::Operand(UpdateOperand::Value(value)))),
    }
}

/// One of the older comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Compare(Comparator),
    Null,
    NotNull,
    Contains,
    NotContains,
    BeginsWith,
    In,
    Between,
}

/// In the order the service lists them.
const OPERATORS: [(&str, Operator); 13] = [
    ("IN", Operator::In),
    ("NULL", Operator::Null),
    ("BETWEEN", Operator::Between),
    ("LT", Operator::Compare(Comparator::Less)),
    ("NOT_CONTAINS", Operator::NotContains),
    ("EQ", Operator::Compare(Comparator::Equal)),
    ("GT", Operator::Compare(Comparator::Greater)),
    ("NOT_NULL", Operator::NotNull),
    ("NE", Operator::Compare(Comparator::NotEqual)),
    ("LE", Operator::Compare(Comparator::LessOrEqual)),
    ("BEGINS_WITH", Operator::BeginsWith),
    ("GE", Operator::Compare(Comparator::GreaterOrEqual)),
    ("CONTAINS", Operator::Contains),
];

impl Operator {
    fn read(at: &str, name: &str) -> Result<Self, ApiError> {
        let operator = OPERATORS.iter().find(|(known, _)| *known == name);
        operator.map(|(_, operator)| *operator).ok_or_else(|| {
            let names: Vec<&str> = OPERATORS.iter().map(|(name, _)| *name).collect();
            not_in_enum(at, name, &names.join(", "))
        })
    }

    fn name(self) -> &'static str {
        let known = OPERATORS.iter().find(|(_, operator)| *operator == self);
        known.map_or("", |(name, _)| name)
    }

    /// Whether the values are of types the operator takes, and all of one.
    fn check_types(self, values: &[AttributeValue]) -> Result<(), ApiError> {
        let mut types = values.iter().map(AttributeValue::type_name);
        let Some(first) = types.next() else {
            return Ok(());
        };
        if types.any(|other| other != first) {
            return Err(invalid("AttributeValues inside AttributeValueList must be of same type"));
        }
        let taken: &[&str] = match self {
            Self::Compare(Comparator::Equal | Comparator::NotEqual) => return Ok(()),
            Self::BeginsWith => &["S", "B"],
            _ => &["S", "N", "B"],
        };
        if !taken.contains(&first) {
            let name = self.name();
            return Err(invalid(&format!(
                "ComparisonOperator {name} is not valid for {first} AttributeValue type"
            )));
        }
        Ok(())
    }

    fn wrong_count(self) -> ApiError {
        let name = self.name();
        invalid(&format!("Invalid number of argument(s) for the {name} ComparisonOperator"))
    }

    /// The condition on an attribute.
    fn condition(self, attribute: &str, values: &[AttributeValue]) -> Result<Condition, ApiError> {
        let path = Path::attribute(attribute);
        let operand = Operand::Path(path.clone());
        let literal = |value: &AttributeValue| Operand::Value(value.clone());
        let condition = match (self, values) {
            (Self::Compare(comparator), [value]) => {
                Condition::Compare(comparator, operand, literal(value))
            }
            (Self::Null, []) => Condition::NotExists(path),
            (Self::NotNull, []) => Condition::Exists(path),
            (Self::Contains, [value]) => Condition::Contains(operand, literal(value)),
            // What is not there does not even lack something.
            (Self::NotContains, [value]) => {
                let contains = Condition::Contains(operand, literal(value));
                let lacks = Condition::Not(Box::new(contains));
                Condition::And(vec![Condition::Exists(path), lacks])
            }
            (Self::BeginsWith, [value]) => Condition::BeginsWith(operand, literal(value)),
            (Self::In, [_, ..]) => Condition::In(operand, values.iter().map(literal).collect()),
            (Self::Between, [low, high]) => {
                Condition::Between { operand, low: literal(low), high: literal(high) }
            }
            _ => return Err(self.wrong_count()),
        };
        self.check_types(values)?;
        if let (Self::Between, [low, high]) = (self, values)
            && low > high
        {
            return Err(validation(
                "The BETWEEN condition was provided a range where the lower bound is greater \
                 than the upper bound",
            ));
        }
        Ok(condition)
    }

    /// The condition on a key; none where the operator is not one for keys.
    fn key_condition(
        self,
        attribute: &str,
        values: &[AttributeValue],
    ) -> Result<Option<SortCondition>, ApiError> {
        self.condition(attribute, values)?;
        Ok(match (self, values) {
            (Self::Compare(comparator), [value]) => {
                SortCondition::compared(comparator, value.clone())
            }
            (Self::BeginsWith, [prefix]) => Some(SortCondition::BeginsWith(prefix.clone())),
            (Self::Between, [low, high]) => Some(SortCondition::Between(low.clone(), high.clone())),
            _ => None,
        })
    }
}

/// What one attribute is expected to be.
fn expectation(attribute: &str, json: &Value) -> Result<Condition, ApiError> {
    let json = members(json)?;
    let fault = |what: &str| Err(invalid(&format!("{what} for Attribute: {attribute}")));
    let value = present(json, "Value").map(AttributeValue::from_json).transpose()?;
    let list = present(json, "AttributeValueList").map(values).transpose()?;
    let exists = present(json, "Exists").map(boolean).transpose()?;
    if value.is_some() && list.is_some() {
        return fault("Value and AttributeValueList cannot be used together");
    }
    if let Some(operator) = present(json, "ComparisonOperator") {
        let at = format!("expected.{attribute}.member.comparisonOperator");
        let operator = Operator::read(&at, string(operator)?)?;
        if exists.is_some() {
            return fault("Exists and ComparisonOperator cannot be used together");
        }
        let alone = matches!(operator, Operator::Null | Operator::NotNull);
        if value.is_none() && list.is_none() && !alone {
            return fault(&format!(
                "Value or AttributeValueList must be used with ComparisonOperator: {}",
                operator.name()
            ));
        }
        let values = list.unwrap_or_else(|| value.into_iter().collect());
        return operator.condition(attribute, &values);
    }
    if list.is_some() {
        return fault("AttributeValueList can only be used with a ComparisonOperator");
    }
    match (exists, value) {
        (Some(false), Some(_)) => fault("Value cannot be used when Exists is false"),
        (Some(false), None) => Ok(Condition::NotExists(Path::attribute(attribute))),
        (Some(true) | None, Some(value)) => Ok(Condition::Compare(
            Comparator::Equal,
            Operand::Path(Path::attribute(attribute)),
            Operand::Value(value),
        )),
        (Some(true), None) => fault("Value must be provided when Exists is true"),
        (None, None) => fault("Value must be provided when Exists is null"),
    }
}

/// The operator and the values of a `Condition` structure.
fn comparison(
    parameter: &str,
    attribute: &str,
    json: &Value,
) -> Result<(Operator, Vec<AttributeValue>), ApiError> {
    let json = members(json)?;
    let parameter = parameter[..1].to_ascii_lowercase() + &parameter[1..];
    let at = format!("{parameter}.{attribute}.member.comparisonOperator");
    let Some(operator) = present(json, "ComparisonOperator") else {
        return Err(validation(format!(
            "1 validation error detected: Value null at '{at}' failed to satisfy constraint: \
             Member must not be null"
        )));
    };
    let operator = Operator::read(&at, string(operator)?)?;
    let values = present(json, "AttributeValueList").map(values).transpose()?;
    Ok((operator, values.unwrap_or_default()))
}

fn values(json: &Value) -> Result<Vec<AttributeValue>, ApiError> {
    list(json)?.iter().map(AttributeValue::from_json).collect()
}

fn joined(
    conditions: Vec<Condition>,
    conditional_operator: Option<&str>,
) -> Result<Condition, ApiError> {
    check_conditional_operator(conditional_operator, true)?;
    Ok(match conditional_operator {
        Some("OR") if !conditions.is_empty() => Condition::Or(conditions),
        _ => Condition::And(conditions),
    })
}

fn present<'a>(json: &'a Map<String, Value>, member: &str) -> Option<&'a Value> {
    json.get(member).filter(|value| !value.is_null())
}

fn not_in_enum(at: &str, value: &str, known: &str) -> ApiError {
    validation(format!(
        "1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: \
         Member must satisfy enum value set: [{known}]"
    ))
}

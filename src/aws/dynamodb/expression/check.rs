//! From what a condition says to what it means: placeholders put in, operands
//! judged. Operands come before the operator that takes them.

use super::super::error::ApiError;
use super::super::value::AttributeValue;

use super::condition::{Comparator, Condition, Operand, order};
use super::substitutions::Substitutions;
use super::syntax::{self, RawCall, RawCondition, RawOperand};
use super::{Fault, Kind, Path};

/// The most operators and functions in an expression.
const OPERATORS_MAX: usize = 300;
/// The most values `IN` chooses from.
const CANDIDATES_MAX: usize = 100;

/// The types an operator takes.
pub(super) type Types = &'static [&'static str];

pub(super) const ANY: Types = &["NS", "SS", "L", "BS", "N", "M", "B", "BOOL", "NULL", "S"];
const ORDERED: Types = &["S", "N", "B"];
const TEXTS: Types = &["S", "B"];
const SIZED: Types = &["S", "B", "SS", "NS", "BS", "L", "M"];

impl Condition {
    /// Parses a condition or a filter; `kind` names the parameter in errors.
    ///
    /// # Errors
    /// The text is no condition, or its placeholders or operands do not fit.
    pub fn parse(
        kind: Kind,
        text: &str,
        substitutions: &mut Substitutions,
    ) -> Result<Self, ApiError> {
        let raw = syntax::parse_condition(text, kind).map_err(|fault| kind.invalid(&fault))?;
        Checker::new(substitutions).condition(&raw).map_err(|fault| kind.invalid(&fault))
    }
}

/// Checks one expression and counts its operators.
pub(super) struct Checker<'a> {
    pub(super) substitutions: &'a mut Substitutions,
    operators: usize,
    depth: usize,
}

impl<'a> Checker<'a> {
    pub(super) fn new(substitutions: &'a mut Substitutions) -> Self {
        Self { substitutions, operators: 0, depth: 0 }
    }

    pub(super) fn condition(&mut self, raw: &RawCondition<'_>) -> Result<Condition, Fault> {
        // So deep a condition has too many operators, and this is no deeper than a stack.
        self.depth += 1;
        if self.depth > OPERATORS_MAX {
            return Err(too_many_operators(self.depth));
        }
        let condition = self.operator(raw);
        self.depth -= 1;
        condition
    }

    /// Dispatches only: what recurs has small frames.
    fn operator(&mut self, raw: &RawCondition<'_>) -> Result<Condition, Fault> {
        match raw {
            RawCondition::And(parts) => self.parts(parts).map(Condition::And),
            RawCondition::Or(parts) => self.parts(parts).map(Condition::Or),
            RawCondition::Not(inner) => self.negation(inner),
            RawCondition::Compare(comparator, left, right) => {
                self.comparison(*comparator, left, right)
            }
            RawCondition::Between(operand, low, high) => self.range(operand, low, high),
            RawCondition::In(operand, candidates) => self.membership(operand, candidates),
            RawCondition::Call(call) => self.function(call),
        }
    }

    fn negation(&mut self, inner: &RawCondition<'_>) -> Result<Condition, Fault> {
        let inner = self.condition(inner)?;
        self.count()?;
        Ok(Condition::Not(Box::new(inner)))
    }

    fn comparison(
        &mut self,
        comparator: Comparator,
        left: &RawOperand<'_>,
        right: &RawOperand<'_>,
    ) -> Result<Condition, Fault> {
        let operands = [self.operand(left)?, self.operand(right)?];
        let types = if comparator.is_order() { ORDERED } else { ANY };
        check_types(comparator.symbol(), types, &operands)?;
        check_distinct(comparator.symbol(), &operands)?;
        self.count()?;
        let [left, right] = operands;
        Ok(Condition::Compare(comparator, left, right))
    }

    fn range(
        &mut self,
        operand: &RawOperand<'_>,
        low: &RawOperand<'_>,
        high: &RawOperand<'_>,
    ) -> Result<Condition, Fault> {
        let operands = [self.operand(operand)?, self.operand(low)?, self.operand(high)?];
        check_types("BETWEEN", ORDERED, &operands)?;
        check_distinct("BETWEEN", &operands)?;
        let [operand, low, high] = operands;
        check_bounds(&low, &high)?;
        self.count()?;
        Ok(Condition::Between { operand, low, high })
    }

    fn parts(&mut self, parts: &[RawCondition<'_>]) -> Result<Vec<Condition>, Fault> {
        let mut checked = Vec::with_capacity(parts.len());
        for part in parts {
            checked.push(self.condition(part)?);
        }
        for _ in 1..parts.len() {
            self.count()?;
        }
        Ok(checked)
    }

    fn membership(
        &mut self,
        operand: &RawOperand<'_>,
        candidates: &[RawOperand<'_>],
    ) -> Result<Condition, Fault> {
        let mut operands = vec![self.operand(operand)?];
        for candidate in candidates {
            operands.push(self.operand(candidate)?);
        }
        check_distinct("IN", &operands)?;
        if candidates.len() > CANDIDATES_MAX {
            return Err(format!(
                "The IN operator is provided with too many operands; number of operands: {}",
                candidates.len()
            ));
        }
        self.count()?;
        let operand = operands.remove(0);
        Ok(Condition::In(operand, operands))
    }

    fn function(&mut self, call: &RawCall<'_>) -> Result<Condition, Fault> {
        let operands = self.operands(call)?;
        let name = call.name;
        let condition = match name {
            "attribute_exists" | "attribute_not_exists" => {
                let [operand] = exactly(name, operands)?;
                let Operand::Path(path) = operand else {
                    return Err(no_path(name));
                };
                if name == "attribute_exists" {
                    Condition::Exists(path)
                } else {
                    Condition::NotExists(path)
                }
            }
            "attribute_type" => {
                let [operand, type_name] = distinct_pair(name, ANY, operands)?;
                Condition::HasType(operand, attribute_type(&type_name)?)
            }
            "begins_with" => {
                let [operand, prefix] = distinct_pair(name, TEXTS, operands)?;
                Condition::BeginsWith(operand, prefix)
            }
            "contains" => {
                let [operand, part] = distinct_pair(name, ANY, operands)?;
                Condition::Contains(operand, part)
            }
            // The parser lets no other function through.
            _ => return Err(format!("Invalid function name; function: {name}")),
        };
        self.count()?;
        Ok(condition)
    }

    fn operands(&mut self, call: &RawCall<'_>) -> Result<Vec<Operand>, Fault> {
        let operands = call.operands.iter();
        operands.map(|operand| self.operand(operand)).collect()
    }

    fn operand(&mut self, raw: &RawOperand<'_>) -> Result<Operand, Fault> {
        match raw {
            RawOperand::Path(path) => self.substitutions.path(path).map(Operand::Path),
            RawOperand::Value(placeholder) => {
                self.substitutions.value(placeholder).map(Operand::Value)
            }
            RawOperand::Call(call) => {
                let [operand] = exactly(call.name, self.operands(call)?)?;
                let operands = [operand];
                check_types(call.name, SIZED, &operands)?;
                self.count()?;
                let [operand] = operands;
                Ok(Operand::Size(Box::new(operand)))
            }
        }
    }

    pub(super) fn count(&mut self) -> Result<(), Fault> {
        self.operators += 1;
        if self.operators > OPERATORS_MAX {
            return Err(too_many_operators(self.operators));
        }
        Ok(())
    }
}

fn too_many_operators(count: usize) -> Fault {
    format!("The expression contains too many operators; operator count: {count}")
}

fn distinct_pair(name: &str, types: Types, operands: Vec<Operand>) -> Result<[Operand; 2], Fault> {
    let operands = exactly(name, operands)?;
    check_types(name, types, &operands)?;
    check_distinct(name, &operands)?;
    Ok(operands)
}

/// The operands, as many as the function takes.
pub(super) fn exactly<T, const N: usize>(name: &str, operands: Vec<T>) -> Result<[T; N], Fault> {
    operands.try_into().map_err(|operands: Vec<T>| {
        format!(
            "Incorrect number of operands for operator or function; operator or function: {name}, \
             number of operands: {}",
            operands.len()
        )
    })
}

fn check_types(name: &str, types: Types, operands: &[Operand]) -> Result<(), Fault> {
    for operand in operands {
        let given = match operand {
            Operand::Path(_) => continue,
            Operand::Value(value) => value.type_name(),
            Operand::Size(_) => "N",
        };
        check_type(name, types, given)?;
    }
    Ok(())
}

pub(super) fn check_type(name: &str, types: Types, given: &str) -> Result<(), Fault> {
    if types.contains(&given) {
        return Ok(());
    }
    Err(wrong_type(name, given))
}

fn wrong_type(name: &str, given: &str) -> Fault {
    format!(
        "Incorrect operand type for operator or function; operator or function: {name}, operand \
         type: {given}"
    )
}

pub(super) fn no_path(name: &str) -> Fault {
    format!("Operator or function requires a document path; operator or function: {name}")
}

fn check_distinct(name: &str, operands: &[Operand]) -> Result<(), Fault> {
    let Some((first @ Operand::Path(path), rest)) = operands.split_first() else {
        return Ok(());
    };
    if rest.contains(first) {
        return Err(repeated(name, path));
    }
    Ok(())
}

pub(super) fn repeated(name: &str, path: &Path) -> Fault {
    format!(
        "The first operand must be distinct from the remaining operands for this operator or \
         function; operator: {name}, first operand: {path}"
    )
}

fn check_bounds(low: &Operand, high: &Operand) -> Result<(), Fault> {
    let (Operand::Value(low), Operand::Value(high)) = (low, high) else {
        return Ok(());
    };
    let fault = match order(low, high) {
        None => "requires same data type for lower and upper bounds",
        Some(order) if order.is_gt() => {
            "requires upper bound to be greater than or equal to lower bound"
        }
        Some(_) => return Ok(()),
    };
    let (low, high) = (low.in_message(), high.in_message());
    Err(format!(
        "The BETWEEN operator {fault}; lower bound operand: AttributeValue: {low}, upper bound \
         operand: AttributeValue: {high}"
    ))
}

fn attribute_type(operand: &Operand) -> Result<String, Fault> {
    let given = match operand {
        Operand::Value(AttributeValue::S(name)) if ANY.contains(&name.as_str()) => {
            return Ok(name.clone());
        }
        Operand::Value(AttributeValue::S(name)) => {
            return Err(format!(
                "Invalid attribute type name found; type: {name}, valid types: \
                 {{B,NULL,SS,BOOL,L,BS,N,NS,S,M}}"
            ));
        }
        Operand::Value(value) => value.type_name().to_owned(),
        Operand::Size(_) => "N".to_owned(),
        Operand::Path(_) => format!("{{{}}}", ANY.join(",")),
    };
    Err(wrong_type("attribute_type", &given))
}

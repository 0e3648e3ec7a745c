//! From what an update says to what it means: placeholders put in, paths held
//! against each other, operands judged.
//!
//! Of several faults an undefined name comes first, then an undefined value,
//! paths that overlap, the operands of `ADD` and `DELETE`, those of functions.

use super::super::error::ApiError;
use super::super::value::AttributeValue;

use super::check::{ANY, Checker, Types, check_type, exactly, no_path, repeated};
use super::path::{Path, check_apart};
use super::substitutions::Substitutions;
use super::syntax::{self, RawAction, RawCall, RawOperand, RawPath, RawSetValue};
use super::update::{Action, Change, SetValue, Update, UpdateOperand};
use super::{Fault, Kind};

const NUMBER: Types = &["N"];
const LIST: Types = &["L"];

impl Update {
    /// Parses an update expression.
    ///
    /// # Errors
    /// The text is no update, its placeholders or operands do not fit, or two
    /// of its paths concern the same part.
    pub fn parse(text: &str, substitutions: &mut Substitutions) -> Result<Self, ApiError> {
        let actions = syntax::parse_update(text)
            .and_then(|raw| check_update(&raw, substitutions))
            .map_err(|fault| Kind::Update.invalid(&fault))?;
        Ok(Self::of(actions))
    }
}

fn check_update(
    raw: &[RawAction<'_>],
    substitutions: &mut Substitutions,
) -> Result<Vec<Action>, Fault> {
    let targets = resolve(raw, substitutions)?;
    check_apart(&targets.iter().collect::<Vec<_>>())?;
    for action in raw {
        check_set_operation(action, substitutions)?;
    }
    let mut checker = Checker::new(substitutions);
    let actions = raw.iter().zip(targets).map(|(action, path)| {
        let change = match action {
            RawAction::Set(_, value) => Change::Set(checker.set_value(value)?),
            RawAction::Remove(_) => Change::Remove,
            RawAction::Add(_, value) => Change::Add(checker.substitutions.value(value)?),
            RawAction::Delete(_, value) => Change::Delete(checker.substitutions.value(value)?),
        };
        Ok(Action { path, change })
    });
    actions.collect()
}

/// Puts in every placeholder once, for the faults this finds; gives the paths to change.
fn resolve(raw: &[RawAction<'_>], substitutions: &mut Substitutions) -> Result<Vec<Path>, Fault> {
    let mut targets = Vec::with_capacity(raw.len());
    let mut paths: Vec<&RawPath<'_>> = Vec::new();
    let mut values: Vec<&str> = Vec::new();
    for action in raw {
        paths.clear();
        let target = match action {
            RawAction::Set(path, value) => {
                match value {
                    RawSetValue::Operand(operand) => mentions(operand, &mut paths, &mut values),
                    RawSetValue::Arithmetic(_, left, right) => {
                        mentions(left, &mut paths, &mut values);
                        mentions(right, &mut paths, &mut values);
                    }
                }
                path
            }
            RawAction::Remove(path) => path,
            RawAction::Add(path, value) | RawAction::Delete(path, value) => {
                values.push(value);
                path
            }
        };
        targets.push(substitutions.path(target)?);
        for path in &paths {
            substitutions.path(path)?;
        }
    }
    for value in values {
        substitutions.value(value)?;
    }
    Ok(targets)
}

fn mentions<'r, 'a>(
    operand: &'r RawOperand<'a>,
    paths: &mut Vec<&'r RawPath<'a>>,
    values: &mut Vec<&'a str>,
) {
    match operand {
        RawOperand::Path(path) => paths.push(path),
        RawOperand::Value(value) => values.push(value),
        RawOperand::Call(call) => {
            for operand in &call.operands {
                mentions(operand, paths, values);
            }
        }
    }
}

fn check_set_operation(
    action: &RawAction<'_>,
    substitutions: &mut Substitutions,
) -> Result<(), Fault> {
    use AttributeValue::{B, Bool, L, M, N, Null, S};
    let (operator, value) = match action {
        RawAction::Add(_, value) => ("ADD", value),
        RawAction::Delete(_, value) => ("DELETE", value),
        RawAction::Set(..) | RawAction::Remove(_) => return Ok(()),
    };
    let given = match substitutions.value(value)? {
        N(_) if operator == "ADD" => return Ok(()),
        N(_) => "NUMBER",
        S(_) => "STRING",
        B(_) => "BINARY",
        L(_) => "LIST",
        M(_) => "MAP",
        Null => "NULL",
        Bool(_) => "BOOLEAN",
        _ => return Ok(()),
    };
    Err(format!(
        "Incorrect operand type for operator or function; operator: {operator}, operand type: \
         {given}, typeSet: ALLOWED_FOR_{operator}_OPERAND"
    ))
}

impl Checker<'_> {
    fn set_value(&mut self, raw: &RawSetValue<'_>) -> Result<SetValue, Fault> {
        let (symbol, left, right) = match raw {
            RawSetValue::Operand(operand) => {
                return self.update_operand(operand).map(SetValue::Operand);
            }
            RawSetValue::Arithmetic(symbol, left, right) => (*symbol, left, right),
        };
        let operands = [self.update_operand(left)?, self.update_operand(right)?];
        check_operands(symbol, NUMBER, &operands)?;
        self.count()?;
        let [left, right] = operands;
        Ok(match symbol {
            "+" => SetValue::Sum(left, right),
            _ => SetValue::Difference(left, right),
        })
    }

    fn update_operand(&mut self, raw: &RawOperand<'_>) -> Result<UpdateOperand, Fault> {
        match raw {
            RawOperand::Path(path) => self.substitutions.path(path).map(UpdateOperand::Path),
            RawOperand::Value(placeholder) => {
                self.substitutions.value(placeholder).map(UpdateOperand::Value)
            }
            RawOperand::Call(call) => self.update_function(call),
        }
    }

    fn update_function(&mut self, call: &RawCall<'_>) -> Result<UpdateOperand, Fault> {
        let operands = call.operands.iter();
        let operands = operands.map(|operand| self.update_operand(operand));
        let operands = exactly(call.name, operands.collect::<Result<Vec<_>, _>>()?)?;
        let operand = if call.name == "list_append" {
            check_operands(call.name, LIST, &operands)?;
            let [front, back] = operands;
            UpdateOperand::ListAppend(Box::new(front), Box::new(back))
        } else {
            check_operands(call.name, ANY, &operands)?;
            let [first, otherwise] = operands;
            let UpdateOperand::Path(path) = first else {
                return Err(no_path(call.name));
            };
            if otherwise == UpdateOperand::Path(path.clone()) {
                return Err(repeated(call.name, &path));
            }
            UpdateOperand::IfNotExists(path, Box::new(otherwise))
        };
        self.count()?;
        Ok(operand)
    }
}

fn check_operands(name: &str, types: Types, operands: &[UpdateOperand]) -> Result<(), Fault> {
    for operand in operands {
        match operand {
            UpdateOperand::Value(value) => check_type(name, types, value.type_name())?,
            UpdateOperand::ListAppend(..) => check_type(name, types, "L")?,
            UpdateOperand::Path(_) | UpdateOperand::IfNotExists(..) => {}
        }
    }
    Ok(())
}

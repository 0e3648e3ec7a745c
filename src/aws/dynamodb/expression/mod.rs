//! DynamoDB's expressions: conditions, filters, key conditions, projections and
//! updates, from their text to what they do to an item.
//!
//! A text goes through three stages: the parser ([`syntax`]) builds a tree of
//! what is written, judging names and functions as the text alone allows; the
//! placeholders are put in ([`Substitutions`]) and operands judged; the result
//! ([`Condition`], [`KeyCondition`], [`Projection`], [`Update`]) is evaluated.
//! The parameters in the older form (`super::legacy`) are turned into the
//! same results.
//!
//! The order in which faults are found, and so which of several is answered, is
//! the service's as far as it is known: syntax, parentheses, names and functions
//! in the order of the text, then placeholders and operands.
//!
//! Source: the developer guide, "Using expressions in DynamoDB"; the DynamoDB
//! grammar published with the DAX clients.

mod check;
mod condition;
mod key;
mod path;
mod projection;
mod reserved;
mod substitutions;
mod syntax;
mod token;
mod update;
mod update_check;

#[cfg(test)]
mod tests;

use super::error::{ApiError, validation};

pub use condition::{Comparator, Condition, Operand};
pub(super) use key::KeyTest;
pub use key::{KeyCondition, SortCondition};
pub use path::{Path, Step};
pub use projection::Projection;
pub use substitutions::Substitutions;
pub use update::Update;
pub(super) use update::{Action, Change, SetValue, UpdateOperand};

/// The parameter an expression stands in, which its errors name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Condition,
    Filter,
    KeyCondition,
    Projection,
    Update,
}

impl Kind {
    /// The parameter's name in the API.
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Condition => "ConditionExpression",
            Self::Filter => "FilterExpression",
            Self::KeyCondition => "KeyConditionExpression",
            Self::Projection => "ProjectionExpression",
            Self::Update => "UpdateExpression",
        }
    }

    fn invalid(self, what: &str) -> ApiError {
        validation(format!("Invalid {}: {what}", self.parameter()))
    }
}

/// What is wrong with an expression, without the parameter's name.
type Fault = String;

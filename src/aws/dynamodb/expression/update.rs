//! Updates: what becomes of an item.
//!
//! All values are worked out from the item as it was; then the changes are made,
//! indexes of a list meaning its elements as they were. Whether an update
//! touches the key is the table's business ([`Update::attributes`]). How one is
//! read from its text stands in `update_check`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::super::error::{ApiError, validation};
use super::super::number::Number;
use super::super::value::{AttributeValue, Item, check_updated_item};

use super::path::{Path, Tree, tree};
use super::projection::Projection;

/// Changes to an item, of paths that neither overlap nor conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    actions: Vec<Action>,
    /// What is answered where `ADD` and `DELETE` find another type.
    type_mismatch: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Action {
    pub(crate) path: Path,
    pub(crate) change: Change,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Set(SetValue),
    Remove,
    Add(AttributeValue),
    Delete(AttributeValue),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SetValue {
    Operand(UpdateOperand),
    Sum(UpdateOperand, UpdateOperand),
    Difference(UpdateOperand, UpdateOperand),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UpdateOperand {
    Path(Path),
    Value(AttributeValue),
    IfNotExists(Path, Box<UpdateOperand>),
    ListAppend(Box<UpdateOperand>, Box<UpdateOperand>),
}

const INCORRECT_TYPE: &str = "An operand in the update expression has an incorrect data type";

impl Update {
    /// The update an expression stands for.
    pub(super) fn of(actions: Vec<Action>) -> Self {
        Self { actions, type_mismatch: INCORRECT_TYPE }
    }

    /// The update the parameters in the older form stand for.
    pub(crate) fn legacy(actions: Vec<Action>) -> Self {
        Self { actions, type_mismatch: "Type mismatch for attribute to update" }
    }

    /// The item with the changes made; an item that is not there yet comes as its key.
    ///
    /// # Errors
    /// The item does not have what the update builds on, or becomes one that
    /// DynamoDB does not store.
    pub fn apply(&self, item: &Item) -> Result<Item, ApiError> {
        let mut outcomes = Vec::with_capacity(self.actions.len());
        for action in &self.actions {
            outcomes.push((&action.path, self.outcome(action, item)?));
        }
        let mut updated = item.clone();
        change_members(tree(outcomes.into_iter()), &mut updated)?;
        check_updated_item(&updated)?;
        Ok(updated)
    }

    /// The parts of the item the update is about, for `UPDATED_OLD` and `UPDATED_NEW`.
    pub fn touched(&self) -> Projection {
        Projection::of(self.actions.iter().map(|action| &action.path))
    }

    /// The attributes the update is about.
    pub fn attributes(&self) -> BTreeSet<&str> {
        self.actions.iter().map(|action| action.path.top()).collect()
    }

    fn outcome(&self, action: &Action, item: &Item) -> Result<Outcome, ApiError> {
        let old = action.path.find(item);
        match &action.change {
            Change::Set(value) => Ok(Outcome::Put(value.evaluate(item)?)),
            Change::Remove => Ok(Outcome::Remove),
            Change::Add(value) => Ok(Outcome::Put(match old {
                Some(old) => self.added(old, value)?,
                None => value.clone(),
            })),
            Change::Delete(value) => match old {
                Some(old) => self.deleted(old, value),
                None => Ok(Outcome::Keep),
            },
        }
    }

    fn added(
        &self,
        old: &AttributeValue,
        value: &AttributeValue,
    ) -> Result<AttributeValue, ApiError> {
        use AttributeValue::{Bs, L, N, Ns, Ss};
        Ok(match (old, value) {
            (N(old), N(value)) => N(old.checked_add(*value)?),
            (Ss(old), Ss(value)) => Ss(old.union(value).cloned().collect()),
            (Ns(old), Ns(value)) => Ns(old.union(value).copied().collect()),
            (Bs(old), Bs(value)) => Bs(old.union(value).cloned().collect()),
            // Only the older parameters add to lists.
            (L(old), L(value)) => L(old.iter().chain(value).cloned().collect()),
            _ => return Err(validation(self.type_mismatch)),
        })
    }

    fn deleted(&self, old: &AttributeValue, value: &AttributeValue) -> Result<Outcome, ApiError> {
        use AttributeValue::{Bs, Ns, Ss};
        fn without<T: Ord + Clone>(
            old: &BTreeSet<T>,
            value: &BTreeSet<T>,
            set: impl Fn(BTreeSet<T>) -> AttributeValue,
        ) -> Outcome {
            let rest: BTreeSet<T> = old.difference(value).cloned().collect();
            // A set is never empty: the attribute goes with its last element.
            if rest.is_empty() { Outcome::Remove } else { Outcome::Put(set(rest)) }
        }
        match (old, value) {
            (Ss(old), Ss(value)) => Ok(without(old, value, Ss)),
            (Ns(old), Ns(value)) => Ok(without(old, value, Ns)),
            (Bs(old), Bs(value)) => Ok(without(old, value, Bs)),
            _ => Err(validation(self.type_mismatch)),
        }
    }
}

/// What becomes of one place.
enum Outcome {
    Put(AttributeValue),
    Remove,
    Keep,
}

impl SetValue {
    fn evaluate(&self, item: &Item) -> Result<AttributeValue, ApiError> {
        let (left, right, calculate): (_, _, fn(Number, Number) -> _) = match self {
            Self::Operand(operand) => return operand.evaluate(item).map(Cow::into_owned),
            Self::Sum(left, right) => (left, right, Number::checked_add),
            Self::Difference(left, right) => (left, right, Number::checked_sub),
        };
        let (left, right) = (left.evaluate(item)?, right.evaluate(item)?);
        let (AttributeValue::N(left), AttributeValue::N(right)) = (&*left, &*right) else {
            return Err(validation(INCORRECT_TYPE));
        };
        calculate(*left, *right).map(AttributeValue::N)
    }
}

impl UpdateOperand {
    fn evaluate<'a>(&'a self, item: &'a Item) -> Result<Cow<'a, AttributeValue>, ApiError> {
        match self {
            Self::Value(value) => Ok(Cow::Borrowed(value)),
            Self::Path(path) => path.find(item).map(Cow::Borrowed).ok_or_else(|| {
                validation(
                    "The provided expression refers to an attribute that does not exist in the \
                     item",
                )
            }),
            Self::IfNotExists(path, otherwise) => match path.find(item) {
                Some(value) => Ok(Cow::Borrowed(value)),
                None => otherwise.evaluate(item),
            },
            Self::ListAppend(front, back) => {
                let (front, back) = (front.evaluate(item)?, back.evaluate(item)?);
                let (AttributeValue::L(front), AttributeValue::L(back)) = (&*front, &*back) else {
                    return Err(validation(INCORRECT_TYPE));
                };
                let elements = front.iter().chain(back).cloned();
                Ok(Cow::Owned(AttributeValue::L(elements.collect())))
            }
        }
    }
}

fn change_members(
    changes: BTreeMap<String, Tree<Outcome>>,
    members: &mut Item,
) -> Result<(), ApiError> {
    for (name, change) in changes {
        match change {
            Tree::Leaf(Outcome::Put(value)) => {
                members.insert(name, value);
            }
            Tree::Leaf(Outcome::Remove) => {
                members.remove(&name);
            }
            Tree::Leaf(Outcome::Keep) => {}
            inner => change_inside(inner, members.get_mut(&name))?,
        }
    }
    Ok(())
}

fn change_elements(
    changes: BTreeMap<usize, Tree<Outcome>>,
    elements: &mut Vec<AttributeValue>,
) -> Result<(), ApiError> {
    let mut removed = Vec::new();
    let mut appended = Vec::new();
    for (index, change) in changes {
        match (change, elements.get_mut(index)) {
            (Tree::Leaf(Outcome::Put(value)), Some(element)) => *element = value,
            // However far behind the end: the list has no gaps.
            (Tree::Leaf(Outcome::Put(value)), None) => appended.push(value),
            (Tree::Leaf(Outcome::Remove), Some(_)) => removed.push(index),
            (Tree::Leaf(Outcome::Remove | Outcome::Keep), _) => {}
            (inner, element) => change_inside(inner, element)?,
        }
    }
    for index in removed.into_iter().rev() {
        elements.remove(index);
    }
    elements.append(&mut appended);
    Ok(())
}

fn change_inside(
    changes: Tree<Outcome>,
    value: Option<&mut AttributeValue>,
) -> Result<(), ApiError> {
    match (changes, value) {
        (Tree::Names(changes), Some(AttributeValue::M(members))) => {
            change_members(changes, members)
        }
        (Tree::Indexes(changes), Some(AttributeValue::L(elements))) => {
            change_elements(changes, elements)
        }
        _ => Err(validation(
            "The document path provided in the update expression is invalid for update",
        )),
    }
}

//! Conditions and filters: what they are, and whether an item meets them.
//!
//! A condition about something an item does not have, or has in another type,
//! is false rather than an error; only `<>` is true of it. How one is read from
//! its text stands in `check`.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::super::number::Number;
use super::super::value::{AttributeValue, Item};

use super::path::Path;

/// A condition an item may meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Compare(Comparator, Operand, Operand),
    Between {
        operand: Operand,
        low: Operand,
        high: Operand,
    },
    In(Operand, Vec<Operand>),
    Exists(Path),
    NotExists(Path),
    /// The operand is of the type of that name, as `attribute_type` has it.
    HasType(Operand, String),
    BeginsWith(Operand, Operand),
    Contains(Operand, Operand),
}

/// What a condition looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    Path(Path),
    Value(AttributeValue),
    Size(Box<Operand>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparator {
    pub(super) fn of(symbol: &str) -> Option<Self> {
        Some(match symbol {
            "=" => Self::Equal,
            "<>" => Self::NotEqual,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            _ => return None,
        })
    }

    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// The comparator with its sides exchanged.
    pub(super) fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }

    /// Whether it asks for an order, which only numbers, strings and binaries have.
    pub(super) fn is_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }

    fn holds(self, left: Option<&AttributeValue>, right: Option<&AttributeValue>) -> bool {
        let equal = || left.is_some() && left == right;
        let order = || left.zip(right).and_then(|(left, right)| order(left, right));
        match self {
            Self::Equal => equal(),
            Self::NotEqual => !equal(),
            Self::Less => order().is_some_and(Ordering::is_lt),
            Self::LessOrEqual => order().is_some_and(Ordering::is_le),
            Self::Greater => order().is_some_and(Ordering::is_gt),
            Self::GreaterOrEqual => order().is_some_and(Ordering::is_ge),
        }
    }
}

impl Condition {
    /// Whether the item meets the condition; no item is an item without attributes.
    pub fn holds(&self, item: &Item) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(item)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(item)),
            Self::Not(inner) => !inner.holds(item),
            Self::Compare(comparator, left, right) => {
                comparator.holds(left.value(item).as_deref(), right.value(item).as_deref())
            }
            Self::Between { operand, low, high } => {
                let value = operand.value(item);
                let value = value.as_deref();
                Comparator::GreaterOrEqual.holds(value, low.value(item).as_deref())
                    && Comparator::LessOrEqual.holds(value, high.value(item).as_deref())
            }
            Self::In(operand, candidates) => {
                let value = operand.value(item);
                candidates.iter().any(|candidate| {
                    Comparator::Equal.holds(value.as_deref(), candidate.value(item).as_deref())
                })
            }
            Self::Exists(path) => path.find(item).is_some(),
            Self::NotExists(path) => path.find(item).is_none(),
            Self::HasType(operand, name) => {
                operand.value(item).is_some_and(|value| value.type_name() == name)
            }
            Self::BeginsWith(operand, prefix) => both(operand, prefix, item, begins_with),
            Self::Contains(operand, part) => both(operand, part, item, contains),
        }
    }

    /// The attributes the condition looks at, which a filter must not share with the key.
    pub fn attributes(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        self.collect_attributes(&mut found);
        found
    }

    fn collect_attributes<'a>(&'a self, found: &mut BTreeSet<&'a str>) {
        let operands: Vec<&Operand> = match self {
            Self::And(parts) | Self::Or(parts) => {
                for part in parts {
                    part.collect_attributes(found);
                }
                return;
            }
            Self::Not(inner) => return inner.collect_attributes(found),
            Self::Exists(path) | Self::NotExists(path) => {
                found.insert(path.top());
                return;
            }
            Self::Compare(_, left, right)
            | Self::BeginsWith(left, right)
            | Self::Contains(left, right) => vec![left, right],
            Self::Between { operand, low, high } => vec![operand, low, high],
            Self::In(operand, candidates) => candidates.iter().chain([operand]).collect(),
            Self::HasType(operand, _) => vec![operand],
        };
        found.extend(operands.into_iter().filter_map(Operand::attribute));
    }
}

impl Operand {
    fn value<'a>(&'a self, item: &'a Item) -> Option<Cow<'a, AttributeValue>> {
        match self {
            Self::Path(path) => path.find(item).map(Cow::Borrowed),
            Self::Value(value) => Some(Cow::Borrowed(value)),
            Self::Size(operand) => {
                let size = size(&*operand.value(item)?)?;
                let size = Number::from(u64::try_from(size).ok()?);
                Some(Cow::Owned(AttributeValue::N(size)))
            }
        }
    }

    fn attribute(&self) -> Option<&str> {
        match self {
            Self::Path(path) => Some(path.top()),
            Self::Size(operand) => operand.attribute(),
            Self::Value(_) => None,
        }
    }
}

fn both(
    left: &Operand,
    right: &Operand,
    item: &Item,
    test: impl Fn(&AttributeValue, &AttributeValue) -> bool,
) -> bool {
    let values = left.value(item).zip(right.value(item));
    values.is_some_and(|(left, right)| test(&left, &right))
}

/// The order of two values: of one type, and of one that has an order.
pub(super) fn order(left: &AttributeValue, right: &AttributeValue) -> Option<Ordering> {
    use AttributeValue::{B, N, S};
    match (left, right) {
        (S(left), S(right)) => Some(left.cmp(right)),
        (N(left), N(right)) => Some(left.cmp(right)),
        (B(left), B(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

pub(super) fn begins_with(value: &AttributeValue, prefix: &AttributeValue) -> bool {
    use AttributeValue::{B, S};
    match (value, prefix) {
        (S(text), S(prefix)) => text.starts_with(prefix),
        (B(bytes), B(prefix)) => bytes.starts_with(prefix),
        _ => false,
    }
}

fn contains(value: &AttributeValue, part: &AttributeValue) -> bool {
    use AttributeValue::{B, Bs, L, N, Ns, S, Ss};
    match (value, part) {
        (S(text), S(part)) => text.contains(part),
        (B(bytes), B(part)) => {
            part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
        }
        (Ss(set), S(part)) => set.contains(part),
        (Ns(set), N(part)) => set.contains(part),
        (Bs(set), B(part)) => set.contains(part),
        (L(elements), part) => elements.contains(part),
        _ => false,
    }
}

fn size(value: &AttributeValue) -> Option<usize> {
    use AttributeValue::{B, Bs, L, M, Ns, S, Ss};
    match value {
        // The service counts as its language does.
        S(text) => Some(text.encode_utf16().count()),
        B(bytes) => Some(bytes.len()),
        Ss(set) => Some(set.len()),
        Ns(set) => Some(set.len()),
        Bs(set) => Some(set.len()),
        L(elements) => Some(elements.len()),
        M(members) => Some(members.len()),
        _ => None,
    }
}

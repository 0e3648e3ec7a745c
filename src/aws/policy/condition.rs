//! Condition operators (IAM User Guide, "IAM JSON policy elements: Condition operators").

use std::cmp::Ordering;
// `core` and not `std`: addresses are only read and compared here, nothing is ever connected.
use core::net::IpAddr;

use base::Time;

use super::context::Context;
use super::pattern::{Pattern, Reading, caseless, exact};

/// One test of one key.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub struct Condition {
    pub quantifier: Quantifier,
    pub test: Test,
    /// `StringNotEquals` and the like: none of the values may match.
    pub negated: bool,
    /// `…IfExists`: holds when the request has no such key.
    pub if_exists: bool,
    pub key: String,
    pub values: Vec<String>,
}

/// How many of a key's values must pass.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub enum Quantifier {
    /// The key has one value.
    Single,
    AnyValue,
    AllValues,
}

/// How a value of the request is compared with a value of the policy.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub enum Test {
    Equals,
    EqualsIgnoreCase,
    Like,
    Numeric(Order),
    Date(Order),
    Bool,
    Ip,
    Arn,
    Null,
}

/// A comparison.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub enum Order {
    Equal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Order {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
        }
    }
}

/// Each operator's name, its test, and whether it is negated.
const OPERATORS: &[(&str, Test, bool)] = &[
    ("StringEquals", Test::Equals, false),
    ("StringNotEquals", Test::Equals, true),
    ("StringEqualsIgnoreCase", Test::EqualsIgnoreCase, false),
    ("StringNotEqualsIgnoreCase", Test::EqualsIgnoreCase, true),
    ("StringLike", Test::Like, false),
    ("StringNotLike", Test::Like, true),
    ("NumericEquals", Test::Numeric(Order::Equal), false),
    ("NumericNotEquals", Test::Numeric(Order::Equal), true),
    ("NumericLessThan", Test::Numeric(Order::Less), false),
    ("NumericLessThanEquals", Test::Numeric(Order::AtMost), false),
    ("NumericGreaterThan", Test::Numeric(Order::Greater), false),
    ("NumericGreaterThanEquals", Test::Numeric(Order::AtLeast), false),
    ("DateEquals", Test::Date(Order::Equal), false),
    ("DateNotEquals", Test::Date(Order::Equal), true),
    ("DateLessThan", Test::Date(Order::Less), false),
    ("DateLessThanEquals", Test::Date(Order::AtMost), false),
    ("DateGreaterThan", Test::Date(Order::Greater), false),
    ("DateGreaterThanEquals", Test::Date(Order::AtLeast), false),
    ("Bool", Test::Bool, false),
    // Both sides are base64 text, so equal bytes are equal text.
    ("BinaryEquals", Test::Equals, false),
    ("IpAddress", Test::Ip, false),
    ("NotIpAddress", Test::Ip, true),
    ("ArnEquals", Test::Arn, false),
    ("ArnLike", Test::Arn, false),
    ("ArnNotEquals", Test::Arn, true),
    ("ArnNotLike", Test::Arn, true),
    ("Null", Test::Null, false),
];

impl Condition {
    /// Reads an operator such as `ForAnyValue:StringLikeIfExists`; `None` when there is none such.
    pub(super) fn new(operator: &str, key: &str, values: Vec<String>) -> Option<Self> {
        let (quantifier, name) = match operator.split_once(':') {
            None => (Quantifier::Single, operator),
            Some(("ForAnyValue", name)) => (Quantifier::AnyValue, name),
            Some(("ForAllValues", name)) => (Quantifier::AllValues, name),
            Some(_) => return None,
        };
        let bare = name.strip_suffix("IfExists");
        let (_, test, negated) =
            OPERATORS.iter().find(|(n, ..)| n.eq_ignore_ascii_case(bare.unwrap_or(name)))?;
        let if_exists = bare.is_some();
        if *test == Test::Null && if_exists {
            return None;
        }
        let key = key.to_owned();
        Some(Self { quantifier, test: *test, negated: *negated, if_exists, key, values })
    }

    /// Whether all its values are such as its operator compares. A value that depends on a
    /// variable is known only with a request.
    pub(super) fn readable(&self) -> bool {
        self.values.iter().all(|value| value.contains("${") || self.test.reads(value))
    }

    /// Whether it holds for a request.
    pub(super) fn holds(&self, context: &Context<'_>, variables: bool) -> bool {
        let given = context.values(&self.key).filter(|values| !values.is_empty());
        if self.test == Test::Null {
            let wants_absent = self.values.iter().any(|v| v.eq_ignore_ascii_case("true"));
            return given.is_none() == wants_absent;
        }
        let Some(given) = given else {
            return match self.quantifier {
                _ if self.if_exists => true,
                Quantifier::Single => self.negated,
                Quantifier::AnyValue => false,
                Quantifier::AllValues => true,
            };
        };
        let context = variables.then_some(context);
        let passes = |value: &String| {
            self.values.iter().any(|wanted| self.test.matches(wanted, value, context))
                != self.negated
        };
        match self.quantifier {
            // A negated test of a key with several values must hold for each of them.
            Quantifier::Single if self.negated => given.iter().all(passes),
            Quantifier::Single | Quantifier::AnyValue => given.iter().any(passes),
            Quantifier::AllValues => given.iter().all(passes),
        }
    }
}

impl Test {
    fn reads(self, value: &str) -> bool {
        match self {
            Self::Equals | Self::EqualsIgnoreCase | Self::Like | Self::Arn => true,
            Self::Numeric(_) => value.parse::<f64>().is_ok_and(f64::is_finite),
            Self::Date(_) => date(value).is_some(),
            Self::Bool | Self::Null => {
                ["true", "false"].iter().any(|b| value.eq_ignore_ascii_case(b))
            }
            Self::Ip => Range::parse(value).is_some(),
        }
    }

    fn matches(self, wanted: &str, value: &str, context: Option<&Context<'_>>) -> bool {
        let text = |reading, same: fn(char, char) -> bool| {
            Pattern::new(wanted, reading, context).is_some_and(|p| p.matches(value, same))
        };
        match self {
            Self::Equals => text(Reading::Plain, exact),
            Self::EqualsIgnoreCase => text(Reading::Plain, caseless),
            Self::Like => text(Reading::Wild, exact),
            Self::Bool => wanted.eq_ignore_ascii_case(value),
            Self::Numeric(order) => match (wanted.parse::<f64>(), value.parse::<f64>()) {
                (Ok(wanted), Ok(value)) => {
                    value.partial_cmp(&wanted).is_some_and(|o| order.holds(o))
                }
                _ => false,
            },
            Self::Date(order) => match (date(wanted), date(value)) {
                (Some(wanted), Some(value)) => order.holds(value.cmp(&wanted)),
                _ => false,
            },
            Self::Ip => match (Range::parse(wanted), value.parse()) {
                (Some(range), Ok(address)) => range.contains(address),
                _ => false,
            },
            Self::Arn => arn_like(wanted, value, context),
            Self::Null => false,
        }
    }
}

/// An ISO 8601 instant, minute, day or month, or seconds since the epoch.
fn date(text: &str) -> Option<Time> {
    if let Ok(secs) = text.parse::<i64>() {
        return Some(Time(secs.checked_mul(1000)?));
    }
    let whole = match text.len() {
        7 => format!("{text}-01T00:00:00Z"),
        10 => format!("{text}T00:00:00Z"),
        _ => text.to_owned(),
    };
    Time::parse_iso(&whole)
}

/// ARNs are compared part by part: a `*` does not reach over a colon.
fn arn_like(wanted: &str, value: &str, context: Option<&Context<'_>>) -> bool {
    let wanted: Vec<&str> = wanted.splitn(6, ':').collect();
    let value: Vec<&str> = value.splitn(6, ':').collect();
    wanted.len() == value.len()
        && wanted.iter().zip(&value).all(|(wanted, value)| {
            Pattern::new(wanted, Reading::Wild, context).is_some_and(|p| p.matches(value, exact))
        })
}

/// Addresses in CIDR notation; a bare address is a range of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) address: IpAddr,
    pub(super) prefix: u32,
}

impl Range {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(bits);
        (prefix <= bits).then_some(Self { address, prefix })
    }

    fn contains(self, address: IpAddr) -> bool {
        let (a, b, bits) = match (self.address, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                (u128::from(a.to_bits()), u128::from(b.to_bits()), 32)
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits(), b.to_bits(), 128),
            _ => return false,
        };
        let shift = bits - self.prefix;
        // A shift by all 128 bits is not defined; a prefix of 0 holds every address.
        a.checked_shr(shift) == b.checked_shr(shift)
    }
}

//! Parameters: what a template declares, and the values that a stack gives them.
//!
//! Source: User Guide, "Parameters". The values of `AWS::SSM::Parameter::Value<…>` are looked up when
//! a stack is made or updated, and those of other types of AWS are looked for before the first
//! resource is made.

use std::collections::BTreeMap;

use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::text::text_of;

/// A parameter as a template declares it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Declaration {
    pub(crate) kind: String,
    pub(crate) default: Option<String>,
    pub(crate) no_echo: bool,
    pub(crate) description: Option<String>,
    pub(crate) allowed: Vec<String>,
    pattern: Option<String>,
    length: (Option<usize>, Option<usize>),
    /// As the template spells them: they are told again in a refusal.
    value: (Option<String>, Option<String>),
    constraint: Option<String>,
}

/// What a request gives to a parameter.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Given {
    Value(String),
    /// What the stack has already.
    Previous,
}

/// The types of AWS whose values name something that must exist, beside `List<…>` of them.
const EXISTING: &[&str] = &[
    "AWS::EC2::AvailabilityZone::Name",
    "AWS::EC2::Image::Id",
    "AWS::EC2::Instance::Id",
    "AWS::EC2::KeyPair::KeyName",
    "AWS::EC2::SecurityGroup::GroupName",
    "AWS::EC2::SecurityGroup::Id",
    "AWS::EC2::Subnet::Id",
    "AWS::EC2::Volume::Id",
    "AWS::EC2::VPC::Id",
];

impl Declaration {
    pub(super) fn of(name: &str, value: Value) -> Result<Self, String> {
        let missing = || {
            format!(
                "Template format error: [/Parameters/{name}] Every Parameters object must contain a \
                 Type member."
            )
        };
        let Value::Object(mut map) = value else { return Err(missing()) };
        let kind = map.remove("Type").as_ref().and_then(text_of).ok_or_else(missing)?;
        if !known(&kind) {
            return Err(format!("Template format error: Unrecognized parameter type: {kind}"));
        }
        let list = |value: Option<Value>| match value {
            Some(Value::Array(items)) => items.iter().filter_map(text_of).collect(),
            _ => Vec::new(),
        };
        let allowed = list(map.remove("AllowedValues"));
        let no_echo = flag(map.remove("NoEcho").as_ref());
        let mut text = |key: &str| take_text(&mut map, key);
        let declared = Self {
            default: text("Default"),
            no_echo,
            description: text("Description"),
            allowed,
            pattern: text("AllowedPattern"),
            length: (number(text("MinLength").as_ref()), number(text("MaxLength").as_ref())),
            value: (text("MinValue"), text("MaxValue")),
            constraint: text("ConstraintDescription"),
            kind,
        };
        if let Some(other) = map.keys().next() {
            return Err(format!("Invalid template parameter property '{other}'"));
        }
        if let Some(pattern) = &declared.pattern {
            whole(pattern).map_err(|()| {
                format!(
                    "Template error: AllowedPattern of parameter {name} is no pattern: {pattern}"
                )
            })?;
        }
        if let Some(default) = declared.default.as_ref().filter(|_| !declared.stored()) {
            declared.check(name, default).map_err(|_| {
                format!(
                    "Template format error: Default value for parameter '{name}' does not satisfy \
                     the parameter constraints"
                )
            })?;
        }
        Ok(declared)
    }

    /// Whether the value is the name of a parameter of Systems Manager.
    pub(crate) fn stored(&self) -> bool {
        self.kind.starts_with("AWS::SSM::Parameter::Value<")
    }

    /// The type of what functions see.
    fn inner(&self) -> &str {
        let inside = |prefix: &str| self.kind.strip_prefix(prefix)?.strip_suffix('>');
        inside("AWS::SSM::Parameter::Value<").unwrap_or(&self.kind)
    }

    /// The type of each thing that must exist for the value to hold: `AWS::EC2::VPC::Id`.
    pub(crate) fn existing(&self) -> Option<&str> {
        let inner = self.inner();
        let inner = inner.strip_prefix("List<").and_then(|i| i.strip_suffix('>')).unwrap_or(inner);
        EXISTING.contains(&inner).then_some(inner)
    }

    /// What functions see of this value: text, or a list of texts.
    pub(crate) fn seen(&self, value: &str) -> Value {
        let inner = self.inner();
        if inner == "CommaDelimitedList" || inner.starts_with("List<") {
            let items = value.split(',').map(|item| Value::from(item.trim()));
            return Value::Array(if value.is_empty() { Vec::new() } else { items.collect() });
        }
        Value::from(value)
    }

    /// # Errors
    /// The value breaks a constraint.
    pub(crate) fn check(&self, name: &str, value: &str) -> Result<(), String> {
        let broken = |otherwise: String| match &self.constraint {
            Some(constraint) => {
                format!("Parameter '{name}' failed to satisfy constraint: {constraint}")
            }
            None => otherwise,
        };
        if self.kind == "Number" && value.trim().parse::<f64>().is_err() {
            return Err(format!("Parameter '{name}' must be a number"));
        }
        let items: Vec<&str> =
            if self.kind == "CommaDelimitedList" || self.kind.starts_with("List<") {
                value.split(',').map(str::trim).collect()
            } else {
                vec![value]
            };
        if self.kind == "List<Number>" && items.iter().any(|item| item.parse::<f64>().is_err()) {
            return Err(format!("Parameter '{name}' must be a list of numbers"));
        }
        if !self.allowed.is_empty() && !items.iter().all(|i| self.allowed.iter().any(|a| a == i)) {
            return Err(broken(format!("Parameter '{name}' must be one of AllowedValues")));
        }
        let matches = |pattern: &String| whole(pattern).is_ok_and(|p| p.is_match(value));
        if let Some(pattern) = self.pattern.as_ref().filter(|pattern| !matches(pattern)) {
            return Err(broken(format!("Parameter '{name}' must match pattern {pattern}")));
        }
        let length = value.chars().count();
        if let Some(min) = self.length.0.filter(|min| length < *min) {
            return Err(broken(format!(
                "Parameter '{name}' must contain at least {min} characters"
            )));
        }
        if let Some(max) = self.length.1.filter(|max| length > *max) {
            return Err(broken(format!(
                "Parameter '{name}' must contain at most {max} characters"
            )));
        }
        let number: Option<f64> = value.trim().parse().ok();
        let bound = |bound: &Option<String>| bound.as_ref().and_then(|b| b.parse::<f64>().ok());
        if let (Some(number), Some(min)) = (number, bound(&self.value.0))
            && number < min
        {
            let min = self.value.0.as_deref().unwrap_or_default();
            return Err(broken(format!("Parameter '{name}' must be a number not less than {min}")));
        }
        if let (Some(number), Some(max)) = (number, bound(&self.value.1))
            && number > max
        {
            let max = self.value.1.as_deref().unwrap_or_default();
            return Err(broken(format!(
                "Parameter '{name}' must be a number not greater than {max}"
            )));
        }
        Ok(())
    }
}

fn known(kind: &str) -> bool {
    if let Some(inner) = kind.strip_prefix("AWS::SSM::Parameter::Value<") {
        return inner.strip_suffix('>').is_some_and(|inner| {
            inner == "String" || inner == "CommaDelimitedList" || existing(inner) || listed(inner)
        });
    }
    matches!(kind, "String" | "Number" | "CommaDelimitedList" | "List<Number>")
        || kind == "AWS::SSM::Parameter::Name"
        || existing(kind)
        || listed(kind)
}

fn existing(kind: &str) -> bool {
    EXISTING.contains(&kind)
}

fn listed(kind: &str) -> bool {
    let inner = kind.strip_prefix("List<").and_then(|inner| inner.strip_suffix('>'));
    inner.is_some_and(|inner| existing(inner) || inner == "String")
}

fn take_text(map: &mut Map<String, Value>, key: &str) -> Option<String> {
    match map.remove(key)? {
        // The default of a list may be written as one.
        Value::Array(items) => Some(items.iter().filter_map(text_of).collect::<Vec<_>>().join(",")),
        Value::Null => Some(String::new()),
        value => text_of(&value),
    }
}

fn number(text: Option<&String>) -> Option<usize> {
    text?.parse().ok()
}

fn flag(value: Option<&Value>) -> bool {
    value.and_then(text_of).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

/// A pattern that the whole value has to match.
fn whole(pattern: &str) -> Result<Regex, ()> {
    Regex::new(&format!("^(?:{pattern})$")).map_err(|_| ())
}

/// The values of all parameters of a template.
///
/// # Errors
/// One is missing, unknown, or breaks a constraint.
pub(crate) fn values(
    declared: &BTreeMap<String, Declaration>,
    given: &[(String, Given)],
    before: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, String> {
    let unknown: Vec<&str> = given
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| !declared.contains_key(*name))
        .collect();
    if !unknown.is_empty() {
        return Err(format!("Parameters: [{}] do not exist in the template", unknown.join(", ")));
    }
    let given: BTreeMap<&str, &Given> = given.iter().map(|(n, g)| (n.as_str(), g)).collect();
    let mut values = BTreeMap::new();
    let mut missing = Vec::new();
    for (name, declared) in declared {
        let value = match given.get(name.as_str()) {
            Some(Given::Value(value)) => Some(value.clone()),
            Some(Given::Previous) => before.get(name).cloned(),
            None => declared.default.clone(),
        };
        match value {
            Some(value) => {
                if !declared.stored() {
                    declared.check(name, &value)?;
                }
                values.insert(name.clone(), value);
            }
            None => missing.push(name.as_str()),
        }
    }
    if missing.is_empty() {
        return Ok(values);
    }
    Err(format!("Parameters: [{}] must have values", missing.join(", ")))
}

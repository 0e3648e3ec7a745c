//! Intrinsic functions: what a value of a template is, once everything that it speaks of is known.
//!
//! Source: User Guide, "Intrinsic function reference".

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::Template;
use super::walk::{Piece, attribute, pieces};
use crate::text::text_of;

/// The pseudo parameters.
pub(crate) const PSEUDO: &[&str] = &[
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// Where a value stands.
pub(crate) struct Scope<'a> {
    pub(crate) template: &'a Template,
    /// The values of parameters as functions see them.
    pub(crate) parameters: &'a BTreeMap<String, Value>,
    pub(crate) conditions: &'a BTreeMap<String, bool>,
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) stack_name: &'a str,
    pub(crate) stack_id: &'a str,
}

/// What only the world knows.
pub(crate) trait Look {
    /// What `Ref` gives of a resource.
    fn reference(&mut self, resource: &str) -> Result<Value, String>;
    fn attribute(&mut self, resource: &str, name: &str) -> Result<Value, String>;
    /// The value of an export.
    fn import(&mut self, name: &str) -> Result<Value, String>;
    fn zones(&mut self, region: &str) -> Result<Vec<String>, String>;
}

/// Where no resources may be spoken of: conditions.
pub(crate) struct Nothing;

impl Look for Nothing {
    fn reference(&mut self, resource: &str) -> Result<Value, String> {
        Err(format!("Template error: resource {resource} cannot be referred to here"))
    }
    fn attribute(&mut self, resource: &str, _: &str) -> Result<Value, String> {
        self.reference(resource)
    }
    fn import(&mut self, name: &str) -> Result<Value, String> {
        Err(format!("Template error: export {name} cannot be referred to here"))
    }
    fn zones(&mut self, _: &str) -> Result<Vec<String>, String> {
        Err("Template error: Fn::GetAZs cannot be used here".to_owned())
    }
}

/// The values of a template's conditions.
///
/// # Errors
/// One is no condition, or they go round in a circle.
pub(crate) fn conditions(
    template: &Template,
    scope: &mut Scope<'_>,
) -> Result<BTreeMap<String, bool>, String> {
    let mut done: BTreeMap<String, bool> = BTreeMap::new();
    for name in template.conditions.keys() {
        judge_named(template, name, scope, &mut done, 0)?;
    }
    Ok(done)
}

fn judge_named(
    template: &Template,
    name: &str,
    scope: &mut Scope<'_>,
    done: &mut BTreeMap<String, bool>,
    depth: usize,
) -> Result<bool, String> {
    if let Some(known) = done.get(name) {
        return Ok(*known);
    }
    if depth > template.conditions.len() {
        return Err(format!("Template format error: Circular dependencies for condition {name}"));
    }
    let value = template.conditions.get(name).ok_or_else(|| {
        format!("Template format error: Unresolved condition dependency {name} in the Conditions block of the template")
    })?;
    let judged = judge(template, value, scope, done, depth)?;
    done.insert(name.to_owned(), judged);
    Ok(judged)
}

fn judge(
    template: &Template,
    value: &Value,
    scope: &mut Scope<'_>,
    done: &mut BTreeMap<String, bool>,
    depth: usize,
) -> Result<bool, String> {
    const WRONG: &str =
        "Template format error: Every Conditions member must be a condition function.";
    let Some((key, argument)) = only(value) else { return Err(WRONG.to_owned()) };
    let items = argument.as_array().map_or(&[][..], Vec::as_slice);
    match key {
        "Condition" => {
            let name = argument.as_str().ok_or(WRONG)?;
            judge_named(template, name, scope, done, depth + 1)
        }
        "Fn::Not" if items.len() == 1 => Ok(!judge(template, &items[0], scope, done, depth)?),
        "Fn::And" | "Fn::Or" if (2..=10).contains(&items.len()) => {
            let mut judged = Vec::new();
            for item in items {
                judged.push(judge(template, item, scope, done, depth)?);
            }
            Ok(if key == "Fn::And" { judged.iter().all(|j| *j) } else { judged.contains(&true) })
        }
        "Fn::Equals" if items.len() == 2 => {
            let side = |item: &Value| {
                evaluate(item, scope, &mut Nothing)
                    .map(|value| value.map(|v| text_of(&v).map_or(v, Value::String)))
            };
            Ok(side(&items[0])? == side(&items[1])?)
        }
        _ => Err(format!("Template error: every {key} object requires another list of arguments.")),
    }
}

/// The key and the value of an object that has one member.
fn only(value: &Value) -> Option<(&str, &Value)> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    map.iter().next().map(|(key, value)| (key.as_str(), value))
}

/// What a value is; `None` where it is `AWS::NoValue`.
///
/// # Errors
/// What is wrong, as the service words it.
pub(crate) fn evaluate(
    value: &Value,
    scope: &Scope<'_>,
    look: &mut dyn Look,
) -> Result<Option<Value>, String> {
    match value {
        Value::Array(items) => {
            let mut done = Vec::new();
            for item in items {
                done.extend(evaluate(item, scope, look)?);
            }
            Ok(Some(Value::Array(done)))
        }
        Value::Object(map) => {
            if let Some((key, argument)) = only(value)
                && (key == "Ref" || key.starts_with("Fn::"))
            {
                return call(key, argument, scope, look);
            }
            let mut done = Map::new();
            for (key, value) in map {
                if let Some(value) = evaluate(value, scope, look)? {
                    done.insert(key.clone(), value);
                }
            }
            Ok(Some(Value::Object(done)))
        }
        plain => Ok(Some(plain.clone())),
    }
}

fn call(
    key: &str,
    argument: &Value,
    scope: &Scope<'_>,
    look: &mut dyn Look,
) -> Result<Option<Value>, String> {
    match key {
        "Ref" => return reference(argument, scope, look),
        "Fn::If" => return choose(argument, scope, look),
        "Fn::GetAtt" => {
            let (resource, mut name) = attribute(argument).ok_or(
                "Template error: every Fn::GetAtt object requires two non-empty parameters, the \
                 resource name and the resource attribute",
            )?;
            if name.is_empty() {
                name = text(&argument[1], key, scope, look)?;
            }
            return look.attribute(&resource, &name).map(Some);
        }
        "Fn::Sub" => return substitute(argument, scope, look).map(Some),
        "Fn::Transform" => return Err("Transform and macros are not simulated here".into()),
        _ => {}
    }
    let argument = evaluate(argument, scope, look)?.unwrap_or(Value::Null);
    let wrong = |needs: &str| format!("Template error: every {key} object must have {needs}.");
    let items = argument.as_array().map_or(&[][..], Vec::as_slice);
    let done = match (key, items) {
        ("Fn::Base64", _) => {
            let text = text_of(&argument).ok_or_else(|| wrong("a String-typed value"))?;
            STANDARD.encode(text).into()
        }
        ("Fn::Join", [delimiter, Value::Array(values)]) => {
            let delimiter = delimiter.as_str().ok_or_else(|| wrong("a string delimiter"))?;
            let texts: Option<Vec<String>> = values.iter().map(text_of).collect();
            let needs = "two parameters, (1) a string delimiter and (2) a list of strings to be \
                         joined or a function that returns a list of strings (such as Fn::GetAZs) to \
                         be joined";
            texts.ok_or_else(|| wrong(needs))?.join(delimiter).into()
        }
        ("Fn::Split", [Value::String(delimiter), source]) => {
            let source = text_of(source).ok_or_else(|| wrong("a string to be split"))?;
            source.split(delimiter.as_str()).map(str::to_owned).collect::<Vec<_>>().into()
        }
        ("Fn::Select", [index, Value::Array(values)]) => select(index, values)?,
        ("Fn::FindInMap", [name, first, second]) => find(scope, [name, first, second])?,
        ("Fn::GetAZs", _) => {
            let region = text_of(&argument).unwrap_or_default();
            let region = if region.is_empty() { scope.region } else { &region };
            look.zones(region)?.into()
        }
        ("Fn::ImportValue", _) => {
            let name = text_of(&argument).ok_or_else(|| wrong("a String-typed value"))?;
            look.import(&name)?
        }
        ("Fn::Cidr", [block, count, rest @ ..]) => cidr(block, count, rest.first())?,
        _ => return Err(format!("Template error: {key} is malformed or not simulated here.")),
    };
    Ok(Some(done))
}

fn text(
    value: &Value,
    key: &str,
    scope: &Scope<'_>,
    look: &mut dyn Look,
) -> Result<String, String> {
    let value = evaluate(value, scope, look)?;
    value.as_ref().and_then(text_of).ok_or_else(|| {
        format!("Template error: every {key} object must have a String-typed value.")
    })
}

fn reference(
    argument: &Value,
    scope: &Scope<'_>,
    look: &mut dyn Look,
) -> Result<Option<Value>, String> {
    let name = argument
        .as_str()
        .ok_or("Template format error: Every Ref object must have a single String value.")?;
    if name == "AWS::NoValue" {
        return Ok(None);
    }
    named(name, scope, look).map(Some)
}

/// A parameter, a pseudo parameter or a resource.
fn named(name: &str, scope: &Scope<'_>, look: &mut dyn Look) -> Result<Value, String> {
    Ok(match name {
        "AWS::AccountId" => scope.account.into(),
        "AWS::Region" => scope.region.into(),
        "AWS::StackName" => scope.stack_name.into(),
        "AWS::StackId" => scope.stack_id.into(),
        "AWS::Partition" => "aws".into(),
        "AWS::URLSuffix" => "amazonaws.com".into(),
        "AWS::NotificationARNs" => Value::Array(Vec::new()),
        name => match scope.parameters.get(name) {
            Some(value) => value.clone(),
            None => look.reference(name)?,
        },
    })
}

fn choose(
    argument: &Value,
    scope: &Scope<'_>,
    look: &mut dyn Look,
) -> Result<Option<Value>, String> {
    let (Some(Value::String(name)), Some(yes), Some(no)) =
        (argument.get(0), argument.get(1), argument.get(2))
    else {
        return Err("Template error: Fn::If requires a list argument with three elements".into());
    };
    let chosen = *scope.conditions.get(name).ok_or_else(|| {
        format!("Template error: unresolved condition dependency {name} in Fn::If")
    })?;
    evaluate(if chosen { yes } else { no }, scope, look)
}

fn substitute(argument: &Value, scope: &Scope<'_>, look: &mut dyn Look) -> Result<Value, String> {
    const WRONG: &str = "Template error: One or more Fn::Sub intrinsic functions don't specify \
                         expected arguments. Specify a string as first argument, and an optional \
                         second argument to specify a mapping of values to replace in the string";
    let (template, own) = match argument {
        Value::String(text) => (text.as_str(), None),
        Value::Array(parts) => (
            parts.first().and_then(Value::as_str).ok_or(WRONG)?,
            Some(parts.get(1).and_then(Value::as_object).ok_or(WRONG)?),
        ),
        _ => return Err(WRONG.into()),
    };
    let mut done = String::new();
    for piece in pieces(template) {
        let name = match piece {
            Piece::Text(text) => {
                done.push_str(&text);
                continue;
            }
            Piece::Hole(name) => name,
        };
        let value = match (own.and_then(|own| own.get(&name)), name.split_once('.')) {
            (Some(value), _) => evaluate(value, scope, look)?.unwrap_or(Value::Null),
            (None, Some((resource, attribute))) => look.attribute(resource, attribute)?,
            (None, None) => named(&name, scope, look)?,
        };
        let text = match &value {
            Value::Array(items) => items.iter().filter_map(text_of).collect::<Vec<_>>().join(","),
            value => text_of(value).ok_or(WRONG)?,
        };
        done.push_str(&text);
    }
    Ok(done.into())
}

fn select(index: &Value, values: &[Value]) -> Result<Value, String> {
    let index = text_of(index).and_then(|text| text.parse::<usize>().ok()).ok_or(
        "Template error: every Fn::Select object must have two parameters, an integer index and a \
         list of strings",
    )?;
    values.get(index).cloned().ok_or_else(|| {
        format!("Template error: Fn::Select cannot select nonexistent value at index {index}")
    })
}

fn find(scope: &Scope<'_>, keys: [&Value; 3]) -> Result<Value, String> {
    let [name, first, second] = keys.map(|key| text_of(key).unwrap_or_default());
    let found = scope.template.mappings.get(&name);
    let found = found.and_then(|map| map.get(&first)?.get(&second));
    found.cloned().ok_or_else(|| {
        format!("Template error: Unable to get mapping for {name}::{first}::{second}")
    })
}

/// Blocks of addresses out of a larger one.
fn cidr(block: &Value, count: &Value, bits: Option<&Value>) -> Result<Value, String> {
    const WRONG: &str = "Template error: Fn::Cidr needs a block of IPv4 addresses, a count from 1 to \
                         256 and a number of bits";
    let number = |value: &Value| text_of(value).and_then(|text| text.parse::<u32>().ok());
    let block = block.as_str().ok_or(WRONG)?;
    let (address, prefix) = block.split_once('/').ok_or(WRONG)?;
    let address = u32::from(address.parse::<Ipv4Addr>().map_err(|_| WRONG)?);
    let prefix: u32 = prefix.parse().ok().filter(|prefix| *prefix <= 32).ok_or(WRONG)?;
    let count = number(count).filter(|count| (1..=256).contains(count)).ok_or(WRONG)?;
    let bits = match bits {
        Some(bits) => number(bits).filter(|bits| *bits <= 32).ok_or(WRONG)?,
        None => return Err(WRONG.into()),
    };
    let room = (32 - bits).checked_sub(prefix);
    if room.is_none_or(|room| u64::from(count) > 1_u64 << room) {
        return Err(format!("Template error: Fn::Cidr cannot make {count} blocks out of {block}"));
    }
    let start = if prefix == 0 { 0 } else { address & (u32::MAX << (32 - prefix)) };
    let size = 1_u64 << bits;
    let made = (0..count).map(|n| {
        let at = u32::try_from(u64::from(start) + u64::from(n) * size).unwrap_or(u32::MAX);
        Value::from(format!("{}/{}", Ipv4Addr::from(at), 32 - bits))
    });
    Ok(Value::Array(made.collect()))
}

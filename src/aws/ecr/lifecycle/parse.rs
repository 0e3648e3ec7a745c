//! From the text of a lifecycle policy to its rules.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::errors::invalid;
use super::rules::{Count, Policy, Rule, Selects};
use sim::api::ApiError;

/// The shortest and the longest text, in characters (API reference, `PutLifecyclePolicy`).
const TEXT: std::ops::RangeInclusive<usize> = 100..=30_720;
/// Rules of a policy (service quotas).
const RULES_MAX: usize = 50;
/// Stars of a pattern (user guide, "Lifecycle policy properties").
const STARS_MAX: usize = 4;

/// Reads a policy.
///
/// # Errors
/// What is wrong with it.
pub(in crate::ecr) fn read(text: &str) -> Result<Policy, ApiError> {
    let length = text.chars().count();
    if length < *TEXT.start() {
        let must = format!("Member must have length greater than or equal to {}", TEXT.start());
        return Err(invalid("lifecyclePolicyText", must));
    }
    if length > *TEXT.end() {
        let must = format!("Member must have length less than or equal to {}", TEXT.end());
        return Err(invalid("lifecyclePolicyText", must));
    }
    let rules = rules(text).map_err(|why| {
        invalid("LifecyclePolicyText", format!("Lifecycle policy validation failure: {why}"))
    })?;
    Ok(Policy { text: text.to_owned(), rules })
}

fn rules(text: &str) -> Result<Vec<Rule>, String> {
    let document: Value = serde_json::from_str(text)
        .map_err(|_| "Could not map policyString into LifecyclePolicy.".to_owned())?;
    let document = object(&document)?;
    known(document, &["rules"], &[])?;
    let list = document.get("rules").and_then(Value::as_array);
    let list = list
        .ok_or("instance type does not match any allowed primitive type (allowed: [\"array\"])")?;
    if list.is_empty() {
        return Err(
            "array is too short: must have at least 1 elements but instance has 0 elements".into(),
        );
    }
    if list.len() > RULES_MAX {
        return Err(format!(
            "array is too long: must have at most {RULES_MAX} elements but instance has {} elements",
            list.len()
        ));
    }
    let mut rules = list.iter().map(rule).collect::<Result<Vec<Rule>, String>>()?;
    rules.sort_by_key(|rule| rule.priority);
    together(&rules)?;
    Ok(rules)
}

/// What must hold between the rules of a policy.
fn together(rules: &[Rule]) -> Result<(), String> {
    let mut priorities = BTreeSet::new();
    if let Some(twice) = rules.iter().find(|rule| !priorities.insert(rule.priority)) {
        return Err(format!("rulePriority {} is not unique", twice.priority));
    }
    let of = |selects: &Selects| rules.iter().filter(|rule| rule.selects == *selects).count();
    if of(&Selects::Untagged) > 1 {
        return Err("only one rule is allowed to select untagged images".into());
    }
    let last = rules.last().is_some_and(|rule| rule.selects == Selects::Any);
    if of(&Selects::Any) > usize::from(last) {
        return Err("a rule with tagStatus any must have the highest rulePriority".into());
    }
    let mut lists = BTreeSet::new();
    for rule in rules {
        if let Selects::Prefixes(list) | Selects::Patterns(list) = &rule.selects
            && !lists.insert(list)
        {
            return Err("the rules must have different tag lists".into());
        }
    }
    Ok(())
}

fn object(value: &Value) -> Result<&Map<String, Value>, String> {
    value.as_object().ok_or_else(|| {
        "instance type does not match any allowed primitive type (allowed: [\"object\"])".to_owned()
    })
}

/// That an object has these members, perhaps those, and no others.
fn known(object: &Map<String, Value>, must: &[&str], may: &[&str]) -> Result<(), String> {
    let quoted = |names: Vec<&str>| {
        let all: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        format!("([{}])", all.join(","))
    };
    let mut missing: Vec<&str> =
        must.iter().copied().filter(|name| !object.contains_key(*name)).collect();
    if !missing.is_empty() {
        missing.sort_unstable();
        return Err(format!("object has missing required properties {}", quoted(missing)));
    }
    let mut others: Vec<&str> = object.keys().map(String::as_str).collect();
    others.retain(|name| !must.contains(name) && !may.contains(name));
    if others.is_empty() {
        return Ok(());
    }
    others.sort_unstable();
    Err(format!(
        "object instance has properties which are not allowed by the schema: {}",
        quoted(others)
    ))
}

fn rule(value: &Value) -> Result<Rule, String> {
    let rule = object(value)?;
    known(rule, &["rulePriority", "selection", "action"], &["description"])?;
    if rule.get("description").is_some_and(|text| !text.is_string()) {
        return Err(
            "instance type does not match any allowed primitive type (allowed: [\"string\"])"
                .into(),
        );
    }
    action(object(&rule["action"])?)?;
    let priority = number(&rule["rulePriority"])?;
    let (selects, count) = selection(object(&rule["selection"])?)?;
    Ok(Rule { priority, selects, count })
}

fn action(action: &Map<String, Value>) -> Result<(), String> {
    let kind = action.get("type").and_then(Value::as_str).unwrap_or_default();
    if kind == "transition" {
        return Err("the action type transition is not simulated here".into());
    }
    known(action, &["type"], &[])?;
    one_of(kind, &["expire"])
}

fn one_of(word: &str, known: &[&str]) -> Result<(), String> {
    if known.contains(&word) {
        return Ok(());
    }
    let words: Vec<String> = known.iter().map(|word| format!("\"{word}\"")).collect();
    Err(format!(
        "instance value (\"{word}\") not found in enum (possible values: [{}])",
        words.join(",")
    ))
}

fn number(value: &Value) -> Result<i64, String> {
    match value.as_i64() {
        Some(number) if number >= 1 => Ok(number),
        Some(number) => Err(format!(
            "numeric instance is lower than the required minimum (minimum: 1, found: {number})"
        )),
        None => {
            Err("instance type does not match any allowed primitive type (allowed: [\"integer\"])"
                .into())
        }
    }
}

fn selection(selection: &Map<String, Value>) -> Result<(Selects, Count), String> {
    let text = |name: &str| selection.get(name).and_then(Value::as_str).unwrap_or_default();
    if selection.contains_key("storageClass") {
        return Err("storageClass is not simulated here".into());
    }
    known(
        selection,
        &["tagStatus", "countType", "countNumber"],
        &["countUnit", "tagPrefixList", "tagPatternList"],
    )?;
    one_of(text("tagStatus"), &["tagged", "untagged", "any"])?;
    let (prefixes, patterns) =
        (list(selection, "tagPrefixList")?, list(selection, "tagPatternList")?);
    let selects = match (text("tagStatus"), prefixes, patterns) {
        ("tagged", Some(prefixes), None) => Selects::Prefixes(prefixes),
        ("tagged", None, Some(patterns)) => Selects::Patterns(patterns),
        ("untagged", None, None) => Selects::Untagged,
        ("any", None, None) => Selects::Any,
        _ => return Err("instance failed to match exactly one schema (matched 0 out of 2)".into()),
    };
    if let Selects::Patterns(patterns) = &selects
        && let Some(long) = patterns.iter().find(|p| p.matches('*').count() > STARS_MAX)
    {
        return Err(format!("the pattern {long} has more than {STARS_MAX} wildcards"));
    }
    let count = number(&selection["countNumber"])?;
    let count = match (text("countType"), selection.get("countUnit")) {
        ("imageCountMoreThan", None) => {
            Count::MoreThan(usize::try_from(count).unwrap_or(usize::MAX))
        }
        ("sinceImagePushed", Some(unit)) => {
            one_of(unit.as_str().unwrap_or_default(), &["days"])?;
            Count::OlderThan(count)
        }
        (other @ ("sinceImagePulled" | "sinceImageTransitioned"), _) => {
            return Err(format!("the countType {other} is not simulated here"));
        }
        _ => return Err("instance failed to match exactly one schema (matched 0 out of 2)".into()),
    };
    Ok((selects, count))
}

/// A list of texts that is there; an empty one is none.
fn list(selection: &Map<String, Value>, name: &str) -> Result<Option<Vec<String>>, String> {
    let Some(value) = selection.get(name) else { return Ok(None) };
    let texts = value.as_array().and_then(|list| {
        list.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<Vec<String>>>()
    });
    let texts = texts
        .ok_or("instance type does not match any allowed primitive type (allowed: [\"array\"])")?;
    Ok(Some(texts).filter(|texts| !texts.is_empty()))
}

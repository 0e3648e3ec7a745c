//! A table of TOML as the input of an operation, held to what the operation says of itself.

use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::problem::{Report, remedy};
use super::super::table::{self, Text};
use base::Time;
use sim::api::{Shape, StructShape};

/// The members of a structure. `(name, line)` is what the table is called in messages, and where it is.
pub(super) fn structure(
    text: &Text<'_>,
    given: &DeTable<'_>,
    shape: &'static StructShape,
    (name, line): (&str, usize),
    report: &mut Report,
) -> Option<Map<String, Value>> {
    let before = report.len();
    let mut members = Map::new();
    for (word, value) in given {
        let at = text.line_at(word.span().start);
        let key = word.get_ref().as_ref();
        let Some(member) = shape.member(key) else {
            let known = shape.members.iter().map(|member| member.name);
            report.add(at, format!("`{key}` is not a member of {name}"), remedy(key, known));
            continue;
        };
        if let Some(value) = fit(text, value, (member.shape)(), key, report) {
            members.insert(key.to_owned(), value);
        }
    }
    for member in shape.members.iter().filter(|m| m.required && !given.contains_key(m.name)) {
        report.add(line, format!("{name} has no `{}`", member.name), "add it");
    }
    (report.len() == before).then_some(members)
}

fn fit(
    text: &Text<'_>,
    value: &Spanned<DeValue<'_>>,
    shape: Shape,
    name: &str,
    report: &mut Report,
) -> Option<Value> {
    let line = text.line_at(value.span().start);
    let given = value.get_ref();
    let (fitting, kind) = match shape {
        Shape::String | Shape::Enum(_) => (given.as_str().map(Value::from), "text"),
        Shape::Binary => (given.as_str().map(Value::from), "text in base64"),
        Shape::Integer => (table::integer(given).map(Value::from), "a whole number"),
        Shape::Boolean => (given.as_bool().map(Value::from), "`true` or `false`"),
        Shape::Double => {
            let number = given.is_integer() || given.is_float() || given.is_str();
            (table::json(given).filter(|_| number), "a number")
        }
        Shape::Timestamp => {
            (instant(given).map(|at| Value::from(at.0)), "an instant, like 2026-03-02T08:00:00Z")
        }
        Shape::Document => (table::json(given), "a value"),
        Shape::BlobIn | Shape::BlobOut => {
            let what = format!("`{name}` is a body, and a world has no bytes before it begins");
            report.add(line, what, "let the `setup` of the first step, or a client, put it there");
            return None;
        }
        Shape::List(inner) => {
            let Some(list) = given.as_array() else {
                return wrong(line, name, given, "a list", report);
            };
            let items = list.iter().map(|item| fit(text, item, inner(), name, report));
            // All of them are looked at, so that everything wrong is told at once.
            let items: Vec<Option<Value>> = items.collect();
            return items.into_iter().collect::<Option<Vec<_>>>().map(Value::Array);
        }
        Shape::Map(inner) => {
            let Some(map) = given.as_table() else {
                return wrong(line, name, given, "a table", report);
            };
            let pairs = map.iter().map(|(key, value)| {
                let key = key.get_ref().to_string();
                let value = fit(text, value, inner(), &key, report);
                value.map(|value| (key, value))
            });
            let pairs: Vec<Option<(String, Value)>> = pairs.collect();
            return pairs.into_iter().collect::<Option<Map<_, _>>>().map(Value::Object);
        }
        Shape::Structure(of) | Shape::Union(of) => {
            let Some(members) = given.as_table() else {
                return wrong(line, name, given, "a table", report);
            };
            let at = (format!("`{name}`"), line);
            return structure(text, members, of(), (&at.0, at.1), report).map(Value::Object);
        }
    };
    if fitting.is_none() {
        return wrong(line, name, given, kind, report);
    }
    fitting
}

fn wrong(
    line: usize,
    name: &str,
    given: &DeValue<'_>,
    kind: &str,
    report: &mut Report,
) -> Option<Value> {
    let what = format!("`{name}` is of type {}", given.type_str());
    report.add(line, what, format!("write {kind}"));
    None
}

/// An instant with its place in the world's time: a date without one is nowhere.
pub(super) fn instant(value: &DeValue<'_>) -> Option<Time> {
    match value {
        DeValue::Datetime(at) => Time::parse_iso(&at.to_string()),
        DeValue::String(text) => Time::parse_iso(text),
        _ => None,
    }
}

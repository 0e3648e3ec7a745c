//! Templates in YAML, with the short tags of intrinsic functions (`!Ref`, `!GetAtt a.b`).

use std::iter::Peekable;

use granit_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Number, Value};

/// The functions that have a short tag, beside `Ref` and `Condition`, whose long form has no prefix.
const FUNCTIONS: &[&str] = &[
    "And",
    "Base64",
    "Cidr",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
];

/// How deep a template may nest.
const DEPTH_MAX: usize = 64;

/// One event with its line and column, from 1.
type Next<'t> = (Event<'t>, (usize, usize));

/// Reads a template.
///
/// # Errors
/// What is wrong with it, as the service words it.
pub(super) fn read(text: &str) -> Result<Value, String> {
    let options = granit_parser::options! { emit_unresolved_aliases: true };
    let events = Parser::new_from_str_with_options(text, options).map(|next| match next {
        Ok((event, span)) => Ok((event, (span.start.line(), span.start.col() + 1))),
        Err(error) => Err(malformed((error.marker().line(), error.marker().col() + 1))),
    });
    let mut events = events.peekable();
    loop {
        match events.next().transpose()? {
            Some((Event::StreamStart | Event::DocumentStart(..), _)) => {}
            Some((Event::StreamEnd | Event::DocumentEnd, _)) | None => return Ok(Value::Null),
            Some(first) => {
                let value = node(first, &mut events, 0)?;
                // What comes behind has to be well-formed, too.
                for rest in events {
                    rest?;
                }
                return Ok(value);
            }
        }
    }
}

fn malformed((line, column): (usize, usize)) -> String {
    format!("Template format error: YAML not well-formed. (line {line}, column {column})")
}

fn node<'t, I>(
    (event, place): Next<'t>,
    events: &mut Peekable<I>,
    depth: usize,
) -> Result<Value, String>
where
    I: Iterator<Item = Result<Next<'t>, String>>,
{
    if depth > DEPTH_MAX {
        return Err(malformed(place));
    }
    match event {
        Event::Scalar(text, style, _, tag) => {
            let value = match style {
                ScalarStyle::Plain if tag.is_none() => plain(&text),
                _ => Value::String(text.into_owned()),
            };
            tagged(value, tag.as_deref(), place)
        }
        Event::SequenceStart(_, _, tag) => {
            let mut items = Vec::new();
            loop {
                match events.next().transpose()? {
                    None => return Err(malformed(place)),
                    Some((Event::SequenceEnd, _)) => break,
                    Some(next) => items.push(node(next, events, depth + 1)?),
                }
            }
            tagged(Value::Array(items), tag.as_deref(), place)
        }
        Event::MappingStart(_, _, tag) => {
            let map = mapping(place, events, depth)?;
            tagged(Value::Object(map), tag.as_deref(), place)
        }
        Event::Alias(_) | Event::UnresolvedAlias(_) => {
            Err("Template error: YAML aliases are not allowed in CloudFormation templates".into())
        }
        _ => Err(malformed(place)),
    }
}

fn mapping<'t, I>(
    place: (usize, usize),
    events: &mut Peekable<I>,
    depth: usize,
) -> Result<Map<String, Value>, String>
where
    I: Iterator<Item = Result<Next<'t>, String>>,
{
    let mut map = Map::new();
    loop {
        let key = match events.next().transpose()? {
            Some((Event::MappingEnd, _)) => return Ok(map),
            Some((Event::Scalar(key, ..), _)) => key.into_owned(),
            Some((_, place)) => return Err(malformed(place)),
            None => return Err(malformed(place)),
        };
        let next = events.next().transpose()?.ok_or_else(|| malformed(place))?;
        let here = next.1;
        let value = node(next, events, depth + 1)?;
        if map.insert(key, value).is_some() {
            return Err(malformed(here));
        }
    }
}

/// A scalar without quotes. What would not be spelled the same again stays text: an account's number
/// that begins with a zero, a date.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    if let Ok(number) = text.parse::<i64>()
        && number.to_string() == text
    {
        return number.into();
    }
    let float = text.parse::<f64>().ok().and_then(Number::from_f64);
    match float.filter(|number| number.to_string() == text) {
        Some(number) => Value::Number(number),
        None => Value::String(text.to_owned()),
    }
}

fn tagged(value: Value, tag: Option<&Tag>, place: (usize, usize)) -> Result<Value, String> {
    let Some(tag) = tag else { return Ok(value) };
    let name = tag.suffix();
    if tag.handle() != "!" {
        // A tag of YAML itself: `!!str`.
        return Ok(match (name, value) {
            ("str", value) | (_, value @ (Value::Array(_) | Value::Object(_))) => value,
            (_, Value::String(text)) => plain(&text),
            (_, value) => value,
        });
    }
    let key = match name {
        "Ref" | "Condition" => name.to_owned(),
        name if FUNCTIONS.contains(&name) => format!("Fn::{name}"),
        _ => return Err(malformed(place)),
    };
    let value = match (name, value) {
        ("GetAtt", Value::String(text)) => match text.split_once('.') {
            Some((resource, attribute)) => Value::from(vec![resource, attribute]),
            None => Value::String(text),
        },
        // A scalar behind a tag is text whatever it looks like, an empty one too.
        (_, Value::Null) => Value::String(String::new()),
        (_, value) => value,
    };
    Ok(Value::Object(Map::from_iter([(key, value)])))
}

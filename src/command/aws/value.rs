//! From what was typed to the operation's input: JSON, shorthand, `file://`, numbers, times.
//!
//! The result is the value that the operation reads. It deliberately checks no enumerations: as with
//! the real client, a wrong word is for the service to refuse.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Number, Value};

use super::fail::{Failure, os_error};
use super::shorthand;
use base::Time;
use sim::api::{Shape, StructShape};

/// A path as the learner's shell sees it.
pub(super) fn resolve(cwd: &Path, path: &str) -> PathBuf {
    cwd.join(path)
}

/// `file://` and `fileb://` stand for what is in the file.
pub(super) fn paramfile(flag: &str, text: &str, cwd: &Path) -> Result<Option<String>, Failure> {
    let (path, binary) = match (text.strip_prefix("file://"), text.strip_prefix("fileb://")) {
        (Some(path), _) => (path, false),
        (None, Some(path)) => (path, true),
        (None, None) => return Ok(None),
    };
    let bytes = std::fs::read(resolve(cwd, path)).map_err(|e| {
        let reason = os_error(&e, Some(path));
        Failure::param(flag, format!("Unable to load paramfile {text}: {reason}"))
    })?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(e) if binary => Ok(Some(String::from_utf8_lossy(e.as_bytes()).into_owned())),
        Err(_) => Err(Failure::param(
            flag,
            format!(
                "Unable to load paramfile ({path}), text contents could not be decoded.  If this \
                 is a binary file, please use the fileb:// prefix instead of the file:// prefix."
            ),
        )),
    }
}

/// JSON, with the message of Python's reader when it is none.
pub(super) fn json(flag: &str, text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|e| {
        let (line, column) = (e.line().max(1), e.column().max(1));
        let before: usize = text.split('\n').take(line - 1).map(|l| l.chars().count() + 1).sum();
        let what = if e.is_eof() && text.contains('"') && text.matches('"').count() % 2 == 1 {
            "Unterminated string starting at"
        } else {
            "Expecting value"
        };
        Failure::param(
            flag,
            format!(
                "Invalid JSON: {what}: line {line} column {column} (char {})\nJSON received: {text}",
                before + column - 1
            ),
        )
    })
}

/// What an option's values mean for a member of this shape.
pub(super) fn read(
    flag: &str,
    shape: Shape,
    values: &[String],
    cwd: &Path,
) -> Result<Value, Failure> {
    let mut texts = Vec::with_capacity(values.len());
    for value in values {
        let file = match shape {
            Shape::BlobIn | Shape::BlobOut => None,
            Shape::Binary => binary(flag, value, cwd)?,
            _ => paramfile(flag, value, cwd)?,
        };
        texts.push(file.unwrap_or_else(|| value.clone()));
    }
    match shape {
        Shape::List(item) => list(flag, item(), &texts),
        _ => single(flag, shape, texts.first().map_or("", String::as_str)),
    }
}

/// Bytes as base64: what was typed is base64 already, and so is what `file://` names; what
/// `fileb://` names is the bytes themselves.
fn binary(flag: &str, text: &str, cwd: &Path) -> Result<Option<String>, Failure> {
    let Some(path) = text.strip_prefix("fileb://") else { return paramfile(flag, text, cwd) };
    let bytes = std::fs::read(resolve(cwd, path)).map_err(|e| {
        let reason = os_error(&e, Some(path));
        Failure::param(flag, format!("Unable to load paramfile {text}: {reason}"))
    })?;
    Ok(Some(STANDARD.encode(bytes)))
}

/// Turns bytes that were typed as they are (`--cli-binary-format raw-in-base64-out`) into base64.
pub(super) fn from_raw(value: &mut Value, shape: Shape) {
    match (shape, value) {
        (Shape::Binary, Value::String(text)) => *text = STANDARD.encode(&*text),
        (Shape::Structure(of) | Shape::Union(of), Value::Object(map)) => {
            for member in of().members {
                if let Some(value) = map.get_mut(member.name) {
                    from_raw(value, (member.shape)());
                }
            }
        }
        (Shape::List(of), Value::Array(items)) => {
            for value in items {
                from_raw(value, of());
            }
        }
        (Shape::Map(of), Value::Object(map)) => {
            for value in map.values_mut() {
                from_raw(value, of());
            }
        }
        _ => {}
    }
}

fn list(flag: &str, item: Shape, texts: &[String]) -> Result<Value, Failure> {
    if let [only] = texts
        && only.trim_start().starts_with('[')
    {
        return json(flag, only);
    }
    let items: Result<Vec<Value>, Failure> =
        texts.iter().map(|text| single(flag, item, text)).collect();
    items.map(Value::Array)
}

fn single(flag: &str, shape: Shape, text: &str) -> Result<Value, Failure> {
    match shape {
        Shape::Structure(_) | Shape::Union(_) | Shape::Map(_) | Shape::List(_) => {
            if text.trim_start().starts_with(['{', '[']) {
                return json(flag, text);
            }
            let value = shorthand::parse(text).map_err(|e| Failure::param(flag, e))?;
            Ok(shorthand::conform(value, shape))
        }
        Shape::Integer => {
            text.trim().replace('_', "").parse::<i64>().map(Value::from).map_err(|_| {
                Failure::General(format!("invalid literal for int() with base 10: '{text}'"))
            })
        }
        Shape::Double => {
            let number = text.trim().parse().ok().and_then(Number::from_f64);
            number.map(Value::Number).ok_or_else(|| {
                Failure::General(format!("could not convert string to float: '{text}'"))
            })
        }
        Shape::Document => json(flag, text),
        Shape::Boolean => Ok(Value::Bool(!text.eq_ignore_ascii_case("false"))),
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// Reads a time: ISO 8601 (a date alone is midnight, no offset is UTC), an HTTP date, or seconds.
pub(super) fn time(text: &str) -> Option<Time> {
    let text = text.trim();
    if let Some(time) = Time::parse_iso(text).or_else(|| Time::parse_http(text)) {
        return Some(time);
    }
    if let Ok(seconds) = text.parse::<i64>() {
        return seconds.checked_mul(1000).map(Time);
    }
    let full = if text.len() == 10 { format!("{text}T00:00:00Z") } else { format!("{text}Z") };
    Time::parse_iso(&full.replace(' ', "T"))
}

/// Checks a value against its shape, collecting every complaint, and turns times into milliseconds.
pub(super) fn validate(value: Value, shape: Shape) -> Result<Value, Failure> {
    let mut complaints = Vec::new();
    let value = check(value, shape, "", &mut complaints);
    if complaints.is_empty() {
        return Ok(value);
    }
    Err(Failure::Invalid(format!("Parameter validation failed:\n{}", complaints.join("\n"))))
}

fn check(value: Value, shape: Shape, name: &str, complaints: &mut Vec<String>) -> Value {
    let shown = if name.is_empty() { "input" } else { name };
    let wrong = |value: &Value, valid: &str, complaints: &mut Vec<String>| {
        complaints.push(format!(
            "Invalid type for parameter {shown}, value: {}, type: <class '{}'>, valid types: {valid}",
            python(value),
            class(value)
        ));
    };
    match (shape, value) {
        (Shape::Structure(of), Value::Object(map)) => check_members(of(), map, name, complaints),
        (Shape::Union(of), Value::Object(map)) => {
            check_union(of(), &map, shown, complaints);
            check_members(of(), map, name, complaints)
        }
        (Shape::List(item), Value::Array(items)) => {
            let items = items.into_iter().enumerate();
            items.map(|(i, v)| check(v, item(), &format!("{name}[{i}]"), complaints)).collect()
        }
        (Shape::Map(of), Value::Object(map)) => {
            let pairs = map.into_iter();
            pairs
                .map(|(key, v)| {
                    let v = check(v, of(), &join(name, &key), complaints);
                    (key, v)
                })
                .collect()
        }
        (Shape::Timestamp, value) => match &value {
            Value::String(text) if time(text).is_some() => {
                time(text).map_or(Value::Null, |t| Value::from(t.0))
            }
            Value::Number(seconds) => Value::from(millis(seconds)),
            _ => {
                wrong(&value, "<class 'datetime.datetime'>, timestamp-string", complaints);
                value
            }
        },
        (Shape::Integer | Shape::Double, value @ Value::Number(_))
        | (Shape::Boolean, value @ Value::Bool(_))
        | (Shape::String | Shape::Enum(_) | Shape::Binary, value @ Value::String(_))
        | (Shape::Document | Shape::BlobIn | Shape::BlobOut, value) => value,
        (shape, value) => {
            wrong(&value, valid_types(shape), complaints);
            value
        }
    }
}

/// The members of a structure, and that all are there which must be, and no other.
fn check_members(
    of: &StructShape,
    mut map: Map<String, Value>,
    name: &str,
    complaints: &mut Vec<String>,
) -> Value {
    let shown = if name.is_empty() { "input" } else { name };
    for member in of.members.iter().filter(|m| m.required) {
        if map.get(member.name).is_none_or(Value::is_null) {
            complaints.push(format!("Missing required parameter in {shown}: \"{}\"", member.name));
        }
    }
    let known = || of.members.iter().map(|m| m.name).collect::<Vec<_>>().join(", ");
    for key in map.keys().filter(|k| of.member(k).is_none()) {
        complaints
            .push(format!("Unknown parameter in {shown}: \"{key}\", must be one of: {}", known()));
    }
    let mut checked = Map::new();
    for member in of.members {
        if let Some(value) = map.remove(member.name).filter(|v| !v.is_null()) {
            let name = join(name, member.name);
            // What is refused when it is given needs no reading.
            let value = if member.refused {
                Value::Bool(true)
            } else {
                check(value, (member.shape)(), &name, complaints)
            };
            checked.insert(member.name.into(), value);
        }
    }
    Value::Object(checked)
}

/// That exactly one member of a union is given.
fn check_union(
    of: &StructShape,
    map: &Map<String, Value>,
    shown: &str,
    complaints: &mut Vec<String>,
) {
    let count = map.values().filter(|v| !v.is_null()).count();
    let names = || of.members.iter().map(|m| m.name).collect::<Vec<_>>().join(", ");
    if count == 0 {
        complaints.push(format!(
            "Invalid number of parameters set for tagged union structure {shown}. Must specify \
             exactly one of: {}",
            names()
        ));
    } else if count > 1 {
        complaints.push(format!(
            "Invalid number of parameters set for tagged union structure {shown}. Can only set one \
             of the following keys: {}.",
            names()
        ));
    }
}

fn millis(seconds: &serde_json::Number) -> i64 {
    if let Some(whole) = seconds.as_i64() {
        return whole.saturating_mul(1000);
    }
    // A fraction of a second in JSON input: milliseconds are all that is kept.
    #[expect(clippy::cast_possible_truncation, reason = "rounded, and saturating beyond the range")]
    let millis = (seconds.as_f64().unwrap_or(0.0) * 1000.0).round() as i64;
    millis
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
}

fn valid_types(shape: Shape) -> &'static str {
    match shape {
        Shape::Integer => "<class 'int'>",
        Shape::Double => "<class 'float'>, <class 'decimal.Decimal'>, <class 'int'>",
        Shape::Binary => "<class 'bytes'>, <class 'bytearray'>, file-like object",
        Shape::Boolean => "<class 'bool'>",
        Shape::List(_) => "<class 'list'>, <class 'tuple'>",
        Shape::Map(_) | Shape::Structure(_) | Shape::Union(_) => "<class 'dict'>",
        _ => "<class 'str'>",
    }
}

fn class(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(n) if n.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// A value as Python's `str()` shows it: what the real client puts into messages and text output.
pub(super) fn python(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(other),
    }
}

fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(n) => n.to_string(),
        Value::String(text) if text.contains('\'') && !text.contains('"') => format!("\"{text}\""),
        Value::String(text) => {
            format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n"))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(repr).collect::<Vec<_>>().join(", "))
        }
        Value::Object(map) => {
            let pairs: Vec<String> =
                map.iter().map(|(k, v)| format!("'{k}': {}", repr(v))).collect();
            format!("{{{}}}", pairs.join(", "))
        }
    }
}

//! The functions that templates may call: Go's own, and those for text that clients add.

use std::cmp::Ordering;

use serde_json::Value;

use super::printf::printf;
use super::shape::Shape;
use super::value::Val;
use crate::json;

/// Every function.
pub(super) const NAMES: &[&str] = &[
    "and", "eq", "ge", "gt", "html", "index", "join", "json", "le", "len", "lower", "lt", "ne",
    "js", "not", "or", "pad", "print", "printf", "println", "slice", "split", "title", "truncate",
    "upper", "urlquery",
];

/// Why a call fails.
pub(super) enum Wrong {
    /// It was given too few values.
    Count(String),
    /// What Go says after `error calling NAME: `.
    Call(String),
}

impl From<String> for Wrong {
    fn from(why: String) -> Self {
        Self::Call(why)
    }
}

/// Calls a function.
///
/// # Errors
/// Why it fails, in Go's words.
pub(super) fn call(name: &str, args: &[Val], rows: bool) -> Result<Val, Wrong> {
    let text = |i: usize| args.get(i).map(Val::text).unwrap_or_default();
    let needs = match name {
        "json" | "len" | "lower" | "upper" | "title" | "html" | "js" | "urlquery" | "not"
        | "index" | "slice" | "and" | "or" | "printf" => 1,
        "join" | "split" | "truncate" | "eq" | "ne" | "lt" | "le" | "gt" | "ge" => 2,
        "pad" => 3,
        _ => 0,
    };
    if args.len() < needs {
        // `and` and `or` take any number from one on.
        let least = if matches!(name, "and" | "or" | "printf" | "index" | "slice") {
            "at least "
        } else {
            ""
        };
        return Err(Wrong::Count(format!(
            "wrong number of args for {name}: want {least}{needs} got {}",
            args.len()
        )));
    }
    let value = match name {
        // A row encodes itself, and its encoder escapes.
        "json" if args[0].root && matches!(args[0].shape, Shape::Any) && rows => {
            Value::from(json::compact(&args[0].value, true))
        }
        "json" => Value::from(json::compact(&args[0].shape.encode(&args[0].value), false)),
        "lower" => Value::from(text(0).to_lowercase()),
        "upper" => Value::from(text(0).to_uppercase()),
        "title" => Value::from(title(&text(0))),
        "html" => Value::from(escape(&text(0))),
        "js" => Value::from(script(&text(0))),
        "urlquery" => Value::from(query(&text(0))),
        "print" => Value::from(print(args)),
        "println" => {
            let words: Vec<String> = args.iter().map(Val::text).collect();
            Value::from(words.join(" ") + "\n")
        }
        "printf" => Value::from(printf(&text(0), &args[1..])),
        "split" => Value::from(text(0).split(&text(1)).map(Value::from).collect::<Vec<_>>()),
        "join" => Value::from(join(&args[0], &text(1))?),
        "pad" => Value::from(pad(&text(0), integer(&args[1]), integer(&args[2]))),
        "truncate" => Value::from(text(0).chars().take(integer(&args[1])).collect::<String>()),
        "len" => Value::from(length(&args[0])?),
        "index" => return Ok(index(args)?),
        "slice" => slice(args)?,
        "not" => Value::from(!args[0].truth()),
        "and" => return Ok(pick(args, false)),
        "or" => return Ok(pick(args, true)),
        "eq" => {
            let mut found = false;
            for other in &args[1..] {
                found |= equal(&args[0], other)?;
            }
            Value::from(found)
        }
        "ne" => Value::from(!equal(&args[0], &args[1])?),
        "lt" => Value::from(ordered(args)?.is_lt()),
        "le" => Value::from(ordered(args)?.is_le()),
        "gt" => Value::from(ordered(args)?.is_gt()),
        _ => Value::from(ordered(args)?.is_ge()),
    };
    Ok(value.into())
}

/// Values with a space between two of which none is text.
fn print(args: &[Val]) -> String {
    let mut out = String::new();
    for (i, arg) in args.iter().enumerate() {
        if i > 0 && !arg.value.is_string() && !args[i - 1].value.is_string() {
            out.push(' ');
        }
        out.push_str(&arg.text());
    }
    out
}

/// The first value that decides, or the last.
fn pick(args: &[Val], decides: bool) -> Val {
    let found = args.iter().find(|v| v.truth() == decides).or(args.last());
    found.cloned().unwrap_or_else(|| Value::Null.into())
}

fn integer(value: &Val) -> usize {
    value.value.as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
}

fn title(text: &str) -> String {
    let mut start = true;
    text.chars()
        .map(|c| {
            let shown = if start { c.to_ascii_uppercase() } else { c };
            start = !c.is_alphanumeric();
            shown
        })
        .collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&#34;")
}

fn script(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\\' | '\'' | '"' => format!("\\{c}"),
            '<' | '>' | '&' | '=' | '\0'..='\x1f' => format!("\\u{:04X}", u32::from(c)),
            c => c.to_string(),
        })
        .collect()
}

fn query(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    text.bytes()
        .map(|b| match b {
            b' ' => "+".to_owned(),
            b if plain(b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

fn pad(text: &str, before: usize, after: usize) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("{}{text}{}", " ".repeat(before), " ".repeat(after))
}

fn join(list: &Val, separator: &str) -> Result<String, String> {
    match &list.value {
        Value::Null => Ok(String::new()),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|v| Val::from(v.clone()).text()).collect();
            Ok(items.join(separator))
        }
        _ => Err("wrong type for value; expected []string; got string".to_owned()),
    }
}

fn length(value: &Val) -> Result<usize, String> {
    match &value.value {
        Value::Null if matches!(value.shape, Shape::Pointer(_)) => {
            Err("len of nil pointer".to_owned())
        }
        Value::Null if matches!(value.shape, Shape::Any | Shape::Nothing) => {
            Err("len of nil pointer".to_owned())
        }
        Value::Null => Ok(0),
        Value::String(text) => Ok(text.len()),
        Value::Array(items) => Ok(items.len()),
        Value::Object(fields) => Ok(fields.len()),
        Value::Bool(_) => Err("len of type bool".to_owned()),
        Value::Number(_) => Err("len of type int".to_owned()),
    }
}

fn index(args: &[Val]) -> Result<Val, String> {
    let mut found = args[0].clone();
    for key in &args[1..] {
        found = match (&found.value, &key.value) {
            (Value::Array(items), Value::Number(_)) => {
                let at = integer(key);
                let item = items.get(at).ok_or_else(|| format!("index out of range: {at}"))?;
                Val::of(found.inner(), Some(item))
            }
            (Value::String(text), Value::Number(_)) => {
                let at = integer(key);
                let byte = text.as_bytes().get(at);
                Value::from(*byte.ok_or_else(|| format!("index out of range: {at}"))?).into()
            }
            // A map without the key answers the empty value of its kind.
            (Value::Object(fields), Value::String(name)) if !is_struct(&found) => {
                Val::of(found.inner(), fields.get(name))
            }
            (Value::Null, Value::String(_)) if matches!(found.shape, Shape::Map(_)) => {
                Val::of(found.inner(), None)
            }
            (Value::Null, Value::Number(_)) if matches!(found.shape, Shape::List(_)) => {
                return Err(format!("index out of range: {}", integer(key)));
            }
            (Value::Null, _) => return Err("index of untyped nil".to_owned()),
            _ => return Err("can't index item of that type".to_owned()),
        };
    }
    Ok(found)
}

fn is_struct(value: &Val) -> bool {
    matches!(value.pointee(), Shape::Struct(_))
}

fn slice(args: &[Val]) -> Result<Value, String> {
    let end = |length: usize| args.get(2).map_or(length, integer);
    let start = args.get(1).map_or(0, integer);
    match &args[0].value {
        Value::String(text) => text
            .get(start..end(text.len()))
            .map(Value::from)
            .ok_or_else(|| format!("index out of range: {}", end(text.len()))),
        Value::Array(items) => items
            .get(start..end(items.len()))
            .map(|part| Value::from(part.to_vec()))
            .ok_or_else(|| format!("index out of range: {}", end(items.len()))),
        _ => Err("can't slice item of that type".to_owned()),
    }
}

fn compare(a: &Val, b: &Val) -> Option<Ordering> {
    match (&a.value, &b.value) {
        (Value::Number(x), Value::Number(y)) => x.as_f64()?.partial_cmp(&y.as_f64()?),
        (Value::String(x), Value::String(y)) => Some(x.cmp(y)),
        (Value::Bool(x), Value::Bool(y)) => Some(x.cmp(y)),
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        _ => None,
    }
}

fn equal(a: &Val, b: &Val) -> Result<bool, String> {
    // Whether two numbers are of one kind is asked first, as in Go.
    let kinds = |v: &Value| match v {
        Value::Bool(_) => 1,
        Value::Number(n) if n.is_f64() => 2,
        Value::Number(_) => 3,
        Value::String(_) => 4,
        _ => 0,
    };
    match (kinds(&a.value), kinds(&b.value)) {
        (x, y) if x != y && x != 0 && y != 0 => Err("incompatible types for comparison".to_owned()),
        _ => Ok(compare(a, b) == Some(Ordering::Equal)),
    }
}

fn ordered(args: &[Val]) -> Result<Ordering, String> {
    compare(&args[0], &args[1]).ok_or_else(|| "incompatible types for comparison".to_owned())
}

//! The functions that templates may call: Go's own, and those for text that clients add.

use std::cmp::Ordering;
use std::fmt::Write as _;

use serde_json::Value;

use super::FieldKinds;
use super::value::Val;
use crate::json;

/// Every function.
pub(super) const NAMES: &[&str] = &[
    "and", "eq", "ge", "gt", "html", "index", "join", "json", "le", "len", "lower", "lt", "ne",
    "not", "or", "pad", "print", "printf", "println", "slice", "split", "title", "truncate",
    "upper",
];

/// Calls a function.
///
/// # Errors
/// What Go says after `error calling NAME: `.
pub(super) fn call(name: &str, args: &[Val], kinds: &FieldKinds) -> Result<Val, String> {
    let text = |i: usize| args.get(i).map(|v| v.print(kinds)).unwrap_or_default();
    let needs = match name {
        "json" | "len" | "lower" | "upper" | "title" | "html" | "not" | "index" | "slice"
        | "and" | "or" | "printf" => 1,
        "join" | "split" | "truncate" | "eq" | "ne" | "lt" | "le" | "gt" | "ge" => 2,
        "pad" => 3,
        _ => 0,
    };
    if args.len() < needs {
        return Err(format!("wrong number of args for {name}: want {needs} got {}", args.len()));
    }
    let value = match name {
        "json" => Value::from(json::compact(&args[0].value, args[0].root)),
        "lower" => Value::from(text(0).to_lowercase()),
        "upper" => Value::from(text(0).to_uppercase()),
        "title" => Value::from(title(&text(0))),
        "html" => Value::from(escape(&text(0))),
        "print" => Value::from(args.iter().map(|v| v.print(kinds)).collect::<String>()),
        "println" => {
            let words: Vec<String> = args.iter().map(|v| v.print(kinds)).collect();
            Value::from(words.join(" ") + "\n")
        }
        "printf" => Value::from(printf(&text(0), &args[1..], kinds)),
        "split" => Value::from(text(0).split(&text(1)).map(Value::from).collect::<Vec<_>>()),
        "join" => Value::from(join(&args[0], &text(1), kinds)?),
        "pad" => Value::from(pad(&text(0), integer(&args[1]), integer(&args[2]))),
        "truncate" => Value::from(text(0).chars().take(integer(&args[1])).collect::<String>()),
        "len" => Value::from(length(&args[0])?),
        "index" => return index(args),
        "slice" => slice(args)?,
        "not" => Value::from(!args[0].truth()),
        "and" => return Ok(pick(args, false)),
        "or" => return Ok(pick(args, true)),
        "eq" => Value::from(
            args[1..].iter().any(|other| compare(&args[0], other) == Some(Ordering::Equal)),
        ),
        "ne" => Value::from(compare(&args[0], &args[1]) != Some(Ordering::Equal)),
        "lt" => Value::from(ordered(args)?.is_lt()),
        "le" => Value::from(ordered(args)?.is_le()),
        "gt" => Value::from(ordered(args)?.is_gt()),
        _ => Value::from(ordered(args)?.is_ge()),
    };
    Ok(value.into())
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

fn pad(text: &str, before: usize, after: usize) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("{}{text}{}", " ".repeat(before), " ".repeat(after))
}

fn join(list: &Val, separator: &str, kinds: &FieldKinds) -> Result<String, String> {
    match &list.value {
        Value::Null => Ok(String::new()),
        Value::Array(items) => {
            let items: Vec<String> =
                items.iter().map(|v| Val::from(v.clone()).print(kinds)).collect();
            Ok(items.join(separator))
        }
        _ => Err("wrong type for value; expected []string; got string".to_owned()),
    }
}

fn length(value: &Val) -> Result<usize, String> {
    match &value.value {
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
                item.clone().into()
            }
            // A map without the key answers the empty value.
            (Value::Object(fields), Value::String(name)) => {
                fields.get(name).cloned().unwrap_or_else(|| Value::from("")).into()
            }
            (Value::Null, Value::String(_)) => Value::from("").into(),
            (Value::Null, _) => return Err("index of untyped nil".to_owned()),
            _ => return Err("can't index item of that type".to_owned()),
        };
    }
    Ok(found)
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

fn ordered(args: &[Val]) -> Result<Ordering, String> {
    compare(&args[0], &args[1]).ok_or_else(|| "incompatible types for comparison".to_owned())
}

/// `%s`, `%v`, `%d`, `%q`, `%t` with a width and the flags `-` and `0`.
fn printf(format: &str, args: &[Val], kinds: &FieldKinds) -> String {
    let mut out = String::new();
    let mut args = args.iter();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut flags = String::new();
        while let Some(flag) = chars.next_if(|c| matches!(c, '-' | '0'..='9' | '.')) {
            flags.push(flag);
        }
        let verb = chars.next().unwrap_or('%');
        if verb == '%' {
            out.push('%');
            continue;
        }
        let Some(arg) = args.next() else {
            let _ = write!(out, "%!{verb}(MISSING)");
            continue;
        };
        let text = match verb {
            'q' => format!("{:?}", arg.print(kinds)),
            _ => arg.print(kinds),
        };
        let left = flags.starts_with('-');
        let zero = flags.starts_with('0');
        let width: usize = flags.trim_start_matches('-').parse().unwrap_or(0);
        let _ = match (left, zero) {
            (true, _) => write!(out, "{text:<width$}"),
            (false, true) => write!(out, "{text:0>width$}"),
            (false, false) => write!(out, "{text:>width$}"),
        };
    }
    out
}

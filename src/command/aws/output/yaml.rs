//! `--output yaml` and `yaml-stream`: block style, keys sorted, quotes only where a plain word would
//! be read as something else.

use serde_json::{Map, Value};

pub(super) fn render(value: &Value, to: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => mapping(map, 0, false, to),
        Value::Array(items) if !items.is_empty() => sequence(items, 0, to),
        Value::Object(_) => {}
        scalar => {
            inline(scalar, 0, to);
            to.push('\n');
        }
    }
}

/// One answer as an item of a sequence.
pub(super) fn render_item(value: &Value, to: &mut String) {
    sequence(std::slice::from_ref(value), 0, to);
}

fn pad(depth: usize, to: &mut String) {
    to.extend(std::iter::repeat_n(' ', depth * 2));
}

fn mapping(map: &Map<String, Value>, depth: usize, mut in_line: bool, to: &mut String) {
    let mut keys: Vec<&String> = map.keys().collect();
    keys.sort_unstable();
    for key in keys {
        if !std::mem::take(&mut in_line) {
            pad(depth, to);
        }
        scalar(key, depth, to);
        to.push(':');
        match &map[key] {
            Value::Object(inner) if !inner.is_empty() => {
                to.push('\n');
                mapping(inner, depth + 1, false, to);
            }
            // A list stands as deep as its key.
            Value::Array(items) if !items.is_empty() => {
                to.push('\n');
                sequence(items, depth, to);
            }
            value => {
                to.push(' ');
                inline(value, depth + 1, to);
                to.push('\n');
            }
        }
    }
}

fn sequence(items: &[Value], depth: usize, to: &mut String) {
    for item in items {
        pad(depth, to);
        to.push_str("- ");
        match item {
            Value::Object(map) if !map.is_empty() => mapping(map, depth + 1, true, to),
            Value::Array(inner) if !inner.is_empty() => {
                let mut nested = String::new();
                sequence(inner, depth + 1, &mut nested);
                to.push_str(nested.trim_start());
            }
            value => {
                inline(value, depth + 1, to);
                to.push('\n');
            }
        }
    }
}

fn inline(value: &Value, depth: usize, to: &mut String) {
    match value {
        Value::Null => to.push_str("null"),
        Value::Bool(b) => to.push_str(if *b { "true" } else { "false" }),
        Value::Number(n) => to.push_str(&n.to_string()),
        Value::String(text) => scalar(text, depth, to),
        Value::Array(_) => to.push_str("[]"),
        Value::Object(_) => to.push_str("{}"),
    }
}

fn scalar(text: &str, depth: usize, to: &mut String) {
    let special = |c: char| c.is_control() && c != '\n' || c == '\u{feff}';
    if text.chars().any(special) {
        // JSON's escapes are YAML's too.
        to.push_str(&Value::String(text.to_owned()).to_string());
    } else if is_plain(text) {
        to.push_str(text);
    } else {
        // A line break inside of quotes is written as an empty line.
        let indent = format!("\n\n{}", "  ".repeat(depth));
        to.push('\'');
        to.push_str(&text.replace('\'', "''").replace('\n', &indent));
        to.push('\'');
    }
}

/// Whether a reader would take the bare text for this very string.
fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    if text.contains('\n') || text.starts_with(' ') || text.ends_with([' ', ':']) {
        return false;
    }
    if text.contains(": ")
        || text.contains(" #")
        || text.starts_with("---")
        || text.starts_with("...")
    {
        return false;
    }
    let indicator = match first {
        '-' | '?' | ':' => text.chars().nth(1).is_none_or(char::is_whitespace),
        c => ",[]{}#&*!|>'\"%@`".contains(c),
    };
    !indicator && !resolves(text)
}

/// Whether bare text would be read as null, a boolean, a number or a time.
fn resolves(text: &str) -> bool {
    let words = ["~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<"];
    if words.contains(&text.to_ascii_lowercase().as_str()) {
        return true;
    }
    let number = text.replace('_', "");
    let unsigned = number.trim_start_matches(['+', '-']);
    let digit = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let prefixed = ["0x", "0o", "0b"].iter().any(|p| unsigned.starts_with(p));
    if digit && (prefixed || unsigned.parse::<f64>().is_ok())
        || [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(&unsigned)
    {
        return true;
    }
    let bytes = text.as_bytes();
    let date = bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(i, b)| match i {
            4 | 7 => *b == b'-',
            _ => b.is_ascii_digit(),
        });
    let clock = text.contains(':') && text.chars().all(|c| c.is_ascii_digit() || c == ':');
    date && (bytes.len() == 10 || matches!(bytes[10], b'T' | b't' | b' ')) || clock
}

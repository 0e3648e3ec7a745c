//! A file in its long form as YAML, laid out as the reference prints it.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::fields::ROOT;
use super::schema::{Dialect, Kind, below};

/// Keys whose zero says something.
const TELLING: &[&str] =
    &["init", "replicas", "parallelism", "max_attempts", "retries", "mode", "nocopy"];

/// Keys whose emptiness says something to `docker compose`.
const TELLING_EMPTY: &[&str] = &["bind", "command", "entrypoint", "required", "volume"];

/// The whole file.
pub(crate) fn emit(root: &Map<String, Value>, dialect: Dialect) -> String {
    let mut out = String::new();
    if let Value::Object(map) = canonical(root, dialect) {
        mapping(&mut out, &map, 0, false);
    }
    out
}

/// A mapping as it is.
pub(crate) fn emit_as_is(root: &Map<String, Value>) -> String {
    let mut out = String::new();
    mapping(&mut out, root, 0, false);
    out
}

/// The whole file in the order of the format, without what is empty.
pub(crate) fn canonical(root: &Map<String, Value>, dialect: Dialect) -> Value {
    let mut root = root.clone();
    if !root.get("services").is_some_and(Value::is_object) {
        root.insert("services".into(), Value::Object(Map::new()));
    }
    tidy(&Value::Object(root), &[&ROOT], dialect, true)
}

/// Keys in the order of the format, names in alphabetical order, nothing that is empty.
fn tidy(value: &Value, kinds: &[&Kind], dialect: Dialect, root: bool) -> Value {
    match value {
        Value::Object(map) => {
            let shape = flat(kinds).into_iter().find_map(|kind| match kind {
                Kind::Struct(shape) => Some(shape),
                _ => None,
            });
            let mut names: Vec<&String> = map.keys().collect();
            let place = |name: &str| {
                let fields = shape.map(|s| s.fields).unwrap_or_default();
                fields.iter().position(|f| f.name == name).unwrap_or(usize::MAX)
            };
            names.sort_by_key(|name| (place(name), (*name).clone()));
            let mut out = Map::new();
            for name in names {
                let below = below(kinds, Some(name), dialect);
                let tidied = tidy(&map[name], &below, dialect, false);
                let known = place(name) != usize::MAX;
                let kept = !known
                    || TELLING.contains(&name.as_str())
                    || dialect == Dialect::Compose && is_telling(name, &map[name])
                    || root && name == "services";
                if kept || !is_empty(&tidied) {
                    out.insert(name.clone(), tidied);
                }
            }
            Value::Object(out)
        }
        Value::Array(items) => {
            let below = below(kinds, None, dialect);
            items.iter().map(|item| tidy(item, &below, dialect, false)).collect()
        }
        // What would be a variable when the file is read again.
        Value::String(text) if dialect == Dialect::Compose => text.replace('$', "$$").into(),
        other => other.clone(),
    }
}

fn is_telling(name: &str, value: &Value) -> bool {
    TELLING_EMPTY.contains(&name) && !value.is_null()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
    }
}

fn flat<'k>(kinds: &[&'k Kind]) -> Vec<&'k Kind> {
    let mut found = Vec::new();
    for kind in kinds {
        match kind {
            Kind::OneOf(forms) => found.extend(flat(forms)),
            other => found.push(*other),
        }
    }
    found
}

/// The lines of a mapping; the first stands behind a dash when it is an item of a list.
fn mapping(out: &mut String, map: &Map<String, Value>, level: usize, behind_dash: bool) {
    for (at, (key, value)) in map.iter().enumerate() {
        if at > 0 || !behind_dash {
            out.extend(std::iter::repeat_n("  ", level));
        }
        out.push_str(&scalar(key, level));
        out.push(':');
        item(out, value, level);
    }
}

fn item(out: &mut String, value: &Value, level: usize) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            mapping(out, map, level + 1, false);
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('\n');
            list(out, items, level + 1);
        }
        other => {
            out.push(' ');
            out.push_str(&leaf(other, level));
            out.push('\n');
        }
    }
}

fn list(out: &mut String, items: &[Value], level: usize) {
    for item in items {
        out.extend(std::iter::repeat_n("  ", level));
        out.push_str("- ");
        match item {
            Value::Object(map) if !map.is_empty() => mapping(out, map, level + 1, true),
            Value::Array(items) if !items.is_empty() => {
                let mut inner = String::new();
                list(&mut inner, items, level + 1);
                out.push_str(inner.trim_start_matches(' '));
            }
            other => {
                out.push_str(&leaf(other, level));
                out.push('\n');
            }
        }
    }
}

fn leaf(value: &Value, level: usize) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::String(text) => scalar(text, level),
        Value::Array(_) => "[]".to_owned(),
        Value::Object(_) => "{}".to_owned(),
        other => other.to_string(),
    }
}

/// A text, quoted where it would be read as something else.
fn scalar(text: &str, level: usize) -> String {
    if text.is_empty() {
        return "\"\"".to_owned();
    }
    if text.contains('\n') {
        return block(text, level);
    }
    let double = text.chars().any(char::is_control) || reads_otherwise(text);
    if double {
        let mut out = String::from("\"");
        for c in text.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\t' => out.push_str("\\t"),
                '\r' => out.push_str("\\r"),
                c if c.is_control() => drop(write!(out, "\\x{:02X}", u32::from(c))),
                c => out.push(c),
            }
        }
        out.push('"');
        return out;
    }
    if is_plain(text) { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

fn block(text: &str, level: usize) -> String {
    let ends = text.len() - text.trim_end_matches('\n').len();
    let mut out = String::from(match ends {
        0 => "|-",
        1 => "|",
        _ => "|+",
    });
    if text.starts_with([' ', '\n']) {
        out.insert(1, '2');
    }
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        out.push('\n');
        if !line.is_empty() {
            out.extend(std::iter::repeat_n("  ", level + 1));
            out.push_str(line);
        }
    }
    out
}

/// Whether unquoted it would be no text: a truth value, nothing, a number.
fn reads_otherwise(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "<<", ".nan", ".inf",
        "-.inf", "+.inf",
    ];
    let capitals = text.chars().all(char::is_uppercase)
        || text.chars().skip(1).all(|c| !c.is_uppercase())
        || !text.chars().any(char::is_alphabetic);
    if capitals && WORDS.contains(&text.to_lowercase().as_str()) {
        return true;
    }
    let digits = text.trim_start_matches(['-', '+']);
    let radix = |prefix: &str, radix: u32| {
        digits
            .strip_prefix(prefix)
            .is_some_and(|d| !d.is_empty() && d.replace('_', "").chars().all(|c| c.is_digit(radix)))
    };
    if radix("0x", 16) || radix("0o", 8) || radix("0b", 2) {
        return true;
    }
    let numeric = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.contains(|c: char| c.is_ascii_digit())
        && digits.replace('_', "").parse::<f64>().is_ok();
    numeric || is_sexagesimal(digits) || is_date(text)
}

/// `1:30`, a number to the base of 60 in the older YAML.
fn is_sexagesimal(text: &str) -> bool {
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let is_part = |p: &&str| {
        let whole = p.split('.').next().unwrap_or_default();
        (1..=2).contains(&whole.len())
            && p.chars().all(|c| c.is_ascii_digit() || c == '.')
            && whole.parse::<u8>().is_ok_and(|n| n < 60)
    };
    !first.is_empty()
        && first.chars().all(|c| c.is_ascii_digit() || c == '_')
        && !rest.is_empty()
        && rest.iter().all(is_part)
}

fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let number = |p: Option<&str>, most: usize| {
        p.is_some_and(|p| (1..=most).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
    };
    let year = parts.next();
    year.is_some_and(|y| y.len() == 4)
        && number(year, 4)
        && number(parts.next(), 2)
        && number(parts.next(), 2)
}

fn is_plain(text: &str) -> bool {
    const FIRST: &[char] =
        &['#', ',', '[', ']', '{', '}', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`'];
    let spaced = |at: usize| text[at + 1..].chars().next().is_none_or(char::is_whitespace);
    let begins_otherwise = text.starts_with(FIRST)
        || text.starts_with([' ', '\t'])
        || text.starts_with("---")
        || text.starts_with("...")
        || text.starts_with(['-', '?', ':']) && spaced(0);
    let looks_otherwise = text.ends_with(' ')
        || text.contains(" #")
        || text.char_indices().any(|(at, c)| c == ':' && spaced(at));
    !begins_otherwise && !looks_otherwise
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_where_they_must_be() {
        let check = |text: &str, want: &str| assert_eq!(scalar(text, 0), want, "{text}");
        check("web", "web");
        check("", "\"\"");
        check("y", "\"y\"");
        check("N", "\"N\"");
        check("yes", "\"yes\"");
        check("007", "\"007\"");
        check("1.5", "\"1.5\"");
        check("0x10", "\"0x10\"");
        check("1e3", "\"1e3\"");
        check("~", "\"~\"");
        check(" lead", "' lead'");
        check("a: b", "'a: b'");
        check("#c", "'#c'");
        check("it's", "it's");
        check("\"q\"", "'\"q\"'");
        check("1m30s", "1m30s");
        check("nginx:1.2", "nginx:1.2");
        check("-c", "-c");
        check("127.0.0.1", "127.0.0.1");
        check("multi\nline", "|-\n  multi\n  line");
    }
}

//! Environments of services: lists, mappings and files of them.

use std::fs;

use serde_json::{Map, Value};

use super::convert::{Bad, Base, Object, mapped, plain};
use super::interpolate::{Fill, Lookup};
use super::schema::Dialect;

/// Files first, then what the service itself says; a name without a value takes the one it has
/// here.
pub(super) fn normalise(service: &mut Object, base: &Base<'_>) -> Result<(), Bad> {
    mapped(service, "environment", None);
    let mut found = Map::new();
    let mut names = Vec::new();
    let files = match service.get("env_file") {
        Some(Value::Array(files)) => files.clone(),
        Some(Value::Null) | None => Vec::new(),
        Some(one) => vec![one.clone()],
    };
    for file in &files {
        let (path, required) = match file {
            Value::Object(map) => (
                map.get("path").map(plain).unwrap_or_default(),
                map.get("required").and_then(Value::as_bool).unwrap_or(true),
            ),
            other => (plain(other), true),
        };
        names.push(Value::String(path.clone()));
        let full = base.path(&path);
        let text = match fs::read_to_string(&full) {
            Ok(text) => text,
            Err(_) if !required => continue,
            Err(e) if base.dialect == Dialect::Compose => {
                let why = reason(&full, &e).replacen("open", "stat", 1);
                return Err(Bad::Missing(format!("env file {full} not found: {why}")));
            }
            Err(e) => return Err(Bad::Whole(reason(&full, &e))),
        };
        for (name, value) in read(&text, base)? {
            found.insert(name, Value::String(value));
        }
    }
    if !names.is_empty() {
        service.insert("env_file".into(), Value::Array(names));
    }
    if let Some(Value::Object(own)) = service.get("environment") {
        for (name, value) in own {
            let value = match value {
                Value::Null => (base.lookup)(name).map_or(Value::Null, Value::String),
                other => other.clone(),
            };
            found.insert(name.clone(), value);
        }
    }
    if !found.is_empty() {
        service.insert("environment".into(), Value::Object(found));
    }
    Ok(())
}

/// Go's words for a file that cannot be read.
pub(super) fn reason(path: &str, error: &std::io::Error) -> String {
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => return format!("read {path}: is a directory"),
        _ => error.to_string(),
    };
    format!("open {path}: {why}")
}

fn read(text: &str, base: &Base<'_>) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = match line.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (line, None),
        };
        if base.dialect == Dialect::Compose {
            let name = name.strip_prefix("export ").unwrap_or(name).trim();
            match value {
                Some(value) => {
                    let value = filled(value, &found, base.lookup);
                    found.push((name.to_owned(), value));
                }
                None => found.extend((base.lookup)(name).map(|v| (name.to_owned(), v))),
            }
            continue;
        }
        if name.is_empty() {
            return Err(format!("no variable name on line '{line}'"));
        }
        if name.contains([' ', '\t']) {
            return Err(format!("variable '{name}' contains whitespaces"));
        }
        match value {
            Some(value) => found.push((name.to_owned(), value.to_owned())),
            None => found.extend((base.lookup)(name).map(|v| (name.to_owned(), v))),
        }
    }
    Ok(found)
}

/// The lines of a `.env` file: quotes are taken off, variables are filled in, and a comment may
/// follow a value.
pub(crate) fn dotenv(text: &str, lookup: Lookup<'_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let name = name.strip_prefix("export ").unwrap_or(name).trim();
        let value = filled(value, &found, lookup);
        found.push((name.to_owned(), value));
    }
    found
}

/// A value without its quotes, with the variables that stand above it or outside; between single
/// quotes there are none.
fn filled(value: &str, above: &[(String, String)], lookup: Lookup<'_>) -> String {
    let plain = unquoted(value);
    if value.trim().starts_with('\'') {
        return plain;
    }
    let both = |name: &str| {
        lookup(name).or_else(|| above.iter().rfind(|(n, _)| n == name).map(|(_, v)| v.clone()))
    };
    let mut fill = Fill { lookup: &both, dialect: Dialect::Compose, warnings: Vec::new() };
    fill.substitute(&plain).unwrap_or(plain)
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    if let Some(inner) = value.strip_prefix('\'') {
        return inner.split('\'').next().unwrap_or_default().to_owned();
    }
    if let Some(inner) = value.strip_prefix('"') {
        let mut out = String::new();
        let mut chars = inner.chars();
        while let Some(c) = chars.next() {
            match c {
                '"' => break,
                '\\' => match chars.next() {
                    Some('n') => out.push('\n'),
                    Some('t') => out.push('\t'),
                    Some('r') => out.push('\r'),
                    Some(other) => out.push(other),
                    None => {}
                },
                c => out.push(c),
            }
        }
        return out;
    }
    value.split(" #").next().unwrap_or_default().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn env_files_are_read_line_by_line() {
        let check = |text: &str, want: &[(&str, &str)]| {
            let want: Vec<_> = want.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect();
            assert_eq!(dotenv(text, &|_| None), want, "{text}");
        };
        check("A=1\n# no\n\nB = two words # why\n", &[("A", "1"), ("B", "two words")]);
        check("export A='x # y'\nB=\"a\\nb\"", &[("A", "x # y"), ("B", "a\nb")]);
        check("A", &[]);
        check("A=1\nB=\"x$A\"\nC='x$A'", &[("A", "1"), ("B", "x1"), ("C", "x$A")]);
    }
}

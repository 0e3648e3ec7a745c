//! Mounts of services in their long form.

use serde_json::{Value, json};

use super::convert::{Base, Object, plain};
use super::schema::Dialect;
use command_line::size;

const PROPAGATIONS: &[&str] = &["private", "rprivate", "shared", "rshared", "slave", "rslave"];

pub(super) fn normalise(service: &mut Object, base: &Base<'_>) -> Result<(), String> {
    let Some(Value::Array(items)) = service.get_mut("volumes") else { return Ok(()) };
    for item in items {
        if let Value::String(text) = item {
            *item = short_form(text, base)?;
            continue;
        }
        let Value::Object(long) = item else { continue };
        if long.get("type").is_some_and(|t| t == "bind") {
            let source = long.get("source").map(plain).unwrap_or_default();
            if source.is_empty() {
                return Err(
                    "invalid mount config for type \"bind\": field Source must not be empty".into(),
                );
            }
            long.insert("source".into(), base.path(&source).into());
        }
        if let Some(Value::Object(tmpfs)) = long.get_mut("tmpfs")
            && let Some(size) = tmpfs.get_mut("size")
        {
            *size = size::parse(&plain(size))?.into();
        }
    }
    Ok(())
}

/// `[source:]target[:options]`
fn short_form(text: &str, base: &Base<'_>) -> Result<Value, String> {
    let wrong = |why: &str| format!("invalid spec: {text}: {why}");
    let parts = split(text);
    if parts.iter().any(String::is_empty) {
        return Err(wrong("empty section between colons"));
    }
    let (source, target, options) = match parts.as_slice() {
        [target] => (None, target, ""),
        [source, target] => (Some(source), target, ""),
        [source, target, options] => (Some(source), target, options.as_str()),
        _ => return Err(wrong("too many colons")),
    };
    let is_path = |s: &String| s.starts_with(['.', '/', '~']) || drive(s);
    let kind = if source.is_some_and(is_path) { "bind" } else { "volume" };
    let mut long = json!({ "type": kind });
    if let Some(source) = source {
        long["source"] = if kind == "bind" { base.path(source) } else { source.clone() }.into();
    }
    long["target"] = target.clone().into();
    for option in options.split(',') {
        match option {
            "ro" => long["read_only"] = true.into(),
            "z" | "Z" if kind == "bind" && base.dialect == Dialect::Compose => {
                long["bind"]["selinux"] = option.into();
            }
            "nocopy" => long["volume"] = json!({ "nocopy": true }),
            other if kind == "bind" && PROPAGATIONS.contains(&other) => {
                long["bind"]["propagation"] = other.into();
            }
            _ => {}
        }
    }
    if kind == "bind" && base.dialect == Dialect::Compose {
        // The short form makes the folder where it is missing.

        long["bind"]["create_host_path"] = true.into();
    } else if base.dialect == Dialect::Compose && long.get("volume").is_none() {
        long["volume"] = json!({});
    }
    Ok(long)
}

/// The sections between colons; a single letter before a colon is a drive, as in `c:\data`.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for c in text.chars() {
        let Some(last) = parts.last_mut() else { continue };
        if c == ':' && !(last.len() == 1 && last.starts_with(|l: char| l.is_ascii_alphabetic())) {
            parts.push(String::new());
        } else {
            last.push(c);
        }
    }
    parts
}

fn drive(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':')
}

//! Several files as one: later ones win, lists grow.

use serde_json::Value;

use super::convert::{Object, plain};
use super::schema::Dialect;

/// Lists of a service that a later file replaces.
const REPLACED: &[&str] = &["command", "entrypoint", "test"];

/// Puts a later file over an earlier one, both in their long form.
pub(super) fn merge(root: &mut Object, over: Object, dialect: Dialect) {
    for (key, value) in over {
        match (root.get_mut(&key), value) {
            (Some(Value::Object(mine)), Value::Object(theirs)) if key == "services" => {
                for (name, service) in theirs {
                    match (mine.get_mut(&name), service) {
                        (Some(Value::Object(mine)), Value::Object(theirs)) => {
                            self::service(mine, theirs, dialect);
                        }
                        (_, service) => drop(mine.insert(name, service)),
                    }
                }
            }
            (Some(Value::Object(mine)), Value::Object(theirs)) => {
                for (name, item) in theirs {
                    match (dialect, mine.get_mut(&name), item) {
                        (Dialect::Compose, Some(mine), item) => deep(mine, item),
                        (_, _, item) => drop(mine.insert(name, item)),
                    }
                }
            }
            (_, value) => drop(root.insert(key, value)),
        }
    }
}

/// Puts a service of a later file over the one of the same name.
pub(crate) fn service(mine: &mut Object, theirs: Object, dialect: Dialect) {
    for (key, value) in theirs {
        let Some(old) = mine.get_mut(&key) else {
            mine.insert(key, value);
            continue;
        };
        match (key.as_str(), old, value) {
            ("ports", Value::Array(old), Value::Array(new)) => {
                keyed(old, new, dialect, |port| match dialect {
                    Dialect::Stack(_) => number(port, "published"),
                    Dialect::Compose => format!(
                        "{} {} {} {}",
                        number(port, "published"),
                        number(port, "target"),
                        port.get("protocol").map(plain).unwrap_or_default(),
                        port.get("host_ip").map(plain).unwrap_or_default()
                    ),
                });
            }
            ("volumes", Value::Array(old), Value::Array(new)) => {
                keyed(old, new, dialect, |mount| {
                    mount.get("target").map(plain).unwrap_or_default()
                });
            }
            ("secrets" | "configs", Value::Array(old), Value::Array(new)) => {
                keyed(old, new, dialect, |file| file.get("source").map(plain).unwrap_or_default());
            }
            ("logging", old, new) if old.get("driver") != new.get("driver") => {
                let other_driver = new.get("driver").is_some() && old.get("driver").is_some();
                if other_driver { *old = new } else { deep(old, new) }
            }
            ("networks", Value::Object(old), Value::Object(new)) => old.extend(new),
            (name, old, new) if REPLACED.contains(&name) => *old = new,
            (_, old, new) => deep(old, new),
        }
    }
}

/// A number that sorts as text.
fn number(value: &Value, key: &str) -> String {
    format!("{:0>5}", value.get(key).map(plain).unwrap_or_default())
}

/// Items of two lists; the later of two with the same key stays. `docker stack` puts them in the
/// order of their keys, `docker compose` leaves each in its place.
fn keyed(old: &mut Vec<Value>, new: Vec<Value>, dialect: Dialect, key: impl Fn(&Value) -> String) {
    for item in new {
        match old.iter_mut().find(|o| key(o) == key(&item)) {
            Some(place) => *place = item,
            None => old.push(item),
        }
    }
    if dialect != Dialect::Compose {
        old.sort_by_key(key);
    }
}

fn deep(old: &mut Value, new: Value) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in new {
                match old.get_mut(&key) {
                    Some(old) if !REPLACED.contains(&key.as_str()) => deep(old, value),
                    _ => drop(old.insert(key, value)),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) => old.extend(new),
        (old, new) => *old = new,
    }
}

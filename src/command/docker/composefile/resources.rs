//! Networks, volumes, secrets and configs of a file.

use serde_json::{Value, json};

use super::convert::{Base, mapped, plain};
use super::schema::Dialect;

/// Brings one of them into its long form; `kind` is `network`, `volume`, `secret` or `config`.
pub(super) fn item(
    kind: &str,
    name: &str,
    item: &mut Value,
    base: &mut Base<'_>,
) -> Result<(), String> {
    let compose = base.dialect == Dialect::Compose;
    if item.is_null() {
        *item = json!({});
    }
    let Value::Object(map) = item else { return Ok(()) };
    mapped(map, "labels", Some(""));
    mapped(map, "driver_opts", None);
    let own_name = map.get("name").map(plain).filter(|n| !n.is_empty());
    let external = match map.get("external") {
        Some(Value::Object(external)) => {
            let other = external.get("name").map(plain).filter(|n| !n.is_empty());
            if other.is_some() {
                if own_name.is_some() {
                    return Err(format!(
                        "{kind} {name}: {kind}.external.name and {kind}.name conflict; only use {kind}.name"
                    ));
                }
                if compose {
                    base.warnings.push(format!(
                        "{kind}s.{name}: external.name is deprecated. Please set name and external: true"
                    ));
                }
                // The place of the name before version 3.4 or 3.5.
                let since = if kind == "volume" { 4 } else { 5 };
                if matches!(base.dialect, Dialect::Stack(minor) if minor >= since) {
                    base.warnings.push(format!(
                        "{kind} {name}: {kind}.external.name is deprecated in favor of {kind}.name"
                    ));
                }
            }
            Some(other.or(own_name).unwrap_or_else(|| name.to_owned()))
        }
        Some(Value::Bool(true)) => Some(own_name.unwrap_or_else(|| name.to_owned())),
        _ => None,
    };
    if let Some(external) = external {
        map.insert("external".into(), Value::Bool(true));
        map.insert("name".into(), external.into());
        let first =
            ["driver", "driver_opts", "labels"].into_iter().find(|key| map.contains_key(*key));
        if kind == "volume"
            && let Some(key) = first
        {
            if compose {
                return Err(format!(
                    "volumes.{name}: conflicting parameters \"external\" and {key:?} specified"
                ));
            }
            return Err(format!(
                "conflicting parameters \"external\" and {key:?} specified for volume {name:?}"
            ));
        }
    } else if matches!(kind, "secret" | "config") && !map.contains_key("driver") {
        let file = map.get("file").map(plain);
        let elsewhere = ["environment", "content"].iter().any(|key| map.contains_key(*key));
        if compose && !elsewhere && file.is_none() {
            let ways =
                if kind == "secret" { "file|environment" } else { "file|environment|content" };
            return Err(format!("{kind}s.{name}: one of {ways} must be set"));
        }
        if !elsewhere {
            map.insert("file".into(), base.path(&file.unwrap_or_default()).into());
        }
    }
    Ok(())
}

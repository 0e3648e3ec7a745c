//! Ports of services in their long form.

use serde_json::{Value, json};

use super::convert::{Base, Object, plain};
use super::schema::Dialect;
use super::syntax;
use crate::container::ports::range;

pub(super) fn normalise(service: &mut Object, base: &mut Base<'_>) -> Result<(), String> {
    let Some(value) = service.get_mut("ports") else { return Ok(()) };
    let Value::Array(items) = &*value else { return Ok(()) };
    let mut found = Vec::new();
    for item in items {
        match item {
            Value::Object(_) if base.dialect != Dialect::Compose => found.push(item.clone()),
            Value::Object(given) => found.push(full(given)),
            short => short_form(&plain(short), base, &mut found)?,
        }
    }
    if base.dialect == Dialect::Compose {
        // The same port twice is one.
        let mut seen = Vec::new();
        found.retain(|port| {
            !seen.contains(port) && {
                seen.push(port.clone());
                true
            }
        });
    }
    *value = Value::Array(found);
    Ok(())
}

fn short_form(text: &str, base: &mut Base<'_>, found: &mut Vec<Value>) -> Result<(), String> {
    for port in syntax::ports(text).map_err(|wrong| match base.dialect {
        Dialect::Compose => wrong.text(),
        Dialect::Stack(_) => format!("invalid port: {text}"),
    })? {
        let mut long = json!({ "mode": "ingress", "target": port.target });
        if base.dialect == Dialect::Compose {
            if !port.address.is_empty() {
                long["host_ip"] = port.address.into();
            }
            if !port.published.is_empty() {
                long["published"] = port.published.clone().into();
            }
        } else if !port.address.is_empty() {
            base.warnings.push(format!(
                "ignoring IP-address ({}:{}:{}/{}) service will listen on '0.0.0.0'",
                port.address, port.published, port.target, port.protocol
            ));
        }
        long["protocol"] = port.protocol.into();
        // A service has each port of a range; a container has one of them.
        match range(&port.published) {
            Some((low, high)) if base.dialect != Dialect::Compose => {
                for number in low..=high {
                    long["published"] = number.into();
                    found.push(long.clone());
                }
            }
            _ => found.push(long),
        }
    }
    Ok(())
}

/// The long form of `docker compose` says its numbers as text where they are published.
fn full(given: &Object) -> Value {
    let mut long = given.clone();
    long.entry("mode").or_insert_with(|| "ingress".into());
    long.entry("protocol").or_insert_with(|| "tcp".into());
    if let Some(target) = long.get_mut("target")
        && let Ok(number) = plain(target).parse::<u16>()
    {
        *target = number.into();
    }
    if let Some(published) = long.get_mut("published") {
        *published = plain(published).into();
    }
    Value::Object(long)
}

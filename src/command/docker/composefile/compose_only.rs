//! The long form of what `docker compose` alone reads in its own way.

use serde_json::{Map, Value, json};

use super::convert::{Bad, Base, Object, bytes, plain};

/// Brings a service into the long form, beyond what both dialects have.
///
/// # Errors
/// A size that is none.
pub(super) fn service(service: &mut Object, base: &Base<'_>) -> Result<(), Bad> {
    if let Some(Value::Object(build)) = service.get_mut("build") {
        self::build(build, base);
        arguments(build, base);
    }
    if let Some(Value::Array(devices)) = service.get_mut("devices") {
        for device in devices.iter_mut().filter(|d| d.is_object()) {
            let part = |key: &str| device.get(key).map(plain);
            let source = part("source").unwrap_or_default();
            let target = part("target").unwrap_or_else(|| source.clone());
            let rights = part("permissions").unwrap_or_else(|| "rwm".to_owned());
            *device = format!("{source}:{target}:{rights}").into();
        }
    }
    for group in service.get_mut("group_add").and_then(Value::as_array_mut).into_iter().flatten() {
        *group = plain(group).into();
    }
    secrets(service);
    sizes(service)?;
    dependencies(service);
    Ok(())
}

/// What of this does not hang on the values of variables.
pub(super) fn model(service: &mut Object, base: &Base<'_>) {
    if let Some(Value::Object(build)) = service.get_mut("build") {
        self::build(build, base);
    }
    secrets(service);
    dependencies(service);
}

/// Where secrets are, which is said for each.
fn secrets(service: &mut Object) {
    let secrets = service.get_mut("secrets").and_then(Value::as_array_mut);
    for secret in secrets.into_iter().flatten().filter_map(Value::as_object_mut) {
        let source = secret.get("source").map(plain).unwrap_or_default();
        secret.entry("target").or_insert_with(|| format!("/run/secrets/{source}").into());
    }
}

fn build(build: &mut Map<String, Value>, base: &Base<'_>) {
    let context = build.get("context").map_or_else(|| ".".to_owned(), plain);
    // Not a folder of this machine: an address.
    if !context.contains("://") {
        build.insert("context".into(), base.path(&context).into());
    }
    if !build.contains_key("dockerfile_inline") {
        build.entry("dockerfile").or_insert_with(|| "Dockerfile".into());
    }
}

/// Arguments of a build with their values.
fn arguments(build: &mut Map<String, Value>, base: &Base<'_>) {
    if let Some(Value::Object(args)) = build.get_mut("args") {
        // A name alone has the value that it has here, or is left out.
        for (name, value) in args.iter_mut().filter(|(_, v)| v.is_null()) {
            *value = (base.lookup)(name).map_or(Value::Null, Value::String);
        }
        args.retain(|_, value| !value.is_null());
    }
}

/// Sizes as bytes.
fn sizes(service: &mut Object) -> Result<(), Bad> {
    for key in ["mem_limit", "mem_reservation", "memswap_limit", "shm_size"] {
        if let Some(value) = service.get_mut(key) {
            *value = bytes(value, key)?;
        }
    }
    Ok(())
}

/// What a service waits for, each with its condition.
fn dependencies(service: &mut Object) {
    let Some(value) = service.get_mut("depends_on") else { return };
    let started = || json!({ "condition": "service_started", "required": true });
    let map: Object = match &*value {
        Value::Array(names) => names.iter().map(|name| (plain(name), started())).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(name, given)| {
                let mut full = given.as_object().cloned().unwrap_or_default();
                full.entry("required").or_insert(Value::Bool(true));
                (name.clone(), Value::Object(full))
            })
            .collect(),
        _ => return,
    };
    *value = Value::Object(map);
}

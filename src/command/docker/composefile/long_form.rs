//! The one long form of everything that a Compose file may say in several ways.

use serde_json::{Value, json};

use super::Wrong;
use super::compose_only;
use super::convert::{Bad, Base, Object, bytes, mapped, plain};
use super::env;
use super::ports;
use super::resources;
use super::schema::Dialect;
use super::syntax;
use super::volumes;
use command_line::duration;
use command_line::size;

/// What `docker compose` looks at before the format.
///
/// # Errors
/// The reference's words for services that are no mappings, and mounts that are nowhere.
pub(super) fn shape(root: &Value) -> Result<(), String> {
    let services = match root.get("services") {
        Some(Value::Object(services)) => services,
        None | Some(Value::Null) => return Ok(()),
        Some(_) => return Err("services must be a mapping".to_owned()),
    };
    for (name, service) in services {
        if !service.is_object() && !service.is_null() {
            return Err(format!("services.{name} must be a mapping"));
        }
        let mounts = service.get("volumes").and_then(Value::as_array);
        for (at, mount) in mounts.into_iter().flatten().enumerate() {
            if mount.is_object() && mount.get("target").is_none() {
                return Err(format!(
                    "service volume services.{name}.volumes.[{at}] is missing a mount target"
                ));
            }
        }
    }
    Ok(())
}

/// Brings a whole file into the long form.
///
/// # Errors
/// The reference's words for what cannot be read.
pub(super) fn normalise(root: &mut Object, base: &mut Base<'_>) -> Result<(), Wrong> {
    if let Some(Value::Object(services)) = root.get_mut("services") {
        for (name, service) in services {
            if let Value::Object(service) = service {
                self::service(service, base).map_err(|bad| bad.said(name, base.dialect))?;
            }
        }
    }
    for (section, kind) in [
        ("networks", "network"),
        ("volumes", "volume"),
        ("secrets", "secret"),
        ("configs", "config"),
    ] {
        if let Some(Value::Object(items)) = root.get_mut(section) {
            for (name, item) in items {
                resources::item(kind, name, item, base)?;
            }
        }
    }
    Ok(())
}

fn service(service: &mut Object, base: &mut Base<'_>) -> Result<(), Bad> {
    for key in ["dns", "dns_search", "tmpfs"] {
        listed(service, key);
    }
    for key in ["command", "entrypoint"] {
        if let Some(value) = service.get_mut(key)
            && let Value::String(text) = value
        {
            *value = match (syntax::command(text), base.dialect) {
                (Ok(words), _) => words.into(),
                (Err(why), Dialect::Stack(_)) => return Err(Bad::Whole(why)),
                (Err(_), Dialect::Compose) => {
                    return Err(Bad::Value(key, "invalid command line string".into()));
                }
            };
        }
    }
    env::normalise(service, base)?;
    for key in ["labels", "annotations"] {
        mapped(service, key, Some(""));
    }
    mapped(service, "sysctls", None);
    if let Some(Value::String(context)) = service.get("build") {
        let context = context.clone();
        service.insert("build".into(), json!({ "context": context }));
    }
    if let Some(Value::Object(build)) = service.get_mut("build") {
        mapped(build, "args", None);
        mapped(build, "labels", Some(""));
        hosts(build);
    }
    if let Some(Value::Array(items)) = service.get_mut("expose") {
        for item in items {
            *item = Value::String(plain(item));
        }
    }
    hosts(service);
    ports::normalise(service, base)?;
    volumes::normalise(service, base)?;
    for key in ["secrets", "configs"] {
        sources(service, key);
    }
    networks(service);
    health(service)?;
    durations(service, &[("stop_grace_period", "stop_grace_period")])?;
    if let Some(Value::Object(logging)) = service.get_mut("logging") {
        mapped(logging, "options", None);
    }
    if let Some(Value::Object(deploy)) = service.get_mut("deploy") {
        self::deploy(deploy, base.dialect)?;
    }
    if base.dialect == Dialect::Compose {
        compose_only::service(service, base)?;
    }
    Ok(())
}

/// Brings a file whose variables are not filled in into the form that it is shown in: the parts of it
/// that are mappings and lists are spelled in one way, and texts stay as they stand.
///
/// # Errors
/// The reference's words for what cannot be read.
pub(super) fn model(root: &mut Object, base: &mut Base<'_>) -> Result<(), Wrong> {
    if let Some(Value::Object(services)) = root.get_mut("services") {
        for (name, service) in services {
            if let Value::Object(service) = service {
                service_model(service, base).map_err(|bad| bad.said(name, base.dialect))?;
            }
        }
    }
    for section in ["networks", "volumes", "secrets", "configs"] {
        let Some(Value::Object(items)) = root.get_mut(section) else { continue };
        for item in items.values_mut() {
            if item.is_null() {
                *item = json!({});
            }
            if let Some(file) = item.get("file").map(plain) {
                item["file"] = base.path(&file).into();
            }
        }
    }
    Ok(())
}

fn service_model(service: &mut Object, base: &mut Base<'_>) -> Result<(), Bad> {
    for key in ["dns", "dns_search", "env_file"] {
        listed(service, key);
    }
    for file in service.get_mut("env_file").and_then(Value::as_array_mut).into_iter().flatten() {
        let path = file.get("path").map_or_else(|| plain(file), plain);
        let required = file.get("required").cloned().unwrap_or(Value::Bool(true));
        *file = json!({ "path": base.path(&path), "required": required });
    }
    if let Some(Value::String(context)) = service.get("build") {
        let context = context.clone();
        service.insert("build".into(), json!({ "context": context }));
    }
    // Ports with a variable in one of them stay as they are.
    let mut spelled = service.clone();
    if ports::normalise(&mut spelled, base).is_ok() {
        *service = spelled;
    }
    volumes::normalise(service, base)?;
    for key in ["secrets", "configs"] {
        sources(service, key);
    }
    networks(service);
    compose_only::model(service, base);
    Ok(())
}

/// Secrets and configs that are named alone.
fn sources(service: &mut Object, key: &str) {
    for item in service.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
        if let Value::String(source) = item {
            *item = json!({ "source": source });
        }
    }
}

/// A single value as a list of one.
fn listed(map: &mut Object, key: &str) {
    if let Some(value) = map.get_mut(key)
        && value.is_string()
    {
        *value = Value::Array(vec![value.take()]);
    }
}

/// Names of hosts as a list of `name:address`.
fn hosts(map: &mut Object) {
    let Some(value) = map.get_mut("extra_hosts") else { return };
    if let Value::Array(lines) = value {
        for line in lines {
            let text = plain(line);
            // The newer way to write it.
            if let Some((name, address)) = text.split_once('=') {
                *line = format!("{name}:{address}").into();
            }
        }
        return;
    }
    if let Value::Object(hosts) = &*value {
        let mut lines: Vec<String> =
            hosts.iter().map(|(name, address)| format!("{name}:{}", plain(address))).collect();
        lines.sort();
        *value = lines.into();
    }
}

fn networks(service: &mut Object) {
    let Some(value) = service.get_mut("networks") else { return };
    if let Value::Array(names) = &*value {
        let map: Object = names.iter().map(|n| (plain(n), Value::Null)).collect();
        *value = Value::Object(map);
    }
    if let Value::Object(networks) = value {
        for network in networks.values_mut().filter_map(Value::as_object_mut) {
            mapped(network, "driver_opts", None);
        }
    }
}

fn health(service: &mut Object) -> Result<(), Bad> {
    let Some(Value::Object(health)) = service.get_mut("healthcheck") else { return Ok(()) };
    if let Some(Value::String(test)) = health.get("test") {
        let test = test.clone();
        health.insert("test".into(), json!(["CMD-SHELL", test]));
    }
    durations(
        health,
        &[
            ("timeout", "healthcheck.timeout"),
            ("interval", "healthcheck.interval"),
            ("start_period", "healthcheck.start_period"),
            ("start_interval", "healthcheck.start_interval"),
        ],
    )
}

/// Durations as Go prints them; each key with its whole path.
fn durations(map: &mut Object, keys: &[(&str, &'static str)]) -> Result<(), Bad> {
    for (key, path) in keys {
        if let Some(value) = map.get_mut(*key)
            && let Value::String(text) = value
        {
            let nanoseconds = duration::parse(text).map_err(|why| Bad::Value(path, why))?;
            *value = syntax::duration(nanoseconds).into();
        }
    }
    Ok(())
}

fn deploy(deploy: &mut Object, dialect: Dialect) -> Result<(), Bad> {
    mapped(deploy, "labels", Some(""));
    for (key, fields) in [
        (
            "update_config",
            &[("delay", "deploy.update_config.delay"), ("monitor", "deploy.update_config.monitor")],
        ),
        (
            "rollback_config",
            &[
                ("delay", "deploy.rollback_config.delay"),
                ("monitor", "deploy.rollback_config.monitor"),
            ],
        ),
        (
            "restart_policy",
            &[("delay", "deploy.restart_policy.delay"), ("window", "deploy.restart_policy.window")],
        ),
    ] {
        if let Some(Value::Object(inner)) = deploy.get_mut(key) {
            durations(inner, fields)?;
        }
    }
    let Some(Value::Object(resources)) = deploy.get_mut("resources") else { return Ok(()) };
    for (key, spelled, path) in [
        ("limits", "Limits", "deploy.resources.limits.memory"),
        ("reservations", "Reservations", "deploy.resources.reservations.memory"),
    ] {
        let Some(Value::Object(part)) = resources.get_mut(key) else { continue };
        if let (Some(memory), Dialect::Compose) = (part.get_mut("memory"), dialect) {
            *memory = bytes(memory, path)?;
        } else if let Some(memory) = part.get_mut("memory") {
            let bytes = size::parse(&plain(memory)).map_err(|why| {
                format!(
                    "decoding failed due to the following error(s):\n\nerror decoding 'Deploy.Resources.{spelled}.memory': {why}"
                )
            })?;
            *memory = bytes.to_string().into();
        }
        if let Some(cpus) = part.get_mut("cpus") {
            *cpus = plain(cpus).into();
        }
        if let (Some(pids), Dialect::Compose) = (part.get_mut("pids"), dialect)
            && let Ok(number) = plain(pids).parse::<i64>()
        {
            *pids = number.into();
        }
    }
    Ok(())
}

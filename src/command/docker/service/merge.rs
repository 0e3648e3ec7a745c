//! What `service update` changes in a spec: lists grow and shrink, fields are set.

use serde_json::{Value, json};

use super::{grammar, spec};
use crate::cx::{Cx, Fail};
use command_line::flags::Parsed;
use docker::Engine;
use docker::swarm::{Stored, text};

fn fail(why: impl Into<String>) -> Fail {
    Fail::new(1, why)
}

/// Puts what was given into a service's spec.
///
/// # Errors
/// The client's words for what does not fit the service.
pub(super) fn merge(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    given: &Parsed,
    spec: &mut Value,
) -> Result<(), Fail> {
    mode(given, spec).map_err(fail)?;
    map(given, "label", &mut spec["Labels"]);
    let task = &mut spec["TaskTemplate"];
    container(cx, engine, given, &mut task["ContainerSpec"])?;
    spec::resources(given, &mut task["Resources"]);
    generic_resources(given, &mut task["Resources"]["Reservations"])?;
    if let Some(policy) = spec::restart(given, task.get("RestartPolicy")) {
        task["RestartPolicy"] = policy;
    }
    placement(given, &mut task["Placement"]);
    networks(cx, engine, given, task)?;
    if let Some(driver) = spec::log_driver(given) {
        task["LogDriver"] = driver;
    }
    if given.is("force") {
        let before = task["ForceUpdate"].as_u64().unwrap_or(0);
        task["ForceUpdate"] = (before + 1).into();
    }
    for (flag, field) in [("update", "UpdateConfig"), ("rollback", "RollbackConfig")] {
        if let Some(config) = spec::update_config(given, flag, spec.get(field)) {
            spec[field] = config;
        }
    }
    if let Some(mode) = given.get("endpoint-mode") {
        spec["EndpointSpec"]["Mode"] = mode.into();
    }
    ports(given, &mut spec["EndpointSpec"]);
    without_nulls(spec);
    Ok(())
}

/// Looking at a field that is not there made it null; the engine is not sent those.
fn without_nulls(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.retain(|_, value| !value.is_null());
        fields.values_mut().for_each(without_nulls);
    }
}

fn mode(given: &Parsed, spec: &mut Value) -> Result<(), String> {
    let mode = &mut spec["Mode"];
    if let Some(count) = given.number("replicas") {
        if mode.get("Replicated").is_some() {
            mode["Replicated"]["Replicas"] = count.into();
        } else if mode.get("ReplicatedJob").is_some() {
            mode["ReplicatedJob"]["TotalCompletions"] = count.into();
        } else {
            return Err("replicas can only be used with replicated mode".to_owned());
        }
    }
    if let Some(count) = given.number("max-concurrent")
        && mode.get("ReplicatedJob").is_some()
    {
        mode["ReplicatedJob"]["MaxConcurrent"] = count.into();
    }
    Ok(())
}

fn container(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    given: &Parsed,
    container: &mut Value,
) -> Result<(), Fail> {
    if let Some(image) = given.get("image") {
        container["Image"] = image.into();
    }
    for (flag, field) in [("args", "Args"), ("entrypoint", "Command")] {
        if let Some(text) = given.get(flag) {
            container[field] = grammar::words(text).unwrap_or_default().into();
        }
    }
    spec::set_container(given, container);
    map(given, "container-label", &mut container["Labels"]);
    map(given, "sysctl", &mut container["Sysctls"]);
    let variables: Vec<String> =
        given.all("env-add").iter().map(|v| spec::variable(cx, v)).collect();
    let name = |entry: &Value| entry.as_str().unwrap_or("").split('=').next().map(str::to_owned);
    let variables = variables.into_iter().map(Value::from);
    if keyed(&mut container["Env"], variables, given.all("env-rm"), name) {
        sort_words(&mut container["Env"]);
    }
    list(given, "group", &mut container["Groups"]);
    let dns = &mut container["DNSConfig"];
    list(given, "dns", &mut dns["Nameservers"]);
    list(given, "dns-search", &mut dns["Search"]);
    list(given, "dns-option", &mut dns["Options"]);
    hosts(given, &mut container["Hosts"]);
    capabilities(given, container);
    let limits = spec::ulimits(given.all("ulimit-add"));
    keyed(&mut container["Ulimits"], limits, given.all("ulimit-rm"), field("Name"));
    let mounts = spec::mounts(cx, given.all("mount-add")).map_err(fail)?;
    keyed(&mut container["Mounts"], mounts, given.all("mount-rm"), field("Target"));
    if let Some(check) = spec::health(given, container.get("Healthcheck")).map_err(fail)? {
        container["Healthcheck"] = check;
    }
    for (flag, kind, list) in
        [("secret", Stored::Secret, "Secrets"), ("config", Stored::Config, "Configs")]
    {
        files(cx, engine, given, flag, kind, &mut container[list])?;
    }
    Ok(())
}

/// What a field of an entry says, as its key.
fn field(name: &'static str) -> impl Fn(&Value) -> Option<String> {
    move |entry| entry.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// A map: `--NAME-add key=value` and `--NAME-rm key`.
fn map(given: &Parsed, name: &str, into: &mut Value) {
    let remove = given.all(&format!("{name}-rm"));
    let add = spec::pairs(given.all(&format!("{name}-add")));
    let Value::Object(add) = add else { return };
    if add.is_empty() && remove.is_empty() {
        return;
    }
    if !into.is_object() {
        *into = json!({});
    }
    let Some(map) = into.as_object_mut() else { return };
    for key in remove {
        map.shift_remove(key);
    }
    map.extend(add);
}

/// A list of words: `--NAME-add` and `--NAME-rm`.
fn list(given: &Parsed, name: &str, into: &mut Value) {
    let (add, remove) = (given.all(&format!("{name}-add")), given.all(&format!("{name}-rm")));
    let word = |entry: &Value| entry.as_str().map(str::to_owned);
    let changed = keyed(into, add.iter().cloned().map(Value::from), remove, word);
    if changed {
        sort_words(into);
    }
}

/// Lists of words are sent in order, so that the same words are no change.
fn sort_words(words: &mut Value) {
    if let Some(words) = words.as_array_mut() {
        words.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    }
}

/// Takes entries away by their keys and adds others, each in the place of one with its key.
/// Whether there was anything to do; an empty list is none.
fn keyed(
    into: &mut Value,
    add: impl IntoIterator<Item = Value>,
    remove: &[String],
    key: impl Fn(&Value) -> Option<String>,
) -> bool {
    let add: Vec<Value> = add.into_iter().collect();
    if add.is_empty() && remove.is_empty() {
        return false;
    }
    let mut entries = into.as_array().cloned().unwrap_or_default();
    entries.retain(|entry| key(entry).is_none_or(|k| !remove.contains(&k)));
    for new in add {
        match entries.iter_mut().find(|entry| key(entry) == key(&new)) {
            Some(entry) => *entry = new,
            None => entries.push(new),
        }
    }
    *into = if entries.is_empty() { Value::Null } else { entries.into() };
    true
}

/// Lines of /etc/hosts; `--host-rm` names the host, or the host and one address.
fn hosts(given: &Parsed, into: &mut Value) {
    let (add, remove) = (given.all("host-add"), given.all("host-rm"));
    if add.is_empty() && remove.is_empty() {
        return;
    }
    let mut lines: Vec<String> = into
        .as_array()
        .map(|lines| lines.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default();
    for wish in remove {
        let (name, address) = wish.split_once(':').unwrap_or((wish, ""));
        lines.retain(|line| {
            let mut words = line.split_whitespace();
            let here = words.next().unwrap_or_default();
            !(words.any(|n| n == name) && (address.is_empty() || address == here))
        });
    }
    for wish in add {
        let line = grammar::host_line(wish);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    *into = if lines.is_empty() { Value::Null } else { lines.into() };
}

/// A capability that is given is no longer taken away, and the other way round.
fn capabilities(given: &Parsed, container: &mut Value) {
    let (add, drop) = grammar::capabilities(given.all("cap-add"), given.all("cap-drop"));
    if add.is_empty() && drop.is_empty() {
        return;
    }
    let read = |value: &Value| -> Vec<String> {
        let names = value.as_array().into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut added = read(&container["CapabilityAdd"]);
    let mut dropped = read(&container["CapabilityDrop"]);
    // Dropping what was added only takes it back, and so does adding what was dropped.
    for name in add {
        match dropped.iter().position(|n| *n == name) {
            Some(at) => drop_at(&mut dropped, at),
            None => added.push(name),
        }
    }
    for name in drop {
        match added.iter().position(|n| *n == name) {
            Some(at) => drop_at(&mut added, at),
            None => dropped.push(name),
        }
    }
    for (field, mut names) in [("CapabilityAdd", added), ("CapabilityDrop", dropped)] {
        names.sort_unstable();
        names.dedup();
        container[field] = if names.is_empty() { Value::Null } else { names.into() };
    }
}

fn drop_at(names: &mut Vec<String>, at: usize) {
    names.remove(at);
}

fn files(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    given: &Parsed,
    flag: &str,
    kind: Stored,
    into: &mut Value,
) -> Result<(), Fail> {
    let add = spec::files(cx, engine, kind, given.all(&format!("{flag}-add")))?;
    let name = if kind == Stored::Secret { "SecretName" } else { "ConfigName" };
    let remove = given.all(&format!("{flag}-rm"));
    keyed(into, Vec::new(), remove, field(name));
    let target = |entry: &Value| Some(text(entry, "/File/Name").to_owned());
    keyed(into, add, &[], target);
    Ok(())
}

fn generic_resources(given: &Parsed, reserved: &mut Value) -> Result<(), Fail> {
    let add = grammar::resources(given.all("generic-resource-add")).map_err(fail)?;
    let kind = |entry: &Value| Some(text(entry, "/DiscreteResourceSpec/Kind").to_owned());
    let remove = given.all("generic-resource-rm");
    keyed(&mut reserved["GenericResources"], add, remove, kind);
    Ok(())
}

fn placement(given: &Parsed, placement: &mut Value) {
    list(given, "constraint", &mut placement["Constraints"]);
    let read = |flag: &str| -> Vec<Value> {
        given.all(flag).iter().filter_map(|text| grammar::preference(text).ok()).collect()
    };
    let remove: Vec<String> =
        read("placement-pref-rm").iter().map(|p| descriptor(p).to_owned()).collect();
    let key = |entry: &Value| Some(descriptor(entry).to_owned());
    keyed(&mut placement["Preferences"], read("placement-pref-add"), &remove, key);
    if let Some(most) = given.number("replicas-max-per-node") {
        placement["MaxReplicas"] = if most == 0 { Value::Null } else { most.into() };
    }
}

fn descriptor(preference: &Value) -> &str {
    text(preference, "/Spread/SpreadDescriptor")
}

fn networks(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    given: &Parsed,
    task: &mut Value,
) -> Result<(), Fail> {
    let add = spec::networks(cx, engine, given.all("network-add"))?;
    let mut remove = Vec::new();
    for name in given.all("network-rm") {
        let path = format!("/networks/{}?scope=swarm", Engine::escape(name));
        remove.push(text(&cx.wait(engine.get_json(&path))?, "/Id").to_owned());
    }
    keyed(&mut task["Networks"], add, &remove, field("Target"));
    if let Some(networks) = task["Networks"].as_array_mut() {
        networks.sort_by(|a, b| text(a, "/Target").cmp(text(b, "/Target")));
    }
    Ok(())
}

/// Ports: `--publish-rm` names protocol, port in the container and mode.
fn ports(given: &Parsed, endpoint: &mut Value) {
    let read = |flag: &str| -> Vec<Value> {
        given.all(flag).iter().filter_map(|text| grammar::published(text).ok()).flatten().collect()
    };
    let (add, remove) = (read("publish-add"), read("publish-rm"));
    if add.is_empty() && remove.is_empty() {
        return;
    }
    let mut ports = endpoint["Ports"].as_array().cloned().unwrap_or_default();
    let alike = |a: &Value, b: &Value| {
        ["Protocol", "TargetPort", "PublishMode"].iter().all(|f| a.get(f) == b.get(f))
    };
    ports.retain(|port| !remove.iter().any(|wish| alike(port, wish)));
    for port in add {
        if !ports.contains(&port) {
            ports.push(port);
        }
    }
    ports.sort_by_key(|port| {
        let number = |field: &str| port[field].as_u64().unwrap_or(0).to_string();
        format!("{}:{}/{}", number("PublishedPort"), number("TargetPort"), text(port, "/Protocol"))
    });
    endpoint["Ports"] = if ports.is_empty() { Value::Null } else { ports.into() };
}

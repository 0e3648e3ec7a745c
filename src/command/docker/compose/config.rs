//! `docker compose config`: the file as it is understood.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::project::Project;
use super::{BASE, create_body, load};
use crate::composefile::{self, Dialect, Variable};
use crate::cx::{Cx, Fail};
use crate::verb::{Verb, always};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::json as text_of;
use command_line::table;

static FLAGS: &[Flag] = &[
    flag("format", "string", "yaml or json"),
    flag("hash", "string", "Show the hash of these services, or of all (\"*\")"),
    switch("images", "Show names of images"),
    switch("no-interpolate", "Show variables as they stand, without their values"),
    flag("output", "string", "Write into this file").short('o'),
    switch("profiles", "Show names of profiles"),
    switch("quiet", "Only say what is wrong").short('q'),
    switch("services", "Show names of services"),
    switch("variables", "Show the variables and what they are without a value"),
    switch("volumes", "Show names of volumes"),
];

pub(crate) static VERB: Verb = Verb {
    name: "config",
    aliases: &["convert"],
    about: "Parse, resolve and render compose file in canonical format",
    flags: &[FLAGS],
    looks: always,
    run: config,
    ..BASE
};

/// What is shown of a project whose variables have their values.
const PARTS: &[&str] = &["services", "volumes", "images", "profiles", "hash"];

fn config(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    if given.is("variables") {
        let (_, root) = load::model(cx)?;
        cx.out(variables(&composefile::variables(&Value::Object(root))));
        return Ok(0);
    }
    if given.is("no-interpolate") {
        if let Some(part) = PARTS.iter().find(|part| given.get(part).is_some()) {
            return Err(Fail::new(
                1,
                format!(
                    "distlab: --{part} shows values, and --no-interpolate leaves them out; give one of the two"
                ),
            ));
        }
        let (name, root) = load::model(cx)?;
        let root = model(&name, root);
        if given.is("quiet") {
            return Ok(0);
        }
        let text = match given.get("format").unwrap_or("yaml") {
            "yaml" => composefile::emit_as_is(&root),
            "json" => text_of::indent_by(&Value::Object(root).to_string(), "  "),
            other => return Err(Fail::new(1, format!("unsupported format {other:?}"))),
        };
        return show(cx, given, text);
    }
    let project = load::project(cx, &given.args)?;
    let names = project.ordered(&given.args, true)?;
    if given.is("quiet") {
        return Ok(0);
    }
    let services = || names.iter().map(|name| (name, &project.file.services[name]));
    let text = if given.is("services") {
        lines(names.iter().cloned())
    } else if given.is("volumes") {
        lines(
            full(&project, &names)
                .get("volumes")
                .and_then(Value::as_object)
                .into_iter()
                .flat_map(|v| v.keys().cloned()),
        )
    } else if given.is("images") {
        lines(services().map(|(name, service)| project.image(name, service)))
    } else if given.is("profiles") {
        lines(project.profiles().into_iter())
    } else if let Some(wanted) = given.text("hash") {
        let mut chosen: Vec<&str> = wanted.split(',').collect();
        if wanted == "*" {
            chosen = names.iter().map(String::as_str).collect();
        }
        chosen.sort_unstable();
        if let Some(lost) = chosen.iter().find(|n| !project.file.services.contains_key(**n)) {
            return Err(Fail::new(1, format!("no such service: {lost}: not found")));
        }
        lines(chosen.iter().map(|name| format!("{name} {}", create_body::hash(&project, name))))
    } else {
        let root = full(&project, &names);
        match given.get("format").unwrap_or("yaml") {
            "yaml" => composefile::emit(&root, Dialect::Compose),
            "json" => text_of::indent_by(&as_json(&root).to_string(), "  "),
            other => return Err(Fail::new(1, format!("unsupported format {other:?}"))),
        }
    };
    show(cx, given, text)
}

/// Prints a text, or writes it where `--output` says.
fn show(cx: &mut Cx<'_, '_>, given: &Parsed, text: String) -> Result<u8, Fail> {
    match given.text("output") {
        Some(file) => std::fs::write(cx.host.cwd.join(file), text)
            .map_err(|e| Fail::new(1, format!("open {file}: {e}")))?,
        None => cx.out(text),
    }
    Ok(0)
}

/// A table of variables.
fn variables(found: &[Variable]) -> String {
    // The last column is filled up, too: there is an empty one behind it.
    let head = ["NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE", ""].map(str::to_owned);
    let mut rows = vec![head.to_vec()];
    rows.extend(found.iter().map(|v| {
        let (default, alternate) = (v.default.clone(), v.alternate.clone());
        vec![v.name.clone(), v.required.to_string(), default, alternate, String::new()]
    }));
    table::tabbed(&rows, 20, 3)
}

/// A file without values, with the names that its parts will have, in the order of names.
fn model(name: &str, mut root: Map<String, Value>) -> Map<String, Value> {
    root.insert("name".into(), name.into());
    let mut is_default = false;
    let services = root.get_mut("services").and_then(Value::as_object_mut);
    for service in services.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
        let networks = service.get("networks").and_then(Value::as_object);
        if networks.is_none_or(Map::is_empty) && !service.contains_key("network_mode") {
            service.insert("networks".into(), json!({ "default": null }));
        }
        let networks = service.get("networks").and_then(Value::as_object);
        is_default |= networks.is_some_and(|networks| networks.contains_key("default"));
    }
    if is_default && let Value::Object(networks) = root.entry("networks").or_insert(json!({})) {
        networks.entry("default").or_insert(json!({}));
    }
    for section in ["networks", "volumes", "secrets", "configs"] {
        let items = root.get_mut(section).and_then(Value::as_object_mut).into_iter().flatten();
        for (key, item) in items {
            if item.get("name").is_none() {
                let external = item.get("external").is_some_and(|e| *e == true);
                item["name"] = if external { key.clone() } else { format!("{name}_{key}") }.into();
            }
        }
    }
    match text_of::sorted(&Value::Object(root)) {
        Value::Object(root) => root,
        _ => unreachable!("an object stays one"),
    }
}

fn lines(of: impl Iterator<Item = String>) -> String {
    of.fold(String::new(), |text, line| text + &line + "\n")
}

/// The file with the names that its parts will have.
pub(super) fn full(project: &Project, names: &[String]) -> Map<String, Value> {
    let mut root = project.root.clone();
    root.insert("name".into(), project.name.clone().into());
    if let Some(Value::Object(services)) = root.get_mut("services") {
        services.retain(|name, _| names.contains(name));
        for service in services.values_mut().filter_map(Value::as_object_mut) {
            service.remove("env_file");
            spell(service);
            let networks = service.get("networks").and_then(Value::as_object);
            if networks.is_none_or(Map::is_empty) && !service.contains_key("network_mode") {
                service.insert("networks".into(), json!({ "default": null }));
            }
        }
    }
    if used(project)[0].1.contains("default") {
        let networks = root.entry("networks").or_insert_with(|| json!({}));
        if let Value::Object(networks) = networks {
            networks.entry("default").or_insert_with(|| json!({}));
        }
    }
    for (section, wanted) in used(project) {
        let Some(Value::Object(items)) = root.get_mut(section) else { continue };
        items.retain(|key, _| wanted.contains(key));
        for (key, item) in items {
            if item.get("name").is_none() {
                item["name"] = format!("{}_{key}", project.name).into();
            }
        }
    }
    root
}

/// The file as JSON, which has some empty fields that YAML leaves out, and services without their
/// extensions.
fn as_json(root: &Map<String, Value>) -> Value {
    let mut root = composefile::canonical(root, Dialect::Compose);
    let each = |root: &mut Value, section: &str, act: &dyn Fn(&mut Map<String, Value>)| {
        let items = root.get_mut(section).and_then(Value::as_object_mut);
        for item in items.into_iter().flat_map(Map::values_mut) {
            item.as_object_mut().map(act);
        }
    };
    each(&mut root, "networks", &|network| {
        network.entry("ipam").or_insert_with(|| json!({}));
    });
    each(&mut root, "services", &|service| {
        service.retain(|key, _| !key.starts_with("x-"));
        for key in ["command", "entrypoint"] {
            service.entry(key).or_insert(Value::Null);
        }
        if let Some(Value::Object(deploy)) = service.get_mut("deploy") {
            for key in ["resources", "placement"] {
                deploy.entry(key).or_insert_with(|| json!({}));
            }
        }
        for mount in service.get_mut("volumes").and_then(Value::as_array_mut).into_iter().flatten()
        {
            if let Some(Value::Object(bind)) = mount.get_mut("bind") {
                bind.retain(|_, value| *value != false);
            }
        }
    });
    root
}

/// Values as they are shown, where that is not how the engine takes them.
fn spell(service: &mut Map<String, Value>) {
    let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    let list = |v: &mut Value, of: &dyn Fn(String) -> Value| {
        for item in v.as_array_mut().into_iter().flatten().filter(|item| item.is_string()) {
            *item = of(text(item));
        }
    };
    if let Some(hosts) = service.get_mut("extra_hosts") {
        list(hosts, &|line| line.replacen(':', "=", 1).into());
    }
    if let Some(devices) = service.get_mut("devices") {
        list(devices, &|line| {
            let mut parts = line.split(':');
            let source = parts.next().unwrap_or_default();
            let target = parts.next().unwrap_or(source);
            let permissions = parts.next().unwrap_or("rwm");
            json!({ "source": source, "target": target, "permissions": permissions })
        });
    }
    for mount in service.get_mut("volumes").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(size) = mount.pointer_mut("/tmpfs/size") {
            *size = text(size).into();
        }
    }
    let resources = service.get_mut("deploy").and_then(|d| d.get_mut("resources"));
    for part in resources.and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        if let Some(number) = part.get("cpus").and_then(|c| text(c).parse::<f64>().ok()) {
            part["cpus"] = json!(number);
        }
    }
}

/// The parts that services use, also those that are not shown, by the section where they are said.
pub(super) fn used(project: &Project) -> [(&'static str, BTreeSet<String>); 4] {
    let mut used: [(&str, BTreeSet<String>); 4] = [
        ("networks", BTreeSet::new()),
        ("volumes", BTreeSet::new()),
        ("secrets", BTreeSet::new()),
        ("configs", BTreeSet::new()),
    ];
    for service in project.file.services.values() {
        used[0].1.extend(service.networks.keys().cloned());
        if service.networks.is_empty() && service.network_mode.is_none() {
            used[0].1.insert("default".to_owned());
        }
        let named = service.volumes.iter().filter(|m| m.kind == "volume");
        used[1].1.extend(named.filter_map(|m| m.source.clone()));
        used[2].1.extend(service.secrets.iter().map(|s| s.source.clone()));
        used[3].1.extend(service.configs.iter().map(|c| c.source.clone()));
    }
    used
}

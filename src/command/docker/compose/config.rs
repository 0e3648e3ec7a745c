//! `docker compose config`: the file as it is understood.

use serde_json::{Map, Value, json};

use super::project;
use crate::command::docker::cli::{Flag, flag, switch};
use crate::command::docker::composefile::{self, Dialect};
use crate::command::docker::json as text_of;
use crate::command::docker::verb::{Args, Verb, always};

static FLAGS: &[Flag] = &[
    flag("format", "string", "yaml or json"),
    switch("images", "Show names of images"),
    switch("quiet", "Only say what is wrong").short('q'),
    switch("services", "Show names of services"),
    switch("volumes", "Show names of volumes"),
];

pub(in crate::command::docker) static VERB: Verb = Verb {
    group: "compose",
    name: "config",
    aliases: &["convert"],
    top: None,
    usage: "[OPTIONS] [SERVICE...]",
    about: "Parse, resolve and render compose file in canonical format",
    flags: &[FLAGS],
    args: Args::AtLeast(0),
    interspersed: true,
    looks: always,
    run: |cx, given| {
        let project = project::load(cx)?;
        let names = project.ordered(&given.args, true)?;
        if given.is("quiet") {
            return Ok(0);
        }
        let mut lines: Vec<String> = Vec::new();
        if given.is("services") {
            lines = names;
        } else if given.is("volumes") {
            lines = project.file.volumes.keys().cloned().collect();
        } else if given.is("images") {
            lines = names.iter().map(|n| project.image(n, &project.file.services[n])).collect();
        } else {
            let root = full(&project, &names);
            let json = given.get("format") == Some("json");
            cx.out(if json {
                text_of::indent(&Value::Object(root).to_string(), 0) + "\n"
            } else {
                composefile::emit(&root, Dialect::Compose)
            });
        }
        for line in lines {
            cx.out(format!("{line}\n"));
        }
        Ok(0)
    },
};

/// The file with the names that its parts will have.
fn full(project: &project::Project, names: &[String]) -> Map<String, Value> {
    let mut root = project.root.clone();
    root.insert("name".into(), project.name.clone().into());
    let mut uses_default = false;
    if let Some(Value::Object(services)) = root.get_mut("services") {
        services.retain(|name, _| names.contains(name));
        for service in services.values_mut().filter_map(Value::as_object_mut) {
            service.remove("env_file");
            let networks = service.get("networks").and_then(Value::as_object);
            if networks.is_none_or(Map::is_empty) && !service.contains_key("network_mode") {
                uses_default = true;
                service.insert("networks".into(), json!({ "default": null }));
            }
        }
    }
    if uses_default {
        let networks = root.entry("networks").or_insert_with(|| json!({}));
        if let Value::Object(networks) = networks {
            networks.entry("default").or_insert_with(|| json!({}));
        }
    }
    for (section, is_network) in [("networks", true), ("volumes", false)] {
        if let Some(Value::Object(items)) = root.get_mut(section) {
            for (key, item) in items {
                let name = if is_network { project.network(key) } else { project.volume(key) };
                item["name"] = name.into();
            }
        }
    }
    root
}

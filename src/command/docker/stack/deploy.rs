//! `docker stack deploy`: makes the swarm what the file says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::composefile::model::{File, Network, Stored};
use crate::cx::{Cx, Fail, error_text};
use crate::reference;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, switch};
use docker::{Engine, EngineError};

use super::spec::{self, Maker};
use super::{check_name, files, members, publish, rm};

static FLAGS: &[Flag] = &[
    flag("compose-file", "strings", "Path to a Compose file, or \"-\" for standard input")
        .short('c'),
    switch("detach", "Do not wait until the tasks run (default true)").short('d'),
    switch("prune", "Remove services that the file does not name any more"),
    switch("quiet", "Do not show the progress").short('q'),
    flag("resolve-image", "string", "When to ask the registry for digests: always, changed, never"),
    switch("with-registry-auth", "Send what the registry needs to the nodes"),
];

pub(crate) static VERB: Verb = Verb {
    group: "stack",
    name: "deploy",
    aliases: &["up"],
    top: None,
    usage: "[OPTIONS] STACK",
    about: "Deploy a new stack or update an existing stack",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: never,
    run: deploy,
};

/// Keys that mean nothing to a swarm.
const UNSUPPORTED: &[&str] = &[
    "build",
    "cgroupns_mode",
    "cgroup_parent",
    "devices",
    "domainname",
    "external_links",
    "ipc",
    "links",
    "mac_address",
    "network_mode",
    "pid",
    "privileged",
    "restart",
    "security_opt",
    "userns_mode",
];

/// Keys that meant something once.
const DEPRECATED: &[(&str, &str)] = &[
    ("container_name", "Setting the container name is not supported."),
    (
        "expose",
        "Exposing ports is unnecessary - services on the same network can access each other's containers on any port.",
    ),
];

/// What is said where nothing says whether to wait.
const NOT_WAITING: &str = "Since --detach=false was not specified, tasks will be created in the background.\nIn a future release, --detach=false will become the default.";

/// What is said where the engine rules no swarm.
const NO_MANAGER: &str = "this node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again";

fn deploy(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let stack = given.args[0].clone();
    check_name(&stack)?;
    let loaded = files::load(cx, given, true, true)?;
    let file = loaded.file().map_err(|why| Fail::new(1, why))?;
    for text in ignored(&loaded.raw) {
        cx.complain(text);
    }
    check_images(&file)?;
    let resolve = given.get("resolve-image").unwrap_or("always");
    if !["always", "changed", "never"].contains(&resolve) {
        return Err(Fail::new(1, format!("Invalid option {resolve} for flag --resolve-image")));
    }
    if given.get("detach").is_none() {
        cx.complain(NOT_WAITING);
    }
    let engine = cx.engine()?;
    let info = cx.wait(engine.get_json("/info"))?;
    if info.pointer("/Swarm/ControlAvailable") != Some(&Value::Bool(true)) {
        return Err(Fail::new(1, NO_MANAGER));
    }
    if given.is("prune") {
        for service in cx.wait(members::list(&engine, "services", &stack))? {
            let name = members::name(&service);
            let own = name.strip_prefix(&format!("{stack}_")).unwrap_or_default();
            if !file.services.contains_key(own) {
                rm::remove(cx, &engine, "services", "service", &service);
            }
        }
    }
    networks(cx, &engine, &stack, &file)?;
    let secrets = stored(cx, &engine, &stack, "secret", &file.secrets)?;
    let configs = stored(cx, &engine, &stack, "config", &file.configs)?;
    let lab = cx.lab().to_owned();
    let maker =
        Maker { stack: &stack, lab: &lab, file: &file, secrets: &secrets, configs: &configs };
    let mut specs = Vec::new();
    for (name, service) in &file.services {
        specs.push(maker.service(name, service).map_err(|why| Fail::new(1, why))?);
    }
    let how = publish::How {
        resolve,
        auth: given.is("with-registry-auth"),
        wait: !given.is_unless_off("detach"),
        quiet: given.is("quiet"),
    };
    publish::services(cx, &engine, &stack, specs, &how)
}

/// What is said of the parts of the files that are left aside.
pub(super) fn ignored(raw: &[serde_json::Map<String, Value>]) -> Vec<String> {
    let used = |key: &str| {
        let services = raw.iter().flat_map(|file| file.values());
        services.filter_map(Value::as_object).any(|service| service.contains_key(key))
    };
    let mut said = Vec::new();
    let mut unsupported: Vec<&str> = UNSUPPORTED.iter().copied().filter(|key| used(key)).collect();
    unsupported.sort_unstable();
    if !unsupported.is_empty() {
        said.push(format!("Ignoring unsupported options: {}\n", unsupported.join(", ")));
    }
    let old: Vec<String> = DEPRECATED
        .iter()
        .filter(|(key, _)| used(key))
        .map(|(key, why)| format!("{key}: {why}"))
        .collect();
    if !old.is_empty() {
        said.push(format!("Ignoring deprecated options:\n\n{}\n", old.join("\n\n")));
    }
    said
}

pub(super) fn check_images(file: &File) -> Result<(), Fail> {
    for (name, service) in &file.services {
        let why = match service.image.as_deref().unwrap_or_default() {
            "" => Some("no image specified".to_owned()),
            image => reference::parse(image).err(),
        };
        if let Some(why) = why {
            return Err(Fail::new(1, format!("invalid image reference for service {name}: {why}")));
        }
    }
    Ok(())
}

/// The networks that services name; one that names none is on the default network.
pub(super) fn used_networks(file: &File) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for service in file.services.values() {
        used.extend(service.networks.keys().cloned());
        if service.networks.is_empty() {
            used.insert("default".to_owned());
        }
    }
    used
}

/// What a network of the stack is made of.
pub(super) fn network_body(full: &str, stack: &str, lab: &str, network: &Network) -> Value {
    let mut body = json!({
        "Name": full,
        "CheckDuplicate": true,
        "Driver": network.driver.clone().unwrap_or_else(|| "overlay".into()),
        "Internal": network.internal,
        "Attachable": network.attachable,
        "Options": spec::texts(&network.driver_opts),
        "Labels": spec::labels(stack, lab, &network.labels),
    });
    if network.ipam.driver.is_some() || !network.ipam.config.is_empty() {
        let pools: Vec<Value> =
            network.ipam.config.iter().map(|pool| json!({ "Subnet": pool.subnet })).collect();
        body["IPAM"] = json!({
            "Driver": network.ipam.driver.clone().unwrap_or_default(),
            "Config": pools,
        });
    }
    body
}

/// Makes the networks that services name, and makes sure of those that are not the stack's own.
fn networks(cx: &mut Cx<'_, '_>, engine: &Engine, stack: &str, file: &File) -> Result<(), Fail> {
    let used = used_networks(file);
    let default = Network::default();
    let named: Vec<(&String, &Network)> =
        used.iter().map(|name| (name, file.networks.get(name).unwrap_or(&default))).collect();
    for (name, network) in named.iter().filter(|(_, network)| network.external) {
        external(cx, engine, network.name.as_deref().unwrap_or(name))?;
    }
    let present: BTreeSet<String> =
        cx.wait(members::list(engine, "networks", stack))?.iter().map(members::name).collect();
    for (name, network) in named.iter().filter(|(_, network)| !network.external) {
        let full = spec::scoped(stack, name, network.name.as_deref());
        if present.contains(&full) {
            continue;
        }
        let body = network_body(&full, stack, cx.lab(), network);
        cx.out(format!("Creating network {full}\n"));
        cx.runtime
            .block_on(engine.post_json("/networks/create", Some(&body)))
            .map_err(|e| failed(&format!("failed to create network {full}"), &e))?;
    }
    Ok(())
}

/// Makes sure of a network that somebody else has made.
fn external(cx: &Cx<'_, '_>, engine: &Engine, name: &str) -> Result<(), Fail> {
    // These are on every node, and no node tells of them as the swarm's.
    if ["bridge", "default", "host", "none"].contains(&name) || name.starts_with("container:") {
        return Ok(());
    }
    let path = format!("/networks/{}", Engine::escape(name));
    match cx.runtime.block_on(engine.get_json(&path)) {
        Ok(network) => match network.get("Scope").and_then(Value::as_str) {
            Some("swarm") => Ok(()),
            scope => Err(Fail::new(
                1,
                format!(
                    "network {name:?} is declared as external, but it is not in the right scope: {:?} instead of \"swarm\"",
                    scope.unwrap_or_default()
                ),
            )),
        },
        Err(error) if error.is_not_found() => Err(Fail::new(
            1,
            format!(
                "network {name:?} is declared as external, but could not be found. You need to create a swarm-scoped network before the stack is deployed"
            ),
        )),
        Err(error) => Err(error.into()),
    }
}

fn failed(what: &str, error: &EngineError) -> Fail {
    Fail::new(1, format!("{what}: {}", error_text(error)))
}

/// Makes or updates secrets or configs; all ids that services may need, by name.
fn stored(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    stack: &str,
    kind: &str,
    given: &BTreeMap<String, Stored>,
) -> Result<BTreeMap<String, String>, Fail> {
    let mut bodies = Vec::new();
    for (name, item) in given.iter().filter(|(_, item)| !item.external) {
        let full = spec::scoped(stack, name, item.name.as_deref());
        let mut body =
            json!({ "Name": full, "Labels": spec::labels(stack, cx.lab(), &item.labels) });
        if let Some(driver) = &item.driver {
            body["Driver"] = json!({ "Name": driver, "Options": spec::texts(&item.driver_opts) });
        } else {
            let path = item.file.clone().unwrap_or_default();
            let data = std::fs::read(&path).map_err(|e| files::unreadable(&path, &e))?;
            body["Data"] = super::base64(&data).into();
        }
        if let Some(driver) = &item.template_driver {
            body["Templating"] = json!({ "Name": driver });
        }
        bodies.push((full, body));
    }
    for (full, body) in bodies {
        let path = format!("/{kind}s/{}", Engine::escape(&full));
        match cx.runtime.block_on(engine.get_json(&path)) {
            Ok(found) => {
                let version = found.pointer("/Version/Index").and_then(Value::as_u64);
                let path = format!(
                    "/{kind}s/{}/update?version={}",
                    members::id(&found),
                    version.unwrap_or_default()
                );
                let done = cx.runtime.block_on(engine.post_json(&path, Some(&body)));
                done.map_err(|e| failed(&format!("failed to update {kind} {full}"), &e))?;
            }
            Err(error) if error.is_not_found() => {
                cx.out(format!("Creating {kind} {full}\n"));
                let path = format!("/{kind}s/create");
                let done = cx.runtime.block_on(engine.post_json(&path, Some(&body)));
                done.map_err(|e| failed(&format!("failed to create {kind} {full}"), &e))?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let all = cx.wait(engine.get_json(&format!("/{kind}s")))?;
    let all = all.as_array().cloned().unwrap_or_default();
    Ok(all.iter().map(|item| (members::name(item), members::id(item).to_owned())).collect())
}

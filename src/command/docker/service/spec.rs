//! From flags to the spec of a new service, and the parts that an update sets in the same way.

use serde_json::{Map, Value, json};

use super::grammar::{self, File};
use crate::container::{mounts, options};
use crate::cx::{Cx, Fail};
use crate::values;
use command_line::duration;
use command_line::flags::Parsed;
use command_line::size;
use docker::swarm::{Filters, Stored, text};
use docker::{Engine, LABEL};

/// What the swarm does when an update says no more than that there is one.
const UPDATE: (u64, u64, &str, &str) = (1, 5_000_000_000, "pause", "stop-first");
/// When a task ends: how long until the next, in nanoseconds.
const RESTART_DELAY: u64 = 5_000_000_000;

fn fail(why: impl Into<String>) -> Fail {
    Fail::new(1, why)
}

/// The spec of a new service.
///
/// # Errors
/// The client's words for what is wrong.
pub(super) fn spec(cx: &Cx<'_, '_>, engine: &Engine, given: &Parsed) -> Result<Value, Fail> {
    let mode = mode(given).map_err(fail)?;
    let mut spec = json!({ "Labels": labels(cx, given.all("label")), "TaskTemplate": {} });
    if let Some(name) = given.text("name") {
        spec["Name"] = name.into();
    }
    let mut task = json!({ "ContainerSpec": container(cx, engine, given)? });
    task["Resources"] = json!({ "Limits": {}, "Reservations": {} });
    resources(given, &mut task["Resources"]);
    let reserved = grammar::resources(given.all("generic-resource")).map_err(fail)?;
    if !reserved.is_empty() {
        task["Resources"]["Reservations"]["GenericResources"] = reserved.into();
    }
    if let Some(policy) = restart(given, None) {
        task["RestartPolicy"] = policy;
    }
    task["Placement"] = placement(given);
    let networks = networks(cx, engine, given.all("network"))?;
    if !networks.is_empty() {
        task["Networks"] = networks.into();
    }
    if let Some(driver) = log_driver(given) {
        task["LogDriver"] = driver;
    }
    task["ForceUpdate"] = 0.into();
    spec["TaskTemplate"] = task;
    spec["Mode"] = mode;
    for (flag, field) in [("update", "UpdateConfig"), ("rollback", "RollbackConfig")] {
        if let Some(config) = update_config(given, flag, None) {
            spec[field] = config;
        }
    }
    let ports: Vec<Value> =
        given.all("publish").iter().filter_map(|p| grammar::published(p).ok()).flatten().collect();
    spec["EndpointSpec"] =
        json!({ "Mode": given.text("endpoint-mode").unwrap_or("vip").to_lowercase() });
    if !ports.is_empty() {
        spec["EndpointSpec"]["Ports"] = ports.into();
    }
    Ok(spec)
}

/// `name=value` pairs and the lab's own.
pub(crate) fn labels(cx: &Cx<'_, '_>, given: &[String]) -> Value {
    let mut labels = pairs(given);
    labels[LABEL] = cx.lab().into();
    labels
}

/// `name=value` pairs.
pub(super) fn pairs(given: &[String]) -> Value {
    let pair = |text: &String| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (name.to_owned(), Value::from(value))
    };
    Value::Object(given.iter().map(pair).collect::<Map<_, _>>())
}

fn mode(given: &Parsed) -> Result<Value, String> {
    let name = given.get("mode").unwrap_or("replicated");
    let at_once = given.number("max-concurrent");
    let count = given.number("replicas");
    if at_once.is_some() && name != "replicated-job" {
        return Err("max-concurrent can only be used with replicated-job mode".to_owned());
    }
    if !name.starts_with("replicated") {
        for (flag, is_set) in [
            ("replicas", count.is_some()),
            ("replicas-max-per-node", given.number("replicas-max-per-node").unwrap_or(0) > 0),
        ] {
            if is_set && name.starts_with("global") {
                return Err(format!(
                    "{flag} can only be used with replicated or replicated-job mode"
                ));
            }
        }
    }
    let updates =
        ["update", "rollback"].iter().any(|kind| update_config(given, kind, None).is_some());
    if name.ends_with("-job") && updates {
        return Err("update and rollback configuration is not supported for jobs".to_owned());
    }
    let mut fields = Map::new();
    let mut set = |field: &str, value: Option<i64>| {
        if let Some(value) = value {
            fields.insert(field.to_owned(), value.into());
        }
    };
    match name {
        "global" => Ok(json!({ "Global": {} })),
        "global-job" => Ok(json!({ "GlobalJob": {} })),
        "replicated" => {
            set("Replicas", count);
            Ok(json!({ "Replicated": fields }))
        }
        "replicated-job" => {
            set("MaxConcurrent", at_once.or(count));
            set("TotalCompletions", count);
            Ok(json!({ "ReplicatedJob": fields }))
        }
        other => Err(format!("Unknown mode: {other}, only replicated and global supported")),
    }
}

fn container(cx: &Cx<'_, '_>, engine: &Engine, given: &Parsed) -> Result<Value, Fail> {
    let mut spec =
        json!({ "Image": given.args[0], "Labels": labels(cx, given.all("container-label")) });
    let words = grammar::words(given.text("entrypoint").unwrap_or_default()).unwrap_or_default();
    let args = given.args[1..].to_vec();
    let (add, drop) = grammar::capabilities(given.all("cap-add"), given.all("cap-drop"));
    let mounts = mounts(cx, given.all("mount")).map_err(fail)?;
    let hosts = given.all("host").iter().map(|h| grammar::host_line(h)).collect();
    let mut list = |field: &str, found: Vec<String>| {
        if !found.is_empty() {
            spec[field] = found.into();
        }
    };
    list("Command", words);
    list("Args", args);
    list("Env", environment(cx, given)?);
    list("Groups", given.all("group").to_vec());
    list("Hosts", hosts);
    list("CapabilityAdd", add);
    list("CapabilityDrop", drop);
    if !mounts.is_empty() {
        spec["Mounts"] = mounts.into();
    }
    spec["Init"] = given.is("init").into();
    set_container(given, &mut spec);
    if let Some(check) = health(given, None).map_err(fail)? {
        spec["Healthcheck"] = check;
    }
    let mut dns = json!({});
    for (flag, field) in
        [("dns", "Nameservers"), ("dns-search", "Search"), ("dns-option", "Options")]
    {
        if !given.all(flag).is_empty() {
            dns[field] = given.all(flag).into();
        }
    }
    spec["DNSConfig"] = dns;
    for (flag, kind) in [("secret", Stored::Secret), ("config", Stored::Config)] {
        let files = files(cx, engine, kind, given.all(flag))?;
        if !files.is_empty() {
            spec[if kind == Stored::Secret { "Secrets" } else { "Configs" }] = files.into();
        }
    }
    if !given.all("sysctl").is_empty() {
        spec["Sysctls"] = pairs(given.all("sysctl"));
    }
    let limits = ulimits(given.all("ulimit"));
    if !limits.is_empty() {
        spec["Ulimits"] = limits.into();
    }
    Ok(spec)
}

/// The fields of a container that `create` and `update` set in the same way.
pub(super) fn set_container(given: &Parsed, spec: &mut Value) {
    for (flag, field) in [
        ("hostname", "Hostname"),
        ("workdir", "Dir"),
        ("user", "User"),
        ("stop-signal", "StopSignal"),
        ("isolation", "Isolation"),
    ] {
        if let Some(value) = given.get(flag) {
            spec[field] = value.into();
        }
    }
    for (flag, field) in [("tty", "TTY"), ("read-only", "ReadOnly"), ("init", "Init")] {
        if given.get(flag).is_some() {
            spec[field] = given.is(flag).into();
        }
    }
    if let Some(span) = nanos(given, "stop-grace-period") {
        spec["StopGracePeriod"] = span.into();
    }
    if let Some(spec_text) = given.text("credential-spec") {
        spec["Privileges"]["CredentialSpec"] = grammar::credentials(spec_text).unwrap_or_default();
    }
}

pub(super) fn nanos(given: &Parsed, flag: &str) -> Option<i64> {
    given.get(flag).and_then(|text| duration::parse(text).ok())
}

/// Variables of files, then those of flags. A name alone has its value from here, or stays alone.
fn environment(cx: &Cx<'_, '_>, given: &Parsed) -> Result<Vec<String>, Fail> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |entry: String| {
        let name = entry.split('=').next().unwrap_or_default().to_owned() + "=";
        found.retain(|other| !other.starts_with(&name));
        found.push(entry);
    };
    for file in given.all("env-file") {
        for line in options::lines(cx, file).map_err(fail)? {
            let name = line.split('=').next().unwrap_or_default();
            if name.is_empty() {
                return Err(fail(format!("no variable name on line '{line}'")));
            }
            if name.contains(char::is_whitespace) {
                return Err(fail(format!("variable '{name}' contains whitespaces")));
            }
            if line.contains('=') || cx.env(name).is_some() {
                add(variable(cx, &line));
            }
        }
    }
    given.all("env").iter().for_each(|entry| add(variable(cx, entry)));
    Ok(found)
}

/// `NAME=value`, with the value it has here for a name alone.
pub(super) fn variable(cx: &Cx<'_, '_>, entry: &str) -> String {
    match cx.env(entry) {
        Some(value) if !entry.contains('=') => format!("{entry}={value}"),
        _ => entry.to_owned(),
    }
}

/// Mounts. A volume that the swarm makes for one carries the lab's label.
pub(super) fn mounts(cx: &Cx<'_, '_>, given: &[String]) -> Result<Vec<Value>, String> {
    let wrong_type = "invalid mount config for type ";
    given
        .iter()
        .map(|text| {
            let mount = mounts::mount(text, &cx.host.cwd).map_err(|why| {
                match why.split_once(wrong_type) {
                    Some((before, rest)) => {
                        let kind = rest.split(':').next().unwrap_or_default();
                        format!("{before}invalid MountType: {kind}")
                    }
                    None => why,
                }
            })?;
            let mut mount = serde_json::to_value(mount).map_err(|e| e.to_string())?;
            if mount["Type"] == "volume" {
                mount["VolumeOptions"]["Labels"][LABEL] = cx.lab().into();
            }
            Ok(mount)
        })
        .collect()
}

pub(super) fn ulimits(given: &[String]) -> Vec<Value> {
    given
        .iter()
        .filter_map(|text| values::limit(text).ok())
        .map(|limit| json!({ "Name": limit.name, "Hard": limit.hard, "Soft": limit.soft }))
        .collect()
}

/// The health check that is asked for, over one that is there.
pub(super) fn health(given: &Parsed, before: Option<&Value>) -> Result<Option<Value>, String> {
    const PARTS: &[&str] = &["cmd", "interval", "timeout", "start-period", "retries"];
    let asked = PARTS.iter().any(|part| given.get(&format!("health-{part}")).is_some());
    if given.is("no-healthcheck") {
        if asked {
            return Err("--no-healthcheck conflicts with --health-* options".to_owned());
        }
        return Ok(Some(json!({ "Test": ["NONE"] })));
    }
    if !asked {
        return Ok(None);
    }
    let mut check = before.cloned().unwrap_or_else(|| json!({}));
    if check["Test"] == json!(["NONE"]) {
        check = json!({});
    }
    if let Some(command) = given.text("health-cmd") {
        check["Test"] = json!(["CMD-SHELL", command]);
    }
    for (flag, field) in [
        ("health-interval", "Interval"),
        ("health-timeout", "Timeout"),
        ("health-start-period", "StartPeriod"),
    ] {
        if let Some(span) = nanos(given, flag) {
            check[field] = span.into();
        }
    }
    if let Some(retries) = given.number("health-retries") {
        check["Retries"] = retries.into();
    }
    // A check without any field would read as none; the client sends it.
    if let Some(fields) = check.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    Ok(Some(check))
}

/// Limits and reservations that are asked for, over those that are there; 0 takes one away.
pub(super) fn resources(given: &Parsed, into: &mut Value) {
    let cpus = |flag: &str| given.get(flag).and_then(|t| values::nano_cpus(t).ok());
    let bytes = |flag: &str| given.get(flag).and_then(|t| size::parse(t).ok());
    for (part, field, value) in [
        ("Limits", "NanoCPUs", cpus("limit-cpu")),
        ("Limits", "MemoryBytes", bytes("limit-memory")),
        ("Limits", "Pids", given.number("limit-pids")),
        ("Reservations", "NanoCPUs", cpus("reserve-cpu")),
        ("Reservations", "MemoryBytes", bytes("reserve-memory")),
    ] {
        match value {
            None => {}
            Some(0) => drop(into[part].as_object_mut().map(|p| p.shift_remove(field))),
            Some(value) => into[part][field] = value.into(),
        }
    }
}

/// When a task is started again, over what was said before.
pub(super) fn restart(given: &Parsed, before: Option<&Value>) -> Option<Value> {
    const FLAGS: &[&str] = &["condition", "delay", "max-attempts", "window"];
    FLAGS.iter().find(|flag| given.get(&format!("restart-{flag}")).is_some())?;
    let mut policy = before
        .filter(|b| b.is_object())
        .cloned()
        .unwrap_or_else(|| json!({ "Condition": "any", "Delay": RESTART_DELAY, "MaxAttempts": 0 }));
    if let Some(condition) = given.get("restart-condition") {
        policy["Condition"] = condition.into();
    }
    for (flag, field) in [("restart-delay", "Delay"), ("restart-window", "Window")] {
        if let Some(span) = nanos(given, flag) {
            policy[field] = span.into();
        }
    }
    if let Some(most) = given.number("restart-max-attempts") {
        policy["MaxAttempts"] = most.into();
    }
    Some(policy)
}

/// How updates (`update`) or their taking back (`rollback`) go, over what was said before.
pub(super) fn update_config(given: &Parsed, kind: &str, before: Option<&Value>) -> Option<Value> {
    const FLAGS: &[&str] =
        &["parallelism", "delay", "monitor", "failure-action", "max-failure-ratio", "order"];
    let name = |flag: &str| format!("{kind}-{flag}");
    FLAGS.iter().find(|flag| given.get(&name(flag)).is_some())?;
    let mut config = before.filter(|b| b.is_object()).cloned().unwrap_or_else(|| {
        let (parallelism, monitor, action, order) = UPDATE;
        json!({
            "Parallelism": parallelism,
            "FailureAction": action,
            "Monitor": monitor,
            "MaxFailureRatio": 0,
            "Order": order,
        })
    });
    if let Some(count) = given.number(&name("parallelism")) {
        config["Parallelism"] = count.into();
    }
    for (flag, field) in [("delay", "Delay"), ("monitor", "Monitor")] {
        if let Some(span) = nanos(given, &name(flag)) {
            config[field] = span.into();
        }
    }
    for (flag, field) in [("failure-action", "FailureAction"), ("order", "Order")] {
        if let Some(value) = given.get(&name(flag)) {
            config[field] = value.into();
        }
    }
    if let Some(ratio) = given.get(&name("max-failure-ratio")).and_then(|t| t.parse::<f64>().ok()) {
        config["MaxFailureRatio"] = ratio.into();
    }
    Some(config)
}

fn placement(given: &Parsed) -> Value {
    let mut placement = json!({});
    if !given.all("constraint").is_empty() {
        placement["Constraints"] = given.all("constraint").into();
    }
    let preferences: Vec<Value> =
        given.all("placement-pref").iter().filter_map(|p| grammar::preference(p).ok()).collect();
    if !preferences.is_empty() {
        placement["Preferences"] = preferences.into();
    }
    if let Some(most) = given.number("replicas-max-per-node").filter(|n| *n > 0) {
        placement["MaxReplicas"] = most.into();
    }
    placement
}

pub(super) fn log_driver(given: &Parsed) -> Option<Value> {
    let mut driver = json!({ "Name": given.text("log-driver")? });
    if !given.all("log-opt").is_empty() {
        driver["Options"] = pairs(given.all("log-opt"));
    }
    Some(driver)
}

/// Networks by their ids, in order.
pub(super) fn networks(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    given: &[String],
) -> Result<Vec<Value>, Fail> {
    let mut found = Vec::new();
    for wish in given {
        let mut network = grammar::network(wish).map_err(fail)?;
        let name = Engine::escape(text(&network, "/Target"));
        let answer = cx.wait(engine.get_json(&format!("/networks/{name}?scope=swarm")))?;
        network["Target"] = text(&answer, "/Id").into();
        found.push(network);
    }
    found.sort_by(|a, b| text(a, "/Target").cmp(text(b, "/Target")));
    Ok(found)
}

/// Secrets or configs, with the ids that they have in the swarm.
pub(super) fn files(
    cx: &Cx<'_, '_>,
    engine: &Engine,
    kind: Stored,
    given: &[String],
) -> Result<Vec<Value>, Fail> {
    let name = if kind == Stored::Secret { "Secret" } else { "Config" };
    let word = name.to_lowercase();
    let mut wanted: Vec<File> = Vec::new();
    for text in given {
        let file = grammar::file(text, &word).map_err(fail)?;
        if wanted.iter().any(|other| other.target["Name"] == file.target["Name"]) {
            return Err(fail(format!("duplicate {word} target for {} not allowed", file.source)));
        }
        wanted.push(file);
    }
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let names = wanted.iter().map(|file| file.source.clone()).collect();
    let known = cx.wait(engine.stored(kind, &Filters::from([("name".to_owned(), names)])))?;
    wanted
        .into_iter()
        .map(|File { source, target }| {
            let found = known.iter().find(|thing| text(thing, "/Spec/Name") == source);
            let id = found.map(|thing| text(thing, "/ID"));
            let id = id.ok_or_else(|| fail(format!("{word} not found: {source}")))?;
            Ok(json!({
                "File": target,
                (format!("{name}ID")): id,
                (format!("{name}Name")): source,
            }))
        })
        .collect()
}

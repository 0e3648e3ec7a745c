//! A service, for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::format::ago_lower;
use command_line::duration;
use command_line::size;
use docker::swarm::text;

/// Adds a line.
macro_rules! line {
    ($page:expr, $($words:tt)*) => {{
        // Writing to a text does not fail.
        let _ = writeln!($page, $($words)*);
    }};
}

/// The page of `service inspect --pretty`; networks are named, not numbered.
pub(super) fn page(service: &Value, networks: &[String]) -> String {
    let mut page = String::from("\n");
    let spec = &service["Spec"];
    line!(page, "ID:\t\t{}", text(service, "/ID"));
    line!(page, "Name:\t\t{}", text(spec, "/Name"));
    if let Some(labels) = map(&spec["Labels"]) {
        line!(page, "Labels:");
        for (name, value) in labels {
            line!(page, " {name}={value}");
        }
    }
    mode(&mut page, &spec["Mode"]);
    update_status(&mut page, service);
    placement(&mut page, &spec["TaskTemplate"]["Placement"]);
    update_config(&mut page, "UpdateConfig", "Update order:      ", &spec["UpdateConfig"]);
    update_config(&mut page, "RollbackConfig", "Rollback order:    ", &spec["RollbackConfig"]);
    container(&mut page, &spec["TaskTemplate"]["ContainerSpec"]);
    log_driver(&mut page, &spec["TaskTemplate"]["LogDriver"]);
    resources(&mut page, &spec["TaskTemplate"]["Resources"]);
    if !networks.is_empty() {
        line!(page, "Networks: {} ", networks.join(" "));
    }
    line!(page, "Endpoint Mode:\t{}", text(spec, "/EndpointSpec/Mode"));
    ports(&mut page, &service["Endpoint"]["Ports"]);
    health(&mut page, &spec["TaskTemplate"]["ContainerSpec"]["Healthcheck"]);
    page + "\n"
}

/// A map with entries, by name.
fn map(value: &Value) -> Option<BTreeMap<&str, &str>> {
    let fields = value.as_object().filter(|fields| !fields.is_empty())?;
    Some(fields.iter().map(|(k, v)| (k.as_str(), v.as_str().unwrap_or_default())).collect())
}

/// A list with entries.
fn list(value: &Value) -> Option<&Vec<Value>> {
    value.as_array().filter(|entries| !entries.is_empty())
}

/// Words with a blank behind each.
fn words(value: &Value) -> Option<String> {
    let words = list(value)?.iter().filter_map(Value::as_str);
    Some(words.fold(String::new(), |all, word| all + word + " "))
}

fn number(value: &Value, field: &str) -> u64 {
    value.get(field).and_then(Value::as_u64).unwrap_or(0)
}

fn mode(page: &mut String, mode: &Value) {
    if let Some(replicated) = mode.get("Replicated") {
        line!(page, "Service Mode:\tReplicated");
        if let Some(count) = replicated.get("Replicas") {
            line!(page, " Replicas:\t{count}");
        }
    } else if mode.get("Global").is_some() {
        line!(page, "Service Mode:\tGlobal");
    } else if let Some(job) = mode.get("ReplicatedJob") {
        line!(page, "Service Mode:\tReplicatedJob");
        line!(page, " Max Concurrent:\t{}", number(job, "MaxConcurrent"));
        line!(page, " Total Completions:\t{}", number(job, "TotalCompletions"));
    } else if mode.get("GlobalJob").is_some() {
        line!(page, "Service Mode:\tGlobalJob");
    }
}

fn update_status(page: &mut String, service: &Value) {
    let status = &service["UpdateStatus"];
    if text(status, "/State").is_empty() {
        return;
    }
    line!(page, "UpdateStatus:");
    line!(page, " State:\t\t{}", text(status, "/State"));
    if !text(status, "/StartedAt").is_empty() {
        line!(page, " Started:\t{}", ago_lower(text(status, "/StartedAt")));
    }
    if text(status, "/State") == "completed" {
        line!(page, " Completed:\t{}", ago_lower(text(status, "/CompletedAt")));
    }
    line!(page, " Message:\t{}", text(status, "/Message"));
}

fn placement(page: &mut String, placement: &Value) {
    line!(page, "Placement:");
    if let Some(constraints) = words(&placement["Constraints"]) {
        line!(page, " Constraints:\t[{}]", constraints.trim_end());
    }
    if let Some(preferences) = list(&placement["Preferences"]) {
        let spread = |p: &Value| format!("spread={}", text(p, "/Spread/SpreadDescriptor"));
        let all: Vec<String> = preferences.iter().map(spread).collect();
        line!(page, " Preferences:   [{}]", all.join(" "));
    }
    match number(placement, "MaxReplicas") {
        0 => {}
        most => line!(page, " Max Replicas Per Node:   {most}"),
    }
}

fn update_config(page: &mut String, heading: &str, order: &str, config: &Value) {
    if !config.is_object() {
        return;
    }
    line!(page, "{heading}:");
    line!(page, " Parallelism:\t{}", number(config, "Parallelism"));
    match number(config, "Delay") {
        0 => {}
        delay => line!(page, " Delay:\t\t{}", duration::go(delay)),
    }
    line!(page, " On failure:\t{}", text(config, "/FailureAction"));
    match number(config, "Monitor") {
        0 => {}
        monitor => line!(page, " Monitoring Period: {}", duration::go(monitor)),
    }
    line!(page, " Max failure ratio: {}", config["MaxFailureRatio"]);
    line!(page, " {order}{}", text(config, "/Order"));
}

fn container(page: &mut String, container: &Value) {
    line!(page, "ContainerSpec:");
    line!(page, " Image:\t\t{}", text(container, "/Image"));
    for (name, field) in [("Args", "Args"), ("Env", "Env")] {
        if let Some(words) = words(&container[field]) {
            line!(page, " {name}:\t\t{words}");
        }
    }
    if !text(container, "/Dir").is_empty() {
        line!(page, " Dir:\t\t{}", text(container, "/Dir"));
    }
    if let Some(init) = container["Init"].as_bool() {
        line!(page, " Init:\t\t{init}");
    }
    if !text(container, "/User").is_empty() {
        line!(page, " User: {}", text(container, "/User"));
    }
    let (added, dropped) =
        (words(&container["CapabilityAdd"]), words(&container["CapabilityDrop"]));
    if added.is_some() || dropped.is_some() {
        line!(page, "Capabilities:");
        for (name, names) in [("Add", added), ("Drop", dropped)] {
            if let Some(names) = names {
                line!(page, " {name}: {}", names.trim_end().replace(' ', ", "));
            }
        }
    }
    if let Some(parameters) = map(&container["Sysctls"]) {
        line!(page, "SysCtls:");
        for (name, value) in parameters {
            line!(page, " {name}: {value}");
        }
    }
    if let Some(limits) = list(&container["Ulimits"]) {
        line!(page, "Ulimits:");
        for limit in limits {
            line!(page, " {}: {}:{}", text(limit, "/Name"), limit["Soft"], limit["Hard"]);
        }
    }
    mounts(page, &container["Mounts"]);
    files(page, "Configs", "/ConfigName", &container["Configs"]);
    files(page, "Secrets", "/SecretName", &container["Secrets"]);
}

fn mounts(page: &mut String, mounts: &Value) {
    let Some(mounts) = list(mounts) else { return };
    line!(page, "Mounts:");
    for mount in mounts {
        line!(page, " Target:\t{}", text(mount, "/Target"));
        line!(page, "  Source:\t{}", text(mount, "/Source"));
        line!(page, "  ReadOnly:\t{}", mount["ReadOnly"].as_bool() == Some(true));
        line!(page, "  Type:\t\t{}", text(mount, "/Type"));
    }
}

fn files(page: &mut String, heading: &str, name: &str, files: &Value) {
    let Some(files) = list(files) else { return };
    line!(page, "{heading}:");
    for file in files {
        line!(page, " Target:\t{}", text(file, "/File/Name"));
        line!(page, "  Source:\t{}", text(file, name));
    }
}

fn log_driver(page: &mut String, driver: &Value) {
    if text(driver, "/Name").is_empty() {
        return;
    }
    line!(page, "Log Driver:\n Name:\t\t{}", text(driver, "/Name"));
    if let Some(options) = map(&driver["Options"]) {
        line!(page, " LogOpts:");
        for (name, value) in options {
            line!(page, "  {:<16}{value}", format!("{name}:"));
        }
    }
    line!(page, "");
}

fn resources(page: &mut String, resources: &Value) {
    if !resources.is_object() {
        return;
    }
    line!(page, "Resources:");
    for part in ["Reservations", "Limits"] {
        let of_part = &resources[part];
        let (cpus, memory) = (number(of_part, "NanoCPUs"), number(of_part, "MemoryBytes"));
        let processes = number(of_part, "Pids");
        if cpus == 0 && memory == 0 && processes == 0 {
            continue;
        }
        line!(page, " {part}:");
        if cpus > 0 {
            line!(page, "  CPU:\t\t{}", cpus as f64 / 1e9);
        }
        if memory > 0 {
            line!(page, "  Memory:\t{}", size::binary(memory));
        }
        if processes > 0 {
            line!(page, "  PIDs:\t\t{processes}");
        }
    }
}

fn ports(page: &mut String, ports: &Value) {
    let Some(ports) = list(ports) else { return };
    line!(page, "Ports:");
    for port in ports {
        line!(page, " PublishedPort = {}", number(port, "PublishedPort"));
        line!(page, "  Protocol = {}", text(port, "/Protocol"));
        line!(page, "  TargetPort = {}", number(port, "TargetPort"));
        line!(page, "  PublishMode = {}", text(port, "/PublishMode"));
    }
    // A blank stands behind the last of them, as the client prints it.
    page.truncate(page.trim_end().len());
    page.push_str(" \n");
}

fn health(page: &mut String, check: &Value) {
    if !check.is_object() {
        return;
    }
    line!(page, " Healthcheck:");
    line!(page, "  Interval = {}", duration::go(number(check, "Interval")));
    line!(page, "  Retries = {}", number(check, "Retries"));
    line!(page, "  StartPeriod =\t{}", duration::go(number(check, "StartPeriod")));
    line!(page, "  Timeout =\t{}", duration::go(number(check, "Timeout")));
    if let Some(tests) = list(&check["Test"]) {
        line!(page, "  Tests:");
        for test in tests.iter().filter_map(Value::as_str) {
            line!(page, "\t Test = {test}");
        }
        page.truncate(page.trim_end().len());
        page.push_str(" \n");
    }
}

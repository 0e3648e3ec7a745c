//! `docker compose ps`: the project's containers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::containers::{self, Found};
use super::{BASE, load};
use crate::cx::Fail;
use crate::filters;
use crate::format::{self, Listing, Row};
use crate::verb::{Verb, always};
use command_line::flags::{Flag, flag, switch};
use command_line::text::{ellipsis, quote};
use docker::{models, text};

static FLAGS: &[Flag] = &[
    switch("all", "Show stopped containers too").short('a'),
    flag("filter", "filter", "Only what matches (status=exited)").check(filters::check),
    flag("format", "string", "'table', 'json', or a Go template"),
    switch("orphans", "Show containers of services that the file does not have too"),
    switch("no-trunc", "Show everything in full"),
    switch("quiet", "Show ids alone").short('q'),
    switch("services", "Show names of services"),
    flag("status", "stringArray", "Only containers in this state"),
];

pub(crate) static VERB: Verb = Verb {
    name: "ps",
    about: "List containers",
    flags: &[FLAGS],
    looks: always,
    run: |cx, given| {
        for (key, value) in filters::given(given) {
            if key != "status" {
                return Err(Fail::new(1, format!("unknown filter {key}")));
            }
            drop(value);
        }
        let (name, project) = load::name(cx)?;
        if let Some(project) = &project {
            project.known(&given.args)?;
        }
        let engine = cx.engine()?;
        let mut states: Vec<String> = given.all("status").to_vec();
        states.extend(filters::given(given).remove("status").unwrap_or_default());
        let mut found = if given.is("all") {
            containers::all(cx, &engine, &name, &given.args)?
        } else {
            containers::list(cx, &engine, &name, &given.args)?
        };
        if !states.is_empty() {
            found.retain(|c| states.contains(&c.state));
        } else if !given.is("all") {
            found.retain(|c| matches!(c.state.as_str(), "running" | "paused" | "restarting"));
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        if given.is("quiet") {
            for container in &found {
                cx.out(format!("{}\n", container.id));
            }
            return Ok(0);
        }
        if given.is("services") {
            let mut names: Vec<&String> = Vec::new();
            for container in &found {
                if !names.contains(&&container.service) {
                    names.push(&container.service);
                }
            }
            for name in names {
                cx.out(format!("{name}\n"));
            }
            return Ok(0);
        }
        let full = given.is("no-trunc");
        let rows: Vec<Row> = found.iter().map(|c| row(c, &name, full)).collect();
        let listing = Listing {
            type_name: "*formatter.ContainerContext",
            headings: HEADINGS,
            columns: vec!["Name", "Image", "Command", "Service", "RunningFor", "Status", "Ports"],
            unreadable: "template parsing error",
        };
        format::print(cx, given.get("format"), &listing, &rows)?;
        Ok(0)
    },
    ..BASE
};

/// The headings of what may be shown.
const HEADINGS: &[(&str, &str)] = &[
    ("Command", "COMMAND"),
    ("CreatedAt", "CREATED AT"),
    ("ExitCode", "EXIT CODE"),
    ("Health", "HEALTH"),
    ("ID", "CONTAINER ID"),
    ("Image", "IMAGE"),
    ("Labels", "LABELS"),
    ("LocalVolumes", "LOCAL VOLUMES"),
    ("Mounts", "MOUNTS"),
    ("Name", "NAME"),
    ("Names", "NAMES"),
    ("Networks", "NETWORKS"),
    ("Ports", "PORTS"),
    ("Project", "PROJECT"),
    ("Publishers", "PUBLISHERS"),
    ("RunningFor", "CREATED"),
    ("Service", "SERVICE"),
    ("Size", "SIZE"),
    ("State", "STATE"),
    ("Status", "STATUS"),
];

pub(super) fn row(container: &Found, project: &str, full: bool) -> Row {
    let listed = &container.listed;
    let text_at = |key: &str| listed.get(key).and_then(Value::as_str).unwrap_or_default();
    let command = text_at("Command");
    let command = if full { command.to_owned() } else { ellipsis(command, 20) };
    let created = listed.get("Created").and_then(Value::as_i64).unwrap_or_default();
    let ports = listed.get("Ports").cloned().unwrap_or_default();
    let ports: Vec<models::PortSummary> = serde_json::from_value(ports).unwrap_or_default();
    let status = text_at("Status");
    let health = ["healthy", "unhealthy", "starting"];
    let health = health.into_iter().find(|h| {
        status.ends_with(&format!("({h})")) || status.ends_with(&format!("(health: {h})"))
    });
    let labels: BTreeMap<String, String> = listed
        .get("Labels")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(k, v)| (k.clone(), v.as_str().unwrap_or_default().to_owned()))
        .collect();
    let mounts = listed.get("Mounts").and_then(Value::as_array).cloned().unwrap_or_default();
    let networks = listed.pointer("/NetworkSettings/Networks").and_then(Value::as_object);
    let networks: Vec<&str> =
        networks.into_iter().flat_map(|n| n.keys()).map(String::as_str).collect();
    let code = status.strip_prefix("Exited (").and_then(|s| s.split(')').next());
    let fields = json!({
        "Command": quote(&command),
        "CreatedAt": format::created_at(created),
        "ExitCode": code.and_then(|c| c.parse::<i64>().ok()).unwrap_or(0),
        "Health": health.unwrap_or_default(),
        "ID": text::short_id(&container.id),
        "Image": text_at("Image"),
        "Name": container.name,
        "Names": container.name,
        "Labels": labels.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(","),
        "LocalVolumes": mounts.iter().filter(|m| m["Driver"] == "local").count().to_string(),
        "Mounts": mounts.iter().map(mounted).collect::<Vec<_>>().join(","),
        "Networks": networks.join(","),
        "Ports": text::ports(&ports),
        "Publishers": publishers(&ports),
        "Size": "0B",
        "Project": project,
        "RunningFor": format::ago(created),
        "Service": container.service,
        "State": container.state,
        "Status": status,
    });
    let Value::Object(fields) = fields else { unreachable!("an object was just made") };
    Row { fields, labels }
}

/// What is mounted: a volume's name, or the path of the host.
fn mounted(mount: &Value) -> String {
    let text = |key: &str| mount.get(key).and_then(Value::as_str).unwrap_or_default();
    let name = if text("Name").is_empty() { text("Source") } else { text("Name") };
    ellipsis(name, 15)
}

/// Where ports are reached, with numbers as numbers.
fn publishers(ports: &[models::PortSummary]) -> Value {
    if ports.is_empty() {
        return Value::Null;
    }
    let one = |port: &models::PortSummary| {
        json!({
            "URL": port.ip.clone().unwrap_or_default(),
            "TargetPort": port.private_port,
            "PublishedPort": port.public_port.unwrap_or(0),
            "Protocol": port.typ.map(|t| t.to_string()).unwrap_or_default(),
        })
    };
    ports.iter().map(one).collect()
}

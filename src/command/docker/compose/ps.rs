//! `docker compose ps`: the project's containers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::containers::{self, Found};
use super::project;
use crate::command::docker::cli::{Flag, filter, flag, switch};
use crate::command::docker::format::{self, Listing, Row};
use crate::command::docker::verb::{Args, Verb, always};
use crate::docker::{models, text};

static FLAGS: &[Flag] = &[
    switch("all", "Show stopped containers too").short('a'),
    flag("filter", "filter", "Only what matches (status=exited)").check(filter),
    flag("format", "string", "'table', 'json', or a Go template"),
    switch("no-trunc", "Show everything in full"),
    switch("quiet", "Show ids alone").short('q'),
    switch("services", "Show names of services"),
    flag("status", "stringArray", "Only containers in this state"),
];

pub(in crate::command::docker) static VERB: Verb = Verb {
    group: "compose",
    name: "ps",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] [SERVICE...]",
    about: "List containers",
    flags: &[FLAGS],
    args: Args::AtLeast(0),
    interspersed: true,
    looks: always,
    run: |cx, given| {
        let (name, _) = project::name_only(cx)?;
        let engine = cx.engine()?;
        let mut found = containers::list(cx, &engine, &name, &given.args)?;
        let mut states: Vec<String> = given.all("status").to_vec();
        states.extend(given.filters().remove("status").unwrap_or_default());
        if !states.is_empty() {
            found.retain(|c| states.contains(&c.state));
        } else if !given.is("all") {
            found.retain(|c| matches!(c.state.as_str(), "running" | "paused" | "restarting"));
        }
        if given.is("quiet") {
            for container in &found {
                cx.out(format!("{}\n", container.id));
            }
            return Ok(0);
        }
        if given.is("services") {
            let names: BTreeSet<&String> = found.iter().map(|c| &c.service).collect();
            for name in names {
                cx.out(format!("{name}\n"));
            }
            return Ok(0);
        }
        let full = given.is("no-trunc");
        let rows: Vec<Row> = found.iter().map(|c| row(c, &name, full)).collect();
        let listing = Listing {
            type_name: "*formatter.ContainerContext",
            headings: &[
                ("Name", "NAME"),
                ("Image", "IMAGE"),
                ("Command", "COMMAND"),
                ("Service", "SERVICE"),
                ("RunningFor", "CREATED"),
                ("Status", "STATUS"),
                ("Ports", "PORTS"),
            ],
            columns: vec!["Name", "Image", "Command", "Service", "RunningFor", "Status", "Ports"],
            unreadable: "template parsing error",
        };
        format::print(cx, given.get("format"), &listing, &rows)?;
        Ok(0)
    },
};

fn row(container: &Found, project: &str, full: bool) -> Row {
    let listed = &container.listed;
    let text_at = |key: &str| listed.get(key).and_then(Value::as_str).unwrap_or_default();
    let command = text_at("Command");
    let command = if full { command.to_owned() } else { format::ellipsis(command, 20) };
    let created = listed.get("Created").and_then(Value::as_i64).unwrap_or_default();
    let ports = listed.get("Ports").cloned().unwrap_or_default();
    let ports: Vec<models::PortSummary> = serde_json::from_value(ports).unwrap_or_default();
    let status = text_at("Status");
    let health = ["healthy", "unhealthy", "starting"];
    let health = health.into_iter().find(|h| {
        status.ends_with(&format!("({h})")) || status.ends_with(&format!("(health: {h})"))
    });
    let code = status.strip_prefix("Exited (").and_then(|s| s.split(')').next());
    let fields = json!({
        "Command": format::quote(&command),
        "CreatedAt": format::created_at(created),
        "ExitCode": code.and_then(|c| c.parse::<i64>().ok()).unwrap_or(0),
        "Health": health.unwrap_or_default(),
        "ID": text::short_id(&container.id),
        "Image": text_at("Image"),
        "Name": container.name,
        "Names": container.name,
        "Ports": text::ports(&ports),
        "Project": project,
        "RunningFor": format::ago(created),
        "Service": container.service,
        "State": container.state,
        "Status": status,
    });
    let Value::Object(fields) = fields else { unreachable!("an object was just made") };
    let labels: BTreeMap<String, String> = listed
        .get("Labels")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(k, v)| (k.clone(), v.as_str().unwrap_or_default().to_owned()))
        .collect();
    Row { fields, labels }
}

//! `docker stack services`: the services of a stack.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::command::docker::cli::{Flag, filter, flag, switch};
use crate::command::docker::format::{self, Listing, Row};
use crate::command::docker::reference;
use crate::command::docker::tree::{Args, Verb, always};
use crate::docker::text;

use super::{NAMESPACE, check_name, members};

static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (name=web, label=…, mode=global)")
        .short('f')
        .check(filter),
    flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template"),
    switch("quiet", "Show ids alone").short('q'),
];

pub(in crate::command::docker) static VERB: Verb = Verb {
    group: "stack",
    name: "services",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] STACK",
    about: "List the services in the stack",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    looks: always,
    run: |cx, given| {
        let stack = &given.args[0];
        check_name(stack)?;
        let mut filters = given.filters();
        filters.entry("label".into()).or_default().push(format!("{NAMESPACE}={stack}"));
        let path = members::filtered("/services?status=true", &json!(filters));
        let engine = cx.engine()?;
        let found = cx.wait(engine.get_json(&path))?;
        let mut found = found.as_array().cloned().unwrap_or_default();
        if found.is_empty() {
            cx.complain(format!("Nothing found in stack: {stack}"));
            return Ok(0);
        }
        found.sort_by(|a, b| members::natural(&members::name(a), &members::name(b)));
        let listing = Listing {
            type_name: "*service.serviceContext",
            headings: &[
                ("ID", "ID"),
                ("Name", "NAME"),
                ("Mode", "MODE"),
                ("Replicas", "REPLICAS"),
                ("Image", "IMAGE"),
                ("Ports", "PORTS"),
            ],
            columns: vec!["ID", "Name", "Mode", "Replicas", "Image", "Ports"],
            unreadable: "template parsing error",
        };
        let format = given.get("format").filter(|f| *f != "table");
        if given.is("quiet") && format.is_none() {
            for service in &found {
                cx.out(format!("{}\n", text::short_id(members::id(service))));
            }
            return Ok(0);
        }
        let rows: Vec<Row> = found.iter().map(row).collect();
        format::print(cx, format, &listing, &rows)?;
        Ok(0)
    },
};

fn row(service: &Value) -> Row {
    let (mode, replicas) = mode(service);
    let image = service.pointer("/Spec/TaskTemplate/ContainerSpec/Image").and_then(Value::as_str);
    let fields = json!({
        "ID": text::short_id(members::id(service)),
        "Image": familiar(image.unwrap_or_default()),
        "Mode": mode,
        "Name": members::name(service),
        "Ports": ports(service),
        "Replicas": replicas,
    });
    let Value::Object(fields) = fields else { unreachable!("an object was just made") };
    Row { fields, labels: BTreeMap::new() }
}

/// An image's name without the digest that the swarm pinned.
pub(super) fn familiar(image: &str) -> String {
    match reference::parse(image) {
        Ok(found) if found.tag.is_some() => {
            reference::Reference { digest: None, ..found }.familiar()
        }
        _ => image.to_owned(),
    }
}

fn mode(service: &Value) -> (&'static str, String) {
    let status = |key: &str| {
        service.get("ServiceStatus").and_then(|s| s.get(key)).and_then(Value::as_u64).unwrap_or(0)
    };
    let (running, desired) = (status("RunningTasks"), status("DesiredTasks"));
    let mut replicas = format!("{running}/{desired}");
    let modes = service.pointer("/Spec/Mode");
    let has = |name: &str| modes.is_some_and(|m| m.get(name).is_some());
    let name = if has("Global") {
        "global"
    } else if has("ReplicatedJob") {
        let total = modes
            .and_then(|m| m.pointer("/ReplicatedJob/TotalCompletions"))
            .and_then(Value::as_u64)
            .unwrap_or(1);
        let _ = write!(replicas, " ({}/{total} completed)", status("CompletedTasks"));
        "replicated job"
    } else if has("GlobalJob") {
        let _ = write!(replicas, " ({}/{desired} completed)", status("CompletedTasks"));
        "global job"
    } else {
        "replicated"
    };
    let most = service.pointer("/Spec/TaskTemplate/Placement/MaxReplicas").and_then(Value::as_u64);
    if let Some(most) = most.filter(|n| *n > 0 && has("Replicated")) {
        let _ = write!(replicas, " (max {most} per node)");
    }
    (name, replicas)
}

/// `*:8080->80/tcp`; neighbours become a range.
fn ports(service: &Value) -> String {
    struct Run {
        published: (u64, u64),
        target: (u64, u64),
        protocol: String,
    }
    let given = service.pointer("/Endpoint/Ports").and_then(Value::as_array);
    let number = |p: &Value, key: &str| p.get(key).and_then(Value::as_u64).unwrap_or(0);
    let mut ports: Vec<&Value> = given
        .into_iter()
        .flatten()
        .filter(|p| p.get("PublishMode").is_none_or(|m| m == "ingress"))
        .collect();
    ports.sort_by_key(|p| number(p, "PublishedPort"));
    let mut runs: Vec<Run> = Vec::new();
    for port in ports {
        let protocol = port.get("Protocol").and_then(Value::as_str).unwrap_or("tcp").to_owned();
        let (published, target) = (number(port, "PublishedPort"), number(port, "TargetPort"));
        match runs.last_mut() {
            Some(run)
                if run.protocol == protocol
                    && run.published.1 + 1 == published
                    && run.target.1 + 1 == target =>
            {
                run.published.1 = published;
                run.target.1 = target;
            }
            _ => runs.push(Run {
                published: (published, published),
                target: (target, target),
                protocol,
            }),
        }
    }
    let range = |(a, b): (u64, u64)| if a == b { a.to_string() } else { format!("{a}-{b}") };
    let spelled: Vec<String> = runs
        .iter()
        .map(|r| format!("*:{}->{}/{}", range(r.published), range(r.target), r.protocol))
        .collect();
    spelled.join(", ")
}

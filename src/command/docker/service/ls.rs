//! `docker service ls`: the services of the swarm.

use serde_json::{Value, json};

use crate::cx::{Cx, Fail};
use crate::filters;
use crate::format::{self, Listing, Row};
use crate::task::{short, without_digest};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::text::natural;
use docker::swarm::text;

static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (mode=global, name=web, …)")
        .short('f')
        .check(filters::check),
    flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template"),
    switch("quiet", "Show ids alone").short('q'),
];

pub(crate) static VERB: Verb = Verb {
    group: "service",
    name: "ls",
    aliases: &["list"],
    top: None,
    usage: "[OPTIONS]",
    about: "List services",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: always,
    run: ls,
};

static HEADINGS: &[(&str, &str)] = &[
    ("ID", "ID"),
    ("Name", "NAME"),
    ("Mode", "MODE"),
    ("Replicas", "REPLICAS"),
    ("Image", "IMAGE"),
    ("Ports", "PORTS"),
];

fn ls(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let quiet = given.is("quiet");
    let services = cx.wait(engine.services(&filters::given(given), !quiet))?;
    print(cx, given.text("format"), quiet, services)?;
    Ok(0)
}

/// Prints services by name. They must have been asked for with their status, unless `quiet`.
///
/// # Errors
/// What is wrong with the template.
pub(crate) fn print(
    cx: &mut Cx<'_, '_>,
    format: Option<&str>,
    quiet: bool,
    mut services: Vec<Value>,
) -> Result<(), Fail> {
    services.sort_by(|a, b| natural(text(a, "/Spec/Name"), text(b, "/Spec/Name")));
    let format = format::wanted(format, quiet, "*service.serviceContext");
    let format = format.as_deref();
    if quiet && format.is_none_or(|f| f == "table") {
        for service in &services {
            cx.out(format!("{}\n", short(text(service, "/ID"))));
        }
        return Ok(());
    }
    let listing = Listing {
        type_name: "*service.serviceContext",
        headings: HEADINGS,
        columns: HEADINGS.iter().map(|(field, _)| *field).collect(),
        unreadable: "template parsing error",
    };
    let rows: Vec<Row> = services.iter().map(row).collect();
    format::print(cx, format, &listing, &rows)
}

fn row(service: &Value) -> Row {
    Row::of(json!({
        "ID": short(text(service, "/ID")),
        "Image": without_digest(text(service, "/Spec/TaskTemplate/ContainerSpec/Image")),
        "Mode": mode(service),
        "Name": text(service, "/Spec/Name"),
        "Ports": ports(service),
        "Replicas": replicas(service),
    }))
}

fn mode(service: &Value) -> &'static str {
    const MODES: &[(&str, &str)] = &[
        ("Global", "global"),
        ("Replicated", "replicated"),
        ("ReplicatedJob", "replicated job"),
        ("GlobalJob", "global job"),
    ];
    let modes = &service["Spec"]["Mode"];
    MODES.iter().find(|(field, _)| modes.get(field).is_some()).map_or("", |(_, mode)| mode)
}

/// `2/3`, and the limit on each node; of a job also how much of it is done.
fn replicas(service: &Value) -> String {
    let number = |pointer: &str| service.pointer(pointer).and_then(Value::as_u64).unwrap_or(0);
    let running = number("/ServiceStatus/RunningTasks");
    let desired = number("/ServiceStatus/DesiredTasks");
    let completed = number("/ServiceStatus/CompletedTasks");
    match mode(service) {
        "replicated job" => {
            let total = service.pointer("/Spec/Mode/ReplicatedJob/TotalCompletions");
            let total = total.and_then(Value::as_u64).unwrap_or(1);
            format!("{running}/{desired} ({completed}/{total} completed)")
        }
        "global job" => {
            format!("{running}/{desired} ({completed}/{} completed)", desired + completed)
        }
        "replicated" => match number("/Spec/TaskTemplate/Placement/MaxReplicas") {
            0 => format!("{running}/{desired}"),
            most => format!("{running}/{desired} (max {most} per node)"),
        },
        _ => format!("{running}/{desired}"),
    }
}

/// The ports that every node answers on: `*:8080-8081->80-81/tcp`.
fn ports(service: &Value) -> String {
    let number = |port: &Value, field: &str| port[field].as_u64().unwrap_or(0);
    let published = service.pointer("/Endpoint/Ports").and_then(Value::as_array);
    let mut ports: Vec<(&str, u64, u64)> = published
        .into_iter()
        .flatten()
        .filter(|port| text(port, "/PublishMode") == "ingress")
        .map(|port| {
            let published = number(port, "PublishedPort");
            (text(port, "/Protocol"), published, number(port, "TargetPort"))
        })
        .collect();
    ports.sort_by_key(|(protocol, published, _)| (*protocol, *published));
    let mut ranges: Vec<Range<'_>> = Vec::new();
    for (protocol, published, target) in ports {
        match ranges.last_mut().filter(|range| range.takes(protocol, published, target)) {
            Some(range) => (range.published.1, range.target.1) = (published, target),
            None => ranges.push(Range {
                protocol,
                published: (published, published),
                target: (target, target),
            }),
        }
    }
    ranges.iter().map(Range::shown).collect::<Vec<_>>().join(", ")
}

/// Ports next to each other, from and to.
struct Range<'a> {
    protocol: &'a str,
    published: (u64, u64),
    target: (u64, u64),
}

impl Range<'_> {
    /// Whether a port is the next of this range.
    fn takes(&self, protocol: &str, published: u64, target: u64) -> bool {
        let next = |last: u64, port: u64| port == last || port == last + 1;
        let grows = self.target.0 == self.target.1 || target > self.target.1;
        protocol == self.protocol
            && next(self.published.1, published)
            && next(self.target.1, target)
            && grows
    }

    fn shown(&self) -> String {
        let span = |(from, to): (u64, u64)| {
            if to > from { format!("{from}-{to}") } else { from.to_string() }
        };
        format!("*:{}->{}/{}", span(self.published), span(self.target), self.protocol)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_grouped() {
        let check = |given: &[(&str, u64, u64)], want: &str| {
            let list: Vec<Value> = given
                .iter()
                .map(|(protocol, published, target)| {
                    json!({
                        "Protocol": protocol,
                        "PublishedPort": published,
                        "TargetPort": target,
                        "PublishMode": "ingress",
                    })
                })
                .collect();
            assert_eq!(ports(&json!({ "Endpoint": { "Ports": list } })), want);
        };
        check(&[], "");
        check(&[("tcp", 8080, 80)], "*:8080->80/tcp");
        check(&[("udp", 81, 81), ("tcp", 9, 1), ("udp", 82, 82)], "*:9->1/tcp, *:81-82->81-82/udp");
        check(&[("tcp", 80, 90), ("tcp", 81, 80)], "*:80->90/tcp, *:81->80/tcp");
        check(&[("tcp", 80, 90), ("tcp", 81, 90)], "*:80-81->90/tcp");
    }
}

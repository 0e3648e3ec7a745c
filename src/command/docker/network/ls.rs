//! `docker network ls`: the networks of the engine.

use serde_json::{Value, json};

use crate::cx::{Cx, Fail};
use crate::filters;
use crate::format::{self, Listing, Row};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::text::{go_time, natural};
use docker::text;

static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (driver=bridge, name=web, …)")
        .short('f')
        .check(filters::check),
    flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template"),
    switch("no-trunc", "Show ids in full"),
    switch("quiet", "Show ids alone").short('q'),
];

pub(crate) static VERB: Verb = Verb {
    group: "network",
    name: "ls",
    aliases: &["list"],
    top: None,
    usage: "[OPTIONS]",
    about: "List networks",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: always,
    run: ls,
};

static HEADINGS: &[(&str, &str)] = &[
    ("ID", "NETWORK ID"),
    ("Name", "NAME"),
    ("Driver", "DRIVER"),
    ("Scope", "SCOPE"),
    ("IPv4", "IPV4"),
    ("IPv6", "IPV6"),
    ("Internal", "INTERNAL"),
    ("Labels", "LABELS"),
    ("CreatedAt", "CREATED AT"),
];

fn ls(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let listing = Listing {
        type_name: "*network.networkContext",
        headings: HEADINGS,
        columns: vec!["ID", "Name", "Driver", "Scope"],
        unreadable: "template parsing error",
    };
    let engine = cx.engine()?;
    let found = cx.wait(engine.networks(&filters::given(given)))?;
    let mut rows: Vec<Row> = found.iter().map(|n| row(n, given.is("no-trunc"))).collect();
    rows.sort_by(|a, b| natural(a.text("Name"), b.text("Name")));
    format::print_or_quiet(cx, given, "ID", &listing, &rows)
}

fn row(network: &Value, full: bool) -> Row {
    let text = |key: &str| network.get(key).and_then(Value::as_str).unwrap_or_default();
    let truth = |key: &str| network.get(key).and_then(Value::as_bool).unwrap_or(false).to_string();
    let id = text("Id");
    let labels = format::labels(network.get("Labels"));
    let fields = json!({
        "CreatedAt": go_time(text("Created")),
        "Driver": text("Driver"),
        "ID": if full { id } else { text::short_id(id) },
        "IPv4": truth("EnableIPv4"),
        "IPv6": truth("EnableIPv6"),
        "Internal": truth("Internal"),
        "Labels": format::pairs(&labels),
        "Name": text("Name"),
        "Scope": text("Scope"),
    });
    Row::new(fields, labels)
}

//! `docker context ls`.

use serde_json::{Value, json};

use crate::cx::{Cx, Fail};
use crate::format::{self, Listing, Row};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::text::{ellipsis, natural};
use docker::contexts;

use super::{DEFAULT, NODE_IS, default_context, endpoint, found, has_host, kept, nodes};

static FLAGS: &[Flag] = &[
    flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template"),
    switch("quiet", "Show names alone").short('q'),
];

pub(crate) static VERB: Verb = Verb {
    group: "context",
    name: "ls",
    aliases: &["list"],
    top: None,
    usage: "[OPTIONS]",
    about: "List contexts",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: always,
    run: ls,
};

static HEADINGS: &[(&str, &str)] = &[
    ("Name", "NAME"),
    ("Description", "DESCRIPTION"),
    ("DockerEndpoint", "DOCKER ENDPOINT"),
    ("Error", "ERROR"),
];

fn ls(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let mut all = vec![default_context(cx)];
    all.extend(nodes(cx).iter().map(|(name, host)| endpoint(name, NODE_IS, host)));
    all.extend(kept(cx).all());
    let current = cx.context.clone();
    if all.iter().all(|context| contexts::name(context) != current)
        && let Err(fail) = found(cx, &current)
    {
        all.push(json!({ "Name": current, "Error": fail.text }));
    }
    all.sort_by(|a, b| natural(contexts::name(a), contexts::name(b)));
    all.dedup_by(|a, b| contexts::name(a) == contexts::name(b));
    let listing = Listing {
        type_name: "*formatter.clientContextContext",
        headings: HEADINGS,
        columns: vec!["Name", "Description", "DockerEndpoint", "Error"],
        unreadable: "template parsing error",
    };
    let format = given.text("format");
    let quiet = given.is("quiet");
    let in_table = format.is_none_or(|f| f.starts_with("table")) && !quiet;
    let row = |context: &Value| {
        let name = contexts::name(context);
        let is_current = name == current;
        let error = context.get("Error").and_then(Value::as_str).unwrap_or_default();
        Row::of(json!({
            "Current": is_current,
            "Description": context.pointer("/Metadata/Description").cloned().unwrap_or("".into()),
            "DockerEndpoint": contexts::host(context).unwrap_or_default(),
            "Error": if in_table { ellipsis(error, 45) } else { error.to_owned() },
            "Name": if in_table && is_current { format!("{name} *") } else { name.to_owned() },
        }))
    };
    let rows: Vec<Row> = all.iter().map(row).collect();
    let done = format::print_or_quiet(cx, given, "Name", &listing, &rows)?;
    if has_host(cx) && current == DEFAULT {
        cx.complain("Warning: DOCKER_HOST environment variable overrides the active context. To use a context, either set the global --context flag, or unset DOCKER_HOST environment variable.");
    }
    Ok(done)
}

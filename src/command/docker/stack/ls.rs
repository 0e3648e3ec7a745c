//! `docker stack ls`: the stacks of the swarm.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::format::{self, Listing, Row};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, flag};
use command_line::text::natural;

use super::{NAMESPACE, members};

static FLAGS: &[Flag] =
    &[flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template")];

pub(crate) static VERB: Verb = Verb {
    group: "stack",
    name: "ls",
    aliases: &["list"],
    top: None,
    usage: "[OPTIONS]",
    about: "List stacks",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: always,
    run: |cx, given| {
        let engine = cx.engine()?;
        let filters = json!({ "label": [NAMESPACE] });
        let found = cx.wait(engine.get_json(&members::filtered("/services", &filters)))?;
        let rows = rows(&found);
        let listing = Listing {
            type_name: "*formatter.stackContext",
            headings: &[("Name", "NAME"), ("Services", "SERVICES")],
            columns: vec!["Name", "Services"],
            unreadable: "template parsing error",
        };
        format::print(cx, given.get("format"), &listing, &rows)?;
        Ok(0)
    },
};

/// A row for each stack that services belong to, in the order of names.
pub(super) fn rows(services: &Value) -> Vec<Row> {
    let mut stacks: BTreeMap<&str, usize> = BTreeMap::new();
    for service in services.as_array().into_iter().flatten() {
        let labels = service.pointer("/Spec/Labels");
        if let Some(Value::String(stack)) = labels.and_then(|l| l.get(NAMESPACE)) {
            *stacks.entry(stack).or_default() += 1;
        }
    }
    let mut stacks: Vec<(&str, usize)> = stacks.into_iter().collect();
    stacks.sort_by(|a, b| natural(a.0, b.0));
    let row = |(name, count): (&str, usize)| {
        Row::of(json!({ "Name": name, "Services": count.to_string() }))
    };
    stacks.into_iter().map(row).collect()
}

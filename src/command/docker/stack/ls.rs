//! `docker stack ls`: the stacks of the swarm.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::cli::{Flag, flag};
use crate::format::{self, Listing, Row, natural};
use crate::verb::{Args, Verb, always};

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
        let mut stacks: BTreeMap<String, usize> = BTreeMap::new();
        for service in found.as_array().into_iter().flatten() {
            let labels = service.pointer("/Spec/Labels");
            if let Some(Value::String(stack)) = labels.and_then(|l| l.get(NAMESPACE)) {
                *stacks.entry(stack.clone()).or_default() += 1;
            }
        }
        let mut names: Vec<&String> = stacks.keys().collect();
        names.sort_by(|a, b| natural(a, b));
        let rows: Vec<Row> = names
            .into_iter()
            .map(|name| {
                let mut fields = serde_json::Map::new();
                fields.insert("Name".into(), name.clone().into());
                fields.insert("Services".into(), stacks[name].to_string().into());
                Row { fields, labels: BTreeMap::new() }
            })
            .collect();
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

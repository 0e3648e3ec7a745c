//! `docker compose ls`: the projects of the engine.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{FILES, PROJECT, containers};
use crate::command::docker::cli::{Flag, filter, flag, switch};
use crate::command::docker::format::{self, Listing, Row};
use crate::command::docker::verb::{Args, Verb, always};

static FLAGS: &[Flag] = &[
    switch("all", "Show projects that are stopped too").short('a'),
    flag("filter", "filter", "Only what matches (name=shop)").check(filter),
    flag("format", "string", "'table' or 'json'"),
    switch("quiet", "Show names alone").short('q'),
];

pub(in crate::command::docker) static VERB: Verb = Verb {
    group: "compose",
    name: "ls",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "List running compose projects",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: always,
    run: |cx, given| {
        let engine = cx.engine()?;
        let filters = json!({ "label": [PROJECT] }).to_string();
        let path = format!(
            "/containers/json?all={}&filters={}",
            given.is("all"),
            containers::query(&filters)
        );
        let found = cx.wait(engine.get_json(&path))?;
        let wanted = given.filters().remove("name").unwrap_or_default();
        // How many are in which state, and the files, of each project.
        let mut projects: BTreeMap<String, (BTreeMap<String, usize>, String)> = BTreeMap::new();
        for container in found.as_array().into_iter().flatten() {
            let label = |name: &str| {
                let labels = container.get("Labels");
                labels.and_then(|l| l.get(name)).and_then(Value::as_str).unwrap_or_default()
            };
            let state = container.get("State").and_then(Value::as_str).unwrap_or_default();
            let project = projects.entry(label(PROJECT).to_owned()).or_default();
            *project.0.entry(state.to_owned()).or_default() += 1;
            label(FILES).clone_into(&mut project.1);
        }
        projects.retain(|name, _| wanted.is_empty() || wanted.iter().any(|w| name.contains(w)));
        if given.is("quiet") {
            for name in projects.keys() {
                cx.out(format!("{name}\n"));
            }
            return Ok(0);
        }
        let rows: Vec<Row> = projects
            .into_iter()
            .map(|(name, (states, files))| {
                let states: Vec<String> =
                    states.iter().map(|(state, n)| format!("{state}({n})")).collect();
                let mut fields = serde_json::Map::new();
                fields.insert("Name".into(), name.into());
                fields.insert("Status".into(), states.join(", ").into());
                fields.insert("ConfigFiles".into(), files.into());
                Row { fields, labels: BTreeMap::new() }
            })
            .collect();
        let listing = Listing {
            type_name: "*formatter.StackContext",
            headings: &[("Name", "NAME"), ("Status", "STATUS"), ("ConfigFiles", "CONFIG FILES")],
            columns: vec!["Name", "Status", "ConfigFiles"],
            unreadable: "template parsing error",
        };
        format::print(cx, given.get("format"), &listing, &rows)?;
        Ok(0)
    },
};

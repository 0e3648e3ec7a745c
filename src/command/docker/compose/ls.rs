//! `docker compose ls`: the projects of the engine.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{BASE, FILES, PROJECT, containers};
use crate::cli::{Flag, filter, flag, switch};
use crate::cx::Fail;
use crate::verb::{Args, Verb, always};

static FLAGS: &[Flag] = &[
    switch("all", "Show projects that are stopped too").short('a'),
    flag("filter", "filter", "Only what matches (name=shop)").check(filter),
    flag("format", "string", "'table' or 'json'"),
    switch("quiet", "Show names alone").short('q'),
];

pub(crate) static VERB: Verb = Verb {
    name: "ls",
    usage: "[OPTIONS]",
    about: "List running compose projects",
    flags: &[FLAGS],
    args: Args::None,
    looks: always,
    run: |cx, given| {
        if let Some(other) = given.filters().keys().find(|key| *key != "name") {
            return Err(Fail::new(1, format!("invalid filter '{other}'")));
        }
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
        let rows: Vec<Value> = projects
            .into_iter()
            .map(|(name, (states, files))| {
                let states: Vec<String> =
                    states.iter().map(|(state, n)| format!("{state}({n})")).collect();
                json!({ "Name": name, "Status": states.join(", "), "ConfigFiles": files })
            })
            .collect();
        let line = |row: &Value| {
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            vec![text("Name"), text("Status"), text("ConfigFiles")]
        };
        super::listing(cx, given.text("format"), &["NAME", "STATUS", "CONFIG FILES"], &rows, line)
    },
    ..BASE
};

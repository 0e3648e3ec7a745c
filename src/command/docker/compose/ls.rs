//! `docker compose ls`: the projects of the engine.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{BASE, FILES, PROJECT, containers};
use crate::cx::Fail;
use crate::filters;
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, flag, switch};

static FLAGS: &[Flag] = &[
    switch("all", "Show projects that are stopped too").short('a'),
    flag("filter", "filter", "Only what matches (name=shop)").check(filters::check),
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
        if let Some(other) = filters::given(given).keys().find(|key| *key != "name") {
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
        let wanted = filters::given(given).remove("name").unwrap_or_default();
        let rows = rows(&found, &wanted);
        if given.is("quiet") {
            for row in &rows {
                cx.out(format!("{}\n", row["Name"].as_str().unwrap_or_default()));
            }
            return Ok(0);
        }
        let line = |row: &Value| {
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            vec![text("Name"), text("Status"), text("ConfigFiles")]
        };
        super::listing(cx, given.text("format"), &["NAME", "STATUS", "CONFIG FILES"], &rows, line)
    },
    ..BASE
};

/// The projects that containers belong to and whose names have one of these in them: how many
/// containers are in which state, and the files.
pub(super) fn rows(containers: &Value, wanted: &[String]) -> Vec<Value> {
    let mut projects: BTreeMap<&str, (BTreeMap<&str, usize>, &str)> = BTreeMap::new();
    for container in containers.as_array().into_iter().flatten() {
        let label = |name: &str| {
            let labels = container.get("Labels");
            labels.and_then(|l| l.get(name)).and_then(Value::as_str).unwrap_or_default()
        };
        let state = container.get("State").and_then(Value::as_str).unwrap_or_default();
        let project = projects.entry(label(PROJECT)).or_default();
        *project.0.entry(state).or_default() += 1;
        project.1 = label(FILES);
    }
    projects.retain(|name, _| wanted.is_empty() || wanted.iter().any(|w| name.contains(w)));
    let row = |(name, (states, files)): (&str, (BTreeMap<&str, usize>, &str))| {
        let states: Vec<String> =
            states.iter().map(|(state, count)| format!("{state}({count})")).collect();
        json!({ "Name": name, "Status": states.join(", "), "ConfigFiles": files })
    };
    projects.into_iter().map(row).collect()
}

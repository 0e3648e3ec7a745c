//! Tasks in a table: `docker service ps`, `node ps` and `stack ps`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::cx::{Cx, Fail};
use super::format::{self, Listing, Row, ago_lower};
use super::reference;
use crate::filters;
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::text::{capitalized, ellipsis, natural, quote};
use docker::Engine;
use docker::swarm::text;

/// The flags of all that print tasks.
pub(super) static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (desired-state=running, name=web, …)")
        .short('f')
        .check(filters::check),
    flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template"),
    switch("no-resolve", "Show ids in place of names"),
    switch("no-trunc", "Show everything in full"),
    switch("quiet", "Show ids alone").short('q'),
];

static HEADINGS: &[(&str, &str)] = &[
    ("ID", "ID"),
    ("Name", "NAME"),
    ("Image", "IMAGE"),
    ("Node", "NODE"),
    ("DesiredState", "DESIRED STATE"),
    ("CurrentState", "CURRENT STATE"),
    ("Error", "ERROR"),
    ("Ports", "PORTS"),
];

/// Characters of an error that a table shows.
const ERROR_WIDTH: usize = 30;

/// Names of services and nodes, each asked for once.
pub(super) struct Names<'a> {
    engine: &'a Engine,
    resolve: bool,
    known: BTreeMap<String, String>,
}

impl<'a> Names<'a> {
    /// Without `resolve` an id is its own name.
    pub(super) fn new(engine: &'a Engine, resolve: bool) -> Self {
        Self { engine, resolve, known: BTreeMap::new() }
    }

    /// The name of a service, or its id when nobody knows it any more.
    pub(super) fn service(&mut self, cx: &Cx<'_, '_>, id: &str) -> String {
        self.named(id, || {
            let service = cx.runtime.block_on(self.engine.service(id, false)).ok()?;
            Some(text(&service, "/Spec/Name").to_owned())
        })
    }

    /// The name of a node, or its id when nobody knows it any more.
    pub(super) fn node(&mut self, cx: &Cx<'_, '_>, id: &str) -> String {
        self.named(id, || {
            let node = cx.runtime.block_on(self.engine.node(id)).ok()?;
            let given = text(&node, "/Spec/Name");
            let own = text(&node, "/Description/Hostname");
            Some(if given.is_empty() { own } else { given }.to_owned())
        })
    }

    fn named(&mut self, id: &str, ask: impl FnOnce() -> Option<String>) -> String {
        if id.is_empty() || !self.resolve {
            return id.to_owned();
        }
        if let Some(name) = self.known.get(id) {
            return name.clone();
        }
        let name = ask().filter(|n| !n.is_empty()).unwrap_or_else(|| id.to_owned());
        self.known.insert(id.to_owned(), name.clone());
        name
    }
}

/// Prints tasks by name, those of one name from the newest to the oldest.
///
/// # Errors
/// What is wrong with the template.
pub(super) fn print(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    given: &Parsed,
    tasks: Vec<Value>,
    full: bool,
) -> Result<(), Fail> {
    let mut names = Names::new(engine, !given.is("no-resolve"));
    let mut sorted: Vec<(String, Value)> =
        tasks.into_iter().map(|task| (name(cx, &mut names, &task), task)).collect();
    let created = |task: &Value| std::cmp::Reverse(text(task, "/CreatedAt").to_owned());
    sorted.sort_by(|(a, x), (b, y)| natural(a, b).then_with(|| created(x).cmp(&created(y))));
    let format = format::wanted(given.text("format"), given.is("quiet"), "*task.taskContext");
    let format = format.as_deref();
    if given.is("quiet") && format.is_none_or(|f| f == "table") {
        for (_, task) in &sorted {
            let id = text(task, "/ID");
            cx.out(format!("{}\n", if full { id } else { short(id) }));
        }
        return Ok(());
    }
    let in_table = format.is_none_or(|f| f.starts_with("table"));
    let mut rows: Vec<Row> = Vec::new();
    let mut last = String::new();
    for (name, task) in sorted {
        let older = in_table && name == last;
        let shown = if older { format!(" \\_ {name}") } else { name.clone() };
        let node = names.node(cx, text(&task, "/NodeID"));
        rows.push(row(&task, &shown, &node, full));
        last = name;
    }
    let listing = Listing {
        type_name: "*task.taskContext",
        headings: HEADINGS,
        columns: HEADINGS.iter().map(|(field, _)| *field).collect(),
        unreadable: "template parsing error",
    };
    format::print(cx, format, &listing, &rows)
}

/// `web.1`, or `web.NODE` for a service that has one task on each node.
fn name(cx: &Cx<'_, '_>, names: &mut Names<'_>, task: &Value) -> String {
    let service = names.service(cx, text(task, "/ServiceID"));
    match task.get("Slot").and_then(Value::as_u64) {
        None | Some(0) => format!("{service}.{}", text(task, "/NodeID")),
        Some(slot) => format!("{service}.{slot}"),
    }
}

/// The first twelve letters of an id.
pub(super) fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

fn row(task: &Value, name: &str, node: &str, full: bool) -> Row {
    let id = text(task, "/ID");
    let image = text(task, "/Spec/ContainerSpec/Image");
    let error = text(task, "/Status/Err");
    let error = if full { error.to_owned() } else { ellipsis(error, ERROR_WIDTH) };
    let state = capitalized(text(task, "/Status/State"));
    let published: Vec<String> = task
        .pointer("/Status/PortStatus/Ports")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|p| format!("*:{}->{}/{}", p["PublishedPort"], p["TargetPort"], text(p, "/Protocol")))
        .collect();
    Row::of(json!({
        "CurrentState": format!("{state} {}", ago_lower(text(task, "/Status/Timestamp"))),
        "DesiredState": capitalized(text(task, "/DesiredState")),
        "Error": if error.is_empty() { error } else { quote(&error) },
        "ID": if full { id } else { short(id) },
        "Image": if full { image.to_owned() } else { without_digest(image) },
        "Name": name,
        "Node": node,
        "Ports": published.join(","),
    }))
}

/// `web:1` of `web:1@sha256:…`; a name without a tag keeps its digest.
pub(super) fn without_digest(image: &str) -> String {
    let Ok(read) = reference::parse(image) else { return image.to_owned() };
    match &read.tag {
        Some(_) => reference::Reference { digest: None, ..read }.familiar(),
        None => image.to_owned(),
    }
}

//! Lines about tasks: the runs of a service's containers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::base::Time;
use crate::command::docker::cx::{Cx, Fail};
use crate::command::docker::format::{self, Listing, Row};
use crate::docker::{Engine, EngineError, text};

use super::members;
use super::services::familiar;

/// The longest error that is shown in full.
const ERROR_WIDTH: usize = 30;

/// How tasks are shown.
pub(super) struct Show<'a> {
    pub(super) format: Option<&'a str>,
    pub(super) full: bool,
    pub(super) quiet: bool,
    /// Whether ids of services and nodes become names.
    pub(super) resolve: bool,
}

/// Prints tasks, those of one slot together and the newest of them first.
///
/// # Errors
/// When the engine cannot be asked for the names, or the template is wrong.
pub(super) fn print(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    tasks: &[Value],
    show: &Show<'_>,
) -> Result<(), Fail> {
    let names = if show.resolve { cx.wait(Names::read(engine))? } else { Names::default() };
    let mut lines: Vec<(String, &Value)> =
        tasks.iter().map(|task| (names.of_task(task), task)).collect();
    lines.sort_by(|(a, x), (b, y)| {
        let created = |t: &Value| text_at(t, "CreatedAt").to_owned();
        members::natural(a, b).then_with(|| created(y).cmp(&created(x)))
    });
    let listing = Listing {
        type_name: "*task.taskContext",
        headings: &[
            ("ID", "ID"),
            ("Name", "NAME"),
            ("Image", "IMAGE"),
            ("Node", "NODE"),
            ("DesiredState", "DESIRED STATE"),
            ("CurrentState", "CURRENT STATE"),
            ("Error", "ERROR"),
            ("Ports", "PORTS"),
        ],
        columns: vec![
            "ID",
            "Name",
            "Image",
            "Node",
            "DesiredState",
            "CurrentState",
            "Error",
            "Ports",
        ],
        unreadable: "template parsing error",
    };
    let format = show.format.filter(|f| *f != "table");
    let mut rows = Vec::new();
    let mut previous = String::new();
    for (name, task) in lines {
        let id = members::id(task);
        let id = if show.full { id } else { text::short_id(id) };
        if show.quiet && format.is_none() {
            cx.out(format!("{id}\n"));
            continue;
        }
        let shown = if name == previous { format!(" \\_ {name}") } else { name.clone() };
        rows.push(row(task, id, &shown, &names, show.full));
        previous = name;
    }
    if show.quiet && format.is_none() {
        return Ok(());
    }
    format::print(cx, format, &listing, &rows)
}

#[derive(Default)]
struct Names {
    services: BTreeMap<String, String>,
    nodes: BTreeMap<String, String>,
}

impl Names {
    async fn read(engine: &Engine) -> Result<Self, EngineError> {
        let by_id = |found: &Value, pointer: &str| {
            found
                .as_array()
                .into_iter()
                .flatten()
                .map(|item| {
                    let name = item.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
                    (members::id(item).to_owned(), name.to_owned())
                })
                .collect()
        };
        Ok(Self {
            services: by_id(&engine.get_json("/services").await?, "/Spec/Name"),
            nodes: by_id(&engine.get_json("/nodes").await?, "/Description/Hostname"),
        })
    }

    /// `web.1`, or with the node where there is one on each.
    fn of_task(&self, task: &Value) -> String {
        let service = text_at(task, "ServiceID");
        let name = self.services.get(service).map_or(service, String::as_str);
        match task.get("Slot").and_then(Value::as_u64).filter(|slot| *slot > 0) {
            Some(slot) => format!("{name}.{slot}"),
            None => format!("{name}.{}", text_at(task, "NodeID")),
        }
    }

    fn node(&self, task: &Value) -> String {
        let id = text_at(task, "NodeID");
        self.nodes.get(id).map_or(id, String::as_str).to_owned()
    }
}

fn text_at<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn row(task: &Value, id: &str, name: &str, names: &Names, full: bool) -> Row {
    let image = task.pointer("/Spec/ContainerSpec/Image").and_then(Value::as_str);
    let image = image.unwrap_or_default();
    let status = task.get("Status").cloned().unwrap_or_default();
    let since = Time::parse_iso(text_at(&status, "Timestamp")).map_or(0, Time::secs);
    let error = text_at(&status, "Err");
    let error = if full { error.to_owned() } else { format::ellipsis(error, ERROR_WIDTH) };
    let fields = json!({
        "CurrentState": format!(
            "{} {}",
            capital(text_at(&status, "State")),
            format::ago(since).to_lowercase()
        ),
        "DesiredState": capital(text_at(task, "DesiredState")),
        "Error": if error.is_empty() { error } else { format::quote(&error) },
        "ID": id,
        "Image": if full { image.to_owned() } else { familiar(image) },
        "Name": name,
        "Node": names.node(task),
        "Ports": ports(&status),
    });
    let Value::Object(fields) = fields else { unreachable!("an object was just made") };
    Row { fields, labels: BTreeMap::new() }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + chars.as_str())
}

/// The ports that a task has on its node.
fn ports(status: &Value) -> String {
    let given = status.pointer("/PortStatus/Ports").and_then(Value::as_array);
    let number = |p: &Value, key: &str| p.get(key).and_then(Value::as_u64).unwrap_or(0);
    let spelled: Vec<String> = given
        .into_iter()
        .flatten()
        .map(|p| {
            let protocol = text_at(p, "Protocol");
            format!("*:{}->{}/{protocol}", number(p, "PublishedPort"), number(p, "TargetPort"))
        })
        .collect();
    spelled.join(",")
}

//! The nodes of a swarm and the tasks on each, as a manager sees them: one of the lab's nodes where
//! it has some, otherwise the learner's own engine.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::nodes::Nodes;
use crate::{Engine, EngineError};

/// A manager that has lost the others does not answer in time.
const PATIENCE: Duration = Duration::from_secs(3);

/// A swarm.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SwarmView {
    /// In the order of their names.
    pub nodes: Vec<NodeView>,
    /// Tasks that no node has been found for yet.
    pub waiting: Vec<TaskView>,
}

/// One node.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NodeView {
    pub name: String,
    /// `leader`, `manager` or `worker`
    pub role: String,
    /// `active`, `pause`, `drain`
    pub availability: String,
    /// `ready`, `down`, `unknown`
    pub state: String,
    pub tasks: Vec<TaskView>,
}

/// One task that is meant to be, or that still runs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TaskView {
    /// `web.2`; of a global service `web`
    pub name: String,
    pub image: String,
    pub desired: String,
    pub current: String,
    /// Why it does not run; usually empty.
    pub error: String,
    /// The node that its predecessor was on, when that was another.
    pub moved_from: String,
}

/// The swarm that the lab's nodes or the engine itself belong to.
pub(super) async fn view(engine: &Engine, lab: &str) -> Result<Option<SwarmView>, EngineError> {
    let mut managers = Vec::new();
    for node in Nodes::of(engine.clone(), lab).list().await? {
        if node.state == "up" && ["leader", "manager"].contains(&node.role.as_str()) {
            managers.push(Engine::open(Some(&node.host))?);
        }
    }
    managers.push(engine.clone());
    for manager in managers {
        // Of several managers one that answers is enough.
        if let Ok(Ok(view)) = tokio::time::timeout(PATIENCE, seen_by(&manager)).await {
            return Ok(Some(view));
        }
    }
    Ok(None)
}

async fn seen_by(manager: &Engine) -> Result<SwarmView, EngineError> {
    let nodes = manager.get_json("/nodes").await?;
    let services = manager.get_json("/services").await?;
    let tasks = manager.get_json("/tasks").await?;
    Ok(arrange(list(&nodes), list(&services), list(&tasks)))
}

fn list(answer: &Value) -> &[Value] {
    answer.as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(thing: &'a Value, path: &str) -> &'a str {
    thing.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

/// Puts each task on its node.
fn arrange(nodes: &[Value], services: &[Value], tasks: &[Value]) -> SwarmView {
    let names: BTreeMap<&str, &str> =
        nodes.iter().map(|n| (text(n, "/ID"), text(n, "/Description/Hostname"))).collect();
    let services: BTreeMap<&str, &str> =
        services.iter().map(|s| (text(s, "/ID"), text(s, "/Spec/Name"))).collect();
    let mut tasks: Vec<&Value> = tasks.iter().collect();
    tasks.sort_by_key(|t| text(t, "/CreatedAt"));
    let mut on: BTreeMap<&str, Vec<TaskView>> = BTreeMap::new();
    // The node that the newest task of each place was on so far.
    let mut before: BTreeMap<(&str, u64), &str> = BTreeMap::new();
    for task in tasks {
        let (service, node) = (text(task, "/ServiceID"), text(task, "/NodeID"));
        let slot = task.get("Slot").and_then(Value::as_u64).unwrap_or_default();
        // A task of a global service stays with its node.
        let earlier = before.get(&(service, slot)).copied().filter(|e| slot > 0 && *e != node);
        if !node.is_empty() {
            before.insert((service, slot), node);
        }
        let (desired, current) = (text(task, "/DesiredState"), text(task, "/Status/State"));
        let over = ["complete", "failed", "rejected", "shutdown", "orphaned", "remove"];
        if ["shutdown", "remove"].contains(&desired) && over.contains(&current) {
            continue;
        }
        let name = services.get(service).copied().unwrap_or(service);
        let image = text(task, "/Spec/ContainerSpec/Image");
        let moved = earlier.filter(|_| !["shutdown", "remove"].contains(&desired));
        on.entry(node).or_default().push(TaskView {
            name: if slot > 0 { format!("{name}.{slot}") } else { name.to_owned() },
            image: image.split('@').next().unwrap_or_default().to_owned(),
            desired: desired.to_owned(),
            current: current.to_owned(),
            error: text(task, "/Status/Err").to_owned(),
            moved_from: moved
                .map(|id| names.get(id).copied().unwrap_or("a node that is gone").to_owned())
                .unwrap_or_default(),
        });
    }
    for tasks in on.values_mut() {
        tasks.sort_by(|a, b| a.name.cmp(&b.name));
    }
    let mut views: Vec<NodeView> = nodes
        .iter()
        .map(|node| NodeView {
            name: text(node, "/Description/Hostname").to_owned(),
            role: match node.pointer("/ManagerStatus/Leader").and_then(Value::as_bool) {
                Some(true) => "leader".to_owned(),
                _ => text(node, "/Spec/Role").to_owned(),
            },
            availability: text(node, "/Spec/Availability").to_owned(),
            state: text(node, "/Status/State").to_owned(),
            tasks: on.remove(text(node, "/ID")).unwrap_or_default(),
        })
        .collect();
    views.sort_by(|a, b| a.name.cmp(&b.name));
    SwarmView { nodes: views, waiting: on.remove("").unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_task_that_moved_says_where_from() {
        let node = |id: &str, state: &str| {
            json!({ "ID": id, "Description": { "Hostname": format!("name-{id}") },
                    "Spec": { "Role": "worker", "Availability": "active" },
                    "Status": { "State": state } })
        };
        let task = |node: &str, slot: u64, at: &str, desired: &str, current: &str| {
            json!({ "ServiceID": "s", "NodeID": node, "Slot": slot, "CreatedAt": at,
                    "DesiredState": desired, "Status": { "State": current },
                    "Spec": { "ContainerSpec": { "Image": "web:1@sha256:12" } } })
        };
        let nodes = [node("b", "down"), node("a", "ready")];
        let services = [json!({ "ID": "s", "Spec": { "Name": "web" } })];
        let tasks = [
            task("a", 2, "2026-01-01T00:00:02Z", "running", "running"),
            task("b", 1, "2026-01-01T00:00:01Z", "shutdown", "running"),
            task("a", 1, "2026-01-01T00:00:03Z", "running", "running"),
            task("a", 3, "2026-01-01T00:00:00Z", "shutdown", "failed"),
            task("", 4, "2026-01-01T00:00:04Z", "running", "pending"),
        ];
        let view = arrange(&nodes, &services, &tasks);
        let said = |tasks: &[TaskView]| -> Vec<(String, String)> {
            tasks.iter().map(|t| (t.name.clone(), t.moved_from.clone())).collect()
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(view.nodes[0].name, "name-a");
        assert_eq!(said(&view.nodes[0].tasks), [pair("web.1", "name-b"), pair("web.2", "")]);
        assert_eq!(
            said(&view.nodes[1].tasks),
            [pair("web.1", "")],
            "lost, but not known to be gone"
        );
        assert_eq!(said(&view.waiting), [pair("web.4", "")]);
        assert_eq!(view.nodes[0].tasks[0].image, "web:1");
    }
}

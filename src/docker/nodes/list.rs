//! The nodes as they are, and as their swarm sees them.

use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;

use super::{FIRST, Machine, Nodes, number};
use crate::{Engine, EngineError};

/// A manager that has lost the others does not answer in time.
const PATIENCE: Duration = Duration::from_secs(3);

/// One node.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Node {
    pub name: String,
    /// `up`, `down`, or `cut off`.
    pub state: &'static str,
    pub address: String,
    /// Where its engine listens: `unix:///…`.
    pub host: String,
    /// What its engine says of itself: `active`, `inactive`, `pending`, `locked`, `error`; empty
    /// while it does not answer.
    pub swarm: String,
    /// `leader`, `manager` or `worker`; empty outside of a swarm.
    pub role: String,
    /// What a manager says of it: `ready`, `down`, …; empty when none says anything.
    pub seen: String,
}

/// A node and what its engine says of itself.
struct Told {
    node: Node,
    id: String,
    manager: bool,
    /// Asked when it is a manager.
    engine: Option<Engine>,
}

impl Nodes {
    /// All nodes, in the order of their numbers.
    pub async fn list(&self) -> Result<Vec<Node>, EngineError> {
        let machines = self.machines().await?;
        if machines.is_empty() && self.own().await?.is_some() {
            let node = Node {
                name: FIRST.into(),
                state: "up",
                host: self.engine.host().to_owned(),
                ..Node::default()
            };
            return Ok(seen_by_managers(vec![ask(node, self.engine.clone()).await]).await);
        }
        let mut asking = JoinSet::new();
        for machine in machines {
            let nodes = self.clone();
            asking.spawn(async move { nodes.told(&machine).await });
        }
        let mut all = Vec::new();
        while let Some(told) = asking.join_next().await {
            all.push(told.map_err(|e| EngineError::Broken(e.to_string()))??);
        }
        all.sort_by_key(|told| number(&told.node.name));
        Ok(seen_by_managers(all).await)
    }

    async fn told(&self, machine: &Machine) -> Result<Told, EngineError> {
        let mut node = Node {
            name: machine.name.clone(),
            state: "down",
            address: machine.address.clone(),
            host: machine.host(),
            ..Node::default()
        };
        if !machine.running {
            return Ok(Told { node, id: String::new(), manager: false, engine: None });
        }
        node.state = if self.is_cut(machine).await? { "cut off" } else { "up" };
        Ok(ask(node, machine.engine()?).await)
    }
}

/// What the engine of a node says of itself.
async fn ask(mut node: Node, engine: Engine) -> Told {
    let info = tokio::time::timeout(PATIENCE, engine.get_json("/info")).await;
    let info = info.ok().and_then(Result::ok).unwrap_or_default();
    let swarm = |name: &str| info.pointer(&format!("/Swarm/{name}"));
    let word = |name: &str| swarm(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    node.swarm = word("LocalNodeState");
    let manager = swarm("ControlAvailable").and_then(Value::as_bool) == Some(true);
    if node.swarm == "active" {
        node.role = if manager { "manager" } else { "worker" }.into();
    }
    Told { node, id: word("NodeID"), manager, engine: Some(engine) }
}

/// Adds what the first manager that answers says of all; one that is cut off is asked last.
async fn seen_by_managers(mut all: Vec<Told>) -> Vec<Node> {
    let mut managers: Vec<&Told> = all.iter().filter(|told| told.manager).collect();
    managers.sort_by_key(|told| told.node.state == "cut off");
    let mut members = Vec::new();
    for engine in managers.iter().filter_map(|told| told.engine.as_ref()) {
        let answer = tokio::time::timeout(PATIENCE, engine.get_json("/nodes")).await;
        if let Ok(Ok(Value::Array(found))) = answer {
            members = found;
            break;
        }
    }
    for told in &mut all {
        let word = |m: &Value, path: &str| {
            m.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        // A node that is down cannot say which member it is, but it has its name.
        let member = members.iter().find(|m| {
            if told.id.is_empty() {
                word(m, "/Description/Hostname") == told.node.name
            } else {
                word(m, "/ID") == told.id
            }
        });
        let Some(member) = member else { continue };
        told.node.seen = word(member, "/Status/State");
        told.node.role = word(member, "/Spec/Role");
        if member.pointer("/ManagerStatus/Leader").and_then(Value::as_bool) == Some(true) {
            told.node.role = "leader".into();
        }
    }
    all.into_iter().map(|told| told.node).collect()
}

//! A lab's machines, each a real engine: containers of the learner's engine in which an engine runs,
//! on a network of their own, with a socket that the learner reaches.
//!
//! Nothing is remembered but on the engine: labels say what is a node of which lab, so nodes outlive
//! the program that made them and are found again. Where the engine cannot run another engine, it is
//! the only node itself, unless it already belongs to a swarm; a labelled volume remembers that.
//!
//! Facts: a killed node is seen as down after about 10 s, one that is cut off after about 15 s.

mod list;
mod load;
mod make;
mod partition;
mod reach;
mod up;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Engine, EngineError, LABEL};
pub use list::Node;
pub use reach::{Reached, reached};
pub use up::{Changed, Gone, Up};

/// The label of a node's container; its value is the node's name.
pub const NODE_LABEL: &str = "distlab.node";
/// Where the node's socket is on this machine.
pub(super) const SOCKET_LABEL: &str = "distlab.socket";
/// The node's address on the nodes' network; it keeps it when it starts anew.
const ADDRESS_LABEL: &str = "distlab.address";
/// The label of the volume that makes the learner's own engine the one node; its value says why.
const OWN_LABEL: &str = "distlab.own-node";

/// More engines than this are too much for one machine.
pub const NODES_MAX: usize = 9;

/// The name of the first node, and of the learner's own engine where it is the only one.
const FIRST: &str = "node1";

/// The nodes of one lab on the learner's engine.
#[derive(Clone, Debug)]
pub struct Nodes {
    engine: Engine,
    lab: String,
}

/// A node's container, running or not.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Machine {
    name: String,
    container: String,
    running: bool,
    address: String,
    socket: PathBuf,
}

impl Machine {
    /// The engine in it.
    fn engine(&self) -> Result<Engine, EngineError> {
        Engine::open(Some(&self.host()))
    }

    fn host(&self) -> String {
        format!("unix://{}", self.socket.display())
    }
}

impl Nodes {
    #[must_use]
    pub fn of(engine: Engine, lab: &str) -> Self {
        Self { engine, lab: lab.to_owned() }
    }

    /// Where the engine of that node listens; `None` when there is no such node.
    ///
    /// # Errors
    /// When the learner's engine cannot be asked; so for all calls of this type.
    pub async fn host(&self, name: &str) -> Result<Option<String>, EngineError> {
        if let Some(machine) = self.machines().await?.into_iter().find(|m| m.name == name) {
            return Ok(Some(machine.host()));
        }
        let own = name == FIRST && self.own().await?.is_some();
        Ok(own.then(|| self.engine.host().to_owned()))
    }

    /// The nodes that run, and where each listens.
    ///
    /// # Errors
    /// When the learner's engine cannot be asked.
    pub async fn live(&self) -> Result<Vec<(String, String)>, EngineError> {
        let machines = self.machines().await?;
        if machines.is_empty() && self.own().await?.is_some() {
            return Ok(vec![(FIRST.to_owned(), self.engine.host().to_owned())]);
        }
        let running = machines.into_iter().filter(|machine| machine.running);
        Ok(running.map(|machine| (machine.name.clone(), machine.host())).collect())
    }

    /// The nodes' containers, in the order of their names.
    async fn machines(&self) -> Result<Vec<Machine>, EngineError> {
        let labels = vec![format!("{LABEL}={}", self.lab), NODE_LABEL.to_owned()];
        let filter = BTreeMap::from([("label".to_owned(), labels)]);
        let found = self.engine.containers(true, None, false, &filter).await?;
        let mut machines: Vec<Machine> = found
            .into_iter()
            .map(|container| {
                let labels = container.labels.unwrap_or_default();
                let label = |name: &str| labels.get(name).cloned().unwrap_or_default();
                Machine {
                    name: label(NODE_LABEL),
                    container: container.id.unwrap_or_default(),
                    running: container.state.is_some_and(|s| s.to_string() == "running"),
                    address: label(ADDRESS_LABEL),
                    socket: PathBuf::from(label(SOCKET_LABEL)),
                }
            })
            .collect();
        machines.sort_by_key(|m| number(&m.name));
        Ok(machines)
    }

    /// Why the learner's own engine is the lab's one node; `None` when it is not.
    async fn own(&self) -> Result<Option<String>, EngineError> {
        match self.engine.inspect_volume(&self.own_volume()).await {
            Ok(volume) => {
                let label = |name: &str| {
                    volume.get("Labels").and_then(|l| l.get(name)).and_then(Value::as_str)
                };
                let ours = label(LABEL) == Some(self.lab.as_str());
                Ok(label(OWN_LABEL).filter(|_| ours).map(str::to_owned))
            }
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(e),
        }
    }

    fn own_volume(&self) -> String {
        format!("{}-own-node", self.lab)
    }

    fn network(&self) -> String {
        format!("{}-nodes", self.lab)
    }

    /// The name of a node's container and of its volume.
    fn thing(&self, node: &str) -> String {
        format!("{}-{node}", self.lab)
    }

    /// The machines of these names, or all; the first name that is none is an error.
    async fn named(&self, names: &[String]) -> Result<Vec<Machine>, EngineError> {
        let machines = self.machines().await?;
        if machines.is_empty() {
            return Err(EngineError::Nodes(match self.own().await? {
                Some(why) => format!(
                    "{FIRST} is your own engine ({why}), so it is not started, stopped or cut off here"
                ),
                None => "this lab has no nodes yet; make some with `distlab nodes up 3`".to_owned(),
            }));
        }
        if names.is_empty() {
            return Ok(machines);
        }
        if let Some(unknown) = names.iter().find(|n| machines.iter().all(|m| m.name != **n)) {
            let all: Vec<&str> = machines.iter().map(|m| m.name.as_str()).collect();
            return Err(EngineError::Nodes(format!(
                "{unknown} is not a node of this lab; its nodes are {}",
                all.join(", ")
            )));
        }
        Ok(machines.into_iter().filter(|m| names.contains(&m.name)).collect())
    }
}

/// The number in a node's name; other names come last.
fn number(name: &str) -> usize {
    name.strip_prefix("node").and_then(|n| n.parse().ok()).unwrap_or(usize::MAX)
}

/// Removes a node's socket and the folder made for it. The path is a label's: only what a socket's
/// place looks like is touched, and a folder that holds anything else stays.
pub(super) fn forget_socket(socket: &Path) {
    if socket.is_absolute() && socket.file_name().is_some_and(|n| n == make::SOCKET) {
        let _ = std::fs::remove_file(socket);
        for folder in socket.ancestors().skip(1).take(2) {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

/// Leaves the swarm of an engine when a lab made it (this lab, or any); whether it did.
///
/// # Errors
/// When the engine cannot be asked, or refuses.
pub(super) async fn leave_own_swarm(
    engine: &Engine,
    lab: Option<&str>,
) -> Result<bool, EngineError> {
    let swarm = match engine.get_json("/swarm").await {
        Ok(swarm) => swarm,
        // In no swarm, or no manager: none of ours.
        Err(EngineError::Refused { .. }) => return Ok(false),
        Err(other) => return Err(other),
    };
    let label = swarm.pointer("/Spec/Labels").and_then(|l| l.get(LABEL)).and_then(Value::as_str);
    let ours = label.is_some_and(|label| lab.is_none_or(|lab| lab == label));
    if ours {
        engine.post_json("/swarm/leave?force=1", None).await?;
    }
    Ok(ours)
}

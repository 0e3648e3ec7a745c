//! The learner's hands on the machines: for [`Principal::Lab`] only.

use super::super::report::NodeReport;
use super::super::{NodeId, State, change};
use super::illegal;
use crate::hdfs;
use base::text::nearest;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, Principal, World};

fn hands(cx: &Cx<'_>) -> Result<(), ApiError> {
    if cx.caller.principal == Principal::Lab {
        return Ok(());
    }
    Err(super::super::permission::denied("Only the lab itself can touch the machines."))
}

/// The nodes of these names and racks.
fn choose(world: &World, names: &[String], racks: &[String]) -> Result<Vec<NodeId>, ApiError> {
    let hdfs = world.get::<hdfs::State>();
    let mut chosen = Vec::new();
    for name in names {
        let id = hdfs.named(name).ok_or_else(|| {
            let known: Vec<&str> = hdfs.nodes.iter().map(|n| n.name.as_str()).collect();
            no_such("node", name, &known)
        })?;
        chosen.push(id);
    }
    for rack in racks {
        let on: Vec<NodeId> = hdfs.ids().filter(|id| hdfs.node(*id).rack == *rack).collect();
        if on.is_empty() {
            let mut known: Vec<&str> = hdfs.nodes.iter().map(|n| n.rack.as_str()).collect();
            known.dedup();
            return Err(no_such("rack", rack, &known));
        }
        chosen.extend(on);
    }
    chosen.sort_unstable();
    chosen.dedup();
    Ok(chosen)
}

fn no_such(kind: &str, name: &str, known: &[&str]) -> ApiError {
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there are {}", known.join(", ")),
    };
    ApiError::new(404, "NoSuchNode", format!("there is no {kind} named {name}; {hint}"))
}

fn names(world: &World, ids: &[NodeId]) -> Vec<String> {
    ids.iter().map(|id| world.get::<hdfs::State>().node(*id).name.clone()).collect()
}

sim::operation! {
    /// Lists every machine of the cluster, as it is and as the NameNode sees it.
    read ListNodes in "hdfs" = "";
    input {}
    output ListNodesOutput {
        /// In order of their names.
        pub nodes: Vec<NodeReport> => "nodes",
    }
    errors ["AccessControlException"]
    access itself
}

impl Read for ListNodes {
    type Output = ListNodesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        Ok(ListNodesOutput { nodes: world.get::<hdfs::State>().node_reports(cx.at, false) })
    }
}

sim::operation! {
    /// Pulls the plug of machines.
    write KillNode in "hdfs" = "";
    input {
        /// Names of nodes.
        pub names: Vec<String> => "names",
        /// Names of racks: every node on them.
        pub racks: Vec<String> => "racks",
    }
    output KillNodeOutput {
        /// Those that ran until now.
        pub killed: Vec<String> => "killed",
        /// Those that were down already.
        pub already: Vec<String> => "already",
    }
    errors ["AccessControlException", "NoSuchNode", "IllegalArgumentException"]
    access itself
}

impl Write for KillNode {
    type Output = KillNodeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let chosen = choose(world, &self.names, &self.racks)?;
        let (killed, already): (Vec<_>, Vec<_>) =
            chosen.into_iter().partition(|id| world.get::<hdfs::State>().node(*id).running);
        change(world, |hdfs, act| {
            for id in &killed {
                hdfs.kill(*id, act);
            }
        });
        Ok(KillNodeOutput { killed: names(world, &killed), already: names(world, &already) })
    }
}

sim::operation! {
    /// Starts machines.
    write StartNode in "hdfs" = "";
    input {
        /// Names of nodes.
        pub names: Vec<String> => "names",
        /// Names of racks: every node on them.
        pub racks: Vec<String> => "racks",
    }
    output StartNodeOutput {
        /// Those that were down until now.
        pub started: Vec<String> => "started",
        /// Those that ran already.
        pub already: Vec<String> => "already",
    }
    errors ["AccessControlException", "NoSuchNode"]
    access itself
}

impl Write for StartNode {
    type Output = StartNodeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let chosen = choose(world, &self.names, &self.racks)?;
        let (already, started): (Vec<_>, Vec<_>) =
            chosen.into_iter().partition(|id| world.get::<hdfs::State>().node(*id).running);
        change(world, |hdfs, act| {
            for id in &started {
                hdfs.start(*id, act);
            }
        });
        Ok(StartNodeOutput { started: names(world, &started), already: names(world, &already) })
    }
}

sim::operation! {
    /// Restarts the NameNode: it enters safe mode until enough blocks are reported.
    write RestartNameNode in "hdfs" = "";
    input {}
    output RestartNameNodeOutput {}
    errors ["AccessControlException"]
    access itself
}

impl Write for RestartNameNode {
    type Output = RestartNameNodeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        change(world, State::restart_namenode);
        Ok(RestartNameNodeOutput {})
    }
}

sim::operation! {
    /// Damages the bytes of one replica on a node's disk. Nobody notices until it is read.
    write CorruptReplica in "hdfs" = "";
    input {
        /// The block: `blk_1073741825`, with or without its generation stamp.
        pub block: String => "block",
        /// The node's name.
        pub node: String => "node",
    }
    output CorruptReplicaOutput {}
    errors ["AccessControlException", "NoSuchNode", "IllegalArgumentException"]
    access itself
}

impl Write for CorruptReplica {
    type Output = CorruptReplicaOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let chosen = choose(world, std::slice::from_ref(&self.node), &[])?;
        let number: Option<u64> = self
            .block
            .strip_prefix("blk_")
            .and_then(|rest| rest.split('_').next())
            .and_then(|digits| digits.parse().ok());
        let replica = number
            .zip(chosen.first())
            .and_then(|(block, node)| {
                world.get_mut::<hdfs::State>().node_mut(*node).disk.get_mut(&block)
            })
            .ok_or_else(|| illegal(format!("{} holds no replica of {}", self.node, self.block)))?;
        replica.rotten = true;
        Ok(CorruptReplicaOutput {})
    }
}

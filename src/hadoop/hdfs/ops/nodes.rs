//! The learner's hands on the cluster, for [`Principal::Lab`](sim::Principal::Lab) only: what the
//! machines themselves cannot know. Plugs and networks are the machines' own.

use super::super::report::NodeReport;
use super::super::{State, change};
use super::illegal;
use crate::hdfs;
use machines::ops::{find, hands};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

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
        let machines = world.get::<machines::State>();
        let nodes = world.get::<hdfs::State>().node_reports(machines, cx.at, false);
        Ok(ListNodesOutput { nodes })
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
        let name = find(world, &self.node)?.name;
        let number: Option<u64> = self
            .block
            .strip_prefix("blk_")
            .and_then(|rest| rest.split('_').next())
            .and_then(|digits| digits.parse().ok());
        let replica = number
            .zip(world.get::<hdfs::State>().named(&name))
            .and_then(|(block, node)| {
                world.get_mut::<hdfs::State>().node_mut(node).disk.get_mut(&block)
            })
            .ok_or_else(|| illegal(format!("{} holds no replica of {}", self.node, self.block)))?;
        replica.rotten = true;
        Ok(CorruptReplicaOutput {})
    }
}

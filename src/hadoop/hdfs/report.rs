//! The figures of the cluster and of its nodes, as `dfsadmin -report` and `nodes ls` show them.

use super::{State, config};
use base::Time;

sim::structure! {
    /// Figures of the whole cluster. All sizes are bytes.
    pub struct ClusterStats {
        /// Bytes of the disks.
        pub capacity: u64 => "capacity",
        /// Bytes of replicas on them.
        pub used: u64 => "used",
        /// Bytes free on them.
        pub remaining: u64 => "remaining",
        /// Blocks with too few replicas, but at least one.
        pub under_replicated: u64 => "underReplicatedBlocks",
        /// Blocks with a replica known to be corrupt.
        pub corrupt: u64 => "corruptReplicaBlocks",
        /// Blocks without a good replica.
        pub missing: u64 => "missingBlocks",
        /// Those of them that were to have one replica only.
        pub missing_single: u64 => "missingReplicationOneBlocks",
        /// Blocks with one replica left that were to have more.
        pub highest_priority: u64 => "highestPriorityLowRedundancyBlocks",
        /// Replicas that nodes are still to delete.
        pub pending_deletion: u64 => "pendingDeletionBlocks",
        /// Whether the NameNode is in safe mode.
        pub safe_mode: bool => "safeMode",
    }
}

sim::structure! {
    /// One DataNode. All sizes are bytes.
    pub struct NodeReport {
        /// `dn1`
        pub name: String => "name",
        /// `10.0.1.11`
        pub address: String => "address",
        /// `/rack1`
        pub rack: String => "rack",
        /// What the NameNode believes: `live`, `stale`, `dead`, or `unknown`.
        pub state: String => "state",
        /// Whether the machine runs.
        pub running: bool => "running",
        /// Its last heartbeat.
        pub last_contact: Time => "lastContact",
        /// Its last full block report.
        pub last_block_report: Time => "lastBlockReport",
        /// Bytes of the disks.
        pub capacity: u64 => "capacity",
        /// Bytes of replicas on them.
        pub used: u64 => "used",
        /// Bytes that files of others take on them.
        pub non_dfs_used: u64 => "nonDfsUsed",
        /// Bytes free on them.
        pub remaining: u64 => "remaining",
        /// Replicas that count.
        pub blocks: u64 => "blocks",
    }
}

impl State {
    /// Figures of the whole cluster.
    pub(super) fn cluster_stats(&self) -> ClusterStats {
        let mut stats = ClusterStats {
            pending_deletion: self.redundancy.doomed_count() as u64,
            safe_mode: self.safe_mode.on(),
            ..ClusterStats::default()
        };
        for node in self.nodes.iter().filter(|n| n.believed()) {
            stats.capacity += node.capacity;
            stats.used += node.used;
            stats.remaining += node.free();
        }
        // While the NameNode starts it has no queues yet, so nothing counts as lacking.
        if self.safe_mode.starting() {
            return stats;
        }
        for block in self.blocks.values() {
            let (live, want) = (block.live.len(), usize::from(block.target));
            stats.corrupt += u64::from(!block.corrupt.is_empty());
            if live == 0 {
                stats.missing += 1;
                stats.missing_single += u64::from(want == 1);
            } else if live < want {
                stats.under_replicated += 1;
                stats.highest_priority += u64::from(live == 1);
            }
        }
        stats
    }

    /// How many good replicas each node has, by the block map.
    pub(super) fn block_counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.nodes.len()];
        for node in self.blocks.values().flat_map(|b| &b.live) {
            counts[usize::from(node.0)] += 1;
        }
        counts
    }

    /// Every node, or those that the NameNode has heard of since it started. A dead node's figures
    /// are zero, as the NameNode forgets them.
    pub(super) fn node_reports(
        &self,
        machines: &machines::State,
        now: Time,
        known_only: bool,
    ) -> Vec<NodeReport> {
        let counts = self.block_counts();
        let shown = self.nodes.iter().zip(counts).filter(|(n, _)| n.registered || !known_only);
        shown
            .map(|(node, blocks)| {
                let figures = node.believed() || !known_only;
                let zero_when_forgotten = |n: u64| if figures { n } else { 0 };
                NodeReport {
                    name: node.name.clone(),
                    address: format!("{}:{}", node.address, config::DATANODE_PORT),
                    rack: node.rack.clone(),
                    state: node.belief(now).into(),
                    running: machines.host(&node.name).is_some_and(|host| host.on),
                    last_contact: node.last_contact(now),
                    last_block_report: node.last_report(now),
                    capacity: zero_when_forgotten(node.capacity),
                    used: zero_when_forgotten(node.used),
                    non_dfs_used: zero_when_forgotten(node.foreign),
                    remaining: zero_when_forgotten(node.free()),
                    blocks,
                }
            })
            .collect()
    }
}

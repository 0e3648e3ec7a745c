//! HDFS as the screen shows it.

use crate::sim::World;

/// The cluster.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct View {
    pub racks: Vec<RackView>,
    /// The first 500 blocks in order of their ids.
    pub blocks: Vec<BlockView>,
    pub block_count: usize,
    pub under_replicated: usize,
    pub safe_mode: bool,
    /// Copies under way.
    pub transfers: Vec<TransferView>,
}

/// One rack.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RackView {
    /// `/rack1`
    pub name: String,
    pub nodes: Vec<NodeView>,
}

/// One DataNode, as the NameNode sees it and as it is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NodeView {
    pub name: String,
    /// What the NameNode believes: `live`, `stale` or `dead`.
    pub believed: String,
    /// Whether the machine really runs.
    pub running: bool,
    /// Seconds since its last heartbeat.
    pub last_contact_s: u64,
    pub used: u64,
    pub capacity: u64,
    pub blocks: usize,
}

/// One block with where its replicas are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BlockView {
    /// `blk_1073741825`
    pub id: String,
    pub path: String,
    pub len: u64,
    pub target: u32,
    /// Names of the nodes that hold a live replica.
    pub replicas: Vec<String>,
}

/// A replica being copied.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TransferView {
    pub block: String,
    pub from: String,
    pub to: String,
    /// 0 to 100.
    pub percent: u8,
}

impl World {
    /// What the cluster view shows.
    #[must_use]
    pub fn hdfs_view(&self) -> View {
        View::default()
    }
}

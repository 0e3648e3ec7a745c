//! HDFS as the screen shows it.

use super::{NodeId, State};
use crate::hdfs;
use base::Time;
use sim::World;

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
    /// What the NameNode believes: `live`, `stale` or `dead`; `unknown` while it has just started.
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

/// How many blocks the view lists.
const SHOWN: usize = 500;

/// What the cluster view shows.
#[must_use]
pub fn hdfs_view(world: &World) -> View {
    let (hdfs, now) = (world.get::<hdfs::State>(), world.now());
    let machines = world.get::<machines::State>();
    let counts = hdfs.block_counts();
    let mut racks: Vec<RackView> = Vec::new();
    for (node, blocks) in hdfs.nodes.iter().zip(counts) {
        let shown = NodeView {
            name: node.name.clone(),
            believed: node.belief(now).into(),
            running: machines.host(&node.name).is_some_and(|host| host.on),
            last_contact_s: node.silence(now).as_secs(),
            used: node.used,
            capacity: node.capacity,
            blocks: usize::try_from(blocks).unwrap_or(usize::MAX),
        };
        match racks.iter_mut().find(|r| r.name == node.rack) {
            Some(rack) => rack.nodes.push(shown),
            None => racks.push(RackView { name: node.rack.clone(), nodes: vec![shown] }),
        }
    }
    let name = |id: &NodeId| hdfs.node(*id).name.clone();
    let blocks = hdfs.blocks.values().take(SHOWN).map(|block| BlockView {
        id: format!("blk_{}", block.id),
        path: hdfs.tree.path_of(block.file),
        len: block.len,
        target: u32::from(block.target),
        replicas: block.live.iter().map(name).collect(),
    });
    View {
        blocks: blocks.collect(),
        block_count: hdfs.blocks.len(),
        under_replicated: hdfs
            .blocks
            .values()
            .filter(|b| b.live.len() < usize::from(b.target))
            .count(),
        safe_mode: hdfs.safe_mode.on(),
        transfers: transfers(hdfs, now),
        racks,
    }
}

fn transfers(hdfs: &State, now: Time) -> Vec<TransferView> {
    let mut found = Vec::new();
    for (block, pending) in &hdfs.redundancy.pending {
        for copy in pending {
            let Some((start, end)) = copy.moving else { continue };
            let (gone, whole) = (now.0 - start.0, (end.0 - start.0).max(1));
            found.push(TransferView {
                block: format!("blk_{block}"),
                from: hdfs.node(copy.from).name.clone(),
                to: hdfs.node(copy.to).name.clone(),
                percent: u8::try_from((gone.clamp(0, whole) * 100) / whole).unwrap_or(100),
            });
        }
    }
    found
}

//! A block: what a file is cut into, and where the NameNode believes its replicas are.

use std::collections::BTreeSet;

use super::node::NodeId;
use base::Slice;

/// One block of one file.
#[derive(Hash, Debug)]
pub(super) struct Block {
    /// The number behind `blk_`.
    pub id: u64,
    /// The generation stamp: which version of the block this is.
    pub stamp: u64,
    pub len: u64,
    /// The bytes. More than one part when the block was appended to.
    pub data: Vec<Slice>,
    /// The inode of its file.
    pub file: u64,
    /// How many replicas it is to have.
    pub target: u16,
    /// Nodes with a good replica, as the NameNode believes.
    pub live: BTreeSet<NodeId>,
    /// Nodes whose replica is one too many and will be deleted.
    pub excess: BTreeSet<NodeId>,
    /// Nodes whose replica is known to be corrupt.
    pub corrupt: BTreeSet<NodeId>,
}

impl Block {
    /// Every node that holds a replica of any kind.
    pub(super) fn holders(&self) -> BTreeSet<NodeId> {
        self.live.iter().chain(&self.excess).chain(&self.corrupt).copied().collect()
    }

    /// Forgets every replica on this node; `false` when there was none.
    pub(super) fn forget(&mut self, node: NodeId) -> bool {
        let live = self.live.remove(&node);
        let excess = self.excess.remove(&node);
        self.corrupt.remove(&node) || live || excess
    }

    /// `blk_1073741825_1001`
    pub(super) fn name(&self) -> String {
        format!("blk_{}_{}", self.id, self.stamp)
    }

    /// The bytes from `offset` on, at most `len` of them.
    pub(super) fn slices(&self, offset: u64, len: u64) -> Vec<Slice> {
        let mut found = Vec::new();
        let (mut skip, mut left) = (offset, len);
        for part in &self.data {
            if left == 0 {
                break;
            }
            if skip >= part.len {
                skip -= part.len;
                continue;
            }
            let take = left.min(part.len - skip);
            found.push(Slice { digest: part.digest, offset: part.offset + skip, len: take });
            left -= take;
            skip = 0;
        }
        found
    }
}

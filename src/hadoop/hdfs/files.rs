//! The life of a file's blocks: written through a pipeline, appended to, read back.
//!
//! A write is planned as a whole before anything changes, with a copy of the random generator, so
//! one that fails leaves no trace.

use std::collections::BTreeSet;

use super::block::Block;
use super::node::NodeId;
use super::placement::Wanted;
use super::{Act, State};
use base::{Blob, Rng, Slice};
use sim::api::ApiError;

/// One block that is to be written, with the pipeline that was found for it.
#[derive(Debug)]
pub(super) struct Planned {
    pub id: u64,
    pub stamp: u64,
    pub data: Slice,
    pub nodes: Vec<NodeId>,
}

/// What a write will do.
#[derive(Debug)]
pub(super) struct Plan {
    pub blocks: Vec<Planned>,
    /// Nodes that did not answer while pipelines were set up.
    pub excluded: BTreeSet<NodeId>,
    rng: Rng,
    next_block: u64,
    next_stamp: u64,
}

/// How a file is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub replication: u16,
    pub block_size: u64,
}

/// What reading found out beside the bytes.
#[derive(Debug, Default)]
pub(super) struct Served {
    pub slices: Vec<Slice>,
    /// Which node served which block.
    pub by: Vec<(u64, NodeId)>,
    /// Nodes that did not answer.
    pub silent: BTreeSet<NodeId>,
    /// Replicas whose bytes did not match their checksum.
    pub corrupt: Vec<(u64, NodeId)>,
}

impl State {
    /// Chooses a pipeline for every block of `body`.
    ///
    /// # Errors
    /// `IOException` in the words of the NameNode, or of the client when pipelines keep failing.
    pub(super) fn plan(
        &mut self,
        rng: &Rng,
        path: &str,
        body: &[Slice],
        layout: Layout,
    ) -> Result<Plan, ApiError> {
        let mut plan = Plan {
            blocks: Vec::new(),
            excluded: BTreeSet::new(),
            rng: rng.clone(),
            next_block: self.next_block,
            next_stamp: self.next_stamp,
        };
        let mut result = Ok(());
        for data in body {
            result = self.plan_block(&mut plan, path, data, layout);
            if result.is_err() {
                break;
            }
        }
        for block in &plan.blocks {
            for node in &block.nodes {
                self.node_mut(*node).incoming -= block.data.len;
            }
        }
        result.map(|()| plan)
    }

    /// Adds one block to a plan. What its replicas will take is reserved until the plan is made.
    fn plan_block(
        &mut self,
        plan: &mut Plan,
        path: &str,
        data: &Slice,
        layout: Layout,
    ) -> Result<(), ApiError> {
        for _ in 0..=self.settings.write_retries {
            let wanted = Wanted {
                replicas: usize::from(layout.replication),
                chosen: &[],
                excluded: &plan.excluded,
                space: layout.block_size,
                new: true,
            };
            let nodes = self.choose_targets(&mut plan.rng, &wanted);
            if nodes.is_empty() {
                return Err(self.no_targets(path, &plan.excluded, layout.block_size));
            }
            let (id, stamp) = (plan.next_block, plan.next_stamp);
            plan.next_block += 1;
            plan.next_stamp += 1;
            if let Some(bad) = nodes.iter().find(|n| !self.node(**n).connected) {
                plan.excluded.insert(*bad);
                continue;
            }
            for node in &nodes {
                self.node_mut(*node).incoming += data.len;
            }
            plan.blocks.push(Planned { id, stamp, data: data.clone(), nodes });
            return Ok(());
        }
        Err(io("Unable to create new block."))
    }

    /// Nodes that the writer has excluded, and those that the policy passed over for want of space, are
    /// told together: it puts what it has looked at among the excluded.
    fn no_targets(&self, path: &str, excluded: &BTreeSet<NodeId>, space: u64) -> ApiError {
        let running = self.nodes.iter().filter(|n| n.believed()).count();
        let passed_over = |id: &NodeId| {
            let node = self.node(*id);
            excluded.contains(id) || (node.believed() && node.remaining() < space)
        };
        let excluded = self.ids().filter(passed_over).count();
        io(format!(
            "File {path} could only be written to 0 of the 1 minReplication nodes. There are \
             {running} datanode(s) running and {excluded} node(s) are excluded in this operation."
        ))
    }

    /// Carries out a plan for the file with this inode.
    pub(super) fn write(&mut self, plan: Plan, file: u64, target: u16, act: &mut Act<'_>) {
        *act.rng = plan.rng;
        self.next_block = plan.next_block;
        self.next_stamp = plan.next_stamp;
        for planned in plan.blocks {
            let Planned { id, stamp, data, nodes } = planned;
            for node in &nodes {
                self.node_mut(*node).store(id, stamp, data.len);
            }
            let block = Block {
                id,
                stamp,
                len: data.len,
                data: vec![data],
                file,
                target,
                live: nodes.into_iter().collect(),
                excess: BTreeSet::new(),
                corrupt: BTreeSet::new(),
            };
            let len = block.len;
            self.blocks.insert(id, block);
            self.tree.change_file(file, |f| {
                f.blocks.push(id);
                f.len += len;
            });
            self.evaluate(id, act);
        }
    }

    /// That a block can be appended to: one of its replicas is on a node that answers.
    ///
    /// # Errors
    /// `IOException` that names the nodes that do not.
    pub(super) fn appendable(&self, id: u64) -> Result<(), ApiError> {
        let Some(block) = self.blocks.get(&id) else { return Ok(()) };
        let good = |n: &NodeId| {
            let node = self.node(*n);
            node.connected && node.disk.get(&id).is_some_and(|r| !r.rotten)
        };
        if block.live.iter().any(good) {
            return Ok(());
        }
        let nodes: Vec<String> = block.live.iter().map(|n| self.node(*n).with_storage()).collect();
        Err(io(format!("All datanodes [{}] are bad. Aborting...", nodes.join(", "))))
    }

    /// Adds bytes to a block: its generation stamp rises, and replicas on nodes that did not take
    /// part are out of date.
    pub(super) fn extend(&mut self, id: u64, data: Slice, act: &mut Act<'_>) {
        self.cancel_copies(id);
        let stamp = self.next_stamp;
        self.next_stamp += 1;
        let Some(block) = self.blocks.get_mut(&id) else { return };
        block.stamp = stamp;
        block.len += data.len;
        let added = data.len;
        block.data.push(data);
        let (len, live, file) = (block.len, block.live.clone(), block.file);
        for node in live {
            let holder = &mut self.nodes[usize::from(node.0)];
            let rotten = holder.disk.get(&id).is_none_or(|r| r.rotten);
            if holder.connected && !rotten {
                holder.store(id, stamp, len);
            } else if let Some(block) = self.blocks.get_mut(&id) {
                block.live.remove(&node);
                if holder.connected {
                    block.corrupt.insert(node);
                }
            }
        }
        self.tree.change_file(file, |f| f.len += added);
        self.evaluate(id, act);
    }

    /// The bytes of a file from `offset`, at most `len`, each block from one of its replicas.
    ///
    /// # Errors
    /// `BlockMissingException` when no replica of a block answers.
    pub(super) fn serve(
        &self,
        path: &str,
        blocks: &[u64],
        offset: u64,
        len: u64,
    ) -> Result<Served, ApiError> {
        let mut served = Served::default();
        let (mut skip, mut left) = (offset, len);
        for block in blocks.iter().filter_map(|id| self.blocks.get(id)) {
            if left == 0 {
                break;
            }
            if skip >= block.len {
                skip -= block.len;
                continue;
            }
            let take = left.min(block.len - skip);
            let node = self.replica_to_read(block, &mut served);
            let Some(node) = node else { return Err(self.no_replica(path, block, &served)) };
            served.by.push((block.id, node));
            served.slices.extend(block.slices(skip, take));
            left -= take;
            skip = 0;
        }
        Ok(served)
    }

    /// A replica that answers with the right bytes. Different blocks begin with different nodes, so
    /// a file is not read from one node only.
    fn replica_to_read(&self, block: &Block, served: &mut Served) -> Option<NodeId> {
        let nodes: Vec<NodeId> = block.live.iter().copied().collect();
        let first = usize::try_from(block.id).unwrap_or(0);
        for step in 0..nodes.len() {
            let id = nodes[(first + step) % nodes.len()];
            let node = self.node(id);
            if !node.connected {
                served.silent.insert(id);
            } else if node.disk.get(&block.id).is_none_or(|r| r.rotten) {
                served.corrupt.push((block.id, id));
            } else {
                return Some(id);
            }
        }
        None
    }

    fn no_replica(&self, path: &str, block: &Block, served: &Served) -> ApiError {
        let spell = |nodes: Vec<NodeId>| {
            nodes.iter().fold(String::new(), |mut text, n| {
                text.push(' ');
                text.push_str(&self.node(*n).with_storage());
                text
            })
        };
        let locations = spell(block.live.iter().chain(&block.corrupt).copied().collect());
        let dead =
            spell(served.silent.iter().filter(|n| block.live.contains(n)).copied().collect());
        let message = format!(
            "Could not obtain block: {}:{} file={path} No live nodes contain current block Block \
             locations:{locations} Dead nodes: {dead}",
            self.pool,
            block.name()
        );
        ApiError::new(403, "BlockMissingException", message)
    }
}

/// Cuts a body into blocks. The first may be shorter, to fill up a block that is there.
pub(super) fn cut(body: &Blob, first: u64, block_size: u64) -> Vec<Slice> {
    let mut parts = Vec::new();
    let mut offset = 0;
    let mut room = if first == 0 { block_size } else { first };
    while offset < body.len {
        let len = room.min(body.len - offset);
        parts.push(Slice { digest: body.digest, offset, len });
        offset += len;
        room = block_size;
    }
    parts
}

/// An `IOException`.
pub(super) fn io(message: impl Into<String>) -> ApiError {
    ApiError::new(403, "IOException", message)
}

//! Where replicas go, and which go away: the default block placement policy.
//!
//! First replica on the writer's node when that is a DataNode, else on a random one; second on
//! another rack; third on the second's rack; further ones at random. Never two on one node, and no
//! more than `(replicas - 1) / racks + 2` on one rack. The writer here is always the gateway machine,
//! which is no DataNode. Load and stale nodes are not considered, as by default for writes.

use std::collections::{BTreeMap, BTreeSet};

use super::State;
use super::node::NodeId;
use base::Rng;

/// What is asked of the policy.
pub(super) struct Wanted<'a> {
    /// How many replicas the block is to have in the end.
    pub replicas: usize,
    /// Nodes that have one, or are about to get one.
    pub chosen: &'a [NodeId],
    /// Nodes that must not be used, whatever else.
    pub excluded: &'a BTreeSet<NodeId>,
    /// Bytes a node must have free.
    pub space: u64,
    /// Whether nothing of the block exists yet.
    pub new: bool,
}

/// Which racks a choice is limited to.
#[derive(Clone, Copy)]
enum Scope<'a> {
    Any,
    Rack(&'a str),
    NotRack(&'a str),
}

impl State {
    fn rack(&self, node: NodeId) -> &str {
        &self.nodes[usize::from(node.0)].rack
    }

    /// How many racks the NameNode knows live nodes on.
    pub(super) fn live_racks(&self) -> usize {
        let racks: BTreeSet<&str> =
            self.nodes.iter().filter(|n| n.believed()).map(|n| n.rack.as_str()).collect();
        racks.len()
    }

    /// The most replicas of one block that may stand on one rack.
    fn per_rack(&self, replicas: usize) -> usize {
        let racks = self.live_racks();
        if racks <= 1 || replicas <= 1 {
            return replicas;
        }
        let most = (replicas - 1) / racks + 2;
        if most == replicas { most - 1 } else { most }
    }

    /// Chooses as many further nodes as can be found, up to what is wanted.
    pub(super) fn choose_targets(&self, rng: &mut Rng, wanted: &Wanted<'_>) -> Vec<NodeId> {
        let mut nodes: Vec<NodeId> = wanted.chosen.to_vec();
        while nodes.len() < wanted.replicas {
            let Some(next) = self.choose_next(rng, wanted, &nodes) else { break };
            nodes.push(next);
        }
        nodes.split_off(wanted.chosen.len())
    }

    fn choose_next(&self, rng: &mut Rng, wanted: &Wanted<'_>, nodes: &[NodeId]) -> Option<NodeId> {
        let rack = |i: usize| self.rack(nodes[i]);
        let scopes = match nodes.len() {
            0 => vec![Scope::Any],
            1 => vec![Scope::NotRack(rack(0)), Scope::Any],
            2 if rack(0) == rack(1) => vec![Scope::NotRack(rack(0)), Scope::Any],
            2 if wanted.new => vec![Scope::Rack(rack(1)), Scope::Any],
            2 => vec![Scope::Rack(rack(0)), Scope::Any],
            // However many there are: a block whose replicas share a rack must leave it.
            _ if nodes.iter().all(|n| self.rack(*n) == rack(0)) => {
                vec![Scope::NotRack(rack(0)), Scope::Any]
            }
            _ => vec![Scope::Any],
        };
        scopes.into_iter().find_map(|scope| {
            let open = self.eligible(wanted, nodes, scope);
            rng.pick(&open).copied()
        })
    }

    fn eligible(&self, wanted: &Wanted<'_>, nodes: &[NodeId], scope: Scope<'_>) -> Vec<NodeId> {
        let most = self.per_rack(wanted.replicas);
        let mut on_rack: BTreeMap<&str, usize> = BTreeMap::new();
        for node in nodes {
            *on_rack.entry(self.rack(*node)).or_default() += 1;
        }
        self.ids()
            .filter(|id| {
                let node = &self.nodes[usize::from(id.0)];
                let in_scope = match scope {
                    Scope::Any => true,
                    Scope::Rack(rack) => node.rack == rack,
                    Scope::NotRack(rack) => node.rack != rack,
                };
                in_scope
                    && node.believed()
                    && !nodes.contains(id)
                    && !wanted.excluded.contains(id)
                    && node.remaining() >= wanted.space
                    && on_rack.get(node.rack.as_str()).copied().unwrap_or(0) < most
            })
            .collect()
    }

    /// Whether these replicas stand on two racks, or on one because more is not possible.
    pub(super) fn well_placed(&self, nodes: &BTreeSet<NodeId>, target: usize) -> bool {
        if nodes.is_empty() || target <= 1 {
            return true;
        }
        let racks: BTreeSet<&str> = nodes.iter().map(|n| self.rack(*n)).collect();
        racks.len() >= self.live_racks().min(2)
    }

    /// Which of too many replicas to delete: one on a rack that has more than one of them, and there
    /// the one on the node with the least space left.
    pub(super) fn choose_surplus(&self, nodes: &BTreeSet<NodeId>) -> Option<NodeId> {
        let mut on_rack: BTreeMap<&str, usize> = BTreeMap::new();
        for node in nodes {
            *on_rack.entry(self.rack(*node)).or_default() += 1;
        }
        let crowded: Vec<NodeId> =
            nodes.iter().copied().filter(|n| on_rack[self.rack(*n)] > 1).collect();
        let pool = if crowded.is_empty() { nodes.iter().copied().collect() } else { crowded };
        pool.into_iter().min_by_key(|n| {
            let node = &self.nodes[usize::from(n.0)];
            (node.free(), *n)
        })
    }

    /// All nodes in order.
    pub(super) fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u16::try_from(self.nodes.len()).unwrap_or(u16::MAX)).map(NodeId)
    }
}

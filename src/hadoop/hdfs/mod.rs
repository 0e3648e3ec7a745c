//! HDFS: a NameNode, DataNodes on racks, blocks as slices of blobs.
//!
//! Follows Hadoop 3.3.4's NameNode and the HDFS architecture guide. A write is instant: its
//! pipeline is chosen and can fail, but takes no lab time. Not built yet: ACLs, snapshots, trash,
//! erasure coding, leases, the balancer, decommissioning and a second NameNode.

mod block;
pub mod config;
mod files;
mod fsck;
mod lifecycle;
mod namespace;
mod node;
pub mod ops;
mod permission;
mod placement;
mod quota;
mod redundancy;
mod report;
mod safe_mode;
pub mod view;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use base::{Rng, Time};
use block::Block;
use config::Settings;
use machines::Changed;
use namespace::Namespace;
use node::Node;
pub use node::NodeId;
use redundancy::Redundancy;
pub use report::{ClusterStats, NodeReport};
use safe_mode::SafeMode;
use sim::api::{Protocol, Service};
use sim::{Config, Effect, Subscriber, Subscription, System, World};

/// The system: a line in the list of systems.
pub static SYSTEM: System =
    System::of::<State>(&[&SERVICE]).subscribed(NEWS).shaped_by(crate::shape::PART);

const NEWS: &[Subscription] = &[Subscription::of::<State, Changed>()];

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "hdfs",
    title: "Hadoop Distributed File System",
    protocol: Protocol::Hadoop,
    signing_name: "hdfs",
    api_version: "3.3.4",
    xml_namespace: "",
    operations: ops::ALL,
    refused: &[],
};

/// The name space, the blocks and the nodes.
#[derive(Hash, Debug)]
pub struct State {
    /// `BP-…`, the block pool.
    pool: String,
    settings: Settings,
    /// When the NameNode started.
    started: Time,
    /// Counts the NameNode's starts, so that an event of an earlier life is known as such.
    life: u32,
    tree: Namespace,
    blocks: BTreeMap<u64, Block>,
    nodes: Vec<Node>,
    next_block: u64,
    next_stamp: u64,
    redundancy: Redundancy,
    safe_mode: SafeMode,
}

/// What happens by itself in the cluster.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Event {
    /// A round of the redundancy monitor.
    Monitor { life: u32 },
    /// A node has been silent so long that it is stale.
    Stale { node: NodeId, epoch: u32 },
    /// A node has been silent so long that it is dead.
    Dead { node: NodeId, epoch: u32 },
    /// A node connects to the NameNode.
    Register { node: NodeId, epoch: u32 },
    /// A node deletes the replicas it was told to.
    Purge { node: NodeId, epoch: u32 },
    /// A replica has been copied.
    Copied { block: u64, token: u64 },
    /// A copy should have arrived long ago.
    CopyTimeout { block: u64, token: u64 },
    /// The extension of safe mode is over.
    SafeModeEnds { life: u32 },
}

impl sim::State for State {
    const NAME: &'static str = "hdfs";
    type Event = Event;

    /// The cluster as a lab finds it. An idle one does nothing by itself, so nothing is scheduled.
    fn new(config: &Config, rng: &mut Rng) -> Self {
        let settings = Settings::new(config);
        Self {
            pool: format!("BP-{}-10.0.0.2-{}", 1 + rng.below(2_147_483_646), config.start.0),
            started: config.start,
            life: 0,
            tree: Namespace::new(config.start),
            blocks: BTreeMap::new(),
            nodes: Node::all(config, settings.pace),
            next_block: 1_073_741_825,
            next_stamp: 1001,
            redundancy: Redundancy::default(),
            safe_mode: SafeMode::Off,
            settings,
        }
    }

    fn happen(world: &mut World, event: Event) {
        change(world, |hdfs, act| match event {
            Event::Monitor { life } if life == hdfs.life => hdfs.monitor(act),
            Event::SafeModeEnds { life } if life == hdfs.life => hdfs.safe_mode_ends(act),
            Event::Monitor { .. } | Event::SafeModeEnds { .. } => {}
            Event::Stale { node, epoch } => hdfs.stale(node, epoch, act),
            Event::Dead { node, epoch } => hdfs.give_up(node, epoch, act),
            Event::Register { node, epoch } => hdfs.register(node, epoch, act),
            Event::Purge { node, epoch } => hdfs.purge(node, epoch, act),
            Event::Copied { block, token } => hdfs.copied(block, token, act),
            Event::CopyTimeout { block, token } => hdfs.copy_timeout(block, token, act),
        });
    }
}

impl Subscriber<Changed> for State {
    fn notify(world: &mut World, news: &Changed) {
        let machines = world.get::<machines::State>();
        let hosts: Vec<_> =
            news.hosts.iter().filter_map(|name| machines.host(name)).cloned().collect();
        change(world, |hdfs, act| {
            for host in &hosts {
                if let Some(id) = hdfs.named(&host.name) {
                    hdfs.machine_changed(id, news.change, host, act);
                }
            }
        });
    }
}

impl State {
    /// What the cluster goes by.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[usize::from(id.0)]
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[usize::from(id.0)]
    }

    /// The node of that name.
    fn named(&self, name: &str) -> Option<NodeId> {
        self.ids().find(|id| self.node(*id).name == name)
    }
}

/// What a change of the cluster needs and leaves behind.
struct Act<'a> {
    now: Time,
    rng: &'a mut Rng,
    events: Vec<(Time, Event)>,
    notices: Vec<String>,
}

impl Act<'_> {
    fn schedule(&mut self, at: Time, event: Event) {
        self.events.push((at, event));
    }

    fn notice(&mut self, text: String) {
        self.notices.push(text);
    }
}

/// Changes the cluster, then schedules and tells what came of it.
fn change<R>(world: &mut World, f: impl FnOnce(&mut State, &mut Act<'_>) -> R) -> R {
    let now = world.now();
    let (state, rng) = world.parts::<State>();
    let mut act = Act { now, rng, events: Vec::new(), notices: Vec::new() };
    let result = f(state, &mut act);
    let Act { events, notices, .. } = act;
    for (at, event) in events {
        world.schedule::<State>(at, event);
    }
    for text in notices {
        world.emit(Effect::Notice { at: now, text });
    }
    result
}

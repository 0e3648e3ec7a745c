//! HDFS: a NameNode, `DataNode`s on racks, blocks as slices of blobs.

pub mod view;

use crate::sim::api::{Protocol, Service};
use crate::sim::{Config, World};

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "hdfs",
    title: "Hadoop Distributed File System",
    protocol: Protocol::Hadoop,
    signing_name: "hdfs",
    api_version: "3.3.4",
    xml_namespace: "",
    operations: &[],
};

/// The name space, the blocks and the machines.
#[derive(Hash, Debug)]
pub struct State {}

/// What happens by itself in the cluster.
#[derive(Clone, Debug, Hash)]
pub enum Event {}

impl State {
    /// The cluster as a lab finds it.
    pub(in crate::sim) fn new(_config: &Config) -> Self {
        Self {}
    }
}

/// Schedules the cluster's first events.
pub(in crate::sim) fn begin(_world: &mut World) {}

/// Lets a scheduled event happen.
pub(in crate::sim) fn happen(_world: &mut World, event: Event) {
    match event {}
}

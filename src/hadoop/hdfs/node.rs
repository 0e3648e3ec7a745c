//! A DataNode: a machine with a disk, and what the NameNode knows of it.
//!
//! Heartbeats are no events. A connected node's last contact is computed from the instant of its
//! first heartbeat, so an idle cluster schedules nothing; only what *follows* from silence is
//! scheduled, when the silence begins.

use std::collections::BTreeMap;
use std::time::Duration;

use super::config;
use base::{Rng, Time, rng};

/// Where a node stands in the cluster's list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub u16);

/// One replica on a disk.
#[derive(Clone, Hash, Debug)]
pub(super) struct Replica {
    pub stamp: u64,
    pub len: u64,
    /// The bytes do not match their checksum any more.
    pub rotten: bool,
}

/// A machine that runs, or ran, a DataNode.
// The machine's state and what the NameNode believes vary independently.
#[expect(clippy::struct_excessive_bools)]
#[derive(Hash, Debug)]
pub(super) struct Node {
    pub name: String,
    pub rack: String,
    pub address: String,
    pub uuid: String,
    /// `DS-` and a UUID: the storage that block locations name.
    pub storage: String,
    pub capacity: u64,
    pub disk: BTreeMap<u64, Replica>,
    /// Bytes of all replicas on the disk.
    pub used: u64,
    /// Bytes of replicas on their way here.
    pub incoming: u64,
    /// Copies it sends, or was told to send.
    pub sending: u32,
    /// Whether the machine runs.
    pub running: bool,
    /// Whether it is in touch with the NameNode.
    pub connected: bool,
    /// Whether the NameNode has heard of it since it started.
    pub registered: bool,
    /// Whether the NameNode has given it up.
    pub dead: bool,
    /// Counts starts and stops, so that an event of an earlier life is known as such.
    pub epoch: u32,
    /// When this life's first heartbeat came, or the last one of the life before.
    pub heard: Time,
    /// When it last sent a full block report on connecting.
    pub reported: Time,
    /// Whether a round of deletions is on its way to it.
    pub purging: bool,
}

impl Node {
    /// The nodes of a new cluster, all of them running and in touch since before `start`.
    pub(super) fn all(seed: u64, start: Time) -> Vec<Self> {
        let mut draw = Rng::labelled(seed, "hdfs nodes");
        let mut nodes = Vec::new();
        for rack in 1..=config::RACKS {
            for place in 1..=config::NODES_PER_RACK {
                let number = (rack - 1) * config::NODES_PER_RACK + place;
                // Heartbeats of different nodes do not come at the same instant.
                let phase = i64::try_from(draw.below(3_000)).unwrap_or(0);
                let heard = Time(start.0 - phase);
                nodes.push(Self {
                    name: format!("dn{number}"),
                    rack: format!("/rack{rack}"),
                    address: format!("10.0.{rack}.{}", 10 + place),
                    uuid: uuid(&mut draw),
                    storage: format!("DS-{}", uuid(&mut draw)),
                    capacity: config::NODE_CAPACITY,
                    disk: BTreeMap::new(),
                    used: 0,
                    incoming: 0,
                    sending: 0,
                    running: true,
                    connected: true,
                    registered: true,
                    dead: false,
                    epoch: 0,
                    heard,
                    reported: heard,
                    purging: false,
                });
            }
        }
        nodes
    }

    /// Whether the NameNode counts on it.
    pub(super) fn believed(&self) -> bool {
        self.registered && !self.dead
    }

    /// The instant of its last heartbeat.
    pub(super) fn last_contact(&self, now: Time) -> Time {
        if !self.connected || now < self.heard {
            return self.heard;
        }
        Time(now.0 - (now.0 - self.heard.0).rem_euclid(config::HEARTBEAT_MS))
    }

    /// Its first heartbeat after `now`, as long as it is connected.
    pub(super) fn next_heartbeat(&self, now: Time) -> Time {
        Time(self.last_contact(now).0 + config::HEARTBEAT_MS)
    }

    /// The instant of its last full block report.
    pub(super) fn last_report(&self, now: Time) -> Time {
        let until = self.last_contact(now);
        Time(until.0 - (until.0 - self.reported.0).rem_euclid(config::BLOCK_REPORT_MS))
    }

    /// How long it has been silent.
    pub(super) fn silence(&self, now: Time) -> Duration {
        now.since(self.last_contact(now))
    }

    /// `live`, `stale` or `dead`, or `unknown` when the NameNode has not heard of it since it started.
    pub(super) fn belief(&self, now: Time) -> &'static str {
        if !self.registered {
            "unknown"
        } else if self.dead {
            "dead"
        } else if self.silence(now) >= config::STALE_AFTER {
            "stale"
        } else {
            "live"
        }
    }

    /// Bytes free for further blocks, those on their way counted.
    pub(super) fn remaining(&self) -> u64 {
        self.capacity.saturating_sub(self.used + self.incoming)
    }

    /// Puts a replica on the disk.
    pub(super) fn store(&mut self, block: u64, stamp: u64, len: u64) {
        self.used += len;
        if let Some(old) = self.disk.insert(block, Replica { stamp, len, rotten: false }) {
            self.used -= old.len;
        }
    }

    /// Takes a replica off the disk.
    pub(super) fn erase(&mut self, block: u64) {
        if let Some(old) = self.disk.remove(&block) {
            self.used -= old.len;
        }
    }

    /// `DatanodeInfoWithStorage[10.0.1.11:9866,DS-…,DISK]`
    pub(super) fn with_storage(&self) -> String {
        format!(
            "DatanodeInfoWithStorage[{}:{},{},DISK]",
            self.address,
            config::DATANODE_PORT,
            self.storage
        )
    }
}

/// A random UUID (RFC 9562, version 4).
pub(super) fn uuid(draw: &mut Rng) -> String {
    let variant = draw.text(b"89ab", 1);
    let mut part = |len| draw.text(rng::HEX, len);
    format!("{}-{}-4{}-{variant}{}-{}", part(8), part(4), part(3), part(3), part(12))
}

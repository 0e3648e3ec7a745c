//! A DataNode: what its process has on a machine's disks, and what the NameNode knows of it.
//!
//! Heartbeats are no events. A connected node's last contact is computed from the instant of its
//! first heartbeat, so an idle cluster schedules nothing; only what *follows* from silence is
//! scheduled, when the silence begins.

use std::collections::BTreeMap;
use std::time::Duration;

use super::config::{self, Pace};
use base::{Rng, Time, rng};
use machines::Host;
use sim::Config;

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

/// A DataNode. Whether its machine runs is the machine's own (`machines::State`).
// The process's state and what the NameNode believes vary independently.
#[expect(clippy::struct_excessive_bools)]
#[derive(Hash, Debug)]
pub(super) struct Node {
    pub name: String,
    pub rack: String,
    pub address: String,
    pub uuid: String,
    /// `DS-` and a UUID: the storage that block locations name.
    pub storage: String,
    /// Bytes of its machine's disks.
    pub capacity: u64,
    /// Bytes that files of others take on them.
    pub foreign: u64,
    pub pace: Pace,
    pub disk: BTreeMap<u64, Replica>,
    /// Bytes of all replicas on the disk.
    pub used: u64,
    /// Bytes of replicas on their way here.
    pub incoming: u64,
    /// Copies it sends, or was told to send.
    pub sending: u32,
    /// Whether its process has started and not reported since.
    pub fresh: bool,
    /// Whether it is in touch with the NameNode.
    pub connected: bool,
    /// Whether the NameNode has heard of it since it started.
    pub registered: bool,
    /// Whether the NameNode has given it up.
    pub dead: bool,
    /// Counts its silences and returns, so that an event of an earlier life is known as such.
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
    pub(super) fn all(world: &Config, pace: Pace) -> Vec<Self> {
        let mut draw = Rng::labelled(world.seed, "hdfs nodes");
        let one = |host: Host| {
            // Heartbeats of different nodes do not come at the same instant.
            let beat = u64::try_from(pace.heartbeat_ms).unwrap_or(1);
            let phase = i64::try_from(draw.below(beat)).unwrap_or(0);
            let heard = Time(world.start.0 - phase);
            Self {
                capacity: host.capacity(),
                foreign: host.foreign(),
                name: host.name,
                rack: host.rack,
                address: host.address,
                uuid: uuid(&mut draw),
                storage: format!("DS-{}", uuid(&mut draw)),
                pace,
                disk: BTreeMap::new(),
                used: 0,
                incoming: 0,
                sending: 0,
                fresh: false,
                connected: true,
                registered: true,
                dead: false,
                epoch: 0,
                heard,
                reported: heard,
                purging: false,
            }
        };
        machines::shape::hosts(world).into_iter().map(one).collect()
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
        self.beat_until(now)
    }

    /// Its first heartbeat after `now`, as long as it is connected.
    pub(super) fn next_heartbeat(&self, now: Time) -> Time {
        Time(self.last_contact(now).0 + self.pace.heartbeat_ms)
    }

    /// When its process last tried to be heard, whether it was or not.
    fn beat_until(&self, now: Time) -> Time {
        Time(now.0 - (now.0 - self.heard.0).rem_euclid(self.pace.heartbeat_ms))
    }

    /// When its process tries to be heard next.
    pub(super) fn beat_after(&self, now: Time) -> Time {
        Time(self.beat_until(now).0 + self.pace.heartbeat_ms)
    }

    /// The instant of its last full block report.
    pub(super) fn last_report(&self, now: Time) -> Time {
        let until = self.last_contact(now);
        Time(until.0 - (until.0 - self.reported.0).rem_euclid(self.pace.report_ms))
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
        } else if self.silence(now) >= self.pace.stale_after {
            "stale"
        } else {
            "live"
        }
    }

    /// Bytes free on its disks, as it tells the NameNode.
    pub(super) fn free(&self) -> u64 {
        self.capacity.saturating_sub(self.used + self.foreign)
    }

    /// Bytes free for further blocks, those on their way counted.
    pub(super) fn remaining(&self) -> u64 {
        self.free().saturating_sub(self.incoming)
    }

    /// Files of others come to its machine's disks or go. They get no byte that a block has, or that is
    /// kept for one on its way.
    pub(super) fn share(&mut self, host: &Host) {
        let room = self.capacity.saturating_sub(self.used + self.incoming);
        self.foreign = host.foreign().min(room);
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

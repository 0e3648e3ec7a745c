//! The machines of a lab: hosts with power, memory, disks and racks, on a network that can be cut.
//!
//! A system of its own, so that everything that runs on machines stands on the same ones. It knows no
//! processes: whoever runs on a host hears [`Changed`] in the operation that changed it, and decides
//! what becomes of what it runs there. Not built: single links, latency, losses, broken disks.

pub mod ops;
pub mod shape;

#[cfg(test)]
mod tests;

use base::{Rng, Time};
use sim::api::{Protocol, Service};
use sim::{Config, Never, System, World};

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE]).shaped_by(shape::PART);

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "machines",
    title: "The machines of the lab",
    protocol: Protocol::Lab,
    signing_name: "machines",
    api_version: "",
    xml_namespace: "",
    operations: ops::ALL,
    refused: &[],
};

/// One machine.
#[derive(Clone, Hash, Debug, PartialEq, Eq)]
pub struct Host {
    /// `dn1`
    pub name: String,
    /// `10.0.1.11`
    pub address: String,
    /// `/rack1`
    pub rack: String,
    /// Bytes.
    pub memory: u64,
    pub cores: u32,
    /// Bytes of each disk.
    pub disks: Vec<u64>,
    /// How much of each disk is taken by files that belong to no system here, in percent, as far as there
    /// was room for them.
    pub filled: u8,
    /// Whether it has power.
    pub on: bool,
    /// Since when it has, or has not.
    pub since: Time,
    /// Counts the times that its power came or went.
    pub life: u32,
    /// Where it is when it is not on the lab's network.
    pub cut: Option<Cut>,
}

/// A machine that is cut off.
#[derive(Clone, Copy, Hash, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Those that were cut off together reach each other, and nobody else.
    pub island: u32,
    pub since: Time,
}

impl Host {
    /// Whether it runs, and is reached from the lab's network: there the learner sits, and whatever
    /// has no host of its own (a NameNode).
    #[must_use]
    pub fn answers(&self) -> bool {
        self.on && self.cut.is_none()
    }

    /// Whether both run and a packet gets from one to the other.
    #[must_use]
    pub fn reaches(&self, other: &Self) -> bool {
        let island = |host: &Self| host.cut.map(|cut| cut.island);
        self.on && other.on && island(self) == island(other)
    }

    /// Bytes of all its disks.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.disks.iter().fold(0, |sum, disk| sum.saturating_add(*disk))
    }

    /// Bytes that files of no system here take on its disks, if there was room for all of them.
    #[must_use]
    pub fn foreign(&self) -> u64 {
        // No disk is so large that a hundred times its bytes were too many.
        let taken = |disk: &u64| disk.saturating_mul(u64::from(self.filled)) / 100;
        self.disks.iter().map(taken).fold(0, u64::saturating_add)
    }
}

/// All machines, in the order in which the world's shape names them.
#[derive(Hash, Debug)]
pub struct State {
    hosts: Vec<Host>,
    /// Numbers the islands.
    islands: u32,
}

/// What happened to machines.
#[derive(Clone, Copy, Hash, Debug, PartialEq, Eq)]
pub enum Change {
    /// Their plugs were pulled.
    Off,
    /// They have power again.
    On,
    /// The network was cut around them.
    Cut,
    /// They are on the lab's network again.
    Healed,
    /// Files of no system here take more of their disks than before, or less.
    Filled,
}

/// Told to every system that hears it, behind the change and in the same operation.
#[derive(Clone, Hash, Debug, PartialEq, Eq)]
pub struct Changed {
    pub change: Change,
    /// The names of the machines that it happened to, in the order of the list.
    pub hosts: Vec<String>,
}

impl sim::State for State {
    const NAME: &'static str = "machines";
    type Event = Never;

    fn new(config: &Config, _: &mut Rng) -> Self {
        Self { hosts: shape::hosts(config), islands: 0 }
    }

    fn happen(_: &mut World, event: Never) {
        match event {}
    }
}

impl State {
    /// Every machine.
    pub fn hosts(&self) -> impl Iterator<Item = &Host> {
        self.hosts.iter()
    }

    /// The machine of that name.
    #[must_use]
    pub fn host(&self, name: &str) -> Option<&Host> {
        self.hosts.iter().find(|host| host.name == name)
    }

    fn set_power(&mut self, chosen: &[usize], on: bool, now: Time) {
        for at in chosen {
            let host = &mut self.hosts[*at];
            host.on = on;
            host.since = now;
            host.life += 1;
        }
    }

    /// Puts machines on an island of their own.
    fn cut(&mut self, chosen: &[usize], now: Time) {
        self.islands += 1;
        for at in chosen {
            let host = &mut self.hosts[*at];
            let since = host.cut.map_or(now, |cut| cut.since);
            host.cut = Some(Cut { island: self.islands, since });
        }
    }

    fn heal(&mut self, chosen: &[usize]) {
        for at in chosen {
            self.hosts[*at].cut = None;
        }
    }

    fn fill(&mut self, chosen: &[usize], percent: u8) {
        for at in chosen {
            self.hosts[*at].filled = percent;
        }
    }

    fn names(&self, chosen: &[usize]) -> Vec<String> {
        chosen.iter().map(|at| self.hosts[*at].name.clone()).collect()
    }
}

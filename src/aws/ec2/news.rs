//! What EC2 tells other systems: the turns in instances' lives, and what becomes of disks.

use super::machine::Phase;
use crate::place::Place;

/// There was a turn in an instance's life. Who stands on instances hears of it, behind the change, in
/// the same operation or event.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct InstanceTurned {
    pub place: Place,
    /// `i-0abc…`
    pub instance: String,
    pub turn: Turn,
}

/// Which turn.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Turn {
    /// It was launched or started, and is pending.
    Starting,
    /// It has power: its system boots from here on.
    Running,
    /// It runs on and boots anew.
    Rebooted,
    /// Its system is told to come to an end.
    Stopping,
    /// It has no power; its volumes stay.
    Stopped,
    /// It comes to its end.
    Ending,
    /// It is terminated.
    Terminated,
}

impl Turn {
    /// The state that the instance is in from here on, as `DescribeInstances` has it.
    #[must_use]
    pub fn state(self) -> &'static str {
        match self {
            Self::Starting => Phase::Pending,
            Self::Running | Self::Rebooted => Phase::Running,
            Self::Stopping => Phase::Stopping,
            Self::Stopped => Phase::Stopped,
            Self::Ending => Phase::ShuttingDown,
            Self::Terminated => Phase::Terminated,
        }
        .name()
    }
}

/// A snapshot of a root disk was taken, copied or deleted. Who keeps the files of instances hears of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DiskTurned {
    pub place: Place,
    /// `snap-0abc…`
    pub snapshot: String,
    pub turn: DiskTurn,
}

/// What became of a snapshot.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum DiskTurn {
    /// It holds what the root disk of this instance holds now.
    Taken { instance: String },
    /// It holds what this one holds.
    Copied { from: String },
    /// It is deleted.
    Gone,
}

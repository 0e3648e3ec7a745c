//! The turns in an instance's life, as whoever runs its system hears of them.

use crate::place::Place;

/// A turn in an instance's life; told behind the change, in the same operation or event.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Power {
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

//! What a change gets and gives: time and random numbers, and the events it wants to happen later.
//!
//! A request that changes something gets a [`Cx`]. The caller hands each of its events back at its
//! time. A request that fails has changed nothing.

use super::place::Place;
use super::time::Time;

/// What a change has to know and may want.
pub struct Cx<'a> {
    pub place: Place,
    pub now: Time,
    /// The seeded generator behind every identifier.
    pub draw: &'a mut dyn FnMut() -> u64,
    /// What should happen later.
    pub events: Vec<(Time, Event)>,
}

impl<'a> Cx<'a> {
    pub fn new(place: Place, now: Time, draw: &'a mut dyn FnMut() -> u64) -> Self {
        Self { place, now, draw, events: Vec::new() }
    }

    /// A random identifier in the form of RFC 9562, version 4.
    pub(crate) fn uuid(&mut self) -> String {
        let bits = u128::from((self.draw)()) << 64 | u128::from((self.draw)());
        let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
        let hex = format!("{bits:032x}");
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        parts.join("-")
    }

    /// Eight random hexadecimal digits.
    pub(crate) fn hex8(&mut self) -> String {
        format!("{:08x}", (self.draw)() >> 32)
    }

    pub(crate) fn at(&mut self, time: Time, what: What) {
        self.events.push((time, Event { place: self.place.clone(), what }));
    }
}

/// Something that happens by itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Event {
    pub place: Place,
    pub what: What,
}

/// A table of one life: a name can be used again.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TableRef {
    pub name: String,
    pub id: String,
}

/// What happens by itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum What {
    /// A table that is created, updated or restored is ready.
    TableActive(TableRef),
    /// A table that is deleted is gone.
    TableGone(TableRef),
    /// An index is filled and can be queried.
    IndexActive(TableRef, String),
    /// An index that is deleted is gone.
    IndexGone(TableRef, String),
    /// Time to live is on, or off.
    TtlSettled(TableRef),
    /// Expired items are looked for.
    TtlSweep(TableRef),
    /// A stream that was turned off is forgotten.
    StreamGone(String),
    /// A backup can be restored.
    BackupAvailable(String),
    /// A backup of the service's own is deleted.
    BackupGone(String),
}

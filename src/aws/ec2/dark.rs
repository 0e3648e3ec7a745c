//! The zones of a region that have no power.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use base::Time;

/// Zones without power, and since when. A region in which every zone has power has the digest that it had
/// before zones could lose it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Dark(BTreeMap<String, Time>);

impl Hash for Dark {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if !self.0.is_empty() {
            self.0.hash(state);
        }
    }
}

impl Dark {
    pub(crate) fn has(&self, zone: &str) -> bool {
        self.0.contains_key(zone)
    }

    /// Since when a zone has no power.
    pub(crate) fn since(&self, zone: &str) -> Option<Time> {
        self.0.get(zone).copied()
    }

    /// Takes a zone's power.
    pub(crate) fn begin(&mut self, zone: &str, now: Time) {
        self.0.insert(zone.to_owned(), now);
    }

    /// Gives it back.
    pub(crate) fn end(&mut self, zone: &str) {
        self.0.remove(zone);
    }
}

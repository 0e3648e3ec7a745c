//! What EC2 tells other systems: that an instance has come to another state.

use super::machine::Phase;
use super::region::Place;

/// An instance is in another state than before, or has started anew.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InstanceTurned {
    pub place: Place,
    /// `i-0abc…`
    pub instance: String,
    /// `pending`, `running`, `shutting-down`, `terminated`, `stopping`, `stopped`
    pub state: &'static str,
}

impl InstanceTurned {
    pub(super) fn new(place: &Place, instance: &str, phase: Phase) -> Self {
        Self { place: place.clone(), instance: instance.to_owned(), state: phase.name() }
    }
}

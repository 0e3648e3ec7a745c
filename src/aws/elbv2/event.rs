//! What happens by itself, and when.

use aws::place::Place;
use sim::World;

use super::group::TargetKey;
use super::probe::Outcome;
use super::state::State;

/// Something that happens in a place.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Event {
    pub(crate) place: Place,
    pub(crate) what: What,
}

/// What happens.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum What {
    /// A load balancer is active.
    Active { balancer: String },
    /// A target is asked for its health; of an earlier round when `life` is another than its own.
    Check { group: String, target: TargetKey, life: u64 },
    /// What became of a question that was not answered at once.
    Checked { group: String, target: TargetKey, life: u64, outcome: Outcome },
    /// The deregistration delay of a target is over.
    Drained { group: String, target: TargetKey, life: u64 },
    /// A request has its answer.
    Answered { ticket: u64 },
    /// Values are due.
    Measure { balancer: String },
}

impl Event {
    /// Puts it into the queue.
    pub(crate) fn at(self, world: &mut World, at: base::Time) {
        world.schedule::<State>(at, self);
    }
}

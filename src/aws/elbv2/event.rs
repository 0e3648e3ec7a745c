//! What happens by itself.

use aws::place::Place;
use sim::{Effect, World};

use super::group::TargetKey;
use super::state::State;
use super::{front, health, log, measure};

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
    Checked { group: String, target: TargetKey, life: u64, outcome: health::Outcome },
    /// The deregistration delay of a target is over.
    Drained { group: String, target: TargetKey, life: u64 },
    /// A request has its answer.
    Answered { ticket: u64 },
    /// A log file is due.
    Log { balancer: String },
    /// Values are due.
    Measure { balancer: String },
}

impl Event {
    /// Puts it into the queue.
    pub(crate) fn at(self, world: &mut World, at: base::Time) {
        world.schedule::<State>(at, self);
    }
}

/// Lets it happen.
pub(crate) fn happen(world: &mut World, event: Event) {
    let place = event.place;
    match event.what {
        What::Active { balancer } => {
            let region = world.get_mut::<State>().region_mut(&place);
            let Some(found) = region.balancers.get_mut(&balancer) else { return };
            found.active = true;
            let text = format!("The load balancer {} is active.", found.name);
            let at = world.now();
            world.emit(Effect::Notice { at, text });
            measure::begin(world, &place, &balancer);
            health::settle(world, &place);
        }
        What::Check { group, target, life } => health::check(world, &place, &group, &target, life),
        What::Checked { group, target, life, outcome } => {
            health::conclude(world, &place, &group, &target, life, &outcome);
        }
        What::Drained { group, target, life } => {
            health::drained(world, &place, &group, &target, life);
        }
        What::Answered { ticket } => front::flight::land(world, ticket),
        What::Log { balancer } => log::close_file(world, &place, &balancer),
        What::Measure { balancer } => measure::tell(world, &place, &balancer),
    }
}

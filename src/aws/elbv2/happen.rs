//! What becomes of load balancers when something happens by itself.

use sim::{Effect, World};

use super::event::{Event, What};
use super::state::State;
use super::{health, landing, measure};

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
        What::Answered { ticket } => landing::land(world, ticket),
        What::Measure { balancer } => measure::tell(world, &place, &balancer),
    }
}

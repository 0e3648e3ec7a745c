//! What EC2 tells other systems: that an instance has come into another state.

use super::state::State;
use crate::place::Place;
use sim::World;

/// An instance is in another state than before. Who stands on instances hears of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InstanceTurned {
    pub place: Place,
    /// `i-0abc…`
    pub instance: String,
    /// `running`, as `DescribeInstances` has it.
    pub state: &'static str,
}

/// The state of an instance, as `DescribeInstances` has it; nothing when there is none of that id.
#[must_use]
pub fn instance_state(world: &World, place: &Place, instance: &str) -> Option<&'static str> {
    let region = world.get::<State>().regions.get(place)?;
    Some(region.instances.get(instance)?.phase.name())
}

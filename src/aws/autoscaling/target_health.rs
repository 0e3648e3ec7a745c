//! Whether the load balancer finds a group's instances healthy.

use sim::World;

use super::life::{self, Says};
use super::state::{Whose, group, group_mut};
use super::targets::{is_watched, serving, states, watch};

/// Looks at what the load balancer says of every instance that serves.
pub(crate) fn check(world: &mut World, whose: &Whose) {
    if let Some(group) = group_mut(world, whose) {
        group.ticking.targets = false;
    }
    if !is_watched(world, whose) {
        return;
    }
    let suspended = group(world, whose).is_some_and(|group| group.is_suspended("HealthCheck"));
    for instance in serving(world, whose) {
        if suspended || life::is_spared(world, whose, &instance) {
            continue;
        }
        if states(world, whose, &instance).iter().any(|state| state == "unhealthy") {
            life::says_unhealthy(world, whose, &instance, Says::Balancer);
        }
    }
    watch(world, whose);
}

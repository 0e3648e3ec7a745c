//! What services say of themselves, and when their scheduler looks at them.

use std::time::Duration;

use sim::World;

use super::durations::SCHEDULING;
use super::shapes::service::ServiceEvent;
use super::state::{Event, ServiceAt, ServiceId, State};

/// How many events of a service are kept (Amazon ECS developer guide, "Viewing service events").
const EVENTS_MAX: usize = 100;

/// Lets a service say something, behind its name.
pub(crate) fn say(world: &mut World, id: &ServiceId, what: &str) {
    let now = world.now();
    let (state, rng) = world.parts::<State>();
    let Some(kept) = state.kept_mut(id) else { return };
    let message = format!("(service {}) {what}", id.service);
    let event = ServiceEvent { id: rng.uuid(), created_at: now, message };
    kept.service.events.insert(0, event);
    kept.service.events.truncate(EVENTS_MAX);
}

/// Lets the scheduler look at a service soon.
pub(crate) fn nudge(world: &mut World, id: &ServiceId) {
    plan(world, id, SCHEDULING);
}

/// Lets the scheduler look at a service after so long, unless it does before.
pub(crate) fn plan(world: &mut World, id: &ServiceId, after: Duration) {
    let at = world.now().plus(after);
    let Some(kept) = world.get_mut::<State>().kept_mut(id) else { return };
    if kept.planned.is_some_and(|planned| planned <= at) {
        return;
    }
    kept.planned = Some(at);
    world.schedule::<State>(at, Event::Schedule(ServiceAt(id.clone())));
}

/// Lets the scheduler look at every service of a cluster, since there may be room now.
pub(crate) fn nudge_all(world: &mut World, place: &aws::place::Place, cluster: &str) {
    let Some(unit) = world.get::<State>().find(place, cluster) else { return };
    let names: Vec<String> = unit.services.keys().cloned().collect();
    for service in names {
        let id = ServiceId { place: place.clone(), cluster: cluster.to_owned(), service };
        nudge(world, &id);
    }
}

//! What remains of a request when it has its answer: a line of the log, and numbers.

use aws::metrics::Measured;
use sim::World;

use super::counts::{self, NAMESPACE};
use super::log;
use super::state::State;

/// A request has its answer, or its client is gone.
pub(crate) fn land(world: &mut World, ticket: u64) {
    let now = world.now();
    let state = world.get_mut::<State>();
    let Some(flight) = state.flights.remove(&ticket) else { return };
    let region = state.region_mut(&flight.place);
    if let Some((group, key)) = &flight.target
        && let Some(target) = region.groups.get_mut(group).and_then(|g| g.targets.get_mut(key))
    {
        target.open = target.open.saturating_sub(1);
    }
    let Some(balancer) = region.balancers.get_mut(&flight.balancer) else { return };
    balancer.counts.take(&flight);
    let path = balancer.path().to_owned();
    if balancer.is_on("access_logs.s3.enabled") {
        let line = flight.entry.line(&path, now);
        log::write(world, &flight.place, &flight.balancer, &line);
    }
    let (Some((group, _)), Some(took)) = (&flight.target, flight.entry.target_ms) else { return };
    if flight.entry.target_status.is_none() {
        return;
    }
    let group = counts::group_path(group).to_owned();
    let dimensions = vec![("LoadBalancer".to_owned(), path), ("TargetGroup".to_owned(), group)];
    for dimensions in [vec![dimensions[0].clone()], dimensions] {
        world.tell(&Measured {
            place: flight.place.clone(),
            namespace: NAMESPACE.to_owned(),
            name: "TargetResponseTime".to_owned(),
            dimensions,
            unit: Some("Seconds".to_owned()),
            value: counts::seconds(took),
            at: now,
        });
    }
}

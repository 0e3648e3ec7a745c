//! Requests that have no answer yet, and what remains of them when they have: a line of the log, numbers.

use aws::metrics::Measured;
use aws::place::Place;
use sim::World;

use crate::group::TargetKey;
use crate::log::Entry;
use crate::measure;
use crate::state::State;

/// The port that clients come from. What is on their side of the connection is not simulated.
pub(crate) const CLIENT_PORT: u16 = 50_000;

/// A request under way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Flight {
    pub(crate) place: Place,
    /// The ARN of the load balancer.
    pub(crate) balancer: String,
    /// The target group and the target, when it goes to one.
    pub(crate) target: Option<(String, TargetKey)>,
    pub(crate) entry: Entry,
    /// Whether the connection to the target failed.
    pub(crate) broken: bool,
}

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
    if balancer.is_on("access_logs.s3.enabled") {
        let line = flight.entry.line(balancer.path(), now);
        balancer.lines.push(line);
    }
    let path = balancer.path().to_owned();
    let (Some((group, _)), Some(took)) = (&flight.target, flight.entry.target_ms) else { return };
    if flight.entry.target_status.is_none() {
        return;
    }
    let group = measure::group_path(group).to_owned();
    let dimensions = vec![("LoadBalancer".to_owned(), path), ("TargetGroup".to_owned(), group)];
    for dimensions in [vec![dimensions[0].clone()], dimensions] {
        world.tell(&Measured {
            place: flight.place.clone(),
            namespace: measure::NAMESPACE.to_owned(),
            name: "TargetResponseTime".to_owned(),
            dimensions,
            unit: Some("Seconds".to_owned()),
            value: measure::seconds(took),
            at: now,
        });
    }
}

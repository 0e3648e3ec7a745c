//! What load balancers measure, once a minute of lab time.
//!
//! Source: the User Guide for Application Load Balancers, "CloudWatch metrics". Dimensions are
//! `LoadBalancer`, and with it `TargetGroup`; those by zone are not told.

use std::collections::BTreeMap;

use aws::metrics::Measured;
use aws::place::Place;
use sim::World;

use super::counts::{NAMESPACE, group_path};
use super::durations::MEASURE_INTERVAL;
use super::event::{Event, What};
use super::group::Health;
use super::health;
use super::state::State;

/// Plans the first measuring.
pub(crate) fn begin(world: &mut World, place: &Place, balancer: &str) {
    let at = world.now().plus(MEASURE_INTERVAL);
    let what = What::Measure { balancer: balancer.to_owned() };
    Event { place: place.clone(), what }.at(world, at);
}

/// Tells what was counted in the last minute, and how many targets are healthy now.
pub(crate) fn tell(world: &mut World, place: &Place, arn: &str) {
    let now = world.now();
    let region = world.get_mut::<State>().region_mut(place);
    let Some(balancer) = region.balancers.get_mut(arn) else { return };
    let counts = std::mem::take(&mut balancer.counts);
    let path = balancer.path().to_owned();
    let mut values: Vec<(String, &'static str, u64)> = counts.all().collect();
    let region = world.get::<State>().region(place);
    let user = region.balancers.get(arn);
    let groups = region.listeners_of(arn).flat_map(|listener| listener.groups());
    let groups: std::collections::BTreeSet<&str> = groups.collect();
    for group in groups.iter().filter_map(|group| region.groups.get(*group)) {
        let mut healthy = 0;
        let mut unhealthy = 0;
        for (key, target) in &group.targets {
            if !health::usable(world, place, user, group, key) {
                continue;
            }
            match target.health {
                Health::Healthy => healthy += 1,
                Health::Unhealthy(..) => unhealthy += 1,
                _ => {}
            }
        }
        values.push((group.arn.clone(), "HealthyHostCount", healthy));
        values.push((group.arn.clone(), "UnHealthyHostCount", unhealthy));
    }
    let healthy: BTreeMap<String, u64> = values
        .iter()
        .filter(|(_, metric, _)| *metric == "HealthyHostCount")
        .map(|(group, _, count)| (group.clone(), *count))
        .collect();
    for (group, metric, count) in values {
        let mut dimensions = vec![("LoadBalancer".to_owned(), path.clone())];
        if metric == "RequestCountPerTarget" {
            dimensions.clear();
        }
        if !group.is_empty() {
            dimensions.push(("TargetGroup".to_owned(), group_path(&group).to_owned()));
        }
        let mut value = whole(count);
        if metric == "RequestCountPerTarget" {
            value /= whole(healthy.get(&group).copied().unwrap_or(1).max(1));
        }
        let unit = if metric == "ProcessedBytes" { "Bytes" } else { "Count" };
        world.tell(&Measured {
            place: place.clone(),
            namespace: NAMESPACE.to_owned(),
            name: metric.to_owned(),
            dimensions,
            unit: Some(unit.to_owned()),
            value,
            at: now,
        });
    }
    begin(world, place, arn);
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
fn whole(count: u64) -> f64 {
    count as f64
}

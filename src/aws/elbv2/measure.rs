//! What load balancers measure, once a minute of lab time.
//!
//! Source: the User Guide for Application Load Balancers, "CloudWatch metrics". Dimensions are
//! `LoadBalancer`, and with it `TargetGroup`; those by zone are not told.

use std::collections::BTreeMap;

use aws::metrics::Measured;
use aws::place::Place;
use sim::World;

use super::durations::MEASURE_INTERVAL;
use super::event::{Event, What};
use super::front::flight::Flight;
use super::group::Health;
use super::health;
use super::state::State;

pub(crate) const NAMESPACE: &str = "AWS/ApplicationELB";

/// What was counted: by target group (an ARN, or nothing) and metric.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Counts(BTreeMap<(String, &'static str), u64>);

impl Counts {
    fn add(&mut self, group: &str, metric: &'static str, count: u64) {
        *self.0.entry((group.to_owned(), metric)).or_default() += count;
    }

    /// Counts a request that has ended.
    pub(crate) fn take(&mut self, flight: &Flight) {
        let entry = &flight.entry;
        let group = flight.target.as_ref().map_or("", |(group, _)| group.as_str());
        self.add("", "ProcessedBytes", entry.received + entry.sent);
        self.add("", "RequestCount", 1);
        match entry.action {
            "redirect" => self.add("", "HTTP_Redirect_Count", 1),
            "fixed-response" => self.add("", "HTTP_Fixed_Response_Count", 1),
            _ => {}
        }
        let mut both = |metric| {
            self.add("", metric, 1);
            if !group.is_empty() {
                self.add(group, metric, 1);
            }
        };
        match entry.target_status {
            Some(200..=299) => both("HTTPCode_Target_2XX_Count"),
            Some(300..=399) => both("HTTPCode_Target_3XX_Count"),
            Some(400..=499) => both("HTTPCode_Target_4XX_Count"),
            Some(500..) => both("HTTPCode_Target_5XX_Count"),
            _ => {}
        }
        if flight.broken {
            both("TargetConnectionErrorCount");
        }
        if !group.is_empty() {
            self.add(group, "RequestCount", 1);
            self.add(group, "RequestCountPerTarget", 1);
        }
        if entry.target_status.is_some() || entry.action == "fixed-response" {
            return;
        }
        match entry.status {
            300..=399 => self.add("", "HTTPCode_ELB_3XX_Count", 1),
            400..=499 => self.add("", "HTTPCode_ELB_4XX_Count", 1),
            500.. => self.add("", "HTTPCode_ELB_5XX_Count", 1),
            _ => {}
        }
        match entry.status {
            500 => self.add("", "HTTPCode_ELB_500_Count", 1),
            502 => self.add("", "HTTPCode_ELB_502_Count", 1),
            503 => self.add("", "HTTPCode_ELB_503_Count", 1),
            504 => self.add("", "HTTPCode_ELB_504_Count", 1),
            _ => {}
        }
    }
}

/// `targetgroup/NAME/ID` of an ARN.
pub(crate) fn group_path(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}

/// Milliseconds as seconds.
#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
pub(crate) fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

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
    let mut values: Vec<(String, &'static str, u64)> =
        counts.0.into_iter().map(|((group, metric), count)| (group, metric, count)).collect();
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

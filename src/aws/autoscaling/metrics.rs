//! The metrics of groups, published every minute, and those of their instances, which count for the group
//! as well.
//!
//! Source: user guide, "Amazon CloudWatch metrics for Amazon EC2 Auto Scaling".

use aws::metrics::Measured;
use sim::World;

use super::durations::METRICS;
use super::shapes::group::LifecycleState;
use super::state::{Group, Member, State, What, Whose, group, group_mut, schedule};

/// What a group can have published.
pub(crate) const NAMES: &[&str] = &[
    "GroupDesiredCapacity",
    "GroupInServiceCapacity",
    "GroupInServiceInstances",
    "GroupMaxSize",
    "GroupMinSize",
    "GroupPendingCapacity",
    "GroupPendingInstances",
    "GroupStandbyCapacity",
    "GroupStandbyInstances",
    "GroupTerminatingCapacity",
    "GroupTerminatingInstances",
    "GroupTotalCapacity",
    "GroupTotalInstances",
];

/// The dimension of a group's metrics.
const DIMENSION: &str = "AutoScalingGroupName";

/// Begins to publish, where that is wanted.
pub(crate) fn begin(world: &mut World, whose: &Whose) {
    let due = world.now().plus(METRICS);
    let Some(group) = group_mut(world, whose) else { return };
    if !group.metrics.is_empty() && !group.ticking.metrics {
        group.ticking.metrics = true;
        schedule(world, whose, due, What::Minute);
    }
}

/// Publishes what is wanted, and again in a minute.
pub(crate) fn publish(world: &mut World, whose: &Whose) {
    let now = world.now();
    let Some(group) = group_mut(world, whose) else { return };
    group.ticking.metrics = false;
    let wanted: Vec<(String, i64)> =
        group.metrics.iter().map(|name| (name.clone(), value(group, name))).collect();
    for (name, value) in wanted {
        world.tell(&Measured {
            place: whose.place.clone(),
            namespace: "AWS/AutoScaling".to_owned(),
            name,
            dimensions: vec![(DIMENSION.to_owned(), whose.group.clone())],
            unit: None,
            value: value as f64,
            at: now,
        });
    }
    begin(world, whose);
}

fn value(group: &Group, name: &str) -> i64 {
    use LifecycleState::{Pending, PendingProceed, PendingWait, Standby};
    let count = |fits: &dyn Fn(&Member) -> bool| {
        let count = group.members.values().filter(|member| fits(member)).count();
        i64::try_from(count).unwrap_or(i64::MAX)
    };
    let pending = |m: &Member| matches!(m.phase, Pending | PendingWait | PendingProceed);
    match name {
        "GroupMinSize" => group.min,
        "GroupMaxSize" => group.max,
        "GroupDesiredCapacity" => group.desired,
        "GroupInServiceInstances" | "GroupInServiceCapacity" => count(&Member::serves),
        "GroupPendingInstances" | "GroupPendingCapacity" => count(&pending),
        "GroupStandbyInstances" | "GroupStandbyCapacity" => count(&|m| m.phase == Standby),
        "GroupTerminatingInstances" | "GroupTerminatingCapacity" => count(&Member::leaves),
        _ => count(&|_| true),
    }
}

/// What is measured of an instance is measured of its group.
pub(crate) fn hear(world: &mut World, news: &Measured) {
    let [(dimension, instance)] = &news.dimensions[..] else { return };
    if news.namespace != "AWS/EC2" || dimension != "InstanceId" {
        return;
    }
    let Some(region) = world.get::<State>().region(&news.place) else { return };
    let Some(name) = region.members.get(instance) else { return };
    let whose = Whose { place: news.place.clone(), group: name.clone() };
    if group(world, &whose).is_some() {
        let dimensions = vec![(DIMENSION.to_owned(), whose.group)];
        world.tell(&Measured { dimensions, ..news.clone() });
    }
}

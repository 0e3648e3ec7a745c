//! What becomes of a group as a whole, and how it is shown.

use sim::World;

use super::shapes::activity::Activity;
use super::shapes::group::{
    AutoScalingGroup, AutoScalingInstanceDetails, EnabledMetric, Instance, SuspendedProcess,
    TagDescription, TrafficSourceIdentifier,
};
use super::state::{Group, Member, State, Whose, group};
use super::{policy, role};
use aws::place::Place;

/// A group that is being deleted is gone once it has no instance.
pub(crate) fn gone_if_empty(world: &mut World, whose: &Whose) {
    if group(world, whose).is_some_and(|group| group.going && group.members.is_empty()) {
        remove(world, whose);
    }
}

/// Removes a group. Its activities can still be read.
pub(crate) fn remove(world: &mut World, whose: &Whose) {
    let names: Vec<String> = group(world, whose)
        .map(|group| group.policies.keys().cloned().collect())
        .unwrap_or_default();
    for name in names {
        policy::forget_alarms(world, whose, &name);
    }
    let region = world.get_mut::<State>().region_mut(&whose.place);
    let Some(group) = region.groups.remove(&whose.group) else { return };
    for instance in group.members.keys() {
        region.members.remove(instance);
    }
    let gone = |activity: Activity| Activity {
        auto_scaling_group_state: Some("Deleted".to_owned()),
        ..activity
    };
    region.past.extend(group.activities.into_iter().map(gone));
}

/// A group as it is described.
pub(crate) fn shown(place: &Place, group: &Group, with_instances: bool) -> AutoScalingGroup {
    let subnets: Vec<String> = group.spots.iter().filter_map(|spot| spot.subnet.clone()).collect();
    let members = group.members.values().filter(|_| with_instances);
    AutoScalingGroup {
        auto_scaling_group_name: group.name.clone(),
        auto_scaling_group_arn: group.arn.clone(),
        launch_configuration_name: group.source.configuration(),
        launch_template: group.source.template(),
        min_size: group.min,
        max_size: group.max,
        desired_capacity: group.desired,
        default_cooldown: group.cooldown_s,
        availability_zones: group.zones(),
        load_balancer_names: Vec::new(),
        target_group_arns: group.targets.clone(),
        health_check_type: group.health_type.clone(),
        health_check_grace_period: group.grace_s,
        instances: members.map(instance).collect(),
        created_time: group.created,
        suspended_processes: group
            .suspended
            .iter()
            .map(|(name, reason)| SuspendedProcess {
                process_name: name.clone(),
                suspension_reason: reason.clone(),
            })
            .collect(),
        vpc_zone_identifier: (!subnets.is_empty()).then(|| subnets.join(",")),
        enabled_metrics: group
            .metrics
            .iter()
            .map(|metric| EnabledMetric { metric: metric.clone(), granularity: "1Minute".into() })
            .collect(),
        status: group.going.then(|| "Delete in progress".to_owned()),
        tags: tags(group),
        termination_policies: group.termination.clone(),
        new_instances_protected_from_scale_in: group.protects,
        service_linked_role_arn: role::arn(&place.account),
        default_instance_warmup: group.warmup_s,
        traffic_sources: group
            .targets
            .iter()
            .map(|arn| TrafficSourceIdentifier {
                identifier: arn.clone(),
                kind: Some("elbv2".to_owned()),
            })
            .collect(),
    }
}

/// A group's tags as they are described.
pub(crate) fn tags(group: &Group) -> Vec<TagDescription> {
    let tag = |(key, tag): (&String, &super::state::GroupTag)| TagDescription {
        resource_id: group.name.clone(),
        resource_type: "auto-scaling-group".to_owned(),
        key: key.clone(),
        value: tag.value.clone(),
        propagate_at_launch: tag.at_launch,
    };
    group.tags.iter().map(tag).collect()
}

fn health(member: &Member) -> String {
    if member.healthy { "Healthy" } else { "Unhealthy" }.to_owned()
}

fn instance(member: &Member) -> Instance {
    Instance {
        instance_id: member.id.clone(),
        instance_type: Some(member.kind.clone()).filter(|kind| !kind.is_empty()),
        availability_zone: member.spot.zone.clone(),
        lifecycle_state: member.phase,
        health_status: health(member),
        launch_configuration_name: member.source.configuration(),
        launch_template: member.source.template(),
        protected_from_scale_in: member.protected,
    }
}

/// An instance as it is described beside its group's name.
pub(crate) fn details(group: &Group, member: &Member) -> AutoScalingInstanceDetails {
    AutoScalingInstanceDetails {
        instance_id: member.id.clone(),
        instance_type: Some(member.kind.clone()).filter(|kind| !kind.is_empty()),
        auto_scaling_group_name: group.name.clone(),
        availability_zone: member.spot.zone.clone(),
        lifecycle_state: member.phase.as_str().to_owned(),
        health_status: health(member).to_ascii_uppercase(),
        launch_configuration_name: member.source.configuration(),
        launch_template: member.source.template(),
        protected_from_scale_in: member.protected,
    }
}

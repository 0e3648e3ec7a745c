//! A group's target groups: instances that serve stand in them, and are let go before they end. The load
//! balancer is asked by the names of its operations; where there is none, nothing is asked.

use serde_json::{Value, json};
use sim::World;

use super::durations::TARGET_CHECK;
use super::role;
use super::state::{What, Whose, group, group_mut, schedule};

const SERVICE: &str = "elbv2";

/// The target groups that there are to be asked of.
fn of(world: &World, whose: &Whose) -> Vec<String> {
    if world.service(SERVICE).is_none() {
        return Vec::new();
    }
    group(world, whose).map(|group| group.targets.clone()).unwrap_or_default()
}

fn ask(
    world: &mut World,
    whose: &Whose,
    operation: &str,
    target_group: &str,
    instance: &str,
) -> Option<Value> {
    let input = json!({"TargetGroupArn": target_group, "Targets": [{"Id": instance}]});
    role::call(world, &whose.place, SERVICE, operation, input).ok()
}

/// An instance that serves is put into the target groups.
pub(crate) fn take_in(world: &mut World, whose: &Whose, instance: &str) {
    if group(world, whose).is_none_or(|group| group.is_suspended("AddToLoadBalancer")) {
        return;
    }
    for target_group in of(world, whose) {
        ask(world, whose, "RegisterTargets", &target_group, instance);
    }
    watch(world, whose);
}

/// Lets an instance be taken out of the target groups, and says whether there are any.
pub(crate) fn let_go(world: &mut World, whose: &Whose, instance: &str) -> bool {
    let groups = of(world, whose);
    for target_group in &groups {
        ask(world, whose, "DeregisterTargets", target_group, instance);
    }
    !groups.is_empty()
}

/// The states of an instance in the target groups.
pub(crate) fn states(world: &mut World, whose: &Whose, instance: &str) -> Vec<String> {
    let mut states = Vec::new();
    for target_group in of(world, whose) {
        let told = ask(world, whose, "DescribeTargetHealth", &target_group, instance);
        let descriptions =
            told.and_then(|told| told["TargetHealthDescriptions"].as_array().cloned());
        let state = |one: &Value| one["TargetHealth"]["State"].as_str().map(str::to_owned);
        states.extend(descriptions.into_iter().flatten().filter_map(|one| state(&one)));
    }
    states
}

/// Whether connections to an instance are still being drained.
pub(crate) fn has_still(world: &mut World, whose: &Whose, instance: &str) -> bool {
    states(world, whose, instance).iter().any(|state| state == "draining")
}

/// Puts all instances that serve into one target group.
pub(crate) fn attach(world: &mut World, whose: &Whose, target_group: &str) {
    if world.service(SERVICE).is_none() {
        return;
    }
    for instance in serving(world, whose) {
        ask(world, whose, "RegisterTargets", target_group, &instance);
    }
    watch(world, whose);
}

/// Takes all instances out of one target group.
pub(crate) fn detach(world: &mut World, whose: &Whose, target_group: &str) {
    if world.service(SERVICE).is_none() {
        return;
    }
    for instance in serving(world, whose) {
        ask(world, whose, "DeregisterTargets", target_group, &instance);
    }
}

/// The instances that serve.
pub(crate) fn serving(world: &World, whose: &Whose) -> Vec<String> {
    let members = group(world, whose).into_iter().flat_map(|group| group.members.values());
    members.filter(|member| member.serves()).map(|member| member.id.clone()).collect()
}

/// Whether the group goes by what the load balancer says of its instances.
pub(crate) fn is_watched(world: &World, whose: &Whose) -> bool {
    let asks = |group: &super::state::Group| {
        group.health_type.split(',').any(|kind| kind == "ELB") && !group.targets.is_empty()
    };
    world.service(SERVICE).is_some() && group(world, whose).is_some_and(asks)
}

/// Begins to look at what the load balancer says, where the group goes by it.
pub(crate) fn watch(world: &mut World, whose: &Whose) {
    if !is_watched(world, whose) {
        return;
    }
    let due = world.now().plus(TARGET_CHECK);
    let Some(group) = group_mut(world, whose) else { return };
    if !group.ticking.targets {
        group.ticking.targets = true;
        schedule(world, whose, due, What::TargetsChecked);
    }
}

//! How an instance leaves its group: the load balancer lets go of it, its hooks run, EC2 ends it.

use serde_json::json;
use sim::World;

use super::shapes::activity::ScalingActivityStatusCode as Status;
use super::shapes::group::LifecycleState;
use super::state::{What, Whose, group, group_mut, schedule};
use super::{activity, groups, launch, role, targets, waits, wakes};

/// How often the load balancer is asked whether it has let go.
const DRAIN_CHECK: std::time::Duration = std::time::Duration::from_secs(5);

/// What is said of it meanwhile.
const DRAINING: &str = " - Waiting For ELB Connection Draining.";

/// Begins to terminate an instance, and says the activity's id.
pub(crate) fn begin(
    world: &mut World,
    whose: &Whose,
    instance: &str,
    cause: String,
) -> Option<String> {
    let member = group(world, whose)?.members.get(instance)?;
    if member.leaves() {
        return None;
    }
    let (spot, launching) = (member.spot.clone(), member.activity.clone());
    if let Some(id) = launching {
        let message =
            "Instance became unhealthy while waiting for instance to be in InService state.";
        activity::end(world, whose, &id, Status::Cancelled, Some(message));
    }
    let description = format!("Terminating EC2 instance: {instance}");
    let kind = (Status::InProgress, 0);
    let id = activity::begin(world, whose, description, cause, &spot, kind);
    let served = {
        let member = group_mut(world, whose)?.members.get_mut(instance)?;
        member.phase = LifecycleState::Terminating;
        member.activity.clone_from(&id);
        member.wait = None;
        member.in_service.is_some()
    };
    if is_over(world, whose, instance) {
        finish(world, whose, instance);
    } else if served && targets::let_go(world, whose, instance) {
        carry(world, whose, instance, Status::WaitingForELBConnectionDraining, 30);
        if let Some(activity) = id.as_deref().and_then(|id| activity::find(world, whose, id)) {
            activity.description.push_str(DRAINING);
        }
        let what = What::Drained { instance: instance.to_owned() };
        let at = world.now().plus(DRAIN_CHECK);
        schedule(world, whose, at, what);
    } else {
        drained(world, whose, instance);
    }
    id
}

fn carry(world: &mut World, whose: &Whose, instance: &str, status: Status, progress: i64) {
    let member = group(world, whose).and_then(|group| group.members.get(instance));
    if let Some(id) = member.and_then(|member| member.activity.clone()) {
        activity::go_on(world, whose, &id, status, progress);
    }
}

/// Whether EC2 has ended it already.
fn is_over(world: &World, whose: &Whose, instance: &str) -> bool {
    let state = aws::ec2::guests::instance_state(world, &whose.place, instance);
    matches!(state, None | Some("terminated"))
}

/// Asks the load balancer whether it has let go.
pub(crate) fn check_drained(world: &mut World, whose: &Whose, instance: &str) {
    let member = group(world, whose).and_then(|group| group.members.get(instance));
    if member.is_none_or(|member| member.phase != LifecycleState::Terminating) {
        return;
    }
    if targets::has_still(world, whose, instance) && !is_over(world, whose, instance) {
        let what = What::Drained { instance: instance.to_owned() };
        let at = world.now().plus(DRAIN_CHECK);
        schedule(world, whose, at, what);
        return;
    }
    drained(world, whose, instance);
}

/// The load balancer has nothing to do with it any more.
fn drained(world: &mut World, whose: &Whose, instance: &str) {
    let member = group(world, whose).and_then(|group| group.members.get(instance));
    if let Some(id) = member.and_then(|member| member.activity.clone())
        && let Some(activity) = activity::find(world, whose, &id)
        && let Some(plain) = activity.description.strip_suffix(DRAINING)
    {
        activity.description = plain.to_owned();
    }
    let simple = group(world, whose).is_none_or(|group| group.going);
    if !simple && waits::begin(world, whose, instance, waits::TERMINATING) {
        carry(world, whose, instance, Status::MidLifecycleAction, 60);
        return;
    }
    end(world, whose, instance);
}

/// Its hooks are through: EC2 ends it.
pub(crate) fn end(world: &mut World, whose: &Whose, instance: &str) {
    let had_hooks = group(world, whose).is_some_and(|group| waits::has(group, waits::TERMINATING));
    if let Some(group) = group_mut(world, whose)
        && let Some(member) = group.members.get_mut(instance)
    {
        member.wait = None;
        if had_hooks {
            member.phase = LifecycleState::TerminatingProceed;
        }
    }
    carry(world, whose, instance, Status::InProgress, 50);
    let input = json!({"InstanceIds": [instance]});
    let done = role::call(world, &whose.place, "ec2", "TerminateInstances", input);
    match done {
        Ok(_) if is_over(world, whose, instance) => finish(world, whose, instance),
        Ok(_) => {}
        Err(error) if error.code.starts_with("InvalidInstanceID") => finish(world, whose, instance),
        Err(error) => refused(world, whose, instance, &error.message),
    }
}

/// EC2 does not end it: it is protected there, or the role may not. It stays, and is tried again.
fn refused(world: &mut World, whose: &Whose, instance: &str, message: &str) {
    let Some(group) = group_mut(world, whose) else { return };
    let Some(member) = group.members.get_mut(instance) else { return };
    member.phase = LifecycleState::InService;
    let id = member.activity.take();
    if let Some(id) = id {
        activity::end(world, whose, &id, Status::Failed, Some(message));
    }
    wakes::wake_in(world, whose, super::durations::RETRY_MAX);
}

/// It is gone.
pub(crate) fn finish(world: &mut World, whose: &Whose, instance: &str) {
    let now = world.now();
    let Some(group) = group(world, whose) else { return };
    let Some(member) = group.members.get(instance) else { return };
    let id = member.activity.clone();
    launch::forget(world, whose, instance);
    if let Some(group) = group_mut(world, whose) {
        group.calm_down(now);
    }
    if let Some(id) = id {
        activity::end(world, whose, &id, Status::Successful, None);
    }
    groups::gone_if_empty(world, whose);
    // What was beside it may stand unevenly now.
    wakes::wake(world, whose);
}

/// One that is leaving waits for no hook any more.
pub(crate) fn hurry(world: &mut World, whose: &Whose, instance: &str) {
    let member = group(world, whose).and_then(|group| group.members.get(instance));
    if member.is_some_and(|member| member.phase == LifecycleState::TerminatingWait) {
        end(world, whose, instance);
    }
}

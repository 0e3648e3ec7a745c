//! What instances go through: EC2 tells of their states, health checks meet them, they begin to serve.

use aws::ec2::guests::instance_state;
use aws::ec2::news::InstanceTurned;
use aws::ec2::outage::{self, ZoneTurned};
use sim::World;

use super::activity::{self, at};
use super::durations::{HEALTH_CHECK, IMPAIRED};
use super::shapes::activity::ScalingActivityStatusCode as Status;
use super::shapes::group::LifecycleState;
use super::state::{State, What, Whose, group, group_mut, schedule};
use super::{engine, leave, targets, waits, wakes};

/// EC2 tells that an instance is in another state.
pub(crate) fn turned(world: &mut World, news: &InstanceTurned) {
    use LifecycleState::{InService, Pending, PendingProceed, PendingWait};

    let Some(region) = world.get::<State>().region(&news.place) else { return };
    let Some(name) = region.members.get(&news.instance) else { return };
    let whose = Whose { place: news.place.clone(), group: name.clone() };
    let Some(member) = group(world, &whose).and_then(|group| group.members.get(&news.instance))
    else {
        return;
    };
    match (member.phase, news.turn.state()) {
        (Pending, "running") => runs(world, &whose, &news.instance),
        (Pending | PendingWait | PendingProceed, "stopping" | "shutting-down" | "terminated") => {
            lost(world, &whose, &news.instance);
        }
        (InService, "stopping" | "stopped" | "shutting-down" | "terminated") => {
            let what = What::Checked { instance: news.instance.clone() };
            let due = world.now().plus(HEALTH_CHECK);
            schedule(world, &whose, due, what);
        }
        (_, "terminated") if member.leaves() => leave::finish(world, &whose, &news.instance),
        _ => {}
    }
}

/// EC2 tells that the power of a zone went or came back. What stands there is met by a health check;
/// where there is room again, groups stand more evenly.
pub(crate) fn zone_turned(world: &mut World, news: &ZoneTurned) {
    let Some(region) = world.get::<State>().region(&news.place) else { return };
    let groups: Vec<String> = region.groups.keys().cloned().collect();
    let member = |id: &String| Some((id.clone(), region.members.get(id)?.clone()));
    let struck: Vec<(String, String)> = news.instances.iter().filter_map(member).collect();
    if news.on {
        for group in groups {
            wakes::wake(world, &Whose { place: news.place.clone(), group });
        }
        return;
    }
    let due = world.now().plus(IMPAIRED);
    for (instance, group) in struck {
        let whose = Whose { place: news.place.clone(), group };
        schedule(world, &whose, due, What::Checked { instance });
    }
}

/// A new instance runs: its hooks come first.
fn runs(world: &mut World, whose: &Whose, instance: &str) {
    if waits::begin(world, whose, instance, waits::LAUNCHING) {
        let member = group(world, whose).and_then(|group| group.members.get(instance));
        if let Some(id) = member.and_then(|member| member.activity.clone()) {
            activity::go_on(world, whose, &id, Status::MidLifecycleAction, 60);
        }
        return;
    }
    serve(world, whose, instance);
}

/// An instance begins to serve.
pub(crate) fn serve(world: &mut World, whose: &Whose, instance: &str) {
    let now = world.now();
    let Some(group) = group_mut(world, whose) else { return };
    let Some(member) = group.members.get_mut(instance) else { return };
    member.phase = LifecycleState::InService;
    member.in_service = Some(now);
    let id = member.activity.take();
    group.calm_down(now);
    if let Some(id) = id {
        activity::end(world, whose, &id, Status::Successful, None);
    }
    targets::take_in(world, whose, instance);
    // It may have ended before it came so far.
    check(world, whose, instance);
    wakes::wake(world, whose);
}

/// A new instance has ended before it could serve.
fn lost(world: &mut World, whose: &Whose, instance: &str) {
    let Some(group) = group_mut(world, whose) else { return };
    let Some(member) = group.members.get_mut(instance) else { return };
    let id = member.activity.take();
    if let Some(id) = id {
        let message = "Instance became unhealthy while waiting for instance to be in InService state. \
                       Termination Reason: Client.UserInitiatedShutdown: User initiated shutdown";
        activity::end(world, whose, &id, Status::Cancelled, Some(message));
    }
    take_out(world, whose, instance, EC2_CHECK);
}

const EC2_CHECK: &str = "an instance was taken out of service in response to an EC2 health check \
                         indicating it has been terminated or stopped.";
const STATUS_CHECK: &str =
    "an instance was taken out of service in response to an EC2 instance status checks failure.";
const ELB_CHECK: &str = "an instance was taken out of service in response to an ELB system health check \
                         failure.";
const USER_CHECK: &str = "an instance was taken out of service in response to a user health-check.";

/// Who says that an instance is unhealthy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Says {
    Balancer,
    User,
}

/// EC2's health check meets an instance. One that does not run, or of which nothing is heard, is
/// unhealthy, whatever its grace period.
pub(crate) fn check(world: &mut World, whose: &Whose, instance: &str) {
    let Some(group) = group(world, whose) else { return };
    let Some(member) = group.members.get(instance) else { return };
    let state = instance_state(world, &whose.place, instance);
    let runs = matches!(state, Some("running" | "pending"));
    let impaired = outage::is_impaired(world, &whose.place, instance);
    if !member.serves() || (runs && !impaired) || group.is_suspended("HealthCheck") {
        return;
    }
    unhealthy(world, whose, instance, if runs { STATUS_CHECK } else { EC2_CHECK });
}

/// Somebody else says that an instance is unhealthy.
pub(crate) fn says_unhealthy(world: &mut World, whose: &Whose, instance: &str, says: Says) {
    let cause = match says {
        Says::Balancer => ELB_CHECK,
        Says::User => USER_CHECK,
    };
    unhealthy(world, whose, instance, cause);
}

/// Whether an instance is still spared by the grace period of its group.
pub(crate) fn is_spared(world: &World, whose: &Whose, instance: &str) -> bool {
    let Some(group) = group(world, whose) else { return false };
    let since = group.members.get(instance).and_then(|member| member.in_service);
    since.is_none_or(|since| world.now().secs() - since.secs() < group.grace_s)
}

fn unhealthy(world: &mut World, whose: &Whose, instance: &str, cause: &'static str) {
    let Some(group) = group_mut(world, whose) else { return };
    let suspended = group.is_suspended("ReplaceUnhealthy") || group.is_suspended("Terminate");
    let Some(member) = group.members.get_mut(instance) else { return };
    member.healthy = false;
    if suspended || !member.serves() {
        return;
    }
    take_out(world, whose, instance, cause);
}

/// Terminates an instance, and has another launched for it.
fn take_out(world: &mut World, whose: &Whose, instance: &str, cause: &str) {
    let cause = at(world.now(), cause);
    leave::begin(world, whose, instance, cause);
    if let Some(group) = group_mut(world, whose) {
        group.replacing += 1;
    }
    if group(world, whose).is_some_and(|group| !group.is_suspended("Launch") && !group.going) {
        engine::settle(world, whose);
    }
}

/// Looks at all instances again, since a process goes on that was suspended.
pub(crate) fn check_all(world: &mut World, whose: &Whose) {
    let Some(group) = group(world, whose) else { return };
    let serving = group.members.values().filter(|member| member.serves());
    let all: Vec<(String, bool)> = serving.map(|m| (m.id.clone(), m.healthy)).collect();
    for (instance, healthy) in all {
        check(world, whose, &instance);
        let still = super::state::group(world, whose)
            .and_then(|group| group.members.get(&instance))
            .is_some_and(super::state::Member::serves);
        if !healthy && still {
            unhealthy(world, whose, &instance, USER_CHECK);
        }
    }
    wakes::wake(world, whose);
}

//! How a lifecycle action ends: an instance waits until somebody says how it goes on, or the time is over.

use sim::World;

use super::shapes::activity::ScalingActivityStatusCode as Status;
use super::shapes::group::LifecycleState;
use super::state::{Whose, group, group_mut};
use super::waits::{self, Outcome};
use super::{activity, leave, life, wakes};

/// The time of an action is over.
pub(crate) fn timed_out(world: &mut World, whose: &Whose, instance: &str, token: &str) {
    let now = world.now();
    let Some(group) = group(world, whose) else { return };
    let wait = group.members.get(instance).and_then(|member| member.wait.as_ref());
    let Some(wait) = wait.filter(|wait| wait.token == token && wait.until <= now) else { return };
    let result = group.hooks.get(&wait.hook).map(|hook| hook.default_result.clone());
    let outcome = match result.as_deref() {
        Some("CONTINUE") => Outcome::Continue,
        _ => Outcome::Abandon,
    };
    complete(world, whose, instance, outcome, "Lifecycle Action Timed Out");
}

/// An action is done.
pub(crate) fn complete(
    world: &mut World,
    whose: &Whose,
    instance: &str,
    outcome: Outcome,
    why: &str,
) {
    let Some(group) = group_mut(world, whose) else { return };
    let Some(member) = group.members.get_mut(instance) else { return };
    let Some(wait) = member.wait.take() else { return };
    let launching = member.phase == LifecycleState::PendingWait;
    if outcome == Outcome::Abandon && launching {
        let id = member.activity.take();
        let message = format!(
            "Instance failed to complete user's Lifecycle Action: Lifecycle Action with token {} was \
             abandoned: {why}",
            wait.token
        );
        if let Some(id) = id {
            activity::end(world, whose, &id, Status::Cancelled, Some(&message));
        }
        let cause = activity::at(
            world.now(),
            "an instance was taken out of service in response to a failure of a lifecycle action.",
        );
        leave::begin(world, whose, instance, cause);
        wakes::wake(world, whose);
        return;
    }
    // An abandoned action keeps the others from running; what leaves, leaves all the same.
    if outcome == Outcome::Continue && waits::next(world, whose, instance, wait.next) {
        return;
    }
    if launching {
        if let Some(group) = group_mut(world, whose)
            && let Some(member) = group.members.get_mut(instance)
        {
            member.phase = LifecycleState::PendingProceed;
        }
        life::serve(world, whose, instance);
    } else {
        leave::end(world, whose, instance);
    }
}

//! Scheduled actions in lab time.

use base::Time;
use sim::World;

use super::activity::at;
use super::cron::Cron;
use super::shapes::rest::ScheduledUpdateGroupAction;
use super::state::{What, Whose, group_mut, schedule};
use super::wakes;

/// When an action is due next, behind an instant.
pub(crate) fn next(action: &ScheduledUpdateGroupAction, after: Time) -> Option<Time> {
    let next = match &action.recurrence {
        None => action.start_time.filter(|start| *start > after),
        Some(text) => {
            // Its start is no time at which it is due, but the first that may be one.
            let from = action.start_time.map_or(after, |start| after.max(Time(start.0 - 1)));
            Cron::read(text).ok()?.next(from)
        }
    };
    next.filter(|next| action.end_time.is_none_or(|end| *next <= end))
}

/// Plans an action's next time.
pub(crate) fn plan(world: &mut World, whose: &Whose, name: &str) {
    let now = world.now();
    let Some(group) = group_mut(world, whose) else { return };
    let Some(scheduled) = group.scheduled.get_mut(name) else { return };
    scheduled.next = next(&scheduled.action, now);
    if let Some(due) = scheduled.next {
        let what = What::Scheduled { action: name.to_owned(), at: due };
        schedule(world, whose, due, what);
    } else if scheduled.action.recurrence.is_none() {
        // One that is over is no longer there.
        group.scheduled.remove(name);
    }
}

/// An action is due, unless it was changed since it was planned.
pub(crate) fn due(world: &mut World, whose: &Whose, name: &str, planned: Time) {
    let now = world.now();
    let Some(group) = group_mut(world, whose) else { return };
    let Some(scheduled) = group.scheduled.get(name) else { return };
    if scheduled.next != Some(planned) {
        return;
    }
    let action = scheduled.action.clone();
    if !group.is_suspended("ScheduledActions") {
        let (min, max) =
            (action.min_size.unwrap_or(group.min), action.max_size.unwrap_or(group.max));
        if min <= max {
            (group.min, group.max) = (min, max);
            let desired = action.desired_capacity.unwrap_or(group.desired).clamp(min, max);
            group.set_desired(desired, |before, after| {
                let what = format!(
                    "a scheduled action update of AutoScalingGroup constraints to min: {min}, max: {max}, \
                     desired: {after} changing the desired capacity from {before} to {after}."
                );
                at(now, &what)
            });
        }
    }
    plan(world, whose, name);
    wakes::wake(world, whose);
}

//! How a group comes to what it should have: it looks, launches what is missing, and ends what is too
//! much.

use aws::ec2::outage;
use sim::World;

use super::activity::at;
use super::durations::{RETRY, RETRY_MAX};
use super::state::{Group, Whose, group, group_mut};
use super::{choose, launch, leave, refresh, wakes};

/// What the group should do now.
enum Need {
    Nothing,
    Launch {
        count: i64,
        actual: i64,
    },
    End {
        count: i64,
        actual: i64,
    },
    /// One more in a zone that has too few.
    Balance,
}

fn need(world: &World, whose: &Whose) -> Need {
    let Some(group) = group(world, whose) else { return Need::Nothing };
    if group.going {
        return Need::Nothing;
    }
    let actual = group.actual();
    // What a refresh has launched ahead is not too much as long as it is within its bounds.
    let ahead = (actual - group.desired).clamp(0, refresh::ahead(group));
    let difference = group.desired + ahead - actual;
    let settled = group.members.values().all(super::state::Member::serves_or_stands_by);
    match difference {
        1.. if !group.is_suspended("Launch") => Need::Launch { count: difference, actual },
        ..0 if !group.is_suspended("Terminate") => Need::End { count: -difference, actual },
        0 if settled
            && group.refresh().is_none()
            && !group.is_suspended("AZRebalance")
            && !group.is_suspended("Launch")
            && !group.is_suspended("Terminate")
            && choose::is_uneven(group)
            && has_room(world, whose, group) =>
        {
            Need::Balance
        }
        _ => Need::Nothing,
    }
}

/// Whether one more could stand where too few do: in a zone without power it could not, and one more in
/// the other zones would make the group no more even.
fn has_room(world: &World, whose: &Whose, group: &Group) -> bool {
    let zones = choose::by_zone(group);
    let least = zones.values().min().copied().unwrap_or(0);
    let mut emptiest = zones.iter().filter(|(_, count)| **count == least);
    emptiest.any(|(zone, _)| !outage::is_dark(world, &whose.place, zone))
}

/// The group looks, if it was to look now.
pub(crate) fn look(world: &mut World, whose: &Whose) {
    let now = world.now();
    let Some(group) = group_mut(world, whose) else { return };
    if group.looks_at != Some(now) {
        return;
    }
    group.looks_at = None;
    settle(world, whose);
    refresh::step(world, whose);
}

/// The group does at once what it should.
pub(crate) fn settle(world: &mut World, whose: &Whose) {
    match need(world, whose) {
        Need::Nothing => {}
        Need::Launch { count, actual } => launch_missing(world, whose, count, actual),
        Need::End { count, actual } => end_surplus(world, whose, count, actual),
        Need::Balance => balance(world, whose),
    }
}

fn launch_missing(world: &mut World, whose: &Whose, count: i64, actual: i64) {
    let now = world.now();
    let Some(group) = group_mut(world, whose) else { return };
    let replacing = group.replacing.min(count);
    group.replacing = 0;
    let mut parts = std::mem::take(&mut group.causes);
    let reason = format!(
        "an instance was started in response to a difference between desired and actual capacity, \
         increasing the capacity from {actual} to {}.",
        actual + count
    );
    parts.push(at(now, &reason));
    let cause = super::activity::causes(&parts);
    let replaced = at(
        now,
        "an instance was launched in response to an unhealthy instance needing to be replaced.",
    );
    for place in 0..count {
        let cause = if place < replacing { &replaced } else { &cause };
        if !launch::one(world, whose, cause) {
            failed(world, whose);
            return;
        }
    }
    if let Some(group) = group_mut(world, whose) {
        group.failures = 0;
    }
}

/// A launch has failed: the next attempt comes later and later.
fn failed(world: &mut World, whose: &Whose) {
    let Some(group) = group_mut(world, whose) else { return };
    let span = RETRY.saturating_mul(2_u32.saturating_pow(group.failures)).min(RETRY_MAX);
    group.failures = (group.failures + 1).min(10);
    wakes::wake_in(world, whose, span);
}

fn end_surplus(world: &mut World, whose: &Whose, count: i64, actual: i64) {
    let now = world.now();
    let Some(group) = group_mut(world, whose) else { return };
    let victims = choose::victims(group, usize::try_from(count).unwrap_or(0), now);
    group.replacing = 0;
    if victims.is_empty() {
        // All that are left are protected.
        group.causes.clear();
        return;
    }
    let mut parts = std::mem::take(&mut group.causes);
    let left = actual - i64::try_from(victims.len()).unwrap_or(0);
    let reason = format!(
        "an instance was taken out of service in response to a difference between desired and actual \
         capacity, shrinking the capacity from {actual} to {left}."
    );
    parts.push(at(now, &reason));
    let selected = |id: &String| at(now, &format!("instance {id} was selected for termination."));
    parts.extend(victims.iter().map(selected));
    let cause = super::activity::causes(&parts);
    for victim in victims {
        leave::begin(world, whose, &victim, cause.clone());
    }
}

fn balance(world: &mut World, whose: &Whose) {
    let now = world.now();
    let Some(group) = group(world, whose) else { return };
    let zones = choose::by_zone(group);
    let most = zones.values().max().copied().unwrap_or(0);
    let full: Vec<&str> =
        zones.iter().filter(|(_, count)| **count == most).map(|(zone, _)| *zone).collect();
    let reason = format!(
        "an instance was launched to balance instances in zones {} with other zones resulting in more than \
         desired number of instances in the group.",
        full.join(" ")
    );
    let cause = at(now, &reason);
    if !launch::one(world, whose, &cause) {
        failed(world, whose);
    }
}

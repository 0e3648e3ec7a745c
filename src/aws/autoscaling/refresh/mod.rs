//! Refreshes: a group's instances replaced by new ones, some at a time.
//!
//! Source: user guide, "How an instance refresh works in an Auto Scaling group". Old instances end first
//! and new ones are launched at once as far as the minimum lets them; new ones are launched ahead as far
//! as the maximum lets them, which is one more where both are 100 percent. A new one counts once it has
//! warmed up. One that cannot go on for an hour fails, and one that fails is rolled back if it was told to.

mod stand;

use std::collections::BTreeSet;
use std::time::Duration;

use base::Time;
use sim::World;

use crate::activity::{at, causes};
use crate::durations::{REFRESH_DAYS, REFRESH_STUCK};
use crate::shapes::group::LifecycleState;
use crate::shapes::refresh::{
    InstanceRefreshStatus as Status, RollbackDetails, ScaleInProtectedInstances, StandbyInstances,
};
use crate::state::{Group, Member, Source, What, Whose, group, group_mut, schedule};
use crate::{launch, leave, wakes};
use stand::{Hold, Stand, hold, is_new, victims};
pub(crate) use stand::{MIN_PERCENT, ahead, figures};

/// A refresh looks, if it was to look now.
pub(crate) fn look(world: &mut World, whose: &Whose) {
    let now = world.now();
    let refresh = group_mut(world, whose).and_then(Group::refresh_mut);
    let Some(refresh) = refresh.filter(|refresh| refresh.looks_at == Some(now)) else { return };
    refresh.looks_at = None;
    step(world, whose);
}

/// A refresh goes on as far as it can now.
pub(crate) fn step(world: &mut World, whose: &Whose) {
    let Some(group) = group(world, whose).filter(|group| !group.going) else { return };
    let Some(status) = group.refresh().map(|refresh| refresh.status) else { return };
    let next = match status {
        Status::Pending => {
            begin(world, whose);
            replace(world, whose)
        }
        Status::InProgress | Status::RollbackInProgress => replace(world, whose),
        Status::Baking => bake(world, whose),
        Status::Cancelling => {
            cancel(world, whose);
            None
        }
        _ => None,
    };
    if let Some(next) = next {
        look_at(world, whose, next);
    }
}

/// Lets a refresh look again then, unless it does so before.
fn look_at(world: &mut World, whose: &Whose, at: Time) {
    let now = world.now();
    let refresh = group_mut(world, whose).and_then(Group::refresh_mut);
    let Some(refresh) = refresh else { return };
    if at <= now || refresh.looks_at.is_some_and(|planned| planned > now && planned <= at) {
        return;
    }
    refresh.looks_at = Some(at);
    schedule(world, whose, at, What::Refresh);
}

/// It begins: what is to be replaced is chosen.
fn begin(world: &mut World, whose: &Whose) {
    let now = world.now();
    let Some(known) = group(world, whose) else { return };
    let source = match known.refresh().and_then(|refresh| refresh.wanted.clone()) {
        Some(wanted) => wanted.launch_template.map(Source::Template),
        None => Some(known.source.clone()),
    };
    let goal = source.and_then(|source| launch::as_of_now(world, whose, &source));
    let Some(group) = group_mut(world, whose) else { return };
    let members: Vec<(String, Source)> = group
        .members
        .values()
        .filter(|member| !member.leaves())
        .map(|member| (member.id.clone(), member.source.clone()))
        .collect();
    let Some(refresh) = group.refresh_mut() else { return };
    let skips = refresh.preferences.skip_matching == Some(true);
    for (id, source) in members {
        let fits = skips && goal.as_ref() == Some(&source);
        if fits {
            refresh.kept.insert(id)
        } else {
            refresh.old.insert(id)
        };
    }
    refresh.status = Status::InProgress;
    refresh.begun = Some(now);
    pass_over(group);
    if let Some(refresh) = group.refresh_mut() {
        refresh.total = i64::try_from(refresh.old.len()).unwrap_or(i64::MAX);
    }
}

/// What is to be passed over stays as it is; what has ended meanwhile is no longer to be replaced.
fn pass_over(group: &mut Group) {
    let Some(refresh) = group.refresh() else { return };
    let passes = |member: &Member| {
        let wishes = &refresh.preferences;
        let protected = wishes.scale_in_protected_instances;
        let standby = wishes.standby_instances;
        member.protected && protected == Some(ScaleInProtectedInstances::Ignore)
            || member.phase == LifecycleState::Standby && standby == Some(StandbyInstances::Ignore)
    };
    let members = group.members.values();
    let standing = members.filter(|member| refresh.old.contains(&member.id) && !member.leaves());
    let (spared, left): (Vec<&Member>, Vec<&Member>) = standing.partition(|member| passes(member));
    let spared: BTreeSet<String> = spared.iter().map(|member| member.id.clone()).collect();
    let left: BTreeSet<String> = left.iter().map(|member| member.id.clone()).collect();
    if let Some(refresh) = group.refresh_mut() {
        refresh.kept.extend(spared);
        refresh.old = left;
    }
}

/// Replaces what can be replaced now, and says when it looks again.
fn replace(world: &mut World, whose: &Whose) -> Option<Time> {
    let now = world.now();
    pass_over(group_mut(world, whose)?);
    end_standby(world, whose);
    retire(world, whose);
    let known = group(world, whose)?;
    let refresh = known.refresh()?;
    if let Some(until) = refresh.until.filter(|until| *until > now) {
        return Some(until);
    }
    let (goal, last) = refresh.goal();
    let (done, _) = Stand::of(known, refresh, now).progress(refresh);
    let waits = !refresh.old.is_empty() && goal == refresh.total;
    let begun = refresh.begun.unwrap_or(refresh.asked);
    if done >= goal && !waits {
        return arrive(world, whose, last);
    }
    if now >= begun.plus(REFRESH_DAYS) {
        return fail(world, whose, "The instance refresh has run for 14 days.");
    }
    let failed = go_on(world, whose);
    let known = group(world, whose)?;
    let hold = hold(known, known.refresh()?, now, failed);
    settle(world, whose, hold)
}

/// Ends instances that stand by, where that is wanted.
fn end_standby(world: &mut World, whose: &Whose) {
    let Some(known) = group(world, whose) else { return };
    let Some(refresh) = known.refresh() else { return };
    if refresh.preferences.standby_instances != Some(StandbyInstances::Terminate)
        || known.is_suspended("InstanceRefresh")
        || known.is_suspended("Terminate")
    {
        return;
    }
    let stands = |member: &&Member| {
        member.phase == LifecycleState::Standby && refresh.old.contains(&member.id)
    };
    let ids: Vec<String> =
        known.members.values().filter(stands).map(|member| member.id.clone()).collect();
    for id in ids {
        end(world, whose, &id);
    }
}

/// Ends old instances in whose place new ones are ready.
fn retire(world: &mut World, whose: &Whose) {
    let now = world.now();
    let Some(known) = group(world, whose) else { return };
    let Some(refresh) = known.refresh() else { return };
    if known.is_suspended("InstanceRefresh") || known.is_suspended("Terminate") {
        return;
    }
    let stand = Stand::of(known, refresh, now);
    let count = stand.ahead().min(stand.ready - stand.least);
    let count = usize::try_from(count).unwrap_or(0);
    for id in victims(known, refresh).into_iter().take(count) {
        end(world, whose, &id);
    }
}

/// Ends an instance of which another takes the place.
fn end(world: &mut World, whose: &Whose, id: &str) {
    let now = world.now();
    let cause = causes(&[
        at(now, "an instance was taken out of service in response to an instance refresh."),
        at(now, &format!("instance {id} was selected for termination.")),
    ]);
    leave::begin(world, whose, id, cause);
    if let Some(refresh) = group_mut(world, whose).and_then(Group::refresh_mut) {
        refresh.old.remove(id);
        refresh.stuck_since = None;
    }
}

fn launch_one(world: &mut World, whose: &Whose) -> bool {
    let cause = at(world.now(), "an instance was launched in response to an instance refresh.");
    launch::one(world, whose, &cause)
}

/// Begins as many replacements as may begin now. Says whether a launch has failed.
fn go_on(world: &mut World, whose: &Whose) -> bool {
    let now = world.now();
    let Some(known) = group(world, whose) else { return false };
    let Some(refresh) = known.refresh() else { return false };
    if ["InstanceRefresh", "Launch", "Terminate"].iter().any(|process| known.is_suspended(process))
    {
        return false;
    }
    let stand = Stand::of(known, refresh, now);
    let (_, to_update) = stand.progress(refresh);
    let may_begin = (refresh.goal().0 - (refresh.total - to_update)).max(0);
    let all = victims(known, refresh);
    let first = (stand.ready - stand.least).min(may_begin);
    let first = usize::try_from(first).unwrap_or(0).min(all.len());
    for id in all.iter().take(first) {
        end(world, whose, id);
        if !launch_one(world, whose) {
            return true;
        }
    }
    let begun = i64::try_from(first).unwrap_or(i64::MAX);
    let left = i64::try_from(all.len() - first).unwrap_or(i64::MAX);
    let ahead = (stand.most - stand.actual).min(may_begin - begun).min(left - stand.ahead());
    for _ in 0..ahead.max(0) {
        if !launch_one(world, whose) {
            return true;
        }
        if let Some(refresh) = group_mut(world, whose).and_then(Group::refresh_mut) {
            refresh.stuck_since = None;
        }
    }
    false
}

/// Keeps why it waits; whoever waits too long fails.
fn settle(world: &mut World, whose: &Whose, hold: Hold) -> Option<Time> {
    let now = world.now();
    let refresh = group_mut(world, whose)?.refresh_mut()?;
    refresh.reason.clone_from(&hold.reason);
    if !hold.stuck {
        refresh.stuck_since = None;
        return hold.next;
    }
    let deadline = refresh.stuck_since.get_or_insert(now).plus(REFRESH_STUCK);
    if now >= deadline {
        return fail(world, whose, &hold.reason.unwrap_or_default());
    }
    Some(hold.next.map_or(deadline, |next| next.min(deadline)))
}

/// It has come to a checkpoint, or to its end.
fn arrive(world: &mut World, whose: &Whose, last: bool) -> Option<Time> {
    let now = world.now();
    let refresh = group_mut(world, whose)?.refresh_mut()?;
    (refresh.reason, refresh.stuck_since) = (None, None);
    if !last {
        let delay = refresh.preferences.checkpoint_delay.unwrap_or(0).unsigned_abs();
        let until = now.plus(Duration::from_secs(delay));
        refresh.checkpoints += 1;
        refresh.until = Some(until);
        return if until > now { Some(until) } else { replace(world, whose) };
    }
    let bakes = refresh.preferences.bake_time.filter(|seconds| *seconds > 0);
    if let Some(seconds) = bakes.filter(|_| refresh.status == Status::InProgress) {
        let until = now.plus(Duration::from_secs(seconds.unsigned_abs()));
        (refresh.status, refresh.until) = (Status::Baking, Some(until));
        return Some(until);
    }
    succeed(world, whose);
    None
}

fn bake(world: &mut World, whose: &Whose) -> Option<Time> {
    let now = world.now();
    let until = group(world, whose)?.refresh()?.until;
    if until.is_some_and(|until| until > now) {
        return until;
    }
    succeed(world, whose);
    None
}

/// It has reached what it was to reach: from now on the group has what was wanted.
fn succeed(world: &mut World, whose: &Whose) {
    let now = world.now();
    keep_figures(world, whose);
    let Some(group) = group_mut(world, whose) else { return };
    let Some(refresh) = group.refresh_mut() else { return };
    if refresh.status == Status::RollbackInProgress {
        refresh.end(Status::RollbackSuccessful, None, now);
    } else {
        let wanted = refresh.wanted.as_ref().and_then(|wanted| wanted.launch_template.clone());
        refresh.end(Status::Successful, None, now);
        if let Some(template) = wanted {
            group.source = Source::Template(template);
        }
    }
    wakes::wake(world, whose);
}

/// It cannot go on: it fails, or goes back.
fn fail(world: &mut World, whose: &Whose, why: &str) -> Option<Time> {
    let now = world.now();
    let refresh = group(world, whose)?.refresh()?;
    let backs = refresh.preferences.auto_rollback == Some(true);
    if backs && refresh.status == Status::InProgress {
        roll_back(world, whose, why);
        return replace(world, whose);
    }
    keep_figures(world, whose);
    let refresh = group_mut(world, whose)?.refresh_mut()?;
    let status = match refresh.status {
        Status::RollbackInProgress => Status::RollbackFailed,
        _ => Status::Failed,
    };
    refresh.end(status, Some(why.to_owned()), now);
    wakes::wake(world, whose);
    None
}

fn keep_figures(world: &mut World, whose: &Whose) {
    let now = world.now();
    let Some(group) = group_mut(world, whose) else { return };
    let Some(refresh) = group.refresh() else { return };
    let came_to = figures(group, refresh, now);
    if let Some(refresh) = group.refresh_mut() {
        refresh.came_to = Some(came_to);
    }
}

/// Begins to take back what a refresh has done: the new instances are the old ones now.
pub(crate) fn roll_back(world: &mut World, whose: &Whose, why: &str) {
    let now = world.now();
    let Some(group) = group_mut(world, whose) else { return };
    let Some(refresh) = group.refresh() else { return };
    let figures = figures(group, refresh, now);
    let new: BTreeSet<String> = group
        .members
        .values()
        .filter(|member| !member.leaves() && refresh.begun.is_some() && is_new(refresh, member))
        .map(|member| member.id.clone())
        .collect();
    let Some(refresh) = group.refresh_mut() else { return };
    let rest = std::mem::replace(&mut refresh.old, new);
    refresh.kept.extend(rest);
    refresh.total = i64::try_from(refresh.old.len()).unwrap_or(i64::MAX);
    refresh.status = Status::RollbackInProgress;
    (refresh.reason, refresh.until, refresh.stuck_since) = (None, None, None);
    refresh.rollback = Some(RollbackDetails {
        rollback_reason: why.to_owned(),
        rollback_start_time: now,
        percentage_complete_on_rollback: figures.percent,
        instances_to_update_on_rollback: figures.to_update,
    });
}

/// It is cancelled once nothing is under way in the group.
fn cancel(world: &mut World, whose: &Whose) {
    let Some(known) = group(world, whose) else { return };
    if known.members.values().all(|member| member.activity.is_none()) {
        cancelled(world, whose, "Cancelled due to user request.");
    }
}

/// It is cancelled: what was replaced stays so.
pub(crate) fn cancelled(world: &mut World, whose: &Whose, why: &str) {
    let now = world.now();
    keep_figures(world, whose);
    if let Some(refresh) = group_mut(world, whose).and_then(Group::refresh_mut) {
        refresh.end(Status::Cancelled, Some(why.to_owned()), now);
    }
    wakes::wake(world, whose);
}

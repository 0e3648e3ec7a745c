//! How a refresh stands: what is ready, what warms up, what can be replaced next, and what holds it up.

use std::time::Duration;

use base::Time;

use crate::choose::by_zone;
use crate::durations::RETRY;
use crate::refreshes::{Figures, Refresh, up};
use crate::shapes::group::LifecycleState;
use crate::shapes::refresh::{InstanceRefreshStatus as Status, ScaleInProtectedInstances};
use crate::state::{Group, Member};

/// How a refresh stands in its group.
pub(super) struct Stand {
    pub(super) desired: i64,
    /// How many instances there are that count.
    pub(super) actual: i64,
    /// How many of these can be counted on.
    pub(super) ready: i64,
    /// How many must be left to be counted on, and how many there may be.
    pub(super) least: i64,
    pub(super) most: i64,
    /// Whether new ones warm up, one of them, and when the next has.
    pub(super) warming: Option<(String, Time)>,
    /// One that does not serve yet.
    pub(super) pending: Option<String>,
    /// How many new ones cannot be counted on yet.
    pub(super) cold: i64,
}

/// Whether an instance is neither to be replaced nor one that stays.
pub(super) fn is_new(refresh: &Refresh, member: &Member) -> bool {
    !refresh.old.contains(&member.id) && !refresh.kept.contains(&member.id)
}

/// When a new instance can be counted on.
fn warm_at(refresh: &Refresh, member: &Member) -> Option<Time> {
    let since = member.in_service?;
    Some(since.plus(Duration::from_secs(refresh.warmup_s().unsigned_abs())))
}

/// The least that must be ready, and the most that there may be.
fn bounds(group: &Group, refresh: &Refresh) -> (i64, i64) {
    let desired = group.desired;
    let least = refresh.preferences.min_healthy_percentage.unwrap_or(MIN_PERCENT);
    let most = up(desired, refresh.preferences.max_healthy_percentage.unwrap_or(100));
    match up(desired, least) {
        // Nothing could be replaced: one is, ahead where all must be ready, else after another ended.
        floor if floor >= desired && most <= desired && least == 100 => (desired, desired + 1),
        floor if floor >= desired && most <= desired => ((desired - 1).max(0), desired),
        floor => (floor, most),
    }
}

/// The share that stays ready where nobody says it (API reference, `RefreshPreferences`).
pub(crate) const MIN_PERCENT: i64 = 90;

impl Stand {
    pub(super) fn of(group: &Group, refresh: &Refresh, now: Time) -> Self {
        let (least, most) = bounds(group, refresh);
        let mut stand = Self {
            desired: group.desired,
            actual: group.actual(),
            ready: 0,
            least,
            most,
            warming: None,
            pending: None,
            cold: 0,
        };
        for member in group.members.values().filter(|member| member.counts()) {
            let new = is_new(refresh, member);
            let warm = warm_at(refresh, member).filter(|warm| new && *warm > now);
            if member.serves() && member.healthy && warm.is_none() {
                stand.ready += 1;
                continue;
            }
            stand.cold += i64::from(new);
            if let Some(warm) = warm {
                let sooner = stand.warming.as_ref().is_none_or(|(_, other)| warm < *other);
                if sooner {
                    stand.warming = Some((member.id.clone(), warm));
                }
            } else if stand.pending.is_none() {
                stand.pending = Some(member.id.clone());
            }
        }
        stand
    }

    /// How many there are more than wanted.
    pub(super) fn ahead(&self) -> i64 {
        (self.actual - self.desired).max(0)
    }

    /// How many instances have been replaced, and how many replacements have not begun.
    pub(super) fn progress(&self, refresh: &Refresh) -> (i64, i64) {
        let left = i64::try_from(refresh.old.len()).unwrap_or(i64::MAX);
        let to_update = (left - self.ahead()).max(0);
        let missing = (self.desired - self.actual).max(0);
        let done = refresh.total - to_update - self.cold - missing;
        (done.clamp(0, refresh.total), to_update)
    }
}

/// How many instances a refresh may have launched ahead.
pub(crate) fn ahead(group: &Group) -> i64 {
    let Some(refresh) = group.refresh() else { return 0 };
    match refresh.status {
        Status::InProgress | Status::RollbackInProgress => bounds(group, refresh).1 - group.desired,
        _ => 0,
    }
}

/// How far a refresh is now.
pub(crate) fn figures(group: &Group, refresh: &Refresh, now: Time) -> Figures {
    if let Some(came_to) = refresh.came_to {
        return came_to;
    }
    let stand = Stand::of(group, refresh, now);
    let (done, to_update) = stand.progress(refresh);
    match (&refresh.rollback, refresh.status) {
        (_, Status::Pending) => Figures { percent: 0, to_update: group.actual() },
        // It goes back to nothing.
        (Some(back), _) if refresh.total > 0 => Figures {
            percent: back.percentage_complete_on_rollback * (refresh.total - done) / refresh.total,
            to_update: back.instances_to_update_on_rollback,
        },
        (Some(back), _) => Figures { percent: 0, to_update: back.instances_to_update_on_rollback },
        (None, _) if refresh.total == 0 => Figures { percent: 100, to_update: 0 },
        (None, _) => Figures { percent: done * 100 / refresh.total, to_update },
    }
}

/// The instances that can be replaced now, the first one first: where most stand, the oldest.
pub(super) fn victims(group: &Group, refresh: &Refresh) -> Vec<String> {
    let protects = refresh.preferences.scale_in_protected_instances
        != Some(ScaleInProtectedInstances::Refresh);
    let mut fit: Vec<&Member> = group
        .members
        .values()
        .filter(|member| member.serves() && refresh.old.contains(&member.id))
        .filter(|member| !(member.protected && protects))
        .collect();
    let zones = by_zone(group);
    fit.sort_by_key(|member| {
        let count = zones.get(member.spot.zone.as_str()).copied().unwrap_or(0);
        (std::cmp::Reverse(count), member.launched, member.id.clone())
    });
    fit.into_iter().map(|member| member.id.clone()).collect()
}

/// Why it cannot go on, and whether that is only a matter of time.
pub(super) struct Hold {
    pub(super) reason: Option<String>,
    pub(super) stuck: bool,
    pub(super) next: Option<Time>,
}

/// What it waits for.
pub(super) fn hold(group: &Group, refresh: &Refresh, now: Time, failed: bool) -> Hold {
    const REMAINING: &str = "Waiting for remaining instances to be available.";
    let stand = Stand::of(group, refresh, now);
    let stuck =
        |reason: String, next: Option<Time>| Hold { reason: Some(reason), stuck: true, next };
    if let Some((id, warm)) = stand.warming {
        let reason = format!(
            "Waiting for instances to warm up before continuing. For example: {id} is warming up."
        );
        return Hold { reason: Some(reason), stuck: false, next: Some(warm) };
    }
    if let Some(id) = stand.pending {
        let reason = format!(
            "{REMAINING} For example: {id} has insufficient data to evaluate its health with Amazon EC2."
        );
        return stuck(reason, None);
    }
    if failed || stand.actual < stand.desired {
        return stuck(REMAINING.to_owned(), Some(now.plus(RETRY)));
    }
    let old = |fits: &dyn Fn(&Member) -> bool| {
        let mut members = group.members.values();
        members.find(|m| refresh.old.contains(&m.id) && fits(m)).map(|m| m.id.clone())
    };
    if let Some(id) = old(&|member| member.protected && member.serves()) {
        let what = "is protected. Remove instance scale-in protection to continue.";
        return stuck(format!("{REMAINING} For example: {id} {what}"), None);
    }
    if let Some(id) = old(&|member| member.phase == LifecycleState::Standby) {
        let what = "is in standby. Return it to service to continue.";
        return stuck(format!("{REMAINING} For example: {id} {what}"), None);
    }
    Hold { reason: None, stuck: false, next: None }
}

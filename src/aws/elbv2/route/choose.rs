//! Which target of which group gets a request.

use aws::place::Place;
use base::{Rng, Time};
use sim::World;

use super::Request;
use super::cookies::Cookies;
use crate::group::{Group, Health, TargetKey};
use crate::health;
use crate::state::State;

/// The share of a target that is no newcomer, in hundredths.
const FULL: i64 = 100;

/// A choice, and the cookies that let the next request come here too.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Choice {
    pub(crate) group: String,
    /// Nothing when the group has none that could be asked.
    pub(crate) target: Option<TargetKey>,
    pub(crate) cookies: Vec<String>,
    /// The cookie of the application that sessions hang on, when they do.
    pub(crate) app_cookie: Option<String>,
}

/// Chooses. What is chosen counts one request more; who gets the next hangs on that.
pub(crate) fn choose(
    world: &mut World,
    place: &Place,
    request: &Request,
    groups: &[(String, i64)],
    sticky_s: Option<i64>,
) -> Option<Choice> {
    let cookies = Cookies { seed: world.config().seed, request };
    let stuck = sticky_s.and_then(|lasts| cookies.group(groups, lasts));
    let arn = match stuck {
        Some(arn) => arn,
        None => by_weight(world, groups)?,
    };
    let mut set = if sticky_s.is_some() { cookies.set_group(&arn) } else { Vec::new() };
    let region = world.get::<State>().region(place);
    let group = region.groups.get(&arn)?;
    let among = candidates(world, place, group);
    let sticky = group.attribute("stickiness.enabled") == "true";
    let by_app = group.attribute("stickiness.type") == "app_cookie";
    let app_cookie =
        (sticky && by_app).then(|| group.attribute("stickiness.app_cookie.cookie_name").to_owned());
    let stuck = if sticky { cookies.target(group, &among) } else { None };
    let algorithm = group.attribute("load_balancing.algorithm.type").to_owned();
    let target = if stuck.is_some() {
        stuck
    } else {
        let (state, rng) = world.parts::<State>();
        let group = state.region_mut(place).groups.get_mut(&arn)?;
        pick(group, rng, &algorithm, &among, request.at)
    };
    if let Some(target) = target.as_ref().filter(|_| sticky && !by_app) {
        set.extend(cookies.set_target(&arn, target));
    }
    Some(Choice { group: arn, target, cookies: set, app_cookie })
}

/// One of the groups, by their weights.
fn by_weight(world: &mut World, groups: &[(String, i64)]) -> Option<String> {
    if let [(only, 1..)] = groups {
        return Some(only.clone());
    }
    let weight = |weight: i64| u64::try_from(weight).unwrap_or(0);
    let total: u64 = groups.iter().map(|(_, own)| weight(*own)).sum();
    if total == 0 {
        return None;
    }
    let mut left = world.rng::<State>().below(total);
    for (arn, own) in groups {
        match left.checked_sub(weight(*own)) {
            Some(less) => left = less,
            None => return Some(arn.clone()),
        }
    }
    None
}

/// The targets that may be asked: the healthy ones, or all when those are too few.
fn candidates(world: &World, place: &Place, group: &Group) -> Vec<TargetKey> {
    let user = world.get::<State>().region(place).user_of(&group.arn);
    let usable: Vec<&TargetKey> =
        group.targets.keys().filter(|key| health::usable(world, place, user, group, key)).collect();
    let is_healthy = |key: &&&TargetKey| group.targets[**key].health == Health::Healthy;
    let healthy: Vec<TargetKey> =
        usable.iter().filter(is_healthy).map(|key| (*key).clone()).collect();
    let min = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count";
    let min: usize = group.attribute(min).parse().unwrap_or(1);
    if healthy.len() < min { usable.into_iter().cloned().collect() } else { healthy }
}

/// How much of a full share a target gets while it starts slowly: more from second to second.
fn share(group: &Group, key: &TargetKey, now: Time) -> i64 {
    let span = group.seconds("slow_start.duration_seconds");
    let since = group.targets.get(key).and_then(|target| target.healthy_since);
    let Some(since) = since.filter(|since| !span.is_zero() && now < since.plus(span)) else {
        return FULL;
    };
    let done = now.since(since).as_millis() * 100 / span.as_millis().max(1);
    i64::try_from(done).unwrap_or(FULL).clamp(1, FULL)
}

fn pick(
    group: &mut Group,
    rng: &mut Rng,
    algorithm: &str,
    among: &[TargetKey],
    now: Time,
) -> Option<TargetKey> {
    let fewest = |group: &Group| {
        let open = among.iter().filter_map(|key| group.targets.get(key)).map(|target| target.open);
        open.min()
    };
    let among: Vec<TargetKey> = match algorithm {
        "weighted_random" => return rng.pick(among).cloned(),
        "least_outstanding_requests" => {
            let least = fewest(group)?;
            let few = |key: &&TargetKey| group.targets.get(*key).is_some_and(|t| t.open == least);
            among.iter().filter(few).cloned().collect()
        }
        _ => among.to_vec(),
    };
    // Each earns its share, and who has most pays for all: in equal shares that is one after the other.
    let mut total = 0;
    let mut best: Option<(i64, &TargetKey)> = None;
    for key in &among {
        let share = share(group, key, now);
        total += share;
        let Some(target) = group.targets.get_mut(key) else { continue };
        target.credit += share;
        if best.is_none_or(|(credit, _)| target.credit > credit) {
            best = Some((target.credit, key));
        }
    }
    let chosen = best.map(|(_, key)| key.clone())?;
    if let Some(target) = group.targets.get_mut(&chosen) {
        target.credit -= total;
    }
    Some(chosen)
}

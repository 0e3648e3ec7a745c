//! Where a group launches next, and which of its instances goes first.
//!
//! Source: user guide, "Configure termination policies" and "Auto Scaling benefits for application
//! architecture" (distribution over zones).

use std::collections::BTreeMap;

use base::Time;

use super::state::{Group, Member, Source, Spot};

/// The policies that a group can have.
pub(crate) const POLICIES: &[&str] = &[
    "AllocationStrategy",
    "ClosestToNextInstanceHour",
    "Default",
    "NewestInstance",
    "OldestInstance",
    "OldestLaunchConfiguration",
    "OldestLaunchTemplate",
];

/// How many instances that count are in each zone that the group launches in.
pub(crate) fn by_zone(group: &Group) -> BTreeMap<&str, usize> {
    let mut zones: BTreeMap<&str, usize> =
        group.spots.iter().map(|spot| (spot.zone.as_str(), 0)).collect();
    for member in group.members.values().filter(|member| member.counts()) {
        *zones.entry(member.spot.zone.as_str()).or_default() += 1;
    }
    zones
}

/// The places to launch in, the best first: the zone that has fewest, and there the subnet that has
/// fewest.
pub(crate) fn spots(group: &Group) -> Vec<Spot> {
    let zones = by_zone(group);
    let in_subnet = |spot: &Spot| {
        group.members.values().filter(|member| member.counts() && member.spot == *spot).count()
    };
    let mut spots = group.spots.clone();
    spots.sort_by_key(|spot| {
        let zone = zones.get(spot.zone.as_str()).copied().unwrap_or(0);
        (zone, in_subnet(spot), spot.clone())
    });
    spots
}

/// Whether a zone has at least two instances more than another, so that one more should stand there.
pub(crate) fn is_uneven(group: &Group) -> bool {
    let zones = by_zone(group);
    let own: Vec<usize> =
        group.zones().iter().filter_map(|zone| zones.get(zone.as_str()).copied()).collect();
    let least = own.iter().min().copied().unwrap_or(0);
    // What stands in a zone that the group no longer launches in is too much there.
    let foreign = group.members.values().any(|member| {
        member.counts() && !group.spots.iter().any(|spot| spot.zone == member.spot.zone)
    });
    foreign || own.iter().max().copied().unwrap_or(0) > least + 1
}

/// The instances that go, the first one first.
pub(crate) fn victims(group: &Group, count: usize, now: Time) -> Vec<String> {
    let mut left: Vec<&Member> =
        group.members.values().filter(|member| member.counts() && !member.protected).collect();
    let mut standing: Vec<&Member> =
        group.members.values().filter(|member| member.counts()).collect();
    let mut victims = Vec::new();
    while victims.len() < count {
        let Some(victim) = next(group, &left, &standing, now) else { break };
        left.retain(|member| member.id != victim);
        standing.retain(|member| member.id != victim);
        victims.push(victim);
    }
    victims
}

fn next(group: &Group, left: &[&Member], standing: &[&Member], now: Time) -> Option<String> {
    // Zones that the group has left go first, then those that have most.
    let weight = |member: &&Member| {
        let foreign = !group.spots.iter().any(|spot| spot.zone == member.spot.zone);
        let count = standing.iter().filter(|other| other.spot.zone == member.spot.zone).count();
        (foreign, count)
    };
    let most = left.iter().map(weight).max()?;
    let mut fit: Vec<&Member> = left.iter().filter(|m| weight(m) == most).copied().collect();
    for policy in &group.termination {
        narrow(group, policy, &mut fit, now);
    }
    if fit.len() > 1 {
        narrow(group, "Default", &mut fit, now);
    }
    fit.sort_by(|a, b| a.id.cmp(&b.id));
    fit.first().map(|member| member.id.clone())
}

/// Leaves those that a policy would choose.
fn narrow(group: &Group, policy: &str, fit: &mut Vec<&Member>, now: Time) {
    match policy {
        "OldestInstance" => keep(fit, |member| member.launched),
        "NewestInstance" => keep(fit, |member| std::cmp::Reverse(member.launched)),
        "OldestLaunchConfiguration" | "OldestLaunchTemplate" => {
            keep(fit, |m| age(group, &m.source));
        }
        "ClosestToNextInstanceHour" => keep(fit, |member| {
            let run = now.secs() - member.launched.secs();
            3600 - run.rem_euclid(3600)
        }),
        "Default" => {
            narrow(group, "OldestLaunchTemplate", fit, now);
            narrow(group, "ClosestToNextInstanceHour", fit, now);
        }
        _ => {}
    }
}

/// How old what an instance was launched from is: configurations that the group no longer has, then
/// templates, the older version first.
fn age(group: &Group, source: &Source) -> (bool, i64) {
    match source {
        Source::Configuration(_) => (*source == group.source, 0),
        Source::Template(template) => {
            let version = template.version.as_deref().and_then(|text| text.parse().ok());
            (true, version.unwrap_or(i64::MAX))
        }
    }
}

fn keep<K: Ord>(fit: &mut Vec<&Member>, key: impl Fn(&Member) -> K) {
    let Some(least) = fit.iter().map(|member| key(member)).min() else { return };
    fit.retain(|member| key(member) == least);
}

//! Auto Scaling as the screen shows it: each group with its bounds, its instances and what it did last.

use sim::World;
use sim::view::View;

use super::shapes::activity::Activity;
use super::state::{Group, Member, State};

/// How many groups of a region are shown.
const GROUPS_MAX: usize = 20;
/// How many instances of a group are shown.
const INSTANCES_MAX: usize = 20;
/// How many of a group's last activities are shown.
const ACTIVITIES_MAX: usize = 8;
/// How many characters of a cause are shown, from its end.
const CAUSE_MAX: usize = 110;

/// What the view shows: every group, by region.
pub(super) fn view(world: &World) -> View {
    let own = &world.config().region;
    let mut view = View::default();
    for (place, region) in &world.get::<State>().places {
        for (name, group) in region.groups.iter().take(GROUPS_MAX) {
            let heading = if place.region == *own {
                name.clone()
            } else {
                format!("{name} · {}", place.region)
            };
            view = of_group(view.section(heading), group);
        }
        if let Some(more @ 1..) = region.groups.len().checked_sub(GROUPS_MAX) {
            view = view.section(format!("and {more} more in {}", place.region));
        }
    }
    if view.sections.is_empty() {
        let note = "There is no group yet: aws autoscaling create-auto-scaling-group";
        view = view.section("Auto Scaling groups").note(note);
    }
    view
}

fn of_group(view: View, group: &Group) -> View {
    let serving = group.members.values().filter(|member| member.serves()).count();
    let mut facts = vec![
        ("size", format!("{} to {}, desired {}", group.min, group.max, group.desired)),
        ("in service", format!("{serving} of {}", group.members.len())),
        ("health", group.health_type.clone()),
    ];
    if let Some(refresh) = group.refreshes.last() {
        let told = match &refresh.reason {
            Some(reason) => format!("{}: {reason}", refresh.status.as_str()),
            None => refresh.status.as_str().to_owned(),
        };
        facts.push(("instance refresh", told));
    }
    if group.going {
        facts.push(("status", "delete in progress".to_owned()));
    }
    if !group.suspended.is_empty() {
        let names: Vec<&str> = group.suspended.keys().map(String::as_str).collect();
        facts.push(("suspended", names.join(", ")));
    }
    if !group.policies.is_empty() {
        let names: Vec<&str> = group.policies.keys().map(String::as_str).collect();
        facts.push(("policies", names.join(", ")));
    }
    let view = view.facts(facts);
    let rows: Vec<_> = group.members.values().take(INSTANCES_MAX).map(instance).collect();
    let view = if rows.is_empty() {
        view.note("No instance.")
    } else {
        view.table(&["Instance", "Zone", "State", "Health"], rows)
    };
    let last = group.activities.iter().rev().take(ACTIVITIES_MAX);
    let rows: Vec<_> = last.map(activity).collect();
    if rows.is_empty() { view } else { view.table(&["Began", "Activity", "Status", "Why"], rows) }
}

fn instance(member: &Member) -> Vec<String> {
    let health = if member.healthy { "healthy" } else { "unhealthy" };
    let protected = if member.protected { ", protected" } else { "" };
    vec![
        member.id.clone(),
        member.spot.zone.clone(),
        member.phase.as_str().to_owned(),
        format!("{health}{protected}"),
    ]
}

fn activity(activity: &Activity) -> Vec<String> {
    // The last sentence is the nearest cause.
    let cause = activity.cause.rsplit("  ").next().unwrap_or_default();
    vec![
        activity.start_time.iso_secs(),
        activity.description.chars().take(CAUSE_MAX).collect(),
        activity.status_code.as_str().to_owned(),
        cause.chars().take(CAUSE_MAX).collect(),
    ]
}

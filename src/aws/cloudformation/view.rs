//! CloudFormation as the screen shows it: each stack with its resources as a tree, and its last events.

use std::collections::{BTreeMap, BTreeSet};

use sim::World;
use sim::view::View;

use crate::State;
use crate::state::{Stack, StackEvent};

/// How many stacks of a region are shown.
const STACKS_MAX: usize = 20;
/// How many of a stack's last events are shown.
const EVENTS_MAX: usize = 8;
/// How deep the tree is drawn.
const DEPTH_MAX: usize = 8;

/// What the view shows: every stack that is not deleted, the newest first.
pub(super) fn view(world: &World) -> View {
    let own = &world.config().region;
    let mut view = View::default();
    for (place, region) in world.get::<State>().regions() {
        let mut stacks: Vec<&Stack> = region.stacks.values().filter(|s| s.is_live()).collect();
        stacks.sort_by(|a, b| b.created.cmp(&a.created).then_with(|| a.id.cmp(&b.id)));
        for stack in stacks.into_iter().take(STACKS_MAX) {
            let heading = if place.region == *own {
                stack.name.clone()
            } else {
                format!("{} · {}", stack.name, place.region)
            };
            view = of_stack(view.section(heading), stack);
        }
    }
    if view.sections.is_empty() {
        let note = "There is no stack yet: aws cloudformation deploy --template-file FILE --stack-name NAME";
        view = view.section("Stacks").note(note);
    }
    view
}

fn of_stack(view: View, stack: &Stack) -> View {
    let mut facts = vec![("status", stack.status.as_str().to_owned())];
    facts.extend(stack.reason.clone().map(|reason| ("why", reason)));
    if stack.protected {
        facts.push(("deletion", "protected".to_owned()));
    }
    let view = view.facts(facts);
    let rows = tree(stack);
    let view = if rows.is_empty() {
        view.note("No resource yet.")
    } else {
        view.table(&["Resource", "Type", "Status", "Id"], rows)
    };
    let outputs = stack.outputs.iter().map(|o| vec![o.key.clone(), o.value.clone()]).collect();
    let view =
        if stack.outputs.is_empty() { view } else { view.table(&["Output", "Value"], outputs) };
    let event = |event: &StackEvent| {
        vec![
            event.at.format("%H:%M:%S"),
            event.logical.clone(),
            event.status.to_owned(),
            event.reason.clone().unwrap_or_default(),
        ]
    };
    let skip = stack.events.len().saturating_sub(EVENTS_MAX);
    let last = stack.events.iter().skip(skip).map(event).collect();
    view.table(&["Time", "What", "Became", "Why"], last)
}

/// The resources, each below the one of those it needs that comes first in the tree.
fn tree(stack: &Stack) -> Vec<Vec<String>> {
    let revision = &stack.revision;
    let needs = revision.template.needs(Some(&revision.conditions));
    let mut names: BTreeSet<&String> = stack.resources.keys().collect();
    let active = revision.template.resources.iter();
    let active = active.filter(|(_, resource)| revision.is_active(resource.condition.as_ref()));
    names.extend(active.map(|(name, _)| name));
    let mut below: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in &names {
        let above = needs.get(*name).and_then(|needs| needs.iter().find(|on| names.contains(on)));
        below.entry(above.map_or("", String::as_str)).or_default().push(name);
    }
    let mut rows = Vec::new();
    let mut left: Vec<(&str, usize)> =
        below.get("").into_iter().flatten().rev().map(|name| (*name, 0)).collect();
    while let Some((name, depth)) = left.pop() {
        rows.push(row(stack, name, depth.min(DEPTH_MAX)));
        let children = below.get(name).into_iter().flatten().rev();
        left.extend(children.map(|child| (*child, depth + 1)));
    }
    rows
}

fn row(stack: &Stack, name: &str, depth: usize) -> Vec<String> {
    let own = stack.resources.get(name);
    let kind = own
        .map(|own| own.kind.as_str())
        .or_else(|| stack.revision.template.resources.get(name).map(|wanted| wanted.kind.as_str()));
    let indent = if depth == 0 { String::new() } else { format!("{}└ ", "  ".repeat(depth - 1)) };
    vec![
        format!("{indent}{name}"),
        kind.unwrap_or_default().trim_start_matches("AWS::").to_owned(),
        own.map_or("", |own| own.status.as_str()).to_owned(),
        own.and_then(|own| own.physical.clone()).unwrap_or_default(),
    ]
}

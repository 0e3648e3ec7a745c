//! CloudFormation as the screen shows it: each stack with its resources as a tree, and its last events.

use std::collections::{BTreeMap, BTreeSet};

use sim::World;
use sim::view::{Branch, Mood, View};

use crate::State;
use crate::state::{Stack, StackEvent};

/// How many stacks of a region are shown.
const STACKS_MAX: usize = 20;
/// How many of a stack's last events are shown.
const EVENTS_MAX: usize = 8;

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
    let branches = tree(stack);
    let view =
        if branches.is_empty() { view.note("No resource yet.") } else { view.tree(branches) };
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
fn tree(stack: &Stack) -> Vec<Branch> {
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
    branches(stack, &below, "")
}

/// A circle of needs is no template, so this comes to an end.
fn branches(stack: &Stack, below: &BTreeMap<&str, Vec<&str>>, above: &str) -> Vec<Branch> {
    let names = below.get(above).into_iter().flatten();
    names.map(|name| branch(stack, name).with(branches(stack, below, name))).collect()
}

/// `SubnetOne · EC2::Subnet · subnet-1`, with a sign for how it stands, and its status unless all is
/// well.
fn branch(stack: &Stack, name: &str) -> Branch {
    let own = stack.resources.get(name);
    let wanted = || stack.revision.template.resources.get(name);
    let kind = own.map_or_else(
        || wanted().map_or("", |wanted| wanted.kind.as_str()),
        |own| own.kind.as_str(),
    );
    let mut parts = vec![name.to_owned(), kind.trim_start_matches("AWS::").to_owned()];
    let Some(own) = own else { return Branch::new(Mood::Aside, parts.join(" · ")) };
    let status = own.status.as_str();
    let mood = match status.rsplit('_').next() {
        Some("COMPLETE") if status.starts_with("DELETE") => Mood::Aside,
        Some("COMPLETE") => Mood::Good,
        Some("FAILED") => Mood::Bad,
        _ => Mood::Going,
    };
    if mood == Mood::Good {
        // The end of an ARN says which it is; an id (`rtb-1|0.0.0.0/0`) is whole as it stands.
        let id = own.physical.as_deref().unwrap_or_default();
        let end = id.rsplit(['/', ':']).next().filter(|_| id.starts_with("arn:"));
        parts.push(end.unwrap_or(id).to_owned());
    } else {
        parts.push(status.to_owned());
    }
    Branch::new(mood, parts.join(" · "))
}

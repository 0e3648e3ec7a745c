//! What would change if a stack became another.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sim::{Caller, World};

use crate::State;
use crate::engine::{At, Live};
use crate::kinds::{self, Change, Kind, Properties, changed};
use crate::shapes::{ResourceChange, ResourceChangeDetail, ResourceTargetDefinition};
use crate::state::{Resource, Revision};
use crate::template::functions::{Look, Scope, evaluate};
use crate::template::{self, Mention, mentions};

/// What stands for a value that is known only once the change is made.
const LATER: &str = "{{changeSet:KNOWN_AFTER_APPLY}}";

/// A change to look at.
pub(crate) struct Plan<'a> {
    pub(crate) at: &'a At,
    pub(crate) caller: &'a Caller,
    pub(crate) before: &'a Revision,
    pub(crate) after: &'a Revision,
}

/// Whether something changes that is no resource: outputs, tags, the template's other parts do not
/// count.
pub(crate) fn beside(before: &Revision, after: &Revision) -> bool {
    let outputs = |revision: &Revision| {
        let all = revision.template.outputs.iter();
        let active = all.filter(|(_, output)| revision.is_active(output.condition.as_ref()));
        let parts = active.map(|(name, output)| {
            let values = [Some(&output.value), output.export.as_ref()];
            let known = values.into_iter().flatten().map(|value| folded(revision, value));
            (name.clone(), output.clone(), known.collect::<Vec<_>>())
        });
        parts.collect::<Vec<_>>()
    };
    outputs(before) != outputs(after) || before.tags != after.tags
}

/// A value with its parameters filled in, as far as that goes without the world.
fn folded(revision: &Revision, value: &Value) -> Vec<Value> {
    let spoken = mentions(value, Some(&revision.conditions)).into_iter();
    let known = spoken.filter_map(|mention| match mention {
        Mention::Name(name) => revision.seen.get(&name).cloned(),
        _ => None,
    });
    known.collect()
}

/// The changes of resources, in the order of their names.
pub(crate) fn compute(world: &mut World, plan: &Plan<'_>) -> Vec<ResourceChange> {
    let mut unknown: BTreeSet<String> = BTreeSet::new();
    let mut found: BTreeMap<String, ResourceChange> = BTreeMap::new();
    for name in order(plan.after) {
        let state = world.get::<State>();
        let own = state.find(&plan.at.place, &plan.at.id);
        let own = own.and_then(|stack| stack.resources.get(&name));
        let own = own.filter(|own| own.physical.is_some()).cloned();
        let change = match own {
            None => Some(added(plan, &name)),
            Some(own) => modified(world, plan, &name, &own, &unknown),
        };
        if let Some(change) = change {
            if change.replacement.as_deref() != Some("False") {
                unknown.insert(name.clone());
            }
            found.insert(name, change);
        }
    }
    let state = world.get::<State>();
    let stack = state.find(&plan.at.place, &plan.at.id);
    for (name, own) in stack.into_iter().flat_map(|stack| &stack.resources) {
        let wanted = plan.after.template.resources.get(name);
        let stays = wanted.is_some_and(|w| plan.after.is_active(w.condition.as_ref()));
        if !stays && own.physical.is_some() {
            found.insert(name.clone(), removed(name, own));
        }
    }
    found.into_values().collect()
}

/// The resources that are made, each behind those that it needs.
fn order(revision: &Revision) -> Vec<String> {
    let needs = revision.template.needs(Some(&revision.conditions));
    let mut done = Vec::new();
    let mut seen = BTreeSet::new();
    let mut stack: Vec<(String, bool)> = needs.keys().rev().map(|n| (n.clone(), false)).collect();
    while let Some((name, ready)) = stack.pop() {
        if ready {
            done.push(name);
        } else if seen.insert(name.clone()) {
            stack.push((name.clone(), true));
            let on = needs.get(&name).into_iter().flatten();
            stack.extend(on.filter(|on| !seen.contains(*on)).map(|on| (on.clone(), false)));
        }
    }
    done.retain(|name| {
        let resource = revision.template.resources.get(name);
        resource.is_some_and(|resource| revision.is_active(resource.condition.as_ref()))
    });
    done
}

fn added(plan: &Plan<'_>, name: &str) -> ResourceChange {
    let kind = plan.after.template.resources.get(name).map(|wanted| wanted.kind.clone());
    ResourceChange {
        action: Some("Add".into()),
        logical_resource_id: Some(name.to_owned()),
        resource_type: kind,
        ..ResourceChange::default()
    }
}

fn removed(name: &str, own: &Resource) -> ResourceChange {
    let keeps = own.deletion_policy.as_deref().is_some_and(|policy| policy.starts_with("Retain"));
    ResourceChange {
        policy_action: Some(if keeps { "Retain" } else { "Delete" }.into()),
        action: Some("Remove".into()),
        logical_resource_id: Some(name.to_owned()),
        physical_resource_id: own.physical.clone(),
        resource_type: Some(own.kind.clone()),
        ..ResourceChange::default()
    }
}

fn modified(
    world: &mut World,
    plan: &Plan<'_>,
    name: &str,
    own: &Resource,
    unknown: &BTreeSet<String>,
) -> Option<ResourceChange> {
    let wanted = plan.after.template.resources.get(name)?;
    let kind = kinds::find(&wanted.kind)?;
    let mut change = ResourceChange {
        action: Some("Modify".into()),
        logical_resource_id: Some(name.to_owned()),
        physical_resource_id: own.physical.clone(),
        resource_type: Some(wanted.kind.clone()),
        replacement: Some("False".into()),
        ..ResourceChange::default()
    };
    if own.kind != wanted.kind {
        change.replacement = Some("True".into());
        change.scope.push("Properties".into());
        return Some(change);
    }
    let properties = properties(world, plan, kind, &wanted.properties, unknown);
    let before = plan.before.template.resources.get(name);
    for property in changed(&own.properties, &properties) {
        let value = properties.get(property);
        let later = value.is_some_and(|value| value.to_string().contains(LATER));
        let replaces = kind.change(property) == Change::Replace;
        let from = source(plan, wanted.properties.get(property), before, property, unknown);
        change.details.push(detail(property, replaces, later, from));
        let attribute = if property == "Tags" { "Tags" } else { "Properties" };
        if !change.scope.iter().any(|known| known == attribute) {
            change.scope.push(attribute.into());
        }
        let replacement = match (replaces, later, change.replacement.as_deref()) {
            (true, false, _) => "True",
            (true, true, Some("False")) => "Conditional",
            _ => continue,
        };
        change.replacement = Some(replacement.into());
    }
    if before.is_some_and(|before| before.metadata != wanted.metadata) {
        change.scope.push("Metadata".into());
        change.details.push(detail("Metadata", false, false, ("DirectModification", None)));
    }
    if change.replacement.as_deref() == Some("True") {
        let keeps = wanted.update_replace_policy.as_deref() == Some("Retain");
        change.policy_action =
            Some(if keeps { "ReplaceAndRetain" } else { "ReplaceAndDelete" }.into());
    }
    (!change.scope.is_empty()).then_some(change)
}

/// Why a resource changes: a property, its tags or what stands beside them.
fn detail(
    what: &str,
    replaces: bool,
    later: bool,
    (source, entity): (&str, Option<String>),
) -> ResourceChangeDetail {
    let beside = matches!(what, "Tags" | "Metadata");
    ResourceChangeDetail {
        target: Some(ResourceTargetDefinition {
            attribute: Some(if beside { what } else { "Properties" }.into()),
            name: (!beside).then(|| what.to_owned()),
            requires_recreation: Some(if replaces { "Always" } else { "Never" }.into()),
        }),
        evaluation: Some(if later { "Dynamic" } else { "Static" }.into()),
        change_source: Some(source.into()),
        causing_entity: entity,
    }
}

/// Where a changed value comes from.
fn source(
    plan: &Plan<'_>,
    value: Option<&Value>,
    before: Option<&template::Resource>,
    property: &str,
    unknown: &BTreeSet<String>,
) -> (&'static str, Option<String>) {
    let direct = ("DirectModification", None);
    let Some(value) = value else { return direct };
    if before.and_then(|before| before.properties.get(property)) != Some(value) {
        return direct;
    }
    for mention in mentions(value, Some(&plan.after.conditions)) {
        match mention {
            Mention::Name(name) if unknown.contains(&name) => {
                return ("ResourceReference", Some(name));
            }
            Mention::Attribute(resource, name) if unknown.contains(&resource) => {
                return ("ResourceAttribute", Some(format!("{resource}.{name}")));
            }
            Mention::Name(name) if plan.after.seen.get(&name) != plan.before.seen.get(&name) => {
                return ("ParameterReference", Some(name));
            }
            _ => {}
        }
    }
    direct
}

/// A resource's properties, as far as they are known.
fn properties(
    world: &mut World,
    plan: &Plan<'_>,
    kind: &Kind,
    wanted: &Properties,
    unknown: &BTreeSet<String>,
) -> Properties {
    let at = plan.at;
    let name = at.id.split('/').nth(1).unwrap_or_default().to_owned();
    let scope = Scope {
        template: &plan.after.template,
        parameters: &plan.after.seen,
        conditions: &plan.after.conditions,
        account: &at.place.account,
        region: &at.place.region,
        stack_name: &name,
        stack_id: &at.id,
    };
    let Some(live) = Live::of(world, at) else { return Properties::new() };
    let caller = plan.caller.clone();
    let mut planned = Planned { live: Live { caller, ..live }, unknown };
    let value = evaluate(&Value::Object(wanted.clone()), &scope, &mut planned);
    let Ok(Some(Value::Object(mut properties))) = value else { return Properties::new() };
    crate::engine::with_tags(kind, &mut properties, plan.after);
    properties
}

/// The world, in which some resources are not what they will be.
struct Planned<'w, 'u> {
    live: Live<'w>,
    unknown: &'u BTreeSet<String>,
}

impl Look for Planned<'_, '_> {
    fn reference(&mut self, resource: &str) -> Result<Value, String> {
        if self.unknown.contains(resource) {
            return Ok(LATER.into());
        }
        self.live.reference(resource).or_else(|_| Ok(LATER.into()))
    }

    fn attribute(&mut self, resource: &str, name: &str) -> Result<Value, String> {
        if self.unknown.contains(resource) {
            return Ok(LATER.into());
        }
        self.live.attribute(resource, name).or_else(|_| Ok(LATER.into()))
    }

    fn import(&mut self, name: &str) -> Result<Value, String> {
        let state = self.live.world.get::<State>();
        let region = state.region(&self.live.at.place);
        let export = region.and_then(|region| region.exports.get(name));
        Ok(export.map_or_else(|| LATER.into(), |export| export.value.clone().into()))
    }

    fn zones(&mut self, region: &str) -> Result<Vec<String>, String> {
        self.live.zones(region)
    }
}

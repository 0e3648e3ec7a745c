//! One job: from its first event to its last.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::Time;
use serde_json::Value;
use sim::World;

use super::policy::{Signals, signals};
use super::{
    At, JobState, Live, Phase, Task, Undo, What, ask_soon, done, fail, remove, schedule, stack,
};
use crate::durations::{LOOKING, STABILIZING_MAX};
use crate::job::{Leftover, Step};
use crate::kinds::{self, Change, Kind, Progress, Properties, Tags, changed};
use crate::state::{Heard, Resource, Revision};

/// A job starts: what it has to do is known now.
pub(super) fn start(world: &mut World, at: &At, job: usize) {
    let Some(stack) = stack(world, at) else { return };
    let (logical, task) = (stack.jobs[job].logical.clone(), stack.jobs[job].task.clone());
    let revision = Arc::clone(&stack.revision);
    let properties = match task {
        Task::Remove(leftover) => return remove::start(world, at, job, &leftover),
        Task::Put(properties) => Ok(properties),
        Task::Make => properties(world, at, &revision, &logical),
    };
    let Some(stack) = super::stack(world, at) else { return };
    let definition = revision.template.resources.get(&logical);
    let old = stack.resources.get(&logical);
    let step = match (&properties, definition) {
        (Ok(properties), Some(definition)) => plan_step(old, &definition.kind, properties),
        _ if old.is_some_and(|old| old.physical.is_some()) => Some(Step::Update),
        _ => Some(Step::Create),
    };
    let Some(step) = step else {
        keep(world, at, &logical, &revision);
        done(world, at, job);
        return;
    };
    let now = world.now();
    let Some(stack) = super::stack(world, at) else { return };
    if step == Step::Create {
        let kind = definition.map(|definition| definition.kind.clone()).unwrap_or_default();
        stack.resources.insert(logical.clone(), Resource { kind, ..Resource::default() });
    }
    describe(stack.resources.get_mut(&logical), &revision, &logical);
    stack.jobs[job].state = JobState::Running(step, properties.clone().unwrap_or_default());
    let said = (step == Step::Replace).then(|| {
        "Requested update requires the creation of a new physical resource; hence creating one."
            .to_owned()
    });
    stack.resource_turn(now, &logical, step.under_way(), said, properties.as_ref().ok());
    match properties {
        Ok(_) => ask_soon(world, at, job),
        Err(reason) => fail::job(world, at, job, step, reason),
    }
}

/// What the template says of a resource beside its properties.
fn describe(resource: Option<&mut Resource>, revision: &Revision, logical: &str) {
    if let (Some(resource), Some(definition)) = (resource, revision.template.resources.get(logical))
    {
        resource.metadata.clone_from(&definition.metadata);
        resource.deletion_policy.clone_from(&definition.deletion_policy);
    }
}

fn keep(world: &mut World, at: &At, logical: &str, revision: &Revision) {
    let Some(stack) = stack(world, at) else { return };
    describe(stack.resources.get_mut(logical), revision, logical);
}

/// What has to be done to a resource; nothing when it is as it should be.
fn plan_step(old: Option<&Resource>, kind: &str, wanted: &Properties) -> Option<Step> {
    let Some(old) = old.filter(|old| old.physical.is_some()) else { return Some(Step::Create) };
    if old.kind != kind {
        return Some(Step::Replace);
    }
    let kind = kinds::find(kind)?;
    let change =
        changed(&old.properties, wanted).into_iter().map(|name| kind.change(name)).max()?;
    Some(if change == Change::Replace { Step::Replace } else { Step::Update })
}

/// A resource's properties, with the tags of the stack.
fn properties(
    world: &mut World,
    at: &At,
    revision: &Revision,
    logical: &str,
) -> Result<Properties, String> {
    let definition = revision
        .template
        .resources
        .get(logical)
        .ok_or_else(|| format!("The template has no resource {logical}"))?;
    let mut live = Live::of(world, at).ok_or("The stack does not exist")?;
    let value = live.value(revision, &Value::Object(definition.properties.clone()))?;
    let Some(Value::Object(mut properties)) = value else { return Ok(Properties::new()) };
    let kind = kinds::find(&definition.kind).ok_or("The type does not exist")?;
    kind.check(&properties)?;
    with_tags(kind, &mut properties, revision);
    Ok(properties)
}

/// Puts the tags of the stack beside the resource's own, which count more.
pub(crate) fn with_tags(kind: &Kind, properties: &mut Properties, revision: &Revision) {
    if revision.tags.is_empty() || kind.tags == Tags::None {
        return;
    }
    if kind.tags == Tags::Map {
        let own = properties.entry("Tags").or_insert_with(|| Value::Object(Properties::new()));
        let Some(own) = own.as_object_mut() else { return };
        for tag in &revision.tags {
            own.entry(tag.key.clone()).or_insert_with(|| tag.value.clone().into());
        }
        return;
    }
    let own = properties.entry("Tags").or_insert_with(|| Value::Array(Vec::new()));
    let Some(own) = own.as_array_mut() else { return };
    for tag in &revision.tags {
        let key = Value::from(tag.key.clone());
        if own.iter().any(|given| given.get("Key") == Some(&key)) {
            continue;
        }
        let mut made = Properties::new();
        made.insert("Key".into(), key);
        made.insert("Value".into(), tag.value.clone().into());
        if kind.tags == Tags::Propagated {
            made.insert("PropagateAtLaunch".into(), true.into());
        }
        own.push(Value::Object(made));
    }
}

/// A job asks its service.
pub(super) fn act(world: &mut World, at: &At, job: usize) {
    let Some(stack) = stack(world, at) else { return };
    let JobState::Running(step, wanted) = stack.jobs[job].state.clone() else { return };
    let logical = stack.jobs[job].logical.clone();
    let Some(old) = stack.resources.get(&logical).cloned() else { return };
    if let Task::Remove(leftover) = stack.jobs[job].task.clone() {
        return remove::act(world, at, job, &leftover);
    }
    let definition = stack.revision.template.resources.get(&logical);
    let kind = definition.map_or(old.kind.as_str(), |definition| definition.kind.as_str());
    let Some(kind) = kinds::find(kind) else { return };
    if step == Step::Replace
        && let Some(reason) = custom_named(kind, &old, &wanted)
    {
        return fail::job(world, at, job, step, reason);
    }
    let Some(mut live) = Live::of(world, at) else { return };
    let mut call = live.call(&logical);
    let physical = old.physical.clone().unwrap_or_default();
    let asked = if step == Step::Update {
        (kind.update)(&mut call, &physical, &old.properties, &wanted).map(|()| physical.clone())
    } else {
        (kind.create)(&mut call, &wanted)
    };
    let made = call.made.take();
    let (id, failure) = match asked {
        Ok(id) => (Some(id), None),
        Err(failure) => (made, Some(failure.reason(world))),
    };
    settle(world, at, &Asked { logical: &logical, step, kind, old, wanted, id: id.clone() });
    if let Some(reason) = failure {
        return fail::job(world, at, job, step, reason);
    }
    let now = world.now();
    if step != Step::Update {
        let Some(stack) = super::stack(world, at) else { return };
        let JobState::Running(_, wanted) = stack.jobs[job].state.clone() else { return };
        let said = Some("Resource creation Initiated".to_owned());
        stack.resource_turn(now, &logical, step.under_way(), said, Some(&wanted));
    }
    let span = if step == Step::Update { kind.makes_s.min(5) } else { kind.makes_s };
    let when = now.plus(std::time::Duration::from_secs(span));
    schedule(world, at, when, What::Look(job, now));
}

/// What a service was asked for, and what it made.
struct Asked<'a> {
    logical: &'a str,
    step: Step,
    kind: &'static Kind,
    old: Resource,
    wanted: Properties,
    id: Option<String>,
}

/// Remembers what was made, and how it is undone.
fn settle(world: &mut World, at: &At, asked: &Asked<'_>) {
    let Some(stack) = stack(world, at) else { return };
    let updating = stack.phase == Phase::Update;
    let policy = stack.before.as_ref().and_then(|before| {
        before.template.resources.get(asked.logical)?.update_replace_policy.clone()
    });
    let old = &asked.old;
    let Some(resource) = stack.resources.get_mut(asked.logical) else { return };
    let undo = match asked.step {
        Step::Update => {
            resource.properties.clone_from(&asked.wanted);
            Undo::Updated(old.properties.clone())
        }
        _ if asked.id.is_none() => return,
        Step::Create => Undo::Created,
        _ => Undo::Replaced(Leftover {
            logical: asked.logical.to_owned(),
            kind: old.kind.clone(),
            physical: old.physical.clone().unwrap_or_default(),
            properties: old.properties.clone(),
            keep: policy.as_deref() == Some("Retain"),
        }),
    };
    if asked.step != Step::Update {
        asked.kind.name.clone_into(&mut resource.kind);
        resource.physical.clone_from(&asked.id);
        resource.properties.clone_from(&asked.wanted);
        resource.signals.clear();
    }
    if updating {
        stack.undo.entry(asked.logical.to_owned()).or_insert(undo);
    }
}

/// A resource with a name of its owner's choice cannot stand beside the one that it replaces.
fn custom_named(kind: &Kind, old: &Resource, wanted: &Properties) -> Option<String> {
    let name = kind.named_by?;
    let is = wanted.get(name)?;
    if old.kind != kind.name || old.properties.get(name) != Some(is) {
        return None;
    }
    let is = crate::text::text_of(is).unwrap_or_default();
    Some(format!(
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. \
         Rename {is} and update the stack again."
    ))
}

/// A job looks whether it is done.
pub(super) fn look(world: &mut World, at: &At, job: usize, since: Time) {
    let Some(stack) = stack(world, at) else { return };
    let JobState::Running(step, wanted) = stack.jobs[job].state.clone() else { return };
    if let Task::Remove(leftover) = stack.jobs[job].task.clone() {
        return remove::look(world, at, job, &leftover, since);
    }
    let logical = stack.jobs[job].logical.clone();
    let Some(own) = stack.resources.get(&logical).cloned() else { return };
    let heard = stack.heard(&own);
    let policy = stack.revision.template.resources.get(&logical);
    let policy = policy.and_then(|definition| definition.creation_policy.clone());
    let policy = policy.map(|policy| (policy, Arc::clone(&stack.revision)));
    let Some(kind) = kinds::find(&own.kind) else { return };
    let physical = own.physical.clone().unwrap_or_default();
    let Some(mut live) = Live::of(world, at) else { return };
    // How many signals are waited for may be a parameter's value.
    let policy = match policy.map(|(policy, revision)| live.value(&revision, &policy)) {
        Some(Ok(policy)) => policy,
        Some(Err(reason)) => return fail::job(world, at, job, step, reason),
        None => None,
    };
    let mut call = live.call(&logical);
    let progress = (kind.ready)(&mut call, &physical, &wanted);
    let progress = progress.map_err(|failure| failure.reason(world));
    let now = world.now();
    match progress {
        Err(reason) | Ok(Progress::Failed(reason)) => {
            return fail::job(world, at, job, step, reason);
        }
        Ok(Progress::Ready) => {
            let signals_wanted =
                (step != Step::Update).then(|| signals(kind.name, policy.as_ref(), &own)).flatten();
            let enough = signals_wanted
                .map_or(Ok(true), |signals| signalled(signals, &own, &heard, since, now));
            match enough {
                Ok(true) => return complete(world, at, job, step),
                Ok(false) => {}
                Err(reason) => return fail::job(world, at, job, step, reason),
            }
        }
        Ok(Progress::Wait) if now.since(since) > STABILIZING_MAX => {
            let reason = format!("Exceeded attempts to wait for {logical} to stabilize");
            return fail::job(world, at, job, step, reason);
        }
        Ok(Progress::Wait) => {}
    }
    schedule(world, at, now.plus(LOOKING), What::Look(job, since));
}

/// Whether a resource has got the signals that it waits for.
fn signalled(
    awaited: Signals,
    own: &Resource,
    heard: &BTreeMap<String, Heard>,
    since: Time,
    now: Time,
) -> Result<bool, String> {
    if let Some((id, bad)) = heard.iter().find(|(_, heard)| !heard.well) {
        return Err(format!(
            "WaitCondition received failed message: '{}' for uniqueId: {id}",
            bad.reason
        ));
    }
    let well = own.signals.values().filter(|well| **well).count() + heard.len();
    let well = well as u64;
    let failed = own.signals.values().filter(|well| !**well).count();
    if failed > 0 {
        return Err(format!(
            "Received {failed} FAILURE signal(s) out of {}. Unable to satisfy 100% \
             MinSuccessfulInstancesPercent requirement",
            awaited.count
        ));
    }
    if well >= awaited.count {
        return Ok(true);
    }
    if now.since(since).as_secs() < awaited.timeout_s {
        return Ok(false);
    }
    if own.kind == "AWS::CloudFormation::WaitCondition" {
        return Err(format!(
            "WaitCondition timed out. Received {well} conditions when expecting {}",
            awaited.count
        ));
    }
    let missing = awaited.count - well;
    Err(format!("Failed to receive {missing} resource signal(s) within the specified duration"))
}

fn complete(world: &mut World, at: &At, job: usize, step: Step) {
    let now = world.now();
    let Some(stack) = stack(world, at) else { return };
    let logical = stack.jobs[job].logical.clone();
    let properties = stack.resources.get(&logical).map(|own| own.properties.clone());
    stack.resource_turn(now, &logical, step.complete(), None, properties.as_ref());
    if stack.phase == Phase::Revert {
        stack.undo.remove(&logical);
    }
    done(world, at, job);
}

//! The ends of phases.

use sim::World;

use super::{At, fail, outputs, plan, pump, stack};
use crate::State;
use crate::job::{Leftover, Phase};
use crate::shapes::StackStatus;
use crate::state::{OnFailure, uuid};

/// All jobs of a phase are done.
pub(super) fn end(world: &mut World, at: &At) {
    let Some(stack) = stack(world, at) else { return };
    match stack.phase {
        Phase::Create => match outputs::set(world, at) {
            Ok(()) => turn(world, at, StackStatus::CreateComplete),
            Err(reason) => fail::whole(world, at, reason.trim_end_matches('.')),
        },
        Phase::Update => match outputs::set(world, at) {
            Ok(()) => clean(world, at, Phase::Clean),
            Err(reason) => fail::whole(world, at, reason.trim_end_matches('.')),
        },
        Phase::Revert => {
            // What the outputs were they are again.
            let _ = outputs::set(world, at);
            clean(world, at, Phase::CleanReverted);
        }
        Phase::Clean => turn(world, at, StackStatus::UpdateComplete),
        Phase::CleanReverted => turn(world, at, StackStatus::UpdateRollbackComplete),
        Phase::Undo => {
            let deletes = stack.on_failure == OnFailure::Delete;
            match (stack.failed.is_empty(), deletes) {
                (true, true) => gone(world, at),
                (true, false) => turn(world, at, StackStatus::RollbackComplete),
                (false, true) => not_all(world, at, StackStatus::DeleteFailed),
                (false, false) => not_all(world, at, StackStatus::RollbackFailed),
            }
        }
        Phase::Delete if stack.failed.is_empty() => gone(world, at),
        Phase::Delete => not_all(world, at, StackStatus::DeleteFailed),
        Phase::Idle => {}
    }
}

/// The operation is over.
fn turn(world: &mut World, at: &At, status: StackStatus) {
    let (id, now) = (uuid(world), world.now());
    let Some(stack) = stack(world, at) else { return };
    let cleaned = matches!(stack.phase, Phase::Clean | Phase::CleanReverted);
    let reason = (cleaned && !stack.failed.is_empty())
        .then(|| "Update successful. One or more resources could not be deleted.".to_owned());
    stack.run += 1;
    stack.phase = Phase::Idle;
    stack.before = None;
    stack.undo.clear();
    stack.leftovers.clear();
    stack.jobs.clear();
    stack.turn(now, status, reason, id);
    if status == StackStatus::UpdateComplete {
        let used = std::mem::take(&mut stack.imports);
        let region = world.get_mut::<State>().region_mut(&at.place);
        for (name, export) in &mut region.exports {
            if !used.contains(name) {
                export.users.remove(&at.id);
            }
        }
    }
}

/// Something could not be taken away.
fn not_all(world: &mut World, at: &At, status: StackStatus) {
    let (id, now) = (uuid(world), world.now());
    let Some(stack) = stack(world, at) else { return };
    let names: Vec<String> = stack.failed.iter().cloned().collect();
    let reason = format!("The following resource(s) failed to delete: [{}]. ", names.join(", "));
    stack.run += 1;
    stack.phase = Phase::Idle;
    stack.jobs.clear();
    stack.turn(now, status, Some(reason), id);
}

/// What is no longer the stack's is taken away.
fn clean(world: &mut World, at: &At, phase: Phase) {
    let (id, now) = (uuid(world), world.now());
    let Some(stack) = stack(world, at) else { return };
    let mut left = std::mem::take(&mut stack.leftovers);
    let status = if phase == Phase::Clean {
        let replaced = stack.undo.values().filter_map(|undo| match undo {
            super::Undo::Replaced(old) => Some(old.clone()),
            _ => None,
        });
        left.extend(replaced);
        left.extend(removed(stack));
        StackStatus::UpdateCompleteCleanupInProgress
    } else {
        StackStatus::UpdateRollbackCompleteCleanupInProgress
    };
    stack.turn(now, status, None, id);
    let jobs = plan::removals(stack, left);
    stack.set_jobs(phase, jobs);
    pump(world, at);
}

/// The resources that the template no longer has. Those that never were are forgotten.
fn removed(stack: &mut crate::state::Stack) -> Vec<Leftover> {
    let revision = stack.revision.clone();
    let wanted = |name: &String| {
        let definition = revision.template.resources.get(name);
        definition.is_some_and(|definition| revision.is_active(definition.condition.as_ref()))
    };
    stack.resources.retain(|name, own| own.physical.is_some() || wanted(name));
    let left = stack.resources.iter().filter(|(name, _)| !wanted(name));
    left.filter_map(|(name, own)| stack.leftover(name, own, own.deletion_policy.as_deref()))
        .collect()
}

/// The stack is gone. By its id it is still found.
fn gone(world: &mut World, at: &At) {
    let (event, now) = (uuid(world), world.now());
    let Some(stack) = stack(world, at) else { return };
    stack.run += 1;
    stack.phase = Phase::Idle;
    stack.deleted = Some(now);
    stack.jobs.clear();
    stack.outputs.clear();
    stack.turn(now, StackStatus::DeleteComplete, None, event);
    let name = stack.name.clone();
    let region = world.get_mut::<State>().region_mut(&at.place);
    if region.names.get(&name) == Some(&at.id) {
        region.names.remove(&name);
    }
    region.exports.retain(|_, export| export.stack != at.id);
    for export in region.exports.values_mut() {
        export.users.remove(&at.id);
    }
}

//! What becomes of a stack when something goes wrong, and the ways back.

use std::sync::Arc;

use sim::World;

use super::{At, done, plan, pump, stack};
use crate::job::{JobState, Phase, Step, Task, Undo};
use crate::shapes::{ResourceStatus, StackStatus};
use crate::state::{OnFailure, uuid};

/// A job that makes or changes something has failed: what else runs is cancelled.
pub(super) fn job(world: &mut World, at: &At, job: usize, step: Step, reason: String) {
    let now = world.now();
    let Some(stack) = stack(world, at) else { return };
    let logical = stack.jobs[job].logical.clone();
    let properties = match &stack.jobs[job].state {
        JobState::Running(_, properties) => Some(properties.clone()),
        _ => None,
    };
    stack.resource_turn(now, &logical, step.failed(), Some(reason), properties.as_ref());
    let mut created = Vec::new();
    let mut updated = Vec::new();
    if step == Step::Create { &mut created } else { &mut updated }.push(logical);
    stack.jobs[job].state = JobState::Done;
    for (logical, step) in cancel(world, at) {
        if step == Step::Create { &mut created } else { &mut updated }.push(logical);
    }
    let parts = [(created, "create"), (updated, "update")].into_iter();
    let said = parts.filter(|(names, _)| !names.is_empty()).map(|(names, verb)| {
        format!("The following resource(s) failed to {verb}: [{}]", names.join(", "))
    });
    let reason = said.collect::<Vec<_>>().join(". ");
    whole(world, at, &reason);
}

/// What runs is cancelled; the resources, with what was done to them.
fn cancel(world: &mut World, at: &At) -> Vec<(String, Step)> {
    let now = world.now();
    let Some(stack) = stack(world, at) else { return Vec::new() };
    let running: Vec<(String, Step)> = stack
        .jobs
        .iter()
        .filter_map(|job| match &job.state {
            JobState::Running(step, _) if *step != Step::Remove => {
                Some((job.logical.clone(), *step))
            }
            _ => None,
        })
        .collect();
    for (logical, step) in &running {
        let what = if *step == Step::Create { "creation" } else { "update" };
        let reason = Some(format!("Resource {what} cancelled"));
        stack.resource_turn(now, logical, step.failed(), reason, None);
    }
    stack.run += 1;
    running
}

/// The operation as a whole has failed, for this reason (without a full stop behind it).
pub(super) fn whole(world: &mut World, at: &At, reason: &str) {
    let (id, now) = (uuid(world), world.now());
    let Some(stack) = stack(world, at) else { return };
    match (stack.phase, stack.on_failure) {
        (Phase::Create, OnFailure::DoNothing) => {
            stack.run += 1;
            stack.phase = Phase::Idle;
            stack.turn(now, StackStatus::CreateFailed, Some(format!("{reason}. ")), id);
        }
        (Phase::Create, on_failure) => {
            let status = if on_failure == OnFailure::Delete {
                StackStatus::DeleteInProgress
            } else {
                StackStatus::RollbackInProgress
            };
            let said = match on_failure {
                OnFailure::Delete => format!("{reason}. Delete requested by user."),
                _ => format!("{}. Rollback requested by user.", reason.trim_end_matches('.')),
            };
            stack.turn(now, status, Some(said), id);
            let jobs = plan::removals(stack, stack.everything());
            stack.set_jobs(Phase::Undo, jobs);
            pump(world, at);
        }
        (Phase::Update, _) => revert(world, at, &format!("{reason}. ")),
        (Phase::Revert, _) => {
            stack.run += 1;
            stack.phase = Phase::Idle;
            stack.turn(now, StackStatus::UpdateRollbackFailed, Some(format!("{reason}. ")), id);
        }
        _ => {}
    }
}

/// A removal has failed. The others go on.
pub(super) fn removal(world: &mut World, at: &At, job: usize) {
    done(world, at, job);
}

/// The time that a stack's making may take is over.
pub(super) fn timeout(world: &mut World, at: &At) {
    let creates = stack(world, at).is_some_and(|stack| stack.phase == Phase::Create);
    if creates {
        cancel(world, at);
        whole(world, at, "Stack creation time exceeded the specified timeout");
    }
}

/// An update that is under way goes back.
pub(crate) fn cancel_update(world: &mut World, at: &At) {
    cancel(world, at);
    revert(world, at, "User Initiated");
}

/// A way back that failed goes on, without these resources.
pub(crate) fn continue_rollback(world: &mut World, at: &At, skipped: &[String]) {
    let now = world.now();
    if let Some(stack) = stack(world, at) {
        for logical in skipped {
            if stack.undo.remove(logical).is_some() {
                let reason = Some("User Initiated".to_owned());
                stack.resource_turn(now, logical, ResourceStatus::UpdateComplete, reason, None);
            }
        }
        // The revision to go back to has become its own already.
        stack.before = Some(Arc::clone(&stack.revision));
    }
    revert(world, at, "User Initiated");
}

/// The way back from a failed update.
fn revert(world: &mut World, at: &At, reason: &str) {
    let (id, now) = (uuid(world), world.now());
    let Some(stack) = stack(world, at) else { return };
    stack.turn(now, StackStatus::UpdateRollbackInProgress, Some(reason.to_owned()), id);
    if let Some(before) = stack.before.clone() {
        stack.before = Some(std::mem::replace(&mut stack.revision, before));
    }
    stack.phase = Phase::Revert;
    let mut tasks = Vec::new();
    for (logical, undo) in stack.undo.clone() {
        match undo {
            Undo::Updated(properties) => tasks.push((logical, Task::Put(properties))),
            Undo::Created => {
                let made = stack.resources.get(&logical).cloned();
                let left = made.and_then(|made| stack.leftover(&logical, &made, None));
                stack.leftovers.extend(left);
                stack.undo.remove(&logical);
            }
            Undo::Replaced(old) => {
                let Some(own) = stack.resources.get(&logical).cloned() else { continue };
                let left = stack.leftover(&logical, &own, None);
                stack.leftovers.extend(left);
                if let Some(own) = stack.resources.get_mut(&logical) {
                    own.kind = old.kind;
                    own.physical = Some(old.physical);
                    own.properties = old.properties;
                }
                stack.resource_turn(now, &logical, ResourceStatus::UpdateComplete, None, None);
                stack.undo.remove(&logical);
            }
        }
    }
    forget_unmade(stack);
    let jobs = plan::makes(&stack.revision, tasks);
    stack.set_jobs(Phase::Revert, jobs);
    pump(world, at);
}

/// What an update wanted and did not make is not the stack's.
fn forget_unmade(stack: &mut crate::state::Stack) {
    let known = &stack.revision.template.resources;
    stack.resources.retain(|name, own| own.physical.is_some() || known.contains_key(name));
}

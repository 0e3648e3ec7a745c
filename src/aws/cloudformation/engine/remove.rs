//! Jobs that take something away.

use std::time::Duration;

use base::Time;
use sim::World;

use super::{At, Live, What, ask_soon, done, fail, schedule, stack};
use crate::durations::{LOOKING, STABILIZING_MAX};
use crate::job::{JobState, Leftover, Phase, Step};
use crate::kinds::{self, Properties};
use crate::shapes::ResourceStatus;
use crate::state::event;

/// A job starts: what is to be kept is left alone.
pub(super) fn start(world: &mut World, at: &At, job: usize, old: &Leftover) {
    let status = if old.keep { ResourceStatus::DeleteSkipped } else { Step::Remove.under_way() };
    record(world, at, old, status, None);
    if old.keep {
        forget(world, at, old);
        done(world, at, job);
        return;
    }
    let Some(stack) = stack(world, at) else { return };
    stack.jobs[job].state = JobState::Running(Step::Remove, Properties::new());
    ask_soon(world, at, job);
}

/// Records what becomes of it. Where the stack has another in its place, only the events tell.
fn record(
    world: &mut World,
    at: &At,
    old: &Leftover,
    status: ResourceStatus,
    reason: Option<String>,
) {
    let now = world.now();
    let Some(stack) = stack(world, at) else { return };
    let own = stack.resources.get(&old.logical);
    let is_own = own.is_some_and(|own| own.physical.as_deref() == Some(&old.physical));
    if is_own {
        stack.resource_turn(now, &old.logical, status, reason, Some(&old.properties));
        return;
    }
    let mut made = event(now, &old.logical, &old.kind, Some(&old.physical), status, reason);
    made.token.clone_from(&stack.token);
    stack.events.push(made);
}

/// What is gone, or left alone, is no longer the stack's.
fn forget(world: &mut World, at: &At, old: &Leftover) {
    let Some(stack) = stack(world, at) else { return };
    let own = stack.resources.get(&old.logical);
    let is_own = own.is_some_and(|own| own.physical.as_deref() == Some(&old.physical));
    if is_own && matches!(stack.phase, Phase::Clean | Phase::CleanReverted) {
        stack.resources.remove(&old.logical);
    }
    stack.leftovers.retain(|left| left != old);
}

/// The job asks its service.
pub(super) fn act(world: &mut World, at: &At, job: usize, old: &Leftover) {
    let Some(kind) = kinds::find(&old.kind) else { return };
    let Some(mut live) = Live::of(world, at) else { return };
    let mut call = live.call(&old.logical);
    let asked = (kind.delete)(&mut call, &old.physical, &old.properties);
    if let Err(failure) = asked {
        let reason = failure.reason(world);
        return failed(world, at, job, old, reason);
    }
    let now = world.now();
    let when = now.plus(Duration::from_secs(kind.removes_s));
    schedule(world, at, when, What::Look(job, now));
}

/// The job looks whether it is gone.
pub(super) fn look(world: &mut World, at: &At, job: usize, old: &Leftover, since: Time) {
    let Some(kind) = kinds::find(&old.kind) else { return };
    let Some(mut live) = Live::of(world, at) else { return };
    let mut call = live.call(&old.logical);
    let gone = (kind.gone)(&mut call, &old.physical, &old.properties);
    let now = world.now();
    match gone {
        Err(failure) => {
            let reason = failure.reason(world);
            failed(world, at, job, old, reason);
        }
        Ok(true) => {
            record(world, at, old, Step::Remove.complete(), None);
            forget(world, at, old);
            done(world, at, job);
        }
        Ok(false) if now.since(since) > STABILIZING_MAX => {
            let reason = format!("Exceeded attempts to wait for {} to be deleted", old.logical);
            failed(world, at, job, old, reason);
        }
        Ok(false) => schedule(world, at, now.plus(LOOKING), What::Look(job, since)),
    }
}

/// What the failed one needs stays, too.
fn failed(world: &mut World, at: &At, job: usize, old: &Leftover, reason: String) {
    record(world, at, old, Step::Remove.failed(), Some(reason));
    let Some(stack) = stack(world, at) else { return };
    stack.failed.insert(old.logical.clone());
    let mut left = stack.jobs[job].followers.clone();
    while let Some(follower) = left.pop() {
        if stack.jobs[follower].state == JobState::Waiting {
            stack.jobs[follower].state = JobState::Done;
            stack.open -= 1;
            left.extend(stack.jobs[follower].followers.clone());
        }
    }
    fail::removal(world, at, job);
}

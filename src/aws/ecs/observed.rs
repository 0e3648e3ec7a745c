//! What was seen of the containers of tasks on the learner's engine, and what becomes of the tasks. Where
//! no engine answers, the simulated program goes on instead.

use sim::outside::{End, EndedBy};
use sim::{Observation, RunId, World};

use super::boot;
use super::durations::SETTLING;
use super::engine::begin;
use super::health;
use super::image;
use super::logs;
use super::shapes::task::{HealthStatus, StopCode};
use super::state::{Boxed, Phase, State, TaskAt, TaskId};
use super::stop::{self, Why, turn_after};

/// The code of a container of which nobody saw how it ended: it was taken away.
const KILLED: i64 = 137;

/// Takes in what was seen of a container.
pub(crate) fn observed(world: &mut World, run: &RunId, seen: &Observation) {
    let state = world.get_mut::<State>();
    let Some((id, at)) = state.runs.get(run).cloned() else { return };
    if !seen.goes_on() {
        state.runs.remove(run);
    }
    match seen {
        Observation::Began => {}
        Observation::Started { container, ports } => started(world, &id, at, container, ports),
        Observation::Printed { lines } => {
            let known = world.get::<State>().run(&id);
            if let Some(stream) = known.and_then(|run| run.containers[at].log.clone()) {
                logs::put(world, &stream, lines);
            }
        }
        Observation::Health { well } => {
            let status = if *well { HealthStatus::Healthy } else { HealthStatus::Unhealthy };
            boot::judged(world, &id, at, status);
        }
        Observation::Ended(end) => ended(world, &id, at, i64::from(end.code), reason(end)),
        Observation::Interrupted => interrupted(world, &id, at),
        Observation::NoImage { why } => failed(world, &id, at, "CannotPullContainerError", why),
        Observation::Failed { why } => failed(world, &id, at, "CannotStartContainerError", why),
        Observation::Unreachable { .. } => simulate(world, &id, at),
    }
}

fn started(world: &mut World, id: &TaskId, at: usize, container: &str, ports: &[(u16, u16)]) {
    let Some(run) = world.get_mut::<State>().run_mut(id) else { return };
    run.task.containers[at].runtime_id = Some(container.to_owned());
    if let Some(real) = &mut run.containers[at].real {
        real.ports = ports.iter().copied().collect();
    }
    if run.phase == Phase::Pending && run.containers[at].started.is_none() {
        boot::started(world, id, at);
        boot::go_on(world, id);
    }
}

fn reason(end: &End) -> Option<String> {
    let killed = "OutOfMemoryError: Container killed due to memory usage";
    (end.by == EndedBy::Memory).then(|| killed.to_owned())
}

/// A container has ended, by itself or since the task does.
fn ended(world: &mut World, id: &TaskId, at: usize, code: i64, reason: Option<String>) {
    let Some(run) = world.get_mut::<State>().run_mut(id) else { return };
    let (phase, life) = (run.phase, run.life);
    if phase.is_alive() {
        run.containers[at].started.get_or_insert(run.task.created_at);
        let here = TaskAt { id: id.clone(), life };
        boot::exited(world, &here, at, code, reason);
        return;
    }
    run.containers[at].exited = true;
    let shown = &mut run.task.containers[at];
    shown.exit_code = Some(code);
    "STOPPED".clone_into(&mut shown.last_status);
    if phase == Phase::Stopping && !run.containers.iter().any(Boxed::is_on_engine) {
        turn_after(world, id, life, SETTLING);
    }
}

/// Nobody saw how a container went on: the session was away, or goes on from another's world. It begins
/// once more in its place, as when an engine starts again what it had.
fn interrupted(world: &mut World, id: &TaskId, at: usize) {
    let alive = world.get::<State>().run(id).is_some_and(|run| run.phase.is_alive());
    if !alive || !begin(world, id, at) {
        ended(world, id, at, KILLED, None);
    }
}

/// A container could not begin, as the engine says it.
fn failed(world: &mut World, id: &TaskId, at: usize, what: &str, why: &str) {
    give_up(world, id, at, format!("{what}: Error response from daemon: {why}"));
}

/// A container does not begin.
fn give_up(world: &mut World, id: &TaskId, at: usize, why: String) {
    let Some(run) = world.get_mut::<State>().run_mut(id) else { return };
    run.containers[at].exited = true;
    let alive = run.phase.is_alive();
    run.task.containers[at].reason = Some(why.clone());
    if alive {
        stop::stop(world, id, Why::new(StopCode::TaskFailedToStart, why));
    } else {
        ended(world, id, at, KILLED, None);
    }
}

/// No engine answers: the program that the image describes goes on in its place.
fn simulate(world: &mut World, id: &TaskId, at: usize) {
    let askable = boot::definition(world, id)
        .is_some_and(|definition| health::can_be_asked(&definition.containers[at]));
    let Some(run) = world.get_mut::<State>().run_mut(id) else { return };
    let alive = run.phase.is_alive();
    let (own, shown) = (&mut run.containers[at], &run.task.containers[at]);
    own.real = None;
    own.order = None;
    let missing = if own.program.is_none() {
        Some(image::needs_engine(&shown.image))
    } else {
        (!askable).then(|| health::needs_engine(&shown.name))
    };
    match missing {
        _ if !alive => ended(world, id, at, KILLED, None),
        Some(why) => give_up(world, id, at, why),
        None => {
            boot::started(world, id, at);
            boot::go_on(world, id);
        }
    }
}

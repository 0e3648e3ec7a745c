//! Containers of tasks on the learner's engine. The world wants them, the session begins and ends them,
//! and what is seen of them comes back; where no engine answers, the simulated program goes on instead.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sim::outside::{Check, Container, End, EndedBy, Image, Limits, Serving};
use sim::{Observation, RunId, Wanted, World};

use super::boot;
use super::durations::{SETTLING, STOP_TIMEOUT};
use super::health;
use super::image;
use super::logs;
use super::names;
use super::shapes::container::{ContainerDefinition, HealthCheck, TransportProtocol};
use super::shapes::definition::{NetworkMode, TaskDefinition};
use super::shapes::task::HealthStatus;
use super::state::{Phase, Real, State, TaskAt, TaskId};
use super::stop::{self, Why, turn_after};
use crate::shapes::task::StopCode;

/// What a container may have when neither it nor its task says how much.
const MEMORY_MIB: u64 = 512;
/// An engine gives a container at least so much.
const MEMORY_MIB_MIN: u64 = 6;
/// How much of what a container prints is kept within a second.
const OUTPUT_BYTES: u64 = 64 << 10;
/// The code of a container of which nobody saw how it ended: it was taken away.
const KILLED: i64 = 137;

/// Why no engine can run a container of a task, beside that there may be none.
fn only_simulated(definition: &TaskDefinition) -> bool {
    definition.mode() == NetworkMode::Awsvpc && definition.containers.len() > 1
}

/// What is wanted of an engine for a container, with these variables; nothing where it is simulated in
/// any case.
pub(crate) fn order(
    world: &World,
    id: &TaskId,
    definition: &TaskDefinition,
    at: usize,
    image: Option<Image>,
    environment: &BTreeMap<String, String>,
) -> Option<Container> {
    let state = world.get::<State>();
    if !state.engine || only_simulated(definition) {
        return None;
    }
    let (container, run) = (&definition.containers[at], state.run(id)?);
    let of_task = run.task.memory.as_deref().and_then(|limit| limit.parse().ok());
    let memory = container.memory.or(of_task).and_then(|mib| u64::try_from(mib).ok());
    let memory = memory.unwrap_or(MEMORY_MIB).max(MEMORY_MIB_MIN);
    let mappings = container.port_mappings.iter();
    let tcp = mappings.filter(|m| m.protocol != Some(TransportProtocol::Udp));
    let ports: BTreeSet<u16> =
        tcp.filter_map(|mapping| u16::try_from(mapping.container_port?).ok()).collect();
    let stop_time = container.stop_timeout.and_then(|given| u64::try_from(given).ok());
    Some(Container {
        image: image?,
        entry_point: container.entry_point.clone(),
        command: container.command.clone(),
        env: environment.clone(),
        labels: labels(id, definition, container),
        limits: Limits { time: None, memory_bytes: memory << 20, output_bytes: OUTPUT_BYTES },
        serving: Some(Serving {
            ports,
            stop_time: stop_time.map_or(STOP_TIMEOUT, Duration::from_secs),
            check: container.health_check.as_ref().map(check),
        }),
    })
}

/// What the agent of ECS labels containers with (Amazon ECS developer guide, "Container metadata").
fn labels(
    id: &TaskId,
    definition: &TaskDefinition,
    container: &ContainerDefinition,
) -> BTreeMap<String, String> {
    let label = |name: &str, value: &str| (format!("com.amazonaws.ecs.{name}"), value.to_owned());
    BTreeMap::from([
        label("cluster", &id.cluster),
        label("container-name", container.name()),
        label("task-arn", &names::task_arn(&id.place, &id.cluster, &id.task)),
        label("task-definition-family", &definition.family),
        label("task-definition-version", &definition.revision.to_string()),
    ])
}

fn check(own: &HealthCheck) -> Check {
    let seconds = |given: Option<i64>, usual: u64| {
        Duration::from_secs(given.and_then(|s| u64::try_from(s).ok()).unwrap_or(usual))
    };
    Check {
        command: own.command.clone(),
        interval: health::interval(own),
        timeout: seconds(own.timeout, 5),
        retries: own.retries.and_then(|n| u32::try_from(n).ok()).unwrap_or(3),
        start_period: seconds(own.start_period, 0),
    }
}

/// Wants a container of a task on the engine, if it is to be there; whether it is.
pub(crate) fn begin(world: &mut World, id: &TaskId, at: usize) -> bool {
    let order = world.get::<State>().run(id).and_then(|run| run.containers[at].order.clone());
    let Some(order) = order else { return false };
    let run = world.want::<State>(Wanted::Container(Box::new(order)));
    let state = world.get_mut::<State>();
    state.runs.insert(run.clone(), (id.clone(), at));
    if let Some(own) = state.run_mut(id) {
        own.containers[at].real = Some(Real { run, ports: BTreeMap::new() });
    }
    true
}

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
        Observation::Failed { why } => {
            let what = if why.starts_with("there is no image") {
                "CannotPullContainerError"
            } else {
                "CannotStartContainerError"
            };
            failed(world, &id, at, format!("{what}: Error response from daemon: {why}"));
        }
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
    if phase == Phase::Stopping && !run.containers.iter().any(super::state::Boxed::is_on_engine) {
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

/// A container could not begin.
fn failed(world: &mut World, id: &TaskId, at: usize, why: String) {
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
        Some(why) => failed(world, id, at, why),
        None => {
            boot::started(world, id, at);
            boot::go_on(world, id);
        }
    }
}

/// Ends the containers of a task that are on the engine; whether any is still on its way out.
pub(crate) fn end_all(world: &mut World, id: &TaskId) -> bool {
    let Some(run) = world.get::<State>().run(id) else { return false };
    let still = run.containers.iter().enumerate().filter(|(_, own)| own.is_on_engine());
    let still: Vec<(usize, RunId)> =
        still.filter_map(|(at, own)| Some((at, own.real.as_ref()?.run.clone()))).collect();
    let mut any = false;
    for (at, run) in still {
        world.unwant(&run);
        if world.run(&run).is_some() {
            any = true;
            continue;
        }
        // It had not begun.
        let state = world.get_mut::<State>();
        state.runs.remove(&run);
        if let Some(own) = state.run_mut(id) {
            own.containers[at].exited = true;
        }
    }
    any
}

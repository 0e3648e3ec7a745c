//! Containers of tasks on the learner's engine: what is wanted of it. The session begins and ends them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sim::outside::{Check, Container, Image, Limits, Serving};
use sim::{RunId, Wanted, World};

use super::durations::STOP_TIMEOUT;
use super::health;
use super::names;
use super::shapes::container::{ContainerDefinition, HealthCheck, TransportProtocol};
use super::shapes::definition::{NetworkMode, TaskDefinition};
use super::state::{Real, State, TaskId};

/// What a container may have when neither it nor its task says how much.
const MEMORY_MIB: u64 = 512;
/// An engine gives a container at least so much.
const MEMORY_MIB_MIN: u64 = 6;
/// How much of what a container prints is kept within a second.
const OUTPUT_BYTES: u64 = 64 << 10;

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

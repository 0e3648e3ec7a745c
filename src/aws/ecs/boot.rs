//! How the containers of a task begin: images pulled, secrets fetched, logs opened, each container when
//! those before it are as far as it wants them.

use std::collections::BTreeMap;
use std::time::Duration;

use aws::iam::trusted;
use aws::place::Place;
use base::rng::HEX;
use serde_json::json;
use sim::World;

use super::acting;
use super::balancer;
use super::durations::ACTIVATION;
use super::engine;
use super::health;
use super::image;
use super::logs;
use super::program::Program;
use super::shapes::container::{ContainerCondition, ContainerDefinition, TransportProtocol};
use super::shapes::definition::{NetworkMode, TaskDefinition};
use super::shapes::task::{HealthStatus, ManagedAgent, ManagedAgentName, NetworkBinding, StopCode};
use super::state::{Event, Listener, Phase, Socket, State, TaskAt, TaskId};
use super::stop::{Why, enter, service_of, stop, turn_after};

/// Ports out of which instances give (Amazon ECS API reference, `PortMapping`: the ephemeral ports of
/// Linux).
const DYNAMIC_FIRST: i64 = 32_768;
const DYNAMIC_LAST: i64 = 60_999;

/// The definition of a task.
pub(crate) fn definition(world: &World, id: &TaskId) -> Option<TaskDefinition> {
    let state = world.get::<State>();
    let run = state.run(id)?;
    let revision = state.revision(&id.place, &run.family, run.revision)?;
    let mut definition = revision.definition.clone();
    for container in &mut definition.containers {
        let overrides = &run.task.overrides.containers;
        let Some(other) = overrides.iter().find(|other| other.name == container.name) else {
            continue;
        };
        if !other.command.is_empty() {
            container.command.clone_from(&other.command);
        }
        container.environment.extend(other.environment.iter().cloned());
        container.cpu = other.cpu.or(container.cpu);
        container.memory = other.memory.or(container.memory);
    }
    Some(definition)
}

/// The role as which a task's images are pulled and its logs are written: its own, else that of its
/// instance.
fn starter(
    world: &World,
    id: &TaskId,
    definition: &TaskDefinition,
) -> Result<Option<String>, String> {
    let Some(run) = world.get::<State>().run(id) else { return Ok(None) };
    let own = run.task.overrides.execution_role_arn.as_ref();
    let roles = [run.task.overrides.task_role_arn.as_ref(), definition.task_role_arn.as_ref()];
    let assumed = |role: &String| {
        trusted::by_service(world, role, acting::TASKS).ok_or_else(|| not_assumed(role))
    };
    if let Some(role) = roles.into_iter().flatten().next() {
        assumed(role)?;
    }
    if let Some(role) = own.or(definition.execution_role_arn.as_ref()) {
        return assumed(role).map(Some);
    }
    let unit = world.get::<State>().find(&id.place, &id.cluster);
    let instance = run.instance.as_ref().and_then(|own| unit?.instances.get(own));
    Ok(instance.map(|instance| instance.role.clone()))
}

/// That a role is not one for tasks.
pub(crate) fn not_assumed(role: &str) -> String {
    format!(
        "ECS was unable to assume the role '{role}' that was provided for this task. Please verify that \
         the role being passed has the proper trust relationship and permissions and that your IAM user \
         has permissions to pass this role."
    )
}

/// Pulls what a task needs, and lets its containers begin.
pub(crate) fn pull(world: &mut World, id: &TaskId) {
    if let Err(reason) = pulled(world, id) {
        stop(world, id, Why::new(StopCode::TaskFailedToStart, reason));
        return;
    }
    go_on(world, id);
}

fn pulled(world: &mut World, id: &TaskId) -> Result<(), String> {
    let Some(definition) = definition(world, id) else { return Ok(()) };
    let role = starter(world, id, &definition)?;
    for (at, container) in definition.containers.iter().enumerate() {
        let secrets = secrets(world, &id.place, container, role.as_deref())?;
        let pulled = image::pull(world, container.image(), role.as_deref()).inspect_err(|why| {
            note(world, id, at, why);
        })?;
        let runtime = world.rng::<State>().text(HEX, 64);
        let stream = logs::open(world, &id.place, container, &id.task, role.as_deref(), &runtime)
            .inspect_err(|why| note(world, id, at, why))?;
        let mut command = container.entry_point.clone();
        command.extend(container.command.iter().cloned());
        let mut given: BTreeMap<String, String> = BTreeMap::new();
        for pair in &container.environment {
            given.insert(
                pair.name.clone().unwrap_or_default(),
                pair.value.clone().unwrap_or_default(),
            );
        }
        given.extend(secrets);
        let order = engine::order(world, id, &definition, at, pulled.for_engine, &given);
        let mut environment = BTreeMap::new();
        let mut program = Err(image::needs_engine(container.image()));
        if let Some(described) = pulled.described {
            environment.clone_from(&described.environment);
            program = described.run(&command).ok_or_else(|| unknown_command(&command));
        }
        environment.insert("HOSTNAME".into(), runtime[..12].to_owned());
        environment.extend(given);
        let program = match program {
            Err(why) if order.is_none() => {
                note(world, id, at, &why);
                return Err(why);
            }
            program => program.ok(),
        };
        let Some(run) = world.get_mut::<State>().run_mut(id) else { return Ok(()) };
        let shown = &mut run.task.containers[at];
        shown.image_digest = pulled.digest;
        shown.runtime_id = Some(runtime);
        let own = &mut run.containers[at];
        own.program = program;
        own.order = order;
        own.environment = environment;
        own.log = stream;
    }
    let now = world.now();
    if let Some(run) = world.get_mut::<State>().run_mut(id) {
        run.task.pull_stopped_at = Some(now);
    }
    Ok(())
}

/// Says of a container why it did not begin.
fn note(world: &mut World, id: &TaskId, at: usize, why: &str) {
    if let Some(run) = world.get_mut::<State>().run_mut(id) {
        run.task.containers[at].reason = Some(why.to_owned());
    }
}

fn unknown_command(command: &[String]) -> String {
    format!(
        "CannotStartContainerError: Error response from daemon: failed to create task for container: \
         failed to create shim task: OCI runtime create failed: runc create failed: unable to start \
         container process: exec: \"{}\": executable file not found in $PATH: unknown",
        command.first().map_or("", String::as_str)
    )
}

/// The parameters of a container, fetched as a role.
fn secrets(
    world: &mut World,
    place: &Place,
    container: &ContainerDefinition,
    role: Option<&str>,
) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    for secret in &container.secrets {
        let failed = |why: &str| {
            format!(
                "ResourceInitializationError: unable to pull secrets or registry auth: execution \
                 resource retrieval failed: unable to retrieve secrets from ssm: service call has been \
                 retried 1 time(s): {why}"
            )
        };
        let Some(role) = role else { return Err(failed("there is no role")) };
        // By its ARN a parameter's name is what stands behind `parameter`.
        let name = match secret.value_from.split_once(":parameter/") {
            Some((_, name)) if name.contains('/') => format!("/{name}"),
            Some((_, name)) => name.to_owned(),
            None => secret.value_from.clone(),
        };
        let input = json!({ "Names": [name], "WithDecryption": true });
        let who = (role, "ecs-agent");
        let got = acting::ask(world, place, who, ("ssm", "GetParameters"), input)
            .map_err(|error| failed(&format!("{}: {}", error.code, error.message)))?;
        let Some(value) = got["Parameters"][0]["Value"].as_str() else {
            return Err(failed(&format!("invalid parameters: {}", secret.value_from)));
        };
        found.push((secret.name.clone(), value.to_owned()));
    }
    Ok(found)
}

/// Lets every container begin whose time has come, and the task with them.
pub(crate) fn go_on(world: &mut World, id: &TaskId) {
    let Some(definition) = definition(world, id) else { return };
    loop {
        let Some(run) = world.get::<State>().run(id) else { return };
        if run.phase != Phase::Pending {
            return;
        }
        let mut waiting =
            (0..definition.containers.len()).filter(|at| run.containers[*at].is_waiting());
        let Some(first) = waiting.clone().next() else { break };
        let Some(at) = waiting.find(|at| may_begin(world, id, &definition, *at)) else {
            if let Some(reason) = hopeless(world, id, &definition, first) {
                stop(world, id, Why::new(StopCode::TaskFailedToStart, reason));
            }
            return;
        };
        begin(world, id, &definition, at);
    }
    let Some(run) = world.get_mut::<State>().run_mut(id) else { return };
    if run.containers.iter().any(|own| own.started.is_none() && !own.exited) {
        // The engine is at it.
        return;
    }
    let life = enter(run, Phase::Activating);
    if let Some(service) = service_of(id, run) {
        balancer::register(world, id, &service);
    }
    turn_after(world, id, life, ACTIVATION);
}

/// Whether what a container depends on is as far as it wants.
fn may_begin(world: &World, id: &TaskId, definition: &TaskDefinition, at: usize) -> bool {
    let Some(run) = world.get::<State>().run(id) else { return false };
    definition.containers[at].depends_on.iter().all(|before| {
        let there = definition.containers.iter().position(|c| c.name() == before.container_name);
        let Some(there) = there else { return false };
        let (own, shown) = (&run.containers[there], &run.task.containers[there]);
        match before.condition {
            ContainerCondition::Start => own.started.is_some(),
            ContainerCondition::Complete => own.exited,
            ContainerCondition::Success => own.exited && shown.exit_code == Some(0),
            ContainerCondition::Healthy => shown.health_status == HealthStatus::Healthy,
        }
    })
}

/// Why a container can never begin, if so.
fn hopeless(world: &World, id: &TaskId, definition: &TaskDefinition, at: usize) -> Option<String> {
    let run = world.get::<State>().run(id)?;
    let failed = definition.containers[at].depends_on.iter().find(|before| {
        let there = definition.containers.iter().position(|c| c.name() == before.container_name);
        there.is_some_and(|there| {
            let (own, shown) = (&run.containers[there], &run.task.containers[there]);
            match before.condition {
                ContainerCondition::Success => own.exited && shown.exit_code != Some(0),
                ContainerCondition::Healthy => shown.health_status == HealthStatus::Unhealthy,
                _ => false,
            }
        })
    })?;
    Some(format!(
        "dependency graph: container ordering: failed to resolve dependency: container {} did not \
         become {}",
        failed.container_name,
        failed.condition.as_str()
    ))
}

/// Lets a container begin.
fn begin(world: &mut World, id: &TaskId, definition: &TaskDefinition, at: usize) {
    bind(world, id, definition, at);
    if !engine::begin(world, id, at) {
        started(world, id, at);
    }
}

/// A container runs.
pub(crate) fn started(world: &mut World, id: &TaskId, at: usize) {
    let Some(definition) = definition(world, id) else { return };
    let container = &definition.containers[at];
    let now = world.now();
    let Some(run) = world.get_mut::<State>().run_mut(id) else { return };
    let life = run.life;
    let exec = run.task.enable_execute_command;
    let (own, shown) = (&mut run.containers[at], &mut run.task.containers[at]);
    "RUNNING".clone_into(&mut shown.last_status);
    let real = own.real.is_some();
    if exec {
        let why = "There is no engine behind this container in which it could run";
        shown.managed_agents = vec![ManagedAgent {
            last_started_at: real.then_some(now),
            name: ManagedAgentName::ExecuteCommandAgent,
            reason: (!real).then(|| why.to_owned()),
            last_status: if real { "RUNNING" } else { "STOPPED" }.into(),
        }];
    }
    own.started = Some(now);
    if real {
        return;
    }
    let Some(program) = own.program.clone() else { return };
    let stream = own.log.clone();
    let task_limit = run.task.memory.as_deref().and_then(|limit| limit.parse().ok());
    let limit = container.memory.or(task_limit);
    if let Some(stream) = stream {
        logs::put(world, &stream, &program.prints);
    }
    let here = TaskAt { id: id.clone(), life };
    ends(world, &here, at, &program, limit);
    if let Some(check) = &container.health_check {
        let interval = health::interval(check);
        world.schedule::<State>(now.plus(interval), Event::Check(here, at));
    }
}

/// Plans how a program ends by itself.
fn ends(world: &mut World, here: &TaskAt, at: usize, program: &Program, limit: Option<i64>) {
    let now = world.now();
    if limit.is_some_and(|limit| program.memory_mib > limit) {
        let reason = "OutOfMemoryError: Container killed due to memory usage".to_owned();
        let when = now.plus(program.start + Duration::from_secs(1));
        world.schedule::<State>(when, Event::Exit(here.clone(), at, 137, Some(reason)));
        return;
    }
    let exit = program.exit.and_then(|exit| Some((exit.code, exit.after?)));
    if let Some((code, after)) = exit {
        world.schedule::<State>(now.plus(after), Event::Exit(here.clone(), at, code, None));
    }
}

/// Gives a container its ports.
fn bind(world: &mut World, id: &TaskId, definition: &TaskDefinition, at: usize) {
    let container = &definition.containers[at];
    let (state, rng) = world.parts::<State>();
    let Some(unit) = state.find_mut(&id.place, &id.cluster) else { return };
    let Some(run) = unit.tasks.get_mut(&id.task) else { return };
    let mut listening = Vec::new();
    if definition.mode() == NetworkMode::Awsvpc {
        let own = &run.containers[at];
        let port = own.program.as_ref().and_then(|program| program.port).map(i64::from);
        listening.extend(port.map(|port| (port, port)));
        if own.order.is_some() {
            let mapped = container.port_mappings.iter().filter_map(|m| m.container_port);
            listening.extend(mapped.filter(|own| Some(*own) != port).map(|port| (port, port)));
        }
    } else {
        let Some(instance) = run.instance.as_ref().and_then(|own| unit.instances.get_mut(own))
        else {
            return;
        };
        for mapping in &container.port_mappings {
            let inside = mapping.container_port.unwrap_or_default();
            let wanted = match definition.mode() {
                NetworkMode::Host => inside,
                _ => mapping.host_port.unwrap_or_default(),
            };
            let port = if wanted > 0 {
                wanted
            } else {
                // Some are free: an instance has room for far fewer containers.
                let span = u64::try_from(DYNAMIC_LAST - DYNAMIC_FIRST + 1).unwrap_or(1);
                loop {
                    let drawn = DYNAMIC_FIRST + i64::try_from(rng.below(span)).unwrap_or(0);
                    if !instance.ports.contains(&drawn) {
                        break drawn;
                    }
                }
            };
            instance.ports.insert(port);
            run.ports.insert(port);
            let protocol = mapping.protocol.unwrap_or(TransportProtocol::Tcp);
            run.task.containers[at].network_bindings.push(NetworkBinding {
                bind_ip: "0.0.0.0".into(),
                container_port: inside,
                host_port: port,
                protocol,
            });
            if protocol == TransportProtocol::Tcp {
                listening.push((inside, port));
            }
        }
    }
    let Some(address) = run.address else { return };
    let (region, network) = (id.place.region.clone(), run.network.clone());
    let place = |port| Socket { region: region.clone(), network: network.clone(), address, port };
    let reached: Vec<(i64, Socket)> = listening
        .into_iter()
        .filter_map(|(inside, port)| Some((inside, place(u16::try_from(port).ok()?))))
        .collect();
    run.listening.extend(reached.iter().map(|(_, place)| place.clone()));
    for (port, place) in reached {
        state.listeners.insert(place, Listener { task: id.clone(), container: at, port });
    }
}

/// A container has ended by itself.
pub(crate) fn exited(
    world: &mut World,
    at: &TaskAt,
    container: usize,
    code: i64,
    reason: Option<String>,
) {
    let Some(definition) = definition(world, &at.id) else { return };
    let Some(run) = world.get_mut::<State>().run_mut(&at.id) else { return };
    if !run.phase.is_alive() || run.containers[container].exited {
        return;
    }
    run.containers[container].exited = true;
    let shown = &mut run.task.containers[container];
    "STOPPED".clone_into(&mut shown.last_status);
    shown.exit_code = Some(code);
    shown.reason = reason;
    run.task.version += 1;
    let essential = definition.containers[container].is_essential();
    if essential {
        let why =
            Why::new(StopCode::EssentialContainerExited, "Essential container in task exited");
        stop(world, &at.id, why);
    } else {
        go_on(world, &at.id);
    }
}

/// A container is looked at.
pub(crate) fn checked(world: &mut World, at: &TaskAt, container: usize) {
    let Some(definition) = definition(world, &at.id) else { return };
    let now = world.now();
    let Some(check) = &definition.containers[container].health_check else { return };
    let Some(run) = world.get_mut::<State>().run_mut(&at.id) else { return };
    if !run.phase.is_alive() || run.containers[container].exited {
        return;
    }
    let before = run.task.containers[container].health_status;
    let status = health::after(check, &mut run.containers[container], before, now);
    let interval = health::interval(check);
    world.schedule::<State>(now.plus(interval), Event::Check(at.clone(), container));
    judged(world, &at.id, container, status);
}

/// A container's check has said how it is.
pub(crate) fn judged(world: &mut World, id: &TaskId, container: usize, status: HealthStatus) {
    let Some(definition) = definition(world, id) else { return };
    let Some(run) = world.get_mut::<State>().run_mut(id) else { return };
    if !run.phase.is_alive() || run.containers[container].exited {
        return;
    }
    let shown = &mut run.task.containers[container];
    let before = std::mem::replace(&mut shown.health_status, status);
    run.task.health_status = health::of_task(&run.task.containers, &definition.containers);
    let (in_service, essential) =
        (run.service.is_some(), definition.containers[container].is_essential());
    if status == before {
        return;
    }
    if status == HealthStatus::Unhealthy && in_service && essential {
        run.failed = true;
        let why =
            Why::new(StopCode::ServiceSchedulerInitiated, "Task failed container health checks");
        stop(world, id, why);
        return;
    }
    if let Some(service) = world.get::<State>().run(id).and_then(|run| service_of(id, run)) {
        super::events::nudge(world, &service);
    }
    go_on(world, id);
}

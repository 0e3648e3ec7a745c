//! How tasks end: out of the target groups, containers asked to end, the interface taken back.

use aws::ec2::managed;
use sim::World;

use super::balancer;
use super::durations::{INTERFACE_REMOVAL, SETTLING, STOP_TIMEOUT, STOPPED_SHOWN, TARGETS_ASKED};
use super::engine;
use super::events;
use super::shapes::task::StopCode;
use super::state::{Boxed, Event, Phase, Run, ServiceId, State, TaskAt, TaskId};
use std::time::Duration;

/// Why a task is stopped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Why {
    pub(crate) reason: String,
    pub(crate) code: StopCode,
}

impl Why {
    pub(crate) fn new(code: StopCode, reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), code }
    }
}

/// The service that a task belongs to.
pub(crate) fn service_of(id: &TaskId, run: &Run) -> Option<ServiceId> {
    let (service, _) = run.service.as_ref()?;
    Some(ServiceId {
        place: id.place.clone(),
        cluster: id.cluster.clone(),
        service: service.clone(),
    })
}

/// Puts a task into another phase. What it was waiting for no longer comes.
pub(crate) fn enter(run: &mut Run, phase: Phase) -> u32 {
    run.phase = phase;
    phase.name().clone_into(&mut run.task.last_status);
    run.task.version += 1;
    run.life += 1;
    run.life
}

/// Lets the next turn of a task come after so long.
pub(crate) fn turn_after(world: &mut World, id: &TaskId, life: u32, after: Duration) {
    let at = world.now().plus(after);
    world.schedule::<State>(at, Event::Turn(TaskAt { id: id.clone(), life }));
}

/// Lets a task end, unless it does already.
pub(crate) fn stop(world: &mut World, id: &TaskId, why: Why) {
    let now = world.now();
    let Some(run) = world.get_mut::<State>().run_mut(id) else { return };
    if !run.phase.is_alive() {
        return;
    }
    "STOPPED".clone_into(&mut run.task.desired_status);
    run.task.stopped_reason = Some(why.reason);
    run.task.stop_code = Some(why.code);
    run.task.stopping_at = Some(now);
    let registered = !run.targets.is_empty();
    let service = service_of(id, run);
    let failed = why.code == StopCode::TaskFailedToStart
        || why.code == StopCode::EssentialContainerExited
        || run.failed;
    run.failed = failed;
    if let Some(service) = &service {
        if failed {
            count_failure(world, id, service);
        }
        if registered {
            drain(world, id, service);
            events::nudge(world, service);
            return;
        }
        events::nudge(world, service);
    }
    end_containers(world, id);
}

/// Lets a deployment know that one of its tasks failed.
fn count_failure(world: &mut World, id: &TaskId, service: &ServiceId) {
    let state = world.get_mut::<State>();
    let deployment = state.run(id).and_then(|run| run.service.clone()).map(|(_, own)| own);
    let Some(kept) = state.kept_mut(service) else { return };
    kept.failures += 1;
    let mut deployments = kept.service.deployments.iter_mut();
    if let Some(own) = deployments.find(|own| Some(&own.id) == deployment.as_ref()) {
        own.failed_tasks += 1;
    }
}

fn drain(world: &mut World, id: &TaskId, service: &ServiceId) {
    let Some(run) = world.get_mut::<State>().run_mut(id) else { return };
    let life = enter(run, Phase::Deactivating);
    balancer::deregister(world, id, service);
    events::say(world, service, "has begun draining connections on 1 tasks.");
    turn_after(world, id, life, TARGETS_ASKED);
}

/// Goes on where connections were drained.
pub(crate) fn drained(world: &mut World, id: &TaskId) {
    let Some(run) = world.get::<State>().run(id) else { return };
    let (life, service) = (run.life, service_of(id, run));
    let still = service.is_some_and(|service| balancer::drains(world, id, &service));
    if still {
        turn_after(world, id, life, TARGETS_ASKED);
    } else {
        end_containers(world, id);
    }
}

/// How a container ends that is asked to: after how long, and with which code.
fn ending(own: &Boxed, timeout: Duration) -> (Duration, i64) {
    let Some(program) = &own.program else { return (Duration::ZERO, 0) };
    if program.stop_after > timeout {
        // It is killed.
        return (timeout, 137);
    }
    (program.stop_after, program.stop_code)
}

/// For how long each container of a task has to end.
fn timeouts(world: &World, id: &TaskId) -> Vec<Duration> {
    let state = world.get::<State>();
    let Some(run) = state.run(id) else { return Vec::new() };
    let definition = state.revision(&id.place, &run.family, run.revision);
    let given = |name: &str| definition.and_then(|r| r.definition.container(name)?.stop_timeout);
    let names = run.task.containers.iter().map(|container| container.name.as_str());
    let seconds = names.map(|name| given(name).and_then(|given| u64::try_from(given).ok()));
    seconds.map(|given| given.map_or(STOP_TIMEOUT, Duration::from_secs)).collect()
}

/// Asks the containers of a task to end.
fn end_containers(world: &mut World, id: &TaskId) {
    let timeouts = timeouts(world, id);
    let engine_works = engine::end_all(world, id);
    let Some(run) = world.get_mut::<State>().run_mut(id) else { return };
    let life = enter(run, Phase::Stopping);
    if engine_works {
        // The last of them to end says so.
        return;
    }
    let still = |own: &&Boxed| own.started.is_some() && !own.exited;
    let spans = run.containers.iter().zip(&timeouts).filter(|(own, _)| still(own));
    let longest = spans.map(|(own, timeout)| ending(own, *timeout).0).max().unwrap_or_default();
    turn_after(world, id, life, longest + SETTLING);
}

/// The containers of a task have ended.
pub(crate) fn ended(world: &mut World, id: &TaskId) {
    let timeouts = timeouts(world, id);
    let now = world.now();
    let state = world.get_mut::<State>();
    let Some(run) = state.run_mut(id) else { return };
    run.task.execution_stopped_at = Some(now);
    for ((own, shown), timeout) in
        run.containers.iter_mut().zip(&mut run.task.containers).zip(timeouts)
    {
        if own.started.is_some() && !own.exited {
            shown.exit_code = Some(ending(own, timeout).1);
        }
        own.exited = true;
        "STOPPED".clone_into(&mut shown.last_status);
        for agent in &mut shown.managed_agents {
            "STOPPED".clone_into(&mut agent.last_status);
        }
    }
    state.silence(id);
    let Some(run) = state.run_mut(id) else { return };
    if run.interface.is_some() {
        let life = enter(run, Phase::Deprovisioning);
        for attachment in &mut run.task.attachments {
            "DETACHING".clone_into(&mut attachment.status);
        }
        turn_after(world, id, life, INTERFACE_REMOVAL);
    } else {
        gone(world, id);
    }
}

/// A task has ended.
pub(crate) fn gone(world: &mut World, id: &TaskId) {
    let now = world.now();
    let Some(run) = world.get_mut::<State>().run_mut(id) else { return };
    let interface = run.interface.take();
    let life = enter(run, Phase::Stopped);
    run.task.stopped_at = Some(now);
    run.task.execution_stopped_at.get_or_insert(now);
    for attachment in &mut run.task.attachments {
        "DELETED".clone_into(&mut attachment.status);
    }
    let service = service_of(id, run);
    if let Some(interface) = interface {
        managed::remove(world, &id.place, now, &[interface.interface]);
    }
    give_back(world, id);
    let forget = Event::Forget(TaskAt { id: id.clone(), life });
    world.schedule::<State>(now.plus(STOPPED_SHOWN), forget);
    if let Some(service) = service {
        if let Some(kept) = world.get_mut::<State>().kept_mut(&service) {
            kept.tasks.remove(&id.task);
        }
        events::nudge(world, &service);
    }
    // There may be room now for others.
    events::nudge_all(world, &id.place, &id.cluster);
}

/// Gives back to an instance what a task had of it.
fn give_back(world: &mut World, id: &TaskId) {
    let Some(unit) = world.get_mut::<State>().find_mut(&id.place, &id.cluster) else { return };
    let Some(run) = unit.tasks.get(&id.task) else { return };
    let Some(instance) = run.instance.as_ref().and_then(|own| unit.instances.get_mut(own)) else {
        return;
    };
    if !instance.tasks.remove(&id.task) {
        return;
    }
    instance.cpu_left += run.cpu;
    instance.memory_left += run.memory;
    for port in &run.ports {
        instance.ports.remove(port);
    }
    instance.shown.version += 1;
}

/// A task whose host is gone ends at once.
pub(crate) fn vanish(world: &mut World, id: &TaskId, why: Why) {
    let now = world.now();
    engine::end_all(world, id);
    let Some(run) = world.get_mut::<State>().run_mut(id) else { return };
    if run.phase == Phase::Stopped {
        return;
    }
    "STOPPED".clone_into(&mut run.task.desired_status);
    run.task.stopped_reason.get_or_insert(why.reason);
    run.task.stop_code.get_or_insert(why.code);
    run.task.stopping_at.get_or_insert(now);
    let service = service_of(id, run).filter(|_| !run.targets.is_empty());
    for (own, shown) in run.containers.iter_mut().zip(&mut run.task.containers) {
        own.exited = true;
        "STOPPED".clone_into(&mut shown.last_status);
    }
    if let Some(service) = service {
        balancer::deregister(world, id, &service);
    }
    world.get_mut::<State>().silence(id);
    gone(world, id);
}

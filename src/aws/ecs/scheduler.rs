//! The scheduler of services: it makes what there is into what there should be, a deployment at a time
//! and within the limits of its configuration (Amazon ECS developer guide, "Amazon ECS services").

use std::time::Duration;

use sim::World;

use super::deployments;
use super::durations::{
    INACTIVE_SHOWN, PLACING_AGAIN, SAID_AGAIN, THROTTLE_AFTER, THROTTLE_FIRST, THROTTLE_MAX,
};
use super::events::{self, say};
use super::order;
use super::placement::Reason;
use super::shapes::service::{RolloutState, SchedulingStrategy};
use super::shapes::task::{HealthStatus, StopCode};
use super::state::{Event, Kept, Phase, Run, ServiceAt, ServiceId, State, TaskId, Unit};
use super::stop::{Why, stop};
use super::tasks::{self, Unplaced};

/// For how long a task must have run before it counts as one that stays.
const SETTLED: Duration = Duration::from_secs(10);

/// The tasks of a deployment.
#[derive(Clone, Debug, Default)]
struct Crew {
    deployment: String,
    desired: i64,
    /// On their way or running.
    alive: Vec<String>,
    /// Running, and well as far as anybody can tell.
    healthy: Vec<String>,
    /// So, for a while.
    settled: usize,
}

/// What there is of a service.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// The newest deployment's first; the last is that of tasks that have to move.
    crews: Vec<Crew>,
    desired: i64,
    least: i64,
    most: i64,
    daemon: bool,
    /// Tasks that are on their way out.
    leaving: usize,
}

/// The scheduler looks at a service.
pub(crate) fn look(world: &mut World, id: &ServiceId) {
    let now = world.now();
    let Some(kept) = world.get_mut::<State>().kept_mut(id) else { return };
    if kept.planned != Some(now) {
        return;
    }
    kept.planned = None;
    if kept.is_over() {
        return;
    }
    if kept.service.status == "DRAINING" {
        wind_up(world, id);
        return;
    }
    if deployments::broken(world, id) {
        events::nudge(world, id);
    }
    let Some(seen) = survey(world, id) else { return };
    let stopped = shrink(world, id, &seen);
    let started = grow(world, id, &seen);
    count(world, id);
    if !stopped && !started {
        settle(world, id, &seen);
    }
}

/// A deleted service ends when its tasks have.
fn wind_up(world: &mut World, id: &ServiceId) {
    let state = world.get::<State>();
    let Some(unit) = state.find(&id.place, &id.cluster) else { return };
    let Some(kept) = unit.services.get(&id.service) else { return };
    let alive = |task: &&String| unit.tasks.get(*task).is_some_and(|run| run.phase.is_alive());
    let alive: Vec<String> = kept.tasks.iter().filter(alive).cloned().collect();
    let none = kept.tasks.is_empty();
    for task in alive {
        let reason = "Scaling activity initiated by service deletion";
        end(world, id, &task, reason.to_owned());
    }
    if none && let Some(kept) = world.get_mut::<State>().kept_mut(id) {
        "INACTIVE".clone_into(&mut kept.service.status);
        kept.service.deployments.clear();
        let now = world.now();
        let forget = Event::ForgetService(ServiceAt(id.clone()));
        world.schedule::<State>(now.plus(INACTIVE_SHOWN), forget);
    }
    count(world, id);
}

fn end(world: &mut World, id: &ServiceId, task: &str, reason: String) {
    let task = task_id(id, task);
    stop(world, &task, Why::new(StopCode::ServiceSchedulerInitiated, reason));
}

fn task_id(id: &ServiceId, task: &str) -> TaskId {
    TaskId { place: id.place.clone(), cluster: id.cluster.clone(), task: task.to_owned() }
}

/// Whether a task does what it is there for.
fn is_healthy(run: &Run) -> bool {
    run.phase == Phase::Running
        && run.task.health_status != HealthStatus::Unhealthy
        && run.targets.iter().all(|target| target.health == "healthy" || target.health == "unused")
}

fn survey(world: &World, id: &ServiceId) -> Option<Seen> {
    let now = world.now();
    let state = world.get::<State>();
    let unit = state.find(&id.place, &id.cluster)?;
    let kept = unit.services.get(&id.service)?;
    let daemon = kept.service.scheduling_strategy == SchedulingStrategy::Daemon;
    let desired = if daemon { places(world, id, unit, kept) } else { kept.service.desired_count };
    let configuration = &kept.service.deployment_configuration;
    let percent = |given: Option<i64>, usual: i64| given.unwrap_or(usual) * desired;
    let least = (percent(configuration.minimum_healthy_percent, 100) + 99) / 100;
    let most = percent(configuration.maximum_percent, 200) / 100;
    let mut crews: Vec<Crew> = kept
        .service
        .deployments
        .iter()
        .map(|own| Crew { deployment: own.id.clone(), ..Crew::default() })
        .collect();
    crews.push(Crew::default());
    crews[0].desired = desired;
    let mut leaving = 0;
    for task in &kept.tasks {
        let Some(run) = unit.tasks.get(task) else { continue };
        if !run.phase.is_alive() {
            leaving += 1;
            continue;
        }
        let own = run.service.as_ref().map(|(_, deployment)| deployment);
        let instance = run.instance.as_ref().and_then(|own| unit.instances.get(own));
        let drains = instance.is_some_and(|own| own.shown.status == "DRAINING");
        let at = crews.iter().position(|crew| Some(&crew.deployment) == own);
        // What has to move is like what is of an older version.
        let at = at.filter(|_| !drains).unwrap_or(crews.len() - 1);
        let crew = &mut crews[at];
        crew.alive.push(task.clone());
        if is_healthy(run) {
            crew.healthy.push(task.clone());
            let since = run.task.started_at.map(|at| now.since(at)).unwrap_or_default();
            crew.settled += usize::from(since >= SETTLED);
        }
    }
    Some(Seen { crews, desired, least, most, daemon, leaving })
}

/// How many instances a daemon has a task on.
fn places(world: &World, id: &ServiceId, unit: &Unit, kept: &Kept) -> i64 {
    let own: Vec<&Run> = kept.tasks.iter().filter_map(|task| unit.tasks.get(task)).collect();
    let Some(order) = order::of(world, id) else { return 0 };
    let stands = |number: &String| {
        own.iter().any(|run| run.phase.is_alive() && run.instance.as_ref() == Some(number))
    };
    let fits = |number: &&String| {
        let instance = &unit.instances[*number];
        instance.shown.status == "ACTIVE"
            && (stands(number)
                || tasks::fits(world, &id.place, &id.cluster, number, &order).is_ok())
    };
    i64::try_from(unit.instances.keys().filter(fits).count()).unwrap_or(0)
}

fn len<T>(list: &[T]) -> i64 {
    i64::try_from(list.len()).unwrap_or(i64::MAX)
}

/// Stops what is too much: of the newest deployment beyond the desired count, of older ones as far as
/// enough stay healthy. Says whether anything was.
fn shrink(world: &mut World, id: &ServiceId, seen: &Seen) -> bool {
    let Some(primary) = seen.crews.first() else { return false };
    let mut ends: Vec<String> = Vec::new();
    let surplus = usize::try_from(len(&primary.alive) - primary.desired).unwrap_or(0);
    let by_health = |crew: &Crew| {
        // Those that do nothing yet go first, and the newest of the others.
        let mut order = crew.alive.clone();
        order.sort_by_key(|task| crew.healthy.contains(task));
        order
    };
    if !seen.daemon {
        ends.extend(by_health(primary).into_iter().take(surplus));
    }
    let kept: i64 = len(&primary.healthy).min(primary.desired);
    let mut spare =
        kept + seen.crews.iter().skip(1).map(|crew| len(&crew.healthy)).sum::<i64>() - seen.least;
    for crew in seen.crews.iter().skip(1) {
        for task in by_health(crew) {
            if !crew.healthy.contains(&task) {
                ends.push(task);
            } else if spare > 0 {
                spare -= 1;
                ends.push(task);
            }
        }
    }
    if ends.is_empty() {
        return false;
    }
    let reason = format!("Scaling activity initiated by (deployment {})", primary.deployment);
    for task in &ends {
        end(world, id, task, reason.clone());
    }
    said_tasks(world, id, "has stopped", &ends);
    unsettle(world, id);
    true
}

/// `has started 2 tasks: (task 1) (task 2).`
fn said_tasks(world: &mut World, id: &ServiceId, what: &str, tasks: &[String]) {
    let named: Vec<String> = tasks.iter().map(|task| format!("(task {task})")).collect();
    let noun = if what == "has stopped" { "running tasks" } else { "tasks" };
    say(world, id, &format!("{what} {} {noun}: {}.", tasks.len(), named.join(" ")));
}

fn unsettle(world: &mut World, id: &ServiceId) {
    if let Some(kept) = world.get_mut::<State>().kept_mut(id) {
        kept.steady = false;
    }
}

/// Starts what is missing of the newest deployment. Says whether anything was.
fn grow(world: &mut World, id: &ServiceId, seen: &Seen) -> bool {
    let Some(primary) = seen.crews.first() else { return false };
    let missing = primary.desired - len(&primary.alive);
    let all: i64 = seen.crews.iter().map(|crew| len(&crew.alive)).sum();
    let room = (seen.most - all).max(0);
    let wanted = missing.min(room);
    if wanted <= 0 || failed(world, id) || held(world, id) {
        return false;
    }
    let Some(order) = order::of(world, id) else { return false };
    let mut started = Vec::new();
    for _ in 0..wanted {
        let mut order = order.clone();
        if seen.daemon {
            match order::free_instance(world, id, &order) {
                Some(instance) => order.instance = Some(instance),
                None => break,
            }
        }
        match tasks::make(world, &id.place, &id.cluster, &order) {
            Ok(task) => started.push(task),
            Err(unplaced) => {
                no_room(world, id, &unplaced);
                break;
            }
        }
    }
    if started.is_empty() {
        return false;
    }
    if let Some(kept) = world.get_mut::<State>().kept_mut(id) {
        kept.unplaced_said = None;
    }
    said_tasks(world, id, "has started", &started);
    unsettle(world, id);
    true
}

/// Whether the newest deployment was given up.
fn failed(world: &World, id: &ServiceId) -> bool {
    let first = world.get::<State>().kept(id).and_then(|kept| kept.service.deployments.first());
    first.is_some_and(|first| first.rollout_state == RolloutState::Failed)
}

/// Whether restarts are held back, since tasks end as soon as they begin.
fn held(world: &mut World, id: &ServiceId) -> bool {
    let now = world.now();
    let Some(kept) = world.get_mut::<State>().kept_mut(id) else { return true };
    if kept.failures < THROTTLE_AFTER {
        return false;
    }
    match kept.held_until {
        Some(until) if until > now => {
            let left = until.since(now);
            events::plan(world, id, left);
            true
        }
        Some(_) => {
            kept.held_until = None;
            // One more failure holds them back again, and for longer.
            false
        }
        None if kept.unheld == kept.failures => false,
        None => {
            kept.unheld = kept.failures;
            let doublings =
                u32::try_from(kept.failures - THROTTLE_AFTER).unwrap_or(u32::MAX).min(12);
            let span = THROTTLE_FIRST.saturating_mul(1 << doublings).min(THROTTLE_MAX);
            kept.held_until = Some(now.plus(span));
            let what = "is unable to consistently start tasks successfully. For more information, see \
                        the Troubleshooting section of the Amazon ECS Developer Guide.";
            say(world, id, what);
            events::plan(world, id, span);
            true
        }
    }
}

/// There is no room for a task.
fn no_room(world: &mut World, id: &ServiceId, unplaced: &Unplaced) {
    let more = "For more information, see the Troubleshooting section of the Amazon ECS Developer \
                Guide.";
    let text = match unplaced {
        Unplaced::Addresses(subnet) => format!(
            "was unable to place a task. Reason: The specified subnet does not have enough free \
             addresses to satisfy the request. (subnet {subnet}). {more}"
        ),
        Unplaced::Capacity => {
            format!("was unable to place a task. Reason: {}. {more}", tasks::CAPACITY)
        }
        Unplaced::Instances(reasons) => {
            // The one that fails last in the order of the checks is the closest.
            let closest = reasons.iter().max_by_key(|(_, reason)| *reason);
            let why = closest.map_or_else(
                || "Reason: No Container Instances were found in your cluster.".to_owned(),
                |(instance, reason)| closest_words(instance, *reason),
            );
            format!(
                "was unable to place a task because no container instance met all of its \
                 requirements. {why} {more}"
            )
        }
    };
    let now = world.now();
    let Some(kept) = world.get_mut::<State>().kept_mut(id) else { return };
    let said = kept.unplaced_said.as_ref();
    let again = said.is_none_or(|(at, old)| *old != text || now.since(*at) >= SAID_AGAIN);
    if again {
        kept.unplaced_said = Some((now, text.clone()));
        say(world, id, &text);
    }
    events::plan(world, id, PLACING_AGAIN);
}

fn closest_words(instance: &str, reason: Reason) -> String {
    format!("The closest matching (container-instance {instance}) {}.", reason.words())
}

/// Counts the tasks of a service and of its deployments; deployments without any go.
fn count(world: &mut World, id: &ServiceId) {
    let Some(seen) = survey(world, id) else { return };
    let now = world.now();
    let Some(unit) = world.get_mut::<State>().find_mut(&id.place, &id.cluster) else { return };
    let Some(kept) = unit.services.get_mut(&id.service) else { return };
    let (mut running, mut pending) = (0, 0);
    for (at, own) in kept.service.deployments.iter_mut().enumerate() {
        let before = (own.running_count, own.pending_count, own.desired_count);
        (own.running_count, own.pending_count) = (0, 0);
        for run in kept.tasks.iter().filter_map(|task| unit.tasks.get(task)) {
            if run.service.as_ref().is_some_and(|(_, deployment)| *deployment == own.id) {
                own.running_count += i64::from(run.phase == Phase::Running);
                own.pending_count += i64::from(run.phase < Phase::Running);
            }
        }
        own.desired_count = if at == 0 { seen.desired } else { 0 };
        running += own.running_count;
        pending += own.pending_count;
        if before != (own.running_count, own.pending_count, own.desired_count) {
            own.updated_at = now;
        }
    }
    kept.service.running_count = running;
    kept.service.pending_count = pending;
    kept.service.desired_count = seen.desired;
}

/// Says when everything is as it should be, and looks again when it soon may be.
fn settle(world: &mut World, id: &ServiceId, seen: &Seen) {
    let Some(primary) = seen.crews.first() else { return };
    let others: usize = seen.crews.iter().skip(1).map(|crew| crew.alive.len()).sum();
    let desired = usize::try_from(primary.desired).unwrap_or(0);
    if others > 0 || primary.alive.len() != desired || primary.healthy.len() != desired {
        return;
    }
    if primary.settled < desired {
        events::plan(world, id, SETTLED);
        return;
    }
    if seen.leaving > 0 {
        // Its end nudges the scheduler.
        return;
    }
    deployments::completed(world, id);
    let Some(kept) = world.get_mut::<State>().kept_mut(id) else { return };
    if !kept.steady {
        kept.steady = true;
        say(world, id, "has reached a steady state.");
    }
}

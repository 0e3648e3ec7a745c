//! The targets of services, asked after: what becomes healthy counts, what does not is stopped.

use std::collections::BTreeMap;
use std::time::Duration;

use sim::World;

use super::balancer::{self, Health};
use super::durations::TARGETS_ASKED;
use super::events::{nudge, say};
use super::shapes::task::StopCode;
use super::state::{Event, Phase, ServiceAt, ServiceId, State, TaskId};
use super::stop::{Why, stop};

/// Begins to ask after a service's targets.
pub(crate) fn begin(world: &mut World, id: &ServiceId) {
    let at = world.now().plus(TARGETS_ASKED);
    let Some(kept) = world.get_mut::<State>().kept_mut(id) else { return };
    if kept.watched || kept.service.load_balancers.is_empty() {
        return;
    }
    kept.watched = true;
    world.schedule::<State>(at, Event::Look(ServiceAt(id.clone())));
}

/// Asks after a service's targets.
pub(crate) fn look(world: &mut World, id: &ServiceId) {
    let now = world.now();
    let Some(kept) = world.get_mut::<State>().kept_mut(id) else { return };
    if kept.is_over() {
        kept.watched = false;
        return;
    }
    let role = kept.role.clone();
    let grace = kept.service.grace_s.and_then(|s| u64::try_from(s).ok()).unwrap_or_default();
    let groups: Vec<String> =
        kept.service.load_balancers.iter().filter_map(|own| own.target_group_arn.clone()).collect();
    let tasks: Vec<String> = kept.tasks.iter().cloned().collect();
    world.schedule::<State>(now.plus(TARGETS_ASKED), Event::Look(ServiceAt(id.clone())));
    if tasks.is_empty() {
        return;
    }
    let mut told: BTreeMap<String, Health> = BTreeMap::new();
    for group in groups {
        if let Ok(health) = balancer::health(world, &id.place, &role, &group) {
            told.insert(group, health);
        }
    }
    let mut changed = false;
    for task in tasks {
        let task = TaskId { place: id.place.clone(), cluster: id.cluster.clone(), task };
        changed |= one(world, id, &task, &told, Duration::from_secs(grace));
    }
    if changed {
        nudge(world, id);
    }
}

/// Takes what was told of a task's targets. Says whether anything is other than before.
fn one(
    world: &mut World,
    service: &ServiceId,
    id: &TaskId,
    told: &BTreeMap<String, Health>,
    grace: Duration,
) -> bool {
    let now = world.now();
    let Some(run) = world.get_mut::<State>().run_mut(id) else { return false };
    if run.phase != Phase::Running {
        return false;
    }
    let running = run.task.started_at.map(|at| now.since(at)).unwrap_or_default();
    let mut changed = false;
    let mut sick = None;
    for target in &mut run.targets {
        let Some(health) = told.get(&target.group) else { continue };
        let Some((state, why)) = health.get(&(target.id.clone(), target.port)) else { continue };
        if target.health != *state {
            changed = true;
            target.health.clone_from(state);
        }
        if state == "unhealthy" && running >= grace {
            sick = Some((target.clone(), why.clone()));
        }
    }
    let Some((target, why)) = sick else { return changed };
    run.failed = true;
    let what = if target.id.starts_with("i-") { "instance" } else { "ip" };
    let text = format!(
        "({what} {}) (port {}) is unhealthy in (target-group {}) due to (reason {why})",
        target.id, target.port, target.group
    );
    say(world, service, &text);
    let reason = format!("Task failed ELB health checks in (target-group {})", target.group);
    stop(world, id, Why::new(StopCode::ServiceSchedulerInitiated, reason));
    true
}

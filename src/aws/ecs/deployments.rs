//! Versions of a service: begun, completed, given up and taken back.

use base::Time;
use sim::World;

use super::events::{nudge, say};
use super::names;
use super::shapes::service::{Deployment, RolloutState, Service};
use super::state::{ServiceId, State};

/// A new version of a service, from what the service says.
pub(crate) fn of(service: &Service, id: String, now: Time) -> Deployment {
    Deployment {
        status: "PRIMARY".into(),
        task_definition: service.task_definition.clone(),
        desired_count: service.desired_count,
        created_at: now,
        updated_at: now,
        capacity_provider_strategy: service.capacity_provider_strategy.clone(),
        launch_type: service.launch_type,
        platform_version: service.platform_version.clone(),
        platform_family: service.platform_family.clone(),
        network_configuration: service.network_configuration.clone(),
        rollout_state: RolloutState::InProgress,
        rollout_state_reason: format!("ECS deployment {id} in progress."),
        id,
        ..Deployment::default()
    }
}

/// Begins a new version.
pub(crate) fn begin(world: &mut World, id: &ServiceId) {
    let now = world.now();
    let (state, rng) = world.parts::<State>();
    let Some(kept) = state.kept_mut(id) else { return };
    let made = of(&kept.service, names::deployment(rng), now);
    for own in &mut kept.service.deployments {
        "ACTIVE".clone_into(&mut own.status);
    }
    kept.service.deployments.insert(0, made);
    kept.failures = 0;
    kept.unheld = 0;
    kept.held_until = None;
    kept.steady = false;
    nudge(world, id);
}

/// The newest version is in force: the older ones go.
pub(crate) fn completed(world: &mut World, id: &ServiceId) {
    let now = world.now();
    let Some(kept) = world.get_mut::<State>().kept_mut(id) else { return };
    kept.failures = 0;
    kept.unheld = 0;
    kept.service.deployments.truncate(1);
    let Some(first) = kept.service.deployments.first_mut() else { return };
    if first.rollout_state != RolloutState::InProgress {
        return;
    }
    first.rollout_state = RolloutState::Completed;
    first.rollout_state_reason = format!("ECS deployment {} completed.", first.id);
    first.updated_at = now;
    first.failed_tasks = 0;
    let name = first.id.clone();
    kept.last_good = Some(first.clone());
    say(world, id, &format!("(deployment {name}) deployment completed."));
}

/// How many tasks may fail before the circuit breaker opens (Amazon ECS developer guide, "How the Amazon
/// ECS deployment circuit breaker detects failures": half of the desired count, from 3 to 200).
fn threshold(desired: i64) -> i64 {
    ((desired + 1) / 2).clamp(3, 200)
}

/// Opens the circuit breaker of a version that does not get on. Says whether it did.
pub(crate) fn broken(world: &mut World, id: &ServiceId) -> bool {
    let now = world.now();
    let Some(kept) = world.get_mut::<State>().kept_mut(id) else { return false };
    let breaker = kept.service.deployment_configuration.circuit_breaker.clone();
    let Some(breaker) = breaker.filter(|breaker| breaker.enable) else { return false };
    let desired = kept.service.desired_count;
    let failures = kept.failures;
    let Some(first) = kept.service.deployments.first_mut() else { return false };
    if first.rollout_state != RolloutState::InProgress || failures < threshold(desired) {
        return false;
    }
    first.rollout_state = RolloutState::Failed;
    "ECS deployment circuit breaker: tasks failed to start."
        .clone_into(&mut first.rollout_state_reason);
    first.updated_at = now;
    let name = first.id.clone();
    let good = kept.last_good.clone().filter(|good| breaker.rollback && good.id != name);
    say(world, id, &format!("(deployment {name}) deployment failed: tasks failed to start."));
    if let Some(good) = good {
        roll_back(world, id, good);
    }
    true
}

/// Lets the version come back that was completed last.
fn roll_back(world: &mut World, id: &ServiceId, good: Deployment) {
    let now = world.now();
    let Some(kept) = world.get_mut::<State>().kept_mut(id) else { return };
    let service = &mut kept.service;
    service.deployments.retain(|own| own.id != good.id);
    for own in &mut service.deployments {
        "ACTIVE".clone_into(&mut own.status);
    }
    service.task_definition.clone_from(&good.task_definition);
    service.network_configuration.clone_from(&good.network_configuration);
    let name = good.id.clone();
    service.deployments.insert(
        0,
        Deployment {
            status: "PRIMARY".into(),
            rollout_state: RolloutState::InProgress,
            rollout_state_reason: format!(
                "ECS deployment circuit breaker: rolling back to deploymentId {name}."
            ),
            updated_at: now,
            failed_tasks: 0,
            ..good
        },
    );
    kept.failures = 0;
    kept.unheld = 0;
    kept.held_until = None;
    say(world, id, &format!("rolling back to deployment {name}."));
}

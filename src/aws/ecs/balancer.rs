//! Tasks as targets of load balancers: registered, taken out and asked after, as the service's role.

use std::collections::BTreeMap;

use aws::place::Place;
use serde_json::{Value, json};
use sim::World;
use sim::api::ApiError;

use super::acting;
use super::events::say;
use super::shapes::definition::NetworkMode;
use super::shapes::service::LoadBalancer;
use super::state::{ServiceId, State, Target, TaskId};

/// Who asks.
const SESSION: &str = "ecs-service-scheduler";

/// Asks Elastic Load Balancing as a role.
///
/// # Errors
/// What it answers.
pub(crate) fn ask(
    world: &mut World,
    place: &Place,
    role: &str,
    operation: &str,
    input: Value,
) -> Result<Value, ApiError> {
    acting::ask(world, place, (role, SESSION), ("elbv2", operation), input)
}

/// What a task is to the target groups of its service.
fn targets(world: &World, id: &TaskId, balancers: &[LoadBalancer]) -> Vec<Target> {
    let state = world.get::<State>();
    let Some(run) = state.run(id) else { return Vec::new() };
    let Some(revision) = state.revision(&id.place, &run.family, run.revision) else {
        return Vec::new();
    };
    let unit = state.find(&id.place, &id.cluster);
    let instance = run.instance.as_ref().and_then(|own| unit?.instances.get(own));
    let mut found = Vec::new();
    for balancer in balancers {
        let (Some(group), Some(port)) = (&balancer.target_group_arn, balancer.container_port)
        else {
            continue;
        };
        let name = balancer.container_name.as_deref().unwrap_or_default();
        let (target, port) = if revision.definition.mode() == NetworkMode::Awsvpc {
            (run.address.map(|address| address.to_string()), Some(port))
        } else {
            let container = run.task.containers.iter().find(|container| container.name == name);
            let bindings = container.into_iter().flat_map(|c| &c.network_bindings);
            let bound = bindings.into_iter().find(|bound| bound.container_port == port);
            let target = instance.map(|own| own.shown.ec2_instance_id.clone());
            (target, bound.map(|bound| bound.host_port))
        };
        if let (Some(target), Some(port)) = (target, port) {
            found.push(Target { group: group.clone(), id: target, port, health: "initial".into() });
        }
    }
    found
}

/// Registers a task with the target groups of its service, and says so.
pub(crate) fn register(world: &mut World, id: &TaskId, service: &ServiceId) {
    let Some(kept) = world.get::<State>().kept(service) else { return };
    let (role, balancers) = (kept.role.clone(), kept.service.load_balancers.clone());
    for target in targets(world, id, &balancers) {
        let run = world.get::<State>().run(id);
        if run.is_some_and(|run| run.targets.iter().any(|own| own.group == target.group)) {
            continue;
        }
        let input = json!({
            "TargetGroupArn": target.group, "Targets": [{ "Id": target.id, "Port": target.port }],
        });
        match ask(world, &service.place, &role, "RegisterTargets", input) {
            Ok(_) => {
                say(
                    world,
                    service,
                    &format!("registered 1 targets in (target-group {})", target.group),
                );
                if let Some(run) = world.get_mut::<State>().run_mut(id) {
                    run.targets.push(target);
                }
            }
            Err(error) => {
                let what = format!(
                    "failed to register targets in (target-group {}) with (error {})",
                    target.group, error.message
                );
                say(world, service, &what);
            }
        }
    }
}

/// Takes a task out of its target groups, and says so. Connections drain from now on.
pub(crate) fn deregister(world: &mut World, id: &TaskId, service: &ServiceId) {
    let state = world.get::<State>();
    let role = state.kept(service).map(|kept| kept.role.clone());
    let Some(role) = role else { return };
    let targets = state.run(id).map(|run| run.targets.clone()).unwrap_or_default();
    for target in targets {
        let input = json!({
            "TargetGroupArn": target.group, "Targets": [{ "Id": target.id, "Port": target.port }],
        });
        if ask(world, &service.place, &role, "DeregisterTargets", input).is_ok() {
            let what = format!("deregistered 1 targets in (target-group {})", target.group);
            say(world, service, &what);
        }
    }
}

/// How the targets of a group are, by id and port: state and reason.
pub(crate) type Health = BTreeMap<(String, i64), (String, String)>;

/// How the targets of a group are.
///
/// # Errors
/// What Elastic Load Balancing answers.
pub(crate) fn health(
    world: &mut World,
    place: &Place,
    role: &str,
    group: &str,
) -> Result<Health, ApiError> {
    let input = json!({ "TargetGroupArn": group });
    let told = ask(world, place, role, "DescribeTargetHealth", input)?;
    let all = told["TargetHealthDescriptions"].as_array();
    let one = |told: &Value| {
        let target = &told["Target"];
        let key = (target["Id"].as_str()?.to_owned(), target["Port"].as_i64()?);
        let health = &told["TargetHealth"];
        let text = |name: &str| health[name].as_str().unwrap_or_default().to_owned();
        Some((key, (text("State"), text("Description"))))
    };
    Ok(all.into_iter().flatten().filter_map(one).collect())
}

/// Whether connections to a task still drain.
pub(crate) fn drains(world: &mut World, id: &TaskId, service: &ServiceId) -> bool {
    let state = world.get::<State>();
    let role = state.kept(service).map(|kept| kept.role.clone());
    let Some(role) = role else { return false };
    let targets = state.run(id).map(|run| run.targets.clone()).unwrap_or_default();
    targets.iter().any(|target| {
        let health = health(world, &service.place, &role, &target.group).unwrap_or_default();
        health.get(&(target.id.clone(), target.port)).is_some_and(|(state, _)| state == "draining")
    })
}

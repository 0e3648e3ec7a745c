//! ECS as the screen shows it: clusters with their instances, services with their deployments and last
//! events, and tasks.

use aws::place::Place;
use sim::World;
use sim::view::View;

use super::names::last;
use super::state::{Kept, Phase, Run, State, Unit};

/// How many events of a service are shown.
const EVENTS_MAX: usize = 8;
/// How many tasks of a cluster are shown.
const TASKS_MAX: usize = 30;
/// How many characters of an id are shown.
const ID_LEN: usize = 8;

/// What the view shows: every active cluster, by region.
pub(super) fn view(world: &World) -> View {
    let own = &world.config().region;
    let mut view = View::default();
    for (place, region) in &world.get::<State>().places {
        for (name, unit) in region.clusters.iter().filter(|(_, unit)| unit.is_active()) {
            view = of_cluster(view, own, place, name, unit);
        }
    }
    if view.sections.is_empty() {
        let note = "There is no cluster yet: aws ecs create-cluster";
        view = view.section("Clusters").note(note);
    }
    view
}

fn short(id: &str) -> String {
    last(id).chars().take(ID_LEN).collect()
}

fn of_cluster(view: View, own: &str, place: &Place, name: &str, unit: &Unit) -> View {
    let elsewhere =
        if place.region == own { String::new() } else { format!(" · {}", place.region) };
    let mut view = view.section(format!("Cluster {name}{elsewhere}"));
    if unit.instances.is_empty() {
        view = view.note("No container instance has joined; Fargate needs none.");
    } else {
        let rows = unit.instances.iter().map(|(id, instance)| {
            let heard = if instance.shown.agent_connected { "" } else { ", agent not heard" };
            vec![
                short(id),
                instance.shown.ec2_instance_id.clone(),
                instance.zone.clone(),
                format!("{}{heard}", instance.shown.status.to_lowercase()),
                instance.tasks.len().to_string(),
                instance.cpu_left.to_string(),
                instance.memory_left.to_string(),
            ]
        });
        let columns = ["Instance", "EC2", "Zone", "State", "Tasks", "CPU left", "MiB left"];
        view = view.table(&columns, rows.collect());
    }
    for kept in unit.services.values().filter(|kept| !kept.is_over()) {
        view = of_service(view, kept);
    }
    let tasks: Vec<&Run> = unit.tasks.values().filter(|r| r.phase != Phase::Stopped).collect();
    if tasks.is_empty() {
        return view;
    }
    let rows = tasks.iter().take(TASKS_MAX).map(|run| of_task(run)).collect();
    let columns = ["Task", "Definition", "Group", "State", "Runs", "Address", "Ports", "Targets"];
    view.section(format!("Tasks in {name} · {}", tasks.len())).table(&columns, rows)
}

fn of_task(run: &Run) -> Vec<String> {
    let bindings = run.task.containers.iter().flat_map(|container| &container.network_bindings);
    let ports: Vec<String> =
        bindings.map(|bound| format!("{}→{}", bound.host_port, bound.container_port)).collect();
    let targets: Vec<String> = run.targets.iter().map(|target| target.health.clone()).collect();
    vec![
        short(&run.task.arn),
        format!("{}:{}", run.family, run.revision),
        run.task.group.clone(),
        run.task.last_status.to_lowercase(),
        on(run).to_owned(),
        run.address.map(|address| address.to_string()).unwrap_or_default(),
        ports.join(" "),
        targets.join(" "),
    ]
}

/// What stands behind the containers of a task.
fn on(run: &Run) -> &'static str {
    if run.containers.iter().any(|own| own.real.is_some()) { "on the engine" } else { "simulated" }
}

fn of_service(view: View, kept: &Kept) -> View {
    let service = &kept.service;
    let counts = format!(
        "{} of {} running, {} on the way",
        service.running_count, service.desired_count, service.pending_count
    );
    let facts = [("state", service.status.to_lowercase()), ("tasks", counts)];
    let rows = service.deployments.iter().map(|own| {
        vec![
            own.status.to_lowercase(),
            last(&own.task_definition).to_owned(),
            own.desired_count.to_string(),
            own.pending_count.to_string(),
            own.running_count.to_string(),
            own.failed_tasks.to_string(),
            own.rollout_state.as_str().to_lowercase().replace('_', " "),
        ]
    });
    let columns =
        ["Deployment", "Definition", "Desired", "Pending", "Running", "Failed", "Rollout"];
    let mut view = view.section(format!("Service {}", service.name)).facts(facts);
    view = view.table(&columns, rows.collect());
    let said = service.events.iter().take(EVENTS_MAX).map(|event| {
        let text = event.message.split_once(") ").map_or(event.message.as_str(), |(_, text)| text);
        vec![event.created_at.format("%H:%M:%S"), text.to_owned()]
    });
    let said: Vec<Vec<String>> = said.collect();
    if said.is_empty() { view } else { view.table(&["At", "Event"], said) }
}

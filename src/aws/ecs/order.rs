//! What the tasks of a service are made of.

use super::names;
use super::placement;
use super::shapes::common::{LaunchType, PropagateTags};
use super::state::{ServiceId, State, Tags};
use super::tasks::{self, Order};
use sim::World;

/// What the next task of a service is made of.
pub(crate) fn of(world: &World, id: &ServiceId) -> Option<Order> {
    let state = world.get::<State>();
    let kept = state.kept(id)?;
    let deployment = kept.service.deployments.first()?;
    let (family, revision) = names::definition(&deployment.task_definition).ok()?;
    let revision = state.revision(&id.place, &family, revision?)?;
    let service = &kept.service;
    let mut tags = match service.propagate_tags {
        PropagateTags::None => Tags::new(),
        PropagateTags::Service => kept.tags.clone(),
        PropagateTags::TaskDefinition => revision.tags.clone(),
    };
    if service.enable_ecs_managed_tags {
        tags.insert("aws:ecs:clusterName".into(), id.cluster.clone());
        tags.insert("aws:ecs:serviceName".into(), id.service.clone());
    }
    let provider = deployment.capacity_provider_strategy.first();
    let strategy = match service.placement_strategy.as_slice() {
        [] => placement::usual(),
        given => given.to_vec(),
    };
    let fargate = provider.is_some_and(|own| own.capacity_provider.starts_with("FARGATE"));
    Some(Order {
        definition: revision.definition.clone(),
        launch: if fargate { Some(LaunchType::Fargate) } else { deployment.launch_type },
        provider: provider.map(|own| own.capacity_provider.clone()),
        group: format!("service:{}", id.service),
        started_by: Some(deployment.id.clone()),
        network: deployment.network_configuration.clone(),
        constraints: service.placement_constraints.clone(),
        strategy,
        exec: service.enable_execute_command,
        tags,
        service: Some((id.service.clone(), deployment.id.clone())),
        ..Order::default()
    })
}

/// An instance on which a daemon has no task yet.
pub(crate) fn free_instance(world: &World, id: &ServiceId, order: &Order) -> Option<String> {
    let unit = world.get::<State>().find(&id.place, &id.cluster)?;
    let own = unit.services.get(&id.service)?;
    let taken = |number: &String| {
        let mut runs = own.tasks.iter().filter_map(|task| unit.tasks.get(task));
        runs.any(|run| {
            run.phase.is_alive()
                && run.instance.as_ref() == Some(number)
                && run.service == order.service
        })
    };
    let free = |(number, instance): &(&String, &super::state::Instance)| {
        instance.shown.status == "ACTIVE"
            && !taken(number)
            && tasks::fits(world, &id.place, &id.cluster, number, order).is_ok()
    };
    unit.instances.iter().find(free).map(|(number, _)| number.clone())
}

//! Container instances.

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use crate::events;
use crate::faults::invalid;
use crate::join::resources;
use crate::names::{self, last};
use crate::page;
use crate::query;
use crate::shapes::common::Failure;
use crate::shapes::instance::{
    ContainerInstance, ContainerInstanceHealthStatus, HealthCheckType, InstanceHealth,
    InstanceHealthCheckResult,
};
use crate::shapes::task::StopCode;
use crate::state::{Instance, Phase, State, TaskId, Unit, shown};
use crate::stop::{Why, stop};
use aws::place::Place;

sim::string_enum! {
    /// What a description is to have beside the usual.
    pub enum InstanceField {
        Tags = "TAGS",
        Health = "CONTAINER_INSTANCE_HEALTH",
    }
}

sim::string_enum! {
    /// Where a container instance is.
    pub enum InstanceStatus {
        Active = "ACTIVE",
        Draining = "DRAINING",
        Registering = "REGISTERING",
        Deregistering = "DEREGISTERING",
        RegistrationFailed = "REGISTRATION_FAILED",
    }
}

/// An instance as it is told.
fn told(
    unit: &Unit,
    own: &Instance,
    fields: &[InstanceField],
    now: base::Time,
) -> ContainerInstance {
    let in_phase = |fits: fn(Phase) -> bool| {
        let runs = own.tasks.iter().filter_map(|task| unit.tasks.get(task));
        i64::try_from(runs.filter(|run| fits(run.phase)).count()).unwrap_or(0)
    };
    let asked = |field| fields.contains(&field);
    let health = asked(InstanceField::Health).then(|| {
        let status = if own.shown.agent_connected {
            InstanceHealth::Ok
        } else {
            InstanceHealth::InsufficientData
        };
        ContainerInstanceHealthStatus {
            overall: status,
            details: vec![InstanceHealthCheckResult {
                kind: HealthCheckType::ContainerRuntime,
                status,
                reason: None,
                last_updated: now,
                last_change: own.shown.registered_at,
            }],
        }
    });
    ContainerInstance {
        remaining: resources(own.cpu_left, own.memory_left, &own.ports),
        running: in_phase(|phase| phase == Phase::Running),
        pending: in_phase(|phase| phase < Phase::Running),
        tags: if asked(InstanceField::Tags) { shown(&own.tags) } else { Vec::new() },
        health,
        ..own.shown.clone()
    }
}

sim::operation! {
    /// Describes container instances.
    read DescribeContainerInstances in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// Their ids or ARNs: up to 100.
        container_instances: Vec<String> => required "containerInstances",
        /// What is told beside the usual.
        include: Vec<InstanceField> => "include",
    }
    output DescribeContainerInstancesOutput {
        /// The container instances.
        pub instances: Vec<ContainerInstance> => "containerInstances",
        /// Those that are not there.
        pub failures: Vec<Failure> => "failures",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException"]
    access {
        "ecs:DescribeContainerInstances" on
            "arn:aws:ecs:{region}:{account}:container-instance/{containerInstances}",
    }
}

impl Read for DescribeContainerInstances {
    type Output = DescribeContainerInstancesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, cluster) = (Place::of(cx), names::cluster(self.cluster.as_deref()));
        let unit = world.get::<State>().unit(&place, &cluster)?;
        if self.container_instances.is_empty() {
            return Err(invalid("Container Instances cannot be empty."));
        }
        if self.container_instances.len() > 100 {
            return Err(invalid("Container Instances can not have more than 100 elements."));
        }
        let mut out = DescribeContainerInstancesOutput::default();
        for given in &self.container_instances {
            let id = last(given);
            match unit.instances.get(id) {
                Some(own) => out.instances.push(told(unit, own, &self.include, cx.at)),
                None => {
                    out.failures.push(Failure::missing(names::instance_arn(&place, &cluster, id)));
                }
            }
        }
        Ok(out)
    }
}

sim::operation! {
    /// Lists container instances.
    read ListContainerInstances in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// Which, in the cluster query language.
        filter: Option<String> => "filter",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many make a page: 1 to 100.
        max_results: Option<i64> => "maxResults",
        /// Where they are; all that are not inactive when it is not given.
        status: Option<InstanceStatus> => "status",
    }
    output ListContainerInstancesOutput {
        /// Their ARNs.
        pub arns: Vec<String> => "containerInstanceArns",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException"]
    access { "ecs:ListContainerInstances" on "arn:aws:ecs:{region}:{account}:cluster/{cluster}" }
    pages {
        input: &["nextToken"],
        output: &["nextToken"],
        limit: Some("maxResults"),
        results: &["containerInstanceArns"],
    }
}

impl Read for ListContainerInstances {
    type Output = ListContainerInstancesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let cluster = names::cluster(self.cluster.as_deref());
        let unit = world.get::<State>().unit(&Place::of(cx), &cluster)?;
        let query = match self.filter.as_deref().filter(|filter| !filter.is_empty()) {
            Some(filter) => {
                Some(query::parse(filter).ok_or_else(|| invalid("Invalid filter expression."))?)
            }
            None => None,
        };
        let fits = |own: &&Instance| {
            self.status.is_none_or(|status| status.as_str() == own.shown.status)
                && query.as_ref().is_none_or(|query| crate::placement::is_meant(unit, own, query))
        };
        let arns = unit.instances.values().filter(fits).map(|own| own.shown.arn.clone());
        let token = self.next_token.as_deref();
        let (arns, next_token) =
            page::cut(arns.collect(), String::as_str, token, self.max_results)?;
        Ok(ListContainerInstancesOutput { arns, next_token })
    }
}

sim::operation! {
    /// Takes a container instance out of its cluster. With tasks on it that is to be forced; they are
    /// no longer known to ECS then.
    write DeregisterContainerInstance in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// Its id or ARN.
        container_instance: String => "containerInstance",
        /// Whether it goes with tasks on it.
        force: Option<bool> => "force",
    }
    output DeregisterContainerInstanceOutput {
        /// The container instance.
        pub instance: ContainerInstance => "containerInstance",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException"]
    access { "ecs:DeregisterContainerInstance" on "arn:aws:ecs:{region}:{account}:cluster/{cluster}" }
}

impl Write for DeregisterContainerInstance {
    type Output = DeregisterContainerInstanceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, cluster) = (Place::of(cx), names::cluster(self.cluster.as_deref()));
        let id = last(&self.container_instance).to_owned();
        let unit = world.get::<State>().unit(&place, &cluster)?;
        let own = unit.instances.get(&id);
        let own = own.ok_or_else(|| invalid("Referenced container instance was not found."))?;
        if !own.tasks.is_empty() && self.force != Some(true) {
            return Err(invalid("Found running tasks on the instance."));
        }
        let tasks = own.tasks.clone();
        let mut instance = told(unit, own, &[], cx.at);
        "INACTIVE".clone_into(&mut instance.status);
        for task in tasks {
            let task = TaskId { place: place.clone(), cluster: cluster.clone(), task };
            let reason = "Container instance deregistration forced by user.";
            crate::stop::vanish(world, &task, Why::new(StopCode::UserInitiated, reason));
        }
        world.get_mut::<State>().unit_mut(&place, &cluster)?.instances.remove(&id);
        events::nudge_all(world, &place, &cluster);
        Ok(DeregisterContainerInstanceOutput { instance })
    }
}

sim::operation! {
    /// Lets container instances drain, so that services move their tasks elsewhere, or takes that back.
    write UpdateContainerInstancesState in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// Their ids or ARNs: up to 10.
        container_instances: Vec<String> => required "containerInstances",
        /// `ACTIVE` or `DRAINING`.
        status: InstanceStatus => "status",
    }
    output UpdateContainerInstancesStateOutput {
        /// The container instances.
        pub instances: Vec<ContainerInstance> => "containerInstances",
        /// Those that are not there.
        pub failures: Vec<Failure> => "failures",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException"]
    access {
        "ecs:UpdateContainerInstancesState" on
            "arn:aws:ecs:{region}:{account}:container-instance/{containerInstances}",
    }
}

impl Write for UpdateContainerInstancesState {
    type Output = UpdateContainerInstancesStateOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, cluster) = (Place::of(cx), names::cluster(self.cluster.as_deref()));
        world.get::<State>().unit(&place, &cluster)?;
        if !matches!(self.status, InstanceStatus::Active | InstanceStatus::Draining) {
            return Err(invalid("Container instance status should be one of [ACTIVE,DRAINING]"));
        }
        let ids: Vec<String> =
            self.container_instances.iter().map(|given| last(given).to_owned()).collect();
        if ids.is_empty() || ids.len() > 10 {
            return Err(invalid("Container instances must have between 1 and 10 elements."));
        }
        let mut moved = Vec::new();
        let unit = world.get_mut::<State>().unit_mut(&place, &cluster)?;
        for id in &ids {
            let Some(own) = unit.instances.get_mut(id) else { continue };
            self.status.as_str().clone_into(&mut own.shown.status);
            own.shown.version += 1;
            if self.status == InstanceStatus::Draining {
                moved.extend(own.tasks.iter().cloned());
            }
        }
        drain(world, &place, &cluster, moved);
        events::nudge_all(world, &place, &cluster);
        let unit = world.get::<State>().unit(&place, &cluster)?;
        let mut out = UpdateContainerInstancesStateOutput::default();
        for id in &ids {
            match unit.instances.get(id) {
                Some(own) => out.instances.push(told(unit, own, &[], cx.at)),
                None => {
                    out.failures.push(Failure::missing(names::instance_arn(&place, &cluster, id)));
                }
            }
        }
        Ok(out)
    }
}

/// Tasks of services on an instance that drains: those on their way end at once, and the scheduler
/// replaces those that run (Amazon ECS developer guide, "Draining Amazon ECS container instances").
fn drain(world: &mut World, place: &Place, cluster: &str, tasks: Vec<String>) {
    for task in tasks {
        let id = TaskId { place: place.clone(), cluster: cluster.to_owned(), task };
        let run = world.get::<State>().run(&id);
        let waiting = run.is_some_and(|run| run.phase < Phase::Running && run.service.is_some());
        if waiting {
            let reason = "Container instance is in DRAINING state";
            stop(world, &id, Why::new(StopCode::ServiceSchedulerInitiated, reason));
        }
    }
}

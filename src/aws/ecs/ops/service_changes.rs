//! Services changed, deleted, described and listed.

use aws::place::Place;
use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

use super::runs::{check_network, check_placement, check_platform, check_roles, launch, usable};
use super::services::{check_containers, check_groups, configured, told};
use crate::deployments;
use crate::events;
use crate::faults::{invalid, no_service, not_simulated, service_not_active};
use crate::names::{self, last};
use crate::page;
use crate::shapes::absent::{LatticeConfiguration, ServiceRegistry, VolumeConfiguration};
use crate::shapes::common::{
    Anything, CapacityProviderStrategyItem, Empty, Failure, IncludeTags, LaunchType,
    NetworkConfiguration, PlacementConstraint, PlacementStrategy, PropagateTags,
};
use crate::shapes::service::{
    DeploymentConfiguration, DeploymentController, DeploymentControllerType, LoadBalancer,
    SchedulingStrategy, Service, ZoneRebalancing,
};
use crate::shapes::task::TaskOverride;
use crate::state::{Kept, ServiceId, State};
use crate::watch;

sim::operation! {
    /// Changes a service. What changes its tasks is a new deployment; how many there are is not.
    write UpdateService in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// Its name or ARN.
        service: String => "service",
        /// How many tasks it is to have.
        desired_count: Option<i64> => "desiredCount",
        /// The definition of its tasks.
        definition: Option<String> => "taskDefinition",
        /// Capacity providers, with a new deployment.
        strategy: Option<Vec<CapacityProviderStrategyItem>> => "capacityProviderStrategy",
        /// How deployments go.
        configuration: Option<DeploymentConfiguration> => "deploymentConfiguration",
        /// Whether tasks are moved between zones; `DISABLED` is all there is.
        rebalancing: Option<ZoneRebalancing> => "availabilityZoneRebalancing",
        /// How its tasks are in the network.
        network: Option<NetworkConfiguration> => "networkConfiguration",
        /// What an instance must be like.
        constraints: Option<Vec<PlacementConstraint>> => "placementConstraints",
        /// How an instance is chosen.
        placement: Option<Vec<PlacementStrategy>> => "placementStrategy",
        /// The version of Fargate: `LATEST`, `1.4.0`.
        platform_version: Option<String> => "platformVersion",
        /// Whether there is a new deployment though nothing changes: a tag may lead to another image.
        force: Option<bool> => "forceNewDeployment",
        /// Seconds in which a new task need not be healthy for a load balancer.
        grace_s: Option<i64> => "healthCheckGracePeriodSeconds",
        /// Who deploys: `ECS`.
        controller: Option<DeploymentController> => "deploymentController",
        /// Whether commands may be run in its tasks.
        exec: Option<bool> => "enableExecuteCommand",
        /// Whether tasks have tags of ECS's own.
        managed_tags: Option<bool> => "enableECSManagedTags",
        /// The target groups, with a new deployment.
        load_balancers: Option<Vec<LoadBalancer>> => "loadBalancers",
        /// Whose tags tasks have.
        propagate: Option<PropagateTags> => "propagateTags",
        /// Registries of names; not simulated.
        _service_registries: Empty<ServiceRegistry> => "serviceRegistries",
        /// Names for services; not simulated.
        _service_connect: Refused<Anything> => "serviceConnectConfiguration",
        /// Volumes; not simulated.
        _volumes: Empty<VolumeConfiguration> => "volumeConfigurations",
        /// Target groups of VPC Lattice; not simulated.
        _lattice: Empty<LatticeConfiguration> => "vpcLatticeConfigurations",
    }
    output UpdateServiceOutput {
        /// The service.
        pub service: Service => "service",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException",
        "PlatformUnknownException", "ServiceNotActiveException", "ServiceNotFoundException",
        "UnsupportedFeatureException"]
    access { "ecs:UpdateService" on "arn:aws:ecs:{region}:{account}:service/{cluster}/{service}" }
    takes time
}

impl UpdateService {
    /// What the service is to be, and whether that is a new deployment.
    fn changed(
        &self,
        world: &mut World,
        cx: &Cx<'_>,
        id: &ServiceId,
    ) -> Result<(Service, bool), ApiError> {
        let unit = world.get::<State>().unit(&id.place, &id.cluster)?;
        let kept = unit.service(&id.service)?;
        if kept.service.status != "ACTIVE" {
            return Err(service_not_active());
        }
        let (mut new, role) = (kept.service.clone(), kept.role.clone());
        self.check(&new)?;
        if let Some(strategy) = &self.strategy {
            let (kind, strategy) = launch(world, &id.place, &id.cluster, None, strategy)?;
            new.launch_type =
                if strategy.is_empty() { kind.or(Some(LaunchType::Ec2)) } else { None };
            new.capacity_provider_strategy = strategy;
        }
        let fargate = new.launch_type == Some(LaunchType::Fargate)
            || !new.capacity_provider_strategy.is_empty();
        let given = self.definition.as_ref().unwrap_or(&new.task_definition);
        let found = usable(world, &id.place, given, fargate);
        // What runs may have been put out of use since.
        if let (Err(error), true) = (&found, self.makes_tasks()) {
            return Err(error.clone());
        }
        new.network_configuration = self.network.clone().or(new.network_configuration);
        new.placement_constraints = self.constraints.clone().unwrap_or(new.placement_constraints);
        new.placement_strategy = self.placement.clone().unwrap_or(new.placement_strategy);
        new.load_balancers = self.load_balancers.clone().unwrap_or(new.load_balancers);
        if let Ok((definition, _)) = found {
            let kind = if fargate { Some(LaunchType::Fargate) } else { new.launch_type };
            check_placement(&new.placement_constraints, &new.placement_strategy, kind)?;
            check_network(world, &id.place, &definition, new.network_configuration.as_ref())?;
            check_containers(&definition, &new.load_balancers)?;
            if self.definition.is_some() {
                check_roles(world, cx, &definition, &TaskOverride::default())?;
            }
            new.task_definition = definition.arn;
        }
        if self.load_balancers.is_some() {
            check_groups(world, &id.place, &role, &new.load_balancers)?;
        }
        let before = Some(&new.deployment_configuration);
        new.deployment_configuration =
            configured(self.configuration.clone(), before, new.scheduling_strategy)?;
        new.desired_count = self.desired_count.unwrap_or(new.desired_count);
        new.grace_s = self.grace_s.or(new.grace_s);
        new.enable_execute_command = self.exec.unwrap_or(new.enable_execute_command);
        new.enable_ecs_managed_tags = self.managed_tags.unwrap_or(new.enable_ecs_managed_tags);
        new.propagate_tags = self.propagate.unwrap_or(new.propagate_tags);
        let old = &world.get::<State>().unit(&id.place, &id.cluster)?.service(&id.service)?.service;
        let other = new.task_definition != old.task_definition
            || new.network_configuration != old.network_configuration
            || new.capacity_provider_strategy != old.capacity_provider_strategy
            || new.load_balancers != old.load_balancers
            || self.force == Some(true);
        Ok((new, other))
    }

    /// Whether it asks for tasks of another kind.
    fn makes_tasks(&self) -> bool {
        self.definition.is_some() || self.force == Some(true)
    }

    fn check(&self, old: &Service) -> Result<(), ApiError> {
        let controller = self.controller.as_ref().map(|own| own.kind);
        if controller.is_some_and(|kind| kind != DeploymentControllerType::Ecs) {
            return Err(not_simulated("This deployment controller"));
        }
        if self.rebalancing == Some(ZoneRebalancing::Enabled) {
            return Err(not_simulated("Rebalancing between zones"));
        }
        if self.desired_count.is_some() && old.scheduling_strategy == SchedulingStrategy::Daemon {
            return Err(invalid(
                "The daemon scheduling strategy does not support a desired count for services. Remove \
                 the desired count value and try again",
            ));
        }
        if self.desired_count.is_some_and(|count| count < 0) {
            return Err(invalid("desiredCount must not be negative."));
        }
        check_platform(self.platform_version.as_deref())
    }
}

/// The service that a request means.
fn meant(cx: &Cx<'_>, cluster: Option<&str>, service: &str) -> ServiceId {
    ServiceId {
        place: Place::of(cx),
        cluster: names::cluster(cluster),
        service: last(service).to_owned(),
    }
}

impl Write for UpdateService {
    type Output = UpdateServiceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = meant(cx, self.cluster.as_deref(), &self.service);
        let (new, other) = self.changed(world, cx, &id)?;
        if let Some(kept) = world.get_mut::<State>().kept_mut(&id) {
            kept.service = new;
            kept.steady = false;
            if let Some(first) = kept.service.deployments.first_mut() {
                first.desired_count = kept.service.desired_count;
            }
        }
        if other {
            deployments::begin(world, &id);
        }
        watch::begin(world, &id);
        events::nudge(world, &id);
        let kept = world.get::<State>().unit(&id.place, &id.cluster)?.service(&id.service)?;
        Ok(UpdateServiceOutput { service: told(kept, false) })
    }
}

sim::operation! {
    /// Deletes a service that is to have no tasks any more, or, when that is forced, one that has: it
    /// drains, and is `INACTIVE` when its tasks have ended.
    write DeleteService in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// Its name or ARN.
        service: String => "service",
        /// Whether it goes with tasks.
        force: Option<bool> => "force",
    }
    output DeleteServiceOutput {
        /// The service.
        pub service: Service => "service",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException",
        "ServiceNotFoundException"]
    access { "ecs:DeleteService" on "arn:aws:ecs:{region}:{account}:service/{cluster}/{service}" }
    takes time
}

impl Write for DeleteService {
    type Output = DeleteServiceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = meant(cx, self.cluster.as_deref(), &self.service);
        let unit = world.get::<State>().unit(&id.place, &id.cluster)?;
        let kept = unit.service(&id.service)?;
        if kept.is_over() {
            return Err(no_service());
        }
        let daemon = kept.service.scheduling_strategy == SchedulingStrategy::Daemon;
        if kept.service.desired_count > 0 && !daemon && self.force != Some(true) {
            return Err(invalid(
                "The service cannot be stopped while the primary deployment is scaled above 0.",
            ));
        }
        if let Some(kept) = world.get_mut::<State>().kept_mut(&id) {
            "DRAINING".clone_into(&mut kept.service.status);
            kept.service.desired_count = 0;
            for own in &mut kept.service.deployments {
                own.desired_count = 0;
            }
        }
        events::nudge(world, &id);
        let kept = world.get::<State>().unit(&id.place, &id.cluster)?.service(&id.service)?;
        Ok(DeleteServiceOutput { service: told(kept, false) })
    }
}

sim::operation! {
    /// Describes services.
    read DescribeServices in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// Their names or ARNs: up to 10.
        services: Vec<String> => required "services",
        /// What is told beside the usual.
        include: Vec<IncludeTags> => "include",
    }
    output DescribeServicesOutput {
        /// The services.
        pub services: Vec<Service> => "services",
        /// Those that are not there.
        pub failures: Vec<Failure> => "failures",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException"]
    access {
        "ecs:DescribeServices" on "arn:aws:ecs:{region}:{account}:service/{cluster}/{services}",
    }
    waiters [
        waiter("ServicesStable", 15, 40, &[
            failure(Any("failures[].reason", "MISSING")),
            failure(Any("services[].status", "DRAINING")),
            failure(Any("services[].status", "INACTIVE")),
            success(Is(
                "length(services[?!(length(deployments) == `1` && runningCount == desiredCount)]) == `0`",
                true,
            )),
        ]),
        waiter("ServicesInactive", 15, 40, &[
            failure(Any("failures[].reason", "MISSING")),
            success(Any("services[].status", "INACTIVE")),
        ]),
    ]
}

impl Read for DescribeServices {
    type Output = DescribeServicesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, cluster) = (Place::of(cx), names::cluster(self.cluster.as_deref()));
        let unit = world.get::<State>().unit(&place, &cluster)?;
        if self.services.is_empty() {
            return Err(invalid("Services cannot be empty."));
        }
        if self.services.len() > 10 {
            return Err(invalid("Services can not have more than 10 elements."));
        }
        let mut out = DescribeServicesOutput::default();
        for given in &self.services {
            let name = last(given);
            match unit.services.get(name) {
                Some(kept) => out.services.push(told(kept, !self.include.is_empty())),
                None => {
                    out.failures.push(Failure::missing(names::service_arn(&place, &cluster, name)));
                }
            }
        }
        Ok(out)
    }
}

sim::string_enum! {
    /// Who looks after a service's resources.
    pub enum ResourceManagementType {
        Customer = "CUSTOMER",
        Ecs = "ECS",
    }
}

sim::operation! {
    /// Lists services.
    read ListServices in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many make a page: 1 to 100.
        max_results: Option<i64> => "maxResults",
        /// What their tasks run on.
        launch_type: Option<LaunchType> => "launchType",
        /// How many tasks they have.
        scheduling: Option<SchedulingStrategy> => "schedulingStrategy",
        /// Who looks after their resources: `CUSTOMER`, of all here.
        management: Option<ResourceManagementType> => "resourceManagementType",
    }
    output ListServicesOutput {
        /// Their ARNs.
        pub arns: Vec<String> => "serviceArns",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException"]
    access { "ecs:ListServices" on "*" keys { "ecs:cluster": "cluster" } }
    pages {
        input: &["nextToken"],
        output: &["nextToken"],
        limit: Some("maxResults"),
        results: &["serviceArns"],
    }
}

impl Read for ListServices {
    type Output = ListServicesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let cluster = names::cluster(self.cluster.as_deref());
        let unit = world.get::<State>().unit(&Place::of(cx), &cluster)?;
        let fits = |kept: &&Kept| {
            let service = &kept.service;
            !kept.is_over()
                && self.management != Some(ResourceManagementType::Ecs)
                && (self.launch_type.is_none() || self.launch_type == service.launch_type)
                && self.scheduling.is_none_or(|own| own == service.scheduling_strategy)
        };
        let arns = unit.services.values().filter(fits).map(|kept| kept.service.arn.clone());
        // The page of this list is shorter (API reference, `ListServices`): 10 unless said.
        let (token, length) = (self.next_token.as_deref(), self.max_results.unwrap_or(10));
        let (arns, next_token) = page::cut(arns.collect(), String::as_str, token, Some(length))?;
        Ok(ListServicesOutput { arns, next_token })
    }
}

//! Services made.

use aws::iam::trusted;
use aws::place::Place;
use serde_json::json;
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

use super::runs::{check_network, check_placement, check_platform, check_roles, launch, usable};
use super::tags::{self, joined};
use crate::acting::{self, LINKED, SERVICES};
use crate::balancer;
use crate::deployments;
use crate::events;
use crate::faults::{invalid, not_simulated};
use crate::names::{self, is_name};
use crate::shapes::absent::{LatticeConfiguration, ServiceRegistry, VolumeConfiguration};
use crate::shapes::common::{
    Anything, CapacityProviderStrategyItem, Empty, LaunchType, NetworkConfiguration,
    PlacementConstraint, PlacementStrategy, PropagateTags, Tag,
};
use crate::shapes::definition::TaskDefinition;
use crate::shapes::service::{
    DeploymentCircuitBreaker, DeploymentConfiguration, DeploymentController,
    DeploymentControllerType, DeploymentStrategy, LoadBalancer, SchedulingStrategy, Service,
    ZoneRebalancing,
};
use crate::shapes::task::TaskOverride;
use crate::state::{Kept, ServiceId, State, shown};
use crate::watch;

/// A service as it is told.
pub(crate) fn told(kept: &Kept, tags: bool) -> Service {
    Service { tags: if tags { shown(&kept.tags) } else { Vec::new() }, ..kept.service.clone() }
}

sim::operation! {
    /// Creates a service: so many tasks, kept running, in target groups where it has some.
    write CreateService in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// Its name: up to 255 letters, digits, hyphens and underscores.
        name: String => "serviceName",
        /// The definition of its tasks: family, family and revision, or ARN.
        definition: Option<String> => "taskDefinition",
        /// Whether tasks are moved between zones; `DISABLED` is all there is.
        rebalancing: Option<ZoneRebalancing> => "availabilityZoneRebalancing",
        /// The target groups: up to five.
        load_balancers: Vec<LoadBalancer> => "loadBalancers",
        /// Registries of names; not simulated.
        service_registries: Empty<ServiceRegistry> => "serviceRegistries",
        /// How many tasks it is to have.
        desired_count: Option<i64> => "desiredCount",
        /// What makes a repeated request one.
        token: Option<String> => "clientToken",
        /// What its tasks run on; `EC2` unless said.
        launch_type: Option<LaunchType> => "launchType",
        /// Capacity providers, instead of a launch type.
        strategy: Vec<CapacityProviderStrategyItem> => "capacityProviderStrategy",
        /// The version of Fargate: `LATEST`, `1.4.0`.
        platform_version: Option<String> => "platformVersion",
        /// The role in which it speaks to load balancers; that of ECS itself unless said.
        role: Option<String> => "role",
        /// How deployments go.
        configuration: Option<DeploymentConfiguration> => "deploymentConfiguration",
        /// What an instance must be like.
        constraints: Vec<PlacementConstraint> => "placementConstraints",
        /// How an instance is chosen.
        placement: Vec<PlacementStrategy> => "placementStrategy",
        /// How its tasks are in the network.
        network: Option<NetworkConfiguration> => "networkConfiguration",
        /// Seconds in which a new task need not be healthy for a load balancer.
        grace_s: Option<i64> => "healthCheckGracePeriodSeconds",
        /// So many tasks (`REPLICA`), or one on each instance (`DAEMON`).
        scheduling: Option<SchedulingStrategy> => "schedulingStrategy",
        /// Who deploys: `ECS`.
        controller: Option<DeploymentController> => "deploymentController",
        /// Its tags.
        tags: Vec<Tag> => "tags",
        /// Whether tasks have tags of ECS's own.
        managed_tags: Option<bool> => "enableECSManagedTags",
        /// Whose tags tasks have.
        propagate: Option<PropagateTags> => "propagateTags",
        /// Whether commands may be run in its tasks.
        exec: Option<bool> => "enableExecuteCommand",
        /// Names for services; not simulated.
        _service_connect: Refused<Anything> => "serviceConnectConfiguration",
        /// Volumes; not simulated.
        _volumes: Empty<VolumeConfiguration> => "volumeConfigurations",
        /// Target groups of VPC Lattice; not simulated.
        _lattice: Empty<LatticeConfiguration> => "vpcLatticeConfigurations",
    }
    output CreateServiceOutput {
        /// The service.
        pub service: Service => "service",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException",
        "PlatformUnknownException", "UnsupportedFeatureException"]
    access {
        "ecs:CreateService" on "arn:aws:ecs:{region}:{account}:service/{cluster}/{serviceName}"
            keys { "aws:TagKeys": "tags.key" },
    }
    token "clientToken"
    takes time
}

/// Holds a deployment configuration to what there is, and fills it up.
pub(crate) fn configured(
    given: Option<DeploymentConfiguration>,
    before: Option<&DeploymentConfiguration>,
    scheduling: SchedulingStrategy,
) -> Result<DeploymentConfiguration, ApiError> {
    let daemon = scheduling == SchedulingStrategy::Daemon;
    let given = given.unwrap_or_default();
    if let Some(strategy) = given.strategy.filter(|own| *own != DeploymentStrategy::Rolling) {
        return Err(not_simulated(&format!("The deployment strategy {}", strategy.as_str())));
    }
    let before = before.cloned().unwrap_or_default();
    let least = given.minimum_healthy_percent.or(before.minimum_healthy_percent);
    let most = given.maximum_percent.or(before.maximum_percent);
    let (least, most) = (
        least.unwrap_or(if daemon { 0 } else { 100 }),
        most.unwrap_or(if daemon { 100 } else { 200 }),
    );
    if least < 0 || (least > 100 && !daemon) {
        return Err(invalid("minimumHealthyPercent must be between 0 and 100."));
    }
    if most < 100 {
        return Err(invalid("maximumPercent must be at least 100."));
    }
    if least >= 100 && most <= 100 {
        return Err(invalid(
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block \
             deployments.",
        ));
    }
    let off = DeploymentCircuitBreaker { enable: false, rollback: false };
    Ok(DeploymentConfiguration {
        circuit_breaker: given.circuit_breaker.or(before.circuit_breaker).or(Some(off)),
        maximum_percent: Some(most),
        minimum_healthy_percent: Some(least),
        strategy: Some(DeploymentStrategy::Rolling),
        ..DeploymentConfiguration::default()
    })
}

/// Holds target groups to the containers that they lead to.
pub(crate) fn check_containers(
    definition: &TaskDefinition,
    balancers: &[LoadBalancer],
) -> Result<(), ApiError> {
    if balancers.len() > 5 {
        return Err(invalid("There can be at most 5 load balancers."));
    }
    for balancer in balancers {
        if balancer.target_group_arn.as_deref().is_none_or(str::is_empty) {
            return Err(invalid("targetGroupArn must be specified."));
        }
        let name = balancer.container_name.as_deref().unwrap_or_default();
        let Some(container) = definition.container(name) else {
            return Err(invalid(format!(
                "The container {name} does not exist in the task definition."
            )));
        };
        let port = balancer.container_port;
        if !container.port_mappings.iter().any(|mapping| mapping.container_port == port) {
            return Err(invalid(format!(
                "The container {name} did not have a container port {} defined.",
                port.unwrap_or_default()
            )));
        }
    }
    Ok(())
}

/// Asks after the target groups, as the role that is to register tasks there.
pub(crate) fn check_groups(
    world: &mut World,
    place: &Place,
    role: &str,
    balancers: &[LoadBalancer],
) -> Result<(), ApiError> {
    for group in balancers.iter().filter_map(|own| own.target_group_arn.as_ref()) {
        let input = json!({ "TargetGroupArns": [group] });
        let told = balancer::ask(world, place, role, "DescribeTargetGroups", input);
        let told = told.map_err(|error| match error.code.as_str() {
            "TargetGroupNotFound" => invalid(format!("The target group {group} does not exist.")),
            _ => invalid(
                "Unable to assume role and validate the specified targetGroupArn. Please verify that \
                 the ECS service role being passed has the proper permissions.",
            ),
        })?;
        let attached = told["TargetGroups"][0]["LoadBalancerArns"].as_array();
        if attached.is_none_or(Vec::is_empty) {
            return Err(invalid(format!(
                "The target group with targetGroupArn {group} does not have an associated load \
                 balancer."
            )));
        }
    }
    Ok(())
}

/// The role in which a service speaks to load balancers: its name, and its ARN.
fn role_of(world: &World, cx: &Cx<'_>, given: Option<&str>) -> Result<(String, String), ApiError> {
    let role = given.filter(|role| !role.is_empty());
    let Some(role) = role else {
        let arn = trusted::arn(world, LINKED).ok_or_else(|| {
            invalid(
                "Unable to assume the service linked role. Please verify that the ECS service linked \
                 role exists.",
            )
        })?;
        return Ok((LINKED.to_owned(), arn));
    };
    acting::may_pass(world, cx, Some(role), SERVICES)?;
    let name = trusted::by_service(world, role, SERVICES);
    match (name, trusted::arn(world, role)) {
        (Some(name), Some(arn)) => Ok((name, arn)),
        _ => Err(invalid(
            "Unable to assume role and validate the listeners configured on your load balancer. Please \
             verify that the ECS service role being passed has the proper permissions.",
        )),
    }
}

impl CreateService {
    /// Holds the members that need nothing but themselves to what there is.
    fn check(&self) -> Result<(), ApiError> {
        if !is_name(&self.name) {
            return Err(invalid("Invalid service name."));
        }
        let controller = self.controller.as_ref().map(|own| own.kind);
        if controller.is_some_and(|kind| kind != DeploymentControllerType::Ecs) {
            return Err(not_simulated("This deployment controller"));
        }
        if self.rebalancing == Some(ZoneRebalancing::Enabled) {
            return Err(not_simulated("Rebalancing between zones"));
        }
        let daemon = self.scheduling == Some(SchedulingStrategy::Daemon);
        if daemon && self.desired_count.is_some() {
            return Err(invalid(
                "The daemon scheduling strategy does not support a desired count for services. Remove \
                 the desired count value and try again",
            ));
        }
        if daemon && !self.placement.is_empty() {
            return Err(invalid(
                "The daemon scheduling strategy does not support placement strategies. Remove them and \
                 try again.",
            ));
        }
        if self.desired_count.is_some_and(|count| count < 0) {
            return Err(invalid("desiredCount must not be negative."));
        }
        if self.grace_s.is_some() && self.load_balancers.is_empty() {
            return Err(invalid(
                "Health check grace period is only valid for services configured to use load balancers",
            ));
        }
        check_platform(self.platform_version.as_deref())
    }
}

impl Write for CreateService {
    type Output = CreateServiceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let cluster = names::cluster(self.cluster.as_deref());
        let unit = world.get::<State>().unit(&place, &cluster)?;
        self.check()?;
        if let Some(kept) = unit.services.get(&self.name).filter(|kept| !kept.is_over()) {
            if self.token.is_some() && kept.token == self.token {
                return Ok(CreateServiceOutput { service: told(kept, true) });
            }
            return Err(invalid(match kept.service.status.as_str() {
                "DRAINING" => "Unable to Start a service that is still Draining.",
                _ => "Creation of service was not idempotent.",
            }));
        }
        let (launch, strategy) = launch(world, &place, &cluster, self.launch_type, &self.strategy)?;
        let fargate = launch == Some(LaunchType::Fargate) || !strategy.is_empty();
        let Some(given) = &self.definition else {
            return Err(invalid("TaskDefinition can not be blank."));
        };
        let (definition, _) = usable(world, &place, given, fargate)?;
        let kind = if fargate { Some(LaunchType::Fargate) } else { launch };
        check_placement(&self.constraints, &self.placement, kind)?;
        check_network(world, &place, &definition, self.network.as_ref())?;
        check_roles(world, cx, &definition, &TaskOverride::default())?;
        check_containers(&definition, &self.load_balancers)?;
        acting::link(world, cx);
        let (role, role_arn) = role_of(world, cx, self.role.as_deref())?;
        check_groups(world, &place, &role, &self.load_balancers)?;
        let id = ServiceId { place, cluster, service: self.name.clone() };
        let launched = (launch, strategy, fargate);
        let kept = self.kept(cx, &id, &definition, launched, (role, role_arn))?;
        let unit = world.get_mut::<State>().unit_mut(&id.place, &id.cluster)?;
        unit.services.insert(id.service.clone(), kept);
        deployments::begin(world, &id);
        watch::begin(world, &id);
        events::nudge(world, &id);
        let kept = world.get::<State>().unit(&id.place, &id.cluster)?.service(&id.service)?;
        Ok(CreateServiceOutput { service: told(kept, true) })
    }
}

impl CreateService {
    fn kept(
        self,
        cx: &Cx<'_>,
        id: &ServiceId,
        definition: &TaskDefinition,
        (launch, strategy, fargate): (Option<LaunchType>, Vec<CapacityProviderStrategyItem>, bool),
        (role, role_arn): (String, String),
    ) -> Result<Kept, ApiError> {
        let scheduling = self.scheduling.unwrap_or_default();
        let launch = if strategy.is_empty() { launch.or(Some(LaunchType::Ec2)) } else { None };
        let service = Service {
            arn: names::service_arn(&id.place, &id.cluster, &id.service),
            name: id.service.clone(),
            cluster_arn: names::cluster_arn(&id.place, &id.cluster),
            load_balancers: self.load_balancers,
            service_registries: self.service_registries,
            status: "ACTIVE".into(),
            desired_count: self.desired_count.unwrap_or_default(),
            launch_type: launch,
            capacity_provider_strategy: strategy,
            platform_version: fargate.then(|| "LATEST".to_owned()),
            platform_family: fargate.then(|| "Linux".to_owned()),
            task_definition: definition.arn.clone(),
            deployment_configuration: configured(self.configuration, None, scheduling)?,
            role_arn: Some(role_arn),
            created_at: cx.at,
            placement_constraints: self.constraints,
            placement_strategy: self.placement,
            network_configuration: self.network,
            grace_s: self.grace_s,
            scheduling_strategy: scheduling,
            deployment_controller: Some(DeploymentController {
                kind: DeploymentControllerType::Ecs,
            }),
            created_by: None,
            enable_ecs_managed_tags: self.managed_tags == Some(true),
            propagate_tags: self.propagate.unwrap_or_default(),
            enable_execute_command: self.exec == Some(true),
            availability_zone_rebalancing: Some(ZoneRebalancing::Disabled),
            ..Service::default()
        };
        Ok(Kept {
            service,
            tags: joined(&tags::Tags::new(), self.tags)?,
            tasks: std::collections::BTreeSet::new(),
            planned: None,
            steady: false,
            failures: 0,
            unheld: 0,
            held_until: None,
            unplaced_said: None,
            last_good: None,
            watched: false,
            role,
            token: self.token,
        })
    }
}

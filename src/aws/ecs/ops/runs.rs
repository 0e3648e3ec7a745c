//! Tasks run by hand: where there is room, or on instances that are named.

use aws::ec2::managed;
use aws::iam::trusted;
use aws::place::Place;
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

use super::definitions;
use super::tags::{Tags, joined};
use crate::acting::{self, TASKS};
use crate::boot::not_assumed;
use crate::faults::{client, invalid, no_definition};
use crate::names::{self, last};
use crate::placement::{self, Reason};
use crate::query;
use crate::shapes::absent::VolumeConfiguration;
use crate::shapes::common::{
    AwsVpcConfiguration, CapacityProviderStrategyItem, ConstraintType, Empty, Failure, LaunchType,
    NetworkConfiguration, PlacementConstraint, PlacementStrategy, PropagateTags, StrategyType, Tag,
};
use crate::shapes::definition::{Compatibility, DefinitionStatus, NetworkMode, TaskDefinition};
use crate::shapes::task::{Task, TaskOverride};
use crate::state::{Run, State, shown};
use crate::tasks::{self, Order, Unplaced};

/// Tasks that one request makes, at most.
const COUNT_MAX: i64 = 10;

/// A task as it is told.
pub(crate) fn told(run: &Run, tags: bool) -> Task {
    Task { tags: if tags { shown(&run.tags) } else { Vec::new() }, ..run.task.clone() }
}

sim::group! {
    /// What requests for tasks say alike.
    pub(crate) struct Wanted {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// Whether tasks have tags of ECS's own.
        managed_tags: Option<bool> => "enableECSManagedTags",
        /// Whether commands may be run in them.
        exec: Option<bool> => "enableExecuteCommand",
        /// What they belong to; their family unless said.
        group: Option<String> => "group",
        /// How they are in the network.
        network: Option<NetworkConfiguration> => "networkConfiguration",
        /// What they are otherwise than their definition says.
        overrides: Option<TaskOverride> => "overrides",
        /// Whose tags they have.
        propagate: Option<PropagateTags> => "propagateTags",
        /// A name of the client's own for the request; not simulated.
        _reference: Refused<String> => "referenceId",
        /// Who wanted them: up to 128 characters.
        started_by: Option<String> => "startedBy",
        /// Their tags.
        tags: Vec<Tag> => "tags",
        /// The definition: family, family and revision, or ARN.
        definition: String => "taskDefinition",
        /// Volumes; not simulated.
        _volumes: Empty<VolumeConfiguration> => "volumeConfigurations",
    }
}

/// Holds a network configuration to what a definition wants.
pub(crate) fn check_network(
    world: &World,
    place: &Place,
    definition: &TaskDefinition,
    network: Option<&NetworkConfiguration>,
) -> Result<(), ApiError> {
    let vpc = network.and_then(|network| network.awsvpc.as_ref());
    match (definition.mode(), vpc) {
        (NetworkMode::Awsvpc, None) => Err(invalid(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        )),
        (NetworkMode::Awsvpc, Some(vpc)) => check_vpc(world, place, vpc),
        (_, Some(_)) => Err(invalid(
            "Network Configuration is not valid for the given networkMode of this task definition.",
        )),
        (_, None) => Ok(()),
    }
}

fn check_vpc(world: &World, place: &Place, vpc: &AwsVpcConfiguration) -> Result<(), ApiError> {
    if vpc.subnets.is_empty() {
        return Err(invalid("subnets can not be empty."));
    }
    if vpc.subnets.len() > 16 || vpc.security_groups.len() > 5 {
        return Err(invalid("There can be at most 16 subnets and 5 security groups."));
    }
    let mut network = None;
    for subnet in &vpc.subnets {
        let Some(found) = managed::subnet(world, place, subnet) else {
            return Err(invalid(format!(
                "Error retrieving subnet information for [{subnet}]: The subnet ID '{subnet}' does not \
                 exist (ErrorCode: InvalidSubnetID.NotFound)"
            )));
        };
        if network.get_or_insert_with(|| found.vpc.clone()) != &found.vpc {
            return Err(invalid("subnets must belong to the same VPC."));
        }
    }
    for group in &vpc.security_groups {
        let Some(of) = managed::group_vpc(world, place, group) else {
            return Err(invalid(format!(
                "Error retrieving security group information for [{group}]: The security group \
                 '{group}' does not exist (ErrorCode: InvalidGroup.NotFound)"
            )));
        };
        if Some(&of) != network.as_ref() {
            return Err(invalid(format!(
                "Security group {group} does not appear to belong to the same VPC as the input subnets."
            )));
        }
    }
    Ok(())
}

/// Holds constraints and strategies to what can be asked.
pub(crate) fn check_placement(
    constraints: &[PlacementConstraint],
    strategy: &[PlacementStrategy],
    launch: Option<LaunchType>,
) -> Result<(), ApiError> {
    if launch == Some(LaunchType::Fargate) && !(constraints.is_empty() && strategy.is_empty()) {
        return Err(invalid(
            "Placement constraints and placement strategies are not supported with launch type \
             FARGATE.",
        ));
    }
    if constraints.len() > 10 || strategy.len() > 5 {
        return Err(invalid("There can be at most 10 placement constraints and 5 strategies."));
    }
    for constraint in constraints {
        let text = constraint.expression.as_deref().unwrap_or_default();
        match constraint.kind {
            None => return Err(invalid("Placement constraint type must be specified.")),
            Some(ConstraintType::DistinctInstance) if !text.is_empty() => {
                return Err(invalid("Expression cannot be specified for distinctInstance."));
            }
            Some(ConstraintType::MemberOf) if query::parse(text).is_none() => {
                return Err(invalid(format!("Invalid expression: {text}")));
            }
            Some(_) => {}
        }
    }
    for one in strategy {
        let field = one.field.as_deref().unwrap_or_default();
        let wrong = match one.kind {
            None => true,
            Some(StrategyType::Random) => !field.is_empty(),
            Some(StrategyType::Binpack) => {
                !matches!(field.to_ascii_lowercase().as_str(), "cpu" | "memory")
            }
            Some(StrategyType::Spread) => {
                !(field.starts_with("attribute:") || matches!(field, "instanceId" | "host"))
            }
        };
        if wrong {
            return Err(invalid(format!("Invalid placement strategy field: {field}")));
        }
    }
    Ok(())
}

/// What tasks run on, by a launch type or capacity providers.
pub(crate) fn launch(
    world: &World,
    place: &Place,
    cluster: &str,
    given: Option<LaunchType>,
    strategy: &[CapacityProviderStrategyItem],
) -> Result<(Option<LaunchType>, Vec<CapacityProviderStrategyItem>), ApiError> {
    if given.is_some() && !strategy.is_empty() {
        return Err(invalid(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one \
             and try again.",
        ));
    }
    if matches!(given, Some(LaunchType::External | LaunchType::ManagedInstances)) {
        return Err(crate::faults::not_simulated("This launch type"));
    }
    let cluster = &world.get::<State>().unit(place, cluster)?.cluster;
    let strategy = match (given, strategy) {
        (None, []) => cluster.default_strategy.clone(),
        (_, strategy) => strategy.to_vec(),
    };
    crate::providers::check(&cluster.capacity_providers, &strategy)?;
    if strategy.is_empty() { Ok((given, strategy)) } else { Ok((None, strategy)) }
}

/// The provider of the next task: bases first, then those with the least by their weights.
fn provider(strategy: &[CapacityProviderStrategyItem], made: usize) -> Option<String> {
    let made = i64::try_from(made).unwrap_or(0);
    let mut left = made;
    for item in strategy {
        let base = item.base.unwrap_or_default();
        if left < base {
            return Some(item.capacity_provider.clone());
        }
        left -= base;
    }
    let weights: i64 = strategy.iter().filter_map(|item| item.weight).sum();
    if weights == 0 {
        return strategy.first().map(|item| item.capacity_provider.clone());
    }
    let mut turn = left % weights;
    for item in strategy {
        let weight = item.weight.unwrap_or_default();
        if turn < weight {
            return Some(item.capacity_provider.clone());
        }
        turn -= weight;
    }
    None
}

/// The definition that tasks are made of, when it is one for this launch type.
pub(crate) fn usable(
    world: &World,
    place: &Place,
    given: &str,
    fargate: bool,
) -> Result<(TaskDefinition, Tags), ApiError> {
    let found = definitions::find(world, place, given, no_definition)?;
    if found.definition.status != DefinitionStatus::Active {
        return Err(client("TaskDefinition is inactive"));
    }
    if fargate && !found.definition.compatibilities.contains(&Compatibility::Fargate) {
        return Err(invalid("Task definition does not support launch_type FARGATE."));
    }
    Ok((found.definition.clone(), found.tags.clone()))
}

/// Roles that tasks are to have, as far as the caller may hand them on and tasks may have them.
pub(crate) fn check_roles(
    world: &World,
    cx: &Cx<'_>,
    definition: &TaskDefinition,
    overrides: &TaskOverride,
) -> Result<(), ApiError> {
    let role = |other: &Option<String>, own: &Option<String>| other.clone().or_else(|| own.clone());
    for role in [
        role(&overrides.task_role_arn, &definition.task_role_arn),
        role(&overrides.execution_role_arn, &definition.execution_role_arn),
    ] {
        acting::may_pass(world, cx, role.as_deref(), TASKS)?;
        if let Some(role) = role.filter(|r| trusted::by_service(world, r, TASKS).is_none()) {
            return Err(client(not_assumed(&role)));
        }
    }
    Ok(())
}

impl Wanted {
    /// What each task is made of.
    fn order(self, world: &World, cx: &Cx<'_>, fargate: bool) -> Result<Order, ApiError> {
        let place = Place::of(cx);
        let (definition, own_tags) = usable(world, &place, &self.definition, fargate)?;
        let overrides = self.overrides.unwrap_or_default();
        for container in &overrides.containers {
            let name = container.name.as_deref().unwrap_or_default();
            if definition.container(name).is_none() {
                return Err(invalid(format!(
                    "Override for container named {name} is not a container in the TaskDefinition."
                )));
            }
        }
        check_network(world, &place, &definition, self.network.as_ref())?;
        check_roles(world, cx, &definition, &overrides)?;
        if self.started_by.as_ref().is_some_and(|text| text.chars().count() > 128) {
            return Err(invalid("startedBy must be at most 128 characters."));
        }
        if self.exec == Some(true) && definition.task_role_arn.is_none() {
            return Err(invalid(
                "The service couldn't be created because a valid taskRoleArn is not being used. Specify \
                 a valid task role in your task definition and try again.",
            ));
        }
        let mut tags = match self.propagate {
            Some(PropagateTags::TaskDefinition) => own_tags,
            _ => Tags::new(),
        };
        tags = joined(&tags, self.tags)?;
        if self.managed_tags == Some(true) {
            tags.insert("aws:ecs:clusterName".into(), names::cluster(self.cluster.as_deref()));
        }
        Ok(Order {
            group: self.group.unwrap_or_else(|| format!("family:{}", definition.family)),
            definition,
            started_by: self.started_by,
            overrides,
            network: self.network,
            exec: self.exec == Some(true),
            tags,
            ..Order::default()
        })
    }
}

/// Why a task was not made, instance by instance.
fn failures(place: &Place, cluster: &str, unplaced: Unplaced) -> Vec<Failure> {
    match unplaced {
        Unplaced::Addresses(subnet) => vec![Failure {
            arn: None,
            reason: "RESOURCE:ENI".into(),
            detail: Some(format!("There are no free addresses in subnet {subnet}.")),
        }],
        Unplaced::Capacity => {
            vec![Failure { arn: None, reason: tasks::CAPACITY.into(), detail: None }]
        }
        Unplaced::Instances(reasons) => {
            let one = |(id, reason): (String, Reason)| Failure {
                arn: Some(names::instance_arn(place, cluster, &id)),
                reason: reason.code().to_owned(),
                detail: None,
            };
            reasons.into_iter().map(one).collect()
        }
    }
}

sim::operation! {
    /// Runs tasks where there is room.
    write RunTask in "ecs" = "POST /";
    input {
        ..wanted: Wanted,
        /// Capacity providers, instead of a launch type.
        strategy: Vec<CapacityProviderStrategyItem> => "capacityProviderStrategy",
        /// How many: 1 to 10; one unless said.
        count: Option<i64> => "count",
        /// What they run on; `EC2` unless said.
        launch_type: Option<LaunchType> => "launchType",
        /// What an instance must be like.
        constraints: Vec<PlacementConstraint> => "placementConstraints",
        /// How an instance is chosen.
        placement: Vec<PlacementStrategy> => "placementStrategy",
        /// The version of Fargate: `LATEST`, `1.4.0`.
        platform_version: Option<String> => "platformVersion",
        /// What makes a repeated request one.
        token: Option<String> => "clientToken",
    }
    output RunTaskOutput {
        /// The tasks.
        pub tasks: Vec<Task> => "tasks",
        /// Why others were not made.
        pub failures: Vec<Failure> => "failures",
    }
    errors ["ClientException", "ClusterNotFoundException", "ConflictException",
        "InvalidParameterException", "PlatformUnknownException", "UnsupportedFeatureException"]
    access {
        "ecs:RunTask" on "arn:aws:ecs:{region}:{account}:task-definition/{taskDefinition}",
    }
    token "clientToken"
    takes time
}

/// Holds a version of Fargate to those that there are.
pub(crate) fn check_platform(given: Option<&str>) -> Result<(), ApiError> {
    match given {
        None | Some("LATEST" | "1.4.0") => Ok(()),
        Some(_) => {
            let message = "The specified platform does not exist.";
            Err(ApiError::new(400, "PlatformUnknownException", message))
        }
    }
}

impl Write for RunTask {
    type Output = RunTaskOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, cluster) = (Place::of(cx), names::cluster(self.wanted.cluster.as_deref()));
        world.get::<State>().unit(&place, &cluster)?;
        let asked = format!("{self:?}");
        if let Some(done) = again(world, &place, &cluster, self.token.as_deref(), &asked)? {
            return Ok(done);
        }
        let count = self.count.unwrap_or(1);
        if !(1..=COUNT_MAX).contains(&count) {
            return Err(invalid(format!("Count must be between 1 and {COUNT_MAX}.")));
        }
        check_platform(self.platform_version.as_deref())?;
        let (launch, strategy) = launch(world, &place, &cluster, self.launch_type, &self.strategy)?;
        let fargate = launch == Some(LaunchType::Fargate) || !strategy.is_empty();
        let kind = if fargate { Some(LaunchType::Fargate) } else { launch };
        check_placement(&self.constraints, &self.placement, kind)?;
        let mut order = self.wanted.order(world, cx, fargate)?;
        let unit = world.get::<State>().unit(&place, &cluster)?;
        if placement::on_instances(kind) && unit.instances.is_empty() {
            return Err(invalid("No Container Instances were found in your cluster."));
        }
        order.launch = kind;
        order.constraints = self.constraints;
        order.strategy = self.placement;
        let mut out = RunTaskOutput::default();
        let mut made = Vec::new();
        for number in 0..usize::try_from(count).unwrap_or(1) {
            order.provider = provider(&strategy, number);
            match tasks::make(world, &place, &cluster, &order) {
                Ok(task) => made.push(task),
                Err(unplaced) => {
                    out.failures = failures(&place, &cluster, unplaced);
                    break;
                }
            }
        }
        let unit = world.get_mut::<State>().unit_mut(&place, &cluster)?;
        if let Some(token) = self.token {
            unit.tokens.insert(token, (asked, made.clone()));
        }
        out.tasks =
            made.iter().filter_map(|id| unit.tasks.get(id)).map(|r| told(r, true)).collect();
        Ok(out)
    }
}

/// What a request under the same token was answered.
fn again(
    world: &World,
    place: &Place,
    cluster: &str,
    token: Option<&str>,
    asked: &str,
) -> Result<Option<RunTaskOutput>, ApiError> {
    let unit = world.get::<State>().unit(place, cluster)?;
    let Some((before, made)) = token.and_then(|token| unit.tokens.get(token)) else {
        return Ok(None);
    };
    if before != asked {
        let message = "The client token was used before with other parameters.";
        return Err(ApiError::new(400, "ConflictException", message)
            .with_document("resourceIds", made.clone()));
    }
    let runs = made.iter().filter_map(|id| unit.tasks.get(id));
    Ok(Some(RunTaskOutput {
        tasks: runs.map(|run| told(run, true)).collect(),
        failures: Vec::new(),
    }))
}

sim::operation! {
    /// Starts a task on each of the container instances that are named.
    write StartTask in "ecs" = "POST /";
    input {
        ..wanted: Wanted,
        /// Their ids or ARNs: up to 10.
        container_instances: Vec<String> => required "containerInstances",
    }
    output StartTaskOutput {
        /// The tasks.
        pub tasks: Vec<Task> => "tasks",
        /// Why others were not made.
        pub failures: Vec<Failure> => "failures",
    }
    errors ["ClientException", "ClusterNotFoundException", "InvalidParameterException",
        "UnsupportedFeatureException"]
    access {
        "ecs:StartTask" on "arn:aws:ecs:{region}:{account}:task-definition/{taskDefinition}",
    }
    takes time
}

impl Write for StartTask {
    type Output = StartTaskOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, cluster) = (Place::of(cx), names::cluster(self.wanted.cluster.as_deref()));
        world.get::<State>().unit(&place, &cluster)?;
        if self.container_instances.is_empty() || self.container_instances.len() > 10 {
            return Err(invalid("Container instances must have between 1 and 10 elements."));
        }
        let mut order = self.wanted.order(world, cx, false)?;
        order.launch = Some(LaunchType::Ec2);
        let mut out = StartTaskOutput::default();
        for given in &self.container_instances {
            let id = last(given);
            let arn = names::instance_arn(&place, &cluster, id);
            let unit = world.get::<State>().unit(&place, &cluster)?;
            if !unit.instances.contains_key(id) {
                out.failures.push(Failure::missing(arn));
                continue;
            }
            if let Err(reason) = tasks::fits(world, &place, &cluster, id, &order) {
                let reason = reason.code().to_owned();
                out.failures.push(Failure { arn: Some(arn), reason, detail: None });
                continue;
            }
            order.instance = Some(id.to_owned());
            match tasks::make(world, &place, &cluster, &order) {
                Ok(task) => {
                    let unit = world.get::<State>().unit(&place, &cluster)?;
                    out.tasks.extend(unit.tasks.get(&task).map(|run| told(run, true)));
                }
                Err(unplaced) => out.failures.extend(failures(&place, &cluster, unplaced)),
            }
        }
        Ok(out)
    }
}

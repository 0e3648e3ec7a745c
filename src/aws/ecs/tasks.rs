//! Tasks, made and placed.

use aws::ec2::managed::{self, Placed, Wish};
use aws::ec2::outage;
use aws::place::Place;
use base::Time;
use sim::World;

use super::durations::{INTERFACE_EC2, INTERFACE_FARGATE, PULL_EC2, PULL_FARGATE};
use super::names;
use super::placement::{self, Needs, Reason};
use super::shapes::common::{
    AssignPublicIp, Attachment, Attribute, AwsVpcConfiguration, KeyValuePair, LaunchType,
    NetworkConfiguration, PlacementConstraint, PlacementStrategy,
};
use super::shapes::definition::{NetworkMode, TaskDefinition};
use super::shapes::task::{
    Connectivity, Container, HealthStatus, NetworkInterface, Task, TaskOverride,
};
use super::state::{Boxed, Phase, Run, State, Tags, TaskId};
use super::stop::{enter, turn_after};

/// What a task is made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order {
    pub(crate) definition: TaskDefinition,
    pub(crate) launch: Option<LaunchType>,
    pub(crate) provider: Option<String>,
    pub(crate) group: String,
    pub(crate) started_by: Option<String>,
    pub(crate) overrides: TaskOverride,
    pub(crate) network: Option<NetworkConfiguration>,
    pub(crate) constraints: Vec<PlacementConstraint>,
    pub(crate) strategy: Vec<PlacementStrategy>,
    pub(crate) exec: bool,
    pub(crate) tags: Tags,
    /// Service and deployment.
    pub(crate) service: Option<(String, String)>,
    /// The container instance, where it was chosen already.
    pub(crate) instance: Option<String>,
}

/// What Fargate says when it has no room (AWS re:Post, "Why can't I run my Fargate task?").
pub(crate) const CAPACITY: &str = "Capacity is unavailable at this time. Please try again later or in a \
                                   different availability zone";

/// Why a task cannot be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Unplaced {
    /// Instance by instance; nothing when there is none.
    Instances(Vec<(String, Reason)>),
    /// There is no free address in the subnet of this id.
    Addresses(String),
    /// Fargate has nothing in the zones of the subnets.
    Capacity,
}

impl Order {
    fn cpu(&self) -> i64 {
        let own = self.overrides.cpu.as_deref().and_then(|cpu| cpu.parse().ok());
        own.unwrap_or_else(|| self.definition.cpu_units())
    }

    fn memory(&self) -> i64 {
        let own = self.overrides.memory.as_deref().and_then(|memory| memory.parse().ok());
        own.unwrap_or_else(|| self.definition.memory_mib())
    }

    fn needs(&self) -> Needs<'_> {
        Needs {
            cpu: self.cpu(),
            memory: self.memory(),
            ports: placement::fixed_ports(&self.definition),
            constraints: placement::constraints(&self.definition, &self.constraints),
            strategy: &self.strategy,
            group: &self.group,
        }
    }

    fn vpc(&self) -> Option<&AwsVpcConfiguration> {
        self.network.as_ref()?.awsvpc.as_ref()
    }
}

/// Whether a task may stand on this instance.
///
/// # Errors
/// Why not.
pub(crate) fn fits(
    world: &World,
    place: &Place,
    cluster: &str,
    instance: &str,
    order: &Order,
) -> Result<(), Reason> {
    let unit = world.get::<State>().find(place, cluster);
    let there = unit.and_then(|unit| Some((unit, unit.instances.get(instance)?)));
    let Some((unit, instance)) = there else { return Err(Reason::Agent) };
    placement::fits(unit, instance, &order.needs())
}

/// Makes a task, and says its id.
///
/// # Errors
/// Why it cannot be placed.
pub(crate) fn make(
    world: &mut World,
    place: &Place,
    cluster: &str,
    order: &Order,
) -> Result<String, Unplaced> {
    let on_instance = placement::on_instances(order.launch);
    let instance = match &order.instance {
        Some(chosen) => Some(chosen.clone()),
        None if on_instance => {
            let (state, rng) = world.parts::<State>();
            let Some(unit) = state.find(place, cluster) else {
                return Err(Unplaced::Instances(Vec::new()));
            };
            Some(placement::choose(unit, &order.needs(), rng).map_err(Unplaced::Instances)?)
        }
        None => None,
    };
    let interface = interface(world, place, cluster, order, instance.as_deref())?;
    let id = names::id(world.rng::<State>());
    let id = TaskId { place: place.clone(), cluster: cluster.to_owned(), task: id };
    let run = run(world, &id, order, instance, interface);
    put(world, &id, run);
    Ok(id.task)
}

/// The interface of a task that has one of its own.
fn interface(
    world: &mut World,
    place: &Place,
    cluster: &str,
    order: &Order,
    instance: Option<&str>,
) -> Result<Option<Placed>, Unplaced> {
    if order.definition.mode() != NetworkMode::Awsvpc {
        return Ok(None);
    }
    let Some(vpc) = order.vpc() else { return Ok(None) };
    let unit = world.get::<State>().find(place, cluster);
    let zone = instance.and_then(|own| Some(unit?.instances.get(own)?.zone.clone()));
    let in_zone = |subnet: &&String| {
        let found = managed::subnet(world, place, subnet);
        found.is_some_and(|found| match &zone {
            Some(zone) => found.zone == *zone,
            None => !outage::is_dark(world, place, &found.zone),
        })
    };
    let subnets: Vec<String> = vpc.subnets.iter().filter(in_zone).cloned().collect();
    let drawn = world.rng::<State>().pick(&subnets).cloned();
    let Some(subnet) = drawn else {
        let none = |own: &str| Unplaced::Instances(vec![(own.to_owned(), Reason::MemberOf)]);
        return Err(instance.map_or(Unplaced::Capacity, none));
    };
    let arn = names::cluster_arn(place, cluster);
    let description = format!("{arn}/attachment");
    let mut groups = vpc.security_groups.clone();
    if groups.is_empty() {
        let network = managed::subnet(world, place, &subnet).map(|found| found.vpc);
        groups.extend(network.and_then(|network| managed::default_group(world, place, &network)));
    }
    let wish = Wish {
        subnet: subnet.clone(),
        groups,
        description,
        public: vpc.assign_public_ip == Some(AssignPublicIp::Enabled),
        requester: "amazon-ecs",
    };
    let now = world.now();
    match managed::place(world, place, now, &[wish]) {
        Ok(mut placed) => Ok(placed.pop()),
        Err(_) => Err(Unplaced::Addresses(subnet)),
    }
}

/// The attachment of a task that has an interface of its own.
fn attachment(id: String, placed: &Placed) -> Attachment {
    let mut details = vec![
        KeyValuePair::new("subnetId", placed.subnet.id.as_str()),
        KeyValuePair::new("networkInterfaceId", placed.interface.as_str()),
        KeyValuePair::new("macAddress", placed.mac.as_str()),
    ];
    details.extend(placed.name.as_ref().map(|name| KeyValuePair::new("privateDnsName", name)));
    details.push(KeyValuePair::new("privateIPv4Address", placed.private.to_string()));
    Attachment { id, kind: "ElasticNetworkInterface".into(), status: "PRECREATED".into(), details }
}

fn containers(
    world: &mut World,
    id: &TaskId,
    order: &Order,
    own: Option<&(String, Placed)>,
) -> Vec<Container> {
    let task_arn = names::task_arn(&id.place, &id.cluster, &id.task);
    let mut made = Vec::new();
    for container in &order.definition.containers {
        let overrides = &order.overrides.containers;
        let other = overrides.iter().find(|other| other.name == container.name);
        let number = |other: Option<i64>, own: Option<i64>| other.or(own);
        let uuid = world.rng::<State>().uuid();
        let interfaces = own.map(|(attachment, placed)| NetworkInterface {
            attachment_id: attachment.clone(),
            private_ipv4_address: placed.private.to_string(),
        });
        made.push(Container {
            arn: id.place.arn("ecs", &format!("container/{}/{}/{uuid}", id.cluster, id.task)),
            task_arn: task_arn.clone(),
            name: container.name().to_owned(),
            image: container.image().to_owned(),
            last_status: "PENDING".into(),
            network_interfaces: interfaces.into_iter().collect(),
            health_status: HealthStatus::Unknown,
            cpu: number(other.and_then(|o| o.cpu), container.cpu).unwrap_or_default().to_string(),
            memory: number(other.and_then(|o| o.memory), container.memory).map(|n| n.to_string()),
            memory_reservation: number(
                other.and_then(|o| o.memory_reservation),
                container.memory_reservation,
            )
            .map(|n| n.to_string()),
            ..Container::default()
        });
    }
    made
}

fn run(
    world: &mut World,
    id: &TaskId,
    order: &Order,
    instance: Option<String>,
    interface: Option<Placed>,
) -> Run {
    let own = interface.clone().map(|placed| (world.rng::<State>().uuid(), placed));
    let mut task = task(id, order, world.now());
    task.containers = containers(world, id, order, own.as_ref());
    let unit = world.get::<State>().find(&id.place, &id.cluster);
    let standing = instance.as_ref().and_then(|own| unit?.instances.get(own));
    let phase = if interface.is_some() { Phase::Provisioning } else { Phase::Pending };
    let attached = own.as_ref().map(|(id, placed)| attachment(id.clone(), placed));
    task.attachments = attached.into_iter().collect();
    let zone = interface.as_ref().map(|placed| placed.subnet.zone.clone());
    task.availability_zone = standing.map(|own| own.zone.clone()).or(zone);
    let arn = |own| names::instance_arn(&id.place, &id.cluster, own);
    task.container_instance_arn = instance.as_deref().map(arn);
    phase.name().clone_into(&mut task.last_status);
    let definition = &order.definition;
    let ports = standing.map(|_| placement::fixed_ports(definition)).unwrap_or_default();
    Run {
        phase,
        life: 0,
        family: definition.family.clone(),
        revision: definition.revision,
        service: order.service.clone(),
        cpu: order.cpu(),
        memory: order.memory(),
        address: match &interface {
            Some(placed) => Some(placed.private),
            None => standing.map(|own| own.address),
        },
        network: match &interface {
            Some(placed) => placed.subnet.vpc.clone(),
            None => standing.map(|own| own.network.clone()).unwrap_or_default(),
        },
        interface,
        instance,
        containers: definition.containers.iter().map(|_| Boxed::default()).collect(),
        targets: Vec::new(),
        listening: Vec::new(),
        ports: ports.into_iter().collect(),
        failed: false,
        tags: order.tags.clone(),
        task,
    }
}

/// What is told of a new task, but for where it is.
fn task(id: &TaskId, order: &Order, now: Time) -> Task {
    let fargate = order.launch == Some(LaunchType::Fargate);
    Task {
        attributes: vec![Attribute::valued("ecs.cpu-architecture", "x86_64")],
        capacity_provider: order.provider.clone(),
        cluster_arn: names::cluster_arn(&id.place, &id.cluster),
        cpu: Some(order.cpu().to_string()),
        created_at: now,
        desired_status: "RUNNING".into(),
        enable_execute_command: order.exec,
        group: order.group.clone(),
        launch_type: order.launch.or(Some(LaunchType::Ec2)),
        memory: Some(order.memory().to_string()),
        overrides: overrides(order),
        platform_version: fargate.then(|| "1.4.0".to_owned()),
        platform_family: fargate.then(|| "Linux".to_owned()),
        started_by: order.started_by.clone(),
        arn: names::task_arn(&id.place, &id.cluster, &id.task),
        definition_arn: order.definition.arn.clone(),
        version: 1,
        ..Task::default()
    }
}

/// The overrides as they are told: each container is there.
fn overrides(order: &Order) -> TaskOverride {
    let mut told = order.overrides.clone();
    for container in &order.definition.containers {
        if !told.containers.iter().any(|other| other.name == container.name) {
            told.containers.push(super::shapes::task::ContainerOverride {
                name: container.name.clone(),
                ..super::shapes::task::ContainerOverride::default()
            });
        }
    }
    told
}

/// Puts a task into its cluster, and takes what it needs of its instance.
fn put(world: &mut World, id: &TaskId, run: Run) {
    let (phase, fargate) = (run.phase, run.task.launch_type == Some(LaunchType::Fargate));
    let Some(unit) = world.get_mut::<State>().find_mut(&id.place, &id.cluster) else { return };
    if let Some(instance) = run.instance.as_ref().and_then(|own| unit.instances.get_mut(own)) {
        instance.cpu_left -= run.cpu;
        instance.memory_left -= run.memory;
        instance.shown.version += 1;
        instance.tasks.insert(id.task.clone());
        instance.ports.extend(run.ports.iter().copied());
    }
    if let Some((service, _)) = &run.service
        && let Some(kept) = unit.services.get_mut(service)
    {
        kept.tasks.insert(id.task.clone());
    }
    unit.tasks.insert(id.task.clone(), run);
    let after = match (phase, fargate) {
        (Phase::Provisioning, true) => INTERFACE_FARGATE,
        (Phase::Provisioning, false) => INTERFACE_EC2,
        _ => PULL_EC2,
    };
    let now = world.now();
    if let Some(run) = world.get_mut::<State>().run_mut(id)
        && phase == Phase::Pending
    {
        run.task.pull_started_at = Some(now);
    }
    turn_after(world, id, 0, after);
}

/// A task's interface is there.
pub(crate) fn provisioned(world: &mut World, id: &TaskId) {
    let now = world.now();
    let Some(run) = world.get_mut::<State>().run_mut(id) else { return };
    let life = enter(run, Phase::Pending);
    for attachment in &mut run.task.attachments {
        "ATTACHED".clone_into(&mut attachment.status);
    }
    run.task.connectivity = Some(Connectivity::Connected);
    run.task.connectivity_at = Some(now);
    run.task.pull_started_at = Some(now);
    let fargate = run.task.launch_type == Some(LaunchType::Fargate);
    turn_after(world, id, life, if fargate { PULL_FARGATE } else { PULL_EC2 });
}

/// A task runs.
pub(crate) fn activated(world: &mut World, id: &TaskId) {
    let now = world.now();
    let Some(run) = world.get_mut::<State>().run_mut(id) else { return };
    enter(run, Phase::Running);
    run.task.started_at = Some(now);
    run.task.connectivity = Some(Connectivity::Connected);
    run.task.connectivity_at.get_or_insert(now);
    if let Some(service) = super::stop::service_of(id, run) {
        super::events::nudge(world, &service);
    }
}

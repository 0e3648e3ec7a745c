//! On which instance a task is placed: those that have room and are as the constraints want them, then
//! the best by the strategies.

use std::collections::BTreeMap;

use base::Rng;

use super::query::{self, Subject};
use super::shapes::common::{
    ConstraintType, LaunchType, PlacementConstraint, PlacementStrategy, StrategyType,
};
use super::shapes::container::TransportProtocol;
use super::shapes::definition::{NetworkMode, TaskDefinition};
use super::state::{Instance, Run, Unit};

/// What a task needs.
#[derive(Clone, Debug)]
pub(crate) struct Needs<'a> {
    pub(crate) cpu: i64,
    pub(crate) memory: i64,
    /// Ports of the instance that must be free.
    pub(crate) ports: Vec<i64>,
    pub(crate) constraints: Vec<PlacementConstraint>,
    pub(crate) strategy: &'a [PlacementStrategy],
    /// `service:api`
    pub(crate) group: &'a str,
}

/// Why a task cannot be placed on an instance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Reason {
    Agent,
    MemberOf,
    Distinct,
    Ports,
    Cpu,
    Memory,
}

impl Reason {
    /// As `RunTask` tells it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Agent => "AGENT",
            Self::MemberOf => "MemberOf placement constraint unsatisfied.",
            Self::Distinct => "DistinctInstance placement constraint unsatisfied.",
            Self::Ports => "RESOURCE:PORTS",
            Self::Cpu => "RESOURCE:CPU",
            Self::Memory => "RESOURCE:MEMORY",
        }
    }

    /// As the events of services tell it, behind the instance.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Agent => "has an agent that is disconnected",
            Self::MemberOf => "encountered error \"MemberOf placement constraint unsatisfied.\"",
            Self::Distinct => {
                "encountered error \"DistinctInstance placement constraint unsatisfied.\""
            }
            Self::Ports => "is already using a port required by your task",
            Self::Cpu => "has insufficient CPU units available",
            Self::Memory => "has insufficient memory available",
        }
    }
}

/// Ports of an instance that the containers of a definition want by number.
pub(crate) fn fixed_ports(definition: &TaskDefinition) -> Vec<i64> {
    if definition.mode() == NetworkMode::Awsvpc {
        return Vec::new();
    }
    let mappings = definition.containers.iter().flat_map(|container| &container.port_mappings);
    let tcp = mappings.filter(|mapping| mapping.protocol != Some(TransportProtocol::Udp));
    let host = definition.mode() == NetworkMode::Host;
    let port = |mapping: &super::shapes::container::PortMapping| {
        if host { mapping.container_port } else { mapping.host_port }
    };
    tcp.filter_map(port).filter(|port| *port > 0).collect()
}

/// The constraints of a definition beside those of a request.
pub(crate) fn constraints(
    definition: &TaskDefinition,
    more: &[PlacementConstraint],
) -> Vec<PlacementConstraint> {
    let own = definition.constraints.iter().map(|constraint| PlacementConstraint {
        kind: Some(ConstraintType::MemberOf),
        expression: constraint.expression.clone(),
    });
    own.chain(more.iter().cloned()).collect()
}

/// How a service's tasks are spread unless it says otherwise.
pub(crate) fn usual() -> Vec<PlacementStrategy> {
    let spread = |field: &str| PlacementStrategy {
        kind: Some(StrategyType::Spread),
        field: Some(field.to_owned()),
    };
    vec![spread("attribute:ecs.availability-zone"), spread("instanceId")]
}

struct Standing<'a> {
    instance: &'a Instance,
    tasks: &'a BTreeMap<String, Run>,
}

impl Standing<'_> {
    fn here(&self) -> impl Iterator<Item = &Run> {
        self.instance.tasks.iter().filter_map(|id| self.tasks.get(id))
    }
}

impl Subject for Standing<'_> {
    fn values(&self, subject: &str) -> Vec<String> {
        if let Some(name) = subject.strip_prefix("attribute:") {
            let found = self.instance.shown.attributes.iter().filter(|own| own.name == name);
            return found.map(|own| own.value.clone().unwrap_or_default()).collect();
        }
        match subject {
            "ec2InstanceId" => vec![self.instance.shown.ec2_instance_id.clone()],
            "task:group" => self.here().map(|run| run.task.group.clone()).collect(),
            "agentConnected" => vec![self.instance.shown.agent_connected.to_string()],
            "runningTasksCount" => vec![self.instance.tasks.len().to_string()],
            _ => Vec::new(),
        }
    }
}

/// Whether a task may stand on an instance.
///
/// # Errors
/// Why not.
pub(crate) fn fits(unit: &Unit, instance: &Instance, needs: &Needs<'_>) -> Result<(), Reason> {
    if !instance.shown.agent_connected {
        return Err(Reason::Agent);
    }
    let standing = Standing { instance, tasks: &unit.tasks };
    for constraint in &needs.constraints {
        if constraint.kind == Some(ConstraintType::DistinctInstance) {
            if standing.here().any(|run| run.task.group == needs.group) {
                return Err(Reason::Distinct);
            }
            continue;
        }
        let query = constraint.expression.as_deref().and_then(query::parse);
        if !query.is_some_and(|query| query.fits(&standing)) {
            return Err(Reason::MemberOf);
        }
    }
    if needs.ports.iter().any(|port| instance.ports.contains(port)) {
        return Err(Reason::Ports);
    }
    if instance.cpu_left < needs.cpu {
        return Err(Reason::Cpu);
    }
    if instance.memory_left < needs.memory {
        return Err(Reason::Memory);
    }
    Ok(())
}

/// Chooses an instance.
///
/// # Errors
/// Why none would do, instance by instance; nothing when there is no instance.
pub(crate) fn choose(
    unit: &Unit,
    needs: &Needs<'_>,
    rng: &mut Rng,
) -> Result<String, Vec<(String, Reason)>> {
    let mut fitting = Vec::new();
    let mut reasons = Vec::new();
    for (id, instance) in &unit.instances {
        if instance.shown.status != "ACTIVE" {
            continue;
        }
        match fits(unit, instance, needs) {
            Ok(()) => fitting.push((id, instance)),
            Err(reason) => reasons.push((id.clone(), reason)),
        }
    }
    for strategy in needs.strategy {
        let costs = costs(unit, &fitting, strategy, needs.group);
        let Some(least) = costs.iter().min().copied() else { break };
        let mut costs = costs.into_iter();
        fitting.retain(|_| costs.next() == Some(least));
    }
    match rng.pick(&fitting) {
        Some((id, _)) => Ok((*id).clone()),
        None => Err(reasons),
    }
}

/// What each of these instances costs by a strategy: the least is the best.
fn costs(
    unit: &Unit,
    instances: &[(&String, &Instance)],
    strategy: &PlacementStrategy,
    group: &str,
) -> Vec<i64> {
    let field = strategy.field.as_deref().unwrap_or_default();
    match strategy.kind {
        Some(StrategyType::Binpack) => {
            let left = |(_, instance): &(&String, &Instance)| {
                if field.eq_ignore_ascii_case("cpu") {
                    instance.cpu_left
                } else {
                    instance.memory_left
                }
            };
            instances.iter().map(left).collect()
        }
        Some(StrategyType::Spread) => {
            let key = |id: &str, instance: &Instance| {
                if matches!(field, "instanceId" | "host") {
                    return id.to_owned();
                }
                let standing = Standing { instance, tasks: &unit.tasks };
                standing.values(field).into_iter().next().unwrap_or_default()
            };
            let mut counts: BTreeMap<String, i64> = BTreeMap::new();
            for (id, instance) in &unit.instances {
                let standing = Standing { instance, tasks: &unit.tasks };
                let own = standing.here().filter(|run| run.task.group == group).count();
                *counts.entry(key(id, instance)).or_default() += i64::try_from(own).unwrap_or(0);
            }
            let cost = |(id, instance): &(&String, &Instance)| {
                counts.get(&key(id, instance)).copied().unwrap_or_default()
            };
            instances.iter().map(cost).collect()
        }
        _ => instances.iter().map(|_| 0).collect(),
    }
}

/// Whether tasks of a launch type stand on instances of the cluster.
pub(crate) fn on_instances(launch: Option<LaunchType>) -> bool {
    matches!(launch, None | Some(LaunchType::Ec2))
}

/// Whether an instance is one that a query means.
pub(crate) fn is_meant(unit: &Unit, instance: &Instance, query: &query::Query) -> bool {
    query.fits(&Standing { instance, tasks: &unit.tasks })
}

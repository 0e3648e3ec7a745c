//! Everything that is kept, by account and region.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use aws::ec2::managed::Placed;
use aws::place::Place;
use base::Time;
use sim::RunId;
use sim::api::ApiError;
use sim::outside::Container;

use super::faults::{inactive_cluster, no_cluster, no_service, no_task};
use super::program::Program;
use super::shapes::cluster::{Cluster, ClusterConfiguration, ClusterSetting};
use super::shapes::common::Tag;
use super::shapes::definition::TaskDefinition;
use super::shapes::instance::ContainerInstance;
use super::shapes::service::{Deployment, Service};
use super::shapes::task::Task;

/// Tags by key.
pub(crate) type Tags = BTreeMap<String, String>;

/// The service.
#[derive(Clone, Hash, Debug, Default)]
pub struct State {
    pub(crate) places: BTreeMap<Place, Region>,
    /// What answers at an address of a network.
    pub(crate) listeners: BTreeMap<Socket, Listener>,
    /// Whether containers stand on the learner's engine.
    pub(crate) engine: bool,
    /// Which containers do, by what was wanted of it.
    pub(crate) runs: BTreeMap<RunId, (TaskId, usize)>,
}

/// Where a container can be reached.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Socket {
    pub(crate) region: String,
    pub(crate) network: String,
    pub(crate) address: Ipv4Addr,
    pub(crate) port: u16,
}

/// Which container answers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Listener {
    pub(crate) task: TaskId,
    pub(crate) container: usize,
    /// The port in the container.
    pub(crate) port: i64,
}

/// A task of a cluster.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct TaskId {
    pub(crate) place: Place,
    pub(crate) cluster: String,
    pub(crate) task: String,
}

/// A service of a cluster.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct ServiceId {
    pub(crate) place: Place,
    pub(crate) cluster: String,
    pub(crate) service: String,
}

/// What an account has in a region.
#[derive(Clone, Hash, Debug, Default)]
pub(crate) struct Region {
    pub(crate) clusters: BTreeMap<String, Unit>,
    pub(crate) families: BTreeMap<String, Family>,
}

/// The revisions of a task definition.
#[derive(Clone, Hash, Debug, Default)]
pub(crate) struct Family {
    /// The number of the last one that was made.
    pub(crate) last: i64,
    pub(crate) revisions: BTreeMap<i64, Revision>,
}

#[derive(Clone, Hash, Debug)]
pub(crate) struct Revision {
    pub(crate) definition: TaskDefinition,
    pub(crate) tags: Tags,
}

/// A cluster with what is in it. Counts are joined on the way out.
#[derive(Clone, Hash, Debug, Default)]
pub(crate) struct Unit {
    pub(crate) cluster: Cluster,
    pub(crate) configuration: Option<ClusterConfiguration>,
    pub(crate) settings: Vec<ClusterSetting>,
    pub(crate) tags: Tags,
    pub(crate) instances: BTreeMap<String, Instance>,
    pub(crate) tasks: BTreeMap<String, Run>,
    pub(crate) services: BTreeMap<String, Kept>,
    /// Tasks by the token of the client who asked for them, with what was asked.
    pub(crate) tokens: BTreeMap<String, (String, Vec<String>)>,
}

/// A container instance.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Instance {
    pub(crate) shown: ContainerInstance,
    pub(crate) tags: Tags,
    pub(crate) address: Ipv4Addr,
    pub(crate) network: String,
    pub(crate) zone: String,
    /// The name of the role that its agent has.
    pub(crate) role: String,
    pub(crate) tasks: BTreeSet<String>,
    pub(crate) cpu_left: i64,
    pub(crate) memory_left: i64,
    pub(crate) ports: BTreeSet<i64>,
}

/// Where a task is in its life (Amazon ECS developer guide, "Task lifecycle").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Phase {
    Provisioning,
    Pending,
    Activating,
    Running,
    Deactivating,
    Stopping,
    Deprovisioning,
    Stopped,
}

impl Phase {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Provisioning => "PROVISIONING",
            Self::Pending => "PENDING",
            Self::Activating => "ACTIVATING",
            Self::Running => "RUNNING",
            Self::Deactivating => "DEACTIVATING",
            Self::Stopping => "STOPPING",
            Self::Deprovisioning => "DEPROVISIONING",
            Self::Stopped => "STOPPED",
        }
    }

    /// Whether it is on its way to run, or runs.
    pub(crate) fn is_alive(self) -> bool {
        self <= Self::Running
    }
}

/// A task with what is not told of it.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Run {
    pub(crate) task: Task,
    pub(crate) tags: Tags,
    pub(crate) phase: Phase,
    /// Counts its phases, so that an event of an earlier one is known.
    pub(crate) life: u32,
    pub(crate) family: String,
    pub(crate) revision: i64,
    /// The container instance.
    pub(crate) instance: Option<String>,
    /// Service and deployment.
    pub(crate) service: Option<(String, String)>,
    pub(crate) cpu: i64,
    pub(crate) memory: i64,
    pub(crate) interface: Option<Placed>,
    pub(crate) address: Option<Ipv4Addr>,
    pub(crate) network: String,
    pub(crate) containers: Vec<Boxed>,
    pub(crate) targets: Vec<Target>,
    /// Ports of its instance that it has.
    pub(crate) ports: BTreeSet<i64>,
    /// Where its containers answer.
    pub(crate) listening: Vec<Socket>,
    /// Whether it counts as failed already.
    pub(crate) failed: bool,
}

/// A container of a task, beside what is told of it.
#[derive(Clone, Hash, Debug, Default)]
pub(crate) struct Boxed {
    /// What it does where no engine stands behind it.
    pub(crate) program: Option<Program>,
    /// What is wanted of the engine; nothing where it is simulated in any case.
    pub(crate) order: Option<Container>,
    /// The container on the engine, once it was wanted.
    pub(crate) real: Option<Real>,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) started: Option<Time>,
    pub(crate) exited: bool,
    /// Requests that it has answered.
    pub(crate) served: u64,
    /// Checks that failed in a row.
    pub(crate) failures: i64,
    pub(crate) log: Option<LogStream>,
}

/// A container on the learner's engine.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Real {
    pub(crate) run: RunId,
    /// Where its ports are reached on the learner's machine, once it has started.
    pub(crate) ports: BTreeMap<u16, u16>,
}

impl Boxed {
    /// Whether it has not begun, and nobody has been asked for it.
    pub(crate) fn is_waiting(&self) -> bool {
        self.started.is_none() && !self.exited && self.real.is_none()
    }

    /// Whether it is on the engine still, or on its way there.
    pub(crate) fn is_on_engine(&self) -> bool {
        self.real.is_some() && !self.exited
    }
}

/// Where what a container prints goes, and who puts it there.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct LogStream {
    pub(crate) place: Place,
    pub(crate) group: String,
    pub(crate) stream: String,
    pub(crate) role: String,
}

/// A task as a target of a load balancer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Target {
    pub(crate) group: String,
    pub(crate) id: String,
    pub(crate) port: i64,
    /// `initial`, `healthy`, `unhealthy`, `draining`, …
    pub(crate) health: String,
}

/// A service with what is not told of it.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Kept {
    pub(crate) service: Service,
    pub(crate) tags: Tags,
    pub(crate) tasks: BTreeSet<String>,
    /// When the scheduler looks at it next, if that is planned.
    pub(crate) planned: Option<Time>,
    /// Whether it was said that it is in a steady state.
    pub(crate) steady: bool,
    /// Tasks in a row that did not start.
    pub(crate) failures: i64,
    /// How many of them have been held against it.
    pub(crate) unheld: i64,
    /// Before then no task is started.
    pub(crate) held_until: Option<Time>,
    /// When it was said last that there is no room.
    pub(crate) unplaced_said: Option<(Time, String)>,
    /// The deployment that was completed last.
    pub(crate) last_good: Option<Deployment>,
    pub(crate) watched: bool,
    pub(crate) role: String,
    pub(crate) token: Option<String>,
}

/// What happens by itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    /// The agent of an instance asks to join its cluster.
    Join(Place, String),
    /// A task comes to the end of its phase, if it is in it still.
    Turn(TaskAt),
    /// A container of a task ends by itself.
    Exit(TaskAt, usize, i64, Option<String>),
    /// A container is looked at.
    Check(TaskAt, usize),
    /// A stopped task is no longer shown.
    Forget(TaskAt),
    /// The scheduler looks at a service.
    Schedule(ServiceAt),
    /// Load balancers are asked for a service's targets.
    Look(ServiceAt),
    /// A deleted service is no longer shown.
    ForgetService(ServiceAt),
    /// A definition that is to be deleted goes.
    DeleteDefinition(Place, String, i64),
}

/// A task in a phase of its life.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TaskAt {
    pub(crate) id: TaskId,
    pub(crate) life: u32,
}

/// A service.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ServiceAt(pub(crate) ServiceId);

impl State {
    pub(crate) fn region_mut(&mut self, place: &Place) -> &mut Region {
        self.places.entry(place.clone()).or_default()
    }

    /// The cluster of that name, active or not.
    pub(crate) fn find(&self, place: &Place, cluster: &str) -> Option<&Unit> {
        self.places.get(place)?.clusters.get(cluster)
    }

    pub(crate) fn find_mut(&mut self, place: &Place, cluster: &str) -> Option<&mut Unit> {
        self.places.get_mut(place)?.clusters.get_mut(cluster)
    }

    /// The active cluster of that name.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn unit(&self, place: &Place, cluster: &str) -> Result<&Unit, ApiError> {
        let unit = self.find(place, cluster).ok_or_else(no_cluster)?;
        if unit.is_active() { Ok(unit) } else { Err(inactive_cluster()) }
    }

    /// # Errors
    /// As [`State::unit`].
    pub(crate) fn unit_mut(&mut self, place: &Place, cluster: &str) -> Result<&mut Unit, ApiError> {
        let unit = self.find_mut(place, cluster).ok_or_else(no_cluster)?;
        if unit.is_active() { Ok(unit) } else { Err(inactive_cluster()) }
    }

    pub(crate) fn run(&self, id: &TaskId) -> Option<&Run> {
        self.find(&id.place, &id.cluster)?.tasks.get(&id.task)
    }

    pub(crate) fn run_mut(&mut self, id: &TaskId) -> Option<&mut Run> {
        self.find_mut(&id.place, &id.cluster)?.tasks.get_mut(&id.task)
    }

    /// Nothing of a task answers any more.
    pub(crate) fn silence(&mut self, id: &TaskId) {
        let listening = self.run_mut(id).map(|run| std::mem::take(&mut run.listening));
        for address in listening.into_iter().flatten() {
            self.listeners.remove(&address);
        }
    }

    pub(crate) fn kept(&self, id: &ServiceId) -> Option<&Kept> {
        self.find(&id.place, &id.cluster)?.services.get(&id.service)
    }

    pub(crate) fn kept_mut(&mut self, id: &ServiceId) -> Option<&mut Kept> {
        self.find_mut(&id.place, &id.cluster)?.services.get_mut(&id.service)
    }

    pub(crate) fn revision(&self, place: &Place, family: &str, revision: i64) -> Option<&Revision> {
        self.places.get(place)?.families.get(family)?.revisions.get(&revision)
    }
}

impl Unit {
    pub(crate) fn is_active(&self) -> bool {
        self.cluster.status == "ACTIVE"
    }

    /// # Errors
    /// There is no such task.
    pub(crate) fn task(&self, id: &str) -> Result<&Run, ApiError> {
        self.tasks.get(id).ok_or_else(no_task)
    }

    /// # Errors
    /// There is no such service.
    pub(crate) fn service(&self, name: &str) -> Result<&Kept, ApiError> {
        self.services.get(name).ok_or_else(no_service)
    }
}

impl Family {
    /// The newest revision that is active.
    pub(crate) fn newest(&self) -> Option<&Revision> {
        use super::shapes::definition::DefinitionStatus::Active;
        self.revisions.values().rev().find(|revision| revision.definition.status == Active)
    }
}

impl Kept {
    /// Whether it is there to be worked with.
    pub(crate) fn is_over(&self) -> bool {
        self.service.status == "INACTIVE"
    }
}

/// Tags in the order of their keys.
pub(crate) fn shown(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| Tag {
        key: Some(key.clone()),
        value: Some(value.clone()),
    };
    tags.iter().map(tag).collect()
}

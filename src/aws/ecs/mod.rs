//! Elastic Container Service (API version 2014-11-13): clusters of instances and of Fargate, task
//! definitions, tasks, and services with their deployments, load balancers and events.
//!
//! Source: the Amazon ECS API reference and developer guide. Where a world's shape says so ([`shape`]),
//! containers stand on the learner's engine ([`engine`]). Without one an image runs when it says by a label
//! what it does ([`program`]), and answers at its address in the simulated network; another one fails to
//! start, and says that it needs an engine. Deliberately absent, and
//! refused by name: capacity providers of one's own, blue/green and other deployments than rolling ones,
//! task sets, daemons of the new kind, Express Mode, Service Connect, volumes, account settings, and what
//! agents ask.

mod acting;
mod answer;
mod balancer;
mod boot;
mod check;
mod deployments;
mod durations;
mod engine;
mod events;
mod faults;
mod health;
mod image;
mod join;
mod known;
mod logs;
mod names;
mod observed;
pub mod ops;
mod order;
mod outage;
mod page;
mod placement;
mod program;
mod providers;
mod query;
mod scheduler;
mod shape;
pub mod shapes;
mod state;
mod stop;
mod tasks;
mod turn;
mod view;
mod watch;

#[cfg(test)]
mod tests;

use aws::ec2::news::InstanceTurned;
use aws::ec2::outage::ZoneTurned;
use base::Rng;
use sim::api::{Protocol, Service};
use sim::{Config, Observation, RunId, Subscription, System, World};
pub use state::State;

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE])
    .with_view(view::view)
    .shaped_by(shape::PART)
    .answering(answer::answer)
    .subscribed(&[
        Subscription::of::<State, InstanceTurned>(),
        Subscription::of::<State, ZoneTurned>(),
    ]);

/// How the service speaks.
const PROTOCOL: Protocol = Protocol::Json {
    version: "1.1",
    target: "AmazonEC2ContainerServiceV20141113",
    errors: "com.amazonaws.ecs",
};

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "ecs",
    title: "Amazon EC2 Container Service",
    protocol: PROTOCOL,
    signing_name: "ecs",
    api_version: "2014-11-13",
    xml_namespace: "",
    operations: ops::ALL,
    refused: ops::REFUSED,
};

impl sim::State for State {
    const NAME: &'static str = "ecs";
    type Event = state::Event;

    fn new(config: &Config, _: &mut Rng) -> Self {
        Self { engine: shape::has_engine(config), ..Self::default() }
    }

    fn happen(world: &mut World, event: state::Event) {
        turn::happen(world, event);
    }

    fn observed(world: &mut World, run: &RunId, seen: &Observation) {
        observed::observed(world, run, seen);
    }
}

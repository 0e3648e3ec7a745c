//! Elastic Load Balancing, version 2 of its API (2015-12-01): Application Load Balancers.
//!
//! Source: the Elastic Load Balancing API reference and the User Guide for Application Load Balancers.
//! The control plane is `ops`; `health` asks targets in lab time; `route` decides where a request goes;
//! `front` is what the listener of a balancer's own name asks of the world, a service of the lab's own,
//! so that each choice is in the journal. HTTPS listeners have certificates of `acm`. Deliberately absent,
//! and refused: Network and Gateway Load Balancers, HTTPS, HTTP/2 and gRPC to targets, Lambda targets,
//! authentication, mutual TLS, trust stores, capacity reservations, rewriting, regular expressions.

mod attributes;
mod balancer;
mod counts;
mod durations;
mod entry;
mod event;
mod faults;
mod flight;
pub mod front;
mod group;
mod happen;
mod health;
mod landing;
mod listener;
mod log;
mod matcher;
mod measure;
mod names;
pub mod ops;
mod page;
mod probe;
mod request;
mod route;
pub mod shapes;
mod state;
mod view;

#[cfg(test)]
mod tests;

use base::Rng;
use sim::api::{Protocol, Service};
use sim::{Config, System, World};
pub use state::State;

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE, &front::SERVICE])
    .naming(names::naming)
    .with_view(view::view)
    .awaiting(|world| !world.get::<State>().probes.is_empty());

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "elbv2",
    title: "Elastic Load Balancing",
    protocol: Protocol::Query,
    signing_name: "elasticloadbalancing",
    api_version: "2015-12-01",
    xml_namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
    operations: ops::ALL,
    refused: ops::REFUSED,
};

impl sim::State for State {
    const NAME: &'static str = "elbv2";
    type Event = event::Event;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(world: &mut World, event: event::Event) {
        happen::happen(world, event);
    }
}

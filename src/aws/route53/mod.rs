//! Amazon Route 53 (API version 2013-04-01): hosted zones, public and private, their records, and what
//! their name servers answer.
//!
//! Source: the Route 53 API reference and developer guide. A change is kept at once and reaches the name
//! servers a minute later; [`lookup`] says what they tell whom. Deliberately absent, and refused by name:
//! health checks and with them failover, routing by latency, geography and client networks, traffic
//! policies, reusable delegation sets, DNSSEC, logs of queries, and zones of other accounts' networks.

mod alias;
mod answer;
mod batch;
mod faults;
mod given;
mod ids;
mod lookup;
mod name;
pub mod ops;
pub mod outside;
mod rdata;
mod shapes;
mod state;
mod view;
mod zone;

#[cfg(test)]
mod tests;

use base::Rng;
use sim::api::{Protocol, Service};
use sim::{Config, System, World};
pub use state::State;

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE, &outside::SERVICE])
    .naming(lookup::naming)
    .with_view(view::view);

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "route53",
    title: "Amazon Route 53",
    protocol: Protocol::RestXml,
    signing_name: "route53",
    api_version: "2013-04-01",
    xml_namespace: "https://route53.amazonaws.com/doc/2013-04-01/",
    operations: ops::ALL,
    refused: ops::REFUSED,
};

impl sim::State for State {
    const NAME: &'static str = "route53";
    type Event = state::Event;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(world: &mut World, event: state::Event) {
        world.get_mut::<Self>().happen(&event);
    }
}

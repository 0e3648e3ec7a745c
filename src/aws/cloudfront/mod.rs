//! Amazon CloudFront (API version 2020-05-31): distributions with their origins, cache behaviours and
//! policies, invalidations, and a small real edge.
//!
//! [`edge`] is the data plane: what an edge location answers to a viewer, what it keeps and for how
//! long. It is reached by an operation of the lab's own, [`edge::Serve`]; the bytes of bodies stay
//! outside of the world. Source: the CloudFront developer guide and API reference. Deliberately absent,
//! and refused by name: functions and Lambda@Edge, signed URLs, certificates and other names, WAF,
//! origin groups and shields, response headers policies, compression, logs in real time, streaming and
//! tenants.

mod check;
mod defaults;
pub mod edge;
mod faults;
mod ids;
mod logging;
mod managed;
mod names;
pub mod ops;
mod page;
mod rules;
mod shapes;
mod state;
mod view;

#[cfg(test)]
mod tests;

use base::Rng;
use sim::api::{Protocol, Service};
use sim::{Config, System, World};
pub use state::State;

/// The system: a line in the list of systems.
pub static SYSTEM: System =
    System::of::<State>(&[&SERVICE, &EDGE]).naming(names::naming).with_view(view::view);

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "cloudfront",
    title: "Amazon CloudFront",
    protocol: Protocol::RestXml,
    signing_name: "cloudfront",
    api_version: "2020-05-31",
    xml_namespace: "http://cloudfront.amazonaws.com/doc/2020-05-31/",
    operations: ops::ALL,
    refused: ops::REFUSED,
};

/// The registry entry of what is asked of edge locations: a service of the lab's own.
pub static EDGE: Service = Service {
    name: "edge",
    title: "Edge locations of CloudFront",
    protocol: Protocol::Lab,
    signing_name: "edge",
    api_version: "",
    xml_namespace: "",
    operations: edge::ALL,
    refused: &[],
};

impl sim::State for State {
    const NAME: &'static str = "cloudfront";
    type Event = state::Event;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(world: &mut World, event: state::Event) {
        let state = world.get_mut::<Self>();
        match event {
            state::Event::Deployed { id, version } => state.deployed(&id, version),
            state::Event::Invalidated { id, invalidation } => state.invalidated(&id, &invalidation),
        }
    }
}

//! CloudWatch Logs (API version 2014-03-28): groups, streams and events, retention that acts in lab
//! time, the language of filter patterns, metric filters and tags.
//!
//! Source: the CloudWatch Logs API reference and user guide. Deliberately absent, and refused by
//! name: Logs Insights, subscriptions and destinations, exports and imports, anomaly detection, data
//! protection, transformers, deliveries, and log groups of other classes than `STANDARD`.

mod event;
mod faults;
mod group;
mod metric_filter;
mod names;
pub mod ops;
mod pattern;
mod put;
mod read;
mod state;
mod tags;
mod view;

#[cfg(test)]
mod tests;

use base::Rng;
use sim::api::{Protocol, Service};
use sim::{Config, System, World};
pub use state::State;

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE]).with_view(view::view);

/// How the service speaks.
const PROTOCOL: Protocol = Protocol::Json { version: "1.1", target: "Logs_20140328", errors: "" };

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "logs",
    title: "Amazon CloudWatch Logs",
    protocol: PROTOCOL,
    signing_name: "logs",
    api_version: "2014-03-28",
    xml_namespace: "",
    operations: ops::ALL,
    refused: ops::REFUSED,
};

impl sim::State for State {
    const NAME: &'static str = "logs";
    type Event = state::Event;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(world: &mut World, event: state::Event) {
        let now = world.now();
        let next = world.get_mut::<Self>().sweep(&event, now);
        if let Some(at) = next {
            world.schedule::<Self>(at, event);
        }
    }
}

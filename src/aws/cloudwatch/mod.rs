//! CloudWatch (API version 2010-08-01): metrics that services and learners publish, their statistics
//! and metric math, alarms that are evaluated in lab time, composite alarms and their history.
//!
//! Source: the CloudWatch API reference and user guide. Deliberately absent, and refused by name:
//! dashboards, anomaly detection, Contributor Insights, metric streams, mute rules, alarms on metric
//! math or PromQL, and statistics beyond the five and percentiles.

mod actions;
mod alarm;
mod composite;
mod evaluate;
mod faults;
mod math;
mod metric;
pub mod ops;
mod series;
mod state;
mod statistic;
mod view;

#[cfg(test)]
mod tests;

pub use actions::alarms_that_do;
use base::Rng;
use sim::api::{Protocol, Service};
use sim::{Config, Subscriber, Subscription, System, World};
pub use state::State;

use crate::metrics::Measured;

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE])
    .with_view(view::view)
    .subscribed(&[Subscription::of::<State, Measured>()]);

/// The registry entry. Clients choose JSON among the protocols that the service speaks.
pub static SERVICE: Service = Service {
    name: "cloudwatch",
    title: "Amazon CloudWatch",
    protocol: Protocol::Json {
        version: "1.0",
        target: "GraniteServiceVersion20100801",
        errors: "",
    },
    signing_name: "monitoring",
    api_version: "2010-08-01",
    xml_namespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
    operations: ops::ALL,
    refused: ops::REFUSED,
};

impl sim::State for State {
    const NAME: &'static str = "cloudwatch";
    type Event = state::Event;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(world: &mut World, event: state::Event) {
        evaluate::happen(world, &event);
    }
}

impl Subscriber<Measured> for State {
    fn notify(world: &mut World, news: &Measured) {
        evaluate::take(world, news);
    }
}

//! AWS CloudFormation (API version 2010-05-15): templates, stacks and change sets. Whatever a stack
//! makes, it makes by the operations of other services, as the person who asked for the stack.
//!
//! Source: CloudFormation API reference, User Guide and template reference. Deliberately absent, and
//! refused by name: stack sets, drift, stack policies, macros and transforms, rules, types and
//! modules, imports of resources, refactoring, generated templates, estimates of cost, hooks.

mod durations;
mod engine;
mod errors;
mod job;
mod kinds;
pub mod ops;
mod shapes;
mod state;
mod template;
mod text;
mod view;

#[cfg(test)]
mod tests;

use base::Rng;
pub use ops::handles;
pub use ops::source::{knows_template, nested_template_urls, template_object, template_urls};
use sim::api::{Protocol, Service};
use sim::{Config, System, World};
pub use state::State;
pub use template::template_parameters;

/// The system: a line in the list of systems.
pub static SYSTEM: System =
    System::of::<State>(&[&SERVICE, &ops::source::TEXTS, &ops::handles::HANDLES])
        .with_view(view::view);

/// How the service speaks.
const PROTOCOL: Protocol = Protocol::Query;

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "cloudformation",
    title: "AWS CloudFormation",
    protocol: PROTOCOL,
    signing_name: "cloudformation",
    api_version: "2010-05-15",
    xml_namespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
    operations: ops::ALL,
    refused: ops::REFUSED,
};

impl sim::State for State {
    const NAME: &'static str = "cloudformation";
    type Event = engine::Event;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(world: &mut World, event: engine::Event) {
        engine::happen(world, &event);
    }
}

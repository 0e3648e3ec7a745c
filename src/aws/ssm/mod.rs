//! Systems Manager's Parameter Store (API version 2014-11-06): parameters with their versions, labels
//! and tags, hierarchies of them, and the public ones below `/aws/service`.
//!
//! Source: the Systems Manager API reference and user guide, "Parameter Store". A `SecureString` is
//! encrypted with the account's `alias/aws/ssm`, whose key policy lets everybody decrypt who may read
//! the parameter; there are no other keys. Its value is [sealed](value::Sealed) wherever it is written
//! down. Deliberately absent, and refused by name: all of Systems Manager beside parameters, and
//! parameter policies.

mod faults;
mod filters;
pub mod ops;
mod parameter;
mod public;
mod selector;
mod state;
mod value;
mod view;

#[cfg(test)]
mod tests;

use base::Rng;
use sim::api::{Protocol, Service};
use sim::{Config, Never, System, World};
pub use state::State;
pub use value::{open, seal};

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE]).with_view(view::view);

/// How the service speaks.
const PROTOCOL: Protocol = Protocol::Json { version: "1.1", target: "AmazonSSM", errors: "" };

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "ssm",
    title: "Amazon Simple Systems Manager (SSM)",
    protocol: PROTOCOL,
    signing_name: "ssm",
    api_version: "2014-11-06",
    xml_namespace: "",
    operations: ops::ALL,
    refused: ops::REFUSED,
};

impl sim::State for State {
    const NAME: &'static str = "ssm";
    type Event = Never;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(_: &mut World, event: Never) {
        match event {}
    }
}

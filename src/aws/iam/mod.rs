//! Identity and Access Management: users, groups, roles, policies and access keys.
//!
//! Follows the IAM API reference, version 2010-05-08. Deliberately absent, and refused by name:
//! identity providers, certificates and other credentials than keys and passwords, reports, and what
//! belongs to organizations.

pub(crate) mod credentials;
pub(crate) mod effective_policies;
pub mod last_use;
mod managed;
pub(crate) mod mfa;
pub mod ops;
mod password;
mod qr;
pub(crate) mod rules;
pub mod service_linked;
pub mod shapes;
pub(crate) mod state;
pub mod trusted;

#[cfg(test)]
mod tests;

use base::Rng;
pub use credentials::{credential, root_credential};
use sim::api::{Protocol, Service};
use sim::{Config, System, World};
pub use state::{Event, State};

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE]);

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "iam",
    title: "AWS Identity and Access Management",
    protocol: Protocol::Query,
    signing_name: "iam",
    api_version: "2010-05-08",
    xml_namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    operations: ops::ALL,
    refused: ops::REFUSED,
};

impl sim::State for State {
    const NAME: &'static str = "iam";
    type Event = Event;

    fn new(config: &Config, rng: &mut Rng) -> Self {
        Self::fresh(config, rng)
    }

    fn happen(world: &mut World, event: Event) {
        match event {
            Event::RoleGoes { task } => world.get_mut::<Self>().end_deletion(&task),
        }
    }
}

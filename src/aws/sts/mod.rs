//! Security Token Service: who am I, and temporary credentials.
//!
//! Follows the STS API reference, version 2011-06-15. Deliberately absent: web identities, SAML
//! and federated users, since the world has no identity providers.

pub mod ops;
pub mod state;

#[cfg(test)]
mod tests;

use base::Rng;
use sim::api::{Protocol, Service};
use sim::{Config, Never, System, World};
pub use state::State;

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE]);

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "sts",
    title: "AWS Security Token Service",
    protocol: Protocol::Query,
    signing_name: "sts",
    api_version: "2011-06-15",
    xml_namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    operations: ops::ALL,
    refused: ops::REFUSED,
};

impl sim::State for State {
    const NAME: &'static str = "sts";
    type Event = Never;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(_: &mut World, event: Never) {
        match event {}
    }
}

//! Identity and Access Management: users, groups, roles, policies and access keys.
//!
//! Follows the IAM API reference, version 2010-05-08. Deliberately absent: identity
//! providers, certificates and other credentials than keys and passwords, and the recording of when
//! a key was last used (a request that only reads changes nothing in this world).

pub(crate) mod credentials;
pub(crate) mod effective_policies;
mod managed;
pub(crate) mod mfa;
pub mod ops;
mod password;
mod qr;
pub(crate) mod rules;
pub mod shapes;
pub(crate) mod state;

#[cfg(test)]
mod tests;

use base::Rng;
pub use credentials::{credential, root_credential};
use sim::api::{Protocol, Service};
use sim::{Config, Never, System, World};
pub use state::State;

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
    type Event = Never;

    fn new(config: &Config, rng: &mut Rng) -> Self {
        Self::fresh(config, rng)
    }

    fn happen(_: &mut World, event: Never) {
        match event {}
    }
}

//! Simple Storage Service: buckets, objects and their versions.
//!
//! Follows the S3 API reference, version 2006-03-01. Bodies are blobs outside of the world.

mod access;
mod acl;
mod bucket_name;
mod checksum;
mod conditions;
mod copy;
mod customer_key;
pub mod delivery;
mod draft;
mod encoded_word;
mod errors;
mod identifiers;
mod keys;
mod lifecycle;
mod listing;
mod names;
mod object;
mod object_lock;
pub mod ops;
mod payer;
mod permit;
mod policies;
mod read;
mod shape;
mod state;
mod store;
pub mod view;

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_cross_origin;
#[cfg(test)]
mod tests_customer_key;
#[cfg(test)]
mod tests_lifecycle;
#[cfg(test)]
mod tests_object_lock;

use base::Rng;
use sim::api::{Protocol, Service};
use sim::{Config, System, World};
pub use state::State;

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE, &ACCESS]).shaped_by(shape::PART);

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "s3",
    title: "Amazon Simple Storage Service",
    protocol: Protocol::RestXml,
    signing_name: "s3",
    api_version: "2006-03-01",
    xml_namespace: "http://s3.amazonaws.com/doc/2006-03-01/",
    operations: ops::ALL,
    refused: ops::REFUSED,
};

/// What would be allowed: a service of the lab's own.
static ACCESS: Service = Service {
    name: "access",
    title: "What would be allowed in the lab",
    protocol: Protocol::Lab,
    signing_name: "access",
    api_version: "",
    xml_namespace: "",
    operations: ops::would_allow::ALL,
    refused: &[],
};

impl sim::State for State {
    const NAME: &'static str = "s3";
    type Event = lifecycle::Midnight;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(world: &mut World, _: lifecycle::Midnight) {
        lifecycle::work_off(world);
    }
}

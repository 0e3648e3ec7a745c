//! A registry of container images: repositories with blobs, manifests and tags.
//!
//! Follows the OCI distribution specification 1.1 and, where that leaves the wording open, the
//! reference registry. What the learner pushes is checked here as a registry checks it; bytes are
//! not seen: a blob is known by its digest and length, a manifest is kept as the text that it is.
//! Uploads under way are the listener's and no part of the world. Who may push is asked at the
//! listener too. Deliberately absent: signatures and schema 1 manifests, which no engine makes now.

pub mod digest;
mod errors;
mod images;
mod manifest;
mod names;
pub mod ops;
mod state;

#[cfg(test)]
mod tests;

use base::Rng;
pub use errors::{Refusal, refusal};
pub use images::{Image, account_host, can_be_tag};
pub use manifest::BYTES_MAX as MANIFEST_BYTES_MAX;
pub use names::check_name;
use sim::api::{Protocol, Service};
use sim::{Config, Never, System, World};
pub use state::State;

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE]);

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "registry",
    title: "Container image registry",
    protocol: Protocol::Distribution,
    signing_name: "registry",
    api_version: "v2",
    xml_namespace: "",
    operations: ops::ALL,
    refused: &[],
};

impl sim::State for State {
    const NAME: &'static str = "registry";
    type Event = Never;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(_: &mut World, event: Never) {
        match event {}
    }
}

//! Amazon ECR (API version 2015-09-21): an account's own registry of images in each region.
//!
//! The images themselves (manifests, tags, blobs) are kept by the embedded registry, under names that
//! begin with the host of the account's registry; here stands what ECR alone knows of them. What
//! `docker` asks of that host comes in by [`distribution`], under the same rules and permissions.
//! Deliberately absent: replication, pull-through caches, signing, the archive, enhanced scanning and
//! keys of KMS; each is refused by name.
//! Source: the ECR user guide and API reference.

pub mod distribution;
mod errors;
mod finding;
mod image;
mod lifecycle;
pub mod ops;
mod page;
mod permit;
pub mod place;
mod push;
mod repository_policy;
mod scan;
mod shape;
mod state;
mod token;
mod view;
mod wildcard;

#[cfg(test)]
mod tests;

use base::Rng;
use sim::api::{Protocol, Service};
use sim::{Config, System, World};
pub use state::State;

/// The system: a line in the list of systems.
pub static SYSTEM: System =
    System::of::<State>(&[&SERVICE, &DISTRIBUTION]).with_view(view::view).shaped_by(shape::PART);

/// How the service speaks.
pub(crate) const PROTOCOL: Protocol = Protocol::Json {
    version: "1.1",
    target: "AmazonEC2ContainerRegistry_V20150921",
    errors: "com.amazonaws.ecr",
};

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "ecr",
    title: "Amazon Elastic Container Registry",
    protocol: PROTOCOL,
    signing_name: "ecr",
    api_version: "2015-09-21",
    xml_namespace: "",
    operations: ops::ALL,
    refused: ops::REFUSED,
};

/// The registry entry of what `docker` asks of the registry's host.
pub static DISTRIBUTION: Service = Service {
    name: "ecr-distribution",
    title: "Registry host of Amazon ECR",
    protocol: Protocol::Distribution,
    signing_name: "ecr",
    api_version: "v2",
    xml_namespace: "",
    operations: distribution::ALL,
    refused: &[],
};

impl sim::State for State {
    const NAME: &'static str = "ecr";
    type Event = state::Event;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(world: &mut World, event: state::Event) {
        match event.what {
            state::What::Scanned(digest, begun) => {
                scan::completed(world, &event.place, &event.repository, &digest, begun);
            }
            state::What::Evaluate(since) => {
                lifecycle::evaluate(world, event.place, event.repository, since);
            }
            state::What::Previewed(begun) => {
                lifecycle::previewed(world, &event.place, &event.repository, begun);
            }
        }
    }
}

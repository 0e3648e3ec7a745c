//! Elastic Compute Cloud: virtual machines and the networks they stand in.
//!
//! Follows the EC2 API reference, version 2016-11-15. Every region of an account begins with its
//! default VPC, a function of the world's seed and of the region's name alone; a region is kept once
//! something in it has been changed. Deliberately absent: IPv6, peering and everything that connects
//! networks with others, fleets, spot and reserved capacity.

pub mod addressing;
pub mod catalogue;
pub mod cidr;
pub mod console;
mod dark;
pub mod defaults;
pub mod durations;
pub mod error;
pub mod event;
pub mod filter;
pub mod guests;
pub mod happen;
pub mod ids;
pub mod images;
pub mod instances;
pub mod interfaces;
pub mod keys;
mod known_images;
pub mod lifecycle;
pub mod limits;
pub mod lookup;
pub mod machine;
pub mod managed;
mod map;
mod names;
pub mod nat;
pub mod network;
pub mod news;
pub mod ops;
pub mod outage;
mod own_image;
pub mod portrait;
mod quota;
pub mod reach;
pub mod refused;
pub mod region;
pub mod shapes;
pub mod state;
pub mod storage;
pub mod tags;
pub mod templates;
pub mod tokens;
pub mod view;
pub mod volumes;
pub mod zones;

#[cfg(test)]
mod tests;

use base::Rng;
use sim::api::{Protocol, Service};
use sim::{Config, System, World};
pub use state::State;

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE, &outage::SERVICE])
    .naming(names::naming)
    .with_view(view::view)
    .shaped_by(quota::PART);

/// The public parameters of the Systems Manager that lead to machine images of a region: their names,
/// and the ids of the images.
pub fn image_parameters(region: &str) -> impl Iterator<Item = (&'static str, String)> {
    let images = catalogue::images::IMAGES.iter();
    images.flat_map(move |image| {
        let id = image.id(region);
        image.parameters.iter().map(move |name| (*name, id.clone()))
    })
}

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "ec2",
    title: "Amazon Elastic Compute Cloud",
    protocol: Protocol::Ec2,
    signing_name: "ec2",
    api_version: "2016-11-15",
    xml_namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
    operations: ops::ALL,
    refused: refused::REFUSED,
};

impl sim::State for State {
    const NAME: &'static str = "ec2";
    type Event = event::Event;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(world: &mut World, event: event::Event) {
        state::happen(world, &event, happen::happen);
    }
}

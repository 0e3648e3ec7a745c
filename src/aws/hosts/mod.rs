//! The simulated Linux behind every EC2 instance: it boots when the instance gets power, runs the user
//! data, answers at the instance's addresses, and goes with it.
//!
//! A host is made when somebody first has to do with it (its user data, a login, a request that reaches
//! it), as it has become by then: ten thousand instances that nobody enters cost nothing but their
//! entries. What runs in it takes lab time, by events of this system. What it asks of the network is
//! answered by [`network`], through EC2's routes, ACLs and groups. Who logs in does so by the operations
//! of [`ops`], which are the lab's own and no API of AWS; the listener for SSH uses them.
//!
//! Not built: containers of the learner's engine in the place of a host, further volumes as disks,
//! UDP, IPv6, `ssh` from one host to another, and `aws` on a host, which would need the host's files in
//! the place of the learner's.
#![allow(
    clippy::format_push_string,
    reason = "scripts and logs are put together here; it reads better"
)]

pub mod address;
pub mod boot;
pub mod cloud;
pub mod disks;
pub mod durations;
pub mod identity;
pub mod life;
pub mod network;
pub mod ops;
pub mod pump;
pub mod sessions;
pub mod sftp;
pub mod shown;
pub mod state;
pub mod trace;

#[cfg(test)]
mod tests;

use aws::ec2::news::{DiskTurned, InstanceTurned};
use aws::ec2::outage::ZoneTurned;
use base::Rng;
use sim::api::{Protocol, Service};
use sim::{Config, Subscriber, Subscription, System, World};
pub use state::{Event, State};

/// The system: a line in the list of systems.
pub static SYSTEM: System = System::of::<State>(&[&SERVICE])
    .subscribed(&[
        Subscription::of::<State, InstanceTurned>(),
        Subscription::of::<State, ZoneTurned>(),
        Subscription::of::<State, DiskTurned>(),
    ])
    .answering(network::answering);

/// The registry entry.
pub static SERVICE: Service = Service {
    name: "hosts",
    title: "The hosts behind instances",
    protocol: Protocol::Lab,
    signing_name: "hosts",
    api_version: "",
    xml_namespace: "",
    operations: ops::ALL,
    refused: &[],
};

impl sim::State for State {
    const NAME: &'static str = "hosts";
    type Event = Event;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(world: &mut World, event: Event) {
        life::happen(world, &event);
    }
}

/// When the power is back, EC2 says of each instance that it boots anew.
impl Subscriber<ZoneTurned> for State {
    fn notify(world: &mut World, news: &ZoneTurned) {
        if !news.on {
            life::dark(world, &news.instances);
        }
    }
}

impl Subscriber<InstanceTurned> for State {
    fn notify(world: &mut World, news: &InstanceTurned) {
        life::turn(world, news);
    }
}

impl Subscriber<DiskTurned> for State {
    fn notify(world: &mut World, news: &DiskTurned) {
        disks::turn(world, news);
    }
}

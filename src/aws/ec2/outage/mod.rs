//! Availability Zones whose power is out.
//!
//! Nothing that AWS offers does this; it is what a lab does to a region to see who stays. Instances of a
//! dark zone go on being `running`, since that is what EC2 was asked for, but no packet gets to them or
//! away from them, their status checks fail, and none can be launched or started there. When the power
//! is back they boot anew. Who runs something in a zone without being an instance hears [`ZoneTurned`].
//! Deliberately absent: volumes and NAT gateways that fail by themselves, zones that are half there.

pub mod ops;

#[cfg(test)]
mod tests;

use std::time::Duration;

use super::error::refuse;
use super::region::Region;
use super::state::{State, look_at};
use super::zones;
use crate::place::Place;
use base::Time;
use sim::World;
use sim::api::{ApiError, Protocol, Service};

/// From the power's going until status checks say so: they are made every minute (EC2 User Guide, "Status
/// checks for Amazon EC2 instances").
const NOTICED: Duration = Duration::from_mins(1);

/// The lab's own service.
pub static SERVICE: Service = Service {
    name: "zones",
    title: "The power of Availability Zones",
    protocol: Protocol::Lab,
    signing_name: "zones",
    api_version: "",
    xml_namespace: "",
    operations: ops::ALL,
    refused: &[],
};

/// Told when the power of a zone goes or comes back, behind the change and in the same operation.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ZoneTurned {
    pub place: Place,
    /// `us-east-1a`
    pub zone: String,
    /// Whether it has power now.
    pub on: bool,
    /// The instances of the zone that were running.
    pub instances: Vec<String>,
}

impl Region {
    /// Whether status checks say already that a zone is out.
    pub(super) fn seen_dark(&self, zone: &str, now: Time) -> bool {
        self.dark.since(zone).is_some_and(|since| since.plus(NOTICED) <= now)
    }

    /// That a zone has room for an instance of this type.
    ///
    /// # Errors
    /// `InsufficientInstanceCapacity`.
    pub(super) fn room(&self, zone: &str, kind: &str) -> Result<(), ApiError> {
        if !self.dark.has(zone) {
            return Ok(());
        }
        let others = zones::names(&self.place.region);
        let others: Vec<String> = others.into_iter().filter(|own| !self.dark.has(own)).collect();
        let message = format!(
            "We currently do not have sufficient {kind} capacity in the Availability Zone you requested \
             ({zone}). Our system will be working on provisioning additional capacity. You can currently \
             get {kind} capacity by not specifying an Availability Zone in your request or choosing {}.",
            others.join(", ")
        );
        Err(refuse("InsufficientInstanceCapacity", message))
    }
}

/// Whether a zone has no power.
#[must_use]
pub fn is_dark(world: &World, place: &Place, zone: &str) -> bool {
    look_at(world, place).dark.has(zone)
}

/// Whether an instance runs and its status checks say that nothing is heard of it.
#[must_use]
pub fn is_impaired(world: &World, place: &Place, instance: &str) -> bool {
    let region = world.get::<State>().regions.get(place);
    let machine = region.and_then(|region| Some((region, region.instances.get(instance)?)));
    machine.is_some_and(|(region, machine)| {
        machine.running_since.is_some() && region.seen_dark(&machine.zone, world.now())
    })
}

//! What a name or an address means: to the learner's machine, and inside of a VPC.

use std::net::Ipv4Addr;

use aws::ec2::guests::{self, Place};
use aws::ec2::reach::{self, End, Packet, Payload, Stop};
use sim::World;
use sim::names::Query;

use crate::durations::{BOOT, DEAF};
use crate::state::{Power, State};

/// Somewhere outside of every VPC: where the learner sits. The address is one that is kept for
/// documentation (RFC 5737), unless another is given.
pub const LEARNER: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 10);

/// A port from which connections come.
pub(crate) const FROM: u16 = 50_000;

/// What stands at an address that the learner's machine turns to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// It is none of this world's.
    Foreign,
    /// It was an instance's, or is an elastic one that nothing is behind.
    Nobody(Ipv4Addr),
    /// A private address of an instance, to which nothing leads from outside.
    Private(Place, String),
    Instance(Place, String, Ipv4Addr),
}

/// What a name or address means outside of all VPCs.
#[must_use]
pub fn outside(world: &World, host: &str) -> Found {
    let address = host.parse::<Ipv4Addr>().ok().or_else(|| resolved(world, host));
    if let Some(address) = address
        && let Some((place, instance)) = guests::by_public(world, address)
    {
        return Found::Instance(place, instance, address);
    }
    if let Some(address) = address {
        let state = world.get::<State>();
        if state.addresses.contains(&address) || guests::is_elastic(world, address) {
            return Found::Nobody(address);
        }
    }
    let Some(address) = address.or_else(|| guests::private_name(host)) else {
        return Found::Foreign;
    };
    let mut all = world.get::<State>().guests.iter();
    let own = all.find(|(id, guest)| {
        let facts = guests::facts(world, &guest.place, id);
        facts.is_some_and(|facts| facts.address == address)
    });
    own.map_or(Found::Foreign, |(id, guest)| Found::Private(guest.place.clone(), id.clone()))
}

/// The address of a name, as a resolver outside of all VPCs says it.
pub(crate) fn resolved(world: &World, host: &str) -> Option<Ipv4Addr> {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let reply = world.resolve(&Query::new(&name, "A", None))?;
    reply.values("A").find_map(|text| text.parse().ok())
}

/// Whether a connection from an address outside gets to a port of an instance, and an answer back.
///
/// # Errors
/// What stops it.
pub fn from_outside(
    world: &World,
    place: &Place,
    address: Ipv4Addr,
    source: Ipv4Addr,
    port: u16,
) -> Result<(), Stop> {
    let packet = Packet {
        from: End::Address(source),
        to: End::Address(address),
        payload: Payload::Tcp(FROM, port),
        is_answer: false,
    };
    reach::exchange_at(world, place, &packet).map(drop)
}

/// How a port of an instance answers to a connection that has got there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Port {
    /// Its system has not come so far that it answers anything.
    Silent,
    Refused,
    Open,
}

/// How a port answers.
#[must_use]
pub fn port(world: &World, instance: &str, port: u16) -> Port {
    let Some(guest) = world.get::<State>().guests.get(instance) else { return Port::Silent };
    let deaf = match guest.power {
        Power::Off => true,
        Power::Booting(until) => world.now().plus(BOOT) < until.plus(DEAF),
        Power::Up(_) => false,
    };
    // Nobody has changed what a fresh host listens on.
    let listens = guest.host.as_ref().map_or(port == 22, |host| host.listens(port));
    match (deaf, guest.up().is_some() && listens) {
        (true, _) => Port::Silent,
        (false, true) => Port::Open,
        (false, false) => Port::Refused,
    }
}

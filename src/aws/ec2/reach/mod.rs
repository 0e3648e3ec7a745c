//! Whether a packet arrives, one way at a time, and if it does not, what stops it.
//!
//! A pure function over routes, network ACLs and security groups (Amazon VPC User Guide, "Route
//! tables", "Control subnet traffic with network access control lists", "Control traffic to your AWS
//! resources using security groups"). Security groups remember connections, so an answer passes them;
//! network ACLs remember nothing, so an answer must pass them by its own ports.

mod filters;
mod stop;
mod walk;

use std::net::Ipv4Addr;

pub use stop::Stop;

use super::region::{Place, Region};
use super::state::{look, look_at};
use sim::{Cx, World};

/// Where a packet begins or ends.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum End {
    /// A network interface of the region, by its id.
    Interface(String),
    /// Whoever has this address: an interface of the region by its public one, or somebody outside.
    Address(Ipv4Addr),
}

/// What a packet carries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Payload {
    /// From this port, to that one.
    Tcp(u16, u16),
    /// From this port, to that one.
    Udp(u16, u16),
    /// A type and a code.
    Icmp(u8, u8),
}

/// A packet.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Packet {
    pub from: End,
    pub to: End,
    pub payload: Payload,
    /// Whether it answers one that has arrived.
    pub is_answer: bool,
}

/// An echo request (RFC 792).
const ECHO: u8 = 8;

impl Payload {
    /// What an answer carries.
    #[must_use]
    pub fn answer(self) -> Self {
        match self {
            Self::Tcp(from, to) => Self::Tcp(to, from),
            Self::Udp(from, to) => Self::Udp(to, from),
            Self::Icmp(ECHO, code) => Self::Icmp(0, code),
            Self::Icmp(kind, code) => Self::Icmp(kind, code),
        }
    }
}

/// How a packet looks where it arrives.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Arrival {
    /// The address that it seems to come from.
    pub source: Ipv4Addr,
    /// The interface that it came to; none when it left for the outside.
    pub interface: Option<String>,
    /// What it went through, in order: ids of interfaces, subnets, route tables and gateways.
    pub through: Vec<String>,
}

/// Where a packet of a region gets to.
///
/// # Errors
/// What stops it.
pub fn send(world: &World, cx: &Cx<'_>, packet: &Packet) -> Result<Arrival, Stop> {
    walk::walk(&look(world, cx), packet)
}

/// Whether a packet arrives and an answer to it comes back.
///
/// # Errors
/// What stops either; an answer is stopped by [`Stop::Answer`].
pub fn exchange(world: &World, cx: &Cx<'_>, packet: &Packet) -> Result<Arrival, Stop> {
    round(&look(world, cx), packet)
}

/// The same in a place, for whoever has no request.
///
/// # Errors
/// As [`exchange`].
pub fn exchange_at(world: &World, place: &Place, packet: &Packet) -> Result<Arrival, Stop> {
    round(&look_at(world, place), packet)
}

/// As [`exchange`], in a region that was looked up.
pub(super) fn round(region: &Region, packet: &Packet) -> Result<Arrival, Stop> {
    let arrival = walk::walk(region, packet)?;
    let answer = Packet {
        from: arrival.interface.clone().map_or_else(|| packet.to.clone(), End::Interface),
        to: packet.from.clone(),
        payload: packet.payload.answer(),
        is_answer: true,
    };
    match walk::answer(region, &answer, arrival.source) {
        Ok(_) => Ok(arrival),
        Err(stop) => Err(Stop::Answer(Box::new(stop))),
    }
}

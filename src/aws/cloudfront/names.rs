//! What the names of distributions stand for: addresses of edges.
//!
//! Source: Route 53 developer guide, "Routing traffic to an Amazon CloudFront web distribution" (the zone
//! of all of them); the addresses are some of those that AWS publishes for CloudFront.

use std::net::Ipv4Addr;

use base::Rng;
use sim::World;
use sim::names::{Code, Query, Reply};

use crate::edge::DOMAIN;
use crate::state::State;

/// The hosted zone of every distribution.
const ZONE: &str = "Z2FDTNDATAQYW2";
/// Seconds for which an answer may be kept.
const TTL: u64 = 60;
/// Addresses of an answer.
const ADDRESSES: u8 = 4;

/// What the name of a distribution stands for; nothing when it is no such name.
pub(crate) fn naming(world: &World, query: &Query<'_>) -> Option<Reply> {
    query.name.strip_suffix(DOMAIN)?.strip_suffix('.')?;
    let zone = Some(ZONE);
    if !world.get::<State>().domains.contains_key(query.name) {
        return Some(Reply { zone, ..Reply::only(Code::NxDomain) });
    }
    // Each distribution has its own addresses out of 13.224.0.0/14.
    let mut rng = Rng::labelled(world.config().seed, query.name);
    let byte = |rng: &mut Rng, bound| u8::try_from(rng.below(bound)).unwrap_or(0);
    let (second, third) = (224 + byte(&mut rng, 4), byte(&mut rng, 256));
    let first = byte(&mut rng, 64);
    let address = |n: u8| Ipv4Addr::new(13, second, third, first + 48 * n);
    let addresses = (0..ADDRESSES).map(address).filter(|_| query.kind == "A");
    Some(Reply { zone, ..Reply::addresses(query.name, TTL, addresses) })
}

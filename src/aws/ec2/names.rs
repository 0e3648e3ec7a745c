//! What the names of instances stand for: public ones everywhere, private ones in their networks.
//!
//! Source: Amazon VPC User Guide, "DNS attributes for your VPC"; EC2 User Guide, "EC2 instance
//! hostnames and domains".

use std::net::Ipv4Addr;

use sim::World;
use sim::names::{Code, Query, Reply};

use super::guests;

/// Seconds for which the name server of a network lets its answers be kept.
const TTL: u64 = 60;

/// What a name of an instance stands for; nothing when it is no such name.
pub(super) fn naming(world: &World, query: &Query<'_>) -> Option<Reply> {
    let found = match (guests::public_name(query.name), query.from) {
        (Some(address), None) => address,
        (Some(address), Some((region, vpc))) => {
            inside(world, region, vpc, address).unwrap_or(address)
        }
        (None, Some((region, _))) => {
            let host = query.name.strip_suffix(guests::private_domain(region).as_str())?;
            let host = host.strip_suffix('.')?;
            if host.contains('.') {
                return Some(Reply::only(Code::NxDomain));
            }
            match guests::private_name(host) {
                Some(address) => address,
                None => return Some(Reply::only(Code::NxDomain)),
            }
        }
        (None, None) => return None,
    };
    let addresses = Some(found).filter(|_| query.kind == "A");
    Some(Reply::addresses(query.name, TTL, addresses))
}

/// The private address of an instance that has a public one: its public name means this one in its own
/// network.
fn inside(world: &World, region: &str, vpc: &str, address: Ipv4Addr) -> Option<Ipv4Addr> {
    let (place, instance) = guests::by_public(world, address)?;
    let facts = guests::facts(world, &place, &instance)?;
    let named = guests::dns(world, &place, vpc) == Some((true, true));
    (named && place.region == region && facts.vpc == vpc).then_some(facts.address)
}

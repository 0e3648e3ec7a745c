//! What the names of load balancers stand for: the addresses of their nodes.
//!
//! Source: Elastic Load Balancing User Guide, "How Elastic Load Balancing works": the name of an
//! internet-facing balancer leads to public addresses and may be kept for a minute, that of an internal
//! one to private addresses, whoever asks.

use sim::World;
use sim::names::{Code, Query, Reply};

use crate::balancer::hosted_zone;
use crate::shapes::balancer::Scheme;
use crate::state::State;

/// Seconds for which an answer may be kept.
const TTL: u64 = 60;
/// What a name may have before it when addresses of both kinds are wanted.
const DUALSTACK: &str = "dualstack.";

/// What a name of a load balancer stands for; nothing when it is no such name.
pub(crate) fn naming(world: &World, query: &Query<'_>) -> Option<Reply> {
    let front = query.name.strip_suffix(".elb.amazonaws.com")?;
    let (_, region) = front.rsplit_once('.')?;
    let zone = hosted_zone(region);
    let state = world.get::<State>();
    let name = query.name.strip_prefix(DUALSTACK).unwrap_or(query.name);
    let found =
        state.names.get(name).and_then(|(place, arn)| state.region(place).balancers.get(arn));
    let Some(balancer) = found else {
        return Some(Reply { zone, ..Reply::only(Code::NxDomain) });
    };
    let addresses = balancer.zones.iter().filter_map(|zone| match balancer.scheme {
        Scheme::Internal => Some(zone.private),
        Scheme::InternetFacing => zone.public,
    });
    let addresses = addresses.filter(|_| query.kind == "A");
    Some(Reply { zone, ..Reply::addresses(query.name, TTL, addresses) })
}

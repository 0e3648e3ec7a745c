//! What a host hears from the name server of its network.

use std::net::Ipv4Addr;

use aws::ec2::guests::{self, Facts};
use host::{Name, Names};
use sim::World;
use sim::names::{Code, Query, Reply};

/// What the name server answers; nothing when there is none, or nothing simulated has the name. A name
/// without a dot is looked for in the domain of the region's hosts, as the options of DHCP say.
pub(super) fn ask(world: &World, facts: &Facts, name: &str, kind: &str) -> Option<Reply> {
    let place = &facts.place;
    let (support, _) = guests::dns(world, place, &facts.vpc)?;
    if !support {
        return None;
    }
    let full = match name.trim_end_matches('.') {
        short if !short.contains('.') => {
            format!("{short}.{}", guests::private_domain(&place.region))
        }
        full => full.to_owned(),
    };
    world.resolve(&Query::new(&full.to_ascii_lowercase(), kind, Some((&place.region, &facts.vpc))))
}

/// What `dig` and its kin hear; nothing when the network has no name server. Of what nothing simulated
/// knows the server cannot find out.
pub(super) fn told(world: &World, facts: &Facts, name: &str, kind: &str) -> Option<Names> {
    let (support, _) = guests::dns(world, &facts.place, &facts.vpc)?;
    if !support {
        return None;
    }
    let reply = ask(world, facts, name, kind).unwrap_or_else(|| Reply::only(Code::ServFail));
    let record = |record: sim::names::Record| Name {
        name: record.name,
        ttl: record.ttl,
        kind: record.kind,
        value: record.value,
    };
    Some(Names {
        server: server(facts).map(|address| address.to_string()).unwrap_or_default(),
        code: reply.code.name().to_owned(),
        records: reply.records.into_iter().map(record).collect(),
    })
}

/// The name server of a network: the third address of its block (Amazon VPC User Guide, "Amazon DNS
/// server").
fn server(facts: &Facts) -> Option<Ipv4Addr> {
    let base: Ipv4Addr = facts.vpc_block.split('/').next()?.parse().ok()?;
    base.to_bits().checked_add(2).map(Ipv4Addr::from_bits)
}

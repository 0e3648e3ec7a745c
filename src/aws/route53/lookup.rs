//! Whom a resolver asks for a name, and what it hears.
//!
//! Inside of a network that has DNS switched on, the private zones that it knows come first, the most
//! specific of them, and what it does not have does not exist (developer guide, "Considerations when
//! working with a private hosted zone"). Everywhere else the name's domain is delegated to the oldest
//! public zone of it, and a name below is found by the NS records on the way down.

use aws::ec2::guests;
use aws::place::Place;
use sim::World;
use sim::names::{Code, Query, Reply};

use crate::answer;
use crate::name;
use crate::state::State;
use crate::zone::{Data, Records, Zone};

/// Who is to answer for a name.
pub(crate) enum Authority<'w> {
    /// The name servers of this zone.
    Zone(&'w str, &'w Zone),
    /// Name servers that nothing here stands for.
    Nobody,
}

/// What hosted zones say of a name; nothing when it lies in none.
pub(crate) fn naming(world: &World, query: &Query<'_>) -> Option<Reply> {
    let asked = name::parse(query.name).ok()?;
    let authority = private(world, query, &asked).or_else(|| public(world, &asked))?;
    let Authority::Zone(id, zone) = authority else { return Some(Reply::only(Code::ServFail)) };
    Some(match &zone.live {
        Some(records) => answer::answer(world, id, records, query),
        None => Reply::only(Code::ServFail),
    })
}

fn private<'w>(world: &'w World, query: &Query<'_>, asked: &str) -> Option<Authority<'w>> {
    let (region, vpc) = query.from?;
    let account = world.config().account.clone();
    let place = Place { account, region: region.to_owned() };
    if guests::dns(world, &place, vpc) != Some((true, true)) {
        return None;
    }
    let zones = world.get::<State>().zones.iter();
    let known = zones.filter(|(_, zone)| {
        zone.live.is_some() && zone.is_known_in(region, vpc) && name::within(asked, &zone.name)
    });
    let (id, zone) = known.max_by_key(|(_, zone)| zone.name.len())?;
    Some(Authority::Zone(id, zone))
}

/// The public zone that answers for a name outside of every network; nothing when no zone here is above
/// it.
pub(crate) fn public<'w>(world: &'w World, asked: &str) -> Option<Authority<'w>> {
    let zones = || {
        let all = world.get::<State>().zones.iter();
        all.filter(|(_, zone)| !zone.is_private() && zone.live.is_some())
    };
    let above = zones().filter(|(_, zone)| name::within(asked, &zone.name));
    let (mut id, mut zone) = above.min_by_key(|(_, zone)| (zone.name.len(), zone.number))?;
    while let Some((cut, servers)) = zone.live.as_deref().and_then(|r| delegated(r, zone, asked)) {
        let named = |other: &Zone| {
            other.name == cut
                && servers.iter().any(|server| {
                    let server = server.trim_end_matches('.').to_ascii_lowercase();
                    other.name_servers.contains(&server)
                })
        };
        let Some((next, found)) = zones().find(|(_, other)| named(other)) else {
            return Some(Authority::Nobody);
        };
        (id, zone) = (next, found);
    }
    Some(Authority::Zone(id, zone))
}

/// The name below a zone, on the way to another, that the zone has given away, and the servers that have
/// it.
fn delegated<'r>(records: &'r Records, zone: &Zone, asked: &str) -> Option<(String, &'r [String])> {
    let mut found = None;
    let mut rest = Some(asked);
    while let Some(name) = rest.filter(|name| *name != zone.name) {
        let order = name::order(name);
        let set = records.iter().find(|(key, _)| key.order == order && key.kind == "NS");
        if let Some(Data::Plain { values, .. }) = set.map(|(_, set)| &set.data) {
            found = Some((name.to_owned(), values.as_slice()));
        }
        rest = name::parent(name);
    }
    found
}

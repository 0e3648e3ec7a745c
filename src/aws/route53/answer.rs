//! What a name server answers from the records of one zone.
//!
//! Source: RFC 1034, 4.3.2 (with wildcards, 4.3.3), and the developer guide on routing policies and
//! aliases.

use base::Rng;
use sim::World;
use sim::names::{Code, Query, Record, Reply};

use crate::name;
use crate::shapes::record::RecordType;
use crate::zone::{Data, RecordSet, Records, Routing};

/// Seconds for which what an alias leads to may be kept, when that lies in a zone of AWS (developer
/// guide, "Choosing between alias and non-alias records").
const ALIAS_TTL: u64 = 60;
/// How many multivalue answers there are at most (developer guide, "Multivalue answer routing").
const ANSWERS_MAX: usize = 8;

/// What stands at a name: nothing when the name does not exist.
pub(crate) fn sets_at<'r>(records: &'r Records, asked: &str) -> Option<Vec<&'r RecordSet>> {
    let own = at(records, asked);
    if !own.is_empty() || exists(records, asked) {
        return Some(own);
    }
    let mut rest = asked;
    while let Some(above) = name::parent(rest) {
        let any = at(records, &format!("{}.{above}", name::ANY));
        if !any.is_empty() {
            return Some(any);
        }
        // What exists ends the search: a wildcard stands for what is missing beside it only.
        if exists(records, above) {
            return None;
        }
        rest = above;
    }
    None
}

fn at<'r>(records: &'r Records, name: &str) -> Vec<&'r RecordSet> {
    let order = name::order(name);
    let own = records.iter().filter(|(key, _)| key.order == order);
    own.map(|(_, set)| set).collect()
}

/// Whether there is anything at a name or below it.
fn exists(records: &Records, name: &str) -> bool {
    let order = name::order(name);
    records.keys().any(|key| key.order.starts_with(&order))
}

/// The record sets that answer for a type, of those at a name.
pub(crate) fn picked<'r>(
    world: &World,
    query: &Query<'_>,
    sets: &[&'r RecordSet],
    kind: &str,
) -> Vec<&'r RecordSet> {
    let of_kind: Vec<&RecordSet> =
        sets.iter().copied().filter(|set| set.kind.as_str() == kind).collect();
    let Some(first) = of_kind.first() else { return Vec::new() };
    match first.routing {
        Routing::Simple => vec![*first],
        Routing::MultiValue => {
            let start = usize::try_from(draw(world, query, first, of_kind.len() as u64));
            let mut all = of_kind.clone();
            all.rotate_left(start.unwrap_or(0));
            all.truncate(ANSWERS_MAX);
            all
        }
        Routing::Weighted(_) => weighted(world, query, &of_kind).into_iter().collect(),
    }
}

/// One of several, as often as its weight says. Where all weights are zero each is as likely as any
/// other (developer guide, "Weighted routing").
fn weighted<'r>(world: &World, query: &Query<'_>, sets: &[&'r RecordSet]) -> Option<&'r RecordSet> {
    let weight = |set: &RecordSet| match set.routing {
        Routing::Weighted(weight) => weight,
        _ => 0,
    };
    let sum: u64 = sets.iter().map(|set| weight(set)).sum();
    let first = sets.first()?;
    if sum == 0 {
        let at = draw(world, query, first, sets.len() as u64);
        return sets.get(usize::try_from(at).unwrap_or(0)).copied();
    }
    let mut left = draw(world, query, first, sum);
    for set in sets {
        let own = weight(set);
        if left < own {
            return Some(set);
        }
        left -= own;
    }
    None
}

/// A number below a bound. A resolver keeps what it heard for as long as it may, so that whoever asks it
/// again within that time hears the same; each network has a resolver of its own.
fn draw(world: &World, query: &Query<'_>, set: &RecordSet, bound: u64) -> u64 {
    let ttl = match set.data {
        Data::Plain { ttl, .. } => ttl,
        Data::Alias { .. } => ALIAS_TTL,
    };
    let ttl = i64::try_from(ttl.max(1)).unwrap_or(1);
    let (_, network) = query.from.unwrap_or_default();
    let turn = world.now().secs() / ttl;
    let label = format!("route53 {} {} {network} {turn}", set.name, set.kind.as_str());
    Rng::labelled(world.config().seed, &label).below(bound)
}

/// The answer of a zone to a question for a name that lies in it.
pub(crate) fn answer(world: &World, zone: &str, records: &Records, query: &Query<'_>) -> Reply {
    let Ok(asked) = name::parse(query.name) else { return Reply::only(Code::NxDomain) };
    let Some(sets) = sets_at(records, &asked) else { return Reply::only(Code::NxDomain) };
    let mut out = Vec::new();
    for set in picked(world, query, &sets, query.kind) {
        out.extend(values(world, zone, records, query, set));
    }
    if out.is_empty() && query.kind != RecordType::Cname.as_str() {
        for set in picked(world, query, &sets, RecordType::Cname.as_str()) {
            out.extend(values(world, zone, records, query, set));
        }
    }
    for record in &mut out {
        record.name.clone_from(&asked);
    }
    Reply::of(out)
}

/// The records of a record set, an alias followed.
fn values(
    world: &World,
    zone: &str,
    records: &Records,
    query: &Query<'_>,
    set: &RecordSet,
) -> Vec<Record> {
    match &set.data {
        Data::Plain { ttl, values } => {
            let record = |value: &String| Record {
                name: set.name.clone(),
                ttl: *ttl,
                kind: set.kind.as_str().to_owned(),
                value: value.clone(),
            };
            values.iter().map(record).collect()
        }
        // A chain without an end is no answer.
        Data::Alias { .. } if query.depth >= 8 => Vec::new(),
        Data::Alias { zone: target_zone, target, .. } => {
            let asked = target.trim_end_matches('.');
            let next = Query { name: asked, depth: query.depth + 1, ..*query };
            if target_zone == zone {
                return answer(world, zone, records, &next).records;
            }
            let reply = world.resolve(&next);
            let mut found = reply.map(|reply| reply.records).unwrap_or_default();
            found.retain(|record| record.kind == query.kind);
            for record in &mut found {
                record.ttl = ALIAS_TTL;
            }
            found
        }
    }
}

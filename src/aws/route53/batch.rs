//! A batch of changes: all are made, or none.
//!
//! Source: API reference, `ChangeResourceRecordSets`; developer guide, "Values specific for simple
//! records" and the other kinds. Changes are made one after the other, so one that takes a record set
//! away makes room for the next.

use std::collections::BTreeMap;

use sim::World;
use sim::api::ApiError;

use crate::alias;
use crate::faults::invalid_batch;
use crate::given;
use crate::name;
use crate::shapes::record::{Change, ChangeAction, RecordType};
use crate::zone::{Data, Key, RecordSet, Records, Routing, Zone};

/// Records and characters of a batch; those of `UPSERT` count twice (API reference, "Limits on
/// ChangeResourceRecordSets requests").
const RECORDS_MAX: usize = 1000;
const CHARACTERS_MAX: usize = 32_000;

/// What the records of a zone become.
///
/// # Errors
/// `InvalidInput` for a change that says too little or too much, `InvalidChangeBatch` with all that is
/// wrong otherwise.
pub(crate) fn made(
    world: &World,
    id: &str,
    zone: &Zone,
    changes: &[Change],
) -> Result<Records, ApiError> {
    changes.iter().try_for_each(given::whole)?;
    within_limits(changes)?;
    let mut wrong = Vec::new();
    let mut wanted = Vec::new();
    for change in changes {
        match given::read(&change.record_set) {
            Err(problem) => wrong.push(problem),
            Ok(set) => {
                if change.action != ChangeAction::Delete {
                    wrong.extend(given::problems(&set));
                }
                wanted.push((change.action, set));
            }
        }
    }
    if wrong.is_empty() {
        wrong.extend(repeated(&wanted));
    }
    if !wrong.is_empty() {
        return Err(invalid_batch(&wrong));
    }
    let mut records = zone.records.clone();
    for (action, set) in &wanted {
        if let Err(problem) = change(&mut records, zone, *action, set) {
            wrong.push(problem);
        }
    }
    let sets = wanted.iter().filter(|(action, _)| *action != ChangeAction::Delete);
    for (_, set) in sets {
        wrong.extend(alias::problems(world, id, zone, &records, set)?);
    }
    wrong.extend(required(&records, zone));
    if wrong.is_empty() { Ok(records) } else { Err(invalid_batch(&wrong)) }
}

fn within_limits(changes: &[Change]) -> Result<(), ApiError> {
    let (mut records, mut characters) = (0, 0);
    for change in changes {
        let times = if change.action == ChangeAction::Upsert { 2 } else { 1 };
        let values = &change.record_set.resource_records;
        records += times * values.len().max(1);
        characters += times * values.iter().map(|r| r.value.chars().count()).sum::<usize>();
    }
    if records > RECORDS_MAX {
        let message = format!("Number of records limit of {RECORDS_MAX} exceeded.");
        return Err(ApiError::new(400, "InvalidChangeBatch", message));
    }
    if characters > CHARACTERS_MAX {
        let message = format!("Number of characters limit of {CHARACTERS_MAX} exceeded.");
        return Err(ApiError::new(400, "InvalidChangeBatch", message));
    }
    Ok(())
}

/// A record set that is named more often than once may be taken away and made anew, no more.
fn repeated(wanted: &[(ChangeAction, RecordSet)]) -> Vec<String> {
    let mut of: BTreeMap<Key, Vec<ChangeAction>> = BTreeMap::new();
    for (action, set) in wanted {
        of.entry(set.key()).or_default().push(*action);
    }
    let good = |actions: &[ChangeAction]| {
        matches!(actions, [_] | [ChangeAction::Delete, ChangeAction::Create | ChangeAction::Upsert])
    };
    let wrong = of.iter().filter(|(_, actions)| !good(actions));
    wrong
        .map(|(key, _)| {
            format!(
                "The request contains an invalid set of changes for a resource record set '{} {}'",
                key.kind,
                name::of_order(&key.order)
            )
        })
        .collect()
}

fn change(
    records: &mut Records,
    zone: &Zone,
    action: ChangeAction,
    set: &RecordSet,
) -> Result<(), String> {
    let (key, called) = (set.key(), set.called());
    let found = records.get(&key);
    match action {
        ChangeAction::Delete => {
            let tried = format!("Tried to delete resource record set [{called}]");
            match found {
                None => return Err(format!("{tried} but it was not found")),
                Some(found) if !found.same(set) => {
                    return Err(format!(
                        "{tried} but the values provided do not match the current values"
                    ));
                }
                Some(_) => {}
            }
            records.remove(&key);
        }
        ChangeAction::Create if found.is_some() => {
            return Err(format!(
                "Tried to create resource record set [{called}] but it already exists"
            ));
        }
        ChangeAction::Create | ChangeAction::Upsert => {
            permitted(records, zone, set)?;
            records.insert(key, set.clone());
        }
    }
    Ok(())
}

/// Whether a record set may stand beside the others.
fn permitted(records: &Records, zone: &Zone, set: &RecordSet) -> Result<(), String> {
    let (name, kind) = (&set.name, set.kind);
    let of_type = format!("RRSet of type {} with DNS name {name} is not permitted", kind.as_str());
    if !name::within(name, &zone.name) {
        return Err(format!("RRSet with DNS name {name} is not permitted in zone {}", zone.name));
    }
    if kind == RecordType::Cname && *name == zone.name {
        return Err(format!("{of_type} at apex in zone {}", zone.name));
    }
    if kind == RecordType::Soa && *name != zone.name {
        return Err(format!("{of_type} in zone {}", zone.name));
    }
    let order = name::order(name);
    let others = |set: &&RecordSet| name::order(&set.name) == order;
    let mut all = records.values().filter(others);
    if kind == RecordType::Cname {
        if all.any(|other| other.kind != RecordType::Cname) {
            return Err(format!(
                "{of_type} as it conflicts with other records with the same DNS name in zone {}",
                zone.name
            ));
        }
    } else if all.any(|other| other.kind == RecordType::Cname) {
        return Err(format!(
            "{of_type} because a conflicting RRSet of type CNAME with the same DNS name already \
             exists in zone {}",
            zone.name
        ));
    }
    routed(records, set)
}

/// Whether a record set is chosen in the same way as the others of its name and type.
fn routed(records: &Records, set: &RecordSet) -> Result<(), String> {
    let key = set.key();
    let beside = records.iter().filter(|(other, _)| {
        other.order == key.order && other.kind == key.kind && other.set != key.set
    });
    let refused = |why: &str| {
        Err(format!(
            "RRSet with DNS name {}, type {}, SetIdentifier {} cannot be created as {why}",
            set.name,
            key.kind,
            set.set.as_deref().unwrap_or("null"),
        ))
    };
    let unrouted = matches!(set.kind, RecordType::Ns | RecordType::Soa);
    let alone = set.routing == Routing::MultiValue
        && (set.kind == RecordType::Cname || matches!(set.data, Data::Alias { .. }));
    if (unrouted && set.routing != Routing::Simple) || alone {
        return refused("its type or its values do not allow this routing policy.");
    }
    for (_, other) in beside {
        if std::mem::discriminant(&set.routing) != std::mem::discriminant(&other.routing)
            || set.routing == Routing::Simple
        {
            return refused("other RRSets exist with the same name and type.");
        }
        let ttl = |set: &RecordSet| match set.data {
            Data::Plain { ttl, .. } => Some(ttl),
            Data::Alias { .. } => None,
        };
        if let (Routing::Weighted(_), Some(one), Some(other)) = (set.routing, ttl(set), ttl(other))
            && one != other
        {
            return refused("weighted sets must contain the same TTL.");
        }
    }
    Ok(())
}

/// What every zone has to have.
fn required(records: &Records, zone: &Zone) -> Vec<String> {
    let order = name::order(&zone.name);
    let has = |kind: &str| records.keys().any(|key| key.order == order && key.kind == kind);
    let mut wrong = Vec::new();
    if !has("NS") {
        wrong.push(
            "A HostedZone must contain at least one NS record for the zone itself.".to_owned(),
        );
    }
    if !has("SOA") {
        wrong.push("A HostedZone must contain exactly one SOA record.".to_owned());
    }
    wrong
}

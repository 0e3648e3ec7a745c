//! Record sets of requests: read, and held to what each may have.
//!
//! Source: API reference, `ChangeResourceRecordSets` and `ResourceRecordSet`.

use std::collections::BTreeSet;

use sim::api::ApiError;

use crate::faults::{invalid, not_simulated};
use crate::name;
use crate::rdata;
use crate::shapes::record::{Change, RecordSetGiven, RecordType};
use crate::zone::{Data, RecordSet, Routing};

/// The longest that resolvers may keep a record, in seconds, and the greatest weight.
const TTL_MAX: i64 = 2_147_483_647;
const WEIGHT_MAX: i64 = 255;
/// Characters of a set identifier.
const SET_MAX: usize = 128;

/// What of a change is wrong by itself, before any zone is looked at.
///
/// # Errors
/// `InvalidInput`, in the service's words; `NotImplemented` for a type that is not simulated.
pub(crate) fn whole(change: &Change) -> Result<(), ApiError> {
    let given = &change.record_set;
    let set = given.set_identifier.as_deref();
    let told = format!(
        "in Change with [Action={}, Name={}, Type={}, SetIdentifier={}]",
        change.action.as_str(),
        given.name,
        given.kind.as_str(),
        set.unwrap_or("null"),
    );
    let one_of = |choices: &str, found: &str| {
        invalid(format!(
            "Invalid request: Expected exactly one of [{choices}], but found {found} {told}"
        ))
    };
    simulated(given.kind)?;
    let plain = given.ttl.is_some() || !given.resource_records.is_empty();
    let whole = given.ttl.is_some() && !given.resource_records.is_empty();
    let choices = "AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId";
    match (&given.alias_target, plain, whole) {
        (Some(_), true, _) => return Err(one_of(choices, "more than one")),
        (None, _, false) => return Err(one_of(choices, "none")),
        _ => {}
    }
    let choices = "Weight, Region, Failover, GeoLocation, MultiValueAnswer, GeoProximityLocation, \
                   or CidrRoutingConfig";
    let routed = [given.weight.is_some(), given.multi_value_answer == Some(true)];
    match (set, routed.into_iter().filter(|given| *given).count()) {
        (_, 2) => return Err(one_of(choices, "more than one")),
        (Some(_), 0) => return Err(one_of(choices, "none")),
        (None, 1) => {
            let message = format!("Invalid request: Missing field 'SetIdentifier' {told}");
            return Err(invalid(message));
        }
        _ => {}
    }
    if set.is_some_and(|set| set.is_empty() || set.chars().count() > SET_MAX) {
        return Err(invalid(format!("Invalid request: SetIdentifier has a wrong length {told}")));
    }
    if given.ttl.is_some_and(|ttl| !(0..=TTL_MAX).contains(&ttl)) {
        return Err(invalid(format!("Invalid request: TTL is out of range {told}")));
    }
    if given.weight.is_some_and(|weight| !(0..=WEIGHT_MAX).contains(&weight)) {
        return Err(invalid(format!("Invalid request: Weight is out of range {told}")));
    }
    Ok(())
}

fn simulated(kind: RecordType) -> Result<(), ApiError> {
    match kind {
        RecordType::Ds
        | RecordType::Tlsa
        | RecordType::Sshfp
        | RecordType::Svcb
        | RecordType::Https => Err(not_simulated(&format!("The type {}", kind.as_str()))),
        _ => Ok(()),
    }
}

/// The record set that is meant.
///
/// # Errors
/// What is wrong with its name, in the service's words.
pub(crate) fn read(given: &RecordSetGiven) -> Result<RecordSet, String> {
    let routing = match given.weight {
        Some(weight) => Routing::Weighted(u64::try_from(weight).unwrap_or(0)),
        None if given.multi_value_answer == Some(true) => Routing::MultiValue,
        None => Routing::Simple,
    };
    let data = match &given.alias_target {
        Some(alias) => Data::Alias {
            zone: crate::ids::bare(&alias.hosted_zone_id).to_owned(),
            target: name::parse(&alias.dns_name)?,
            evaluates: alias.evaluate_target_health,
        },
        None => Data::Plain {
            ttl: given.ttl.and_then(|ttl| u64::try_from(ttl).ok()).unwrap_or(0),
            values: given.resource_records.iter().map(|record| record.value.clone()).collect(),
        },
    };
    Ok(RecordSet {
        name: name::parse(&given.name)?,
        kind: given.kind,
        set: given.set_identifier.clone(),
        routing,
        data,
    })
}

/// What is wrong with what a record set says.
pub(crate) fn problems(set: &RecordSet) -> Vec<String> {
    let Data::Plain { values, .. } = &set.data else { return Vec::new() };
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for value in values {
        wrong.extend(rdata::check(set.kind, value).err());
        if !seen.insert(value) {
            wrong.push(format!("Duplicate Resource Record: '{value}'"));
        }
    }
    let (kind, name) = (set.kind.as_str(), &set.name);
    let single = matches!(set.kind, RecordType::Cname | RecordType::Soa);
    if single && values.len() > 1 {
        wrong.push(format!(
            "RRSet of type {kind} with DNS name {name} may have no more than one record."
        ));
    }
    wrong
}

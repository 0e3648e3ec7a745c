//! `AWS::Route53::HostedZone`, `AWS::Route53::RecordSet` and `AWS::Route53::RecordSetGroup`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Call, Failure, Kind, Outcome, PLAIN, Progress, Properties, at, list, text};

/// How long a change takes to reach the name servers, in seconds: the rest of it is waited for.
const PROPAGATION_S: u64 = 60;

pub(super) static ZONE: Kind = Kind {
    name: "AWS::Route53::HostedZone",
    properties: "HostedZoneConfig HostedZoneTags Name*! QueryLoggingConfig VPCs",
    attributes: "Id NameServers",
    makes_s: PROPAGATION_S,
    create: create_zone,
    update: update_zone,
    delete: |call, id, _| call.end("route53", "DeleteHostedZone", json!({"Id": id})),
    ready: |call, id, _| settled(call, id),
    attribute: |call, id, _, name| {
        if name == "Id" {
            return Ok(id.into());
        }
        let found = call.ask("route53", "GetHostedZone", json!({"Id": id}))?;
        // A private zone has none to tell of.
        Ok(found.pointer("/DelegationSet/NameServers").cloned().unwrap_or_else(|| json!([])))
    },
    ..PLAIN
};

/// Whether the name servers know a zone as it is.
fn settled(call: &mut Call<'_>, zone: &str) -> Outcome<Progress> {
    let told = call.ask("names", "Settled", json!({"zone": zone}))?;
    let settled = told.get("settled") == Some(&Value::Bool(true));
    Ok(if settled { Progress::Ready } else { Progress::Wait })
}

fn bare(id: &str) -> String {
    id.rsplit('/').next().unwrap_or(id).to_owned()
}

fn comment(properties: &Properties) -> Option<String> {
    properties.get("HostedZoneConfig")?.get("Comment").and_then(crate::text::text_of)
}

/// The networks of a private zone, each as the operations want it.
fn networks(properties: &Properties) -> Vec<Value> {
    let network =
        |one: &Value| json!({"VPCId": one.get("VPCId"), "VPCRegion": one.get("VPCRegion")});
    list(properties, "VPCs").iter().map(network).collect()
}

fn unlogged(properties: &Properties) -> Outcome<()> {
    if properties.contains_key("QueryLoggingConfig") {
        let text = "Encountered unsupported property QueryLoggingConfig";
        return Err(Failure::Plain(text.to_owned()));
    }
    Ok(())
}

fn create_zone(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    unlogged(properties)?;
    let networks = networks(properties);
    let reference = call.random(base::rng::LOWER, 32);
    let input = json!({
        "Name": properties.get("Name"),
        "CallerReference": reference,
        "HostedZoneConfig": properties.get("HostedZoneConfig"),
        "VPC": networks.first(),
    });
    let made = call.ask("route53", "CreateHostedZone", input)?;
    let id = bare(&at(&made, "/HostedZone/Id"));
    call.made = Some(id.clone());
    for network in networks.iter().skip(1) {
        associate(call, &id, "AssociateVPCWithHostedZone", network)?;
    }
    labelled(call, &id, &Properties::new(), properties)?;
    Ok(id)
}

fn associate(call: &mut Call<'_>, id: &str, name: &str, network: &Value) -> Outcome<()> {
    call.ask("route53", name, json!({"HostedZoneId": id, "VPC": network})).map(|_| ())
}

fn update_zone(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    unlogged(new)?;
    let said = comment(new);
    if comment(old) != said {
        let input = json!({"Id": id, "Comment": said});
        call.ask("route53", "UpdateHostedZoneComment", input)?;
    }
    let (was, is) = (networks(old), networks(new));
    // One that is new comes first: the last may not go.
    for network in is.iter().filter(|network| !was.contains(network)) {
        associate(call, id, "AssociateVPCWithHostedZone", network)?;
    }
    for network in was.iter().filter(|network| !is.contains(network)) {
        associate(call, id, "DisassociateVPCFromHostedZone", network)?;
    }
    labelled(call, id, old, new)
}

/// Labels a zone as its properties say.
fn labelled(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    let tags = |properties: &Properties| -> Map<String, Value> {
        let pair = |tag: &Value| Some((text_of(tag, "Key")?, text_of(tag, "Value")?.into()));
        list(properties, "HostedZoneTags").iter().filter_map(pair).collect()
    };
    let (was, is) = (tags(old), tags(new));
    let gone: Vec<&String> = was.keys().filter(|key| !is.contains_key(*key)).collect();
    let set: Vec<Value> = is
        .iter()
        .filter(|(key, value)| was.get(*key) != Some(value))
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect();
    if gone.is_empty() && set.is_empty() {
        return Ok(());
    }
    let mut input = json!({"ResourceType": "hostedzone", "ResourceId": id});
    if !gone.is_empty() {
        input["RemoveTagKeys"] = json!(gone);
    }
    if !set.is_empty() {
        input["AddTags"] = json!(set);
    }
    call.ask("route53", "ChangeTagsForResource", input).map(|_| ())
}

fn text_of(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(crate::text::text_of)
}

pub(super) static RECORD_SET: Kind = Kind {
    name: "AWS::Route53::RecordSet",
    properties: "AliasTarget CidrRoutingConfig Comment Failover GeoLocation GeoProximityLocation \
                 HealthCheckId HostedZoneId! HostedZoneName! MultiValueAnswer Name*! Region \
                 ResourceRecords SetIdentifier TTL Type* Weight",
    makes_s: PROPAGATION_S,
    create: |call, properties| {
        let zone = zone(call, properties)?;
        let made = json!({"Action": "CREATE", "ResourceRecordSet": record_set(properties)?});
        change(call, &zone, properties, &[made])?;
        Ok(text(properties, "Name").unwrap_or_default())
    },
    update: |call, _, old, new| {
        let zone = zone(call, new)?;
        let changes = replaced(&[record_set(old)?], &[record_set(new)?]);
        change(call, &zone, new, &changes)
    },
    delete: |call, _, properties| {
        let set = record_set(properties)?;
        removed(call, properties, &[set])
    },
    ready: |call, _, properties| {
        let zone = zone(call, properties)?;
        settled(call, &zone)
    },
    ..PLAIN
};

pub(super) static GROUP: Kind = Kind {
    name: "AWS::Route53::RecordSetGroup",
    properties: "Comment HostedZoneId! HostedZoneName! RecordSets",
    makes_s: PROPAGATION_S,
    create: |call, properties| {
        let zone = zone(call, properties)?;
        let made = |set| json!({"Action": "CREATE", "ResourceRecordSet": set});
        let changes: Vec<Value> = record_sets(properties)?.into_iter().map(made).collect();
        change(call, &zone, properties, &changes)?;
        Ok(call.name(128))
    },
    update: |call, _, old, new| {
        let zone = zone(call, new)?;
        let changes = replaced(&record_sets(old)?, &record_sets(new)?);
        change(call, &zone, new, &changes)
    },
    delete: |call, _, properties| {
        let sets = record_sets(properties)?;
        removed(call, properties, &sets)
    },
    ready: |call, _, properties| {
        let zone = zone(call, properties)?;
        settled(call, &zone)
    },
    ..PLAIN
};

/// The zone that record sets are in: by its id, or the one of its name.
fn zone(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let plain = |text: String| Err(Failure::Plain(text));
    match (text(properties, "HostedZoneId"), text(properties, "HostedZoneName")) {
        (Some(id), None) => Ok(bare(&id)),
        (None, Some(name)) => {
            let found = call.ask("route53", "ListHostedZonesByName", json!({"DNSName": name}))?;
            let full = format!("{}.", name.trim_end_matches('.').to_ascii_lowercase());
            let zones = found.get("HostedZones").and_then(Value::as_array);
            let mut own = zones.into_iter().flatten().filter(|zone| at(zone, "/Name") == full);
            match (own.next(), own.next()) {
                (Some(zone), None) => Ok(bare(&at(zone, "/Id"))),
                (None, _) => plain(format!("No hosted zones named {name} found")),
                _ => plain(format!("Found multiple hosted zones named {name}")),
            }
        }
        _ => plain("Exactly one of HostedZoneId and HostedZoneName must be specified".to_owned()),
    }
}

/// The record sets of a group, as the operation wants them.
fn record_sets(properties: &Properties) -> Outcome<Vec<Value>> {
    let sets = list(properties, "RecordSets").iter();
    let set = |set: &Value| record_set(set.as_object().unwrap_or(&Properties::new()));
    sets.map(set).collect()
}

/// A record set, as the operation wants it.
fn record_set(properties: &Properties) -> Outcome<Value> {
    let mut set = properties.clone();
    for name in ["Comment", "HostedZoneId", "HostedZoneName"] {
        set.remove(name);
    }
    if let Some(values) = set.get_mut("ResourceRecords") {
        let Some(all) = values.as_array() else {
            let text = "Value of property ResourceRecords must be of type List of String";
            return Err(Failure::Plain(text.to_owned()));
        };
        *values = all.iter().map(|value| json!({"Value": value})).collect();
    }
    if let Some(alias) = set.get_mut("AliasTarget").and_then(Value::as_object_mut) {
        alias.entry("EvaluateTargetHealth").or_insert(false.into());
    }
    Ok(Value::Object(set))
}

/// What tells a record set apart from others.
fn identity(set: &Value) -> (String, String, String) {
    let name = at(set, "/Name").trim_end_matches('.').to_ascii_lowercase();
    (name, at(set, "/Type"), at(set, "/SetIdentifier"))
}

/// The changes that make some record sets into others: what is not wanted any more goes first.
fn replaced(old: &[Value], new: &[Value]) -> Vec<Value> {
    let wanted: BTreeSet<_> = new.iter().map(identity).collect();
    let gone = old.iter().filter(|set| !wanted.contains(&identity(set)));
    let gone = gone.map(|set| json!({"Action": "DELETE", "ResourceRecordSet": set}));
    let kept = new.iter().filter(|set| !old.contains(set));
    gone.chain(kept.map(|set| json!({"Action": "UPSERT", "ResourceRecordSet": set}))).collect()
}

fn change(
    call: &mut Call<'_>,
    zone: &str,
    properties: &Properties,
    changes: &[Value],
) -> Outcome<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let batch = json!({"Comment": properties.get("Comment"), "Changes": changes});
    let input = json!({"HostedZoneId": zone, "ChangeBatch": batch});
    call.ask("route53", "ChangeResourceRecordSets", input).map(|_| ())
}

/// Takes record sets away. That they are gone already, or their zone is, is fine.
fn removed(call: &mut Call<'_>, properties: &Properties, sets: &[Value]) -> Outcome<()> {
    let zone = match zone(call, properties) {
        Ok(zone) => zone,
        Err(failure) if failure.is_absent() => return Ok(()),
        Err(failure) => return Err(failure),
    };
    for set in sets {
        let delete = vec![json!({"Action": "DELETE", "ResourceRecordSet": set})];
        match change(call, &zone, &Properties::new(), &delete) {
            Err(Failure::Refused(_, error)) if error.message.contains("but it was not found") => {}
            Err(failure) if !failure.is_absent() => return Err(failure),
            _ => {}
        }
    }
    Ok(())
}

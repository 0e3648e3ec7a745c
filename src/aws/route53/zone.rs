//! A hosted zone and its record sets, as they are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::name;
use crate::shapes::record::{AliasTarget, RecordType, ResourceRecord, ResourceRecordSet};

/// The record sets of a zone, in the order in which they are listed.
pub(crate) type Records = BTreeMap<Key, RecordSet>;

/// What tells a record set apart from the others of its zone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Key {
    /// The name, from its last label to its first.
    pub(crate) order: String,
    /// The type, by its name.
    pub(crate) kind: &'static str,
    pub(crate) set: Option<String>,
}

/// A record set.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct RecordSet {
    pub(crate) name: String,
    pub(crate) kind: RecordType,
    pub(crate) set: Option<String>,
    pub(crate) routing: Routing,
    pub(crate) data: Data,
}

/// How one of several record sets of a name and type is chosen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Routing {
    /// It is the only one.
    Simple,
    /// As often as its part of the sum says.
    Weighted(u64),
    /// All of them, up to eight.
    MultiValue,
}

/// What a record set says.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Data {
    Plain { ttl: u64, values: Vec<String> },
    Alias { zone: String, target: String, evaluates: bool },
}

impl RecordSet {
    pub(crate) fn key(&self) -> Key {
        Key { order: name::order(&self.name), kind: self.kind.as_str(), set: self.set.clone() }
    }

    /// `name='www.example.net.', type='A'`, as messages say it.
    pub(crate) fn called(&self) -> String {
        let set = self.set.as_ref().map(|set| format!(", set-identifier='{set}'"));
        let (name, kind) = (&self.name, self.kind.as_str());
        format!("name='{name}', type='{kind}'{}", set.unwrap_or_default())
    }

    /// Whether another says the same, in whatever order its values stand.
    pub(crate) fn same(&self, other: &Self) -> bool {
        let data = match (&self.data, &other.data) {
            (Data::Plain { ttl, values }, Data::Plain { ttl: other_ttl, values: others }) => {
                let set = |all: &[String]| all.iter().cloned().collect::<BTreeSet<_>>();
                ttl == other_ttl && set(values) == set(others)
            }
            (one, other) => one == other,
        };
        data && self.key() == other.key() && self.routing == other.routing
    }

    /// As the API tells of it.
    pub(crate) fn told(&self) -> ResourceRecordSet {
        let mut told = ResourceRecordSet {
            name: self.name.clone(),
            kind: self.kind,
            set_identifier: self.set.clone(),
            ..ResourceRecordSet::default()
        };
        match self.routing {
            Routing::Simple => {}
            Routing::Weighted(weight) => told.weight = i64::try_from(weight).ok(),
            Routing::MultiValue => told.multi_value_answer = Some(true),
        }
        match &self.data {
            Data::Plain { ttl, values } => {
                let value = |value: &String| ResourceRecord { value: value.clone() };
                told.ttl = i64::try_from(*ttl).ok();
                told.resource_records = Some(values.iter().map(value).collect());
            }
            Data::Alias { zone, target, evaluates } => {
                told.alias_target = Some(AliasTarget {
                    hosted_zone_id: zone.clone(),
                    dns_name: target.clone(),
                    evaluate_target_health: *evaluates,
                });
            }
        }
        told
    }
}

/// A network that knows a private zone: its region and its id.
pub(crate) type Network = (String, String);

/// A hosted zone.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Zone {
    /// Which of all zones it was that was made: the oldest of a name is the one that the name's domain is
    /// delegated to.
    pub(crate) number: u64,
    pub(crate) name: String,
    pub(crate) caller_reference: String,
    pub(crate) comment: Option<String>,
    /// The networks that know it; nothing for a public zone.
    pub(crate) networks: Option<BTreeSet<Network>>,
    pub(crate) name_servers: [String; 4],
    pub(crate) records: Records,
    /// What the name servers know; nothing before the first change has come to them.
    pub(crate) live: Option<Arc<Records>>,
    pub(crate) tags: BTreeMap<String, String>,
}

/// Seconds for which the records of a new zone may be kept (developer guide, "NS and SOA records").
const NS_TTL: u64 = 172_800;
const SOA_TTL: u64 = 900;

/// The record sets that every zone has.
pub(crate) fn first_records(zone: &str, servers: &[String; 4]) -> Records {
    let plain = |kind, ttl, values| RecordSet {
        name: zone.to_owned(),
        kind,
        set: None,
        routing: Routing::Simple,
        data: Data::Plain { ttl, values },
    };
    let soa = format!(
        "{}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400",
        servers.first().map_or("", String::as_str)
    );
    let servers = servers.iter().map(|server| format!("{server}.")).collect();
    let all = [plain(RecordType::Ns, NS_TTL, servers), plain(RecordType::Soa, SOA_TTL, vec![soa])];
    all.into_iter().map(|set| (set.key(), set)).collect()
}

impl Zone {
    pub(crate) fn is_private(&self) -> bool {
        self.networks.is_some()
    }

    /// Whether a network knows it.
    pub(crate) fn is_known_in(&self, region: &str, vpc: &str) -> bool {
        let mut all = self.networks.iter().flatten();
        all.any(|(own, id)| own == region && id == vpc)
    }
}

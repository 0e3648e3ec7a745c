//! Record sets, as they are given and as they are told.

use sim::api::{Refused, Value};

sim::string_enum! {
    /// The type of a record set.
    pub enum RecordType {
        Soa = "SOA",
        A = "A",
        Txt = "TXT",
        Ns = "NS",
        Cname = "CNAME",
        Mx = "MX",
        Naptr = "NAPTR",
        Ptr = "PTR",
        Srv = "SRV",
        Spf = "SPF",
        Aaaa = "AAAA",
        Caa = "CAA",
        Ds = "DS",
        Tlsa = "TLSA",
        Sshfp = "SSHFP",
        Svcb = "SVCB",
        Https = "HTTPS",
    }
}

sim::string_enum! {
    /// What is done with a record set.
    pub enum ChangeAction {
        Create = "CREATE", Delete = "DELETE", Upsert = "UPSERT",
    }
}

sim::argument! {
    /// Changes that are made together or not at all.
    pub struct ChangeBatch {
        /// What they are for.
        pub(crate) comment: Option<String> => "Comment",
        /// The changes, in their order.
        pub(crate) changes: Vec<Change> => required "Changes" XmlList("Changes", "Change"),
    }
}

sim::argument! {
    /// One change.
    pub struct Change {
        /// What is done.
        pub(crate) action: ChangeAction => "Action",
        /// With which record set.
        pub(crate) record_set: RecordSetGiven => "ResourceRecordSet",
    }
}

sim::argument! {
    /// A record set of a request.
    pub struct RecordSetGiven {
        /// Its name.
        pub(crate) name: String => "Name",
        /// Its type.
        pub(crate) kind: RecordType => "Type",
        /// What tells it apart from others of its name and type.
        pub(crate) set_identifier: Option<String> => "SetIdentifier",
        /// How often it is chosen, compared with those others.
        pub(crate) weight: Option<i64> => "Weight",
        /// The region, where the nearest answers; not simulated.
        _region: Refused<String> => "Region",
        /// Whose questions it answers; not simulated.
        _geo_location: Refused<Value> => "GeoLocation",
        /// Which it is of two, of which one stands in; not simulated.
        _failover: Refused<String> => "Failover",
        /// Whether it is one of several answers.
        pub(crate) multi_value_answer: Option<bool> => "MultiValueAnswer",
        /// Seconds for which resolvers may keep it.
        pub(crate) ttl: Option<i64> => "TTL",
        /// Its values.
        pub(crate) resource_records: Vec<ResourceRecordGiven> =>
            "ResourceRecords" XmlList("ResourceRecords", "ResourceRecord"),
        /// Where it leads, in the place of values.
        pub(crate) alias_target: Option<AliasTargetGiven> => "AliasTarget",
        /// What has to be well for it to be an answer; not simulated.
        _health_check_id: Refused<String> => "HealthCheckId",
        /// The traffic policy that made it; not simulated.
        _traffic_policy_instance_id: Refused<String> => "TrafficPolicyInstanceId",
        /// The networks whose questions it answers; not simulated.
        _cidr_routing_config: Refused<Value> => "CidrRoutingConfig",
        /// Where it is, where the nearest answers; not simulated.
        _geo_proximity_location: Refused<Value> => "GeoProximityLocation",
    }
}

sim::argument! {
    /// A value of a request.
    pub struct ResourceRecordGiven {
        /// As a zone file has it.
        pub(crate) value: String => "Value",
    }
}

sim::argument! {
    /// Where a record set of a request leads.
    pub struct AliasTargetGiven {
        /// The zone in which the name lies.
        pub(crate) hosted_zone_id: String => "HostedZoneId",
        /// The name.
        pub(crate) dns_name: String => "DNSName",
        /// Whether it is passed over when what it leads to is not well.
        pub(crate) evaluate_target_health: bool => "EvaluateTargetHealth",
    }
}

sim::structure! {
    /// A record set.
    pub struct ResourceRecordSet {
        /// Its name.
        pub name: String => "Name",
        /// Its type.
        pub kind: RecordType => "Type",
        /// What tells it apart from others of its name and type.
        pub set_identifier: Option<String> => "SetIdentifier",
        /// How often it is chosen, compared with those others.
        pub weight: Option<i64> => "Weight",
        /// Whether it is one of several answers.
        pub multi_value_answer: Option<bool> => "MultiValueAnswer",
        /// Seconds for which resolvers may keep it.
        pub ttl: Option<i64> => "TTL",
        /// Its values.
        pub resource_records: Option<Vec<ResourceRecord>> =>
            "ResourceRecords" XmlList("ResourceRecords", "ResourceRecord"),
        /// Where it leads, in the place of values.
        pub alias_target: Option<AliasTarget> => "AliasTarget",
    }
}

sim::structure! {
    /// A value.
    pub struct ResourceRecord {
        /// As a zone file has it.
        pub value: String => "Value",
    }
}

sim::structure! {
    /// Where a record set leads.
    pub struct AliasTarget {
        /// The zone in which the name lies.
        pub hosted_zone_id: String => "HostedZoneId",
        /// The name.
        pub dns_name: String => "DNSName",
        /// Whether it is passed over when what it leads to is not well.
        pub evaluate_target_health: bool => "EvaluateTargetHealth",
    }
}

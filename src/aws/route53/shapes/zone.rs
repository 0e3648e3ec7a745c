//! Hosted zones, changes and the networks of private zones.

use base::Time;

sim::structure! {
    /// A hosted zone.
    pub struct HostedZone {
        /// `/hostedzone/Z08782082QMC46JWBY29W`
        pub id: String => "Id",
        /// With a dot at the end.
        pub name: String => "Name",
        /// What made the request one of its own.
        pub caller_reference: String => "CallerReference",
        /// More about it.
        pub config: Option<HostedZoneConfig> => "Config",
        /// How many record sets it has.
        pub resource_record_set_count: Option<i64> => "ResourceRecordSetCount",
    }
}

sim::structure! {
    /// More about a hosted zone.
    pub struct HostedZoneConfig {
        /// What it is for.
        pub comment: Option<String> => "Comment",
        /// Whether only networks know it.
        pub private_zone: Option<bool> => "PrivateZone",
    }
}

sim::argument! {
    /// More about a hosted zone that is to be made.
    pub struct HostedZoneConfigGiven {
        /// What it is for.
        pub(crate) comment: Option<String> => "Comment",
        /// Whether only networks know it.
        pub(crate) private_zone: Option<bool> => "PrivateZone",
    }
}

sim::structure! {
    /// The name servers of a hosted zone.
    pub struct DelegationSet {
        /// Their names.
        pub name_servers: Vec<String> => "NameServers" XmlList("NameServers", "NameServer"),
    }
}

sim::structure! {
    /// A change on its way to the name servers.
    pub struct ChangeInfo {
        /// `/change/C06418421RAP6XY0IYZ7N`
        pub id: String => "Id",
        /// Whether it has come there.
        pub status: ChangeStatus => "Status",
        /// When it was asked for.
        pub submitted_at: Time => "SubmittedAt",
        /// What it is for.
        pub comment: Option<String> => "Comment",
    }
}

sim::string_enum! {
    /// Whether a change has come to the name servers.
    pub enum ChangeStatus {
        Pending = "PENDING", Insync = "INSYNC",
    }
}

sim::structure! {
    /// A network that knows a private zone.
    pub struct Vpc {
        /// Its region.
        pub region: Option<String> => "VPCRegion",
        /// Its id.
        pub id: Option<String> => "VPCId",
    }
}

sim::argument! {
    /// A network that is to know a private zone.
    pub struct VpcGiven {
        /// Its region.
        pub(crate) region: Option<String> => "VPCRegion",
        /// Its id.
        pub(crate) id: Option<String> => "VPCId",
    }
}

sim::structure! {
    /// A zone that a network knows.
    pub struct HostedZoneSummary {
        /// Its id.
        pub hosted_zone_id: String => "HostedZoneId",
        /// Its name.
        pub name: String => "Name",
        /// Whose it is.
        pub owner: HostedZoneOwner => "Owner",
    }
}

sim::structure! {
    /// Whose a zone is.
    pub struct HostedZoneOwner {
        /// The account.
        pub owning_account: Option<String> => "OwningAccount",
    }
}

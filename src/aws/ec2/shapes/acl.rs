//! Network ACLs.

use super::tag::Tag;

sim::structure! {
    /// Describes the ICMP type and code.
    pub struct IcmpTypeCode {
        /// The ICMP code.
        pub code: i64 => "Code",
        /// The ICMP type.
        pub kind: i64 => "Type",
    }
}

sim::structure! {
    /// Describes a range of ports.
    pub struct PortRange {
        /// The first port in the range.
        pub from: i64 => "From",
        /// The last port in the range.
        pub to: i64 => "To",
    }
}

sim::structure! {
    /// Describes an entry in a network ACL.
    pub struct NetworkAclEntry {
        /// The IPv4 network range to allow or deny, in CIDR notation.
        pub cidr_block: String => "CidrBlock",
        /// Indicates whether the rule is an egress rule (applied to traffic leaving the subnet).
        pub egress: bool => "Egress",
        /// ICMP protocol: The ICMP type and code.
        pub icmp_type_code: Option<IcmpTypeCode> => "IcmpTypeCode",
        /// TCP or UDP protocols: The range of ports the rule applies to.
        pub port_range: Option<PortRange> => "PortRange",
        /// The protocol number.
        pub protocol: String => "Protocol",
        /// Indicates whether to allow or deny the traffic that matches the rule.
        pub rule_action: String => "RuleAction",
        /// The rule number for the entry.
        pub rule_number: i64 => "RuleNumber",
    }
}

sim::structure! {
    /// Describes an association between a network ACL and a subnet.
    pub struct NetworkAclAssociation {
        /// The ID of the association between a network ACL and a subnet.
        pub network_acl_association_id: String => "NetworkAclAssociationId",
        /// The ID of the network ACL.
        pub network_acl_id: String => "NetworkAclId",
        /// The ID of the subnet.
        pub subnet_id: String => "SubnetId",
    }
}

sim::structure! {
    /// Describes a network ACL.
    pub struct NetworkAcl {
        /// Any associations between the network ACL and your subnets
        pub associations: Vec<NetworkAclAssociation> => "Associations" Xml("associationSet"),
        /// The entries (rules) in the network ACL.
        pub entries: Vec<NetworkAclEntry> => "Entries" Xml("entrySet"),
        /// Indicates whether this is the default network ACL for the VPC.
        pub is_default: bool => "IsDefault" Xml("default"),
        /// The ID of the network ACL.
        pub network_acl_id: String => "NetworkAclId",
        /// Any tags assigned to the network ACL.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
        /// The ID of the VPC for the network ACL.
        pub vpc_id: String => "VpcId",
        /// The ID of the AWS account that owns the network ACL.
        pub owner_id: String => "OwnerId",
    }
}

sim::argument! {
    /// A range of ports as requests give it.
    pub struct PortRangeGiven {
        /// The first port.
        pub(crate) from: Option<i64> => "From",
        /// The last port.
        pub(crate) to: Option<i64> => "To",
    }
}

sim::argument! {
    /// An ICMP type and code as requests give it.
    pub struct IcmpTypeCodeGiven {
        /// The code; -1 means all.
        pub(crate) code: Option<i64> => "Code",
        /// The type; -1 means all.
        pub(crate) kind: Option<i64> => "Type",
    }
}

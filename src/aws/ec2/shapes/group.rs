//! Security groups and their rules.

use super::tag::Tag;
use sim::api::Refused;

sim::structure! {
    /// Describes an IPv4 address range.
    pub struct IpRange {
        /// A description for the security group rule that references this IPv4 address range.
        pub description: Option<String> => "Description",
        /// The IPv4 address range.
        pub cidr_ip: String => "CidrIp",
    }
}

sim::structure! {
    /// Describes an IPv6 address range.
    pub struct Ipv6Range {
        /// A description for the security group rule that references this IPv6 address range.
        pub description: Option<String> => "Description",
        /// The IPv6 address range.
        pub cidr_ipv6: String => "CidrIpv6",
    }
}

sim::structure! {
    /// Describes a prefix list ID.
    pub struct PrefixListId {
        /// A description for the security group rule that references this prefix list ID.
        pub description: Option<String> => "Description",
        /// The ID of the prefix.
        pub prefix_list_id: String => "PrefixListId",
    }
}

sim::structure! {
    /// Describes a security group and AWS account ID pair.
    pub struct UserIdGroupPair {
        /// A description for the security group rule that references this user ID group pair.
        pub description: Option<String> => "Description",
        /// The ID of an AWS account.
        pub user_id: String => "UserId",
        /// The ID of the security group.
        pub group_id: String => "GroupId",
    }
}

sim::structure! {
    /// Describes the permissions for a security group rule.
    pub struct IpPermission {
        /// The IP protocol name (tcp, udp, icmp, icmpv6) or number (see Protocol Numbers).
        pub ip_protocol: String => "IpProtocol",
        /// If the protocol is TCP or UDP, this is the start of the port range.
        pub from_port: Option<i64> => "FromPort",
        /// If the protocol is TCP or UDP, this is the end of the port range.
        pub to_port: Option<i64> => "ToPort",
        /// The security group and AWS account ID pairs.
        pub user_id_group_pairs: Vec<UserIdGroupPair> => "UserIdGroupPairs" Xml("groups"),
        /// The IPv4 address ranges.
        pub ip_ranges: Vec<IpRange> => "IpRanges",
        /// The IPv6 address ranges.
        pub ipv6_ranges: Vec<Ipv6Range> => "Ipv6Ranges",
        /// The prefix list IDs.
        pub prefix_list_ids: Vec<PrefixListId> => "PrefixListIds",
    }
}

sim::structure! {
    /// Describes a security group.
    pub struct SecurityGroup {
        /// The ID of the security group.
        pub group_id: String => "GroupId",
        /// The outbound rules associated with the security group.
        pub ip_permissions_egress: Vec<IpPermission> => "IpPermissionsEgress",
        /// Any tags assigned to the security group.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
        /// The ID of the VPC for the security group.
        pub vpc_id: String => "VpcId",
        /// The ARN of the security group.
        pub security_group_arn: String => "SecurityGroupArn",
        /// The AWS account ID of the owner of the security group.
        pub owner_id: String => "OwnerId",
        /// The name of the security group.
        pub group_name: String => "GroupName",
        /// A description of the security group.
        pub description: String => "Description" Xml("groupDescription"),
        /// The inbound rules associated with the security group.
        pub ip_permissions: Vec<IpPermission> => "IpPermissions",
    }
}

sim::structure! {
    /// Describes the security group that is referenced in the security group rule.
    pub struct ReferencedSecurityGroup {
        /// The ID of the security group.
        pub group_id: String => "GroupId",
        /// The AWS account ID.
        pub user_id: String => "UserId",
    }
}

sim::structure! {
    /// Describes a security group rule.
    pub struct SecurityGroupRule {
        /// The ID of the security group rule.
        pub security_group_rule_id: String => "SecurityGroupRuleId",
        /// The ID of the security group.
        pub group_id: String => "GroupId",
        /// The ID of the AWS account that owns the security group.
        pub group_owner_id: String => "GroupOwnerId",
        /// Indicates whether the security group rule is an outbound rule.
        pub is_egress: bool => "IsEgress",
        /// The IP protocol name (tcp, udp, icmp, icmpv6) or number (see Protocol Numbers).
        pub ip_protocol: String => "IpProtocol",
        /// If the protocol is TCP or UDP, this is the start of the port range.
        pub from_port: i64 => "FromPort",
        /// If the protocol is TCP or UDP, this is the end of the port range.
        pub to_port: i64 => "ToPort",
        /// The IPv4 CIDR range.
        pub cidr_ipv4: Option<String> => "CidrIpv4",
        /// The IPv6 CIDR range.
        pub cidr_ipv6: Option<String> => "CidrIpv6",
        /// Describes the security group that is referenced in the rule.
        pub referenced_group_info: Option<ReferencedSecurityGroup> => "ReferencedGroupInfo",
        /// The security group rule description.
        pub description: Option<String> => "Description",
        /// The tags applied to the security group rule.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
        /// The ARN of the security group rule.
        pub security_group_rule_arn: String => "SecurityGroupRuleArn",
    }
}

sim::argument! {
    /// Describes an IPv4 address range.
    pub struct IpRangeGiven {
        /// A description for the security group rule that references this IPv4 address range.
        pub(crate) description: Option<String> => "Description",
        /// The IPv4 address range.
        pub(crate) cidr_ip: Option<String> => "CidrIp",
    }
}

sim::argument! {
    /// Describes an IPv6 address range.
    pub struct Ipv6RangeGiven {
        /// A description for the security group rule that references this IPv6 address range.
        pub(crate) description: Option<String> => "Description",
        /// The IPv6 address range.
        pub(crate) cidr_ipv6: Option<String> => "CidrIpv6",
    }
}

sim::argument! {
    /// Describes a security group and AWS account ID pair.
    pub struct UserIdGroupPairGiven {
        /// A description for the security group rule that references this user ID group pair.
        pub(crate) description: Option<String> => "Description",
        /// The ID of an AWS account.
        pub(crate) user_id: Option<String> => "UserId",
        /// The name of the security group.
        pub(crate) group_name: Option<String> => "GroupName",
        /// The ID of the security group.
        pub(crate) group_id: Option<String> => "GroupId",
        /// The ID of the VPC for the referenced security group, if applicable.
        pub(crate) vpc_id: Option<String> => "VpcId",
        /// The ID of the VPC peering connection, if applicable.
        _vpc_peering_connection_id: Refused<String> => "VpcPeeringConnectionId",
        /// The status of a VPC peering connection, if applicable.
        _peering_status: Refused<String> => "PeeringStatus",
    }
}

sim::argument! {
    /// Describes a prefix list ID.
    pub struct PrefixListIdGiven {
        /// A description for the security group rule that references this prefix list ID.
        pub(crate) _description: Option<String> => "Description",
        /// The ID of the prefix.
        pub(crate) prefix_list_id: Option<String> => "PrefixListId",
    }
}

sim::argument! {
    /// Describes the permissions for a security group rule.
    pub struct IpPermissionGiven {
        /// The IP protocol name (tcp, udp, icmp, icmpv6) or number (see Protocol Numbers).
        pub(crate) ip_protocol: Option<String> => "IpProtocol",
        /// If the protocol is TCP or UDP, this is the start of the port range.
        pub(crate) from_port: Option<i64> => "FromPort",
        /// If the protocol is TCP or UDP, this is the end of the port range.
        pub(crate) to_port: Option<i64> => "ToPort",
        /// The security group and AWS account ID pairs.
        pub(crate) user_id_group_pairs: Vec<UserIdGroupPairGiven> =>
            "UserIdGroupPairs" Xml("groups"),
        /// The IPv4 address ranges.
        pub(crate) ip_ranges: Vec<IpRangeGiven> => "IpRanges",
        /// The IPv6 address ranges.
        pub(crate) ipv6_ranges: Vec<Ipv6RangeGiven> => "Ipv6Ranges",
        /// The prefix list IDs.
        pub(crate) prefix_list_ids: Vec<PrefixListIdGiven> => "PrefixListIds",
    }
}

impl IpPermissionGiven {
    /// About this traffic, and nobody yet.
    pub(crate) fn about(protocol: Option<String>, from: Option<i64>, to: Option<i64>) -> Self {
        Self { ip_protocol: protocol, from_port: from, to_port: to, ..Self::default() }
    }
}

impl IpRangeGiven {
    /// This block.
    pub(crate) fn of(cidr: String) -> Self {
        Self { cidr_ip: Some(cidr), ..Self::default() }
    }
}

impl UserIdGroupPairGiven {
    /// The group of this name.
    pub(crate) fn named(name: String, owner: Option<String>) -> Self {
        Self { group_name: Some(name), user_id: owner, ..Self::default() }
    }
}

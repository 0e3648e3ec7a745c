//! Networks, subnets and internet gateways.

use super::tag::Tag;

sim::structure! {
    /// Describes the state of a CIDR block.
    pub struct VpcCidrBlockState {
        /// The state of the CIDR block.
        pub state: String => "State",
    }
}

sim::structure! {
    /// Describes an IPv4 CIDR block associated with a VPC.
    pub struct VpcCidrBlockAssociation {
        /// The association ID for the IPv4 CIDR block.
        pub association_id: String => "AssociationId",
        /// The IPv4 CIDR block.
        pub cidr_block: String => "CidrBlock",
        /// Information about the state of the CIDR block.
        pub cidr_block_state: VpcCidrBlockState => "CidrBlockState",
    }
}

sim::structure! {
    /// Describes a VPC.
    pub struct Vpc {
        /// The ID of the AWS account that owns the VPC.
        pub owner_id: String => "OwnerId",
        /// The allowed tenancy of instances launched into the VPC.
        pub instance_tenancy: String => "InstanceTenancy",
        /// Information about the IPv4 CIDR blocks associated with the VPC.
        pub cidr_block_association_set: Vec<VpcCidrBlockAssociation> => "CidrBlockAssociationSet",
        /// Indicates whether the VPC is the default VPC.
        pub is_default: bool => "IsDefault",
        /// Any tags assigned to the VPC.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
        /// The ID of the VPC.
        pub vpc_id: String => "VpcId",
        /// The current state of the VPC.
        pub state: String => "State",
        /// The primary IPv4 CIDR block for the VPC.
        pub cidr_block: String => "CidrBlock",
        /// The ID of the set of DHCP options you've associated with the VPC.
        pub dhcp_options_id: String => "DhcpOptionsId",
    }
}

sim::structure! {
    /// Describes the options for instance hostnames.
    pub struct PrivateDnsNameOptionsOnLaunch {
        /// The type of hostname for EC2 instances.
        pub hostname_type: String => "HostnameType",
        /// Indicates whether to respond to DNS queries for instance hostnames with DNS A records.
        pub enable_resource_name_dns_a_record: bool => "EnableResourceNameDnsARecord",
        /// Indicates whether to respond to DNS queries for instance hostname with DNS AAAA records.
        pub enable_resource_name_dns_aaaa_record: bool => "EnableResourceNameDnsAAAARecord",
    }
}

sim::structure! {
    /// Describes a subnet.
    pub struct Subnet {
        /// The AZ ID of the subnet.
        pub availability_zone_id: String => "AvailabilityZoneId",
        /// Indicates whether a network interface created in this subnet.
        pub map_customer_owned_ip_on_launch: bool => "MapCustomerOwnedIpOnLaunch",
        /// The ID of the AWS account that owns the subnet.
        pub owner_id: String => "OwnerId",
        /// Indicates whether a network interface created in this subnet (including a network
        /// interface created by RunInstances) receives an IPv6 address.
        pub assign_ipv6_address_on_creation: bool => "AssignIpv6AddressOnCreation",
        /// Any tags assigned to the subnet.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
        /// The Amazon Resource Name (ARN) of the subnet.
        pub subnet_arn: String => "SubnetArn",
        /// Indicates whether DNS queries made to the Amazon-provided DNS Resolver in this subnet
        /// should return synthetic IPv6 addresses for IPv4-only.
        pub enable_dns64: bool => "EnableDns64",
        /// Indicates whether this is an IPv6 only subnet.
        pub ipv6_native: bool => "Ipv6Native",
        /// The type of hostnames to assign to instances in the subnet at launch.
        pub private_dns_name_options_on_launch: PrivateDnsNameOptionsOnLaunch =>
            "PrivateDnsNameOptionsOnLaunch",
        /// The ID of the subnet.
        pub subnet_id: String => "SubnetId",
        /// The current state of the subnet.
        pub state: String => "State",
        /// The ID of the VPC the subnet is in.
        pub vpc_id: String => "VpcId",
        /// The IPv4 CIDR block assigned to the subnet.
        pub cidr_block: String => "CidrBlock",
        /// The number of unused private IPv4 addresses in the subnet.
        pub available_ip_address_count: i64 => "AvailableIpAddressCount",
        /// The Availability Zone of the subnet.
        pub availability_zone: String => "AvailabilityZone",
        /// Indicates whether this is the default subnet for the Availability Zone.
        pub default_for_az: bool => "DefaultForAz",
        /// Indicates whether instances launched in this subnet receive a public IPv4 address.
        pub map_public_ip_on_launch: bool => "MapPublicIpOnLaunch",
    }
}

sim::structure! {
    /// Describes the attachment of a VPC to an internet gateway or an egress-only internet gateway.
    pub struct InternetGatewayAttachment {
        /// The current state of the attachment.
        pub state: String => "State",
        /// The ID of the VPC.
        pub vpc_id: String => "VpcId",
    }
}

sim::structure! {
    /// Describes an internet gateway.
    pub struct InternetGateway {
        /// Any VPCs attached to the internet gateway.
        pub attachments: Vec<InternetGatewayAttachment> => "Attachments" Xml("attachmentSet"),
        /// The ID of the internet gateway.
        pub internet_gateway_id: String => "InternetGatewayId",
        /// The ID of the AWS account that owns the internet gateway.
        pub owner_id: String => "OwnerId",
        /// Any tags assigned to the internet gateway.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
    }
}

sim::structure! {
    /// Describes a value for a resource attribute that is a String.
    pub struct AttributeValue {
        /// The attribute value.
        pub value: String => "Value",
    }
}

sim::structure! {
    /// Describes a DHCP configuration option.
    pub struct DhcpConfiguration {
        /// The name of a DHCP option.
        pub key: String => "Key",
        /// The values for the DHCP option.
        pub values: Vec<AttributeValue> => "Values" Xml("valueSet"),
    }
}

sim::structure! {
    /// The set of DHCP options.
    pub struct DhcpOptions {
        /// The ID of the AWS account that owns the DHCP options set.
        pub owner_id: String => "OwnerId",
        /// Any tags assigned to the DHCP options set.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
        /// The ID of the set of DHCP options.
        pub dhcp_options_id: String => "DhcpOptionsId",
        /// The DHCP options in the set.
        pub dhcp_configurations: Vec<DhcpConfiguration> =>
            "DhcpConfigurations" Xml("dhcpConfigurationSet"),
    }
}

sim::structure! {
    /// An attribute that is on or off.
    pub struct AttributeBooleanValue {
        /// Whether it is on.
        pub value: bool => "Value",
    }
}

sim::argument! {
    /// An attribute to be turned on or off.
    pub struct AttributeBooleanGiven {
        /// Whether it is to be on.
        pub(crate) value: Option<bool> => "Value",
    }
}

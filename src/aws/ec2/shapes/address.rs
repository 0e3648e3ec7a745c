//! Elastic addresses and NAT gateways.

use super::tag::Tag;
use base::Time;

sim::structure! {
    /// Describes an Elastic IP address, or a carrier IP address.
    pub struct Address {
        /// The ID representing the allocation of the address.
        pub allocation_id: String => "AllocationId",
        /// The ID representing the association of the address with an instance.
        pub association_id: Option<String> => "AssociationId",
        /// The network (vpc).
        pub domain: String => "Domain",
        /// The ID of the network interface.
        pub network_interface_id: Option<String> => "NetworkInterfaceId",
        /// The ID of the AWS account that owns the network interface.
        pub network_interface_owner_id: Option<String> => "NetworkInterfaceOwnerId",
        /// The private IP address associated with the Elastic IP address.
        pub private_ip_address: Option<String> => "PrivateIpAddress",
        /// Any tags assigned to the Elastic IP address.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
        /// The ID of an address pool.
        pub public_ipv4_pool: String => "PublicIpv4Pool",
        /// The name of the unique set of Availability Zones, Local Zones, or Wavelength Zones from
        /// which AWS advertises IP addresses.
        pub network_border_group: String => "NetworkBorderGroup",
        /// The ID of the instance that the address is associated with (if any).
        pub instance_id: Option<String> => "InstanceId",
        /// The Elastic IP address.
        pub public_ip: String => "PublicIp",
    }
}

sim::structure! {
    /// Describes the IP addresses and network interface associated with a NAT gateway.
    pub struct NatGatewayAddress {
        /// The allocation ID of the Elastic IP address that's associated with the NAT gateway.
        pub allocation_id: Option<String> => "AllocationId",
        /// The ID of the network interface associated with the NAT gateway.
        pub network_interface_id: Option<String> => "NetworkInterfaceId",
        /// The private IP address associated with the NAT gateway.
        pub private_ip: Option<String> => "PrivateIp",
        /// The Elastic IP address associated with the NAT gateway.
        pub public_ip: Option<String> => "PublicIp",
        /// The association ID of the Elastic IP address that's associated with the NAT gateway.
        pub association_id: Option<String> => "AssociationId",
        /// Defines if the IP address is the primary address.
        pub is_primary: bool => "IsPrimary",
        /// The address status.
        pub status: String => "Status",
    }
}

sim::structure! {
    /// Describes a NAT gateway.
    pub struct NatGateway {
        /// The date and time the NAT gateway was created.
        pub create_time: Time => "CreateTime",
        /// The date and time the NAT gateway was deleted, if applicable.
        pub delete_time: Option<Time> => "DeleteTime",
        /// Information about the IP addresses and network interface associated with the NAT
        /// gateway.
        pub nat_gateway_addresses: Vec<NatGatewayAddress> =>
            "NatGatewayAddresses" Xml("natGatewayAddressSet"),
        /// The ID of the NAT gateway.
        pub nat_gateway_id: String => "NatGatewayId",
        /// The state of the NAT gateway.
        pub state: String => "State",
        /// The ID of the subnet in which the NAT gateway is located.
        pub subnet_id: String => "SubnetId",
        /// The ID of the VPC in which the NAT gateway is located.
        pub vpc_id: String => "VpcId",
        /// The tags for the NAT gateway.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
        /// Indicates whether the NAT gateway supports public or private connectivity.
        pub connectivity_type: String => "ConnectivityType",
    }
}

//! Network interfaces.

use super::tag::Tag;
use base::Time;

sim::structure! {
    /// Describes a security group.
    pub struct GroupIdentifier {
        /// The ID of the security group.
        pub group_id: String => "GroupId",
        /// The name of the security group.
        pub group_name: String => "GroupName",
    }
}

sim::structure! {
    /// Describes association information for an Elastic IP address.
    pub struct NetworkInterfaceAssociation {
        /// The allocation ID.
        pub allocation_id: Option<String> => "AllocationId",
        /// The association ID.
        pub association_id: Option<String> => "AssociationId",
        /// The ID of the Elastic IP address owner.
        pub ip_owner_id: String => "IpOwnerId",
        /// The public DNS name.
        pub public_dns_name: String => "PublicDnsName",
        /// The address of the Elastic IP address bound to the network interface.
        pub public_ip: String => "PublicIp",
    }
}

sim::structure! {
    /// Describes a network interface attachment.
    pub struct NetworkInterfaceAttachment {
        /// The timestamp indicating when the attachment initiated.
        pub attach_time: Time => "AttachTime",
        /// The ID of the network interface attachment.
        pub attachment_id: String => "AttachmentId",
        /// Indicates whether the network interface is deleted when the instance is terminated.
        pub delete_on_termination: bool => "DeleteOnTermination",
        /// The device index of the network interface attachment on the instance.
        pub device_index: i64 => "DeviceIndex",
        /// The index of the network card.
        pub network_card_index: i64 => "NetworkCardIndex",
        /// The ID of the instance.
        pub instance_id: Option<String> => "InstanceId",
        /// The AWS account ID of the owner of the instance.
        pub instance_owner_id: String => "InstanceOwnerId",
        /// The attachment state.
        pub status: String => "Status",
    }
}

sim::structure! {
    /// Describes the private IPv4 address of a network interface.
    pub struct NetworkInterfacePrivateIpAddress {
        /// The association information for an Elastic IP address (IPv4) associated with the network
        /// interface.
        pub association: Option<NetworkInterfaceAssociation> => "Association",
        /// Indicates whether this IPv4 address is the primary private IPv4 address of the network
        /// interface.
        pub primary: bool => "Primary",
        /// The private DNS name.
        pub private_dns_name: Option<String> => "PrivateDnsName",
        /// The private IPv4 address.
        pub private_ip_address: String => "PrivateIpAddress",
    }
}

sim::structure! {
    /// Describes a network interface.
    pub struct NetworkInterface {
        /// The association information for an Elastic IP address (IPv4) associated with the network
        /// interface.
        pub association: Option<NetworkInterfaceAssociation> => "Association",
        /// The network interface attachment.
        pub attachment: Option<NetworkInterfaceAttachment> => "Attachment",
        /// The Availability Zone.
        pub availability_zone: String => "AvailabilityZone",
        /// A description.
        pub description: String => "Description",
        /// Any security groups for the network interface.
        pub groups: Vec<GroupIdentifier> => "Groups" Xml("groupSet"),
        /// The type of network interface.
        pub interface_type: String => "InterfaceType",
        /// The MAC address.
        pub mac_address: String => "MacAddress",
        /// The ID of the network interface.
        pub network_interface_id: String => "NetworkInterfaceId",
        /// The AWS account ID of the owner of the network interface.
        pub owner_id: String => "OwnerId",
        /// The private hostname.
        pub private_dns_name: Option<String> => "PrivateDnsName",
        /// The IPv4 address of the network interface within the subnet.
        pub private_ip_address: String => "PrivateIpAddress",
        /// The private IPv4 addresses associated with the network interface.
        pub private_ip_addresses: Vec<NetworkInterfacePrivateIpAddress> =>
            "PrivateIpAddresses" Xml("privateIpAddressesSet"),
        /// The alias or AWS account ID of the principal or service that created the network
        /// interface.
        pub requester_id: Option<String> => "RequesterId",
        /// Indicates whether the network interface is being managed by AWS.
        pub requester_managed: bool => "RequesterManaged",
        /// Indicates whether source/destination checking is enabled.
        pub source_dest_check: bool => "SourceDestCheck",
        /// The status of the network interface.
        pub status: String => "Status",
        /// The ID of the subnet.
        pub subnet_id: String => "SubnetId",
        /// Any tags assigned to the network interface.
        pub tag_set: Vec<Tag> => "TagSet",
        /// The ID of the VPC.
        pub vpc_id: String => "VpcId",
    }
}

//! Instances as answers show them.

use super::interface::GroupIdentifier;
use super::tag::Tag;
use base::Time;

sim::structure! {
    /// Describes the current state of an instance.
    pub struct InstanceState {
        /// The state of the instance as a 16-bit unsigned integer.
        pub code: i64 => "Code",
        /// The current state of the instance.
        pub name: String => "Name",
    }
}

sim::structure! {
    /// Describes an instance state change.
    pub struct InstanceStateChange {
        /// The ID of the instance.
        pub instance_id: String => "InstanceId",
        /// The current state of the instance.
        pub current_state: InstanceState => "CurrentState",
        /// The previous state of the instance.
        pub previous_state: InstanceState => "PreviousState",
    }
}

sim::structure! {
    /// Describes a state change.
    pub struct StateReason {
        /// The reason code for the state change.
        pub code: String => "Code",
        /// The message for the state change.
        pub message: String => "Message",
    }
}

sim::structure! {
    /// Describes the placement of an instance.
    pub struct Placement {
        /// The ID of the Availability Zone of the instance.
        pub availability_zone_id: String => "AvailabilityZoneId",
        /// The name of the placement group that the instance is in.
        pub group_name: String => "GroupName",
        /// The tenancy of the instance.
        pub tenancy: String => "Tenancy",
        /// The Availability Zone of the instance.
        pub availability_zone: String => "AvailabilityZone",
    }
}

sim::structure! {
    /// The metadata options for the instance.
    pub struct InstanceMetadataOptionsResponse {
        /// The state of the metadata option changes.
        pub state: String => "State",
        /// Indicates whether IMDSv2 is required.
        pub http_tokens: String => "HttpTokens",
        /// The maximum number of hops that the metadata token can travel.
        pub http_put_response_hop_limit: i64 => "HttpPutResponseHopLimit",
        /// Indicates whether the HTTP metadata endpoint on your instances is enabled or disabled.
        pub http_endpoint: String => "HttpEndpoint",
        /// Indicates whether the IPv6 endpoint for the instance metadata service is enabled or
        /// disabled.
        pub http_protocol_ipv6: String => "HttpProtocolIpv6",
        /// Indicates whether access to instance tags from the instance metadata is enabled or
        /// disabled.
        pub instance_metadata_tags: String => "InstanceMetadataTags",
    }
}

sim::structure! {
    /// Describes the monitoring of an instance.
    pub struct Monitoring {
        /// Indicates whether detailed monitoring is enabled.
        pub state: String => "State",
    }
}

sim::structure! {
    /// Describes an IAM instance profile.
    pub struct IamInstanceProfile {
        /// The Amazon Resource Name (ARN) of the instance profile.
        pub arn: String => "Arn",
        /// The ID of the instance profile.
        pub id: String => "Id",
    }
}

sim::structure! {
    /// Describes a parameter used to set up an EBS volume in a block device mapping.
    pub struct EbsInstanceBlockDevice {
        /// The time stamp when the attachment initiated.
        pub attach_time: Time => "AttachTime",
        /// Indicates whether the volume is deleted on instance termination.
        pub delete_on_termination: bool => "DeleteOnTermination",
        /// The attachment state.
        pub status: String => "Status",
        /// The ID of the EBS volume.
        pub volume_id: String => "VolumeId",
    }
}

sim::structure! {
    /// Describes a block device mapping.
    pub struct InstanceBlockDeviceMapping {
        /// The device name.
        pub device_name: String => "DeviceName",
        /// Parameters used to automatically set up EBS volumes when the instance is launched.
        pub ebs: EbsInstanceBlockDevice => "Ebs",
    }
}

sim::structure! {
    /// Describes association information for an Elastic IP address (IPv4).
    pub struct InstanceNetworkInterfaceAssociation {
        /// The ID of the owner of the Elastic IP address.
        pub ip_owner_id: String => "IpOwnerId",
        /// The public DNS name.
        pub public_dns_name: String => "PublicDnsName",
        /// The public IP address or Elastic IP address bound to the network interface.
        pub public_ip: String => "PublicIp",
    }
}

sim::structure! {
    /// Describes a network interface attachment.
    pub struct InstanceNetworkInterfaceAttachment {
        /// The time stamp when the attachment initiated.
        pub attach_time: Time => "AttachTime",
        /// The ID of the network interface attachment.
        pub attachment_id: String => "AttachmentId",
        /// Indicates whether the network interface is deleted when the instance is terminated.
        pub delete_on_termination: bool => "DeleteOnTermination",
        /// The index of the device on the instance for the network interface attachment.
        pub device_index: i64 => "DeviceIndex",
        /// The attachment state.
        pub status: String => "Status",
        /// The index of the network card.
        pub network_card_index: i64 => "NetworkCardIndex",
    }
}

sim::structure! {
    /// Describes a private IPv4 address.
    pub struct InstancePrivateIpAddress {
        /// The association information for an Elastic IP address for the network interface.
        pub association: Option<InstanceNetworkInterfaceAssociation> => "Association",
        /// Indicates whether this IPv4 address is the primary private IP address of the network
        /// interface.
        pub primary: bool => "Primary",
        /// The private IPv4 DNS name.
        pub private_dns_name: Option<String> => "PrivateDnsName",
        /// The private IPv4 address of the network interface.
        pub private_ip_address: String => "PrivateIpAddress",
    }
}

sim::structure! {
    /// Describes a network interface.
    pub struct InstanceNetworkInterface {
        /// The association information for an Elastic IPv4 associated with the network interface.
        pub association: Option<InstanceNetworkInterfaceAssociation> => "Association",
        /// The network interface attachment.
        pub attachment: InstanceNetworkInterfaceAttachment => "Attachment",
        /// The description.
        pub description: String => "Description",
        /// The security groups.
        pub groups: Vec<GroupIdentifier> => "Groups" Xml("groupSet"),
        /// The MAC address.
        pub mac_address: String => "MacAddress",
        /// The ID of the network interface.
        pub network_interface_id: String => "NetworkInterfaceId",
        /// The ID of the AWS account that created the network interface.
        pub owner_id: String => "OwnerId",
        /// The private DNS name.
        pub private_dns_name: Option<String> => "PrivateDnsName",
        /// The IPv4 address of the network interface within the subnet.
        pub private_ip_address: String => "PrivateIpAddress",
        /// The private IPv4 addresses associated with the network interface.
        pub private_ip_addresses: Vec<InstancePrivateIpAddress> =>
            "PrivateIpAddresses" Xml("privateIpAddressesSet"),
        /// Indicates whether source/destination checking is enabled.
        pub source_dest_check: bool => "SourceDestCheck",
        /// The status of the network interface.
        pub status: String => "Status",
        /// The ID of the subnet.
        pub subnet_id: String => "SubnetId",
        /// The ID of the VPC.
        pub vpc_id: String => "VpcId",
        /// The type of network interface.
        pub interface_type: String => "InterfaceType",
    }
}

sim::structure! {
    /// The CPU options for the instance.
    pub struct CpuOptions {
        /// The number of CPU cores for the instance.
        pub core_count: i64 => "CoreCount",
        /// The number of threads per CPU core.
        pub threads_per_core: i64 => "ThreadsPerCore",
    }
}

sim::structure! {
    /// Describes the options for instance hostnames.
    pub struct PrivateDnsNameOptionsResponse {
        /// The type of hostname to assign to an instance.
        pub hostname_type: String => "HostnameType",
        /// Indicates whether to respond to DNS queries for instance hostnames with DNS A records.
        pub enable_resource_name_dns_a_record: bool => "EnableResourceNameDnsARecord",
        /// Indicates whether to respond to DNS queries for instance hostnames with DNS AAAA
        /// records.
        pub enable_resource_name_dns_aaaa_record: bool => "EnableResourceNameDnsAAAARecord",
    }
}

sim::structure! {
    /// Describes an instance.
    pub struct Instance {
        /// The architecture of the image.
        pub architecture: String => "Architecture",
        /// Any block device mapping entries for the instance.
        pub block_device_mappings: Vec<InstanceBlockDeviceMapping> =>
            "BlockDeviceMappings" Xml("blockDeviceMapping"),
        /// The idempotency token you provided when you launched the instance, if applicable.
        pub client_token: String => "ClientToken",
        /// Indicates whether the instance is optimized for Amazon EBS I/O.
        pub ebs_optimized: bool => "EbsOptimized",
        /// Specifies whether enhanced networking with ENA is enabled.
        pub ena_support: bool => "EnaSupport",
        /// The hypervisor type of the instance.
        pub hypervisor: String => "Hypervisor",
        /// The IAM instance profile associated with the instance, if applicable.
        pub iam_instance_profile: Option<IamInstanceProfile> => "IamInstanceProfile",
        /// The network interfaces for the instance.
        pub network_interfaces: Vec<InstanceNetworkInterface> =>
            "NetworkInterfaces" Xml("networkInterfaceSet"),
        /// The device name of the root device volume (for example, /dev/sda1).
        pub root_device_name: String => "RootDeviceName",
        /// The root device type used by the AMI.
        pub root_device_type: String => "RootDeviceType",
        /// The security groups for the instance.
        pub security_groups: Vec<GroupIdentifier> => "SecurityGroups" Xml("groupSet"),
        /// Indicates whether source/destination checking is enabled.
        pub source_dest_check: Option<bool> => "SourceDestCheck",
        /// The reason for the most recent state transition.
        pub state_reason: Option<StateReason> => "StateReason",
        /// Any tags assigned to the instance.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
        /// The virtualization type of the instance.
        pub virtualization_type: String => "VirtualizationType",
        /// The CPU options for the instance.
        pub cpu_options: CpuOptions => "CpuOptions",
        /// The metadata options for the instance.
        pub metadata_options: InstanceMetadataOptionsResponse => "MetadataOptions",
        /// The boot mode that was specified by the AMI.
        pub boot_mode: Option<String> => "BootMode",
        /// The platform details value for the instance.
        pub platform_details: String => "PlatformDetails",
        /// The usage operation value for the instance.
        pub usage_operation: String => "UsageOperation",
        /// The time that the usage operation was last updated.
        pub usage_operation_update_time: Time => "UsageOperationUpdateTime",
        /// The options for the instance hostname.
        pub private_dns_name_options: Option<PrivateDnsNameOptionsResponse> =>
            "PrivateDnsNameOptions",
        /// The ID of the instance.
        pub instance_id: String => "InstanceId",
        /// The ID of the AMI used to launch the instance.
        pub image_id: String => "ImageId",
        /// The current state of the instance.
        pub state: InstanceState => "State" Xml("instanceState"),
        /// The private DNS hostname name assigned to the instance.
        pub private_dns_name: String => "PrivateDnsName",
        /// The public DNS name assigned to the instance.
        pub public_dns_name: String => "PublicDnsName" Xml("dnsName"),
        /// The reason for the most recent state transition.
        pub state_transition_reason: String => "StateTransitionReason" Xml("reason"),
        /// The name of the key pair, if this instance was launched with an associated key pair.
        pub key_name: Option<String> => "KeyName",
        /// The AMI launch index, which can be used to find this instance in the launch group.
        pub ami_launch_index: i64 => "AmiLaunchIndex",
        /// The instance type.
        pub instance_type: String => "InstanceType",
        /// The time that the instance was last launched.
        pub launch_time: Time => "LaunchTime",
        /// The location where the instance launched, if applicable.
        pub placement: Placement => "Placement",
        /// The monitoring for the instance.
        pub monitoring: Monitoring => "Monitoring",
        /// The ID of the subnet in which the instance is running.
        pub subnet_id: Option<String> => "SubnetId",
        /// The ID of the VPC in which the instance is running.
        pub vpc_id: Option<String> => "VpcId",
        /// The private IPv4 address assigned to the instance.
        pub private_ip_address: Option<String> => "PrivateIpAddress",
        /// The public IPv4 address, or the Carrier IP address assigned to the instance, if
        /// applicable.
        pub public_ip_address: Option<String> => "PublicIpAddress" Xml("ipAddress"),
    }
}

sim::structure! {
    /// Describes a launch request for one or more instances, and includes owner, requester.
    pub struct Reservation {
        /// The ID of the reservation.
        pub reservation_id: String => "ReservationId",
        /// The ID of the AWS account that owns the reservation.
        pub owner_id: String => "OwnerId",
        /// Not supported.
        pub groups: Vec<GroupIdentifier> => "Groups" Xml("groupSet"),
        /// The instances.
        pub instances: Vec<Instance> => "Instances" Xml("instancesSet"),
    }
}

sim::structure! {
    /// Describes the instance status.
    pub struct InstanceStatusDetails {
        /// The type of instance status.
        pub name: String => "Name",
        /// The status.
        pub status: String => "Status",
    }
}

sim::structure! {
    /// Describes the status of an instance.
    pub struct InstanceStatusSummary {
        /// The system instance health or application instance health.
        pub details: Vec<InstanceStatusDetails> => "Details",
        /// The status.
        pub status: String => "Status",
    }
}

sim::structure! {
    /// Describes the status of an instance.
    pub struct InstanceStatus {
        /// The Availability Zone of the instance.
        pub availability_zone: String => "AvailabilityZone",
        /// The ID of the Availability Zone of the instance.
        pub availability_zone_id: String => "AvailabilityZoneId",
        /// The ID of the instance.
        pub instance_id: String => "InstanceId",
        /// The intended state of the instance.
        pub instance_state: InstanceState => "InstanceState",
        /// Reports impaired functionality that stems from issues internal to the instance, such as
        /// impaired reachability.
        pub instance_status: InstanceStatusSummary => "InstanceStatus",
        /// Reports impaired functionality that stems from issues related to the systems that
        /// support an instance.
        pub system_status: InstanceStatusSummary => "SystemStatus",
    }
}

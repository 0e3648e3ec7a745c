//! What requests say of the instances that they want.

use sim::api::{Refused, Value};

sim::argument! {
    /// Describes an IAM instance profile.
    pub struct IamInstanceProfileSpecification {
        /// The Amazon Resource Name (ARN) of the instance profile.
        pub(crate) arn: Option<String> => "Arn",
        /// The name of the instance profile.
        pub(crate) name: Option<String> => "Name",
    }
}

sim::argument! {
    /// Describes the placement of an instance.
    pub struct PlacementGiven {
        /// The ID of the Availability Zone of the instance.
        _availability_zone_id: Refused<String> => "AvailabilityZoneId",
        /// The affinity setting for the instance on the Dedicated Host.
        _affinity: Refused<String> => "Affinity",
        /// The name of the placement group that the instance is in.
        _group_name: Refused<String> => "GroupName",
        /// The number of the partition that the instance is in.
        _partition_number: Refused<i64> => "PartitionNumber",
        /// The ID of the Dedicated Host on which the instance resides.
        _host_id: Refused<String> => "HostId",
        /// The tenancy of the instance.
        pub(crate) tenancy: Option<String> => "Tenancy",
        /// Reserved for future use.
        _spread_domain: Refused<String> => "SpreadDomain",
        /// The ARN of the host resource group in which to launch the instances.
        _host_resource_group_arn: Refused<String> => "HostResourceGroupArn",
        /// The ID of the placement group that the instance is in.
        _group_id: Refused<String> => "GroupId",
        /// The Availability Zone of the instance.
        pub(crate) availability_zone: Option<String> => "AvailabilityZone",
    }
}

sim::argument! {
    /// Describes the monitoring of an instance.
    pub struct RunInstancesMonitoringEnabled {
        /// Indicates whether detailed monitoring is enabled.
        pub(crate) enabled: bool => "Enabled",
    }
}

sim::argument! {
    /// Describes a block device for an EBS volume.
    pub struct EbsBlockDeviceGiven {
        /// Indicates whether the EBS volume is deleted on instance termination.
        pub(crate) delete_on_termination: Option<bool> => "DeleteOnTermination",
        /// The number of I/O operations per second (IOPS).
        pub(crate) iops: Option<i64> => "Iops",
        /// The ID of the snapshot.
        pub(crate) snapshot_id: Option<String> => "SnapshotId",
        /// The size of the volume, in GiBs.
        pub(crate) volume_size: Option<i64> => "VolumeSize",
        /// The volume type.
        pub(crate) volume_type: Option<String> => "VolumeType",
        /// Identifier (key ID, key alias, key ARN, or alias ARN) of the customer managed KMS key to
        /// use for EBS encryption.
        _kms_key_id: Refused<String> => "KmsKeyId",
        /// The throughput that the volume supports, in MiB/s.
        pub(crate) throughput: Option<i64> => "Throughput",
        /// The ARN of the Outpost on which the snapshot is stored.
        _outpost_arn: Refused<String> => "OutpostArn",
        /// The Availability Zone where the EBS volume will be created (for example, us-east-1a).
        _availability_zone: Refused<String> => "AvailabilityZone",
        /// Indicates whether the encryption state of an EBS volume is changed while being restored
        /// from a backing snapshot.
        _encrypted: Refused<bool> => "Encrypted",
        /// Specifies the Amazon EBS Provisioned Rate for Volume Initialization.
        _volume_initialization_rate: Refused<i64> =>
            "VolumeInitializationRate",
        /// The ID of the Availability Zone where the EBS volume will be created (for example,
        /// use1-az1).
        _availability_zone_id: Refused<String> => "AvailabilityZoneId",
        /// The index of the EBS card.
        _ebs_card_index: Refused<i64> => "EbsCardIndex",
    }
}

sim::argument! {
    /// Describes a block device mapping, which defines the EBS volumes and instance store volumes
    /// to attach to an instance at launch.
    pub struct BlockDeviceMappingGiven {
        /// Parameters used to automatically set up EBS volumes when the instance is launched.
        pub(crate) ebs: Option<EbsBlockDeviceGiven> => "Ebs",
        /// To omit the device from the block device mapping, specify an empty string.
        _no_device: Refused<String> => "NoDevice",
        /// The device name.
        pub(crate) device_name: Option<String> => "DeviceName",
        /// The virtual device name (ephemeralN).
        _virtual_name: Refused<String> => "VirtualName",
    }
}

sim::argument! {
    /// Describes a network interface.
    pub struct InstanceNetworkInterfaceSpecification {
        /// Indicates whether to assign a public IPv4 address to an instance you launch in a VPC.
        pub(crate) associate_public_ip_address: Option<bool> => "AssociatePublicIpAddress",
        /// If set to true, the interface is deleted when the instance is terminated.
        pub(crate) delete_on_termination: Option<bool> => "DeleteOnTermination",
        /// The description of the network interface.
        pub(crate) description: Option<String> => "Description",
        /// The position of the network interface in the attachment order.
        pub(crate) device_index: Option<i64> => "DeviceIndex",
        /// The IDs of the security groups for the network interface.
        pub(crate) groups: Vec<String> => "Groups" Xml("SecurityGroupId"),
        /// A number of IPv6 addresses to assign to the network interface.
        _ipv6_address_count: Refused<i64> => "Ipv6AddressCount",
        /// The IPv6 addresses to assign to the network interface.
        _ipv6_addresses: Refused<Value> => "Ipv6Addresses" Ec2("ipv6AddressesSet", "Ipv6Addresses"),
        /// The ID of the network interface.
        _network_interface_id: Refused<String> => "NetworkInterfaceId",
        /// The private IPv4 address of the network interface.
        pub(crate) private_ip_address: Option<String> => "PrivateIpAddress",
        /// The private IPv4 addresses to assign to the network interface.
        _private_ip_addresses: Refused<Value> =>
            "PrivateIpAddresses" Ec2("privateIpAddressesSet", "PrivateIpAddresses"),
        /// The number of secondary private IPv4 addresses.
        _secondary_private_ip_address_count: Refused<i64> => "SecondaryPrivateIpAddressCount",
        /// The ID of the subnet associated with the network interface.
        pub(crate) subnet_id: Option<String> => "SubnetId",
        /// Indicates whether to assign a carrier IP address to the network interface.
        _associate_carrier_ip_address: Refused<bool> =>
            "AssociateCarrierIpAddress",
        /// The type of network interface.
        _interface_type: Refused<String> => "InterfaceType",
        /// The index of the network card.
        _network_card_index: Refused<i64> => "NetworkCardIndex",
        /// The IPv4 delegated prefixes to be assigned to the network interface.
        _ipv4_prefixes: Refused<Value> => "Ipv4Prefixes" Xml("Ipv4Prefix"),
        /// The number of IPv4 delegated prefixes to be automatically assigned to the network
        /// interface.
        _ipv4_prefix_count: Refused<i64> => "Ipv4PrefixCount",
        /// The IPv6 delegated prefixes to be assigned to the network interface.
        _ipv6_prefixes: Refused<Value> => "Ipv6Prefixes" Xml("Ipv6Prefix"),
        /// The number of IPv6 delegated prefixes to be automatically assigned to the network
        /// interface.
        _ipv6_prefix_count: Refused<i64> => "Ipv6PrefixCount",
        /// The primary IPv6 address of the network interface.
        _primary_ipv6: Refused<bool> => "PrimaryIpv6",
        /// Specifies the ENA Express settings for the network interface that's attached to the
        /// instance.
        _ena_srd_specification: Refused<Value> => "EnaSrdSpecification",
        /// A security group connection tracking specification that enables you to set the timeout
        /// for connection tracking on an Elastic network interface.
        _connection_tracking_specification: Refused<Value> =>
            "ConnectionTrackingSpecification",
        /// The number of ENA queues to be created with the instance.
        _ena_queue_count: Refused<i64> => "EnaQueueCount",
    }
}

sim::argument! {
    /// The metadata options for the instance.
    pub struct InstanceMetadataOptionsRequest {
        /// Indicates whether IMDSv2 is required.
        pub(crate) http_tokens: Option<String> => "HttpTokens",
        /// The maximum number of hops that the metadata token can travel.
        pub(crate) http_put_response_hop_limit: Option<i64> => "HttpPutResponseHopLimit",
        /// Enables or disables the HTTP metadata endpoint on your instances.
        pub(crate) http_endpoint: Option<String> => "HttpEndpoint",
        /// Enables or disables the IPv6 endpoint for the instance metadata service.
        pub(crate) http_protocol_ipv6: Option<String> => "HttpProtocolIpv6",
        /// Set to enabled to allow access to instance tags from the instance metadata.
        pub(crate) instance_metadata_tags: Option<String> => "InstanceMetadataTags",
    }
}

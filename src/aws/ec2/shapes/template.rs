//! Launch templates: what requests say of them, and how they are kept and shown.

use super::tag::Tag;
use base::Time;
use sim::api::{Refused, Value};

sim::argument! {
    /// The launch template to use.
    pub struct LaunchTemplateSpecification {
        /// The ID of the launch template.
        pub(crate) launch_template_id: Option<String> => "LaunchTemplateId",
        /// The name of the launch template.
        pub(crate) launch_template_name: Option<String> => "LaunchTemplateName",
        /// The launch template version number, $Latest, or $Default.
        pub(crate) version: Option<String> => "Version",
    }
}

sim::argument! {
    /// An IAM instance profile.
    pub struct LaunchTemplateIamInstanceProfileSpecificationRequest {
        /// The Amazon Resource Name (ARN) of the instance profile.
        pub(crate) arn: Option<String> => "Arn",
        /// The name of the instance profile.
        pub(crate) name: Option<String> => "Name",
    }
}

sim::argument! {
    /// The parameters for a block device for an EBS volume.
    pub struct LaunchTemplateEbsBlockDeviceRequest {
        /// Indicates whether the EBS volume is encrypted.
        _encrypted: Refused<bool> => "Encrypted",
        /// Indicates whether the EBS volume is deleted on instance termination.
        pub(crate) delete_on_termination: Option<bool> => "DeleteOnTermination",
        /// The number of I/O operations per second (IOPS).
        pub(crate) iops: Option<i64> => "Iops",
        /// Identifier of the customer managed KMS key to use for EBS encryption.
        _kms_key_id: Refused<String> => "KmsKeyId",
        /// The ID of the snapshot.
        pub(crate) snapshot_id: Option<String> => "SnapshotId",
        /// The size of the volume, in GiBs.
        pub(crate) volume_size: Option<i64> => "VolumeSize",
        /// The volume type.
        pub(crate) volume_type: Option<String> => "VolumeType",
        /// The throughput to provision for a gp3 volume.
        pub(crate) throughput: Option<i64> => "Throughput",
        /// The rate at which a volume is initialized.
        _volume_initialization_rate: Refused<i64> => "VolumeInitializationRate",
        /// The index of the EBS card.
        _ebs_card_index: Refused<i64> => "EbsCardIndex",
    }
}

sim::argument! {
    /// Describes a block device mapping.
    pub struct LaunchTemplateBlockDeviceMappingRequest {
        /// The device name.
        pub(crate) device_name: Option<String> => "DeviceName",
        /// The virtual device name.
        _virtual_name: Refused<String> => "VirtualName",
        /// Parameters used to automatically set up EBS volumes when the instance is launched.
        pub(crate) ebs: Option<LaunchTemplateEbsBlockDeviceRequest> => "Ebs",
        /// To omit the device from the block device mapping, specify an empty string.
        _no_device: Refused<String> => "NoDevice",
    }
}

sim::argument! {
    /// The parameters for a network interface.
    pub struct LaunchTemplateInstanceNetworkInterfaceSpecificationRequest {
        /// Associates a Carrier IP address with eth0 for a new network interface.
        _associate_carrier_ip_address: Refused<bool> => "AssociateCarrierIpAddress",
        /// Associates a public IPv4 address with eth0 for a new network interface.
        pub(crate) associate_public_ip_address: Option<bool> => "AssociatePublicIpAddress",
        /// Indicates whether the network interface is deleted when the instance is terminated.
        pub(crate) delete_on_termination: Option<bool> => "DeleteOnTermination",
        /// A description for the network interface.
        pub(crate) description: Option<String> => "Description",
        /// The device index for the network interface attachment.
        pub(crate) device_index: Option<i64> => "DeviceIndex",
        /// The IDs of one or more security groups.
        pub(crate) groups: Vec<String> => "Groups" Xml("SecurityGroupId"),
        /// The type of network interface.
        _interface_type: Refused<String> => "InterfaceType",
        /// The number of IPv6 addresses to assign to a network interface.
        _ipv6_address_count: Refused<i64> => "Ipv6AddressCount",
        /// One or more specific IPv6 addresses from the IPv6 CIDR block range of your subnet.
        _ipv6_addresses: Refused<Value> => "Ipv6Addresses",
        /// The ID of the network interface.
        _network_interface_id: Refused<String> => "NetworkInterfaceId",
        /// The primary private IPv4 address of the network interface.
        pub(crate) private_ip_address: Option<String> => "PrivateIpAddress",
        /// One or more private IPv4 addresses.
        _private_ip_addresses: Refused<Value> => "PrivateIpAddresses",
        /// The number of secondary private IPv4 addresses to assign to a network interface.
        _secondary_private_ip_address_count: Refused<i64> => "SecondaryPrivateIpAddressCount",
        /// The ID of the subnet for the network interface.
        pub(crate) subnet_id: Option<String> => "SubnetId",
        /// The index of the network card.
        _network_card_index: Refused<i64> => "NetworkCardIndex",
        /// One or more IPv4 prefixes to be assigned to the network interface.
        _ipv4_prefixes: Refused<Value> => "Ipv4Prefixes" Xml("Ipv4Prefix"),
        /// The number of IPv4 prefixes to be automatically assigned to the network interface.
        _ipv4_prefix_count: Refused<i64> => "Ipv4PrefixCount",
        /// One or more IPv6 prefixes to be assigned to the network interface.
        _ipv6_prefixes: Refused<Value> => "Ipv6Prefixes" Xml("Ipv6Prefix"),
        /// The number of IPv6 prefixes to be automatically assigned to the network interface.
        _ipv6_prefix_count: Refused<i64> => "Ipv6PrefixCount",
        /// The primary IPv6 address of the network interface.
        _primary_ipv6: Refused<bool> => "PrimaryIpv6",
        /// Configure ENA Express settings for your launch template.
        _ena_srd_specification: Refused<Value> => "EnaSrdSpecification",
        /// A security group connection tracking specification.
        _connection_tracking_specification: Refused<Value> => "ConnectionTrackingSpecification",
        /// The number of ENA queues to be created with the instance.
        _ena_queue_count: Refused<i64> => "EnaQueueCount",
    }
}

sim::argument! {
    /// Describes the monitoring for the instance.
    pub struct LaunchTemplatesMonitoringRequest {
        /// Specify true to enable detailed monitoring.
        pub(crate) enabled: Option<bool> => "Enabled",
    }
}

sim::argument! {
    /// Describes the placement of an instance.
    pub struct LaunchTemplatePlacementRequest {
        /// The Availability Zone for the instance.
        pub(crate) availability_zone: Option<String> => "AvailabilityZone",
        /// The ID of the Availability Zone for the instance.
        _availability_zone_id: Refused<String> => "AvailabilityZoneId",
        /// The affinity setting for an instance on a Dedicated Host.
        _affinity: Refused<String> => "Affinity",
        /// The name of the placement group for the instance.
        _group_name: Refused<String> => "GroupName",
        /// The ID of the Dedicated Host for the instance.
        _host_id: Refused<String> => "HostId",
        /// The tenancy of the instance.
        pub(crate) tenancy: Option<String> => "Tenancy",
        /// Reserved for future use.
        _spread_domain: Refused<String> => "SpreadDomain",
        /// The ARN of the host resource group in which to launch the instances.
        _host_resource_group_arn: Refused<String> => "HostResourceGroupArn",
        /// The number of the partition the instance should launch in.
        _partition_number: Refused<i64> => "PartitionNumber",
        /// The Group Id of a placement group.
        _group_id: Refused<String> => "GroupId",
    }
}

sim::argument! {
    /// The tags specification for the resources that are created during instance launch.
    pub struct LaunchTemplateTagSpecificationRequest {
        /// The type of resource to tag.
        pub(crate) resource_type: Option<String> => "ResourceType",
        /// The tags to apply to the resource.
        pub(crate) tags: Vec<super::tag::TagGiven> => "Tags" Xml("Tag"),
    }
}

sim::argument! {
    /// The information to include in the launch template.
    pub struct RequestLaunchTemplateData {
        /// The ID of the kernel.
        _kernel_id: Refused<String> => "KernelId",
        /// Indicates whether the instance is optimized for Amazon EBS I/O.
        pub(crate) ebs_optimized: Option<bool> => "EbsOptimized",
        /// The name or Amazon Resource Name (ARN) of an IAM instance profile.
        pub(crate) iam_instance_profile: Option<LaunchTemplateIamInstanceProfileSpecificationRequest> =>
            "IamInstanceProfile",
        /// The block device mapping.
        pub(crate) block_device_mappings: Vec<LaunchTemplateBlockDeviceMappingRequest> =>
            "BlockDeviceMappings" Xml("BlockDeviceMapping"),
        /// The network interfaces for the instance.
        pub(crate) network_interfaces: Vec<LaunchTemplateInstanceNetworkInterfaceSpecificationRequest> =>
            "NetworkInterfaces" Xml("NetworkInterface"),
        /// The ID of the AMI, or a parameter of the Systems Manager that leads to it.
        pub(crate) image_id: Option<String> => "ImageId",
        /// The instance type.
        pub(crate) instance_type: Option<String> => "InstanceType",
        /// The name of the key pair.
        pub(crate) key_name: Option<String> => "KeyName",
        /// The monitoring for the instance.
        pub(crate) monitoring: Option<LaunchTemplatesMonitoringRequest> => "Monitoring",
        /// The placement for the instance.
        pub(crate) placement: Option<LaunchTemplatePlacementRequest> => "Placement",
        /// The ID of the RAM disk.
        _ram_disk_id: Refused<String> => "RamDiskId",
        /// Indicates whether termination protection is enabled for the instance.
        pub(crate) disable_api_termination: Option<bool> => "DisableApiTermination",
        /// Indicates whether an instance stops or terminates when you initiate shutdown from the
        /// instance.
        pub(crate) instance_initiated_shutdown_behavior: Option<String> =>
            "InstanceInitiatedShutdownBehavior",
        /// The user data to make available to the instance.
        pub(crate) user_data: Option<String> => "UserData",
        /// The tags to apply to the resources that are created during instance launch.
        pub(crate) tag_specifications: Vec<LaunchTemplateTagSpecificationRequest> =>
            "TagSpecifications" Xml("TagSpecification"),
        /// Deprecated.
        _elastic_gpu_specifications: Refused<Value> =>
            "ElasticGpuSpecifications" Xml("ElasticGpuSpecification"),
        /// Deprecated.
        _elastic_inference_accelerators: Refused<Value> =>
            "ElasticInferenceAccelerators" Xml("ElasticInferenceAccelerator"),
        /// The IDs of the security groups.
        pub(crate) security_group_ids: Vec<String> => "SecurityGroupIds" Xml("SecurityGroupId"),
        /// The names of the security groups.
        pub(crate) security_groups: Vec<String> => "SecurityGroups" Xml("SecurityGroup"),
        /// The market (purchasing) option for the instances.
        _instance_market_options: Refused<Value> => "InstanceMarketOptions",
        /// The credit option for CPU usage of the instance.
        _credit_specification: Refused<Value> => "CreditSpecification",
        /// The CPU options for the instance.
        _cpu_options: Refused<Value> => "CpuOptions",
        /// The Capacity Reservation targeting option.
        _capacity_reservation_specification: Refused<Value> => "CapacityReservationSpecification",
        /// The license configurations.
        _license_specifications: Refused<Value> => "LicenseSpecifications" Xml("LicenseSpecification"),
        /// Indicates whether an instance is enabled for hibernation.
        _hibernation_options: Refused<Value> => "HibernationOptions",
        /// The metadata options for the instance.
        _metadata_options: Refused<Value> => "MetadataOptions",
        /// Indicates whether the instance is enabled for AWS Nitro Enclaves.
        _enclave_options: Refused<Value> => "EnclaveOptions",
        /// The attributes for the instance types.
        _instance_requirements: Refused<Value> => "InstanceRequirements",
        /// The options for the instance hostname.
        _private_dns_name_options: Refused<Value> => "PrivateDnsNameOptions",
        /// The maintenance options for the instance.
        _maintenance_options: Refused<Value> => "MaintenanceOptions",
        /// Indicates whether to enable the instance for stop protection.
        pub(crate) disable_api_stop: Option<bool> => "DisableApiStop",
        /// The entity that manages the launch template.
        _operator: Refused<Value> => "Operator",
        /// The settings for the network performance options.
        _network_performance_options: Refused<Value> => "NetworkPerformanceOptions",
        /// The secondary interfaces to associate with instances.
        _secondary_interfaces: Refused<Value> => "SecondaryInterfaces" Xml("SecondaryInterface"),
    }
}

sim::structure! {
    /// Describes an IAM instance profile.
    pub struct LaunchTemplateIamInstanceProfileSpecification {
        /// The Amazon Resource Name (ARN) of the instance profile.
        pub arn: Option<String> => "Arn",
        /// The name of the instance profile.
        pub name: Option<String> => "Name",
    }
}

sim::structure! {
    /// Describes a block device for an EBS volume.
    pub struct LaunchTemplateEbsBlockDevice {
        /// Indicates whether the EBS volume is deleted on instance termination.
        pub delete_on_termination: Option<bool> => "DeleteOnTermination",
        /// The number of I/O operations per second (IOPS).
        pub iops: Option<i64> => "Iops",
        /// The ID of the snapshot.
        pub snapshot_id: Option<String> => "SnapshotId",
        /// The size of the volume, in GiB.
        pub volume_size: Option<i64> => "VolumeSize",
        /// The volume type.
        pub volume_type: Option<String> => "VolumeType",
        /// The throughput that the volume supports, in MiB/s.
        pub throughput: Option<i64> => "Throughput",
    }
}

sim::structure! {
    /// Describes a block device mapping.
    pub struct LaunchTemplateBlockDeviceMapping {
        /// The device name.
        pub device_name: Option<String> => "DeviceName",
        /// Information about the block device for an EBS volume.
        pub ebs: Option<LaunchTemplateEbsBlockDevice> => "Ebs",
    }
}

sim::structure! {
    /// Describes a network interface.
    pub struct LaunchTemplateInstanceNetworkInterfaceSpecification {
        /// Indicates whether to associate a public IPv4 address with eth0 for a new network interface.
        pub associate_public_ip_address: Option<bool> => "AssociatePublicIpAddress",
        /// Indicates whether the network interface is deleted when the instance is terminated.
        pub delete_on_termination: Option<bool> => "DeleteOnTermination",
        /// A description for the network interface.
        pub description: Option<String> => "Description",
        /// The device index for the network interface attachment.
        pub device_index: Option<i64> => "DeviceIndex",
        /// The IDs of one or more security groups.
        pub groups: Vec<String> => "Groups" Xml("groupSet"),
        /// The primary private IPv4 address of the network interface.
        pub private_ip_address: Option<String> => "PrivateIpAddress",
        /// The ID of the subnet for the network interface.
        pub subnet_id: Option<String> => "SubnetId",
    }
}

sim::structure! {
    /// Describes the monitoring for the instance.
    pub struct LaunchTemplatesMonitoring {
        /// Indicates whether detailed monitoring is enabled.
        pub enabled: Option<bool> => "Enabled",
    }
}

sim::structure! {
    /// Describes the placement of an instance.
    pub struct LaunchTemplatePlacement {
        /// The Availability Zone of the instance.
        pub availability_zone: Option<String> => "AvailabilityZone",
        /// The tenancy of the instance.
        pub tenancy: Option<String> => "Tenancy",
    }
}

sim::structure! {
    /// The tags specification for the launch template.
    pub struct LaunchTemplateTagSpecification {
        /// The type of resource to tag.
        pub resource_type: Option<String> => "ResourceType",
        /// The tags for the resource.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
    }
}

sim::structure! {
    /// The information for a launch template.
    pub struct ResponseLaunchTemplateData {
        /// Indicates whether the instance is optimized for Amazon EBS I/O.
        pub ebs_optimized: Option<bool> => "EbsOptimized",
        /// The IAM instance profile.
        pub iam_instance_profile: Option<LaunchTemplateIamInstanceProfileSpecification> =>
            "IamInstanceProfile",
        /// The block device mappings.
        pub block_device_mappings: Vec<LaunchTemplateBlockDeviceMapping> =>
            "BlockDeviceMappings" Xml("blockDeviceMappingSet"),
        /// The network interfaces.
        pub network_interfaces: Vec<LaunchTemplateInstanceNetworkInterfaceSpecification> =>
            "NetworkInterfaces" Xml("networkInterfaceSet"),
        /// The ID of the AMI or a Systems Manager parameter.
        pub image_id: Option<String> => "ImageId",
        /// The instance type.
        pub instance_type: Option<String> => "InstanceType",
        /// The name of the key pair.
        pub key_name: Option<String> => "KeyName",
        /// The monitoring for the instance.
        pub monitoring: Option<LaunchTemplatesMonitoring> => "Monitoring",
        /// The placement of the instance.
        pub placement: Option<LaunchTemplatePlacement> => "Placement",
        /// Indicates whether termination protection is enabled.
        pub disable_api_termination: Option<bool> => "DisableApiTermination",
        /// Indicates whether an instance stops or terminates when you initiate shutdown from it.
        pub instance_initiated_shutdown_behavior: Option<String> =>
            "InstanceInitiatedShutdownBehavior",
        /// The user data for the instance.
        pub user_data: Option<String> => "UserData",
        /// The tags that are applied to the resources that are created during instance launch.
        pub tag_specifications: Vec<LaunchTemplateTagSpecification> =>
            "TagSpecifications" Xml("tagSpecificationSet"),
        /// The security group IDs.
        pub security_group_ids: Vec<String> => "SecurityGroupIds" Xml("securityGroupIdSet"),
        /// The security group names.
        pub security_groups: Vec<String> => "SecurityGroups" Xml("securityGroupSet"),
        /// Indicates whether the instance is enabled for stop protection.
        pub disable_api_stop: Option<bool> => "DisableApiStop",
    }
}

sim::structure! {
    /// Describes a launch template.
    pub struct LaunchTemplate {
        /// The ID of the launch template.
        pub launch_template_id: String => "LaunchTemplateId",
        /// The name of the launch template.
        pub launch_template_name: String => "LaunchTemplateName",
        /// The time launch template was created.
        pub create_time: Time => "CreateTime",
        /// The principal that created the launch template.
        pub created_by: String => "CreatedBy",
        /// The version number of the default version of the launch template.
        pub default_version_number: i64 => "DefaultVersionNumber",
        /// The version number of the latest version of the launch template.
        pub latest_version_number: i64 => "LatestVersionNumber",
        /// The tags for the launch template.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
    }
}

sim::structure! {
    /// Describes a launch template version.
    pub struct LaunchTemplateVersion {
        /// The ID of the launch template.
        pub launch_template_id: String => "LaunchTemplateId",
        /// The name of the launch template.
        pub launch_template_name: String => "LaunchTemplateName",
        /// The version number.
        pub version_number: i64 => "VersionNumber",
        /// The description for the version.
        pub version_description: Option<String> => "VersionDescription",
        /// The time the version was created.
        pub create_time: Time => "CreateTime",
        /// The principal that created the version.
        pub created_by: String => "CreatedBy",
        /// Indicates whether the version is the default version.
        pub default_version: bool => "DefaultVersion",
        /// Information about the launch template.
        pub launch_template_data: ResponseLaunchTemplateData => "LaunchTemplateData",
    }
}

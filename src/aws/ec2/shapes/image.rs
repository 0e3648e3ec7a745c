//! Machine images and the types of instances.

use super::tag::Tag;
use sim::api::Double;

sim::structure! {
    /// Describes a block device for an EBS volume.
    pub struct EbsBlockDevice {
        /// Indicates whether the EBS volume is deleted on instance termination.
        pub delete_on_termination: bool => "DeleteOnTermination",
        /// The number of I/O operations per second (IOPS).
        pub iops: Option<i64> => "Iops",
        /// The ID of the snapshot.
        pub snapshot_id: Option<String> => "SnapshotId",
        /// The size of the volume, in GiBs.
        pub volume_size: i64 => "VolumeSize",
        /// The volume type.
        pub volume_type: String => "VolumeType",
        /// The throughput that the volume supports, in MiB/s.
        pub throughput: Option<i64> => "Throughput",
        /// Indicates whether the encryption state of an EBS volume is changed while being restored
        /// from a backing snapshot.
        pub encrypted: bool => "Encrypted",
    }
}

sim::structure! {
    /// Describes a block device mapping, which defines the EBS volumes and instance store volumes
    /// to attach to an instance at launch.
    pub struct BlockDeviceMapping {
        /// Parameters used to automatically set up EBS volumes when the instance is launched.
        pub ebs: EbsBlockDevice => "Ebs",
        /// The device name.
        pub device_name: String => "DeviceName",
    }
}

sim::structure! {
    /// Describes an image.
    pub struct Image {
        /// The platform details associated with the billing code of the AMI.
        pub platform_details: String => "PlatformDetails",
        /// The operation of the Amazon EC2 instance and the billing code that is associated with
        /// the AMI.
        pub usage_operation: String => "UsageOperation",
        /// Any block device mapping entries.
        pub block_device_mappings: Vec<BlockDeviceMapping> =>
            "BlockDeviceMappings" Xml("blockDeviceMapping"),
        /// The description of the AMI that was provided during image creation.
        pub description: Option<String> => "Description",
        /// Specifies whether enhanced networking with ENA is enabled.
        pub ena_support: bool => "EnaSupport",
        /// The hypervisor type of the image.
        pub hypervisor: String => "Hypervisor",
        /// The owner alias (amazon | aws-backup-vault | aws-marketplace).
        pub image_owner_alias: Option<String> => "ImageOwnerAlias",
        /// The name of the AMI that was provided during image creation.
        pub name: String => "Name",
        /// The device name of the root device volume (for example, /dev/sda1).
        pub root_device_name: String => "RootDeviceName",
        /// The type of root device used by the AMI.
        pub root_device_type: String => "RootDeviceType",
        /// Specifies whether enhanced networking with the Intel 82599 Virtual Function interface is
        /// enabled.
        pub sriov_net_support: String => "SriovNetSupport",
        /// Any tags assigned to the image.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
        /// The type of virtualization of the AMI.
        pub virtualization_type: String => "VirtualizationType",
        /// The boot mode of the image.
        pub boot_mode: Option<String> => "BootMode",
        /// The date and time to deprecate the AMI, in UTC, in the following format: YYYY-MM-
        /// DDTHH:MM:SSZ.
        pub deprecation_time: Option<String> => "DeprecationTime",
        /// If v2.0, it indicates that IMDSv2 is specified in the AMI.
        pub imds_support: Option<String> => "ImdsSupport",
        /// The ID of the instance that the AMI was created from if the AMI was created using
        /// CreateImage.
        pub source_instance_id: Option<String> => "SourceInstanceId",
        /// The ID of the source AMI from which the AMI was created.
        pub source_image_id: Option<String> => "SourceImageId",
        /// The Region of the source AMI.
        pub source_image_region: Option<String> => "SourceImageRegion",
        /// The ID of the AMI.
        pub image_id: String => "ImageId",
        /// The location of the AMI.
        pub image_location: String => "ImageLocation",
        /// The current state of the AMI.
        pub state: String => "State" Xml("imageState"),
        /// The ID of the AWS account that owns the image.
        pub owner_id: String => "OwnerId" Xml("imageOwnerId"),
        /// The date and time the image was created.
        pub creation_date: String => "CreationDate",
        /// Indicates whether the image has public launch permissions.
        pub public: bool => "Public" Xml("isPublic"),
        /// The architecture of the image.
        pub architecture: String => "Architecture",
        /// The type of image.
        pub image_type: String => "ImageType",
    }
}

sim::structure! {
    /// Describes the processor used by the instance type.
    pub struct ProcessorInfo {
        /// The architectures supported by the instance type.
        pub supported_architectures: Vec<String> => "SupportedArchitectures",
        /// The speed of the processor, in GHz.
        pub sustained_clock_speed_in_ghz: Option<Double> => "SustainedClockSpeedInGhz",
        /// The manufacturer of the processor.
        pub manufacturer: String => "Manufacturer",
    }
}

sim::structure! {
    /// Describes the vCPU configurations for the instance type.
    pub struct VCpuInfo {
        /// The default number of vCPUs for the instance type.
        pub default_v_cpus: i64 => "DefaultVCpus",
        /// The default number of cores for the instance type.
        pub default_cores: i64 => "DefaultCores",
        /// The default number of threads per core for the instance type.
        pub default_threads_per_core: i64 => "DefaultThreadsPerCore",
    }
}

sim::structure! {
    /// Describes the memory for the instance type.
    pub struct MemoryInfo {
        /// The size of the memory, in MiB.
        pub size_in_mi_b: i64 => "SizeInMiB",
    }
}

sim::structure! {
    /// Describes the Amazon EBS features supported by the instance type.
    pub struct EbsInfo {
        /// Indicates whether the instance type is Amazon EBS-optimized.
        pub ebs_optimized_support: String => "EbsOptimizedSupport",
        /// Indicates whether Amazon EBS encryption is supported.
        pub encryption_support: String => "EncryptionSupport",
        /// Indicates whether non-volatile memory express (NVMe) is supported.
        pub nvme_support: String => "NvmeSupport",
    }
}

sim::structure! {
    /// Describes the networking features of the instance type.
    pub struct NetworkInfo {
        /// The network performance.
        pub network_performance: String => "NetworkPerformance",
        /// The maximum number of network interfaces for the instance type.
        pub maximum_network_interfaces: i64 => "MaximumNetworkInterfaces",
        /// The maximum number of physical network cards that can be allocated to the instance.
        pub maximum_network_cards: i64 => "MaximumNetworkCards",
        /// The index of the default network card, starting at 0.
        pub default_network_card_index: i64 => "DefaultNetworkCardIndex",
        /// The maximum number of IPv4 addresses per network interface.
        pub ipv4_addresses_per_interface: i64 => "Ipv4AddressesPerInterface",
        /// The maximum number of IPv6 addresses per network interface.
        pub ipv6_addresses_per_interface: i64 => "Ipv6AddressesPerInterface",
        /// Indicates whether IPv6 is supported.
        pub ipv6_supported: bool => "Ipv6Supported",
        /// Indicates whether Elastic Network Adapter (ENA) is supported.
        pub ena_support: String => "EnaSupport",
    }
}

sim::structure! {
    /// Describes the placement group support of the instance type.
    pub struct PlacementGroupInfo {
        /// The supported placement group types.
        pub supported_strategies: Vec<String> => "SupportedStrategies",
    }
}

sim::structure! {
    /// Describes the instance type.
    pub struct InstanceTypeInfo {
        /// The instance type.
        pub instance_type: String => "InstanceType",
        /// Indicates whether the instance type is current generation.
        pub current_generation: bool => "CurrentGeneration",
        /// Indicates whether the instance type is eligible for the free tier.
        pub free_tier_eligible: bool => "FreeTierEligible",
        /// Indicates whether the instance type is offered for spot, On-Demand, or Capacity Blocks.
        pub supported_usage_classes: Vec<String> => "SupportedUsageClasses",
        /// The supported root device types.
        pub supported_root_device_types: Vec<String> => "SupportedRootDeviceTypes",
        /// The supported virtualization types.
        pub supported_virtualization_types: Vec<String> => "SupportedVirtualizationTypes",
        /// Indicates whether the instance is a bare metal instance type.
        pub bare_metal: bool => "BareMetal",
        /// The hypervisor for the instance type.
        pub hypervisor: String => "Hypervisor",
        /// Describes the processor.
        pub processor_info: ProcessorInfo => "ProcessorInfo",
        /// Describes the vCPU configurations for the instance type.
        pub v_cpu_info: VCpuInfo => "VCpuInfo",
        /// Describes the memory for the instance type.
        pub memory_info: MemoryInfo => "MemoryInfo",
        /// Indicates whether instance storage is supported.
        pub instance_storage_supported: bool => "InstanceStorageSupported",
        /// Describes the Amazon EBS settings for the instance type.
        pub ebs_info: EbsInfo => "EbsInfo",
        /// Describes the network settings for the instance type.
        pub network_info: NetworkInfo => "NetworkInfo",
        /// Describes the placement group settings for the instance type.
        pub placement_group_info: PlacementGroupInfo => "PlacementGroupInfo",
        /// Indicates whether On-Demand hibernation is supported.
        pub hibernation_supported: bool => "HibernationSupported",
        /// Indicates whether the instance type is a burstable performance T instance type.
        pub burstable_performance_supported: bool => "BurstablePerformanceSupported",
        /// Indicates whether Dedicated Hosts are supported on the instance type.
        pub dedicated_hosts_supported: bool => "DedicatedHostsSupported",
        /// Indicates whether Amazon CloudWatch action based recovery is supported.
        pub auto_recovery_supported: bool => "AutoRecoverySupported",
        /// The supported boot modes.
        pub supported_boot_modes: Vec<String> => "SupportedBootModes",
    }
}

sim::structure! {
    /// The instance types offered.
    pub struct InstanceTypeOffering {
        /// The instance type.
        pub instance_type: String => "InstanceType",
        /// The location type.
        pub location_type: String => "LocationType",
        /// The identifier for the location.
        pub location: String => "Location",
    }
}

//! Launch configurations.

use base::Time;
use sim::api::Refused;

sim::structure! {
    /// Describes information used to set up an Amazon EBS volume.
    pub struct Ebs {
        /// The snapshot ID of the volume to use.
        pub snapshot_id: Option<String> => "SnapshotId",
        /// The volume size, in GiBs.
        pub volume_size: Option<i64> => "VolumeSize",
        /// The volume type.
        pub volume_type: Option<String> => "VolumeType",
        /// Indicates whether the volume is deleted on instance termination.
        pub delete_on_termination: Option<bool> => "DeleteOnTermination",
        /// The number of input/output (I/O) operations per second (IOPS).
        pub iops: Option<i64> => "Iops",
        /// Specifies whether the volume should be encrypted.
        pub encrypted: Refused<bool> => "Encrypted",
        /// The throughput (MiBps) to provision for a gp3 volume.
        pub throughput: Option<i64> => "Throughput",
    }
}

sim::structure! {
    /// Describes a block device mapping.
    pub struct BlockDeviceMapping {
        /// The name of the instance store volume (virtual device) to attach to an instance at launch.
        pub virtual_name: Refused<String> => "VirtualName",
        /// The device name assigned to the volume.
        pub device_name: String => "DeviceName",
        /// Information to attach an EBS volume to an instance at launch.
        pub ebs: Option<Ebs> => "Ebs",
        /// Setting this value to true prevents a volume that is included in the image from being mapped.
        pub no_device: Refused<bool> => "NoDevice",
    }
}

sim::structure! {
    /// Describes whether detailed monitoring is enabled for the instances.
    pub struct InstanceMonitoring {
        /// If true, detailed monitoring is enabled.
        pub enabled: Option<bool> => "Enabled",
    }
}

sim::structure! {
    /// Describes a launch configuration.
    pub struct LaunchConfiguration {
        /// The name of the launch configuration.
        pub launch_configuration_name: String => "LaunchConfigurationName",
        /// The Amazon Resource Name (ARN) of the launch configuration.
        pub launch_configuration_arn: String => "LaunchConfigurationARN",
        /// The ID of the Amazon Machine Image (AMI) to use to launch your EC2 instances.
        pub image_id: String => "ImageId",
        /// The name of the key pair; empty when there is none.
        pub key_name: String => "KeyName",
        /// A list that contains the security groups to assign to the instances.
        pub security_groups: Vec<String> => "SecurityGroups",
        /// The user data to make available to the launched EC2 instances.
        pub user_data: String => "UserData",
        /// The instance type for the instances.
        pub instance_type: String => "InstanceType",
        /// The ID of the kernel associated with the AMI; always empty here.
        pub kernel_id: String => "KernelId",
        /// The ID of the RAM disk associated with the AMI; always empty here.
        pub ramdisk_id: String => "RamdiskId",
        /// The block device mapping entries.
        pub block_device_mappings: Vec<BlockDeviceMapping> => "BlockDeviceMappings",
        /// Controls whether instances in this group are launched with detailed monitoring.
        pub instance_monitoring: Option<InstanceMonitoring> => "InstanceMonitoring",
        /// The name or the ARN of the instance profile.
        pub iam_instance_profile: Option<String> => "IamInstanceProfile",
        /// The creation date and time for the launch configuration.
        pub created_time: Time => "CreatedTime",
        /// Specifies whether the launch configuration is optimized for EBS I/O or not.
        pub ebs_optimized: bool => "EbsOptimized",
        /// Specifies whether to assign a public IPv4 address to the group's instances.
        pub associate_public_ip_address: Option<bool> => "AssociatePublicIpAddress",
        /// The tenancy of the instance.
        pub placement_tenancy: Option<String> => "PlacementTenancy",
    }
}

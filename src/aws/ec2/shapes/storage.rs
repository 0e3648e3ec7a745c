//! Volumes and snapshots.

use super::tag::Tag;
use base::Time;

sim::structure! {
    /// Describes volume attachment details.
    pub struct VolumeAttachment {
        /// Indicates whether the EBS volume is deleted on instance termination.
        pub delete_on_termination: bool => "DeleteOnTermination",
        /// The ID of the volume.
        pub volume_id: String => "VolumeId",
        /// The ID of the instance.
        pub instance_id: String => "InstanceId",
        /// The device name.
        pub device: String => "Device",
        /// The attachment state of the volume.
        pub state: String => "State" Xml("status"),
        /// The time stamp when the attachment initiated.
        pub attach_time: Time => "AttachTime",
    }
}

sim::structure! {
    /// Describes a volume.
    pub struct Volume {
        /// The ID of the Availability Zone for the volume.
        pub availability_zone_id: String => "AvailabilityZoneId",
        /// The number of I/O operations per second (IOPS).
        pub iops: Option<i64> => "Iops",
        /// Any tags assigned to the volume.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
        /// The volume type.
        pub volume_type: String => "VolumeType",
        /// Indicates whether Amazon EBS Multi-Attach is enabled.
        pub multi_attach_enabled: bool => "MultiAttachEnabled",
        /// The throughput that the volume supports, in MiB/s.
        pub throughput: Option<i64> => "Throughput",
        /// The ID of the volume.
        pub volume_id: String => "VolumeId",
        /// The size of the volume, in GiBs.
        pub size: i64 => "Size",
        /// The snapshot from which the volume was created, if applicable.
        pub snapshot_id: String => "SnapshotId",
        /// The Availability Zone for the volume.
        pub availability_zone: String => "AvailabilityZone",
        /// The volume state.
        pub state: String => "State" Xml("status"),
        /// The time stamp when volume creation was initiated.
        pub create_time: Time => "CreateTime",
        /// Attachments.
        pub attachments: Vec<VolumeAttachment> => "Attachments" Xml("attachmentSet"),
        /// Indicates whether the volume is encrypted.
        pub encrypted: bool => "Encrypted",
    }
}

sim::structure! {
    /// Describes a snapshot.
    pub struct Snapshot {
        /// Any tags assigned to the snapshot.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
        /// The storage tier in which the snapshot is stored.
        pub storage_tier: String => "StorageTier",
        /// The time stamp when the snapshot was completed.
        pub completion_time: Option<Time> => "CompletionTime",
        /// The ID of the snapshot.
        pub snapshot_id: String => "SnapshotId",
        /// The ID of the volume that was used to create the snapshot.
        pub volume_id: String => "VolumeId",
        /// The snapshot state.
        pub state: String => "State" Xml("status"),
        /// The time stamp when the snapshot was initiated.
        pub start_time: Time => "StartTime",
        /// The progress of the snapshot, as a percentage.
        pub progress: String => "Progress",
        /// The ID of the AWS account that owns the EBS snapshot.
        pub owner_id: String => "OwnerId",
        /// The description for the snapshot.
        pub description: String => "Description",
        /// The size of the volume, in GiB.
        pub volume_size: i64 => "VolumeSize",
        /// Indicates whether the snapshot is encrypted.
        pub encrypted: bool => "Encrypted",
    }
}

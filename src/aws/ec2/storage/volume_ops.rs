//! Volumes made, listed and deleted.

use super::super::durations::{VOLUME_CREATION, VOLUME_DELETION};
use super::super::error::{combination, missing, refuse};
use super::super::event::What;
use super::super::filter::{Dry, Listed, Listing};
use super::super::ids::Kind;
use super::super::region::Region;
use super::super::shapes::storage::Volume;
use super::super::shapes::tag::TagSpecification;
use super::super::state::{change, look};
use super::super::volumes::{size, sort};
use super::super::{tags, tokens, zones};
use sim::api::{ApiError, Read, Refused, Value, Write};
use sim::{Cx, World};

sim::operation! {
    /// Creates an EBS volume that can be attached to an instance in the same Availability Zone.
    write CreateVolume in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the Availability Zone in which to create the volume.
        availability_zone: Option<String> => "AvailabilityZone",
        /// The ID of the Availability Zone in which to create the volume.
        availability_zone_id: Option<String> => "AvailabilityZoneId",
        /// Indicates whether the volume should be encrypted.
        _encrypted: Refused<bool> => "Encrypted",
        /// The number of I/O operations per second (IOPS) to provision for the volume.
        iops: Option<i64> => "Iops",
        /// The identifier of the KMS key to use for Amazon EBS encryption.
        _kms_key_id: Refused<String> => "KmsKeyId",
        /// The Amazon Resource Name (ARN) of the Outpost on which to create the volume.
        _outpost_arn: Refused<String> => "OutpostArn",
        /// The size of the volume, in GiBs.
        size: Option<i64> => "Size",
        /// The snapshot from which to create the volume.
        snapshot_id: Option<String> => "SnapshotId",
        /// The volume type.
        volume_type: Option<String> => "VolumeType",
        /// The tags to apply to the volume during creation.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// Indicates whether to enable Amazon EBS Multi-Attach.
        _multi_attach_enabled: Refused<bool> => "MultiAttachEnabled",
        /// The throughput to provision for the volume, in MiB/s.
        throughput: Option<i64> => "Throughput",
        /// Unique, case-sensitive identifier that you provide to ensure the idempotency of the
        /// request.
        client_token: Option<String> => "ClientToken",
        /// Specifies the Amazon EBS Provisioned Rate for Volume Initialization.
        _volume_initialization_rate: Refused<i64> =>
            "VolumeInitializationRate",
        /// Reserved for internal use.
        _operator: Refused<Value> => "Operator",
    }
    output CreateVolumeOutput {
        ..pub made: Volume,
    }
    errors [
        "IdempotentParameterMismatch",
        "InvalidParameterValue",
        "InvalidSnapshot.NotFound",
        "InvalidZone.NotFound",
        "MissingParameter",
    ]
    access { "ec2:CreateVolume" on "arn:aws:ec2:{region}:{account}:volume/*" }
    token "ClientToken"
    takes time
}

impl Write for CreateVolume {
    type Output = CreateVolumeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let tags = tags::wanted_on(&self.tag_specifications, Kind::Volume)?;
        change(world, cx, |change| {
            let (region, rng) = (&mut *change.region, &mut *change.rng);
            let zone = self.zone(&region.place.region)?;
            let size = size(region, self.size, self.snapshot_id.as_deref())?;
            let name = self.volume_type.as_deref().unwrap_or("gp2");
            let sort = sort(name, size, self.iops, self.throughput)?;
            let token = self.client_token.as_deref().filter(|token| !token.is_empty());
            let asked = format!("{zone} {sort:?} {tags:?} {:?}", self.snapshot_id);
            let done = tokens::done(region, "CreateVolume", token, &asked, change.now)?;
            if let Some(made) = done.and_then(|id| region.find::<Volume>(&id).ok()) {
                return Ok(CreateVolumeOutput { made: made.shown(region) });
            }
            self.dry.stop()?;
            let volume = Volume {
                availability_zone_id: zones::id(&region.place.region, &zone).unwrap_or_default(),
                iops: sort.iops,
                volume_type: sort.name.to_owned(),
                throughput: sort.throughput,
                volume_id: Kind::Volume.draw(rng),
                size,
                snapshot_id: self.snapshot_id.clone().unwrap_or_default(),
                availability_zone: zone,
                state: "creating".into(),
                create_time: change.now,
                ..Volume::default()
            };
            let id = volume.volume_id.clone();
            region.put(volume);
            tags::attach(region, &id, tags);
            tokens::keep(region, "CreateVolume", token, asked, id.clone(), change.now);
            change.at(change.now.plus(VOLUME_CREATION), What::VolumeReady { volume: id.clone() });
            let made = change.region.find::<Volume>(&id)?.shown(change.region);
            Ok(CreateVolumeOutput { made })
        })
    }
}

impl CreateVolume {
    fn zone(&self, region: &str) -> Result<String, ApiError> {
        let none = |zone: &str| {
            let message = format!("The zone '{zone}' does not exist.");
            Err(refuse("InvalidZone.NotFound", message))
        };
        match (&self.availability_zone, &self.availability_zone_id) {
            (Some(_), Some(_)) => Err(combination(
                "The parameters AvailabilityZone and AvailabilityZoneId cannot be used together",
            )),
            (Some(zone), None) if zones::id(region, zone).is_some() => Ok(zone.clone()),
            (Some(zone), None) => none(zone),
            (None, Some(id)) => {
                let mut names = zones::names(region).into_iter();
                match names.find(|name| zones::id(region, name).as_ref() == Some(id)) {
                    Some(zone) => Ok(zone),
                    None => none(id),
                }
            }
            (None, None) => Err(missing("AvailabilityZone")),
        }
    }
}

sim::operation! {
    /// Deletes the specified EBS volume.
    write DeleteVolume in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the volume.
        volume_id: String => "VolumeId",
    }
    output DeleteVolumeOutput {}
    errors ["IncorrectState", "InvalidVolume.NotFound", "VolumeInUse"]
    access { "ec2:DeleteVolume" on "arn:aws:ec2:{region}:{account}:volume/{VolumeId}" }
    takes time
}

impl Write for DeleteVolume {
    type Output = DeleteVolumeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let id = &self.volume_id;
            let volume = change.region.find_mut::<Volume>(id)?;
            if let Some(attached) = volume.attachments.first() {
                let message =
                    format!("Volume {id} is currently attached to {}", attached.instance_id);
                return Err(refuse("VolumeInUse", message));
            }
            if volume.state == "deleting" {
                return Err(Kind::Volume.none(id));
            }
            if volume.state != "available" {
                let message = format!("The volume '{id}' is not in the 'available' state.");
                return Err(refuse("IncorrectState", message));
            }
            self.dry.stop()?;
            "deleting".clone_into(&mut volume.state);
            change.at(change.now.plus(VOLUME_DELETION), What::VolumeGone { volume: id.clone() });
            Ok(DeleteVolumeOutput {})
        })
    }
}

sim::operation! {
    /// Describes the specified EBS volumes or all of your EBS volumes.
    read DescribeVolumes in "ec2" = "";
    input {
        ..listing: Listing,
        /// The volume IDs.
        volume_ids: Vec<String> => "VolumeIds" Xml("VolumeId"),
        /// Indicates whether to include managed resources in the output.
        _include_managed_resources: Option<bool> =>
            "IncludeManagedResources",
    }
    output DescribeVolumesOutput {
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
        /// Information about the volumes.
        pub volumes: Vec<Volume> => "Volumes" Xml("volumeSet"),
    }
    errors []
    access { "ec2:DescribeVolumes" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["Volumes"],
    }
    waiters [
        waiter("VolumeAvailable", 15, 40, &[
            success(All("Volumes[].State", "available")),
            failure(Any("Volumes[].State", "deleted")),
        ]),
        waiter("VolumeDeleted", 15, 40, &[
            success(All("Volumes[].State", "deleted")),
            success(Error("InvalidVolume.NotFound")),
        ]),
        waiter("VolumeInUse", 15, 40, &[
            success(All("Volumes[].State", "in-use")),
            failure(Any("Volumes[].State", "deleted")),
        ]),
    ]
}

impl Listed for Volume {
    const FILTERS: &'static [&'static str] = &[
        "attachment.delete-on-termination",
        "attachment.device",
        "attachment.instance-id",
        "attachment.status",
        "availability-zone",
        "create-time",
        "encrypted",
        "size",
        "snapshot-id",
        "status",
        "volume-id",
        "volume-type",
    ];

    fn values(&self, _: &Region, filter: &str) -> Vec<String> {
        let attached = self.attachments.iter();
        vec![match filter {
            "attachment.delete-on-termination" => {
                return attached.map(|a| a.delete_on_termination.to_string()).collect();
            }
            "attachment.device" => return attached.map(|a| a.device.clone()).collect(),
            "attachment.instance-id" => return attached.map(|a| a.instance_id.clone()).collect(),
            "attachment.status" => return attached.map(|a| a.state.clone()).collect(),
            "availability-zone" => self.availability_zone.clone(),
            "create-time" => self.create_time.iso_millis(),
            "encrypted" => self.encrypted.to_string(),
            "size" => self.size.to_string(),
            "snapshot-id" => self.snapshot_id.clone(),
            "status" => self.state.clone(),
            "volume-id" => self.volume_id.clone(),
            "volume-type" => self.volume_type.clone(),
            _ => return Vec::new(),
        }]
    }

    fn shown(&self, region: &Region) -> Self {
        Self { tags: region.tags(&self.volume_id), ..self.clone() }
    }
}

impl Read for DescribeVolumes {
    type Output = DescribeVolumesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (volumes, next_token) = self.listing.page(&look(world, cx), &self.volume_ids)?;
        Ok(DescribeVolumesOutput { next_token, volumes })
    }
}

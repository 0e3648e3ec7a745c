//! Snapshots of volumes.

use std::collections::BTreeMap;

use super::super::durations::SNAPSHOT;
use super::super::error::refuse;
use super::super::event::What;
use super::super::filter::{Dry, Listed, Listing};
use super::super::ids::Kind;
use super::super::news::DiskTurn;
use super::super::region::Region;
use super::super::shapes::storage::{Snapshot, Volume};
use super::super::shapes::tag::TagSpecification;
use super::super::state::{Change, change, look};
use super::super::tags;
use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

sim::operation! {
    /// Creates a snapshot of an EBS volume and stores it in Amazon S3.
    write CreateSnapshot in "ec2" = "";
    input {
        ..dry: Dry,
        /// A description for the snapshot.
        description: Option<String> => "Description",
        /// Outpost arn.
        _outpost_arn: Refused<String> => "OutpostArn",
        /// The ID of the Amazon EBS volume.
        volume_id: String => "VolumeId",
        /// The tags to apply to the snapshot during creation.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// Location.
        _location: Refused<String> => "Location",
    }
    output CreateSnapshotOutput {
        ..pub made: Snapshot,
    }
    errors ["InvalidVolume.NotFound"]
    access {
        "ec2:CreateSnapshot" on "arn:aws:ec2:{region}:{account}:volume/{VolumeId}",
        "ec2:CreateSnapshot" on "arn:aws:ec2:{region}:{account}:snapshot/*",
    }
    takes time
}

impl Write for CreateSnapshot {
    type Output = CreateSnapshotOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let tags = tags::wanted_on(&self.tag_specifications, Kind::Snapshot)?;
        change(world, cx, |change| {
            let volume = change.region.find::<Volume>(&self.volume_id)?.clone();
            self.dry.stop()?;
            let id = taken(change, &volume, self.description.unwrap_or_default(), tags);
            let made = change.region.find::<Snapshot>(&id)?.shown(change.region);
            Ok(CreateSnapshotOutput { made })
        })
    }
}

/// Takes a snapshot of a volume, and says its id. What a root disk holds goes with it.
pub(in super::super) fn taken(
    change: &mut Change<'_>,
    volume: &Volume,
    description: String,
    tags: BTreeMap<String, String>,
) -> String {
    let id = Kind::Snapshot.draw(change.rng);
    change.region.put(Snapshot {
        storage_tier: "standard".into(),
        snapshot_id: id.clone(),
        volume_id: volume.volume_id.clone(),
        state: "pending".into(),
        start_time: change.now,
        owner_id: change.region.place.account.clone(),
        description,
        volume_size: volume.size,
        encrypted: volume.encrypted,
        ..Snapshot::default()
    });
    tags::attach(change.region, &id, tags);
    change.at(change.now.plus(SNAPSHOT), What::SnapshotDone { snapshot: id.clone() });
    let root = volume.attachments.iter().find_map(|attachment| {
        let machine = change.region.instances.get(&attachment.instance_id)?;
        (machine.root_device == attachment.device).then(|| (machine.id.clone(), machine.base))
    });
    let base = if let Some((instance, base)) = root {
        change.tell_disk(&id, DiskTurn::Taken { instance });
        base
    } else {
        if !volume.snapshot_id.is_empty() {
            change.tell_disk(&id, DiskTurn::Copied { from: volume.snapshot_id.clone() });
        }
        change.region.base_of(&volume.snapshot_id)
    };
    if let Some(base) = base {
        change.region.snapshot_bases.insert(id.clone(), base);
    }
    id
}

/// Forgets a snapshot.
pub(in super::super) fn forget(change: &mut Change<'_>, id: &str) {
    change.region.remove::<Snapshot>(id);
    change.region.snapshot_bases.remove(id);
    change.tell_disk(id, DiskTurn::Gone);
}

sim::operation! {
    /// Deletes the specified snapshot.
    write DeleteSnapshot in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the EBS snapshot.
        snapshot_id: String => "SnapshotId",
    }
    output DeleteSnapshotOutput {}
    errors ["InvalidSnapshot.InUse", "InvalidSnapshot.NotFound"]
    access { "ec2:DeleteSnapshot" on "arn:aws:ec2:{region}:{account}:snapshot/{SnapshotId}" }
}

impl Write for DeleteSnapshot {
    type Output = DeleteSnapshotOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            change.region.find::<Snapshot>(&self.snapshot_id)?;
            if let Some(own) = change.region.image_on(&self.snapshot_id) {
                let message =
                    format!("The snapshot {} is currently in use by {}", self.snapshot_id, own.id);
                return Err(refuse("InvalidSnapshot.InUse", message));
            }
            self.dry.stop()?;
            forget(change, &self.snapshot_id);
            Ok(DeleteSnapshotOutput {})
        })
    }
}

sim::operation! {
    /// Describes the specified EBS snapshots available to you or all of the EBS snapshots available
    /// to you.
    read DescribeSnapshots in "ec2" = "";
    input {
        ..listing: Listing,
        /// Scopes the results to snapshots with the specified owners.
        owner_ids: Vec<String> => "OwnerIds" Xml("Owner"),
        /// The IDs of the AWS accounts that can create volumes from the snapshot.
        _restorable_by_user_ids: Refused<Vec<String>> => "RestorableByUserIds" Xml("RestorableBy"),
        /// The snapshot IDs.
        snapshot_ids: Vec<String> => "SnapshotIds" Xml("SnapshotId"),
    }
    output DescribeSnapshotsOutput {
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
        /// Information about the snapshots.
        pub snapshots: Vec<Snapshot> => "Snapshots" Xml("snapshotSet"),
    }
    errors []
    access { "ec2:DescribeSnapshots" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["Snapshots"],
    }
    waiters [
        waiter("SnapshotCompleted", 15, 40, &[
            success(All("Snapshots[].State", "completed")),
            failure(Any("Snapshots[].State", "error")),
        ]),
    ]
}

impl Listed for Snapshot {
    const FILTERS: &'static [&'static str] = &[
        "description",
        "encrypted",
        "owner-id",
        "progress",
        "snapshot-id",
        "start-time",
        "status",
        "storage-tier",
        "volume-id",
        "volume-size",
    ];

    fn values(&self, _: &Region, filter: &str) -> Vec<String> {
        vec![match filter {
            "description" => self.description.clone(),
            "encrypted" => self.encrypted.to_string(),
            "owner-id" => self.owner_id.clone(),
            "progress" => self.progress.clone(),
            "snapshot-id" => self.snapshot_id.clone(),
            "start-time" => self.start_time.iso_millis(),
            "status" => self.state.clone(),
            "storage-tier" => self.storage_tier.clone(),
            "volume-id" => self.volume_id.clone(),
            "volume-size" => self.volume_size.to_string(),
            _ => return Vec::new(),
        }]
    }

    fn shown(&self, region: &Region) -> Self {
        Self { tags: region.tags(&self.snapshot_id), ..self.clone() }
    }
}

impl Read for DescribeSnapshots {
    type Output = DescribeSnapshotsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = look(world, cx);
        let (mut snapshots, next_token) =
            self.listing.page::<Snapshot>(&region, &self.snapshot_ids)?;
        let own = |owner: &String| owner == "self" || *owner == region.place.account;
        if !self.owner_ids.is_empty() && !self.owner_ids.iter().any(own) {
            snapshots.clear();
        }
        Ok(DescribeSnapshotsOutput { next_token, snapshots })
    }
}

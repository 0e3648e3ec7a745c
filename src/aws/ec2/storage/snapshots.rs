//! Snapshots of volumes.

use super::super::durations::SNAPSHOT;
use super::super::event::What;
use super::super::filter::{Dry, Listed, Listing};
use super::super::ids::Kind;
use super::super::region::Region;
use super::super::shapes::storage::{Snapshot, Volume};
use super::super::shapes::tag::TagSpecification;
use super::super::state::{change, look};
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
            let snapshot = Snapshot {
                storage_tier: "standard".into(),
                snapshot_id: Kind::Snapshot.draw(change.rng),
                volume_id: volume.volume_id,
                state: "pending".into(),
                start_time: change.now,
                owner_id: change.region.place.account.clone(),
                description: self.description.unwrap_or_default(),
                volume_size: volume.size,
                encrypted: volume.encrypted,
                ..Snapshot::default()
            };
            let id = snapshot.snapshot_id.clone();
            tags::attach(change.region, &id, tags);
            let made = snapshot.shown(change.region);
            change.region.put(snapshot);
            change.at(change.now.plus(SNAPSHOT), What::SnapshotDone { snapshot: id });
            Ok(CreateSnapshotOutput { made })
        })
    }
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
    errors ["InvalidSnapshot.NotFound"]
    access { "ec2:DeleteSnapshot" on "arn:aws:ec2:{region}:{account}:snapshot/{SnapshotId}" }
}

impl Write for DeleteSnapshot {
    type Output = DeleteSnapshotOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            change.region.find::<Snapshot>(&self.snapshot_id)?;
            self.dry.stop()?;
            change.region.remove::<Snapshot>(&self.snapshot_id);
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

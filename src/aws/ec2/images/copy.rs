//! `CopyImage` and `DeregisterImage`.

use super::super::durations::{IMAGE_COPY, SNAPSHOT_COPY};
use super::super::error::invalid;
use super::super::event::What;
use super::super::filter::Dry;
use super::super::ids::Kind;
use super::super::known_images::{Found, blank, check_name, shared_image};
use super::super::news::DiskTurn;
use super::super::region::Place;
use super::super::shapes::image::Image;
use super::super::shapes::storage::Snapshot;
use super::super::shapes::tag::TagSpecification;
use super::super::state::{Change, change, look_at};
use super::super::storage::snapshots;
use super::super::{tags, tokens};
use super::make::{TAGGED, keep};
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

sim::operation! {
    /// Initiates an AMI copy operation: the image and its snapshots come into the region of the request.
    write CopyImage in "ec2" = "";
    input {
        ..dry: Dry,
        /// Unique, case-sensitive identifier you provide to ensure idempotency of the request.
        client_token: Option<String> => "ClientToken",
        /// A description for the new AMI.
        description: Option<String> => "Description",
        /// Specifies whether to encrypt the snapshots of the copied image.
        _encrypted: Refused<bool> => "Encrypted",
        /// The identifier of the KMS key to use when creating encrypted volumes.
        _kms_key_id: Refused<String> => "KmsKeyId",
        /// The name of the new AMI.
        name: String => "Name",
        /// The ID of the AMI to copy.
        source_image_id: String => "SourceImageId",
        /// The name of the Region that contains the AMI to copy.
        source_region: String => "SourceRegion",
        /// The Amazon Resource Name (ARN) of the Outpost for the new AMI.
        _destination_outpost_arn: Refused<String> => "DestinationOutpostArn",
        /// Specifies whether to copy your user-defined AMI tags to the new AMI.
        copy_image_tags: Option<bool> => "CopyImageTags",
        /// The tags to apply to the new AMI and new snapshots.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// Specify a completion duration to initiate a time-based AMI copy.
        _snapshot_copy_completion_duration_minutes: Refused<i64> =>
            "SnapshotCopyCompletionDurationMinutes",
        /// The Local Zone for the new AMI.
        _destination_availability_zone: Refused<String> => "DestinationAvailabilityZone",
        /// The ID of the Local Zone for the new AMI.
        _destination_availability_zone_id: Refused<String> => "DestinationAvailabilityZoneId",
    }
    output CopyImageOutput {
        /// The ID of the new AMI.
        pub image_id: String => "ImageId",
    }
    errors [
        "IdempotentParameterMismatch",
        "InvalidAMIID.Malformed",
        "InvalidAMIID.NotFound",
        "InvalidAMIID.Unavailable",
        "InvalidAMIName.Duplicate",
        "InvalidAMIName.Malformed",
        "InvalidParameterValue",
    ]
    access {
        "ec2:CopyImage" on "arn:aws:ec2:{region}::image/*",
    }
    token "ClientToken"
    takes time
}

impl Write for CopyImage {
    type Output = CopyImageOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let mut tags = tags::wanted(&self.tag_specifications, TAGGED)?;
        let from = Place { region: self.source_region.clone(), ..Place::of(cx) };
        if !world.config().has_region(&from.region) {
            return Err(invalid(format!("Invalid region: {}", from.region)));
        }
        let source = match shared_image(world, &from, &self.source_image_id)? {
            Some(shared) => shared,
            None => look_at(world, &from).image(&self.source_image_id)?,
        };
        let own_tags = look_at(world, &from).tags.get(&self.source_image_id).cloned();
        let copied = own_tags.filter(|_| self.copy_image_tags == Some(true)).unwrap_or_default();
        let wanted = tags.remove("image").unwrap_or_default();
        let snapshot_tags = tags.remove("snapshot").unwrap_or_default();
        let all = copied.into_iter().filter(|(key, _)| !key.starts_with("aws:")).chain(wanted);
        let image_tags: std::collections::BTreeMap<String, String> = all.collect();
        change(world, cx, |change| {
            let token = self.client_token.as_deref().filter(|token| !token.is_empty());
            let asked = format!("{} {from:?} {} {tags:?}", self.source_image_id, self.name);
            if let Some(id) = tokens::done(change.region, "CopyImage", token, &asked, change.now)? {
                return Ok(CopyImageOutput { image_id: id });
            }
            check_name(change.region, &self.name)?;
            self.dry.stop()?;
            let id = Kind::Image.draw(change.rng);
            let Found { image, base } = source;
            let mut mappings = image.block_device_mappings.clone();
            for mapping in &mut mappings {
                let Some(old) = mapping.ebs.snapshot_id.clone() else { continue };
                let size = mapping.ebs.volume_size;
                let new = snapshot(change, &old, size, (&id, &image.image_id));
                tags::attach(change.region, &new, snapshot_tags.clone());
                if let Some(base) = base.filter(|_| mapping.device_name == image.root_device_name) {
                    change.region.snapshot_bases.insert(new.clone(), base);
                }
                mapping.ebs.snapshot_id = Some(new);
            }
            let made = Image {
                block_device_mappings: mappings,
                description: self.description.or(image.description),
                ena_support: image.ena_support,
                root_device_name: image.root_device_name,
                boot_mode: image.boot_mode,
                imds_support: image.imds_support,
                source_image_id: Some(self.source_image_id),
                source_image_region: Some(self.source_region),
                architecture: image.architecture,
                ..blank(&id, &self.name, &change.region.place.account)
            };
            tags::attach(change.region, &id, image_tags);
            keep(change, made, base, Some(IMAGE_COPY));
            tokens::keep(change.region, "CopyImage", token, asked, id.clone(), change.now);
            Ok(CopyImageOutput { image_id: id })
        })
    }
}

/// A copy of a snapshot, which may be of another region.
fn snapshot(change: &mut Change<'_>, old: &str, size: i64, (to, from): (&str, &str)) -> String {
    let id = Kind::Snapshot.draw(change.rng);
    let millis = change.now.0;
    change.region.put(Snapshot {
        storage_tier: "standard".into(),
        snapshot_id: id.clone(),
        // Copies have a volume of no meaning (EC2 API reference, `CopySnapshot`).
        volume_id: "vol-ffffffff".into(),
        state: "pending".into(),
        start_time: change.now,
        owner_id: change.region.place.account.clone(),
        description: format!(
            "Copied for DestinationAmi {to} from SourceAmi {from} for SourceSnapshot {old}. Task created on \
             {}.",
            grouped(millis)
        ),
        volume_size: size,
        ..Snapshot::default()
    });
    let done = What::SnapshotDone { snapshot: id.clone() };
    change.at(change.now.plus(SNAPSHOT_COPY), done);
    change.tell_disk(&id, DiskTurn::Copied { from: old.to_owned() });
    id
}

/// `1,795,341,600,000`
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

sim::structure! {
    /// The snapshot ID and its deletion result code.
    pub struct DeleteSnapshotReturnCode {
        /// The ID of the snapshot.
        pub snapshot_id: String => "SnapshotId",
        /// The result code from the snapshot deletion attempt.
        pub return_code: String => "ReturnCode",
    }
}

sim::operation! {
    /// Deregisters the specified AMI. A deregistered AMI can't be used to launch new instances.
    write DeregisterImage in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the AMI.
        image_id: String => "ImageId",
        /// Specifies whether to delete the snapshots associated with the AMI during deregistration.
        delete_associated_snapshots: Option<bool> => "DeleteAssociatedSnapshots",
    }
    output DeregisterImageOutput {
        /// Returns true if the request succeeds.
        pub done: bool => "Return" Xml("return"),
        /// The deletion result for each snapshot associated with the AMI.
        pub delete_snapshot_results: Vec<DeleteSnapshotReturnCode> =>
            "DeleteSnapshotResults" Xml("deleteSnapshotResultSet"),
    }
    errors [
        "AuthFailure",
        "InvalidAMIID.Malformed",
        "InvalidAMIID.NotFound",
        "InvalidAMIID.Unavailable",
    ]
    access { "ec2:DeregisterImage" on "arn:aws:ec2:{region}::image/{ImageId}" }
}

impl Write for DeregisterImage {
    type Output = DeregisterImageOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let own = change.region.own_image(&self.image_id)?.clone();
            self.dry.stop()?;
            change.region.images.remove(&own.id);
            change.region.tags.remove(&own.id);
            change.region.gone_images.insert(own.id);
            let mut out = DeregisterImageOutput { done: true, ..DeregisterImageOutput::default() };
            if self.delete_associated_snapshots != Some(true) {
                return Ok(out);
            }
            for mapping in own.image.block_device_mappings {
                let Some(snapshot_id) = mapping.ebs.snapshot_id else { continue };
                let used = change.region.image_on(&snapshot_id).is_some();
                if !used {
                    snapshots::forget(change, &snapshot_id);
                }
                let return_code = if used { "skipped" } else { "success" }.to_owned();
                out.delete_snapshot_results
                    .push(DeleteSnapshotReturnCode { snapshot_id, return_code });
            }
            Ok(out)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn digits_are_in_threes() {
        assert_eq!(grouped(1_795_341_600_000), "1,795,341,600,000");
        assert_eq!(grouped(12), "12");
        assert_eq!(grouped(123), "123");
    }
}

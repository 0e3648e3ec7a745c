//! `CreateImage` and `RegisterImage`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::super::durations::IMAGE;
use super::super::error::{invalid, invalid_value, missing, refuse};
use super::super::event::What;
use super::super::filter::Dry;
use super::super::ids::Kind;
use super::super::known_images::{blank, check_name};
use super::super::lifecycle;
use super::super::machine::{Machine, Phase};
use super::super::own_image::OwnImage;
use super::super::region::Region;
use super::super::shapes::image::{BlockDeviceMapping, EbsBlockDevice, Image};
use super::super::shapes::launch::BlockDeviceMappingGiven;
use super::super::shapes::storage::{Snapshot, Volume};
use super::super::shapes::tag::TagSpecification;
use super::super::state::{Change, change};
use super::super::storage::snapshots;
use super::super::{tags, volumes};
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

/// The kinds of what is made with an image and can have tags.
pub(super) const TAGGED: &[&str] = &["image", "snapshot"];

sim::operation! {
    /// Creates an Amazon EBS-backed AMI from an Amazon EBS-backed instance that is either running or
    /// stopped.
    write CreateImage in "ec2" = "";
    input {
        ..dry: Dry,
        /// The tags to apply to the AMI and snapshots on creation.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// Only supported for instances in Local Zones.
        _snapshot_location: Refused<String> => "SnapshotLocation",
        /// The ID of the instance.
        instance_id: String => "InstanceId",
        /// A name for the new image.
        name: String => "Name",
        /// A description for the new image.
        description: Option<String> => "Description",
        /// Indicates whether the instance is not to be rebooted before the image is made.
        no_reboot: Option<bool> => "NoReboot",
        /// The block device mappings: what is to be otherwise than at the instance.
        block_device_mappings: Vec<BlockDeviceMappingGiven> =>
            "BlockDeviceMappings" Xml("blockDeviceMapping"),
    }
    output CreateImageOutput {
        /// The ID of the new AMI.
        pub image_id: String => "ImageId",
    }
    errors [
        "IncorrectState",
        "InvalidAMIName.Duplicate",
        "InvalidAMIName.Malformed",
        "InvalidBlockDeviceMapping",
        "InvalidInstanceID.Malformed",
        "InvalidInstanceID.NotFound",
        "InvalidSnapshot.NotFound",
    ]
    access {
        "ec2:CreateImage" on "arn:aws:ec2:{region}:{account}:instance/{InstanceId}",
        "ec2:CreateImage" on "arn:aws:ec2:{region}::image/*",
        "ec2:CreateImage" on "arn:aws:ec2:{region}::snapshot/*",
    }
    takes time
}

impl Write for CreateImage {
    type Output = CreateImageOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let mut tags = tags::wanted(&self.tag_specifications, TAGGED)?;
        change(world, cx, |change| {
            let machine = change.region.instances.get(&self.instance_id);
            let machine = machine.ok_or_else(|| Kind::Instance.none(&self.instance_id))?.clone();
            if !matches!(machine.phase, Phase::Running | Phase::Stopped) {
                let message = "Instance is not in state 'running' or 'stopped'.";
                return Err(refuse("IncorrectState", message));
            }
            check_name(change.region, &self.name)?;
            let mut devices = attached(change.region, &machine);
            for given in &self.block_device_mappings {
                overlay(change.region, &mut devices, given)?;
            }
            self.dry.stop()?;
            let id = Kind::Image.draw(change.rng);
            let snapshot_tags = tags.remove("snapshot").unwrap_or_default();
            if machine.phase == Phase::Running && self.no_reboot != Some(true) {
                lifecycle::reboot(change, &machine.id);
            }
            let mappings = devices
                .into_iter()
                .map(|device| taken(change, device, &machine.id, &id, &snapshot_tags))
                .collect();
            let source = change.region.image(&machine.image).ok().map(|found| found.image);
            let image = Image {
                block_device_mappings: mappings,
                description: self.description,
                ena_support: true,
                root_device_name: machine.root_device.clone(),
                boot_mode: machine.boot_mode.clone(),
                imds_support: source.and_then(|source| source.imds_support),
                source_instance_id: Some(machine.id.clone()),
                source_image_id: Some(machine.image.clone()),
                source_image_region: Some(change.region.place.region.clone()),
                architecture: machine.architecture.clone(),
                ..blank(&id, &self.name, &change.region.place.account)
            };
            tags::attach(change.region, &id, tags.remove("image").unwrap_or_default());
            keep(change, image, machine.base, Some(IMAGE));
            Ok(CreateImageOutput { image_id: id })
        })
    }
}

/// Keeps an image, which is available after a while or at once.
pub(super) fn keep(
    change: &mut Change<'_>,
    image: Image,
    base: Option<&'static str>,
    after: Option<Duration>,
) {
    let id = image.image_id.clone();
    let mut image = Image { creation_date: change.now.iso_millis(), ..image };
    match after {
        None => "available".clone_into(&mut image.state),
        Some(after) => change.at(change.now.plus(after), What::ImageReady { image: id.clone() }),
    }
    change.region.put(OwnImage { id, image, base, users: BTreeSet::new() });
}

/// A device of an image that is made: the volume that it is made of, where there is one.
struct Device {
    volume: Option<Volume>,
    mapping: BlockDeviceMapping,
}

/// What is attached to an instance, the root disk first.
fn attached(region: &Region, machine: &Machine) -> Vec<Device> {
    let own = machine.volumes.iter().filter_map(|id| region.volumes.get(id));
    let mut devices: Vec<Device> = own
        .filter_map(|volume| {
            let mut attachments = volume.attachments.iter();
            let attached = attachments.find(|one| one.instance_id == machine.id)?;
            let ebs = EbsBlockDevice {
                delete_on_termination: attached.delete_on_termination,
                iops: volume.iops.filter(|_| volume.volume_type != "gp2"),
                snapshot_id: None,
                volume_size: volume.size,
                volume_type: volume.volume_type.clone(),
                throughput: volume.throughput,
                encrypted: volume.encrypted,
            };
            let mapping = BlockDeviceMapping { ebs, device_name: attached.device.clone() };
            Some(Device { volume: Some(volume.clone()), mapping })
        })
        .collect();
    devices.sort_by_key(|device| {
        let name = device.mapping.device_name.clone();
        (name != machine.root_device, name)
    });
    devices
}

/// What a request wants otherwise.
fn overlay(
    region: &Region,
    devices: &mut Vec<Device>,
    given: &BlockDeviceMappingGiven,
) -> Result<(), ApiError> {
    let name = given.device_name.as_deref().ok_or_else(|| missing("deviceName"))?;
    let ebs = given.ebs.as_ref().ok_or_else(|| missing("ebs"))?;
    let known = devices.iter_mut().find(|device| device.mapping.device_name == name);
    let Some(known) = known else {
        let mapping = mapping(region, given)?;
        devices.push(Device { volume: None, mapping });
        return Ok(());
    };
    let own = &mut known.mapping.ebs;
    if ebs.volume_size.is_some_and(|size| size != own.volume_size) || ebs.snapshot_id.is_some() {
        let message = format!(
            "The size or the snapshot of the device '{name}' cannot be changed: it is that of the instance"
        );
        return Err(refuse("InvalidBlockDeviceMapping", message));
    }
    let kind = ebs.volume_type.as_deref().unwrap_or(&own.volume_type);
    let (iops, throughput) = if kind == own.volume_type {
        (ebs.iops.or(own.iops), ebs.throughput.or(own.throughput))
    } else {
        (ebs.iops, ebs.throughput)
    };
    let sort = volumes::sort(kind, own.volume_size, iops, throughput)?;
    sort.name.clone_into(&mut own.volume_type);
    own.iops = sort.iops.filter(|_| sort.name != "gp2");
    own.throughput = sort.throughput;
    own.delete_on_termination = ebs.delete_on_termination.unwrap_or(own.delete_on_termination);
    Ok(())
}

/// A device that a request describes whole.
fn mapping(
    region: &Region,
    given: &BlockDeviceMappingGiven,
) -> Result<BlockDeviceMapping, ApiError> {
    let name = given.device_name.clone().ok_or_else(|| missing("deviceName"))?;
    let ebs = given.ebs.as_ref().ok_or_else(|| missing("ebs"))?;
    let size = volumes::size(region, ebs.volume_size, ebs.snapshot_id.as_deref())?;
    let kind = ebs.volume_type.as_deref().unwrap_or("gp2");
    let sort = volumes::sort(kind, size, ebs.iops, ebs.throughput)?;
    Ok(BlockDeviceMapping {
        ebs: EbsBlockDevice {
            delete_on_termination: ebs.delete_on_termination.unwrap_or(true),
            iops: sort.iops.filter(|_| sort.name != "gp2"),
            snapshot_id: ebs.snapshot_id.clone(),
            volume_size: sort.size,
            volume_type: sort.name.to_owned(),
            throughput: sort.throughput,
            encrypted: false,
        },
        device_name: name,
    })
}

/// A device with the snapshot that is taken for it.
fn taken(
    change: &mut Change<'_>,
    device: Device,
    instance: &str,
    image: &str,
    tags: &BTreeMap<String, String>,
) -> BlockDeviceMapping {
    let mut mapping = device.mapping;
    if let Some(volume) = device.volume {
        let description = format!("Created by CreateImage({instance}) for {image}");
        let snapshot = snapshots::taken(change, &volume, description, tags.clone());
        mapping.ebs.snapshot_id = Some(snapshot);
    }
    mapping
}

sim::operation! {
    /// Registers an AMI from a snapshot of a root device volume.
    write RegisterImage in "ec2" = "";
    input {
        ..dry: Dry,
        /// The full path to your AMI manifest in Amazon S3 storage.
        _image_location: Refused<String> => "ImageLocation",
        /// The billing product codes.
        _billing_products: Refused<Vec<String>> => "BillingProducts" Xml("BillingProduct"),
        /// The boot mode of the AMI: legacy-bios, uefi or uefi-preferred.
        boot_mode: Option<String> => "BootMode",
        /// Set to v2.0 to enable Trusted Platform Module (TPM) support.
        _tpm_support: Refused<String> => "TpmSupport",
        /// Base64 representation of the non-volatile UEFI variable store.
        _uefi_data: Refused<String> => "UefiData",
        /// Set to v2.0 to indicate that IMDSv2 is specified in the AMI.
        imds_support: Option<String> => "ImdsSupport",
        /// The tags to apply to the AMI.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// A name for your AMI.
        name: String => "Name",
        /// A description for your AMI.
        description: Option<String> => "Description",
        /// The architecture of the AMI: i386 where nothing is said.
        architecture: Option<String> => "Architecture",
        /// The ID of the kernel.
        _kernel_id: Refused<String> => "KernelId",
        /// The ID of the RAM disk.
        _ramdisk_id: Refused<String> => "RamdiskId",
        /// The device name of the root device volume (for example, /dev/sda1).
        root_device_name: Option<String> => "RootDeviceName",
        /// The block device mapping entries.
        block_device_mappings: Vec<BlockDeviceMappingGiven> =>
            "BlockDeviceMappings" Xml("BlockDeviceMapping"),
        /// The type of virtualization: paravirtual where nothing is said, which nothing here runs.
        virtualization_type: Option<String> => "VirtualizationType",
        /// Set to simple to enable enhanced networking with the Intel 82599 interface.
        _sriov_net_support: Refused<String> => "SriovNetSupport",
        /// Set to true to enable enhanced networking with ENA.
        ena_support: Option<bool> => "EnaSupport",
    }
    output RegisterImageOutput {
        /// The ID of the newly registered AMI.
        pub image_id: String => "ImageId",
    }
    errors [
        "InvalidAMIName.Duplicate",
        "InvalidAMIName.Malformed",
        "InvalidParameterValue",
        "InvalidSnapshot.NotFound",
        "MissingParameter",
        "UnsupportedOperation",
    ]
    access {
        "ec2:RegisterImage" on "arn:aws:ec2:{region}::image/*",
        "ec2:RegisterImage" on "arn:aws:ec2:{region}::snapshot/*",
    }
    takes time
}

impl Write for RegisterImage {
    type Output = RegisterImageOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let tags = tags::wanted_on(&self.tag_specifications, Kind::Image)?;
        let architecture = self.checked()?;
        change(world, cx, |change| {
            check_name(change.region, &self.name)?;
            let root = self.root_device_name.as_deref().ok_or_else(|| missing("rootDeviceName"))?;
            let mut mappings = Vec::new();
            for given in &self.block_device_mappings {
                mappings.push(mapping(change.region, given)?);
            }
            let disk = mappings.iter().find(|mapping| mapping.device_name == root);
            let snapshot = disk.and_then(|disk| disk.ebs.snapshot_id.clone());
            let snapshot = snapshot.ok_or_else(|| {
                invalid("The root device must be mapped to a snapshot of a root device volume")
            })?;
            if change.region.find::<Snapshot>(&snapshot)?.state != "completed" {
                let message = format!("Snapshot '{snapshot}' is not 'completed'.");
                return Err(refuse("IncorrectState", message));
            }
            self.dry.stop()?;
            let id = Kind::Image.draw(change.rng);
            let base = change.region.base_of(&snapshot);
            let image = Image {
                block_device_mappings: mappings,
                description: self.description,
                ena_support: self.ena_support == Some(true),
                root_device_name: root.to_owned(),
                boot_mode: self.boot_mode,
                imds_support: self.imds_support,
                architecture,
                ..blank(&id, &self.name, &change.region.place.account)
            };
            tags::attach(change.region, &id, tags);
            // One of snapshots that are there already is there at once.
            keep(change, image, base, None);
            Ok(RegisterImageOutput { image_id: id })
        })
    }
}

impl RegisterImage {
    /// The architecture, where what else is said can be.
    fn checked(&self) -> Result<String, ApiError> {
        match self.virtualization_type.as_deref() {
            Some("hvm") => {}
            None | Some("paravirtual") => {
                let message =
                    "Images of the virtualization type paravirtual are not simulated here";
                return Err(refuse("UnsupportedOperation", message));
            }
            Some(other) => return Err(invalid_value(other, "virtualizationType", "")),
        }
        let modes = ["legacy-bios", "uefi", "uefi-preferred"];
        if let Some(odd) = self.boot_mode.as_deref().filter(|mode| !modes.contains(mode)) {
            return Err(invalid_value(odd, "bootMode", ""));
        }
        if let Some(odd) = self.imds_support.as_deref().filter(|version| *version != "v2.0") {
            return Err(invalid_value(odd, "imdsSupport", ""));
        }
        match self.architecture.as_deref() {
            Some(known @ ("x86_64" | "arm64")) => Ok(known.to_owned()),
            None | Some("i386" | "x86_64_mac" | "arm64_mac") => {
                let message = "Images of this architecture are not simulated here";
                Err(refuse("UnsupportedOperation", message))
            }
            Some(other) => Err(invalid_value(other, "architecture", "")),
        }
    }
}

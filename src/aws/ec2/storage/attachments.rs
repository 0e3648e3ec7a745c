//! Volumes attached to instances, and taken off.

use super::super::durations::{VOLUME_ATTACHMENT, VOLUME_DETACHMENT};
use super::super::error::{invalid, refuse};
use super::super::event::What;
use super::super::filter::Dry;
use super::super::ids::Kind;
use super::super::machine::Phase;
use super::super::shapes::storage::{Volume, VolumeAttachment};
use super::super::state::change;
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

sim::operation! {
    /// Attaches an Amazon EBS volume to a running or stopped instance, and exposes it to the
    /// instance with the specified device name.
    write AttachVolume in "ec2" = "";
    input {
        ..dry: Dry,
        /// The device name (for example, /dev/sdh or xvdh).
        device: String => "Device",
        /// The ID of the instance.
        instance_id: String => "InstanceId",
        /// The ID of the EBS volume.
        volume_id: String => "VolumeId",
        /// The index of the EBS card.
        _ebs_card_index: Refused<i64> => "EbsCardIndex",
    }
    output AttachVolumeOutput {
        ..pub made: VolumeAttachment,
    }
    errors [
        "IncorrectState",
        "InvalidInstanceID.NotFound",
        "InvalidParameterValue",
        "InvalidVolume.NotFound",
        "InvalidVolume.ZoneMismatch",
        "VolumeInUse",
    ]
    access {
        "ec2:AttachVolume" on "arn:aws:ec2:{region}:{account}:volume/{VolumeId}",
        "ec2:AttachVolume" on "arn:aws:ec2:{region}:{account}:instance/{InstanceId}",
    }
    takes time
}

impl Write for AttachVolume {
    type Output = AttachVolumeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let region = &mut *change.region;
            let (id, instance) = (&self.volume_id, &self.instance_id);
            let volume = region.find::<Volume>(id)?;
            let machine =
                region.instances.get(instance).ok_or_else(|| Kind::Instance.none(instance))?;
            if !matches!(machine.phase, Phase::Running | Phase::Stopped) {
                let message = format!("Instance '{instance}' is not 'running'.");
                return Err(refuse("IncorrectState", message));
            }
            if !volume.attachments.is_empty() {
                let message = format!("{id} is already attached to an instance");
                return Err(refuse("VolumeInUse", message));
            }
            if volume.state != "available" {
                let message = format!("{id} is not 'available'.");
                return Err(refuse("IncorrectState", message));
            }
            if volume.availability_zone != machine.zone {
                let message = format!(
                    "The volume '{id}' is not in the same availability zone as instance '{instance}'"
                );
                return Err(refuse("InvalidVolume.ZoneMismatch", message));
            }
            let device = self.device.as_str();
            if !device.starts_with("/dev/") && !device.starts_with("xvd") {
                let message = format!(
                    "Value ({device}) for parameter device is invalid. {device} is not a valid EBS \
                     device name."
                );
                return Err(invalid(message));
            }
            let mut used = region.volumes.values().flat_map(|volume| &volume.attachments);
            if used.any(|a| a.instance_id == *instance && a.device == device) {
                let message = format!(
                    "Invalid value '{device}' for unixDevice. Attachment point {device} is already in use"
                );
                return Err(invalid(message));
            }
            self.dry.stop()?;
            let made = VolumeAttachment {
                delete_on_termination: false,
                volume_id: id.clone(),
                instance_id: instance.clone(),
                device: device.to_owned(),
                state: "attaching".into(),
                attach_time: change.now,
            };
            let volume = region.find_mut::<Volume>(id)?;
            volume.attachments.push(made.clone());
            "in-use".clone_into(&mut volume.state);
            if let Some(machine) = region.instances.get_mut(instance) {
                machine.volumes.push(id.clone());
            }
            let settled = What::VolumeSettled { volume: id.clone(), instance: instance.clone() };
            change.at(change.now.plus(VOLUME_ATTACHMENT), settled);
            Ok(AttachVolumeOutput { made })
        })
    }
}

sim::operation! {
    /// Detaches an EBS volume from an instance.
    write DetachVolume in "ec2" = "";
    input {
        ..dry: Dry,
        /// The device name.
        device: Option<String> => "Device",
        /// Forces detachment if the previous detachment attempt did not occur cleanly.
        _force: Option<bool> => "Force",
        /// The ID of the instance.
        instance_id: Option<String> => "InstanceId",
        /// The ID of the volume.
        volume_id: String => "VolumeId",
    }
    output DetachVolumeOutput {
        ..pub made: VolumeAttachment,
    }
    errors [
        "IncorrectState",
        "InvalidAttachment.NotFound",
        "InvalidParameterValue",
        "InvalidVolume.NotFound",
        "OperationNotPermitted",
    ]
    access {
        "ec2:DetachVolume" on "arn:aws:ec2:{region}:{account}:volume/{VolumeId}",
        "ec2:DetachVolume" on "arn:aws:ec2:{region}:{account}:instance/{InstanceId}",
    }
    takes time
}

impl Write for DetachVolume {
    type Output = DetachVolumeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let region = &mut *change.region;
            let id = &self.volume_id;
            let volume = region.find::<Volume>(id)?;
            let Some(attached) = volume.attachments.first().cloned() else {
                let message = format!("Volume '{id}' is in the 'available' state.");
                return Err(refuse("IncorrectState", message));
            };
            let instance = attached.instance_id.clone();
            if self.instance_id.as_ref().is_some_and(|given| *given != instance)
                || self.device.as_ref().is_some_and(|given| *given != attached.device)
            {
                let message = format!(
                    "Volume '{id}' is not attached to the instance or device that is named"
                );
                return Err(refuse("InvalidAttachment.NotFound", message));
            }
            let machine = region.instances.get(&instance);
            if machine
                .is_some_and(|m| m.root_device == attached.device && m.phase != Phase::Stopped)
            {
                let message =
                    format!("Unable to detach root volume '{id}' from instance '{instance}'");
                return Err(refuse("OperationNotPermitted", message));
            }
            self.dry.stop()?;
            let volume = region.find_mut::<Volume>(id)?;
            let mut shown = attached;
            if let Some(attached) = volume.attachments.first_mut() {
                "detaching".clone_into(&mut attached.state);
                shown = attached.clone();
            }
            let settled = What::VolumeSettled { volume: id.clone(), instance };
            change.at(change.now.plus(VOLUME_DETACHMENT), settled);
            Ok(DetachVolumeOutput { made: shown })
        })
    }
}

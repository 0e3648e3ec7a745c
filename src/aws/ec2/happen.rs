//! What becomes of a region when something happens by itself in it.

use super::console;
use super::event::What;
use super::lifecycle;
use super::nat;
use super::shapes::storage::Volume;
use super::state::Change;

/// Lets it happen.
pub(super) fn happen(change: &mut Change<'_>, what: &What) {
    match what {
        What::Turn { instance, life } => lifecycle::turn(change, instance, *life),
        What::Console { instance, life } => console::keep(change, instance, *life),
        What::Vanish { instance } => {
            change.region.instances.remove(instance);
            change.region.tags.remove(instance);
        }
        What::VolumeReady { volume } => {
            let there = change.region.volumes.get_mut(volume);
            if let Some(volume) = there.filter(|volume| volume.state == "creating") {
                "available".clone_into(&mut volume.state);
            }
        }
        What::VolumeSettled { volume, instance } => settle(change, volume, instance),
        What::VolumeGone { volume } => change.region.remove::<Volume>(volume),
        What::ImageReady { image } => {
            if let Some(own) = change.region.images.get_mut(image) {
                "available".clone_into(&mut own.image.state);
            }
        }
        What::SnapshotDone { snapshot } => {
            let now = change.now;
            if let Some(snapshot) = change.region.snapshots.get_mut(snapshot) {
                "completed".clone_into(&mut snapshot.state);
                "100%".clone_into(&mut snapshot.progress);
                snapshot.completion_time = Some(now);
            }
        }
        What::NatReady { gateway } => nat::ready(change, gateway),
        What::NatGone { gateway } => nat::gone(change, gateway),
        What::NatVanish { gateway } => {
            change.region.nat_gateways.remove(gateway);
            change.region.tags.remove(gateway);
        }
    }
}

/// A volume has been attached, or taken off.
fn settle(change: &mut Change<'_>, volume: &str, instance: &str) {
    let id = volume;
    let Some(volume) = change.region.volumes.get_mut(id) else { return };
    volume.attachments.retain_mut(|attachment| {
        if attachment.instance_id != instance {
            return true;
        }
        if attachment.state == "attaching" {
            "attached".clone_into(&mut attachment.state);
        }
        attachment.state != "detaching"
    });
    if volume.attachments.is_empty() && volume.state == "in-use" {
        "available".clone_into(&mut volume.state);
        if let Some(machine) = change.region.instances.get_mut(instance) {
            machine.volumes.retain(|own| own != id);
        }
    }
}

//! Making the instances of a plan.

use std::net::Ipv4Addr;

use super::super::event::What;
use super::super::ids::{Kind, draw};
use super::super::interfaces;
use super::super::lifecycle;
use super::super::machine::{Machine, Phase};
use super::super::shapes::interface::NetworkInterfaceAttachment;
use super::super::shapes::storage::{Volume, VolumeAttachment};
use super::super::state::Change;
use super::super::{tags, zones};
use super::plan::Plan;

/// What a launch made.
pub(super) struct Launched {
    pub(super) reservation: String,
    /// In the order of their launch indexes.
    pub(super) instances: Vec<String>,
}

/// Makes them, and says the id of their reservation.
pub(super) fn launch(change: &mut Change<'_>, plan: &Plan, token: &str) -> Launched {
    let reservation = draw("r-", change.rng);
    let mut instances = Vec::new();
    for (index, address) in plan.addresses.iter().enumerate() {
        let id = Kind::Instance.draw(change.rng);
        change.region.instances.insert(
            id.clone(),
            Machine {
                id: id.clone(),
                reservation: reservation.clone(),
                index: i64::try_from(index).unwrap_or_default(),
                image: plan.image.image_id.clone(),
                base: plan.base,
                kind: plan.kind.to_owned(),
                architecture: plan.image.architecture.clone(),
                key: plan.key.clone(),
                token: token.to_owned(),
                launched: change.now,
                made: change.now,
                phase: Phase::Pending,
                life: 0,
                running_since: None,
                reason: None,
                transition: String::new(),
                zone: plan.subnet.availability_zone.clone(),
                vpc: plan.subnet.vpc_id.clone(),
                subnet: plan.subnet.subnet_id.clone(),
                interfaces: Vec::new(),
                volumes: Vec::new(),
                root_device: plan.image.root_device_name.clone(),
                profile: plan.profile.clone(),
                user_data: plan.user_data.clone(),
                terminates_on_shutdown: plan.terminates_on_shutdown,
                termination_protected: plan.termination_protected,
                stop_protected: plan.stop_protected,
                ebs_optimized: plan.ebs_optimized,
                monitored: plan.monitored,
                wants_public: plan.public,
                boot_mode: plan.image.boot_mode.clone(),
                console: None,
                printed: String::new(),
                metadata: plan.metadata,
            },
        );
        tag(change, plan, "instance", &id);
        connect(change, plan, &id, *address);
        disks(change, plan, &id);
        lifecycle::start(change, &id);
        instances.push(id);
    }
    Launched { reservation, instances }
}

/// Gives an instance the network interface that has its address.
fn connect(change: &mut Change<'_>, plan: &Plan, id: &str, address: Ipv4Addr) {
    let groups = &plan.groups;
    let mut interface = interfaces::made(
        change.region,
        change.rng,
        &plan.subnet,
        address,
        groups,
        &plan.description,
    );
    "in-use".clone_into(&mut interface.status);
    interface.attachment = Some(NetworkInterfaceAttachment {
        attach_time: change.now,
        attachment_id: draw("eni-attach-", change.rng),
        delete_on_termination: plan.interface_deleted_with,
        device_index: 0,
        network_card_index: 0,
        instance_id: Some(id.to_owned()),
        instance_owner_id: change.region.place.account.clone(),
        status: "attaching".into(),
    });
    tag(change, plan, "network-interface", &interface.network_interface_id);
    if let Some(machine) = change.region.instances.get_mut(id) {
        machine.interfaces.push(interface.network_interface_id.clone());
    }
    change.region.put(interface);
}

fn tag(change: &mut Change<'_>, plan: &Plan, kind: &str, id: &str) {
    let wanted = plan.tags.get(kind).cloned().unwrap_or_default();
    tags::attach(change.region, id, wanted);
}

fn disks(change: &mut Change<'_>, plan: &Plan, instance: &str) {
    for disk in &plan.disks {
        let id = Kind::Volume.draw(change.rng);
        let zone = &plan.subnet.availability_zone;
        change.region.put(Volume {
            availability_zone_id: zones::id(&change.region.place.region, zone).unwrap_or_default(),
            iops: disk.sort.iops,
            tags: Vec::new(),
            volume_type: disk.sort.name.to_owned(),
            multi_attach_enabled: false,
            throughput: disk.sort.throughput,
            volume_id: id.clone(),
            size: disk.sort.size,
            snapshot_id: disk.snapshot.clone(),
            availability_zone: zone.clone(),
            state: "in-use".into(),
            create_time: change.now,
            attachments: vec![VolumeAttachment {
                delete_on_termination: disk.deleted_with,
                volume_id: id.clone(),
                instance_id: instance.to_owned(),
                device: disk.device.clone(),
                state: "attaching".into(),
                attach_time: change.now,
            }],
            encrypted: false,
        });
        if let Some(machine) = change.region.instances.get_mut(instance) {
            machine.volumes.push(id.clone());
        }
        tag(change, plan, "volume", &id);
        let settled = What::VolumeSettled { volume: id, instance: instance.to_owned() };
        change.at(change.now.plus(super::super::durations::VOLUME_ATTACHMENT), settled);
    }
}

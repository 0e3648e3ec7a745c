//! What is seen of an instance.

use super::catalogue::types;
use super::machine::{Machine, MetadataAccess, Phase};
use super::region::Region;
use super::shapes::instance::{
    CpuOptions, EbsInstanceBlockDevice, IamInstanceProfile, Instance, InstanceBlockDeviceMapping,
    InstanceMetadataOptionsResponse, InstanceNetworkInterface, InstanceNetworkInterfaceAssociation,
    InstanceNetworkInterfaceAttachment, InstancePrivateIpAddress, Monitoring, Placement,
    PrivateDnsNameOptionsResponse, StateReason,
};
use super::shapes::interface::{NetworkInterface, NetworkInterfaceAssociation};
use super::zones;

/// An instance as it is described.
pub(crate) fn instance(region: &Region, machine: &Machine) -> Instance {
    let interfaces = region.interfaces_of(&machine.id);
    let first = interfaces.first();
    let association = first.and_then(|interface| interface.association.as_ref());
    let kind = types::of_name(&machine.kind);
    let over = machine.phase == Phase::Terminated;
    Instance {
        architecture: machine.architecture.clone(),
        block_device_mappings: devices(region, machine),
        client_token: machine.token.clone(),
        ebs_optimized: machine.ebs_optimized,
        ena_support: true,
        hypervisor: "xen".into(),
        iam_instance_profile: machine
            .profile
            .clone()
            .map(|(arn, id)| IamInstanceProfile { arn, id }),
        security_groups: first.map(|interface| interface.groups.clone()).unwrap_or_default(),
        source_dest_check: first.map(|interface| interface.source_dest_check),
        root_device_name: machine.root_device.clone(),
        root_device_type: "ebs".into(),
        state_reason: machine.reason.clone().map(|(code, message)| StateReason { code, message }),
        tags: region.tags(&machine.id),
        virtualization_type: "hvm".into(),
        cpu_options: CpuOptions {
            core_count: kind.map_or(1, |kind| kind.vcpus / kind.threads_per_core),
            threads_per_core: kind.map_or(1, |kind| kind.threads_per_core),
        },
        platform_details: "Linux/UNIX".into(),
        usage_operation: "RunInstances".into(),
        usage_operation_update_time: machine.made,
        private_dns_name_options: (!over).then(|| PrivateDnsNameOptionsResponse {
            hostname_type: "ip-name".into(),
            ..PrivateDnsNameOptionsResponse::default()
        }),
        boot_mode: machine.boot_mode.clone(),
        metadata_options: metadata(machine.metadata),
        instance_id: machine.id.clone(),
        image_id: machine.image.clone(),
        state: machine.phase.shown(),
        private_dns_name: first.and_then(|i| i.private_dns_name.clone()).unwrap_or_default(),
        public_dns_name: association.map(|a| a.public_dns_name.clone()).unwrap_or_default(),
        state_transition_reason: machine.transition.clone(),
        key_name: machine.key.clone(),
        ami_launch_index: machine.index,
        instance_type: machine.kind.clone(),
        launch_time: machine.launched,
        placement: Placement {
            availability_zone_id: zones::id(&region.place.region, &machine.zone)
                .unwrap_or_default(),
            availability_zone: machine.zone.clone(),
            group_name: String::new(),
            tenancy: "default".into(),
        },
        monitoring: Monitoring {
            state: if machine.monitored { "enabled" } else { "disabled" }.into(),
        },
        subnet_id: (!over).then(|| machine.subnet.clone()),
        vpc_id: (!over).then(|| machine.vpc.clone()),
        private_ip_address: first.map(|interface| interface.private_ip_address.clone()),
        public_ip_address: association.map(|association| association.public_ip.clone()),
        network_interfaces: interfaces.into_iter().map(interface).collect(),
    }
}

/// How descriptions show the ways of the metadata service.
pub(crate) fn metadata(access: MetadataAccess) -> InstanceMetadataOptionsResponse {
    let switch = |on: bool| if on { "enabled" } else { "disabled" }.to_owned();
    InstanceMetadataOptionsResponse {
        state: "applied".into(),
        http_tokens: if access.token_required { "required" } else { "optional" }.into(),
        http_put_response_hop_limit: access.hop_limit,
        http_endpoint: switch(access.enabled),
        http_protocol_ipv6: switch(false),
        instance_metadata_tags: switch(access.tags),
    }
}

fn devices(region: &Region, machine: &Machine) -> Vec<InstanceBlockDeviceMapping> {
    let own = machine.volumes.iter().filter_map(|id| region.volumes.get(id));
    let attached = own.flat_map(|volume| &volume.attachments);
    let own = attached.filter(|attachment| attachment.instance_id == machine.id);
    let mut devices: Vec<InstanceBlockDeviceMapping> = own
        .map(|attachment| InstanceBlockDeviceMapping {
            device_name: attachment.device.clone(),
            ebs: EbsInstanceBlockDevice {
                attach_time: attachment.attach_time,
                delete_on_termination: attachment.delete_on_termination,
                status: attachment.state.clone(),
                volume_id: attachment.volume_id.clone(),
            },
        })
        .collect();
    devices.sort_by_key(|device| {
        (device.device_name != machine.root_device, device.device_name.clone())
    });
    devices
}

fn association(of: &NetworkInterfaceAssociation) -> InstanceNetworkInterfaceAssociation {
    InstanceNetworkInterfaceAssociation {
        ip_owner_id: of.ip_owner_id.clone(),
        public_dns_name: of.public_dns_name.clone(),
        public_ip: of.public_ip.clone(),
    }
}

/// A network interface as its instance shows it.
fn interface(of: &NetworkInterface) -> InstanceNetworkInterface {
    let attachment = of.attachment.as_ref();
    InstanceNetworkInterface {
        association: of.association.as_ref().map(association),
        attachment: attachment
            .map(|attachment| InstanceNetworkInterfaceAttachment {
                attach_time: attachment.attach_time,
                attachment_id: attachment.attachment_id.clone(),
                delete_on_termination: attachment.delete_on_termination,
                device_index: attachment.device_index,
                status: attachment.status.clone(),
                network_card_index: attachment.network_card_index,
            })
            .unwrap_or_default(),
        description: of.description.clone(),
        groups: of.groups.clone(),
        mac_address: of.mac_address.clone(),
        network_interface_id: of.network_interface_id.clone(),
        owner_id: of.owner_id.clone(),
        private_dns_name: of.private_dns_name.clone(),
        private_ip_address: of.private_ip_address.clone(),
        private_ip_addresses: of
            .private_ip_addresses
            .iter()
            .map(|address| InstancePrivateIpAddress {
                association: address.association.as_ref().map(association),
                primary: address.primary,
                private_dns_name: address.private_dns_name.clone(),
                private_ip_address: address.private_ip_address.clone(),
            })
            .collect(),
        source_dest_check: of.source_dest_check,
        status: of.status.clone(),
        subnet_id: of.subnet_id.clone(),
        vpc_id: of.vpc_id.clone(),
        interface_type: of.interface_type.clone(),
    }
}

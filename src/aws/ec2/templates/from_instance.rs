//! `GetLaunchTemplateData`.

use super::super::filter::Dry;
use super::super::instances::describe::find_all;
use super::super::machine::Machine;
use super::super::portrait;
use super::super::region::Region;
use super::super::shapes::template::{
    LaunchTemplateBlockDeviceMapping, LaunchTemplateEbsBlockDevice,
    LaunchTemplateIamInstanceProfileSpecification,
    LaunchTemplateInstanceNetworkInterfaceSpecification, LaunchTemplatePlacement,
    LaunchTemplateTagSpecification, LaunchTemplatesMonitoring, ResponseLaunchTemplateData,
};
use super::super::state::look;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::operation! {
    /// Retrieves the configuration data of the specified instance.
    read GetLaunchTemplateData in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the instance.
        instance_id: String => "InstanceId",
    }
    output GetLaunchTemplateDataOutput {
        /// The instance data.
        pub launch_template_data: ResponseLaunchTemplateData => "LaunchTemplateData",
    }
    errors ["InvalidInstanceID.Malformed", "InvalidInstanceID.NotFound"]
    access { "ec2:GetLaunchTemplateData" on "*" }
}

impl Read for GetLaunchTemplateData {
    type Output = GetLaunchTemplateDataOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = look(world, cx);
        let found = find_all(&region, std::slice::from_ref(&self.instance_id))?;
        self.dry.stop()?;
        let data = found.first().map(|machine| of(&region, machine)).unwrap_or_default();
        Ok(GetLaunchTemplateDataOutput { launch_template_data: data })
    }
}

fn of(region: &Region, machine: &Machine) -> ResponseLaunchTemplateData {
    let shown = portrait::instance(region, machine);
    let volume = |id: &str| region.volumes.get(id);
    let devices = shown.block_device_mappings.iter().map(|mapping| {
        let volume = volume(&mapping.ebs.volume_id);
        LaunchTemplateBlockDeviceMapping {
            device_name: Some(mapping.device_name.clone()),
            ebs: Some(LaunchTemplateEbsBlockDevice {
                delete_on_termination: Some(mapping.ebs.delete_on_termination),
                iops: volume.and_then(|volume| volume.iops),
                snapshot_id: volume
                    .map(|volume| volume.snapshot_id.clone())
                    .filter(|id| !id.is_empty()),
                volume_size: volume.map(|volume| volume.size),
                volume_type: volume.map(|volume| volume.volume_type.clone()),
                throughput: volume.and_then(|volume| volume.throughput),
            }),
        }
    });
    let interfaces = shown.network_interfaces.iter().map(|interface| {
        LaunchTemplateInstanceNetworkInterfaceSpecification {
            associate_public_ip_address: Some(interface.association.is_some()),
            delete_on_termination: Some(interface.attachment.delete_on_termination),
            description: Some(interface.description.clone()),
            device_index: Some(interface.attachment.device_index),
            groups: interface.groups.iter().map(|group| group.group_id.clone()).collect(),
            private_ip_address: Some(interface.private_ip_address.clone()),
            subnet_id: Some(interface.subnet_id.clone()),
        }
    });
    // What AWS itself has put on, it puts on again.
    let tags = shown.tags.iter().filter(|tag| !tag.key.starts_with("aws:")).cloned();
    let tags: Vec<_> = tags.collect();
    let tags = (!tags.is_empty())
        .then(|| LaunchTemplateTagSpecification { resource_type: Some("instance".into()), tags });
    let on_shutdown = if machine.terminates_on_shutdown { "terminate" } else { "stop" };
    ResponseLaunchTemplateData {
        ebs_optimized: Some(machine.ebs_optimized),
        iam_instance_profile: machine.profile.as_ref().map(|(arn, _)| {
            LaunchTemplateIamInstanceProfileSpecification { arn: Some(arn.clone()), name: None }
        }),
        block_device_mappings: devices.collect(),
        network_interfaces: interfaces.collect(),
        image_id: Some(machine.image.clone()),
        instance_type: Some(machine.kind.clone()),
        key_name: machine.key.clone(),
        monitoring: Some(LaunchTemplatesMonitoring { enabled: Some(machine.monitored) }),
        placement: Some(LaunchTemplatePlacement {
            availability_zone: Some(machine.zone.clone()),
            tenancy: Some("default".into()),
        }),
        disable_api_termination: Some(machine.termination_protected),
        instance_initiated_shutdown_behavior: Some(on_shutdown.into()),
        user_data: machine.user_data.clone(),
        tag_specifications: tags.into_iter().collect(),
        security_group_ids: Vec::new(),
        security_groups: Vec::new(),
        disable_api_stop: Some(machine.stop_protected),
    }
}

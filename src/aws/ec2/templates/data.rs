//! What a template says of a launch: as a request gives it, as it is kept, and as a launch takes it.

use super::super::shapes::launch::{
    BlockDeviceMappingGiven, IamInstanceProfileSpecification,
    InstanceNetworkInterfaceSpecification, PlacementGiven,
};
use super::super::shapes::tag::{Tag, TagGiven, TagSpecification};
use super::super::shapes::template::{
    LaunchTemplateBlockDeviceMapping, LaunchTemplateBlockDeviceMappingRequest,
    LaunchTemplateEbsBlockDevice, LaunchTemplateIamInstanceProfileSpecification,
    LaunchTemplateInstanceNetworkInterfaceSpecification,
    LaunchTemplateInstanceNetworkInterfaceSpecificationRequest, LaunchTemplatePlacement,
    LaunchTemplateTagSpecification, LaunchTemplateTagSpecificationRequest,
    LaunchTemplatesMonitoring, RequestLaunchTemplateData, ResponseLaunchTemplateData,
};
use sim::api::{Shaped, Wrong};

/// A request's data, as they are kept.
pub(super) fn kept(given: RequestLaunchTemplateData) -> ResponseLaunchTemplateData {
    ResponseLaunchTemplateData {
        ebs_optimized: given.ebs_optimized,
        iam_instance_profile: given.iam_instance_profile.map(|profile| {
            LaunchTemplateIamInstanceProfileSpecification { arn: profile.arn, name: profile.name }
        }),
        block_device_mappings: given.block_device_mappings.into_iter().map(device).collect(),
        network_interfaces: given.network_interfaces.into_iter().map(interface).collect(),
        image_id: given.image_id,
        instance_type: given.instance_type,
        key_name: given.key_name,
        monitoring: given
            .monitoring
            .map(|monitoring| LaunchTemplatesMonitoring { enabled: monitoring.enabled }),
        placement: given.placement.map(|placement| LaunchTemplatePlacement {
            availability_zone: placement.availability_zone,
            tenancy: placement.tenancy,
        }),
        disable_api_termination: given.disable_api_termination,
        instance_initiated_shutdown_behavior: given.instance_initiated_shutdown_behavior,
        user_data: given.user_data,
        tag_specifications: given.tag_specifications.into_iter().map(tags).collect(),
        security_group_ids: given.security_group_ids,
        security_groups: given.security_groups,
        disable_api_stop: given.disable_api_stop,
    }
}

fn device(given: LaunchTemplateBlockDeviceMappingRequest) -> LaunchTemplateBlockDeviceMapping {
    LaunchTemplateBlockDeviceMapping {
        device_name: given.device_name,
        ebs: given.ebs.map(|ebs| LaunchTemplateEbsBlockDevice {
            delete_on_termination: ebs.delete_on_termination,
            iops: ebs.iops,
            snapshot_id: ebs.snapshot_id,
            volume_size: ebs.volume_size,
            volume_type: ebs.volume_type,
            throughput: ebs.throughput,
        }),
    }
}

fn interface(
    given: LaunchTemplateInstanceNetworkInterfaceSpecificationRequest,
) -> LaunchTemplateInstanceNetworkInterfaceSpecification {
    LaunchTemplateInstanceNetworkInterfaceSpecification {
        associate_public_ip_address: given.associate_public_ip_address,
        delete_on_termination: given.delete_on_termination,
        description: given.description,
        device_index: given.device_index,
        groups: given.groups,
        private_ip_address: given.private_ip_address,
        subnet_id: given.subnet_id,
    }
}

fn tags(given: LaunchTemplateTagSpecificationRequest) -> LaunchTemplateTagSpecification {
    let tag = |tag: TagGiven| Tag {
        key: tag.key.unwrap_or_default(),
        value: tag.value.unwrap_or_default(),
    };
    LaunchTemplateTagSpecification {
        resource_type: given.resource_type,
        tags: given.tags.into_iter().map(tag).collect(),
    }
}

/// A version that is made of another: what is said anew counts, the rest stays.
pub(super) fn overlaid(
    base: ResponseLaunchTemplateData,
    over: ResponseLaunchTemplateData,
) -> ResponseLaunchTemplateData {
    fn list<T>(over: Vec<T>, base: Vec<T>) -> Vec<T> {
        if over.is_empty() { base } else { over }
    }
    ResponseLaunchTemplateData {
        ebs_optimized: over.ebs_optimized.or(base.ebs_optimized),
        iam_instance_profile: over.iam_instance_profile.or(base.iam_instance_profile),
        block_device_mappings: list(over.block_device_mappings, base.block_device_mappings),
        network_interfaces: list(over.network_interfaces, base.network_interfaces),
        image_id: over.image_id.or(base.image_id),
        instance_type: over.instance_type.or(base.instance_type),
        key_name: over.key_name.or(base.key_name),
        monitoring: over.monitoring.or(base.monitoring),
        placement: over.placement.or(base.placement),
        disable_api_termination: over.disable_api_termination.or(base.disable_api_termination),
        instance_initiated_shutdown_behavior: over
            .instance_initiated_shutdown_behavior
            .or(base.instance_initiated_shutdown_behavior),
        user_data: over.user_data.or(base.user_data),
        tag_specifications: list(over.tag_specifications, base.tag_specifications),
        security_group_ids: list(over.security_group_ids, base.security_group_ids),
        security_groups: list(over.security_groups, base.security_groups),
        disable_api_stop: over.disable_api_stop.or(base.disable_api_stop),
    }
}

/// The same members as a launch takes them. Both are called alike in the API, so they go over by name.
fn as_given<T: Shaped, G: Shaped>(kept: T) -> Result<G, Wrong> {
    G::from_value(kept.into_value())
}

/// What a template says, in a launch's own types.
#[derive(Default)]
pub(in super::super) struct Said {
    pub(in super::super) devices: Vec<BlockDeviceMappingGiven>,
    pub(in super::super) interfaces: Vec<InstanceNetworkInterfaceSpecification>,
    pub(in super::super) placement: Option<PlacementGiven>,
    pub(in super::super) profile: Option<IamInstanceProfileSpecification>,
    pub(in super::super) tags: Vec<TagSpecification>,
    /// Everything else.
    pub(in super::super) plain: ResponseLaunchTemplateData,
}

impl Said {
    /// # Errors
    /// None of the members that are kept can be taken otherwise than it was given.
    pub(in super::super) fn of(data: &ResponseLaunchTemplateData) -> Result<Self, Wrong> {
        Ok(Self {
            devices: as_given(data.block_device_mappings.clone())?,
            interfaces: as_given(data.network_interfaces.clone())?,
            placement: data.placement.clone().map(as_given).transpose()?,
            profile: data.iam_instance_profile.clone().map(as_given).transpose()?,
            tags: as_given(data.tag_specifications.clone())?,
            plain: data.clone(),
        })
    }
}

/// Tags of a launch: those of the template, and over them those of the request.
pub(in super::super) fn tags_over(
    base: Vec<TagSpecification>,
    over: Vec<TagSpecification>,
) -> Vec<TagSpecification> {
    let mut all = base;
    for specification in over {
        let same = all.iter_mut().find(|known| known.resource_type == specification.resource_type);
        match same {
            None => all.push(specification),
            Some(known) => {
                known.tags.retain(|tag| !specification.tags.iter().any(|new| new.key == tag.key));
                known.tags.extend(specification.tags);
            }
        }
    }
    all
}

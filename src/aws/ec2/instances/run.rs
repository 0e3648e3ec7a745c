//! `RunInstances`.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::super::error::invalid_value;
use super::super::filter::Dry;
use super::super::known_images::shared_image;
use super::super::region::Place;
use super::super::shapes::instance::Reservation;
use super::super::shapes::launch::{
    BlockDeviceMappingGiven, IamInstanceProfileSpecification, InstanceMetadataOptionsRequest,
    InstanceNetworkInterfaceSpecification, PlacementGiven, RunInstancesMonitoringEnabled,
};
use super::super::shapes::tag::TagSpecification;
use super::super::shapes::template::LaunchTemplateSpecification;
use super::super::state::{change, look};
use super::super::templates::data::{Said, tags_over};
use super::super::templates::named;
use super::super::{quota, tags, tokens};
use super::describe::{described, reservation};
use super::launch::launch;
use super::plan::{self, Ask};
use sim::api::{ApiError, Refused, Value, Write};
use sim::{Cx, World};

sim::operation! {
    /// Launches the specified number of instances using an AMI for which you have permissions.
    write RunInstances in "ec2" = "";
    input {
        ..dry: Dry,
        /// The block device mapping, which defines the EBS volumes and instance store volumes to
        /// attach to the instance at launch.
        block_device_mappings: Vec<BlockDeviceMappingGiven> =>
            "BlockDeviceMappings" Xml("BlockDeviceMapping"),
        /// The ID of the AMI.
        image_id: Option<String> => "ImageId",
        /// The instance type.
        instance_type: Option<String> => "InstanceType",
        /// The number of IPv6 addresses to associate with the primary network interface.
        _ipv6_address_count: Refused<i64> => "Ipv6AddressCount",
        /// The IPv6 addresses from the range of the subnet to associate with the primary network
        /// interface.
        _ipv6_addresses: Refused<Value> => "Ipv6Addresses" Xml("Ipv6Address"),
        /// The ID of the kernel.
        _kernel_id: Refused<String> => "KernelId",
        /// The name of the key pair.
        key_name: Option<String> => "KeyName",
        /// The maximum number of instances to launch.
        max_count: i64 => "MaxCount",
        /// The minimum number of instances to launch.
        min_count: i64 => "MinCount",
        /// Specifies whether detailed monitoring is enabled for the instance.
        monitoring: Option<RunInstancesMonitoringEnabled> => "Monitoring",
        /// The placement for the instance.
        placement: Option<PlacementGiven> => "Placement",
        /// The ID of the RAM disk to select.
        _ramdisk_id: Refused<String> => "RamdiskId",
        /// The IDs of the security groups.
        security_group_ids: Vec<String> => "SecurityGroupIds" Xml("SecurityGroupId"),
        /// The names of the security groups.
        security_groups: Vec<String> => "SecurityGroups" Xml("SecurityGroup"),
        /// The ID of the subnet to launch the instance into.
        subnet_id: Option<String> => "SubnetId",
        /// The user data to make available to the instance.
        user_data: Option<String> => "UserData",
        /// An elastic GPU to associate with the instance.
        _elastic_gpu_specification: Refused<Value> =>
            "ElasticGpuSpecification",
        /// An elastic inference accelerator to associate with the instance.
        _elastic_inference_accelerators: Refused<Value> =>
            "ElasticInferenceAccelerators" Xml("ElasticInferenceAccelerator"),
        /// The tags to apply to the resources that are created during instance launch.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// The launch template.
        launch_template: Option<LaunchTemplateSpecification> => "LaunchTemplate",
        /// The market (purchasing) option for the instances.
        _instance_market_options: Refused<Value> =>
            "InstanceMarketOptions",
        /// The credit option for CPU usage of the burstable performance instance.
        _credit_specification: Refused<Value> => "CreditSpecification",
        /// The CPU options for the instance.
        _cpu_options: Refused<Value> => "CpuOptions",
        /// Information about the Capacity Reservation targeting option.
        _capacity_reservation_specification: Refused<Value> =>
            "CapacityReservationSpecification",
        /// Indicates whether an instance is enabled for hibernation.
        _hibernation_options: Refused<Value> => "HibernationOptions",
        /// The license configurations.
        _license_specifications: Refused<Value> =>
            "LicenseSpecifications" Xml("LicenseSpecification"),
        /// The metadata options for the instance.
        metadata_options: Option<InstanceMetadataOptionsRequest> => "MetadataOptions",
        /// Indicates whether the instance is enabled for AWS Nitro Enclaves.
        _enclave_options: Refused<Value> => "EnclaveOptions",
        /// The options for the instance hostname.
        _private_dns_name_options: Refused<Value> =>
            "PrivateDnsNameOptions",
        /// The maintenance and recovery options for the instance.
        _maintenance_options: Refused<Value> => "MaintenanceOptions",
        /// Indicates whether an instance is enabled for stop protection.
        disable_api_stop: Option<bool> => "DisableApiStop",
        /// If you’re launching an instance into a dual-stack or IPv6-only subnet, you can enable
        /// assigning a primary IPv6 address.
        _enable_primary_ipv6: Refused<bool> => "EnablePrimaryIpv6",
        /// Contains settings for the network performance options for the instance.
        _network_performance_options: Refused<Value> =>
            "NetworkPerformanceOptions",
        /// Reserved for internal use.
        _operator: Refused<Value> => "Operator",
        /// The secondary interfaces to associate with the instance.
        _secondary_interfaces: Refused<Value> => "SecondaryInterfaces" Xml("SecondaryInterface"),
        /// Indicates whether termination protection is enabled for the instance.
        disable_api_termination: Option<bool> => "DisableApiTermination",
        /// Indicates whether an instance stops or terminates when you initiate shutdown from the
        /// instance.
        instance_initiated_shutdown_behavior: Option<String> => "InstanceInitiatedShutdownBehavior",
        /// The primary IPv4 address.
        private_ip_address: Option<String> => "PrivateIpAddress",
        /// Unique, case-sensitive identifier you provide to ensure the idempotency of the request.
        client_token: Option<String> => "ClientToken",
        /// Reserved.
        _additional_info: Refused<String> => "AdditionalInfo",
        /// The network interfaces to associate with the instance.
        network_interfaces: Vec<InstanceNetworkInterfaceSpecification> =>
            "NetworkInterfaces" Xml("networkInterface"),
        /// The name or Amazon Resource Name (ARN) of an IAM instance profile.
        iam_instance_profile: Option<IamInstanceProfileSpecification> => "IamInstanceProfile",
        /// Indicates whether the instance is optimized for Amazon EBS I/O.
        ebs_optimized: Option<bool> => "EbsOptimized",
    }
    output RunInstancesOutput {
        ..pub made: Reservation,
    }
    errors [
        "IdempotentParameterMismatch",
        "InsufficientFreeAddressesInSubnet",
        "InsufficientInstanceCapacity",
        "InvalidAMIID.Malformed",
        "InvalidAMIID.NotFound",
        "InvalidBlockDeviceMapping",
        "InvalidGroup.NotFound",
        "InvalidIPAddress.InUse",
        "InvalidKeyPair.NotFound",
        "InvalidLaunchTemplateId.NotFound",
        "InvalidLaunchTemplateId.VersionNotFound",
        "InvalidLaunchTemplateName.NotFoundException",
        "InvalidParameter",
        "InvalidParameterCombination",
        "InvalidParameterValue",
        "InvalidSubnetID.NotFound",
        "InvalidUserData.Malformed",
        "MissingInput",
        "MissingParameter",
        "VPCIdNotSpecified",
        "VcpuLimitExceeded",
    ]
    access {
        "ec2:RunInstances" on "arn:aws:ec2:{region}:{account}:instance/*" keys { "ec2:InstanceType": "InstanceType" },
        "ec2:RunInstances" on "arn:aws:ec2:{region}::image/{ImageId}",
        "ec2:RunInstances" on "arn:aws:ec2:{region}:{account}:subnet/{SubnetId}",
        "ec2:RunInstances" on "arn:aws:ec2:{region}:{account}:security-group/{SecurityGroupIds}",
        "ec2:RunInstances" on "arn:aws:ec2:{region}:{account}:network-interface/*",
        "ec2:RunInstances" on "arn:aws:ec2:{region}:{account}:volume/*",
        "ec2:RunInstances" on "arn:aws:ec2:{region}:{account}:key-pair/{KeyName}",
    }
    token "ClientToken"
    takes time
}

impl Write for RunInstances {
    type Output = RunInstancesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let asked = asked(&format!("{self:?}"));
        let (least, most) = (self.min_count, self.max_count);
        if least < 1 {
            return Err(invalid_value(&least.to_string(), "minCount", "Must be greater than 0."));
        }
        if most < least {
            let more = "maxCount must be equal to or greater than minCount.";
            return Err(invalid_value(&most.to_string(), "maxCount", more));
        }
        let token = self.client_token.clone().filter(|token| !token.is_empty());
        let dry = self.dry.clone();
        let followed = followed(world, cx, self.launch_template.as_ref())?;
        let (said, marks) = followed.unwrap_or_default();
        let mut ask = self.ask(said);
        ask.by_service = tags::is_service(cx);
        if let Some(id) = ask.image.as_deref() {
            ask.shared = shared_image(world, &Place::of(cx), id)?;
        }
        let quota = quota::vcpus(world.config());
        let profile = plan::profile(world, cx, ask.profile.as_ref())?;
        change(world, cx, |change| {
            let done =
                tokens::done(change.region, "RunInstances", token.as_deref(), &asked, change.now)?;
            if let Some(made) = done.and_then(|id| reservation(change.region, &id)) {
                return Ok(RunInstancesOutput { made });
            }
            let mut plan = plan::plan(change, &ask, profile, (least, most), quota)?;
            plan.tags.entry("instance".to_owned()).or_default().extend(marks);
            dry.stop()?;
            let launched = launch(change, &plan, token.as_deref().unwrap_or_default());
            tokens::keep(
                change.region,
                "RunInstances",
                token.as_deref(),
                asked,
                launched.reservation,
                change.now,
            );
            // Found by their ids: a walk through all that there are would cost more with each launch.
            let own = launched.instances.iter();
            let own: Vec<_> = own.filter_map(|id| change.region.instances.get(id)).collect();
            let made = described(change.region, &own).unwrap_or_default();
            Ok(RunInstancesOutput { made })
        })
    }
}

/// What was asked for, in a few characters.
fn asked(text: &str) -> String {
    let bytes = Sha256::digest(text);
    bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// The tags by which AWS marks an instance that was launched from a template.
const TEMPLATE_ID_TAG: &str = "aws:ec2launchtemplate:id";
const TEMPLATE_VERSION_TAG: &str = "aws:ec2launchtemplate:version";

/// What a template says, and the tags that tell that it was followed.
type Followed = (Said, BTreeMap<String, String>);

/// What the template says that a launch is told to follow.
fn followed(
    world: &World,
    cx: &Cx<'_>,
    given: Option<&LaunchTemplateSpecification>,
) -> Result<Option<Followed>, ApiError> {
    let Some(given) = given else { return Ok(None) };
    let region = look(world, cx);
    let version = named::specified(&region, given)?;
    let said = Said::of(&version.launch_template_data)?;
    let marks = BTreeMap::from([
        (TEMPLATE_ID_TAG.to_owned(), version.launch_template_id.clone()),
        (TEMPLATE_VERSION_TAG.to_owned(), version.version_number.to_string()),
    ]);
    Ok(Some((said, marks)))
}

/// The one list where it says something, else the other.
fn list<T>(own: Vec<T>, other: Vec<T>) -> Vec<T> {
    if own.is_empty() { other } else { own }
}

impl RunInstances {
    /// What is asked for: what the request says counts, then what its template says.
    fn ask(self, said: Said) -> Ask {
        let plain = said.plain;
        let grouped = !self.security_group_ids.is_empty() || !self.security_groups.is_empty();
        let (ids, names) = if grouped {
            (self.security_group_ids, self.security_groups)
        } else {
            (plain.security_group_ids, plain.security_groups)
        };
        let monitoring = self.monitoring.map(|monitoring| monitoring.enabled);
        let monitored = monitoring.or_else(|| plain.monitoring.and_then(|m| m.enabled));
        Ask {
            devices: list(self.block_device_mappings, said.devices),
            image: self.image_id.or(plain.image_id),
            shared: None,
            kind: self.instance_type.or(plain.instance_type),
            key: self.key_name.or(plain.key_name),
            profile: self.iam_instance_profile.or(said.profile),
            monitored: monitored == Some(true),
            placement: self.placement.or(said.placement),
            group_ids: ids,
            group_names: names,
            subnet: self.subnet_id,
            user_data: self.user_data.or(plain.user_data),
            tags: tags_over(said.tags, self.tag_specifications),
            stop_protected: self.disable_api_stop.or(plain.disable_api_stop) == Some(true),
            termination_protected: self.disable_api_termination.or(plain.disable_api_termination)
                == Some(true),
            on_shutdown: self
                .instance_initiated_shutdown_behavior
                .or(plain.instance_initiated_shutdown_behavior),
            address: self.private_ip_address,
            interfaces: list(self.network_interfaces, said.interfaces),
            ebs_optimized: self.ebs_optimized.or(plain.ebs_optimized) == Some(true),
            metadata: self.metadata_options.unwrap_or_default(),
            by_service: false,
        }
    }
}

//! Launch configurations: made, described and deleted. They never change.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

use crate::faults::{exists, in_use, limit, validation};
use crate::page::page;
use crate::shapes::configuration::{BlockDeviceMapping, InstanceMonitoring, LaunchConfiguration};
use crate::state::{Source, State, uuid};
use aws::place::Place;

/// Of launch configurations in a region (user guide, "Quotas for Amazon EC2 Auto Scaling").
pub(super) const CONFIGURATIONS_MAX: usize = 200;
/// The most bytes of user data, before base64.
const USER_DATA_BYTES_MAX: usize = 16 * 1024;

sim::operation! {
    /// Creates a launch configuration.
    write CreateLaunchConfiguration in "autoscaling" = "";
    input {
        /// The name of the launch configuration.
        launch_configuration_name: String => "LaunchConfigurationName",
        /// The ID of the Amazon Machine Image (AMI) that was assigned during registration.
        image_id: Option<String> => "ImageId",
        /// The name of the key pair.
        key_name: Option<String> => "KeyName",
        /// A list that contains the security group IDs to assign to the instances.
        security_groups: Vec<String> => "SecurityGroups",
        /// Deprecated.
        _classic_link_vpc_id: Refused<String> => "ClassicLinkVPCId",
        /// Deprecated.
        _classic_link_vpc_security_groups: Refused<Vec<String>> => "ClassicLinkVPCSecurityGroups",
        /// The user data to make available to the launched EC2 instances: base64.
        user_data: Option<String> => "UserData",
        /// The ID of the instance to use to create the launch configuration.
        _instance_id: Refused<String> => "InstanceId",
        /// Specifies the instance type of the EC2 instance.
        instance_type: Option<String> => "InstanceType",
        /// The ID of the kernel to associate with the AMI.
        _kernel_id: Refused<String> => "KernelId",
        /// The ID of the RAM disk to select.
        _ramdisk_id: Refused<String> => "RamdiskId",
        /// The block device mapping entries.
        block_device_mappings: Vec<BlockDeviceMapping> => "BlockDeviceMappings",
        /// Controls whether instances are launched with detailed or basic monitoring.
        instance_monitoring: Option<InstanceMonitoring> => "InstanceMonitoring",
        /// The maximum hourly price to be paid for any Spot Instance.
        _spot_price: Refused<String> => "SpotPrice",
        /// The name or the Amazon Resource Name (ARN) of the instance profile.
        iam_instance_profile: Option<String> => "IamInstanceProfile",
        /// Specifies whether the launch configuration is optimized for EBS I/O or not.
        ebs_optimized: Option<bool> => "EbsOptimized",
        /// Specifies whether to assign a public IPv4 address to the group's instances.
        associate_public_ip_address: Option<bool> => "AssociatePublicIpAddress",
        /// The tenancy of the instance: default.
        placement_tenancy: Option<String> => "PlacementTenancy",
        /// The metadata options for the instances.
        _metadata_options: Refused<sim::api::Value> => "MetadataOptions",
    }
    output CreateLaunchConfigurationOutput {}
    errors ["AlreadyExists", "LimitExceeded", "ResourceContention"]
    access {
        "autoscaling:CreateLaunchConfiguration" on
            "arn:aws:autoscaling:{region}:{account}:launchConfiguration:*:launchConfigurationName/{LaunchConfigurationName}"
            keys {
                "autoscaling:ImageId": "ImageId",
                "autoscaling:InstanceType": "InstanceType",
            },
    }
}

impl Write for CreateLaunchConfiguration {
    type Output = CreateLaunchConfigurationOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let name = self.launch_configuration_name.clone();
        let region = world.get::<State>().region(&place);
        if region.is_some_and(|region| region.configurations.contains_key(&name)) {
            return Err(exists(format!(
                "Launch Configuration by this name already exists - A launch configuration already exists with \
                 the name {name}"
            )));
        }
        if region.is_some_and(|region| region.configurations.len() >= CONFIGURATIONS_MAX) {
            return Err(limit(format!(
                "Only {CONFIGURATIONS_MAX} launch configurations are allowed per region"
            )));
        }
        let mut made = self.made(cx)?;
        let id = uuid(world);
        made.launch_configuration_arn = place.arn(
            "autoscaling",
            &format!("launchConfiguration:{id}:launchConfigurationName/{name}"),
        );
        world.get_mut::<State>().region_mut(&place).configurations.insert(name, made);
        Ok(CreateLaunchConfigurationOutput {})
    }
}

impl CreateLaunchConfiguration {
    /// The configuration, which has no ARN yet. Whether what it names exists is asked at each launch.
    fn made(self, cx: &Cx<'_>) -> Result<LaunchConfiguration, ApiError> {
        let length = self.launch_configuration_name.chars().count();
        if !(1..=255).contains(&length) {
            return Err(validation(
                "1 validation error detected: Value at 'launchConfigurationName' failed to satisfy constraint: \
                 Member must have length between 1 and 255",
            ));
        }
        let needed = || {
            validation(
                "Valid requests must contain either the InstanceID parameter or both the ImageId and \
                        InstanceType parameters.",
            )
        };
        let image_id = self.image_id.filter(|id| !id.is_empty()).ok_or_else(needed)?;
        let instance_type =
            self.instance_type.filter(|kind| !kind.is_empty()).ok_or_else(needed)?;
        if !image_id.starts_with("ami-") {
            return Err(validation(format!("AMI cannot be described: Invalid id: \"{image_id}\"")));
        }
        let user_data = self.user_data.unwrap_or_default();
        let bytes = STANDARD.decode(user_data.split_whitespace().collect::<String>());
        match bytes {
            Err(_) => return Err(validation("Invalid BASE64 encoding of user data")),
            Ok(bytes) if bytes.len() > USER_DATA_BYTES_MAX => {
                return Err(validation(format!(
                    "User data is limited to {USER_DATA_BYTES_MAX} bytes"
                )));
            }
            Ok(_) => {}
        }
        if self.placement_tenancy.as_deref().is_some_and(|tenancy| tenancy != "default") {
            let message = "Tenancies other than default are not simulated here";
            return Err(ApiError::new(501, "NotImplemented", message));
        }
        Ok(LaunchConfiguration {
            launch_configuration_name: self.launch_configuration_name,
            launch_configuration_arn: String::new(),
            image_id,
            key_name: self.key_name.unwrap_or_default(),
            security_groups: self.security_groups,
            user_data,
            instance_type,
            kernel_id: String::new(),
            ramdisk_id: String::new(),
            block_device_mappings: self.block_device_mappings,
            instance_monitoring: self
                .instance_monitoring
                .or(Some(InstanceMonitoring { enabled: Some(true) })),
            iam_instance_profile: self.iam_instance_profile,
            created_time: cx.at,
            ebs_optimized: self.ebs_optimized.unwrap_or(false),
            associate_public_ip_address: self.associate_public_ip_address,
            placement_tenancy: self.placement_tenancy,
        })
    }
}

sim::operation! {
    /// Gets information about the launch configurations in the account and Region.
    read DescribeLaunchConfigurations in "autoscaling" = "";
    input {
        /// The launch configuration names.
        launch_configuration_names: Vec<String> => "LaunchConfigurationNames",
        /// The token for the next set of items to return.
        next_token: Option<String> => "NextToken",
        /// The maximum number of items to return with this call.
        max_records: Option<i64> => "MaxRecords",
    }
    output DescribeLaunchConfigurationsOutput {
        /// The launch configurations.
        pub launch_configurations: Vec<LaunchConfiguration> => required "LaunchConfigurations",
        /// Where the next page begins, if there is one.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["InvalidNextToken", "ResourceContention"]
    access { "autoscaling:DescribeLaunchConfigurations" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxRecords"),
        results: &["LaunchConfigurations"],
    }
}

impl Read for DescribeLaunchConfigurations {
    type Output = DescribeLaunchConfigurationsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let names = &self.launch_configuration_names;
        let region = world.get::<State>().region(&Place::of(cx));
        let all = region.into_iter().flat_map(|region| &region.configurations);
        let found = all.filter(|(name, _)| names.is_empty() || names.contains(name));
        let keyed = found.map(|(name, one)| (name.clone(), one)).collect();
        let (page, next_token) = page(keyed, self.next_token.as_deref(), self.max_records)?;
        let launch_configurations = page.into_iter().cloned().collect();
        Ok(DescribeLaunchConfigurationsOutput { launch_configurations, next_token })
    }
}

sim::operation! {
    /// Deletes the specified launch configuration.
    write DeleteLaunchConfiguration in "autoscaling" = "";
    input {
        /// The name of the launch configuration.
        launch_configuration_name: String => "LaunchConfigurationName",
    }
    output DeleteLaunchConfigurationOutput {}
    errors ["ResourceContention", "ResourceInUse"]
    access {
        "autoscaling:DeleteLaunchConfiguration" on
            "arn:aws:autoscaling:{region}:{account}:launchConfiguration:*:launchConfigurationName/{LaunchConfigurationName}",
    }
}

impl Write for DeleteLaunchConfiguration {
    type Output = DeleteLaunchConfigurationOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, name) = (Place::of(cx), self.launch_configuration_name);
        let region = world.get::<State>().region(&place);
        let known = region.filter(|region| region.configurations.contains_key(&name));
        let Some(region) = known else {
            return Err(validation(format!(
                "Launch configuration name not found - Launch configuration {name} not found"
            )));
        };
        let source = Source::Configuration(name.clone());
        if region.groups.values().any(|group| group.source == source) {
            return Err(in_use(format!(
                "Cannot delete launch configuration {name} because it is attached to an AutoScalingGroup"
            )));
        }
        world.get_mut::<State>().region_mut(&place).configurations.remove(&name);
        Ok(DeleteLaunchConfigurationOutput {})
    }
}

//! Groups and their instances.

use base::Time;

sim::structure! {
    /// The launch template and the version of it that instances are launched from.
    pub struct LaunchTemplateSpecification {
        /// The ID of the launch template.
        pub launch_template_id: Option<String> => "LaunchTemplateId",
        /// The name of the launch template.
        pub launch_template_name: Option<String> => "LaunchTemplateName",
        /// The version number, $Latest, or $Default.
        pub version: Option<String> => "Version",
    }
}

sim::string_enum! {
    /// Where an instance stands in its life in a group (user guide, "Amazon EC2 Auto Scaling instance
    /// lifecycle").
    pub enum LifecycleState {
        Pending = "Pending",
        PendingWait = "Pending:Wait",
        PendingProceed = "Pending:Proceed",
        InService = "InService",
        Terminating = "Terminating",
        TerminatingWait = "Terminating:Wait",
        TerminatingProceed = "Terminating:Proceed",
        Terminated = "Terminated",
        Detaching = "Detaching",
        Detached = "Detached",
        EnteringStandby = "EnteringStandby",
        Standby = "Standby",
    }
}

sim::structure! {
    /// Describes an EC2 instance of a group.
    pub struct Instance {
        /// The ID of the instance.
        pub instance_id: String => "InstanceId",
        /// The instance type of the EC2 instance.
        pub instance_type: Option<String> => "InstanceType",
        /// The Availability Zone in which the instance is running.
        pub availability_zone: String => "AvailabilityZone",
        /// A description of the current lifecycle state.
        pub lifecycle_state: LifecycleState => "LifecycleState",
        /// The last reported health status of the instance.
        pub health_status: String => "HealthStatus",
        /// The launch configuration associated with the instance.
        pub launch_configuration_name: Option<String> => "LaunchConfigurationName",
        /// The launch template for the instance.
        pub launch_template: Option<LaunchTemplateSpecification> => "LaunchTemplate",
        /// Indicates whether the instance is protected from termination when scaling in.
        pub protected_from_scale_in: bool => "ProtectedFromScaleIn",
    }
}

sim::structure! {
    /// Describes an EC2 instance associated with a group.
    pub struct AutoScalingInstanceDetails {
        /// The ID of the instance.
        pub instance_id: String => "InstanceId",
        /// The instance type of the EC2 instance.
        pub instance_type: Option<String> => "InstanceType",
        /// The name of the Auto Scaling group for the instance.
        pub auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The Availability Zone for the instance.
        pub availability_zone: String => "AvailabilityZone",
        /// The lifecycle state for the instance.
        pub lifecycle_state: String => "LifecycleState",
        /// The last reported health status of this instance.
        pub health_status: String => "HealthStatus",
        /// The launch configuration used to launch the instance.
        pub launch_configuration_name: Option<String> => "LaunchConfigurationName",
        /// The launch template for the instance.
        pub launch_template: Option<LaunchTemplateSpecification> => "LaunchTemplate",
        /// Indicates whether the instance is protected from termination when scaling in.
        pub protected_from_scale_in: bool => "ProtectedFromScaleIn",
    }
}

sim::structure! {
    /// Describes a process that has been suspended.
    pub struct SuspendedProcess {
        /// The name of the suspended process.
        pub process_name: String => "ProcessName",
        /// The reason that the process was suspended.
        pub suspension_reason: String => "SuspensionReason",
    }
}

sim::structure! {
    /// Describes an enabled Auto Scaling group metric.
    pub struct EnabledMetric {
        /// The name of the metric.
        pub metric: String => "Metric",
        /// The granularity of the metric.
        pub granularity: String => "Granularity",
    }
}

sim::structure! {
    /// Describes a tag for an Auto Scaling group.
    pub struct TagDescription {
        /// The name of the group.
        pub resource_id: String => "ResourceId",
        /// The type of resource.
        pub resource_type: String => "ResourceType",
        /// The tag key.
        pub key: String => "Key",
        /// The tag value.
        pub value: String => "Value",
        /// Determines whether the tag is added to new instances as they are launched in the group.
        pub propagate_at_launch: bool => "PropagateAtLaunch",
    }
}

sim::structure! {
    /// Identifying information for a traffic source.
    pub struct TrafficSourceIdentifier {
        /// Identifies the traffic source.
        pub identifier: String => "Identifier",
        /// Provides additional context for the value of Identifier.
        pub kind: Option<String> => "Type",
    }
}

sim::structure! {
    /// Describes an Auto Scaling group.
    pub struct AutoScalingGroup {
        /// The name of the Auto Scaling group.
        pub auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The Amazon Resource Name (ARN) of the Auto Scaling group.
        pub auto_scaling_group_arn: String => "AutoScalingGroupARN",
        /// The name of the associated launch configuration.
        pub launch_configuration_name: Option<String> => "LaunchConfigurationName",
        /// The launch template for the group.
        pub launch_template: Option<LaunchTemplateSpecification> => "LaunchTemplate",
        /// The minimum size of the group.
        pub min_size: i64 => "MinSize",
        /// The maximum size of the group.
        pub max_size: i64 => "MaxSize",
        /// The desired size of the group.
        pub desired_capacity: i64 => "DesiredCapacity",
        /// The duration of the default cooldown period, in seconds.
        pub default_cooldown: i64 => "DefaultCooldown",
        /// One or more Availability Zones for the group.
        pub availability_zones: Vec<String> => required "AvailabilityZones",
        /// One or more load balancers associated with the group.
        pub load_balancer_names: Vec<String> => "LoadBalancerNames",
        /// The Amazon Resource Names (ARN) of the target groups for your load balancer.
        pub target_group_arns: Vec<String> => "TargetGroupARNs",
        /// One or more comma-separated health check types.
        pub health_check_type: String => "HealthCheckType",
        /// The duration of the health check grace period, in seconds.
        pub health_check_grace_period: i64 => "HealthCheckGracePeriod",
        /// The EC2 instances associated with the group.
        pub instances: Vec<Instance> => "Instances",
        /// The date and time the group was created.
        pub created_time: Time => "CreatedTime",
        /// The suspended processes associated with the group.
        pub suspended_processes: Vec<SuspendedProcess> => "SuspendedProcesses",
        /// One or more comma-separated subnet IDs for the group.
        pub vpc_zone_identifier: Option<String> => "VPCZoneIdentifier",
        /// The metrics enabled for the group.
        pub enabled_metrics: Vec<EnabledMetric> => "EnabledMetrics",
        /// The current state of the group when the DeleteAutoScalingGroup operation is in progress.
        pub status: Option<String> => "Status",
        /// The tags for the group.
        pub tags: Vec<TagDescription> => "Tags",
        /// The termination policies for the group.
        pub termination_policies: Vec<String> => "TerminationPolicies",
        /// Indicates whether newly launched instances are protected from termination when scaling in.
        pub new_instances_protected_from_scale_in: bool => "NewInstancesProtectedFromScaleIn",
        /// The ARN of the service-linked role that the group uses to call other services.
        pub service_linked_role_arn: String => "ServiceLinkedRoleARN",
        /// The duration of the default instance warmup, in seconds.
        pub default_instance_warmup: Option<i64> => "DefaultInstanceWarmup",
        /// The traffic sources associated with this group.
        pub traffic_sources: Vec<TrafficSourceIdentifier> => "TrafficSources",
    }
}

//! Instance refreshes.

use base::Time;
use sim::api::{Refused, Value};

use super::group::LaunchTemplateSpecification;

sim::string_enum! {
    /// How far a refresh is.
    pub enum InstanceRefreshStatus {
        Pending = "Pending",
        InProgress = "InProgress",
        Successful = "Successful",
        Failed = "Failed",
        Cancelling = "Cancelling",
        Cancelled = "Cancelled",
        RollbackInProgress = "RollbackInProgress",
        RollbackFailed = "RollbackFailed",
        RollbackSuccessful = "RollbackSuccessful",
        Baking = "Baking",
    }
}

sim::string_enum! {
    /// What becomes of instances that are protected from scale-in.
    pub enum ScaleInProtectedInstances {
        Refresh = "Refresh",
        Ignore = "Ignore",
        Wait = "Wait",
    }
}

sim::string_enum! {
    /// What becomes of instances that stand by.
    pub enum StandbyInstances {
        Terminate = "Terminate",
        Ignore = "Ignore",
        Wait = "Wait",
    }
}

sim::structure! {
    /// Describes the desired configuration for an instance refresh.
    pub struct DesiredConfiguration {
        /// The launch template and the version of it that instances are launched from.
        pub launch_template: Option<LaunchTemplateSpecification> => "LaunchTemplate",
        /// The mixed instances policy.
        pub mixed_instances_policy: Refused<Value> => "MixedInstancesPolicy",
    }
}

sim::structure! {
    /// Describes the preferences for an instance refresh.
    pub struct RefreshPreferences {
        /// The minimum percentage of the group to keep in service, healthy, and ready to use.
        pub min_healthy_percentage: Option<i64> => "MinHealthyPercentage",
        /// How long a new instance is not counted on after it came into service, in seconds.
        pub instance_warmup: Option<i64> => "InstanceWarmup",
        /// Threshold values for each checkpoint in ascending order.
        pub checkpoint_percentages: Vec<i64> => "CheckpointPercentages",
        /// The amount of time, in seconds, to wait after a checkpoint before continuing.
        pub checkpoint_delay: Option<i64> => "CheckpointDelay",
        /// Whether instances that match the desired configuration stay.
        pub skip_matching: Option<bool> => "SkipMatching",
        /// Whether a refresh that fails is rolled back.
        pub auto_rollback: Option<bool> => "AutoRollback",
        /// What becomes of instances that are protected from scale-in.
        pub scale_in_protected_instances: Option<ScaleInProtectedInstances> =>
            "ScaleInProtectedInstances",
        /// What becomes of instances that stand by.
        pub standby_instances: Option<StandbyInstances> => "StandbyInstances",
        /// The CloudWatch alarms that end a refresh.
        pub alarm_specification: Refused<Value> => "AlarmSpecification",
        /// The maximum percentage of the group that can be in service and healthy, or pending.
        pub max_healthy_percentage: Option<i64> => "MaxHealthyPercentage",
        /// The amount of time, in seconds, to wait at the end before the refresh is complete.
        pub bake_time: Option<i64> => "BakeTime",
    }
}

sim::structure! {
    /// Details about an instance refresh rollback.
    pub struct RollbackDetails {
        /// The reason for this instance refresh rollback.
        pub rollback_reason: String => "RollbackReason",
        /// The date and time at which the rollback began.
        pub rollback_start_time: Time => "RollbackStartTime",
        /// The value of PercentageComplete at the time the rollback started.
        pub percentage_complete_on_rollback: i64 => "PercentageCompleteOnRollback",
        /// The value of InstancesToUpdate at the time the rollback started.
        pub instances_to_update_on_rollback: i64 => "InstancesToUpdateOnRollback",
    }
}

sim::structure! {
    /// Describes an instance refresh for an Auto Scaling group.
    pub struct InstanceRefresh {
        /// The instance refresh ID.
        pub instance_refresh_id: String => "InstanceRefreshId",
        /// The name of the Auto Scaling group.
        pub auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The current status for the instance refresh operation.
        pub status: InstanceRefreshStatus => "Status",
        /// The explanation for the specific status assigned to this operation.
        pub status_reason: Option<String> => "StatusReason",
        /// The date and time at which the instance refresh began.
        pub start_time: Option<Time> => "StartTime",
        /// The date and time at which the instance refresh ended.
        pub end_time: Option<Time> => "EndTime",
        /// The percentage of the instance refresh that is complete.
        pub percentage_complete: i64 => "PercentageComplete",
        /// The number of instances remaining to update before the instance refresh is complete.
        pub instances_to_update: i64 => "InstancesToUpdate",
        /// The preferences for an instance refresh.
        pub preferences: RefreshPreferences => "Preferences",
        /// Describes the desired configuration for the instance refresh.
        pub desired_configuration: Option<DesiredConfiguration> => "DesiredConfiguration",
        /// The rollback details.
        pub rollback_details: Option<RollbackDetails> => "RollbackDetails",
        /// The strategy to use for the instance refresh.
        pub strategy: String => "Strategy",
    }
}

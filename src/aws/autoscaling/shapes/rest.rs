//! Hooks, scheduled actions, tags as they are given, and filters.

use base::Time;
use sim::api::Refused;

sim::argument! {
    /// Describes a filter.
    pub struct Filter {
        /// The name of the filter.
        pub(crate) name: Option<String> => "Name",
        /// One or more filter values.
        pub(crate) values: Vec<String> => "Values",
    }
}

sim::argument! {
    /// A tag for an Auto Scaling group.
    pub struct Tag {
        /// The name of the Auto Scaling group.
        pub(crate) resource_id: Option<String> => "ResourceId",
        /// The type of resource.
        pub(crate) resource_type: Option<String> => "ResourceType",
        /// The tag key.
        pub(crate) key: String => "Key",
        /// The tag value.
        pub(crate) value: Option<String> => "Value",
        /// Determines whether the tag is added to new instances as they are launched in the group.
        pub(crate) propagate_at_launch: Option<bool> => "PropagateAtLaunch",
    }
}

sim::argument! {
    /// A lifecycle hook of a new group.
    pub struct LifecycleHookSpecification {
        /// The name of the lifecycle hook.
        pub(crate) lifecycle_hook_name: String => "LifecycleHookName",
        /// The lifecycle transition.
        pub(crate) lifecycle_transition: String => "LifecycleTransition",
        /// Additional information for the notification target.
        pub(crate) notification_metadata: Option<String> => "NotificationMetadata",
        /// The maximum time, in seconds, that can elapse before the lifecycle hook times out.
        pub(crate) heartbeat_timeout: Option<i64> => "HeartbeatTimeout",
        /// The action the group takes when the timeout elapses.
        pub(crate) default_result: Option<String> => "DefaultResult",
        /// The ARN of the notification target; nothing is notified here.
        _notification_target_arn: Refused<String> => "NotificationTargetARN",
        /// The ARN of the role that allows the group to publish to it.
        _role_arn: Refused<String> => "RoleARN",
    }
}

sim::structure! {
    /// Describes a lifecycle hook.
    pub struct LifecycleHook {
        /// The name of the lifecycle hook.
        pub lifecycle_hook_name: String => "LifecycleHookName",
        /// The name of the Auto Scaling group for the lifecycle hook.
        pub auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The lifecycle transition.
        pub lifecycle_transition: String => "LifecycleTransition",
        /// Additional information for the notification target.
        pub notification_metadata: Option<String> => "NotificationMetadata",
        /// The maximum time, in seconds, that can elapse before the lifecycle hook times out.
        pub heartbeat_timeout: i64 => "HeartbeatTimeout",
        /// The maximum time, in seconds, that an instance can remain in a wait state.
        pub global_timeout: i64 => "GlobalTimeout",
        /// The action the group takes when the timeout elapses.
        pub default_result: String => "DefaultResult",
    }
}

sim::argument! {
    /// One scheduled action of several.
    pub struct ScheduledUpdateGroupActionRequest {
        /// The name of the scaling action.
        pub(crate) scheduled_action_name: String => "ScheduledActionName",
        /// The date and time for the action to start.
        pub(crate) start_time: Option<Time> => "StartTime",
        /// The date and time for the recurring schedule to end.
        pub(crate) end_time: Option<Time> => "EndTime",
        /// The recurring schedule for the action, in Unix cron syntax format.
        pub(crate) recurrence: Option<String> => "Recurrence",
        /// The minimum size of the group.
        pub(crate) min_size: Option<i64> => "MinSize",
        /// The maximum size of the group.
        pub(crate) max_size: Option<i64> => "MaxSize",
        /// The desired capacity after the action runs.
        pub(crate) desired_capacity: Option<i64> => "DesiredCapacity",
        /// The time zone for the cron expression.
        pub(crate) time_zone: Option<String> => "TimeZone",
    }
}

sim::structure! {
    /// Describes a scheduled action that could not be created, updated, or deleted.
    pub struct FailedScheduledUpdateGroupActionRequest {
        /// The name of the scheduled action.
        pub scheduled_action_name: String => "ScheduledActionName",
        /// The error code.
        pub error_code: Option<String> => "ErrorCode",
        /// The error message accompanying the error code.
        pub error_message: Option<String> => "ErrorMessage",
    }
}

sim::structure! {
    /// Describes a scheduled scaling action.
    pub struct ScheduledUpdateGroupAction {
        /// The name of the Auto Scaling group.
        pub auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The name of the scheduled action.
        pub scheduled_action_name: String => "ScheduledActionName",
        /// The Amazon Resource Name (ARN) of the scheduled action.
        pub scheduled_action_arn: String => "ScheduledActionARN",
        /// This property is no longer used.
        pub time: Option<Time> => "Time",
        /// The date and time for this action to start.
        pub start_time: Option<Time> => "StartTime",
        /// The date and time for the recurring schedule to end.
        pub end_time: Option<Time> => "EndTime",
        /// The recurring schedule for the action.
        pub recurrence: Option<String> => "Recurrence",
        /// The minimum size of the group.
        pub min_size: Option<i64> => "MinSize",
        /// The maximum size of the group.
        pub max_size: Option<i64> => "MaxSize",
        /// The desired capacity after the action runs.
        pub desired_capacity: Option<i64> => "DesiredCapacity",
        /// The time zone for the cron expression.
        pub time_zone: Option<String> => "TimeZone",
    }
}

//! Scaling activities.

use base::Time;

sim::string_enum! {
    /// How far an activity is.
    pub enum ScalingActivityStatusCode {
        InProgress = "InProgress",
        PreInService = "PreInService",
        WaitingForELBConnectionDraining = "WaitingForELBConnectionDraining",
        MidLifecycleAction = "MidLifecycleAction",
        Successful = "Successful",
        Failed = "Failed",
        Cancelled = "Cancelled",
    }
}

sim::structure! {
    /// Describes a scaling activity: a change of a group's size, or the replacement of an instance.
    pub struct Activity {
        /// The ID of the activity.
        pub activity_id: String => "ActivityId",
        /// The name of the Auto Scaling group.
        pub auto_scaling_group_name: String => "AutoScalingGroupName",
        /// A friendly, more verbose description of the activity.
        pub description: String => "Description",
        /// The reason the activity began.
        pub cause: String => "Cause",
        /// The start time of the activity.
        pub start_time: Time => "StartTime",
        /// The end time of the activity.
        pub end_time: Option<Time> => "EndTime",
        /// The current status of the activity.
        pub status_code: ScalingActivityStatusCode => "StatusCode",
        /// A friendly, more verbose description of the activity status.
        pub status_message: Option<String> => "StatusMessage",
        /// A value between 0 and 100 that indicates the progress of the activity.
        pub progress: i64 => "Progress",
        /// The details about the activity.
        pub details: String => "Details",
        /// The state of the Auto Scaling group, which is either InService or Deleted.
        pub auto_scaling_group_state: Option<String> => "AutoScalingGroupState",
        /// The Amazon Resource Name (ARN) of the Auto Scaling group.
        pub auto_scaling_group_arn: String => "AutoScalingGroupARN",
    }
}

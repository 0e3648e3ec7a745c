//! The desired capacity set by hand, and a single instance terminated.

use sim::api::{ApiError, Write};
use sim::{Cx, World};

use crate::activity::{self, at};
use crate::faults::{in_progress, validation};
use crate::shapes::activity::Activity;
use crate::state::group_mut;
use crate::{leave, policy, wakes};

sim::operation! {
    /// Sets the size of the specified Auto Scaling group.
    write SetDesiredCapacity in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The desired capacity.
        desired_capacity: i64 => "DesiredCapacity",
        /// Specifies whether to wait for the cooldown period to complete.
        honor_cooldown: Option<bool> => "HonorCooldown",
    }
    output SetDesiredCapacityOutput {}
    errors ["ResourceContention", "ScalingActivityInProgress"]
    access {
        "autoscaling:SetDesiredCapacity" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
    takes time
}

impl Write for SetDesiredCapacity {
    type Output = SetDesiredCapacityOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let (now, wanted) = (world.now(), self.desired_capacity);
        let Some(group) = group_mut(world, &whose) else { return Ok(SetDesiredCapacityOutput {}) };
        if wanted < group.min {
            return Err(validation(format!(
                "New SetDesiredCapacity value {wanted} is below min value {} for the AutoScalingGroup.",
                group.min
            )));
        }
        if wanted > group.max {
            return Err(validation(format!(
                "New SetDesiredCapacity value {wanted} is above max value {} for the AutoScalingGroup.",
                group.max
            )));
        }
        if self.honor_cooldown == Some(true) && policy::is_busy(group, now) {
            return Err(in_progress(format!(
                "The Auto Scaling group {} is in its cooldown period, or an activity is under way in it",
                group.name
            )));
        }
        group.set_desired(wanted, |before, after| {
            let what = format!(
                "a user request explicitly set group desired capacity changing the desired capacity from \
                 {before} to {after}."
            );
            at(now, &what)
        });
        wakes::wake(world, &whose);
        Ok(SetDesiredCapacityOutput {})
    }
}

sim::operation! {
    /// Terminates the specified instance and optionally adjusts the desired group size.
    write TerminateInstanceInAutoScalingGroup in "autoscaling" = "";
    input {
        /// The ID of the instance.
        instance_id: String => "InstanceId",
        /// Indicates whether terminating the instance also decrements the size of the group.
        should_decrement_desired_capacity: bool => "ShouldDecrementDesiredCapacity",
    }
    output TerminateInstanceInAutoScalingGroupOutput {
        /// A scaling activity.
        pub activity: Option<Activity> => "Activity",
    }
    errors ["ResourceContention", "ScalingActivityInProgress"]
    access {
        "autoscaling:TerminateInstanceInAutoScalingGroup" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/*",
    }
    takes time
}

impl Write for TerminateInstanceInAutoScalingGroup {
    type Output = TerminateInstanceInAutoScalingGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (now, instance) = (world.now(), self.instance_id);
        let whose = super::whose_member(world, cx, &instance)?;
        let Some(group) = group_mut(world, &whose) else {
            return Ok(TerminateInstanceInAutoScalingGroupOutput::default());
        };
        if group.members.get(&instance).is_some_and(crate::state::Member::leaves) {
            return Err(in_progress(format!("Instance {instance} is being terminated already")));
        }
        let counts = group.members.get(&instance).is_some_and(crate::state::Member::counts);
        let actual = group.actual();
        let mut what =
            format!("instance {instance} was taken out of service in response to a user request");
        if self.should_decrement_desired_capacity && counts {
            if group.desired <= group.min {
                return Err(validation(format!(
                    "Currently, desiredSize equals minSize ({}). Terminating instance without replacement \
                     will violate group's min size constraint. Either set shouldDecrementDesiredCapacity \
                     flag to false or lower group's min size.",
                    group.min
                )));
            }
            group.desired -= 1;
            what = format!("{what}, shrinking the capacity from {actual} to {}", actual - 1);
        }
        let id = leave::begin(world, &whose, &instance, at(now, &format!("{what}.")));
        wakes::wake(world, &whose);
        let activity = id.and_then(|id| activity::find(world, &whose, &id).cloned());
        Ok(TerminateInstanceInAutoScalingGroupOutput { activity })
    }
}

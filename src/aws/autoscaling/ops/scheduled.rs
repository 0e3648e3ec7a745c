//! Scheduled actions put and deleted, one or several at a time.

use sim::api::{ApiError, Write};
use sim::{Cx, World};

use base::Time;

use crate::cron::Cron;
use crate::faults::{limit, validation};
use crate::scheduled;
use crate::shapes::rest::{
    FailedScheduledUpdateGroupActionRequest, ScheduledUpdateGroupAction,
    ScheduledUpdateGroupActionRequest,
};
use crate::state::{Scheduled, Whose, group, group_mut, uuid};

/// Scheduled actions of a group (user guide, "Quotas for Amazon EC2 Auto Scaling").
const ACTIONS_MAX: usize = 125;
/// Scheduled actions of a request.
const PER_REQUEST: usize = 50;

sim::operation! {
    /// Creates or updates a scheduled scaling action for an Auto Scaling group.
    write PutScheduledUpdateGroupAction in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The name of this scaling action.
        scheduled_action_name: String => "ScheduledActionName",
        /// The old name of the start.
        time: Option<Time> => "Time",
        /// The date and time for this action to start, in UTC.
        start_time: Option<Time> => "StartTime",
        /// The date and time for the recurring schedule to end, in UTC.
        end_time: Option<Time> => "EndTime",
        /// The recurring schedule for this action, in Unix cron syntax: five fields.
        recurrence: Option<String> => "Recurrence",
        /// The minimum size of the group.
        min_size: Option<i64> => "MinSize",
        /// The maximum size of the group.
        max_size: Option<i64> => "MaxSize",
        /// The desired capacity after the scheduled action runs.
        desired_capacity: Option<i64> => "DesiredCapacity",
        /// The time zone for the cron expression: UTC alone is simulated.
        time_zone: Option<String> => "TimeZone",
    }
    output PutScheduledUpdateGroupActionOutput {}
    errors ["AlreadyExists", "LimitExceeded", "ResourceContention"]
    access {
        "autoscaling:PutScheduledUpdateGroupAction" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}"
            keys {
                "autoscaling:MaxSize": "MaxSize",
                "autoscaling:MinSize": "MinSize",
            },
    }
    takes time
}

impl Write for PutScheduledUpdateGroupAction {
    type Output = PutScheduledUpdateGroupActionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let asked = ScheduledUpdateGroupActionRequest {
            scheduled_action_name: self.scheduled_action_name,
            start_time: self.start_time.or(self.time),
            end_time: self.end_time,
            recurrence: self.recurrence,
            min_size: self.min_size,
            max_size: self.max_size,
            desired_capacity: self.desired_capacity,
            time_zone: self.time_zone,
        };
        put(world, &whose, asked)?;
        Ok(PutScheduledUpdateGroupActionOutput {})
    }
}

fn check(asked: &ScheduledUpdateGroupActionRequest, now: Time) -> Result<(), ApiError> {
    let zone = asked.time_zone.as_deref();
    if zone.is_some_and(|zone| !["UTC", "Etc/UTC"].contains(&zone)) {
        let message = "Time zones other than UTC are not simulated here";
        return Err(ApiError::new(501, "NotImplemented", message));
    }
    if asked.min_size.is_none() && asked.max_size.is_none() && asked.desired_capacity.is_none() {
        return Err(validation(
            "At least one of MinSize, MaxSize and DesiredCapacity must be specified",
        ));
    }
    if let (Some(min), Some(max)) = (asked.min_size, asked.max_size)
        && min > max
    {
        return Err(validation(format!(
            "Max bound, {max}, must be greater than or equal to min bound, {min}"
        )));
    }
    match (&asked.recurrence, asked.start_time) {
        (None, None) => return Err(validation("Either StartTime or Recurrence must be specified")),
        (Some(text), _) => {
            Cron::read(text)?;
        }
        (None, Some(start)) if start <= now => {
            return Err(validation("StartTime must be in the future"));
        }
        (None, Some(_)) => {}
    }
    if asked.end_time.is_some_and(|end| end <= now) {
        return Err(validation("EndTime must be in the future"));
    }
    if let (Some(start), Some(end)) = (asked.start_time, asked.end_time)
        && end < start
    {
        return Err(validation("EndTime must be after StartTime"));
    }
    Ok(())
}

/// Puts an action, and plans when it is due.
fn put(
    world: &mut World,
    whose: &Whose,
    asked: ScheduledUpdateGroupActionRequest,
) -> Result<(), ApiError> {
    let now = world.now();
    check(&asked, now)?;
    let name = asked.scheduled_action_name.clone();
    let known = group(world, whose).and_then(|group| group.scheduled.get(&name)).cloned();
    let count = group(world, whose).map_or(0, |group| group.scheduled.len());
    if known.is_none() && count >= ACTIONS_MAX {
        return Err(limit(format!("A group can have at most {ACTIONS_MAX} scheduled actions")));
    }
    let arn = if let Some(known) = known {
        known.action.scheduled_action_arn
    } else {
        let (id, group) = (uuid(world), &whose.group);
        let resource = format!(
            "scheduledUpdateGroupAction:{id}:autoScalingGroupName/{group}:scheduledActionName/{name}"
        );
        whose.place.arn("autoscaling", &resource)
    };
    let mut action = ScheduledUpdateGroupAction {
        auto_scaling_group_name: whose.group.clone(),
        scheduled_action_name: name.clone(),
        scheduled_action_arn: arn,
        time: None,
        start_time: asked.start_time,
        end_time: asked.end_time,
        recurrence: asked.recurrence,
        min_size: asked.min_size,
        max_size: asked.max_size,
        desired_capacity: asked.desired_capacity,
        time_zone: asked.time_zone,
    };
    // A schedule that says no start is shown with its first time.
    action.start_time = action.start_time.or_else(|| scheduled::next(&action, now));
    action.time = action.start_time;
    if let Some(group) = group_mut(world, whose) {
        group.scheduled.insert(name.clone(), Scheduled { action, next: None });
    }
    scheduled::plan(world, whose, &name);
    Ok(())
}

fn delete(world: &mut World, whose: &Whose, name: &str) -> Result<(), ApiError> {
    let gone = group_mut(world, whose).and_then(|group| group.scheduled.remove(name));
    match gone {
        Some(_) => Ok(()),
        None => Err(validation(format!(
            "Scheduled action name not found - Scheduled action {name} not found"
        ))),
    }
}

fn failed(name: String, error: ApiError) -> FailedScheduledUpdateGroupActionRequest {
    FailedScheduledUpdateGroupActionRequest {
        scheduled_action_name: name,
        error_code: Some(error.code),
        error_message: Some(error.message),
    }
}

fn check_count(count: usize) -> Result<(), ApiError> {
    if (1..=PER_REQUEST).contains(&count) {
        return Ok(());
    }
    Err(validation(format!("Between 1 and {PER_REQUEST} scheduled actions can be given")))
}

sim::operation! {
    /// Creates or updates one or more scheduled scaling actions for an Auto Scaling group.
    write BatchPutScheduledUpdateGroupAction in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// One or more scheduled actions.
        scheduled_update_group_actions: Vec<ScheduledUpdateGroupActionRequest> =>
            required "ScheduledUpdateGroupActions",
    }
    output BatchPutScheduledUpdateGroupActionOutput {
        /// The names of the scheduled actions that could not be created or updated, with the reasons.
        pub failed_scheduled_update_group_actions: Vec<FailedScheduledUpdateGroupActionRequest> =>
            "FailedScheduledUpdateGroupActions",
    }
    errors ["AlreadyExists", "LimitExceeded", "ResourceContention"]
    access {
        "autoscaling:BatchPutScheduledUpdateGroupAction" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
    takes time
}

impl Write for BatchPutScheduledUpdateGroupAction {
    type Output = BatchPutScheduledUpdateGroupActionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        check_count(self.scheduled_update_group_actions.len())?;
        let mut output = BatchPutScheduledUpdateGroupActionOutput::default();
        for asked in self.scheduled_update_group_actions {
            let name = asked.scheduled_action_name.clone();
            if let Err(error) = put(world, &whose, asked) {
                output.failed_scheduled_update_group_actions.push(failed(name, error));
            }
        }
        Ok(output)
    }
}

sim::operation! {
    /// Deletes the specified scheduled action.
    write DeleteScheduledAction in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The name of the action to delete.
        scheduled_action_name: String => "ScheduledActionName",
    }
    output DeleteScheduledActionOutput {}
    errors ["ResourceContention"]
    access {
        "autoscaling:DeleteScheduledAction" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
}

impl Write for DeleteScheduledAction {
    type Output = DeleteScheduledActionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        delete(world, &whose, &self.scheduled_action_name)?;
        Ok(DeleteScheduledActionOutput {})
    }
}

sim::operation! {
    /// Deletes one or more scheduled actions for the specified Auto Scaling group.
    write BatchDeleteScheduledAction in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The names of the scheduled actions to delete.
        scheduled_action_names: Vec<String> => required "ScheduledActionNames",
    }
    output BatchDeleteScheduledActionOutput {
        /// The names of the scheduled actions that could not be deleted, with the reasons.
        pub failed_scheduled_actions: Vec<FailedScheduledUpdateGroupActionRequest> =>
            "FailedScheduledActions",
    }
    errors ["ResourceContention"]
    access {
        "autoscaling:BatchDeleteScheduledAction" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
}

impl Write for BatchDeleteScheduledAction {
    type Output = BatchDeleteScheduledActionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        check_count(self.scheduled_action_names.len())?;
        let mut output = BatchDeleteScheduledActionOutput::default();
        for name in self.scheduled_action_names {
            if let Err(error) = delete(world, &whose, &name) {
                output.failed_scheduled_actions.push(failed(name, error));
            }
        }
        Ok(output)
    }
}

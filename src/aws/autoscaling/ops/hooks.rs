//! Lifecycle hooks, and the actions that instances wait for.

use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

use crate::durations::HEARTBEAT_S;
use crate::faults::{limit, validation};
use crate::hooks;
use crate::shapes::rest::LifecycleHook;
use crate::state::{State, group, group_mut};
use crate::waits::{self, LAUNCHING, Outcome, TERMINATING};
use aws::place::Place;

/// Hooks of a group.
const HOOKS_MAX: usize = 50;
/// Seconds of a heartbeat, at least and at most (API reference, `PutLifecycleHook`).
const HEARTBEAT_RANGE: std::ops::RangeInclusive<i64> = 30..=7200;

/// A hook as a request gives it.
///
/// # Errors
/// It cannot be.
pub(super) fn hook_of(
    group: &str,
    name: &str,
    transition: Option<&str>,
    metadata: Option<String>,
    (heartbeat, result): (Option<i64>, Option<&str>),
) -> Result<LifecycleHook, ApiError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_/".contains(c);
    if name.is_empty() || name.len() > 255 || !name.chars().all(fits) {
        return Err(validation(format!(
            "1 validation error detected: Value '{name}' at 'lifecycleHookName' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [A-Za-z0-9\\-_\\/]+"
        )));
    }
    let transition = transition.unwrap_or_default();
    if ![LAUNCHING, TERMINATING].contains(&transition) {
        return Err(validation(format!(
            "Lifecycle hook transition {transition} is not valid. It must be {LAUNCHING} or {TERMINATING}"
        )));
    }
    let heartbeat = heartbeat.unwrap_or(HEARTBEAT_S);
    if !HEARTBEAT_RANGE.contains(&heartbeat) {
        return Err(validation(format!(
            "Heartbeat timeout {heartbeat} is not valid. It must be between {} and {} seconds",
            HEARTBEAT_RANGE.start(),
            HEARTBEAT_RANGE.end()
        )));
    }
    let result = result.unwrap_or("ABANDON");
    Outcome::read(result)?;
    Ok(LifecycleHook {
        lifecycle_hook_name: name.to_owned(),
        auto_scaling_group_name: group.to_owned(),
        lifecycle_transition: transition.to_owned(),
        notification_metadata: metadata,
        heartbeat_timeout: heartbeat,
        global_timeout: waits::at_most_s(heartbeat),
        default_result: result.to_owned(),
    })
}

sim::operation! {
    /// Creates or updates a lifecycle hook for the specified Auto Scaling group.
    write PutLifecycleHook in "autoscaling" = "";
    input {
        /// The name of the lifecycle hook.
        lifecycle_hook_name: String => "LifecycleHookName",
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The lifecycle transition; needed for a new hook.
        lifecycle_transition: Option<String> => "LifecycleTransition",
        /// The ARN of the role that allows the group to publish; nothing is notified here.
        _role_arn: Refused<String> => "RoleARN",
        /// The ARN of the notification target.
        _notification_target_arn: Refused<String> => "NotificationTargetARN",
        /// Additional information for the notification target.
        notification_metadata: Option<String> => "NotificationMetadata",
        /// The maximum time, in seconds, that can elapse before the lifecycle hook times out.
        heartbeat_timeout: Option<i64> => "HeartbeatTimeout",
        /// The action the group takes when the timeout elapses: CONTINUE or ABANDON.
        default_result: Option<String> => "DefaultResult",
    }
    output PutLifecycleHookOutput {}
    errors ["LimitExceeded", "ResourceContention"]
    access {
        "autoscaling:PutLifecycleHook" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
}

impl Write for PutLifecycleHook {
    type Output = PutLifecycleHookOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let name = self.lifecycle_hook_name;
        let Some(group) = group_mut(world, &whose) else { return Ok(PutLifecycleHookOutput {}) };
        let known = group.hooks.get(&name);
        if known.is_none() && group.hooks.len() >= HOOKS_MAX {
            return Err(limit(format!("A group can have at most {HOOKS_MAX} lifecycle hooks")));
        }
        // Of a hook that there is, what is not said stays.
        let transition = self
            .lifecycle_transition
            .or_else(|| known.map(|hook| hook.lifecycle_transition.clone()));
        let metadata = self
            .notification_metadata
            .or_else(|| known.and_then(|hook| hook.notification_metadata.clone()));
        let heartbeat = self.heartbeat_timeout.or_else(|| known.map(|h| h.heartbeat_timeout));
        let result = self.default_result.or_else(|| known.map(|h| h.default_result.clone()));
        let hook = hook_of(
            &whose.group,
            &name,
            transition.as_deref(),
            metadata,
            (heartbeat, result.as_deref()),
        )?;
        group.hooks.insert(name, hook);
        Ok(PutLifecycleHookOutput {})
    }
}

sim::operation! {
    /// Gets information about the lifecycle hooks for the specified Auto Scaling group.
    read DescribeLifecycleHooks in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The names of one or more lifecycle hooks.
        lifecycle_hook_names: Vec<String> => "LifecycleHookNames",
    }
    output DescribeLifecycleHooksOutput {
        /// The lifecycle hooks for the specified group.
        pub lifecycle_hooks: Vec<LifecycleHook> => "LifecycleHooks",
    }
    errors ["ResourceContention"]
    access { "autoscaling:DescribeLifecycleHooks" on "*" }
}

impl Read for DescribeLifecycleHooks {
    type Output = DescribeLifecycleHooksOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = &self.auto_scaling_group_name;
        let group = world.get::<State>().group(&Place::of(cx), name)?;
        let names = &self.lifecycle_hook_names;
        let wanted =
            |hook: &&LifecycleHook| names.is_empty() || names.contains(&hook.lifecycle_hook_name);
        let lifecycle_hooks = group.hooks.values().filter(wanted).cloned().collect();
        Ok(DescribeLifecycleHooksOutput { lifecycle_hooks })
    }
}

sim::operation! {
    /// Deletes the specified lifecycle hook. What waits for it goes on.
    write DeleteLifecycleHook in "autoscaling" = "";
    input {
        /// The name of the lifecycle hook.
        lifecycle_hook_name: String => "LifecycleHookName",
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
    }
    output DeleteLifecycleHookOutput {}
    errors ["ResourceContention"]
    access {
        "autoscaling:DeleteLifecycleHook" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
    takes time
}

impl Write for DeleteLifecycleHook {
    type Output = DeleteLifecycleHookOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let name = self.lifecycle_hook_name;
        let Some(group) = group_mut(world, &whose) else { return Ok(DeleteLifecycleHookOutput {}) };
        let Some(hook) = group.hooks.remove(&name) else {
            return Err(validation(format!("No Lifecycle Hook found with name {name}")));
        };
        // Actions under way are completed: launches are given up, terminations go on (API reference).
        let launching = hook.lifecycle_transition == LAUNCHING;
        let outcome = if launching { Outcome::Abandon } else { Outcome::Continue };
        let waits = |member: &&crate::state::Member| {
            member.wait.as_ref().is_some_and(|wait| wait.hook == name)
        };
        let waiting: Vec<String> =
            group.members.values().filter(waits).map(|member| member.id.clone()).collect();
        for instance in waiting {
            hooks::complete(world, &whose, &instance, outcome, "Lifecycle Hook Deleted");
        }
        Ok(DeleteLifecycleHookOutput {})
    }
}

sim::operation! {
    /// Completes the lifecycle action for the specified token or instance with the specified result.
    write CompleteLifecycleAction in "autoscaling" = "";
    input {
        /// The name of the lifecycle hook.
        lifecycle_hook_name: String => "LifecycleHookName",
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// A universally unique identifier that identifies a specific lifecycle action.
        lifecycle_action_token: Option<String> => "LifecycleActionToken",
        /// The action for the group to take: CONTINUE or ABANDON.
        lifecycle_action_result: String => "LifecycleActionResult",
        /// The ID of the instance.
        instance_id: Option<String> => "InstanceId",
    }
    output CompleteLifecycleActionOutput {}
    errors ["ResourceContention"]
    access {
        "autoscaling:CompleteLifecycleAction" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
    takes time
}

impl Write for CompleteLifecycleAction {
    type Output = CompleteLifecycleActionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let outcome = Outcome::read(&self.lifecycle_action_result)?;
        let Some(group) = group(world, &whose) else {
            return Ok(CompleteLifecycleActionOutput {});
        };
        waits::named(group, &self.lifecycle_hook_name)?;
        let (instance, token) = (self.instance_id, self.lifecycle_action_token);
        let instance = waits::waiting(
            group,
            &self.lifecycle_hook_name,
            instance.as_deref(),
            token.as_deref(),
        )?;
        let why =
            format!("Lifecycle Action Completed with {} Result", self.lifecycle_action_result);
        hooks::complete(world, &whose, &instance, outcome, &why);
        Ok(CompleteLifecycleActionOutput {})
    }
}

sim::operation! {
    /// Records a heartbeat for the lifecycle action associated with the specified token or instance.
    write RecordLifecycleActionHeartbeat in "autoscaling" = "";
    input {
        /// The name of the lifecycle hook.
        lifecycle_hook_name: String => "LifecycleHookName",
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// A token that uniquely identifies a specific lifecycle action.
        lifecycle_action_token: Option<String> => "LifecycleActionToken",
        /// The ID of the instance.
        instance_id: Option<String> => "InstanceId",
    }
    output RecordLifecycleActionHeartbeatOutput {}
    errors ["ResourceContention"]
    access {
        "autoscaling:RecordLifecycleActionHeartbeat" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
    takes time
}

impl Write for RecordLifecycleActionHeartbeat {
    type Output = RecordLifecycleActionHeartbeatOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let Some(group) = group(world, &whose) else {
            return Ok(RecordLifecycleActionHeartbeatOutput {});
        };
        waits::named(group, &self.lifecycle_hook_name)?;
        let (instance, token) = (self.instance_id, self.lifecycle_action_token);
        let instance = waits::waiting(
            group,
            &self.lifecycle_hook_name,
            instance.as_deref(),
            token.as_deref(),
        )?;
        waits::heartbeat(world, &whose, &instance);
        Ok(RecordLifecycleActionHeartbeatOutput {})
    }
}

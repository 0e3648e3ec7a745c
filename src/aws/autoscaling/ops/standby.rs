//! Instances that stand by: they stay in the group, and do not serve.

use sim::api::{ApiError, Write};
use sim::{Cx, World};

use crate::activity::{self, at};
use crate::faults::validation;
use crate::shapes::activity::{Activity, ScalingActivityStatusCode as Status};
use crate::shapes::group::LifecycleState;
use crate::state::{Whose, group, group_mut};
use crate::{life, targets, wakes};

/// How many instances a request may name.
pub(super) const PER_REQUEST: usize = 20;

/// The instances of a request, each once. When the desired capacity shrinks with them, `what` is done to
/// them, and the group must be able to be so small.
///
/// # Errors
/// One is not in the group or not in a state in which that can be done, or there would be too few.
pub(super) fn chosen(
    world: &World,
    whose: &Whose,
    ids: &[String],
    states: &[LifecycleState],
    what: Option<&str>,
) -> Result<Vec<String>, ApiError> {
    let Some(group) = group(world, whose) else { return Ok(Vec::new()) };
    if ids.len() > PER_REQUEST {
        return Err(validation(format!(
            "At most {PER_REQUEST} instances can be named in a request"
        )));
    }
    let mut chosen: Vec<String> = Vec::new();
    let mut counted = 0;
    for id in ids {
        let member = group.members.get(id).ok_or_else(|| {
            validation(format!(
                "The instance {id} is not part of Auto Scaling group {}.",
                group.name
            ))
        })?;
        if !states.contains(&member.phase) {
            let words: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
            return Err(validation(format!("The instance {id} is not in {}.", words.join(" or "))));
        }
        if !chosen.contains(id) {
            counted += i64::from(member.counts());
            chosen.push(id.clone());
        }
    }
    if let Some(what) = what
        && group.desired - counted < group.min
    {
        return Err(validation(format!(
            "AutoScalingGroup {} has min-size={}, max-size={}, and desired-size={}. To {what} {counted} \
             instance{}, please update the AutoScalingGroup sizes appropriately.",
            group.name,
            group.min,
            group.max,
            group.desired,
            if counted == 1 { "" } else { "s" }
        )));
    }
    Ok(chosen)
}

sim::operation! {
    /// Moves the specified instances into the standby state.
    write EnterStandby in "autoscaling" = "";
    input {
        /// The IDs of the instances.
        instance_ids: Vec<String> => "InstanceIds",
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// Indicates whether to decrement the desired capacity by the number of instances moved.
        should_decrement_desired_capacity: bool => "ShouldDecrementDesiredCapacity",
    }
    output EnterStandbyOutput {
        /// The activities related to moving instances into Standby mode.
        pub activities: Vec<Activity> => "Activities",
    }
    errors ["ResourceContention"]
    access {
        "autoscaling:EnterStandby" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
    takes time
}

impl Write for EnterStandby {
    type Output = EnterStandbyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let fewer = self.should_decrement_desired_capacity;
        let what = fewer.then_some("place into standby");
        let states = [LifecycleState::InService];
        let ids = chosen(world, &whose, &self.instance_ids, &states, what)?;
        let mut activities = Vec::new();
        for id in ids {
            let Some(group) = group_mut(world, &whose) else { break };
            let before = group.actual();
            if fewer {
                group.desired -= 1;
            }
            let Some(member) = group.members.get_mut(&id) else { continue };
            member.phase = LifecycleState::Standby;
            let shrinks = Some((before, before - 1));
            targets::let_go(world, &whose, &id);
            let words = ("Moving EC2 instance to Standby", "moved to standby", "shrinking");
            let progress = (Status::InProgress, 50);
            activities.extend(moved(world, &whose, &id, words, shrinks, progress));
        }
        wakes::wake(world, &whose);
        Ok(EnterStandbyOutput { activities })
    }
}

sim::operation! {
    /// Moves the specified instances out of the standby state. The desired capacity grows with them.
    write ExitStandby in "autoscaling" = "";
    input {
        /// The IDs of the instances.
        instance_ids: Vec<String> => "InstanceIds",
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
    }
    output ExitStandbyOutput {
        /// The activities related to moving instances out of Standby mode.
        pub activities: Vec<Activity> => "Activities",
    }
    errors ["ResourceContention"]
    access {
        "autoscaling:ExitStandby" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
    takes time
}

impl Write for ExitStandby {
    type Output = ExitStandbyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let states = [LifecycleState::Standby];
        let ids = chosen(world, &whose, &self.instance_ids, &states, None)?;
        let more = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        let known = group(world, &whose);
        if let Some(group) = known.filter(|group| group.desired + more > group.max) {
            return Err(validation(format!(
                "AutoScalingGroup {} has min-size={}, max-size={}, and desired-size={}. To take {more} \
                 instance{} out of standby, please update the AutoScalingGroup sizes appropriately.",
                group.name,
                group.min,
                group.max,
                group.desired,
                if more == 1 { "" } else { "s" }
            )));
        }
        let mut activities = Vec::new();
        for id in ids {
            let Some(group) = group_mut(world, &whose) else { break };
            let before = group.actual();
            group.desired += 1;
            let grows = Some((before, before + 1));
            let words =
                ("Moving EC2 instance out of Standby", "moved out of standby", "increasing");
            let progress = (Status::PreInService, 30);
            activities.extend(moved(world, &whose, &id, words, grows, progress));
            life::serve(world, &whose, &id);
        }
        wakes::wake(world, &whose);
        Ok(ExitStandbyOutput { activities })
    }
}

/// Notes a move, and says the activity as it was while it was under way.
fn moved(
    world: &mut World,
    whose: &Whose,
    id: &str,
    (description, done, grows): (&str, &str, &str),
    sizes: Option<(i64, i64)>,
    status: (Status, i64),
) -> Option<Activity> {
    let spot = group(world, whose)?.members.get(id)?.spot.clone();
    let (from, to) = sizes.unwrap_or_default();
    let what = format!(
        "instance {id} was {done} in response to a user request, {grows} the capacity from {from} to {to}."
    );
    let cause = at(world.now(), &what);
    let activity =
        activity::begin(world, whose, format!("{description}: {id}"), cause, &spot, status)?;
    let shown = activity::find(world, whose, &activity).cloned();
    activity::end(world, whose, &activity, Status::Successful, None);
    shown
}

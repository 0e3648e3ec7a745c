//! Instances attached to a group, and detached.

use aws::ec2::guests::instance_state;
use aws::place::Place;
use serde_json::{Value, json};
use sim::api::{ApiError, Write};
use sim::{Cx, World};

use super::standby::{PER_REQUEST, chosen};
use crate::activity::{self, at};
use crate::faults::validation;
use crate::shapes::activity::{Activity, ScalingActivityStatusCode as Status};
use crate::shapes::group::LifecycleState;
use crate::state::{Member, Spot, State, Whose, group_mut};
use crate::{launch, life, role, targets, wakes};

sim::operation! {
    /// Attaches one or more EC2 instances to the specified Auto Scaling group. The desired capacity
    /// grows with them.
    write AttachInstances in "autoscaling" = "";
    input {
        /// The IDs of the instances.
        instance_ids: Vec<String> => "InstanceIds",
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
    }
    output AttachInstancesOutput {}
    errors ["ResourceContention", "ServiceLinkedRoleFailure"]
    access {
        "autoscaling:AttachInstances" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
    takes time
}

impl Write for AttachInstances {
    type Output = AttachInstancesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        if self.instance_ids.len() > PER_REQUEST {
            return Err(validation(format!(
                "At most {PER_REQUEST} instances can be attached in a request"
            )));
        }
        let place = Place::of(cx);
        let mut found = Vec::new();
        for id in &self.instance_ids {
            found.push(attachable(world, &place, id)?);
        }
        let more = i64::try_from(found.len()).unwrap_or(i64::MAX);
        let Some(group) = group_mut(world, &whose) else { return Ok(AttachInstancesOutput {}) };
        if group.desired + more > group.max {
            return Err(validation(format!(
                "AutoScalingGroup {} has min-size={}, max-size={}, and desired-size={}. To attach {more} \
                 instance{}, please update the AutoScalingGroup sizes appropriately.",
                group.name,
                group.min,
                group.max,
                group.desired,
                if more == 1 { "" } else { "s" }
            )));
        }
        if let Some(odd) = found.iter().find(|(_, zone)| !group.zones().contains(zone)) {
            return Err(validation(format!(
                "The availability zone {} of instance {} is none of the AutoScalingGroup's",
                odd.1, odd.0["InstanceId"]
            )));
        }
        group.desired += more;
        for (instance, zone) in found {
            attach(world, &whose, &instance, zone);
        }
        wakes::wake(world, &whose);
        Ok(AttachInstancesOutput {})
    }
}

/// An instance that can be attached: it runs, and is in no group.
fn attachable(world: &mut World, place: &Place, id: &str) -> Result<(Value, String), ApiError> {
    let region = world.get::<State>().region(place);
    if let Some(group) = region.and_then(|region| region.members.get(id)) {
        return Err(validation(format!(
            "Instance {id} is already part of AutoScalingGroup:{group}"
        )));
    }
    match instance_state(world, place, id) {
        Some("running") => {}
        None => return Err(validation(format!("Invalid Instance ID(s) specified: [{id}]"))),
        Some(state) => {
            return Err(validation(format!(
                "Instance {id} is not in correct state: it is {state}, and must be running"
            )));
        }
    }
    let input = json!({"InstanceIds": [id]});
    let mut told = role::call(world, place, "ec2", "DescribeInstances", input)
        .map_err(|error| validation(error.message))?;
    let instance = told["Reservations"][0]["Instances"][0].take();
    let zone = instance["Placement"]["AvailabilityZone"].as_str().unwrap_or_default().to_owned();
    Ok((instance, zone))
}

fn attach(world: &mut World, whose: &Whose, instance: &Value, zone: String) {
    let now = world.now();
    let text = |member: &str| instance[member].as_str().unwrap_or_default().to_owned();
    let id = text("InstanceId");
    let Some(group) = group_mut(world, whose) else { return };
    let subnet = text("SubnetId");
    let own = Spot { zone: zone.clone(), subnet: Some(subnet) };
    let spot = if group.spots.contains(&own) { own } else { Spot { zone, subnet: None } };
    let (source, protected) = (group.source.clone(), group.protects);
    let capacity = group.desired;
    let what = format!(
        "an instance was added in response to user request. Keeping the capacity at the new {capacity}."
    );
    let description = format!("Attaching an existing EC2 instance: {id}");
    let kind = (Status::InProgress, 30);
    let activity = activity::begin(world, whose, description, at(now, &what), &spot, kind);
    let member = Member {
        id: id.clone(),
        kind: text("InstanceType"),
        spot,
        phase: LifecycleState::Pending,
        healthy: true,
        protected,
        source,
        launched: now,
        in_service: None,
        activity,
        wait: None,
    };
    let region = world.get_mut::<State>().region_mut(&whose.place);
    region.members.insert(id.clone(), whose.group.clone());
    if let Some(group) = region.groups.get_mut(&whose.group) {
        group.members.insert(id.clone(), member);
    }
    let input =
        json!({"Resources": [id], "Tags": [{"Key": launch::GROUP_TAG, "Value": whose.group}]});
    // That it cannot be marked keeps it from nothing.
    let _ = role::call(world, &whose.place, "ec2", "CreateTags", input);
    life::serve(world, whose, &id);
}

sim::operation! {
    /// Removes one or more instances from the specified Auto Scaling group; they go on running.
    write DetachInstances in "autoscaling" = "";
    input {
        /// The IDs of the instances.
        instance_ids: Vec<String> => "InstanceIds",
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// Indicates whether the desired capacity is decremented by the number of instances detached.
        should_decrement_desired_capacity: bool => "ShouldDecrementDesiredCapacity",
    }
    output DetachInstancesOutput {
        /// The activities related to detaching the instances from the group.
        pub activities: Vec<Activity> => "Activities",
    }
    errors ["ResourceContention"]
    access {
        "autoscaling:DetachInstances" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
    takes time
}

impl Write for DetachInstances {
    type Output = DetachInstancesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let fewer = self.should_decrement_desired_capacity;
        let states = [LifecycleState::InService, LifecycleState::Standby];
        let ids = chosen(world, &whose, &self.instance_ids, &states, fewer.then_some("detach"))?;
        let now = world.now();
        let mut activities = Vec::new();
        for id in ids {
            let Some(group) = group_mut(world, &whose) else { break };
            let Some(member) = group.members.get(&id) else { continue };
            let (spot, counted) = (member.spot.clone(), member.counts());
            let before = group.actual();
            if fewer && counted {
                group.desired -= 1;
            }
            let mut what = format!("instance {id} was detached in response to a user request");
            if counted {
                what = format!("{what}, shrinking the capacity from {before} to {}", before - 1);
            }
            let description = format!("Detaching EC2 instance: {id}");
            let kind = (Status::InProgress, 50);
            let cause = at(now, &format!("{what}."));
            let tag = json!({"Resources": [id], "Tags": [{"Key": launch::GROUP_TAG}]});
            let _ = role::call(world, &whose.place, "ec2", "DeleteTags", tag);
            targets::let_go(world, &whose, &id);
            let activity = activity::begin(world, &whose, description, cause, &spot, kind);
            launch::forget(world, &whose, &id);
            if let Some(activity) = activity {
                activities.extend(activity::find(world, &whose, &activity).cloned());
                activity::end(world, &whose, &activity, Status::Successful, None);
            }
        }
        wakes::wake(world, &whose);
        Ok(DetachInstancesOutput { activities })
    }
}

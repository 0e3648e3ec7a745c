//! Scaling activities: begun, carried on, ended, and their words.
//!
//! The words are the service's own, as the user guide, "Verify a scaling activity for an Auto Scaling
//! group", and published activities have them.

use base::Time;
use serde_json::json;
use sim::World;

use super::durations::ACTIVITIES_KEPT;
use super::shapes::activity::{Activity, ScalingActivityStatusCode as Status};
use super::state::{Spot, Whose, group_mut, uuid};

/// `At 2024-01-12T16:58:12Z a user request …`
pub(crate) fn at(now: Time, what: &str) -> String {
    format!("At {} {what}", now.iso_secs())
}

/// Several causes, one behind the other.
pub(crate) fn causes(parts: &[String]) -> String {
    parts.join("  ")
}

/// Begins an activity, and says its id.
pub(crate) fn begin(
    world: &mut World,
    whose: &Whose,
    description: String,
    cause: String,
    spot: &Spot,
    (status, progress): (Status, i64),
) -> Option<String> {
    let now = world.now();
    let id = uuid(world);
    let group = group_mut(world, whose)?;
    let mut details = json!({});
    if let Some(subnet) = &spot.subnet {
        details["Subnet ID"] = json!(subnet);
    }
    details["Availability Zone"] = json!(spot.zone);
    let old = |activity: &Activity| activity.start_time.plus(ACTIVITIES_KEPT) < now;
    if group.activities.first().is_some_and(old) {
        group.activities.retain(|activity| !old(activity));
    }
    group.activities.push(Activity {
        activity_id: id.clone(),
        auto_scaling_group_name: group.name.clone(),
        description,
        cause,
        start_time: now,
        end_time: None,
        status_code: status,
        status_message: None,
        progress,
        details: details.to_string(),
        auto_scaling_group_state: None,
        auto_scaling_group_arn: group.arn.clone(),
    });
    Some(id)
}

/// The activity of that id, newest first.
pub(crate) fn find<'w>(world: &'w mut World, whose: &Whose, id: &str) -> Option<&'w mut Activity> {
    let activities = &mut group_mut(world, whose)?.activities;
    activities.iter_mut().rev().find(|activity| activity.activity_id == id)
}

/// Says how far an activity is.
pub(crate) fn go_on(world: &mut World, whose: &Whose, id: &str, status: Status, progress: i64) {
    if let Some(activity) = find(world, whose, id) {
        (activity.status_code, activity.progress) = (status, progress);
    }
}

/// Ends an activity; one that did not succeed says why.
pub(crate) fn end(
    world: &mut World,
    whose: &Whose,
    id: &str,
    status: Status,
    message: Option<&str>,
) {
    let now = world.now();
    let Some(activity) = find(world, whose, id) else { return };
    activity.status_code = status;
    activity.progress = 100;
    activity.end_time = Some(now);
    if let Some(message) = message {
        activity.description = format!("{}.  Status Reason: {message}", activity.description);
        activity.status_message = Some(message.to_owned());
    }
}

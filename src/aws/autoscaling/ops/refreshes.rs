//! Instance refreshes started, described, cancelled and rolled back.

use std::collections::BTreeSet;

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use super::check::not_negative;
use super::create::Wanted;
use crate::durations::{ACTIVITIES_KEPT, CHECKPOINT_DELAY_S};
use crate::faults::{no_refresh, refreshing, validation};
use crate::page::page;
use crate::refresh::{self, MIN_PERCENT, figures};
use crate::refreshes::Refresh;
use crate::shapes::group::LaunchTemplateSpecification;
use crate::shapes::refresh::{
    DesiredConfiguration, InstanceRefresh, InstanceRefreshStatus as Status, RefreshPreferences,
    ScaleInProtectedInstances, StandbyInstances,
};
use crate::state::{Group, Source, State, Whose, group, group_mut, uuid};
use crate::{launch, wakes};
use aws::place::Place;

/// Seconds of a pause at most (API reference, `RefreshPreferences`).
const PAUSE_S_MAX: i64 = 172_800;
/// The only strategy that is simulated.
const ROLLING: &str = "Rolling";

sim::operation! {
    /// Starts an instance refresh: the instances of a group are replaced, some at a time.
    write StartInstanceRefresh in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The strategy to use for the instance refresh: Rolling.
        strategy: Option<String> => "Strategy",
        /// What instances are launched from; the group has it once the refresh has succeeded.
        desired_configuration: Option<DesiredConfiguration> => "DesiredConfiguration",
        /// Sets your preferences for the instance refresh.
        preferences: Option<RefreshPreferences> => "Preferences",
    }
    output StartInstanceRefreshOutput {
        /// A unique ID for tracking the progress of the instance refresh.
        pub instance_refresh_id: String => "InstanceRefreshId",
    }
    errors ["InstanceRefreshInProgress", "LimitExceeded", "ResourceContention"]
    access {
        "autoscaling:StartInstanceRefresh" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
    takes time
}

impl Write for StartInstanceRefresh {
    type Output = StartInstanceRefreshOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let now = world.now();
        match self.strategy.as_deref() {
            None | Some(ROLLING) => {}
            Some("ReplaceRootVolume") => {
                let message = "The strategy ReplaceRootVolume is not simulated here";
                return Err(ApiError::new(501, "NotImplemented", message));
            }
            Some(other) => {
                return Err(validation(format!(
                    "Invalid strategy: {other}. Valid values are Rolling and ReplaceRootVolume"
                )));
            }
        }
        if group(world, &whose).is_some_and(|group| group.refresh().is_some()) {
            return Err(refreshing());
        }
        let given = self.preferences.unwrap_or_default();
        let Some(known) = group(world, &whose) else {
            return Ok(StartInstanceRefreshOutput::default());
        };
        let preferences = filled(given, known)?;
        let template = self.desired_configuration.and_then(|wanted| wanted.launch_template);
        let wanted = desired(world, cx, template)?;
        if preferences.auto_rollback == Some(true) {
            check_way_back(world, &whose, wanted.as_ref())?;
        }
        let id = uuid(world);
        if let Some(group) = group_mut(world, &whose) {
            group.refreshes.retain(|old| old.asked.plus(ACTIVITIES_KEPT) > now);
            group.refreshes.push(Refresh {
                id: id.clone(),
                status: Status::Pending,
                reason: None,
                asked: now,
                begun: None,
                ended: None,
                preferences,
                wanted,
                old: BTreeSet::new(),
                kept: BTreeSet::new(),
                total: 0,
                checkpoints: 0,
                until: None,
                stuck_since: None,
                looks_at: None,
                came_to: None,
                rollback: None,
            });
        }
        wakes::wake(world, &whose);
        Ok(StartInstanceRefreshOutput { instance_refresh_id: id })
    }
}

/// The template that is wanted, with its id and name.
fn desired(
    world: &mut World,
    cx: &Cx<'_>,
    template: Option<LaunchTemplateSpecification>,
) -> Result<Option<DesiredConfiguration>, ApiError> {
    let wanted = Wanted { configuration: None, template };
    let source = wanted.source(world, cx)?;
    Ok(source.and_then(|source| source.template()).map(|template| DesiredConfiguration {
        launch_template: Some(template),
        ..DesiredConfiguration::default()
    }))
}

/// What a request says, and what the service takes where it says nothing.
fn filled(given: RefreshPreferences, group: &Group) -> Result<RefreshPreferences, ApiError> {
    let (least, most) = (given.min_healthy_percentage, given.max_healthy_percentage);
    within(least, "minHealthyPercentage", 0, 100)?;
    within(most, "maxHealthyPercentage", 100, 200)?;
    within(given.checkpoint_delay, "checkpointDelay", 0, PAUSE_S_MAX)?;
    within(given.bake_time, "bakeTime", 0, PAUSE_S_MAX)?;
    not_negative(given.instance_warmup, "InstanceWarmup")?;
    if most.is_some() && least.is_none() {
        return Err(validation(
            "If you specify MaxHealthyPercentage, you must also specify MinHealthyPercentage",
        ));
    }
    let (least, most) = (least.unwrap_or(MIN_PERCENT), most.unwrap_or(100));
    if most - least > 100 {
        return Err(validation(
            "The difference between MinHealthyPercentage and MaxHealthyPercentage cannot be greater than 100",
        ));
    }
    let checkpoints = &given.checkpoint_percentages;
    for percent in checkpoints {
        within(Some(*percent), "checkpointPercentages", 1, 100)?;
    }
    if checkpoints.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(validation("CheckpointPercentages must be unique and in ascending order"));
    }
    if checkpoints.is_empty() && given.checkpoint_delay.is_some() {
        return Err(validation(
            "If you specify CheckpointDelay, you must also specify CheckpointPercentages",
        ));
    }
    let delay = (!checkpoints.is_empty()).then_some(CHECKPOINT_DELAY_S);
    Ok(RefreshPreferences {
        min_healthy_percentage: Some(least),
        max_healthy_percentage: Some(most),
        instance_warmup: given.instance_warmup.or(group.warmup_s).or(Some(group.grace_s)),
        checkpoint_delay: given.checkpoint_delay.or(delay),
        skip_matching: Some(given.skip_matching == Some(true)),
        auto_rollback: Some(given.auto_rollback == Some(true)),
        scale_in_protected_instances: Some(
            given.scale_in_protected_instances.unwrap_or(ScaleInProtectedInstances::Wait),
        ),
        standby_instances: Some(given.standby_instances.unwrap_or(StandbyInstances::Wait)),
        ..given
    })
}

fn within(given: Option<i64>, member: &str, least: i64, most: i64) -> Result<(), ApiError> {
    let (value, rule) = match given {
        Some(value) if value < least => (value, format!("greater than or equal to {least}")),
        Some(value) if value > most => (value, format!("less than or equal to {most}")),
        _ => return Ok(()),
    };
    Err(validation(format!(
        "1 validation error detected: Value '{value}' at 'preferences.{member}' failed to satisfy constraint: \
         Member must have value {rule}"
    )))
}

/// Whether a refresh can be taken back (API reference, `RollbackInstanceRefresh`).
///
/// # Errors
/// Nothing was wanted but what the group has, or what the group has may be another thing by then.
fn check_way_back(
    world: &mut World,
    whose: &Whose,
    wanted: Option<&DesiredConfiguration>,
) -> Result<(), ApiError> {
    let no = |message: &str| Err(ApiError::new(400, "IrreversibleInstanceRefresh", message));
    if wanted.is_none() {
        return no("A desired configuration was not found for the instance refresh");
    }
    let source = group(world, whose).map(|group| group.source.clone());
    let Some(Source::Template(template)) = source else { return Ok(()) };
    if template.version.as_deref().is_none_or(|version| version.starts_with('$')) {
        return no(
            "The Auto Scaling group uses the $Latest or $Default version of its launch template",
        );
    }
    let image = launch::image_of(world, whose, &template);
    if image.is_some_and(|image| image.starts_with("resolve:ssm:")) {
        return no(
            "The launch template of the Auto Scaling group uses a Systems Manager parameter instead of an AMI \
             ID",
        );
    }
    Ok(())
}

sim::operation! {
    /// Gets information about the instance refreshes for the specified Auto Scaling group, the newest
    /// first.
    read DescribeInstanceRefreshes in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// One or more instance refresh IDs.
        instance_refresh_ids: Vec<String> => "InstanceRefreshIds",
        /// The token for the next set of items to return.
        next_token: Option<String> => "NextToken",
        /// The maximum number of items to return with this call.
        max_records: Option<i64> => "MaxRecords",
    }
    output DescribeInstanceRefreshesOutput {
        /// The instance refreshes for the specified group.
        pub instance_refreshes: Vec<InstanceRefresh> => "InstanceRefreshes",
        /// Where the next page begins, if there is one.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["InvalidNextToken", "ResourceContention"]
    access { "autoscaling:DescribeInstanceRefreshes" on "*" }
}

impl Read for DescribeInstanceRefreshes {
    type Output = DescribeInstanceRefreshesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let group = world.get::<State>().group(&Place::of(cx), &self.auto_scaling_group_name)?;
        let now = world.now();
        let ids = &self.instance_refresh_ids;
        let kept = |refresh: &&Refresh| {
            refresh.asked.plus(ACTIVITIES_KEPT) > now
                && (ids.is_empty() || ids.contains(&refresh.id))
        };
        let all = group.refreshes.iter().rev().filter(kept);
        let keyed = all.map(|refresh| (refresh.id.clone(), refresh)).collect();
        let (page, next_token) = page(keyed, self.next_token.as_deref(), self.max_records)?;
        let shown = |refresh: &Refresh| {
            let figures = figures(group, refresh, now);
            InstanceRefresh {
                instance_refresh_id: refresh.id.clone(),
                auto_scaling_group_name: group.name.clone(),
                status: refresh.status,
                status_reason: refresh.reason.clone(),
                start_time: refresh.begun,
                end_time: refresh.ended,
                percentage_complete: figures.percent,
                instances_to_update: figures.to_update,
                preferences: refresh.preferences.clone(),
                desired_configuration: refresh.wanted.clone(),
                rollback_details: refresh.rollback.clone(),
                strategy: ROLLING.to_owned(),
            }
        };
        let instance_refreshes = page.into_iter().map(shown).collect();
        Ok(DescribeInstanceRefreshesOutput { instance_refreshes, next_token })
    }
}

sim::operation! {
    /// Cancels an instance refresh or rollback that is in progress. What was replaced stays so.
    write CancelInstanceRefresh in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// Whether launches and terminations under way are waited for; they are when nothing is said.
        wait_for_transitioning_instances: Option<bool> => "WaitForTransitioningInstances",
    }
    output CancelInstanceRefreshOutput {
        /// The instance refresh ID associated with the request.
        pub instance_refresh_id: String => "InstanceRefreshId",
    }
    errors ["ActiveInstanceRefreshNotFound", "LimitExceeded", "ResourceContention"]
    access {
        "autoscaling:CancelInstanceRefresh" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
    takes time
}

impl Write for CancelInstanceRefresh {
    type Output = CancelInstanceRefreshOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let active = group_mut(world, &whose).and_then(Group::refresh_mut);
        let refresh = active.ok_or_else(|| no_refresh(&whose.group))?;
        let output = CancelInstanceRefreshOutput { instance_refresh_id: refresh.id.clone() };
        if self.wait_for_transitioning_instances == Some(false) {
            let why = "Cancelled without waiting for ongoing instance launches and terminations due to user \
                       request.";
            refresh::cancelled(world, &whose, why);
        } else {
            refresh.status = Status::Cancelling;
            refresh.reason = None;
            wakes::wake(world, &whose);
        }
        Ok(output)
    }
}

sim::operation! {
    /// Cancels an instance refresh that is in progress and rolls back any changes that it made.
    write RollbackInstanceRefresh in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
    }
    output RollbackInstanceRefreshOutput {
        /// The instance refresh ID associated with the request.
        pub instance_refresh_id: String => "InstanceRefreshId",
    }
    errors [
        "ActiveInstanceRefreshNotFound",
        "IrreversibleInstanceRefresh",
        "LimitExceeded",
        "ResourceContention",
    ]
    access {
        "autoscaling:RollbackInstanceRefresh" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
    takes time
}

impl Write for RollbackInstanceRefresh {
    type Output = RollbackInstanceRefreshOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let active = group(world, &whose).and_then(Group::refresh);
        let goes = |refresh: &&Refresh| {
            matches!(refresh.status, Status::Pending | Status::InProgress | Status::Baking)
        };
        let refresh = active.filter(goes).ok_or_else(|| no_refresh(&whose.group))?;
        let (id, wanted) = (refresh.id.clone(), refresh.wanted.clone());
        check_way_back(world, &whose, wanted.as_ref())?;
        refresh::roll_back(world, &whose, "Rollback initiated by user request.");
        wakes::wake(world, &whose);
        Ok(RollbackInstanceRefreshOutput { instance_refresh_id: id })
    }
}

//! The operations, by family.
//!
//! Members that the API has and this simulation does not act on are refused when they are given
//! ([`Refused`](sim::api::Refused)); what has no effect in the service either is taken.

pub mod activities;
pub mod capacity;
mod check;
pub mod configurations;
pub mod create;
pub mod groups;
pub mod health;
pub mod hooks;
pub mod members;
pub mod metrics;
pub mod policies;
pub mod policy_lists;
pub mod processes;
pub mod refreshes;
pub mod scheduled;
pub mod scheduled_lists;
pub mod standby;
pub mod tags;
pub mod targets;
pub mod types;
pub mod update;

use aws::place::Place;
use sim::api::{ApiError, OpDef};
use sim::{Cx, World};

use super::state::{State, Whose};

/// Of the service Auto Scaling.
pub static ALL: &[&OpDef] = &[
    &members::AttachInstances::DEF,
    &targets::AttachLoadBalancerTargetGroups::DEF,
    &scheduled::BatchDeleteScheduledAction::DEF,
    &scheduled::BatchPutScheduledUpdateGroupAction::DEF,
    &refreshes::CancelInstanceRefresh::DEF,
    &hooks::CompleteLifecycleAction::DEF,
    &create::CreateAutoScalingGroup::DEF,
    &configurations::CreateLaunchConfiguration::DEF,
    &tags::CreateOrUpdateTags::DEF,
    &groups::DeleteAutoScalingGroup::DEF,
    &configurations::DeleteLaunchConfiguration::DEF,
    &hooks::DeleteLifecycleHook::DEF,
    &policies::DeletePolicy::DEF,
    &scheduled::DeleteScheduledAction::DEF,
    &tags::DeleteTags::DEF,
    &types::DescribeAccountLimits::DEF,
    &types::DescribeAdjustmentTypes::DEF,
    &groups::DescribeAutoScalingGroups::DEF,
    &groups::DescribeAutoScalingInstances::DEF,
    &refreshes::DescribeInstanceRefreshes::DEF,
    &configurations::DescribeLaunchConfigurations::DEF,
    &types::DescribeLifecycleHookTypes::DEF,
    &hooks::DescribeLifecycleHooks::DEF,
    &targets::DescribeLoadBalancerTargetGroups::DEF,
    &metrics::DescribeMetricCollectionTypes::DEF,
    &policy_lists::DescribePolicies::DEF,
    &activities::DescribeScalingActivities::DEF,
    &processes::DescribeScalingProcessTypes::DEF,
    &scheduled_lists::DescribeScheduledActions::DEF,
    &tags::DescribeTags::DEF,
    &types::DescribeTerminationPolicyTypes::DEF,
    &members::DetachInstances::DEF,
    &targets::DetachLoadBalancerTargetGroups::DEF,
    &metrics::DisableMetricsCollection::DEF,
    &metrics::EnableMetricsCollection::DEF,
    &standby::EnterStandby::DEF,
    &policies::ExecutePolicy::DEF,
    &standby::ExitStandby::DEF,
    &hooks::PutLifecycleHook::DEF,
    &policies::PutScalingPolicy::DEF,
    &scheduled::PutScheduledUpdateGroupAction::DEF,
    &hooks::RecordLifecycleActionHeartbeat::DEF,
    &processes::ResumeProcesses::DEF,
    &refreshes::RollbackInstanceRefresh::DEF,
    &capacity::SetDesiredCapacity::DEF,
    &health::SetInstanceHealth::DEF,
    &health::SetInstanceProtection::DEF,
    &refreshes::StartInstanceRefresh::DEF,
    &processes::SuspendProcesses::DEF,
    &capacity::TerminateInstanceInAutoScalingGroup::DEF,
    &update::UpdateAutoScalingGroup::DEF,
];

/// What the real service has and this one refuses by name.
pub static REFUSED: &[&str] = &[
    "AttachLoadBalancers",
    "AttachTrafficSources",
    "DeleteNotificationConfiguration",
    "DeleteWarmPool",
    "DescribeAutoScalingNotificationTypes",
    "DescribeLoadBalancers",
    "DescribeNotificationConfigurations",
    "DescribeTrafficSources",
    "DescribeWarmPool",
    "DetachLoadBalancers",
    "DetachTrafficSources",
    "GetPredictiveScalingForecast",
    "LaunchInstances",
    "PutNotificationConfiguration",
    "PutWarmPool",
];

/// The group of a request.
///
/// # Errors
/// There is none of that name.
fn whose(world: &World, cx: &Cx<'_>, group: &str) -> Result<Whose, ApiError> {
    let place = Place::of(cx);
    world.get::<State>().group(&place, group)?;
    Ok(Whose { place, group: group.to_owned() })
}

/// The group that an instance is in.
///
/// # Errors
/// It is in none.
fn whose_member(world: &World, cx: &Cx<'_>, instance: &str) -> Result<Whose, ApiError> {
    let place = Place::of(cx);
    let region = world.get::<State>().region(&place);
    let group = region.and_then(|region| region.members.get(instance)).cloned();
    let group = group.ok_or_else(|| {
        super::faults::validation(format!(
            "Instance Id not found - No managed instance found for instance ID: {instance}"
        ))
    })?;
    Ok(Whose { place, group })
}

//! What there is to choose from, and how much of it.

use sim::api::{ApiError, Read};
use sim::{Cx, World};

use super::configurations::CONFIGURATIONS_MAX;
use super::create::GROUPS_MAX;
use super::policies::ADJUSTMENTS;
use crate::choose::POLICIES;
use crate::state::State;
use crate::waits::{LAUNCHING, TERMINATING};
use aws::place::Place;

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

sim::operation! {
    /// Describes the current Amazon EC2 Auto Scaling resource quotas for your account.
    read DescribeAccountLimits in "autoscaling" = "";
    input {}
    output DescribeAccountLimitsOutput {
        /// The maximum number of groups allowed for your account.
        pub max_number_of_auto_scaling_groups: i64 => "MaxNumberOfAutoScalingGroups",
        /// The maximum number of launch configurations allowed for your account.
        pub max_number_of_launch_configurations: i64 => "MaxNumberOfLaunchConfigurations",
        /// The current number of groups for your account.
        pub number_of_auto_scaling_groups: i64 => "NumberOfAutoScalingGroups",
        /// The current number of launch configurations for your account.
        pub number_of_launch_configurations: i64 => "NumberOfLaunchConfigurations",
    }
    errors ["ResourceContention"]
    access { "autoscaling:DescribeAccountLimits" on "*" }
}

impl Read for DescribeAccountLimits {
    type Output = DescribeAccountLimitsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = world.get::<State>().region(&Place::of(cx));
        Ok(DescribeAccountLimitsOutput {
            max_number_of_auto_scaling_groups: count(GROUPS_MAX),
            max_number_of_launch_configurations: count(CONFIGURATIONS_MAX),
            number_of_auto_scaling_groups: count(region.map_or(0, |r| r.groups.len())),
            number_of_launch_configurations: count(region.map_or(0, |r| r.configurations.len())),
        })
    }
}

sim::structure! {
    /// Describes a policy adjustment type.
    pub struct AdjustmentType {
        /// The policy adjustment type.
        pub adjustment_type: String => "AdjustmentType",
    }
}

sim::operation! {
    /// Describes the available adjustment types for step scaling and simple scaling policies.
    read DescribeAdjustmentTypes in "autoscaling" = "";
    input {}
    output DescribeAdjustmentTypesOutput {
        /// The policy adjustment types.
        pub adjustment_types: Vec<AdjustmentType> => "AdjustmentTypes",
    }
    errors ["ResourceContention"]
    access { "autoscaling:DescribeAdjustmentTypes" on "*" }
}

impl Read for DescribeAdjustmentTypes {
    type Output = DescribeAdjustmentTypesOutput;
    fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let one = |name: &&str| AdjustmentType { adjustment_type: (*name).to_owned() };
        Ok(DescribeAdjustmentTypesOutput {
            adjustment_types: ADJUSTMENTS.iter().map(one).collect(),
        })
    }
}

sim::operation! {
    /// Describes the available types of lifecycle hooks.
    read DescribeLifecycleHookTypes in "autoscaling" = "";
    input {}
    output DescribeLifecycleHookTypesOutput {
        /// The lifecycle hook types.
        pub lifecycle_hook_types: Vec<String> => "LifecycleHookTypes",
    }
    errors ["ResourceContention"]
    access { "autoscaling:DescribeLifecycleHookTypes" on "*" }
}

impl Read for DescribeLifecycleHookTypes {
    type Output = DescribeLifecycleHookTypesOutput;
    fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let lifecycle_hook_types = vec![LAUNCHING.to_owned(), TERMINATING.to_owned()];
        Ok(DescribeLifecycleHookTypesOutput { lifecycle_hook_types })
    }
}

sim::operation! {
    /// Describes the termination policies supported by Amazon EC2 Auto Scaling.
    read DescribeTerminationPolicyTypes in "autoscaling" = "";
    input {}
    output DescribeTerminationPolicyTypesOutput {
        /// The termination policies.
        pub termination_policy_types: Vec<String> => "TerminationPolicyTypes",
    }
    errors ["ResourceContention"]
    access { "autoscaling:DescribeTerminationPolicyTypes" on "*" }
}

impl Read for DescribeTerminationPolicyTypes {
    type Output = DescribeTerminationPolicyTypesOutput;
    fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let all = POLICIES.iter().map(|name| (*name).to_owned());
        Ok(DescribeTerminationPolicyTypesOutput { termination_policy_types: all.collect() })
    }
}

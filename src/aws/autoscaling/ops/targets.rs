//! The target groups of a group.

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use super::create::{TARGETS_MAX, check_targets};
use crate::faults::validation;
use crate::page::page;
use crate::state::{State, group_mut};
use crate::targets;
use aws::place::Place;

sim::operation! {
    /// Attaches one or more target groups to the specified Auto Scaling group.
    write AttachLoadBalancerTargetGroups in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The Amazon Resource Names (ARNs) of the target groups.
        target_group_arns: Vec<String> => required "TargetGroupARNs",
    }
    output AttachLoadBalancerTargetGroupsOutput {}
    errors ["InstanceRefreshInProgress", "ResourceContention", "ServiceLinkedRoleFailure"]
    access {
        "autoscaling:AttachLoadBalancerTargetGroups" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}"
            keys { "autoscaling:TargetGroupARNs": "TargetGroupARNs" },
    }
    takes time
}

impl Write for AttachLoadBalancerTargetGroups {
    type Output = AttachLoadBalancerTargetGroupsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        check_targets(world, cx, &self.target_group_arns)?;
        let Some(group) = group_mut(world, &whose) else {
            return Ok(AttachLoadBalancerTargetGroupsOutput {});
        };
        let mut new: Vec<String> = Vec::new();
        for arn in self.target_group_arns {
            if !group.targets.contains(&arn) && !new.contains(&arn) {
                new.push(arn);
            }
        }
        if group.targets.len() + new.len() > TARGETS_MAX {
            return Err(validation(format!("At most {TARGETS_MAX} target groups can be attached")));
        }
        group.targets.extend(new.iter().cloned());
        for arn in new {
            targets::attach(world, &whose, &arn);
        }
        Ok(AttachLoadBalancerTargetGroupsOutput {})
    }
}

sim::operation! {
    /// Detaches one or more target groups from the specified Auto Scaling group.
    write DetachLoadBalancerTargetGroups in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The Amazon Resource Names (ARN) of the target groups.
        target_group_arns: Vec<String> => required "TargetGroupARNs",
    }
    output DetachLoadBalancerTargetGroupsOutput {}
    errors ["ResourceContention"]
    access {
        "autoscaling:DetachLoadBalancerTargetGroups" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}"
            keys { "autoscaling:TargetGroupARNs": "TargetGroupARNs" },
    }
    takes time
}

impl Write for DetachLoadBalancerTargetGroups {
    type Output = DetachLoadBalancerTargetGroupsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let known = world.get::<State>().group(&whose.place, &whose.group)?;
        if let Some(odd) = self.target_group_arns.iter().find(|arn| !known.targets.contains(*arn)) {
            return Err(validation(format!(
                "Trying to remove Target Groups that are not part of the group: {odd}"
            )));
        }
        for arn in &self.target_group_arns {
            targets::detach(world, &whose, arn);
        }
        if let Some(group) = group_mut(world, &whose) {
            group.targets.retain(|arn| !self.target_group_arns.contains(arn));
        }
        Ok(DetachLoadBalancerTargetGroupsOutput {})
    }
}

sim::structure! {
    /// Describes the state of a target group.
    pub struct LoadBalancerTargetGroupState {
        /// The Amazon Resource Name (ARN) of the target group.
        pub load_balancer_target_group_arn: String => "LoadBalancerTargetGroupARN",
        /// The state of the target group.
        pub state: String => "State",
    }
}

sim::operation! {
    /// Gets information about the Elastic Load Balancing target groups of an Auto Scaling group.
    read DescribeLoadBalancerTargetGroups in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The token for the next set of items to return.
        next_token: Option<String> => "NextToken",
        /// The maximum number of items to return with this call.
        max_records: Option<i64> => "MaxRecords",
    }
    output DescribeLoadBalancerTargetGroupsOutput {
        /// Information about the target groups.
        pub load_balancer_target_groups: Vec<LoadBalancerTargetGroupState> =>
            "LoadBalancerTargetGroups",
        /// Where the next page begins, if there is one.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["InvalidNextToken", "ResourceContention"]
    access { "autoscaling:DescribeLoadBalancerTargetGroups" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxRecords"),
        results: &["LoadBalancerTargetGroups"],
    }
}

impl Read for DescribeLoadBalancerTargetGroups {
    type Output = DescribeLoadBalancerTargetGroupsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = &self.auto_scaling_group_name;
        let group = world.get::<State>().group(&Place::of(cx), name)?;
        // It is in service as soon as one of its instances stands behind it.
        let serves = group.members.values().any(crate::state::Member::serves);
        let by_balancer = group.health_type.contains("ELB") && serves;
        let state = if by_balancer { "InService" } else { "Added" };
        let one = |arn: &String| LoadBalancerTargetGroupState {
            load_balancer_target_group_arn: arn.clone(),
            state: state.to_owned(),
        };
        let all = group.targets.iter().map(|arn| (arn.clone(), one(arn))).collect();
        let (page, next_token) = page(all, self.next_token.as_deref(), self.max_records)?;
        Ok(DescribeLoadBalancerTargetGroupsOutput { load_balancer_target_groups: page, next_token })
    }
}

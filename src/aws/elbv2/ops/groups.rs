//! Target groups: described, changed, deleted.

use super::create_group::CheckGiven;
use crate::faults::{configuration, in_use, invalid, no_groups};
use crate::page::Paging;
use crate::shapes::balancer::Protocol;
use crate::shapes::group::{Matcher, TargetGroup};
use crate::state::State;
use aws::place::Place;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Describes the specified target groups or all of your target groups.
    read DescribeTargetGroups in "elbv2" = "";
    input {
        ..paging: Paging,
        /// The Amazon Resource Name (ARN) of the load balancer.
        load_balancer_arn: Option<String> => "LoadBalancerArn",
        /// The Amazon Resource Names (ARN) of the target groups.
        target_group_arns: Vec<String> => "TargetGroupArns",
        /// The names of the target groups.
        names: Vec<String> => "Names",
    }
    output DescribeTargetGroupsOutput {
        /// Information about the target groups.
        pub target_groups: Vec<TargetGroup> => "TargetGroups",
        /// If there are additional results, this is the marker for the next set of results.
        pub next_marker: Option<String> => "NextMarker",
    }
    errors ["LoadBalancerNotFound", "TargetGroupNotFound"]
    access { "elasticloadbalancing:DescribeTargetGroups" on "*" }
    pages {
        input: &["Marker"],
        output: &["NextMarker"],
        limit: Some("PageSize"),
        results: &["TargetGroups"],
    }
}

impl Read for DescribeTargetGroups {
    type Output = DescribeTargetGroupsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = world.get::<State>().region(&Place::of(cx));
        let ways = [
            self.load_balancer_arn.is_some(),
            !self.target_group_arns.is_empty(),
            !self.names.is_empty(),
        ];
        if ways.into_iter().filter(|way| *way).count() > 1 {
            return Err(invalid(
                "Only one of load balancer ARN, target group ARNs and names can be specified",
            ));
        }
        if let Some(arn) = &self.load_balancer_arn {
            region.balancer(arn)?;
        }
        let named = |name: &String| region.groups.values().any(|group| group.name == *name);
        if !self.names.iter().all(named)
            || self.target_group_arns.iter().any(|arn| !region.groups.contains_key(arn))
        {
            return Err(no_groups());
        }
        let mut found = Vec::new();
        for group in region.groups.values() {
            let user = region.user_of(&group.arn).map(|balancer| balancer.arn.clone());
            let wanted = if let Some(arn) = &self.load_balancer_arn {
                user.as_ref() == Some(arn)
            } else if !self.names.is_empty() {
                self.names.contains(&group.name)
            } else {
                self.target_group_arns.is_empty() || self.target_group_arns.contains(&group.arn)
            };
            if wanted {
                found.push(group.shown(user.into_iter().collect()));
            }
        }
        let (target_groups, next_marker) =
            self.paging.page(found, |group| group.target_group_arn.clone())?;
        Ok(DescribeTargetGroupsOutput { target_groups, next_marker })
    }
}

sim::operation! {
    /// Modifies the health checks used when evaluating the health state of the targets.
    write ModifyTargetGroup in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the target group.
        target_group_arn: String => "TargetGroupArn",
        /// The protocol the load balancer uses when performing health checks on targets.
        health_check_protocol: Option<Protocol> => "HealthCheckProtocol",
        /// The port the load balancer uses when performing health checks on targets.
        health_check_port: Option<String> => "HealthCheckPort",
        /// The destination for health checks on the targets.
        health_check_path: Option<String> => "HealthCheckPath",
        /// Indicates whether health checks are enabled.
        health_check_enabled: Option<bool> => "HealthCheckEnabled",
        /// The approximate amount of time, in seconds, between health checks of an individual target.
        health_check_interval_seconds: Option<i64> => "HealthCheckIntervalSeconds",
        /// The amount of time, in seconds, during which no response means a failed health check.
        health_check_timeout_seconds: Option<i64> => "HealthCheckTimeoutSeconds",
        /// The number of consecutive health checks successes required before considering an unhealthy
        /// target healthy.
        healthy_threshold_count: Option<i64> => "HealthyThresholdCount",
        /// The number of consecutive health check failures required before considering the target
        /// unhealthy.
        unhealthy_threshold_count: Option<i64> => "UnhealthyThresholdCount",
        /// The codes to use when checking for a successful response from a target.
        matcher: Option<Matcher> => "Matcher",
    }
    output ModifyTargetGroupOutput {
        /// Information about the modified target group.
        pub target_groups: Vec<TargetGroup> => "TargetGroups",
    }
    errors ["TargetGroupNotFound", "InvalidConfigurationRequest"]
    access { "elasticloadbalancing:ModifyTargetGroup" on "{TargetGroupArn}" }
}

impl Write for ModifyTargetGroup {
    type Output = ModifyTargetGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, arn) = (Place::of(cx), self.target_group_arn);
        let region = world.get::<State>().region(&place);
        let group = region.group(&arn)?;
        if self.health_check_enabled == Some(false) {
            let message = "Health checks can be disabled for target groups of type 'lambda' only";
            return Err(configuration(message));
        }
        let given = CheckGiven {
            protocol: self.health_check_protocol,
            port: self.health_check_port,
            enabled: self.health_check_enabled,
            path: self.health_check_path,
            interval_s: self.health_check_interval_seconds,
            timeout_s: self.health_check_timeout_seconds,
            healthy: self.healthy_threshold_count,
            unhealthy: self.unhealthy_threshold_count,
            matcher: self.matcher,
        };
        let check = given.on(group.check.clone())?;
        let user = region.user_of(&arn).map(|balancer| balancer.arn.clone());
        let mut target_groups = Vec::new();
        if let Some(group) = world.get_mut::<State>().region_mut(&place).groups.get_mut(&arn) {
            group.check = check;
            target_groups.push(group.shown(user.into_iter().collect()));
        }
        Ok(ModifyTargetGroupOutput { target_groups })
    }
}

sim::operation! {
    /// Deletes the specified target group. Where there is none, nothing is done.
    write DeleteTargetGroup in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the target group.
        target_group_arn: String => "TargetGroupArn",
    }
    output DeleteTargetGroupOutput {}
    errors ["ResourceInUse"]
    access { "elasticloadbalancing:DeleteTargetGroup" on "{TargetGroupArn}" }
}

impl Write for DeleteTargetGroup {
    type Output = DeleteTargetGroupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, arn) = (Place::of(cx), self.target_group_arn);
        let region = world.get::<State>().region(&place);
        if region.listeners.values().any(|listener| listener.leads_to(&arn)) {
            return Err(in_use(format!(
                "Target group '{arn}' is currently in use by a listener or a rule"
            )));
        }
        if region.groups.contains_key(&arn) {
            let region = world.get_mut::<State>().region_mut(&place);
            region.groups.remove(&arn);
            region.tags.remove(&arn);
        }
        Ok(DeleteTargetGroupOutput {})
    }
}

//! Scaling policies put, carried out and deleted.

use sim::api::{ApiError, Double, Refused, Value, Write};
use sim::{Cx, World};

use super::check::not_negative;
use crate::faults::{limit, validation};
use crate::policy::{self, Trigger};
use crate::shapes::policy::{Alarm, ScalingPolicy, StepAdjustment, TargetTrackingConfiguration};
use crate::state::{State, Whose, group, group_mut, uuid};
use aws::place::Place;

/// Policies of a group.
const POLICIES_MAX: usize = 50;
/// Steps of a policy.
const STEPS_MAX: usize = 20;
/// How the figures of an alarm's periods are put together.
const AGGREGATIONS: &[&str] = &["Minimum", "Maximum", "Average"];
/// How an adjustment is meant.
pub(super) const ADJUSTMENTS: &[&str] =
    &["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"];

sim::operation! {
    /// Creates or updates a scaling policy for an Auto Scaling group.
    write PutScalingPolicy in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The name of the policy.
        policy_name: String => "PolicyName",
        /// SimpleScaling, StepScaling or TargetTrackingScaling; the first when nothing is said.
        policy_type: Option<String> => "PolicyType",
        /// Specifies how the scaling adjustment is interpreted.
        adjustment_type: Option<String> => "AdjustmentType",
        /// Deprecated: the least change.
        min_adjustment_step: Option<i64> => "MinAdjustmentStep",
        /// The minimum value to scale by when the adjustment type is PercentChangeInCapacity.
        min_adjustment_magnitude: Option<i64> => "MinAdjustmentMagnitude",
        /// The amount by which to scale.
        scaling_adjustment: Option<i64> => "ScalingAdjustment",
        /// A cooldown period, in seconds, that applies to a specific simple scaling policy.
        cooldown: Option<i64> => "Cooldown",
        /// How the figures of the alarm's periods are put together: Minimum, Maximum or Average.
        metric_aggregation_type: Option<String> => "MetricAggregationType",
        /// A set of adjustments that enable you to scale based on the size of the alarm breach.
        step_adjustments: Vec<StepAdjustment> => "StepAdjustments",
        /// The estimated time, in seconds, until a newly launched instance can contribute.
        estimated_instance_warmup: Option<i64> => "EstimatedInstanceWarmup",
        /// A target tracking scaling policy.
        target_tracking_configuration: Option<TargetTrackingConfiguration> =>
            "TargetTrackingConfiguration",
        /// Indicates whether the scaling policy is enabled or disabled.
        enabled: Option<bool> => "Enabled",
        /// A predictive scaling policy.
        _predictive_scaling_configuration: Refused<Value> => "PredictiveScalingConfiguration",
    }
    output PutScalingPolicyOutput {
        /// The Amazon Resource Name (ARN) of the policy.
        pub policy_arn: String => "PolicyARN",
        /// The CloudWatch alarms created for the target tracking scaling policy.
        pub alarms: Vec<Alarm> => "Alarms",
    }
    errors ["LimitExceeded", "ResourceContention", "ServiceLinkedRoleFailure"]
    access {
        "autoscaling:PutScalingPolicy" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
}

impl Write for PutScalingPolicy {
    type Output = PutScalingPolicyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let mut policy = self.policy()?;
        let known = group(world, &whose).and_then(|group| group.policies.get(&policy.policy_name));
        let arn = known.map(|policy| policy.policy_arn.clone());
        let count = group(world, &whose).map_or(0, |group| group.policies.len());
        if arn.is_none() && count >= POLICIES_MAX {
            return Err(limit(format!("A group can have at most {POLICIES_MAX} scaling policies")));
        }
        if let Some(tracking) = &policy.target_tracking_configuration {
            policy::watched(&whose.group, tracking)?;
        }
        policy.policy_arn = match arn {
            Some(arn) => arn,
            None => arn_of(world, &whose, &policy.policy_name),
        };
        if let Some(tracking) = policy.target_tracking_configuration.clone() {
            let alarms = policy::make_alarms(world, &whose, &policy, &tracking)?;
            policy::forget_alarms(world, &whose, &policy.policy_name);
            policy.alarms = alarms;
        } else {
            policy::forget_alarms(world, &whose, &policy.policy_name);
        }
        let output = PutScalingPolicyOutput {
            policy_arn: policy.policy_arn.clone(),
            alarms: policy.alarms.clone(),
        };
        if let Some(group) = group_mut(world, &whose) {
            group.policies.insert(policy.policy_name.clone(), policy);
        }
        Ok(output)
    }
}

fn arn_of(world: &mut World, whose: &Whose, name: &str) -> String {
    let id = uuid(world);
    let group = &whose.group;
    let resource = format!("scalingPolicy:{id}:autoScalingGroupName/{group}:policyName/{name}");
    whose.place.arn("autoscaling", &resource)
}

impl PutScalingPolicy {
    /// The policy, which has no ARN yet.
    fn policy(self) -> Result<ScalingPolicy, ApiError> {
        let kind = self.policy_type.clone().unwrap_or_else(|| "SimpleScaling".to_owned());
        match kind.as_str() {
            "SimpleScaling" => self.check_simple()?,
            "StepScaling" => self.check_steps()?,
            "TargetTrackingScaling" => self.check_tracking()?,
            "PredictiveScaling" => {
                let message = "The policy type PredictiveScaling is not simulated here";
                return Err(ApiError::new(501, "NotImplemented", message));
            }
            other => return Err(validation(format!("Unknown policy type: {other}"))),
        }
        not_negative(self.cooldown, "Cooldown")?;
        not_negative(self.estimated_instance_warmup, "EstimatedInstanceWarmup")?;
        let aggregation = (kind == "StepScaling")
            .then(|| self.metric_aggregation_type.unwrap_or_else(|| "Average".to_owned()));
        Ok(ScalingPolicy {
            auto_scaling_group_name: self.auto_scaling_group_name,
            policy_name: self.policy_name,
            policy_arn: String::new(),
            policy_type: kind,
            adjustment_type: self.adjustment_type,
            min_adjustment_step: self.min_adjustment_step,
            min_adjustment_magnitude: self.min_adjustment_magnitude,
            scaling_adjustment: self.scaling_adjustment,
            cooldown: self.cooldown,
            step_adjustments: self.step_adjustments,
            metric_aggregation_type: aggregation,
            estimated_instance_warmup: self.estimated_instance_warmup,
            alarms: Vec::new(),
            target_tracking_configuration: self.target_tracking_configuration,
            enabled: self.enabled.unwrap_or(true),
        })
    }

    fn check_adjustment(&self) -> Result<(), ApiError> {
        let kind = self.adjustment_type.as_deref();
        if kind.is_some_and(|kind| ADJUSTMENTS.contains(&kind)) {
            return Ok(());
        }
        Err(validation(format!(
            "You must specify an AdjustmentType for policy type {}: one of {}",
            self.policy_type.as_deref().unwrap_or("SimpleScaling"),
            ADJUSTMENTS.join(", ")
        )))
    }

    /// What only a change by percent can have, and a capacity that cannot be.
    fn check_sizes(&self, mut adjustments: impl Iterator<Item = i64>) -> Result<(), ApiError> {
        let kind = self.adjustment_type.as_deref().unwrap_or_default();
        let least = self.min_adjustment_magnitude.or(self.min_adjustment_step);
        if least.is_some() && kind != "PercentChangeInCapacity" {
            return Err(validation(format!(
                "MinAdjustmentMagnitude is not supported by the specified adjustment type: {kind}"
            )));
        }
        if kind == "ExactCapacity" && adjustments.any(i64::is_negative) {
            return Err(validation(
                "The lower range for adjustment is 0 with the specified adjustment type.",
            ));
        }
        Ok(())
    }

    fn check_simple(&self) -> Result<(), ApiError> {
        self.check_adjustment()?;
        if self.scaling_adjustment.is_none() {
            return Err(validation(
                "You must specify a ScalingAdjustment for policy type SimpleScaling",
            ));
        }
        self.check_sizes(self.scaling_adjustment.into_iter())?;
        if self.metric_aggregation_type.is_some() {
            return Err(validation(
                "MetricAggregationType is not supported by policy type SimpleScaling",
            ));
        }
        if !self.step_adjustments.is_empty() || self.target_tracking_configuration.is_some() {
            return Err(validation(
                "StepAdjustments and TargetTrackingConfiguration are not supported by policy type \
                 SimpleScaling",
            ));
        }
        if self.estimated_instance_warmup.is_some() {
            return Err(validation(
                "EstimatedInstanceWarmup is not supported by policy type SimpleScaling",
            ));
        }
        Ok(())
    }

    fn check_steps(&self) -> Result<(), ApiError> {
        self.check_adjustment()?;
        if self.scaling_adjustment.is_some() || self.cooldown.is_some() {
            return Err(validation(
                "ScalingAdjustment and Cooldown are not supported by policy type StepScaling",
            ));
        }
        if self.target_tracking_configuration.is_some() {
            return Err(validation(
                "TargetTrackingConfiguration is not supported by policy type StepScaling",
            ));
        }
        let aggregation = self.metric_aggregation_type.as_deref();
        if let Some(odd) = aggregation.filter(|how| !AGGREGATIONS.contains(how)) {
            return Err(validation(format!(
                "Unknown MetricAggregationType {odd}: it must be one of {}",
                AGGREGATIONS.join(", ")
            )));
        }
        self.check_sizes(self.step_adjustments.iter().map(|step| step.scaling_adjustment))?;
        let count = self.step_adjustments.len();
        if count == 0 || count > STEPS_MAX {
            return Err(validation(format!(
                "You must specify between 1 and {STEPS_MAX} StepAdjustments for policy type StepScaling"
            )));
        }
        let mut bounds = Vec::new();
        for step in &self.step_adjustments {
            let lower = step.metric_interval_lower_bound.map_or(f64::NEG_INFINITY, |b| b.0);
            let upper = step.metric_interval_upper_bound.map_or(f64::INFINITY, |b| b.0);
            if lower >= upper || lower.is_nan() || upper.is_nan() {
                return Err(validation(
                    "At least one StepAdjustment must have a lower bound below its upper bound",
                ));
            }
            bounds.push((Double(lower), Double(upper)));
        }
        bounds.sort();
        if bounds.windows(2).any(|pair| pair[0].1 != pair[1].0) {
            return Err(validation(
                "StepAdjustment intervals can't overlap, and there can't be a gap between them",
            ));
        }
        Ok(())
    }

    fn check_tracking(&self) -> Result<(), ApiError> {
        let Some(tracking) = &self.target_tracking_configuration else {
            return Err(validation(
                "You must specify a TargetTrackingConfiguration for policy type TargetTrackingScaling",
            ));
        };
        if self.adjustment_type.is_some()
            || self.scaling_adjustment.is_some()
            || !self.step_adjustments.is_empty()
            || self.cooldown.is_some()
            || self.metric_aggregation_type.is_some()
            || self.min_adjustment_magnitude.is_some()
            || self.min_adjustment_step.is_some()
        {
            return Err(validation(
                "AdjustmentType, ScalingAdjustment, MinAdjustmentMagnitude, StepAdjustments, \
                 MetricAggregationType and Cooldown are not supported by policy type \
                 TargetTrackingScaling",
            ));
        }
        if tracking.target_value.0.is_nan() || tracking.target_value.0 <= 0.0 {
            return Err(validation("TargetValue must be greater than 0"));
        }
        Ok(())
    }
}

/// The group of a request that may name the policy by its ARN alone.
fn whose(
    world: &World,
    cx: &Cx<'_>,
    given: Option<&str>,
    policy: &str,
) -> Result<(Whose, String), ApiError> {
    let place = Place::of(cx);
    if policy.starts_with("arn:") {
        let region = world.get::<State>().region(&place);
        let mut groups = region.into_iter().flat_map(|region| region.groups.values());
        let found = groups.find_map(|group| {
            let found = group.policies.values().find(|known| known.policy_arn == policy)?;
            Some((group.name.clone(), found.policy_name.clone()))
        });
        let (group, name) = found.ok_or_else(|| {
            validation(format!("Policy name not found - ScalingPolicy '{policy}' not found"))
        })?;
        return Ok((Whose { place, group }, name));
    }
    let group = given.ok_or_else(|| {
        validation("AutoScalingGroupName must be given where a policy is named by its name")
    })?;
    Ok((super::whose(world, cx, group)?, policy.to_owned()))
}

sim::operation! {
    /// Executes the specified policy.
    write ExecutePolicy in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: Option<String> => "AutoScalingGroupName",
        /// The name or ARN of the policy.
        policy_name: String => "PolicyName",
        /// Indicates whether to wait for the cooldown period to complete.
        honor_cooldown: Option<bool> => "HonorCooldown",
        /// The metric value to compare to BreachThreshold.
        metric_value: Option<Double> => "MetricValue",
        /// The breach threshold for the alarm.
        breach_threshold: Option<Double> => "BreachThreshold",
    }
    output ExecutePolicyOutput {}
    errors ["ResourceContention", "ScalingActivityInProgress"]
    access {
        "autoscaling:ExecutePolicy" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
    takes time
}

impl Write for ExecutePolicy {
    type Output = ExecutePolicyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let given = self.auto_scaling_group_name.as_deref();
        let (whose, name) = whose(world, cx, given, &self.policy_name)?;
        let known = group(world, &whose).and_then(|group| group.policies.get(&name));
        if known.is_some_and(|policy| policy.target_tracking_configuration.is_some()) {
            return Err(validation(
                "ExecutePolicy is not supported by policy type TargetTrackingScaling",
            ));
        }
        let trigger = Trigger {
            alarm: None,
            values: self.metric_value.map(|value| value.0).into_iter().collect(),
            threshold: self.breach_threshold.map(|threshold| threshold.0),
            honors_cooldown: self.honor_cooldown == Some(true),
        };
        policy::execute(world, &whose, &name, &trigger)?;
        Ok(ExecutePolicyOutput {})
    }
}

sim::operation! {
    /// Deletes the specified scaling policy, with the alarms that it has made.
    write DeletePolicy in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: Option<String> => "AutoScalingGroupName",
        /// The name or Amazon Resource Name (ARN) of the policy.
        policy_name: String => "PolicyName",
    }
    output DeletePolicyOutput {}
    errors ["ResourceContention", "ServiceLinkedRoleFailure"]
    access {
        "autoscaling:DeletePolicy" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
}

impl Write for DeletePolicy {
    type Output = DeletePolicyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let given = self.auto_scaling_group_name.as_deref();
        let (whose, name) = whose(world, cx, given, &self.policy_name)?;
        let known = group(world, &whose).is_some_and(|group| group.policies.contains_key(&name));
        if !known {
            return Err(validation(format!(
                "Policy name not found - ScalingPolicy '{name}' not found"
            )));
        }
        policy::forget_alarms(world, &whose, &name);
        if let Some(group) = group_mut(world, &whose) {
            group.policies.remove(&name);
        }
        Ok(DeletePolicyOutput {})
    }
}

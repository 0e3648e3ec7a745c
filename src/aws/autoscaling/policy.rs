//! Scaling policies: what they make of the desired capacity, and the alarms of those that track a target.
//!
//! Source: user guide, "Step and simple scaling policies" and "Target tracking scaling policies".

use aws::alarm_action::AlarmAction;
use serde_json::{Value, json};
use sim::World;
use sim::api::{ApiError, Shaped as _};

use super::activity::at;
use super::faults::{in_progress, validation};
use super::shapes::policy::{
    Alarm, MetricType, ScalingPolicy, StepAdjustment, TargetTrackingConfiguration,
};
use super::state::{Group, State, Whose, group, group_mut, uuid};
use super::{role, wakes};

/// What the lower alarm's threshold is of the target: below it, there is too much capacity.
const LOW: f64 = 0.9;
/// How many minutes the metric is above the target before instances are added, and below before some
/// are removed.
const HIGH_PERIODS: i64 = 3;
const LOW_PERIODS: i64 = 15;

/// Why a policy is carried out.
pub(crate) struct Trigger {
    /// The alarm, with its state, when one has done it.
    pub(crate) alarm: Option<(String, &'static str)>,
    /// The figures that it goes by, the newest first.
    pub(crate) values: Vec<f64>,
    pub(crate) threshold: Option<f64>,
    /// Whether a cooldown holds it back.
    pub(crate) honors_cooldown: bool,
}

/// An alarm wants something done that may be a policy.
pub(crate) fn alarmed(world: &mut World, news: &AlarmAction) {
    let Some(region) = world.get::<State>().region(&news.place) else { return };
    let found = region.groups.values().find_map(|group| {
        let policy = group.policies.values().find(|policy| policy.policy_arn == news.action)?;
        Some((group.name.clone(), policy.policy_name.clone()))
    });
    let Some((name, policy)) = found else { return };
    let whose = Whose { place: news.place.clone(), group: name };
    news.done(Ok(()));
    if group(world, &whose).is_none_or(|group| group.is_suspended("AlarmNotification")) {
        return;
    }
    let trigger = Trigger {
        alarm: Some((news.alarm.clone(), news.state)),
        values: news.values.clone(),
        threshold: news.threshold,
        honors_cooldown: true,
    };
    // A cooldown that holds it back is no fault of the alarm.
    let _ = execute(world, &whose, &policy, &trigger);
}

/// Carries a policy out.
///
/// # Errors
/// There is none of that name, it does not fit what is asked, or a cooldown holds it back.
pub(crate) fn execute(
    world: &mut World,
    whose: &Whose,
    name: &str,
    trigger: &Trigger,
) -> Result<(), ApiError> {
    let now = world.now();
    let Some(group) = group_mut(world, whose) else { return Ok(()) };
    let policy = group.policies.get(name).cloned().ok_or_else(|| {
        validation(format!("Policy name not found - ScalingPolicy '{name}' not found"))
    })?;
    if !policy.enabled {
        return Ok(());
    }
    let simple = policy.policy_type == "SimpleScaling";
    if simple && trigger.honors_cooldown && is_busy(group, now) {
        return Err(in_progress(format!(
            "The Auto Scaling group {} is in its cooldown period, or an activity is under way in it",
            group.name
        )));
    }
    let desired = match policy.policy_type.as_str() {
        "StepScaling" => stepped(group, &policy, trigger, now)?,
        "TargetTrackingScaling" => tracked(group, &policy, trigger, now),
        _ => adjusted(group.desired, policy.scaling_adjustment.unwrap_or(0), &policy),
    };
    let why = |before: i64, after: i64| {
        let what = match &trigger.alarm {
            Some((alarm, state)) => {
                format!("a monitor alarm {alarm} in state {state} triggered policy {name}")
            }
            None => format!("a user request executed policy {name}"),
        };
        at(now, &format!("{what} changing the desired capacity from {before} to {after}."))
    };
    let before = group.desired;
    group.set_desired(desired, why);
    if simple && group.desired != before {
        group.own_cooldown_s = policy.cooldown;
    }
    wakes::wake(world, whose);
    Ok(())
}

/// Whether simple scaling keeps still: an activity is under way, or the last is not long past.
pub(crate) fn is_busy(group: &Group, now: base::Time) -> bool {
    let under_way = group.desired != group.actual()
        || group.members.values().any(|member| member.activity.is_some());
    under_way || group.calm_until.is_some_and(|until| until > now)
}

/// A capacity, changed by an adjustment as a policy means it.
fn adjusted(capacity: i64, adjustment: i64, policy: &ScalingPolicy) -> i64 {
    match policy.adjustment_type.as_deref() {
        Some("ExactCapacity") => adjustment,
        Some("PercentChangeInCapacity") => {
            let exact = capacity.saturating_mul(adjustment);
            // Towards zero, but never nothing: 0.67 is 1, 6.67 is 6.
            let change = match exact / 100 {
                0 => exact.signum(),
                change => change,
            };
            let least = policy.min_adjustment_magnitude.or(policy.min_adjustment_step).unwrap_or(0);
            capacity + change.signum() * change.abs().max(least)
        }
        _ => capacity + adjustment,
    }
}

fn stepped(
    group: &Group,
    policy: &ScalingPolicy,
    trigger: &Trigger,
    now: base::Time,
) -> Result<i64, ApiError> {
    let value = aggregated(&trigger.values, policy.metric_aggregation_type.as_deref());
    let (Some(value), Some(threshold)) = (value, trigger.threshold) else {
        return Err(validation("A step scaling policy wants MetricValue and BreachThreshold"));
    };
    let Some(step) = step(&policy.step_adjustments, value - threshold) else {
        return Ok(group.desired);
    };
    let warming = group.warming(group.warmup_s(policy), now);
    let outward = adjusted(group.desired, step.scaling_adjustment, policy) > group.desired;
    if !outward {
        // Nothing is taken away as long as something new is not counted on yet.
        let still = warming > 0;
        let less = adjusted(group.desired, step.scaling_adjustment, policy);
        return Ok(if still { group.desired } else { less });
    }
    // What warms up is part of what the same breach has asked for before.
    let settled = group.desired - warming;
    Ok(adjusted(settled, step.scaling_adjustment, policy).max(group.desired))
}

/// What a step policy makes of the figures of an alarm's periods (API reference, `PutScalingPolicy`:
/// `Average` where nothing is said).
fn aggregated(values: &[f64], how: Option<&str>) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    Some(match how {
        Some("Minimum") => values.iter().copied().fold(f64::INFINITY, f64::min),
        Some("Maximum") => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        _ => values.iter().sum::<f64>() / values.len() as f64,
    })
}

/// The step that a breach falls into.
fn step(steps: &[StepAdjustment], breach: f64) -> Option<&StepAdjustment> {
    steps.iter().find(|step| {
        let lower = step.metric_interval_lower_bound.map_or(f64::NEG_INFINITY, |bound| bound.0);
        let upper = step.metric_interval_upper_bound.map_or(f64::INFINITY, |bound| bound.0);
        // Above the threshold the lower bound belongs to the step, below it the upper one.
        if breach >= 0.0 {
            lower <= breach && breach < upper
        } else {
            lower < breach && breach <= upper
        }
    })
}

fn tracked(group: &Group, policy: &ScalingPolicy, trigger: &Trigger, now: base::Time) -> i64 {
    let Some(tracking) = &policy.target_tracking_configuration else { return group.desired };
    let (Some(&value), target) = (trigger.values.first(), tracking.target_value.0) else {
        return group.desired;
    };
    let warming = group.warming(group.warmup_s(policy), now);
    let counted = if value > target { group.desired - warming } else { group.desired };
    #[allow(clippy::cast_possible_truncation, reason = "a capacity is far below 2^53")]
    let wanted = (counted as f64 * value / target).ceil() as i64;
    if value > target {
        return wanted.max(group.desired);
    }
    let still = warming > 0 || tracking.disable_scale_in == Some(true);
    if still { group.desired } else { wanted.min(group.desired) }
}

/// Makes the alarms of a policy that tracks a target.
///
/// # Errors
/// CloudWatch refuses one.
pub(crate) fn make_alarms(
    world: &mut World,
    whose: &Whose,
    policy: &ScalingPolicy,
    tracking: &TargetTrackingConfiguration,
) -> Result<Vec<Alarm>, ApiError> {
    let watched = watched(&whose.group, tracking)?;
    let target = tracking.target_value.0;
    let mut kinds = vec![("AlarmHigh", "GreaterThanThreshold", target, HIGH_PERIODS)];
    if tracking.disable_scale_in != Some(true) {
        kinds.push(("AlarmLow", "LessThanThreshold", target * LOW, LOW_PERIODS));
    }
    let mut alarms = Vec::new();
    for (kind, comparison, threshold, periods) in kinds {
        let name = format!("TargetTracking-{}-{kind}-{}", whose.group, uuid(world));
        let mut input = watched.clone();
        input["AlarmName"] = json!(name);
        input["AlarmDescription"] = json!(format!(
            "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {}.",
            policy.policy_arn
        ));
        input["ComparisonOperator"] = json!(comparison);
        input["Threshold"] = json!(threshold);
        input["EvaluationPeriods"] = json!(periods);
        input["AlarmActions"] = json!([policy.policy_arn]);
        role::call(world, &whose.place, "cloudwatch", "PutMetricAlarm", input)?;
        let alarm_arn = whose.place.arn("cloudwatch", &format!("alarm:{name}"));
        alarms.push(Alarm { alarm_name: name, alarm_arn });
    }
    Ok(alarms)
}

/// The metric that a policy watches, as an alarm names it.
///
/// # Errors
/// It names none, or two.
pub(crate) fn watched(
    group: &str,
    tracking: &TargetTrackingConfiguration,
) -> Result<Value, ApiError> {
    let predefined = &tracking.predefined_metric_specification;
    match (predefined, &tracking.customized_metric_specification) {
        (Some(known), None) => {
            let of_group = json!([{"Name": "AutoScalingGroupName", "Value": group}]);
            let metric = match known.predefined_metric_type {
                MetricType::AverageCpuUtilization => "CPUUtilization",
                MetricType::AverageNetworkIn => "NetworkIn",
                MetricType::AverageNetworkOut => "NetworkOut",
                MetricType::RequestCountPerTarget => {
                    return per_target(known.resource_label.as_deref());
                }
            };
            if known.resource_label.is_some() {
                return Err(validation(
                    "ResourceLabel can only be specified for the metric type ALBRequestCountPerTarget",
                ));
            }
            Ok(json!({"Namespace": "AWS/EC2", "MetricName": metric, "Statistic": "Average",
                "Period": 60, "Dimensions": of_group}))
        }
        (None, Some(own)) => {
            let needed = |what: &str| {
                validation(format!("{what} must be specified for a customized metric"))
            };
            let name = own.metric_name.clone().ok_or_else(|| needed("MetricName"))?;
            let namespace = own.namespace.clone().ok_or_else(|| needed("Namespace"))?;
            let statistic = own.statistic.ok_or_else(|| needed("Statistic"))?;
            let mut input = json!({"Namespace": namespace, "MetricName": name,
                "Statistic": statistic.as_str(), "Period": own.period.unwrap_or(60),
                "Dimensions": own.dimensions.clone().into_value()});
            if let Some(unit) = &own.unit {
                input["Unit"] = json!(unit);
            }
            Ok(input)
        }
        _ => Err(validation(
            "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be \
             specified",
        )),
    }
}

/// `app/NAME/ID/targetgroup/NAME/ID`
fn per_target(label: Option<&str>) -> Result<Value, ApiError> {
    let wrong = || {
        validation(
            "ResourceLabel must be specified for ALBRequestCountPerTarget, in the format \
             app/<load-balancer-name>/<load-balancer-id>/targetgroup/<target-group-name>/<target-group-id>",
        )
    };
    let label = label.ok_or_else(wrong)?;
    let at = label.find("/targetgroup/").ok_or_else(wrong)?;
    let (balancer, targets) = (&label[..at], &label[at + 1..]);
    Ok(json!({"Namespace": "AWS/ApplicationELB", "MetricName": "RequestCountPerTarget",
    "Statistic": "Sum", "Period": 60, "Dimensions": [
        {"Name": "LoadBalancer", "Value": balancer},
        {"Name": "TargetGroup", "Value": targets},
    ]}))
}

/// Deletes the alarms of a policy that tracks a target.
pub(crate) fn forget_alarms(world: &mut World, whose: &Whose, name: &str) {
    let policy = group(world, whose).and_then(|group| group.policies.get(name));
    let names: Vec<String> = policy
        .filter(|policy| policy.target_tracking_configuration.is_some())
        .into_iter()
        .flat_map(|policy| policy.alarms.iter().map(|alarm| alarm.alarm_name.clone()))
        .collect();
    for name in names {
        // One that somebody else has deleted is gone all the same.
        let input = json!({"AlarmNames": [name]});
        let _ = role::call(world, &whose.place, "cloudwatch", "DeleteAlarms", input);
    }
}

/// The alarms of a policy as they are described: its own, or those that name it.
pub(crate) fn alarms(world: &World, whose: &Whose, policy: &ScalingPolicy) -> Vec<Alarm> {
    if policy.target_tracking_configuration.is_some() {
        return policy.alarms.clone();
    }
    let names = aws::cloudwatch::alarms_that_do(world, &whose.place, &policy.policy_arn);
    let alarm = |name: String| Alarm {
        alarm_arn: whose.place.arn("cloudwatch", &format!("alarm:{name}")),
        alarm_name: name,
    };
    names.into_iter().map(alarm).collect()
}

#[cfg(test)]
mod tests {
    use super::{ScalingPolicy, StepAdjustment, adjusted, aggregated, step};
    use sim::api::Double;

    #[test]
    fn adjustments_are_rounded_as_the_service_does() {
        let check = |kind: &str, capacity: i64, adjustment: i64, least: Option<i64>, want: i64| {
            let policy = ScalingPolicy {
                adjustment_type: Some(kind.to_owned()),
                min_adjustment_magnitude: least,
                ..ScalingPolicy::default()
            };
            assert_eq!(
                adjusted(capacity, adjustment, &policy),
                want,
                "{kind} {capacity} {adjustment}"
            );
        };
        check("ChangeInCapacity", 3, 2, None, 5);
        check("ChangeInCapacity", 3, -1, None, 2);
        check("ExactCapacity", 3, 7, None, 7);
        check("PercentChangeInCapacity", 10, 10, None, 11);
        // 12.7 is 12, 0.67 is 1, -0.58 is -1, -6.67 is -6 (user guide).
        check("PercentChangeInCapacity", 127, 10, None, 139);
        check("PercentChangeInCapacity", 1, 67, None, 2);
        check("PercentChangeInCapacity", 1, -58, None, 0);
        check("PercentChangeInCapacity", 100, -7, None, 93);
        check("PercentChangeInCapacity", 4, 25, Some(2), 6);
    }

    #[test]
    fn figures_are_put_together_as_the_policy_says() {
        let check = |how: Option<&str>, want: Option<f64>| {
            assert_eq!(aggregated(&[90.0, 60.0, 75.0], how), want, "{how:?}");
        };
        check(None, Some(75.0));
        check(Some("Average"), Some(75.0));
        check(Some("Minimum"), Some(60.0));
        check(Some("Maximum"), Some(90.0));
        assert_eq!(aggregated(&[], Some("Maximum")), None);
    }

    #[test]
    fn a_breach_falls_into_one_step() {
        let bound = |bound: Option<f64>| bound.map(Double);
        let of = |lower, upper, scaling_adjustment| StepAdjustment {
            metric_interval_lower_bound: bound(lower),
            metric_interval_upper_bound: bound(upper),
            scaling_adjustment,
        };
        let out = [of(Some(0.0), Some(10.0), 1), of(Some(10.0), None, 3)];
        let inward = [of(Some(-10.0), Some(0.0), -1), of(None, Some(-10.0), -3)];
        let check = |steps: &[StepAdjustment], breach: f64, want: Option<i64>| {
            assert_eq!(step(steps, breach).map(|s| s.scaling_adjustment), want, "{breach}");
        };
        check(&out, 0.0, Some(1));
        check(&out, 9.9, Some(1));
        check(&out, 10.0, Some(3));
        check(&out, -1.0, None);
        check(&inward, -1.0, Some(-1));
        check(&inward, -10.0, Some(-3));
        check(&inward, -11.0, Some(-3));
    }
}

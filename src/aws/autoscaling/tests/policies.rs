//! Policies, the alarms that carry them out, and schedules.

use serde_json::{Value, json};
use sim::World;

use super::{ask, group, in_state, pass, refusal, shown, try_ask, world};

fn desired(world: &mut World) -> i64 {
    shown(world)["DesiredCapacity"].as_i64().expect("a number")
}

fn put(world: &mut World, more: &Value) -> Value {
    let mut input = json!({"AutoScalingGroupName": "g", "PolicyName": "p"});
    let more = more.as_object().cloned().unwrap_or_default();
    input.as_object_mut().expect("an object").extend(more);
    ask(world, "PutScalingPolicy", input)
}

/// Measures a value each minute, for so many minutes.
fn measure(world: &mut World, value: f64, minutes: usize) {
    for _ in 0..minutes {
        let input =
            json!({"Namespace": "Web", "MetricData": [{"MetricName": "Load", "Value": value}]});
        try_ask(world, "cloudwatch", "PutMetricData", input).expect("put");
        pass(world, 60);
    }
}

#[test]
fn simple_scaling_keeps_its_cooldown() {
    let mut world = world();
    group(&mut world, (1, 5, 1), &json!({"DefaultCooldown": 120}));
    pass(&mut world, 300);
    put(&mut world, &json!({"AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 1}));
    let mut input = json!({"AutoScalingGroupName": "g", "PolicyName": "p", "HonorCooldown": true});
    ask(&mut world, "ExecutePolicy", input.clone());
    assert_eq!(desired(&mut world), 2);
    pass(&mut world, 60);
    assert!(
        refusal(&mut world, "ExecutePolicy", input.clone())
            .starts_with("ScalingActivityInProgress")
    );
    pass(&mut world, 120);
    ask(&mut world, "ExecutePolicy", input.clone());
    assert_eq!(desired(&mut world), 3);
    // Who does not honor it is not held back.
    input["HonorCooldown"] = json!(false);
    ask(&mut world, "ExecutePolicy", input);
    assert_eq!(desired(&mut world), 4);
}

#[test]
fn a_policy_has_a_cooldown_of_its_own() {
    let mut world = world();
    group(&mut world, (1, 6, 1), &json!({"DefaultCooldown": 600}));
    pass(&mut world, 700);
    put(
        &mut world,
        &json!({"AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 1, "Cooldown": 60}),
    );
    let input = json!({"AutoScalingGroupName": "g", "PolicyName": "p", "HonorCooldown": true});
    ask(&mut world, "ExecutePolicy", input.clone());
    pass(&mut world, 40);
    let held = refusal(&mut world, "ExecutePolicy", input.clone());
    assert!(held.starts_with("ScalingActivityInProgress"), "{held}");
    pass(&mut world, 60);
    ask(&mut world, "ExecutePolicy", input.clone());
    assert_eq!(desired(&mut world), 3);
    pass(&mut world, 100);
    // What a request changes is followed by the group's own.
    ask(
        &mut world,
        "SetDesiredCapacity",
        json!({"AutoScalingGroupName": "g", "DesiredCapacity": 4}),
    );
    pass(&mut world, 120);
    let held = refusal(&mut world, "ExecutePolicy", input);
    assert!(held.starts_with("ScalingActivityInProgress"), "{held}");
}

#[test]
fn a_policy_takes_only_what_it_acts_on() {
    let mut world = world();
    group(&mut world, (1, 6, 1), &json!({}));
    let mut check = |more: &Value, want: &str| {
        let mut input = json!({"AutoScalingGroupName": "g", "PolicyName": "p"});
        let more = more.as_object().cloned().unwrap_or_default();
        input.as_object_mut().expect("an object").extend(more);
        let told = refusal(&mut world, "PutScalingPolicy", input);
        assert!(told.contains(want), "{told}");
    };
    let simple = json!({"AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 1});
    let with = |base: &Value, key: &str, value: Value| {
        let mut one = base.clone();
        one[key] = value;
        one
    };
    check(
        &with(&simple, "MetricAggregationType", json!("Maximum")),
        "MetricAggregationType is not supported by policy type SimpleScaling",
    );
    check(&with(&simple, "Cooldown", json!(-1)), "Cooldown must not be negative");
    check(&with(&simple, "MinAdjustmentMagnitude", json!(2)), "adjustment type: ChangeInCapacity");
    let exact = json!({"AdjustmentType": "ExactCapacity", "ScalingAdjustment": -1});
    check(&exact, "The lower range for adjustment is 0 with the specified adjustment type.");
    let steps = json!({"PolicyType": "StepScaling", "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}]});
    check(&with(&steps, "MetricAggregationType", json!("Median")), "Median");
    check(&with(&steps, "Cooldown", json!(60)), "Cooldown");
    let tracking = json!({"PolicyType": "TargetTrackingScaling", "TargetTrackingConfiguration": {
        "TargetValue": 50.0, "PredefinedMetricSpecification": {
            "PredefinedMetricType": "ASGAverageCPUUtilization"}}});
    check(&with(&tracking, "MinAdjustmentStep", json!(1)), "MinAdjustmentMagnitude");
    let mut labelled = tracking;
    labelled["TargetTrackingConfiguration"]["PredefinedMetricSpecification"]["ResourceLabel"] =
        json!("app/x/1/targetgroup/y/2");
    check(&labelled, "ResourceLabel");
}

#[test]
fn figures_of_an_alarm_are_put_together_as_the_policy_says() {
    // 60, 60 and 90 above 50: two steps by the highest, one by the mean and by the lowest.
    for (how, want) in [("Maximum", 6), ("Average", 2), ("Minimum", 2)] {
        let mut world = world();
        group(&mut world, (1, 10, 1), &json!({}));
        pass(&mut world, 400);
        let steps = json!([
            {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 30.0, "ScalingAdjustment": 1},
            {"MetricIntervalLowerBound": 30.0, "ScalingAdjustment": 5},
        ]);
        let made = put(
            &mut world,
            &json!({"PolicyType": "StepScaling", "AdjustmentType": "ChangeInCapacity",
                "StepAdjustments": steps, "MetricAggregationType": how}),
        );
        let alarm = json!({"AlarmName": "busy", "Namespace": "Web", "MetricName": "Load",
            "Statistic": "Average", "Period": 60, "EvaluationPeriods": 3, "Threshold": 50.0,
            "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": [made["PolicyARN"]]});
        try_ask(&mut world, "cloudwatch", "PutMetricAlarm", alarm).expect("put");
        measure(&mut world, 10.0, 3);
        measure(&mut world, 90.0, 1);
        measure(&mut world, 60.0, 2);
        pass(&mut world, 60);
        assert_eq!(desired(&mut world), want, "{how}");
    }
}

#[test]
fn a_target_is_tracked_by_its_alarms() {
    let mut world = world();
    group(&mut world, (1, 10, 2), &json!({}));
    pass(&mut world, 400);
    let tracking = json!({"TargetValue": 50.0, "CustomizedMetricSpecification": {
        "MetricName": "Load", "Namespace": "Web", "Statistic": "Average"}});
    let made = put(
        &mut world,
        &json!({"PolicyType": "TargetTrackingScaling", "TargetTrackingConfiguration": tracking}),
    );
    assert_eq!(made["Alarms"].as_array().map(Vec::len), Some(2));
    measure(&mut world, 100.0, 5);
    // Twice the target: twice the instances.
    assert_eq!(desired(&mut world), 4);
    pass(&mut world, 120);
    let told = super::activities(&mut world);
    let why = "in state ALARM triggered policy p changing the desired capacity from 2 to 4.";
    assert!(told.iter().any(|one| one["Cause"].as_str().is_some_and(|cause| cause.contains(why))));
    let most = desired(&mut world);
    measure(&mut world, 10.0, 30);
    assert!(desired(&mut world) < most);
    // Its alarms go with it.
    ask(&mut world, "DeletePolicy", json!({"AutoScalingGroupName": "g", "PolicyName": "p"}));
    let left = try_ask(&mut world, "cloudwatch", "DescribeAlarms", json!({})).expect("told");
    assert_eq!(left["MetricAlarms"], json!([]));
}

#[test]
fn an_alarm_carries_out_a_step() {
    let mut world = world();
    group(&mut world, (1, 10, 1), &json!({}));
    pass(&mut world, 400);
    let steps = json!([
        {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 20.0, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 20.0, "ScalingAdjustment": 3},
    ]);
    let made = put(
        &mut world,
        &json!({"PolicyType": "StepScaling", "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": steps, "EstimatedInstanceWarmup": 300}),
    );
    let alarm = json!({"AlarmName": "busy", "Namespace": "Web", "MetricName": "Load",
        "Statistic": "Average", "Period": 60, "EvaluationPeriods": 1, "Threshold": 50.0,
        "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": [made["PolicyARN"]]});
    try_ask(&mut world, "cloudwatch", "PutMetricAlarm", alarm).expect("put");
    let described = ask(&mut world, "DescribePolicies", json!({}));
    assert_eq!(described["ScalingPolicies"][0]["Alarms"][0]["AlarmName"], "busy");
    measure(&mut world, 90.0, 4);
    // As long as they warm up, the same breach asks for no more.
    assert_eq!(desired(&mut world), 4);
    let history = try_ask(
        &mut world,
        "cloudwatch",
        "DescribeAlarmHistory",
        json!({"AlarmName": "busy", "HistoryItemType": "Action"}),
    )
    .expect("told");
    let summary = history["AlarmHistoryItems"][0]["HistorySummary"].as_str().expect("a summary");
    assert!(summary.starts_with("Successfully executed action arn:aws:autoscaling:"), "{summary}");
}

#[test]
fn a_schedule_changes_the_sizes() {
    let mut world = world();
    group(&mut world, (1, 5, 1), &json!({}));
    let input = json!({"AutoScalingGroupName": "g", "ScheduledActionName": "morning",
        "Recurrence": "0 11 * * *", "MinSize": 2, "MaxSize": 6, "DesiredCapacity": 3});
    ask(&mut world, "PutScheduledUpdateGroupAction", input);
    let told = ask(&mut world, "DescribeScheduledActions", json!({}));
    assert_eq!(told["ScheduledUpdateGroupActions"][0]["Recurrence"], "0 11 * * *");
    pass(&mut world, 3600 + 60);
    assert_eq!(in_state(&mut world, "InService").len(), 3);
    assert_eq!(shown(&mut world)["MinSize"], 2);
    // Again the next day.
    let input = json!({"AutoScalingGroupName": "g", "DesiredCapacity": 5});
    ask(&mut world, "SetDesiredCapacity", input);
    pass(&mut world, 24 * 3600);
    assert_eq!(in_state(&mut world, "InService").len(), 3);
}

#[test]
fn metrics_of_a_group_are_published() {
    let mut world = world();
    group(&mut world, (2, 3, 2), &json!({}));
    ask(
        &mut world,
        "EnableMetricsCollection",
        json!({"AutoScalingGroupName": "g", "Granularity": "1Minute"}),
    );
    pass(&mut world, 180);
    let told =
        try_ask(&mut world, "cloudwatch", "ListMetrics", json!({"Namespace": "AWS/AutoScaling"}))
            .expect("told");
    assert_eq!(told["Metrics"].as_array().map(Vec::len), Some(super::super::metrics::NAMES.len()));
}

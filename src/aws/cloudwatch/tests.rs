//! Tests of metrics and alarms, as requests see them.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::math;
use super::metric::Metric;
use super::{alarm, composite, evaluate, statistic};
use crate::metrics::Measured;
use crate::place::Place;
use base::Time;
use sim::{Caller, Config, Principal, System, World};

/// 2026-11-22T10:00:00Z.
const START: Time = Time(1_795_341_600_000);
const MINUTE: i64 = 60_000;

static SYSTEMS: &[&System] = &[&super::SYSTEM, &crate::iam::SYSTEM, &crate::sts::SYSTEM];

struct Lab {
    world: World,
}

impl Lab {
    fn new() -> Self {
        let world = World::new(SYSTEMS, Config::new(5, START));
        Self { world: world.authorized_by(crate::authorize_operation) }
    }

    fn call(&mut self, name: &str, input: Value) -> Result<Value, String> {
        let op = super::SERVICE.operation(name).expect(name);
        let at = self.world.now();
        let caller = Caller::from(Principal::Root);
        self.world.apply(at, &caller, op, input).map_err(|e| e.to_string())
    }

    fn ok(&mut self, name: &str, input: Value) -> Value {
        self.call(name, input).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn refused(&mut self, name: &str, input: Value, want: &str) {
        let got = self.call(name, input).expect_err(name);
        assert!(got.starts_with(want), "{got}");
    }

    fn pass(&mut self, ms: i64) {
        self.world.advance(Time(self.world.now().0 + ms));
    }

    /// Puts a value of `ns m`, so many milliseconds from now.
    fn put(&mut self, ms: i64, value: f64) {
        let at = self.world.now().0 + ms;
        let datum = json!({"MetricName": "m", "Value": value, "Timestamp": at});
        self.ok("PutMetricData", json!({"Namespace": "ns", "MetricData": [datum]}));
    }

    fn alarm(&mut self, change: &Value) {
        let mut input = json!({"AlarmName": "a", "Namespace": "ns", "MetricName": "m",
            "Statistic": "Average", "Period": 60, "EvaluationPeriods": 1, "Threshold": 80.0,
            "ComparisonOperator": "GreaterThanThreshold"});
        for (key, value) in change.as_object().expect("an object") {
            input[key] = value.clone();
        }
        self.ok("PutMetricAlarm", input);
    }

    fn state(&mut self) -> String {
        let alarms = self.ok("DescribeAlarms", json!({"AlarmNames": ["a"]}));
        alarms["MetricAlarms"][0]["StateValue"].as_str().expect("a state").to_owned()
    }
}

/// A quarter of an hour of `ns m`.
fn statistics(more: &Value) -> Value {
    let mut input = json!({"Namespace": "ns", "MetricName": "m", "StartTime": START.0 - 10 * MINUTE,
        "EndTime": START.0 + 5 * MINUTE, "Period": 300, "Statistics": ["Sum"]});
    for (key, value) in more.as_object().expect("an object") {
        input[key] = value.clone();
    }
    input
}

#[test]
fn values_become_statistics_of_periods() {
    let mut lab = Lab::new();
    for (at, value) in [(-10 * MINUTE, 1.0), (-9 * MINUTE, 5.0), (-MINUTE, 3.0), (0, 7.0)] {
        lab.put(at, value);
    }
    let all = json!({"Statistics": ["SampleCount", "Average", "Sum", "Minimum", "Maximum"]});
    let answer = lab.ok("GetMetricStatistics", statistics(&all));
    let want = json!([
        {"Timestamp": START.0 - 10 * MINUTE, "SampleCount": 2.0, "Average": 3.0, "Sum": 6.0,
            "Minimum": 1.0, "Maximum": 5.0, "Unit": "None"},
        {"Timestamp": START.0 - 5 * MINUTE, "SampleCount": 1.0, "Average": 3.0, "Sum": 3.0,
            "Minimum": 3.0, "Maximum": 3.0, "Unit": "None"},
        {"Timestamp": START.0, "SampleCount": 1.0, "Average": 7.0, "Sum": 7.0, "Minimum": 7.0,
            "Maximum": 7.0, "Unit": "None"},
    ]);
    assert_eq!((&answer["Label"], &answer["Datapoints"]), (&json!("m"), &want));
    let percentiles =
        json!({"Statistics": [], "ExtendedStatistics": ["p50", "p99.9"], "Period": 900});
    let answer = lab.ok("GetMetricStatistics", statistics(&percentiles));
    assert_eq!(answer["Datapoints"][0]["ExtendedStatistics"], json!({"p50": 3.0, "p99.9": 7.0}));
    let other = lab.ok("GetMetricStatistics", statistics(&json!({"Unit": "Count"})));
    assert_eq!(other["Datapoints"], json!([]));
}

#[test]
fn values_come_in_three_ways() {
    let mut lab = Lab::new();
    let data = json!([
        {"MetricName": "m", "Values": [1.0, 2.0], "Counts": [3.0, 1.0], "Unit": "Count"},
        {"MetricName": "m", "StatisticValues": {"SampleCount": 2.0, "Sum": 10.0, "Minimum": 4.0, "Maximum": 6.0}, "Unit": "Count"},
        {"MetricName": "m", "Value": 9.0, "Unit": "Seconds"},
    ]);
    lab.ok("PutMetricData", json!({"Namespace": "ns", "MetricData": data}));
    let all = json!({"Statistics": ["SampleCount", "Sum", "Minimum", "Maximum"]});
    let points = lab.ok("GetMetricStatistics", statistics(&all))["Datapoints"].clone();
    let units: Vec<&Value> =
        points.as_array().expect("points").iter().map(|p| &p["Unit"]).collect();
    assert_eq!(units, ["Seconds", "Count"]);
    let counted = &points[1];
    assert_eq!((&counted["SampleCount"], &counted["Sum"]), (&json!(6.0), &json!(15.0)));
    assert_eq!((&counted["Minimum"], &counted["Maximum"]), (&json!(1.0), &json!(6.0)));
    // Of a set nobody knows the percentiles.
    let percentile = json!({"Statistics": [], "ExtendedStatistics": ["p90"], "Unit": "Count"});
    let points = lab.ok("GetMetricStatistics", statistics(&percentile))["Datapoints"].clone();
    assert_eq!(points[0].get("ExtendedStatistics"), None);
}

#[test]
fn what_cannot_be_a_value_is_refused() {
    let mut lab = Lab::new();
    let mut check = |datum: Value, want: &str| {
        let mut one = json!({"MetricName": "m"});
        for (key, value) in datum.as_object().expect("an object") {
            one[key] = value.clone();
        }
        lab.refused("PutMetricData", json!({"Namespace": "ns", "MetricData": [one]}), want);
    };
    let day = 24 * 60 * MINUTE;
    check(
        json!({"Value": 1.0, "Timestamp": START.0 - 15 * day}),
        "InvalidParameterValueException: The parameter MetricData.member.1.Timestamp must specify a time no more than two weeks in the past.",
    );
    check(
        json!({"Value": 1.0, "Timestamp": START.0 + 3 * 60 * MINUTE}),
        "InvalidParameterValueException: The parameter MetricData.member.1.Timestamp must specify a time no more than two hours in the future.",
    );
    check(
        json!({"Value": "NaN"}),
        "InvalidParameterValueException: The value NaN for parameter MetricData.member.1.Value is invalid.",
    );
    check(json!({}), "MissingRequiredParameterException");
    check(json!({"Value": 1.0, "Values": [1.0]}), "InvalidParameterCombinationException");
    check(json!({"Values": [1.0], "Counts": [1.0, 2.0]}), "InvalidParameterCombinationException");
    check(json!({"Value": 1.0, "StorageResolution": 5}), "InvalidParameterValueException");
    check(
        json!({"Value": 1.0, "Dimensions": [{"Name": "a", "Value": " "}]}),
        "InvalidParameterValueException: The parameter MetricData.member.1.Dimensions.member.1.Value must not be blank",
    );
    let data = json!([{"MetricName": "m", "Value": 1.0}]);
    lab.refused(
        "PutMetricData",
        json!({"Namespace": "AWS/EC2", "MetricData": data}),
        "InvalidParameterValueException: The value AWS/EC2 for parameter Namespace is invalid.",
    );
    let mut check =
        |more: Value, want: &str| lab.refused("GetMetricStatistics", statistics(&more), want);
    check(json!({"Period": 61}), "InvalidParameterValueException: The parameter Period must be");
    check(
        json!({"EndTime": 0}),
        "InvalidParameterValueException: The parameter StartTime must be less",
    );
    check(json!({"Statistics": []}), "InvalidParameterCombinationException: Must specify either");
    check(
        json!({"Period": 60, "StartTime": START.0 - 2 * day}),
        "InvalidParameterCombinationException: You have requested up to 2885 datapoints",
    );
}

#[test]
fn old_values_are_had_at_coarser_periods() {
    let mut lab = Lab::new();
    lab.put(0, 4.0);
    let day = 24 * 60 * MINUTE;
    let mut sum = |days: i64, period: i64| {
        lab.world.advance(Time(START.0 + days * day));
        let input = json!({"Period": period, "StartTime": START.0 - 3_600_000, "EndTime": START.0 + 3_600_000});
        lab.ok("GetMetricStatistics", statistics(&input))["Datapoints"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!((sum(1, 60), sum(16, 60), sum(16, 300)), (1, 0, 1));
    assert_eq!((sum(64, 300), sum(64, 3600), sum(456, 3600)), (0, 1, 0));
}

#[test]
fn metrics_are_listed_by_what_they_have() {
    let mut lab = Lab::new();
    let datum = |name: &str, host: &str| {
        json!({"MetricName": name, "Value": 1.0,
        "Dimensions": [{"Name": "Host", "Value": host}]})
    };
    let data = json!([datum("cpu", "a"), datum("cpu", "b"), datum("disk", "a")]);
    lab.ok("PutMetricData", json!({"Namespace": "ns", "MetricData": data}));
    let count = |lab: &mut Lab, input: Value| {
        lab.ok("ListMetrics", input)["Metrics"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(count(&mut lab, json!({})), 3);
    assert_eq!(count(&mut lab, json!({"MetricName": "cpu", "Namespace": "ns"})), 2);
    assert_eq!(count(&mut lab, json!({"Dimensions": [{"Name": "Host", "Value": "a"}]})), 2);
    assert_eq!(count(&mut lab, json!({"Dimensions": [{"Name": "Disk"}]})), 0);
    lab.pass(4 * 60 * MINUTE);
    assert_eq!(count(&mut lab, json!({"RecentlyActive": "PT3H"})), 0);
    lab.pass(15 * 24 * 60 * MINUTE);
    assert_eq!(count(&mut lab, json!({})), 0);
}

#[test]
fn services_measure_too() {
    let mut lab = Lab::new();
    let place = Place { account: "123456789012".into(), region: "us-east-1".into() };
    let measured = Measured {
        place,
        namespace: "AWS/EC2".into(),
        name: "CPUUtilization".into(),
        dimensions: vec![("InstanceId".into(), "i-1".into())],
        unit: Some("Percent".into()),
        value: 42.0,
        at: START,
    };
    lab.world.tell(&measured);
    let input = json!({"Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "Statistics": ["Average"],
        "Dimensions": [{"Name": "InstanceId", "Value": "i-1"}], "Period": 300,
        "StartTime": START.0, "EndTime": START.0 + 300_000});
    let points = lab.ok("GetMetricStatistics", input)["Datapoints"].clone();
    assert_eq!(points, json!([{"Timestamp": START.0, "Average": 42.0, "Unit": "Percent"}]));
}

/// `GetMetricData` over the quarter of an hour, oldest first: label and values of each result.
fn data(lab: &mut Lab, expressions: &[&str]) -> Result<Vec<(String, Vec<f64>)>, String> {
    let metric = |id: &str, name: &str| {
        json!({"Id": id, "ReturnData": false, "MetricStat": {
        "Metric": {"Namespace": "ns", "MetricName": name}, "Period": 300, "Stat": "Sum"}})
    };
    let mut queries = vec![metric("m1", "m"), metric("m2", "n")];
    for (i, expression) in expressions.iter().enumerate() {
        queries.push(json!({"Id": format!("e{i}"), "Expression": expression}));
    }
    let input = json!({"MetricDataQueries": queries, "StartTime": START.0 - 10 * MINUTE,
        "EndTime": START.0 + 5 * MINUTE, "ScanBy": "TimestampAscending"});
    let answer = lab.call("GetMetricData", input)?;
    let results = answer["MetricDataResults"].as_array().expect("results");
    let values = |r: &Value| {
        r["Values"].as_array().expect("values").iter().filter_map(Value::as_f64).collect()
    };
    Ok(results
        .iter()
        .map(|r| (r["Label"].as_str().expect("a label").to_owned(), values(r)))
        .collect())
}

#[test]
fn expressions_are_evaluated() {
    let mut lab = Lab::new();
    for (name, minutes, value) in
        [("m", -10, 10.0), ("m", -5, 20.0), ("m", 0, 40.0), ("n", -10, 1.0), ("n", 0, 4.0)]
    {
        let datum =
            json!({"MetricName": name, "Value": value, "Timestamp": START.0 + minutes * MINUTE});
        lab.ok("PutMetricData", json!({"Namespace": "ns", "MetricData": [datum]}));
    }
    let mut check = |expression: &str, want: &[f64]| {
        let got = data(&mut lab, &[expression]).unwrap_or_else(|e| panic!("{expression}: {e}"));
        assert_eq!(got, [("e0".to_owned(), want.to_vec())], "{expression}");
    };
    check("m1 + 1", &[11.0, 21.0, 41.0]);
    check("m1 / m2", &[10.0, 10.0]);
    check("2 - -m1 * 2", &[22.0, 42.0, 82.0]);
    check("(m1 + m1) / 4", &[5.0, 10.0, 20.0]);
    check("m1 > 10 && m1 < 40", &[0.0, 1.0, 0.0]);
    check("m1 / 0", &[]);
    check("FILL(m2, 0)", &[1.0, 0.0, 4.0]);
    check("FILL(m2, REPEAT)", &[1.0, 1.0, 4.0]);
    check("IF(m1 >= 20, m1, 0)", &[0.0, 20.0, 40.0]);
    check("SUM([m1, m2])", &[11.0, 20.0, 44.0]);
    check("AVG([m1, m2])", &[5.5, 20.0, 22.0]);
    check("m1 / SUM(m1) * 70", &[10.0, 20.0, 40.0]);
    check("DIFF(m1)", &[10.0, 20.0]);
    check("RATE(m1) * PERIOD(m1)", &[10.0, 20.0]);
    check("RUNNING_SUM(m1)", &[10.0, 30.0, 70.0]);
    check("ABS(0 - m2)", &[1.0, 4.0]);
    check("TIME_SERIES(MAX(m1))", &[40.0, 40.0, 40.0]);
    check("FIRST([m2, m1])", &[1.0, 4.0]);
    let all = data(&mut lab, &["METRICS() * 2"]).expect("lines");
    assert_eq!(
        all.iter().map(|(_, v)| v.clone()).collect::<Vec<_>>(),
        [vec![20.0, 40.0, 80.0], vec![2.0, 8.0]]
    );
    assert_eq!(data(&mut lab, &["e1 + 1", "m2"]).expect("both")[0].1, [2.0, 5.0]);
    let mut refuses = |expression: &str, want: &str| {
        let got = data(&mut lab, &[expression]).expect_err(expression);
        assert_eq!(got, format!("ValidationError: Error in expression 'e0': {want}"));
    };
    refuses("m1 +", "Unexpected end of the expression");
    refuses("m3", "Undefined variable m3");
    refuses("SUM(m1)", "The expression does not come to a time series");
    refuses("SEARCH('x')", "Strings are not simulated here");
    refuses("STDDEV(m1)", "The function STDDEV is not simulated here");
    refuses("m1 ^ 2", "Powers are not simulated here");
    refuses("e0 + 1", "The expressions name each other");
}

#[test]
fn alarms_are_evaluated_as_time_passes() {
    let mut lab = Lab::new();
    lab.alarm(&json!({}));
    assert_eq!(lab.state(), "INSUFFICIENT_DATA");
    lab.put(0, 95.0);
    lab.pass(MINUTE);
    assert_eq!(lab.state(), "ALARM");
    let alarm = lab.ok("DescribeAlarms", json!({}))["MetricAlarms"][0].clone();
    assert_eq!(
        alarm["StateReason"],
        "Threshold Crossed: 1 out of the last 1 datapoints [95.0 (22/11/26 10:00:00)] was greater than the \
         threshold (80.0) (minimum 1 datapoint for OK -> ALARM transition)."
    );
    assert_eq!(alarm["StateTransitionedTimestamp"], START.0 + MINUTE);
    lab.put(0, 5.0);
    lab.pass(MINUTE);
    assert_eq!(lab.state(), "OK");
    lab.pass(10 * MINUTE);
    assert_eq!(lab.state(), "INSUFFICIENT_DATA");
    let items =
        lab.ok("DescribeAlarmHistory", json!({"AlarmName": "a", "ScanBy": "TimestampAscending"}));
    let summaries: Vec<&str> = items["AlarmHistoryItems"]
        .as_array()
        .expect("items")
        .iter()
        .map(|i| i["HistorySummary"].as_str().expect("words"))
        .collect();
    assert_eq!(
        summaries,
        [
            "Alarm \"a\" created",
            "Alarm updated from INSUFFICIENT_DATA to ALARM",
            "Alarm updated from ALARM to OK",
            "Alarm updated from OK to INSUFFICIENT_DATA"
        ]
    );
}

#[test]
fn time_in_one_step_or_in_many_is_the_same() {
    let run = |steps: i64| {
        let mut lab = Lab::new();
        lab.alarm(&json!({"EvaluationPeriods": 3, "DatapointsToAlarm": 2, "AlarmActions": ["arn:aws:sns:us-east-1:1:t"]}));
        for value in [95.0, 97.0, 3.0, 99.0] {
            lab.put(0, value);
            (0..steps).for_each(|_| lab.pass(2 * MINUTE / steps));
        }
        lab.pass(60 * MINUTE);
        lab.world.digest()
    };
    assert_eq!(run(1), run(4));
}

/// The state by figures written as the user guide does, the oldest first: `0` is fine, `X` breaches.
fn judged(figures: &str, to_alarm: i64, missing: alarm::TreatMissingData) -> Option<&'static str> {
    let watch = alarm::MetricWatch {
        metric: Metric::default(),
        stat: statistic::Stat::Named(statistic::Statistic::Sum),
        stat_text: "Sum".into(),
        period_s: 60,
        unit: None,
        periods: 3,
        to_alarm: Some(to_alarm),
        threshold: sim::api::Double(0.5),
        operator: alarm::ComparisonOperator::GreaterThan,
        missing: Some(missing),
    };
    let there = figures.chars().rev().filter(|c| *c != '-').take(3);
    let values: Vec<(i64, f64)> = there.map(|c| (0, if c == 'X' { 1.0 } else { 0.0 })).collect();
    evaluate::judge(&watch, &values).map(|verdict| verdict.state.as_str())
}

#[test]
fn missing_figures_count_as_the_alarm_says() {
    use alarm::TreatMissingData::{Breaching, Ignore, Missing, NotBreaching};
    let check = |figures: &str, to_alarm: i64, wants: [Option<&str>; 4]| {
        let got =
            [Missing, Ignore, Breaching, NotBreaching].map(|how| judged(figures, to_alarm, how));
        assert_eq!(got, wants, "{figures} {to_alarm}");
    };
    let (ok, alarm, none) = (Some("OK"), Some("ALARM"), Some("INSUFFICIENT_DATA"));
    check("0-X-X", 3, [ok, ok, ok, ok]);
    check("0----", 3, [ok, ok, ok, ok]);
    check("-----", 3, [none, None, alarm, ok]);
    check("0XX-X", 3, [alarm, alarm, alarm, alarm]);
    check("--X--", 3, [alarm, None, alarm, ok]);
    check("0-X-X", 2, [alarm, alarm, alarm, alarm]);
    check("00X0X", 2, [alarm, alarm, alarm, alarm]);
    check("0-X--", 2, [ok, ok, alarm, ok]);
    check("----0", 2, [ok, ok, alarm, ok]);
    check("---X-", 2, [alarm, None, alarm, ok]);
}

#[test]
fn alarms_are_set_switched_tagged_and_deleted() {
    let mut lab = Lab::new();
    lab.alarm(&json!({"AlarmActions": ["arn:aws:sns:us-east-1:123456789012:none"], "Tags": [{"Key": "k", "Value": "v"}]}));
    lab.ok(
        "SetAlarmState",
        json!({"AlarmName": "a", "StateValue": "ALARM", "StateReason": "a try"}),
    );
    assert_eq!(lab.state(), "ALARM");
    let actions = lab.ok("DescribeAlarmHistory", json!({"HistoryItemType": "Action"}));
    let summary = actions["AlarmHistoryItems"][0]["HistorySummary"].as_str().expect("words");
    assert!(
        summary.starts_with("Failed to execute action arn:aws:sns:us-east-1:123456789012:none."),
        "{summary}"
    );
    lab.pass(MINUTE);
    assert_eq!(lab.state(), "INSUFFICIENT_DATA");
    lab.ok("DisableAlarmActions", json!({"AlarmNames": ["a", "none"]}));
    assert_eq!(
        lab.ok("DescribeAlarms", json!({"AlarmNamePrefix": "a"}))["MetricAlarms"][0]["ActionsEnabled"],
        false
    );
    lab.ok("EnableAlarmActions", json!({"AlarmNames": ["a"]}));
    let arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a";
    lab.ok("TagResource", json!({"ResourceARN": arn, "Tags": [{"Key": "l", "Value": ""}]}));
    lab.ok("UntagResource", json!({"ResourceARN": arn, "TagKeys": ["k"]}));
    assert_eq!(
        lab.ok("ListTagsForResource", json!({"ResourceARN": arn}))["Tags"],
        json!([{"Key": "l", "Value": ""}])
    );
    let on = json!({"Namespace": "ns", "MetricName": "m"});
    assert_eq!(lab.ok("DescribeAlarmsForMetric", on)["MetricAlarms"][0]["AlarmName"], "a");
    lab.refused(
        "DeleteAlarms",
        json!({"AlarmNames": ["a", "b"]}),
        "ResourceNotFound: Unknown Alarm Name",
    );
    lab.ok("DeleteAlarms", json!({"AlarmNames": ["a"]}));
    lab.refused(
        "SetAlarmState",
        json!({"AlarmName": "a", "StateValue": "OK", "StateReason": ""}),
        "ResourceNotFound",
    );
    lab.refused("ListTagsForResource", json!({"ResourceARN": arn}), "ResourceNotFoundException");
}

#[test]
fn composite_alarms_follow_their_rules() {
    let mut lab = Lab::new();
    lab.alarm(&json!({}));
    lab.alarm(&json!({"AlarmName": "b c"}));
    let rule = "ALARM(a) AND NOT (OK(\"b c\") OR FALSE)";
    lab.ok("PutCompositeAlarm", json!({"AlarmName": "both", "AlarmRule": rule}));
    let state = |lab: &mut Lab| {
        let alarms = lab.ok("DescribeAlarms", json!({"AlarmTypes": ["CompositeAlarm"]}));
        alarms["CompositeAlarms"][0]["StateValue"].as_str().expect("a state").to_owned()
    };
    assert_eq!(state(&mut lab), "OK");
    let set = |lab: &mut Lab, name: &str, state: &str| {
        lab.ok(
            "SetAlarmState",
            json!({"AlarmName": name, "StateValue": state, "StateReason": "t"}),
        );
    };
    set(&mut lab, "a", "ALARM");
    assert_eq!(state(&mut lab), "ALARM");
    set(&mut lab, "b c", "OK");
    assert_eq!(state(&mut lab), "OK");
    let children = lab.ok("DescribeAlarms", json!({"ChildrenOfAlarmName": "both"}));
    assert_eq!(children["MetricAlarms"].as_array().map(Vec::len), Some(2));
    let parents = lab.ok("DescribeAlarms", json!({"ParentsOfAlarmName": "a"}));
    assert_eq!(parents["CompositeAlarms"][0]["AlarmName"], "both");
    lab.refused(
        "PutCompositeAlarm",
        json!({"AlarmName": "x", "AlarmRule": "ALARM(gone)"}),
        "ValidationError: Could not find alarms",
    );
    lab.refused(
        "PutCompositeAlarm",
        json!({"AlarmName": "both", "AlarmRule": "ALARM(both)"}),
        "ValidationError: AlarmRule must not lead back",
    );
    lab.refused(
        "PutCompositeAlarm",
        json!({"AlarmName": "x", "AlarmRule": "ALARM(a) XOR TRUE"}),
        "ValidationError: AlarmRule is not valid.",
    );
}

#[test]
fn the_view_shows_alarms_and_metrics() {
    let mut lab = Lab::new();
    lab.alarm(&json!({}));
    lab.put(0, 1.0);
    let view = format!("{:?}", super::view::view(&lab.world));
    for part in
        ["INSUFFICIENT_DATA", "Average m is greater than 80", "ns m", "2026-11-22T10:00:00Z"]
    {
        assert!(view.contains(part), "{part} in {view}");
    }
}

proptest! {
    /// No text brings an expression or a rule to its knees.
    #[test]
    fn any_text_is_read_or_refused(text in "[a-zA-Z0-9()\\[\\],.<>=!&|+*/\" -]{0,60}") {
        let _ = math::parse(&text);
        let _ = composite::Rule::parse(&text);
    }

    /// Arithmetic on lines is arithmetic on their figures.
    #[test]
    fn lines_are_added_figure_by_figure(a in -1e6_f64..1e6, b in -1e6_f64..1e6) {
        let known = [("x", a), ("y", b)].map(|(id, value)| {
            (id.to_owned(), math::Answer::Line(std::iter::once((0, value)).collect()))
        });
        let known = known.into_iter().collect();
        let terms = math::Terms { known: &known, metrics: &[], period_s: 60, begins: &[0] };
        let sum = math::evaluate(&math::parse("x + y - y").expect("an expression"), &terms);
        prop_assert_eq!(sum, Ok(math::Answer::Line(std::iter::once((0, a + b - b)).collect())));
    }
}

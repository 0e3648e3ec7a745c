//! Metric filters: what they measure, and what they may be.

use super::*;

fn filter(pattern: &str, transformation: &Value) -> Value {
    let mut of = json!({"metricName": "m", "metricNamespace": "ns", "metricValue": "1"});
    for (name, value) in transformation.as_object().expect("an object") {
        of[name] = value.clone();
    }
    json!({"logGroupName": "g", "filterName": "f", "filterPattern": pattern,
        "metricTransformations": [of]})
}

fn heard(lab: &Lab) -> Vec<String> {
    lab.world.get::<Ear>().0.clone()
}

#[test]
fn events_become_values() {
    let check = |pattern: &str, transformation: Value, events: &[&str], want: &[&str]| {
        let mut lab = Lab::with_stream();
        lab.put(&[(0, "before the filter ERROR")]);
        lab.ok("PutMetricFilter", filter(pattern, &transformation));
        let events: Vec<(i64, &str)> = (1..).zip(events.iter().copied()).collect();
        lab.put(&events);
        assert_eq!(heard(&lab), want, "{pattern}");
    };
    check("ERROR", json!({}), &["ERROR a", "b", "ERROR c"], &["ns m{} 1 1", "ns m{} 1 3"]);
    check("ERROR", json!({"defaultValue": 0.0}), &["ERROR", "b"], &["ns m{} 1 1", "ns m{} 0 2"]);
    check(
        "{ $.latency = * }",
        json!({"metricValue": "$.latency", "unit": "Milliseconds"}),
        &[r#"{"latency": 50.5}"#, r#"{"latency": "many"}"#, r#"{"other": 1}"#],
        &["ns m{} 50.5Milliseconds 1"],
    );
    check(
        "[ip, status, bytes]",
        json!({"metricValue": "$bytes", "dimensions": {"Status": "$status"}}),
        &["1.1.1.1 200 17", "1.1.1.1 404"],
        &["ns m{Status=200} 17 1"],
    );
    check(
        "{ $.a = * }",
        json!({"dimensions": {"A": "$.a", "B": "$.b.c"}}),
        &[r#"{"a": 1, "b": {"c": "x"}}"#, r#"{"a": 1}"#],
        &["ns m{A=1,B=x} 1 1"],
    );
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let mut lab = Lab::with_stream();
    let mut check = |pattern: &str, transformation: Value, want: &str| {
        let want = format!("InvalidParameterException: {want}");
        lab.refused("PutMetricFilter", filter(pattern, &transformation), &want);
    };
    check("a:b", json!({}), "Invalid character(s) in term ':'");
    check(
        "{ $.a = 1 }",
        json!({"dimensions": {"A": "$.a"}, "defaultValue": 1.0}),
        "Invalid metric transformation: dimensions and default value are mutually exclusive properties",
    );
    check(
        "ERROR",
        json!({"dimensions": {"A": "$.a"}}),
        "The specified filter pattern does not support dimensions",
    );
    let neither = "' is neither a number nor a field of the filter pattern";
    check(
        "[a, b]",
        json!({"metricValue": "$c"}),
        &format!("Invalid metric transformation: '$c{neither}"),
    );
    check("x", json!({"metricValue": "y"}), &format!("Invalid metric transformation: 'y{neither}"));
    let mut none = filter("x", &json!({}));
    none["metricTransformations"] = json!([]);
    let refused = lab.call("PutMetricFilter", none).expect_err("refused");
    assert!(refused.contains("at 'metricTransformations' failed"), "{refused}");
}

#[test]
fn filters_are_listed_replaced_and_deleted() {
    let mut lab = Lab::with_stream();
    lab.ok("PutMetricFilter", filter("a", &json!({})));
    lab.ok("PutMetricFilter", filter("b", &json!({"unit": "Count", "defaultValue": 0.5})));
    let listed = lab.ok("DescribeMetricFilters", json!({"logGroupName": "g"}));
    let want = json!([{"filterName": "f", "filterPattern": "b", "logGroupName": "g",
        "creationTime": START.0, "applyOnTransformedLogs": false, "metricTransformations": [{
            "metricName": "m", "metricNamespace": "ns", "metricValue": "1", "unit": "Count",
            "defaultValue": 0.5}]}]);
    assert_eq!(listed["metricFilters"], want);
    assert_eq!(lab.ok("DescribeLogGroups", json!({}))["logGroups"][0]["metricFilterCount"], 1);
    let count = |lab: &mut Lab, input: Value| {
        lab.ok("DescribeMetricFilters", input)["metricFilters"].as_array().map(Vec::len)
    };
    assert_eq!(count(&mut lab, json!({"metricName": "m", "metricNamespace": "ns"})), Some(1));
    assert_eq!(count(&mut lab, json!({"metricName": "m", "metricNamespace": "x"})), Some(0));
    assert_eq!(count(&mut lab, json!({"logGroupName": "g", "filterNamePrefix": "x"})), Some(0));
    lab.ok("DeleteMetricFilter", json!({"logGroupName": "g", "filterName": "f"}));
    lab.refused(
        "DeleteMetricFilter",
        json!({"logGroupName": "g", "filterName": "f"}),
        "ResourceNotFoundException: The specified metric filter does not exist.",
    );
    lab.put(&[(0, "b")]);
    assert_eq!(heard(&lab), [""; 0]);
}

#[test]
fn a_group_has_so_many_filters() {
    let mut lab = Lab::with_stream();
    let named = |name: String, pattern: &str| {
        let mut filter = filter(pattern, &json!({}));
        filter["filterName"] = json!(name);
        filter
    };
    let full = "LimitExceededException: Resource limit exceeded.";
    (0..5).for_each(|i| {
        lab.ok("PutMetricFilter", named(format!("e{i}"), "%x%"));
    });
    lab.refused("PutMetricFilter", named("e5".into(), "%x%"), full);
    lab.ok("PutMetricFilter", named("e0".into(), "%y%"));
    (5..100).for_each(|i| {
        lab.ok("PutMetricFilter", named(format!("f{i}"), "x"));
    });
    lab.refused("PutMetricFilter", named("g".into(), "x"), full);
}

#[test]
fn patterns_are_tried() {
    let mut lab = Lab::new();
    let input = json!({"filterPattern": "[a, b > 1]", "logEventMessages": ["x 1", "y 2"]});
    let want = json!([{"eventNumber": 2, "eventMessage": "y 2",
        "extractedValues": {"$a": "y", "$b": "2"}}]);
    assert_eq!(lab.ok("TestMetricFilter", input)["matches"], want);
}

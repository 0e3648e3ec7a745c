"""CloudWatch's metrics and alarms as boto3 and Amazon's own `aws` see them."""

import datetime
import json
import os
import subprocess
import sys
import time

import pytest

from conftest import ENDPOINT, KEY, REGION, SECRET, client, refused, unique

AWS = os.path.join(os.path.dirname(sys.executable), "aws")
not_moto = pytest.mark.not_moto


@pytest.fixture(scope="module")
def cloudwatch():
    return client("cloudwatch")


@pytest.fixture
def namespace():
    return unique("Peer")


@pytest.fixture
def alarm(cloudwatch, namespace):
    """The name of an alarm on `m` of the namespace, above 80."""
    name = unique("alarm")
    put_alarm(cloudwatch, namespace, name)
    yield name
    cloudwatch.delete_alarms(AlarmNames=[name])


def put_alarm(cloudwatch, namespace, name, **more):
    alarm = {
        "AlarmName": name, "Namespace": namespace, "MetricName": "m", "Statistic": "Average", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 80.0, "ComparisonOperator": "GreaterThanThreshold",
    }
    cloudwatch.put_metric_alarm(**{**alarm, **more})


def ago(minutes):
    """A whole minute, so long ago."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
    return now - datetime.timedelta(minutes=minutes)


def put(cloudwatch, namespace, value, minutes=0, **more):
    datum = {"MetricName": "m", "Value": value, "Timestamp": ago(minutes), **more}
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=[datum])


def statistics(cloudwatch, namespace, **more):
    asked = {"Namespace": namespace, "MetricName": "m", "StartTime": ago(10), "EndTime": ago(-60), "Period": 900, "Statistics": ["Sum"]}
    return cloudwatch.get_metric_statistics(**{**asked, **more})


def test_values_become_statistics(cloudwatch, namespace):
    for minutes, value in [(9, 1.0), (8, 5.0), (7, 3.0)]:
        put(cloudwatch, namespace, value, minutes, Unit="Count")
    answer = statistics(cloudwatch, namespace, Statistics=["SampleCount", "Average", "Sum", "Minimum", "Maximum"])
    [point] = answer["Datapoints"]
    got = [point[s] for s in ("SampleCount", "Average", "Sum", "Minimum", "Maximum", "Unit")]
    assert got == [3.0, 3.0, 9.0, 1.0, 5.0, "Count"] and answer["Label"] == "m"


@not_moto("takes values otherwise")
def test_values_come_in_three_ways(cloudwatch, namespace):
    data = [
        {"MetricName": "m", "Values": [1.0, 2.0], "Counts": [3.0, 1.0]},
        {"MetricName": "m", "StatisticValues": {"SampleCount": 2, "Sum": 10, "Minimum": 4, "Maximum": 6}},
    ]
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)
    [point] = statistics(cloudwatch, namespace, Statistics=["SampleCount", "Sum"])["Datapoints"]
    assert (point["SampleCount"], point["Sum"]) == (6.0, 15.0)


@not_moto("has no percentiles")
def test_percentiles(cloudwatch, namespace):
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=[{"MetricName": "m", "Values": [float(i) for i in range(1, 101)]}])
    asked = {"Namespace": namespace, "MetricName": "m", "StartTime": ago(10), "EndTime": ago(-60), "Period": 900}
    [point] = cloudwatch.get_metric_statistics(**asked, ExtendedStatistics=["p50", "p99"])["Datapoints"]
    assert point["ExtendedStatistics"] == {"p50": 50.0, "p99": 99.0}


def test_metrics_are_listed(cloudwatch, namespace):
    put(cloudwatch, namespace, 1.0, Dimensions=[{"Name": "Host", "Value": "a"}])
    put(cloudwatch, namespace, 1.0, Dimensions=[{"Name": "Host", "Value": "b"}])
    metrics = cloudwatch.list_metrics(Namespace=namespace)["Metrics"]
    assert sorted(m["Dimensions"][0]["Value"] for m in metrics) == ["a", "b"]
    [one] = cloudwatch.list_metrics(Namespace=namespace, Dimensions=[{"Name": "Host", "Value": "b"}])["Metrics"]
    assert one["MetricName"] == "m"


@not_moto("has other words")
def test_what_cannot_be_is_refused_by_the_codes_of_the_query_protocol(cloudwatch, namespace):
    said = refused(lambda: put(cloudwatch, "AWS/EC2", 1.0), "InvalidParameterValue")
    assert said == "The value AWS/EC2 for parameter Namespace is invalid."
    old = lambda: put(cloudwatch, namespace, 1.0, minutes=15 * 24 * 60)
    assert "no more than two weeks in the past" in refused(old, "InvalidParameterValue")
    with pytest.raises(cloudwatch.exceptions.InvalidParameterValueException):
        old()
    both = lambda: cloudwatch.put_metric_data(Namespace=namespace, MetricData=[{"MetricName": "m", "Value": 1.0, "Values": [1.0]}])
    refused(both, "InvalidParameterCombination")
    many = lambda: statistics(cloudwatch, namespace, Period=60, StartTime=ago(3000))
    assert "exceeds the limit of 1440" in refused(many, "InvalidParameterCombination")


@not_moto("evaluates few expressions")
def test_metric_data_and_math(cloudwatch, namespace):
    for minutes, value in [(9, 10.0), (8, 20.0)]:
        put(cloudwatch, namespace, value, minutes)
    metric = {"Id": "m1", "MetricStat": {"Metric": {"Namespace": namespace, "MetricName": "m"}, "Period": 60, "Stat": "Sum"}}
    queries = [metric, {"Id": "e1", "Expression": "m1 * 2 + 1", "Label": "twice"}, {"Id": "e2", "Expression": "IF(m1 > 10, m1, 0)"}]
    answer = cloudwatch.get_metric_data(MetricDataQueries=queries, StartTime=ago(10), EndTime=ago(5), ScanBy="TimestampAscending")
    got = {r["Id"]: (r["Label"], r["Values"], r["StatusCode"]) for r in answer["MetricDataResults"]}
    assert got["m1"] == ("m", [10.0, 20.0], "Complete")
    assert got["e1"] == ("twice", [21.0, 41.0], "Complete")
    assert got["e2"][1] == [0.0, 20.0]
    wrong = lambda: cloudwatch.get_metric_data(MetricDataQueries=[metric, {"Id": "e", "Expression": "m1 +"}], StartTime=ago(10), EndTime=ago(5))
    assert "Error in expression 'e'" in refused(wrong, "ValidationError")


def test_alarms_are_described(cloudwatch, namespace, alarm):
    [one] = cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    assert (one["StateValue"], one["Threshold"], one["Statistic"]) == ("INSUFFICIENT_DATA", 80.0, "Average") or one["StateValue"] == "OK"
    assert one["AlarmArn"] == f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{alarm}"
    [same] = cloudwatch.describe_alarms_for_metric(Namespace=namespace, MetricName="m")["MetricAlarms"]
    assert same["AlarmName"] == alarm
    cloudwatch.get_waiter("alarm_exists").wait(AlarmNames=[alarm])


@pytest.mark.not_moto("it breaks at DisableAlarmActions")
def test_alarms_are_set_and_switched(cloudwatch, alarm):
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="a try")
    [one] = cloudwatch.describe_alarms(AlarmNames=[alarm], StateValue="ALARM")["MetricAlarms"]
    assert one["StateReason"] == "a try"
    cloudwatch.disable_alarm_actions(AlarmNames=[alarm])
    assert cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"][0]["ActionsEnabled"] is False


@not_moto("evaluates no alarm")
def test_alarms_are_evaluated_in_lab_time(cloudwatch, namespace, alarm, pass_time):
    state = lambda: cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"][0]
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=[{"MetricName": "m", "Value": 95.0}])
    pass_time("70s")
    assert state()["StateValue"] == "ALARM"
    assert "was greater than the threshold (80.0) (minimum 1 datapoint for OK -> ALARM transition)." in state()["StateReason"]
    pass_time("10m")
    assert state()["StateValue"] == "INSUFFICIENT_DATA"
    items = cloudwatch.describe_alarm_history(AlarmName=alarm, HistoryItemType="StateUpdate", ScanBy="TimestampAscending")["AlarmHistoryItems"]
    assert [i["HistorySummary"] for i in items] == ["Alarm updated from INSUFFICIENT_DATA to ALARM", "Alarm updated from ALARM to INSUFFICIENT_DATA"]


@not_moto("evaluates no rule")
def test_composite_alarms_follow_their_rules(cloudwatch, alarm):
    name = unique("both")
    cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule=f'ALARM("{alarm}") AND NOT FALSE')
    state = lambda: cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]["StateValue"]
    assert state() == "OK"
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="a try")
    assert state() == "ALARM"
    cloudwatch.delete_alarms(AlarmNames=[name])


@not_moto("has other words")
def test_alarms_that_are_not_there(cloudwatch):
    said = refused(lambda: cloudwatch.delete_alarms(AlarmNames=["none"]), "ResourceNotFound")
    assert said == "Unknown Alarm Name"
    with pytest.raises(cloudwatch.exceptions.ResourceNotFound):
        cloudwatch.set_alarm_state(AlarmName="none", StateValue="OK", StateReason="x")


def test_alarms_have_tags(cloudwatch, alarm):
    arn = f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{alarm}"
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "b", "Value": "2"}]


@not_moto("does not filter logs")
def test_metric_filters_of_logs_measure(cloudwatch, namespace):
    logs = client("logs")
    group = unique("/peer/measured")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    transformation = {"metricName": "m", "metricNamespace": namespace, "metricValue": "$.ms", "unit": "Milliseconds"}
    logs.put_metric_filter(logGroupName=group, filterName="f", filterPattern="{ $.ms > 10 }", metricTransformations=[transformation])
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": json.dumps({"ms": ms})} for ms in (5, 20, 40)]
    assert "rejectedLogEventsInfo" not in logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)
    points = statistics(cloudwatch, namespace, Statistics=["Sum", "SampleCount"])["Datapoints"]
    assert [(p["Sum"], p["SampleCount"], p["Unit"]) for p in points] == [(60.0, 2.0, "Milliseconds")]
    logs.delete_log_group(logGroupName=group)


@not_moto("does not refuse")
def test_what_is_not_simulated_is_refused_by_name(cloudwatch):
    said = refused(lambda: cloudwatch.list_dashboards(), "UnknownOperationException")
    assert said == "The operation ListDashboards of Amazon CloudWatch is not simulated here"


def aws(*words):
    env = {**os.environ, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": REGION, "AWS_CONFIG_FILE": os.devnull}
    done = subprocess.run([AWS, "--endpoint-url", ENDPOINT, "cloudwatch", *words], capture_output=True, text=True, env=env, timeout=120)
    return done.returncode, (done.stdout or done.stderr).strip()


def test_the_command_line_does_it_too(namespace):
    assert aws("put-metric-data", "--namespace", namespace, "--metric-name", "m", "--value", "7") == (0, "")
    told = aws("list-metrics", "--namespace", namespace, "--query", "Metrics[].MetricName", "--output", "text")
    assert told == (0, "m")

"""CloudWatch Logs as boto3 and Amazon's own `aws` see it."""

import json
import os
import subprocess
import sys
import time

import pytest
from botocore.exceptions import ClientError

from conftest import ENDPOINT, KEY, PEER, REGION, SECRET, client, unique

AWS = os.path.join(os.path.dirname(sys.executable), "aws")
not_moto = pytest.mark.not_moto
DAY = 24 * 3600 * 1000


@pytest.fixture(scope="module")
def logs():
    return client("logs")


@pytest.fixture
def group(logs):
    """A group with the stream `s`."""
    name = unique("/peer/logs")
    logs.create_log_group(logGroupName=name, tags={"made": "here"})
    logs.create_log_stream(logGroupName=name, logStreamName="s")
    yield name
    logs.delete_log_group(logGroupName=name)


def now():
    """Milliseconds since 1970, by the lab's clock: other tests may have moved it on."""
    if PEER == "moto":
        return int(time.time() * 1000)
    logs, name = client("logs"), unique("/peer/clock")
    logs.create_log_group(logGroupName=name)
    [made] = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    logs.delete_log_group(logGroupName=name)
    return made["creationTime"]


def put(logs, group, *messages, at=None, stream="s"):
    """Puts messages a millisecond apart, and gives the answer."""
    at = now() - 5000 if at is None else at
    events = [{"timestamp": at + i, "message": m} for i, m in enumerate(messages)]
    return logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


def messages(answer):
    return [event["message"] for event in answer["events"]]


def refused(call, code="InvalidParameterException"):
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    got = answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]
    assert got == (code, 400), answer["Error"]
    return answer["Error"]["Message"]


def found(logs, group, pattern):
    return messages(logs.filter_log_events(logGroupName=group, filterPattern=pattern))


def test_groups_are_listed_with_what_is_set(logs, group):
    logs.put_retention_policy(logGroupName=group, retentionInDays=14)
    [one] = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}"
    assert (one["logGroupName"], one["arn"], one["retentionInDays"]) == (group, arn + ":*", 14)
    assert (one["metricFilterCount"], one["storedBytes"]) == (0, 0)
    logs.delete_retention_policy(logGroupName=group)
    [one] = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert "retentionInDays" not in one
    assert logs.list_tags_log_group(logGroupName=group)["tags"] == {"made": "here"}


def test_a_name_is_used_once(logs, group):
    said = refused(lambda: logs.create_log_group(logGroupName=group), "ResourceAlreadyExistsException")
    assert said == "The specified log group already exists"


def test_what_is_not_there_is_not_found(logs, group):
    code = "ResourceNotFoundException"
    gone = unique("/gone")
    assert refused(lambda: logs.delete_log_group(logGroupName=gone), code) == "The specified log group does not exist."
    assert refused(lambda: put(logs, group, "x", stream="t"), code) == "The specified log stream does not exist."


@not_moto("does not look at names")
def test_names_are_held_to_their_pattern(logs):
    said = refused(lambda: logs.create_log_group(logGroupName="a b"))
    assert said == (
        "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must "
        r"satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+"
    )


def test_events_are_read_in_order(logs, group):
    put(logs, group, "one", "two", "three")
    answer = logs.get_log_events(logGroupName=group, logStreamName="s", startFromHead=True, limit=2)
    assert messages(answer) == ["one", "two"]
    token = answer["nextForwardToken"]
    answer = logs.get_log_events(logGroupName=group, logStreamName="s", startFromHead=True, nextToken=token)
    assert messages(answer) == ["three"]
    last = logs.get_log_events(logGroupName=group, logStreamName="s", limit=1)
    assert messages(last) == ["three"]


@not_moto("has tokens of its own")
def test_tokens_stay_at_the_end_and_lead_on_to_what_comes(logs, group):
    put(logs, group, "one")
    page = lambda token: logs.get_log_events(logGroupName=group, logStreamName="s", startFromHead=True, nextToken=token)
    token = logs.get_log_events(logGroupName=group, logStreamName="s", startFromHead=True)["nextForwardToken"]
    assert token.startswith("f/") and token.endswith("/s") and len(token) == 60
    assert (page(token)["events"], page(token)["nextForwardToken"]) == ([], token)
    put(logs, group, "two", at=now())
    assert messages(page(token)) == ["two"]
    assert refused(lambda: page("x")) == "The specified nextToken is invalid."


@not_moto("reads the end too")
def test_times_bound_what_is_read(logs, group):
    at = now() - 10_000
    put(logs, group, "a", "b", "c", at=at)
    read = lambda **times: messages(logs.get_log_events(logGroupName=group, logStreamName="s", **times))
    assert read(startTime=at + 1) == ["b", "c"]
    assert read(startTime=at, endTime=at + 2) == ["a", "b"]


@not_moto("takes what AWS does not")
def test_a_batch_has_its_limits(logs, group):
    send = lambda events: logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)
    begin = now()
    event = lambda at, message="x": {"timestamp": begin + at, "message": message}
    assert refused(lambda: send([event(0), event(-5)])) == "Log events in a single PutLogEvents request must be in chronological order."
    assert refused(lambda: send([event(-DAY - 1000), event(0)])).endswith("request cannot span more than 24 hours.")
    assert refused(lambda: send([event(0, "x" * 1_048_551)])) == "Log event too large: 1048577 bytes exceeds limit of 1048576"
    half = "x" * 600_000
    assert refused(lambda: send([event(0, half), event(1, half)])).startswith("Upload too large: 1200052 bytes")


def test_events_too_new_or_too_old_are_rejected(logs, group):
    answer = logs.put_log_events(
        logGroupName=group, logStreamName="s",
        logEvents=[{"timestamp": now(), "message": "a"}, {"timestamp": now() + 3 * 3600 * 1000, "message": "b"}],
    )
    assert answer["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 1}
    answer = put(logs, group, "x", at=now() - 15 * DAY)
    assert answer["rejectedLogEventsInfo"]["tooOldLogEventEndIndex"] in (0, 1)
    assert messages(logs.filter_log_events(logGroupName=group)) == ["a"]


def test_streams_are_listed(logs, group):
    for name in ("r", "t"):
        logs.create_log_stream(logGroupName=group, logStreamName=name)
    put(logs, group, "x", stream="r")
    names = lambda **how: [s["logStreamName"] for s in logs.describe_log_streams(logGroupName=group, **how)["logStreams"]]
    assert names() == ["r", "s", "t"]
    assert names(descending=True) == ["t", "s", "r"]
    assert names(logStreamNamePrefix="t") == ["t"]
    assert names(orderBy="LastEventTime", descending=True)[0] == "r"
    pages = logs.get_paginator("describe_log_streams").paginate(logGroupName=group, PaginationConfig={"PageSize": 2})
    assert [len(page["logStreams"]) for page in pages] == [2, 1]
    said = refused(lambda: names(orderBy="LastEventTime", logStreamNamePrefix="t"))
    assert said == "Cannot order by LastEventTime with a logStreamNamePrefix."


def test_terms_are_found(logs, group):
    lines = ["ERROR one", "ERROR two WARN", "WARN three", "INFO four"]
    put(logs, group, *lines)
    assert found(logs, group, "ERROR") == lines[:2]
    assert found(logs, group, "ERROR WARN") == lines[1:2]
    assert found(logs, group, '"two WARN"') == lines[1:2]
    assert found(logs, group, "") == lines


@not_moto("knows no such patterns")
@pytest.mark.parametrize(
    ("pattern", "want"),
    [
        ("?ERROR ?WARN", [0, 1]),
        ("-ERROR -WARN", [2, 3, 4]),
        ("%code=[0-9]+%", [0]),
        ('{ $.status = 4* && $.user.name != "bob" }', [2]),
        ("{ $.latency > 100 || $.none IS NULL }", [3]),
        ("{ $.latency NOT EXISTS }", [2]),
        ('{ $.tags[*] = "b" }', [2]),
        ("[ip, ..., status = 2*, bytes > 1000]", [4]),
    ],
)
def test_patterns_find_what_they_say(logs, group, pattern, want):
    lines = [
        "ERROR code=42",
        "WARN",
        '{"status": 404, "user": {"name": "ada"}, "tags": ["a", "b"]}',
        '{"latency": 250, "none": null}',
        '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET / HTTP/1.0" 200 1534',
    ]
    put(logs, group, *lines)
    assert found(logs, group, pattern) == [lines[i] for i in want]


@not_moto("takes any pattern")
def test_what_is_no_pattern_is_refused(logs, group):
    assert refused(lambda: found(logs, group, "a:b")) == "Invalid character(s) in term ':'"
    assert refused(lambda: found(logs, group, "{ $.a = 1")) == "If a filter pattern starts with '{' it must end with '}'"


def test_a_search_pages_over_streams(logs, group):
    logs.create_log_stream(logGroupName=group, logStreamName="t")
    at = now() - 10_000
    put(logs, group, "1", "3", at=at)
    put(logs, group, "2", at=at + 1, stream="t")
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, PaginationConfig={"PageSize": 2})
    events = [event for page in pages for event in page["events"]]
    assert len(events) == 3 and {e["logStreamName"] for e in events} == {"s", "t"}
    assert len({e["eventId"] for e in events}) == 3
    only = logs.filter_log_events(logGroupName=group, logStreamNames=["t"])
    assert messages(only) == ["2"]


def test_metric_filters_come_and_go(logs, group):
    transformation = {"metricName": "Errors", "metricNamespace": unique("Peer"), "metricValue": "1", "defaultValue": 0.0, "unit": "Count"}
    logs.put_metric_filter(logGroupName=group, filterName="f", filterPattern="ERROR", metricTransformations=[transformation])
    [one] = logs.describe_metric_filters(logGroupName=group, filterNamePrefix="f")["metricFilters"]
    assert (one["filterPattern"], one["metricTransformations"]) == ("ERROR", [transformation])
    [same] = logs.describe_metric_filters(metricName="Errors", metricNamespace=transformation["metricNamespace"])["metricFilters"]
    assert same["logGroupName"] == group
    logs.delete_metric_filter(logGroupName=group, filterName="f")
    assert logs.describe_metric_filters(logGroupName=group)["metricFilters"] == []


@not_moto("does not test filters")
def test_a_filter_is_tried(logs):
    answer = logs.test_metric_filter(filterPattern="[a, b > 1]", logEventMessages=["x 1", "y 2"])
    assert answer["matches"] == [{"eventNumber": 2, "eventMessage": "y 2", "extractedValues": {"$a": "y", "$b": "2"}}]


@not_moto("has other words")
def test_a_filter_with_dimensions_has_no_default(logs, group):
    transformation = {"metricName": "m", "metricNamespace": "n", "metricValue": "1", "defaultValue": 0.0, "dimensions": {"A": "$.a"}}
    said = refused(lambda: logs.put_metric_filter(logGroupName=group, filterName="f", filterPattern="{ $.a = * }", metricTransformations=[transformation]))
    assert said == "Invalid metric transformation: dimensions and default value are mutually exclusive properties"


def test_tags(logs, group):
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}"
    logs.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
    logs.untag_resource(resourceArn=arn, tagKeys=["made", "b"])
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "1"}


@not_moto("keeps everything")
def test_retention_acts_in_lab_time(logs, pass_time):
    group = unique("/peer/kept")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    logs.put_retention_policy(logGroupName=group, retentionInDays=1)
    put(logs, group, "short-lived", at=now())
    assert messages(logs.filter_log_events(logGroupName=group)) == ["short-lived"]
    pass_time("5d")
    assert messages(logs.filter_log_events(logGroupName=group)) == []
    logs.delete_log_group(logGroupName=group)


@not_moto("does not refuse")
def test_what_is_not_simulated_is_refused_by_name(logs):
    said = refused(lambda: logs.start_query(logGroupName="g", startTime=0, endTime=1, queryString="fields @message"), "UnknownOperationException")
    assert said == "The operation StartQuery of Amazon CloudWatch Logs is not simulated here"
    said = refused(lambda: logs.create_log_group(logGroupName="k", kmsKeyId="arn:aws:kms:us-east-1:1:key/k"), "ValidationException")
    assert "kmsKeyId is not simulated here" in said


@not_moto("asks nobody")
def test_policies_are_asked(iam, logs, group, user):
    name, key, secret = user
    theirs = client("logs", key, secret)
    code = "AccessDeniedException"
    denied = lambda: theirs.filter_log_events(logGroupName=group)
    assert f"logs:FilterLogEvents on resource: arn:aws:logs:us-east-1:123456789012:log-group:{group}:log-stream: " in refused(denied, code)
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:Filter*", "Resource": f"arn:aws:logs:*:*:log-group:{group}:*"}]}
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
    assert messages(denied()) == []


def aws(*words):
    env = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
    }
    done = subprocess.run([AWS, "--endpoint-url", ENDPOINT, "logs", *words], capture_output=True, text=True, env=env, timeout=120)
    return done.returncode, (done.stdout or done.stderr).strip()


def test_the_command_line_does_it_too(logs, group):
    at = now() - 1000
    event = json.dumps([{"timestamp": at, "message": "from the shell"}])
    code, told = aws("put-log-events", "--log-group-name", group, "--log-stream-name", "s", "--log-events", event, "--query", "rejectedLogEventsInfo")
    assert (code, told) == (0, "null")
    told = aws("filter-log-events", "--log-group-name", group, "--filter-pattern", "shell", "--query", "events[].message", "--output", "text")
    assert told == (0, "from the shell")
    code, told = aws("describe-log-groups", "--log-group-name-prefix", group, "--query", "logGroups[0].logGroupName", "--output", "text")
    assert (code, told) == (0, group)
    code, told = aws("get-log-events", "--log-group-name", "/gone", "--log-stream-name", "s")
    assert "(ResourceNotFoundException) when calling the GetLogEvents operation: The specified log group does not exist." in told

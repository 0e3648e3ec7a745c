"""How each service refuses what was not signed as it should be: a wrong secret, a stranger's key, a clock
that is wrong, a request that was changed on its way or signed for another service or host, and one
that is sent again."""

import datetime
import json
import urllib.request

import botocore.auth
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from conftest import ENDPOINT, KEY, REGION, SECRET, client, fetch

pytestmark = pytest.mark.not_moto("it takes whatever is signed, and however")

# Each service with an operation that only looks.
SERVICES = {
    "autoscaling": "describe_auto_scaling_groups",
    "cloudformation": "list_stacks",
    "cloudfront": "list_distributions",
    "cloudwatch": "list_metrics",
    "dynamodb": "list_tables",
    "dynamodbstreams": "list_streams",
    "ec2": "describe_vpcs",
    "ecr": "describe_repositories",
    "ecs": "list_clusters",
    "elbv2": "describe_load_balancers",
    "iam": "list_users",
    "logs": "describe_log_groups",
    "s3": "list_buckets",
    "ssm": "describe_parameters",
    "sts": "get_caller_identity",
}
JSON = {"cloudwatch", "dynamodb", "dynamodbstreams", "ecr", "ecs", "logs", "ssm"}

each = pytest.mark.parametrize("service", SERVICES)


def refusal(service, **who):
    with pytest.raises(ClientError) as error:
        getattr(client(service, **who), SERVICES[service])()
    answer = error.value.response
    return answer["Error"]["Code"].split("#")[-1], answer["ResponseMetadata"]["HTTPStatusCode"]


def unlike(service):
    """A signature that does not fit, as the service says it."""
    return ("InvalidSignatureException", 400) if service in JSON else ("SignatureDoesNotMatch", 403)


@each
def test_a_wrong_secret(service):
    wanted = ("AuthFailure", 401) if service == "ec2" else unlike(service)
    assert refusal(service, secret=SECRET + "x") in (wanted, unlike(service))


@each
def test_a_strangers_key(service):
    wanted = {"s3": ("InvalidAccessKeyId", 403), "ec2": ("AuthFailure", 401)}
    usual = ("UnrecognizedClientException", 400) if service in JSON else ("InvalidClientTokenId", 403)
    assert refusal(service, key="AKIAIOSFODNN7EXAMPLE") == wanted.get(service, usual)


@each
def test_a_wrong_clock(service, monkeypatch):
    wanted = {"s3": ("RequestTimeTooSkewed", 403), "ec2": ("RequestExpired", 400)}
    for minutes in (-20, 20):
        moved = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
        monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *a, moved=moved, **k: moved)
        assert refusal(service) in (unlike(service), wanted.get(service))
    monkeypatch.undo()
    getattr(client(service), SERVICES[service])()


def signed(name, region, body=b"{}", target="AmazonEC2ContainerServiceV20141113.ListClusters"):
    """A request to ECS, signed by hand."""
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target}
    request = AWSRequest("POST", ENDPOINT + "/", headers=headers, data=body)
    SigV4Auth(Credentials(KEY, SECRET), name, region).add_auth(request)
    return dict(request.headers)


def send(headers, body=b"{}"):
    status, _, answer = fetch(ENDPOINT + "/", "POST", body, headers)
    told = json.loads(answer or b"{}")
    return status, told.get("__type", "").split("#")[-1], told.get("message") or told.get("Message") or ""


def test_what_was_changed_on_its_way():
    assert send(signed("ecs", REGION))[0] == 200
    assert send(signed("ecs", REGION), b'{"maxResults": 1}')[:2] == (400, "InvalidSignatureException")
    headers = signed("ecs", REGION)
    headers["X-Amz-Target"] = "AmazonEC2ContainerServiceV20141113.DescribeClusters"
    assert send(headers)[:2] == (400, "InvalidSignatureException")
    # A host that was not signed.
    headers = signed("ecs", REGION)
    headers["Host"] = "ecs.us-east-1.amazonaws.com.example.com"
    assert send(headers)[0] in (400, 403)
    # Headers that are not signed may come and go.
    assert send({**signed("ecs", REGION), "X-Other": "1"})[0] == 200


def test_what_was_signed_for_something_else():
    status, code, message = send(signed("sqs", REGION))
    assert (status, code) == (400, "InvalidSignatureException") and "correct service" in message, message


def test_the_same_request_again():
    """A copy is as good as the first until its date is too old: there is no number used once."""
    headers = signed("ecs", REGION)
    assert [send(headers)[0], send(headers)[0]] == [200, 200]


def test_what_is_not_signed_at_all():
    for service, (status, word) in {
        "ecs": (400, "MissingAuthenticationToken"),
        "dynamodb": (400, "MissingAuthenticationToken"),
    }.items():
        target = {"ecs": "AmazonEC2ContainerServiceV20141113.ListClusters", "dynamodb": "DynamoDB_20120810.ListTables"}
        headers = {"X-Amz-Target": target[service], "Content-Type": "application/x-amz-json-1.1"}
        got = send(headers)
        assert got[0] == status and got[1].startswith(word), got
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for body, status, word in (
        (b"Action=DescribeVpcs&Version=2016-11-15", 401, b"AuthFailure"),
        (b"Action=DescribeLoadBalancers&Version=2015-12-01", 403, b"MissingAuthenticationToken"),
        (b"Action=ListStacks&Version=2010-05-15", 403, b"MissingAuthenticationToken"),
    ):
        got, _, answer = fetch(ENDPOINT + "/", "POST", body, form)
        assert got == status and word in answer, (body, got, answer)


def test_a_page_of_another_site():
    """A browser sends what a page asks; its origin tells, and no signature does."""
    request = urllib.request.Request(ENDPOINT + "/", headers={"Origin": "https://evil.example"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    assert status in (400, 403)

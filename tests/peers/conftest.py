"""The endpoint under test, clients for it, and buckets that are gone when a test is.

The endpoint comes from the environment, so that the same assertions run against `distlab serve` and
against moto:

    DISTLAB_ENDPOINT           http://127.0.0.1:4566
    DISTLAB_ACCESS_KEY_ID      the root user's key, as `distlab serve` prints it
    DISTLAB_SECRET_ACCESS_KEY
    PEER                       `distlab` (the default) or `moto`
    DISTLAB, DISTLAB_HOME      the program and its profile, whose lab time some tests move on

A test where moto is known to differ from AWS is marked `@pytest.mark.not_moto("reason")`.
"""

import itertools
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = os.environ.get("DISTLAB_ENDPOINT", "http://127.0.0.1:4566")
KEY = os.environ.get("DISTLAB_ACCESS_KEY_ID", "testing")
SECRET = os.environ.get("DISTLAB_SECRET_ACCESS_KEY", "testing")
PEER = os.environ.get("PEER", "distlab")
REGION = "us-east-1"

# The fixtures that the tests of DynamoDB share.
pytest_plugins = ["dynamodb_kit"]

_numbers = itertools.count(int(time.time() * 1000) % 10_000_000)


def pytest_configure(config):
    config.addinivalue_line("markers", "not_moto(reason): moto answers otherwise than AWS here")


def pytest_collection_modifyitems(items):
    if PEER != "moto":
        return
    for item in items:
        marker = item.get_closest_marker("not_moto")
        if marker:
            item.add_marker(pytest.mark.skip(reason="moto: " + marker.args[0]))


def client(service, key=KEY, secret=SECRET, token=None, **config):
    config.setdefault("retries", {"max_attempts": 1})
    return boto3.client(
        service,
        endpoint_url=ENDPOINT,
        region_name=REGION,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(**config),
    )


def refused(call, code, status=400):
    """The message with which a call is refused: by this code and status."""
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status), answer["Error"]
    return answer["Error"]["Message"]


def amazons_aws(*words):
    """What Amazon's own `aws` answers, read from its JSON."""
    env = {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": REGION,
    }
    program = os.path.join(os.path.dirname(sys.executable), "aws")
    line = [program, "--endpoint-url", ENDPOINT, "--output", "json", *words]
    done = subprocess.run(line, capture_output=True, text=True, env=env, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else None


def fetch(url, method="GET", data=None, headers=None):
    """Status, headers and body of a plain HTTP request."""
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    if data is not None and not request.has_header("Content-type"):
        # urllib would send a form's type, which a signature of another would not match.
        request.add_header("Content-type", "")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, _lower(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, _lower(error.headers), error.read()


@pytest.fixture(scope="session")
def pass_time():
    """Moves lab time on; moto has none, and does at once what takes its time."""

    def move(span):
        if PEER != "moto":
            distlab = os.environ.get("DISTLAB", "distlab")
            subprocess.run([distlab, "time", "--lab", "serve", span], check=True, capture_output=True)

    return move


def _lower(headers):
    return {name.lower(): value for name, value in headers.items()}


def unique(prefix):
    return f"{prefix}-{next(_numbers)}"


@pytest.fixture(scope="session")
def s3():
    return client("s3")


@pytest.fixture(scope="session")
def iam():
    return client("iam")


@pytest.fixture(scope="session")
def sts():
    return client("sts")


@pytest.fixture
def bucket(s3):
    name = unique("peer")
    s3.create_bucket(Bucket=name)
    yield name
    try:
        s3.delete_bucket_policy(Bucket=name)
        empty(s3, name)
        s3.delete_bucket(Bucket=name)
    except s3.exceptions.NoSuchBucket:
        pass


def empty(s3, name):
    for upload in s3.list_multipart_uploads(Bucket=name).get("Uploads", []):
        s3.abort_multipart_upload(Bucket=name, Key=upload["Key"], UploadId=upload["UploadId"])
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        for entry in page.get("Versions", []) + page.get("DeleteMarkers", []):
            s3.delete_object(Bucket=name, Key=entry["Key"], VersionId=entry["VersionId"])


def open_to_public(s3, name):
    """Takes away what keeps a new bucket private."""
    s3.delete_public_access_block(Bucket=name)
    s3.put_bucket_ownership_controls(
        Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )


@pytest.fixture
def user(iam):
    """An IAM user with a key and nothing allowed: name, S3 client, key pair."""
    name = unique("alice")
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    yield name, key["AccessKeyId"], key["SecretAccessKey"]
    for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
        iam.delete_user_policy(UserName=name, PolicyName=policy)
    for attached in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]:
        iam.detach_user_policy(UserName=name, PolicyArn=attached["PolicyArn"])
    for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=name)

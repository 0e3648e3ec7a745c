"""ECR as boto3 and the registry's host show it: repositories, images, policies, scans, credentials."""

import base64
import hashlib
import json
import os
import shlex
import ssl
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError, WaiterError

from conftest import ENDPOINT, KEY, PEER, REGION, SECRET, client

not_moto = pytest.mark.not_moto

IMAGE = "application/vnd.docker.distribution.manifest.v2+json"
ACCOUNT = "123456789012"
HOST = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
LIFECYCLE = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "description": "no more than one image is kept here",
                "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1},
                "action": {"type": "expire"},
            }
        ]
    }
)


@pytest.fixture
def ecr():
    return client("ecr")


@pytest.fixture
def repository(ecr, request):
    name = "team/" + request.node.name.replace("_", "-").replace("[", "-").replace("]", "")
    ecr.create_repository(repositoryName=name)
    yield name
    try:
        ecr.delete_repository(repositoryName=name, force=True)
    except ClientError:
        pass


def refused(code, call, **arguments):
    """The message of a refusal with this code."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    return error["Message"]


def test_a_repository_says_where_it_is(ecr, repository):
    [told] = ecr.describe_repositories(repositoryNames=[repository])["repositories"]
    assert told["repositoryUri"].endswith(f".dkr.ecr.us-east-1.amazonaws.com/{repository}")
    assert told["repositoryArn"].startswith("arn:aws:ecr:us-east-1:")
    assert told["repositoryArn"].endswith(f":repository/{repository}")
    assert told["imageTagMutability"] == "MUTABLE"
    assert told["imageScanningConfiguration"] == {"scanOnPush": False}
    assert told["encryptionConfiguration"] == {"encryptionType": "AES256"}
    every = [r["repositoryName"] for p in ecr.get_paginator("describe_repositories").paginate() for r in p["repositories"]]
    assert repository in every


def test_a_name_is_taken_once(ecr, repository):
    told = refused("RepositoryAlreadyExistsException", ecr.create_repository, repositoryName=repository)
    assert told == f"The repository with name '{repository}' already exists in the registry with id '{ACCOUNT}'"


@pytest.mark.parametrize("name", ["Upper", "-x", "a//b"])
def test_a_wrong_name_is_refused(ecr, name):
    told = refused("InvalidParameterException", ecr.create_repository, repositoryName=name)
    assert told.startswith("Invalid parameter at 'repositoryName' failed to satisfy constraint: ")


@pytest.mark.parametrize("call", ["list_images", "get_lifecycle_policy", "get_repository_policy", "delete_repository"])
def test_what_is_not_there_is_said_so(ecr, call):
    told = refused("RepositoryNotFoundException", getattr(ecr, call), repositoryName="no-such")
    assert told == f"The repository with name 'no-such' does not exist in the registry with id '{ACCOUNT}'"


def test_labels(ecr, repository):
    [told] = ecr.describe_repositories(repositoryNames=[repository])["repositories"]
    arn = told["repositoryArn"]
    ecr.tag_resource(resourceArn=arn, tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    ecr.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert ecr.list_tags_for_resource(resourceArn=arn)["tags"] == [{"Key": "b", "Value": "2"}]


@not_moto("moto calls a repository that is scanned on push one that is scanned by hand")
def test_settings(ecr, repository):
    told = ecr.put_image_tag_mutability(repositoryName=repository, imageTagMutability="IMMUTABLE")
    assert told["imageTagMutability"] == "IMMUTABLE"
    told = ecr.put_image_scanning_configuration(
        repositoryName=repository, imageScanningConfiguration={"scanOnPush": True}
    )
    assert told["imageScanningConfiguration"] == {"scanOnPush": True}
    told = ecr.batch_get_repository_scanning_configuration(repositoryNames=[repository])
    assert told["scanningConfigurations"][0]["scanFrequency"] == "SCAN_ON_PUSH"
    assert ecr.get_registry_scanning_configuration()["scanningConfiguration"]["scanType"] == "BASIC"
    assert ecr.describe_registry()["replicationConfiguration"] == {"rules": []}


def test_the_policy_of_a_repository(ecr, repository):
    missing = refused("RepositoryPolicyNotFoundException", ecr.get_repository_policy, repositoryName=repository)
    assert missing == (
        f"Repository policy does not exist for the repository with name '{repository}' in the registry "
        f"with id '{ACCOUNT}'"
    )
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["ecr:BatchGetImage"]}],
    }
    ecr.set_repository_policy(repositoryName=repository, policyText=json.dumps(policy))
    told = ecr.get_repository_policy(repositoryName=repository)
    assert json.loads(told["policyText"]) == policy
    assert json.loads(ecr.delete_repository_policy(repositoryName=repository)["policyText"]) == policy
    told = refused(
        "InvalidParameterException", ecr.set_repository_policy, repositoryName=repository, policyText='{"Version": "1"}'
    )
    assert told == (
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'"
    )


def test_a_lifecycle_policy(ecr, repository):
    told = refused("LifecyclePolicyNotFoundException", ecr.get_lifecycle_policy, repositoryName=repository)
    assert told == (
        f"Lifecycle policy does not exist for the repository with name '{repository}' in the registry "
        f"with id '{ACCOUNT}'"
    )
    ecr.put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=LIFECYCLE)
    told = ecr.get_lifecycle_policy(repositoryName=repository)
    assert json.loads(told["lifecyclePolicyText"]) == json.loads(LIFECYCLE)
    wrong = LIFECYCLE.replace('"action"', '"act"')
    told = refused(
        "InvalidParameterException", ecr.put_lifecycle_policy, repositoryName=repository, lifecyclePolicyText=wrong
    )
    assert told == (
        "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy "
        "validation failure: object has missing required properties ([\"action\"])'"
    )
    ecr.delete_lifecycle_policy(repositoryName=repository)


def test_credentials(ecr):
    [told] = ecr.get_authorization_token()["authorizationData"]
    assert told["proxyEndpoint"] == f"https://{HOST}"
    user, _, password = base64.b64decode(told["authorizationToken"]).decode().partition(":")
    assert user == "AWS" and password


def aws(*words):
    """What Amazon's own `aws` prints."""
    env = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
    }
    line = [os.path.join(os.path.dirname(sys.executable), "aws"), "--endpoint-url", ENDPOINT, *words]
    return subprocess.run(line, check=True, capture_output=True, text=True, env=env, timeout=120).stdout


def test_amazons_own_aws_logs_in():
    password = aws("ecr", "get-login-password").strip()
    assert password
    user, word, told, name, flag, _, host = aws("ecr", "get-login", "--no-include-email").split()
    assert (user, word, told, name, flag) == ("docker", "login", "-u", "AWS", "-p")
    assert host == f"https://{HOST}"


@not_moto("moto simulates all of these or knows none of them")
@pytest.mark.parametrize(
    "call, arguments",
    [
        ("get_registry_policy", {}),
        ("put_replication_configuration", {"replicationConfiguration": {"rules": []}}),
        ("describe_pull_through_cache_rules", {}),
    ],
)
def test_what_is_not_simulated_is_refused_by_name(ecr, call, arguments):
    told = refused("UnknownOperationException", getattr(ecr, call), **arguments)
    assert told.endswith("of Amazon Elastic Container Registry is not simulated here")


# --- images: layers come in through the registry's host ---


class Host:
    """The registry's host, under its own name: through the session's proxy."""

    def __init__(self, ecr):
        line = [*os.environ["DISTLAB"].split(), "env"]
        told = subprocess.run(line, check=True, capture_output=True, text=True).stdout
        env = dict(shlex.split(one)[1].split("=", 1) for one in told.splitlines() if one.startswith("export "))
        proxy = urllib.request.ProxyHandler({"https": env["https_proxy"]})
        trust = ssl.create_default_context(cafile=env["SSL_CERT_FILE"])
        self.opener = urllib.request.build_opener(proxy, urllib.request.HTTPSHandler(context=trust))
        [told] = ecr.get_authorization_token()["authorizationData"]
        self.basic = "Basic " + told["authorizationToken"]

    def ask(self, method, path, body=None, basic=True, **headers):
        """Status, headers and body."""
        request = urllib.request.Request(f"https://{HOST}{path}", data=body, method=method)
        if basic:
            request.add_header("Authorization", self.basic if basic is True else basic)
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with self.opener.open(request) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def blob(self, repository, content):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        status, headers, _ = self.ask("POST", f"/v2/{repository}/blobs/uploads/", b"")
        assert status == 202
        status, _, body = self.ask("PUT", f"{headers['Location']}?digest={digest}", content)
        assert status == 201, body
        return {"digest": digest, "size": len(content)}

    def image(self, repository, layer):
        """A manifest whose blobs are there."""
        config = {"mediaType": "application/vnd.docker.container.image.v1+json", **self.blob(repository, b"{}")}
        layers = [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", **self.blob(repository, layer)}]
        return json.dumps({"schemaVersion": 2, "mediaType": IMAGE, "config": config, "layers": layers})

    def push(self, repository, layer, tag):
        manifest = self.image(repository, layer).encode()
        return self.ask("PUT", f"/v2/{repository}/manifests/{tag}", manifest, Content_Type=IMAGE)


@pytest.fixture
def host(ecr):
    if PEER != "distlab":
        pytest.skip("moto: it has no registry behind it")
    return Host(ecr)


def error_of(body):
    [error] = json.loads(body)["errors"]
    return error["code"], error["message"]


def test_who_shows_nothing_is_asked(host, repository):
    status, headers, _ = host.ask("GET", "/v2/", basic=False)
    assert status == 401
    assert headers["WWW-Authenticate"] == f'Basic realm="https://{HOST}/",service="ecr.amazonaws.com"'
    assert host.ask("GET", "/v2/")[0] == 200
    assert host.ask("GET", "/v2/", basic="Basic QVdTOng=")[0] == 400


def test_what_is_pushed_is_an_image(ecr, host, repository):
    status, headers, body = host.push(repository, b"a layer", "v1")
    assert status == 201, body
    digest = headers["Docker-Content-Digest"]
    [image] = ecr.describe_images(repositoryName=repository)["imageDetails"]
    assert (image["imageDigest"], image["imageTags"], image["imageSizeInBytes"]) == (digest, ["v1"], 7)
    got = ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": "v1"}])
    [image] = got["images"]
    ecr.put_image(repositoryName=repository, imageManifest=image["imageManifest"], imageTag="v2")
    told = refused(
        "ImageAlreadyExistsException",
        ecr.put_image,
        repositoryName=repository,
        imageManifest=image["imageManifest"],
        imageTag="v2",
    )
    assert told.startswith(f"Image with digest '{digest}' and tag 'v2' already exists")
    told = ecr.batch_delete_image(repositoryName=repository, imageIds=[{"imageTag": "v1"}, {"imageTag": "no"}])
    assert told["imageIds"] == [{"imageDigest": digest, "imageTag": "v1"}]
    assert told["failures"][0]["failureCode"] == "ImageNotFound"
    told = refused("RepositoryNotEmptyException", ecr.delete_repository, repositoryName=repository)
    assert told.endswith("cannot be deleted because it still contains images")


def test_the_host_refuses_in_its_words(ecr, host, repository):
    status, _, body = host.ask("POST", f"/v2/no-such/blobs/uploads/", b"")
    assert (status, error_of(body)) == (
        404,
        ("NAME_UNKNOWN", f"The repository with name 'no-such' does not exist in the registry with id '{ACCOUNT}'"),
    )
    status, _, body = host.ask("GET", f"/v2/{repository}/manifests/none")
    assert (status, error_of(body)) == (404, ("MANIFEST_UNKNOWN", "Requested image not found"))
    ecr.put_image_tag_mutability(repositoryName=repository, imageTagMutability="IMMUTABLE")
    assert host.push(repository, b"one", "v1")[0] == 201
    status, _, body = host.push(repository, b"two", "v1")
    assert (status, error_of(body)) == (
        400,
        (
            "TAG_INVALID",
            f"The image tag 'v1' already exists in the '{repository}' repository and cannot be overwritten "
            "because the repository is immutable.",
        ),
    )


def test_a_scan(ecr, host, repository, pass_time):
    assert host.push(repository, b"one", "v1")[0] == 201
    image = {"repositoryName": repository, "imageId": {"imageTag": "v1"}}
    refused("ScanNotFoundException", ecr.describe_image_scan_findings, **image)
    assert ecr.start_image_scan(**image)["imageScanStatus"]["status"] == "IN_PROGRESS"
    told = ecr.describe_image_scan_findings(**image)
    assert told["imageScanStatus"]["status"] == "IN_PROGRESS"
    told = refused("LimitExceededException", ecr.start_image_scan, **image)
    assert told == "The scan quota per image has been exceeded. Wait and try again."
    pass_time("+20s")
    told = ecr.describe_image_scan_findings(**image)
    assert told["imageScanStatus"]["status"] == "COMPLETE"
    assert told["imageScanFindings"]["findings"] == []


def test_a_preview(ecr, host, repository):
    for layer in (b"one", b"two"):
        assert host.push(repository, layer, layer.decode())[0] == 201
    ecr.start_lifecycle_policy_preview(repositoryName=repository, lifecyclePolicyText=LIFECYCLE)
    waiter = ecr.get_waiter("lifecycle_policy_preview_complete")
    try:
        waiter.wait(repositoryName=repository, WaiterConfig={"Delay": 2, "MaxAttempts": 10})
    except WaiterError as error:
        pytest.fail(str(error))
    told = ecr.get_lifecycle_policy_preview(repositoryName=repository)
    assert told["summary"]["expiringImageTotalCount"] == 1
    assert told["previewResults"][0]["action"] == {"type": "EXPIRE"}

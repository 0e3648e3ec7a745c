"""Parameters of Systems Manager as boto3 and Amazon's own `aws` see them."""

import json
import os
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError

from conftest import ENDPOINT, KEY, REGION, SECRET, client, unique

AWS = os.path.join(os.path.dirname(sys.executable), "aws")
not_moto = pytest.mark.not_moto


@pytest.fixture(scope="module")
def ssm():
    return client("ssm")


@pytest.fixture
def root(ssm):
    """A path whose parameters are gone afterwards."""
    path = unique("/peer")
    yield path
    names = [p["Name"] for page in ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True) for p in page["Parameters"]]
    for at in range(0, len(names), 10):
        ssm.delete_parameters(Names=names[at : at + 10])


def refused(call, code="ValidationException"):
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    got = answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]
    assert got == (code, 400), answer["Error"]
    return answer["Error"]["Message"]


def put(ssm, name, value="v", **more):
    return ssm.put_parameter(Name=name, Value=value, **{"Type": "String", **more})


def test_a_parameter_is_written_read_and_overwritten(ssm, root):
    name = root + "/a"
    assert put(ssm, name, "1")["Version"] == 1
    said = refused(lambda: put(ssm, name, "2"), "ParameterAlreadyExists")
    assert said == "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."
    assert put(ssm, name, "2", Overwrite=True)["Version"] == 2
    got = ssm.get_parameter(Name=name)["Parameter"]
    assert (got["Value"], got["Version"], got["Type"], got["DataType"]) == ("2", 2, "String", "text")
    assert got["ARN"] == f"arn:aws:ssm:us-east-1:123456789012:parameter{name}"
    assert ssm.get_parameter(Name=name + ":1")["Parameter"]["Value"] == "1"
    said = refused(lambda: ssm.get_parameter(Name=name + "/none"), "ParameterNotFound")
    assert said == f"Parameter {name}/none not found."


def test_a_secret_is_told_when_it_is_decrypted(ssm, root):
    put(ssm, root + "/pw", "swordfish", Type="SecureString")
    assert ssm.get_parameter(Name=root + "/pw", WithDecryption=True)["Parameter"]["Value"] == "swordfish"
    assert ssm.get_parameter(Name=root + "/pw")["Parameter"]["Value"] != "swordfish"
    [told] = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [root + "/pw"]}])["Parameters"]
    assert (told["Type"], told["KeyId"]) == ("SecureString", "alias/aws/ssm")


def test_several_are_read_at_once(ssm, root):
    put(ssm, root + "/a", "1")
    put(ssm, root + "/b", "x,y", Type="StringList")
    answer = ssm.get_parameters(Names=[root + "/b", root + "/a", root + "/c"])
    assert {p["Name"]: p["Value"] for p in answer["Parameters"]} == {root + "/a": "1", root + "/b": "x,y"}
    assert answer["InvalidParameters"] == [root + "/c"]
    gone = ssm.delete_parameters(Names=[root + "/a", root + "/c"])
    assert (gone["DeletedParameters"], gone["InvalidParameters"]) == ([root + "/a"], [root + "/c"])


def test_hierarchies_are_walked(ssm, root):
    for name in ("/db/host", "/db/port", "/name"):
        put(ssm, root + name)
    names = lambda **how: [p["Name"][len(root) :] for p in ssm.get_parameters_by_path(Path=root, **how)["Parameters"]]
    assert names() == ["/name"]
    assert sorted(names(Recursive=True)) == ["/db/host", "/db/port", "/name"]
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=root, Recursive=True, PaginationConfig={"PageSize": 2})
    assert [len(page["Parameters"]) for page in pages] == [2, 1]
    found = ssm.describe_parameters(ParameterFilters=[{"Key": "Path", "Option": "Recursive", "Values": [root + "/db"]}])
    assert len(found["Parameters"]) == 2


def test_versions_have_labels(ssm, root):
    name = root + "/n"
    put(ssm, name, "1")
    put(ssm, name, "2", Overwrite=True)
    done = ssm.label_parameter_version(Name=name, ParameterVersion=1, Labels=["good", "1bad"])
    assert done["InvalidLabels"] == ["1bad"]
    assert ssm.get_parameter(Name=name + ":good")["Parameter"]["Value"] == "1"
    history = ssm.get_parameter_history(Name=name)["Parameters"]
    assert [(p["Version"], p["Value"], p["Labels"]) for p in history] == [(1, "1", ["good"]), (2, "2", [])]
    said = refused(lambda: ssm.get_parameter(Name=name + ":9"), "ParameterVersionNotFound")
    assert said == f"Systems Manager could not find version 9 of {name}. Verify the version and try again."


@not_moto("does not unlabel")
def test_labels_are_taken_away(ssm, root):
    name = root + "/n"
    put(ssm, name)
    ssm.label_parameter_version(Name=name, Labels=["good"])
    gone = ssm.unlabel_parameter_version(Name=name, ParameterVersion=1, Labels=["good", "none"])
    assert (gone["RemovedLabels"], gone["InvalidLabels"]) == (["good"], ["none"])


def test_parameters_have_tags(ssm, root):
    name = root + "/n"
    put(ssm, name, Tags=[{"Key": "a", "Value": "1"}])
    ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=[{"Key": "b", "Value": "2"}])
    ssm.remove_tags_from_resource(ResourceType="Parameter", ResourceId=name, TagKeys=["a"])
    assert ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"] == [{"Key": "b", "Value": "2"}]
    said = refused(lambda: put(ssm, name, Overwrite=True, Tags=[{"Key": "a", "Value": "1"}]))
    assert said.startswith("Invalid request: tags and overwrite can't be used together.")


@pytest.mark.parametrize(
    ("name", "more", "code", "words"),
    [
        ("/aws/x", {}, "AccessDeniedException", "No access to reserved parameter name: /aws/x."),
        ("/ssm/x", {}, "ValidationException", 'Parameter name: can\'t be prefixed with "ssm" (case-insensitive).'),
        ("ROOT/n", {"value": "x" * 4097}, "ValidationException", "Standard tier parameters support a maximum parameter value of 4096"),
        ("ROOT/n", {"AllowedPattern": "^[0-9]+$"}, "ParameterPatternMismatchException", "Parameter value, cannot be validated against allowedPattern: ^[0-9]+$"),
        ("ROOT/n", {"KeyId": "alias/aws/ssm"}, "ValidationException", "KeyId is required for SecureString type parameter only."),
        ("ROOT/n", {"Type": "SecureString", "KeyId": "alias/mine"}, "InvalidKeyId", "Alias arn:aws:kms:us-east-1:123456789012:alias/mine is not found."),
        ("ROOT/n", {"Policies": "[]"}, "ValidationException", "One or more parameter values were invalid: Policies is not simulated here"),
    ],
)
@not_moto("takes some of it, or has other words")
def test_what_cannot_be_is_refused(ssm, root, name, more, code, words):
    said = refused(lambda: put(ssm, name.replace("ROOT", root), **more), code)
    assert said.startswith(words), said


@not_moto("has the images of a day long ago")
def test_public_parameters_name_images(ssm):
    path = "/aws/service/ami-amazon-linux-latest"
    name = path + "/al2023-ami-kernel-default-x86_64"
    got = ssm.get_parameter(Name=name)["Parameter"]
    assert got["Value"].startswith("ami-") and got["ARN"] == f"arn:aws:ssm:us-east-1::parameter{name}"
    assert name in [p["Name"] for p in ssm.get_parameters_by_path(Path=path)["Parameters"]]
    ecs = "/aws/service/ecs/optimized-ami/amazon-linux-2/recommended"
    whole = json.loads(ssm.get_parameter(Name=ecs)["Parameter"]["Value"])
    assert whole["image_id"] == ssm.get_parameter(Name=ecs + "/image_id")["Parameter"]["Value"]


@not_moto("does not refuse")
def test_what_is_not_simulated_is_refused_by_name(ssm):
    said = refused(lambda: ssm.list_documents(), "UnknownOperationException")
    assert said == "The operation ListDocuments of Amazon Simple Systems Manager (SSM) is not simulated here"


@not_moto("asks nobody")
def test_policies_are_asked(iam, ssm, root, user):
    name, key, secret = user
    put(ssm, root + "/n")
    theirs = client("ssm", key, secret)
    read = lambda: theirs.get_parameter(Name=root + "/n")
    assert f"ssm:GetParameter on resource: arn:aws:ssm:us-east-1:123456789012:parameter{root}/n because" in refused(read, "AccessDeniedException")
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": f"arn:aws:ssm:*:*:parameter{root}/*"}]}
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
    assert read()["Parameter"]["Value"] == "v"


def aws(*words):
    env = {**os.environ, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": REGION, "AWS_CONFIG_FILE": os.devnull}
    done = subprocess.run([AWS, "--endpoint-url", ENDPOINT, "ssm", *words], capture_output=True, text=True, env=env, timeout=120)
    return done.returncode, (done.stdout or done.stderr).strip()


def test_the_command_line_does_it_too(root):
    assert aws("put-parameter", "--name", root + "/x", "--value", "from the shell", "--type", "SecureString", "--query", "Version") == (0, "1")
    told = aws("get-parameter", "--name", root + "/x", "--with-decryption", "--query", "Parameter.Value", "--output", "text")
    assert told == (0, "from the shell")
    code, told = aws("get-parameter", "--name", root + "/y")
    assert "(ParameterNotFound) when calling the GetParameter operation" in told

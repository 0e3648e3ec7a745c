"""Stacks as boto3 and Amazon's own `aws cloudformation` see them."""

import json
import os
import pathlib
import subprocess
import sys
import threading
import time

import botocore
import pytest

from conftest import ENDPOINT, KEY, PEER, REGION, SECRET, client, unique

not_moto = pytest.mark.not_moto
HERE = pathlib.Path(__file__).parent
NETWORK = (HERE / "cloudformation" / "network.yml").read_text()
GROUP = "Resources: {G: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: 7}}}"


@pytest.fixture(scope="session")
def cfn():
    return client("cloudformation")


@pytest.fixture
def stack(cfn, pass_time):
    """Names of stacks, which are deleted afterwards."""
    made = []

    def name():
        made.append(unique("peer"))
        return made[-1]

    yield name
    for one in reversed(made):
        cfn.delete_stack(StackName=one)
        pass_time("120s")


def status(cfn, name):
    return cfn.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]


def settle(cfn, pass_time, name, tries=60):
    for _ in range(tries):
        now = status(cfn, name)
        if not now.endswith("_IN_PROGRESS"):
            return now
        pass_time("20s")
    raise AssertionError(f"{name} does not come to rest")


def refused(call, code, part):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    assert error["Code"] == code and part in error["Message"], error


@not_moto("one of its answers is no XML")
def test_a_network_comes_and_goes(cfn, stack, pass_time):
    name = stack()
    made = cfn.create_stack(StackName=name, TemplateBody=NETWORK, Capabilities=["CAPABILITY_IAM"])
    assert f":stack/{name}/" in made["StackId"]
    assert settle(cfn, pass_time, name) == "CREATE_COMPLETE"
    cfn.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 3})
    shown = cfn.describe_stacks(StackName=name)["Stacks"][0]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in shown["Outputs"]}
    assert outputs["NetworkId"].startswith("vpc-") and outputs["RoleArn"].startswith("arn:aws:iam::")
    network = client("ec2").describe_vpcs(VpcIds=[outputs["NetworkId"]])["Vpcs"][0]
    assert network["CidrBlock"] == "10.0.0.0/16"
    kinds = [r["ResourceType"] for r in cfn.list_stack_resources(StackName=name)["StackResourceSummaries"]]
    assert len(kinds) == 14 and kinds.count("AWS::EC2::Subnet") == 2
    exported = [e for e in cfn.list_exports()["Exports"] if e["Name"] == f"{name}:NetworkId"]
    assert exported[0]["Value"] == outputs["NetworkId"]
    one = cfn.describe_stack_resource(StackName=name, LogicalResourceId="Network")["StackResourceDetail"]
    assert one["PhysicalResourceId"] == outputs["NetworkId"]
    cfn.delete_stack(StackName=made["StackId"])
    assert settle(cfn, pass_time, made["StackId"]) == "DELETE_COMPLETE"
    refused(lambda: cfn.describe_stacks(StackName=name), "ValidationError", f"Stack with id {name} does not exist")


@not_moto("its events are fewer")
def test_events_and_paging(cfn, stack, pass_time):
    name = stack()
    cfn.create_stack(StackName=name, TemplateBody=GROUP)
    settle(cfn, pass_time, name)
    events = cfn.get_paginator("describe_stack_events").paginate(StackName=name).build_full_result()["StackEvents"]
    told = [(e["LogicalResourceId"], e["ResourceStatus"], e.get("ResourceStatusReason")) for e in reversed(events)]
    assert told == [
        (name, "CREATE_IN_PROGRESS", "User Initiated"),
        ("G", "CREATE_IN_PROGRESS", None),
        ("G", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("G", "CREATE_COMPLETE", None),
        (name, "CREATE_COMPLETE", None),
    ]
    assert json.loads(events[1]["ResourceProperties"]) == {"RetentionInDays": 7}


@not_moto("it shows resources without their ids")
def test_an_update_and_the_same_again(cfn, stack, pass_time):
    name = stack()
    cfn.create_stack(StackName=name, TemplateBody=GROUP)
    settle(cfn, pass_time, name)
    cfn.update_stack(StackName=name, TemplateBody=GROUP.replace("7", "14"))
    assert settle(cfn, pass_time, name) == "UPDATE_COMPLETE"
    group = cfn.describe_stack_resources(StackName=name)["StackResources"][0]["PhysicalResourceId"]
    [shown] = client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert shown["retentionInDays"] == 14
    again = lambda: cfn.update_stack(StackName=name, TemplateBody=GROUP.replace("7", "14"))  # noqa: E731
    if PEER != "moto":
        refused(again, "ValidationError", "No updates are to be performed.")


@not_moto("it does not roll back")
def test_what_fails_goes_back(cfn, stack, pass_time):
    name = stack()
    bad = {"Resources": {
        "G": {"Type": "AWS::Logs::LogGroup"},
        "B": {"Type": "AWS::IAM::ManagedPolicy", "DependsOn": "G", "Properties": {"PolicyDocument": {}}},
    }}
    cfn.create_stack(StackName=name, TemplateBody=json.dumps(bad), Capabilities=["CAPABILITY_IAM"])
    assert settle(cfn, pass_time, name) == "ROLLBACK_COMPLETE"
    with pytest.raises(botocore.exceptions.WaiterError):
        cfn.get_waiter("stack_create_complete").wait(StackName=name)
    events = cfn.describe_stack_events(StackName=name)["StackEvents"]
    [failed] = [e for e in events if e["ResourceStatus"] == "CREATE_FAILED"]
    assert failed["ResourceStatusReason"].startswith("Resource handler returned message: ")
    assert "(Service: Iam, Status Code: 400, Request ID: " in failed["ResourceStatusReason"]


@not_moto("it executes at once")
def test_change_sets(cfn, stack, pass_time):
    name = stack()
    cfn.create_change_set(StackName=name, ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=GROUP)
    pass_time("10s")
    assert status(cfn, name) == "REVIEW_IN_PROGRESS"
    cfn.get_waiter("change_set_create_complete").wait(StackName=name, ChangeSetName="first")
    cfn.execute_change_set(StackName=name, ChangeSetName="first")
    assert settle(cfn, pass_time, name) == "CREATE_COMPLETE"
    named = GROUP.replace("RetentionInDays: 7", f"LogGroupName: {name}")
    cfn.create_change_set(StackName=name, ChangeSetName="second", TemplateBody=named)
    pass_time("10s")
    shown = cfn.describe_change_set(StackName=name, ChangeSetName="second")
    change = shown["Changes"][0]["ResourceChange"]
    assert (change["Action"], change["Replacement"]) == ("Modify", "True")
    [summary] = cfn.list_change_sets(StackName=name)["Summaries"]
    assert summary["ExecutionStatus"] == "AVAILABLE"
    cfn.delete_change_set(StackName=name, ChangeSetName="second")
    refused(
        lambda: cfn.describe_change_set(StackName=name, ChangeSetName="second"), "ChangeSetNotFound", "does not exist"
    )


@not_moto("it takes most of these")
def test_refusals(cfn, stack):
    name = stack()
    create = lambda text, **more: lambda: cfn.create_stack(StackName=name, TemplateBody=text, **more)  # noqa: E731
    refused(create(NETWORK), "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]")
    refused(create("{"), "ValidationError", "Template format error: JSON not well-formed. (line 1, column 1)")
    refused(create("Resources: {A: {Type: 'AWS::No::Such'}}"), "ValidationError", "Unrecognized resource types: [AWS::No::Such]")
    refused(create("x" * 51_201), "ValidationError", "Member must have length less than or equal to 51200")
    refused(create(GROUP, RoleARN="arn:aws:iam::123456789012:role/some"), "NotImplemented", "RoleARN")
    refused(lambda: cfn.detect_stack_drift(StackName=name), "NotImplemented", "DetectStackDrift")
    refused(lambda: cfn.list_imports(ExportName="none"), "ValidationError", "none")


@not_moto("it finds no parameters in this template")
def test_a_template_tells_of_itself(cfn):
    told = cfn.validate_template(TemplateBody=NETWORK)
    assert {p["ParameterKey"] for p in told["Parameters"]} == {"Block", "Days", "Image"}
    summary = cfn.get_template_summary(TemplateBody=NETWORK)
    assert "AWS::EC2::VPC" in summary["ResourceTypes"]
    if PEER != "moto":
        assert told["Capabilities"] == ["CAPABILITY_IAM"]


@not_moto("a stack has no outputs of nested ones")
def test_nested_stacks_and_templates_in_s3(cfn, stack, pass_time, s3, bucket):
    name = stack()
    child = (
        "Parameters: {Days: {Type: Number}}\n"
        "Resources: {G: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: !Ref Days}}}\n"
        "Outputs: {Name: {Value: !Ref G}}"
    )
    parent = (
        "Resources: {Child: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: "
        f"'https://{bucket}.s3.amazonaws.com/child.yml', Parameters: {{Days: 3}}}}}}}}\n"
        "Outputs: {O: {Value: !GetAtt Child.Outputs.Name}}"
    )
    s3.put_object(Bucket=bucket, Key="child.yml", Body=child.encode())
    s3.put_object(Bucket=bucket, Key="parent.yml", Body=parent.encode())
    url = f"https://{bucket}.s3.amazonaws.com/parent.yml"
    cfn.create_stack(StackName=name, TemplateURL=url)
    assert settle(cfn, pass_time, name) == "CREATE_COMPLETE"
    [output] = cfn.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    [group] = client("logs").describe_log_groups(logGroupNamePrefix=output["OutputValue"])["logGroups"]
    assert group["retentionInDays"] == 3
    assert cfn.get_template(StackName=name)["TemplateBody"] == parent


def aws(*words):
    """Amazon's own `aws`."""
    env = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": REGION,
    }
    program = pathlib.Path(sys.executable).with_name("aws")
    line = [program, "--endpoint-url", ENDPOINT, "cloudformation", *words]
    return subprocess.run(line, env=env, capture_output=True, text=True)


@pytest.fixture
def clock(pass_time):
    """Lab time that goes on by itself, since Amazon's client waits by the wall clock."""
    over = threading.Event()

    def tick():
        while not over.wait(1):
            pass_time("30s")

    thread = threading.Thread(target=tick)
    thread.start()
    yield
    over.set()
    thread.join()


def test_deploy(cfn, stack, pass_time, clock, tmp_path):
    name = stack()
    file = tmp_path / "template.yml"
    file.write_text(GROUP)
    deploy = ("deploy", "--template-file", str(file), "--stack-name", name)
    done = aws(*deploy)
    assert (done.returncode, done.stdout) == (0, (
        "\nWaiting for changeset to be created..\nWaiting for stack create/update to complete\n"
        f"Successfully created/updated stack - {name}\n"
    )), done
    if PEER != "moto":
        again = aws(*deploy, "--no-fail-on-empty-changeset")
        assert again.returncode == 0, again
        assert again.stdout.endswith(f"No changes to deploy. Stack {name} is up to date\n"), again


WAITS = (
    "Resources: {H: {Type: 'AWS::CloudFormation::WaitConditionHandle'}, W: {Type: "
    "'AWS::CloudFormation::WaitCondition', Properties: {Handle: !Ref H, Count: 1, Timeout: 600}}}\n"
    "Outputs: {Data: {Value: !GetAtt W.Data}}"
)


@pytest.mark.not_moto("nothing answers at the addresses of its handles")
def test_a_handle_takes_what_curl_puts(cfn, stack, pass_time, tmp_path):
    name = stack()
    cfn.create_stack(StackName=name, TemplateBody=WAITS)
    pass_time("30s")
    url = cfn.describe_stack_resource(StackName=name, LogicalResourceId="H")["StackResourceDetail"]["PhysicalResourceId"]
    file = tmp_path / "signal.json"
    file.write_text(json.dumps({"Status": "SUCCESS", "Reason": "up", "UniqueId": "one", "Data": "ready"}))
    told = subprocess.run([os.environ.get("DISTLAB", "distlab"), "env", "--json"], check=True, capture_output=True)
    env = {**os.environ, **json.loads(told.stdout)}

    def curl(*words):
        line = ["curl", "-sS", "-m", "20", "-w", "%{http_code}", *words]
        return subprocess.run(line, env=env, capture_output=True, text=True).stdout

    # It is signed without a type of content.
    assert "SignatureDoesNotMatch" in curl("-X", "PUT", "--data-binary", f"@{file}", url)
    assert "AccessDenied" in curl("-T", str(file), url + "0")
    assert status(cfn, name) == "CREATE_IN_PROGRESS"
    assert curl("-T", str(file), url) == "200"
    assert settle(cfn, pass_time, name) == "CREATE_COMPLETE"
    [output] = cfn.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    assert json.loads(output["OutputValue"]) == {"one": "ready"}


@pytest.mark.not_moto("it keeps names as they were typed")
def test_zones_and_records(cfn, stack, pass_time):
    name, zone = stack(), unique("stack") + ".net"
    template = (
        f"Resources: {{Zone: {{Type: 'AWS::Route53::HostedZone', Properties: {{Name: {zone}}}}}, Web: {{Type: "
        f"'AWS::Route53::RecordSet', Properties: {{HostedZoneId: !Ref Zone, Name: www.{zone}, Type: A, TTL: '60', "
        "ResourceRecords: [192.0.2.1]}}}\nOutputs: {Id: {Value: !Ref Zone}}"
    )
    cfn.create_stack(StackName=name, TemplateBody=template)
    assert settle(cfn, pass_time, name) == "CREATE_COMPLETE"
    [output] = cfn.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    sets = client("route53").list_resource_record_sets(HostedZoneId=output["OutputValue"])["ResourceRecordSets"]
    [web] = [s for s in sets if s["Type"] == "A"]
    assert (web["Name"], web["ResourceRecords"]) == (f"www.{zone}.", [{"Value": "192.0.2.1"}])

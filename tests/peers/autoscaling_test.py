"""Launch templates and Auto Scaling as boto3 and Amazon's own `aws` see them."""

import base64
import json
import os
import subprocess

import pytest

from conftest import ENDPOINT, KEY, REGION, SECRET, client, unique
from ec2_instances_test import image  # noqa: F401
from ec2_network_test import ec2, refused  # noqa: F401

not_moto = pytest.mark.not_moto


@pytest.fixture(scope="session")
def autoscaling():
    return client("autoscaling")


@pytest.fixture
def template(ec2, image):
    """A launch template, by its id."""
    data = base64.b64encode(b"#!/bin/sh\necho hello\n").decode()
    made = ec2.create_launch_template(
        LaunchTemplateName=unique("web"),
        LaunchTemplateData={
            "ImageId": image,
            "InstanceType": "t2.micro",
            "UserData": data,
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "from", "Value": "template"}]}],
        },
    )["LaunchTemplate"]["LaunchTemplateId"]
    yield made
    ec2.delete_launch_template(LaunchTemplateId=made)


@pytest.fixture
def group(autoscaling, template):
    """Makes a group, which is gone afterwards."""
    made = []

    def go(**more):
        name = unique("group")
        sizes = {"MinSize": 0, "MaxSize": 4, "DesiredCapacity": 2} | more
        autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=name,
            AvailabilityZones=["us-east-1a", "us-east-1b"],
            **{"LaunchTemplate": {"LaunchTemplateId": template, "Version": "$Latest"}, **sizes},
        )
        made.append(name)
        return name

    yield go
    for name in made:
        autoscaling.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)


def cli(*words):
    env = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    aws = os.path.join(os.path.dirname(os.sys.executable), "aws")
    line = [aws, "--endpoint-url", ENDPOINT, "--output", "json", "autoscaling", *words]
    return subprocess.run(line, env=env, check=True, capture_output=True, text=True).stdout.strip()


def shown(autoscaling, name):
    [one] = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    return one


def serving(autoscaling, name):
    instances = shown(autoscaling, name)["Instances"]
    return sorted(i["InstanceId"] for i in instances if i["LifecycleState"] == "InService")


@not_moto("a version does not take over what its source says")
def test_a_template_has_versions(ec2, template):
    made = ec2.create_launch_template_version(
        LaunchTemplateId=template,
        SourceVersion="1",
        VersionDescription="larger",
        LaunchTemplateData={"InstanceType": "t2.small"},
    )["LaunchTemplateVersion"]
    assert made["VersionNumber"] == 2 and not made["DefaultVersion"]
    told = ec2.describe_launch_template_versions(LaunchTemplateId=template, Versions=["$Latest", "$Default"])
    kinds = {v["VersionNumber"]: v["LaunchTemplateData"]["InstanceType"] for v in told["LaunchTemplateVersions"]}
    assert kinds == {1: "t2.micro", 2: "t2.small"}
    assert all(v["LaunchTemplateData"]["UserData"] for v in told["LaunchTemplateVersions"])
    ec2.modify_launch_template(LaunchTemplateId=template, DefaultVersion="2")
    [now] = ec2.describe_launch_templates(LaunchTemplateIds=[template])["LaunchTemplates"]
    assert (now["DefaultVersionNumber"], now["LatestVersionNumber"]) == (2, 2)


@not_moto("it answers otherwise where a version is not there")
def test_versions_are_deleted_but_the_default_one(ec2, template):
    ec2.create_launch_template_version(
        LaunchTemplateId=template, SourceVersion="1", LaunchTemplateData={"InstanceType": "t2.small"}
    )
    told = ec2.delete_launch_template_versions(LaunchTemplateId=template, Versions=["1", "2"])
    assert [v["VersionNumber"] for v in told["SuccessfullyDeletedLaunchTemplateVersions"]] == [2]
    assert [v["VersionNumber"] for v in told["UnsuccessfullyDeletedLaunchTemplateVersions"]] == [1]
    code, message = refused(
        lambda: ec2.describe_launch_template_versions(LaunchTemplateId=template, Versions=["2"])
    )
    assert code == "InvalidLaunchTemplateId.VersionNotFound"
    assert message == f"Could not find the specified version 2 for the launch template with ID {template}."


@not_moto("it does not look for a template that another has by name")
def test_names_of_templates_are_looked_up(ec2, template):
    [known] = ec2.describe_launch_templates(LaunchTemplateIds=[template])["LaunchTemplates"]
    code, message = refused(
        lambda: ec2.create_launch_template(
            LaunchTemplateName=known["LaunchTemplateName"], LaunchTemplateData={"InstanceType": "t2.micro"}
        )
    )
    assert (code, message) == (
        "InvalidLaunchTemplateName.AlreadyExistsException",
        "Launch template name already in use.",
    )
    code, message = refused(lambda: ec2.describe_launch_templates(LaunchTemplateNames=["none-of-it"]))
    assert code == "InvalidLaunchTemplateName.NotFoundException"
    assert message == "The specified launch template, with template name none-of-it, does not exist."


@not_moto("it marks no instance with its template")
def test_an_instance_follows_a_template(ec2, template):
    made = ec2.run_instances(
        LaunchTemplate={"LaunchTemplateId": template},
        InstanceType="t2.small",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "own", "Value": "1"}]}],
    )["Instances"][0]
    tags = {t["Key"]: t["Value"] for t in made["Tags"]}
    assert made["InstanceType"] == "t2.small"
    assert tags == {
        "from": "template",
        "own": "1",
        "aws:ec2launchtemplate:id": template,
        "aws:ec2launchtemplate:version": "1",
    }
    told = ec2.get_launch_template_data(InstanceId=made["InstanceId"])["LaunchTemplateData"]
    assert told["InstanceType"] == "t2.small" and base64.b64decode(told["UserData"]).startswith(b"#!/bin/sh")
    ec2.terminate_instances(InstanceIds=[made["InstanceId"]])


def test_a_group_keeps_its_size(autoscaling, group, pass_time):
    name = group()
    pass_time("60s")
    assert len(serving(autoscaling, name)) == 2
    now = shown(autoscaling, name)
    assert (now["MinSize"], now["MaxSize"], now["DesiredCapacity"]) == (0, 4, 2)
    assert now["DefaultCooldown"] == 300 and now["HealthCheckType"] == "EC2"
    assert now["AvailabilityZones"] == ["us-east-1a", "us-east-1b"]
    autoscaling.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=3)
    pass_time("60s")
    assert len(serving(autoscaling, name)) == 3
    told = autoscaling.describe_auto_scaling_instances(InstanceIds=serving(autoscaling, name))
    assert {i["AutoScalingGroupName"] for i in told["AutoScalingInstances"]} == {name}


@not_moto("nothing dies there by itself")
def test_what_dies_is_replaced(autoscaling, ec2, group, pass_time):
    name = group()
    pass_time("60s")
    [first, second] = serving(autoscaling, name)
    ec2.terminate_instances(InstanceIds=[first])
    pass_time("120s")
    now = serving(autoscaling, name)
    assert len(now) == 2 and second in now and first not in now
    told = autoscaling.describe_scaling_activities(AutoScalingGroupName=name)["Activities"]
    causes = " ".join(a["Cause"] for a in told)
    assert "an EC2 health check indicating it has been terminated or stopped." in causes
    assert "an instance was launched in response to an unhealthy instance needing to be replaced." in causes
    assert {a["StatusCode"] for a in told} == {"Successful"}
    details = json.loads(told[0]["Details"])
    assert details["Availability Zone"].startswith("us-east-1") and details["Subnet ID"].startswith("subnet-")


@not_moto("it has no words of its own here")
def test_sizes_are_held(autoscaling, group):
    name = group()
    code, message = refused(
        lambda: autoscaling.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=9)
    )
    assert code == "ValidationError"
    assert message == "New SetDesiredCapacity value 9 is above max value 4 for the AutoScalingGroup."
    code, message = refused(lambda: autoscaling.set_desired_capacity(AutoScalingGroupName="x", DesiredCapacity=9))
    assert message == "AutoScalingGroup name not found - AutoScalingGroup 'x' not found"


@not_moto("its instances do not wait")
def test_a_hook_holds_a_launch(autoscaling, group, pass_time):
    hook = {
        "LifecycleHookName": "ready",
        "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
        "HeartbeatTimeout": 300,
        "DefaultResult": "ABANDON",
    }
    name = group(DesiredCapacity=1, LifecycleHookSpecificationList=[hook])
    pass_time("30s")
    [one] = shown(autoscaling, name)["Instances"]
    assert one["LifecycleState"] == "Pending:Wait"
    autoscaling.complete_lifecycle_action(
        LifecycleHookName="ready",
        AutoScalingGroupName=name,
        LifecycleActionResult="CONTINUE",
        InstanceId=one["InstanceId"],
    )
    assert serving(autoscaling, name) == [one["InstanceId"]]


@not_moto("its alarms do nothing")
def test_an_alarm_carries_out_a_policy(autoscaling, group, pass_time):
    cloudwatch = client("cloudwatch")
    name = group(DesiredCapacity=1)
    pass_time("400s")
    policy = autoscaling.put_scaling_policy(
        AutoScalingGroupName=name,
        PolicyName="out",
        PolicyType="StepScaling",
        AdjustmentType="ChangeInCapacity",
        StepAdjustments=[{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 2}],
    )["PolicyARN"]
    alarm, metric = unique("busy"), unique("Load")
    cloudwatch.put_metric_alarm(
        AlarmName=alarm,
        Namespace="Peer",
        MetricName=metric,
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=50,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[policy],
    )
    cloudwatch.put_metric_data(Namespace="Peer", MetricData=[{"MetricName": metric, "Value": 90}])
    pass_time("180s")
    assert shown(autoscaling, name)["DesiredCapacity"] == 3
    [told] = autoscaling.describe_policies(AutoScalingGroupName=name)["ScalingPolicies"]
    assert [a["AlarmName"] for a in told["Alarms"]] == [alarm]
    cloudwatch.delete_alarms(AlarmNames=[alarm])


@not_moto("it takes what its policies do nothing with")
def test_a_policy_takes_only_what_it_acts_on(autoscaling, group, pass_time):
    name = group(DesiredCapacity=1, DefaultCooldown=3000)
    pass_time("60s")
    simple = {
        "AutoScalingGroupName": name,
        "PolicyName": "one",
        "AdjustmentType": "ChangeInCapacity",
        "ScalingAdjustment": 1,
    }
    code, message = refused(lambda: autoscaling.put_scaling_policy(**simple, MetricAggregationType="Maximum"))
    assert code == "ValidationError" and "MetricAggregationType" in message
    autoscaling.put_scaling_policy(**simple, Cooldown=60)
    autoscaling.execute_policy(AutoScalingGroupName=name, PolicyName="one")
    pass_time("120s")
    # Its own cooldown is over, which the group's would not be.
    autoscaling.execute_policy(AutoScalingGroupName=name, PolicyName="one", HonorCooldown=True)
    assert shown(autoscaling, name)["DesiredCapacity"] == 3


def refreshed(autoscaling, name):
    [one, *_] = autoscaling.describe_instance_refreshes(AutoScalingGroupName=name)["InstanceRefreshes"]
    return one


@not_moto("it replaces nothing")
def test_a_refresh_replaces_instances(autoscaling, ec2, template, group, pass_time):
    name = group(
        LaunchTemplate={"LaunchTemplateId": template, "Version": "1"}, DesiredCapacity=2, DefaultInstanceWarmup=30
    )
    pass_time("60s")
    before = serving(autoscaling, name)
    ec2.create_launch_template_version(
        LaunchTemplateId=template, SourceVersion="1", LaunchTemplateData={"InstanceType": "t2.small"}
    )
    wanted = {"LaunchTemplate": {"LaunchTemplateId": template, "Version": "2"}}
    made = autoscaling.start_instance_refresh(
        AutoScalingGroupName=name,
        DesiredConfiguration=wanted,
        Preferences={"MinHealthyPercentage": 50, "SkipMatching": True},
    )["InstanceRefreshId"]
    told = refreshed(autoscaling, name)
    assert told["InstanceRefreshId"] == made and told["Status"] == "Pending"
    code, message = refused(lambda: autoscaling.start_instance_refresh(AutoScalingGroupName=name))
    assert code == "InstanceRefreshInProgress"
    assert message == "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh."
    pass_time("30s")
    told = refreshed(autoscaling, name)
    assert told["Status"] == "InProgress" and told["InstancesToUpdate"] == 1
    assert told["StatusReason"].startswith("Waiting for ")
    pass_time("300s")
    told = refreshed(autoscaling, name)
    assert told["Status"] == "Successful" and told["PercentageComplete"] == 100
    assert told["Preferences"]["InstanceWarmup"] == 30 and told["Preferences"]["SkipMatching"]
    now = shown(autoscaling, name)
    assert now["LaunchTemplate"]["Version"] == "2"
    assert {i["InstanceType"] for i in now["Instances"]} == {"t2.small"}
    assert not set(before) & set(serving(autoscaling, name))
    told = autoscaling.describe_scaling_activities(AutoScalingGroupName=name)["Activities"]
    causes = " ".join(a["Cause"] for a in told)
    assert "an instance was taken out of service in response to an instance refresh." in causes
    assert "an instance was launched in response to an instance refresh." in causes


@not_moto("it replaces nothing")
def test_a_refresh_is_rolled_back_or_cancelled(autoscaling, ec2, template, group, pass_time):
    name = group(LaunchTemplate={"LaunchTemplateId": template, "Version": "1"}, DesiredCapacity=2)
    pass_time("60s")
    ec2.create_launch_template_version(
        LaunchTemplateId=template, SourceVersion="1", LaunchTemplateData={"InstanceType": "t2.small"}
    )
    wanted = {"LaunchTemplate": {"LaunchTemplateId": template, "Version": "2"}}
    preferences = {"InstanceWarmup": 0, "CheckpointPercentages": [50, 100], "CheckpointDelay": 3600}
    autoscaling.start_instance_refresh(
        AutoScalingGroupName=name, DesiredConfiguration=wanted, Preferences=preferences
    )
    pass_time("120s")
    assert refreshed(autoscaling, name)["PercentageComplete"] == 50
    autoscaling.rollback_instance_refresh(AutoScalingGroupName=name)
    assert refreshed(autoscaling, name)["Status"] == "RollbackInProgress"
    pass_time("120s")
    told = refreshed(autoscaling, name)
    assert told["Status"] == "RollbackSuccessful"
    assert told["RollbackDetails"]["PercentageCompleteOnRollback"] == 50
    assert {i["InstanceType"] for i in shown(autoscaling, name)["Instances"]} == {"t2.micro"}
    autoscaling.start_instance_refresh(AutoScalingGroupName=name)
    code, _ = refused(lambda: autoscaling.rollback_instance_refresh(AutoScalingGroupName=name))
    assert code == "IrreversibleInstanceRefresh"
    cli("cancel-instance-refresh", "--auto-scaling-group-name", name)
    pass_time("120s")
    assert refreshed(autoscaling, name)["Status"] == "Cancelled"
    code, message = refused(lambda: autoscaling.cancel_instance_refresh(AutoScalingGroupName=name))
    assert code == "ActiveInstanceRefreshNotFound"


@not_moto("it says nothing of the alarms")
def test_a_target_makes_alarms(autoscaling, group):
    cloudwatch = client("cloudwatch")
    name = group(DesiredCapacity=0)
    made = autoscaling.put_scaling_policy(
        AutoScalingGroupName=name,
        PolicyName="half",
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration={
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
            "TargetValue": 50.0,
        },
    )
    names = [a["AlarmName"] for a in made["Alarms"]]
    assert len(names) == 2 and all(n.startswith(f"TargetTracking-{name}-Alarm") for n in names)
    told = cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]
    assert all(a["AlarmActions"] == [made["PolicyARN"]] for a in told)
    autoscaling.delete_policy(AutoScalingGroupName=name, PolicyName="half")
    assert cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"] == []


@not_moto("it makes no role")
def test_the_role_is_made_and_acts(autoscaling, group, iam):
    group(DesiredCapacity=0)
    role = iam.get_role(RoleName="AWSServiceRoleForAutoScaling")["Role"]
    assert role["Path"] == "/aws-service-role/autoscaling.amazonaws.com/"


@not_moto("its command line is Amazon's own")
def test_the_command_line_speaks_it(group):
    name = group()
    told = json.loads(cli("describe-auto-scaling-groups", "--auto-scaling-group-names", name))
    assert told["AutoScalingGroups"][0]["AutoScalingGroupName"] == name
    cli("set-desired-capacity", "--auto-scaling-group-name", name, "--desired-capacity", "1")

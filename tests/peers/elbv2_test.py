"""Load balancers as boto3 and Amazon's own `aws` see them, and their names as curl does."""

import json
import os
import subprocess

import pytest
from botocore.exceptions import ClientError

from conftest import ENDPOINT, KEY, PEER, REGION, SECRET, client, unique
from ec2_network_test import ec2  # noqa: F401

not_moto = pytest.mark.not_moto


@pytest.fixture(scope="session")
def elb():
    return client("elbv2")


@pytest.fixture(scope="session")
def places(ec2):
    """The default network, two subnets of it in two zones, and a group that lets HTTP in."""
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "isDefault", "Values": ["true"]}])["Vpcs"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    subnets.sort(key=lambda subnet: subnet["AvailabilityZone"])
    group = ec2.create_security_group(GroupName=unique("web"), Description="web", VpcId=vpc["VpcId"])["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 8090, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        ],
    )
    return vpc["VpcId"], [subnet["SubnetId"] for subnet in subnets[:2]], group


@pytest.fixture
def balancer(elb, places):
    _, subnets, group = places
    made = elb.create_load_balancer(Name=unique("lb"), Subnets=subnets, SecurityGroups=[group])
    [made] = made["LoadBalancers"]
    yield made
    elb.delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])


@pytest.fixture
def group(elb, places):
    made = elb.create_target_group(Name=unique("tg"), Protocol="HTTP", Port=80, VpcId=places[0])
    [made] = made["TargetGroups"]
    yield made
    for page in elb.get_paginator("describe_target_groups").paginate():
        for one in page["TargetGroups"]:
            if one["TargetGroupArn"] == made["TargetGroupArn"] and not one["LoadBalancerArns"]:
                elb.delete_target_group(TargetGroupArn=made["TargetGroupArn"])


def fixed(text, status="200"):
    config = {"StatusCode": status, "MessageBody": text, "ContentType": "text/plain"}
    return [{"Type": "fixed-response", "FixedResponseConfig": config}]


@pytest.fixture
def listener(elb, balancer):
    made = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=fixed("nothing", "404")
    )
    return made["Listeners"][0]


def refused(call, *args, **kwargs):
    with pytest.raises(ClientError) as error:
        call(*args, **kwargs)
    return error.value.response["Error"]


@not_moto("it tells no scheme")
def test_a_balancer_is_described(elb, balancer, places):
    arn = balancer["LoadBalancerArn"]
    [told] = elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    assert told["DNSName"] == balancer["DNSName"] and told["Type"] == "application"
    assert told["Scheme"] == "internet-facing" and told["IpAddressType"] == "ipv4"
    assert told["SecurityGroups"] == [places[2]] and told["VpcId"] == places[0]
    assert sorted(zone["SubnetId"] for zone in told["AvailabilityZones"]) == sorted(places[1])
    [told] = elb.describe_load_balancers(Names=[balancer["LoadBalancerName"]])["LoadBalancers"]
    assert told["LoadBalancerArn"] == arn
    elb.get_waiter("load_balancer_exists").wait(LoadBalancerArns=[arn])


@not_moto("it keeps neither the order of states nor the time between them")
def test_a_balancer_becomes_active(elb, balancer, pass_time):
    assert balancer["State"]["Code"] == "provisioning"
    pass_time("3m")
    elb.get_waiter("load_balancer_available").wait(
        LoadBalancerArns=[balancer["LoadBalancerArn"]], WaiterConfig={"Delay": 1, "MaxAttempts": 5}
    )


def test_attributes(elb, balancer, group, listener):
    arn = balancer["LoadBalancerArn"]
    told = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    told = {one["Key"]: one["Value"] for one in told}
    assert told["deletion_protection.enabled"] == "false"
    if PEER != "moto":
        # moto lists none of those that have their usual value.
        assert told["idle_timeout.timeout_seconds"] == "60"
    set_to = [{"Key": "idle_timeout.timeout_seconds", "Value": "30"}]
    told = elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=set_to)["Attributes"]
    assert {one["Key"]: one["Value"] for one in told}["idle_timeout.timeout_seconds"] == "30"
    told = elb.describe_target_group_attributes(TargetGroupArn=group["TargetGroupArn"])["Attributes"]
    told = {one["Key"]: one["Value"] for one in told}
    assert told["stickiness.enabled"] == "false" and told["deregistration_delay.timeout_seconds"] == "300"
    assert told.get("load_balancing.algorithm.type", "round_robin") == "round_robin"
    set_to = [{"Key": "stickiness.enabled", "Value": "true"}]
    told = elb.modify_target_group_attributes(TargetGroupArn=group["TargetGroupArn"], Attributes=set_to)
    assert {one["Key"]: one["Value"] for one in told["Attributes"]}["stickiness.enabled"] == "true"


def test_what_cannot_be_is_refused(elb, balancer, group, listener, places):
    vpc, subnets, _ = places
    name, arn = balancer["LoadBalancerName"], balancer["LoadBalancerArn"]
    codes = {}

    def check(want, call, **members):
        got = refused(call, **members)["Code"]
        if got != want:
            codes[f"{want} {members}"] = got

    check("LoadBalancerNotFound", elb.describe_load_balancers, Names=["nobody"])
    check("TargetGroupNotFound", elb.describe_target_groups, Names=["nobody"])
    again = dict(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=fixed("x"))
    if PEER != "moto":
        check("SubnetNotFound", elb.create_load_balancer, Name=unique("x"), Subnets=["subnet-1", "subnet-2"])
        check("DuplicateLoadBalancerName", elb.create_load_balancer, Name=name, Subnets=subnets, Scheme="internal")
        check("ListenerNotFound", elb.describe_listeners, ListenerArns=[listener["ListenerArn"] + "0"])
        check("DuplicateListener", elb.create_listener, **again)
        check("ValidationError", elb.create_load_balancer, Name=unique("x"), Subnets=subnets[:1])
        check("CertificateNotFound", elb.create_listener, LoadBalancerArn=arn, Protocol="HTTPS", Port=443,
              DefaultActions=fixed("x"), Certificates=[{"CertificateArn": "arn:aws:acm:us-east-1:1:certificate/x"}])
        check("NotImplemented", elb.create_load_balancer, Name=unique("x"), Subnets=subnets, Type="network")
        check("NotImplemented", elb.describe_trust_stores)
    assert codes == {}


@not_moto("it keeps rules in the order in which they were made")
def test_rules(elb, listener, group):
    arn = listener["ListenerArn"]

    def rule(priority, actions, *conditions):
        made = elb.create_rule(ListenerArn=arn, Priority=priority, Conditions=list(conditions), Actions=actions)
        return made["Rules"][0]

    forward = [{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}]
    first = rule(20, forward, {"Field": "path-pattern", "Values": ["/api/*"]})
    assert first["Priority"] == "20" and not first["IsDefault"]
    assert first["Actions"][0]["TargetGroupArn"] == group["TargetGroupArn"]
    assert first["Conditions"][0]["Values"] == ["/api/*"]
    second = rule(10, fixed("x"), {"Field": "host-header", "HostHeaderConfig": {"Values": ["a.example.com"]}})
    rules = elb.describe_rules(ListenerArn=arn)["Rules"]
    assert [one["Priority"] for one in rules] == ["10", "20", "default"]
    assert rules[2]["IsDefault"] and rules[2]["Actions"][0]["Type"] == "fixed-response"
    pairs = [{"RuleArn": first["RuleArn"], "Priority": 5}]
    elb.set_rule_priorities(RulePriorities=pairs)
    assert [one["Priority"] for one in elb.describe_rules(ListenerArn=arn)["Rules"]] == ["5", "10", "default"]
    assert refused(rule, 5, fixed("y"), {"Field": "path-pattern", "Values": ["/y"]})["Code"] == "PriorityInUse"
    elb.modify_rule(RuleArn=second["RuleArn"], Actions=forward)
    elb.delete_rule(RuleArn=second["RuleArn"])
    assert len(elb.describe_rules(ListenerArn=arn)["Rules"]) == 2
    [used] = elb.describe_target_groups(TargetGroupArns=[group["TargetGroupArn"]])["TargetGroups"]
    assert used["LoadBalancerArns"] == [listener["LoadBalancerArn"]]
    assert refused(elb.delete_target_group, TargetGroupArn=group["TargetGroupArn"])["Code"] == "ResourceInUse"


def test_tags(elb, balancer, group, listener):
    arns = [balancer["LoadBalancerArn"], group["TargetGroupArn"], listener["ListenerArn"]]
    for arn in arns:
        elb.add_tags(ResourceArns=[arn], Tags=[{"Key": "stage", "Value": "test"}, {"Key": "x", "Value": "y"}])
    elb.remove_tags(ResourceArns=arns[:1], TagKeys=["x"])
    told = elb.describe_tags(ResourceArns=arns)["TagDescriptions"]
    tags = {one["ResourceArn"]: {tag["Key"]: tag["Value"] for tag in one["Tags"]} for one in told}
    assert tags[arns[0]] == {"stage": "test"} and tags[arns[1]] == {"stage": "test", "x": "y"}


@not_moto("its targets are healthy whatever they do")
def test_targets_without_an_answer(ec2, elb, balancer, group, listener, places, pass_time):
    images = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["amzn2-ami-hvm-*"]}])
    image = next(one["ImageId"] for one in images["Images"] if one["Architecture"] == "x86_64")
    made = ec2.run_instances(ImageId=image, InstanceType="t2.micro", MinCount=1, MaxCount=1, SubnetId=places[1][0])
    instance = made["Instances"][0]["InstanceId"]
    arn = group["TargetGroupArn"]

    def health():
        [told] = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        return told["TargetHealth"]

    assert refused(elb.register_targets, TargetGroupArn=arn, Targets=[{"Id": "i-0123456789abcdef0"}])["Code"] == "InvalidTarget"
    pass_time("30s")
    elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": instance}])
    assert health()["Reason"] == "Target.NotInUse"
    elb.modify_listener(
        ListenerArn=listener["ListenerArn"], DefaultActions=[{"Type": "forward", "TargetGroupArn": arn}]
    )
    pass_time("3m")
    assert health()["Reason"] in ("Elb.InitialHealthChecking", "Target.Timeout")
    pass_time("2m")
    told = health()
    assert (told["State"], told["Reason"], told["Description"]) == ("unhealthy", "Target.Timeout", "Request timed out")
    elb.deregister_targets(TargetGroupArn=arn, Targets=[{"Id": instance}])
    assert health()["State"] == "draining"
    pass_time("6m")
    elb.get_waiter("target_deregistered").wait(
        TargetGroupArn=arn, Targets=[{"Id": instance}], WaiterConfig={"Delay": 1, "MaxAttempts": 3}
    )
    ec2.terminate_instances(InstanceIds=[instance])


def test_limits_and_policies(elb):
    limits = {one["Name"]: one["Max"] for one in elb.describe_account_limits()["Limits"]}
    if PEER != "moto":
        # moto has the quotas of some years ago.
        assert limits["application-load-balancers"] == "50"
    if PEER != "moto":
        first = elb.describe_account_limits(PageSize=2)
        assert len(first["Limits"]) == 2 and first["NextMarker"]
    names = {one["Name"] for one in elb.describe_ssl_policies()["SslPolicies"]}
    assert "ELBSecurityPolicy-2016-08" in names


def cli(*words):
    env = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    aws = os.path.join(os.path.dirname(os.sys.executable), "aws")
    line = [aws, "--endpoint-url", ENDPOINT, *words]
    return subprocess.run(line, env=env, check=True, capture_output=True, text=True).stdout.strip()


@not_moto("its balancers are active whenever they like")
def test_the_command_line(balancer, listener, pass_time):
    pass_time("3m")
    arn = balancer["LoadBalancerArn"]
    told = cli("elbv2", "describe-load-balancers", "--load-balancer-arns", arn, "--query",
               "LoadBalancers[0].State.Code", "--output", "text")
    assert told.strip().strip('"') == "active"
    cli("elbv2", "create-rule", "--listener-arn", listener["ListenerArn"], "--priority", "9",
        "--conditions", "Field=path-pattern,Values=/cli*",
        "--actions", "Type=fixed-response,FixedResponseConfig={StatusCode=200,MessageBody=hello}")
    told = cli("elbv2", "describe-rules", "--listener-arn", listener["ListenerArn"], "--query",
               "Rules[0].Conditions[0].Values[0]", "--output", "text")
    assert told.strip().strip('"') == "/cli*"


def curl(*words):
    """Asks through the session's proxy, as a lab's shell does."""
    told = subprocess.run([os.environ.get("DISTLAB", "distlab"), "env", "--json"], check=True, capture_output=True)
    env = {**os.environ, **json.loads(told.stdout)}
    line = ["curl", "--silent", "--max-time", "20", *words]
    return subprocess.run(line, env=env, capture_output=True, text=True, check=False).stdout


@not_moto("it answers no requests")
def test_its_name_answers(elb, balancer, listener, group, pass_time):
    def rule(priority, action, **condition):
        elb.create_rule(
            ListenerArn=listener["ListenerArn"], Priority=priority, Conditions=[condition], Actions=action
        )

    rule(1, fixed("path"), Field="path-pattern", Values=["/p/*"])
    rule(2, fixed("host"), Field="host-header", Values=["www.example.com"])
    rule(3, fixed("query"), Field="query-string", QueryStringConfig={"Values": [{"Key": "a", "Value": "1"}]})
    rule(4, [{"Type": "redirect", "RedirectConfig": {"Host": "other.example.com", "StatusCode": "HTTP_301"}}],
         Field="http-request-method", HttpRequestMethodConfig={"Values": ["PUT"]})
    rule(5, [{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}], Field="path-pattern", Values=["/empty"])
    pass_time("3m")
    url = f"http://{balancer['DNSName']}"
    assert curl(url + "/") == "nothing"
    assert curl(url + "/p/x") == "path"
    assert curl("-H", "Host: www.example.com", url + "/") == "host"
    assert curl(url + "/?a=1") == "query"
    head = curl("-X", "PUT", "-D", "-", "-o", "/dev/null", url + "/a?b=c")
    assert "301 Moved Permanently" in head and "ocation: http://other.example.com:80/a?b=c" in head
    head = curl("-D", "-", url + "/empty")
    assert "503 Service Temporarily Unavailable" in head.splitlines()[0] and "awselb/2.0" in head
    status = curl("-o", "/dev/null", "-w", "%{http_code}", url.replace("http://", "http://nobody-"))
    assert status in ("502", "000")

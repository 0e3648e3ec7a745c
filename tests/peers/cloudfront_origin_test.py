"""CloudFront's edge in front of buckets and load balancers: logs, compression, errors of origins."""

import gzip
import time

import pytest

from cloudfront_test import config, control, curl, refused, remove
from conftest import client, empty, unique

OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
IMAGE = "public.ecr.aws/distlab/hello"
pytestmark = pytest.mark.not_moto("it has no edge")


@pytest.fixture(scope="module")
def cloudfront():
    return client("cloudfront")


@pytest.fixture
def logs(s3):
    """A bucket with ACLs."""
    name = unique("logs")
    s3.create_bucket(Bucket=name, ObjectOwnership="BucketOwnerPreferred")
    yield name
    empty(s3, name)
    s3.delete_bucket(Bucket=name)


@pytest.fixture
def site(cloudfront, s3, bucket, logs, pass_time):
    """A bucket with a file, behind a distribution that compresses and writes a log."""
    made = config(f"{bucket}.s3.us-east-1.amazonaws.com", control(cloudfront))
    made["DefaultCacheBehavior"]["Compress"] = True
    made["Logging"] = {
        "Enabled": True, "IncludeCookies": False, "Bucket": f"{logs}.s3.amazonaws.com", "Prefix": "edge/",
    }
    made = cloudfront.create_distribution(DistributionConfig=made)["Distribution"]
    policy = (
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject",'
        ' "Principal": {"Service": "cloudfront.amazonaws.com"}, "Resource": "arn:aws:s3:::%s/*",'
        ' "Condition": {"StringEquals": {"AWS:SourceArn": "%s"}}}}' % (bucket, made["ARN"])
    )
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    s3.put_object(Bucket=bucket, Key="page.html", Body=b"<p>line</p>\n" * 500, ContentType="text/html")
    pass_time("+5m")
    yield made["Id"], made["DomainName"], made["ARN"]
    remove(cloudfront, pass_time, made["Id"])


def test_text_is_compressed(site):
    _, domain, _ = site
    url = f"https://{domain}/page.html"
    status, plain, body = curl(url)
    assert (status, len(body), plain["vary"]) == (200, 6000, "accept-encoding")
    assert "content-encoding" not in plain
    status, headers, short = curl("-H", "Accept-Encoding: gzip, br", url)
    assert (status, headers["content-encoding"], headers["x-cache"]) == (200, "gzip", "miss from cloudfront")
    assert gzip.decompress(short) == body and len(short) < 200
    assert headers["etag"] == "w/" + plain["etag"]
    _, again, _ = curl("-H", "Accept-Encoding: br;q=1, deflate, gzip;q=0.5", url)
    assert again["x-cache"] == "hit from cloudfront"
    _, _, decoded = curl("--compressed", url)
    assert decoded == body
    _, old, _ = curl("--http1.0", "-H", "Accept-Encoding: gzip", url.replace("https:", "http:"))
    assert "content-encoding" not in old


def test_a_log_comes_to_its_bucket(site, s3, logs, pass_time):
    name, domain, _ = site
    grants = s3.get_bucket_acl(Bucket=logs)["Grants"]
    assert ["FULL_CONTROL"] * 2 == [one["Permission"] for one in grants]
    curl("-A", "a viewer", f"https://{domain}/page.html?x=1")
    curl(f"http://{domain}/none")
    pass_time("+20m")
    for _ in range(50):
        found = s3.list_objects_v2(Bucket=logs).get("Contents", [])
        if found:
            break
        time.sleep(0.2)
    key = found[0]["Key"]
    assert key.startswith(f"edge/{name}.") and key.endswith(".gz")
    text = gzip.decompress(s3.get_object(Bucket=logs, Key=key)["Body"].read()).decode()
    version, fields, *lines = text.splitlines()
    assert version == "#Version: 1.0"
    names = fields.removeprefix("#Fields: ").split(" ")
    rows = [dict(zip(names, line.split("\t"), strict=True)) for line in lines]
    assert len(names) == 33 and len(rows) == 2
    page, none = rows
    assert (page["cs-uri-stem"], page["cs-uri-query"]) == ("/page.html", "x=1")
    assert (page["sc-status"], page["cs(User-Agent)"]) == ("200", "a%20viewer")
    assert (page["cs-protocol"], page["ssl-protocol"]) == ("https", "TLSv1.3")
    assert page["ssl-cipher"].startswith("TLS_")
    assert (page["cs(Host)"], page["x-host-header"]) == (domain, domain)
    assert (none["sc-status"], none["x-edge-result-type"]) == ("403", "Error")
    assert (none["cs-protocol"], none["ssl-protocol"]) == ("http", "-")


def test_a_bucket_for_logs_needs_acls(cloudfront, bucket):
    made = config()
    domain = f"{bucket}.s3.amazonaws.com"
    made["Logging"] = {"Enabled": True, "IncludeCookies": False, "Bucket": domain, "Prefix": ""}
    message = refused(lambda: cloudfront.create_distribution(DistributionConfig=made), "InvalidArgument")
    assert message == f"The S3 bucket that you specified for CloudFront logs does not enable ACL access: {domain}"


@pytest.fixture(scope="module")
def balancer(pass_time):
    """A load balancer in front of two containers: its name, what opens it, and its listener."""
    ec2, ecs, elb = client("ec2"), client("ecs"), client("elbv2")
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "isDefault", "Values": ["true"]}])["Vpcs"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    subnets = [one["SubnetId"] for one in sorted(subnets, key=lambda one: one["AvailabilityZone"])[:2]]
    name = unique("front")
    group = ec2.create_security_group(GroupName=name, Description="front", VpcId=vpc["VpcId"])["GroupId"]
    everyone = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=everyone)
    [made] = elb.create_load_balancer(Name=name, Subnets=subnets, SecurityGroups=[group])["LoadBalancers"]
    targets = elb.create_target_group(
        Name=name, Protocol="HTTP", Port=80, VpcId=vpc["VpcId"], TargetType="ip", HealthCheckIntervalSeconds=10
    )["TargetGroups"][0]["TargetGroupArn"]
    arn = made["LoadBalancerArn"]
    forward = [{"Type": "forward", "TargetGroupArn": targets}]
    listener = elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=forward)
    listener = listener["Listeners"][0]["ListenerArn"]
    answers = {"/echo/*": "200", "/broken/*": "502", "/late/*": "504"}
    for priority, (path, status) in enumerate(answers.items(), 1):
        action = {"StatusCode": status, "ContentType": "text/plain", "MessageBody": f"fixed {status}"}
        elb.create_rule(
            ListenerArn=listener, Priority=priority, Conditions=[{"Field": "path-pattern", "Values": [path]}],
            Actions=[{"Type": "fixed-response", "FixedResponseConfig": action}],
        )
    elb.create_rule(
        ListenerArn=listener, Priority=9, Conditions=[{"Field": "path-pattern", "Values": ["/told/*"]}],
        Actions=[{"Type": "redirect", "RedirectConfig": {"Path": "/seen/#{host}", "StatusCode": "HTTP_302"}}],
    )
    ecs.create_cluster(clusterName=name)
    ecs.register_task_definition(
        family=name, networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        containerDefinitions=[{"name": "app", "image": IMAGE, "portMappings": [{"containerPort": 80}]}],
    )
    network = {"subnets": subnets, "securityGroups": [group], "assignPublicIp": "ENABLED"}
    ecs.create_service(
        cluster=name, serviceName="web", taskDefinition=name, desiredCount=2, launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
        loadBalancers=[{"targetGroupArn": targets, "containerName": "app", "containerPort": 80}],
    )
    pass_time("+5m")
    yield made["DNSName"], listener, arn
    ecs.delete_service(cluster=name, service="web", force=True)
    elb.delete_load_balancer(LoadBalancerArn=arn)


@pytest.fixture
def front(cloudfront, balancer, pass_time):
    """Makes distributions before the load balancer."""
    made = []

    def make(policy=DISABLED, told=ALL_VIEWER, port=80, **more):
        wanted = config(**more)
        wanted["Origins"]["Items"][0] = {
            "Id": "bucket",
            "DomainName": balancer[0],
            "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "X-Edge", "HeaderValue": "ours"}]},
            "CustomOriginConfig": {"HTTPPort": port, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"},
        }
        behavior = wanted["DefaultCacheBehavior"]
        behavior["CachePolicyId"] = policy
        if told:
            behavior["OriginRequestPolicyId"] = told
        one = cloudfront.create_distribution(DistributionConfig=wanted)["Distribution"]
        made.append(one["Id"])
        pass_time("+5m")
        return one["DomainName"]

    yield make
    for one in made:
        remove(cloudfront, pass_time, one)


def test_a_container_is_asked_through_a_load_balancer(front):
    domain = front(OPTIMIZED, None)
    status, headers, body = curl(f"https://{domain}/")
    assert status == 200 and body
    assert headers["x-cache"] == "miss from cloudfront"
    assert headers["x-amz-cf-pop"] == "iad89-c1" and headers["x-amz-cf-id"].endswith("==")
    assert headers["via"].startswith("1.1 ") and headers["via"].endswith(".cloudfront.net (cloudfront)")
    _, again, same = curl(f"https://{domain}/")
    assert (again["x-cache"], same) == ("hit from cloudfront", body)
    _, never, _ = curl(f"https://{front()}/")
    assert never["x-cache"] == "miss from cloudfront"


def test_the_policy_says_which_host_is_told(front, balancer):
    status, headers, _ = curl(f"https://{front(told=None)}/told/x")
    assert (status, headers["location"]) == (302, f"http://{balancer[0].lower()}:80/seen/{balancer[0].lower()}")
    domain = front()
    _, headers, _ = curl(f"https://{domain}/told/x")
    assert headers["location"] == f"http://{domain}:80/seen/{domain}"


def test_errors_of_the_origin(front, balancer, pass_time):
    domain = front(OPTIMIZED, None)
    status, headers, body = curl(f"https://{domain}/broken/x")
    assert (status, headers["x-cache"], body) == (502, "error from cloudfront", b"fixed 502")
    assert headers["server"] == "awselb/2.0" and "age" not in headers
    # It is kept for ten seconds, and then asked for again.
    _, headers, _ = curl(f"https://{domain}/broken/x")
    assert "age" in headers
    pass_time("+11s")
    _, headers, _ = curl(f"https://{domain}/broken/x")
    assert "age" not in headers
    status, _, body = curl(f"https://{domain}/late/x")
    assert (status, body) == (504, b"fixed 504")
    # At a port without a listener nobody takes the connection.
    status, headers, body = curl(f"https://{front(port=8080)}/")
    assert (status, headers["server"], headers["x-cache"]) == (502, "cloudfront", "error from cloudfront")
    assert b"connect to the origin" in body


def test_a_page_in_the_place_of_an_error(front):
    page = {
        "ErrorCode": 502, "ResponsePagePath": "/echo/sorry", "ResponseCode": "503", "ErrorCachingMinTTL": 5,
    }
    domain = front(OPTIMIZED, None, CustomErrorResponses={"Quantity": 1, "Items": [page]})
    status, headers, body = curl(f"https://{domain}/broken/x")
    assert (status, headers["x-cache"], body) == (503, "error from cloudfront", b"fixed 200")

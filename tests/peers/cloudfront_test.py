"""CloudFront as boto3, Amazon's own `aws` and curl see it."""

import json
import os
import subprocess

import pytest
from botocore.exceptions import ClientError

from conftest import PEER, amazons_aws, client, refused, unique

OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
not_moto = pytest.mark.not_moto


@pytest.fixture(scope="module")
def cloudfront():
    return client("cloudfront")


def config(domain="pics.s3.us-east-1.amazonaws.com", control="", **more):
    origin = {
        "Id": "bucket",
        "DomainName": domain,
        "OriginAccessControlId": control,
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    behavior = {
        "TargetOriginId": "bucket",
        "ViewerProtocolPolicy": "allow-all",
        "CachePolicyId": OPTIMIZED,
    }
    return {
        "CallerReference": unique("ref"),
        "Comment": "peers",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": behavior,
        **more,
    }


def control(cloudfront):
    made = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": unique("oac"),
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )
    return made["OriginAccessControl"]["Id"]


@pytest.fixture
def distribution(cloudfront, pass_time):
    made = cloudfront.create_distribution(DistributionConfig=config())
    yield made
    remove(cloudfront, pass_time, made["Distribution"]["Id"])


def remove(cloudfront, pass_time, name):
    read = cloudfront.get_distribution_config(Id=name)
    etag = read["ETag"]
    if read["DistributionConfig"]["Enabled"]:
        off = {**read["DistributionConfig"], "Enabled": False}
        etag = cloudfront.update_distribution(Id=name, IfMatch=etag, DistributionConfig=off)["ETag"]
    pass_time("+5m")
    cloudfront.delete_distribution(Id=name, IfMatch=etag)


def aws(*words):
    return amazons_aws("cloudfront", *words)


@not_moto("it has states of its own")
def test_a_distribution_is_deployed_after_a_while(cloudfront, distribution, pass_time):
    made = distribution["Distribution"]
    assert distribution["ETag"].startswith("E")
    assert len(made["Id"]) == 14 or PEER == "moto"
    assert made["DomainName"].endswith(".cloudfront.net")
    assert made["ARN"].startswith("arn:aws:cloudfront::")
    assert made["ARN"].endswith(f":distribution/{made['Id']}")
    assert made["Status"] == "InProgress"
    pass_time("+5m")
    cloudfront.get_waiter("distribution_deployed").wait(
        Id=made["Id"], WaiterConfig={"Delay": 1, "MaxAttempts": 2}
    )
    read = cloudfront.get_distribution(Id=made["Id"])["Distribution"]["DistributionConfig"]
    assert read["Comment"] == "peers"
    assert read["Origins"]["Items"][0]["DomainName"] == "pics.s3.us-east-1.amazonaws.com"
    listed = cloudfront.get_paginator("list_distributions").paginate().build_full_result()
    assert made["Id"] in [one["Id"] for one in listed["DistributionList"]["Items"]]


@not_moto("it fills in less")
def test_every_setting_is_read_back(cloudfront, distribution):
    read = cloudfront.get_distribution_config(Id=distribution["Distribution"]["Id"])
    read = read["DistributionConfig"]
    assert read["PriceClass"] == "PriceClass_All"
    assert read["HttpVersion"] == "http2"
    assert read["Aliases"] == {"Quantity": 0}
    assert read["ViewerCertificate"]["CloudFrontDefaultCertificate"] is True
    assert read["Restrictions"]["GeoRestriction"] == {"RestrictionType": "none", "Quantity": 0}
    behavior = read["DefaultCacheBehavior"]
    assert sorted(behavior["AllowedMethods"]["Items"]) == ["GET", "HEAD"]
    assert behavior["LambdaFunctionAssociations"] == {"Quantity": 0}
    assert read["Origins"]["Items"][0]["ConnectionAttempts"] == 3


@not_moto("it does not compare versions")
def test_a_change_needs_the_version(cloudfront, distribution):
    name = distribution["Distribution"]["Id"]
    read = cloudfront.get_distribution_config(Id=name)
    changed = {**read["DistributionConfig"], "Comment": "changed"}
    refused(
        lambda: cloudfront.update_distribution(
            Id=name, IfMatch="EOLD", DistributionConfig=changed
        ),
        "PreconditionFailed",
        412,
    )
    done = cloudfront.update_distribution(
        Id=name, IfMatch=read["ETag"], DistributionConfig=changed
    )
    assert done["ETag"] != read["ETag"]
    assert done["Distribution"]["DistributionConfig"]["Comment"] == "changed"


@not_moto("it deletes what is enabled")
def test_what_is_enabled_stays(cloudfront, distribution):
    call = lambda: cloudfront.delete_distribution(
        Id=distribution["Distribution"]["Id"], IfMatch=distribution["ETag"]
    )
    refused(call, "DistributionNotDisabled", 409)


def test_a_caller_reference_is_used_once(cloudfront, distribution):
    again = config()
    again["CallerReference"] = distribution["Distribution"]["DistributionConfig"]["CallerReference"]
    if PEER == "moto":
        pytest.skip("it answers the first one again")
    call = lambda: cloudfront.create_distribution(DistributionConfig=again)
    refused(call, "DistributionAlreadyExists", 409)


def test_what_is_not_there(cloudfront):
    refused(lambda: cloudfront.get_distribution(Id="ENOBODY"), "NoSuchDistribution", 404)
    refused(
        lambda: cloudfront.get_origin_access_control(Id="ENOBODY"),
        "NoSuchOriginAccessControl",
        404,
    )


def test_tags(cloudfront, pass_time):
    made = cloudfront.create_distribution_with_tags(
        DistributionConfigWithTags={
            "DistributionConfig": config(),
            "Tags": {"Items": [{"Key": "a", "Value": "1"}]},
        }
    )["Distribution"]
    cloudfront.tag_resource(Resource=made["ARN"], Tags={"Items": [{"Key": "b", "Value": "2"}]})
    cloudfront.untag_resource(Resource=made["ARN"], TagKeys={"Items": ["a"]})
    tags = cloudfront.list_tags_for_resource(Resource=made["ARN"])["Tags"]["Items"]
    assert tags == [{"Key": "b", "Value": "2"}]
    remove(cloudfront, pass_time, made["Id"])


@not_moto("it does not take this change")
def test_origin_access_controls(cloudfront):
    name = control(cloudfront)
    read = cloudfront.get_origin_access_control_config(Id=name)
    change = {**read["OriginAccessControlConfig"], "Description": "changed"}
    done = cloudfront.update_origin_access_control(
        Id=name, IfMatch=read["ETag"], OriginAccessControlConfig=change
    )
    told = done["OriginAccessControl"]["OriginAccessControlConfig"]
    assert told["Description"] == "changed"
    listed = cloudfront.list_origin_access_controls()["OriginAccessControlList"]["Items"]
    assert name in [one["Id"] for one in listed]
    cloudfront.delete_origin_access_control(Id=name, IfMatch=done["ETag"])


@not_moto("it has no policies")
def test_policies(cloudfront):
    managed = cloudfront.list_cache_policies(Type="managed")["CachePolicyList"]["Items"]
    names = {one["CachePolicy"]["Id"]: one["CachePolicy"]["CachePolicyConfig"] for one in managed}
    assert names[OPTIMIZED]["Name"] == "Managed-CachingOptimized"
    assert names[OPTIMIZED]["DefaultTTL"] == 86400
    none = {"QueryStringBehavior": "none"}
    policy = {
        "Name": unique("policy"),
        "MinTTL": 1,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": False,
            "HeadersConfig": {"HeaderBehavior": "none"},
            "CookiesConfig": {"CookieBehavior": "none"},
            "QueryStringsConfig": none,
        },
    }
    made = cloudfront.create_cache_policy(CachePolicyConfig=policy)
    refused(
        lambda: cloudfront.create_cache_policy(CachePolicyConfig=policy),
        "CachePolicyAlreadyExists",
        409,
    )
    cloudfront.delete_cache_policy(Id=made["CachePolicy"]["Id"], IfMatch=made["ETag"])
    refused(lambda: cloudfront.get_cache_policy(Id=made["CachePolicy"]["Id"]), "NoSuchCachePolicy", 404)
    told = {
        "Name": unique("told"),
        "HeadersConfig": {"HeaderBehavior": "allViewer"},
        "CookiesConfig": {"CookieBehavior": "all"},
        "QueryStringsConfig": {"QueryStringBehavior": "all"},
    }
    made = cloudfront.create_origin_request_policy(OriginRequestPolicyConfig=told)
    name = made["OriginRequestPolicy"]["Id"]
    cloudfront.delete_origin_request_policy(Id=name, IfMatch=made["ETag"])


@not_moto("it has states of its own")
def test_invalidations(cloudfront, distribution, pass_time):
    name = distribution["Distribution"]["Id"]
    batch = {"Paths": {"Quantity": 1, "Items": ["/a*"]}, "CallerReference": unique("inv")}
    made = cloudfront.create_invalidation(DistributionId=name, InvalidationBatch=batch)
    made = made["Invalidation"]
    assert made["InvalidationBatch"]["Paths"]["Items"] == ["/a*"]
    pass_time("+2m")
    cloudfront.get_waiter("invalidation_completed").wait(
        DistributionId=name, Id=made["Id"], WaiterConfig={"Delay": 1, "MaxAttempts": 2}
    )
    listed = cloudfront.list_invalidations(DistributionId=name)["InvalidationList"]["Items"]
    assert [one["Id"] for one in listed] == [made["Id"]]


@not_moto("it takes whatever is sent")
def test_what_is_not_simulated_is_refused(cloudfront):
    wrong = config(WebACLId="arn:aws:wafv2:us-east-1:1:global/webacl/a/b")
    refused(lambda: cloudfront.create_distribution(DistributionConfig=wrong), "NotImplemented", 501)
    call = lambda: cloudfront.list_functions()
    with pytest.raises(ClientError):
        call()


@not_moto("it has no edge, and lab time is ours")
def test_the_aws_command(pass_time, cloudfront):
    made = aws("create-distribution", "--origin-domain-name", "pics.s3.amazonaws.com")
    name = made["Distribution"]["Id"]
    pass_time("+5m")
    aws("wait", "distribution-deployed", "--id", name)
    told = aws("create-invalidation", "--distribution-id", name, "--paths", "/a", "/b*")
    assert told["Invalidation"]["InvalidationBatch"]["Paths"]["Quantity"] == 2
    pass_time("+2m")
    aws(
        "wait", "invalidation-completed", "--distribution-id", name,
        "--id", told["Invalidation"]["Id"],
    )
    remove(cloudfront, pass_time, name)


@pytest.fixture
def site(cloudfront, s3, bucket, pass_time):
    """A bucket behind a distribution, with a file in it: the bucket, and the name of the site."""
    oac = control(cloudfront)
    made = cloudfront.create_distribution(
        DistributionConfig=config(f"{bucket}.s3.us-east-1.amazonaws.com", oac)
    )["Distribution"]
    policy = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{bucket}/*",
            "Condition": {"StringEquals": {"AWS:SourceArn": made["ARN"]}},
        },
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    s3.put_object(Bucket=bucket, Key="a b.txt", Body=b"hello", ContentType="text/plain")
    pass_time("+5m")
    yield bucket, made["DomainName"]
    remove(cloudfront, pass_time, made["Id"])


def curl(*words):
    """Status, headers and body, of a viewer in the lab's shell."""
    distlab = os.environ.get("DISTLAB", "distlab")
    line = [distlab, "shell", "serve", "--", "curl", "-sS", "-i", "--suppress-connect-headers", *words]
    done = subprocess.run(line, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, body


@not_moto("it has no edge")
def test_curl_sees_misses_and_hits(site, s3):
    bucket, domain = site
    status, headers, body = curl(f"https://{domain}/a%20b.txt")
    assert (status, headers["x-cache"], body) == (200, "miss from cloudfront", b"hello")
    assert headers["content-type"] == "text/plain"
    assert headers["via"].endswith(".cloudfront.net (cloudfront)")
    status, headers, body = curl(f"http://{domain}/a%20b.txt")
    assert (status, headers["x-cache"], body) == (200, "hit from cloudfront", b"hello")
    assert "age" in headers
    _, headers, _ = curl(f"http://fra.{domain}/a%20b.txt")
    assert headers["x-amz-cf-pop"].startswith("fra")
    assert headers["x-cache"] == "miss from cloudfront"
    status, headers, body = curl("-X", "DELETE", f"http://{domain}/a%20b.txt")
    assert (status, headers["x-cache"]) == (403, "error from cloudfront")
    status, headers, body = curl(f"http://{domain}/none.txt")
    assert status == 403 and b"<Code>AccessDenied</Code>" in body
    status, headers, body = curl("-r", "1-2", f"http://{domain}/a%20b.txt")
    assert (status, body) == (206, b"el")


@not_moto("it has no edge")
def test_another_server_is_asked_by_its_name(cloudfront, pass_time):
    made = config()
    made["Origins"]["Items"][0] = {
        "Id": "bucket",
        "DomainName": "nobody.example.com",
        "CustomOriginConfig": {
            "HTTPPort": 80,
            "HTTPSPort": 443,
            "OriginProtocolPolicy": "http-only",
        },
    }
    made = cloudfront.create_distribution(DistributionConfig=made)["Distribution"]
    pass_time("+5m")
    status, headers, body = curl(f"http://{made['DomainName']}/")
    assert (status, headers["x-cache"]) == (502, "error from cloudfront")
    assert b"resolve the origin domain name" in body
    remove(cloudfront, pass_time, made["Id"])

"""What S3 enforces, as boto3 sees it: customers' keys, object lock, lifecycle, CORS, regions, and that
nothing is taken silently."""

import base64
import datetime
import hashlib
import os
import xml.etree.ElementTree

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from conftest import ENDPOINT, KEY, PEER, REGION, SECRET, client, fetch, unique

DAY = datetime.timedelta(days=1)


def code(call):
    """The error code and HTTP status with which a call is refused."""
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def message(call):
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Message"]


# Keys that the client keeps


@pytest.fixture
def keyed(s3, bucket):
    """A bucket that takes customers' keys, which new ones do not."""
    if PEER != "moto":
        by_default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        rule = dict(by_default, BlockedEncryptionTypes={"EncryptionType": ["NONE"]})
        s3.put_bucket_encryption(
            Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
        )
    return bucket


def key_of(byte):
    return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": byte * 32}


@pytest.mark.not_moto("it keeps no key")
def test_an_object_opens_with_its_own_key_alone(s3, keyed):
    mine, other = key_of(b"a"), key_of(b"b")
    put = s3.put_object(Bucket=keyed, Key="k", Body=b"secret", **mine)
    md5 = base64.b64encode(hashlib.md5(b"a" * 32).digest()).decode()
    assert (put["SSECustomerAlgorithm"], put["SSECustomerKeyMD5"]) == ("AES256", md5)
    assert "ServerSideEncryption" not in put
    assert put["ETag"] != '"%s"' % hashlib.md5(b"secret").hexdigest()
    get = lambda **key: s3.get_object(Bucket=keyed, Key="k", **key)
    assert get(**mine)["Body"].read() == b"secret"
    assert code(get) == ("InvalidRequest", 400)
    assert code(lambda: get(**other)) == ("AccessDenied", 403)
    assert code(lambda: s3.head_object(Bucket=keyed, Key="k")) == ("400", 400)
    assert s3.head_object(Bucket=keyed, Key="k", **mine)["SSECustomerKeyMD5"] == md5


@pytest.mark.not_moto("it keeps no key")
def test_a_copy_needs_the_key_of_its_source(s3, keyed):
    s3.put_object(Bucket=keyed, Key="k", Body=b"secret", **key_of(b"a"))
    source = {"Bucket": keyed, "Key": "k"}
    copy = lambda **more: s3.copy_object(Bucket=keyed, Key="copy", CopySource=source, **more)
    assert code(copy) == ("InvalidRequest", 400)
    opens = {"CopySourceSSECustomerAlgorithm": "AES256", "CopySourceSSECustomerKey": b"a" * 32}
    copy(**opens, **key_of(b"b"))
    got = s3.get_object(Bucket=keyed, Key="copy", **key_of(b"b"))
    assert got["Body"].read() == b"secret"


@pytest.mark.not_moto("it keeps no key")
def test_the_parts_of_an_upload_bring_the_key(s3, keyed):
    mine = key_of(b"a")
    upload = s3.create_multipart_upload(Bucket=keyed, Key="k", **mine)["UploadId"]
    named = {"Bucket": keyed, "Key": "k", "UploadId": upload}
    part = lambda **key: s3.upload_part(**named, PartNumber=1, Body=b"secret", **key)
    assert code(part) == ("InvalidRequest", 400)
    assert code(lambda: part(**key_of(b"b"))) == ("InvalidRequest", 400)
    parts = [{"PartNumber": 1, "ETag": part(**mine)["ETag"]}]
    s3.complete_multipart_upload(**named, MultipartUpload={"Parts": parts})
    assert s3.get_object(Bucket=keyed, Key="k", **mine)["Body"].read() == b"secret"


@pytest.mark.not_moto("it takes any key")
def test_a_key_that_is_none_is_refused(s3, keyed, bucket):
    put = lambda **key: s3.put_object(Bucket=keyed, Key="k", Body=b"", **key)
    short = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": b"short"}
    assert code(lambda: put(**short)) == ("InvalidArgument", 400)
    strange = {"SSECustomerAlgorithm": "ROT13", "SSECustomerKey": b"a" * 32}
    assert code(lambda: put(**strange)) == ("InvalidEncryptionAlgorithmError", 400)
    both = lambda: put(ServerSideEncryption="AES256", **key_of(b"a"))
    assert code(both) == ("InvalidArgument", 400)


@pytest.mark.not_moto("it takes customers' keys everywhere")
def test_a_new_bucket_takes_no_keys_of_customers(s3, bucket):
    put = lambda: s3.put_object(Bucket=bucket, Key="k", Body=b"", **key_of(b"a"))
    assert code(put) == ("AccessDenied", 403)


@pytest.mark.skipif(PEER == "moto", reason="it has no journal")
def test_a_key_is_nowhere_on_the_disk(s3, keyed):
    """Whoever reads the profile learns nothing of what was sent as a key."""
    home = os.environ.get("DISTLAB_HOME")
    if not home:
        pytest.skip("this endpoint keeps nothing")
    key = os.urandom(32)
    s3.put_object(
        Bucket=keyed, Key="k", Body=b"secret", SSECustomerAlgorithm="AES256", SSECustomerKey=key
    )
    needles = (key, base64.b64encode(key), key.hex().encode())
    seen = 0
    for folder, _, files in os.walk(home):
        for file in files:
            path = os.path.join(folder, file)
            if os.path.isfile(path):
                with open(path, "rb") as opened:
                    held = opened.read()
                seen += len(held)
                assert not any(needle in held for needle in needles), path
    assert seen


# Locks


@pytest.fixture
def locked(s3):
    """A bucket whose versions can be locked. It may be left behind with what stays locked."""
    name = unique("locked")
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


def until(s3, days):
    """An instant so many days after the present of the endpoint, which may be ahead of ours."""
    return s3_now(s3) + days * DAY


def s3_now(s3):
    name = unique("clock")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="k", Body=b"")
    now = s3.head_object(Bucket=name, Key="k")["LastModified"]
    s3.delete_object(Bucket=name, Key="k")
    s3.delete_bucket(Bucket=name)
    return now


@pytest.mark.not_moto("it breaks when it is asked for a retention")
@pytest.mark.parametrize("mode", ["GOVERNANCE", "COMPLIANCE"])
def test_a_retention_keeps_a_version(s3, locked, mode):
    end = until(s3, 2)
    put = s3.put_object(
        Bucket=locked, Key="k", Body=b"x", ObjectLockMode=mode, ObjectLockRetainUntilDate=end
    )
    version = {"Bucket": locked, "Key": "k", "VersionId": put["VersionId"]}
    assert code(lambda: s3.delete_object(**version)) == ("AccessDenied", 403)
    # A delete marker hides it, and takes nothing away.
    s3.delete_object(Bucket=locked, Key="k")
    assert s3.get_object(**version)["Body"].read() == b"x"
    kept = s3.get_object_retention(**version)["Retention"]
    assert (kept["Mode"], kept["RetainUntilDate"]) == (mode, end)
    bypass = lambda: s3.delete_object(**version, BypassGovernanceRetention=True)
    if mode == "GOVERNANCE":
        bypass()
        assert code(lambda: s3.get_object(**version)) == ("NoSuchVersion", 404)
    else:
        assert code(bypass) == ("AccessDenied", 403)


@pytest.mark.not_moto("it lets a retention become shorter")
def test_a_retention_becomes_longer_and_not_shorter(s3, locked):
    end = until(s3, 2)
    put = s3.put_object(
        Bucket=locked, Key="k", Body=b"", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=end
    )
    version = {"Bucket": locked, "Key": "k", "VersionId": put["VersionId"]}
    retain = lambda mode, end: s3.put_object_retention(
        **version, Retention={"Mode": mode, "RetainUntilDate": end}
    )
    retain("COMPLIANCE", end + DAY)
    assert code(lambda: retain("COMPLIANCE", end)) == ("AccessDenied", 403)
    assert code(lambda: retain("GOVERNANCE", end + 2 * DAY)) == ("AccessDenied", 403)


def test_a_legal_hold_keeps_a_version_until_it_is_off(s3, locked):
    put = s3.put_object(Bucket=locked, Key="k", Body=b"x", ObjectLockLegalHoldStatus="ON")
    version = {"Bucket": locked, "Key": "k", "VersionId": put["VersionId"]}
    assert code(lambda: s3.delete_object(**version)) == ("AccessDenied", 403)
    assert s3.get_object_legal_hold(**version)["LegalHold"] == {"Status": "ON"}
    s3.put_object_legal_hold(**version, LegalHold={"Status": "OFF"})
    s3.delete_object(**version)


@pytest.mark.not_moto("it says days and years of a rule")
def test_a_bucket_gives_its_objects_a_retention(s3, locked):
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}}
    configuration = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    s3.put_object_lock_configuration(Bucket=locked, ObjectLockConfiguration=configuration)
    got = s3.get_object_lock_configuration(Bucket=locked)["ObjectLockConfiguration"]
    assert got == configuration
    put = s3.put_object(Bucket=locked, Key="k", Body=b"")
    head = s3.head_object(Bucket=locked, Key="k", VersionId=put["VersionId"])
    assert head["ObjectLockMode"] == "GOVERNANCE"
    left = head["ObjectLockRetainUntilDate"] - head["LastModified"]
    assert 3 * DAY - datetime.timedelta(minutes=1) < left < 3 * DAY + datetime.timedelta(minutes=1)


@pytest.mark.not_moto("it locks in every bucket")
def test_a_bucket_without_locks_takes_none(s3, bucket):
    put = lambda: s3.put_object(Bucket=bucket, Key="k", Body=b"", ObjectLockLegalHoldStatus="ON")
    assert code(put) == ("InvalidRequest", 400)
    assert message(put) == "Bucket is missing Object Lock Configuration"


# Lifecycle


def lifecycle(s3, bucket, **rule):
    rule = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": ""}, **rule}
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})


@pytest.mark.not_moto("it judges few rules")
@pytest.mark.parametrize(
    "rule, want",
    [
        ({}, "InvalidRequest"),
        ({"Expiration": {"Days": 0}}, "InvalidArgument"),
        ({"Expiration": {"Date": datetime.datetime(2030, 1, 1, 12)}}, "InvalidArgument"),
        ({"Expiration": {"Days": 1}, "Status": "Sometimes"}, "MalformedXML"),
        ({"Transitions": [{"Days": 1, "StorageClass": "STANDARD_IA"}]}, "InvalidArgument"),
        ({"Expiration": {"Days": 1}, "Filter": {"And": {"Prefix": "a"}}}, "MalformedXML"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(s3, bucket, rule, want):
    assert code(lambda: lifecycle(s3, bucket, **rule)) == (want, 400)


@pytest.mark.not_moto("nothing of its rules ever happens")
def test_rules_do_what_they_say(s3, bucket, pass_time):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    lifecycle(
        s3,
        bucket,
        Filter={"Prefix": "logs/"},
        Expiration={"Days": 1},
        NoncurrentVersionExpiration={"NoncurrentDays": 1},
        AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1},
    )
    put = s3.put_object(Bucket=bucket, Key="logs/a", Body=b"x")
    assert 'rule-id="r"' in put["Expiration"]
    assert "Expiration" not in s3.put_object(Bucket=bucket, Key="kept", Body=b"x")
    assert s3.create_multipart_upload(Bucket=bucket, Key="logs/b")["AbortRuleId"] == "r"
    pass_time("2d")
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["kept"]
    markers = s3.list_object_versions(Bucket=bucket)["DeleteMarkers"]
    assert [m["Key"] for m in markers] == ["logs/a"]
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    pass_time("2d")
    listed = s3.list_object_versions(Bucket=bucket)
    assert [v["Key"] for v in listed["Versions"]] == ["kept"]


# Pages of other origins


@pytest.mark.not_moto("it answers every preflight")
def test_a_preflight_is_judged_by_the_rules(s3, bucket):
    ask = {"Origin": "http://a.example", "Access-Control-Request-Method": "PUT"}
    url = f"{ENDPOINT}/{bucket}/k"
    assert fetch(url, "OPTIONS", headers=ask)[0] == 403
    rule = {
        "AllowedMethods": ["PUT"],
        "AllowedOrigins": ["http://*.example"],
        "AllowedHeaders": ["x-amz-meta-*"],
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": 60,
    }
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    headers = dict(ask, **{"Access-Control-Request-Headers": "x-amz-meta-a"})
    status, told, _ = fetch(url, "OPTIONS", headers=headers)
    assert (status, told["access-control-allow-origin"]) == (200, "http://a.example")
    assert told["access-control-max-age"] == "60"
    assert fetch(url, "OPTIONS", headers=dict(ask, Origin="http://b.test"))[0] == 403
    other = {"Access-Control-Request-Headers": "x-other"}
    assert fetch(url, "OPTIONS", headers=dict(ask, **other))[0] == 403
    put = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k"})
    status, told, _ = fetch(put, "PUT", b"x", {"Origin": "http://a.example"})
    assert (status, told["access-control-expose-headers"]) == (200, "ETag")


# Regions


@pytest.fixture
def elsewhere(s3):
    name = unique("west")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    yield name
    s3.delete_object(Bucket=name, Key="k")
    s3.delete_bucket(Bucket=name)


def test_boto3_finds_a_bucket_elsewhere(elsewhere):
    fresh = client("s3")
    fresh.put_object(Bucket=elsewhere, Key="k", Body=b"there")
    assert fresh.get_object(Bucket=elsewhere, Key="k")["Body"].read() == b"there"
    assert client("s3").head_bucket(Bucket=elsewhere)["BucketRegion"] == "eu-west-1"


@pytest.mark.not_moto("its buckets are everywhere")
def test_a_request_for_another_region_is_sent_on(s3, elsewhere):
    signer = client("s3", signature_version="s3v4")
    name = {"Bucket": elsewhere, "Key": "k"}
    url = signer.generate_presigned_url("get_object", Params=name)
    status, headers, body = fetch(url)
    assert (status, headers["x-amz-bucket-region"]) == (301, "eu-west-1")
    assert b"<Code>PermanentRedirect</Code>" in body
    assert b"<Endpoint>%s.s3.eu-west-1.amazonaws.com</Endpoint>" % elsewhere.encode() in body
    head = signer.generate_presigned_url("head_bucket", Params={"Bucket": elsewhere})
    status, headers, body = fetch(head, "HEAD")
    assert (status, headers["x-amz-bucket-region"], body) == (301, "eu-west-1", b"")


@pytest.mark.not_moto("it signs nothing")
def test_a_form_for_another_region_is_refused(elsewhere):
    made = client("s3", signature_version="s3v4").generate_presigned_post(elsewhere, "k")
    boundary = "edge"
    body = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'
        for n, v in dict(made["fields"], file="x").items()
    )
    body += f"--{boundary}--\r\n"
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    status, _, text = fetch(f"{ENDPOINT}/{elsewhere}", "POST", body.encode(), kind)
    assert status == 400
    assert b"the region 'us-east-1' is wrong; expecting 'eu-west-1'" in text


# Nothing is taken silently


@pytest.mark.not_moto("it takes what it does not do")
@pytest.mark.parametrize(
    "call, more, header",
    [
        ("put_object", {"WriteOffsetBytes": 1}, "x-amz-write-offset-bytes"),
        (
            "put_object",
            {"ServerSideEncryption": "aws:kms", "SSEKMSEncryptionContext": "e30="},
            "x-amz-server-side-encryption-context",
        ),
        ("delete_object", {"IfMatchSize": 1}, "x-amz-if-match-size"),
        ("delete_object", {"MFA": "1 2"}, "x-amz-mfa"),
    ],
)
def test_what_is_not_enforced_is_refused(s3, bucket, call, more, header):
    with pytest.raises(ClientError) as caught:
        getattr(s3, call)(Bucket=bucket, Key="k", **more)
    error = caught.value.response["Error"]
    assert (error["Code"], error.get("Header")) == ("NotImplemented", header)


@pytest.mark.not_moto("it takes what it does not do")
@pytest.mark.parametrize(
    "call, more",
    [
        ("put_bucket_website", {"WebsiteConfiguration": {"IndexDocument": {"Suffix": "i"}}}),
        ("put_bucket_logging", {"BucketLoggingStatus": {}}),
        ("put_bucket_notification_configuration", {"NotificationConfiguration": {}}),
        ("put_bucket_accelerate_configuration", {"AccelerateConfiguration": {"Status": "Enabled"}}),
        ("put_bucket_request_payment", {"RequestPaymentConfiguration": {"Payer": "Requester"}}),
        ("list_bucket_analytics_configurations", {}),
        ("list_bucket_intelligent_tiering_configurations", {}),
        ("list_bucket_metrics_configurations", {}),
        ("restore_object", {"Key": "k", "RestoreRequest": {"Days": 1}}),
    ],
)
def test_what_is_not_simulated_is_refused_by_name(s3, bucket, call, more):
    assert code(lambda: getattr(s3, call)(Bucket=bucket, **more)) == ("NotImplemented", 501)


@pytest.mark.not_moto("it does not look whom a request expects")
def test_the_owner_who_is_expected_is_the_owner(s3, bucket):
    put = lambda owner: s3.put_object(
        Bucket=bucket, Key="k", Body=b"", ExpectedBucketOwner=owner
    )
    assert code(lambda: put("999999999999")) == ("AccessDenied", 403)


@pytest.mark.not_moto("it reads no more of a document than it knows")
def test_a_document_with_more_in_it_is_malformed(s3, bucket):
    text = b"<VersioningConfiguration><Status>Enabled</Status>%s</VersioningConfiguration>"
    assert signed_put(f"{bucket}?versioning", text % b"<Color>red</Color>") == (400, "MalformedXML")
    assert signed_put(f"{bucket}?versioning", text % b"") == (200, None)


def signed_put(path, text):
    """Puts a document that boto3 itself would not make."""
    request = AWSRequest(method="PUT", url=f"{ENDPOINT}/{path}", data=text)
    request.headers["content-type"] = "application/xml"
    S3SigV4Auth(Credentials(KEY, SECRET), "s3", REGION).add_auth(request)
    status, _, body = fetch(request.url, "PUT", text, dict(request.headers))
    return status, xml.etree.ElementTree.fromstring(body).findtext("Code") if body else None

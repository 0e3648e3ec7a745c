"""Uploads by a browser's form: what boto3's `generate_presigned_post` makes, sent as a page sends it."""

import base64
import hashlib
import hmac
import json
import time
import urllib.parse
import xml.etree.ElementTree

import pytest

from conftest import ENDPOINT, KEY, PEER, SECRET, client, fetch, open_to_public, unique

BOUNDARY = "----page"


def form(fields, body, name="a b.txt"):
    """A form as browsers send it, the file last."""
    lines = b""
    for field, value in fields.items():
        lines += (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        )
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    return lines + head.encode() + b"\r\n" + body + f"\r\n--{BOUNDARY}--\r\n".encode()


def post(bucket, fields, body=b"by form", **headers):
    headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
    return fetch(f"{ENDPOINT}/{bucket}", "POST", form(fields, body), headers)


def presigned(bucket, key="k", version="s3v4", fields=None, conditions=None, **more):
    """The fields of a form that boto3 signs; every field that is given is in the policy."""
    fields = dict(fields or {})
    conditions = list(conditions or []) + [{name: value} for name, value in fields.items()]
    made = client("s3", signature_version=version).generate_presigned_post(
        bucket, key, Fields=fields, Conditions=conditions, **more
    )
    assert made["url"] == f"{ENDPOINT}/{bucket}"
    return made["fields"]


def refusal(answer):
    status, _, body = answer
    error = xml.etree.ElementTree.fromstring(body)
    return status, error.findtext("Code"), error.findtext("Message")


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_form_puts_an_object(s3, bucket, version):
    fields = presigned(
        bucket, "in/${filename}", version, {"x-amz-meta-from": "page", "Content-Type": "text/plain"}
    )
    status, headers, body = post(bucket, fields)
    assert (status, body) == (204, b""), body
    if PEER != "moto":  # which does not tell it
        assert headers["etag"] == '"%s"' % hashlib.md5(b"by form").hexdigest()
    got = s3.get_object(Bucket=bucket, Key="in/a b.txt")
    assert got["Body"].read() == b"by form"
    assert (got["ContentType"], got["Metadata"]) == ("text/plain", {"from": "page"})


@pytest.mark.not_moto("it does not say where the object is")
def test_a_form_streams_a_long_file(s3, bucket):
    body = bytes(range(256)) * 4096 * 20
    status, headers, text = post(bucket, presigned(bucket, "long/file"), body)
    assert status == 204, text
    assert headers["location"] == f"{ENDPOINT}/{bucket}/long%2Ffile"
    assert s3.get_object(Bucket=bucket, Key="long/file")["Body"].read() == body


@pytest.mark.not_moto("it always answers 204")
def test_a_form_says_which_answer_it_wants(bucket):
    status, _, body = post(bucket, presigned(bucket, fields={"success_action_status": "201"}))
    told = xml.etree.ElementTree.fromstring(body)
    assert (status, told.tag, told.findtext("Bucket"), told.findtext("Key")) == (
        201,
        "PostResponse",
        bucket,
        "k",
    )
    assert told.findtext("ETag") == '"%s"' % hashlib.md5(b"by form").hexdigest()


@pytest.mark.not_moto("it leaves the quotes of the entity tag away")
def test_a_form_may_lead_to_a_page(bucket):
    page = f"{ENDPOINT}/_distlab/nothing?x=1"
    fields = presigned(bucket, "a/b", fields={"success_action_redirect": page})
    # urllib follows: what matters is where to.
    import http.client

    at = urllib.parse.urlsplit(ENDPOINT)
    connection = http.client.HTTPConnection(at.hostname, at.port)
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    connection.request("POST", f"/{bucket}", form(fields, b"by form"), kind)
    answer = connection.getresponse()
    tag = hashlib.md5(b"by form").hexdigest()
    assert answer.status == 303
    assert answer.headers["location"] == f"{page}&bucket={bucket}&key=a%2Fb&etag=%22{tag}%22"


@pytest.mark.not_moto("it looks at no signature")
@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_form_needs_the_signature_of_its_policy(bucket, version):
    fields = presigned(bucket, version=version)
    sign = "signature" if version == "s3" else "x-amz-signature"
    name = "Signature" if version == "s3" else "X-Amz-Signature"
    cut = dict(fields, policy=fields["policy"][:-2])
    assert refusal(post(bucket, cut))[:2] == (403, "SignatureDoesNotMatch")
    unsigned = {k: v for k, v in fields.items() if k != sign}
    message = (
        f"Bucket POST must contain a field named '{name}'.  If it is specified, please check the "
        "order of the fields."
    )
    assert refusal(post(bucket, unsigned)) == (400, "InvalidArgument", message)
    stranger = {k: v for k, v in fields.items() if k in ("key", "policy")}
    assert refusal(post(bucket, stranger)) == (403, "AccessDenied", "Access Denied")


@pytest.mark.not_moto("it reads no policy")
def test_a_form_is_held_to_its_policy(bucket):
    according = "Invalid according to Policy: "
    fields = presigned(bucket)
    extra = dict(fields, acl="private")
    assert refusal(post(bucket, extra)) == (403, "AccessDenied", according + "Extra input fields: acl")
    other = dict(fields, key="other")
    failed = according + 'Policy Condition failed: ["eq", "$key", "k"]'
    assert refusal(post(bucket, other)) == (403, "AccessDenied", failed)
    begins = presigned(bucket, conditions=[["starts-with", "$Content-Type", "image/"]])
    text = dict(begins, **{"Content-Type": "text/plain"})
    failed = according + 'Policy Condition failed: ["starts-with", "$Content-Type", "image/"]'
    assert refusal(post(bucket, text)) == (403, "AccessDenied", failed)
    assert post(bucket, dict(begins, **{"Content-Type": "image/png"}))[0] == 204
    old = presigned(bucket, ExpiresIn=1)
    time.sleep(2.1)
    expired = (403, "AccessDenied", according + "Policy expired.")
    assert refusal(post(bucket, old)) == expired


@pytest.mark.not_moto("it tells too short a file otherwise")
def test_a_policy_bounds_the_file(s3, bucket):
    fields = presigned(bucket, conditions=[["content-length-range", 5, 10]])
    assert refusal(post(bucket, fields, b"1234"))[:2] == (400, "EntityTooSmall")
    assert refusal(post(bucket, fields, b"12345678901"))[:2] == (400, "EntityTooLarge")
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    assert post(bucket, fields, b"12345")[0] == 204
    assert post(bucket, fields, b"1234567890")[0] == 204


@pytest.mark.not_moto("it takes any class, and no tags")
def test_a_form_says_what_a_put_says(s3, bucket):
    tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>"
    said = {
        "tagging": tags,
        "x-amz-storage-class": "STANDARD_IA",
        "Cache-Control": "no-cache",
        "x-amz-server-side-encryption": "AES256",
        "x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(b"by form").digest()).decode(),
    }
    assert post(bucket, presigned(bucket, fields=said))[0] == 204
    head = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert (head["StorageClass"], head["CacheControl"]) == ("STANDARD_IA", "no-cache")
    assert head["ChecksumSHA256"] == said["x-amz-checksum-sha256"]
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "a", "Value": "1"}]
    wrong = presigned(bucket, fields={"x-amz-storage-class": "COLD"})
    assert refusal(post(bucket, wrong))[:2] == (400, "InvalidStorageClass")
    wrong = presigned(bucket, fields={"x-amz-checksum-sha256": base64.b64encode(b"\0" * 32).decode()})
    assert refusal(post(bucket, wrong))[:2] == (400, "BadDigest")


@pytest.mark.not_moto("it asks nobody who they are")
def test_a_form_puts_what_its_signer_may(s3, bucket, user, iam):
    name, key, secret = user
    alice = client("s3", key=key, secret=secret, signature_version="s3v4")
    made = alice.generate_presigned_post(bucket, "hers/k")["fields"]
    assert refusal(post(bucket, made))[:2] == (403, "AccessDenied")
    allowed = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{bucket}/hers/*",
        },
    }
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(allowed))
    assert post(bucket, made)[0] == 204
    elsewhere = alice.generate_presigned_post(bucket, "his/k")["fields"]
    assert refusal(post(bucket, elsewhere))[:2] == (403, "AccessDenied")


@pytest.mark.not_moto("it asks nobody who they are")
def test_a_form_of_temporary_credentials_brings_their_token(bucket, sts, iam):
    role = unique("uploader")
    trust = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
    }
    anything = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    }
    made = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=json.dumps(anything))
    iam.create_user(UserName=role)
    iam.put_user_policy(
        UserName=role,
        PolicyName="p",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"},
            }
        ),
    )
    long = iam.create_access_key(UserName=role)["AccessKey"]
    caller = client("sts", key=long["AccessKeyId"], secret=long["SecretAccessKey"])
    keys = caller.assume_role(RoleArn=made["Arn"], RoleSessionName="page")["Credentials"]
    signer = client(
        "s3",
        key=keys["AccessKeyId"],
        secret=keys["SecretAccessKey"],
        token=keys["SessionToken"],
        signature_version="s3v4",
    )
    fields = signer.generate_presigned_post(bucket, "k")["fields"]
    assert post(bucket, fields)[0] == 204
    without = {k: v for k, v in fields.items() if k != "x-amz-security-token"}
    assert refusal(post(bucket, without))[:2] == (403, "InvalidAccessKeyId")


@pytest.mark.not_moto("it asks nobody who they are")
def test_a_form_without_a_signature_is_for_a_bucket_that_lets_everybody_write(s3, bucket):
    assert refusal(post(bucket, {"key": "k"})) == (403, "AccessDenied", "Access Denied")
    open_to_public(s3, bucket)
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    assert post(bucket, {"key": "from ${filename}"})[0] == 204
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["from a b.txt"]


@pytest.mark.not_moto("it takes a policy for what it is not")
@pytest.mark.parametrize(
    "policy, message",
    [
        ("no json", "Invalid JSON."),
        ({"conditions": []}, "Policy missing expiration."),
        ({"expiration": "2999-01-01T00:00:00Z"}, "Policy missing conditions."),
        (
            {"expiration": "2999-01-01T00:00:00Z", "conditions": [{}]},
            "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
        ),
        (
            {"expiration": "soon", "conditions": []},
            "Invalid 'expiration' value: 'soon'",
        ),
    ],
)
def test_a_signed_text_that_is_no_policy_is_refused(bucket, policy, message):
    text = policy if isinstance(policy, str) else json.dumps(policy)
    text = base64.b64encode(text.encode()).decode()
    signature = hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).digest()
    fields = {
        "key": "k",
        "AWSAccessKeyId": KEY,
        "policy": text,
        "signature": base64.b64encode(signature).decode(),
    }
    want = (400, "InvalidPolicyDocument", "Invalid Policy: " + message)
    assert refusal(post(bucket, fields)) == want


@pytest.mark.not_moto("it knows no CORS on a form")
def test_a_page_of_another_origin_hears_the_answer(s3, bucket):
    rule = {"AllowedMethods": ["POST"], "AllowedOrigins": ["http://a.example"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    status, headers, _ = post(bucket, presigned(bucket), Origin="http://a.example")
    assert (status, headers["access-control-allow-origin"]) == (204, "http://a.example")

"""IAM and STS as boto3 sees them, and what their policies do to S3."""

import json
import time

import pytest
from botocore.exceptions import ClientError

from conftest import KEY, PEER, SECRET, client, unique
from s3_test import code


def policy(effect, action, resource, **more):
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_root_knows_itself(sts):
    me = sts.get_caller_identity()
    assert len(me["Account"]) == 12
    assert me["Account"] in me["Arn"]


@pytest.mark.not_moto("it takes any key")
def test_wrong_keys(bucket):
    stranger = client("s3", key="AKIAIOSFODNN7EXAMPLE", secret="x")
    assert code(lambda: stranger.list_buckets()) == ("InvalidAccessKeyId", 403)
    mistaken = client("s3", secret=SECRET + "x")
    assert code(lambda: mistaken.list_buckets()) == ("SignatureDoesNotMatch", 403)
    assert code(lambda: mistaken.put_object(Bucket=bucket, Key="k", Body=b"x" * 100_000)) == (
        "SignatureDoesNotMatch",
        403,
    )
    assert code(lambda: client("sts", key="AKIAX").get_caller_identity()) == (
        "InvalidClientTokenId",
        403,
    )
    assert code(lambda: client("sts", secret="x").get_caller_identity()) == (
        "SignatureDoesNotMatch",
        403,
    )
    assert code(lambda: client("s3", token="x").list_buckets()) == ("InvalidToken", 400)


@pytest.mark.not_moto("it takes any date")
def test_a_wrong_clock(monkeypatch):
    import datetime

    import botocore.auth

    late = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=20)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *a, **k: late)
    assert code(lambda: client("s3").list_buckets()) == ("RequestTimeTooSkewed", 403)
    refused = code(lambda: client("sts").get_caller_identity())
    assert refused == ("SignatureDoesNotMatch", 403)


def test_users_and_their_keys(iam, user):
    name, key, secret = user
    got = iam.get_user(UserName=name)["User"]
    assert (got["UserName"], got["Path"]) == (name, "/")
    assert got["Arn"].endswith(f":user/{name}")
    assert name in [u["UserName"] for p in iam.get_paginator("list_users").paginate() for u in p["Users"]]
    listed = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
    assert [(k["AccessKeyId"], k["Status"]) for k in listed] == [(key, "Active")]
    assert client("sts", key, secret).get_caller_identity()["Arn"] == got["Arn"]
    assert code(lambda: iam.create_user(UserName=name)) == ("EntityAlreadyExists", 409)
    assert code(lambda: iam.get_user(UserName="nobody-here")) == ("NoSuchEntity", 404)
    if PEER != "moto":  # which deletes keys with their user
        assert code(lambda: iam.delete_user(UserName=name)) == ("DeleteConflict", 409)


@pytest.mark.not_moto("it takes a key that is switched off")
def test_a_key_that_is_switched_off(iam, user):
    name, key, secret = user
    iam.update_access_key(UserName=name, AccessKeyId=key, Status="Inactive")
    assert code(lambda: client("s3", key, secret).list_buckets())[0] == "InvalidAccessKeyId"
    iam.update_access_key(UserName=name, AccessKeyId=key, Status="Active")
    assert client("sts", key, secret).get_caller_identity()["UserId"].startswith("AIDA")


def test_tags_and_paths(iam):
    name = unique("tagged")
    tags = [{"Key": "empty", "Value": ""}, {"Key": "team", "Value": "a b+c"}]
    made = iam.create_user(UserName=name, Path="/x/", Tags=tags)["User"]
    assert made["Arn"].endswith(f":user/x/{name}")
    listed = iam.list_user_tags(UserName=name)["Tags"]
    assert sorted(listed, key=str) == sorted(tags, key=str)
    iam.delete_user(UserName=name)


@pytest.mark.not_moto("it does not evaluate policies by default")
def test_a_user_may_do_what_a_policy_allows(iam, s3, bucket, user):
    name, key, secret = user
    s3.put_object(Bucket=bucket, Key="pub/k", Body=b"1")
    s3.put_object(Bucket=bucket, Key="priv/k", Body=b"2")
    mine = client("s3", key, secret)
    get = lambda k: mine.get_object(Bucket=bucket, Key=k)["Body"].read()
    assert code(lambda: get("pub/k")) == ("AccessDenied", 403)
    document = policy("Allow", "s3:GetObject", f"arn:aws:s3:::{bucket}/pub/*")
    iam.put_user_policy(UserName=name, PolicyName="read", PolicyDocument=document)
    assert iam.get_user_policy(UserName=name, PolicyName="read")["PolicyDocument"] == json.loads(
        document
    )
    assert get("pub/k") == b"1"
    assert code(lambda: get("priv/k")) == ("AccessDenied", 403)
    assert code(lambda: mine.list_objects_v2(Bucket=bucket)) == ("AccessDenied", 403)
    managed = iam.create_policy(
        PolicyName=unique("all"), PolicyDocument=policy("Allow", "s3:*", "*")
    )["Policy"]["Arn"]
    iam.attach_user_policy(UserName=name, PolicyArn=managed)
    assert get("priv/k") == b"2"
    deny = policy("Deny", "s3:GetObject", f"arn:aws:s3:::{bucket}/priv/*")
    iam.put_user_policy(UserName=name, PolicyName="deny", PolicyDocument=deny)
    assert code(lambda: get("priv/k")) == ("AccessDenied", 403)
    iam.detach_user_policy(UserName=name, PolicyArn=managed)
    iam.delete_policy(PolicyArn=managed)


@pytest.mark.not_moto("it does not evaluate policies by default")
def test_a_bucket_policy_lets_a_user_in(iam, s3, bucket, user):
    name, key, secret = user
    s3.put_object(Bucket=bucket, Key="k", Body=b"1")
    arn = iam.get_user(UserName=name)["User"]["Arn"]
    document = policy(
        "Allow", "s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal={"AWS": arn}
    )
    s3.put_bucket_policy(Bucket=bucket, Policy=document)
    mine = client("s3", key, secret)
    assert mine.get_object(Bucket=bucket, Key="k")["Body"].read() == b"1"
    assert code(lambda: mine.put_object(Bucket=bucket, Key="k", Body=b"")) == ("AccessDenied", 403)


@pytest.mark.not_moto("it does not evaluate policies by default")
def test_an_unprivileged_user_cannot_use_iam(user):
    name, key, secret = user
    with pytest.raises(ClientError) as caught:
        client("iam", key, secret).list_users()
    error = caught.value.response["Error"]
    assert error["Code"] == "AccessDenied"
    assert f":user/{name} is not authorized to perform: iam:ListUsers" in error["Message"]


def test_roles_and_their_sessions(iam, sts, s3, bucket):
    account = sts.get_caller_identity()["Account"]
    name = unique("reader")
    trust = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    )
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]
    iam.put_role_policy(
        RoleName=name,
        PolicyName="read",
        PolicyDocument=policy("Allow", "s3:GetObject", f"arn:aws:s3:::{bucket}/*"),
    )
    creator = unique("creator")
    iam.create_user(UserName=creator)
    iam.put_user_policy(
        UserName=creator, PolicyName="assume", PolicyDocument=policy("Allow", "sts:AssumeRole", "*")
    )
    key = iam.create_access_key(UserName=creator)["AccessKey"]
    session = client("sts", key["AccessKeyId"], key["SecretAccessKey"]).assume_role(
        RoleArn=role["Arn"], RoleSessionName="peer"
    )
    assert session["AssumedRoleUser"]["Arn"].endswith(f":assumed-role/{name}/peer")
    given = session["Credentials"]
    assert given["AccessKeyId"].startswith("ASIA")
    assert given["Expiration"].timestamp() > time.time() - 86_400
    mine = lambda service: client(
        service, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
    )
    assert mine("sts").get_caller_identity()["Arn"] == session["AssumedRoleUser"]["Arn"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"1")
    assert mine("s3").get_object(Bucket=bucket, Key="k")["Body"].read() == b"1"
    iam.delete_access_key(UserName=creator, AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName=creator, PolicyName="assume")
    iam.delete_user(UserName=creator)
    iam.delete_role_policy(RoleName=name, PolicyName="read")
    iam.delete_role(RoleName=name)


@pytest.mark.not_moto("it takes any token")
def test_a_session_needs_its_token(sts, user):
    _, key, secret = user
    given = client("sts", key, secret).get_session_token()["Credentials"]
    bare = client("s3", given["AccessKeyId"], given["SecretAccessKey"])
    assert code(lambda: bare.list_buckets()) == ("InvalidAccessKeyId", 403)
    wrong = client("s3", given["AccessKeyId"], given["SecretAccessKey"], "wrong")
    assert code(lambda: wrong.list_buckets()) == ("InvalidToken", 400)


def test_bad_requests_are_named(iam):
    bad = lambda: iam.create_policy(PolicyName=unique("bad"), PolicyDocument="{")
    assert code(bad) == ("MalformedPolicyDocument", 400)


def refusal(call):
    """Code and sentence of a refusal."""
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_policies_are_validated(iam):
    def check(document, want):
        if not isinstance(document, str):
            document = json.dumps(document)
        made = lambda: iam.create_policy(PolicyName=unique("bad"), PolicyDocument=document)
        assert refusal(made) == ("MalformedPolicyDocument", want)

    def one(**extra):
        statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **extra}
        fields = {name: value for name, value in statement.items() if value is not None}
        return {"Version": "2012-10-17", "Statement": fields}

    check("{", "Syntax errors in policy.")
    check({**one(), "Version": "2013-01-01"}, "Syntax errors in policy.")
    check({**one(), "Version": "2008-10-17"}, "Policy document must be version 2012-10-17 or greater.")
    check(one(Effect="allow"), "The policy failed legacy parsing")
    late = {"DateLessThan": {"aws:CurrentTime": "2026-13-01"}}
    check(one(Condition=late), "The policy failed legacy parsing")
    check(one(Condition={"StringIs": {"aws:username": "a"}}), "Syntax errors in policy.")
    check(one(Action=None), "Policy statement must contain actions.")
    check(one(Resource=None), "Policy statement must contain resources.")
    vendor = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
    check(one(Action="GetObject"), vendor)
    check(one(Action="s3:Get:Object"), "Actions/Condition can contain only one colon.")
    check(one(Action="a_b:GetObject"), "Vendor a_b is not valid")
    check(one(Resource="notes"), 'Resource notes must be in ARN format or "*".')
    check(
        one(Resource="arn:aws2:s3:::a"),
        'Partition "aws2" is not valid for resource "arn:aws2:s3:::a".',
    )
    check(
        one(Resource="arn:aws:s3:us-east-1::a"),
        "Resource arn:aws:s3:us-east-1::a can not contain region information.",
    )
    twice = [{"Sid": "a", "Effect": "Deny", "Action": "*", "Resource": "*"}] * 2
    check(
        {"Version": "2012-10-17", "Statement": twice},
        "Statement IDs (SID) in a single policy must be unique.",
    )


def test_passwords(iam, user):
    name, _, _ = user
    assert code(lambda: iam.get_login_profile(UserName=name)) == ("NoSuchEntity", 404)
    made = iam.create_login_profile(UserName=name, Password="Secret-12")["LoginProfile"]
    assert made["UserName"] == name
    again = lambda: iam.create_login_profile(UserName=name, Password="Secret-12")
    assert code(again) == ("EntityAlreadyExists", 409)
    iam.update_login_profile(UserName=name, Password="Secret-13", PasswordResetRequired=True)
    assert iam.get_login_profile(UserName=name)["LoginProfile"]["PasswordResetRequired"]
    iam.delete_login_profile(UserName=name)


@pytest.mark.not_moto("it asks nothing of passwords")
def test_passwords_conform_to_the_account(iam, user):
    name, key, secret = user
    weak = lambda: iam.create_login_profile(UserName=name, Password="secret")
    assert code(weak) == ("PasswordPolicyViolation", 400)
    iam.create_login_profile(UserName=name, Password="Secret-12")
    mine = client("iam", key, secret)
    change = lambda: mine.change_password(OldPassword="Secret-12", NewPassword="Secret-13")
    assert code(change) == ("AccessDenied", 403)
    iam.update_account_password_policy(AllowUsersToChangePassword=True, RequireSymbols=True)
    change()
    iam.delete_account_password_policy()
    iam.delete_login_profile(UserName=name)


def test_the_password_policy(iam):
    assert code(lambda: iam.get_account_password_policy()) == ("NoSuchEntity", 404)
    iam.update_account_password_policy(MinimumPasswordLength=12, MaxPasswordAge=90)
    policy = iam.get_account_password_policy()["PasswordPolicy"]
    assert (policy["MinimumPasswordLength"], policy["MaxPasswordAge"]) == (12, 90)
    assert policy["ExpirePasswords"] and not policy["RequireSymbols"]
    iam.delete_account_password_policy()
    assert code(lambda: iam.delete_account_password_policy()) == ("NoSuchEntity", 404)


def totp(seed, moment, ahead=0):
    """What an authenticator shows at a moment, or so many codes later."""
    import base64
    import hashlib
    import hmac

    step = int(moment.timestamp()) // 30 + ahead
    digest = hmac.digest(base64.b32decode(seed), step.to_bytes(8, "big"), hashlib.sha1)
    at = digest[19] & 15
    return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


@pytest.mark.not_moto("it takes any code")
def test_mfa_devices(iam, user):
    name, key, secret = user
    # Codes go by lab time, which the newest thing in the account shows.
    now = iam.get_user(UserName=name)["User"]["CreateDate"]
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
    serial, seed = device["SerialNumber"], device["Base32StringSeed"]
    assert device["QRCodePNG"].startswith(b"\x89PNG")
    enable = lambda first, second: iam.enable_mfa_device(
        UserName=name, SerialNumber=serial, AuthenticationCode1=first, AuthenticationCode2=second
    )
    wrong = lambda: enable(totp(seed, now, 50), totp(seed, now, 51))
    assert code(wrong) == ("InvalidAuthenticationCode", 403)
    enable(totp(seed, now, -1), totp(seed, now))
    assert [d["SerialNumber"] for d in iam.list_mfa_devices(UserName=name)["MFADevices"]] == [serial]

    guarded = {"Version": "2012-10-17", "Statement": []}
    allow = {"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}
    shown = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    guarded["Statement"].append({**allow, "Condition": shown})
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(guarded))
    mine = client("sts", key, secret)

    def may_list(**given):
        made = mine.get_session_token(**given)["Credentials"]
        there = client("iam", made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
        try:
            there.list_users()
        except there.exceptions.ClientError:
            return False
        return True

    assert code(lambda: client("iam", key, secret).list_users()) == ("AccessDenied", 403)
    assert not may_list()
    assert may_list(SerialNumber=serial, TokenCode=totp(seed, now, 1))
    twice = lambda: mine.get_session_token(SerialNumber=serial, TokenCode=totp(seed, now, 1))
    assert refusal(twice) == (
        "AccessDenied",
        "MultiFactorAuthentication failed with invalid MFA one time pass code.",
    )
    in_use = lambda: iam.delete_virtual_mfa_device(SerialNumber=serial)
    assert code(in_use) == ("DeleteConflict", 409)
    iam.deactivate_mfa_device(UserName=name, SerialNumber=serial)
    iam.delete_virtual_mfa_device(SerialNumber=serial)


@pytest.mark.not_moto("it does not evaluate policies by default")
def test_session_tags(iam, user):
    name, key, secret = user
    role = unique("tagged")
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": iam.get_user(UserName=name)["User"]["Arn"]},
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        "Condition": {"StringEquals": {"sts:ExternalId": "e-1"}},
    }
    document = {"Version": "2012-10-17", "Statement": [trust]}
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(document))["Role"]["Arn"]
    blue = {"StringEquals": {"aws:PrincipalTag/team": "blue", "aws:SourceIdentity": "alice"}}
    iam.put_role_policy(
        RoleName=role,
        PolicyName="p",
        PolicyDocument=policy("Allow", "iam:ListUsers", "*", Condition=blue),
    )
    mine = client("sts", key, secret)
    stranger = lambda: mine.assume_role(RoleArn=arn, RoleSessionName="s1")
    assert code(stranger) == ("AccessDenied", 403)

    def as_team(team):
        made = mine.assume_role(
            RoleArn=arn,
            RoleSessionName="s1",
            ExternalId="e-1",
            SourceIdentity="alice",
            Tags=[{"Key": "team", "Value": team}],
        )
        assert made["SourceIdentity"] == "alice"
        given = made["Credentials"]
        return client("iam", given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    first, second = as_team("blue"), as_team("red")
    # Two sessions of one name are two: each has its own tags.
    first.list_users()
    assert code(lambda: second.list_users()) == ("AccessDenied", 403)
    iam.delete_role_policy(RoleName=role, PolicyName="p")
    iam.delete_role(RoleName=role)


@pytest.mark.not_moto("it has providers")
def test_federation_is_refused_by_name(iam, sts):
    def says(operation, title, call):
        message = f"The operation {operation} of {title} is not simulated here"
        assert refusal(call) == ("NotImplemented", message)

    ours = "AWS Identity and Access Management"
    provider = lambda: iam.create_saml_provider(Name="p", SAMLMetadataDocument="x" * 1000)
    says("CreateSAMLProvider", ours, provider)
    connect = lambda: iam.create_open_id_connect_provider(Url="https://example.org")
    says("CreateOpenIDConnectProvider", ours, connect)
    says("ListSAMLProviders", ours, iam.list_saml_providers)
    theirs = "AWS Security Token Service"
    says("GetFederationToken", theirs, lambda: sts.get_federation_token(Name="alice"))
    role = "arn:aws:iam::123456789012:role/r"
    says(
        "AssumeRoleWithWebIdentity",
        theirs,
        lambda: sts.assume_role_with_web_identity(
            RoleArn=role, RoleSessionName="session", WebIdentityToken="x" * 10
        ),
    )
    says(
        "AssumeRoleWithSAML",
        theirs,
        lambda: sts.assume_role_with_saml(
            RoleArn=role, PrincipalArn=role.replace("role", "saml-provider"), SAMLAssertion="eHh4"
        ),
    )


@pytest.mark.not_moto("it takes them")
def test_members_that_are_not_simulated_are_refused(iam, sts):
    owner = lambda: iam.simulate_custom_policy(
        PolicyInputList=[policy("Allow", "s3:*", "*")],
        ActionNames=["s3:GetObject"],
        ResourceOwner="arn:aws:iam::123456789012:root",
    )
    assert code(owner) == ("NotImplemented", 501)
    contexts = lambda: sts.assume_role(
        RoleArn="arn:aws:iam::123456789012:role/r",
        RoleSessionName="ss",
        ProvidedContexts=[{"ProviderArn": "arn:aws:iam::aws:contextProvider/x", "ContextAssertion": "abcd"}],
    )
    assert refusal(contexts) == (
        "NotImplemented",
        "The parameter ProvidedContexts is not simulated here, so it cannot be given",
    )


@pytest.mark.not_moto("it protects no role, and deletes at once")
def test_service_linked_roles(iam):
    made = iam.create_service_linked_role(
        AWSServiceName="autoscaling.amazonaws.com", CustomSuffix=unique("s"), Description="mine"
    )["Role"]
    name = made["RoleName"]
    assert name.startswith("AWSServiceRoleForAutoScaling_")
    assert made["Path"] == "/aws-service-role/autoscaling.amazonaws.com/"
    assert made["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {
        "Service": ["autoscaling.amazonaws.com"]
    }
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [p["PolicyName"] for p in attached] == ["AutoScalingServiceRolePolicy"]
    protected = (
        "UnmodifiableEntity",
        f"Cannot perform the operation on the protected role '{name}' - this role is only "
        "modifiable by AWS",
    )
    assert refusal(lambda: iam.delete_role(RoleName=name)) == protected
    detach = lambda: iam.detach_role_policy(RoleName=name, PolicyArn=attached[0]["PolicyArn"])
    assert refusal(detach) == protected
    assert iam.update_role_description(RoleName=name, Description="new")["Role"]["Description"] == "new"
    other = lambda: iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com", CustomSuffix="x")
    assert refusal(other) == ("InvalidInput", "Custom suffix is not allowed for ecs.amazonaws.com")
    task = iam.delete_service_linked_role(RoleName=name)["DeletionTaskId"]
    status = lambda: iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"]
    assert status() in ("IN_PROGRESS", "SUCCEEDED")
    for _ in range(60):
        if status() == "SUCCEEDED":
            break
        time.sleep(0.5)
    assert status() == "SUCCEEDED"
    assert code(lambda: iam.get_role(RoleName=name)) == ("NoSuchEntity", 404)


def test_more_things_have_tags(iam):
    name = unique("tagged")
    tags = [{"Key": "team", "Value": "blue"}]
    arn = iam.create_policy(PolicyName=name, PolicyDocument=policy("Allow", "s3:*", "*"))["Policy"]["Arn"]
    iam.tag_policy(PolicyArn=arn, Tags=tags)
    assert iam.list_policy_tags(PolicyArn=arn)["Tags"] == tags
    iam.untag_policy(PolicyArn=arn, TagKeys=["team"])
    assert iam.list_policy_tags(PolicyArn=arn)["Tags"] == []
    iam.delete_policy(PolicyArn=arn)
    if PEER == "moto":  # which does not know the others
        return
    iam.create_instance_profile(InstanceProfileName=name)
    iam.tag_instance_profile(InstanceProfileName=name, Tags=tags)
    assert iam.list_instance_profile_tags(InstanceProfileName=name)["Tags"] == tags
    assert iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Tags"] == tags
    iam.delete_instance_profile(InstanceProfileName=name)
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]["SerialNumber"]
    iam.tag_mfa_device(SerialNumber=serial, Tags=tags)
    assert iam.list_mfa_device_tags(SerialNumber=serial)["Tags"] == tags
    iam.delete_virtual_mfa_device(SerialNumber=serial)


@pytest.mark.not_moto("it takes any path")
def test_only_services_have_roles_on_their_path(iam):
    document = '{"Version": "2012-10-17", "Statement": []}'
    with pytest.raises(ClientError) as refused:
        iam.create_role(
            RoleName="mine", Path="/aws-service-role/x/", AssumeRolePolicyDocument=document
        )
    assert refused.value.response["Error"]["Code"] == "InvalidInput"


@pytest.mark.not_moto("it records a use for every key")
def test_when_a_key_was_last_used(iam, user):
    name, key, secret = user
    used = lambda: iam.get_access_key_last_used(AccessKeyId=key)
    assert used()["UserName"] == name
    assert used()["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    client("sts", key, secret).get_caller_identity()
    first = used()["AccessKeyLastUsed"]
    assert (first["ServiceName"], first["Region"]) == ("sts", "us-east-1")
    # Of several uses within a quarter of an hour only the first is recorded, refused ones included.
    assert code(lambda: client("iam", key, secret).list_users()) == ("AccessDenied", 403)
    assert used()["AccessKeyLastUsed"] == first


@pytest.mark.not_moto("it says otherwise")
def test_members_that_are_missing_are_named():
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    from conftest import ENDPOINT, fetch

    body = b"Action=CreateUser&Version=2010-05-08"
    request = AWSRequest(
        method="POST",
        url=ENDPOINT + "/",
        data=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    SigV4Auth(Credentials(KEY, SECRET), "iam", "us-east-1").add_auth(request)
    status, _, text = fetch(request.url, "POST", body, dict(request.headers))
    assert status == 400
    assert b"1 validation error detected: Value null at 'userName'" in text.replace(b"&#x27;", b"'")

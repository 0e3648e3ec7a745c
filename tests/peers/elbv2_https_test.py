"""HTTPS listeners: certificates, names, policies, and what curl sees of them."""

import gzip
import json
import os
import subprocess
import time

import pytest

from acm_test import made
from conftest import client, empty, unique
from ec2_network_test import ec2  # noqa: F401
from elbv2_test import elb, fixed, places, refused  # noqa: F401

pytestmark = pytest.mark.not_moto("it answers no requests")
TLS13 = "ELBSecurityPolicy-TLS13-1-3-2021-06"
OLD = "ELBSecurityPolicy-2016-08"


@pytest.fixture(scope="module")
def acm():
    return client("acm")


@pytest.fixture
def certificates(acm, tmp_path):
    """Imports certificates: their ARNs, and the files of them that curl may trust."""
    arns = []

    def one(*names, **more):
        body, key, _ = made(*names, **more)
        path = tmp_path / f"{len(arns)}.pem"
        path.write_bytes(body)
        arns.append(acm.import_certificate(Certificate=body, PrivateKey=key)["CertificateArn"])
        return arns[-1], str(path)

    yield one
    for arn in arns:
        acm.delete_certificate(CertificateArn=arn)


@pytest.fixture
def balancer(ec2, elb, places, certificates, pass_time):
    # Certificates go after it: they are in use until then.
    _, subnets, _ = places
    group = ec2.create_security_group(GroupName=unique("tls"), Description="tls", VpcId=places[0])["GroupId"]
    everyone = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 65535, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=everyone)
    [told] = elb.create_load_balancer(Name=unique("tls"), Subnets=subnets, SecurityGroups=[group])["LoadBalancers"]
    pass_time("3m")
    yield told
    elb.delete_load_balancer(LoadBalancerArn=told["LoadBalancerArn"])


def curl(*words):
    """Asks through the session's proxy, with nothing trusted but what is said."""
    told = subprocess.run([os.environ.get("DISTLAB", "distlab"), "env", "--json"], check=True, capture_output=True)
    env = {**os.environ, **json.loads(told.stdout)}
    line = ["curl", "--silent", "--show-error", "--max-time", "20", *words]
    return subprocess.run(line, env=env, capture_output=True, text=True, check=False)


def ask(balancer, host, *words, trust=None):
    """Under a name of one's own, which leads to the load balancer."""
    to = ["--connect-to", f"{host}:443:{balancer['DNSName']}:443"]
    trusted = ["--cacert", trust] if trust else []
    return curl(*to, *trusted, *words, f"https://{host}/")


def echo(status="200", text="secure"):
    return fixed(text, status)


def test_a_listener_speaks_by_its_certificate(elb, acm, balancer, certificates):
    arn, trusted = certificates("www.example.com")
    listener = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTPS", Port=443, DefaultActions=echo(),
        Certificates=[{"CertificateArn": arn}], SslPolicy=TLS13,
    )["Listeners"][0]
    assert (listener["Protocol"], listener["SslPolicy"]) == ("HTTPS", TLS13)
    assert listener["Certificates"] == [{"CertificateArn": arn}]
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"] == [balancer["LoadBalancerArn"]]
    assert refused(acm.delete_certificate, CertificateArn=arn)["Code"] == "ResourceInUseException"
    told = ask(balancer, "www.example.com", "-w", " %{http_version} %{ssl_verify_result}", trust=trusted)
    assert told.stdout == "secure 1.1 0", told.stderr
    # Nobody else's name, and no authority that everybody trusts.
    assert ask(balancer, "other.example.com", trust=trusted).returncode == 60
    assert ask(balancer, "www.example.com").returncode == 60
    # A policy says what is spoken.
    too_old = ask(balancer, "www.example.com", "--tls-max", "1.2", trust=trusted)
    assert too_old.returncode == 35, too_old
    elb.modify_listener(ListenerArn=listener["ListenerArn"], SslPolicy=OLD)
    assert ask(balancer, "www.example.com", "--tls-max", "1.2", trust=trusted).stdout == "secure"
    assert ask(balancer, "www.example.com", "--tlsv1.3", trust=trusted).returncode == 35


def test_the_name_chooses_the_certificate(elb, balancer, certificates):
    first, _ = certificates("first.example.com")
    second, trusts_second = certificates("second.example.com", kind="ec")
    any_shop, trusts_shop = certificates("*.shop.example.com")
    arn = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTPS", Port=443, DefaultActions=echo(),
        Certificates=[{"CertificateArn": first}],
    )["Listeners"][0]["ListenerArn"]
    given = [{"CertificateArn": second}, {"CertificateArn": any_shop}]
    elb.add_listener_certificates(ListenerArn=arn, Certificates=given)
    told = elb.describe_listener_certificates(ListenerArn=arn)["Certificates"]
    assert {one["CertificateArn"]: one["IsDefault"] for one in told} == {
        first: True, second: False, any_shop: False,
    }
    assert ask(balancer, "second.example.com", trust=trusts_second).stdout == "secure"
    assert ask(balancer, "a.shop.example.com", trust=trusts_shop).stdout == "secure"
    assert ask(balancer, "a.b.shop.example.com", trust=trusts_shop).returncode == 60
    wrong = refused(elb.remove_listener_certificates, ListenerArn=arn, Certificates=[{"CertificateArn": first}])
    assert wrong["Code"] == "OperationNotPermitted"
    elb.remove_listener_certificates(ListenerArn=arn, Certificates=given[:1])
    assert ask(balancer, "second.example.com", trust=trusts_second).returncode == 60


def test_http_is_sent_on_to_https(elb, s3, balancer, certificates, pass_time):
    arn, trusted = certificates(balancer["DNSName"].lower())
    balancer_arn = balancer["LoadBalancerArn"]
    on = [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}]
    elb.create_listener(LoadBalancerArn=balancer_arn, Protocol="HTTP", Port=80, DefaultActions=on)
    back = [{"Type": "redirect", "RedirectConfig": {"Path": "/#{protocol}", "StatusCode": "HTTP_302"}}]
    elb.create_listener(
        LoadBalancerArn=balancer_arn, Protocol="HTTPS", Port=443, DefaultActions=back,
        Certificates=[{"CertificateArn": arn}],
    )
    elb_log = unique("tls-log")
    s3.create_bucket(Bucket=elb_log)
    policy = {
        "Version": "2012-10-17",
        "Statement": {
            # The account of this region's load balancers, by which older policies name them.
            "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::127311923021:root"},
            "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{elb_log}/AWSLogs/*",
        },
    }
    s3.put_bucket_policy(Bucket=elb_log, Policy=json.dumps(policy))
    switch = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": elb_log}
    switch = [{"Key": key, "Value": value} for key, value in switch.items()]
    elb.modify_load_balancer_attributes(LoadBalancerArn=balancer_arn, Attributes=switch)
    host = balancer["DNSName"].lower()
    told = curl("--cacert", trusted, "--location", "--max-redirs", "1", "-o", "/dev/null",
                "-w", "%{url_effective} %{redirect_url} %{num_redirects}", f"http://{host}/a?b=1")
    assert told.stdout == f"https://{host}:443/a?b=1 https://{host}:443/https?b=1 1", told
    pass_time("+5m")
    for _ in range(50):
        found = s3.list_objects_v2(Bucket=elb_log).get("Contents", [])
        if found:
            break
        time.sleep(0.2)
    text = gzip.decompress(s3.get_object(Bucket=elb_log, Key=found[0]["Key"])["Body"].read()).decode()
    plain, secure = text.splitlines()
    assert plain.startswith("http ") and " - - - " in plain
    assert secure.startswith("https ") and f'"{host}" "{arn}"' in secure
    assert " TLSv1.2 " in secure and " ECDHE-RSA-" in secure
    empty(s3, elb_log)
    s3.delete_bucket(Bucket=elb_log)


def test_what_cannot_be_is_refused(elb, balancer, certificates):
    arn, _ = certificates("www.example.com")
    unnamed, _ = certificates("localhost")
    asked = {
        "LoadBalancerArn": balancer["LoadBalancerArn"], "Protocol": "HTTPS", "Port": 443, "DefaultActions": echo(),
    }

    def check(want, **members):
        assert refused(elb.create_listener, **{**asked, **members})["Code"] == want, members

    own = [{"CertificateArn": arn}]
    check("ValidationError")
    check("CertificateNotFound", Certificates=[{"CertificateArn": arn + "0"}])
    check("UnsupportedCertificate", Certificates=[{"CertificateArn": unnamed}])
    check("SSLPolicyNotFound", Certificates=own, SslPolicy="ELBSecurityPolicy-2015-05")
    check("ValidationError", Certificates=own, Protocol="HTTP")

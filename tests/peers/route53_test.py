"""Route 53 as boto3, Amazon's own `aws` and curl see it."""

import json
import os
import subprocess

import pytest

from conftest import REGION, amazons_aws, client, refused, unique

not_moto = pytest.mark.not_moto
ELB_ZONE = "Z35SXDOTRQ7X7K"


@pytest.fixture(scope="module")
def route53():
    return client("route53")


@pytest.fixture
def zone(route53):
    """A public zone of its own: its id and its name."""
    name = f"{unique('peers')}.net"
    made = route53.create_hosted_zone(Name=name, CallerReference=unique("ref"))
    yield made["HostedZone"]["Id"], name
    empty(route53, made["HostedZone"]["Id"])
    route53.delete_hosted_zone(Id=made["HostedZone"]["Id"])


def empty(route53, zone):
    sets = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    # Aliases go before what they lead to.
    sets = sorted((s for s in sets if s["Type"] not in ("NS", "SOA")), key=lambda s: "AliasTarget" not in s)
    if sets:
        change(route53, zone, *({"Action": "DELETE", "ResourceRecordSet": s} for s in sets))


def record(action, name, kind, *values, **more):
    shown = {"Name": name, "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": v} for v in values], **more}
    return {"Action": action, "ResourceRecordSet": shown}


def alias(action, name, target_zone, target):
    leads = {"HostedZoneId": target_zone, "DNSName": target, "EvaluateTargetHealth": False}
    return {"Action": action, "ResourceRecordSet": {"Name": name, "Type": "A", "AliasTarget": leads}}


def change(route53, zone, *changes):
    batch = {"Changes": list(changes)}
    return route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)["ChangeInfo"]


def aws(*words):
    return amazons_aws("route53", *words)


def test_a_zone_is_made_and_told_of(route53, zone):
    told = route53.get_hosted_zone(Id=zone[0])
    assert told["HostedZone"]["Name"] == zone[1] + "."
    assert told["HostedZone"]["Config"]["PrivateZone"] is False
    assert len(told["DelegationSet"]["NameServers"]) == 4
    listed = route53.list_hosted_zones_by_name(DNSName=zone[1])["HostedZones"]
    assert listed[0]["Id"] == zone[0]
    assert zone[0] in [z["Id"] for z in route53.list_hosted_zones()["HostedZones"]]
    assert route53.get_hosted_zone_count()["HostedZoneCount"] >= 1
    told = route53.update_hosted_zone_comment(Id=zone[0], Comment="peers")
    assert told["HostedZone"]["Config"]["Comment"] == "peers"


def test_records_are_listed_in_pages_by_their_last_labels(route53, zone):
    id, name = zone
    change(
        route53, id,
        record("CREATE", f"www.{name}", "A", "192.0.2.1", "192.0.2.2"),
        record("CREATE", f"a.z.{name}", "TXT", '"one" "two"'),
        record("CREATE", f"b.a.{name}", "MX", "10 mail.example.net"),
        record("CREATE", f"_sip._tcp.{name}", "SRV", "1 10 5060 sip.example.net"),
        record("CREATE", f"v6.{name}", "AAAA", "2001:db8::1"),
        record("CREATE", f"ca.{name}", "CAA", '0 issue "ca.example.net"'),
    )
    pages = route53.get_paginator("list_resource_record_sets").paginate(
        HostedZoneId=id, PaginationConfig={"PageSize": 3}
    )
    found = [(s["Name"], s["Type"]) for page in pages for s in page["ResourceRecordSets"]]
    assert found == sorted(found, key=lambda pair: (".".join(reversed(pair[0].rstrip(".").split("."))) + ".", pair[1]))
    assert len(found) == 8
    one = route53.list_resource_record_sets(
        HostedZoneId=id, StartRecordName=f"www.{name}", StartRecordType="A", MaxItems="1"
    )["ResourceRecordSets"][0]
    assert one["ResourceRecords"] == [{"Value": "192.0.2.1"}, {"Value": "192.0.2.2"}]


@not_moto("its changes are known at once")
def test_a_change_is_waited_for(route53, zone, pass_time):
    told = change(route53, zone[0], record("CREATE", f"www.{zone[1]}", "A", "192.0.2.1"))
    assert told["Status"] == "PENDING"
    answer = route53.test_dns_answer(HostedZoneId=zone[0], RecordName=f"www.{zone[1]}", RecordType="A")
    assert answer["ResponseCode"] != "NOERROR"
    pass_time("+61s")
    assert route53.get_change(Id=told["Id"])["ChangeInfo"]["Status"] == "INSYNC"
    route53.get_waiter("resource_record_sets_changed").wait(Id=told["Id"])
    answer = route53.test_dns_answer(HostedZoneId=zone[0], RecordName=f"www.{zone[1]}", RecordType="A")
    assert (answer["ResponseCode"], answer["RecordData"]) == ("NOERROR", ["192.0.2.1"])
    assert refused(lambda: route53.get_change(Id="C0NONE"), "NoSuchChange", 404)


@not_moto("it takes most of these")
def test_a_batch_is_taken_whole_or_not_at_all(route53, zone):
    id, name = zone
    change(route53, id, record("CREATE", f"www.{name}", "A", "192.0.2.1"))

    def wrong(*changes):
        return refused(lambda: change(route53, id, *changes), "InvalidChangeBatch")

    assert wrong(record("CREATE", f"www.{name}", "A", "192.0.2.9")) == (
        f"[Tried to create resource record set [name='www.{name}.', type='A'] but it already exists]"
    )
    assert wrong(record("CREATE", f"new.{name}", "A", "192.0.2.1"), record("DELETE", f"no.{name}", "A", "192.0.2.1")) == (
        f"[Tried to delete resource record set [name='no.{name}.', type='A'] but it was not found]"
    )
    assert wrong(record("CREATE", name, "CNAME", "www.example.net")) == (
        f"[RRSet of type CNAME with DNS name {name}. is not permitted at apex in zone {name}.]"
    )
    assert wrong(record("CREATE", "www.elsewhere.net", "A", "192.0.2.1")) == (
        f"[RRSet with DNS name www.elsewhere.net. is not permitted in zone {name}.]"
    )
    assert "ARRDATAIllegalIPv4Address" in wrong(record("CREATE", f"x.{name}", "A", "x"))
    assert "InvalidCharacterString" in wrong(record("CREATE", f"x.{name}", "TXT", "x"))
    names = [s["Name"] for s in route53.list_resource_record_sets(HostedZoneId=id)["ResourceRecordSets"]]
    assert f"new.{name}." not in names
    message = refused(
        lambda: route53.change_resource_record_sets(
            HostedZoneId=id,
            ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": {"Name": f"x.{name}", "Type": "A"}}]},
        ),
        "InvalidInput",
    )
    assert message.startswith("Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]")
    assert refused(lambda: route53.delete_hosted_zone(Id=id), "HostedZoneNotEmpty")


def test_labels(route53, zone):
    id = zone[0].split("/")[-1]
    route53.change_tags_for_resource(
        ResourceType="hostedzone", ResourceId=id, AddTags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    )
    route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=id, RemoveTagKeys=["a"])
    told = route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=id)["ResourceTagSet"]
    assert told["Tags"] == [{"Key": "b", "Value": "2"}]
    told = route53.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=[id])["ResourceTagSets"]
    assert told[0]["ResourceId"] == id


@not_moto("it knows no networks of zones")
def test_a_private_zone_is_known_to_its_networks(route53):
    ec2 = client("ec2")
    vpcs = [ec2.create_vpc(CidrBlock=f"10.{n}.0.0/16")["Vpc"]["VpcId"] for n in (41, 42)]
    network = [{"VPCRegion": REGION, "VPCId": vpc} for vpc in vpcs]
    made = route53.create_hosted_zone(Name="corp.internal", CallerReference=unique("ref"), VPC=network[0])
    id = made["HostedZone"]["Id"]
    assert made["HostedZone"]["Config"]["PrivateZone"] is True
    assert refused(
        lambda: route53.disassociate_vpc_from_hosted_zone(HostedZoneId=id, VPC=network[0]), "LastVPCAssociation"
    )
    route53.associate_vpc_with_hosted_zone(HostedZoneId=id, VPC=network[1])
    assert len(route53.get_hosted_zone(Id=id)["VPCs"]) == 2
    listed = route53.list_hosted_zones_by_vpc(VPCId=vpcs[1], VPCRegion=REGION)["HostedZoneSummaries"]
    assert [z["HostedZoneId"] for z in listed] == [id.split("/")[-1]]
    route53.disassociate_vpc_from_hosted_zone(HostedZoneId=id, VPC=network[0])
    route53.delete_hosted_zone(Id=id)
    for vpc in vpcs:
        ec2.delete_vpc(VpcId=vpc)


@not_moto("it keeps names as they were typed")
def test_amazons_own_aws(route53, tmp_path):
    name = f"{unique('cli')}.net"
    made = aws("create-hosted-zone", "--name", name, "--caller-reference", unique("ref"))
    id = made["HostedZone"]["Id"]
    batch = tmp_path / "batch.json"
    batch.write_text(json.dumps({"Changes": [record("UPSERT", f"*.{name}", "A", "192.0.2.1")]}))
    told = aws("change-resource-record-sets", "--hosted-zone-id", id, "--change-batch", f"file://{batch}")
    assert told["ChangeInfo"]["Id"].startswith("/change/C")
    sets = aws("list-resource-record-sets", "--hosted-zone-id", id)["ResourceRecordSets"]
    assert [s["Name"] for s in sets if s["Type"] == "A"] == [f"\\052.{name}."]
    empty(route53, id)
    aws("delete-hosted-zone", "--id", id)
    assert refused(lambda: route53.get_hosted_zone(Id=id), "NoSuchHostedZone", 404)


@not_moto("it refuses nothing")
def test_what_is_not_simulated_is_refused(route53, zone):
    assert "simulated here" in refused(lambda: route53.list_health_checks(), "UnknownOperationException", 404)
    set = record("CREATE", f"l.{zone[1]}", "A", "192.0.2.1", SetIdentifier="a", Region=REGION)
    assert refused(lambda: change(route53, zone[0], set), "NotImplemented", 501)


def curl(*words):
    """Asks through the session's proxy, as a lab's shell does."""
    told = subprocess.run([os.environ.get("DISTLAB", "distlab"), "env", "--json"], check=True, capture_output=True)
    env = {**os.environ, **json.loads(told.stdout)}
    line = ["curl", "--silent", "--max-time", "20", *words]
    return subprocess.run(line, env=env, capture_output=True, text=True, check=False).stdout


@not_moto("it resolves nothing")
def test_curl_follows_names_to_a_load_balancer(route53, zone, pass_time):
    id, name = zone
    elb, ec2 = client("elbv2"), client("ec2")
    subnets = sorted(ec2.describe_subnets()["Subnets"], key=lambda s: s["AvailabilityZone"])[:2]
    group = ec2.create_security_group(GroupName=unique("web"), Description="web")["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp="0.0.0.0/0")
    made = elb.create_load_balancer(
        Name=unique("front"), Subnets=[s["SubnetId"] for s in subnets], SecurityGroups=[group]
    )["LoadBalancers"][0]
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": "front"}}
    listener = elb.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[answer]
    )["Listeners"][0]["ListenerArn"]
    shop = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": "shop"}}
    elb.create_rule(
        ListenerArn=listener, Priority=1, Actions=[shop], Conditions=[{"Field": "host-header", "Values": [f"shop.{name}"]}]
    )
    assert made["CanonicalHostedZoneId"] == ELB_ZONE
    change(
        route53, id,
        alias("CREATE", name, ELB_ZONE, made["DNSName"]),
        record("CREATE", f"shop.{name}", "CNAME", name),
    )
    pass_time("+3m")
    assert curl(f"http://{name}/") == "front"
    # The name that was asked for is what the balancer's rules see.
    assert curl(f"http://shop.{name}/") == "shop"
    assert "NXDOMAIN" in curl(f"http://none.{name}/")
    answer = route53.test_dns_answer(HostedZoneId=id, RecordName=name, RecordType="A")
    assert len(answer["RecordData"]) == 2
    missing = alias("CREATE", f"x.{name}", ELB_ZONE, "none-1.us-east-1.elb.amazonaws.com")
    assert "but that target was not found" in refused(lambda: change(route53, id, missing), "InvalidChangeBatch")
    empty(route53, id)
    elb.delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])


IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
WEB = "#!/bin/bash\nyum install -y httpd\nsystemctl enable --now httpd\necho hello > /var/www/html/index.html\n"


@not_moto("its instances run nothing")
def test_a_machine_hears_of_zones(route53, zone, pass_time, tmp_path):
    """Private zones inside of a network, public ones from both sides, by the tools of the machine."""
    id, name = zone
    ec2 = client("ec2")
    key = ec2.create_key_pair(KeyName=unique("names"))
    file = tmp_path / "key.pem"
    file.write_text(key["KeyMaterial"] + "\n")
    file.chmod(0o400)
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    group = ec2.create_security_group(GroupName=unique("open"), Description="open")["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="-1", CidrIp="0.0.0.0/0")
    made = ec2.run_instances(
        ImageId=IMAGE, InstanceType="t2.micro", MinCount=1, MaxCount=1, KeyName=key["KeyName"],
        SecurityGroupIds=[group], UserData=WEB,
    )["Instances"][0]["InstanceId"]
    pass_time("+3m")
    shown = ec2.describe_instances(InstanceIds=[made])["Reservations"][0]["Instances"][0]
    inner = route53.create_hosted_zone(
        Name=name, CallerReference=unique("ref"), VPC={"VPCRegion": REGION, "VPCId": vpc}
    )["HostedZone"]["Id"]
    change(route53, inner, record("CREATE", f"web.{name}", "A", shown["PrivateIpAddress"]),
           record("CREATE", f"w.{name}", "CNAME", f"web.{name}"))
    change(route53, id, record("CREATE", f"web.{name}", "A", shown["PublicIpAddress"]),
           record("CREATE", f"only.{name}", "A", "192.0.2.1"))
    pass_time("+61s")
    assert curl(f"http://web.{name}/") == "hello\n"
    told = subprocess.run([os.environ.get("DISTLAB", "distlab"), "env", "--json", "serve"], check=True, capture_output=True)
    env = {**os.environ, **json.loads(told.stdout)}

    def ssh(command):
        options = ("BatchMode=yes", "StrictHostKeyChecking=accept-new", "ConnectTimeout=5")
        # By its name, which only a hosted zone has.
        line = ["ssh", "-i", str(file), *(w for o in options for w in ("-o", o)), f"ec2-user@web.{name}", command]
        return subprocess.run(line, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60)

    private = shown["PrivateIpAddress"]
    assert ssh(f"dig +short w.{name}").stdout == f"web.{name}\n{private}\n"
    assert ssh(f"getent hosts w.{name}").stdout.split() == [private, f"web.{name}", f"w.{name}"]
    assert f"web.{name} has address {private}" in ssh(f"host -t A w.{name}").stdout
    assert ssh(f"curl -s -m 5 http://w.{name}/").stdout == "hello\n"
    # What the private zone lacks is not there, though the public one has it.
    assert "status: NXDOMAIN" in ssh(f"dig only.{name}").stdout
    missing = ssh(f"curl -s -S -m 5 http://only.{name}/")
    assert (missing.returncode, "Could not resolve host" in missing.stderr) == (6, True)
    assert ssh(f"nslookup {shown['PrivateDnsName']}").stdout.rstrip().endswith(f"Address: {private}")
    empty(route53, inner)
    route53.delete_hosted_zone(Id=inner)
    ec2.terminate_instances(InstanceIds=[made])

"""EC2's networks, keys and images as boto3 and Amazon's own `aws` see them."""

import base64
import hashlib
import os
import subprocess

import pytest
from botocore.exceptions import ClientError

from conftest import ENDPOINT, KEY, PEER, REGION, SECRET, client, unique

not_moto = pytest.mark.not_moto


def refused(call, status=400):
    """Code and words with which a call is refused."""
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == status, answer["Error"]
    return answer["Error"]["Code"], answer["Error"]["Message"]


@pytest.fixture(scope="session")
def ec2():
    return client("ec2")


@pytest.fixture
def vpc(ec2):
    """A network of its own, which is gone afterwards with all that stands in it."""
    made = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    yield made
    take_apart(ec2, made)


def within(vpc):
    return [{"Name": "vpc-id", "Values": [vpc]}]


def take_apart(ec2, vpc):
    for gateway in ec2.describe_internet_gateways(
        Filters=[{"Name": "attachment.vpc-id", "Values": [vpc]}]
    )["InternetGateways"]:
        name = gateway["InternetGatewayId"]
        ec2.detach_internet_gateway(InternetGatewayId=name, VpcId=vpc)
        ec2.delete_internet_gateway(InternetGatewayId=name)
    for subnet in ec2.describe_subnets(Filters=within(vpc))["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    for table in ec2.describe_route_tables(Filters=within(vpc))["RouteTables"]:
        if not any(a["Main"] for a in table["Associations"]):
            for association in table["Associations"]:
                ec2.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
            ec2.delete_route_table(RouteTableId=table["RouteTableId"])
    for acl in ec2.describe_network_acls(Filters=within(vpc))["NetworkAcls"]:
        if not acl["IsDefault"]:
            ec2.delete_network_acl(NetworkAclId=acl["NetworkAclId"])
    groups = [
        g for g in ec2.describe_security_groups(Filters=within(vpc))["SecurityGroups"] if g["GroupName"] != "default"
    ]
    for group in groups:
        if group["IpPermissions"]:
            ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    for group in groups:
        ec2.delete_security_group(GroupId=group["GroupId"])
    ec2.delete_vpc(VpcId=vpc)


# What every account has.


def test_a_region_begins_with_a_default_network(ec2):
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    assert (vpc["CidrBlock"], vpc["State"], vpc["IsDefault"]) == ("172.31.0.0/16", "available", True)
    subnets = ec2.describe_subnets(Filters=within(vpc["VpcId"]))["Subnets"]
    zones = {z["ZoneName"] for z in ec2.describe_availability_zones()["AvailabilityZones"]}
    assert {s["AvailabilityZone"] for s in subnets} == zones
    assert all(s["DefaultForAz"] and s["MapPublicIpOnLaunch"] for s in subnets)
    assert all(s["CidrBlock"].endswith("/20") and s["AvailableIpAddressCount"] <= 4091 for s in subnets)
    [table] = ec2.describe_route_tables(Filters=[*within(vpc["VpcId"]), {"Name": "association.main", "Values": ["true"]}])[
        "RouteTables"
    ]
    assert {"DestinationCidrBlock": "172.31.0.0/16", "GatewayId": "local"}.items() <= table["Routes"][0].items()
    [group] = ec2.describe_security_groups(Filters=[*within(vpc["VpcId"]), {"Name": "group-name", "Values": ["default"]}])[
        "SecurityGroups"
    ]
    assert group["IpPermissionsEgress"][0]["IpRanges"][0]["CidrIp"] == "0.0.0.0/0"


@not_moto("the default network of its accounts has no way out")
def test_the_default_network_leads_out(ec2):
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    [table] = ec2.describe_route_tables(Filters=within(vpc["VpcId"]))["RouteTables"]
    out = [r for r in table["Routes"] if r["DestinationCidrBlock"] == "0.0.0.0/0"]
    assert out[0]["GatewayId"].startswith("igw-") and out[0]["State"] == "active"
    [group] = ec2.describe_security_groups(Filters=[*within(vpc["VpcId"]), {"Name": "group-name", "Values": ["default"]}])[
        "SecurityGroups"
    ]
    assert group["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"] == group["GroupId"]


def test_regions_and_zones(ec2):
    regions = {r["RegionName"]: r for r in ec2.describe_regions()["Regions"]}
    assert regions[REGION]["Endpoint"] == f"ec2.{REGION}.amazonaws.com"
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    assert {z["RegionName"] for z in zones} == {REGION}
    assert all(z["ZoneName"].startswith(REGION) and z["State"] == "available" for z in zones)


# Key pairs.


@pytest.mark.not_moto("it words a missing key pair otherwise")
@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_key_pair_is_one_that_openssh_takes(ec2, tmp_path, kind):
    name = unique(f"key-{kind}")
    made = ec2.create_key_pair(KeyName=name, KeyType=kind)
    file = tmp_path / "key.pem"
    file.write_text(made["KeyMaterial"])
    file.chmod(0o600)
    run = lambda *words: subprocess.run(words, check=True, capture_output=True, text=True).stdout
    public = run("ssh-keygen", "-y", "-P", "", "-f", str(file))
    [pair] = ec2.describe_key_pairs(KeyNames=[name])["KeyPairs"]
    assert (pair["KeyFingerprint"], pair["KeyPairId"]) == (made["KeyFingerprint"], made["KeyPairId"])
    if PEER != "moto":  # whose fingerprints and types differ
        [shown] = ec2.describe_key_pairs(KeyPairIds=[made["KeyPairId"]], IncludePublicKey=True)["KeyPairs"]
        assert shown["PublicKey"].split()[:2] == public.split()[:2]
        assert shown["KeyType"] == kind
        if kind == "rsa":
            der = subprocess.run(
                ["openssl", "pkcs8", "-in", str(file), "-inform", "PEM", "-outform", "DER", "-topk8", "-nocrypt"],
                check=True,
                capture_output=True,
            ).stdout
            digest = hashlib.sha1(der).digest()
            assert made["KeyFingerprint"] == ":".join(f"{b:02x}" for b in digest)
        else:
            (tmp_path / "key.pub").write_text(public)
            told = run("ssh-keygen", "-l", "-f", str(tmp_path / "key.pub")).split()[1]
            assert told == "SHA256:" + made["KeyFingerprint"].rstrip("=")
    ec2.delete_key_pair(KeyName=name)
    code, message = refused(lambda: ec2.describe_key_pairs(KeyNames=[name]))
    assert code == "InvalidKeyPair.NotFound"
    assert message.rstrip(".") == f"The key pair '{name}' does not exist"
    ec2.delete_key_pair(KeyName=name)


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_public_key_is_imported(ec2, tmp_path, kind):
    file = tmp_path / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-b", "2048", "-N", "", "-f", str(file)], check=True)
    public = (tmp_path / "id.pub").read_bytes()
    name = unique("imported")
    made = ec2.import_key_pair(KeyName=name, PublicKeyMaterial=public)
    if PEER != "moto":
        if kind == "rsa":
            pem = subprocess.run(["ssh-keygen", "-e", "-m", "PKCS8", "-f", str(file)], check=True, capture_output=True)
            der = base64.b64decode(b"".join(pem.stdout.splitlines()[1:-1]))
            assert made["KeyFingerprint"] == ":".join(f"{b:02x}" for b in hashlib.md5(der).digest())
        else:
            told = subprocess.run(["ssh-keygen", "-l", "-f", str(file)], check=True, capture_output=True, text=True)
            assert told.stdout.split()[1] == "SHA256:" + made["KeyFingerprint"].rstrip("=")
    assert refused(lambda: ec2.import_key_pair(KeyName=name, PublicKeyMaterial=public))[0] == "InvalidKeyPair.Duplicate"
    ec2.delete_key_pair(KeyPairId=made["KeyPairId"])


@not_moto("it ends with 500")
def test_what_is_no_key_is_not_imported(ec2):
    code, _ = refused(lambda: ec2.import_key_pair(KeyName=unique("k"), PublicKeyMaterial=b"no key"))
    assert code == "InvalidKey.Format"


# Images and types.


def test_images_are_found_by_owner_and_name(ec2):
    images = ec2.describe_images(
        Owners=["amazon"],
        Filters=[{"Name": "name", "Values": ["amzn2-ami-*"]}, {"Name": "architecture", "Values": ["x86_64"]}],
    )["Images"]
    assert images
    assert all(i["Name"].startswith("amzn2-ami-") and i["Architecture"] == "x86_64" for i in images)
    image = images[0]
    [same] = ec2.describe_images(ImageIds=[image["ImageId"]])["Images"]
    assert same["Name"] == image["Name"] and same["RootDeviceName"] == "/dev/xvda"


def test_an_image_that_nobody_offers(ec2):
    missing = "ami-0123456789abcdef0"
    assert refused(lambda: ec2.describe_images(ImageIds=[missing])) == (
        "InvalidAMIID.NotFound",
        f"The image id '[{missing}]' does not exist",
    )


def test_types_of_instances(ec2):
    [micro] = ec2.describe_instance_types(InstanceTypes=["t2.micro"])["InstanceTypes"]
    assert micro["VCpuInfo"]["DefaultVCpus"] == 1 and micro["MemoryInfo"]["SizeInMiB"] == 1024
    offered = ec2.describe_instance_type_offerings(
        LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": ["t3.micro"]}]
    )["InstanceTypeOfferings"]
    assert {o["InstanceType"] for o in offered} == {"t3.micro"}


# Networks.


def test_a_network_with_a_way_out(ec2, vpc):
    subnet = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock="10.0.1.0/24",
        AvailabilityZone=f"{REGION}b",
        TagSpecifications=[{"ResourceType": "subnet", "Tags": [{"Key": "Name", "Value": "public"}]}],
    )["Subnet"]
    assert subnet["AvailableIpAddressCount"] == 251 and subnet["Tags"] == [{"Key": "Name", "Value": "public"}]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet["SubnetId"])
    [shown] = ec2.describe_route_tables(
        Filters=[{"Name": "association.subnet-id", "Values": [subnet["SubnetId"]]}]
    )["RouteTables"]
    routes = {r["DestinationCidrBlock"]: r["GatewayId"] for r in shown["Routes"]}
    assert routes == {"10.0.0.0/16": "local", "0.0.0.0/0": gateway}
    ec2.modify_subnet_attribute(SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": True})
    [shown] = ec2.describe_subnets(SubnetIds=[subnet["SubnetId"]])["Subnets"]
    assert shown["MapPublicIpOnLaunch"]
    assert refused(lambda: ec2.delete_vpc(VpcId=vpc))[0] == "DependencyViolation"


def test_subnets_keep_to_their_network_and_to_themselves(ec2, vpc):
    ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")
    make = lambda block: refused(lambda: ec2.create_subnet(VpcId=vpc, CidrBlock=block))
    assert make("10.0.0.128/25") == (
        "InvalidSubnet.Conflict",
        "The CIDR '10.0.0.128/25' conflicts with another subnet",
    )
    assert make("10.1.0.0/24") == ("InvalidSubnet.Range", "The CIDR '10.1.0.0/24' is invalid.")
    missing = "vpc-0123456789abcdef0"
    code, message = refused(lambda: ec2.create_subnet(VpcId=missing, CidrBlock="10.0.0.0/24"))
    assert code == "InvalidVpcID.NotFound"
    if PEER != "moto":
        assert message == f"The vpc ID '{missing}' does not exist"


@not_moto("it makes networks of any size")
def test_networks_are_neither_too_large_nor_too_small(ec2):
    for block in ["10.0.0.0/15", "10.0.0.0/29"]:
        assert refused(lambda: ec2.create_vpc(CidrBlock=block))[0] == "InvalidVpc.Range"


@not_moto("its tables may be made anew with the same route")
def test_routes_are_one_for_each_block(ec2, vpc):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    route = lambda block: ec2.create_route(RouteTableId=table, DestinationCidrBlock=block, GatewayId=gateway)
    assert refused(lambda: route("0.0.0.0/0"))[0] == "InvalidParameterValue"
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    route("0.0.0.0/0")
    assert route("0.0.0.0/0")["Return"]
    assert refused(lambda: route("10.0.0.0/16")) == (
        "RouteAlreadyExists",
        "The route identified by 10.0.0.0/16 already exists.",
    )
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    [shown] = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert [r["State"] for r in shown["Routes"]] == ["active", "blackhole"]
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    assert refused(lambda: ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0"))[0] == (
        "InvalidRoute.NotFound"
    )
    ec2.delete_internet_gateway(InternetGatewayId=gateway)


def test_attributes_of_a_network(ec2, vpc):
    get = lambda name: ec2.describe_vpc_attribute(VpcId=vpc, Attribute=name)
    assert get("enableDnsSupport")["EnableDnsSupport"]["Value"]
    assert not get("enableDnsHostnames")["EnableDnsHostnames"]["Value"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    assert get("enableDnsHostnames")["EnableDnsHostnames"]["Value"]


# Security groups.


@pytest.fixture
def group(ec2, vpc):
    return ec2.create_security_group(GroupName=unique("web"), Description="web", VpcId=vpc)["GroupId"]


def ssh(**more):
    return {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, **more}


def test_rules_of_a_group(ec2, group):
    made = ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[ssh(IpRanges=[{"CidrIp": "0.0.0.0/0", "Description": "ssh"}])]
    )
    [rule] = made["SecurityGroupRules"]
    assert rule["SecurityGroupRuleId"].startswith("sgr-") and rule["CidrIpv4"] == "0.0.0.0/0"
    again = lambda: ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[ssh(IpRanges=[{"CidrIp": "0.0.0.0/0"}])]
    )
    code, message = refused(again)
    assert code == "InvalidPermission.Duplicate"
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[ssh(UserIdGroupPairs=[{"GroupId": group}])])
    [shown] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    [permission] = [p for p in shown["IpPermissions"] if p.get("FromPort") == 22]
    assert permission["IpRanges"] == [{"CidrIp": "0.0.0.0/0", "Description": "ssh"}]
    assert permission["UserIdGroupPairs"][0]["GroupId"] == group
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
    assert sorted(r["IsEgress"] for r in rules) == [False, False, True]
    ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
    gone = lambda: ec2.revoke_security_group_ingress(
        GroupId=group, IpPermissions=[ssh(IpRanges=[{"CidrIp": "0.0.0.0/0"}])]
    )
    assert refused(gone)[0] == "InvalidPermission.NotFound"


@not_moto("it says it in other words")
def test_the_words_about_rules(ec2, group):
    allow = lambda **rule: refused(lambda: ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule]))
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[ssh(IpRanges=[{"CidrIp": "0.0.0.0/0"}])])
    assert allow(**ssh(IpRanges=[{"CidrIp": "0.0.0.0/0"}])) == (
        "InvalidPermission.Duplicate",
        'the specified rule "peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW" already exists',
    )
    assert allow(**ssh(IpRanges=[{"CidrIp": "0.0.0.0"}])) == (
        "InvalidParameterValue",
        "CIDR block 0.0.0.0 is malformed",
    )
    assert allow(IpProtocol="tpc", FromPort=1, ToPort=1, IpRanges=[{"CidrIp": "0.0.0.0/0"}])[0] == "InvalidParameterValue"


@not_moto("it deletes what others name")
def test_a_group_that_others_name_stays(ec2, vpc, group):
    other = ec2.create_security_group(GroupName=unique("db"), Description="db", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[ssh(UserIdGroupPairs=[{"GroupId": group}])])
    assert refused(lambda: ec2.delete_security_group(GroupId=group))[0] == "DependencyViolation"
    ec2.delete_security_group(GroupId=other)
    name = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["GroupName"]
    make = lambda: ec2.create_security_group(GroupName=name, Description="web", VpcId=vpc)
    code, message = refused(make)
    assert code == "InvalidGroup.Duplicate"
    if PEER != "moto":
        assert message == f"The security group '{name}' already exists for VPC '{vpc}'"


def test_ids_that_are_none(ec2):
    assert refused(lambda: ec2.describe_security_groups(GroupIds=["sg-0123456789abcdef0"]))[0] == "InvalidGroup.NotFound"
    assert refused(lambda: ec2.describe_subnets(SubnetIds=["subnet-0123456789abcdef0"]))[0] == "InvalidSubnetID.NotFound"


@not_moto("it takes any id for one that is not there")
def test_ids_that_cannot_be(ec2):
    assert refused(lambda: ec2.describe_security_groups(GroupIds=["web"])) == (
        "InvalidGroupId.Malformed",
        'Invalid id: "web" (expecting "sg-...")',
    )


# Network ACLs.


@not_moto("its network ACLs begin without entries")
def test_entries_of_a_network_acl(ec2, vpc):
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]
    assert [(e["RuleNumber"], e["RuleAction"]) for e in acl["Entries"]] == [(32767, "deny")] * 2
    name = acl["NetworkAclId"]
    entry = dict(NetworkAclId=name, RuleNumber=100, Egress=False, CidrBlock="0.0.0.0/0")
    ec2.create_network_acl_entry(
        **entry, Protocol="6", RuleAction="allow", PortRange={"From": 80, "To": 80}
    )
    again = lambda: ec2.create_network_acl_entry(**entry, Protocol="-1", RuleAction="deny")
    assert refused(again)[0] == "NetworkAclEntryAlreadyExists"
    [old] = [
        a
        for shown in ec2.describe_network_acls(Filters=within(vpc))["NetworkAcls"]
        for a in shown["Associations"]
        if a["SubnetId"] == subnet
    ]
    ec2.replace_network_acl_association(AssociationId=old["NetworkAclAssociationId"], NetworkAclId=name)
    [shown] = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])["NetworkAcls"]
    assert shown["NetworkAclId"] == name


# Tags, filters, pages.


def test_tags_are_on_everything(ec2, vpc, group):
    tags = [{"Key": "Name", "Value": "notes"}, {"Key": "team", "Value": "a"}]
    ec2.create_tags(Resources=[vpc, group], Tags=tags)
    [shown] = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    assert sorted(shown["Tags"], key=str) == tags
    mine = [{"Name": "resource-id", "Values": [vpc, group]}]
    described = ec2.describe_tags(Filters=[*mine, {"Name": "key", "Values": ["team"]}])["Tags"]
    assert {(t["ResourceId"], t["ResourceType"]) for t in described} == {(vpc, "vpc"), (group, "security-group")}
    found = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["not*"]}, {"Name": "vpc-id", "Values": [vpc]}])
    assert [v["VpcId"] for v in found["Vpcs"]] == [vpc]
    ec2.delete_tags(Resources=[vpc], Tags=[{"Key": "team", "Value": "b"}])
    ec2.delete_tags(Resources=[vpc], Tags=[{"Key": "Name"}])
    [shown] = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    assert shown["Tags"] == [{"Key": "team", "Value": "a"}]


@not_moto("it has no such bounds")
def test_filters_and_pages_that_cannot_be(ec2):
    wrong = lambda: ec2.describe_vpcs(Filters=[{"Name": "colour", "Values": ["red"]}])
    assert refused(wrong) == ("InvalidParameterValue", "The filter 'colour' is invalid")
    pages = list(ec2.get_paginator("describe_subnets").paginate(PaginationConfig={"PageSize": 5}))
    names = [s["SubnetId"] for page in pages for s in page["Subnets"]]
    assert len(pages) > 1 and sorted(names) == sorted(s["SubnetId"] for s in ec2.describe_subnets()["Subnets"])


@not_moto("it makes the network")
def test_a_dry_run_only_looks(ec2):
    code, message = refused(lambda: ec2.create_vpc(CidrBlock="10.0.0.0/16", DryRun=True), 412)
    assert code == "DryRunOperation"
    assert message.startswith("Request would have succeeded, but DryRun flag is set")


# What is not simulated, and who may not.


@not_moto("it does it")
def test_what_is_not_simulated_is_refused_by_name(ec2, vpc):
    assert refused(ec2.create_transit_gateway)[0] == "UnsupportedOperation"
    assert refused(lambda: ec2.create_subnet(VpcId=vpc, Ipv6CidrBlock="::/64"))[0] == "UnsupportedOperation"


@not_moto("it does not evaluate policies by default")
def test_a_stranger_is_told_so(iam, user):
    name, key, secret = user
    mine = client("ec2", key, secret)
    code, message = refused(mine.describe_vpcs, 403)
    assert code == "UnauthorizedOperation"
    assert "is not authorized to perform: ec2:DescribeVpcs" in message


@not_moto("it takes any key")
def test_a_wrong_key(ec2):
    assert refused(client("ec2", key="AKIAX").describe_vpcs, 401)[0] == "AuthFailure"


def cli(*words):
    env = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    aws = os.path.join(os.path.dirname(os.sys.executable), "aws")
    line = [aws, "--endpoint-url", ENDPOINT, "--output", "text", "ec2", *words]
    return subprocess.run(line, env=env, check=True, capture_output=True, text=True).stdout.strip()


def test_amazon_s_own_command(ec2, vpc):
    group = cli(
        "create-security-group", "--group-name", unique("cli"), "--description", "cli", "--vpc-id", vpc,
        "--query", "GroupId",
    )  # fmt: skip
    cli("authorize-security-group-ingress", "--group-id", group, "--protocol", "tcp", "--port", "80", "--cidr", "0.0.0.0/0")
    ports = cli("describe-security-groups", "--group-ids", group, "--query", "SecurityGroups[].IpPermissions[].FromPort")
    assert ports == "80"

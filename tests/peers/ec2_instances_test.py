"""EC2's instances, volumes and addresses as boto3 and Amazon's own `aws` see them."""

import base64

import pytest

from conftest import client, unique
from ec2_network_test import cli, ec2, refused, vpc  # noqa: F401

not_moto = pytest.mark.not_moto


@pytest.fixture(scope="session")
def image():
    images = client("ec2").describe_images(
        Owners=["amazon"],
        Filters=[{"Name": "name", "Values": ["amzn2-ami-hvm-*"]}, {"Name": "architecture", "Values": ["x86_64"]}],
    )["Images"]
    return images[0]["ImageId"]


@pytest.fixture
def run(ec2, image):
    """Runs instances, which are terminated afterwards."""
    made = []

    def go(count=1, **more):
        reservation = ec2.run_instances(
            ImageId=image, InstanceType="t2.micro", MinCount=count, MaxCount=count, **more
        )
        made.extend(i["InstanceId"] for i in reservation["Instances"])
        return reservation["Instances"]

    yield go
    if made:
        ec2.terminate_instances(InstanceIds=made)


def shown(ec2, instance):
    [reservation] = ec2.describe_instances(InstanceIds=[instance])["Reservations"]
    return reservation["Instances"][0]


def awaits(ec2, waiter, *instances, pass_time=None, span="0s"):
    if pass_time:
        pass_time(span)
    ec2.get_waiter(waiter).wait(InstanceIds=list(instances), WaiterConfig={"Delay": 1, "MaxAttempts": 20})


@not_moto("its instances stand in another network")
def test_an_instance_lives_and_dies(ec2, run, pass_time):
    [made] = run()
    name = made["InstanceId"]
    assert made["State"]["Name"] == "pending"
    assert made["PrivateIpAddress"].startswith("172.31.") and made["InstanceType"] == "t2.micro"
    awaits(ec2, "instance_running", name, pass_time=pass_time, span="15s")
    now = shown(ec2, name)
    assert now["PublicIpAddress"] and now["SecurityGroups"][0]["GroupName"] == "default"
    assert now["BlockDeviceMappings"][0]["DeviceName"] == now["RootDeviceName"]
    ec2.stop_instances(InstanceIds=[name])
    awaits(ec2, "instance_stopped", name, pass_time=pass_time, span="30s")
    now = shown(ec2, name)
    assert now["StateReason"]["Code"] == "Client.UserInitiatedShutdown" and "PublicIpAddress" not in now
    ec2.start_instances(InstanceIds=[name])
    awaits(ec2, "instance_running", name, pass_time=pass_time, span="15s")
    [ended] = ec2.terminate_instances(InstanceIds=[name])["TerminatingInstances"]
    assert (ended["PreviousState"]["Name"], ended["CurrentState"]["Code"]) == ("running", 32)
    awaits(ec2, "instance_terminated", name, pass_time=pass_time, span="30s")


@not_moto("an instance is well at once, and it prints the same of each")
def test_status_checks_and_console(ec2, run, pass_time):
    [made] = run(UserData="#!/bin/sh\necho hi\n")
    name = made["InstanceId"]
    awaits(ec2, "instance_running", name, pass_time=pass_time, span="15s")
    [status] = ec2.describe_instance_status(InstanceIds=[name])["InstanceStatuses"]
    assert status["InstanceStatus"]["Status"] == "initializing"
    awaits(ec2, "instance_status_ok", name, pass_time=pass_time, span="120s")
    awaits(ec2, "system_status_ok", name)
    assert "Amazon Linux 2" in ec2.get_console_output(InstanceId=name)["Output"]
    data = ec2.describe_instance_attribute(InstanceId=name, Attribute="userData")["UserData"]["Value"]
    assert base64.b64decode(data) == b"#!/bin/sh\necho hi\n"


@not_moto("it deletes what is in use")
def test_a_launch_in_a_subnet_of_one_s_own(ec2, vpc, run, pass_time):
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.5.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName=unique("web"), Description="d", VpcId=vpc)["GroupId"]
    tags = [{"ResourceType": k, "Tags": [{"Key": "Name", "Value": "web"}]} for k in ("instance", "volume")]
    [made] = run(SubnetId=subnet, SecurityGroupIds=[group], PrivateIpAddress="10.0.5.77", TagSpecifications=tags)
    name = made["InstanceId"]
    assert made["PrivateIpAddress"] == "10.0.5.77" and made["VpcId"] == vpc
    assert made["Tags"] == [{"Key": "Name", "Value": "web"}]
    [volume] = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [name]}])["Volumes"]
    assert volume["State"] == "in-use"
    [interface] = ec2.describe_network_interfaces(
        Filters=[{"Name": "attachment.instance-id", "Values": [name]}]
    )["NetworkInterfaces"]
    assert interface["Groups"][0]["GroupId"] == group
    assert refused(lambda: ec2.delete_subnet(SubnetId=subnet))[0] == "DependencyViolation"
    assert refused(lambda: ec2.delete_security_group(GroupId=group))[0] == "DependencyViolation"
    ec2.terminate_instances(InstanceIds=[name])
    pass_time("30s")


@not_moto("it launches them again")
def test_a_token_launches_once(ec2, run):
    token = unique("token")
    [one] = run(ClientToken=token)
    [again] = run(ClientToken=token)
    assert one["InstanceId"] == again["InstanceId"]
    code, _ = refused(lambda: run(count=2, ClientToken=token))
    assert code == "IdempotentParameterMismatch"


@not_moto("it launches with a key that is not there")
def test_what_is_not_there(ec2, image):
    launch = lambda **more: refused(
        lambda: ec2.run_instances(**{"ImageId": image, "InstanceType": "t2.micro", "MinCount": 1, "MaxCount": 1, **more})
    )
    assert launch(KeyName="nobody")[0] == "InvalidKeyPair.NotFound"
    assert launch(SubnetId="subnet-0123456789abcdef0")[0] == "InvalidSubnetID.NotFound"
    missing = "i-0123456789abcdef0"
    assert refused(lambda: ec2.describe_instances(InstanceIds=[missing])) == (
        "InvalidInstanceID.NotFound",
        f"The instance ID '{missing}' does not exist",
    )


@not_moto("it takes them")
def test_what_cannot_be(ec2, image):
    assert refused(lambda: ec2.describe_instances(InstanceIds=["web"])) == (
        "InvalidInstanceID.Malformed",
        'Invalid id: "web" (expecting "i-...")',
    )
    launch = lambda **more: refused(
        lambda: ec2.run_instances(**{"ImageId": image, "InstanceType": "t2.micro", "MinCount": 1, "MaxCount": 1, **more})
    )
    assert launch(InstanceType="t4g.micro")[0] == "InvalidParameterValue"
    assert launch(MinCount=3, MaxCount=2)[0] == "InvalidParameterValue"
    assert launch(EnclaveOptions={"Enabled": True})[0] == "UnsupportedOperation"


@not_moto("it terminates what is protected")
def test_protection(ec2, run, pass_time):
    [made] = run(DisableApiTermination=True)
    name = made["InstanceId"]
    code, message = refused(lambda: ec2.terminate_instances(InstanceIds=[name]))
    assert code == "OperationNotPermitted" and name in message
    ec2.modify_instance_attribute(InstanceId=name, DisableApiTermination={"Value": False})
    pass_time("15s")
    assert not ec2.describe_instance_attribute(InstanceId=name, Attribute="disableApiTermination")[
        "DisableApiTermination"
    ]["Value"]


@not_moto("it changes the type of what runs")
def test_the_type_changes_while_it_is_stopped(ec2, run, pass_time):
    [made] = run()
    name = made["InstanceId"]
    pass_time("15s")
    change = lambda: ec2.modify_instance_attribute(InstanceId=name, InstanceType={"Value": "t2.small"})
    assert refused(change)[0] == "IncorrectInstanceState"
    ec2.stop_instances(InstanceIds=[name])
    pass_time("30s")
    change()
    assert shown(ec2, name)["InstanceType"] == "t2.small"


# Addresses, volumes, snapshots, gateways.


def test_an_elastic_address(ec2, run, pass_time):
    [made] = run()
    name = made["InstanceId"]
    awaits(ec2, "instance_running", name, pass_time=pass_time, span="15s")
    address = ec2.allocate_address(Domain="vpc")
    bound = ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=name)["AssociationId"]
    assert shown(ec2, name)["PublicIpAddress"] == address["PublicIp"]
    [described] = ec2.describe_addresses(AllocationIds=[address["AllocationId"]])["Addresses"]
    assert described["InstanceId"] == name and described["AssociationId"] == bound
    ec2.disassociate_address(AssociationId=bound)
    ec2.release_address(AllocationId=address["AllocationId"])
    code, _ = refused(lambda: ec2.describe_addresses(AllocationIds=[address["AllocationId"]]))
    assert code == "InvalidAllocationID.NotFound"


@not_moto("it ends with 500")
def test_a_volume_and_its_snapshot(ec2, run, pass_time):
    [made] = run()
    name = made["InstanceId"]
    awaits(ec2, "instance_running", name, pass_time=pass_time, span="15s")
    zone = shown(ec2, name)["Placement"]["AvailabilityZone"]
    volume = ec2.create_volume(AvailabilityZone=zone, Size=10, VolumeType="gp3")["VolumeId"]
    pass_time("5s")
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume], WaiterConfig={"Delay": 1})
    ec2.attach_volume(VolumeId=volume, InstanceId=name, Device="/dev/sdf")
    ec2.get_waiter("volume_in_use").wait(VolumeIds=[volume], WaiterConfig={"Delay": 1})
    assert refused(lambda: ec2.delete_volume(VolumeId=volume))[0] == "VolumeInUse"
    snapshot = ec2.create_snapshot(VolumeId=volume, Description="d")["SnapshotId"]
    pass_time("60s")
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot], WaiterConfig={"Delay": 1})
    ec2.detach_volume(VolumeId=volume)
    pass_time("6s")
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume], WaiterConfig={"Delay": 1})
    ec2.delete_volume(VolumeId=volume)
    pass_time("5s")
    ec2.get_waiter("volume_deleted").wait(VolumeIds=[volume], WaiterConfig={"Delay": 1})
    ec2.delete_snapshot(SnapshotId=snapshot)


@not_moto("its gateways are there at once")
def test_a_nat_gateway(ec2, vpc, pass_time):
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]
    name = made["NatGatewayId"]
    assert made["State"] == "pending"
    pass_time("100s")
    ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[name], WaiterConfig={"Delay": 1})
    ec2.delete_nat_gateway(NatGatewayId=name)
    pass_time("60s")
    ec2.get_waiter("nat_gateway_deleted").wait(NatGatewayIds=[name], WaiterConfig={"Delay": 1})
    ec2.release_address(AllocationId=address)


@not_moto("it has no lab time")
def test_amazon_s_own_command_waits(run, pass_time):
    [made] = run()
    pass_time("15s")
    cli("wait", "instance-running", "--instance-ids", made["InstanceId"])
    states = cli("describe-instances", "--instance-ids", made["InstanceId"], "--query", "Reservations[].Instances[].State.Name")
    assert states == "running"

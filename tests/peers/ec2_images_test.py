"""EC2's own images as boto3 and Amazon's own `aws` see them, and what an account may have running."""

import boto3
import pytest
from botocore.config import Config

from conftest import ENDPOINT, KEY, SECRET, unique
from ec2_instances_test import image, run  # noqa: F401
from ec2_network_test import cli, ec2, refused  # noqa: F401

not_moto = pytest.mark.not_moto


@pytest.fixture
def golden(ec2, run, pass_time):
    """An instance, and an image of it that is available; gone afterwards."""
    [made] = run()
    pass_time("60s")
    name = unique("golden")
    told = ec2.create_image(
        InstanceId=made["InstanceId"],
        Name=name,
        Description="ours",
        TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": "for", "Value": "web"}]}],
    )
    id = told["ImageId"]
    pass_time("90s")
    yield made["InstanceId"], name, id
    for one in ec2.describe_images(Owners=["self"], Filters=[{"Name": "image-id", "Values": [id]}])["Images"]:
        ec2.deregister_image(ImageId=one["ImageId"], DeleteAssociatedSnapshots=True)


def described(ec2, id):
    [one] = ec2.describe_images(ImageIds=[id])["Images"]
    return one


@not_moto("its images are there at once, and no instance boots anew")
def test_an_image_is_made_of_an_instance(ec2, run, pass_time):
    [made] = run()
    pass_time("60s")
    instance = made["InstanceId"]
    id = ec2.create_image(InstanceId=instance, Name=unique("image"))["ImageId"]
    told = described(ec2, id)
    assert told["State"] == "pending" and told["SourceInstanceId"] == instance
    assert told["Name"] in told["ImageLocation"] and not told["Public"]
    code, message = refused(
        lambda: ec2.run_instances(ImageId=id, InstanceType="t2.micro", MinCount=1, MaxCount=1)
    )
    assert code == "InvalidAMIID.Unavailable"
    pass_time("90s")
    ec2.get_waiter("image_available").wait(ImageIds=[id], WaiterConfig={"Delay": 1, "MaxAttempts": 3})
    [snapshot] = [d["Ebs"]["SnapshotId"] for d in described(ec2, id)["BlockDeviceMappings"]]
    [shot] = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert shot["Description"] == f"Created by CreateImage({instance}) for {id}" and shot["State"] == "completed"
    code, message = refused(lambda: ec2.delete_snapshot(SnapshotId=snapshot))
    assert (code, message) == (
        "InvalidSnapshot.InUse",
        f"The snapshot {snapshot} is currently in use by {id}",
    )
    done = ec2.deregister_image(ImageId=id, DeleteAssociatedSnapshots=True)
    assert done["Return"] and done["DeleteSnapshotResults"] == [{"SnapshotId": snapshot, "ReturnCode": "success"}]
    code, message = refused(lambda: ec2.describe_images(ImageIds=[id]))
    assert (code, message) == ("InvalidAMIID.Unavailable", f"The image ID '{id}' is no longer available")


@not_moto("it takes a name twice")
def test_names_of_images_are_held(ec2, golden):
    instance, name, id = golden
    code, message = refused(lambda: ec2.create_image(InstanceId=instance, Name=name))
    assert (code, message) == ("InvalidAMIName.Duplicate", f"AMI name {name} is already in use by AMI {id}")
    code, _ = refused(lambda: ec2.create_image(InstanceId=instance, Name="odd*name"))
    assert code == "InvalidAMIName.Malformed"
    assert {t["Key"]: t["Value"] for t in described(ec2, id)["Tags"]} == {"for": "web"}
    found = ec2.describe_images(Owners=["self"], Filters=[{"Name": "tag:for", "Values": ["web"]}])["Images"]
    assert id in [one["ImageId"] for one in found]


@not_moto("it copies into the same region")
def test_an_image_goes_to_another_region(ec2, golden, pass_time):
    _, _, id = golden
    there = boto3.client(
        "ec2",
        endpoint_url=ENDPOINT,
        region_name="eu-west-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        config=Config(retries={"max_attempts": 1}),
    )
    copy = there.copy_image(Name=unique("copy"), SourceImageId=id, SourceRegion="us-east-1")["ImageId"]
    pass_time("300s")
    told = described(there, copy)
    assert told["State"] == "available" and told["SourceImageId"] == id and told["SourceImageRegion"] == "us-east-1"
    made = there.run_instances(ImageId=copy, InstanceType="t2.micro", MinCount=1, MaxCount=1)["Instances"]
    there.terminate_instances(InstanceIds=[made[0]["InstanceId"]])
    there.deregister_image(ImageId=copy)


@not_moto("it knows no group")
def test_launch_permissions(ec2, golden):
    _, _, id = golden

    def permissions():
        told = ec2.describe_image_attribute(ImageId=id, Attribute="launchPermission")
        return told["LaunchPermissions"]

    assert permissions() == []
    ec2.modify_image_attribute(ImageId=id, LaunchPermission={"Add": [{"UserId": "111122223333"}, {"Group": "all"}]})
    assert {"UserId": "111122223333"} in permissions() and {"Group": "all"} in permissions()
    assert described(ec2, id)["Public"]
    ec2.modify_image_attribute(
        ImageId=id, Attribute="launchPermission", OperationType="remove", UserGroups=["all"]
    )
    assert permissions() == [{"UserId": "111122223333"}]
    ec2.reset_image_attribute(ImageId=id, Attribute="launchPermission")
    assert permissions() == []
    ec2.modify_image_attribute(ImageId=id, Description={"Value": "better"})
    told = ec2.describe_image_attribute(ImageId=id, Attribute="description")
    assert told["Description"] == {"Value": "better"}
    code, message = refused(
        lambda: ec2.modify_image_attribute(ImageId=id, LaunchPermission={"Add": [{"UserId": "x"}]})
    )
    assert (code, message) == (
        "InvalidAMIAttributeItemValue",
        'Invalid attribute item value "x" for userId item type.',
    )


@not_moto("its images are there at once")
def test_an_image_is_registered_from_a_snapshot(ec2, golden):
    _, _, id = golden
    [device] = described(ec2, id)["BlockDeviceMappings"]
    made = ec2.register_image(
        Name=unique("registered"),
        Architecture="x86_64",
        VirtualizationType="hvm",
        EnaSupport=True,
        RootDeviceName=device["DeviceName"],
        BlockDeviceMappings=[
            {"DeviceName": device["DeviceName"], "Ebs": {"SnapshotId": device["Ebs"]["SnapshotId"]}}
        ],
    )["ImageId"]
    assert described(ec2, made)["State"] == "available"
    done = ec2.deregister_image(ImageId=made, DeleteAssociatedSnapshots=True)
    assert done["DeleteSnapshotResults"][0]["ReturnCode"] == "skipped"


@not_moto("it has no quota")
def test_an_account_has_a_quota_of_vcpus(ec2, image):
    code, message = refused(
        lambda: ec2.run_instances(ImageId=image, InstanceType="m5.2xlarge", MinCount=17, MaxCount=17)
    )
    assert code == "VcpuLimitExceeded"
    assert message == (
        "You have requested more vCPU capacity than your current vCPU limit of 128 allows for the instance bucket "
        "that the specified instance type belongs to. Please visit "
        "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit."
    )


@not_moto("its command line is Amazon's own")
def test_amazon_s_own_command_makes_images(golden, pass_time):
    instance, _, _ = golden
    name = unique("cli")
    id = cli("create-image", "--instance-id", instance, "--name", name, "--no-reboot", "--query", "ImageId")
    pass_time("90s")
    assert cli("describe-images", "--image-ids", id, "--query", "Images[0].State") == "available"
    cli("modify-image-attribute", "--image-id", id, "--launch-permission", "Add=[{UserId=111122223333}]")
    cli("deregister-image", "--image-id", id)

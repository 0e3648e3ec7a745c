//! Images of an account's own: made, registered, copied, shared and given up.

use serde_json::{Value, json};
use sim::World;

use super::{ask, ask_in, image, pass, refusal, text, world};

/// An instance that runs.
fn running(world: &mut World) -> String {
    let input = json!({"ImageId": image("us-east-1"), "InstanceType": "t3.micro", "MinCount": 1,
        "MaxCount": 1, "BlockDeviceMappings": [
            {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 3, "DeleteOnTermination": false}}]});
    let made = ask(world, "RunInstances", input);
    pass(world, 60);
    text(&made, "/Instances/0/InstanceId")
}

fn described(world: &mut World, region: &str, id: &str) -> Value {
    let told = ask_in(world, region, "DescribeImages", json!({"ImageIds": [id]})).expect("told");
    told["Images"][0].clone()
}

fn make(world: &mut World, instance: &str, more: &Value) -> String {
    let mut input = json!({"InstanceId": instance, "Name": "golden"});
    let more = more.as_object().cloned().unwrap_or_default();
    input.as_object_mut().expect("an object").extend(more);
    text(&ask(world, "CreateImage", input), "/ImageId")
}

#[test]
fn an_image_is_made_of_an_instance() {
    let mut world = world();
    let instance = running(&mut world);
    let tags = json!([
        {"ResourceType": "image", "Tags": [{"Key": "for", "Value": "web"}]},
        {"ResourceType": "snapshot", "Tags": [{"Key": "of", "Value": "golden"}]},
    ]);
    let id =
        make(&mut world, &instance, &json!({"Description": "ours", "TagSpecifications": tags}));
    let told = described(&mut world, "", &id);
    assert_eq!(told["State"], "pending");
    assert_eq!(told["SourceInstanceId"], instance);
    assert_eq!(told["Tags"], json!([{"Key": "for", "Value": "web"}]));
    assert_eq!(told["ImdsSupport"], "v2.0");
    let devices = told["BlockDeviceMappings"].as_array().expect("devices");
    let names: Vec<&Value> = devices.iter().map(|device| &device["DeviceName"]).collect();
    assert_eq!(names, ["/dev/xvda", "/dev/sdf"]);
    assert_eq!(devices[1]["Ebs"]["DeleteOnTermination"], false);
    // Its instance was booted anew.
    let status = json!({"InstanceIds": [instance]});
    let told = ask(&mut world, "DescribeInstanceStatus", status);
    assert_eq!(told["InstanceStatuses"][0]["InstanceStatus"]["Status"], "initializing");
    let snapshot = text(&devices[0], "/Ebs/SnapshotId");
    let told = ask(&mut world, "DescribeSnapshots", json!({"SnapshotIds": [snapshot]}));
    let words = format!("Created by CreateImage({instance}) for {id}");
    assert_eq!(text(&told, "/Snapshots/0/Description"), words);
    // Nobody launches from it yet.
    let launch = json!({"ImageId": id, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1});
    let early = refusal(&mut world, "RunInstances", launch.clone());
    assert!(early.starts_with("InvalidAMIID.Unavailable: "), "{early}");
    pass(&mut world, 90);
    assert_eq!(described(&mut world, "", &id)["State"], "available");
    let made = ask(&mut world, "RunInstances", launch);
    let own = text(&made, "/Instances/0/InstanceId");
    let told = ask(&mut world, "DescribeInstances", json!({"InstanceIds": [own]}));
    let devices = &told["Reservations"][0]["Instances"][0]["BlockDeviceMappings"];
    assert_eq!(devices.as_array().map(Vec::len), Some(2));
    let own = ask(&mut world, "DescribeImages", json!({"Owners": ["self"]}));
    assert_eq!(own["Images"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_cannot_be_made_is_refused() {
    let mut world = world();
    let instance = running(&mut world);
    let id = make(&mut world, &instance, &json!({"NoReboot": true}));
    let again = json!({"InstanceId": instance, "Name": "golden"});
    let told = refusal(&mut world, "CreateImage", again);
    assert_eq!(
        told,
        format!("InvalidAMIName.Duplicate: AMI name golden is already in use by AMI {id}")
    );
    let mut check = |name: &str, want: &str| {
        let told =
            refusal(&mut world, "CreateImage", json!({"InstanceId": instance, "Name": name}));
        assert!(told.starts_with(want), "{told}");
    };
    check("ab", "InvalidAMIName.Malformed: ");
    check("a*b", "InvalidAMIName.Malformed: ");
    let larger = json!({"InstanceId": instance, "Name": "other", "BlockDeviceMappings": [
        {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 80}}]});
    let told = refusal(&mut world, "CreateImage", larger);
    assert!(told.starts_with("InvalidBlockDeviceMapping: "), "{told}");
    // The catalogue's are Amazon's.
    let foreign = json!({"ImageId": image("us-east-1")});
    let told = refusal(&mut world, "DeregisterImage", foreign);
    assert!(told.starts_with("AuthFailure: Not authorized for image:ami-"), "{told}");
}

#[test]
fn an_image_is_registered_from_a_snapshot_and_given_up() {
    let mut world = world();
    let instance = running(&mut world);
    let told = ask(&mut world, "DescribeInstances", json!({"InstanceIds": [instance]}));
    let volume = text(&told, "/Reservations/0/Instances/0/BlockDeviceMappings/0/Ebs/VolumeId");
    let snapshot =
        text(&ask(&mut world, "CreateSnapshot", json!({"VolumeId": volume})), "/SnapshotId");
    let input = json!({"Name": "from-disk", "RootDeviceName": "/dev/xvda", "Architecture": "x86_64",
        "VirtualizationType": "hvm", "EnaSupport": true, "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot, "VolumeType": "gp3"}}]});
    let early = refusal(&mut world, "RegisterImage", input.clone());
    assert!(early.starts_with("IncorrectState: "), "{early}");
    pass(&mut world, 120);
    let id = text(&ask(&mut world, "RegisterImage", input), "/ImageId");
    assert_eq!(described(&mut world, "", &id)["State"], "available");
    let launch = json!({"ImageId": id, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1});
    ask(&mut world, "RunInstances", launch.clone());
    let told = refusal(&mut world, "DeleteSnapshot", json!({"SnapshotId": snapshot}));
    assert_eq!(
        told,
        format!("InvalidSnapshot.InUse: The snapshot {snapshot} is currently in use by {id}")
    );
    let input = json!({"ImageId": id, "DeleteAssociatedSnapshots": true});
    let told = ask(&mut world, "DeregisterImage", input);
    assert_eq!(told["DeleteSnapshotResults"][0]["ReturnCode"], "success");
    let gone = format!("InvalidAMIID.Unavailable: The image ID '{id}' is no longer available");
    assert_eq!(refusal(&mut world, "RunInstances", launch), gone);
    assert_eq!(refusal(&mut world, "DescribeImages", json!({"ImageIds": [id]})), gone);
    let told = refusal(&mut world, "DescribeSnapshots", json!({"SnapshotIds": [snapshot]}));
    assert!(told.starts_with("InvalidSnapshot.NotFound"), "{told}");
}

#[test]
fn an_image_is_copied_into_another_region() {
    let mut world = world();
    let instance = running(&mut world);
    let id = make(&mut world, &instance, &json!({}));
    let input = json!({"Name": "copy", "SourceImageId": id, "SourceRegion": "us-east-1",
        "ClientToken": "once"});
    let early = ask_in(&mut world, "eu-west-1", "CopyImage", input.clone()).expect_err("pending");
    assert_eq!(early.code, "InvalidAMIID.Unavailable");
    pass(&mut world, 120);
    let copy = text(
        &ask_in(&mut world, "eu-west-1", "CopyImage", input.clone()).expect("copied"),
        "/ImageId",
    );
    let again = ask_in(&mut world, "eu-west-1", "CopyImage", input).expect("the same");
    assert_eq!(text(&again, "/ImageId"), copy);
    assert_eq!(described(&mut world, "eu-west-1", &copy)["State"], "pending");
    pass(&mut world, 300);
    let told = described(&mut world, "eu-west-1", &copy);
    assert_eq!(told["State"], "available");
    assert_eq!(told["SourceImageId"], id);
    let snapshot = text(&told, "/BlockDeviceMappings/0/Ebs/SnapshotId");
    let input = json!({"SnapshotIds": [snapshot]});
    let told = ask_in(&mut world, "eu-west-1", "DescribeSnapshots", input).expect("told");
    assert_eq!(told["Snapshots"][0]["State"], "completed");
    let words = text(&told, "/Snapshots/0/Description");
    let begin = format!("Copied for DestinationAmi {copy} from SourceAmi {id} for SourceSnapshot ");
    assert!(words.starts_with(&begin), "{words}");
    let launch = json!({"ImageId": copy, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1});
    ask_in(&mut world, "eu-west-1", "RunInstances", launch).expect("launched");
}

#[test]
fn launch_permissions_are_given_and_taken() {
    let mut world = world();
    let instance = running(&mut world);
    let id = make(&mut world, &instance, &json!({}));
    pass(&mut world, 120);
    let modify = |world: &mut World, more: &Value| {
        let mut input = json!({"ImageId": id});
        input.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("one"));
        ask(world, "ModifyImageAttribute", input);
    };
    let permissions = |world: &mut World| {
        let input = json!({"ImageId": id, "Attribute": "launchPermission"});
        ask(world, "DescribeImageAttribute", input)["LaunchPermissions"].clone()
    };
    modify(&mut world, &json!({"LaunchPermission": {"Add": [{"UserId": "111122223333"}]}}));
    assert_eq!(permissions(&mut world), json!([{"UserId": "111122223333"}]));
    modify(
        &mut world,
        &json!({"Attribute": "launchPermission", "OperationType": "add", "UserGroups": ["all"]}),
    );
    assert_eq!(permissions(&mut world), json!([{"UserId": "111122223333"}, {"Group": "all"}]));
    assert_eq!(described(&mut world, "", &id)["Public"], true);
    ask(&mut world, "ResetImageAttribute", json!({"ImageId": id, "Attribute": "launchPermission"}));
    assert_eq!(permissions(&mut world), json!([]));
    modify(&mut world, &json!({"Description": {"Value": "better"}}));
    assert_eq!(described(&mut world, "", &id)["Description"], "better");
    let wrong = json!({"ImageId": id, "LaunchPermission": {"Add": [{"UserId": "12"}]}});
    assert_eq!(
        refusal(&mut world, "ModifyImageAttribute", wrong),
        "InvalidAMIAttributeItemValue: Invalid attribute item value \"12\" for userId item type."
    );
    let two =
        json!({"ImageId": id, "Description": {"Value": "x"}, "ImdsSupport": {"Value": "v2.0"}});
    assert!(
        refusal(&mut world, "ModifyImageAttribute", two).starts_with("InvalidParameterCombination")
    );
}

//! Instances through their lives.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{ask, ask_in, image, pass, refusal, text, world};
use sim::World;

/// Runs one, and says its id.
#[allow(clippy::needless_pass_by_value, reason = "it is written where it is called")]
fn run(world: &mut World, more: Value) -> String {
    let mut input = json!({
        "ImageId": image("us-east-1"), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1,
    });
    let more = more.as_object().cloned().expect("an object");
    input.as_object_mut().expect("an object").extend(more);
    text(&ask(world, "RunInstances", input), "/Instances/0/InstanceId")
}

fn described(world: &mut World, id: &str) -> Value {
    ask(world, "DescribeInstances", json!({"InstanceIds": [id]}))["Reservations"][0]["Instances"][0]
        .clone()
}

fn state(world: &mut World, id: &str) -> String {
    text(&described(world, id), "/State/Name")
}

#[test]
fn an_instance_goes_through_its_states() {
    let mut world = world();
    let id = run(&mut world, json!({}));
    let mut check = |secs: i64, want: &str| {
        pass(&mut world, secs);
        assert_eq!(state(&mut world, &id), want, "after {secs} s");
    };
    check(0, "pending");
    check(14, "pending");
    check(1, "running");
    ask(&mut world, "StopInstances", json!({"InstanceIds": [id]}));
    let mut check = |secs: i64, want: &str| {
        pass(&mut world, secs);
        assert_eq!(state(&mut world, &id), want, "after {secs} s");
    };
    check(0, "stopping");
    check(30, "stopped");
    ask(&mut world, "StartInstances", json!({"InstanceIds": [id]}));
    pass(&mut world, 15);
    assert_eq!(state(&mut world, &id), "running");
    let ended = ask(&mut world, "TerminateInstances", json!({"InstanceIds": [id]}));
    assert_eq!(ended["TerminatingInstances"][0]["CurrentState"]["Name"], "shutting-down");
    pass(&mut world, 30);
    let shown = described(&mut world, &id);
    assert_eq!(text(&shown, "/State/Name"), "terminated");
    assert_eq!(shown["NetworkInterfaces"], json!([]));
    assert_eq!(ask(&mut world, "DescribeVolumes", json!({}))["Volumes"], json!([]));
    assert_eq!(
        ask(&mut world, "DescribeNetworkInterfaces", json!({}))["NetworkInterfaces"],
        json!([])
    );
    pass(&mut world, 3600);
    assert_eq!(
        refusal(&mut world, "DescribeInstances", json!({"InstanceIds": [id]})),
        format!("InvalidInstanceID.NotFound: The instance ID '{id}' does not exist")
    );
}

#[test]
fn an_old_event_does_not_end_a_new_phase() {
    let mut world = world();
    let id = run(&mut world, json!({}));
    pass(&mut world, 15);
    ask(&mut world, "StopInstances", json!({"InstanceIds": [id]}));
    pass(&mut world, 10);
    ask(&mut world, "TerminateInstances", json!({"InstanceIds": [id]}));
    // The stop would have ended now.
    pass(&mut world, 20);
    assert_eq!(state(&mut world, &id), "shutting-down");
    pass(&mut world, 10);
    assert_eq!(state(&mut world, &id), "terminated");
}

#[test]
fn a_public_address_comes_and_goes_and_a_private_one_stays() {
    let mut world = world();
    let id = run(&mut world, json!({}));
    pass(&mut world, 15);
    let before = described(&mut world, &id);
    assert!(before["PublicIpAddress"].is_string(), "{before}");
    ask(&mut world, "StopInstances", json!({"InstanceIds": [id]}));
    pass(&mut world, 30);
    let stopped = described(&mut world, &id);
    assert!(stopped.get("PublicIpAddress").is_none(), "{stopped}");
    ask(&mut world, "StartInstances", json!({"InstanceIds": [id]}));
    let after = described(&mut world, &id);
    assert_ne!(after["PublicIpAddress"], before["PublicIpAddress"]);
    assert_eq!(after["PrivateIpAddress"], before["PrivateIpAddress"]);
}

#[test]
fn an_elastic_address_stays_with_its_instance() {
    let mut world = world();
    let id = run(&mut world, json!({}));
    pass(&mut world, 15);
    let address = ask(&mut world, "AllocateAddress", json!({}));
    let allocation = text(&address, "/AllocationId");
    let input = json!({"AllocationId": allocation, "InstanceId": id});
    ask(&mut world, "AssociateAddress", input);
    assert_eq!(described(&mut world, &id)["PublicIpAddress"], address["PublicIp"]);
    ask(&mut world, "StopInstances", json!({"InstanceIds": [id]}));
    pass(&mut world, 30);
    assert_eq!(described(&mut world, &id)["PublicIpAddress"], address["PublicIp"]);
    let release = json!({"AllocationId": allocation});
    assert!(
        refusal(&mut world, "ReleaseAddress", release.clone())
            .starts_with("InvalidIPAddress.InUse")
    );
    ask(&mut world, "TerminateInstances", json!({"InstanceIds": [id]}));
    pass(&mut world, 30);
    ask(&mut world, "ReleaseAddress", release);
}

#[test]
fn a_status_is_checked_while_time_goes_by() {
    let mut world = world();
    let id = run(&mut world, json!({}));
    pass(&mut world, 15);
    let mut check = |secs: i64, want: &str| {
        pass(&mut world, secs);
        let shown = ask(&mut world, "DescribeInstanceStatus", json!({"InstanceIds": [id]}));
        assert_eq!(text(&shown, "/InstanceStatuses/0/InstanceStatus/Status"), want);
        assert_eq!(text(&shown, "/InstanceStatuses/0/SystemStatus/Status"), want);
    };
    check(0, "initializing");
    check(119, "initializing");
    check(1, "ok");
    let console = ask(&mut world, "GetConsoleOutput", json!({"InstanceId": id}));
    assert!(console["Output"].is_string());
    ask(&mut world, "StopInstances", json!({"InstanceIds": [id]}));
    let shown = ask(&mut world, "DescribeInstanceStatus", json!({}));
    assert_eq!(shown["InstanceStatuses"], json!([]));
}

#[test]
fn a_token_makes_a_repeated_launch_one() {
    let mut world = world();
    let one = run(&mut world, json!({"ClientToken": "t"}));
    pass(&mut world, 20);
    assert_eq!(run(&mut world, json!({"ClientToken": "t"})), one);
    let other = json!({
        "ImageId": image("us-east-1"), "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1,
        "ClientToken": "t",
    });
    assert!(refusal(&mut world, "RunInstances", other).starts_with("IdempotentParameterMismatch"));
    assert_ne!(run(&mut world, json!({"ClientToken": "u"})), one);
}

#[test]
fn what_cannot_be_launched_is_refused_and_leaves_nothing() {
    let mut world = world();
    run(&mut world, json!({}));
    let vpc =
        text(&ask(&mut world, "CreateVpc", json!({"CidrBlock": "10.0.0.0/16"})), "/Vpc/VpcId");
    let input = json!({"VpcId": vpc, "CidrBlock": "10.0.0.0/28"});
    let subnet = text(&ask(&mut world, "CreateSubnet", input), "/Subnet/SubnetId");
    let group = ask(
        &mut world,
        "DescribeSecurityGroups",
        json!({"Filters": [
        {"Name": "vpc-id", "Values": [vpc]}]}),
    );
    let group = text(&group, "/SecurityGroups/0/GroupId");
    let mut check = |more: Value, want: &str| {
        let mut input = json!({
            "ImageId": image("us-east-1"), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1,
        });
        let more = more.as_object().cloned().expect("an object");
        input.as_object_mut().expect("an object").extend(more);
        let got = refusal(&mut world, "RunInstances", input);
        assert!(got.starts_with(want), "{got}\nis not\n{want}");
    };
    check(json!({"ImageId": "ami-1"}), "InvalidAMIID.Malformed: Invalid id: \"ami-1\"");
    check(
        json!({"InstanceType": "t9.huge"}),
        "InvalidParameterValue: Invalid value 't9.huge' for InstanceType.",
    );
    check(json!({"InstanceType": "t4g.micro"}), "InvalidParameterValue: The architecture 'arm64'");
    check(
        json!({"KeyName": "none"}),
        "InvalidKeyPair.NotFound: The key pair 'none' does not exist",
    );
    check(json!({"SubnetId": "subnet-1"}), "InvalidSubnetID.NotFound");
    check(json!({"SecurityGroupIds": [group]}), "InvalidParameter: Security group sg-");
    check(
        json!({"SubnetId": subnet, "MinCount": 12, "MaxCount": 12}),
        "InsufficientFreeAddressesInSubnet",
    );
    check(
        json!({"SubnetId": subnet, "PrivateIpAddress": "10.0.0.3"}),
        "InvalidParameterValue: Address is in",
    );
    check(
        json!({"UserData": "%%%"}),
        "InvalidUserData.Malformed: Invalid BASE64 encoding of user data.",
    );
    check(json!({"MinCount": 0}), "InvalidParameterValue");
    check(
        json!({"IamInstanceProfile": {"Name": "none"}}),
        "InvalidParameterValue: Value (none) for parameter iamInstanceProfile.name",
    );
    check(json!({"DryRun": true}), "DryRunOperation");
    // All that there is room for.
    let input = json!({
        "ImageId": image("us-east-1"), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 20,
        "SubnetId": subnet,
    });
    let made = ask(&mut world, "RunInstances", input);
    assert_eq!(made["Instances"].as_array().map(Vec::len), Some(11));
    let shown = ask(&mut world, "DescribeSubnets", json!({"SubnetIds": [subnet]}));
    assert_eq!(shown["Subnets"][0]["AvailableIpAddressCount"], 0);
}

#[test]
fn regions_do_not_see_each_other() {
    let mut world = world();
    let id = run(&mut world, json!({}));
    let error = ask_in(&mut world, "eu-west-1", "DescribeInstances", json!({"InstanceIds": [id]}));
    assert_eq!(error.map_err(|e| e.code).expect_err("refused"), "InvalidInstanceID.NotFound");
}

#[test]
fn pages_hold_every_instance_once() {
    let mut world = world();
    let input = json!({
        "ImageId": image("us-east-1"), "InstanceType": "t3.micro", "MinCount": 23, "MaxCount": 23,
    });
    ask(&mut world, "RunInstances", input);
    let (mut seen, mut token) = (Vec::new(), Value::Null);
    loop {
        let mut input = json!({"MaxResults": 5});
        if token.is_string() {
            input["NextToken"] = token;
        }
        let page = ask(&mut world, "DescribeInstances", input);
        for instance in page["Reservations"]
            .as_array()
            .expect("a list")
            .iter()
            .flat_map(|r| r["Instances"].as_array().expect("a list"))
        {
            seen.push(text(instance, "/InstanceId"));
        }
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(seen.len(), 23);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 23);
}

#[test]
fn volumes_are_made_attached_and_taken_off() {
    let mut world = world();
    let id = run(&mut world, json!({}));
    pass(&mut world, 15);
    let made =
        ask(&mut world, "CreateVolume", json!({"AvailabilityZone": "us-east-1a", "Size": 10}));
    let volume = text(&made, "/VolumeId");
    assert_eq!((made["State"].as_str(), made["Iops"].as_i64()), (Some("creating"), Some(100)));
    let attach = json!({"VolumeId": volume, "InstanceId": id, "Device": "/dev/sdf"});
    assert!(refusal(&mut world, "AttachVolume", attach.clone()).starts_with("IncorrectState"));
    pass(&mut world, 4);
    ask(&mut world, "AttachVolume", attach);
    assert!(
        refusal(&mut world, "DeleteVolume", json!({"VolumeId": volume})).starts_with("VolumeInUse")
    );
    pass(&mut world, 3);
    let shown = described(&mut world, &id);
    assert_eq!(shown["BlockDeviceMappings"].as_array().map(Vec::len), Some(2));
    let snapshot =
        text(&ask(&mut world, "CreateSnapshot", json!({"VolumeId": volume})), "/SnapshotId");
    ask(&mut world, "DetachVolume", json!({"VolumeId": volume}));
    pass(&mut world, 60);
    let shown = ask(&mut world, "DescribeVolumes", json!({"VolumeIds": [volume]}));
    assert_eq!(text(&shown, "/Volumes/0/State"), "available");
    assert_eq!(described(&mut world, &id)["BlockDeviceMappings"].as_array().map(Vec::len), Some(1));
    let shown = ask(&mut world, "DescribeSnapshots", json!({"SnapshotIds": [snapshot]}));
    assert_eq!(text(&shown, "/Snapshots/0/State"), "completed");
    ask(&mut world, "DeleteVolume", json!({"VolumeId": volume}));
    pass(&mut world, 5);
    assert!(
        refusal(&mut world, "DescribeVolumes", json!({"VolumeIds": [volume]}))
            .starts_with("InvalidVolume.NotFound")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is done to an instance, in whatever order: nothing is left of it in the end, and letting
    /// time go by in one step or in many comes to the same.
    #[test]
    fn a_terminated_instance_leaves_nothing(steps in prop::collection::vec((0_u8..5, 0_i64..50), 1..8)) {
        let play = |stride: i64| {
            let mut world = world();
            let id = run(&mut world, json!({}));
            for (what, secs) in &steps {
                let mut left = *secs;
                while left > 0 {
                    let step = left.min(stride);
                    pass(&mut world, step);
                    left -= step;
                }
                let op = ["StartInstances", "StopInstances", "RebootInstances", "TerminateInstances", "MonitorNothing"];
                if let Some(op) = op.get(usize::from(*what)).filter(|op| **op != "MonitorNothing") {
                    let _refused = ask_in(&mut world, "", op, json!({"InstanceIds": [id]}));
                }
            }
            let _gone = ask_in(&mut world, "", "TerminateInstances", json!({"InstanceIds": [id]}));
            pass(&mut world, 4000);
            world
        };
        let (mut once, often) = (play(1000), play(7));
        prop_assert_eq!(once.digest(), often.digest());
        for (op, list) in [("DescribeInstances", "Reservations"), ("DescribeVolumes", "Volumes"),
            ("DescribeNetworkInterfaces", "NetworkInterfaces")] {
            let shown = ask(&mut once, op, json!({}));
            prop_assert_eq!(&shown[list], &json!([]), "{}", op);
        }
    }
}

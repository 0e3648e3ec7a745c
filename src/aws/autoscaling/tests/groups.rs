//! Groups come to their size, replace what dies, and shrink.

use serde_json::{Value, json};

use super::{activities, ask, ec2, group, in_state, pass, refusal, service, shown, world};
use sim::{Caller, Principal, World};

fn cause(activity: &Value) -> String {
    activity["Cause"].as_str().expect("a cause").to_owned()
}

#[test]
fn a_group_comes_to_its_size_and_shrinks() {
    let mut world = world();
    group(&mut world, (0, 5, 3), &json!({}));
    assert_eq!(shown(&mut world)["Instances"], json!([]));
    pass(&mut world, 10);
    assert_eq!(in_state(&mut world, "Pending").len(), 3);
    pass(&mut world, 15);
    assert_eq!(in_state(&mut world, "InService").len(), 3);
    let done = activities(&mut world);
    assert_eq!(done.len(), 3);
    assert_eq!(done[0]["StatusCode"], "Successful");
    let begun = "At 2026-11-22T10:00:00Z a user request created an AutoScalingGroup changing the desired \
                 capacity from 0 to 3.  At 2026-11-22T10:00:10Z an instance was started in response to a \
                 difference between desired and actual capacity, increasing the capacity from 0 to 3.";
    assert_eq!(cause(&done[0]), begun);
    // One in each zone.
    let mut zones: Vec<String> = shown(&mut world)["Instances"]
        .as_array()
        .expect("instances")
        .iter()
        .map(|one| one["AvailabilityZone"].as_str().unwrap_or_default().to_owned())
        .collect();
    zones.sort();
    assert_eq!(zones, ["us-east-1a", "us-east-1b", "us-east-1c"]);
    let input = json!({"AutoScalingGroupName": "g", "DesiredCapacity": 1});
    ask(&mut world, "SetDesiredCapacity", input);
    pass(&mut world, 10);
    assert_eq!(in_state(&mut world, "Terminating").len(), 2);
    let last = cause(&activities(&mut world)[0]);
    assert!(last.contains(
        "explicitly set group desired capacity changing the desired capacity from 3 to 1."
    ));
    assert!(last.contains("shrinking the capacity from 3 to 1."));
    assert!(last.ends_with("was selected for termination."), "{last}");
    pass(&mut world, 30);
    assert_eq!(shown(&mut world)["Instances"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_dies_is_replaced() {
    let mut world = world();
    group(&mut world, (2, 2, 2), &json!({}));
    pass(&mut world, 60);
    let [first, _] = &in_state(&mut world, "InService")[..] else { panic!("two serve") };
    ec2(&mut world, "TerminateInstances", json!({"InstanceIds": [first]}));
    pass(&mut world, 30);
    let told = activities(&mut world);
    let unhealthy = "an instance was taken out of service in response to an EC2 health check indicating it \
                     has been terminated or stopped.";
    assert!(told.iter().any(|one| cause(one).ends_with(unhealthy)), "{told:#?}");
    let replaced =
        "an instance was launched in response to an unhealthy instance needing to be replaced.";
    assert!(told.iter().any(|one| cause(one).ends_with(replaced)), "{told:#?}");
    pass(&mut world, 60);
    let serving = in_state(&mut world, "InService");
    assert_eq!(serving.len(), 2);
    assert!(!serving.contains(first));
    // One that is stopped is ended, and replaced as well.
    ec2(&mut world, "StopInstances", json!({"InstanceIds": [serving[0]]}));
    pass(&mut world, 120);
    let now = in_state(&mut world, "InService");
    assert_eq!(now.len(), 2);
    assert!(!now.contains(&serving[0]));
}

#[test]
fn suspended_processes_wait() {
    let mut world = world();
    group(&mut world, (0, 4, 2), &json!({}));
    pass(&mut world, 60);
    let input = json!({"AutoScalingGroupName": "g", "ScalingProcesses": ["Launch"]});
    ask(&mut world, "SuspendProcesses", input.clone());
    let all = in_state(&mut world, "InService");
    ec2(&mut world, "TerminateInstances", json!({"InstanceIds": all}));
    pass(&mut world, 300);
    assert_eq!(shown(&mut world)["Instances"], json!([]));
    ask(&mut world, "ResumeProcesses", input);
    pass(&mut world, 60);
    assert_eq!(in_state(&mut world, "InService").len(), 2);
    // What is not checked stays, and is met once it is checked again.
    let input = json!({"AutoScalingGroupName": "g", "ScalingProcesses": ["HealthCheck"]});
    ask(&mut world, "SuspendProcesses", input.clone());
    let all = in_state(&mut world, "InService");
    ec2(&mut world, "TerminateInstances", json!({"InstanceIds": [all[0]]}));
    pass(&mut world, 300);
    assert_eq!(in_state(&mut world, "InService"), all);
    ask(&mut world, "ResumeProcesses", input);
    pass(&mut world, 60);
    let now = in_state(&mut world, "InService");
    assert!(now.len() == 2 && !now.contains(&all[0]));
}

#[test]
fn protected_instances_stay() {
    let mut world = world();
    group(&mut world, (0, 3, 3), &json!({"NewInstancesProtectedFromScaleIn": true}));
    pass(&mut world, 60);
    let all = in_state(&mut world, "InService");
    let input = json!({"AutoScalingGroupName": "g", "DesiredCapacity": 1});
    ask(&mut world, "SetDesiredCapacity", input);
    pass(&mut world, 120);
    assert_eq!(in_state(&mut world, "InService"), all);
    let input = json!({"AutoScalingGroupName": "g", "InstanceIds": [all[1]], "ProtectedFromScaleIn": false});
    ask(&mut world, "SetInstanceProtection", input);
    pass(&mut world, 120);
    let now = in_state(&mut world, "InService");
    assert!(now.len() == 2 && !now.contains(&all[1]));
}

#[test]
fn an_instance_stands_by_and_comes_back() {
    let mut world = world();
    group(&mut world, (0, 3, 2), &json!({}));
    pass(&mut world, 60);
    let all = in_state(&mut world, "InService");
    let one = json!({"AutoScalingGroupName": "g", "InstanceIds": [all[0]]});
    let mut fewer = one.clone();
    fewer["ShouldDecrementDesiredCapacity"] = json!(true);
    let told = ask(&mut world, "EnterStandby", fewer.clone());
    let want = format!(
        "At 2026-11-22T10:01:00Z instance {} was moved to standby in response to a user request, shrinking the \
         capacity from 2 to 1.",
        all[0]
    );
    assert_eq!(cause(&told["Activities"][0]), want);
    pass(&mut world, 60);
    assert_eq!(in_state(&mut world, "Standby"), [all[0].clone()]);
    assert_eq!(shown(&mut world)["DesiredCapacity"], 1);
    ask(&mut world, "ExitStandby", one);
    pass(&mut world, 60);
    assert_eq!(in_state(&mut world, "InService"), all);
    // Detached, it goes on running.
    ask(&mut world, "DetachInstances", fewer);
    pass(&mut world, 60);
    assert_eq!(in_state(&mut world, "InService"), [all[1].clone()]);
    let told = ec2(&mut world, "DescribeInstances", json!({"InstanceIds": [all[0]]}));
    assert_eq!(told["Reservations"][0]["Instances"][0]["State"]["Name"], "running");
    // And can be attached again.
    let input = json!({"AutoScalingGroupName": "g", "InstanceIds": [all[0]]});
    ask(&mut world, "AttachInstances", input);
    assert_eq!(in_state(&mut world, "InService").len(), 2);
    assert_eq!(shown(&mut world)["DesiredCapacity"], 2);
}

#[test]
fn one_instance_is_ended_by_hand() {
    let mut world = world();
    group(&mut world, (1, 3, 2), &json!({}));
    pass(&mut world, 60);
    let all = in_state(&mut world, "InService");
    let input = json!({"InstanceId": all[0], "ShouldDecrementDesiredCapacity": true});
    let told = ask(&mut world, "TerminateInstanceInAutoScalingGroup", input);
    let want = format!(
        "At 2026-11-22T10:01:00Z instance {} was taken out of service in response to a user request, \
         shrinking the capacity from 2 to 1.",
        all[0]
    );
    assert_eq!(cause(&told["Activity"]), want);
    assert_eq!(told["Activity"]["StatusCode"], "InProgress");
    let input = json!({"InstanceId": all[1], "ShouldDecrementDesiredCapacity": true});
    assert!(
        refusal(&mut world, "TerminateInstanceInAutoScalingGroup", input)
            .starts_with("ValidationError: Currently, desiredSize equals minSize (1).")
    );
    // Without being one fewer, there is another soon.
    let input = json!({"InstanceId": all[1], "ShouldDecrementDesiredCapacity": false});
    ask(&mut world, "TerminateInstanceInAutoScalingGroup", input);
    pass(&mut world, 120);
    assert_eq!(in_state(&mut world, "InService").len(), 1);
}

#[test]
fn a_group_is_deleted_with_its_instances() {
    let mut world = world();
    group(&mut world, (0, 3, 2), &json!({}));
    pass(&mut world, 60);
    let input = json!({"AutoScalingGroupName": "g"});
    assert_eq!(
        refusal(&mut world, "DeleteAutoScalingGroup", input),
        "ResourceInUse: You cannot delete an AutoScalingGroup while there are instances or pending Spot \
         instance request(s) still in the group."
    );
    let input = json!({"AutoScalingGroupName": "g", "ForceDelete": true});
    ask(&mut world, "DeleteAutoScalingGroup", input);
    assert_eq!(shown(&mut world)["Status"], "Delete in progress");
    pass(&mut world, 60);
    let told = ask(&mut world, "DescribeAutoScalingGroups", json!({}));
    assert_eq!(told["AutoScalingGroups"], json!([]));
    let input = json!({"AutoScalingGroupName": "g", "IncludeDeletedGroups": true});
    let told = ask(&mut world, "DescribeScalingActivities", input);
    assert_eq!(told["Activities"].as_array().map(Vec::len), Some(4));
    assert_eq!(told["Activities"][0]["AutoScalingGroupState"], "Deleted");
}

#[test]
fn instances_have_the_tags_of_their_group() {
    let mut world = world();
    let tags = json!([
        {"Key": "a", "Value": "1", "PropagateAtLaunch": true},
        {"Key": "b", "Value": "2", "PropagateAtLaunch": false},
    ]);
    group(&mut world, (1, 1, 1), &json!({"Tags": tags}));
    pass(&mut world, 60);
    let told = ec2(&mut world, "DescribeInstances", json!({}));
    let tags = &told["Reservations"][0]["Instances"][0]["Tags"];
    let keys: Vec<&str> =
        tags.as_array().expect("tags").iter().filter_map(|tag| tag["Key"].as_str()).collect();
    assert_eq!(
        keys,
        [
            "a",
            "aws:autoscaling:groupName",
            "aws:ec2launchtemplate:id",
            "aws:ec2launchtemplate:version"
        ]
    );
}

#[test]
fn a_launch_that_fails_is_told_and_tried_again() {
    let mut world = world();
    let input = json!({"LaunchConfigurationName": "lc", "ImageId": "ami-0123456789abcdef0",
        "InstanceType": "t3.micro"});
    ask(&mut world, "CreateLaunchConfiguration", input);
    let input = json!({"AutoScalingGroupName": "g", "MinSize": 1, "MaxSize": 1,
        "LaunchConfigurationName": "lc", "AvailabilityZones": ["us-east-1a"]});
    ask(&mut world, "CreateAutoScalingGroup", input);
    pass(&mut world, 15);
    let told = activities(&mut world);
    assert_eq!(told[0]["StatusCode"], "Failed");
    let message =
        "The image id '[ami-0123456789abcdef0]' does not exist. Launching EC2 instance failed.";
    assert_eq!(told[0]["StatusMessage"], message);
    assert_eq!(
        told[0]["Description"],
        format!("Launching a new EC2 instance.  Status Reason: {message}")
    );
    pass(&mut world, 600);
    let count = activities(&mut world).len();
    assert!((3..8).contains(&count), "{count} attempts");
}

#[test]
fn zones_are_balanced() {
    let mut world = world();
    group(&mut world, (4, 4, 4), &json!({"AvailabilityZones": ["us-east-1a"]}));
    pass(&mut world, 60);
    let input =
        json!({"AutoScalingGroupName": "g", "AvailabilityZones": ["us-east-1a", "us-east-1b"]});
    ask(&mut world, "UpdateAutoScalingGroup", input);
    pass(&mut world, 600);
    let instances = shown(&mut world)["Instances"].as_array().cloned().unwrap_or_default();
    let count = |zone: &str| instances.iter().filter(|i| i["AvailabilityZone"] == zone).count();
    assert_eq!((count("us-east-1a"), count("us-east-1b")), (2, 2));
}

/// Takes the power of a zone, or gives it back.
fn power(world: &mut World, op: &str, zone: &str) {
    let def = service("zones").operation(op).expect(op);
    let caller = Caller::from(Principal::Lab);
    world.apply(world.now(), &caller, def, json!({"zones": [zone]})).expect(op);
}

/// How many instances of the group serve in the two zones `a` and `b`.
fn standing(world: &mut World) -> (usize, usize) {
    let instances = shown(world)["Instances"].as_array().cloned().unwrap_or_default();
    let count = |zone: &str| {
        let here = |own: &&Value| own["AvailabilityZone"] == zone;
        instances.iter().filter(here).filter(|own| own["LifecycleState"] == "InService").count()
    };
    (count("us-east-1a"), count("us-east-1b"))
}

#[test]
fn a_zone_without_power_is_left_and_come_back_to() {
    let mut world = world();
    let zones = json!({"AvailabilityZones": ["us-east-1a", "us-east-1b"]});
    group(&mut world, (2, 2, 2), &zones);
    pass(&mut world, 60);
    assert_eq!(standing(&mut world), (1, 1));
    power(&mut world, "KillZone", "us-east-1a");
    // The status checks have to notice, and the group waits some more.
    pass(&mut world, 90);
    assert_eq!(standing(&mut world), (1, 1));
    pass(&mut world, 210);
    assert_eq!(standing(&mut world), (0, 2));
    let told = activities(&mut world);
    let ends = told.iter().find(|own| cause(own).contains("status checks")).expect("one that ends");
    assert!(ends["Description"].as_str().is_some_and(|text| text.starts_with("Terminating")));
    assert!(cause(ends).ends_with("in response to an EC2 instance status checks failure."));
    // It stands unevenly, and leaves it so: no other place has power.
    let before = told.len();
    pass(&mut world, 3_600);
    assert_eq!((standing(&mut world), activities(&mut world).len()), ((0, 2), before));
    power(&mut world, "StartZone", "us-east-1a");
    pass(&mut world, 600);
    assert_eq!(standing(&mut world), (1, 1));
    assert_eq!(activities(&mut world).len(), before + 2);
}

#[test]
fn a_zone_that_blinks_costs_nothing() {
    let mut world = world();
    group(&mut world, (2, 2, 2), &json!({"AvailabilityZones": ["us-east-1a", "us-east-1b"]}));
    pass(&mut world, 60);
    let before = in_state(&mut world, "InService");
    power(&mut world, "KillZone", "us-east-1a");
    pass(&mut world, 30);
    power(&mut world, "StartZone", "us-east-1a");
    pass(&mut world, 600);
    assert_eq!(in_state(&mut world, "InService"), before);
}

#[test]
fn requests_are_held_to_the_sizes() {
    let mut world = world();
    group(&mut world, (1, 2, 1), &json!({}));
    let mut check = |op: &str, input: Value, want: &str| {
        assert_eq!(refusal(&mut world, op, input), want);
    };
    let set = |desired: i64| json!({"AutoScalingGroupName": "g", "DesiredCapacity": desired});
    check(
        "SetDesiredCapacity",
        set(3),
        "ValidationError: New SetDesiredCapacity value 3 is above max value 2 for the AutoScalingGroup.",
    );
    check(
        "SetDesiredCapacity",
        set(0),
        "ValidationError: New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup.",
    );
    check(
        "SetDesiredCapacity",
        json!({"AutoScalingGroupName": "h", "DesiredCapacity": 1}),
        "ValidationError: AutoScalingGroup name not found - AutoScalingGroup 'h' not found",
    );
    let make = json!({"AutoScalingGroupName": "h", "MinSize": 1, "MaxSize": 1,
        "AvailabilityZones": ["us-east-1a"],
        "LaunchTemplate": {"LaunchTemplateName": "none"}});
    check(
        "CreateAutoScalingGroup",
        make,
        "ValidationError: You must use a valid fully-formed launch template. The specified launch template, \
         with template name none, does not exist.",
    );
}

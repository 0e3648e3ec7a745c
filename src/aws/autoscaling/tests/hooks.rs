//! Lifecycle hooks.

use serde_json::json;

use super::{activities, ask, ec2, group, in_state, pass, refusal, shown, world};

fn with_hook(transition: &str, result: &str) -> sim::World {
    let mut world = world();
    let hook = json!([{"LifecycleHookName": "h", "LifecycleTransition": transition,
        "HeartbeatTimeout": 60, "DefaultResult": result}]);
    group(&mut world, (0, 2, 1), &json!({"LifecycleHookSpecificationList": hook}));
    world
}

const LAUNCHING: &str = "autoscaling:EC2_INSTANCE_LAUNCHING";
const TERMINATING: &str = "autoscaling:EC2_INSTANCE_TERMINATING";

#[test]
fn a_launch_waits_until_it_is_completed() {
    let mut world = with_hook(LAUNCHING, "ABANDON");
    pass(&mut world, 30);
    let waiting = in_state(&mut world, "Pending:Wait");
    assert_eq!(waiting.len(), 1);
    assert_eq!(activities(&mut world)[0]["StatusCode"], "MidLifecycleAction");
    let mut one =
        json!({"AutoScalingGroupName": "g", "LifecycleHookName": "h", "InstanceId": waiting[0]});
    // A heartbeat gives it more time.
    pass(&mut world, 50);
    ask(&mut world, "RecordLifecycleActionHeartbeat", one.clone());
    pass(&mut world, 50);
    assert_eq!(in_state(&mut world, "Pending:Wait"), waiting);
    one["LifecycleActionResult"] = json!("CONTINUE");
    ask(&mut world, "CompleteLifecycleAction", one.clone());
    assert_eq!(in_state(&mut world, "InService"), waiting);
    assert_eq!(
        refusal(&mut world, "CompleteLifecycleAction", one),
        format!(
            "ValidationError: No active Lifecycle Action found with instance ID {}",
            waiting[0]
        )
    );
}

#[test]
fn a_launch_that_is_given_up_is_tried_anew() {
    let mut world = with_hook(LAUNCHING, "ABANDON");
    pass(&mut world, 30);
    let waiting = in_state(&mut world, "Pending:Wait");
    pass(&mut world, 60);
    assert!(!in_state(&mut world, "Pending:Wait").contains(&waiting[0]));
    let told = activities(&mut world);
    let given_up = told.iter().find(|one| one["StatusCode"] == "Cancelled").expect("given up");
    let message = given_up["StatusMessage"].as_str().expect("a message");
    assert!(message.ends_with("was abandoned: Lifecycle Action Timed Out"), "{message}");
    pass(&mut world, 60);
    assert_eq!(in_state(&mut world, "Pending:Wait").len(), 1);
}

#[test]
fn what_times_out_may_go_on() {
    let mut world = with_hook(LAUNCHING, "CONTINUE");
    pass(&mut world, 90);
    assert_eq!(in_state(&mut world, "InService").len(), 1);
}

#[test]
fn a_termination_waits_too() {
    let mut world = with_hook(TERMINATING, "CONTINUE");
    pass(&mut world, 60);
    let input = json!({"AutoScalingGroupName": "g", "DesiredCapacity": 0});
    ask(&mut world, "SetDesiredCapacity", input);
    pass(&mut world, 10);
    let waiting = in_state(&mut world, "Terminating:Wait");
    assert_eq!(waiting.len(), 1);
    let told = ec2(&mut world, "DescribeInstances", json!({}));
    assert_eq!(told["Reservations"][0]["Instances"][0]["State"]["Name"], "running");
    pass(&mut world, 61);
    assert_eq!(in_state(&mut world, "Terminating:Proceed"), waiting);
    pass(&mut world, 30);
    assert_eq!(shown(&mut world)["Instances"], json!([]));
}

//! Instance refreshes: in which order instances go, where they pause, and how they are taken back.

use serde_json::{Value, json};
use sim::World;

use super::{activities, ask, ec2, group, image, in_state, pass, refusal, shown, world};

/// A group of so many instances that serve, from version 1 of a template that has two.
fn prepared(world: &mut World, size: i64, more: &Value) {
    let mut wanted = json!({"LaunchTemplate": {"LaunchTemplateName": "web", "Version": "1"}});
    let more = more.as_object().cloned().unwrap_or_default();
    wanted.as_object_mut().expect("an object").extend(more);
    group(world, (0, 10, size), &wanted);
    let data = json!({"ImageId": image(), "InstanceType": "t3.small"});
    let input = json!({"LaunchTemplateName": "web", "LaunchTemplateData": data});
    ec2(world, "CreateLaunchTemplateVersion", input);
    pass(world, 60);
    assert_eq!(in_state(world, "InService").len(), usize::try_from(size).expect("a size"));
}

/// Version 2, by these preferences.
fn start(world: &mut World, preferences: &Value) {
    let input = json!({"AutoScalingGroupName": "g", "Preferences": preferences,
        "DesiredConfiguration": {
            "LaunchTemplate": {"LaunchTemplateName": "web", "Version": "2"}}});
    ask(world, "StartInstanceRefresh", input);
}

fn refresh(world: &mut World) -> Value {
    let told = ask(world, "DescribeInstanceRefreshes", json!({"AutoScalingGroupName": "g"}));
    told["InstanceRefreshes"][0].clone()
}

fn figures(world: &mut World) -> (String, i64, i64) {
    let told = refresh(world);
    let number = |member: &str| told[member].as_i64().expect("a number");
    let status = told["Status"].as_str().expect("a status").to_owned();
    (status, number("PercentageComplete"), number("InstancesToUpdate"))
}

/// How many instances serve that were launched from each version.
fn versions(world: &mut World) -> (usize, usize) {
    let instances = shown(world)["Instances"].as_array().cloned().unwrap_or_default();
    let count = |version: &str| {
        let of = |one: &&Value| {
            one["LifecycleState"] == "InService" && one["LaunchTemplate"]["Version"] == version
        };
        instances.iter().filter(of).count()
    };
    (count("1"), count("2"))
}

#[test]
fn instances_are_replaced_one_after_the_other() {
    let mut world = world();
    prepared(&mut world, 4, &json!({}));
    start(&mut world, &json!({"InstanceWarmup": 60}));
    assert_eq!(figures(&mut world), ("Pending".to_owned(), 0, 4));
    pass(&mut world, 10);
    // Nine tenths of four are four, so one goes at a time.
    assert_eq!(versions(&mut world), (3, 0));
    assert_eq!(figures(&mut world), ("InProgress".to_owned(), 0, 3));
    pass(&mut world, 30);
    assert_eq!(versions(&mut world), (3, 1));
    let reason = refresh(&mut world)["StatusReason"].as_str().expect("a reason").to_owned();
    assert!(reason.starts_with("Waiting for instances to warm up before continuing."), "{reason}");
    pass(&mut world, 60);
    assert_eq!(figures(&mut world), ("InProgress".to_owned(), 25, 2));
    let told = activities(&mut world);
    let has = |what: &str| {
        told.iter().any(|one| one["Cause"].as_str().is_some_and(|cause| cause.contains(what)))
    };
    assert!(has("an instance was launched in response to an instance refresh."));
    assert!(has("an instance was taken out of service in response to an instance refresh."));
    // What has a desired configuration keeps the group from having another.
    let input = json!({"AutoScalingGroupName": "g",
        "LaunchTemplate": {"LaunchTemplateName": "web", "Version": "1"}});
    let held = refusal(&mut world, "UpdateAutoScalingGroup", input);
    assert!(held.contains("An active instance refresh with a desired configuration exists."));
    pass(&mut world, 600);
    assert_eq!(figures(&mut world), ("Successful".to_owned(), 100, 0));
    assert_eq!(versions(&mut world), (0, 4));
    assert_eq!(shown(&mut world)["LaunchTemplate"]["Version"], "2");
    let told = refresh(&mut world);
    let preferences = &told["Preferences"];
    assert_eq!(preferences["MinHealthyPercentage"], 90);
    assert_eq!(preferences["MaxHealthyPercentage"], 100);
    assert_eq!(preferences["ScaleInProtectedInstances"], "Wait");
    assert!(told["EndTime"].is_number() || told["EndTime"].is_string(), "{told}");
}

#[test]
fn where_all_must_serve_new_ones_come_first() {
    let mut world = world();
    prepared(&mut world, 2, &json!({}));
    let wanted = json!({"MinHealthyPercentage": 100, "MaxHealthyPercentage": 100,
        "InstanceWarmup": 30});
    start(&mut world, &wanted);
    for _ in 0..60 {
        pass(&mut world, 5);
        assert!(in_state(&mut world, "InService").len() >= 2);
        let group = shown(&mut world);
        assert!(group["Instances"].as_array().map_or(0, Vec::len) <= 4);
    }
    assert_eq!(figures(&mut world), ("Successful".to_owned(), 100, 0));
    assert_eq!(versions(&mut world), (0, 2));
}

#[test]
fn a_wider_range_replaces_more_at_once() {
    let mut world = world();
    prepared(&mut world, 4, &json!({}));
    let wanted = json!({"MinHealthyPercentage": 50, "MaxHealthyPercentage": 150,
        "InstanceWarmup": 0});
    start(&mut world, &wanted);
    pass(&mut world, 10);
    // Two go, and four come.
    assert_eq!(in_state(&mut world, "InService").len(), 2);
    assert_eq!(in_state(&mut world, "Pending").len(), 4);
    pass(&mut world, 60);
    assert_eq!(versions(&mut world), (0, 4));
    assert_eq!(figures(&mut world).0, "Successful");
}

#[test]
fn matching_instances_stay_where_that_is_wanted() {
    let mut world = world();
    prepared(&mut world, 3, &json!({}));
    let before = in_state(&mut world, "InService");
    let input = json!({"AutoScalingGroupName": "g", "Preferences": {"SkipMatching": true}});
    ask(&mut world, "StartInstanceRefresh", input);
    pass(&mut world, 60);
    assert_eq!(figures(&mut world), ("Successful".to_owned(), 100, 0));
    assert_eq!(in_state(&mut world, "InService"), before);
    // Without it, the same template gives new instances.
    let input = json!({"AutoScalingGroupName": "g",
        "Preferences": {"MinHealthyPercentage": 0, "InstanceWarmup": 0}});
    ask(&mut world, "StartInstanceRefresh", input);
    pass(&mut world, 120);
    assert_eq!(figures(&mut world).0, "Successful");
    assert!(in_state(&mut world, "InService").iter().all(|id| !before.contains(id)));
}

#[test]
fn a_refresh_pauses_at_checkpoints_and_bakes() {
    let mut world = world();
    prepared(&mut world, 4, &json!({}));
    let wanted = json!({"InstanceWarmup": 0, "MinHealthyPercentage": 75, "BakeTime": 120,
        "CheckpointPercentages": [50, 100], "CheckpointDelay": 600});
    start(&mut world, &wanted);
    pass(&mut world, 300);
    assert_eq!(figures(&mut world), ("InProgress".to_owned(), 50, 2));
    assert_eq!(versions(&mut world), (2, 2));
    pass(&mut world, 300);
    assert_eq!(versions(&mut world), (2, 2));
    pass(&mut world, 140);
    assert_eq!(figures(&mut world), ("Baking".to_owned(), 100, 0));
    pass(&mut world, 120);
    assert_eq!(figures(&mut world).0, "Successful");
}

#[test]
fn a_refresh_ends_at_its_last_checkpoint() {
    let mut world = world();
    prepared(&mut world, 4, &json!({}));
    start(&mut world, &json!({"InstanceWarmup": 0, "CheckpointPercentages": [20]}));
    pass(&mut world, 300);
    assert_eq!(figures(&mut world), ("Successful".to_owned(), 25, 3));
    assert_eq!(versions(&mut world), (3, 1));
}

#[test]
fn a_refresh_is_cancelled() {
    let mut world = world();
    prepared(&mut world, 4, &json!({}));
    start(&mut world, &json!({"InstanceWarmup": 600}));
    pass(&mut world, 15);
    let again = json!({"AutoScalingGroupName": "g"});
    let told = refusal(&mut world, "StartInstanceRefresh", again.clone());
    assert!(told.starts_with("InstanceRefreshInProgress: "), "{told}");
    ask(&mut world, "CancelInstanceRefresh", again.clone());
    assert_eq!(figures(&mut world).0, "Cancelling");
    pass(&mut world, 120);
    assert_eq!(figures(&mut world).0, "Cancelled");
    assert_eq!(versions(&mut world), (3, 1));
    // What the group has stays what it was.
    assert_eq!(shown(&mut world)["LaunchTemplate"]["Version"], "1");
    let told = refusal(&mut world, "CancelInstanceRefresh", again);
    assert!(told.starts_with("ActiveInstanceRefreshNotFound: "), "{told}");
}

#[test]
fn a_refresh_is_rolled_back() {
    let mut world = world();
    prepared(&mut world, 4, &json!({}));
    start(&mut world, &json!({"InstanceWarmup": 0, "CheckpointPercentages": [50, 100]}));
    pass(&mut world, 400);
    assert_eq!(versions(&mut world), (2, 2));
    ask(&mut world, "RollbackInstanceRefresh", json!({"AutoScalingGroupName": "g"}));
    assert_eq!(figures(&mut world), ("RollbackInProgress".to_owned(), 50, 2));
    pass(&mut world, 400);
    assert_eq!(figures(&mut world), ("RollbackSuccessful".to_owned(), 0, 2));
    assert_eq!(versions(&mut world), (4, 0));
    assert_eq!(refresh(&mut world)["RollbackDetails"]["PercentageCompleteOnRollback"], 50);
    // Without a desired configuration there is no way back.
    ask(&mut world, "StartInstanceRefresh", json!({"AutoScalingGroupName": "g"}));
    let told = refusal(&mut world, "RollbackInstanceRefresh", json!({"AutoScalingGroupName": "g"}));
    assert!(told.starts_with("IrreversibleInstanceRefresh: "), "{told}");
}

#[test]
fn a_refresh_that_cannot_go_on_fails_after_an_hour_and_goes_back() {
    let mut world = world();
    prepared(&mut world, 2, &json!({}));
    let all = in_state(&mut world, "InService");
    let input =
        json!({"AutoScalingGroupName": "g", "InstanceIds": [all[0]], "ProtectedFromScaleIn": true});
    ask(&mut world, "SetInstanceProtection", input);
    start(&mut world, &json!({"InstanceWarmup": 0, "AutoRollback": true}));
    pass(&mut world, 300);
    assert_eq!(versions(&mut world), (1, 1));
    let reason = refresh(&mut world)["StatusReason"].as_str().expect("a reason").to_owned();
    assert!(reason.contains("is protected."), "{reason}");
    pass(&mut world, 3600);
    pass(&mut world, 120);
    assert_eq!(figures(&mut world).0, "RollbackSuccessful");
    assert_eq!(versions(&mut world), (2, 0));
    // They are passed over, or replaced all the same.
    let more = json!({"InstanceWarmup": 0, "ScaleInProtectedInstances": "Ignore"});
    start(&mut world, &more);
    pass(&mut world, 300);
    assert_eq!(figures(&mut world).0, "Successful");
    assert_eq!(versions(&mut world), (1, 1));
    let more = json!({"InstanceWarmup": 0, "ScaleInProtectedInstances": "Refresh"});
    start(&mut world, &more);
    pass(&mut world, 300);
    assert_eq!(versions(&mut world), (0, 2));
}

#[test]
fn what_stands_by_is_waited_for_passed_over_or_ended() {
    for (how, want) in
        [("Wait", "InProgress"), ("Ignore", "Successful"), ("Terminate", "Successful")]
    {
        let mut world = world();
        prepared(&mut world, 2, &json!({}));
        let all = in_state(&mut world, "InService");
        let input = json!({"AutoScalingGroupName": "g", "InstanceIds": [all[0]],
            "ShouldDecrementDesiredCapacity": true});
        ask(&mut world, "EnterStandby", input);
        start(&mut world, &json!({"InstanceWarmup": 0, "StandbyInstances": how}));
        pass(&mut world, 300);
        assert_eq!(figures(&mut world).0, want, "{how}");
        let left = in_state(&mut world, "Standby").len();
        assert_eq!(left, usize::from(how != "Terminate"), "{how}");
        assert_eq!(versions(&mut world), (0, 1), "{how}");
    }
}

#[test]
fn preferences_are_held() {
    let mut world = world();
    prepared(&mut world, 1, &json!({}));
    let mut check = |preferences: Value, want: &str| {
        let input = json!({"AutoScalingGroupName": "g", "Preferences": preferences});
        let told = refusal(&mut world, "StartInstanceRefresh", input);
        assert!(told.contains(want), "{told}");
    };
    check(json!({"MinHealthyPercentage": 101}), "preferences.minHealthyPercentage");
    check(json!({"MaxHealthyPercentage": 150}), "you must also specify MinHealthyPercentage");
    check(json!({"MinHealthyPercentage": 0, "MaxHealthyPercentage": 150}), "greater than 100");
    check(json!({"CheckpointPercentages": [50, 50]}), "ascending");
    check(json!({"CheckpointDelay": 60}), "you must also specify CheckpointPercentages");
    check(json!({"AutoRollback": true}), "IrreversibleInstanceRefresh");
    check(json!({"AlarmSpecification": {"Alarms": ["a"]}}), "AlarmSpecification");
}

#[test]
fn a_suspended_refresh_waits() {
    let mut world = world();
    prepared(&mut world, 2, &json!({}));
    let processes = json!({"AutoScalingGroupName": "g", "ScalingProcesses": ["InstanceRefresh"]});
    ask(&mut world, "SuspendProcesses", processes.clone());
    start(&mut world, &json!({"InstanceWarmup": 0}));
    pass(&mut world, 300);
    assert_eq!(versions(&mut world), (2, 0));
    ask(&mut world, "ResumeProcesses", processes);
    pass(&mut world, 300);
    assert_eq!(versions(&mut world), (0, 2));
    assert_eq!(figures(&mut world).0, "Successful");
}

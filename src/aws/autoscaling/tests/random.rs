//! Random orders of kills, resizes and suspensions: a group comes to what it should have, within its
//! bounds, and the same seed gives the same world.

use proptest::prelude::*;
use serde_json::json;
use sim::World;

use super::{ask, group, in_state, pass, shown, try_ask, world_of};

#[derive(Clone, Debug)]
enum Act {
    Wait(i64),
    Kill(usize),
    Stop(usize),
    Resize(i64),
    Bounds(i64, i64),
    Suspend(usize),
    Resume,
    Standby(usize),
    Leave(usize, bool),
    Unhealthy(usize),
    Zones(usize),
    Refresh(usize),
    Cancel,
}

const PROCESSES: &[&str] =
    &["Launch", "Terminate", "HealthCheck", "ReplaceUnhealthy", "AZRebalance"];
/// The least and the most that a refresh keeps, in percent.
const HEALTHY: &[(i64, i64)] = &[(90, 100), (100, 100), (0, 100), (50, 150)];
const ZONES: &[&[&str]] =
    &[&["us-east-1a", "us-east-1b", "us-east-1c"], &["us-east-1a"], &["us-east-1b", "us-east-1d"]];

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (1_i64..200).prop_map(Act::Wait),
        3 => (0_usize..8).prop_map(Act::Kill),
        1 => (0_usize..8).prop_map(Act::Stop),
        3 => (0_i64..7).prop_map(Act::Resize),
        1 => (0_i64..3, 3_i64..7).prop_map(|(min, max)| Act::Bounds(min, max)),
        1 => (0..PROCESSES.len()).prop_map(Act::Suspend),
        1 => Just(Act::Resume),
        1 => (0_usize..8).prop_map(Act::Standby),
        1 => (0_usize..8, any::<bool>()).prop_map(|(at, fewer)| Act::Leave(at, fewer)),
        1 => (0_usize..8).prop_map(Act::Unhealthy),
        1 => (0..ZONES.len()).prop_map(Act::Zones),
        2 => (0..HEALTHY.len()).prop_map(Act::Refresh),
        1 => Just(Act::Cancel),
    ];
    prop::collection::vec(act, 1..25)
}

fn instance(world: &mut World, at: usize) -> String {
    let instances = shown(world)["Instances"].as_array().cloned().unwrap_or_default();
    let one = instances.get(at).or(instances.first());
    one.and_then(|one| one["InstanceId"].as_str()).unwrap_or("i-00000000000000000").to_owned()
}

/// Does it; whether it is refused does not matter.
fn act(world: &mut World, act: &Act) {
    let group = "g";
    let (service, op, input) = match act {
        Act::Wait(secs) => return pass(world, *secs),
        Act::Kill(at) => {
            ("ec2", "TerminateInstances", json!({"InstanceIds": [instance(world, *at)]}))
        }
        Act::Stop(at) => ("ec2", "StopInstances", json!({"InstanceIds": [instance(world, *at)]})),
        Act::Resize(to) => (
            "autoscaling",
            "SetDesiredCapacity",
            json!({"AutoScalingGroupName": group, "DesiredCapacity": to}),
        ),
        Act::Bounds(min, max) => (
            "autoscaling",
            "UpdateAutoScalingGroup",
            json!({"AutoScalingGroupName": group, "MinSize": min, "MaxSize": max}),
        ),
        Act::Suspend(which) => (
            "autoscaling",
            "SuspendProcesses",
            json!({"AutoScalingGroupName": group, "ScalingProcesses": [PROCESSES[*which]]}),
        ),
        Act::Resume => ("autoscaling", "ResumeProcesses", json!({"AutoScalingGroupName": group})),
        Act::Standby(at) => (
            "autoscaling",
            "EnterStandby",
            json!({"AutoScalingGroupName": group, "InstanceIds": [instance(world, *at)],
                "ShouldDecrementDesiredCapacity": at % 2 == 0}),
        ),
        Act::Leave(at, fewer) => (
            "autoscaling",
            "TerminateInstanceInAutoScalingGroup",
            json!({"InstanceId": instance(world, *at), "ShouldDecrementDesiredCapacity": fewer}),
        ),
        Act::Unhealthy(at) => (
            "autoscaling",
            "SetInstanceHealth",
            json!({"InstanceId": instance(world, *at), "HealthStatus": "Unhealthy"}),
        ),
        Act::Refresh(which) => (
            "autoscaling",
            "StartInstanceRefresh",
            json!({"AutoScalingGroupName": group, "Preferences": {
                "MinHealthyPercentage": HEALTHY[*which].0,
                "MaxHealthyPercentage": HEALTHY[*which].1, "InstanceWarmup": 20,
                "StandbyInstances": "Ignore", "ScaleInProtectedInstances": "Ignore"}}),
        ),
        Act::Cancel => {
            ("autoscaling", "CancelInstanceRefresh", json!({"AutoScalingGroupName": group}))
        }
        Act::Zones(which) => (
            "autoscaling",
            "UpdateAutoScalingGroup",
            json!({"AutoScalingGroupName": group, "AvailabilityZones": ZONES[*which]}),
        ),
    };
    let _ = try_ask(world, service, op, input);
}

fn run(seed: u64, acts: &[Act]) -> World {
    let mut world = world_of(seed);
    group(&mut world, (0, 6, 2), &json!({}));
    for one in acts {
        act(&mut world, one);
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_group_comes_to_what_it_should_have(seed in any::<u64>(), acts in acts()) {
        let mut world = run(seed, &acts);
        let again = run(seed, &acts);
        prop_assert_eq!(world.digest(), again.digest());
        ask(&mut world, "ResumeProcesses", json!({"AutoScalingGroupName": "g"}));
        pass(&mut world, 3600);
        let group = shown(&mut world);
        let number = |member: &str| group[member].as_i64().unwrap_or(-1);
        let desired = number("DesiredCapacity");
        prop_assert!((number("MinSize")..=number("MaxSize")).contains(&desired));
        let serving = in_state(&mut world, "InService");
        prop_assert_eq!(i64::try_from(serving.len()).unwrap_or(-1), desired);
        // All of them run, and nothing else of the group does.
        let told = try_ask(&mut world, "ec2", "DescribeInstances", json!({})).expect("told");
        let standing = in_state(&mut world, "Standby");
        for reservation in told["Reservations"].as_array().into_iter().flatten() {
            for one in reservation["Instances"].as_array().into_iter().flatten() {
                let id = one["InstanceId"].as_str().unwrap_or_default().to_owned();
                let runs = one["State"]["Name"] == "running";
                if serving.contains(&id) {
                    prop_assert!(runs, "{} serves and is {}", id, one["State"]["Name"]);
                } else if !standing.contains(&id) {
                    prop_assert!(!runs, "{} runs and is in no group", id);
                }
            }
        }
        // The zones are even, as far as the count lets them.
        let zones = group["AvailabilityZones"].as_array().map_or(0, Vec::len);
        let mut counts = std::collections::BTreeMap::new();
        for one in group["Instances"].as_array().into_iter().flatten() {
            if one["LifecycleState"] == "InService" {
                *counts.entry(one["AvailabilityZone"].to_string()).or_insert(0_usize) += 1;
            }
        }
        let most = counts.values().max().copied().unwrap_or(0);
        prop_assert!(most <= serving.len().div_ceil(zones.max(1)), "{:?}", counts);
    }

    #[test]
    fn time_may_pass_in_one_step_or_in_many(seed in any::<u64>(), acts in acts()) {
        let mut one = run(seed, &acts);
        let mut many = run(seed, &acts);
        pass(&mut one, 600);
        for _ in 0..60 {
            pass(&mut many, 10);
        }
        prop_assert_eq!(one.digest(), many.digest());
    }
}

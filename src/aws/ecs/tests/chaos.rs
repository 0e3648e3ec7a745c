//! Whatever is killed, and in whatever order: services converge, and the same seed leads to the same
//! world.

use base::Digest;
use proptest::prelude::*;
use serde_json::json;

use super::{Lab, rng};

/// What goes wrong.
#[derive(Clone, Debug)]
enum Blow {
    Task,
    Instance,
    Drain,
    Dark,
    Lit,
    Scale(i64),
    Deploy,
    Pass(u64),
}

fn blows() -> impl Strategy<Value = Vec<Blow>> {
    let one = prop_oneof![
        3 => Just(Blow::Task),
        2 => Just(Blow::Instance),
        1 => Just(Blow::Drain),
        1 => Just(Blow::Dark),
        1 => Just(Blow::Lit),
        1 => (0..5_i64).prop_map(Blow::Scale),
        1 => Just(Blow::Deploy),
        4 => (1..40_u64).prop_map(Blow::Pass),
    ];
    prop::collection::vec(one, 1..14)
}

/// Takes the power of the zone in which instances come to stand, or gives it back.
fn power(lab: &mut Lab, op: &str) {
    lab.ask("lab", "zones", op, json!({"zones": ["us-east-1a"]})).expect(op);
}

fn strike(lab: &mut Lab, rng: &mut base::Rng, blow: &Blow) {
    match blow {
        Blow::Task => {
            let tasks = lab.tasks();
            if let Some(task) = rng.pick(&tasks) {
                lab.ecs("StopTask", json!({"task": task}));
            }
        }
        Blow::Instance => {
            let got = lab.ok("ec2", "DescribeInstances", json!({}));
            let all = got["Reservations"].as_array().cloned().unwrap_or_default();
            let ids: Vec<String> = all
                .iter()
                .flat_map(|own| own["Instances"].as_array().cloned().unwrap_or_default())
                .filter(|own| own["State"]["Name"] == "running")
                .filter_map(|own| own["InstanceId"].as_str().map(str::to_owned))
                .collect();
            if let Some(id) = rng.pick(&ids) {
                lab.ok("ec2", "TerminateInstances", json!({"InstanceIds": [id]}));
                lab.launch(1, "t2.micro");
            }
        }
        Blow::Drain => {
            let got = lab.ecs("ListContainerInstances", json!({"status": "ACTIVE"}));
            let arns = got["containerInstanceArns"].as_array().cloned().unwrap_or_default();
            if let Some(arn) = rng.pick(&arns).filter(|_| arns.len() > 2) {
                let input = json!({"containerInstances": [arn], "status": "DRAINING"});
                lab.ecs("UpdateContainerInstancesState", input);
            }
        }
        Blow::Dark => power(lab, "KillZone"),
        Blow::Lit => power(lab, "StartZone"),
        Blow::Scale(count) => {
            lab.ecs("UpdateService", json!({"service": "api", "desiredCount": count}));
        }
        Blow::Deploy => {
            lab.ecs("UpdateService", json!({"service": "api", "forceNewDeployment": true}));
        }
        Blow::Pass(seconds) => lab.pass(*seconds),
    }
}

fn after(seed: u64, blows: &[Blow]) -> Digest {
    let mut lab = Lab::seeded(seed);
    lab.cluster();
    lab.launch(3, "t2.micro");
    lab.definition("web", "hello", &json!({}));
    let input = json!({"serviceName": "api", "taskDefinition": "web", "desiredCount": 3});
    lab.ecs("CreateService", input);
    lab.pass(60);
    let mut rng = rng(seed);
    for blow in blows {
        strike(&mut lab, &mut rng, blow);
    }
    power(&mut lab, "StartZone");
    lab.pass(900);
    let service = lab.service("api");
    assert_eq!(service["runningCount"], service["desiredCount"], "{service}");
    assert_eq!(service["deployments"].as_array().map(Vec::len), Some(1), "{service}");
    assert_eq!(service["deployments"][0]["rolloutState"], "COMPLETED", "{service}");
    // What an instance has given is what its tasks have.
    let unit = lab.world.get::<crate::State>().places.values().next().expect("a region");
    for instance in unit.clusters["c"].instances.values() {
        let tasks = i64::try_from(instance.tasks.len()).expect("few");
        assert_eq!(instance.cpu_left, 1024 - 128 * tasks);
        assert_eq!(instance.memory_left, 983 - 128 * tasks);
        assert_eq!(instance.ports.len(), 5 + instance.tasks.len());
    }
    lab.world.digest()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn services_converge(seed in any::<u64>(), blows in blows()) {
        prop_assert_eq!(after(seed, &blows), after(seed, &blows));
    }
}

//! The same inputs lead to the same world, whatever they are.

use proptest::prelude::*;
use serde_json::json;

use super::Lab;

/// A step of a story.
#[derive(Clone, Copy, Debug)]
enum Step {
    Request(u8),
    Pass(u16),
    Register(u8),
    Deregister(u8),
    Sticky(bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let one = prop_oneof![
        4 => any::<u8>().prop_map(Step::Request),
        2 => (0u16..400).prop_map(Step::Pass),
        2 => (0u8..3).prop_map(Step::Register),
        1 => (0u8..3).prop_map(Step::Deregister),
        1 => any::<bool>().prop_map(Step::Sticky),
    ];
    prop::collection::vec(one, 1..20)
}

fn play(seed: u64, steps: &[Step]) -> base::Digest {
    let mut lab = Lab::new(seed);
    let open = lab.open_group();
    let ids = lab.instances(3, &open);
    let balancer = lab.balancer("demo", &open);
    for step in steps {
        let target = |at: u8| {
            let id = &ids[usize::from(at)];
            json!({"TargetGroupArn": balancer.group, "Targets": [{"Id": id}]})
        };
        match *step {
            Step::Request(path) => {
                lab.request(&balancer, &format!("/{path}"), &[]);
            }
            Step::Pass(seconds) => lab.pass(u64::from(seconds)),
            Step::Register(at) => {
                lab.ask("RegisterTargets", target(at));
            }
            Step::Deregister(at) => {
                let _ = lab.try_ask("elbv2", "DeregisterTargets", target(at));
            }
            Step::Sticky(on) => {
                let set = json!({"TargetGroupArn": balancer.group,
                    "Attributes": [{"Key": "stickiness.enabled", "Value": on.to_string()}]});
                lab.ask("ModifyTargetGroupAttributes", set);
            }
        }
    }
    lab.world.digest()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn every_seed_twice(seed in any::<u64>(), steps in steps()) {
        prop_assert_eq!(play(seed, &steps), play(seed, &steps));
    }
}

//! Random stacks: whatever becomes of one, a deleted stack leaves nothing.

use std::collections::BTreeMap;

use base::Rng;
use serde_json::{Map, Value, json};
use sim::World;

use super::{ask, events, of, seeded, settle};

/// A resource of a random template: its type, what it hangs on, and a value.
type Part = (u8, Option<u8>, u8);

/// A template of cheap resources; a failing one is a policy that is none.
fn template(parts: &[Part], fails: bool) -> String {
    let mut resources = Map::new();
    for (n, (kind, on, value)) in parts.iter().enumerate() {
        // One network at most: an account has room for few, and a replacement needs twice as many.
        let kind = if kind % 5 == 3 && n > 0 { 0 } else { kind % 5 };
        let days = [1, 3, 5, 7][usize::from(value % 4)];
        let mut resource = match kind {
            0 => json!({"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": days}}),
            1 => json!({"Type": "AWS::SSM::Parameter",
                "Properties": {"Type": "String", "Value": format!("v{value}")}}),
            2 => json!({"Type": "AWS::EC2::InternetGateway",
                "Properties": {"Tags": [{"Key": "v", "Value": value.to_string()}]}}),
            3 => json!({"Type": "AWS::EC2::VPC",
                "Properties": {"CidrBlock": format!("10.{}.0.0/16", value % 4)}}),
            _ => json!({"Type": "AWS::IAM::Group", "Properties": {"Path": format!("/p{value}/")}}),
        };
        if let Some(on) = on.map(usize::from).filter(|on| *on < n) {
            resource["DependsOn"] = format!("R{on}").into();
        }
        resources.insert(format!("R{n}"), resource);
    }
    if fails {
        let on: Vec<String> = (0..parts.len().min(2)).map(|n| format!("R{n}")).collect();
        resources.insert(
            "Bad".into(),
            json!({"Type": "AWS::IAM::ManagedPolicy", "DependsOn": on,
            "Properties": {"PolicyDocument": {"Statement": "none"}}}),
        );
    }
    json!({"Resources": resources}).to_string()
}

/// What there is outside of stacks, ids and all.
fn inventory(world: &mut World) -> BTreeMap<&'static str, Value> {
    let mut of = |service, op| of(world, service, op, json!({}));
    BTreeMap::from([
        ("groups", of("logs", "DescribeLogGroups")),
        ("parameters", of("ssm", "DescribeParameters")),
        ("gateways", of("ec2", "DescribeInternetGateways")),
        ("networks", of("ec2", "DescribeVpcs")),
        ("acls", of("ec2", "DescribeNetworkAcls")),
        ("walls", of("ec2", "DescribeSecurityGroups")),
        ("routes", of("ec2", "DescribeRouteTables")),
        ("people", of("iam", "ListGroups")),
    ])
}

fn walk(seed: u64, first: &[Part], second: &[Part], fails: (bool, bool)) -> World {
    let mut world = seeded(seed);
    // A first look, so that what is there by itself is there.
    let before = inventory(&mut world);
    let input = |parts: &[Part], fails| {
        json!({"StackName": "s", "TemplateBody": template(parts, fails),
            "Capabilities": ["CAPABILITY_NAMED_IAM"]})
    };
    ask(&mut world, "CreateStack", input(first, fails.0));
    let status = settle(&mut world, "s");
    let want = if fails.0 { "ROLLBACK_COMPLETE" } else { "CREATE_COMPLETE" };
    assert_eq!(status, want, "{:#?}", events(&mut world, "s"));
    if fails.0 {
        assert_eq!(inventory(&mut world), before, "a stack that was rolled back left something");
    } else if first != second || fails.1 {
        let between = inventory(&mut world);
        let template = template(second, fails.1);
        let op = world.operation("cloudformation", "UpdateStack").expect("an operation");
        let input = json!({"StackName": "s", "TemplateBody": template,
            "Capabilities": ["CAPABILITY_NAMED_IAM"]});
        let caller = sim::Caller::from(sim::Principal::Root);
        if world.apply(world.now(), &caller, op, input).is_ok() {
            let status = settle(&mut world, "s");
            let want = if fails.1 { "UPDATE_ROLLBACK_COMPLETE" } else { "UPDATE_COMPLETE" };
            assert_eq!(status, want, "{:#?}", events(&mut world, "s"));
            if fails.1 {
                let count = |all: &BTreeMap<&str, Value>| all.values().map(items).sum::<usize>();
                assert_eq!(count(&inventory(&mut world)), count(&between));
            }
        }
    }
    let id = ask(&mut world, "DescribeStacks", json!({"StackName": "s"}))["Stacks"][0]["StackId"]
        .as_str()
        .expect("an id")
        .to_owned();
    ask(&mut world, "DeleteStack", json!({"StackName": "s"}));
    assert_eq!(settle(&mut world, &id), "DELETE_COMPLETE", "{:#?}", events(&mut world, &id));
    assert_eq!(inventory(&mut world), before, "a deleted stack left something");
    world
}

/// How many things an answer has in its longest list.
fn items(answer: &Value) -> usize {
    let lists = answer.as_object().into_iter().flat_map(Map::values);
    lists.filter_map(Value::as_array).map(Vec::len).max().unwrap_or(0)
}

/// One to five parts.
fn parts(rng: &mut Rng) -> Vec<Part> {
    let byte = |rng: &mut Rng, bound| u8::try_from(rng.below(bound)).unwrap_or(0);
    let part = |rng: &mut Rng| {
        let on = (rng.below(2) == 1).then(|| byte(rng, 4));
        (byte(rng, 5), on, byte(rng, 8))
    };
    (0..=rng.below(5)).map(|_| part(rng)).collect()
}

/// The world's own generator gives the cases, so that the crate's tests need no other features of what
/// it stands on than its build does.
#[test]
fn a_deleted_stack_leaves_the_world_as_it_was() {
    for case in 0..24 {
        let mut rng = Rng::labelled(case, "stacks");
        let (first, second) = (parts(&mut rng), parts(&mut rng));
        let fails = (rng.below(4) == 0, rng.below(2) == 0);
        let seed = rng.next_u64();
        let once = walk(seed, &first, &second, fails).digest();
        assert_eq!(walk(seed, &first, &second, fails).digest(), once, "case {case}");
    }
}

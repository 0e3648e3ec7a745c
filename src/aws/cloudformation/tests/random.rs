//! Random stacks: whatever becomes of one, a deleted stack leaves nothing.

use std::collections::BTreeMap;

use base::Rng;
use serde_json::{Map, Value, json};
use sim::World;

use super::{ask, events, of, seeded, settle};

/// A resource of a random template.
#[derive(Clone, PartialEq)]
struct Part {
    kind: u8,
    /// The one that it hangs on.
    on: Option<u8>,
    value: u8,
    /// Whether it is there only if a parameter says so.
    conditional: bool,
}

/// What a stack is made of: its parts, and the values of its parameters.
#[derive(Clone, PartialEq)]
struct Plan {
    parts: Vec<Part>,
    extra: bool,
    label: u8,
    fails: bool,
}

/// A template of cheap resources; a failing one is a policy that is none.
fn template(plan: &Plan) -> String {
    let Plan { parts, fails, .. } = plan;
    let mut resources = Map::new();
    for (n, Part { kind, on, value, conditional }) in parts.iter().enumerate() {
        // One network at most: an account has room for few, and a replacement needs twice as many.
        let kind = if kind % 7 == 3 && n > 0 { 0 } else { kind % 7 };
        let days = [1, 3, 5, 7][usize::from(value % 4)];
        let mut resource = match kind {
            0 => json!({"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": days}}),
            1 => json!({"Type": "AWS::SSM::Parameter",
                "Properties": {"Type": "String", "Value": format!("v{value}")}}),
            2 => json!({"Type": "AWS::EC2::InternetGateway",
                "Properties": {"Tags": [{"Key": "v", "Value": {"Ref": "Label"}}]}}),
            3 => json!({"Type": "AWS::EC2::VPC",
                "Properties": {"CidrBlock": format!("10.{}.0.0/16", value % 4)}}),
            4 => json!({"Type": "AWS::IAM::Group", "Properties": {"Path": format!("/p{value}/")}}),
            5 => json!({"Type": "AWS::Route53::HostedZone", "Properties": {
                "Name": format!("v{value}.net"), "HostedZoneConfig": {"Comment": {"Ref": "Label"}}}}),
            _ => {
                // The zone is named by what its record is in, so a change of it replaces both.
                resources.insert(
                    format!("Z{n}"),
                    json!({"Type": "AWS::Route53::HostedZone",
                        "Properties": {"Name": format!("r{value}.net")}}),
                );
                json!({"Type": "AWS::Route53::RecordSet", "Properties": {
                    "HostedZoneId": {"Ref": format!("Z{n}")}, "Name": format!("www.r{value}.net"),
                    "Type": "TXT", "TTL": "60",
                    "ResourceRecords": [{"Fn::Sub": "\"${Label}\""}]}})
            }
        };
        if *conditional {
            resource["Condition"] = "Extra".into();
        }
        if let Some(on) = on.map(usize::from).filter(|on| *on < n) {
            resource["DependsOn"] = format!("R{on}").into();
        }
        resources.insert(format!("R{n}"), resource);
    }
    if *fails {
        let on: Vec<String> = (0..parts.len().min(2)).map(|n| format!("R{n}")).collect();
        resources.insert(
            "Bad".into(),
            json!({"Type": "AWS::IAM::ManagedPolicy", "DependsOn": on,
            "Properties": {"PolicyDocument": {"Statement": "none"}}}),
        );
    }
    json!({
        "Parameters": {
            "Extra": {"Type": "String", "AllowedValues": ["yes", "no"]},
            "Label": {"Type": "String", "Default": "none"},
        },
        "Conditions": {"Extra": {"Fn::Equals": [{"Ref": "Extra"}, "yes"]}},
        "Resources": resources,
    })
    .to_string()
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
        ("zones", of("route53", "ListHostedZones")),
    ])
}

fn walk(seed: u64, first: &Plan, second: &Plan) -> World {
    let mut world = seeded(seed);
    // A first look, so that what is there by itself is there.
    let before = inventory(&mut world);
    let input = |plan: &Plan| {
        let value =
            |key: &str, value: String| json!({"ParameterKey": key, "ParameterValue": value});
        let extra = if plan.extra { "yes" } else { "no" };
        json!({"StackName": "s", "TemplateBody": template(plan),
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "Parameters": [value("Extra", extra.into()), value("Label", format!("l{}", plan.label))]})
    };
    ask(&mut world, "CreateStack", input(first));
    let status = settle(&mut world, "s");
    let want = if first.fails { "ROLLBACK_COMPLETE" } else { "CREATE_COMPLETE" };
    assert_eq!(status, want, "{:#?}", events(&mut world, "s"));
    if first.fails {
        assert_eq!(inventory(&mut world), before, "a stack that was rolled back left something");
    } else if first != second {
        let between = inventory(&mut world);
        let op = world.operation("cloudformation", "UpdateStack").expect("an operation");
        let caller = sim::Caller::from(sim::Principal::Root);
        if world.apply(world.now(), &caller, op, input(second)).is_ok() {
            let status = settle(&mut world, "s");
            let want = if second.fails { "UPDATE_ROLLBACK_COMPLETE" } else { "UPDATE_COMPLETE" };
            assert_eq!(status, want, "{:#?}", events(&mut world, "s"));
            if second.fails {
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
        let conditional = rng.below(3) == 0;
        Part { kind: byte(rng, 7), on, value: byte(rng, 8), conditional }
    };
    (0..=rng.below(5)).map(|_| part(rng)).collect()
}

/// Parts and values; one in so many plans fails half-way.
fn plan(rng: &mut Rng, fails: u64) -> Plan {
    let parts = parts(rng);
    let label = u8::try_from(rng.below(3)).unwrap_or(0);
    Plan { parts, extra: rng.below(2) == 0, label, fails: rng.below(fails) == 0 }
}

/// The world's own generator gives the cases, so that the crate's tests need no other features of what
/// it stands on than its build does.
#[test]
fn a_deleted_stack_leaves_the_world_as_it_was() {
    for case in 0..40 {
        let mut rng = Rng::labelled(case, "stacks");
        let first = plan(&mut rng, 4);
        // Half of the updates change values only.
        let second = if rng.below(2) == 0 {
            let Plan { extra, label, fails, .. } = plan(&mut rng, 2);
            Plan { parts: first.parts.clone(), extra, label, fails }
        } else {
            plan(&mut rng, 2)
        };
        let seed = rng.next_u64();
        let once = walk(seed, &first, &second).digest();
        assert_eq!(walk(seed, &first, &second).digest(), once, "case {case}");
    }
}

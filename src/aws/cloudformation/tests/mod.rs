//! Stacks, as requests and time change them.

mod dns;
mod functions;
mod random;
mod stacks;
mod templates;

use serde_json::{Value, json};
use sim::api::ApiError;
use sim::{Caller, Config, Principal, System, World};

use base::Time;

static SYSTEMS: &[&System] = &[
    &crate::SYSTEM,
    &aws::cloudwatch::SYSTEM,
    &aws::dynamodb::SYSTEM,
    &aws::ec2::SYSTEM,
    &aws::ecr::SYSTEM,
    &aws::iam::SYSTEM,
    &aws::logs::SYSTEM,
    &aws::s3::SYSTEM,
    &aws::ssm::SYSTEM,
    &aws::sts::SYSTEM,
    &route53::SYSTEM,
    &registry::SYSTEM,
];

fn world() -> World {
    seeded(7)
}

fn seeded(seed: u64) -> World {
    let config = Config::new(seed, Time(1_795_341_600_000));
    World::new(SYSTEMS, config).authorized_by(aws::authorize_operation)
}

fn ask_as(
    world: &mut World,
    who: Principal,
    service: &str,
    op: &str,
    input: Value,
) -> Result<Value, ApiError> {
    let def = world.operation(service, op).unwrap_or_else(|| panic!("no operation {op}"));
    world.apply(world.now(), &Caller::from(who), def, input)
}

fn ask(world: &mut World, op: &str, input: Value) -> Value {
    of(world, "cloudformation", op, input)
}

fn of(world: &mut World, service: &str, op: &str, input: Value) -> Value {
    ask_as(world, Principal::Root, service, op, input).unwrap_or_else(|e| panic!("{op}: {e}"))
}

/// A refusal, which must have changed nothing.
fn refusal(world: &mut World, op: &str, input: Value) -> String {
    let before = world.digest();
    let error = ask_as(world, Principal::Root, "cloudformation", op, input).expect_err("refused");
    assert_eq!(world.digest(), before, "{op} was refused and has changed something");
    format!("{}: {}", error.code, error.message)
}

fn pass(world: &mut World, secs: i64) {
    world.advance(Time(world.now().0 + secs * 1000));
}

/// Lets time pass until the stack stands still, and gives its status.
fn settle(world: &mut World, name: &str) -> String {
    for _ in 0..400 {
        let status = status(world, name);
        if !status.ends_with("_IN_PROGRESS") || status == "REVIEW_IN_PROGRESS" {
            return status;
        }
        pass(world, 15);
    }
    panic!("{name} does not come to rest: {:#?}", events(world, name));
}

fn status(world: &mut World, name: &str) -> String {
    let found = ask(world, "DescribeStacks", json!({"StackName": name}));
    found["Stacks"][0]["StackStatus"].as_str().unwrap_or_default().to_owned()
}

fn create(world: &mut World, name: &str, template: &str) -> String {
    let made = ask(
        world,
        "CreateStack",
        json!({
            "StackName": name, "TemplateBody": template, "Capabilities": ["CAPABILITY_NAMED_IAM"],
        }),
    );
    made["StackId"].as_str().expect("an id").to_owned()
}

fn update(world: &mut World, name: &str, template: &str) {
    ask(
        world,
        "UpdateStack",
        json!({
            "StackName": name, "TemplateBody": template, "Capabilities": ["CAPABILITY_NAMED_IAM"],
        }),
    );
}

/// `Logical STATUS reason`, the oldest first.
fn events(world: &mut World, name: &str) -> Vec<String> {
    let found = ask(world, "DescribeStackEvents", json!({"StackName": name}));
    let all = found["StackEvents"].as_array().cloned().unwrap_or_default();
    let line = |event: &Value| {
        let text = |key: &str| event[key].as_str().unwrap_or_default();
        let parts =
            [text("LogicalResourceId"), text("ResourceStatus"), text("ResourceStatusReason")];
        parts.join(" ").trim_end().to_owned()
    };
    all.iter().rev().map(line).collect()
}

fn output(world: &mut World, stack: &str, key: &str) -> String {
    let found = ask(world, "DescribeStacks", json!({"StackName": stack}));
    let outputs = found["Stacks"][0]["Outputs"].as_array().cloned().unwrap_or_default();
    let own = outputs.iter().find(|output| output["OutputKey"] == key);
    own.map(|own| own["OutputValue"].as_str().unwrap_or_default().to_owned()).expect(key)
}

const NETWORK: &str = include_str!("../../../../tests/peers/cloudformation/network.yml");

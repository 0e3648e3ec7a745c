//! Groups as requests change them, as EC2 lets their instances live and die, and as time goes by.

mod groups;
mod hooks;
mod policies;
mod random;
mod refreshes;

use serde_json::{Value, json};

use base::Time;
use sim::api::{ApiError, Service};
use sim::{Caller, Config, Principal, System, World};

static SYSTEMS: &[&System] = &[
    &super::SYSTEM,
    &aws::cloudwatch::SYSTEM,
    &aws::ec2::SYSTEM,
    &aws::iam::SYSTEM,
    &registry::SYSTEM,
    &aws::sts::SYSTEM,
];

fn world_of(seed: u64) -> World {
    let config = Config::new(seed, Time(1_795_341_600_000));
    World::new(SYSTEMS, config).authorized_by(aws::authorize_operation)
}

fn world() -> World {
    world_of(7)
}

fn service(name: &str) -> &'static Service {
    let mut services = SYSTEMS.iter().flat_map(|system| system.services).copied();
    services.find(|service| service.name == name).expect(name)
}

fn try_ask(world: &mut World, name: &str, op: &str, input: Value) -> Result<Value, ApiError> {
    let def = service(name).operation(op).expect(op);
    world.apply(world.now(), &Caller::from(Principal::Root), def, input)
}

fn ask(world: &mut World, op: &str, input: Value) -> Value {
    try_ask(world, "autoscaling", op, input).expect(op)
}

fn ec2(world: &mut World, op: &str, input: Value) -> Value {
    try_ask(world, "ec2", op, input).expect(op)
}

fn refusal(world: &mut World, op: &str, input: Value) -> String {
    let before = world.digest();
    let error = try_ask(world, "autoscaling", op, input).expect_err("refused");
    assert_eq!(world.digest(), before, "{op} was refused and has changed something");
    format!("{}: {}", error.code, error.message)
}

/// Lets so many seconds go by.
fn pass(world: &mut World, secs: i64) {
    world.advance(Time(world.now().0 + secs * 1000));
}

/// The image of Amazon Linux 2023 for usual processors.
fn image() -> String {
    let mut images = aws::ec2::image_parameters("us-east-1");
    let found = images.find(|(name, _)| name.ends_with("al2023-ami-kernel-default-x86_64"));
    found.map(|(_, id)| id).expect("an image")
}

/// A launch template, by its name.
fn template(world: &mut World) -> &'static str {
    let data = json!({"ImageId": image(), "InstanceType": "t3.micro"});
    let input = json!({"LaunchTemplateName": "web", "LaunchTemplateData": data});
    ec2(world, "CreateLaunchTemplate", input);
    "web"
}

/// A group `g` in three zones.
fn group(world: &mut World, (min, max, desired): (i64, i64, i64), more: &Value) {
    let mut input = json!({
        "AutoScalingGroupName": "g", "MinSize": min, "MaxSize": max, "DesiredCapacity": desired,
        "LaunchTemplate": {"LaunchTemplateName": template(world), "Version": "$Latest"},
        "AvailabilityZones": ["us-east-1a", "us-east-1b", "us-east-1c"],
    });
    let more = more.as_object().cloned().unwrap_or_default();
    input.as_object_mut().expect("an object").extend(more);
    ask(world, "CreateAutoScalingGroup", input);
}

fn shown(world: &mut World) -> Value {
    ask(world, "DescribeAutoScalingGroups", json!({}))["AutoScalingGroups"][0].clone()
}

/// The instances of the group in a state, by id.
fn in_state(world: &mut World, state: &str) -> Vec<String> {
    let instances = shown(world)["Instances"].as_array().cloned().unwrap_or_default();
    let fit = instances.iter().filter(|instance| instance["LifecycleState"] == state);
    fit.map(|instance| instance["InstanceId"].as_str().expect("an id").to_owned()).collect()
}

/// The newest activities of the group.
fn activities(world: &mut World) -> Vec<Value> {
    let told = ask(world, "DescribeScalingActivities", json!({"AutoScalingGroupName": "g"}));
    told["Activities"].as_array().cloned().unwrap_or_default()
}

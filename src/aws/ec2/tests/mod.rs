//! EC2 as requests change it, and as time does.

mod images;
mod instances;
mod network;
mod quota;
mod reach;
mod templates;

use serde_json::Value;

use super::SERVICE;
use crate::testing;
use base::Time;
use sim::api::ApiError;
use sim::{Caller, Config, Principal, Scope, World};

fn world() -> World {
    testing::world(Config::new(7, Time(1_795_341_600_000)))
}

/// A world whose account may have so many vCPUs.
fn world_of(vcpus: i64) -> World {
    let mut config = Config::new(7, Time(1_795_341_600_000));
    config.shape.parts.insert("ec2".into(), serde_json::json!({"vcpus": vcpus}));
    testing::world(config)
}

fn ask_in(world: &mut World, region: &str, op: &str, input: Value) -> Result<Value, ApiError> {
    let mut caller = Caller::from(Principal::Root);
    caller.scope = Scope { region: region.into(), ..Scope::default() };
    let def = SERVICE.operation(op).expect("an operation");
    world.apply(world.now(), &caller, def, input)
}

fn ask(world: &mut World, op: &str, input: Value) -> Value {
    ask_in(world, "", op, input).expect("done")
}

fn refusal(world: &mut World, op: &str, input: Value) -> String {
    let before = world.digest();
    let error = ask_in(world, "", op, input).expect_err("refused");
    assert_eq!(world.digest(), before, "{op} was refused and has changed something");
    format!("{}: {}", error.code, error.message)
}

fn text(value: &Value, path: &str) -> String {
    value.pointer(path).and_then(Value::as_str).expect(path).to_owned()
}

/// Lets so many seconds go by.
fn pass(world: &mut World, secs: i64) {
    world.advance(Time(world.now().0 + secs * 1000));
}

/// The image of Amazon Linux 2023 for usual processors.
fn image(region: &str) -> String {
    let mut images = super::image_parameters(region);
    let found = images.find(|(name, _)| name.ends_with("al2023-ami-kernel-default-x86_64"));
    found.map(|(_, id)| id).expect("an image")
}

//! What an account may have running at the same time.

use serde_json::{Value, json};

use super::{ask, ask_in, image, pass, refusal, text, world_of};

fn run(count: (i64, i64)) -> Value {
    json!({"ImageId": image("us-east-1"), "InstanceType": "t3.micro", "MinCount": count.0,
        "MaxCount": count.1})
}

#[test]
fn more_vcpus_than_the_quota_are_refused() {
    let mut world = world_of(5);
    let told = refusal(&mut world, "RunInstances", run((3, 3)));
    assert_eq!(
        told,
        "VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit of 5 allows \
         for the instance bucket that the specified instance type belongs to. Please visit \
         http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit."
    );
    // As many as fit, where fewer will do.
    let made = ask(&mut world, "RunInstances", run((1, 9)));
    assert_eq!(made["Instances"].as_array().map(Vec::len), Some(2));
    let id = text(&made, "/Instances/0/InstanceId");
    pass(&mut world, 60);
    // What is stopped does not count, and cannot start again once others have its place.
    ask(&mut world, "StopInstances", json!({"InstanceIds": [id]}));
    pass(&mut world, 60);
    ask(&mut world, "RunInstances", run((1, 1)));
    let told = refusal(&mut world, "StartInstances", json!({"InstanceIds": [id]}));
    assert!(told.starts_with("VcpuLimitExceeded: "), "{told}");
    // Another region has its own.
    ask_in(
        &mut world,
        "eu-west-1",
        "RunInstances",
        json!({"ImageId": image("eu-west-1"), "InstanceType": "t3.micro", "MinCount": 2, "MaxCount": 2}),
    )
    .expect("there is room");
}

#[test]
fn a_world_says_how_many() {
    let mut world = world_of(100);
    ask(&mut world, "RunInstances", run((50, 50)));
    let told = refusal(&mut world, "RunInstances", run((1, 1)));
    assert!(told.contains("limit of 100 "), "{told}");
}

//! A load balancer that is as healthy as it is told, for the tests of services.

use std::collections::BTreeMap;

use base::Rng;
use serde_json::Value;
use sim::api::{ApiError, OpDef, Protocol, Read, Service, Write};
use sim::{Config, Cx, Never, World};

/// Targets by group: id, port and state.
#[derive(Hash, Debug, Default)]
pub(super) struct State {
    pub(super) groups: BTreeMap<String, BTreeMap<(String, i64), String>>,
    /// What new targets are.
    pub(super) new: String,
}

pub(super) static SYSTEM: sim::System = sim::System::of::<State>(&[&SERVICE]);

static SERVICE: Service = Service {
    name: "elbv2",
    title: "Elastic Load Balancing",
    protocol: Protocol::Query,
    signing_name: "elasticloadbalancing",
    api_version: "2015-12-01",
    xml_namespace: "",
    operations: ALL,
    refused: &[],
};

static ALL: &[&OpDef] = &[
    &RegisterTargets::DEF,
    &DeregisterTargets::DEF,
    &DescribeTargetHealth::DEF,
    &DescribeTargetGroups::DEF,
];

impl sim::State for State {
    const NAME: &'static str = "elbv2";
    type Event = Never;
    fn new(_: &Config, _: &mut Rng) -> Self {
        Self { groups: BTreeMap::new(), new: "healthy".into() }
    }
    fn happen(_: &mut World, event: Never) {
        match event {}
    }
}

sim::operation! {
    /// Registers.
    write RegisterTargets in "elbv2" = "POST /";
    input {
        group: String => "TargetGroupArn",
        targets: Value => "Targets",
    }
    output RegisterTargetsOutput {}
    errors []
    access { "elasticloadbalancing:RegisterTargets" on "*" }
}

fn key(target: &Value) -> (String, i64) {
    (target["Id"].as_str().unwrap_or_default().to_owned(), target["Port"].as_i64().unwrap_or(0))
}

impl Write for RegisterTargets {
    type Output = RegisterTargetsOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let state = world.get_mut::<State>();
        let new = state.new.clone();
        let group = state.groups.entry(self.group).or_default();
        for target in self.targets.as_array().into_iter().flatten() {
            group.insert(key(target), new.clone());
        }
        Ok(RegisterTargetsOutput {})
    }
}

sim::operation! {
    /// Takes out.
    write DeregisterTargets in "elbv2" = "POST /";
    input {
        group: String => "TargetGroupArn",
        targets: Value => "Targets",
    }
    output DeregisterTargetsOutput {}
    errors []
    access { "elasticloadbalancing:DeregisterTargets" on "*" }
}

impl Write for DeregisterTargets {
    type Output = DeregisterTargetsOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let group = world.get_mut::<State>().groups.entry(self.group).or_default();
        for target in self.targets.as_array().into_iter().flatten() {
            group.remove(&key(target));
        }
        Ok(DeregisterTargetsOutput {})
    }
}

sim::operation! {
    /// Tells how targets are.
    read DescribeTargetHealth in "elbv2" = "POST /";
    input {
        group: String => "TargetGroupArn",
    }
    output DescribeTargetHealthOutput {
        pub told: Value => "TargetHealthDescriptions",
    }
    errors []
    access { "elasticloadbalancing:DescribeTargetHealth" on "*" }
}

impl Read for DescribeTargetHealth {
    type Output = DescribeTargetHealthOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let group = world.get::<State>().groups.get(&self.group);
        let told = group.into_iter().flatten().map(|((id, port), state)| {
            serde_json::json!({"Target": {"Id": id, "Port": port}, "TargetHealth": {
                "State": state, "Description": "Health checks failed with these codes: [500]"}})
        });
        Ok(DescribeTargetHealthOutput { told: Value::Array(told.collect()) })
    }
}

sim::operation! {
    /// Tells of groups.
    read DescribeTargetGroups in "elbv2" = "POST /";
    input {
        groups: Vec<String> => "TargetGroupArns",
    }
    output DescribeTargetGroupsOutput {
        pub told: Value => "TargetGroups",
    }
    errors []
    access { "elasticloadbalancing:DescribeTargetGroups" on "*" }
}

impl Read for DescribeTargetGroups {
    type Output = DescribeTargetGroupsOutput;
    fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let told = self.groups.iter().map(|arn| {
            let attached = if arn.ends_with("alone") { vec![] } else { vec!["lb"] };
            serde_json::json!({"TargetGroupArn": arn, "LoadBalancerArns": attached})
        });
        Ok(DescribeTargetGroupsOutput { told: Value::Array(told.collect()) })
    }
}

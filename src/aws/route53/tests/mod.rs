//! Hosted zones in worlds of their own, with networks and load balancers for names to lead to.

mod batches;
mod lists;
mod random;
mod resolving;
mod zones;

use std::time::Duration;

use serde_json::{Value, json};

use base::Time;
use sim::api::ApiError;
use sim::names::{Query, Reply};
use sim::{Caller, Config, Principal, System, World};

static SYSTEMS: &[&System] = &[
    &crate::SYSTEM,
    &aws::ec2::SYSTEM,
    &aws::cloudwatch::SYSTEM,
    &aws::iam::SYSTEM,
    &aws::s3::SYSTEM,
    &aws::sts::SYSTEM,
    &elbv2::SYSTEM,
    &registry::SYSTEM,
];

/// A world, and how it is asked.
struct Lab {
    world: World,
    made: u64,
}

impl Lab {
    fn new(seed: u64) -> Self {
        let config = Config::new(seed, Time(1_795_341_600_000));
        let world = World::new(SYSTEMS, config).authorized_by(aws::authorize_operation);
        Self { world, made: 0 }
    }

    /// With the public zone `shop.net`, known to its name servers.
    fn with_zone() -> (Self, String) {
        let mut lab = Self::new(7);
        let zone = lab.zone("shop.net", None);
        (lab, zone)
    }

    fn apply(&mut self, service: &str, name: &str, input: Value) -> Result<Value, ApiError> {
        let op = self.world.operation(service, name).expect(name);
        let now = self.world.now();
        self.world.apply(now, &Caller::from(Principal::Root), op, input)
    }

    fn ask(&mut self, name: &str, input: Value) -> Value {
        self.of("route53", name, input)
    }

    fn of(&mut self, service: &str, name: &str, input: Value) -> Value {
        match self.apply(service, name, input) {
            Ok(answer) => answer,
            Err(error) => panic!("{name}: {error}"),
        }
    }

    fn refused(&mut self, name: &str, input: Value) -> ApiError {
        match self.apply("route53", name, input) {
            Ok(answer) => panic!("{name}: {answer}"),
            Err(error) => error,
        }
    }

    fn pass(&mut self, seconds: u64) {
        let to = self.world.now().plus(Duration::from_secs(seconds));
        self.world.advance(to);
    }

    fn zone(&mut self, name: &str, vpc: Option<&str>) -> String {
        self.made += 1;
        let mut input = json!({"Name": name, "CallerReference": self.made.to_string()});
        if let Some(vpc) = vpc {
            input["VPC"] = json!({"VPCRegion": "us-east-1", "VPCId": vpc});
        }
        let made = self.ask("CreateHostedZone", input);
        self.pass(61);
        text(&made["HostedZone"]["Id"]).rsplit('/').next().expect("an id").to_owned()
    }

    fn vpc(&mut self) -> String {
        text(&self.of("ec2", "DescribeVpcs", json!({}))["Vpcs"][0]["VpcId"])
    }

    /// Changes that are known to the name servers afterwards.
    fn change(&mut self, zone: &str, changes: Value) {
        self.ask("ChangeResourceRecordSets", batch(zone, changes));
        self.pass(61);
    }

    /// What is wrong with changes.
    fn wrong(&mut self, zone: &str, changes: Value) -> String {
        let before = self.world.digest();
        let error = self.refused("ChangeResourceRecordSets", batch(zone, changes));
        let after = self.world.digest();
        assert_eq!(before, after);
        format!("{}: {}", error.code, error.message)
    }

    fn look(&self, name: &str, kind: &str, vpc: Option<&str>) -> Option<Reply> {
        self.world.resolve(&Query::new(name, kind, vpc.map(|vpc| ("us-east-1", vpc))))
    }

    /// The values that a name has for somebody outside, or the code of the answer.
    fn values(&self, name: &str, kind: &str, vpc: Option<&str>) -> Vec<String> {
        match self.look(name, kind, vpc) {
            None => vec!["unknown".to_owned()],
            Some(reply) if reply.records.is_empty() => vec![reply.code.name().to_owned()],
            Some(reply) => reply.records.into_iter().map(|record| record.value).collect(),
        }
    }

    fn lead(&mut self, name: &str) -> Value {
        self.of("names", "Lead", json!({"name": name}))
    }

    /// An active load balancer's name.
    fn balancer(&mut self) -> String {
        let told = self.of("ec2", "DescribeSubnets", json!({}));
        let subnets = told["Subnets"].as_array().expect("subnets");
        let subnets: Vec<&Value> = subnets.iter().take(2).map(|s| &s["SubnetId"]).collect();
        let made =
            self.of("elbv2", "CreateLoadBalancer", json!({"Name": "front", "Subnets": subnets}));
        self.pass(200);
        text(&made["LoadBalancers"][0]["DNSName"])
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "the tests write their values where they are used"
)]
fn batch(zone: &str, changes: Value) -> Value {
    json!({"HostedZoneId": zone, "ChangeBatch": {"Changes": changes}})
}

/// A change of a record set with values.
fn plain(action: &str, name: &str, kind: &str, values: &[&str]) -> Value {
    let values: Vec<Value> = values.iter().map(|value| json!({"Value": value})).collect();
    json!({"Action": action, "ResourceRecordSet": {
        "Name": name, "Type": kind, "TTL": 300, "ResourceRecords": values,
    }})
}

/// A change of an alias.
fn alias(action: &str, name: &str, zone: &str, target: &str) -> Value {
    json!({"Action": action, "ResourceRecordSet": {"Name": name, "Type": "A", "AliasTarget": {
        "HostedZoneId": zone, "DNSName": target, "EvaluateTargetHealth": false,
    }}})
}

/// A change of a weighted record set with one address.
fn weighted(action: &str, name: &str, set: &str, weight: i64, address: &str) -> Value {
    let mut change = plain(action, name, "A", &[address]);
    change["ResourceRecordSet"]["SetIdentifier"] = set.into();
    change["ResourceRecordSet"]["Weight"] = weight.into();
    change
}

//! Load balancers in worlds of their own, before a made-up system that answers behind targets.

mod behind;
mod control;
mod data;
mod health;
mod random;
mod secure;

use std::time::Duration;

use serde_json::{Value, json};

use base::Time;
use sim::api::ApiError;
use sim::{Caller, Config, Principal, System, World};

static SYSTEMS: &[&System] = &[
    &aws::cloudwatch::SYSTEM,
    &aws::ec2::SYSTEM,
    &aws::iam::SYSTEM,
    &acm::SYSTEM,
    &aws::delivery::SYSTEM,
    &aws::s3::SYSTEM,
    &aws::sts::SYSTEM,
    &crate::SYSTEM,
    &behind::SYSTEM,
];

/// A world, and how it is asked.
struct Lab {
    world: World,
}

impl Lab {
    fn new(seed: u64) -> Self {
        let config = Config::new(seed, Time(1_795_341_600_000));
        Self { world: World::new(SYSTEMS, config).authorized_by(aws::authorize_operation) }
    }

    fn try_ask(&mut self, service: &str, name: &str, input: Value) -> Result<Value, ApiError> {
        let op = self.world.operation(service, name).expect(name);
        let now = self.world.now();
        self.world.apply(now, &Caller::from(Principal::Root), op, input)
    }

    fn ask(&mut self, name: &str, input: Value) -> Value {
        match self.try_ask("elbv2", name, input) {
            Ok(answer) => answer,
            Err(error) => panic!("{name}: {error}"),
        }
    }

    fn refused(&mut self, name: &str, input: Value) -> String {
        match self.try_ask("elbv2", name, input) {
            Ok(answer) => panic!("{name}: {answer}"),
            Err(error) => error.code,
        }
    }

    fn ec2(&mut self, name: &str, input: Value) -> Value {
        match self.try_ask("ec2", name, input) {
            Ok(answer) => answer,
            Err(error) => panic!("{name}: {error}"),
        }
    }

    fn pass(&mut self, seconds: u64) {
        let to = self.world.now().plus(Duration::from_secs(seconds));
        self.world.advance(to);
    }

    /// Two subnets of the default network, in two zones.
    fn subnets(&mut self) -> Vec<String> {
        let told = self.ec2("DescribeSubnets", json!({}));
        let mut all: Vec<(String, String)> = told["Subnets"]
            .as_array()
            .expect("subnets")
            .iter()
            .map(|subnet| (text(&subnet["AvailabilityZone"]), text(&subnet["SubnetId"])))
            .collect();
        all.sort();
        all.into_iter().take(2).map(|(_, id)| id).collect()
    }

    fn vpc(&mut self) -> String {
        let told = self.ec2("DescribeVpcs", json!({}));
        text(&told["Vpcs"][0]["VpcId"])
    }

    /// A security group that lets everything in.
    fn open_group(&mut self) -> String {
        let vpc = self.vpc();
        let made = self.ec2(
            "CreateSecurityGroup",
            json!({"GroupName": "open", "Description": "open", "VpcId": vpc}),
        );
        let group = text(&made["GroupId"]);
        self.ec2(
            "AuthorizeSecurityGroupIngress",
            json!({"GroupId": group, "IpPermissions": [{"IpProtocol": "-1",
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}),
        );
        group
    }

    /// Instances behind a group that lets everything in, running.
    fn instances(&mut self, count: usize, group: &str) -> Vec<String> {
        let images = self.ec2("DescribeImages", json!({"Owners": ["amazon"]}));
        let image = text(&images["Images"][0]["ImageId"]);
        let subnets = self.subnets();
        let mut ids = Vec::new();
        for at in 0..count {
            let input = json!({"ImageId": image, "InstanceType": "t3.micro", "MinCount": 1,
                "MaxCount": 1, "SubnetId": subnets[at % 2], "SecurityGroupIds": [group]});
            let made = self.try_ask("ec2", "RunInstances", input.clone()).unwrap_or_else(|_| {
                let mut input = input;
                input["InstanceType"] = "t4g.micro".into();
                self.ec2("RunInstances", input)
            });
            ids.push(text(&made["Instances"][0]["InstanceId"]));
        }
        self.pass(60);
        ids
    }

    /// An active load balancer with a group, a listener at port 80, and its ARNs.
    fn balancer(&mut self, name: &str, security_group: &str) -> Balancer {
        let subnets = self.subnets();
        let made = self.ask(
            "CreateLoadBalancer",
            json!({"Name": name, "Subnets": subnets, "SecurityGroups": [security_group]}),
        );
        let made = &made["LoadBalancers"][0];
        let (arn, dns) = (text(&made["LoadBalancerArn"]), text(&made["DNSName"]));
        let group = self.group(&format!("{name}-targets"));
        let listener = self.ask(
            "CreateListener",
            json!({"LoadBalancerArn": arn, "Protocol": "HTTP", "Port": 80,
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": group}]}),
        );
        let listener = text(&listener["Listeners"][0]["ListenerArn"]);
        self.pass(200);
        Balancer { arn, dns, group, listener }
    }

    fn group(&mut self, name: &str) -> String {
        let vpc = self.vpc();
        let made = self.ask(
            "CreateTargetGroup",
            json!({"Name": name, "Protocol": "HTTP", "Port": 80, "VpcId": vpc,
                "HealthCheckIntervalSeconds": 10}),
        );
        text(&made["TargetGroups"][0]["TargetGroupArn"])
    }

    fn register(&mut self, group: &str, ids: &[String]) {
        let targets: Vec<Value> = ids.iter().map(|id| json!({"Id": id})).collect();
        self.ask("RegisterTargets", json!({"TargetGroupArn": group, "Targets": targets}));
    }

    /// State and reason of each target.
    fn health(&mut self, group: &str) -> Vec<(String, String)> {
        let told = self.ask("DescribeTargetHealth", json!({"TargetGroupArn": group}));
        let all = told["TargetHealthDescriptions"].as_array().cloned().unwrap_or_default();
        let one = |told: &Value| {
            let health = &told["TargetHealth"];
            (text(&health["State"]), text(&health["Reason"]))
        };
        all.iter().map(one).collect()
    }

    fn request(&mut self, balancer: &Balancer, path: &str, headers: &[(&str, &str)]) -> Value {
        let mut fields = vec![json!({"name": "host", "value": balancer.dns})];
        for (name, value) in headers {
            if *name == "host" {
                fields.clear();
            }
            fields.push(json!({"name": name, "value": value}));
        }
        let input = json!({"name": balancer.dns, "port": 80, "method": "GET", "target": path,
            "headers": fields, "long": false});
        self.try_ask("elb-front", "Arrive", input).expect("an answer")
    }

    fn status(&mut self, balancer: &Balancer, path: &str) -> i64 {
        self.request(balancer, path, &[])["status"].as_i64().unwrap_or(0)
    }
}

struct Balancer {
    arn: String,
    dns: String,
    group: String,
    listener: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The value of a header of an answer.
fn header(answer: &Value, name: &str) -> Option<String> {
    let fields = answer["headers"].as_array()?;
    let own = fields.iter().find(|f| text(&f["name"]).eq_ignore_ascii_case(name))?;
    Some(text(&own["value"]))
}

/// The body of an answer.
fn body(answer: &Value) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text(&answer["body"]));
    String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
}

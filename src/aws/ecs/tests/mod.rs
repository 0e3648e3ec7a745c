//! Tests of ECS, as requests see it.

mod balancer;
mod chaos;
mod clusters;
mod definitions;
mod engine;
mod outage;
mod runs;
mod services;

use base::{Rng, Time};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sim::traffic::{Answer, Endpoint, HttpRequest, Question};
use sim::{Caller, Config, Principal, System, World};
use std::time::Duration;

/// 2026-11-22T10:00:00Z.
pub(super) const START: Time = Time(1_795_341_600_000);

static SYSTEMS: &[&System] = &[
    &aws::ec2::SYSTEM,
    &aws::ecr::SYSTEM,
    &aws::iam::SYSTEM,
    &aws::logs::SYSTEM,
    &aws::ssm::SYSTEM,
    &aws::sts::SYSTEM,
    &crate::SYSTEM,
    &balancer::SYSTEM,
    &registry::SYSTEM,
];

/// What agents have to be allowed.
pub(super) const AGENT: &[&str] =
    &["ecs:CreateCluster", "ecs:RegisterContainerInstance", "ecr:*", "logs:*"];

/// A world, and whoever asks in it.
pub(super) struct Lab {
    pub(super) world: World,
}

impl Lab {
    pub(super) fn seeded(seed: u64) -> Self {
        let world = World::new(SYSTEMS, Config::new(seed, START));
        Self { world: world.authorized_by(aws::authorize_operation) }
    }

    pub(super) fn new() -> Self {
        Self::seeded(5)
    }

    /// With the cluster `c`, an instance profile for instances, and so many of them that have joined.
    pub(super) fn with_instances(count: usize) -> Self {
        let mut lab = Self::new();
        lab.cluster();
        lab.launch(count, "t2.micro");
        lab.pass(60);
        lab
    }

    pub(super) fn cluster(&mut self) {
        self.ok("ecs", "CreateCluster", json!({"clusterName": "c"}));
        self.role("ec2", "ec2.amazonaws.com", AGENT);
        self.ok("iam", "CreateInstanceProfile", json!({"InstanceProfileName": "ec2"}));
        let input = json!({"InstanceProfileName": "ec2", "RoleName": "ec2"});
        self.ok("iam", "AddRoleToInstanceProfile", input);
    }

    pub(super) fn role(&mut self, name: &str, service: &str, actions: &[&str]) -> String {
        let trust = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
            "Principal": {"Service": service}, "Action": "sts:AssumeRole"}});
        let input = json!({"RoleName": name, "AssumeRolePolicyDocument": trust.to_string()});
        let made = self.ok("iam", "CreateRole", input);
        let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
            "Action": actions, "Resource": "*"}});
        let input = json!({"RoleName": name, "PolicyName": "own",
            "PolicyDocument": policy.to_string()});
        self.ok("iam", "PutRolePolicy", input);
        made["Role"]["Arn"].as_str().expect("an ARN").to_owned()
    }

    /// What the role of instances may do from now on.
    pub(super) fn allow(&mut self, actions: &[&str]) {
        let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
            "Action": actions, "Resource": "*"}});
        let input = json!({"RoleName": "ec2", "PolicyName": "own",
            "PolicyDocument": policy.to_string()});
        self.ok("iam", "PutRolePolicy", input);
    }

    /// Instances of a type whose agents are to join the cluster `c`.
    pub(super) fn launch(&mut self, count: usize, kind: &str) -> Vec<String> {
        let name = "/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id";
        let got = self.ok("ssm", "GetParameter", json!({"Name": name}));
        let image = got["Parameter"]["Value"].clone();
        let script = "#!/bin/bash\necho \"ECS_CLUSTER=c\" >> /etc/ecs/ecs.config\n";
        let input = json!({"ImageId": image, "InstanceType": kind, "MinCount": count,
            "MaxCount": count, "IamInstanceProfile": {"Name": "ec2"},
            "UserData": STANDARD.encode(script)});
        let got = self.ok("ec2", "RunInstances", input);
        let all = got["Instances"].as_array().expect("instances");
        all.iter().map(|own| own["InstanceId"].as_str().expect("an id").to_owned()).collect()
    }

    pub(super) fn pass(&mut self, seconds: u64) {
        let at = self.world.now().plus(Duration::from_secs(seconds));
        self.world.advance(at);
    }

    pub(super) fn ask(
        &mut self,
        who: &str,
        service: &str,
        name: &str,
        input: Value,
    ) -> Result<Value, String> {
        let op = self.world.operation(service, name).expect(name);
        let caller = Caller::from(who.parse::<Principal>().expect(who));
        let at = self.world.now();
        self.world.apply(at, &caller, op, input).map_err(|error| error.to_string())
    }

    pub(super) fn ok(&mut self, service: &str, name: &str, input: Value) -> Value {
        self.ask("root", service, name, input).expect(name)
    }

    pub(super) fn ecs(&mut self, name: &str, mut input: Value) -> Value {
        let named = self.world.operation("ecs", name).expect(name);
        if (named.input)().member("cluster").is_some() {
            input["cluster"] = "c".into();
        }
        self.ok("ecs", name, input)
    }

    pub(super) fn refused(&mut self, name: &str, mut input: Value) -> String {
        let named = self.world.operation("ecs", name).expect(name);
        if (named.input)().member("cluster").is_some() && input.get("cluster").is_none() {
            input["cluster"] = "c".into();
        }
        self.ask("root", "ecs", name, input).expect_err(name)
    }

    /// Registers a definition of one container of a public image.
    pub(super) fn definition(&mut self, family: &str, image: &str, more: &Value) -> String {
        let mut container = json!({"name": "app", "image": format!("public.ecr.aws/distlab/{image}"),
            "memory": 128, "cpu": 128, "portMappings": [{"containerPort": 80}]});
        for (name, value) in more.as_object().expect("an object") {
            container[name] = value.clone();
        }
        let input = json!({"family": family, "containerDefinitions": [container]});
        let got = self.ecs("RegisterTaskDefinition", input);
        got["taskDefinition"]["taskDefinitionArn"].as_str().expect("an ARN").to_owned()
    }

    pub(super) fn service(&mut self, name: &str) -> Value {
        let got = self.ecs("DescribeServices", json!({"services": [name]}));
        got["services"][0].clone()
    }

    /// What a service said, without its name, the first first.
    pub(super) fn said(&mut self, name: &str) -> Vec<String> {
        let service = self.service(name);
        let events = service["events"].as_array().cloned().unwrap_or_default();
        let text = |event: &Value| {
            let message = event["message"].as_str().expect("a message");
            message.split_once(") ").expect("a name").1.to_owned()
        };
        events.iter().rev().map(text).collect()
    }

    pub(super) fn task(&mut self, id: &str) -> Value {
        let got = self.ecs("DescribeTasks", json!({"tasks": [id]}));
        got["tasks"][0].clone()
    }

    /// The tasks that are to run.
    pub(super) fn tasks(&mut self) -> Vec<String> {
        let got = self.ecs("ListTasks", json!({}));
        let arns = got["taskArns"].as_array().expect("ARNs");
        arns.iter().map(|arn| arn.as_str().expect("an ARN").to_owned()).collect()
    }

    /// What answers to a GET at a task's container.
    pub(super) fn get(&mut self, task: &str, target: &str) -> Answer {
        let state = self.world.get::<crate::State>();
        let id = task.rsplit('/').next().expect("an id");
        let found = state.listeners.iter().find(|(_, listener)| listener.task.task == id);
        let (address, _) = found.expect("it listens");
        let endpoint = Endpoint {
            region: address.region.clone(),
            network: address.network.clone(),
            address: address.address,
            port: address.port,
        };
        let request =
            HttpRequest { method: "GET".into(), target: target.into(), ..HttpRequest::default() };
        self.world.call_at(&endpoint, &Question::Http(request))
    }
}

/// What `distlab model ecs` prints, for whoever has no program yet: the comparison with botocore's
/// model reads it.
#[test]
#[ignore = "prints"]
#[allow(clippy::print_stdout)]
fn model() {
    println!("{}", sim::api::describe(&crate::SERVICE));
}

/// Status and body of an answer.
pub(super) fn page(answer: Answer) -> (u16, String) {
    match answer {
        Answer::Http(response) => {
            (response.status, String::from_utf8(response.body).expect("text"))
        }
        other => panic!("{other:?}"),
    }
}

/// A generator for tests that choose.
pub(super) fn rng(seed: u64) -> Rng {
    Rng::labelled(seed, "test")
}

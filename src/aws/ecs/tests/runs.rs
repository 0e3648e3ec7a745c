//! Tasks run by hand.

use serde_json::{Value, json};

use super::{Lab, page};
use sim::traffic::Answer;

fn run(lab: &mut Lab, input: Value) -> String {
    let got = lab.ecs("RunTask", input);
    got["tasks"][0]["taskArn"].as_str().unwrap_or_else(|| panic!("{got}")).to_owned()
}

#[test]
fn a_task_runs_answers_and_is_stopped() {
    let mut lab = Lab::with_instances(1);
    lab.ok("logs", "CreateLogGroup", json!({"logGroupName": "g"}));
    let log = json!({"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g",
        "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p"}},
        "environment": [{"name": "HOSTNAME", "value": "x"}]});
    lab.definition("web", "hello", &log);
    let task = run(&mut lab, json!({"taskDefinition": "web"}));
    assert_eq!(lab.task(&task)["lastStatus"], "PENDING");
    lab.pass(4);
    assert_eq!(lab.task(&task)["lastStatus"], "ACTIVATING");
    lab.pass(2);
    let told = lab.task(&task);
    assert_eq!(told["lastStatus"], "RUNNING");
    let port = told["containers"][0]["networkBindings"][0]["hostPort"].as_i64().expect("a port");
    assert!((32_768..=60_999).contains(&port), "{port}");
    let (status, body) = page(lab.get(&task, "/"));
    assert_eq!((status, body.starts_with("Hello from ")), (200, true), "{body}");
    assert_eq!(page(lab.get(&task, "/none")).0, 404);
    let id = task.rsplit('/').next().expect("an id");
    let got = lab.ok(
        "logs",
        "GetLogEvents",
        json!({"logGroupName": "g",
        "logStreamName": format!("p/app/{id}"), "startFromHead": true}),
    );
    let lines = got["events"].as_array().expect("events").iter();
    let lines: Vec<&str> = lines.map(|event| event["message"].as_str().expect("text")).collect();
    assert_eq!(lines, ["listening on 80", "GET / 200", "GET /none 404"]);
    lab.ecs("StopTask", json!({"task": task, "reason": "enough"}));
    lab.pass(5);
    let told = lab.task(&task);
    assert_eq!(told["lastStatus"], "STOPPED");
    assert_eq!(told["stoppedReason"], "enough");
    assert_eq!(told["stopCode"], "UserInitiated");
    assert_eq!(told["containers"][0]["exitCode"], 0);
    lab.pass(3700);
    let got = lab.ecs("DescribeTasks", json!({"tasks": [task]}));
    assert_eq!(got["failures"][0]["reason"], "MISSING");
}

#[test]
fn there_is_room_for_so_many() {
    let mut lab = Lab::with_instances(1);
    lab.definition("fat", "hello", &json!({"memory": 400}));
    let got = lab.ecs("RunTask", json!({"taskDefinition": "fat", "count": 3}));
    assert_eq!(got["tasks"].as_array().map(Vec::len), Some(2));
    assert_eq!(got["failures"][0]["reason"], "RESOURCE:MEMORY");
    let fixed = json!({"portMappings": [{"containerPort": 80, "hostPort": 8080}], "memory": 8});
    lab.definition("fixed", "hello", &fixed);
    run(&mut lab, json!({"taskDefinition": "fixed"}));
    let got = lab.ecs("RunTask", json!({"taskDefinition": "fixed"}));
    assert_eq!(got["failures"][0]["reason"], "RESOURCE:PORTS");
    let expression = json!([{"type": "memberOf", "expression": "attribute:stack == prod"}]);
    let input = json!({"taskDefinition": "fat", "placementConstraints": expression});
    let got = lab.ecs("RunTask", input);
    assert_eq!(got["failures"][0]["reason"], "MemberOf placement constraint unsatisfied.");
}

#[test]
fn a_container_that_fails_is_told() {
    let mut lab = Lab::with_instances(1);
    let mut check = |image: &str, more: Value, reason: &str, code: Value| {
        lab.definition("x", image, &more);
        let task = run(&mut lab, json!({"taskDefinition": "x"}));
        lab.pass(20);
        let told = lab.task(&task);
        assert_eq!(told["lastStatus"], "STOPPED", "{image}");
        let got = told["stoppedReason"].as_str().expect("a reason");
        assert!(got.starts_with(reason), "{got}");
        assert_eq!(told["containers"][0].get("exitCode").unwrap_or(&Value::Null), &code, "{image}");
    };
    let none = || json!({});
    check("crash", none(), "Essential container in task exited", json!(1));
    check("hello", json!({"memory": 10}), "Essential container in task exited", json!(137));
    check("other", none(), "CannotStartContainerError: this image can only run with", Value::Null);
    check(
        "hello",
        json!({"command": ["sh", "-c", "x"]}),
        "CannotStartContainerError: Error response from daemon: failed to create task",
        Value::Null,
    );
    check(
        "hello",
        json!({"image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/api:v1"}),
        "CannotPullContainerError: Error response from daemon: repository",
        Value::Null,
    );
}

#[test]
fn containers_wait_for_each_other() {
    let mut lab = Lab::with_instances(1);
    let image = "public.ecr.aws/distlab/hello";
    let health = json!({"command": ["CMD-SHELL", "curl -f http://localhost/healthz || exit 1"],
        "interval": 10});
    let containers = json!([
        {"name": "web", "image": image, "memory": 64,
            "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}]},
        {"name": "db", "image": image, "memory": 64, "healthCheck": health},
    ]);
    let input = json!({"family": "two", "containerDefinitions": containers});
    lab.ecs("RegisterTaskDefinition", input);
    let task = run(&mut lab, json!({"taskDefinition": "two"}));
    lab.pass(6);
    let told = lab.task(&task);
    assert_eq!(told["lastStatus"], "PENDING");
    assert_eq!(told["containers"][0]["lastStatus"], "PENDING");
    lab.pass(12);
    let told = lab.task(&task);
    assert_eq!(told["lastStatus"], "RUNNING");
    assert_eq!(told["healthStatus"], "HEALTHY");
}

#[test]
fn fargate_gives_each_task_an_interface() {
    let mut lab = Lab::new();
    lab.cluster();
    let got = lab.ok("ec2", "DescribeSubnets", json!({}));
    let subnet = got["Subnets"][0]["SubnetId"].clone();
    let container = json!({"name": "app", "image": "public.ecr.aws/distlab/hello",
        "portMappings": [{"containerPort": 80}]});
    let input = json!({"family": "f", "containerDefinitions": [container], "cpu": "256",
        "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]});
    lab.ecs("RegisterTaskDefinition", input);
    let why = lab.refused("RunTask", json!({"taskDefinition": "f", "launchType": "FARGATE"}));
    assert_eq!(
        why,
        "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is \
         specified."
    );
    let input = json!({"taskDefinition": "f", "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": [subnet],
            "assignPublicIp": "ENABLED"}}});
    let task = run(&mut lab, input);
    assert_eq!(lab.task(&task)["lastStatus"], "PROVISIONING");
    let got = lab.ok("ec2", "DescribeNetworkInterfaces", json!({}));
    assert_eq!(got["NetworkInterfaces"].as_array().map(Vec::len), Some(1));
    lab.pass(30);
    let told = lab.task(&task);
    assert_eq!(told["lastStatus"], "RUNNING");
    assert_eq!(told["attachments"][0]["status"], "ATTACHED");
    assert_eq!(page(lab.get(&task, "/healthz")), (200, "ok".to_owned()));
    lab.ecs("StopTask", json!({"task": task}));
    lab.pass(1);
    assert!(matches!(lab.task(&task)["lastStatus"].as_str(), Some("DEPROVISIONING")));
    lab.pass(10);
    assert_eq!(lab.task(&task)["lastStatus"], "STOPPED");
    let got = lab.ok("ec2", "DescribeNetworkInterfaces", json!({}));
    assert_eq!(got["NetworkInterfaces"], json!([]));
}

#[test]
fn nothing_listens_before_a_program_does() {
    let mut lab = Lab::with_instances(1);
    lab.definition("api", "api", &json!({"portMappings": [{"containerPort": 3000}]}));
    let task = run(&mut lab, json!({"taskDefinition": "api"}));
    lab.pass(4);
    assert_eq!(lab.get(&task, "/"), Answer::Refused);
    lab.pass(1);
    assert_eq!(page(lab.get(&task, "/")), (200, "Ready to receive requests".to_owned()));
    assert_eq!(page(lab.get(&task, "/api/posts/by-user/9")), (200, "[]".to_owned()));
}

#[test]
fn secrets_are_fetched_by_the_execution_role() {
    let mut lab = Lab::with_instances(1);
    lab.ok("ssm", "PutParameter", json!({"Name": "/app/key", "Value": "v", "Type": "String"}));
    let secret = json!({"secrets": [{"name": "KEY", "valueFrom": "/app/key"}]});
    lab.definition("s", "hello", &secret);
    let task = run(&mut lab, json!({"taskDefinition": "s"}));
    lab.pass(20);
    let told = lab.task(&task);
    let reason = told["stoppedReason"].as_str().expect("a reason");
    assert!(reason.contains("unable to retrieve secrets from ssm"), "{reason}");
    lab.allow(&["ssm:GetParameters", "logs:*"]);
    let task = run(&mut lab, json!({"taskDefinition": "s"}));
    lab.pass(20);
    assert_eq!(lab.task(&task)["lastStatus"], "RUNNING");
}

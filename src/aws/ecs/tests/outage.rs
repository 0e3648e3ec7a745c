//! Tasks in a zone that has lost its power.

use serde_json::{Value, json};

use super::{Lab, page};

fn power(lab: &mut Lab, op: &str, zone: &str) {
    lab.ask("lab", "zones", op, json!({"zones": [zone]})).expect(op);
}

/// Where the tasks of a service that are to run are.
fn zones(lab: &mut Lab) -> Vec<String> {
    let tasks = lab.tasks();
    let zone =
        |task: &String| lab.task(task)["availabilityZone"].as_str().unwrap_or_default().to_owned();
    let mut zones: Vec<String> = tasks.iter().map(zone).collect();
    zones.sort();
    zones
}

#[test]
fn an_instance_is_not_heard_and_comes_back_without_its_tasks() {
    let mut lab = Lab::with_instances(1);
    lab.definition("web", "hello", &json!({}));
    lab.ecs(
        "CreateService",
        json!({"serviceName": "api", "taskDefinition": "web", "desiredCount": 2}),
    );
    lab.pass(60);
    let before = lab.tasks();
    let zone = zones(&mut lab)[0].clone();
    power(&mut lab, "KillZone", &zone);
    lab.pass(60);
    let arns = lab.ecs("ListContainerInstances", json!({}));
    let connected = |lab: &mut Lab| {
        let input = json!({"containerInstances": arns["containerInstanceArns"]});
        lab.ecs("DescribeContainerInstances", input)["containerInstances"][0]["agentConnected"]
            .clone()
    };
    assert_eq!(connected(&mut lab), json!(false));
    // ECS hears nothing, and so knows nothing.
    assert_eq!(
        (lab.tasks(), lab.service("api")["runningCount"].clone()),
        (before.clone(), json!(2))
    );
    lab.ecs("UpdateService", json!({"service": "api", "desiredCount": 3}));
    lab.pass(60);
    let last = lab.said("api").pop().expect("it said something");
    assert!(last.contains("has an agent that is disconnected"), "{last}");
    power(&mut lab, "StartZone", &zone);
    assert_eq!(lab.task(&before[0])["stoppedReason"], "Essential container in task exited");
    lab.pass(120);
    assert_eq!(connected(&mut lab), json!(true));
    let after = lab.tasks();
    assert_eq!((after.len(), lab.service("api")["runningCount"].clone()), (3, json!(3)));
    assert!(before.iter().all(|task| !after.contains(task)));
    assert_eq!(page(lab.get(&after[0], "/healthz")), (200, "ok".to_owned()));
}

#[test]
fn tasks_on_fargate_move_to_another_zone() {
    let mut lab = Lab::new();
    lab.cluster();
    let got = lab.ok(
        "ec2",
        "DescribeSubnets",
        json!({"Filters": [
        {"Name": "availability-zone", "Values": ["us-east-1a", "us-east-1b"]}]}),
    );
    let subnets: Vec<Value> = (0..2).map(|at| got["Subnets"][at]["SubnetId"].clone()).collect();
    let container = json!({"name": "app", "image": "public.ecr.aws/distlab/hello",
        "portMappings": [{"containerPort": 80}]});
    lab.ecs(
        "RegisterTaskDefinition",
        json!({"family": "f", "containerDefinitions": [container],
        "cpu": "256", "memory": "512", "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"]}),
    );
    let network = json!({"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}});
    lab.ecs(
        "CreateService",
        json!({"serviceName": "api", "taskDefinition": "f",
        "desiredCount": 4, "launchType": "FARGATE", "networkConfiguration": network}),
    );
    lab.pass(120);
    assert_eq!(lab.tasks().len(), 4);
    power(&mut lab, "KillZone", "us-east-1a");
    lab.pass(120);
    assert_eq!(zones(&mut lab), ["us-east-1b"; 4]);
    let input = json!({"taskDefinition": "f", "launchType": "FARGATE", "networkConfiguration":
        {"awsvpcConfiguration": {"subnets": [got["Subnets"][0]["SubnetId"].clone()]}}});
    let zone = got["Subnets"][0]["AvailabilityZone"].as_str().expect("a zone").to_owned();
    power(&mut lab, "KillZone", &zone);
    let refused = lab.ecs("RunTask", input);
    let why = refused["failures"][0]["reason"].as_str().expect("a reason");
    assert!(why.starts_with("Capacity is unavailable at this time."), "{why}");
}

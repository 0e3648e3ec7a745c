//! Containers on an engine: what is wanted of it, and what is made of what was seen.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sim::outside::{Container, End, EndedBy, Image, Output};
use sim::traffic::Answer;
use sim::{Config, Observation, RunId, Shape, Wanted, World};

use super::{Lab, START, SYSTEMS};

fn lab() -> Lab {
    let parts = BTreeMap::from([("ecs".to_owned(), json!({"containers": "engine"}))]);
    let shape = Shape { parts, ..Shape::default() };
    let world = World::new(SYSTEMS, Config { shape, ..Config::new(5, START) });
    let mut lab = Lab { world: world.authorized_by(aws::authorize_operation) };
    lab.cluster();
    lab.launch(1, "t2.micro");
    lab.pass(60);
    lab
}

fn register(lab: &mut Lab, more: &Value) {
    let mut container = json!({"name": "app", "image": "busybox:1.36", "memory": 128,
        "command": ["httpd", "-f"], "environment": [{"name": "WHERE", "value": "here"}],
        "portMappings": [{"containerPort": 80}]});
    for (name, value) in more.as_object().expect("an object") {
        container[name] = value.clone();
    }
    lab.ecs(
        "RegisterTaskDefinition",
        json!({"family": "web", "containerDefinitions": [container]}),
    );
}

/// Runs a task, and lets its image be pulled; its ARN and what is wanted for it.
fn run(lab: &mut Lab) -> (String, RunId) {
    let got = lab.ecs("RunTask", json!({"taskDefinition": "web"}));
    let task = got["tasks"][0]["taskArn"].as_str().unwrap_or_else(|| panic!("{got}")).to_owned();
    lab.pass(10);
    let id = lab.world.runs().last().expect("a run").0.clone();
    (task, id)
}

fn see(lab: &mut Lab, run: &RunId, seen: &Observation) {
    let at = lab.world.now();
    assert!(lab.world.observe(at, run, seen), "{seen:?} is no news");
}

fn begin(lab: &mut Lab, run: &RunId) {
    see(lab, run, &Observation::Began);
    let ports = vec![(80, 40_001)];
    see(lab, run, &Observation::Started { container: "c0ffee".into(), ports });
}

fn end(code: i32, by: EndedBy) -> Observation {
    let nothing = || Output::Text(String::new());
    Observation::Ended(End { code, by, stdout: nothing(), stderr: nothing() })
}

#[test]
fn a_container_is_wanted_and_what_is_seen_of_it_is_told() {
    let mut lab = lab();
    lab.ok("logs", "CreateLogGroup", json!({"logGroupName": "g"}));
    register(
        &mut lab,
        &json!({"logConfiguration": {"logDriver": "awslogs", "options": {
        "awslogs-group": "g", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p"}},
        "healthCheck": {"command": ["CMD-SHELL", "test -e /well"]}}),
    );
    let (task, id) = run(&mut lab);
    let Wanted::Container(wanted) = lab.world.run(&id).expect("a run").wanted.clone() else {
        panic!("no container")
    };
    let Container { image, command, env, labels, limits, serving, .. } = *wanted;
    assert_eq!(image, Image::Named("busybox:1.36".into()));
    assert_eq!(command, ["httpd", "-f"]);
    assert_eq!(env, BTreeMap::from([("WHERE".to_owned(), "here".to_owned())]));
    assert_eq!(labels["com.amazonaws.ecs.task-arn"], task);
    assert_eq!((limits.time, limits.memory_bytes), (None, 128 << 20));
    let serving = serving.expect("it serves");
    assert!(serving.ports.contains(&80), "{serving:?}");
    assert_eq!(serving.check.expect("a check").command, ["CMD-SHELL", "test -e /well"]);
    assert_eq!(lab.task(&task)["lastStatus"], "PENDING");
    assert!(lab.world.awaits_outside());
    begin(&mut lab, &id);
    assert!(!lab.world.awaits_outside());
    lab.pass(3);
    let told = lab.task(&task);
    assert_eq!(told["lastStatus"], "RUNNING");
    assert_eq!(told["containers"][0]["runtimeId"], "c0ffee");
    assert_eq!(told["healthStatus"], "UNKNOWN");
    let there = lab.get(&task, "/");
    assert_eq!(there, Answer::Real("127.0.0.1:40001".parse().expect("an address")));
    see(&mut lab, &id, &Observation::Health { well: true });
    see(&mut lab, &id, &Observation::Printed { lines: vec!["one".into(), "two".into()] });
    assert_eq!(lab.task(&task)["healthStatus"], "HEALTHY");
    let name = format!("p/app/{}", task.rsplit('/').next().expect("an id"));
    let input = json!({"logGroupName": "g", "logStreamName": name, "startFromHead": true});
    let got = lab.ok("logs", "GetLogEvents", input);
    assert_eq!(got["events"][1]["message"], "two");
    assert_eq!(lab.world.run(&id).expect("a run").printed, 2);
    see(&mut lab, &id, &end(3, EndedBy::Itself));
    lab.pass(5);
    let told = lab.task(&task);
    assert_eq!(told["lastStatus"], "STOPPED");
    assert_eq!(told["stoppedReason"], "Essential container in task exited");
    assert_eq!(told["containers"][0]["exitCode"], 3);
    assert_eq!(lab.world.runs().count(), 0);
}

#[test]
fn a_task_that_is_stopped_waits_for_its_container() {
    let mut lab = lab();
    register(&mut lab, &json!({"stopTimeout": 7}));
    let (task, id) = run(&mut lab);
    begin(&mut lab, &id);
    lab.pass(5);
    lab.ecs("StopTask", json!({"task": task}));
    assert!(lab.world.run(&id).expect("a run").unwanted);
    lab.pass(100);
    let told = lab.task(&task);
    assert_eq!(
        (&told["lastStatus"], &told["desiredStatus"]),
        (&"STOPPING".into(), &"STOPPED".into())
    );
    see(&mut lab, &id, &end(143, EndedBy::World));
    lab.pass(2);
    let told = lab.task(&task);
    assert_eq!(told["lastStatus"], "STOPPED");
    assert_eq!(told["containers"][0]["exitCode"], 143);
    // One that was not begun yet is wanted no more, and nobody waits for it.
    let (task, id) = run(&mut lab);
    lab.ecs("StopTask", json!({"task": task}));
    assert_eq!(lab.world.run(&id), None);
    assert!(!lab.world.awaits_outside());
    lab.pass(5);
    assert_eq!(lab.task(&task)["lastStatus"], "STOPPED");
}

#[test]
fn whatever_becomes_of_a_container_its_task_says_so() {
    let mut lab = lab();
    register(&mut lab, &json!({}));
    let mut check = |seen: &[Observation], status: &str, reason: &str, code: Value| {
        let (task, id) = run(&mut lab);
        for seen in seen {
            see(&mut lab, &id, seen);
        }
        lab.pass(5);
        let told = lab.task(&task);
        assert_eq!(told["lastStatus"], status, "{seen:?}");
        let said = told["stoppedReason"].as_str().unwrap_or_default();
        assert!(said.contains(reason), "{seen:?}: {said}");
        assert_eq!(told["containers"][0]["exitCode"], code, "{seen:?}");
        lab.ecs("StopTask", json!({"task": task}));
        lab.pass(5);
    };
    let started = Observation::Started { container: "c0ffee".into(), ports: Vec::new() };
    let failed = |why: &str| Observation::Failed { why: why.into() };
    let exited = "Essential container in task exited";
    check(
        &[Observation::Began, started.clone(), end(137, EndedBy::Memory)],
        "STOPPED",
        exited,
        137.into(),
    );
    // Nobody saw how it went on: once more, in its place.
    check(&[Observation::Began, Observation::Interrupted], "PENDING", "", Value::Null);
    check(&[Observation::Began, started, Observation::Interrupted], "RUNNING", "", Value::Null);
    check(
        &[Observation::NoImage { why: "there is no image busybox:1.36: no such host".into() }],
        "STOPPED",
        "CannotPullContainerError: Error response from daemon: there is no image busybox:1.36",
        Value::Null,
    );
    check(
        &[Observation::Began, failed("exec: \"httpd\": not found")],
        "STOPPED",
        "CannotStartContainerError",
        Value::Null,
    );
    check(
        &[Observation::Unreachable { why: "no engine".into() }],
        "STOPPED",
        "this image can only run with Docker Engine",
        Value::Null,
    );
}

//! Services and their deployments.

use serde_json::{Value, json};

use super::{Lab, balancer};

const GROUP: &str = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/api/1";

fn create(lab: &mut Lab, more: &Value) {
    let mut input = json!({"serviceName": "api", "taskDefinition": "web", "desiredCount": 2});
    for (name, value) in more.as_object().expect("an object") {
        input[name] = value.clone();
    }
    lab.ecs("CreateService", input);
}

#[test]
fn a_service_comes_to_a_steady_state() {
    let mut lab = Lab::with_instances(2);
    lab.definition("web", "hello", &json!({}));
    create(&mut lab, &json!({}));
    lab.pass(40);
    let service = lab.service("api");
    assert_eq!(service["runningCount"], 2);
    assert_eq!(service["deployments"][0]["rolloutState"], "COMPLETED");
    let said = lab.said("api");
    assert!(said[0].starts_with("has started 2 tasks: (task "), "{said:?}");
    let id = service["deployments"][0]["id"].as_str().expect("an id");
    assert_eq!(said[1], format!("(deployment {id}) deployment completed."));
    assert_eq!(said[2..], ["has reached a steady state."]);
    let why = lab.refused("DeleteService", json!({"service": "api"}));
    assert!(why.contains("while the primary deployment is scaled above 0"), "{why}");
    let task = lab.tasks()[0].clone();
    lab.ecs("StopTask", json!({"task": task}));
    lab.pass(40);
    assert_eq!(lab.service("api")["runningCount"], 2);
    lab.ecs("DeleteService", json!({"service": "api", "force": true}));
    assert_eq!(lab.service("api")["status"], "DRAINING");
    lab.pass(20);
    assert_eq!(lab.service("api")["status"], "INACTIVE");
    assert_eq!(lab.tasks(), Vec::<String>::new());
}

#[test]
fn a_new_version_comes_in_while_the_old_one_serves() {
    let mut lab = Lab::with_instances(2);
    lab.definition("web", "hello", &json!({}));
    create(&mut lab, &json!({}));
    lab.pass(40);
    lab.definition("web", "hello", &json!({"environment": [{"name": "A", "value": "2"}]}));
    lab.ecs("UpdateService", json!({"service": "api", "taskDefinition": "web"}));
    for _ in 0..40 {
        lab.pass(1);
        let service = lab.service("api");
        let running: i64 = lab
            .tasks()
            .iter()
            .filter(|task| {
                lab.world.get::<crate::State>().places.values().any(|region| {
                    let id = task.rsplit('/').next().expect("an id");
                    let run = region.clusters["c"].tasks.get(id);
                    run.is_some_and(|run| run.phase == crate::state::Phase::Running)
                })
            })
            .count()
            .try_into()
            .expect("few");
        assert!(running >= 2, "{service}");
    }
    let service = lab.service("api");
    assert_eq!(service["deployments"].as_array().map(Vec::len), Some(1));
    let told = service["taskDefinition"].as_str().expect("an ARN");
    assert!(told.ends_with("web:2"), "{told}");
}

#[test]
fn the_circuit_breaker_brings_the_old_version_back() {
    let mut lab = Lab::with_instances(2);
    lab.definition("web", "hello", &json!({}));
    let breaker = json!({"deploymentConfiguration":
        {"deploymentCircuitBreaker": {"enable": true, "rollback": true}}});
    create(&mut lab, &breaker);
    lab.pass(40);
    lab.definition("web", "crash", &json!({}));
    lab.ecs("UpdateService", json!({"service": "api", "taskDefinition": "web"}));
    lab.pass(200);
    let said = lab.said("api");
    assert!(said.iter().any(|text| text.ends_with("deployment failed: tasks failed to start.")));
    assert!(said.iter().any(|text| text.starts_with("rolling back to deployment ecs-svc/")));
    let service = lab.service("api");
    assert_eq!(service["runningCount"], 2);
    let told = service["taskDefinition"].as_str().expect("an ARN");
    assert!(told.ends_with("web:1"), "{told}");
    assert_eq!(service["deployments"][0]["rolloutState"], "COMPLETED");
}

#[test]
fn restarts_of_what_does_not_run_are_throttled() {
    let mut lab = Lab::with_instances(1);
    lab.definition("web", "crash", &json!({}));
    create(&mut lab, &json!({"desiredCount": 1}));
    lab.pass(1800);
    let said = lab.said("api");
    let started = said.iter().filter(|text| text.starts_with("has started")).count();
    assert!((4..20).contains(&started), "{started}");
    let text = "is unable to consistently start tasks successfully.";
    assert!(said.iter().any(|own| own.starts_with(text)), "{said:?}");
}

#[test]
fn there_is_no_room_without_an_instance() {
    let mut lab = Lab::new();
    lab.cluster();
    lab.definition("web", "hello", &json!({}));
    create(&mut lab, &json!({}));
    lab.pass(120);
    assert_eq!(
        lab.said("api"),
        ["was unable to place a task because no container instance met all of its requirements. \
          Reason: No Container Instances were found in your cluster. For more information, see the \
          Troubleshooting section of the Amazon ECS Developer Guide."]
    );
    lab.launch(1, "t2.micro");
    lab.pass(120);
    assert_eq!(lab.service("api")["runningCount"], 2);
}

#[test]
fn tasks_are_registered_with_target_groups() {
    let mut lab = Lab::with_instances(1);
    lab.definition("web", "hello", &json!({}));
    let balancer = |arn: &str, name: &str, port: i64| {
        json!({"loadBalancers":
            [{"targetGroupArn": arn, "containerName": name, "containerPort": port}]})
    };
    let mut refused = |more: Value, want: &str| {
        let mut input = json!({"serviceName": "api", "taskDefinition": "web"});
        input["loadBalancers"] = more["loadBalancers"].clone();
        let why = lab.refused("CreateService", input);
        assert_eq!(why, format!("InvalidParameterException: {want}"));
    };
    refused(balancer(GROUP, "web", 80), "The container web does not exist in the task definition.");
    refused(
        balancer(GROUP, "app", 81),
        "The container app did not have a container port 81 defined.",
    );
    let alone = format!("{GROUP}alone");
    refused(
        balancer(&alone, "app", 80),
        &format!(
            "The target group with targetGroupArn {alone} does not have an associated load balancer."
        ),
    );
    create(&mut lab, &balancer(GROUP, "app", 80));
    lab.pass(40);
    let count = |lab: &Lab| lab.world.get::<balancer::State>().groups[GROUP].len();
    assert_eq!(count(&lab), 2);
    let said = lab.said("api");
    assert!(said.contains(&format!("registered 1 targets in (target-group {GROUP})")), "{said:?}");
    assert_eq!(said.last().map(String::as_str), Some("has reached a steady state."));
    let key = lab.world.get::<balancer::State>().groups[GROUP].keys().next().cloned();
    let key = key.expect("a target");
    let groups = &mut lab.world.get_mut::<balancer::State>().groups;
    groups.get_mut(GROUP).expect("it").insert(key.clone(), "unhealthy".into());
    lab.pass(60);
    let said = lab.said("api");
    let text = format!(
        "(instance {}) (port {}) is unhealthy in (target-group {GROUP}) due to (reason Health checks \
         failed with these codes: [500])",
        key.0, key.1
    );
    assert!(said.contains(&text), "{said:?}");
    assert!(!lab.world.get::<balancer::State>().groups[GROUP].contains_key(&key));
    assert_eq!(lab.service("api")["runningCount"], 2);
    lab.ecs("UpdateService", json!({"service": "api", "desiredCount": 0}));
    lab.pass(60);
    assert_eq!(count(&lab), 0);
}

#[test]
fn a_draining_instance_loses_its_tasks_once_others_run() {
    let mut lab = Lab::with_instances(2);
    lab.definition("web", "hello", &json!({}));
    create(&mut lab, &json!({}));
    lab.pass(40);
    let got = lab.ecs("ListContainerInstances", json!({}));
    let arn = got["containerInstanceArns"][0].clone();
    let input = json!({"containerInstances": [arn], "status": "DRAINING"});
    lab.ecs("UpdateContainerInstancesState", input);
    lab.pass(60);
    let got = lab.ecs("DescribeContainerInstances", json!({"containerInstances": [arn]}));
    assert_eq!(got["containerInstances"][0]["runningTasksCount"], 0);
    assert_eq!(lab.service("api")["runningCount"], 2);
}

#[test]
fn a_daemon_has_a_task_on_each_instance() {
    let mut lab = Lab::with_instances(2);
    lab.definition("web", "hello", &json!({}));
    let input = json!({"serviceName": "api", "taskDefinition": "web",
        "schedulingStrategy": "DAEMON"});
    lab.ecs("CreateService", input);
    lab.pass(40);
    assert_eq!(lab.service("api")["runningCount"], 2);
    lab.launch(1, "t2.micro");
    lab.pass(120);
    assert_eq!(lab.service("api")["runningCount"], 3);
}

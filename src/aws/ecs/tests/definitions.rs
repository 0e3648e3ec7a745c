//! Task definitions.

use serde_json::{Value, json};

use super::Lab;

#[test]
fn revisions_count_up_and_are_put_out_of_use() {
    let mut lab = Lab::new();
    lab.definition("web", "hello", &json!({}));
    lab.definition("web", "hello", &json!({}));
    let got = lab.ecs("DescribeTaskDefinition", json!({"taskDefinition": "web"}));
    assert_eq!(got["taskDefinition"]["revision"], 2);
    assert_eq!(
        got["taskDefinition"]["containerDefinitions"][0]["portMappings"][0],
        json!({"containerPort": 80, "hostPort": 0, "protocol": "tcp"})
    );
    lab.ecs("DeregisterTaskDefinition", json!({"taskDefinition": "web:2"}));
    let got = lab.ecs("DescribeTaskDefinition", json!({"taskDefinition": "web"}));
    assert_eq!(got["taskDefinition"]["revision"], 1);
    let got = lab.ecs("ListTaskDefinitions", json!({"status": "INACTIVE"}));
    assert_eq!(got["taskDefinitionArns"].as_array().map(Vec::len), Some(1));
    lab.ecs("DeleteTaskDefinitions", json!({"taskDefinitions": ["web:2", "web:1"]}));
    lab.pass(120);
    let why = lab.refused("DescribeTaskDefinition", json!({"taskDefinition": "web:2"}));
    assert_eq!(why, "ClientException: Unable to describe task definition.");
    let got = lab.ecs("ListTaskDefinitionFamilies", json!({}));
    assert_eq!(got["families"], json!(["web"]));
}

#[test]
fn what_is_told_can_be_registered_again() {
    let mut lab = Lab::new();
    lab.definition("web", "hello", &json!({"environment": [{"name": "A", "value": "b"}]}));
    let got = lab.ecs("DescribeTaskDefinition", json!({"taskDefinition": "web"}));
    let own = &got["taskDefinition"];
    let input = json!({"family": "copy", "containerDefinitions": own["containerDefinitions"],
        "volumes": own["volumes"], "placementConstraints": own["placementConstraints"]});
    let got = lab.ecs("RegisterTaskDefinition", input);
    assert_eq!(got["taskDefinition"]["containerDefinitions"], own["containerDefinitions"]);
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table of refusals")]
fn what_cannot_run_is_refused() {
    let mut lab = Lab::new();
    let role = lab.role("exec", "ecs-tasks.amazonaws.com", &["ecr:*"]);
    let mut check = |more: Value, container: Value, want: &str| {
        let mut own = json!({"name": "app", "image": "nginx", "memory": 64});
        for (name, value) in container.as_object().expect("an object") {
            own[name] = value.clone();
        }
        let mut input = json!({"family": "web", "containerDefinitions": [own]});
        for (name, value) in more.as_object().expect("an object") {
            input[name] = value.clone();
        }
        let got = lab.ask("root", "ecs", "RegisterTaskDefinition", input);
        match got {
            Ok(_) => assert_eq!("", want, "{more} {container}"),
            Err(why) => assert_eq!(why, want, "{more} {container}"),
        }
    };
    let none = || json!({});
    check(none(), none(), "");
    check(
        none(),
        json!({"memory": null}),
        "ClientException: Invalid setting for container 'app'. At least one of 'memory' or \
         'memoryReservation' must be specified.",
    );
    check(
        none(),
        json!({"image": ""}),
        "ClientException: Container.image should not be null or empty.",
    );
    let fargate = |cpu: &str, memory: &str, mode: &str| {
        json!({"requiresCompatibilities": ["FARGATE"], "cpu": cpu, "memory": memory,
            "networkMode": mode})
    };
    check(fargate("256", "512", "awsvpc"), none(), "");
    check(fargate(".25 vCPU", "0.5 GB", "awsvpc"), none(), "");
    check(
        fargate("256", "4096", "awsvpc"),
        none(),
        "ClientException: No Fargate configuration exists for given values: 256 CPU, 4096 memory. See \
         the Amazon ECS documentation for the valid values.",
    );
    check(
        fargate("256", "512", "bridge"),
        none(),
        "ClientException: Fargate only supports network mode ‘awsvpc’.",
    );
    let account = json!({"image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/api:v1"});
    check(
        fargate("256", "512", "awsvpc"),
        account.clone(),
        "ClientException: Fargate requires task definition to have execution role ARN to support ECR \
         images.",
    );
    let mut with_role = fargate("256", "512", "awsvpc");
    with_role["executionRoleArn"] = role.into();
    check(with_role, account, "");
    check(
        json!({"executionRoleArn": "arn:aws:iam::123456789012:role/none"}),
        none(),
        "ClientException: Role is not valid",
    );
    check(
        json!({"networkMode": "awsvpc"}),
        json!({"portMappings": [{"containerPort": 80, "hostPort": 8080}]}),
        "ClientException: When networkMode=awsvpc, the host ports and container ports in port mappings \
         must match.",
    );
    check(
        none(),
        json!({"privileged": true}),
        "ValidationException: One or more parameter values were invalid: \
         containerDefinitions.privileged is not simulated here, so it cannot be given",
    );
    check(none(), json!({"links": [], "mountPoints": [], "ulimits": []}), "");
    check(
        none(),
        json!({"dependsOn": [{"containerName": "app", "condition": "START"}]}),
        "ClientException: Container 'app' has an invalid dependency on 'app'.",
    );
}

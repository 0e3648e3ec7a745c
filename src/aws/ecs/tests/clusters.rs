//! Clusters and container instances.

use serde_json::json;

use super::{AGENT, Lab};

#[test]
fn an_instance_joins_the_cluster_that_its_user_data_names() {
    let mut lab = Lab::with_instances(1);
    let got = lab.ecs("ListContainerInstances", json!({}));
    let arn = got["containerInstanceArns"][0].clone();
    let got = lab.ecs("DescribeContainerInstances", json!({"containerInstances": [arn]}));
    let own = &got["containerInstances"][0];
    assert_eq!(own["status"], "ACTIVE");
    assert_eq!(own["agentConnected"], true);
    assert_eq!(own["registeredResources"][0]["integerValue"], 1024);
    assert_eq!(own["registeredResources"][1]["integerValue"], 983);
    assert_eq!(own["remainingResources"], own["registeredResources"]);
    let got = lab.ok("ecs", "DescribeClusters", json!({"clusters": ["c", "d"]}));
    assert_eq!(got["clusters"][0]["registeredContainerInstancesCount"], 1);
    assert_eq!(got["failures"][0]["reason"], "MISSING");
    let why = lab.refused("DeleteCluster", json!({}));
    assert!(why.starts_with("ClusterContainsContainerInstancesException"), "{why}");
}

#[test]
fn an_agent_that_may_not_register_does_not_join() {
    let mut lab = Lab::new();
    lab.cluster();
    lab.ok("iam", "DeleteRolePolicy", json!({"RoleName": "ec2", "PolicyName": "own"}));
    lab.launch(1, "t2.micro");
    lab.pass(300);
    let count = |lab: &mut Lab| {
        let got = lab.ok("ecs", "DescribeClusters", json!({"clusters": ["c"]}));
        got["clusters"][0]["registeredContainerInstancesCount"].clone()
    };
    assert_eq!(count(&mut lab), 0);
    lab.allow(AGENT);
    lab.pass(120);
    assert_eq!(count(&mut lab), 1);
}

#[test]
fn what_ends_with_its_instance_is_told() {
    let mut lab = Lab::new();
    lab.cluster();
    let ids = lab.launch(1, "t2.micro");
    lab.pass(60);
    let definition = lab.definition("web", "hello", &json!({}));
    let got = lab.ecs("RunTask", json!({"taskDefinition": definition}));
    let task = got["tasks"][0]["taskArn"].as_str().expect("an ARN").to_owned();
    lab.pass(30);
    assert_eq!(lab.task(&task)["lastStatus"], "RUNNING");
    lab.ok("ec2", "TerminateInstances", json!({"InstanceIds": ids}));
    lab.pass(1);
    let told = lab.task(&task);
    assert_eq!(told["lastStatus"], "STOPPED");
    assert_eq!(told["stoppedReason"], format!("Host EC2 (instance {}) terminated.", ids[0]));
    lab.ecs("DeleteCluster", json!({}));
    let got = lab.ok("ecs", "ListClusters", json!({}));
    assert_eq!(got["clusterArns"], json!([]));
    assert_eq!(
        lab.refused("ListTasks", json!({})),
        "ClusterNotFoundException: The referenced cluster was inactive."
    );
    assert_eq!(
        lab.refused("ListTasks", json!({"cluster": "other"})),
        "ClusterNotFoundException: Cluster not found."
    );
}

#[test]
fn attributes_and_tags_are_kept() {
    let mut lab = Lab::with_instances(2);
    let got = lab.ecs("ListContainerInstances", json!({}));
    let arn = got["containerInstanceArns"][0].as_str().expect("an ARN").to_owned();
    let attribute = json!({"name": "stack", "value": "prod", "targetId": arn});
    lab.ecs("PutAttributes", json!({"attributes": [attribute]}));
    let got = lab.ecs(
        "ListAttributes",
        json!({"targetType": "container-instance",
        "attributeName": "stack"}),
    );
    assert_eq!(got["attributes"][0]["value"], "prod");
    let got = lab.ecs("ListContainerInstances", json!({"filter": "attribute:stack == prod"}));
    assert_eq!(got["containerInstanceArns"], json!([arn]));
    let input = json!({"resourceArn": arn, "tags": [{"key": "k", "value": "v"}]});
    lab.ok("ecs", "TagResource", input);
    let got = lab.ok("ecs", "ListTagsForResource", json!({"resourceArn": arn}));
    assert_eq!(got["tags"], json!([{"key": "k", "value": "v"}]));
    lab.ok("ecs", "UntagResource", json!({"resourceArn": arn, "tagKeys": ["k"]}));
    let got = lab.ok("ecs", "ListTagsForResource", json!({"resourceArn": arn}));
    assert_eq!(got["tags"], json!([]));
}

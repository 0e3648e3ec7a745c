//! The control plane.

use serde_json::json;

use super::{Lab, text};

#[test]
fn a_balancer_becomes_active_in_lab_time() {
    let mut lab = Lab::new(1);
    let subnets = lab.subnets();
    let made = lab.ask("CreateLoadBalancer", json!({"Name": "demo", "Subnets": subnets}));
    let made = &made["LoadBalancers"][0];
    assert_eq!(made["State"]["Code"], "provisioning");
    assert!(text(&made["DNSName"]).ends_with(".us-east-1.elb.amazonaws.com"), "{made}");
    assert_eq!(made["AvailabilityZones"].as_array().map(Vec::len), Some(2));
    let interfaces = lab.ec2("DescribeNetworkInterfaces", json!({}));
    let interfaces = interfaces["NetworkInterfaces"].as_array().cloned().unwrap_or_default();
    assert_eq!(interfaces.len(), 2);
    assert_eq!(interfaces[0]["RequesterId"], "amazon-elb");
    lab.pass(200);
    let told = lab.ask("DescribeLoadBalancers", json!({"Names": ["demo"]}));
    assert_eq!(told["LoadBalancers"][0]["State"]["Code"], "active");
    let arn = text(&told["LoadBalancers"][0]["LoadBalancerArn"]);
    lab.ask("DeleteLoadBalancer", json!({"LoadBalancerArn": arn}));
    assert_eq!(
        lab.refused("DescribeLoadBalancers", json!({"Names": ["demo"]})),
        "LoadBalancerNotFound"
    );
    let interfaces = lab.ec2("DescribeNetworkInterfaces", json!({}));
    assert_eq!(interfaces["NetworkInterfaces"], json!([]));
}

#[test]
fn what_cannot_be_is_refused() {
    let mut lab = Lab::new(2);
    let group = lab.open_group();
    let balancer = lab.balancer("demo", &group);
    let (subnets, vpc) = (lab.subnets(), lab.vpc());
    let mut check = |name: &str, input: serde_json::Value, want: &str| {
        let shown = input.to_string();
        assert_eq!(lab.refused(name, input), want, "{name} {shown}");
    };
    let create = "CreateLoadBalancer";
    check(create, json!({"Name": "one", "Subnets": [subnets[0]]}), "ValidationError");
    check(create, json!({"Name": "bad_name", "Subnets": subnets}), "ValidationError");
    check(create, json!({"Name": "internal-x", "Subnets": subnets}), "ValidationError");
    check(create, json!({"Name": "x", "Subnets": ["subnet-1", "subnet-2"]}), "SubnetNotFound");
    check(create, json!({"Name": "demo", "Subnets": subnets}), "DuplicateLoadBalancerName");
    check(create, json!({"Name": "n", "Subnets": subnets, "Type": "network"}), "NotImplemented");
    let group = "CreateTargetGroup";
    check(group, json!({"Name": "g", "Protocol": "HTTP", "Port": 80}), "ValidationError");
    check(
        group,
        json!({"Name": "g", "Protocol": "TCP", "Port": 80, "VpcId": vpc}),
        "NotImplemented",
    );
    let timeout = json!({"Name": "g", "Protocol": "HTTP", "Port": 80, "VpcId": vpc,
        "HealthCheckTimeoutSeconds": 30});
    check(group, timeout, "ValidationError");
    let listen = "CreateListener";
    let forward = json!([{"Type": "forward", "TargetGroupArn": balancer.group}]);
    let at = |port: i64, protocol: &str| {
        json!({"LoadBalancerArn": balancer.arn, "Port": port, "Protocol": protocol,
            "DefaultActions": forward})
    };
    check(listen, at(80, "HTTP"), "DuplicateListener");
    check(listen, at(443, "HTTPS"), "ValidationError");
    check(listen, at(81, "TCP"), "ValidationError");
    check("DeleteTargetGroup", json!({"TargetGroupArn": balancer.group}), "ResourceInUse");
    let targets =
        json!({"TargetGroupArn": balancer.group, "Targets": [{"Id": "i-0123456789abcdef0"}]});
    check("RegisterTargets", targets, "InvalidTarget");
    let rule = |priority: i64, condition: serde_json::Value| {
        json!({"ListenerArn": balancer.listener, "Priority": priority, "Conditions": [condition],
            "Actions": forward})
    };
    let path = |value: &str| json!({"Field": "path-pattern", "Values": [value]});
    check("CreateRule", rule(0, path("/a")), "ValidationError");
    check("CreateRule", rule(1, path("/a b")), "ValidationError");
    check("CreateRule", rule(1, json!({"Field": "colour", "Values": ["red"]})), "ValidationError");
    let redirect = json!({"ListenerArn": balancer.listener, "Priority": 1,
        "Conditions": [path("/a")],
        "Actions": [{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}}]});
    check("CreateRule", redirect, "InvalidLoadBalancerAction");
}

#[test]
fn priorities_change_places() {
    let mut lab = Lab::new(3);
    let group = lab.open_group();
    let balancer = lab.balancer("demo", &group);
    let mut arns = Vec::new();
    for (priority, path) in [(10, "/a"), (20, "/b")] {
        let made = lab.ask(
            "CreateRule",
            json!({"ListenerArn": balancer.listener, "Priority": priority,
                "Conditions": [{"Field": "path-pattern", "Values": [path]}],
                "Actions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200",
                    "MessageBody": path}}]}),
        );
        arns.push(text(&made["Rules"][0]["RuleArn"]));
    }
    let swap = json!({"RulePriorities": [{"RuleArn": arns[0], "Priority": 20},
        {"RuleArn": arns[1], "Priority": 10}]});
    lab.ask("SetRulePriorities", swap);
    let taken = json!({"RulePriorities": [{"RuleArn": arns[0], "Priority": 10}]});
    assert_eq!(lab.refused("SetRulePriorities", taken), "PriorityInUse");
    let told = lab.ask("DescribeRules", json!({"ListenerArn": balancer.listener}));
    let order: Vec<String> = told["Rules"]
        .as_array()
        .expect("rules")
        .iter()
        .map(|rule| {
            format!("{} {}", text(&rule["Priority"]), text(&rule["Conditions"][0]["Values"][0]))
        })
        .collect();
    assert_eq!(order, ["10 /b", "20 /a", "default "]);
    let default = text(&told["Rules"][2]["RuleArn"]);
    assert_eq!(lab.refused("DeleteRule", json!({"RuleArn": default})), "OperationNotPermitted");
}

#[test]
fn protection_keeps_a_balancer() {
    let mut lab = Lab::new(4);
    let group = lab.open_group();
    let balancer = lab.balancer("demo", &group);
    let set = |value: &str| {
        json!({"LoadBalancerArn": balancer.arn,
            "Attributes": [{"Key": "deletion_protection.enabled", "Value": value}]})
    };
    lab.ask("ModifyLoadBalancerAttributes", set("true"));
    let delete = json!({"LoadBalancerArn": balancer.arn});
    assert_eq!(lab.refused("DeleteLoadBalancer", delete.clone()), "OperationNotPermitted");
    lab.ask("ModifyLoadBalancerAttributes", set("false"));
    lab.ask("DeleteLoadBalancer", delete);
    lab.ask("DeleteTargetGroup", json!({"TargetGroupArn": balancer.group}));
}

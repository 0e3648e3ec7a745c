//! `AWS::ElasticLoadBalancingV2`: balancers, target groups, listeners and rules.

use serde_json::{Value, json};

use super::call::{tag_changes, tag_list};
use super::{
    Call, Kind, Outcome, PLAIN, Progress, Properties, Tags, at, changed, list, pick, text, texts,
};

const SERVICE: &str = "elbv2";

pub(super) static BALANCER: Kind = Kind {
    name: "AWS::ElasticLoadBalancingV2::LoadBalancer",
    properties: "IpAddressType LoadBalancerAttributes Name! Scheme! SecurityGroups SubnetMappings \
                 Subnets Tags Type!",
    attributes: "CanonicalHostedZoneID DNSName LoadBalancerArn LoadBalancerFullName \
                 LoadBalancerName SecurityGroups",
    named_by: Some("Name"),
    tags: Tags::List,
    // A balancer is seen to be provisioned for two to three minutes.
    makes_s: 60,
    removes_s: 10,
    create: create_balancer,
    update: update_balancer,
    delete: |call, id, _| call.end(SERVICE, "DeleteLoadBalancer", json!({"LoadBalancerArn": id})),
    ready: |call, id, _| {
        let found = balancer(call, id)?;
        Ok(match at(&found, "/State/Code").as_str() {
            "active" | "active_impaired" => Progress::Ready,
            "provisioning" => Progress::Wait,
            _ => Progress::Failed(at(&found, "/State/Reason")),
        })
    },
    attribute: balancer_attribute,
    ..PLAIN
};

/// A name out of stack and resource that a balancer's or group's may be: 32 characters at most.
fn named(call: &mut Call<'_>, properties: &Properties) -> String {
    match text(properties, "Name") {
        Some(name) => name,
        None => call.name(32),
    }
}

fn create_balancer(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let members =
        ["IpAddressType", "Scheme", "SecurityGroups", "SubnetMappings", "Subnets", "Type"];
    let mut input = pick(properties, &members);
    input.insert("Name".into(), named(call, properties).into());
    let tags = tag_list(properties);
    if !tags.is_empty() {
        input.insert("Tags".into(), tags.into());
    }
    let made = call.ask(SERVICE, "CreateLoadBalancer", Value::Object(input))?;
    let arn = at(&made, "/LoadBalancers/0/LoadBalancerArn");
    call.made = Some(arn.clone());
    attributes(call, &arn, properties, "LoadBalancer")?;
    Ok(arn)
}

/// Sets the attributes of a balancer or a group.
fn attributes(call: &mut Call<'_>, arn: &str, properties: &Properties, what: &str) -> Outcome<()> {
    let given = list(properties, &format!("{what}Attributes"));
    if given.is_empty() {
        return Ok(());
    }
    let input = json!({format!("{what}Arn"): arn, "Attributes": given});
    call.ask(SERVICE, &format!("Modify{what}Attributes"), input).map(|_| ())
}

fn balancer(call: &mut Call<'_>, id: &str) -> Outcome<Value> {
    let found = call.ask(SERVICE, "DescribeLoadBalancers", json!({"LoadBalancerArns": [id]}))?;
    Ok(found.pointer("/LoadBalancers/0").cloned().unwrap_or_default())
}

fn balancer_attribute(call: &mut Call<'_>, id: &str, _: &Properties, name: &str) -> Outcome<Value> {
    Ok(match name {
        "LoadBalancerArn" => id.into(),
        "LoadBalancerFullName" => {
            id.split_once("loadbalancer/").map_or("", |(_, name)| name).into()
        }
        "CanonicalHostedZoneID" => at(&balancer(call, id)?, "/CanonicalHostedZoneId").into(),
        "SecurityGroups" => balancer(call, id)?.get(name).cloned().unwrap_or_default(),
        name => at(&balancer(call, id)?, &format!("/{name}")).into(),
    })
}

fn tags(call: &mut Call<'_>, arn: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    let (gone, set) = tag_changes(old, new);
    if !gone.is_empty() {
        call.ask(SERVICE, "RemoveTags", json!({"ResourceArns": [arn], "TagKeys": gone}))?;
    }
    if !set.is_empty() {
        call.ask(SERVICE, "AddTags", json!({"ResourceArns": [arn], "Tags": set}))?;
    }
    Ok(())
}

fn update_balancer(
    call: &mut Call<'_>,
    id: &str,
    old: &Properties,
    new: &Properties,
) -> Outcome<()> {
    for name in changed(old, new) {
        let operation = match name {
            "SecurityGroups" => "SetSecurityGroups",
            "Subnets" | "SubnetMappings" => "SetSubnets",
            "IpAddressType" => "SetIpAddressType",
            "LoadBalancerAttributes" => {
                attributes(call, id, new, "LoadBalancer")?;
                continue;
            }
            _ => continue,
        };
        let input = json!({"LoadBalancerArn": id, name: new.get(name)});
        call.ask(SERVICE, operation, input)?;
    }
    tags(call, id, old, new)
}

const HEALTH: &[&str] = &[
    "HealthCheckEnabled",
    "HealthCheckIntervalSeconds",
    "HealthCheckPath",
    "HealthCheckPort",
    "HealthCheckProtocol",
    "HealthCheckTimeoutSeconds",
    "HealthyThresholdCount",
    "Matcher",
    "UnhealthyThresholdCount",
];

pub(super) static TARGETS: Kind = Kind {
    name: "AWS::ElasticLoadBalancingV2::TargetGroup",
    properties: "HealthCheckEnabled HealthCheckIntervalSeconds HealthCheckPath HealthCheckPort \
                 HealthCheckProtocol HealthCheckTimeoutSeconds HealthyThresholdCount IpAddressType! \
                 Matcher Name! Port! Protocol! ProtocolVersion! Tags TargetGroupAttributes \
                 TargetType! Targets UnhealthyThresholdCount VpcId!",
    attributes: "LoadBalancerArns TargetGroupArn TargetGroupFullName TargetGroupName",
    named_by: Some("Name"),
    tags: Tags::List,
    makes_s: 15,
    create: create_targets,
    update: update_targets,
    delete: |call, id, _| call.end(SERVICE, "DeleteTargetGroup", json!({"TargetGroupArn": id})),
    attribute: |call, id, _, name| {
        let found = call.ask(SERVICE, "DescribeTargetGroups", json!({"TargetGroupArns": [id]}))?;
        let full = || id.rsplit_once(':').map_or("", |(_, name)| name);
        Ok(match name {
            "TargetGroupArn" => id.into(),
            "TargetGroupFullName" => full().into(),
            "LoadBalancerArns" => {
                found.pointer("/TargetGroups/0/LoadBalancerArns").cloned().unwrap_or_default()
            }
            _ => at(&found, "/TargetGroups/0/TargetGroupName").into(),
        })
    },
    ..PLAIN
};

fn create_targets(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let mut input = pick(properties, HEALTH);
    let members = ["IpAddressType", "Port", "Protocol", "ProtocolVersion", "TargetType", "VpcId"];
    input.extend(pick(properties, &members));
    input.insert("Name".into(), named(call, properties).into());
    let tags = tag_list(properties);
    if !tags.is_empty() {
        input.insert("Tags".into(), tags.into());
    }
    let made = call.ask(SERVICE, "CreateTargetGroup", Value::Object(input))?;
    let arn = at(&made, "/TargetGroups/0/TargetGroupArn");
    call.made = Some(arn.clone());
    attributes(call, &arn, properties, "TargetGroup")?;
    targets(call, &arn, &Properties::new(), properties)?;
    Ok(arn)
}

fn targets(call: &mut Call<'_>, arn: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    let (was, is) = (list(old, "Targets"), list(new, "Targets"));
    let gone: Vec<&Value> = was.iter().filter(|target| !is.contains(target)).collect();
    let made: Vec<&Value> = is.iter().filter(|target| !was.contains(target)).collect();
    if !gone.is_empty() {
        let input = json!({"TargetGroupArn": arn, "Targets": gone});
        call.ask(SERVICE, "DeregisterTargets", input)?;
    }
    if !made.is_empty() {
        let input = json!({"TargetGroupArn": arn, "Targets": made});
        call.ask(SERVICE, "RegisterTargets", input)?;
    }
    Ok(())
}

fn update_targets(
    call: &mut Call<'_>,
    id: &str,
    old: &Properties,
    new: &Properties,
) -> Outcome<()> {
    let differs = changed(old, new);
    if differs.iter().any(|name| HEALTH.contains(name)) {
        let mut input = pick(new, HEALTH);
        input.insert("TargetGroupArn".into(), id.into());
        call.ask(SERVICE, "ModifyTargetGroup", Value::Object(input))?;
    }
    if differs.contains(&"TargetGroupAttributes") {
        attributes(call, id, new, "TargetGroup")?;
    }
    targets(call, id, old, new)?;
    tags(call, id, old, new)
}

const LISTENER_MEMBERS: &[&str] =
    &["AlpnPolicy", "Certificates", "MutualAuthentication", "Port", "Protocol", "SslPolicy"];

pub(super) static LISTENER: Kind = Kind {
    name: "AWS::ElasticLoadBalancingV2::Listener",
    properties: "AlpnPolicy Certificates DefaultActions* LoadBalancerArn*! MutualAuthentication Port \
                 Protocol SslPolicy",
    attributes: "ListenerArn",
    create: |call, properties| {
        let mut input = listener(properties);
        input.extend(pick(properties, &["LoadBalancerArn"]));
        let made = call.ask(SERVICE, "CreateListener", Value::Object(input))?;
        Ok(at(&made, "/Listeners/0/ListenerArn"))
    },
    update: |call, id, _, new| {
        let mut input = listener(new);
        input.insert("ListenerArn".into(), id.into());
        call.ask(SERVICE, "ModifyListener", Value::Object(input)).map(|_| ())
    },
    delete: |call, id, _| call.end(SERVICE, "DeleteListener", json!({"ListenerArn": id})),
    attribute: |_, id, _, _| Ok(id.into()),
    ..PLAIN
};

fn listener(properties: &Properties) -> Properties {
    let mut input = pick(properties, LISTENER_MEMBERS);
    input.insert("DefaultActions".into(), list(properties, "DefaultActions").into());
    input
}

pub(super) static RULE: Kind = Kind {
    name: "AWS::ElasticLoadBalancingV2::ListenerRule",
    properties: "Actions* Conditions* ListenerArn! Priority*",
    attributes: "IsDefault RuleArn",
    create: |call, properties| {
        let input = pick(properties, &["Actions", "Conditions", "ListenerArn", "Priority"]);
        let made = call.ask(SERVICE, "CreateRule", Value::Object(input))?;
        Ok(at(&made, "/Rules/0/RuleArn"))
    },
    update: |call, id, old, new| {
        if old.get("Priority") != new.get("Priority") {
            let priority = json!([{"RuleArn": id, "Priority": new.get("Priority")}]);
            call.ask(SERVICE, "SetRulePriorities", json!({"RulePriorities": priority}))?;
        }
        let mut input = pick(new, &["Actions", "Conditions"]);
        input.insert("RuleArn".into(), id.into());
        call.ask(SERVICE, "ModifyRule", Value::Object(input)).map(|_| ())
    },
    delete: |call, id, _| call.end(SERVICE, "DeleteRule", json!({"RuleArn": id})),
    attribute: |_, id, _, name| Ok(if name == "RuleArn" { id } else { "false" }.into()),
    ..PLAIN
};

/// The balancers that these properties name, for whoever stands behind one.
pub(super) fn group_arns(properties: &Properties) -> Vec<String> {
    texts(properties, "TargetGroupARNs")
}

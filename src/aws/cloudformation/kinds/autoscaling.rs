//! `AWS::AutoScaling`: groups and what they launch.

use serde_json::{Value, json};

use super::load_balancer::group_arns;
use super::{
    Call, Failure, Kind, Outcome, PLAIN, Progress, Properties, Tags, at, changed, list, pick, text,
    texts,
};

const SERVICE: &str = "autoscaling";

pub(super) static LAUNCH_CONFIGURATION: Kind = Kind {
    name: "AWS::AutoScaling::LaunchConfiguration",
    properties: "AssociatePublicIpAddress! BlockDeviceMappings! EbsOptimized! IamInstanceProfile! \
                 ImageId*! InstanceId! InstanceMonitoring! InstanceType! KernelId! KeyName! \
                 LaunchConfigurationName! MetadataOptions! PlacementTenancy! RamDiskId! \
                 SecurityGroups! SpotPrice! UserData!",
    named_by: Some("LaunchConfigurationName"),
    create: |call, properties| {
        let name = match text(properties, "LaunchConfigurationName") {
            Some(name) => name,
            None => call.name(255),
        };
        let mut input = properties.clone();
        input.insert("LaunchConfigurationName".into(), name.as_str().into());
        if let Some(on) = input.remove("InstanceMonitoring") {
            input.insert("InstanceMonitoring".into(), json!({"Enabled": on}));
        }
        call.ask(SERVICE, "CreateLaunchConfiguration", Value::Object(input))?;
        Ok(name)
    },
    delete: |call, id, _| {
        call.end(SERVICE, "DeleteLaunchConfiguration", json!({"LaunchConfigurationName": id}))
    },
    ..PLAIN
};

pub(super) static GROUP: Kind = Kind {
    name: "AWS::AutoScaling::AutoScalingGroup",
    properties: "AutoScalingGroupName! AvailabilityZones CapacityRebalance Cooldown \
                 DefaultInstanceWarmup DesiredCapacity HealthCheckGracePeriod HealthCheckType \
                 InstanceId! LaunchConfigurationName LaunchTemplate LifecycleHookSpecificationList \
                 LoadBalancerNames MaxInstanceLifetime MaxSize* MetricsCollection MinSize* \
                 MixedInstancesPolicy NewInstancesProtectedFromScaleIn PlacementGroup \
                 ServiceLinkedRoleARN Tags TargetGroupARNs TerminationPolicies VPCZoneIdentifier",
    attributes: "AutoScalingGroupARN",
    named_by: Some("AutoScalingGroupName"),
    tags: Tags::Propagated,
    makes_s: 20,
    removes_s: 30,
    create: create_group,
    update: update_group,
    delete: |call, id, _| {
        let input = json!({"AutoScalingGroupName": id, "ForceDelete": true});
        call.end(SERVICE, "DeleteAutoScalingGroup", input)
    },
    ready: ready_group,
    gone: |call, id, _| Ok(at(&group(call, id)?, "/AutoScalingGroupName").is_empty()),
    attribute: |call, id, _, _| Ok(at(&group(call, id)?, "/AutoScalingGroupARN").into()),
    ..PLAIN
};

/// What stands as one text in a request is a list in a template.
fn subnets(properties: &Properties) -> Option<(String, Value)> {
    let subnets = texts(properties, "VPCZoneIdentifier");
    (!subnets.is_empty()).then(|| ("VPCZoneIdentifier".to_owned(), subnets.join(",").into()))
}

fn members(properties: &Properties, id: &str) -> Properties {
    let names = [
        "AvailabilityZones",
        "CapacityRebalance",
        "DefaultInstanceWarmup",
        "DesiredCapacity",
        "HealthCheckGracePeriod",
        "HealthCheckType",
        "LaunchConfigurationName",
        "LaunchTemplate",
        "MaxInstanceLifetime",
        "MaxSize",
        "MinSize",
        "MixedInstancesPolicy",
        "NewInstancesProtectedFromScaleIn",
        "PlacementGroup",
        "ServiceLinkedRoleARN",
        "TerminationPolicies",
    ];
    let mut input = pick(properties, &names);
    input.insert("AutoScalingGroupName".into(), id.into());
    if let Some(cooldown) = properties.get("Cooldown") {
        input.insert("DefaultCooldown".into(), cooldown.clone());
    }
    input.extend(subnets(properties));
    input
}

fn tags(properties: &Properties, id: &str) -> Vec<Value> {
    let tag = |tag: &Value| {
        let mut tag = tag.as_object().cloned().unwrap_or_default();
        tag.insert("ResourceId".into(), id.into());
        tag.insert("ResourceType".into(), "auto-scaling-group".into());
        Value::Object(tag)
    };
    list(properties, "Tags").iter().map(tag).collect()
}

fn create_group(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let name = match text(properties, "AutoScalingGroupName") {
        Some(name) => name,
        None => call.name(255),
    };
    let mut input = members(properties, &name);
    input.extend(pick(properties, &["InstanceId", "LoadBalancerNames", "TargetGroupARNs"]));
    if let Some(hooks) = properties.get("LifecycleHookSpecificationList") {
        input.insert("LifecycleHookSpecificationList".into(), hooks.clone());
    }
    if properties.contains_key("MetricsCollection") {
        let text = "The property MetricsCollection of a group is not simulated here".to_owned();
        return Err(Failure::Plain(text));
    }
    let tags = tags(properties, &name);
    if !tags.is_empty() {
        input.insert("Tags".into(), tags.into());
    }
    call.ask(SERVICE, "CreateAutoScalingGroup", Value::Object(input))?;
    Ok(name)
}

fn group(call: &mut Call<'_>, id: &str) -> Outcome<Value> {
    let input = json!({"AutoScalingGroupNames": [id]});
    let found = call.ask(SERVICE, "DescribeAutoScalingGroups", input)?;
    Ok(found.pointer("/AutoScalingGroups/0").cloned().unwrap_or_default())
}

/// A group is there once it has as many instances as it wants, and they are in service.
fn ready_group(call: &mut Call<'_>, id: &str, _: &Properties) -> Outcome<Progress> {
    let found = group(call, id)?;
    let wanted = found.get("DesiredCapacity").and_then(Value::as_u64).unwrap_or(0);
    let instances = found.get("Instances").and_then(Value::as_array);
    let in_service =
        instances.into_iter().flatten().filter(|i| at(i, "/LifecycleState") == "InService").count();
    let enough = u64::try_from(in_service).unwrap_or(0) >= wanted;
    Ok(if enough { Progress::Ready } else { Progress::Wait })
}

fn update_group(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    let differs = changed(old, new);
    let mut input = members(new, id);
    if !differs.contains(&"DesiredCapacity") {
        // What scaling has made of it since stays.
        input.remove("DesiredCapacity");
    }
    call.ask(SERVICE, "UpdateAutoScalingGroup", Value::Object(input))?;
    if differs.contains(&"TargetGroupARNs") {
        let (was, is) = (group_arns(old), group_arns(new));
        let gone: Vec<_> = was.iter().filter(|arn| !is.contains(arn)).collect();
        let made: Vec<_> = is.iter().filter(|arn| !was.contains(arn)).collect();
        for (arns, operation) in
            [(made, "AttachLoadBalancerTargetGroups"), (gone, "DetachLoadBalancerTargetGroups")]
        {
            if !arns.is_empty() {
                let input = json!({"AutoScalingGroupName": id, "TargetGroupARNs": arns});
                call.ask(SERVICE, operation, input)?;
            }
        }
    }
    if differs.contains(&"Tags") {
        let (was, is) = (tags(old, id), tags(new, id));
        let key = |tag: &Value| at(tag, "/Key");
        let gone: Vec<&Value> =
            was.iter().filter(|tag| !is.iter().any(|other| key(tag) == key(other))).collect();
        if !gone.is_empty() {
            call.ask(SERVICE, "DeleteTags", json!({"Tags": gone}))?;
        }
        if !is.is_empty() {
            call.ask(SERVICE, "CreateOrUpdateTags", json!({"Tags": is}))?;
        }
    }
    Ok(())
}

//! `AWS::ECS`: clusters, task definitions and services.

use serde_json::{Value, json};

use super::call::{tag_changes, tag_list};
use super::{Call, Kind, Outcome, PLAIN, Progress, Properties, Tags, at, changed, text};

const SERVICE_NAME: &str = "ecs";

pub(super) static CLUSTER: Kind = Kind {
    name: "AWS::ECS::Cluster",
    properties: "CapacityProviders ClusterName! ClusterSettings Configuration \
                 DefaultCapacityProviderStrategy ServiceConnectDefaults Tags",
    attributes: "Arn",
    named_by: Some("ClusterName"),
    tags: Tags::List,
    makes_s: 5,
    create: |call, properties| {
        let name = match text(properties, "ClusterName") {
            Some(name) => name,
            None => call.name(255),
        };
        let mut input = properties.clone();
        input.insert("ClusterName".into(), name.as_str().into());
        if let Some(settings) = input.remove("ClusterSettings") {
            input.insert("Settings".into(), settings);
        }
        if input.contains_key("Tags") {
            input.insert("Tags".into(), tag_list(properties).into());
        }
        call.ask(SERVICE_NAME, "CreateCluster", Value::Object(input))?;
        Ok(name)
    },
    update: |call, id, old, new| {
        let mut input = json!({"Cluster": id});
        for (property, member) in [
            ("ClusterSettings", "Settings"),
            ("Configuration", "Configuration"),
            ("ServiceConnectDefaults", "ServiceConnectDefaults"),
        ] {
            if old.get(property) != new.get(property) {
                input[member] = new.get(property).cloned().unwrap_or_default();
            }
        }
        if input.as_object().is_some_and(|map| map.len() > 1) {
            call.ask(SERVICE_NAME, "UpdateCluster", input)?;
        }
        let arn = cluster_arn(call, id);
        tags(call, &arn, old, new)
    },
    delete: |call, id, _| call.end(SERVICE_NAME, "DeleteCluster", json!({"Cluster": id})),
    attribute: |call, id, _, _| Ok(cluster_arn(call, id).into()),
    ..PLAIN
};

fn cluster_arn(call: &Call<'_>, id: &str) -> String {
    call.place.arn("ecs", &format!("cluster/{id}"))
}

fn tags(call: &mut Call<'_>, arn: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    let (gone, set) = tag_changes(old, new);
    if !gone.is_empty() {
        let input = json!({"ResourceArn": arn, "TagKeys": gone});
        call.ask(SERVICE_NAME, "UntagResource", input)?;
    }
    if !set.is_empty() {
        call.ask(SERVICE_NAME, "TagResource", json!({"ResourceArn": arn, "Tags": set}))?;
    }
    Ok(())
}

pub(super) static TASK_DEFINITION: Kind = Kind {
    name: "AWS::ECS::TaskDefinition",
    properties: "ContainerDefinitions! Cpu! EnableFaultInjection! EphemeralStorage! ExecutionRoleArn! \
                 Family! InferenceAccelerators! IpcMode! Memory! NetworkMode! PidMode! \
                 PlacementConstraints! ProxyConfiguration! RequiresCompatibilities! RuntimePlatform! \
                 Tags TaskRoleArn! Volumes!",
    attributes: "TaskDefinitionArn",
    tags: Tags::List,
    create: |call, properties| {
        let family = match text(properties, "Family") {
            Some(family) => family,
            None => format!("{}{}", call.stack_name, call.logical),
        };
        let mut input = properties.clone();
        input.insert("Family".into(), family.into());
        if input.contains_key("Tags") {
            input.insert("Tags".into(), tag_list(properties).into());
        }
        let made = call.ask(SERVICE_NAME, "RegisterTaskDefinition", Value::Object(input))?;
        Ok(at(&made, "/taskDefinition/taskDefinitionArn"))
    },
    update: tags,
    delete: |call, id, _| {
        call.end(SERVICE_NAME, "DeregisterTaskDefinition", json!({"TaskDefinition": id}))
    },
    attribute: |_, id, _, _| Ok(id.into()),
    ..PLAIN
};

pub(super) static SERVICE: Kind = Kind {
    name: "AWS::ECS::Service",
    properties: "AvailabilityZoneRebalancing CapacityProviderStrategy Cluster! \
                 DeploymentConfiguration DeploymentController! DesiredCount EnableECSManagedTags \
                 EnableExecuteCommand HealthCheckGracePeriodSeconds LaunchType! LoadBalancers \
                 NetworkConfiguration PlacementConstraints PlacementStrategies PlatformVersion \
                 PropagateTags Role! SchedulingStrategy! ServiceConnectConfiguration ServiceName! \
                 ServiceRegistries Tags TaskDefinition",
    attributes: "Name ServiceArn",
    named_by: Some("ServiceName"),
    tags: Tags::List,
    makes_s: 10,
    removes_s: 10,
    create: create_service,
    update: update_service,
    delete: |call, id, properties| {
        let input = json!({"Cluster": properties.get("Cluster"), "Service": id, "Force": true});
        call.end(SERVICE_NAME, "DeleteService", input)
    },
    ready: |call, id, properties| {
        let found = service(call, id, properties)?;
        let deployments = found.get("deployments").and_then(Value::as_array).map_or(0, Vec::len);
        let steady = deployments == 1 && found.get("runningCount") == found.get("desiredCount");
        Ok(match at(&found, "/deployments/0/rolloutState").as_str() {
            "FAILED" => Progress::Failed(at(&found, "/deployments/0/rolloutStateReason")),
            _ if steady => Progress::Ready,
            _ => Progress::Wait,
        })
    },
    gone: |call, id, properties| match service(call, id, properties) {
        Err(failure) if failure.is_absent() => Ok(true),
        found => Ok(matches!(at(&found?, "/status").as_str(), "INACTIVE" | "")),
    },
    attribute: |call, id, properties, name| {
        if name == "ServiceArn" {
            return Ok(id.into());
        }
        Ok(at(&service(call, id, properties)?, "/serviceName").into())
    },
    ..PLAIN
};

/// Members that have another name in the operations.
fn service_input(properties: &Properties) -> Properties {
    let mut input = properties.clone();
    if let Some(strategies) = input.remove("PlacementStrategies") {
        input.insert("PlacementStrategy".into(), strategies);
    }
    input
}

fn create_service(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let name = match text(properties, "ServiceName") {
        Some(name) => name,
        None => call.name(255),
    };
    let mut input = service_input(properties);
    input.insert("ServiceName".into(), name.into());
    if input.contains_key("Tags") {
        input.insert("Tags".into(), tag_list(properties).into());
    }
    if !input.contains_key("DesiredCount") {
        input.insert("DesiredCount".into(), 1.into());
    }
    let made = call.ask(SERVICE_NAME, "CreateService", Value::Object(input))?;
    Ok(at(&made, "/service/serviceArn"))
}

fn update_service(
    call: &mut Call<'_>,
    id: &str,
    old: &Properties,
    new: &Properties,
) -> Outcome<()> {
    let differs = changed(old, new);
    let mut input = service_input(new);
    for name in
        ["DeploymentController", "LaunchType", "Role", "SchedulingStrategy", "ServiceName", "Tags"]
    {
        input.remove(name);
    }
    if !differs.contains(&"DesiredCount") {
        // What scaling has made of it since stays.
        input.remove("DesiredCount");
    }
    input.insert("Service".into(), id.into());
    if differs != ["Tags"] {
        call.ask(SERVICE_NAME, "UpdateService", Value::Object(input))?;
    }
    tags(call, id, old, new)
}

fn service(call: &mut Call<'_>, id: &str, properties: &Properties) -> Outcome<Value> {
    let input = json!({"Cluster": properties.get("Cluster"), "Services": [id]});
    let found = call.ask(SERVICE_NAME, "DescribeServices", input)?;
    Ok(found.pointer("/services/0").cloned().unwrap_or_default())
}

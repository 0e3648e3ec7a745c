//! Launching an instance, by EC2's own operation.

use serde_json::{Map, Value, json};
use sim::World;
use sim::api::{ApiError, Shaped as _};

use super::activity::{self};
use super::shapes::activity::ScalingActivityStatusCode as Status;
use super::shapes::configuration::{BlockDeviceMapping, LaunchConfiguration};
use super::shapes::group::{LaunchTemplateSpecification, LifecycleState};
use super::state::{Group, Member, Source, Spot, State, Whose, group, group_mut};
use super::{choose, role};

/// The tag by which every instance of a group is known.
pub(crate) const GROUP_TAG: &str = "aws:autoscaling:groupName";

/// What a zone lacks may be had in another.
const ELSEWHERE: &[&str] = &["InsufficientFreeAddressesInSubnet", "InsufficientInstanceCapacity"];

/// Launches one instance where it is wanted most, and says whether that was possible.
pub(crate) fn one(world: &mut World, whose: &Whose, cause: &str) -> bool {
    let Some(group) = group(world, whose) else { return false };
    let spots = choose::spots(group);
    let mut refused = None;
    for spot in spots {
        match attempt(world, whose, &spot) {
            Ok((launched, source)) => {
                begun(world, whose, cause, &spot, &launched, source);
                return true;
            }
            Err(error) => {
                let elsewhere = ELSEWHERE.contains(&error.code.as_str());
                let first = refused.is_none();
                if first {
                    refused = Some((error, spot));
                }
                if !elsewhere {
                    break;
                }
            }
        }
    }
    let Some((error, spot)) = refused else { return false };
    let description = "Launching a new EC2 instance".to_owned();
    let kind = (Status::InProgress, 0);
    if let Some(id) = activity::begin(world, whose, description, cause.to_owned(), &spot, kind) {
        let message = format!("{} Launching EC2 instance failed.", sentence(&error.message));
        activity::end(world, whose, &id, Status::Failed, Some(&message));
    }
    false
}

fn sentence(text: &str) -> String {
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

fn begun(
    world: &mut World,
    whose: &Whose,
    cause: &str,
    spot: &Spot,
    launched: &Value,
    source: Source,
) {
    let now = world.now();
    let told = |member: &str| launched[member].as_str().unwrap_or_default().to_owned();
    let id = told("InstanceId");
    let zone = launched["Placement"]["AvailabilityZone"].as_str().unwrap_or_default().to_owned();
    let shown = Spot { zone, subnet: launched["SubnetId"].as_str().map(str::to_owned) };
    let description = format!("Launching a new EC2 instance: {id}");
    let kind = (Status::InProgress, 30);
    let activity = activity::begin(world, whose, description, cause.to_owned(), &shown, kind);
    let member = Member {
        id: id.clone(),
        kind: told("InstanceType"),
        spot: spot.clone(),
        phase: LifecycleState::Pending,
        healthy: true,
        protected: group(world, whose).is_some_and(|group| group.protects),
        source,
        launched: now,
        in_service: None,
        activity,
        wait: None,
    };
    let region = world.get_mut::<State>().region_mut(&whose.place);
    region.members.insert(id.clone(), whose.group.clone());
    if let Some(group) = region.groups.get_mut(&whose.group) {
        group.members.insert(id, member);
    }
}

/// Runs an instance at a place; what EC2 says of it, and what it was launched from.
fn attempt(world: &mut World, whose: &Whose, spot: &Spot) -> Result<(Value, Source), ApiError> {
    let (input, source) = request(world, whose, spot)?;
    let mut done = role::call(world, &whose.place, "ec2", "RunInstances", input)?;
    Ok((done["Instances"][0].take(), source))
}

/// The request for an instance at a place.
///
/// # Errors
/// What the instances are launched from is not there.
fn request(world: &mut World, whose: &Whose, spot: &Spot) -> Result<(Value, Source), ApiError> {
    let missing = || super::faults::no_group(&whose.group);
    let group = group(world, whose).ok_or_else(missing)?;
    let mut input = Map::new();
    input.insert("MinCount".to_owned(), json!(1));
    input.insert("MaxCount".to_owned(), json!(1));
    input.insert("TagSpecifications".to_owned(), tags(group));
    let source = match group.launches_from() {
        Source::Configuration(name) => {
            let region = world.get::<State>().region(&whose.place);
            let found = region.and_then(|region| region.configurations.get(&name));
            let found = found.ok_or_else(|| {
                let message = format!("Launch configuration name not found - {name}");
                super::faults::validation(message)
            })?;
            from_configuration(&mut input, found, spot);
            Source::Configuration(name)
        }
        Source::Template(template) => {
            let version = version(world, whose, &template)?;
            from_template(&mut input, &version, spot);
            resolved(&version)
        }
    };
    Ok((Value::Object(input), source))
}

/// A version of a template, as an instance that was launched from it names it.
fn resolved(version: &Value) -> Source {
    let text = |member: &str| version[member].as_str().map(str::to_owned);
    Source::Template(LaunchTemplateSpecification {
        launch_template_id: text("LaunchTemplateId"),
        launch_template_name: text("LaunchTemplateName"),
        version: Some(version["VersionNumber"].as_i64().unwrap_or(1).to_string()),
    })
}

/// What an instance would name as its source that was launched from this now.
pub(crate) fn as_of_now(world: &mut World, whose: &Whose, source: &Source) -> Option<Source> {
    match source {
        Source::Configuration(_) => Some(source.clone()),
        Source::Template(template) => Some(resolved(&version(world, whose, template).ok()?)),
    }
}

/// The image that a template names, a parameter of the Systems Manager among them.
pub(crate) fn image_of(
    world: &mut World,
    whose: &Whose,
    template: &LaunchTemplateSpecification,
) -> Option<String> {
    let version = version(world, whose, template).ok()?;
    version["LaunchTemplateData"]["ImageId"].as_str().map(str::to_owned)
}

/// The version of its template that a group follows now.
fn version(
    world: &mut World,
    whose: &Whose,
    template: &LaunchTemplateSpecification,
) -> Result<Value, ApiError> {
    let text = template.version.clone().unwrap_or_else(|| "$Default".to_owned());
    let mut input = json!({"Versions": [text]});
    match &template.launch_template_id {
        Some(id) => input["LaunchTemplateId"] = json!(id),
        None => input["LaunchTemplateName"] = json!(template.launch_template_name),
    }
    let operation = "DescribeLaunchTemplateVersions";
    let mut found = role::call(world, &whose.place, "ec2", operation, input)?;
    Ok(found["LaunchTemplateVersions"][0].take())
}

/// The tags of a new instance: the group's, as far as they are to be handed on, and the group's name.
fn tags(group: &Group) -> Value {
    let handed = group.tags.iter().filter(|(_, tag)| tag.at_launch);
    let mut tags: Vec<Value> =
        handed.map(|(key, tag)| json!({"Key": key, "Value": tag.value})).collect();
    tags.push(json!({"Key": GROUP_TAG, "Value": group.name}));
    json!([{"ResourceType": "instance", "Tags": tags}])
}

fn place(input: &mut Map<String, Value>, spot: &Spot) {
    match &spot.subnet {
        Some(subnet) => input.insert("SubnetId".to_owned(), json!(subnet)),
        None => input.insert("Placement".to_owned(), json!({"AvailabilityZone": spot.zone})),
    };
}

fn from_template(input: &mut Map<String, Value>, version: &Value, spot: &Spot) {
    let specified = json!({
        "LaunchTemplateId": version["LaunchTemplateId"],
        "Version": version["VersionNumber"].as_i64().unwrap_or(1).to_string(),
    });
    input.insert("LaunchTemplate".to_owned(), specified);
    let interfaces = version["LaunchTemplateData"]["NetworkInterfaces"].as_array();
    match (interfaces.filter(|list| !list.is_empty()), &spot.subnet) {
        // What a template says of its network interface keeps a subnet from being named beside it.
        (Some(interfaces), Some(subnet)) => {
            let mut interfaces = interfaces.clone();
            if let Some(first) = interfaces.first_mut().and_then(Value::as_object_mut) {
                first.insert("SubnetId".to_owned(), json!(subnet));
            }
            input.insert("NetworkInterfaces".to_owned(), Value::Array(interfaces));
        }
        _ => place(input, spot),
    }
}

fn from_configuration(input: &mut Map<String, Value>, from: &LaunchConfiguration, spot: &Spot) {
    let mut put = |name: &str, value: Value| input.insert(name.to_owned(), value);
    put("ImageId", json!(from.image_id));
    put("InstanceType", json!(from.instance_type));
    put("EbsOptimized", json!(from.ebs_optimized));
    // What nobody says is on (API reference, `CreateLaunchConfiguration`).
    let monitored = from.instance_monitoring.as_ref().and_then(|m| m.enabled).unwrap_or(true);
    put("Monitoring", json!({"Enabled": monitored}));
    if !from.key_name.is_empty() {
        put("KeyName", json!(from.key_name));
    }
    if !from.user_data.is_empty() {
        put("UserData", json!(from.user_data));
    }
    if let Some(profile) = &from.iam_instance_profile {
        let member = if profile.starts_with("arn:") { "Arn" } else { "Name" };
        put("IamInstanceProfile", json!({member: profile}));
    }
    if !from.block_device_mappings.is_empty() {
        let devices = from.block_device_mappings.iter().map(|device| device_of(device.clone()));
        put("BlockDeviceMappings", Value::Array(devices.collect()));
    }
    match from.associate_public_ip_address {
        None => {
            if !from.security_groups.is_empty() {
                put("SecurityGroupIds", json!(from.security_groups));
            }
            place(input, spot);
        }
        Some(public) => {
            let mut interface = json!({"DeviceIndex": 0, "AssociatePublicIpAddress": public,
                "Groups": from.security_groups});
            match &spot.subnet {
                Some(subnet) => interface["SubnetId"] = json!(subnet),
                None => {
                    put("Placement", json!({"AvailabilityZone": spot.zone}));
                }
            }
            put("NetworkInterfaces", json!([interface]));
        }
    }
}

fn device_of(device: BlockDeviceMapping) -> Value {
    device.into_value()
}

/// Asks EC2 whether it would launch, as the caller may: a group whose instances could never be launched
/// is refused.
pub(crate) fn would(
    world: &mut World,
    cx: &sim::Cx<'_>,
    template: &LaunchTemplateSpecification,
) -> Result<(), ApiError> {
    let mut specified = json!({"Version": template.version});
    match &template.launch_template_id {
        Some(id) => specified["LaunchTemplateId"] = json!(id),
        None => specified["LaunchTemplateName"] = json!(template.launch_template_name),
    }
    let input = json!({"LaunchTemplate": specified, "MinCount": 1, "MaxCount": 1, "DryRun": true});
    match world.call(cx, "ec2", "RunInstances", input) {
        Err(error) if error.code != "DryRunOperation" => {
            let message =
                format!("You must use a valid fully-formed launch template. {}", error.message);
            Err(super::faults::validation(message))
        }
        _ => Ok(()),
    }
}

/// Forgets an instance that is gone from the group.
pub(crate) fn forget(world: &mut World, whose: &Whose, instance: &str) {
    let region = world.get_mut::<State>().region_mut(&whose.place);
    region.members.remove(instance);
    if let Some(group) = group_mut(world, whose) {
        group.members.remove(instance);
    }
}

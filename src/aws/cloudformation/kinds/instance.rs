//! `AWS::EC2::Instance`

use serde_json::{Map, Value, json};

use super::call::{ec2_specification, ec2_tags};
use super::{
    Call, Failure, Kind, Outcome, PLAIN, Progress, Properties, Tags, at, changed, flag, list, pick,
    text, texts,
};

pub(super) static INSTANCE: Kind = Kind {
    name: "AWS::EC2::Instance",
    properties: "AvailabilityZone! BlockDeviceMappings! CpuOptions! CreditSpecification \
                 DisableApiTermination EbsOptimized EnclaveOptions! HibernationOptions! \
                 IamInstanceProfile ImageId! InstanceInitiatedShutdownBehavior InstanceType KeyName! \
                 LaunchTemplate! LicenseSpecifications! MetadataOptions Monitoring NetworkInterfaces! \
                 PrivateIpAddress! SecurityGroupIds SecurityGroups! SourceDestCheck SubnetId! Tags \
                 Tenancy! UserData",
    attributes: "AvailabilityZone InstanceId PrivateDnsName PrivateIp PublicDnsName PublicIp VpcId \
                 State.Code State.Name",
    tags: Tags::List,
    makes_s: 15,
    removes_s: 30,
    create,
    update,
    delete: |call, id, _| call.end("ec2", "TerminateInstances", json!({"InstanceIds": [id]})),
    ready,
    gone: |call, id, _| match described(call, id) {
        Err(failure) if failure.is_absent() => Ok(true),
        found => Ok(matches!(at(&found?, "/State/Name").as_str(), "terminated" | "")),
    },
    attribute,
    ..PLAIN
};

/// Members of the operation that stand in a template as they do there.
const MEMBERS: &[&str] = &[
    "BlockDeviceMappings",
    "CpuOptions",
    "CreditSpecification",
    "DisableApiTermination",
    "EbsOptimized",
    "EnclaveOptions",
    "HibernationOptions",
    "ImageId",
    "InstanceInitiatedShutdownBehavior",
    "InstanceType",
    "KeyName",
    "LaunchTemplate",
    "LicenseSpecifications",
    "MetadataOptions",
    "PrivateIpAddress",
    "SecurityGroupIds",
    "SecurityGroups",
    "SubnetId",
    "UserData",
];

fn create(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let mut input = pick(properties, MEMBERS);
    let placement = [("AvailabilityZone", "AvailabilityZone"), ("Tenancy", "Tenancy")];
    let placement: Map<String, Value> = placement
        .iter()
        .filter_map(|(name, member)| Some(((*member).to_owned(), properties.get(*name)?.clone())))
        .collect();
    if !placement.is_empty() {
        input.insert("Placement".into(), placement.into());
    }
    if let Some(profile) = properties.get("IamInstanceProfile") {
        input.insert("IamInstanceProfile".into(), json!({"Name": profile}));
    }
    if let Some(monitoring) = properties.get("Monitoring") {
        input.insert("Monitoring".into(), json!({"Enabled": monitoring}));
    }
    let interfaces: Vec<Value> =
        list(properties, "NetworkInterfaces").iter().map(interface).collect();
    if !interfaces.is_empty() {
        input.insert("NetworkInterfaces".into(), interfaces.into());
    }
    input.insert("MinCount".into(), 1.into());
    input.insert("MaxCount".into(), 1.into());
    input.insert("TagSpecifications".into(), ec2_specification(properties, "instance"));
    let made = call.ask("ec2", "RunInstances", Value::Object(input))?;
    let id = at(&made, "/Instances/0/InstanceId");
    call.made = Some(id.clone());
    if let Some(check) = flag(properties, "SourceDestCheck").filter(|check| !check) {
        attribute_of(call, &id, "SourceDestCheck", check.into())?;
    }
    Ok(id)
}

fn interface(given: &Value) -> Value {
    let mut done = given.as_object().cloned().unwrap_or_default();
    if let Some(groups) = done.remove("GroupSet") {
        done.insert("Groups".into(), groups);
    }
    Value::Object(done)
}

#[allow(clippy::needless_pass_by_value, reason = "callers have no other use for it")]
fn attribute_of(call: &mut Call<'_>, id: &str, name: &str, value: Value) -> Outcome<()> {
    let input = json!({"InstanceId": id, name: {"Value": value}});
    call.ask("ec2", "ModifyInstanceAttribute", input).map(|_| ())
}

/// What can be changed while it runs is; for the rest it is stopped, changed ([`ready`]) and started.
fn update(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    let mut stops = false;
    for name in changed(old, new) {
        match name {
            "InstanceType" | "UserData" | "EbsOptimized" => stops = true,
            "DisableApiTermination" => {
                let value = flag(new, name).unwrap_or(false);
                attribute_of(call, id, name, value.into())?;
            }
            "SourceDestCheck" => {
                let value = flag(new, name).unwrap_or(true);
                attribute_of(call, id, name, value.into())?;
            }
            "InstanceInitiatedShutdownBehavior" => {
                let value = text(new, name).unwrap_or_else(|| "stop".to_owned());
                attribute_of(call, id, name, value.into())?;
            }
            "SecurityGroupIds" => {
                let input = json!({"InstanceId": id, "Groups": texts(new, name)});
                call.ask("ec2", "ModifyInstanceAttribute", input)?;
            }
            "Tags" => ec2_tags(call, id, old, new)?,
            name => {
                let text = format!("The property {name} of an instance cannot be changed here");
                return Err(Failure::Plain(text));
            }
        }
    }
    if stops {
        call.ask("ec2", "StopInstances", json!({"InstanceIds": [id]}))?;
    }
    Ok(())
}

fn described(call: &mut Call<'_>, id: &str) -> Outcome<Value> {
    let found = call.ask("ec2", "DescribeInstances", json!({"InstanceIds": [id]}))?;
    Ok(found.pointer("/Reservations/0/Instances/0").cloned().unwrap_or_default())
}

fn ready(call: &mut Call<'_>, id: &str, properties: &Properties) -> Outcome<Progress> {
    let found = described(call, id)?;
    match at(&found, "/State/Name").as_str() {
        "running" => Ok(Progress::Ready),
        "stopped" => {
            if let Some(kind) = text(properties, "InstanceType")
                && kind != at(&found, "/InstanceType")
            {
                attribute_of(call, id, "InstanceType", kind.into())?;
            }
            if let Some(data) = properties.get("UserData") {
                attribute_of(call, id, "UserData", data.clone())?;
            }
            if let Some(optimized) = flag(properties, "EbsOptimized") {
                attribute_of(call, id, "EbsOptimized", optimized.into())?;
            }
            call.ask("ec2", "StartInstances", json!({"InstanceIds": [id]}))?;
            Ok(Progress::Wait)
        }
        "pending" | "stopping" => Ok(Progress::Wait),
        state => Ok(Progress::Failed(format!("Instance {id} did not stabilize: it is {state}"))),
    }
}

fn attribute(call: &mut Call<'_>, id: &str, _: &Properties, name: &str) -> Outcome<Value> {
    let found = described(call, id)?;
    let pointer = match name {
        "AvailabilityZone" => "/Placement/AvailabilityZone",
        "PrivateIp" => "/PrivateIpAddress",
        "PublicIp" => "/PublicIpAddress",
        "InstanceId" => "/InstanceId",
        "PrivateDnsName" => "/PrivateDnsName",
        "PublicDnsName" => "/PublicDnsName",
        "State.Code" => "/State/Code",
        "State.Name" => "/State/Name",
        _ => "/VpcId",
    };
    Ok(at(&found, pointer).into())
}

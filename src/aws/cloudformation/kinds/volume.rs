//! `AWS::EC2::Volume` and its attachment to an instance.

use serde_json::{Value, json};

use super::call::{ec2_specification, ec2_tags};
use super::{
    Call, Failure, Kind, Outcome, PLAIN, Progress, Properties, Tags, at, changed, pick, text,
};

const MEMBERS: &[&str] = &[
    "AvailabilityZone",
    "AvailabilityZoneId",
    "Encrypted",
    "Iops",
    "KmsKeyId",
    "MultiAttachEnabled",
    "OutpostArn",
    "Size",
    "SnapshotId",
    "Throughput",
    "VolumeType",
];

pub(super) static VOLUME: Kind = Kind {
    name: "AWS::EC2::Volume",
    properties: "AvailabilityZone! AvailabilityZoneId! Encrypted! Iops KmsKeyId! MultiAttachEnabled \
                 OutpostArn! Size SnapshotId! Tags Throughput VolumeType",
    attributes: "VolumeId",
    tags: Tags::List,
    makes_s: 5,
    removes_s: 5,
    create: |call, properties| {
        let mut input = pick(properties, MEMBERS);
        input.insert("TagSpecifications".into(), ec2_specification(properties, "volume"));
        let made = call.ask("ec2", "CreateVolume", Value::Object(input))?;
        Ok(at(&made, "/VolumeId"))
    },
    update: |call, id, old, new| {
        if changed(old, new) != ["Tags"] {
            let text = "A volume's size and type cannot be changed here";
            return Err(Failure::Plain(text.to_owned()));
        }
        ec2_tags(call, id, old, new)
    },
    delete: |call, id, _| call.end("ec2", "DeleteVolume", json!({"VolumeId": id})),
    ready: |call, id, _| {
        let found = described(call, id)?;
        Ok(match at(&found, "/State").as_str() {
            "creating" => Progress::Wait,
            "error" => Progress::Failed(format!("Volume {id} is in the state error")),
            _ => Progress::Ready,
        })
    },
    gone: |call, id, _| match described(call, id) {
        Err(failure) if failure.is_absent() => Ok(true),
        found => Ok(at(&found?, "/State").is_empty()),
    },
    attribute: |_, id, _, _| Ok(id.into()),
    ..PLAIN
};

fn described(call: &mut Call<'_>, id: &str) -> Outcome<Value> {
    let found = call.ask("ec2", "DescribeVolumes", json!({"VolumeIds": [id]}))?;
    Ok(found.pointer("/Volumes/0").cloned().unwrap_or_default())
}

pub(super) static ATTACHMENT: Kind = Kind {
    name: "AWS::EC2::VolumeAttachment",
    properties: "Device! InstanceId*! VolumeId*!",
    makes_s: 3,
    removes_s: 5,
    create: |call, properties| {
        let input = pick(properties, &["Device", "InstanceId", "VolumeId"]);
        call.ask("ec2", "AttachVolume", Value::Object(input))?;
        let part = |name| text(properties, name).unwrap_or_default();
        Ok(format!("{}|{}", part("VolumeId"), part("InstanceId")))
    },
    delete: |call, _, properties| {
        let input = pick(properties, &["InstanceId", "VolumeId"]);
        match call.ask("ec2", "DetachVolume", Value::Object(input)) {
            Err(Failure::Refused(_, error)) if error.code == "IncorrectState" => Ok(()),
            Err(failure) if !failure.is_absent() => Err(failure),
            _ => Ok(()),
        }
    },
    ready: |call, _, properties| {
        let attached = state(call, properties)? == "attached";
        Ok(if attached { Progress::Ready } else { Progress::Wait })
    },
    gone: |call, _, properties| match state(call, properties) {
        Err(failure) if failure.is_absent() => Ok(true),
        state => Ok(state?.is_empty()),
    },
    ..PLAIN
};

fn state(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let found = described(call, &text(properties, "VolumeId").unwrap_or_default())?;
    Ok(at(&found, "/Attachments/0/State"))
}

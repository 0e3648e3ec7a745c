//! `AWS::EC2::InternetGateway`, its attachment, and `AWS::EC2::NatGateway`.

use serde_json::{Value, json};

use super::call::{ec2_specification, ec2_tags};
use super::{Call, Kind, Outcome, PLAIN, Progress, Properties, Tags, at, pick, text};

pub(super) static INTERNET: Kind = Kind {
    name: "AWS::EC2::InternetGateway",
    properties: "Tags",
    attributes: "InternetGatewayId",
    tags: Tags::List,
    // It is seen to take a quarter of a minute.
    makes_s: 15,
    create: |call, properties| {
        let tags = ec2_specification(properties, "internet-gateway");
        let made = call.ask("ec2", "CreateInternetGateway", json!({"TagSpecifications": tags}))?;
        Ok(at(&made, "/InternetGateway/InternetGatewayId"))
    },
    update: ec2_tags,
    delete: |call, id, _| {
        call.end("ec2", "DeleteInternetGateway", json!({"InternetGatewayId": id}))
    },
    attribute: |_, id, _, _| Ok(id.into()),
    ..PLAIN
};

pub(super) static ATTACHMENT: Kind = Kind {
    name: "AWS::EC2::VPCGatewayAttachment",
    properties: "InternetGatewayId* VpcId*!",
    attributes: "AttachmentType",
    makes_s: 15,
    create: |call, properties| {
        attach(call, properties)?;
        Ok(format!("IGW|{}", text(properties, "VpcId").unwrap_or_default()))
    },
    update: |call, _, old, new| {
        detach(call, old)?;
        attach(call, new)
    },
    delete: |call, _, properties| detach(call, properties),
    attribute: |_, _, _, _| Ok("IGW".into()),
    ..PLAIN
};

fn attach(call: &mut Call<'_>, properties: &Properties) -> Outcome<()> {
    let input = pick(properties, &["InternetGatewayId", "VpcId"]);
    call.ask("ec2", "AttachInternetGateway", Value::Object(input)).map(|_| ())
}

fn detach(call: &mut Call<'_>, properties: &Properties) -> Outcome<()> {
    let input = Value::Object(pick(properties, &["InternetGatewayId", "VpcId"]));
    match call.ask("ec2", "DetachInternetGateway", input) {
        Err(super::Failure::Refused(_, error)) if error.code == "Gateway.NotAttached" => Ok(()),
        Err(failure) if !failure.is_absent() => Err(failure),
        _ => Ok(()),
    }
}

pub(super) static NAT: Kind = Kind {
    name: "AWS::EC2::NatGateway",
    properties: "AllocationId! ConnectivityType! SubnetId*! Tags",
    attributes: "NatGatewayId",
    tags: Tags::List,
    makes_s: 10,
    removes_s: 10,
    create: |call, properties| {
        let mut input = pick(properties, &["AllocationId", "ConnectivityType", "SubnetId"]);
        input.insert("TagSpecifications".into(), ec2_specification(properties, "natgateway"));
        let made = call.ask("ec2", "CreateNatGateway", Value::Object(input))?;
        Ok(at(&made, "/NatGateway/NatGatewayId"))
    },
    update: ec2_tags,
    delete: |call, id, _| call.end("ec2", "DeleteNatGateway", json!({"NatGatewayId": id})),
    ready: |call, id, _| {
        let found = described(call, id)?;
        Ok(match at(&found, "/State").as_str() {
            "available" => Progress::Ready,
            "pending" => Progress::Wait,
            _ => Progress::Failed(at(&found, "/FailureMessage")),
        })
    },
    gone: |call, id, _| match described(call, id) {
        Err(failure) if failure.is_absent() => Ok(true),
        found => Ok(matches!(at(&found?, "/State").as_str(), "deleted" | "")),
    },
    attribute: |_, id, _, _| Ok(id.into()),
    ..PLAIN
};

fn described(call: &mut Call<'_>, id: &str) -> Outcome<Value> {
    let found = call.ask("ec2", "DescribeNatGateways", json!({"NatGatewayIds": [id]}))?;
    Ok(found.pointer("/NatGateways/0").cloned().unwrap_or_default())
}

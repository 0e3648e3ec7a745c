//! `AWS::EC2::NetworkAcl` and its entries.

use serde_json::{Map, Value, json};

use super::call::{ec2_specification, ec2_tags};
use super::{Call, Kind, Outcome, PLAIN, Properties, Tags, at, flag, pick, text};

pub(super) static ACL: Kind = Kind {
    name: "AWS::EC2::NetworkAcl",
    properties: "Tags VpcId*!",
    attributes: "Id",
    tags: Tags::List,
    makes_s: 3,
    create: |call, properties| {
        let mut input = pick(properties, &["VpcId"]);
        input.insert("TagSpecifications".into(), ec2_specification(properties, "network-acl"));
        let made = call.ask("ec2", "CreateNetworkAcl", Value::Object(input))?;
        Ok(at(&made, "/NetworkAcl/NetworkAclId"))
    },
    update: ec2_tags,
    delete: |call, id, _| call.end("ec2", "DeleteNetworkAcl", json!({"NetworkAclId": id})),
    attribute: |_, id, _, _| Ok(id.into()),
    ..PLAIN
};

pub(super) static ENTRY: Kind = Kind {
    name: "AWS::EC2::NetworkAclEntry",
    properties: "CidrBlock Egress! Icmp Ipv6CidrBlock NetworkAclId*! PortRange Protocol* RuleAction* \
                 RuleNumber*!",
    attributes: "Id",
    create: |call, properties| {
        call.ask("ec2", "CreateNetworkAclEntry", entry(properties))?;
        let part = |name| text(properties, name).unwrap_or_default();
        let way = if flag(properties, "Egress").unwrap_or(false) { "egress" } else { "ingress" };
        Ok(format!("{}|{}|{way}", part("NetworkAclId"), part("RuleNumber")))
    },
    update: |call, _, _, new| change(call, new),
    delete: |call, _, properties| {
        let mut input = pick(properties, &["NetworkAclId", "RuleNumber"]);
        input.insert("Egress".into(), flag(properties, "Egress").unwrap_or(false).into());
        call.end("ec2", "DeleteNetworkAclEntry", Value::Object(input))
    },
    attribute: |_, id, _, _| Ok(id.into()),
    ..PLAIN
};

fn change(call: &mut Call<'_>, properties: &Properties) -> Outcome<()> {
    call.ask("ec2", "ReplaceNetworkAclEntry", entry(properties)).map(|_| ())
}

fn entry(properties: &Properties) -> Value {
    let mut input = pick(
        properties,
        &[
            "CidrBlock",
            "Ipv6CidrBlock",
            "NetworkAclId",
            "PortRange",
            "Protocol",
            "RuleAction",
            "RuleNumber",
        ],
    );
    input.insert("Egress".into(), flag(properties, "Egress").unwrap_or(false).into());
    if let Some(icmp) = properties.get("Icmp") {
        let icmp = Map::from_iter([("IcmpTypeCode".to_owned(), icmp.clone())]);
        input.extend(icmp);
    }
    Value::Object(input)
}

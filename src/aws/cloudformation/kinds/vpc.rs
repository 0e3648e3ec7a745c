//! `AWS::EC2::VPC`

use serde_json::{Value, json};

use super::call::{ec2_specification, ec2_tags};
use super::{Call, Kind, Outcome, PLAIN, Progress, Properties, Tags, at, flag, text};

pub(super) static VPC: Kind = Kind {
    name: "AWS::EC2::VPC",
    properties: "CidrBlock*! EnableDnsHostnames EnableDnsSupport InstanceTenancy! Tags",
    attributes: "CidrBlock CidrBlockAssociations DefaultNetworkAcl DefaultSecurityGroup VpcId",
    tags: Tags::List,
    // It is seen to take about ten seconds.
    makes_s: 10,
    create,
    update,
    delete: |call, id, _| call.end("ec2", "DeleteVpc", json!({"VpcId": id})),
    ready,
    attribute,
    ..PLAIN
};

fn create(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let made = call.ask(
        "ec2",
        "CreateVpc",
        json!({
            "CidrBlock": properties.get("CidrBlock"),
            "InstanceTenancy": properties.get("InstanceTenancy"),
            "TagSpecifications": ec2_specification(properties, "vpc"),
        }),
    )?;
    let id = at(&made, "/Vpc/VpcId");
    call.made = Some(id.clone());
    dns(call, &id, &Properties::new(), properties)?;
    Ok(id)
}

/// Each request may change one attribute.
fn dns(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    for (name, usual) in [("EnableDnsSupport", true), ("EnableDnsHostnames", false)] {
        let (was, is) = (flag(old, name).unwrap_or(usual), flag(new, name).unwrap_or(usual));
        if was != is {
            let input = json!({"VpcId": id, name: {"Value": is}});
            call.ask("ec2", "ModifyVpcAttribute", input)?;
        }
    }
    Ok(())
}

fn update(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    dns(call, id, old, new)?;
    ec2_tags(call, id, old, new)
}

fn ready(call: &mut Call<'_>, id: &str, _: &Properties) -> Outcome<Progress> {
    let found = call.ask("ec2", "DescribeVpcs", json!({"VpcIds": [id]}))?;
    let available = at(&found, "/Vpcs/0/State") == "available";
    Ok(if available { Progress::Ready } else { Progress::Wait })
}

fn attribute(call: &mut Call<'_>, id: &str, own: &Properties, name: &str) -> Outcome<Value> {
    let filters = json!([{"Name": "vpc-id", "Values": [id]}]);
    let pointer = match name {
        "VpcId" => return Ok(id.into()),
        "CidrBlock" => return Ok(text(own, "CidrBlock").into()),
        "DefaultSecurityGroup" => {
            let filters = json!([
                {"Name": "vpc-id", "Values": [id]}, {"Name": "group-name", "Values": ["default"]}
            ]);
            let found = call.ask("ec2", "DescribeSecurityGroups", json!({"Filters": filters}))?;
            return Ok(at(&found, "/SecurityGroups/0/GroupId").into());
        }
        "DefaultNetworkAcl" => {
            let filters = json!([
                {"Name": "vpc-id", "Values": [id]}, {"Name": "default", "Values": ["true"]}
            ]);
            let found = call.ask("ec2", "DescribeNetworkAcls", json!({"Filters": filters}))?;
            return Ok(at(&found, "/NetworkAcls/0/NetworkAclId").into());
        }
        _ => "/Vpcs/0/CidrBlockAssociationSet",
    };
    let found = call.ask("ec2", "DescribeVpcs", json!({"Filters": filters}))?;
    let sets = found.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(sets.iter().map(|set| Value::from(at(set, "/AssociationId"))).collect())
}

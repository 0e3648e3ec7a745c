//! `AWS::EC2::Subnet` and the network ACL that one has.

use serde_json::{Value, json};

use super::call::{ec2_specification, ec2_tags};
use super::{
    Call, Failure, Kind, Outcome, PLAIN, Progress, Properties, Tags, at, flag, pick, text,
};

pub(super) static SUBNET: Kind = Kind {
    name: "AWS::EC2::Subnet",
    properties: "AvailabilityZone! AvailabilityZoneId! CidrBlock*! MapPublicIpOnLaunch Tags VpcId*!",
    attributes: "AvailabilityZone AvailabilityZoneId CidrBlock NetworkAclAssociationId SubnetId VpcId",
    tags: Tags::List,
    makes_s: 3,
    create,
    update,
    delete: |call, id, _| call.end("ec2", "DeleteSubnet", json!({"SubnetId": id})),
    ready,
    attribute,
    ..PLAIN
};

fn create(call: &mut Call<'_>, properties: &Properties) -> Outcome<String> {
    let mut input =
        pick(properties, &["AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "VpcId"]);
    input.insert("TagSpecifications".into(), ec2_specification(properties, "subnet"));
    let made = call.ask("ec2", "CreateSubnet", Value::Object(input))?;
    let id = at(&made, "/Subnet/SubnetId");
    call.made = Some(id.clone());
    public(call, &id, &Properties::new(), properties)?;
    Ok(id)
}

fn public(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    const NAME: &str = "MapPublicIpOnLaunch";
    let (was, is) = (flag(old, NAME).unwrap_or(false), flag(new, NAME).unwrap_or(false));
    if was != is {
        let input = json!({"SubnetId": id, NAME: {"Value": is}});
        call.ask("ec2", "ModifySubnetAttribute", input)?;
    }
    Ok(())
}

fn update(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    public(call, id, old, new)?;
    ec2_tags(call, id, old, new)
}

fn described(call: &mut Call<'_>, id: &str) -> Outcome<Value> {
    let found = call.ask("ec2", "DescribeSubnets", json!({"SubnetIds": [id]}))?;
    Ok(found.pointer("/Subnets/0").cloned().unwrap_or_default())
}

fn ready(call: &mut Call<'_>, id: &str, _: &Properties) -> Outcome<Progress> {
    let available = at(&described(call, id)?, "/State") == "available";
    Ok(if available { Progress::Ready } else { Progress::Wait })
}

fn attribute(call: &mut Call<'_>, id: &str, _: &Properties, name: &str) -> Outcome<Value> {
    if name == "NetworkAclAssociationId" {
        return Ok(association(call, id)?.0.into());
    }
    Ok(at(&described(call, id)?, &format!("/{name}")).into())
}

/// The association of a subnet with its network ACL, and that ACL.
fn association(call: &mut Call<'_>, subnet: &str) -> Outcome<(String, String)> {
    let filters = json!([{"Name": "association.subnet-id", "Values": [subnet]}]);
    let found = call.ask("ec2", "DescribeNetworkAcls", json!({"Filters": filters}))?;
    let all = found.pointer("/NetworkAcls/0/Associations").and_then(Value::as_array);
    let own = all.into_iter().flatten().find(|one| at(one, "/SubnetId") == subnet);
    let own = own.ok_or_else(|| {
        Failure::Plain(format!("The subnet {subnet} has no network ACL, or does not exist"))
    })?;
    Ok((at(own, "/NetworkAclAssociationId"), at(own, "/NetworkAclId")))
}

pub(super) static ACL_ASSOCIATION: Kind = Kind {
    name: "AWS::EC2::SubnetNetworkAclAssociation",
    properties: "NetworkAclId*! SubnetId*!",
    attributes: "AssociationId",
    create: |call, properties| {
        let subnet = text(properties, "SubnetId").unwrap_or_default();
        associate(call, &subnet, &text(properties, "NetworkAclId").unwrap_or_default())
    },
    delete: back_to_default,
    attribute: |_, id, _, _| Ok(id.into()),
    ..PLAIN
};

fn associate(call: &mut Call<'_>, subnet: &str, acl: &str) -> Outcome<String> {
    let (old, _) = association(call, subnet)?;
    let input = json!({"AssociationId": old, "NetworkAclId": acl});
    let done = call.ask("ec2", "ReplaceNetworkAclAssociation", input)?;
    Ok(at(&done, "/NewAssociationId"))
}

/// A subnet always has one, so the network's own takes its place.
fn back_to_default(call: &mut Call<'_>, id: &str, properties: &Properties) -> Outcome<()> {
    let subnet = text(properties, "SubnetId").unwrap_or_default();
    let Ok((own, _)) = association(call, &subnet) else { return Ok(()) };
    if own != id {
        return Ok(());
    }
    let vpc = at(&described(call, &subnet)?, "/VpcId");
    let filters =
        json!([{"Name": "vpc-id", "Values": [vpc]}, {"Name": "default", "Values": ["true"]}]);
    let found = call.ask("ec2", "DescribeNetworkAcls", json!({"Filters": filters}))?;
    associate(call, &subnet, &at(&found, "/NetworkAcls/0/NetworkAclId")).map(|_| ())
}

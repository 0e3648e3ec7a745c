//! `AWS::EC2::RouteTable`, its routes and the subnets that have it.

use serde_json::{Value, json};

use super::call::{ec2_specification, ec2_tags};
use super::{Call, Kind, Outcome, PLAIN, Properties, Tags, at, pick, text};

pub(super) static TABLE: Kind = Kind {
    name: "AWS::EC2::RouteTable",
    properties: "Tags VpcId*!",
    attributes: "RouteTableId",
    tags: Tags::List,
    makes_s: 10,
    create: |call, properties| {
        let mut input = pick(properties, &["VpcId"]);
        input.insert("TagSpecifications".into(), ec2_specification(properties, "route-table"));
        let made = call.ask("ec2", "CreateRouteTable", Value::Object(input))?;
        Ok(at(&made, "/RouteTable/RouteTableId"))
    },
    update: ec2_tags,
    delete: |call, id, _| call.end("ec2", "DeleteRouteTable", json!({"RouteTableId": id})),
    attribute: |_, id, _, _| Ok(id.into()),
    ..PLAIN
};

const ROUTE_MEMBERS: &[&str] = &[
    "RouteTableId",
    "DestinationCidrBlock",
    "GatewayId",
    "InstanceId",
    "NatGatewayId",
    "NetworkInterfaceId",
    "DestinationIpv6CidrBlock",
    "EgressOnlyInternetGatewayId",
    "DestinationPrefixListId",
    "VpcPeeringConnectionId",
    "TransitGatewayId",
    "VpcEndpointId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "CoreNetworkArn",
];

pub(super) static ROUTE: Kind = Kind {
    name: "AWS::EC2::Route",
    properties: "RouteTableId*! DestinationCidrBlock! GatewayId InstanceId NatGatewayId \
                 NetworkInterfaceId DestinationIpv6CidrBlock! EgressOnlyInternetGatewayId \
                 DestinationPrefixListId! VpcPeeringConnectionId TransitGatewayId VpcEndpointId \
                 LocalGatewayId CarrierGatewayId CoreNetworkArn",
    attributes: "CidrBlock",
    create: |call, properties| {
        call.ask("ec2", "CreateRoute", Value::Object(pick(properties, ROUTE_MEMBERS)))?;
        let part = |name| text(properties, name).unwrap_or_default();
        Ok(format!("{}|{}", part("RouteTableId"), part("DestinationCidrBlock")))
    },
    update: |call, _, _, new| {
        call.ask("ec2", "ReplaceRoute", Value::Object(pick(new, ROUTE_MEMBERS))).map(|_| ())
    },
    delete: |call, _, properties| {
        let input = pick(properties, &["RouteTableId", "DestinationCidrBlock"]);
        call.end("ec2", "DeleteRoute", Value::Object(input))
    },
    attribute: |_, _, own, _| Ok(text(own, "DestinationCidrBlock").into()),
    ..PLAIN
};

pub(super) static ASSOCIATION: Kind = Kind {
    name: "AWS::EC2::SubnetRouteTableAssociation",
    properties: "RouteTableId* SubnetId*!",
    attributes: "Id",
    create: |call, properties| {
        let input = pick(properties, &["RouteTableId", "SubnetId"]);
        let made = call.ask("ec2", "AssociateRouteTable", Value::Object(input))?;
        Ok(at(&made, "/AssociationId"))
    },
    update: reassociate,
    delete: |call, _, properties| match current(call, properties)? {
        Some(id) => call.end("ec2", "DisassociateRouteTable", json!({"AssociationId": id})),
        None => Ok(()),
    },
    attribute: |_, id, _, _| Ok(id.into()),
    ..PLAIN
};

/// The association's id changes with its table, so it is looked up.
fn current(call: &mut Call<'_>, properties: &Properties) -> Outcome<Option<String>> {
    let subnet = text(properties, "SubnetId").unwrap_or_default();
    let filters = json!([{"Name": "association.subnet-id", "Values": [subnet]}]);
    let found = call.ask("ec2", "DescribeRouteTables", json!({"Filters": filters}))?;
    let all = found.pointer("/RouteTables/0/Associations").and_then(Value::as_array);
    let own = all.into_iter().flatten().find(|one| at(one, "/SubnetId") == subnet);
    Ok(own.map(|own| at(own, "/RouteTableAssociationId")))
}

fn reassociate(call: &mut Call<'_>, id: &str, old: &Properties, new: &Properties) -> Outcome<()> {
    let association = current(call, old)?.unwrap_or_else(|| id.to_owned());
    let table = text(new, "RouteTableId");
    let input = json!({"AssociationId": association, "RouteTableId": table});
    call.ask("ec2", "ReplaceRouteTableAssociation", input).map(|_| ())
}

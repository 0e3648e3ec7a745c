//! The routes in route tables.

use super::super::cidr::Cidr;
use super::super::error::{combination, invalid, missing, refuse};
use super::super::filter::Dry;
use super::super::ids::Kind;
use super::super::limits::ROUTES_PER_TABLE;
use super::super::region::Region;
use super::super::shapes::address::NatGateway;
use super::super::shapes::interface::NetworkInterface;
use super::super::shapes::network::InternetGateway;
use super::super::shapes::route::{Route, RouteTable};
use super::super::state::change;
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

/// Where a route leads, as requests say it.
struct Target<'a> {
    gateway: Option<&'a str>,
    nat: Option<&'a str>,
    instance: Option<&'a str>,
    interface: Option<&'a str>,
}

/// The block that a route is for.
fn destination(text: Option<&str>) -> Result<Cidr, ApiError> {
    let text = text.ok_or_else(|| missing("destinationCidrBlock"))?;
    Cidr::read(text, "destinationCidrBlock")
}

/// A route to a target that there is.
fn route(
    region: &Region,
    table: &RouteTable,
    block: Cidr,
    target: &Target<'_>,
) -> Result<Route, ApiError> {
    let mut route = Route {
        destination_cidr_block: block.to_string(),
        origin: "CreateRoute".into(),
        state: "active".into(),
        ..Route::default()
    };
    let elsewhere = |what: &str, id: &str| {
        let message = format!(
            "route table {} and {what} {id} belong to different networks",
            table.route_table_id
        );
        Err(invalid(message))
    };
    let vpc = &table.vpc_id;
    match (target.gateway, target.nat, target.instance, target.interface) {
        (Some(id), None, None, None) => {
            if Kind::of(id) != Some(Kind::InternetGateway) {
                let message = format!("The gateway ID '{id}' does not exist");
                return Err(refuse("InvalidGatewayID.NotFound", message));
            }
            let gateway = region.find::<InternetGateway>(id)?;
            if !gateway.attachments.iter().any(|attached| attached.vpc_id == *vpc) {
                return elsewhere("network gateway", id);
            }
            route.gateway_id = Some(id.to_owned());
        }
        (None, Some(id), None, None) => {
            let gateway = region.find::<NatGateway>(id)?;
            if gateway.vpc_id != *vpc {
                return elsewhere("NAT gateway", id);
            }
            if matches!(gateway.state.as_str(), "deleting" | "deleted") {
                return Err(Kind::NatGateway.none(id));
            }
            route.nat_gateway_id = Some(id.to_owned());
        }
        (None, None, Some(id), None) => {
            let machine = region.instances.get(id).filter(|machine| !machine.is_over());
            let machine = machine.ok_or_else(|| Kind::Instance.none(id))?;
            if machine.vpc != *vpc {
                return elsewhere("instance", id);
            }
            route.instance_id = Some(id.to_owned());
            route.instance_owner_id = Some(table.owner_id.clone());
            route.network_interface_id = machine.interfaces.first().cloned();
        }
        (None, None, None, Some(id)) => {
            let interface = region.find::<NetworkInterface>(id)?;
            if interface.vpc_id != *vpc {
                return elsewhere("interface", id);
            }
            route.instance_id = interface.attachment.as_ref().and_then(|a| a.instance_id.clone());
            route.instance_owner_id = route.instance_id.as_ref().map(|_| table.owner_id.clone());
            route.network_interface_id = Some(id.to_owned());
        }
        (None, None, None, None) => {
            let message = "The request must contain exactly one of gatewayId, natGatewayId, \
                           networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, \
                           transitGatewayId, localGatewayId, carrierGatewayId, vpcEndpointId, \
                           coreNetworkArn, instanceId";
            return Err(refuse("MissingParameter", message));
        }
        _ => {
            let message = "The request must contain exactly one target of the route";
            return Err(combination(message));
        }
    }
    Ok(route)
}

fn is_local(route: &Route) -> bool {
    route.gateway_id.as_deref() == Some("local")
}

fn position(table: &RouteTable, block: Cidr) -> Option<usize> {
    let text = block.to_string();
    table.routes.iter().position(|route| route.destination_cidr_block == text)
}

fn no_route(table: &str, block: Cidr) -> ApiError {
    let message = format!("no route with destination-cidr-block {block} in route table {table}");
    refuse("InvalidRoute.NotFound", message)
}

sim::operation! {
    /// Creates a route in a route table within a VPC.
    write CreateRoute in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of a prefix list used for the destination match.
        _destination_prefix_list_id: Refused<String> =>
            "DestinationPrefixListId",
        /// The ID of a VPC endpoint.
        _vpc_endpoint_id: Refused<String> => "VpcEndpointId",
        /// The ID of a transit gateway.
        _transit_gateway_id: Refused<String> => "TransitGatewayId",
        /// The ID of the local gateway.
        _local_gateway_id: Refused<String> => "LocalGatewayId",
        /// The ID of the carrier gateway.
        _carrier_gateway_id: Refused<String> => "CarrierGatewayId",
        /// The Amazon Resource Name (ARN) of the core network.
        _core_network_arn: Refused<String> => "CoreNetworkArn",
        /// The Amazon Resource Name (ARN) of the ODB network.
        _odb_network_arn: Refused<String> => "OdbNetworkArn",
        /// The ID of the route table for the route.
        route_table_id: String => "RouteTableId",
        /// The IPv4 CIDR address block used for the destination match.
        destination_cidr_block: Option<String> => "DestinationCidrBlock",
        /// The ID of an internet gateway or virtual private gateway attached to your VPC.
        gateway_id: Option<String> => "GatewayId",
        /// The IPv6 CIDR block used for the destination match.
        _destination_ipv6_cidr_block: Refused<String> => "DestinationIpv6CidrBlock",
        /// The ID of an egress-only internet gateway.
        _egress_only_internet_gateway_id: Refused<String> => "EgressOnlyInternetGatewayId",
        /// The ID of a NAT instance in your VPC.
        instance_id: Option<String> => "InstanceId",
        /// The ID of a network interface.
        network_interface_id: Option<String> => "NetworkInterfaceId",
        /// The ID of a VPC peering connection.
        _vpc_peering_connection_id: Refused<String> => "VpcPeeringConnectionId",
        /// The ID of a NAT gateway.
        nat_gateway_id: Option<String> => "NatGatewayId",
    }
    output CreateRouteOutput {
        /// Returns true if the request succeeds; otherwise, it returns an error.
        pub returned: bool => "Return",
    }
    errors [
        "InvalidInternetGatewayID.NotFound",
        "InvalidParameterValue",
        "InvalidRouteTableID.NotFound",
        "MissingParameter",
        "RouteAlreadyExists",
        "RouteLimitExceeded",
    ]
    access {
        "ec2:CreateRoute" on "arn:aws:ec2:{region}:{account}:route-table/{RouteTableId}",
    }
}

impl CreateRoute {
    fn target(&self) -> Target<'_> {
        Target {
            gateway: self.gateway_id.as_deref(),
            nat: self.nat_gateway_id.as_deref(),
            instance: self.instance_id.as_deref(),
            interface: self.network_interface_id.as_deref(),
        }
    }
}

impl Write for CreateRoute {
    type Output = CreateRouteOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let block = destination(self.destination_cidr_block.as_deref())?;
        change(world, cx, |change| {
            let (region, id) = (&mut *change.region, &self.route_table_id);
            let table = region.find::<RouteTable>(id)?;
            let made = route(region, table, block, &self.target())?;
            if let Some(there) = position(table, block).and_then(|at| table.routes.get(at)) {
                // The same route again is no change.
                if *there == made {
                    self.dry.stop()?;
                    return Ok(CreateRouteOutput { returned: true });
                }
                let message = format!("The route identified by {block} already exists.");
                return Err(refuse("RouteAlreadyExists", message));
            }
            inside_local(table, block)?;
            if table.routes.len() >= ROUTES_PER_TABLE {
                let message = format!("The maximum number of routes in {id} has been reached.");
                return Err(refuse("RouteLimitExceeded", message));
            }
            self.dry.stop()?;
            region.find_mut::<RouteTable>(id)?.routes.push(made);
            Ok(CreateRouteOutput { returned: true })
        })
    }
}

/// Refuses a route into the VPC that is as narrow as its own block, or narrower, to a gateway.
fn inside_local(table: &RouteTable, block: Cidr) -> Result<(), ApiError> {
    let local = table.routes.iter().filter(|route| is_local(route));
    let mut blocks = local.filter_map(|route| Cidr::parse(&route.destination_cidr_block));
    match blocks.find(|local| local.covers(block)) {
        None => Ok(()),
        Some(local) => Err(invalid(format!(
            "The destination CIDR block {block} is equal to or more specific than one of this VPC's CIDR \
             blocks. This route can target only an interface or an instance. ({local})"
        ))),
    }
}

sim::operation! {
    /// Replaces an existing route within a route table in a VPC.
    write ReplaceRoute in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the prefix list for the route.
        _destination_prefix_list_id: Refused<String> =>
            "DestinationPrefixListId",
        /// The ID of a VPC endpoint.
        _vpc_endpoint_id: Refused<String> => "VpcEndpointId",
        /// Specifies whether to reset the local route to its default target (local).
        _local_target: Refused<bool> => "LocalTarget",
        /// The ID of a transit gateway.
        _transit_gateway_id: Refused<String> => "TransitGatewayId",
        /// The ID of the local gateway.
        _local_gateway_id: Refused<String> => "LocalGatewayId",
        /// The ID of a carrier gateway.
        _carrier_gateway_id: Refused<String> => "CarrierGatewayId",
        /// The Amazon Resource Name (ARN) of the core network.
        _core_network_arn: Refused<String> => "CoreNetworkArn",
        /// The Amazon Resource Name (ARN) of the ODB network.
        _odb_network_arn: Refused<String> => "OdbNetworkArn",
        /// The ID of the route table.
        route_table_id: String => "RouteTableId",
        /// The IPv4 CIDR address block used for the destination match.
        destination_cidr_block: Option<String> => "DestinationCidrBlock",
        /// The ID of an internet gateway or virtual private gateway.
        gateway_id: Option<String> => "GatewayId",
        /// The IPv6 CIDR address block used for the destination match.
        _destination_ipv6_cidr_block: Refused<String> => "DestinationIpv6CidrBlock",
        /// The ID of an egress-only internet gateway.
        _egress_only_internet_gateway_id: Refused<String> => "EgressOnlyInternetGatewayId",
        /// The ID of a NAT instance in your VPC.
        instance_id: Option<String> => "InstanceId",
        /// The ID of a network interface.
        network_interface_id: Option<String> => "NetworkInterfaceId",
        /// The ID of a VPC peering connection.
        _vpc_peering_connection_id: Refused<String> => "VpcPeeringConnectionId",
        /// The ID of a NAT gateway.
        nat_gateway_id: Option<String> => "NatGatewayId",
    }
    output ReplaceRouteOutput {}
    errors [
        "InvalidInternetGatewayID.NotFound",
        "InvalidParameterValue",
        "InvalidRoute.NotFound",
        "InvalidRouteTableID.NotFound",
        "MissingParameter",
    ]
    access {
        "ec2:ReplaceRoute" on "arn:aws:ec2:{region}:{account}:route-table/{RouteTableId}",
    }
}

impl ReplaceRoute {
    fn target(&self) -> Target<'_> {
        Target {
            gateway: self.gateway_id.as_deref(),
            nat: self.nat_gateway_id.as_deref(),
            instance: self.instance_id.as_deref(),
            interface: self.network_interface_id.as_deref(),
        }
    }
}

impl Write for ReplaceRoute {
    type Output = ReplaceRouteOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let block = destination(self.destination_cidr_block.as_deref())?;
        change(world, cx, |change| {
            let (region, id) = (&mut *change.region, &self.route_table_id);
            let table = region.find::<RouteTable>(id)?;
            let at = position(table, block).ok_or_else(|| no_route(id, block))?;
            if is_local(&table.routes[at]) {
                return Err(combination(format!(
                    "cannot replace local route {block} in route table {id}"
                )));
            }
            let made = route(region, table, block, &self.target())?;
            self.dry.stop()?;
            region.find_mut::<RouteTable>(id)?.routes[at] = made;
            Ok(ReplaceRouteOutput {})
        })
    }
}

sim::operation! {
    /// Deletes the specified route from the specified route table.
    write DeleteRoute in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the prefix list for the route.
        _destination_prefix_list_id: Refused<String> =>
            "DestinationPrefixListId",
        /// The ID of the route table.
        route_table_id: String => "RouteTableId",
        /// The IPv4 CIDR range for the route.
        destination_cidr_block: Option<String> => "DestinationCidrBlock",
        /// The IPv6 CIDR range for the route.
        _destination_ipv6_cidr_block: Refused<String> => "DestinationIpv6CidrBlock",
    }
    output DeleteRouteOutput {}
    errors [
        "InvalidParameterValue",
        "InvalidRoute.NotFound",
        "InvalidRouteTableID.NotFound",
        "MissingParameter",
    ]
    access {
        "ec2:DeleteRoute" on "arn:aws:ec2:{region}:{account}:route-table/{RouteTableId}",
    }
}

impl Write for DeleteRoute {
    type Output = DeleteRouteOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let block = destination(self.destination_cidr_block.as_deref())?;
        change(world, cx, |change| {
            let (region, id) = (&mut *change.region, &self.route_table_id);
            let table = region.find::<RouteTable>(id)?;
            let at = position(table, block).ok_or_else(|| no_route(id, block))?;
            if is_local(&table.routes[at]) {
                let message = format!("cannot remove local route {block} in route table {id}");
                return Err(invalid(message));
            }
            self.dry.stop()?;
            region.find_mut::<RouteTable>(id)?.routes.remove(at);
            Ok(DeleteRouteOutput {})
        })
    }
}

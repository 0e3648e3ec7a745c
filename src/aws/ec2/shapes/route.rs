//! Route tables.

use super::tag::Tag;

sim::structure! {
    /// Describes a route in a route table.
    pub struct Route {
        /// The IPv4 CIDR block used for the destination match.
        pub destination_cidr_block: String => "DestinationCidrBlock",
        /// The ID of a gateway attached to your VPC.
        pub gateway_id: Option<String> => "GatewayId",
        /// The ID of a NAT instance in your VPC.
        pub instance_id: Option<String> => "InstanceId",
        /// The ID of AWS account that owns the instance.
        pub instance_owner_id: Option<String> => "InstanceOwnerId",
        /// The ID of a NAT gateway.
        pub nat_gateway_id: Option<String> => "NatGatewayId",
        /// The ID of the network interface.
        pub network_interface_id: Option<String> => "NetworkInterfaceId",
        /// Describes how the route was created.
        pub origin: String => "Origin",
        /// The state of the route.
        pub state: String => "State",
    }
}

sim::structure! {
    /// Describes the state of an association between a route table and a subnet or gateway.
    pub struct RouteTableAssociationState {
        /// The state of the association.
        pub state: String => "State",
    }
}

sim::structure! {
    /// Describes an association between a route table and a subnet or gateway.
    pub struct RouteTableAssociation {
        /// Indicates whether this is the main route table.
        pub main: bool => "Main",
        /// The ID of the association.
        pub route_table_association_id: String => "RouteTableAssociationId",
        /// The ID of the route table.
        pub route_table_id: String => "RouteTableId",
        /// The ID of the subnet.
        pub subnet_id: Option<String> => "SubnetId",
        /// The state of the association.
        pub association_state: RouteTableAssociationState => "AssociationState",
    }
}

sim::structure! {
    /// Describes a virtual private gateway propagating route.
    pub struct PropagatingVgw {
        /// The ID of the virtual private gateway.
        pub gateway_id: String => "GatewayId",
    }
}

sim::structure! {
    /// Describes a route table.
    pub struct RouteTable {
        /// The associations between the route table and your subnets or gateways.
        pub associations: Vec<RouteTableAssociation> => "Associations" Xml("associationSet"),
        /// Any virtual private gateway (VGW) propagating routes.
        pub propagating_vgws: Vec<PropagatingVgw> => "PropagatingVgws" Xml("propagatingVgwSet"),
        /// The ID of the route table.
        pub route_table_id: String => "RouteTableId",
        /// The routes in the route table.
        pub routes: Vec<Route> => "Routes" Xml("routeSet"),
        /// Any tags assigned to the route table.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
        /// The ID of the VPC.
        pub vpc_id: String => "VpcId",
        /// The ID of the AWS account that owns the route table.
        pub owner_id: String => "OwnerId",
    }
}

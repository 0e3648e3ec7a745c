//! Route tables, and which subnets go by them.

use super::super::defaults;
use super::super::error::{dependency, invalid, missing, refuse};
use super::super::filter::{Dry, Listed, Listing};
use super::super::ids::Kind;
use super::super::limits::ROUTE_TABLES_PER_VPC;
use super::super::region::Region;
use super::super::shapes::network::{Subnet, Vpc};
use super::super::shapes::route::{RouteTable, RouteTableAssociation, RouteTableAssociationState};
use super::super::shapes::tag::TagSpecification;
use super::super::state::{change, look};
use super::super::{tags, tokens};
use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

sim::operation! {
    /// Creates a route table for the specified VPC.
    write CreateRouteTable in "ec2" = "";
    input {
        ..dry: Dry,
        /// The tags to assign to the route table.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// Unique, case-sensitive identifier that you provide to ensure the idempotency of the
        /// request.
        client_token: Option<String> => "ClientToken",
        /// The ID of the VPC.
        vpc_id: String => "VpcId",
    }
    output CreateRouteTableOutput {
        /// Information about the route table.
        pub route_table: RouteTable => "RouteTable",
        /// Unique, case-sensitive identifier to ensure the idempotency of the request.
        pub client_token: Option<String> => "ClientToken",
    }
    errors [
        "IdempotentParameterMismatch",
        "InvalidVpcID.NotFound",
        "RouteTableLimitExceeded",
    ]
    access {
        "ec2:CreateRouteTable" on "arn:aws:ec2:{region}:{account}:vpc/{VpcId}",
        "ec2:CreateRouteTable" on "arn:aws:ec2:{region}:{account}:route-table/*",
    }
    token "ClientToken"
}

impl Write for CreateRouteTable {
    type Output = CreateRouteTableOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let tags = tags::wanted_on(&self.tag_specifications, Kind::RouteTable)?;
        let asked = format!("{} {tags:?}", self.vpc_id);
        change(world, cx, |change| {
            let (region, rng) = (&mut *change.region, &mut *change.rng);
            let vpc = region.find::<Vpc>(&self.vpc_id)?.clone();
            let token = self.client_token.clone();
            let again =
                tokens::done(region, "CreateRouteTable", token.as_deref(), &asked, change.now)?;
            if let Some(table) = again.and_then(|id| region.find::<RouteTable>(&id).ok()) {
                let route_table = table.shown(region);
                return Ok(CreateRouteTableOutput { route_table, client_token: token });
            }
            let siblings = region.route_tables.values().filter(|table| table.vpc_id == vpc.vpc_id);
            if siblings.count() >= ROUTE_TABLES_PER_VPC {
                let message = "The maximum number of route tables has been reached.";
                return Err(refuse("RouteTableLimitExceeded", message));
            }
            self.dry.stop()?;
            let table = defaults::route_table(&vpc.owner_id, &vpc.vpc_id, &vpc.cidr_block, rng);
            let id = table.route_table_id.clone();
            region.put(table);
            tags::attach(region, &id, tags);
            tokens::keep(
                region,
                "CreateRouteTable",
                token.as_deref(),
                asked,
                id.clone(),
                change.now,
            );
            let route_table = region.find::<RouteTable>(&id)?.shown(region);
            Ok(CreateRouteTableOutput { route_table, client_token: token })
        })
    }
}

sim::operation! {
    /// Deletes the specified route table.
    write DeleteRouteTable in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the route table.
        route_table_id: String => "RouteTableId",
    }
    output DeleteRouteTableOutput {}
    errors ["DependencyViolation", "InvalidRouteTableID.NotFound"]
    access {
        "ec2:DeleteRouteTable" on "arn:aws:ec2:{region}:{account}:route-table/{RouteTableId}",
    }
}

impl Write for DeleteRouteTable {
    type Output = DeleteRouteTableOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let id = &self.route_table_id;
            if !change.region.find::<RouteTable>(id)?.associations.is_empty() {
                return Err(dependency(format!(
                    "The routeTable '{id}' has dependencies and cannot be deleted."
                )));
            }
            self.dry.stop()?;
            change.region.remove::<RouteTable>(id);
            Ok(DeleteRouteTableOutput {})
        })
    }
}

sim::operation! {
    /// Describes your route tables.
    read DescribeRouteTables in "ec2" = "";
    input {
        ..listing: Listing,
        /// The IDs of the route tables.
        route_table_ids: Vec<String> => "RouteTableIds" Xml("RouteTableId"),
    }
    output DescribeRouteTablesOutput {
        /// Information about the route tables.
        pub route_tables: Vec<RouteTable> => "RouteTables" Xml("routeTableSet"),
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
    }
    errors []
    access { "ec2:DescribeRouteTables" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["RouteTables"],
    }
}

impl Listed for RouteTable {
    const FILTERS: &'static [&'static str] = &[
        "association.main",
        "association.route-table-association-id",
        "association.route-table-id",
        "association.subnet-id",
        "owner-id",
        "route-table-id",
        "route.destination-cidr-block",
        "route.gateway-id",
        "route.instance-id",
        "route.nat-gateway-id",
        "route.origin",
        "route.state",
        "vpc-id",
    ];

    fn values(&self, _: &Region, filter: &str) -> Vec<String> {
        let associations = self.associations.iter();
        let routes = self.routes.iter();
        match filter {
            "association.main" => associations.map(|a| a.main.to_string()).collect(),
            "association.route-table-association-id" => {
                associations.map(|a| a.route_table_association_id.clone()).collect()
            }
            "association.route-table-id" => {
                associations.map(|a| a.route_table_id.clone()).collect()
            }
            "association.subnet-id" => associations.filter_map(|a| a.subnet_id.clone()).collect(),
            "owner-id" => vec![self.owner_id.clone()],
            "route-table-id" => vec![self.route_table_id.clone()],
            "route.destination-cidr-block" => {
                routes.map(|route| route.destination_cidr_block.clone()).collect()
            }
            "route.gateway-id" => routes.filter_map(|route| route.gateway_id.clone()).collect(),
            "route.instance-id" => routes.filter_map(|route| route.instance_id.clone()).collect(),
            "route.nat-gateway-id" => {
                routes.filter_map(|route| route.nat_gateway_id.clone()).collect()
            }
            "route.origin" => routes.map(|route| route.origin.clone()).collect(),
            "route.state" => routes.map(|route| route.state.clone()).collect(),
            "vpc-id" => vec![self.vpc_id.clone()],
            _ => Vec::new(),
        }
    }

    fn shown(&self, region: &Region) -> Self {
        Self { tags: region.tags(&self.route_table_id), ..self.clone() }
    }
}

impl Read for DescribeRouteTables {
    type Output = DescribeRouteTablesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (tables, next) = self.listing.page(&look(world, cx), &self.route_table_ids)?;
        Ok(DescribeRouteTablesOutput { next_token: next, route_tables: tables })
    }
}

fn associated() -> RouteTableAssociationState {
    RouteTableAssociationState { state: "associated".into() }
}

sim::operation! {
    /// Associates a subnet in your VPC or an internet gateway or virtual private gateway attached
    /// to your VPC with a route table in your VPC.
    write AssociateRouteTable in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the internet gateway or virtual private gateway.
        _gateway_id: Refused<String> => "GatewayId",
        /// The ID of a public IPv4 pool.
        _public_ipv4_pool: Refused<String> => "PublicIpv4Pool",
        /// The ID of the subnet.
        subnet_id: Option<String> => "SubnetId",
        /// The ID of the route table.
        route_table_id: String => "RouteTableId",
    }
    output AssociateRouteTableOutput {
        /// The route table association ID.
        pub association_id: String => "AssociationId",
        /// The state of the association.
        pub association_state: RouteTableAssociationState => "AssociationState",
    }
    errors [
        "InvalidParameterValue",
        "InvalidRouteTableID.NotFound",
        "InvalidSubnetID.NotFound",
        "Resource.AlreadyAssociated",
    ]
    access {
        "ec2:AssociateRouteTable" on "arn:aws:ec2:{region}:{account}:route-table/{RouteTableId}",
        "ec2:AssociateRouteTable" on "arn:aws:ec2:{region}:{account}:subnet/{SubnetId}",
    }
}

impl Write for AssociateRouteTable {
    type Output = AssociateRouteTableOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let subnet = self.subnet_id.as_deref().ok_or_else(|| missing("subnetId"))?;
        change(world, cx, |change| {
            let (region, id) = (&mut *change.region, &self.route_table_id);
            let table = region.find::<RouteTable>(id)?;
            if region.find::<Subnet>(subnet)?.vpc_id != table.vpc_id {
                let message =
                    format!("Route table {id} and network {subnet} belong to different networks");
                return Err(invalid(message));
            }
            let mut all = region.route_tables.values().flat_map(|table| &table.associations);
            let own = all.find(|a| a.subnet_id.as_deref() == Some(subnet)).cloned();
            self.dry.stop()?;
            let association_id = match own {
                // Said twice, it is what it is.
                Some(own) if own.route_table_id == *id => own.route_table_association_id,
                Some(_) => {
                    let message = format!(
                        "the specified association for route table {id} conflicts with an existing \
                         association"
                    );
                    return Err(refuse("Resource.AlreadyAssociated", message));
                }
                None => {
                    let made = defaults::association(id, Some(subnet), change.rng);
                    let made_id = made.route_table_association_id.clone();
                    region.find_mut::<RouteTable>(id)?.associations.push(made);
                    made_id
                }
            };
            Ok(AssociateRouteTableOutput { association_id, association_state: associated() })
        })
    }
}

/// The association of an id.
fn association(region: &Region, id: &str) -> Result<RouteTableAssociation, ApiError> {
    let mut all = region.route_tables.values().flat_map(|table| &table.associations);
    let found = all.find(|association| association.route_table_association_id == id);
    found.cloned().ok_or_else(|| {
        let message = format!("The association ID '{id}' does not exist");
        refuse("InvalidAssociationID.NotFound", message)
    })
}

sim::operation! {
    /// Disassociates a subnet or gateway from a route table.
    write DisassociateRouteTable in "ec2" = "";
    input {
        ..dry: Dry,
        /// The association ID representing the current association between the route table and
        /// subnet or gateway.
        association_id: String => "AssociationId",
    }
    output DisassociateRouteTableOutput {}
    errors ["InvalidAssociationID.NotFound", "InvalidParameterValue"]
    access { "ec2:DisassociateRouteTable" on "arn:aws:ec2:{region}:{account}:route-table/*" }
}

impl Write for DisassociateRouteTable {
    type Output = DisassociateRouteTableOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let id = &self.association_id;
            let own = association(change.region, id)?;
            if own.main {
                let message = format!("cannot disassociate the main route table association {id}");
                return Err(invalid(message));
            }
            self.dry.stop()?;
            let table = change.region.find_mut::<RouteTable>(&own.route_table_id)?;
            table.associations.retain(|a| a.route_table_association_id != *id);
            Ok(DisassociateRouteTableOutput {})
        })
    }
}

sim::operation! {
    /// Changes the route table associated with a given subnet, internet gateway, or virtual private
    /// gateway in a VPC.
    write ReplaceRouteTableAssociation in "ec2" = "";
    input {
        ..dry: Dry,
        /// The association ID.
        association_id: String => "AssociationId",
        /// The ID of the new route table to associate with the subnet.
        route_table_id: String => "RouteTableId",
    }
    output ReplaceRouteTableAssociationOutput {
        /// The ID of the new association.
        pub new_association_id: String => "NewAssociationId",
        /// The state of the association.
        pub association_state: RouteTableAssociationState => "AssociationState",
    }
    errors [
        "InvalidAssociationID.NotFound",
        "InvalidParameterValue",
        "InvalidRouteTableID.NotFound",
    ]
    access {
        "ec2:ReplaceRouteTableAssociation" on "arn:aws:ec2:{region}:{account}:route-table/{RouteTableId}",
    }
}

impl Write for ReplaceRouteTableAssociation {
    type Output = ReplaceRouteTableAssociationOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let (region, id) = (&mut *change.region, &self.route_table_id);
            let old = association(region, &self.association_id)?;
            let vpc = &region.find::<RouteTable>(&old.route_table_id)?.vpc_id;
            if region.find::<RouteTable>(id)?.vpc_id != *vpc {
                let message = format!(
                    "Route table {id} and route table {} belong to different networks",
                    old.route_table_id
                );
                return Err(invalid(message));
            }
            self.dry.stop()?;
            let made = defaults::association(id, old.subnet_id.as_deref(), change.rng);
            let new_association_id = made.route_table_association_id.clone();
            let from = region.find_mut::<RouteTable>(&old.route_table_id)?;
            from.associations.retain(|a| a.route_table_association_id != self.association_id);
            region.find_mut::<RouteTable>(id)?.associations.push(made);
            Ok(ReplaceRouteTableAssociationOutput {
                new_association_id,
                association_state: associated(),
            })
        })
    }
}

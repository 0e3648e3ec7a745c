//! NAT gateways.

use std::net::Ipv4Addr;

use super::super::addressing;
use super::super::durations::{NAT_CREATION, NAT_DELETION};
use super::super::error::{combination, invalid, missing, refuse};
use super::super::event::What;
use super::super::filter::{Dry, Filter, Listed, Listing};
use super::super::ids::{Kind, draw};
use super::super::interfaces;
use super::super::region::Region;
use super::super::shapes::address::{Address, NatGateway, NatGatewayAddress};
use super::super::shapes::interface::{
    NetworkInterface, NetworkInterfaceAssociation, NetworkInterfaceAttachment,
};
use super::super::shapes::network::Subnet;
use super::super::shapes::tag::TagSpecification;
use super::super::state::{Change, change, look};
use super::super::{tags, tokens};
use sim::api::{ApiError, Read, Refused, Value, Write};
use sim::{Cx, World};

/// What its tokens are kept under.
const OPERATION: &str = "CreateNatGateway";
/// Who makes network interfaces for gateways.
const REQUESTER: &str = "amazon-aws";

sim::operation! {
    /// Creates a NAT gateway in the specified subnet.
    write CreateNatGateway in "ec2" = "";
    input {
        ..dry: Dry,
        /// Specifies whether to create a zonal (single-AZ) or regional (multi-AZ) NAT gateway.
        _availability_mode: Refused<String> => "AvailabilityMode",
        /// The allocation ID of an Elastic IP address to associate with the NAT gateway.
        allocation_id: Option<String> => "AllocationId",
        /// Unique, case-sensitive identifier that you provide to ensure the idempotency of the
        /// request.
        client_token: Option<String> => "ClientToken",
        /// The ID of the subnet in which to create the NAT gateway.
        subnet_id: Option<String> => "SubnetId",
        /// The ID of the VPC where you want to create a regional NAT gateway.
        _vpc_id: Refused<String> => "VpcId",
        /// For regional NAT gateways only: Specifies which Availability Zones you want the NAT
        /// gateway to support and the Elastic IP addresses.
        _availability_zone_addresses: Refused<Value> =>
            "AvailabilityZoneAddresses" Xml("AvailabilityZoneAddress"),
        /// The tags to assign to the NAT gateway.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// Indicates whether the NAT gateway supports public or private connectivity.
        connectivity_type: Option<String> => "ConnectivityType",
        /// The private IPv4 address to assign to the NAT gateway.
        _private_ip_address: Refused<String> => "PrivateIpAddress",
        /// Secondary EIP allocation IDs.
        _secondary_allocation_ids: Refused<Vec<String>> =>
            "SecondaryAllocationIds" Xml("SecondaryAllocationId"),
        /// Secondary private IPv4 addresses.
        _secondary_private_ip_addresses: Refused<Vec<String>> =>
            "SecondaryPrivateIpAddresses" Xml("SecondaryPrivateIpAddress"),
        /// The number of secondary private IPv4 addresses you want to assign to the NAT gateway.
        _secondary_private_ip_address_count: Refused<i64> =>
            "SecondaryPrivateIpAddressCount",
    }
    output CreateNatGatewayOutput {
        /// Unique, case-sensitive identifier to ensure the idempotency of the request.
        pub client_token: Option<String> => "ClientToken",
        /// Information about the NAT gateway.
        pub nat_gateway: NatGateway => "NatGateway",
    }
    errors [
        "IdempotentParameterMismatch",
        "InsufficientFreeAddressesInSubnet",
        "InvalidAllocationID.NotFound",
        "InvalidParameterValue",
        "InvalidSubnetID.NotFound",
        "MissingParameter",
        "NotAvailable",
        "Resource.AlreadyAssociated",
    ]
    access {
        "ec2:CreateNatGateway" on "arn:aws:ec2:{region}:{account}:natgateway/*",
        "ec2:CreateNatGateway" on "arn:aws:ec2:{region}:{account}:subnet/{SubnetId}",
        "ec2:CreateNatGateway" on "arn:aws:ec2:{region}:{account}:elastic-ip/{AllocationId}",
    }
    token "ClientToken"
    takes time
}

impl Write for CreateNatGateway {
    type Output = CreateNatGatewayOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let tags = tags::wanted_on(&self.tag_specifications, Kind::NatGateway)?;
        let private = match self.connectivity_type.as_deref() {
            None | Some("public") => false,
            Some("private") => true,
            Some(other) => {
                return Err(invalid(format!("Invalid value '{other}' for connectivityType.")));
            }
        };
        let subnet_id = self.subnet_id.as_deref().ok_or_else(|| missing("SubnetId"))?;
        let token = self.client_token.clone();
        let asked = format!("{subnet_id} {:?} {private} {tags:?}", self.allocation_id);
        change(world, cx, |change| {
            let now = change.now;
            let done = tokens::done(change.region, OPERATION, token.as_deref(), &asked, now)?;
            if let Some(made) = done.and_then(|id| change.region.find::<NatGateway>(&id).ok()) {
                let nat_gateway = made.shown(change.region);
                return Ok(CreateNatGatewayOutput { client_token: token, nat_gateway });
            }
            let subnet = change.region.find::<Subnet>(subnet_id)?.clone();
            let elastic = self.elastic(change.region, private, &subnet)?;
            let address = addressing::draw_private(change.region, change.rng, &subnet, 1).pop();
            let address = address.ok_or_else(|| {
                let message = format!(
                    "Subnet {subnet_id} has insufficient free addresses to create this NAT gateway"
                );
                refuse("InsufficientFreeAddressesInSubnet", message)
            })?;
            self.dry.stop()?;
            let id = Kind::NatGateway.draw(change.rng);
            let interface = interface(change, &id, &subnet, address);
            let association = elastic.as_ref().map(|address| bind(change, address, &interface));
            let kind = if private { "private" } else { "public" };
            let gateway = gateway(change, &id, kind, elastic, (interface, association));
            change.region.put(gateway);
            tags::attach(change.region, &id, tags);
            tokens::keep(change.region, OPERATION, token.as_deref(), asked, id.clone(), now);
            change.at(now.plus(NAT_CREATION), What::NatReady { gateway: id.clone() });
            let nat_gateway = change.region.find::<NatGateway>(&id)?.shown(change.region);
            Ok(CreateNatGatewayOutput { client_token: token, nat_gateway })
        })
    }
}

impl CreateNatGateway {
    /// The elastic address of a gateway that is public.
    fn elastic(
        &self,
        region: &Region,
        private: bool,
        subnet: &Subnet,
    ) -> Result<Option<Address>, ApiError> {
        let Some(id) = self.allocation_id.as_deref() else {
            return if private { Ok(None) } else { Err(missing("AllocationId")) };
        };
        if private {
            let message = "An elastic address cannot be given to a private NAT gateway";
            return Err(combination(message));
        }
        let address = region.find::<Address>(id)?;
        if let Some(association) = &address.association_id {
            let message =
                format!("resource {id} is already associated with associate-id {association}");
            return Err(refuse("Resource.AlreadyAssociated", message));
        }
        let out = region.internet_gateways.values().any(|gateway| {
            gateway.attachments.iter().any(|attached| attached.vpc_id == subnet.vpc_id)
        });
        if !out {
            let message = format!("Network {} has no Internet gateway attached", subnet.vpc_id);
            return Err(refuse("Gateway.NotAttached", message));
        }
        Ok(Some(address.clone()))
    }
}

/// A gateway that is being made.
fn gateway(
    change: &Change<'_>,
    id: &str,
    kind: &str,
    elastic: Option<Address>,
    (interface, association): (NetworkInterface, Option<String>),
) -> NatGateway {
    let (allocation, public) =
        elastic.map(|address| (address.allocation_id, address.public_ip)).unzip();
    NatGateway {
        create_time: change.now,
        delete_time: None,
        nat_gateway_addresses: vec![NatGatewayAddress {
            allocation_id: allocation,
            network_interface_id: Some(interface.network_interface_id),
            private_ip: Some(interface.private_ip_address),
            public_ip: public,
            association_id: association,
            is_primary: true,
            status: "associating".into(),
        }],
        nat_gateway_id: id.to_owned(),
        state: "pending".into(),
        subnet_id: interface.subnet_id,
        vpc_id: interface.vpc_id,
        tags: Vec::new(),
        connectivity_type: kind.to_owned(),
    }
}

/// Puts a gateway's own interface into its subnet.
fn interface(
    change: &mut Change<'_>,
    gateway: &str,
    subnet: &Subnet,
    address: Ipv4Addr,
) -> NetworkInterface {
    let (region, rng) = (&mut *change.region, &mut *change.rng);
    let description = format!("Interface for NAT Gateway {gateway}");
    let mut interface = interfaces::made(region, rng, subnet, address, &[], &description);
    interface.interface_type = "nat_gateway".into();
    interface.requester_id = Some(REQUESTER.into());
    interface.requester_managed = true;
    interface.source_dest_check = false;
    interface.status = "in-use".into();
    interface.attachment = Some(NetworkInterfaceAttachment {
        attach_time: change.now,
        attachment_id: draw("ela-attach-", rng),
        device_index: 1,
        instance_owner_id: REQUESTER.into(),
        status: "attached".into(),
        ..NetworkInterfaceAttachment::default()
    });
    region.put(interface.clone());
    interface
}

/// Lets an elastic address lead to a gateway's interface. Says the id of the association.
fn bind(change: &mut Change<'_>, address: &Address, to: &NetworkInterface) -> String {
    let region = &mut *change.region;
    let association_id = draw("eipassoc-", change.rng);
    let ip = address.public_ip.parse().unwrap_or(std::net::Ipv4Addr::UNSPECIFIED);
    let association = NetworkInterfaceAssociation {
        allocation_id: Some(address.allocation_id.clone()),
        association_id: Some(association_id.clone()),
        ip_owner_id: region.place.account.clone(),
        public_dns_name: interfaces::public_name(region, &to.vpc_id, ip),
        public_ip: address.public_ip.clone(),
    };
    interfaces::associate(region, &to.network_interface_id, Some(association));
    let owner = region.place.account.clone();
    if let Some(kept) = region.addresses.get_mut(&address.allocation_id) {
        kept.association_id = Some(association_id.clone());
        kept.network_interface_id = Some(to.network_interface_id.clone());
        kept.network_interface_owner_id = Some(owner);
        kept.private_ip_address = Some(to.private_ip_address.clone());
    }
    association_id
}

sim::operation! {
    /// Deletes the specified NAT gateway.
    write DeleteNatGateway in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the NAT gateway.
        nat_gateway_id: String => "NatGatewayId",
    }
    output DeleteNatGatewayOutput {
        /// The ID of the NAT gateway.
        pub nat_gateway_id: String => "NatGatewayId",
    }
    errors ["NatGatewayNotFound"]
    access {
        "ec2:DeleteNatGateway" on "arn:aws:ec2:{region}:{account}:natgateway/{NatGatewayId}",
    }
    takes time
}

impl Write for DeleteNatGateway {
    type Output = DeleteNatGatewayOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let (now, id) = (change.now, &self.nat_gateway_id);
            let gateway = change.region.find_mut::<NatGateway>(id)?;
            self.dry.stop()?;
            if matches!(gateway.state.as_str(), "pending" | "available") {
                gateway.state = "deleting".into();
                gateway.delete_time = Some(now);
                let routes = change.region.route_tables.values_mut().flat_map(|t| &mut t.routes);
                for route in routes.filter(|r| r.nat_gateway_id.as_ref() == Some(id)) {
                    "blackhole".clone_into(&mut route.state);
                }
                change.at(now.plus(NAT_DELETION), What::NatGone { gateway: id.clone() });
            }
            Ok(DeleteNatGatewayOutput { nat_gateway_id: self.nat_gateway_id.clone() })
        })
    }
}

sim::operation! {
    /// Describes your NAT gateways.
    read DescribeNatGateways in "ec2" = "";
    input {
        ..dry: Dry,
        /// The filters.
        filter: Vec<Filter> => "Filter",
        /// The maximum number of items to return for this request.
        max_results: Option<i64> => "MaxResults",
        /// The IDs of the NAT gateways.
        nat_gateway_ids: Vec<String> => "NatGatewayIds" Xml("NatGatewayId"),
        /// The token returned from a previous paginated request.
        next_token: Option<String> => "NextToken",
    }
    output DescribeNatGatewaysOutput {
        /// Information about the NAT gateways.
        pub nat_gateways: Vec<NatGateway> => "NatGateways" Xml("natGatewaySet"),
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
    }
    errors []
    access { "ec2:DescribeNatGateways" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["NatGateways"],
    }
    waiters [
        waiter("NatGatewayAvailable", 15, 40, &[
            success(All("NatGateways[].State", "available")),
            failure(Any("NatGateways[].State", "failed")),
            failure(Any("NatGateways[].State", "deleting")),
            failure(Any("NatGateways[].State", "deleted")),
            retry(Error("NatGatewayNotFound")),
        ]),
        waiter("NatGatewayDeleted", 15, 40, &[
            success(All("NatGateways[].State", "deleted")),
            success(Error("NatGatewayNotFound")),
        ]),
    ]
}

impl Listed for NatGateway {
    const FILTERS: &'static [&'static str] = &["nat-gateway-id", "state", "subnet-id", "vpc-id"];

    fn values(&self, _: &Region, filter: &str) -> Vec<String> {
        match filter {
            "nat-gateway-id" => vec![self.nat_gateway_id.clone()],
            "state" => vec![self.state.clone()],
            "subnet-id" => vec![self.subnet_id.clone()],
            "vpc-id" => vec![self.vpc_id.clone()],
            _ => Vec::new(),
        }
    }

    fn shown(&self, region: &Region) -> Self {
        Self { tags: region.tags(&self.nat_gateway_id), ..self.clone() }
    }
}

impl Read for DescribeNatGateways {
    type Output = DescribeNatGatewaysOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let listing = Listing {
            dry: self.dry,
            filters: self.filter,
            max_results: self.max_results,
            next_token: self.next_token,
        };
        let (gateways, next_token) = listing.page(&look(world, cx), &self.nat_gateway_ids)?;
        Ok(DescribeNatGatewaysOutput { nat_gateways: gateways, next_token })
    }
}

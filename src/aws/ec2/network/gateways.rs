//! Internet gateways.

use super::super::error::{dependency, refuse};
use super::super::filter::{Dry, Listed, Listing};
use super::super::ids::Kind;
use super::super::limits::INTERNET_GATEWAYS;
use super::super::region::Region;
use super::super::shapes::interface::NetworkInterface;
use super::super::shapes::network::{InternetGateway, InternetGatewayAttachment, Vpc};
use super::super::shapes::tag::TagSpecification;
use super::super::state::{change, look};
use super::super::tags;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Creates an internet gateway for use with a VPC.
    write CreateInternetGateway in "ec2" = "";
    input {
        ..dry: Dry,
        /// The tags to assign to the internet gateway.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
    }
    output CreateInternetGatewayOutput {
        /// Information about the internet gateway.
        pub internet_gateway: InternetGateway => "InternetGateway",
    }
    errors ["InternetGatewayLimitExceeded"]
    access {
        "ec2:CreateInternetGateway" on "arn:aws:ec2:{region}:{account}:internet-gateway/*",
    }
}

impl Write for CreateInternetGateway {
    type Output = CreateInternetGatewayOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let tags = tags::wanted_on(&self.tag_specifications, Kind::InternetGateway)?;
        change(world, cx, |change| {
            if change.region.internet_gateways.len() >= INTERNET_GATEWAYS {
                let message = "The maximum number of internet gateways has been reached.";
                return Err(refuse("InternetGatewayLimitExceeded", message));
            }
            self.dry.stop()?;
            let gateway = InternetGateway {
                internet_gateway_id: Kind::InternetGateway.draw(change.rng),
                owner_id: change.region.place.account.clone(),
                ..InternetGateway::default()
            };
            tags::attach(change.region, &gateway.internet_gateway_id, tags);
            let shown = gateway.shown(change.region);
            change.region.put(gateway);
            Ok(CreateInternetGatewayOutput { internet_gateway: shown })
        })
    }
}

sim::operation! {
    /// Attaches an internet gateway or a virtual private gateway to a VPC, enabling connectivity
    /// between the internet and the VPC.
    write AttachInternetGateway in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the internet gateway.
        internet_gateway_id: String => "InternetGatewayId",
        /// The ID of the VPC.
        vpc_id: String => "VpcId",
    }
    output AttachInternetGatewayOutput {}
    errors [
        "InvalidInternetGatewayID.NotFound",
        "InvalidParameterValue",
        "InvalidVpcID.NotFound",
        "Resource.AlreadyAssociated",
    ]
    access {
        "ec2:AttachInternetGateway" on "arn:aws:ec2:{region}:{account}:internet-gateway/{InternetGatewayId}",
        "ec2:AttachInternetGateway" on "arn:aws:ec2:{region}:{account}:vpc/{VpcId}",
    }
}

impl Write for AttachInternetGateway {
    type Output = AttachInternetGatewayOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let (region, id) = (&mut *change.region, &self.internet_gateway_id);
            let gateway = region.find::<InternetGateway>(id)?;
            region.find::<Vpc>(&self.vpc_id)?;
            if let Some(attached) = gateway.attachments.first() {
                let message =
                    format!("resource {id} is already attached to network {}", attached.vpc_id);
                return Err(refuse("Resource.AlreadyAssociated", message));
            }
            let other = region.internet_gateways.values().find(|gateway| {
                gateway.attachments.iter().any(|attached| attached.vpc_id == self.vpc_id)
            });
            if other.is_some() {
                let message =
                    format!("Network {} already has an internet gateway attached", self.vpc_id);
                return Err(refuse("InvalidParameterValue", message));
            }
            self.dry.stop()?;
            region.find_mut::<InternetGateway>(id)?.attachments.push(InternetGatewayAttachment {
                state: "available".into(),
                vpc_id: self.vpc_id.clone(),
            });
            set_routes(region, id, "active");
            Ok(AttachInternetGatewayOutput {})
        })
    }
}

sim::operation! {
    /// Detaches an internet gateway from a VPC, disabling connectivity between the internet and the
    /// VPC.
    write DetachInternetGateway in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the internet gateway.
        internet_gateway_id: String => "InternetGatewayId",
        /// The ID of the VPC.
        vpc_id: String => "VpcId",
    }
    output DetachInternetGatewayOutput {}
    errors [
        "DependencyViolation",
        "Gateway.NotAttached",
        "InvalidInternetGatewayID.NotFound",
        "InvalidVpcID.NotFound",
    ]
    access {
        "ec2:DetachInternetGateway" on "arn:aws:ec2:{region}:{account}:internet-gateway/{InternetGatewayId}",
        "ec2:DetachInternetGateway" on "arn:aws:ec2:{region}:{account}:vpc/{VpcId}",
    }
}

impl Write for DetachInternetGateway {
    type Output = DetachInternetGatewayOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let (region, id) = (&mut *change.region, &self.internet_gateway_id);
            region.find::<Vpc>(&self.vpc_id)?;
            let gateway = region.find::<InternetGateway>(id)?;
            if !gateway.attachments.iter().any(|attached| attached.vpc_id == self.vpc_id) {
                let message = format!("resource {id} is not attached to network {}", self.vpc_id);
                return Err(refuse("Gateway.NotAttached", message));
            }
            let mapped = |interface: &NetworkInterface| {
                interface.vpc_id == self.vpc_id && interface.association.is_some()
            };
            if region.interfaces.values().any(mapped) {
                let message = format!(
                    "Network {} has some mapped public address(es). Please unmap those public \
                     address(es) before detaching the gateway.",
                    self.vpc_id
                );
                return Err(dependency(message));
            }
            self.dry.stop()?;
            region.find_mut::<InternetGateway>(id)?.attachments.clear();
            set_routes(region, id, "blackhole");
            Ok(DetachInternetGatewayOutput {})
        })
    }
}

/// What becomes of the routes that lead to a gateway.
fn set_routes(region: &mut Region, gateway: &str, state: &str) {
    let routes = region.route_tables.values_mut().flat_map(|table| &mut table.routes);
    for route in routes.filter(|route| route.gateway_id.as_deref() == Some(gateway)) {
        state.clone_into(&mut route.state);
    }
}

sim::operation! {
    /// Deletes the specified internet gateway.
    write DeleteInternetGateway in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the internet gateway.
        internet_gateway_id: String => "InternetGatewayId",
    }
    output DeleteInternetGatewayOutput {}
    errors ["DependencyViolation", "InvalidInternetGatewayID.NotFound"]
    access {
        "ec2:DeleteInternetGateway" on "arn:aws:ec2:{region}:{account}:internet-gateway/{InternetGatewayId}",
    }
}

impl Write for DeleteInternetGateway {
    type Output = DeleteInternetGatewayOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let (region, id) = (&mut *change.region, &self.internet_gateway_id);
            if !region.find::<InternetGateway>(id)?.attachments.is_empty() {
                return Err(dependency(format!(
                    "The internetGateway '{id}' has dependencies and cannot be deleted."
                )));
            }
            self.dry.stop()?;
            region.remove::<InternetGateway>(id);
            Ok(DeleteInternetGatewayOutput {})
        })
    }
}

sim::operation! {
    /// Describes your internet gateways.
    read DescribeInternetGateways in "ec2" = "";
    input {
        ..listing: Listing,
        /// The IDs of the internet gateways.
        internet_gateway_ids: Vec<String> => "InternetGatewayIds" Xml("internetGatewayId"),
    }
    output DescribeInternetGatewaysOutput {
        /// Information about the internet gateways.
        pub internet_gateways: Vec<InternetGateway> => "InternetGateways" Xml("internetGatewaySet"),
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
    }
    errors []
    access { "ec2:DescribeInternetGateways" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["InternetGateways"],
    }
    waiters [
        waiter("InternetGatewayExists", 5, 6, &[
            success(Is("length(InternetGateways[].InternetGatewayId) > `0`", true)),
            retry(Error("InvalidInternetGateway.NotFound")),
        ]),
    ]
}

impl Listed for InternetGateway {
    const FILTERS: &'static [&'static str] =
        &["attachment.state", "attachment.vpc-id", "internet-gateway-id", "owner-id"];

    fn values(&self, _: &Region, filter: &str) -> Vec<String> {
        let attached = self.attachments.iter();
        match filter {
            "attachment.state" => attached.map(|a| a.state.clone()).collect(),
            "attachment.vpc-id" => attached.map(|a| a.vpc_id.clone()).collect(),
            "internet-gateway-id" => vec![self.internet_gateway_id.clone()],
            "owner-id" => vec![self.owner_id.clone()],
            _ => Vec::new(),
        }
    }

    fn shown(&self, region: &Region) -> Self {
        Self { tags: region.tags(&self.internet_gateway_id), ..self.clone() }
    }
}

impl Read for DescribeInternetGateways {
    type Output = DescribeInternetGatewaysOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (gateways, next) = self.listing.page(&look(world, cx), &self.internet_gateway_ids)?;
        Ok(DescribeInternetGatewaysOutput { next_token: next, internet_gateways: gateways })
    }
}

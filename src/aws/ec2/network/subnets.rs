//! Subnets.

use super::super::cidr::Cidr;
use super::super::error::{combination, dependency, invalid, missing, refuse};
use super::super::filter::{Dry, Listed, Listing};
use super::super::ids::Kind;
use super::super::limits::SUBNETS_PER_VPC;
use super::super::region::Region;
use super::super::shapes::network::{AttributeBooleanGiven, Subnet, Vpc};
use super::super::shapes::tag::TagSpecification;
use super::super::state::{change, look};
use super::super::{addressing, defaults, tags, zones};
use sim::api::{ApiError, Read, Refused, Value, Write};
use sim::{Cx, World};

sim::operation! {
    /// Creates a subnet in the specified VPC.
    write CreateSubnet in "ec2" = "";
    input {
        ..dry: Dry,
        /// The tags to assign to the subnet.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// The Availability Zone or Local Zone for the subnet.
        availability_zone: Option<String> => "AvailabilityZone",
        /// The AZ ID or the Local Zone ID of the subnet.
        availability_zone_id: Option<String> => "AvailabilityZoneId",
        /// The IPv4 network range for the subnet, in CIDR notation.
        cidr_block: Option<String> => "CidrBlock",
        /// The IPv6 network range for the subnet, in CIDR notation.
        _ipv6_cidr_block: Refused<String> => "Ipv6CidrBlock",
        /// The Amazon Resource Name (ARN) of the Outpost.
        _outpost_arn: Refused<String> => "OutpostArn",
        /// The ID of the VPC.
        vpc_id: String => "VpcId",
        /// Indicates whether to create an IPv6 only subnet.
        _ipv6_native: Refused<bool> => "Ipv6Native",
        /// An IPv4 IPAM pool ID for the subnet.
        _ipv4_ipam_pool_id: Refused<String> => "Ipv4IpamPoolId",
        /// An IPv4 netmask length for the subnet.
        _ipv4_netmask_length: Refused<i64> => "Ipv4NetmaskLength",
        /// An IPv6 IPAM pool ID for the subnet.
        _ipv6_ipam_pool_id: Refused<String> => "Ipv6IpamPoolId",
        /// An IPv6 netmask length for the subnet.
        _ipv6_netmask_length: Refused<i64> => "Ipv6NetmaskLength",
    }
    output CreateSubnetOutput {
        /// Information about the subnet.
        pub subnet: Subnet => "Subnet",
    }
    errors [
        "InvalidParameterValue",
        "InvalidSubnet.Conflict",
        "InvalidSubnet.Range",
        "InvalidVpcID.NotFound",
        "MissingParameter",
        "SubnetLimitExceeded",
    ]
    access {
        "ec2:CreateSubnet" on "arn:aws:ec2:{region}:{account}:vpc/{VpcId}",
        "ec2:CreateSubnet" on "arn:aws:ec2:{region}:{account}:subnet/*",
    }
}

impl Write for CreateSubnet {
    type Output = CreateSubnetOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let text = self.cidr_block.as_deref().ok_or_else(|| missing("cidrBlock"))?;
        let block = Cidr::read(text, "cidrBlock")?;
        let tags = tags::wanted_on(&self.tag_specifications, Kind::Subnet)?;
        change(world, cx, |change| {
            let vpc = change.region.find::<Vpc>(&self.vpc_id)?;
            let zone = self.zone(&change.region.place.region)?;
            check_block(change.region, vpc, block, text)?;
            self.dry.stop()?;
            let (region, rng) = (&mut *change.region, &mut *change.rng);
            let id = defaults::subnet(region, rng, &self.vpc_id, block, &zone, false);
            tags::attach(region, &id, tags);
            Ok(CreateSubnetOutput { subnet: region.find::<Subnet>(&id)?.shown(region) })
        })
    }
}

impl CreateSubnet {
    fn zone(&self, region: &str) -> Result<String, ApiError> {
        let names = zones::names(region);
        let wrong = |zone: &str, what: &str| {
            Err(invalid(format!(
                "Value ({zone}) for parameter {what} is invalid. Subnets can currently only be created \
                 in the following availability zones: {}.",
                names.join(", ")
            )))
        };
        match (&self.availability_zone, &self.availability_zone_id) {
            (Some(_), Some(_)) => Err(combination(
                "The parameters availabilityZone and availabilityZoneId cannot be used together",
            )),
            (Some(zone), None) if names.contains(zone) => Ok(zone.clone()),
            (Some(zone), None) => wrong(zone, "availabilityZone"),
            (None, Some(id)) => {
                match names.iter().find(|name| zones::id(region, name).as_ref() == Some(id)) {
                    Some(zone) => Ok(zone.clone()),
                    None => wrong(id, "availabilityZoneId"),
                }
            }
            // AWS picks one, and does not say by what; here it is the first.
            (None, None) => Ok(names.into_iter().next().unwrap_or_default()),
        }
    }
}

fn check_block(region: &Region, vpc: &Vpc, block: Cidr, text: &str) -> Result<(), ApiError> {
    let whole = Cidr::parse(&vpc.cidr_block);
    if !(16..=28).contains(&block.bits()) || !whole.is_some_and(|whole| whole.covers(block)) {
        return Err(refuse("InvalidSubnet.Range", format!("The CIDR '{text}' is invalid.")));
    }
    let siblings = || region.subnets.values().filter(|subnet| subnet.vpc_id == vpc.vpc_id);
    let mut blocks = siblings().filter_map(|subnet| Cidr::parse(&subnet.cidr_block));
    if blocks.any(|other| other.overlaps(block)) {
        let message = format!("The CIDR '{text}' conflicts with another subnet");
        return Err(refuse("InvalidSubnet.Conflict", message));
    }
    if siblings().count() >= SUBNETS_PER_VPC {
        let message = "The maximum number of subnets has been reached.";
        return Err(refuse("SubnetLimitExceeded", message));
    }
    Ok(())
}

sim::operation! {
    /// Creates a default subnet with a size /20 IPv4 CIDR block in the specified Availability Zone
    /// in your default VPC.
    write CreateDefaultSubnet in "ec2" = "";
    input {
        ..dry: Dry,
        /// The Availability Zone in which to create the default subnet.
        availability_zone: Option<String> => "AvailabilityZone",
        /// Indicates whether to create an IPv6 only subnet.
        _ipv6_native: Refused<bool> => "Ipv6Native",
        /// The ID of the Availability Zone.
        _availability_zone_id: Refused<String> => "AvailabilityZoneId",
    }
    output CreateDefaultSubnetOutput {
        /// Information about the subnet.
        pub subnet: Subnet => "Subnet",
    }
    errors [
        "DefaultSubnetAlreadyExistsInAvailabilityZone",
        "DefaultVpcDoesNotExist",
        "InvalidParameterValue",
    ]
    access { "ec2:CreateDefaultSubnet" on "arn:aws:ec2:{region}:{account}:subnet/*" }
}

impl Write for CreateDefaultSubnet {
    type Output = CreateDefaultSubnetOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let zone = self.availability_zone.as_deref().ok_or_else(|| missing("AvailabilityZone"))?;
        change(world, cx, |change| {
            let (region, rng) = (&mut *change.region, &mut *change.rng);
            if zones::id(&region.place.region, zone).is_none() {
                return Err(invalid(format!(
                    "Value ({zone}) for parameter availabilityZone is invalid."
                )));
            }
            let Some(vpc) = region.default_vpc().map(|vpc| vpc.vpc_id.clone()) else {
                let message = "No default VPC exists for this account in this region.";
                return Err(refuse("DefaultVpcDoesNotExist", message));
            };
            let there =
                region.subnets.values().find(|s| s.default_for_az && s.availability_zone == zone);
            if let Some(subnet) = there {
                let message =
                    format!("'{}' is already the default subnet in {zone}.", subnet.subnet_id);
                return Err(refuse("DefaultSubnetAlreadyExistsInAvailabilityZone", message));
            }
            self.dry.stop()?;
            let made = defaults::default_subnet(region, rng, &vpc, zone);
            let id = made.ok_or_else(|| {
                let message = "There is no free block of addresses for a default subnet.";
                refuse("InvalidSubnet.Conflict", message)
            })?;
            Ok(CreateDefaultSubnetOutput { subnet: region.find::<Subnet>(&id)?.shown(region) })
        })
    }
}

sim::operation! {
    /// Deletes the specified subnet.
    write DeleteSubnet in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the subnet.
        subnet_id: String => "SubnetId",
    }
    output DeleteSubnetOutput {}
    errors ["DependencyViolation", "InvalidSubnetID.NotFound"]
    access { "ec2:DeleteSubnet" on "arn:aws:ec2:{region}:{account}:subnet/{SubnetId}" }
}

impl Write for DeleteSubnet {
    type Output = DeleteSubnetOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let (region, id) = (&mut *change.region, self.subnet_id.as_str());
            region.find::<Subnet>(id)?;
            if region.interfaces.values().any(|interface| interface.subnet_id == id) {
                return Err(dependency(format!(
                    "The subnet '{id}' has dependencies and cannot be deleted."
                )));
            }
            self.dry.stop()?;
            for table in region.route_tables.values_mut() {
                table.associations.retain(|a| a.subnet_id.as_deref() != Some(id));
            }
            for acl in region.acls.values_mut() {
                acl.associations.retain(|association| association.subnet_id != id);
            }
            region.remove::<Subnet>(id);
            Ok(DeleteSubnetOutput {})
        })
    }
}

sim::operation! {
    /// Describes your subnets.
    read DescribeSubnets in "ec2" = "";
    input {
        ..listing: Listing,
        /// The IDs of the subnets.
        subnet_ids: Vec<String> => "SubnetIds" Xml("SubnetId"),
    }
    output DescribeSubnetsOutput {
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
        /// Information about the subnets.
        pub subnets: Vec<Subnet> => "Subnets" Xml("subnetSet"),
    }
    errors []
    access { "ec2:DescribeSubnets" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["Subnets"],
    }
    waiters [
        waiter("SubnetAvailable", 15, 40, &[success(All("Subnets[].State", "available"))]),
    ]
}

impl Listed for Subnet {
    const FILTERS: &'static [&'static str] = &[
        "availability-zone",
        "availability-zone-id",
        "availabilityZone",
        "availabilityZoneId",
        "available-ip-address-count",
        "cidr",
        "cidr-block",
        "cidrBlock",
        "default-for-az",
        "defaultForAz",
        "map-public-ip-on-launch",
        "owner-id",
        "state",
        "subnet-arn",
        "subnet-id",
        "vpc-id",
    ];

    fn values(&self, region: &Region, filter: &str) -> Vec<String> {
        vec![match filter {
            "availability-zone" | "availabilityZone" => self.availability_zone.clone(),
            "availability-zone-id" | "availabilityZoneId" => self.availability_zone_id.clone(),
            "available-ip-address-count" => {
                self.shown(region).available_ip_address_count.to_string()
            }
            "cidr" | "cidr-block" | "cidrBlock" => self.cidr_block.clone(),
            "default-for-az" | "defaultForAz" => self.default_for_az.to_string(),
            "map-public-ip-on-launch" => self.map_public_ip_on_launch.to_string(),
            "owner-id" => self.owner_id.clone(),
            "state" => self.state.clone(),
            "subnet-arn" => self.subnet_arn.clone(),
            "subnet-id" => self.subnet_id.clone(),
            "vpc-id" => self.vpc_id.clone(),
            _ => return Vec::new(),
        }]
    }

    fn shown(&self, region: &Region) -> Self {
        let used = addressing::taken(region, &self.subnet_id).len();
        let used = i64::try_from(used).unwrap_or(i64::MAX);
        Self {
            tags: region.tags(&self.subnet_id),
            available_ip_address_count: self.available_ip_address_count.saturating_sub(used),
            ..self.clone()
        }
    }
}

impl Read for DescribeSubnets {
    type Output = DescribeSubnetsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (subnets, next_token) = self.listing.page(&look(world, cx), &self.subnet_ids)?;
        Ok(DescribeSubnetsOutput { next_token, subnets })
    }
}

sim::operation! {
    /// Modifies a subnet attribute.
    write ModifySubnetAttribute in "ec2" = "";
    input {
        /// Specify true to indicate that network interfaces created in the specified subnet should
        /// be assigned an IPv6 address.
        _assign_ipv6_address_on_creation: Refused<Value> =>
            "AssignIpv6AddressOnCreation",
        /// Specify true to indicate that network interfaces attached to instances created in the
        /// specified subnet should be assigned a public IPv4 address.
        map_public_ip_on_launch: Option<AttributeBooleanGiven> =>
            "MapPublicIpOnLaunch",
        /// The ID of the subnet.
        subnet_id: String => "SubnetId",
        /// Specify true to indicate that network interfaces attached to instances created in the
        /// specified subnet should be assigned a customer-owned IPv4.
        _map_customer_owned_ip_on_launch: Refused<Value> =>
            "MapCustomerOwnedIpOnLaunch",
        /// The customer-owned IPv4 address pool associated with the subnet.
        _customer_owned_ipv4_pool: Refused<String> =>
            "CustomerOwnedIpv4Pool",
        /// Indicates whether DNS queries made to the Amazon-provided DNS Resolver in this subnet
        /// should return synthetic IPv6 addresses for IPv4-only.
        _enable_dns64: Refused<Value> => "EnableDns64",
        /// The type of hostname to assign to instances in the subnet at launch.
        _private_dns_hostname_type_on_launch: Refused<String> =>
            "PrivateDnsHostnameTypeOnLaunch",
        /// Indicates whether to respond to DNS queries for instance hostnames with DNS A records.
        _enable_resource_name_dns_a_record_on_launch: Refused<Value> =>
            "EnableResourceNameDnsARecordOnLaunch",
        /// Indicates whether to respond to DNS queries for instance hostnames with DNS AAAA
        /// records.
        _enable_resource_name_dns_aaaa_record_on_launch: Refused<Value> =>
            "EnableResourceNameDnsAAAARecordOnLaunch",
        /// Indicates the device position for local network interfaces in this subnet.
        _enable_lni_at_device_index: Refused<i64> =>
            "EnableLniAtDeviceIndex",
        /// Specify true to indicate that local network interfaces at the current position should be
        /// disabled.
        _disable_lni_at_device_index: Refused<Value> =>
            "DisableLniAtDeviceIndex",
    }
    output ModifySubnetAttributeOutput {}
    errors ["InvalidSubnetID.NotFound", "MissingParameter"]
    access {
        "ec2:ModifySubnetAttribute" on "arn:aws:ec2:{region}:{account}:subnet/{SubnetId}",
    }
}

impl Write for ModifySubnetAttribute {
    type Output = ModifySubnetAttributeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let Some(public) = self.map_public_ip_on_launch.and_then(|given| given.value) else {
            return Err(missing("attribute"));
        };
        change(world, cx, |change| {
            let subnet = change.region.find_mut::<Subnet>(&self.subnet_id)?;
            subnet.map_public_ip_on_launch = public;
            Ok(ModifySubnetAttributeOutput {})
        })
    }
}

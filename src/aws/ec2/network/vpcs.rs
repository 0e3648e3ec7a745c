//! VPCs and their attributes.

use super::super::cidr::Cidr;
use super::super::error::{combination, dependency, invalid, missing, refuse};
use super::super::filter::{Dry, Listed, Listing};
use super::super::ids::Kind;
use super::super::limits::VPCS;
use super::super::region::Region;
use super::super::shapes::network::{
    AttributeBooleanGiven, AttributeBooleanValue, DhcpOptions, Vpc,
};
use super::super::shapes::tag::TagSpecification;
use super::super::state::{change, look};
use super::super::{defaults, tags};
use sim::api::{ApiError, Read, Refused, Value, Write};
use sim::{Cx, World};

sim::operation! {
    /// Creates a VPC with the specified CIDR blocks.
    write CreateVpc in "ec2" = "";
    input {
        ..dry: Dry,
        /// The IPv4 network range for the VPC, in CIDR notation.
        cidr_block: Option<String> => "CidrBlock",
        /// The ID of an IPv6 address pool from which to allocate the IPv6 CIDR block.
        _ipv6_pool: Refused<String> => "Ipv6Pool",
        /// The IPv6 CIDR block from the IPv6 address pool.
        _ipv6_cidr_block: Refused<String> => "Ipv6CidrBlock",
        /// The ID of an IPv4 IPAM pool you want to use for allocating this VPC's CIDR.
        _ipv4_ipam_pool_id: Refused<String> => "Ipv4IpamPoolId",
        /// The netmask length of the IPv4 CIDR you want to allocate to this VPC from an Amazon VPC
        /// IP Address Manager (IPAM) pool.
        _ipv4_netmask_length: Refused<i64> => "Ipv4NetmaskLength",
        /// The ID of an IPv6 IPAM pool which will be used to allocate this VPC an IPv6 CIDR.
        _ipv6_ipam_pool_id: Refused<String> => "Ipv6IpamPoolId",
        /// The netmask length of the IPv6 CIDR you want to allocate to this VPC from an Amazon VPC
        /// IP Address Manager (IPAM) pool.
        _ipv6_netmask_length: Refused<i64> => "Ipv6NetmaskLength",
        /// The name of the location from which we advertise the IPV6 CIDR block.
        _ipv6_cidr_block_network_border_group: Refused<String> =>
            "Ipv6CidrBlockNetworkBorderGroup",
        /// Specifies the encryption control configuration to apply to the VPC during creation.
        _vpc_encryption_control: Refused<Value> =>
            "VpcEncryptionControl",
        /// The tags to assign to the VPC.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// The tenancy options for instances launched into the VPC.
        instance_tenancy: Option<String> => "InstanceTenancy",
        /// Requests an Amazon-provided IPv6 CIDR block with a /56 prefix length for the VPC.
        _amazon_provided_ipv6_cidr_block: Refused<bool> => "AmazonProvidedIpv6CidrBlock",
    }
    output CreateVpcOutput {
        /// Information about the VPC.
        pub vpc: Vpc => "Vpc",
    }
    errors [
        "InvalidParameterValue",
        "InvalidVpc.Range",
        "MissingParameter",
        "VpcLimitExceeded",
    ]
    access { "ec2:CreateVpc" on "arn:aws:ec2:{region}:{account}:vpc/*" }
}

impl Write for CreateVpc {
    type Output = CreateVpcOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let text = self.cidr_block.as_deref().ok_or_else(|| missing("cidrBlock"))?;
        let block = Cidr::read(text, "cidrBlock")?;
        if !(16..=28).contains(&block.bits()) {
            return Err(refuse("InvalidVpc.Range", format!("The CIDR '{text}' is invalid.")));
        }
        let tenancy = self.instance_tenancy.as_deref().unwrap_or("default");
        if tenancy != "default" {
            // Nothing here stands on hardware of its own.
            let message = format!("The instance tenancy {tenancy} is not simulated here");
            return Err(refuse("UnsupportedOperation", message));
        }
        let tags = tags::wanted_on(&self.tag_specifications, Kind::Vpc)?;
        change(world, cx, |change| {
            if change.region.vpcs.len() >= VPCS {
                let message = "The maximum number of VPCs has been reached.";
                return Err(refuse("VpcLimitExceeded", message));
            }
            self.dry.stop()?;
            let id = defaults::vpc(change.region, change.rng, block, tenancy, false);
            tags::attach(change.region, &id, tags);
            let vpc = change.region.find::<Vpc>(&id)?;
            // It is being made yet, though nobody can see it otherwise afterwards.
            Ok(CreateVpcOutput { vpc: Vpc { state: "pending".into(), ..vpc.shown(change.region) } })
        })
    }
}

sim::operation! {
    /// Creates a default VPC with a size /16 IPv4 CIDR block and a default subnet in each
    /// Availability Zone.
    write CreateDefaultVpc in "ec2" = "";
    input {
        ..dry: Dry,
    }
    output CreateDefaultVpcOutput {
        /// Information about the VPC.
        pub vpc: Vpc => "Vpc",
    }
    errors ["DefaultVpcAlreadyExists", "VpcLimitExceeded"]
    access { "ec2:CreateDefaultVpc" on "arn:aws:ec2:{region}:{account}:vpc/*" }
}

impl Write for CreateDefaultVpc {
    type Output = CreateDefaultVpcOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            if let Some(vpc) = change.region.default_vpc() {
                let message = format!(
                    "A Default VPC already exists for this account in this region. ({})",
                    vpc.vpc_id
                );
                return Err(refuse("DefaultVpcAlreadyExists", message));
            }
            if change.region.vpcs.len() >= VPCS {
                let message = "The maximum number of VPCs has been reached.";
                return Err(refuse("VpcLimitExceeded", message));
            }
            self.dry.stop()?;
            let id = defaults::default_vpc(change.region, change.rng);
            let vpc = change.region.find::<Vpc>(&id)?.shown(change.region);
            Ok(CreateDefaultVpcOutput { vpc })
        })
    }
}

sim::operation! {
    /// Deletes the specified VPC.
    write DeleteVpc in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the VPC.
        vpc_id: String => "VpcId",
    }
    output DeleteVpcOutput {}
    errors ["DependencyViolation", "InvalidVpcID.NotFound"]
    access { "ec2:DeleteVpc" on "arn:aws:ec2:{region}:{account}:vpc/{VpcId}" }
}

impl Write for DeleteVpc {
    type Output = DeleteVpcOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let id = &self.vpc_id;
            let region = &mut *change.region;
            region.find::<Vpc>(id)?;
            let gateway = region
                .internet_gateways
                .values()
                .any(|gateway| gateway.attachments.iter().any(|attached| attached.vpc_id == *id));
            let table = region.route_tables.values().any(|table| {
                table.vpc_id == *id
                    && !table.associations.iter().any(|association| association.main)
            });
            if gateway
                || table
                || region.subnets.values().any(|subnet| subnet.vpc_id == *id)
                || region.acls.values().any(|acl| acl.vpc_id == *id && !acl.is_default)
                || region.groups.values().any(|g| g.vpc_id == *id && g.group_name != "default")
            {
                let message = format!("The vpc '{id}' has dependencies and cannot be deleted.");
                return Err(dependency(message));
            }
            self.dry.stop()?;
            take_apart(region, id);
            Ok(DeleteVpcOutput {})
        })
    }
}

/// Removes a VPC with what it came with.
fn take_apart(region: &mut Region, id: &str) {
    let tables: Vec<String> =
        owned(region.route_tables.values(), |t| (&t.vpc_id, &t.route_table_id), id);
    let acls: Vec<String> = owned(region.acls.values(), |a| (&a.vpc_id, &a.network_acl_id), id);
    let groups: Vec<String> = owned(region.groups.values(), |g| (&g.vpc_id, &g.group_id), id);
    for group in &groups {
        let rules: Vec<String> = region
            .group_rules
            .values()
            .filter(|rule| rule.group_id == *group)
            .map(|rule| rule.security_group_rule_id.clone())
            .collect();
        for rule in rules {
            region.remove::<super::super::shapes::group::SecurityGroupRule>(&rule);
        }
        region.remove::<super::super::shapes::group::SecurityGroup>(group);
    }
    for table in tables {
        region.remove::<super::super::shapes::route::RouteTable>(&table);
    }
    for acl in acls {
        region.remove::<super::super::shapes::acl::NetworkAcl>(&acl);
    }
    region.vpc_settings.remove(id);
    region.remove::<Vpc>(id);
}

/// The ids of what belongs to a VPC.
fn owned<'r, T: 'r>(
    all: impl Iterator<Item = &'r T>,
    named: impl Fn(&'r T) -> (&'r String, &'r String),
    vpc: &str,
) -> Vec<String> {
    all.map(named).filter(|(of, _)| *of == vpc).map(|(_, id)| id.clone()).collect()
}

sim::operation! {
    /// Describes your VPCs.
    read DescribeVpcs in "ec2" = "";
    input {
        ..listing: Listing,
        /// The IDs of the VPCs.
        vpc_ids: Vec<String> => "VpcIds" Xml("VpcId"),
    }
    output DescribeVpcsOutput {
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
        /// Information about the VPCs.
        pub vpcs: Vec<Vpc> => "Vpcs" Xml("vpcSet"),
    }
    errors []
    access { "ec2:DescribeVpcs" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["Vpcs"],
    }
    waiters [
        waiter("VpcAvailable", 15, 40, &[success(All("Vpcs[].State", "available"))]),
        waiter("VpcExists", 1, 5, &[success(Status(200)), retry(Error("InvalidVpcID.NotFound"))]),
    ]
}

impl Listed for Vpc {
    const FILTERS: &'static [&'static str] = &[
        "cidr",
        "cidr-block-association.association-id",
        "cidr-block-association.cidr-block",
        "cidr-block-association.state",
        "cidrBlock",
        "dhcp-options-id",
        "dhcpOptionsId",
        "is-default",
        "isDefault",
        "owner-id",
        "state",
        "vpc-id",
    ];

    fn values(&self, _: &Region, filter: &str) -> Vec<String> {
        let blocks = &self.cidr_block_association_set;
        match filter {
            "cidr" | "cidrBlock" => vec![self.cidr_block.clone()],
            "cidr-block-association.association-id" => {
                blocks.iter().map(|block| block.association_id.clone()).collect()
            }
            "cidr-block-association.cidr-block" => {
                blocks.iter().map(|block| block.cidr_block.clone()).collect()
            }
            "cidr-block-association.state" => {
                blocks.iter().map(|block| block.cidr_block_state.state.clone()).collect()
            }
            "dhcp-options-id" | "dhcpOptionsId" => vec![self.dhcp_options_id.clone()],
            "is-default" | "isDefault" => vec![self.is_default.to_string()],
            "owner-id" => vec![self.owner_id.clone()],
            "state" => vec![self.state.clone()],
            "vpc-id" => vec![self.vpc_id.clone()],
            _ => Vec::new(),
        }
    }

    fn shown(&self, region: &Region) -> Self {
        Self { tags: region.tags(&self.vpc_id), ..self.clone() }
    }
}

impl Read for DescribeVpcs {
    type Output = DescribeVpcsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (vpcs, next_token) = self.listing.page(&look(world, cx), &self.vpc_ids)?;
        Ok(DescribeVpcsOutput { next_token, vpcs })
    }
}

sim::operation! {
    /// Describes the specified attribute of the specified VPC.
    read DescribeVpcAttribute in "ec2" = "";
    input {
        ..dry: Dry,
        /// The VPC attribute.
        attribute: String => "Attribute",
        /// The ID of the VPC.
        vpc_id: String => "VpcId",
    }
    output DescribeVpcAttributeOutput {
        /// Indicates whether the instances launched in the VPC get DNS hostnames.
        pub enable_dns_hostnames: Option<AttributeBooleanValue> => "EnableDnsHostnames",
        /// Indicates whether DNS resolution is enabled for the VPC.
        pub enable_dns_support: Option<AttributeBooleanValue> => "EnableDnsSupport",
        /// The ID of the VPC.
        pub vpc_id: String => "VpcId",
    }
    errors []
    access { "ec2:DescribeVpcAttribute" on "*" }
}

impl Read for DescribeVpcAttribute {
    type Output = DescribeVpcAttributeOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = look(world, cx);
        region.find::<Vpc>(&self.vpc_id)?;
        self.dry.stop()?;
        let settings = region.vpc_settings.get(&self.vpc_id);
        let is = |value: Option<bool>| Some(AttributeBooleanValue { value: value == Some(true) });
        let mut out = DescribeVpcAttributeOutput { vpc_id: self.vpc_id, ..Default::default() };
        match self.attribute.as_str() {
            "enableDnsSupport" => {
                out.enable_dns_support = is(settings.map(|s| s.dns_support));
            }
            "enableDnsHostnames" => {
                out.enable_dns_hostnames = is(settings.map(|s| s.dns_hostnames));
            }
            other => {
                return Err(invalid(format!(
                    "Value ({other}) for parameter attribute is invalid."
                )));
            }
        }
        Ok(out)
    }
}

sim::operation! {
    /// Modifies the specified attribute of the specified VPC.
    write ModifyVpcAttribute in "ec2" = "";
    input {
        /// Indicates whether the instances launched in the VPC get DNS hostnames.
        enable_dns_hostnames: Option<AttributeBooleanGiven> =>
            "EnableDnsHostnames",
        /// Indicates whether the DNS resolution is supported for the VPC.
        enable_dns_support: Option<AttributeBooleanGiven> =>
            "EnableDnsSupport",
        /// The ID of the VPC.
        vpc_id: String => "VpcId",
        /// Indicates whether Network Address Usage metrics are enabled for your VPC.
        _enable_network_address_usage_metrics: Refused<Value> =>
            "EnableNetworkAddressUsageMetrics",
    }
    output ModifyVpcAttributeOutput {}
    errors ["InvalidParameterCombination", "InvalidVpcID.NotFound"]
    access { "ec2:ModifyVpcAttribute" on "arn:aws:ec2:{region}:{account}:vpc/{VpcId}" }
}

impl Write for ModifyVpcAttribute {
    type Output = ModifyVpcAttributeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let hostnames = self.enable_dns_hostnames.and_then(|given| given.value);
        let support = self.enable_dns_support.and_then(|given| given.value);
        if hostnames.is_some() == support.is_some() {
            let message = if support.is_some() {
                "Only one attribute may be modified at a time"
            } else {
                "No attributes specified."
            };
            return Err(combination(message));
        }
        change(world, cx, |change| {
            change.region.find::<Vpc>(&self.vpc_id)?;
            if let Some(settings) = change.region.vpc_settings.get_mut(&self.vpc_id) {
                settings.dns_support = support.unwrap_or(settings.dns_support);
                settings.dns_hostnames = hostnames.unwrap_or(settings.dns_hostnames);
            }
            Ok(ModifyVpcAttributeOutput {})
        })
    }
}

sim::operation! {
    /// Describes your DHCP option sets.
    read DescribeDhcpOptions in "ec2" = "";
    input {
        ..listing: Listing,
        /// The IDs of DHCP option sets.
        dhcp_options_ids: Vec<String> => "DhcpOptionsIds" Xml("DhcpOptionsId"),
    }
    output DescribeDhcpOptionsOutput {
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
        /// Information about the DHCP options sets.
        pub dhcp_options: Vec<DhcpOptions> => "DhcpOptions" Xml("dhcpOptionsSet"),
    }
    errors []
    access { "ec2:DescribeDhcpOptions" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["DhcpOptions"],
    }
}

impl Listed for DhcpOptions {
    const FILTERS: &'static [&'static str] = &["dhcp-options-id", "key", "owner-id", "value"];

    fn values(&self, _: &Region, filter: &str) -> Vec<String> {
        let options = &self.dhcp_configurations;
        match filter {
            "dhcp-options-id" => vec![self.dhcp_options_id.clone()],
            "key" => options.iter().map(|option| option.key.clone()).collect(),
            "owner-id" => vec![self.owner_id.clone()],
            "value" => {
                let values = options.iter().flat_map(|option| &option.values);
                values.map(|value| value.value.clone()).collect()
            }
            _ => Vec::new(),
        }
    }

    fn shown(&self, region: &Region) -> Self {
        Self { tags: region.tags(&self.dhcp_options_id), ..self.clone() }
    }
}

impl Read for DescribeDhcpOptions {
    type Output = DescribeDhcpOptionsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (options, next) = self.listing.page(&look(world, cx), &self.dhcp_options_ids)?;
        Ok(DescribeDhcpOptionsOutput { next_token: next, dhcp_options: options })
    }
}

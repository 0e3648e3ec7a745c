//! What a region has before anybody does something in it, and what a new VPC comes with.

use std::net::Ipv4Addr;

use super::cidr::Cidr;
use super::ids::{Kind, draw};
use super::region::{Place, Region, VpcSettings};
use super::shapes::acl::{NetworkAcl, NetworkAclAssociation, NetworkAclEntry};
use super::shapes::group::{ReferencedSecurityGroup, SecurityGroup, SecurityGroupRule};
use super::shapes::network::{
    AttributeValue, DhcpConfiguration, DhcpOptions, InternetGateway, InternetGatewayAttachment,
    PrivateDnsNameOptionsOnLaunch, Subnet, Vpc, VpcCidrBlockAssociation, VpcCidrBlockState,
};
use super::shapes::route::{Route, RouteTable, RouteTableAssociation, RouteTableAssociationState};
use super::zones;
use base::Rng;

/// The addresses of the default VPC (Amazon VPC User Guide, "Default VPCs").
pub(crate) const DEFAULT_BLOCK: &str = "172.31.0.0/16";
/// The leading bits that addresses of a default subnet share.
const DEFAULT_SUBNET_BITS: u8 = 20;
/// Addresses of each subnet that AWS keeps: the first four and the last.
pub(crate) const RESERVED_ADDRESSES: u64 = 5;
/// The number of the entry that refuses what no other entry of a network ACL fits.
pub(crate) const LAST_ENTRY: i64 = 32_767;
/// The number of the entry with which a default network ACL lets everything through.
const FIRST_ENTRY: i64 = 100;

/// A region as an account finds it: with a default VPC, and a default subnet in every zone.
pub(crate) fn region(seed: u64, place: Place) -> Region {
    let label = format!("ec2 {} {}", place.account, place.region);
    let mut rng = Rng::labelled(seed, &label);
    let mut region = Region::empty(place);
    let options = dhcp_options(&region.place, &mut rng);
    region.put(options);
    default_vpc(&mut region, &mut rng);
    region
}

/// Makes the default VPC with everything in it, and says its id.
pub(crate) fn default_vpc(region: &mut Region, rng: &mut Rng) -> String {
    let block = DEFAULT_BLOCK.parse_block();
    let id = vpc(region, rng, block, "default", true);
    let gateway = InternetGateway {
        attachments: vec![InternetGatewayAttachment {
            state: "available".into(),
            vpc_id: id.clone(),
        }],
        internet_gateway_id: Kind::InternetGateway.draw(rng),
        owner_id: region.place.account.clone(),
        tags: Vec::new(),
    };
    let out = Route {
        destination_cidr_block: Cidr::ALL.to_string(),
        gateway_id: Some(gateway.internet_gateway_id.clone()),
        origin: "CreateRoute".into(),
        state: "active".into(),
        ..Route::default()
    };
    region.put(gateway);
    let table = region.main_table(&id).map(|table| table.route_table_id.clone());
    if let Some(table) = table.and_then(|table| region.route_tables.get_mut(&table)) {
        table.routes.push(out);
    }
    for zone in zones::names(&region.place.region.clone()) {
        default_subnet(region, rng, &id, &zone);
    }
    id
}

/// The block of the default subnet in a zone, when it is free.
pub(crate) fn default_subnet(
    region: &mut Region,
    rng: &mut Rng,
    vpc: &str,
    zone: &str,
) -> Option<String> {
    let taken: Vec<Cidr> = region
        .subnets
        .values()
        .filter(|subnet| subnet.vpc_id == vpc)
        .filter_map(|subnet| Cidr::parse(&subnet.cidr_block))
        .collect();
    let whole = DEFAULT_BLOCK.parse_block();
    let step = 1_u64 << (32 - u32::from(DEFAULT_SUBNET_BITS));
    let mut blocks = (0..whole.size() / step)
        .filter_map(|n| Some(Cidr::around(whole.nth(n * step)?, DEFAULT_SUBNET_BITS)));
    let block = blocks.find(|block| !taken.iter().any(|other| other.overlaps(*block)))?;
    Some(subnet(region, rng, vpc, block, zone, true))
}

trait Block {
    fn parse_block(&self) -> Cidr;
}

impl Block for str {
    fn parse_block(&self) -> Cidr {
        Cidr::parse(self).unwrap_or(Cidr::around(Ipv4Addr::new(172, 31, 0, 0), 16))
    }
}

fn dhcp_options(place: &Place, rng: &mut Rng) -> DhcpOptions {
    let one = |key: &str, value: String| DhcpConfiguration {
        key: key.to_owned(),
        values: vec![AttributeValue { value }],
    };
    DhcpOptions {
        owner_id: place.account.clone(),
        tags: Vec::new(),
        dhcp_options_id: Kind::DhcpOptions.draw(rng),
        dhcp_configurations: vec![
            one("domain-name", zones::private_domain(&place.region)),
            one("domain-name-servers", "AmazonProvidedDNS".into()),
        ],
    }
}

/// Makes a VPC with what every VPC has: a main route table, a network ACL that lets everything
/// through, and a security group that lets its own members in. Says the VPC's id.
pub(crate) fn vpc(
    region: &mut Region,
    rng: &mut Rng,
    block: Cidr,
    tenancy: &str,
    is_default: bool,
) -> String {
    let owner_id = region.place.account.clone();
    let id = Kind::Vpc.draw(rng);
    let dhcp_options_id = region.dhcp_options.keys().next().cloned().unwrap_or_default();
    let cidr_block = block.to_string();
    region.put(Vpc {
        owner_id: owner_id.clone(),
        instance_tenancy: tenancy.to_owned(),
        cidr_block_association_set: vec![VpcCidrBlockAssociation {
            association_id: draw("vpc-cidr-assoc-", rng),
            cidr_block: cidr_block.clone(),
            cidr_block_state: VpcCidrBlockState { state: "associated".into() },
        }],
        is_default,
        tags: Vec::new(),
        vpc_id: id.clone(),
        state: "available".into(),
        cidr_block: cidr_block.clone(),
        dhcp_options_id,
    });
    let settings = VpcSettings { dns_support: true, dns_hostnames: is_default };
    region.vpc_settings.insert(id.clone(), settings);
    let mut table = route_table(&owner_id, &id, &cidr_block, rng);
    table.associations.push(association(&table.route_table_id, None, rng));
    region.put(table);
    let mut acl = network_acl(&owner_id, &id, rng);
    acl.is_default = true;
    let open = [true, false].map(|egress| NetworkAclEntry {
        cidr_block: Cidr::ALL.to_string(),
        egress,
        protocol: "-1".into(),
        rule_action: "allow".into(),
        rule_number: FIRST_ENTRY,
        ..NetworkAclEntry::default()
    });
    acl.entries.extend(open);
    sort_entries(&mut acl);
    region.put(acl);
    let group = group(region, rng, &id, "default", "default VPC security group");
    let itself = ReferencedSecurityGroup { group_id: group.clone(), user_id: owner_id.clone() };
    let rule = everything(region, rng, &group, false);
    region.put(SecurityGroupRule { referenced_group_info: Some(itself), ..rule });
    id
}

/// A security group that lets everything out and nothing in. Says its id.
pub(crate) fn group(
    region: &mut Region,
    rng: &mut Rng,
    vpc: &str,
    name: &str,
    description: &str,
) -> String {
    let id = Kind::Group.draw(rng);
    region.put(SecurityGroup {
        group_id: id.clone(),
        vpc_id: vpc.to_owned(),
        security_group_arn: region.place.arn("ec2", &format!("security-group/{id}")),
        owner_id: region.place.account.clone(),
        group_name: name.to_owned(),
        description: description.to_owned(),
        ..SecurityGroup::default()
    });
    let rule = everything(region, rng, &id, true);
    region.put(SecurityGroupRule { cidr_ipv4: Some(Cidr::ALL.to_string()), ..rule });
    id
}

/// A rule about all protocols and ports.
fn everything(region: &Region, rng: &mut Rng, group: &str, egress: bool) -> SecurityGroupRule {
    let id = Kind::GroupRule.draw(rng);
    SecurityGroupRule {
        security_group_rule_arn: region.place.arn("ec2", &format!("security-group-rule/{id}")),
        security_group_rule_id: id,
        group_id: group.to_owned(),
        group_owner_id: region.place.account.clone(),
        is_egress: egress,
        ip_protocol: "-1".into(),
        from_port: -1,
        to_port: -1,
        ..SecurityGroupRule::default()
    }
}

/// A route table that leads nowhere but within its VPC.
pub(crate) fn route_table(owner: &str, vpc: &str, block: &str, rng: &mut Rng) -> RouteTable {
    let local = Route {
        destination_cidr_block: block.to_owned(),
        gateway_id: Some("local".into()),
        origin: "CreateRouteTable".into(),
        state: "active".into(),
        ..Route::default()
    };
    RouteTable {
        route_table_id: Kind::RouteTable.draw(rng),
        routes: vec![local],
        vpc_id: vpc.to_owned(),
        owner_id: owner.to_owned(),
        ..RouteTable::default()
    }
}

/// That a subnet goes by a route table, or, of none, that its VPC does.
pub(crate) fn association(
    table: &str,
    subnet: Option<&str>,
    rng: &mut Rng,
) -> RouteTableAssociation {
    RouteTableAssociation {
        main: subnet.is_none(),
        route_table_association_id: draw("rtbassoc-", rng),
        route_table_id: table.to_owned(),
        subnet_id: subnet.map(str::to_owned),
        association_state: RouteTableAssociationState { state: "associated".into() },
    }
}

/// A network ACL that lets nothing through.
pub(crate) fn network_acl(owner: &str, vpc: &str, rng: &mut Rng) -> NetworkAcl {
    let last = [true, false].map(|egress| NetworkAclEntry {
        cidr_block: Cidr::ALL.to_string(),
        egress,
        protocol: "-1".into(),
        rule_action: "deny".into(),
        rule_number: LAST_ENTRY,
        ..NetworkAclEntry::default()
    });
    NetworkAcl {
        entries: last.into(),
        network_acl_id: Kind::Acl.draw(rng),
        vpc_id: vpc.to_owned(),
        owner_id: owner.to_owned(),
        ..NetworkAcl::default()
    }
}

/// The order in which entries are shown: outward ones first, by their numbers.
pub(crate) fn sort_entries(acl: &mut NetworkAcl) {
    acl.entries.sort_by_key(|entry| (!entry.egress, entry.rule_number));
}

/// Makes a subnet behind its VPC's default network ACL. Says its id.
pub(crate) fn subnet(
    region: &mut Region,
    rng: &mut Rng,
    vpc: &str,
    block: Cidr,
    zone: &str,
    default: bool,
) -> String {
    let id = Kind::Subnet.draw(rng);
    let free = block.size().saturating_sub(RESERVED_ADDRESSES);
    region.put(Subnet {
        availability_zone_id: zones::id(&region.place.region, zone).unwrap_or_default(),
        map_public_ip_on_launch: default,
        owner_id: region.place.account.clone(),
        subnet_arn: region.place.arn("ec2", &format!("subnet/{id}")),
        private_dns_name_options_on_launch: PrivateDnsNameOptionsOnLaunch {
            hostname_type: "ip-name".into(),
            ..PrivateDnsNameOptionsOnLaunch::default()
        },
        subnet_id: id.clone(),
        state: "available".into(),
        vpc_id: vpc.to_owned(),
        cidr_block: block.to_string(),
        available_ip_address_count: i64::try_from(free).unwrap_or(i64::MAX),
        availability_zone: zone.to_owned(),
        default_for_az: default,
        ..Subnet::default()
    });
    let behind = region.acls.values_mut().find(|acl| acl.vpc_id == vpc && acl.is_default);
    if let Some(acl) = behind {
        acl.associations.push(NetworkAclAssociation {
            network_acl_association_id: draw("aclassoc-", rng),
            network_acl_id: acl.network_acl_id.clone(),
            subnet_id: id.clone(),
        });
    }
    id
}

//! `CreateLoadBalancer`.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{self, Of};
use super::tags;
use crate::balancer::{Balancer, Zone};
use crate::counts::Counts;
use crate::durations::PROVISIONING;
use crate::event::{Event, What};
use crate::faults::{configuration, invalid, not_simulated, other};
use crate::shapes::balancer::{IpAddressType, LoadBalancer, LoadBalancerType, Scheme};
use crate::shapes::tag::Tag;
use crate::state::State;
use aws::ec2::managed::{self, SubnetFacts, Wish};
use aws::place::Place;
use base::rng::HEX;
use sim::api::{ApiError, Refused, Value, Write};
use sim::{Cx, World};

/// Load balancers of a region unless more were asked for (quotas of Application Load Balancers).
const BALANCERS_MAX: usize = 50;
/// The fewest zones of an Application Load Balancer.
const ZONES_MIN: usize = 2;
/// Who makes its network interfaces.
const REQUESTER: &str = "amazon-elb";

sim::argument! {
    /// A subnet, with addresses of one's own.
    pub struct SubnetMapping {
        /// The ID of the subnet.
        subnet_id: Option<String> => "SubnetId",
        /// The allocation ID of an Elastic IP address.
        _allocation_id: Refused<String> => "AllocationId",
        /// The private IPv4 address.
        _private_ipv4_address: Refused<String> => "PrivateIPv4Address",
        /// The IPv6 address.
        _ipv6_address: Refused<String> => "IPv6Address",
        /// The IPv6 prefix to use for source NAT.
        _source_nat_ipv6_prefix: Refused<String> => "SourceNatIpv6Prefix",
    }
}

sim::operation! {
    /// Creates an Application Load Balancer.
    write CreateLoadBalancer in "elbv2" = "";
    input {
        /// The name of the load balancer.
        name: String => "Name",
        /// The IDs of the subnets.
        subnets: Vec<String> => "Subnets",
        /// The IDs of the subnets.
        subnet_mappings: Vec<SubnetMapping> => "SubnetMappings",
        /// The IDs of the security groups for the load balancer.
        security_groups: Vec<String> => "SecurityGroups",
        /// Whether its nodes have public addresses.
        scheme: Option<Scheme> => "Scheme",
        /// The tags to assign to the load balancer.
        tags: Vec<Tag> => "Tags",
        /// The type of load balancer.
        kind: Option<LoadBalancerType> => "Type",
        /// The IP address type.
        ip_address_type: Option<IpAddressType> => "IpAddressType",
        /// The ID of the customer-owned address pool.
        _customer_owned_ipv4_pool: Refused<String> => "CustomerOwnedIpv4Pool",
        /// Indicates whether to use an IPv6 prefix from each subnet for source NAT.
        _enable_prefix_for_ipv6_source_nat: Refused<String> => "EnablePrefixForIpv6SourceNat",
        /// The IPAM pools to use with the load balancer.
        _ipam_pools: Refused<Value> => "IpamPools",
    }
    output CreateLoadBalancerOutput {
        /// Information about the load balancer.
        pub load_balancers: Vec<LoadBalancer> => "LoadBalancers",
    }
    errors [
        "DuplicateLoadBalancerName", "TooManyLoadBalancers", "InvalidConfigurationRequest",
        "SubnetNotFound", "InvalidSubnet", "InvalidSecurityGroup", "TooManyTags",
        "DuplicateTagKeys", "OperationNotPermitted",
    ]
    access {
        "elasticloadbalancing:CreateLoadBalancer" on
            "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/{Name}/*"
            keys {
                "elasticloadbalancing:Scheme": "Scheme",
                "elasticloadbalancing:Subnet": "Subnets",
                "elasticloadbalancing:SecurityGroup": "SecurityGroups",
            },
    }
    takes time
}

/// What is asked for, checked.
struct Plan {
    scheme: Scheme,
    subnets: Vec<SubnetFacts>,
    vpc: String,
    groups: Vec<String>,
    tags: BTreeMap<String, String>,
}

impl Write for CreateLoadBalancer {
    type Output = CreateLoadBalancerOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let name = self.name.clone();
        let plan = self.plan(world, &place)?;
        let region = world.get::<State>().region(&place);
        if let Some(there) = region.balancers.values().find(|balancer| balancer.name == name) {
            // What is there already is the answer to a request for the same.
            let same = there.scheme == plan.scheme
                && there.security_groups == plan.groups
                && there.zones.iter().map(|z| &z.subnet).eq(plan.subnets.iter().map(|s| &s.id))
                && region.tags_of(&there.arn).eq(plan.tags.iter());
            if same {
                return Ok(CreateLoadBalancerOutput {
                    load_balancers: vec![there.shown(&place.region)],
                });
            }
            let message = format!(
                "A load balancer with the same name '{name}' exists, but with different settings"
            );
            return Err(other("DuplicateLoadBalancerName", message));
        }
        if region.balancers.len() >= BALANCERS_MAX {
            let message =
                format!("The maximum number of load balancers, {BALANCERS_MAX}, is reached");
            return Err(other("TooManyLoadBalancers", message));
        }
        let balancer = make(world, cx, &place, name, plan)?;
        Ok(CreateLoadBalancerOutput { load_balancers: vec![balancer] })
    }
}

impl CreateLoadBalancer {
    fn plan(self, world: &World, place: &Place) -> Result<Plan, ApiError> {
        match self.kind.unwrap_or_default() {
            LoadBalancerType::Application => {}
            other => return Err(not_simulated(&format!("Type {}", other.as_str()))),
        }
        match self.ip_address_type.unwrap_or_default() {
            IpAddressType::Ipv4 => {}
            other => return Err(not_simulated(&format!("IpAddressType {}", other.as_str()))),
        }
        names::check(Of::Balancer, &self.name)?;
        if self.name.starts_with("internal-") {
            return Err(invalid(format!(
                "The load balancer name '{}' cannot begin with 'internal-'",
                self.name
            )));
        }
        let tags = tags::read(self.tags)?;
        let scheme = self.scheme.unwrap_or_default();
        let ids = subnet_ids(self.subnets, self.subnet_mappings)?;
        let subnets = subnets(world, place, &ids)?;
        let vpc = subnets.first().map(|subnet| subnet.vpc.clone()).unwrap_or_default();
        if scheme == Scheme::InternetFacing && !managed::leads_out(world, place, &vpc) {
            return Err(other("InvalidSubnet", format!("VPC {vpc} has no internet gateway")));
        }
        let groups = security_groups(world, place, &vpc, self.security_groups)?;
        Ok(Plan { scheme, subnets, vpc, groups, tags })
    }
}

/// The subnets that a request names in one of two ways.
///
/// # Errors
/// It names them in both or in none.
pub(super) fn subnet_ids(
    subnets: Vec<String>,
    mappings: Vec<SubnetMapping>,
) -> Result<Vec<String>, ApiError> {
    if !subnets.is_empty() && !mappings.is_empty() {
        return Err(invalid("You must specify either subnets or subnet mappings, not both"));
    }
    let mapped = mappings.into_iter().filter_map(|mapping| mapping.subnet_id);
    let ids: Vec<String> = subnets.into_iter().chain(mapped).collect();
    if ids.is_empty() {
        return Err(invalid("You must specify either subnets or subnet mappings"));
    }
    Ok(ids)
}

/// The subnets in which a load balancer can stand, in the order of their zones.
///
/// # Errors
/// One is not there, two share a zone, they are of several networks, or they are too few.
pub(super) fn subnets(
    world: &World,
    place: &Place,
    ids: &[String],
) -> Result<Vec<SubnetFacts>, ApiError> {
    let mut found = Vec::new();
    for id in ids {
        let subnet = managed::subnet(world, place, id).ok_or_else(|| {
            other("SubnetNotFound", format!("The subnet ID '{id}' does not exist"))
        })?;
        found.push(subnet);
    }
    let networks: BTreeSet<&str> = found.iter().map(|subnet| subnet.vpc.as_str()).collect();
    if networks.len() > 1 {
        let message = "All subnets must belong to the same VPC";
        return Err(other("InvalidSubnet", message));
    }
    let zones: BTreeSet<&str> = found.iter().map(|subnet| subnet.zone.as_str()).collect();
    if zones.len() < found.len() {
        return Err(configuration(
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        ));
    }
    if zones.len() < ZONES_MIN {
        return Err(invalid(
            "At least two subnets in two different Availability Zones must be specified",
        ));
    }
    found.sort_by(|a, b| a.zone.cmp(&b.zone));
    Ok(found)
}

/// The security groups of a load balancer: those given, or the network's default one.
///
/// # Errors
/// One is not there, or not of the network.
pub(super) fn security_groups(
    world: &World,
    place: &Place,
    vpc: &str,
    given: Vec<String>,
) -> Result<Vec<String>, ApiError> {
    if given.is_empty() {
        return Ok(managed::default_group(world, place, vpc).into_iter().collect());
    }
    for group in &given {
        match managed::group_vpc(world, place, group) {
            Some(own) if own == vpc => {}
            Some(_) => {
                let message = "One or more security groups are invalid";
                return Err(configuration(message));
            }
            None => {
                let message = format!("The security group '{group}' does not exist");
                return Err(other("InvalidSecurityGroup", message));
            }
        }
    }
    Ok(given)
}

/// Puts the nodes of a load balancer into subnets.
pub(super) fn nodes(
    world: &mut World,
    cx: &Cx<'_>,
    path: &str,
    scheme: Scheme,
    groups: &[String],
    subnets: &[SubnetFacts],
) -> Result<Vec<Zone>, ApiError> {
    let wish = |subnet: &SubnetFacts| Wish {
        subnet: subnet.id.clone(),
        groups: groups.to_vec(),
        description: format!("ELB {path}"),
        requester: REQUESTER,
        public: scheme == Scheme::InternetFacing,
    };
    let wishes: Vec<Wish> = subnets.iter().map(wish).collect();
    let placed = managed::place(world, &Place::of(cx), cx.at, &wishes)
        .map_err(|error| other("InvalidSubnet", error.message))?;
    let zone = |(subnet, placed): (&SubnetFacts, managed::Placed)| Zone {
        name: subnet.zone.clone(),
        subnet: subnet.id.clone(),
        interface: placed.interface,
        private: placed.private,
        public: placed.public,
    };
    Ok(subnets.iter().zip(placed).map(zone).collect())
}

fn make(
    world: &mut World,
    cx: &Cx<'_>,
    place: &Place,
    name: String,
    plan: Plan,
) -> Result<LoadBalancer, ApiError> {
    let before = world.rng::<State>().clone();
    let rng = world.rng::<State>();
    let id = rng.text(HEX, 16);
    let number = 100_000_000 + rng.below(2_000_000_000);
    let path = format!("app/{name}/{id}");
    let zones = match nodes(world, cx, &path, plan.scheme, &plan.groups, &plan.subnets) {
        Ok(zones) => zones,
        Err(error) => {
            // A refused request draws nothing.
            *world.rng::<State>() = before;
            return Err(error);
        }
    };
    let arn = place.arn("elasticloadbalancing", &format!("loadbalancer/{path}"));
    let internal = if plan.scheme == Scheme::Internal { "internal-" } else { "" };
    let dns = format!("{internal}{name}-{number}.{}.elb.amazonaws.com", place.region);
    let balancer = Balancer {
        arn: arn.clone(),
        name,
        dns: dns.clone(),
        created: cx.at,
        scheme: plan.scheme,
        vpc: plan.vpc,
        active: false,
        zones,
        security_groups: plan.groups,
        attributes: BTreeMap::new(),
        counts: Counts::default(),
        requests: 0,
    };
    let shown = balancer.shown(&place.region);
    let state = world.get_mut::<State>();
    state.names.insert(dns.to_ascii_lowercase(), (place.clone(), arn.clone()));
    let region = state.region_mut(place);
    region.balancers.insert(arn.clone(), balancer);
    if !plan.tags.is_empty() {
        region.tags.insert(arn.clone(), plan.tags);
    }
    let event = Event { place: place.clone(), what: What::Active { balancer: arn } };
    event.at(world, cx.at.plus(PROVISIONING));
    Ok(shown)
}

//! Load balancers: described, moved, put behind other groups, deleted.

use std::collections::BTreeSet;

use super::create_balancer::{self, SubnetMapping};
use crate::faults::{invalid, no_balancers, not_permitted, not_simulated, other};
use crate::health;
use crate::page::Paging;
use crate::shapes::balancer::{AvailabilityZone, IpAddressType, LoadBalancer};
use crate::state::State;
use aws::ec2::managed;
use aws::place::Place;
use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

sim::operation! {
    /// Describes the specified load balancers or all of your load balancers.
    read DescribeLoadBalancers in "elbv2" = "";
    input {
        ..paging: Paging,
        /// The Amazon Resource Names (ARN) of the load balancers.
        load_balancer_arns: Vec<String> => "LoadBalancerArns",
        /// The names of the load balancers.
        names: Vec<String> => "Names",
    }
    output DescribeLoadBalancersOutput {
        /// Information about the load balancers.
        pub load_balancers: Vec<LoadBalancer> => "LoadBalancers",
        /// If there are additional results, this is the marker for the next set of results.
        pub next_marker: Option<String> => "NextMarker",
    }
    errors ["LoadBalancerNotFound"]
    access { "elasticloadbalancing:DescribeLoadBalancers" on "*" }
    pages {
        input: &["Marker"],
        output: &["NextMarker"],
        limit: Some("PageSize"),
        results: &["LoadBalancers"],
    }
    waiters [
        waiter("LoadBalancerExists", 15, 40, &[
            success(Status(200)),
            retry(Error("LoadBalancerNotFound")),
        ]),
        waiter("LoadBalancerAvailable", 15, 40, &[
            success(All("LoadBalancers[].State.Code", "active")),
            retry(Any("LoadBalancers[].State.Code", "provisioning")),
            retry(Error("LoadBalancerNotFound")),
        ]),
        waiter("LoadBalancersDeleted", 15, 40, &[
            retry(All("LoadBalancers[].State.Code", "active")),
            success(Error("LoadBalancerNotFound")),
        ]),
    ]
}

impl Read for DescribeLoadBalancers {
    type Output = DescribeLoadBalancersOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place);
        if !self.names.is_empty() && !self.load_balancer_arns.is_empty() {
            return Err(invalid("Load balancer names and ARNs cannot be specified together"));
        }
        let known: BTreeSet<&str> = region.balancers.values().map(|b| b.name.as_str()).collect();
        let unknown = |name: &&String| !known.contains(name.as_str());
        let missing: Vec<String> = self.names.iter().filter(unknown).cloned().collect();
        if !missing.is_empty() {
            return Err(no_balancers(&missing));
        }
        if self.load_balancer_arns.iter().any(|arn| !region.balancers.contains_key(arn)) {
            return Err(other("LoadBalancerNotFound", "One or more load balancers not found"));
        }
        let all = self.names.is_empty() && self.load_balancer_arns.is_empty();
        let wanted = region.balancers.values().filter(|balancer| {
            all || self.names.contains(&balancer.name)
                || self.load_balancer_arns.contains(&balancer.arn)
        });
        let shown = wanted.map(|balancer| balancer.shown(&place.region)).collect();
        let (load_balancers, next_marker) =
            self.paging.page(shown, |balancer| balancer.load_balancer_arn.clone())?;
        Ok(DescribeLoadBalancersOutput { load_balancers, next_marker })
    }
}

sim::operation! {
    /// Deletes the specified load balancer, with its listeners. Where there is none, nothing is done.
    write DeleteLoadBalancer in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the load balancer.
        load_balancer_arn: String => "LoadBalancerArn",
    }
    output DeleteLoadBalancerOutput {}
    errors ["LoadBalancerNotFound", "OperationNotPermitted", "ResourceInUse"]
    access { "elasticloadbalancing:DeleteLoadBalancer" on "{LoadBalancerArn}" }
}

impl Write for DeleteLoadBalancer {
    type Output = DeleteLoadBalancerOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, arn) = (Place::of(cx), self.load_balancer_arn);
        let Some(balancer) = world.get::<State>().region(&place).balancers.get(&arn) else {
            if !arn.contains(":loadbalancer/") {
                return Err(invalid(format!("'{arn}' is not a valid load balancer ARN")));
            }
            return Ok(DeleteLoadBalancerOutput {});
        };
        if balancer.is_on("deletion_protection.enabled") {
            return Err(not_permitted(format!(
                "Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
            )));
        }
        let dns = balancer.dns.to_ascii_lowercase();
        let interfaces: Vec<String> = balancer.zones.iter().map(|z| z.interface.clone()).collect();
        managed::remove(world, &place, cx.at, &interfaces);
        let state = world.get_mut::<State>();
        state.names.remove(&dns);
        let region = state.region_mut(&place);
        region.balancers.remove(&arn);
        region.tags.remove(&arn);
        let gone: Vec<String> = region.listeners_of(&arn).map(|l| l.arn.clone()).collect();
        for listener in gone {
            super::listeners::remove(region, &listener);
        }
        super::certificates::settle(world, &place, &arn);
        health::settle(world, &place);
        Ok(DeleteLoadBalancerOutput {})
    }
}

sim::operation! {
    /// Associates the specified security groups with the specified load balancer, in the place of those
    /// that it had.
    write SetSecurityGroups in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the load balancer.
        load_balancer_arn: String => "LoadBalancerArn",
        /// The IDs of the security groups.
        security_groups: Vec<String> => required "SecurityGroups",
        /// Whether to evaluate inbound rules for traffic through a private link.
        _enforce: Refused<String> => "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
    }
    output SetSecurityGroupsOutput {
        /// The IDs of the security groups associated with the load balancer.
        pub security_group_ids: Vec<String> => "SecurityGroupIds",
        /// Whether to evaluate inbound rules for traffic through a private link.
        pub enforce: Option<String> => "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
    }
    errors ["LoadBalancerNotFound", "InvalidConfigurationRequest", "InvalidSecurityGroup"]
    access {
        "elasticloadbalancing:SetSecurityGroups" on "{LoadBalancerArn}"
            keys { "elasticloadbalancing:SecurityGroup": "SecurityGroups" },
    }
}

impl Write for SetSecurityGroups {
    type Output = SetSecurityGroupsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, arn) = (Place::of(cx), self.load_balancer_arn);
        let balancer = world.get::<State>().region(&place).balancer(&arn)?;
        if self.security_groups.is_empty() {
            return Err(invalid("At least one security group must be specified"));
        }
        let interfaces: Vec<String> = balancer.zones.iter().map(|z| z.interface.clone()).collect();
        let vpc = balancer.vpc.clone();
        let groups = create_balancer::security_groups(world, &place, &vpc, self.security_groups)?;
        managed::set_groups(world, &place, cx.at, &interfaces, &groups);
        if let Some(kept) = world.get_mut::<State>().region_mut(&place).balancers.get_mut(&arn) {
            kept.security_groups.clone_from(&groups);
        }
        Ok(SetSecurityGroupsOutput { security_group_ids: groups, enforce: None })
    }
}

sim::operation! {
    /// Enables the Availability Zones for the specified subnets for the specified load balancer, in the
    /// place of those that it had.
    write SetSubnets in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the load balancer.
        load_balancer_arn: String => "LoadBalancerArn",
        /// The IDs of the subnets.
        subnets: Vec<String> => "Subnets",
        /// The IDs of the subnets.
        subnet_mappings: Vec<SubnetMapping> => "SubnetMappings",
        /// The IP address type.
        ip_address_type: Option<IpAddressType> => "IpAddressType",
        /// Indicates whether to use an IPv6 prefix from each subnet for source NAT.
        _enable_prefix_for_ipv6_source_nat: Refused<String> => "EnablePrefixForIpv6SourceNat",
    }
    output SetSubnetsOutput {
        /// Information about the subnets.
        pub availability_zones: Vec<AvailabilityZone> => "AvailabilityZones",
        /// The IP address type.
        pub ip_address_type: IpAddressType => "IpAddressType",
        /// Indicates whether to use an IPv6 prefix from each subnet for source NAT.
        pub enable_prefix_for_ipv6_source_nat: Option<String> => "EnablePrefixForIpv6SourceNat",
    }
    errors [
        "LoadBalancerNotFound", "InvalidConfigurationRequest", "SubnetNotFound", "InvalidSubnet",
    ]
    access {
        "elasticloadbalancing:SetSubnets" on "{LoadBalancerArn}"
            keys { "elasticloadbalancing:Subnet": "Subnets" },
    }
}

impl Write for SetSubnets {
    type Output = SetSubnetsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, arn) = (Place::of(cx), self.load_balancer_arn);
        only_ipv4(self.ip_address_type)?;
        let balancer = world.get::<State>().region(&place).balancer(&arn)?.clone();
        let ids = create_balancer::subnet_ids(self.subnets, self.subnet_mappings)?;
        let wanted = create_balancer::subnets(world, &place, &ids)?;
        if wanted.iter().any(|subnet| subnet.vpc != balancer.vpc) {
            return Err(other("InvalidSubnet", "The subnets must be in the load balancer's VPC"));
        }
        let (kept, gone): (Vec<_>, Vec<_>) = balancer
            .zones
            .iter()
            .cloned()
            .partition(|zone| wanted.iter().any(|subnet| subnet.id == zone.subnet));
        let new: Vec<_> = wanted
            .into_iter()
            .filter(|subnet| kept.iter().all(|zone| zone.subnet != subnet.id))
            .collect();
        let groups = &balancer.security_groups;
        let mut zones =
            create_balancer::nodes(world, cx, balancer.path(), balancer.scheme, groups, &new)?;
        let gone: Vec<String> = gone.into_iter().map(|zone| zone.interface).collect();
        managed::remove(world, &place, cx.at, &gone);
        zones.extend(kept);
        zones.sort_by(|a, b| a.name.cmp(&b.name));
        let region = world.get_mut::<State>().region_mut(&place);
        let mut availability_zones = Vec::new();
        if let Some(kept) = region.balancers.get_mut(&arn) {
            kept.zones = zones;
            availability_zones = kept.zones_shown();
        }
        health::settle(world, &place);
        Ok(SetSubnetsOutput { availability_zones, ..SetSubnetsOutput::default() })
    }
}

/// # Errors
/// Another kind of addresses is wanted.
fn only_ipv4(wanted: Option<IpAddressType>) -> Result<(), ApiError> {
    match wanted.unwrap_or_default() {
        IpAddressType::Ipv4 => Ok(()),
        other => Err(not_simulated(&format!("IpAddressType {}", other.as_str()))),
    }
}

sim::operation! {
    /// Sets the type of IP addresses used by the subnets of the specified load balancer.
    write SetIpAddressType in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the load balancer.
        load_balancer_arn: String => "LoadBalancerArn",
        /// The IP address type.
        ip_address_type: IpAddressType => "IpAddressType",
    }
    output SetIpAddressTypeOutput {
        /// The IP address type.
        pub ip_address_type: IpAddressType => "IpAddressType",
    }
    errors ["LoadBalancerNotFound", "InvalidConfigurationRequest", "InvalidSubnet"]
    access { "elasticloadbalancing:SetIpAddressType" on "{LoadBalancerArn}" }
}

impl Write for SetIpAddressType {
    type Output = SetIpAddressTypeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        world.get::<State>().region(&Place::of(cx)).balancer(&self.load_balancer_arn)?;
        only_ipv4(Some(self.ip_address_type))?;
        Ok(SetIpAddressTypeOutput { ip_address_type: self.ip_address_type })
    }
}

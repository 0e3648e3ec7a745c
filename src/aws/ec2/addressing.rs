//! Which addresses are free, and how hosts are named by them.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use super::cidr::Cidr;
use super::region::Region;
use super::shapes::network::Subnet;
use super::zones;
use base::Rng;

/// Addresses at the beginning of each subnet that AWS keeps: network, router, name server, and one for
/// later. It keeps the last one, too (Amazon VPC User Guide, "Subnet CIDR blocks").
pub(crate) const KEPT_FIRST: u64 = 4;

/// The addresses that are taken in a subnet.
pub(crate) fn taken(region: &Region, subnet: &str) -> BTreeSet<Ipv4Addr> {
    region.lookup.taken(subnet).collect()
}

/// Whether hosts may have an address of a block.
pub(crate) fn is_for_hosts(block: Cidr, address: Ipv4Addr) -> bool {
    let kept = (0..KEPT_FIRST).chain([block.size() - 1]).filter_map(|n| block.nth(n));
    block.contains(address) && !kept.into_iter().any(|kept| kept == address)
}

/// So many free addresses of a subnet; fewer when there are no more.
pub(crate) fn draw_private(
    region: &Region,
    rng: &mut Rng,
    subnet: &Subnet,
    count: usize,
) -> Vec<Ipv4Addr> {
    let Some(block) = Cidr::parse(&subnet.cidr_block) else { return Vec::new() };
    let taken = taken(region, &subnet.subnet_id);
    let hosts = block.size().saturating_sub(KEPT_FIRST + 1);
    let mut found = BTreeSet::new();
    let mut drawn = Vec::new();
    while drawn.len() < count
        && taken.len() + drawn.len() < usize::try_from(hosts).unwrap_or(usize::MAX)
    {
        let start = rng.below(hosts);
        let free = (0..hosts)
            .filter_map(|n| block.nth(KEPT_FIRST + (start + n) % hosts))
            .find(|address| !taken.contains(address) && !found.contains(address));
        let Some(address) = free else { break };
        found.insert(address);
        drawn.push(address);
    }
    drawn
}

/// Public addresses out of which a region gives, some of those that AWS publishes for it.
fn public_block(region: &str) -> Cidr {
    let (address, bits) = match region {
        "us-east-1" => ([3, 80, 0, 0], 12),
        "us-east-2" => ([3, 128, 0, 0], 15),
        "us-west-1" => ([54, 176, 0, 0], 15),
        "us-west-2" => ([34, 208, 0, 0], 12),
        "eu-central-1" => ([3, 64, 0, 0], 12),
        "eu-west-1" => ([34, 240, 0, 0], 13),
        "eu-west-2" => ([3, 8, 0, 0], 14),
        "eu-west-3" => ([13, 36, 0, 0], 14),
        "eu-north-1" => ([13, 48, 0, 0], 15),
        "ap-southeast-2" => ([13, 236, 0, 0], 14),
        "ap-northeast-1" => ([13, 112, 0, 0], 14),
        _ => ([16, 16, 0, 0], 16),
    };
    Cidr::around(address.into(), bits)
}

/// A public address that nobody in the region has.
pub(crate) fn draw_public(region: &Region, rng: &mut Rng) -> Ipv4Addr {
    let block = public_block(&region.place.region);
    loop {
        let address = block.nth(1 + rng.below(block.size() - 2)).unwrap_or(Ipv4Addr::UNSPECIFIED);
        let text = address.to_string();
        let elastic = region.addresses.values().any(|elastic| elastic.public_ip == text);
        if !elastic && region.interface_seen_as(address).is_none() {
            return address;
        }
    }
}

/// `ip-10-0-0-7.ec2.internal`
pub(crate) fn private_name(region: &str, address: Ipv4Addr) -> String {
    format!("ip-{}.{}", dashes(address), zones::private_domain(region))
}

/// `ec2-3-80-1-2.compute-1.amazonaws.com`
pub(crate) fn public_name(region: &str, address: Ipv4Addr) -> String {
    let domain = if region == "us-east-1" {
        "compute-1.amazonaws.com".to_owned()
    } else {
        format!("{region}.compute.amazonaws.com")
    };
    format!("ec2-{}.{domain}", dashes(address))
}

fn dashes(address: Ipv4Addr) -> String {
    address.to_string().replace('.', "-")
}

//! A network as a map: its zones, their subnets, the instances in them, and how far a packet gets on its
//! way to each from outside.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use base::Time;
use sim::view::{Branch, Mood};

use super::cidr::Cidr;
use super::machine::{Machine, Phase};
use super::reach::{self, End, Packet, Payload};
use super::region::Region;
use super::shapes::group::SecurityGroupRule;
use super::shapes::interface::NetworkInterface;
use super::shapes::network::{Subnet, Vpc};

/// How many instances of a subnet are shown.
const INSTANCES_MAX: usize = 20;
/// How many packets to an instance are followed.
const PACKETS_MAX: usize = 4;
/// Somebody outside of AWS, where a rule lets everybody in (RFC 5737 keeps these addresses for examples).
const SOMEBODY: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 7);
/// A port that programs ask from.
const EPHEMERAL: u16 = 49_152;
const SSH: u16 = 22;

/// The name that a resource was given by its tag, with its id.
pub(super) fn named(region: &Region, id: &str) -> String {
    match region.tag(id, "Name") {
        Some(name) => format!("{name} ({id})"),
        None => id.to_owned(),
    }
}

/// A network's gateways, and what stands in each of its zones.
pub(super) fn network(region: &Region, vpc: &Vpc, now: Time) -> Vec<Branch> {
    let attached = region.internet_gateways.values().filter(|gateway| {
        gateway.attachments.iter().any(|attachment| attachment.vpc_id == vpc.vpc_id)
    });
    let gateways = attached.map(|gateway| {
        let name = named(region, &gateway.internet_gateway_id);
        Branch::new(Mood::Plain, format!("{name}, the way to the internet"))
    });
    let mut branches: Vec<Branch> = gateways.collect();
    if branches.is_empty() {
        branches.push(Branch::new(Mood::Aside, "no internet gateway: no way in or out"));
    }
    let mut zones: BTreeMap<&str, Vec<Branch>> = BTreeMap::new();
    for it in region.subnets.values().filter(|subnet| subnet.vpc_id == vpc.vpc_id) {
        zones.entry(&it.availability_zone).or_default().push(subnet(region, it, now));
    }
    if zones.is_empty() {
        branches.push(Branch::new(Mood::Aside, "no subnet yet"));
    }
    let zones = zones.into_iter().map(|(zone, subnets)| {
        let branch = if region.dark.has(zone) {
            Branch::new(Mood::Bad, format!("{zone}, without power"))
        } else {
            Branch::new(Mood::Plain, zone)
        };
        branch.with(subnets)
    });
    branches.extend(zones);
    branches
}

fn subnet(region: &Region, subnet: &Subnet, now: Time) -> Branch {
    let name = named(region, &subnet.subnet_id);
    let leads = leads(region, subnet).unwrap_or_else(|| "leads nowhere else".into());
    let here = |machine: &&Machine| {
        machine.subnet == subnet.subnet_id && machine.phase != Phase::Terminated
    };
    let machines: Vec<&Machine> = region.instances.values().filter(here).collect();
    let shown = machines.iter().take(INSTANCES_MAX).map(|machine| instance(region, machine, now));
    let mut branch =
        Branch::new(Mood::Plain, format!("{name} · {} · {leads}", subnet.cidr_block)).with(shown);
    if let Some(more) = machines.len().checked_sub(INSTANCES_MAX).filter(|more| *more > 0) {
        branch.children.push(Branch::new(Mood::Aside, format!("and {more} more")));
    }
    branch
}

/// Where a subnet's own routes lead: `0.0.0.0/0 → igw-1`.
fn leads(region: &Region, subnet: &Subnet) -> Option<String> {
    let table = region.table_of(subnet)?;
    let own = table.routes.iter().filter(|route| route.origin == "CreateRoute");
    let words: Vec<String> = own
        .map(|route| {
            let to = route.gateway_id.as_deref().or(route.nat_gateway_id.as_deref());
            let to = to.or(route.instance_id.as_deref()).unwrap_or_default();
            let dead = if route.state == "blackhole" { " (blackhole)" } else { "" };
            format!("{} → {to}{dead}", route.destination_cidr_block)
        })
        .collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn instance(region: &Region, machine: &Machine, now: Time) -> Branch {
    let (mood, state) = match machine.phase {
        Phase::Running if region.dark.has(&machine.zone) => (Mood::Bad, "running, without power"),
        Phase::Running if machine.is_checked(now) => (Mood::Good, "running, 2/2 checks"),
        Phase::Running => (Mood::Going, "running, initializing"),
        Phase::Pending | Phase::Stopping | Phase::ShuttingDown => {
            (Mood::Going, machine.phase.name())
        }
        _ => (Mood::Aside, machine.phase.name()),
    };
    let first = region.first_interface(&machine.id);
    let private = first.map(|interface| interface.private_ip_address.as_str());
    let public = first.and_then(|interface| interface.association.as_ref());
    let public = public.map(|association| association.public_ip.as_str());
    let facts = [Some(machine.kind.as_str()), Some(state), private, public];
    let facts: Vec<&str> = facts.into_iter().flatten().collect();
    let text = format!("{} · {}", named(region, &machine.id), facts.join(" · "));
    let packets = match (first, public.and_then(|public| public.parse().ok())) {
        (Some(first), Some(public)) if machine.phase == Phase::Running => {
            packets(region, first, public)
        }
        _ => Vec::new(),
    };
    Branch::new(mood, text).with(packets)
}

/// What becomes of packets from outside to the ports that the groups of an interface speak of, and to
/// SSH's, which everybody tries first.
fn packets(region: &Region, interface: &NetworkInterface, public: Ipv4Addr) -> Vec<Branch> {
    let groups = interface.groups.iter();
    let rules = groups.flat_map(|group| region.rules(&group.group_id, false));
    let mut asked: BTreeMap<(u16, Ipv4Addr), String> = BTreeMap::new();
    for rule in rules {
        let Some((port, source, words)) = outside(rule) else { continue };
        asked.insert((port, source), words);
    }
    if !asked.keys().any(|(port, _)| *port == SSH) {
        asked.insert((SSH, SOMEBODY), "anywhere".into());
    }
    let asked = asked.into_iter().take(PACKETS_MAX);
    asked.map(|((port, source), words)| packet(region, public, port, source, &words)).collect()
}

/// A port that a rule lets in from outside, with one of the addresses that it means, and its words for
/// them.
fn outside(rule: &SecurityGroupRule) -> Option<(u16, Ipv4Addr, String)> {
    let block = Cidr::parse(rule.cidr_ipv4.as_deref()?)?;
    let source = if block.bits() == 0 { SOMEBODY } else { block.nth(0)? };
    let words = if block.bits() == 0 { "anywhere".to_owned() } else { block.to_string() };
    let port = match rule.ip_protocol.as_str() {
        "tcp" => u16::try_from(rule.from_port).ok()?,
        "-1" => SSH,
        _ => return None,
    };
    (!source.is_private()).then_some((port, source, words))
}

fn packet(region: &Region, public: Ipv4Addr, port: u16, source: Ipv4Addr, words: &str) -> Branch {
    let packet = Packet {
        from: End::Address(source),
        to: End::Address(public),
        payload: Payload::Tcp(EPHEMERAL, port),
        is_answer: false,
    };
    match reach::round(region, &packet) {
        Ok(arrival) => {
            let way = arrival.through.join(" → ");
            Branch::new(Mood::Good, format!("tcp {port} from {words}: {way}"))
        }
        Err(stop) => Branch::new(Mood::Bad, format!("tcp {port} from {words}: {stop}")),
    }
}

//! The way of a packet, from hop to hop.

use std::net::Ipv4Addr;

use super::super::cidr::Cidr;
use super::super::machine::Phase;
use super::super::region::Region;
use super::super::shapes::address::NatGateway;
use super::super::shapes::interface::NetworkInterface;
use super::super::shapes::route::{Route, RouteTable};
use super::filters::{Peer, acl_lets, groups_let};
use super::stop::Stop;
use super::{Arrival, End, Packet, Payload};

/// A packet under way.
struct Way<'r> {
    region: &'r Region,
    payload: Payload,
    is_answer: bool,
    through: Vec<String>,
}

/// Where a packet gets to.
pub(super) fn walk(region: &Region, packet: &Packet) -> Result<Arrival, Stop> {
    let mut way =
        Way { region, payload: packet.payload, is_answer: packet.is_answer, through: Vec::new() };
    match &packet.from {
        End::Address(source) => match region.interface_seen_as(*source) {
            Some(interface) => way.leave(interface, &packet.to),
            None => way.come_in(*source, &packet.to),
        },
        End::Interface(id) => way.leave(find(region, id)?, &packet.to),
    }
}

/// The way back to the address that a packet seemed to come from.
pub(super) fn answer(region: &Region, packet: &Packet, source: Ipv4Addr) -> Result<Arrival, Stop> {
    let End::Interface(_) = &packet.from else {
        // Who is outside answers to the address that it saw, through whatever had put it there.
        return back_in(region, packet, source);
    };
    let to = match &packet.to {
        End::Interface(id) if find(region, id)?.private_ip_address == source.to_string() => {
            packet.to.clone()
        }
        _ => End::Address(source),
    };
    walk(region, &Packet { to, ..packet.clone() })
}

/// An answer from outside: a NAT gateway hands on what was asked for through it.
fn back_in(region: &Region, packet: &Packet, source: Ipv4Addr) -> Result<Arrival, Stop> {
    let End::Address(outside) = &packet.from else {
        return Err(Stop::Nobody(source));
    };
    let text = source.to_string();
    let nat = region.nat_gateways.values().find(|nat| {
        nat.nat_gateway_addresses.iter().any(|a| a.public_ip.as_deref() == Some(&text))
    });
    let mut way = Way { region, payload: packet.payload, is_answer: true, through: Vec::new() };
    match nat {
        None => way.come_in(*outside, &End::Address(source)),
        Some(nat) => {
            let End::Interface(id) = &packet.to else { return Err(Stop::Nobody(source)) };
            let inside = find(region, id)?;
            way.through.push(nat.nat_gateway_id.clone());
            acl_lets(region, &nat.subnet_id, false, packet.payload, *outside)?;
            way.arrive(inside, Peer { address: *outside, interface: None }, Some(&nat.subnet_id))
        }
    }
}

fn find<'r>(region: &'r Region, id: &str) -> Result<&'r NetworkInterface, Stop> {
    region.interfaces.get(id).ok_or_else(|| Stop::NoInterface(id.to_owned()))
}

fn private(interface: &NetworkInterface) -> Ipv4Addr {
    interface.private_ip_address.parse().unwrap_or(Ipv4Addr::UNSPECIFIED)
}

/// The most special route to an address.
fn route(table: &RouteTable, address: Ipv4Addr) -> Option<&Route> {
    let fitting = table.routes.iter().filter_map(|route| {
        let block = Cidr::parse(&route.destination_cidr_block)?;
        block.contains(address).then_some((block.bits(), route))
    });
    fitting.max_by_key(|(bits, _)| *bits).map(|(_, route)| route)
}

/// The zone of an interface must have power, and the instance behind it must run.
fn runs(region: &Region, interface: &NetworkInterface) -> Result<(), Stop> {
    if region.dark.has(&interface.availability_zone) {
        return Err(Stop::NoPower { zone: interface.availability_zone.clone() });
    }
    let instance = interface.attachment.as_ref().and_then(|a| a.instance_id.as_ref());
    let Some(machine) = instance.and_then(|id| region.instances.get(id)) else { return Ok(()) };
    if machine.phase == Phase::Running {
        return Ok(());
    }
    Err(Stop::NotRunning { instance: machine.id.clone(), state: machine.phase.name() })
}

impl<'r> Way<'r> {
    /// Out of an interface, towards the other end.
    fn leave(&mut self, from: &'r NetworkInterface, to: &End) -> Result<Arrival, Stop> {
        let region = self.region;
        runs(region, from)?;
        self.through.push(from.network_interface_id.clone());
        let target = match to {
            End::Interface(id) => Some(find(region, id)?),
            End::Address(address) => region.interface_at(&from.vpc_id, *address),
        };
        let address = match (to, target) {
            (End::Address(address), _) => *address,
            (End::Interface(_), Some(target)) if target.vpc_id == from.vpc_id => private(target),
            (End::Interface(_), target) => {
                let public = target.and_then(|target| target.association.as_ref());
                let public = public.and_then(|association| association.public_ip.parse().ok());
                public.ok_or_else(|| Stop::Nobody(target.map_or(Ipv4Addr::UNSPECIFIED, private)))?
            }
        };
        let inside =
            target.filter(|target| target.vpc_id == from.vpc_id && private(target) == address);
        let peer = Peer { address, interface: inside };
        if !self.is_answer && !groups_let(region, from, true, self.payload, peer) {
            return Err(Stop::GroupsOut {
                interface: from.network_interface_id.clone(),
                groups: from.groups.iter().map(|group| group.group_id.clone()).collect(),
            });
        }
        if let Some(target) = inside.filter(|target| target.subnet_id == from.subnet_id) {
            // Neighbours speak to each other without a router between them.
            let peer = Peer { address: private(from), interface: Some(from) };
            return self.arrive(target, peer, Some(&from.subnet_id));
        }
        acl_lets(region, &from.subnet_id, true, self.payload, address)?;
        self.be_routed(from, address)
    }

    /// Wherever the route table of its subnet leads.
    fn be_routed(
        &mut self,
        from: &'r NetworkInterface,
        address: Ipv4Addr,
    ) -> Result<Arrival, Stop> {
        let region = self.region;
        let none = || Stop::NoRoute { table: String::new(), address };
        let subnet = region.subnets.get(&from.subnet_id).ok_or_else(none)?;
        let table = region.table_of(subnet).ok_or_else(none)?;
        let id = table.route_table_id.clone();
        self.through.push(id.clone());
        let route =
            route(table, address).ok_or_else(|| Stop::NoRoute { table: id.clone(), address })?;
        if route.state == "blackhole" {
            let destination = route.destination_cidr_block.clone();
            return Err(Stop::Blackhole { table: id, destination });
        }
        if let Some(nat) = &route.nat_gateway_id {
            return self.through_nat(from, nat, address);
        }
        if let Some(next) = &route.network_interface_id {
            let hop = find(region, next)?;
            runs(region, hop)?;
            return if hop.private_ip_address == address.to_string() {
                let peer = Peer { address: private(from), interface: Some(from) };
                self.arrive(hop, peer, Some(&from.subnet_id))
            } else {
                // What programs of an instance would do with it, nobody here knows.
                Err(Stop::SourceDestCheck { interface: next.clone() })
            };
        }
        match route.gateway_id.as_deref() {
            Some("local") => {
                let target =
                    region.interface_at(&from.vpc_id, address).ok_or(Stop::Nobody(address))?;
                let peer = Peer { address: private(from), interface: Some(from) };
                self.arrive(target, peer, Some(&from.subnet_id))
            }
            gateway => {
                let gateway = gateway.unwrap_or_default();
                self.through.push(gateway.to_owned());
                self.go_out(from, gateway, address)
            }
        }
    }

    /// Through an internet gateway.
    fn go_out(
        &mut self,
        from: &'r NetworkInterface,
        gateway: &str,
        address: Ipv4Addr,
    ) -> Result<Arrival, Stop> {
        let public = from.association.as_ref().and_then(|a| a.public_ip.parse::<Ipv4Addr>().ok());
        let source = public.ok_or_else(|| Stop::NoPublicAddress {
            interface: from.network_interface_id.clone(),
            gateway: gateway.to_owned(),
        })?;
        self.come_in(source, &End::Address(address))
    }

    /// Through a NAT gateway, whose own subnet leads further.
    fn through_nat(
        &mut self,
        from: &'r NetworkInterface,
        id: &str,
        address: Ipv4Addr,
    ) -> Result<Arrival, Stop> {
        let region = self.region;
        let state = |nat: Option<&NatGateway>| Stop::NatState {
            gateway: id.to_owned(),
            state: nat.map_or_else(|| "deleted".to_owned(), |nat| nat.state.clone()),
        };
        let nat = region.nat_gateways.get(id);
        let nat = nat.filter(|nat| nat.state == "available").ok_or_else(|| state(nat))?;
        self.through.push(id.to_owned());
        if nat.subnet_id != from.subnet_id {
            acl_lets(region, &nat.subnet_id, false, self.payload, private(from))?;
        }
        acl_lets(region, &nat.subnet_id, true, self.payload, address)?;
        let own = nat.nat_gateway_addresses.iter().find_map(|a| a.network_interface_id.as_ref());
        let interface = find(region, own.map(String::as_str).unwrap_or_default())?;
        runs(region, interface)?;
        if interface.network_interface_id == from.network_interface_id {
            return Err(Stop::NoRoute { table: id.to_owned(), address });
        }
        self.be_routed(interface, address)
    }

    /// From the outside, towards a public address.
    fn come_in(&mut self, source: Ipv4Addr, to: &End) -> Result<Arrival, Stop> {
        let region = self.region;
        let target = match to {
            End::Address(address) => match region.interface_seen_as(*address) {
                Some(target) => target,
                None if address.is_private() => return Err(Stop::PrivateOutside(*address)),
                None => {
                    let through = std::mem::take(&mut self.through);
                    return Ok(Arrival { source, interface: None, through });
                }
            },
            End::Interface(id) => {
                let target = find(region, id)?;
                if target.association.is_none() {
                    return Err(Stop::PrivateOutside(private(target)));
                }
                target
            }
        };
        let nat = region.nat_gateways.values().find(|nat| {
            let own = |a: Option<&String>| a == Some(&target.network_interface_id);
            nat.nat_gateway_addresses.iter().any(|a| own(a.network_interface_id.as_ref()))
        });
        if let Some(nat) = nat {
            return Err(Stop::NatInward { gateway: nat.nat_gateway_id.clone() });
        }
        let gateway = region.internet_gateways.values().find(|gateway| {
            gateway.attachments.iter().any(|attached| attached.vpc_id == target.vpc_id)
        });
        let Some(gateway) = gateway else {
            return Err(Stop::NoGateway { vpc: target.vpc_id.clone() });
        };
        self.through.push(gateway.internet_gateway_id.clone());
        self.arrive(target, Peer { address: source, interface: None }, None)
    }

    /// Into an interface; from a subnet, unless it comes through a gateway.
    fn arrive(
        &mut self,
        target: &NetworkInterface,
        peer: Peer<'_>,
        from: Option<&str>,
    ) -> Result<Arrival, Stop> {
        let region = self.region;
        if from != Some(&target.subnet_id) {
            acl_lets(region, &target.subnet_id, false, self.payload, peer.address)?;
        }
        if !self.is_answer && !groups_let(region, target, false, self.payload, peer) {
            return Err(Stop::GroupsIn {
                interface: target.network_interface_id.clone(),
                groups: target.groups.iter().map(|group| group.group_id.clone()).collect(),
            });
        }
        runs(region, target)?;
        self.through.push(target.network_interface_id.clone());
        Ok(Arrival {
            source: peer.address,
            interface: Some(target.network_interface_id.clone()),
            through: std::mem::take(&mut self.through),
        })
    }
}

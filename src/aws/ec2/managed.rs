//! What other services see of a region's networks, and the network interfaces that they put there: a
//! load balancer stands in subnets and behind security groups as an instance does.

use std::net::Ipv4Addr;

use super::addressing;
use super::cidr::Cidr;
use super::error::refuse;
use super::ids::{Kind, draw};
use super::interfaces;
use super::region::Place;
use super::shapes::interface::NetworkInterfaceAttachment;
use super::shapes::network::Subnet;
use super::state::{Change, change_at, look_at};
use base::Time;
use sim::World;
use sim::api::ApiError;

/// What is to be known of a subnet.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SubnetFacts {
    pub id: String,
    pub vpc: String,
    /// `us-east-1a`
    pub zone: String,
}

/// What is to be known of an instance.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct InstanceFacts {
    pub vpc: String,
    pub zone: String,
    /// The private address of its first interface, when it has one.
    pub address: Option<Ipv4Addr>,
    pub interface: Option<String>,
    /// `running`
    pub state: &'static str,
}

/// A network interface that a service wants.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Wish {
    pub subnet: String,
    pub groups: Vec<String>,
    pub description: String,
    /// Who makes it, as `RequesterId` shows it: `amazon-elb`.
    pub requester: &'static str,
    /// Whether it gets a public address of AWS's own.
    pub public: bool,
}

/// Where a wanted interface has come to stand.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Placed {
    pub interface: String,
    pub mac: String,
    pub subnet: SubnetFacts,
    pub private: Ipv4Addr,
    /// `ip-10-0-0-7.ec2.internal`, where the network gives names.
    pub name: Option<String>,
    pub public: Option<Ipv4Addr>,
}

/// The subnet of this id.
#[must_use]
pub fn subnet(world: &World, place: &Place, id: &str) -> Option<SubnetFacts> {
    let region = look_at(world, place);
    region.subnets.get(id).map(facts)
}

fn facts(subnet: &Subnet) -> SubnetFacts {
    SubnetFacts {
        id: subnet.subnet_id.clone(),
        vpc: subnet.vpc_id.clone(),
        zone: subnet.availability_zone.clone(),
    }
}

/// Whether there is a network of this id.
#[must_use]
pub fn has_vpc(world: &World, place: &Place, id: &str) -> bool {
    look_at(world, place).vpcs.contains_key(id)
}

/// The network that a security group is in.
#[must_use]
pub fn group_vpc(world: &World, place: &Place, group: &str) -> Option<String> {
    look_at(world, place).groups.get(group).map(|group| group.vpc_id.clone())
}

/// The security group that whatever names none of a network's gets.
#[must_use]
pub fn default_group(world: &World, place: &Place, vpc: &str) -> Option<String> {
    look_at(world, place).group_named(vpc, "default").map(|group| group.group_id.clone())
}

/// Whether an internet gateway is attached to a network.
#[must_use]
pub fn leads_out(world: &World, place: &Place, vpc: &str) -> bool {
    let region = look_at(world, place);
    let mut gateways = region.internet_gateways.values();
    gateways.any(|gateway| gateway.attachments.iter().any(|attached| attached.vpc_id == vpc))
}

/// Whether an address lies in a block of a network.
#[must_use]
pub fn is_inside(world: &World, place: &Place, vpc: &str, address: Ipv4Addr) -> bool {
    let region = look_at(world, place);
    let blocks = region.vpcs.get(vpc).map(|vpc| &vpc.cidr_block_association_set);
    let mut blocks = blocks.into_iter().flatten().filter_map(|b| Cidr::parse(&b.cidr_block));
    blocks.any(|block| block.contains(address))
}

/// The zone of the subnet of a network that an address lies in.
#[must_use]
pub fn zone_of(world: &World, place: &Place, vpc: &str, address: Ipv4Addr) -> Option<String> {
    let region = look_at(world, place);
    let mut own = region.subnets.values().filter(|subnet| subnet.vpc_id == vpc);
    let holds =
        |subnet: &&Subnet| Cidr::parse(&subnet.cidr_block).is_some_and(|b| b.contains(address));
    own.find(holds).map(|subnet| subnet.availability_zone.clone())
}

/// The instance of this id.
#[must_use]
pub fn instance(world: &World, place: &Place, id: &str) -> Option<InstanceFacts> {
    let region = look_at(world, place);
    let machine = region.instances.get(id)?;
    let first = region.first_interface(id);
    Some(InstanceFacts {
        vpc: machine.vpc.clone(),
        zone: machine.zone.clone(),
        address: first.and_then(|interface| interface.private_ip_address.parse().ok()),
        interface: first.map(|interface| interface.network_interface_id.clone()),
        state: machine.phase.name(),
    })
}

/// Puts interfaces into their subnets, all of them or none.
///
/// # Errors
/// A subnet is not there or has no address left.
pub fn place(
    world: &mut World,
    place: &Place,
    now: Time,
    wishes: &[Wish],
) -> Result<Vec<Placed>, ApiError> {
    change_at(world, place, now, |change| {
        let mut placed = Vec::new();
        for wish in wishes {
            match put(change, wish) {
                Ok(one) => placed.push(one),
                Err(error) => {
                    for one in &placed {
                        interfaces::remove(change.region, &one.interface);
                    }
                    return Err(error);
                }
            }
        }
        Ok(placed)
    })
}

fn put(change: &mut Change<'_>, wish: &Wish) -> Result<Placed, ApiError> {
    let subnet = change.region.find::<Subnet>(&wish.subnet)?.clone();
    let address = addressing::draw_private(change.region, change.rng, &subnet, 1).pop();
    let address = address.ok_or_else(|| {
        let message = format!("Insufficient free addresses in subnet '{}'.", wish.subnet);
        refuse("InsufficientFreeAddressesInSubnet", message)
    })?;
    let (region, rng) = (&mut *change.region, &mut *change.rng);
    let mut interface =
        interfaces::made(region, rng, &subnet, address, &wish.groups, &wish.description);
    interface.requester_id = Some(wish.requester.to_owned());
    interface.requester_managed = true;
    interface.source_dest_check = true;
    interface.status = "in-use".into();
    interface.attachment = Some(NetworkInterfaceAttachment {
        attach_time: change.now,
        attachment_id: draw("eni-attach-", rng),
        device_index: 1,
        instance_owner_id: wish.requester.to_owned(),
        status: "attached".into(),
        ..NetworkInterfaceAttachment::default()
    });
    let mut placed = Placed {
        interface: interface.network_interface_id.clone(),
        mac: interface.mac_address.clone(),
        subnet: facts(&subnet),
        private: address,
        name: interface.private_dns_name.clone(),
        public: None,
    };
    region.put(interface);
    if wish.public {
        interfaces::give_public(region, rng, &placed.interface);
    }
    let made = region.interfaces.get(&placed.interface).and_then(|i| i.association.as_ref());
    placed.public = made.and_then(|association| association.public_ip.parse().ok());
    Ok(placed)
}

/// Takes interfaces away.
pub fn remove(world: &mut World, place: &Place, now: Time, ids: &[String]) {
    let _ = change_at(world, place, now, |change| {
        for id in ids {
            interfaces::remove(change.region, id);
        }
        Ok(())
    });
}

/// Puts interfaces behind other security groups.
pub fn set_groups(world: &mut World, place: &Place, now: Time, ids: &[String], groups: &[String]) {
    let _ = change_at(world, place, now, |change| {
        let identifiers = change.region.identifiers(groups);
        for id in ids {
            if let Some(interface) = change.region.interfaces.get_mut(id) {
                interface.groups.clone_from(&identifiers);
            }
        }
        Ok(())
    });
}

/// The id of the interface of a network that has a private address.
#[must_use]
pub fn interface_at(world: &World, place: &Place, vpc: &str, address: Ipv4Addr) -> Option<String> {
    let region = look_at(world, place);
    let found = region.interface_at(vpc, address);
    found.map(|interface| interface.network_interface_id.clone())
}

/// Whether something looks like the id of an instance.
#[must_use]
pub fn is_instance_id(id: &str) -> bool {
    Kind::Instance.is_well_formed(id)
}

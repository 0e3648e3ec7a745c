//! What other services of the account do with a region: they look at an instance, and have network
//! interfaces of their own in it.

use std::net::Ipv4Addr;

use base::Time;
use sim::World;

use super::addressing;
use super::catalogue::{images, types};
use super::defaults;
use super::interfaces;
use super::machine::Phase;
use super::region::Place;
use super::region::Region;
use super::shapes::interface::NetworkInterfaceAttachment;
use super::shapes::network::Subnet;
use super::state::State;

/// An instance, as another service sees it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Seen {
    /// Whether it runs.
    pub running: bool,
    /// The name of its machine image.
    pub image: String,
    pub image_id: String,
    /// `t2.micro`
    pub kind: String,
    pub architecture: String,
    pub vcpus: i64,
    pub memory_mib: i64,
    pub zone: String,
    pub subnet: String,
    pub vpc: String,
    /// Its main private address.
    pub address: Option<Ipv4Addr>,
    /// The ARN of its instance profile.
    pub profile: Option<String>,
    /// What it was given to read at its first start, in base64.
    pub user_data: Option<String>,
}

/// The instance of that id, while EC2 shows one.
#[must_use]
pub fn instance(world: &World, place: &Place, id: &str) -> Option<Seen> {
    let region = world.get::<State>().regions.get(place)?;
    let machine = region.instances.get(id)?;
    let kind = types::of_name(&machine.kind)?;
    let address = region.first_interface(id).and_then(|i| i.private_ip_address.parse().ok());
    Some(Seen {
        running: machine.phase == Phase::Running,
        image: images::of_id(&place.region, &machine.image).map_or("", |i| i.name).to_owned(),
        image_id: machine.image.clone(),
        kind: machine.kind.clone(),
        architecture: machine.architecture.clone(),
        vcpus: kind.vcpus,
        memory_mib: kind.memory_mib,
        zone: machine.zone.clone(),
        subnet: machine.subnet.clone(),
        vpc: machine.vpc.clone(),
        address,
        profile: machine.profile.as_ref().map(|(arn, _)| arn.clone()),
        user_data: machine.user_data.clone(),
    })
}

/// A network interface that another service has.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Lent {
    /// `eni-0abc…`
    pub id: String,
    pub address: Ipv4Addr,
    pub mac: String,
    /// `ip-10-0-0-7.ec2.internal`, where the network gives names.
    pub name: Option<String>,
    pub subnet: String,
    pub zone: String,
    pub vpc: String,
}

/// What an interface is to be like.
#[derive(Clone, Debug)]
pub struct Wish<'a> {
    pub subnet: &'a str,
    /// The default group of the network when there are none.
    pub groups: &'a [String],
    pub description: &'a str,
    pub public: bool,
    /// The service that has it: `amazon-ecs`.
    pub requester: &'a str,
}

/// Where a network is: the subnet of that id.
#[must_use]
pub fn subnet(world: &World, place: &Place, id: &str) -> Option<Subnet> {
    with_region(world, place, |region| region.subnets.get(id).cloned())
}

/// The network of a security group.
#[must_use]
pub fn group_network(world: &World, place: &Place, id: &str) -> Option<String> {
    with_region(world, place, |region| region.groups.get(id).map(|group| group.vpc_id.clone()))
}

fn with_region<T>(world: &World, place: &Place, ask: impl Fn(&Region) -> T) -> T {
    match world.get::<State>().regions.get(place) {
        Some(region) => ask(region),
        None => ask(&defaults::region(world.config().seed, place.clone())),
    }
}

/// Makes an interface in a subnet; nothing when there is no such subnet, or no free address in it.
pub fn lend(world: &mut World, place: &Place, wish: &Wish<'_>, now: Time) -> Option<Lent> {
    let seed = world.config().seed;
    subnet(world, place, wish.subnet)?;
    let (state, rng) = world.parts::<State>();
    let region =
        state.regions.entry(place.clone()).or_insert_with(|| defaults::region(seed, place.clone()));
    let subnet = region.subnets.get(wish.subnet)?.clone();
    let address = addressing::draw_private(region, rng, &subnet, 1).into_iter().next()?;
    let default = region.group_named(&subnet.vpc_id, "default");
    let groups = match wish.groups {
        [] => default.map(|group| vec![group.group_id.clone()]).unwrap_or_default(),
        given => given.to_vec(),
    };
    let mut made = interfaces::made(region, rng, &subnet, address, &groups, wish.description);
    "in-use".clone_into(&mut made.status);
    made.requester_id = Some(wish.requester.to_owned());
    made.requester_managed = true;
    made.attachment = Some(NetworkInterfaceAttachment {
        attach_time: now,
        attachment_id: super::ids::draw("eni-attach-", rng),
        delete_on_termination: false,
        device_index: 1,
        network_card_index: 0,
        instance_id: None,
        instance_owner_id: wish.requester.to_owned(),
        status: "attached".into(),
    });
    let lent = Lent {
        id: made.network_interface_id.clone(),
        address,
        mac: made.mac_address.clone(),
        name: made.private_dns_name.clone(),
        subnet: subnet.subnet_id.clone(),
        zone: subnet.availability_zone.clone(),
        vpc: subnet.vpc_id.clone(),
    };
    region.put(made);
    if wish.public {
        interfaces::give_public(region, rng, &lent.id);
    }
    Some(lent)
}

/// Takes an interface back.
pub fn take_back(world: &mut World, place: &Place, id: &str) {
    if let Some(region) = world.get_mut::<State>().regions.get_mut(place) {
        interfaces::remove(region, id);
    }
}

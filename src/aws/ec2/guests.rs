//! What whoever runs the system behind instances asks about them, and what it hears.

use std::net::Ipv4Addr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::catalogue::{images, types};
use super::cidr::Cidr;
use super::console;
use super::machine::{Machine, Phase};
use super::region::Region;
use super::shapes::interface::NetworkInterface;
use super::state::{State, look_at};
pub use crate::place::Place;
use base::Time;
use sim::World;

/// What its system is made of, and what it may know of itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Facts {
    pub place: Place,
    pub instance: String,
    pub image: String,
    /// `t2.micro`
    pub kind: String,
    /// `x86_64`
    pub architecture: String,
    /// `Amazon Linux 2023`
    pub system: &'static str,
    /// Who logs in with the key of the launch.
    pub user: &'static str,
    /// Whether its image has the agent of ECS.
    pub for_containers: bool,
    /// The key pair's name, and its line for `authorized_keys` while the pair exists.
    pub key: Option<(String, Option<String>)>,
    /// `ip-10-0-0-12.ec2.internal`
    pub name: String,
    pub address: Ipv4Addr,
    /// Bits of its subnet.
    pub prefix: u8,
    pub mac: String,
    /// The interface that has the address.
    pub interface: String,
    /// Its public address, and the name that belongs to it.
    pub public: Option<(Ipv4Addr, String)>,
    pub vpc: String,
    /// The block of the VPC.
    pub vpc_block: String,
    pub subnet: String,
    pub subnet_block: String,
    /// `us-east-1a`
    pub zone: String,
    /// `use1-az1`
    pub zone_id: String,
    /// Names and ids of its security groups.
    pub groups: Vec<(String, String)>,
    pub cores: u32,
    /// Bytes.
    pub memory: u64,
    /// Bytes of the root volume.
    pub disk: u64,
    /// The snapshot that the root volume was made of.
    pub snapshot: Option<String>,
    pub user_data: Option<Vec<u8>>,
    /// ARN and id of its instance profile.
    pub profile: Option<(String, String)>,
    pub reservation: String,
    /// Its place in the launch.
    pub index: i64,
    pub launched: Time,
    /// Since when it runs, when it does.
    pub running_since: Option<Time>,
    /// `running`
    pub state: &'static str,
    pub metadata: Metadata,
    pub tags: Vec<(String, String)>,
}

/// Who may ask the metadata service, and how.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Metadata {
    pub enabled: bool,
    /// Whether a token must come with each request.
    pub token_required: bool,
    /// Whether the instance's tags can be read there.
    pub tags: bool,
}

/// What an instance is.
#[must_use]
pub fn facts(world: &World, place: &Place, instance: &str) -> Option<Facts> {
    let region = world.get::<State>().regions.get(place)?;
    of(region, region.instances.get(instance)?)
}

fn of(region: &Region, machine: &Machine) -> Option<Facts> {
    let first = region.first_interface(&machine.id)?;
    let subnet = region.subnets.get(&machine.subnet)?;
    let image = machine.base.and_then(images::of_name);
    let kind = types::of_name(&machine.kind)?;
    let root = machine.volumes.iter().filter_map(|id| region.volumes.get(id)).find(|volume| {
        volume.attachments.iter().any(|attached| attached.device == machine.root_device)
    });
    let gib = u64::try_from(root.map_or(8, |volume| volume.size)).unwrap_or_default();
    let key = machine.key.clone().map(|name| {
        let line = region.key_named(&name).and_then(|pair| pair.public_key.clone());
        (name, line)
    });
    let public = first.association.as_ref().and_then(|association| {
        Some((association.public_ip.parse().ok()?, association.public_dns_name.clone()))
    });
    Some(Facts {
        place: region.place.clone(),
        instance: machine.id.clone(),
        image: machine.image.clone(),
        kind: machine.kind.clone(),
        architecture: machine.architecture.clone(),
        system: image.map_or("Linux", |image| image.system()),
        user: image.map_or("ec2-user", |image| image.user()),
        for_containers: image.is_some_and(|image| image.name.contains("-ecs-hvm-")),
        key,
        name: first.private_dns_name.clone().unwrap_or_default(),
        address: first.private_ip_address.parse().ok()?,
        prefix: Cidr::parse(&subnet.cidr_block)?.bits(),
        mac: first.mac_address.clone(),
        interface: first.network_interface_id.clone(),
        public,
        vpc: machine.vpc.clone(),
        vpc_block: region.vpcs.get(&machine.vpc)?.cidr_block.clone(),
        subnet: machine.subnet.clone(),
        subnet_block: subnet.cidr_block.clone(),
        zone: machine.zone.clone(),
        zone_id: super::zones::id(&region.place.region, &machine.zone).unwrap_or_default(),
        groups: first.groups.iter().map(|g| (g.group_name.clone(), g.group_id.clone())).collect(),
        cores: u32::try_from(kind.vcpus).unwrap_or(1),
        memory: kind.memory_bytes(),
        disk: gib << 30,
        snapshot: root.map(|volume| volume.snapshot_id.clone()).filter(|id| !id.is_empty()),
        user_data: machine.user_data.as_ref().and_then(|text| STANDARD.decode(text).ok()),
        profile: machine.profile.clone(),
        reservation: machine.reservation.clone(),
        index: machine.index,
        launched: machine.launched,
        tags: region.tags(&machine.id).into_iter().map(|tag| (tag.key, tag.value)).collect(),
        running_since: machine.running_since,
        state: machine.phase.name(),
        metadata: Metadata {
            enabled: machine.metadata.enabled,
            token_required: machine.metadata.token_required,
            tags: machine.metadata.tags,
        },
    })
}

/// The instance that has a public address now.
#[must_use]
pub fn by_public(world: &World, address: Ipv4Addr) -> Option<(Place, String)> {
    find(world, |region| region.interface_seen_as(address))
}

/// The instance that has an address inside of a VPC.
#[must_use]
pub fn by_private(world: &World, vpc: &str, address: Ipv4Addr) -> Option<(Place, String)> {
    find(world, |region| region.interface_at(vpc, address))
}

/// The VPC of a network interface, and its address there.
#[must_use]
pub fn interface_address(world: &World, id: &str) -> Option<(String, Ipv4Addr)> {
    let mut regions = world.get::<State>().regions.values();
    let interface = regions.find_map(|region| region.interfaces.get(id))?;
    Some((interface.vpc_id.clone(), interface.private_ip_address.parse().ok()?))
}

fn find(
    world: &World,
    in_region: impl Fn(&Region) -> Option<&NetworkInterface>,
) -> Option<(Place, String)> {
    world.get::<State>().regions.values().find_map(|region| {
        let instance = in_region(region)?.attachment.as_ref()?.instance_id.clone()?;
        Some((region.place.clone(), instance))
    })
}

/// Whether an address is one of the account's elastic ones, whatever it is associated with.
#[must_use]
pub fn is_elastic(world: &World, address: Ipv4Addr) -> bool {
    let text = address.to_string();
    let mut regions = world.get::<State>().regions.values();
    regions.any(|region| region.addresses.values().any(|elastic| elastic.public_ip == text))
}

/// The place of an instance.
#[must_use]
pub fn place_of(world: &World, instance: &str) -> Option<Place> {
    let mut regions = world.get::<State>().regions.values();
    let region = regions.find(|region| region.instances.contains_key(instance))?;
    Some(region.place.clone())
}

/// The instance that has this name as its tag `Name`; one that is terminated only if no other has it.
#[must_use]
pub fn by_tag(world: &World, name: &str) -> Option<(Place, String)> {
    let regions = world.get::<State>().regions.values();
    let all = regions.flat_map(|region| {
        let named = move |machine: &&Machine| region.tag(&machine.id, "Name") == Some(name);
        region.instances.values().filter(named).map(move |machine| (region, machine))
    });
    let (region, machine) = all.min_by_key(|(_, machine)| machine.is_over())?;
    Some((region.place.clone(), machine.id.clone()))
}

/// Whether a network has a name server, and names for its hosts (`enableDnsSupport`,
/// `enableDnsHostnames`); nothing when there is no such network.
#[must_use]
pub fn dns(world: &World, place: &Place, vpc: &str) -> Option<(bool, bool)> {
    let region = look_at(world, place);
    let settings = region.vpc_settings.get(vpc).filter(|_| region.vpcs.contains_key(vpc))?;
    Some((settings.dns_support, settings.dns_hostnames))
}

/// The domain of the private names of a region's hosts (EC2 User Guide, "EC2 instance hostnames and
/// domains").
#[must_use]
pub fn private_domain(region: &str) -> String {
    match region {
        "us-east-1" => "ec2.internal".to_owned(),
        other => format!("{other}.compute.internal"),
    }
}

/// The addresses that a public name stands for: `ec2-3-80-1-2.compute-1.amazonaws.com`.
#[must_use]
pub fn public_name(name: &str) -> Option<Ipv4Addr> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let (host, domain) = name.strip_prefix("ec2-")?.split_once('.')?;
    let known = domain == "compute-1.amazonaws.com" || domain.ends_with(".compute.amazonaws.com");
    if known { host.replace('-', ".").parse().ok() } else { None }
}

/// The address that a private name stands for: `ip-10-0-0-12.ec2.internal`.
#[must_use]
pub fn private_name(name: &str) -> Option<Ipv4Addr> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let host = name.strip_prefix("ip-")?;
    let host = host.split('.').next().unwrap_or(host);
    host.replace('-', ".").parse().ok()
}

/// Adds to what an instance has printed on its console.
pub fn print(world: &mut World, place: &Place, instance: &str, text: &str) {
    let now = world.now();
    let state = world.get_mut::<State>();
    let Some(region) = state.regions.get_mut(place) else { return };
    let Some(machine) = region.instances.get_mut(instance) else { return };
    machine.printed.push_str(text);
    if machine.console.is_some() {
        console::refresh(region, instance, now);
    }
}

/// Lets an instance stop, or come to its end, as its own system asks for it.
pub fn shut_down(world: &mut World, place: &Place, instance: &str) {
    super::state::by_itself(world, place, |change| {
        let machine = change.region.instances.get(instance);
        let Some(machine) = machine.filter(|machine| machine.phase == Phase::Running) else {
            return;
        };
        if machine.terminates_on_shutdown {
            super::lifecycle::terminate(change, instance);
        } else {
            super::lifecycle::stop(change, instance);
        }
        if let Some(machine) = change.region.instances.get_mut(instance) {
            const CODE: &str = "Client.InstanceInitiatedShutdown";
            let message = format!("{CODE}: Instance initiated shutdown");
            machine.reason = Some((CODE.to_owned(), message));
            machine.transition = String::new();
        }
    });
}

/// Lets an instance boot anew, as its own system asks for it.
pub fn restart(world: &mut World, place: &Place, instance: &str) {
    super::state::by_itself(world, place, |change| {
        let machine = change.region.instances.get(instance);
        if machine.is_some_and(|machine| machine.phase == Phase::Running) {
            super::lifecycle::reboot(change, instance);
        }
    });
}

/// The state of an instance, as `DescribeInstances` has it; nothing when there is none of that id.
#[must_use]
pub fn instance_state(world: &World, place: &Place, instance: &str) -> Option<&'static str> {
    let region = world.get::<State>().regions.get(place)?;
    Some(region.instances.get(instance)?.phase.name())
}

//! Making a host out of what its instance is.

use aws::ec2::guests::{self, Facts};
use base::Time;
use host::files::Who;
use host::{Host, Shape};
use sim::World;

use crate::durations::BOOT;
use crate::identity;
use crate::state::State;

/// The host behind an instance, made now if nobody has had to do with it before; nothing when there is
/// no such instance.
pub(crate) fn host<'w>(world: &'w mut World, id: &str) -> Option<&'w mut Host> {
    let guest = world.get::<State>().guests.get(id)?;
    if guest.host.is_none() {
        let (place, key) = (guest.place.clone(), guest.key.clone());
        let up = guest.up();
        let facts = guests::facts(world, &place, id)?;
        let seed = world.config().seed;
        let disks = &world.get::<State>().disks;
        let disk = facts.snapshot.as_ref().and_then(|snapshot| disks.get(snapshot)).cloned();
        let at = up.unwrap_or(facts.launched.plus(BOOT));
        let host = made(&facts, key.as_deref(), at, seed, disk.as_deref());
        world.get_mut::<State>().guests.get_mut(id)?.host = Some(Box::new(host));
    }
    world.get_mut::<State>().guests.get_mut(id)?.host.as_deref_mut()
}

/// A host as it is after its first boot, from an image of the catalogue or from a copied disk.
fn made(facts: &Facts, key: Option<&str>, booted: Time, seed: u64, disk: Option<&Host>) -> Host {
    let shape = Shape {
        name: facts.name.clone(),
        address: facts.address.to_string(),
        prefix: facts.prefix,
        mac: facts.mac.clone(),
        cores: facts.cores,
        memory: facts.memory,
        disk: facts.disk,
    };
    let mut host = match disk {
        Some(disk) => disk.on_another(shape, booted, seed),
        None => fresh(facts, shape, booted, seed),
    };
    name_server(&mut host, facts);
    let (line, _) = identity::public(seed, &facts.instance);
    let root = Who::root();
    let now = host.now;
    let _ = host.files.make_folders(&root, "/etc/ssh", 0o755, now);
    let text = format!("{line} root@{}\n", facts.name.split('.').next().unwrap_or_default());
    let _ =
        host.files.write(&root, "/etc/ssh/ssh_host_ed25519_key.pub", text.into_bytes(), 0o644, now);
    if let Some(key) = key {
        authorize(&mut host, facts.user, key);
    }
    host
}

/// A host from an image of the catalogue.
fn fresh(facts: &Facts, shape: Shape, booted: Time, seed: u64) -> Host {
    let mut host = Host::new(shape, booted, seed);
    if facts.user != "ec2-user" {
        rename(&mut host, facts);
    }
    host.add_program(crate::network::signal::PROGRAM);
    if facts.for_containers {
        // The agent of ECS reads here which cluster is its own.
        let (root, now) = (Who::root(), host.now);
        let _ = host.files.make_folders(&root, "/etc/ecs", 0o755, now);
        let _ = host.files.write(&root, "/etc/ecs/ecs.config", Vec::new(), 0o644, now);
    }
    host
}

/// The address of its VPC's name server: the base of the VPC's block, plus two (Amazon VPC User Guide,
/// "DNS attributes for your VPC").
fn name_server(host: &mut Host, facts: &Facts) {
    let base = facts.vpc_block.split('/').next().unwrap_or_default();
    let Ok(base) = base.parse::<std::net::Ipv4Addr>() else { return };
    let server = std::net::Ipv4Addr::from(u32::from(base).saturating_add(2));
    let domain = facts.name.split_once('.').map_or("ec2.internal", |(_, domain)| domain);
    let text = format!("search {domain}\nnameserver {server}\n");
    let now = host.now;
    let _ = host.files.write(&Who::root(), "/etc/resolv.conf", text.into_bytes(), 0o644, now);
}

/// Puts a key where sshd looks for it, beside those that a copied disk has there.
fn authorize(host: &mut Host, user: &str, key: &str) {
    let Some(user) = host.user(user) else { return };
    let (root, now) = (Who::root(), host.now);
    let folder = format!("{}/.ssh", user.home);
    let file = format!("{folder}/authorized_keys");
    let _ = host.files.make_folders(&root, &folder, 0o700, now);
    let _ = host.files.set_mode(&root, &folder, 0o700);
    let mut text = host.files.read(&root, &file).unwrap_or_default().to_vec();
    let line = key.trim_end();
    if !String::from_utf8_lossy(&text).lines().any(|known| known == line) {
        text.extend_from_slice(format!("{line}\n").as_bytes());
    }
    let _ = host.files.write(&root, &file, text, 0o600, now);
    for path in [&folder, &file] {
        let _ = host.files.set_owner(&root, path, Some(user.uid), Some(user.gid), true);
    }
}

/// Gives the first user the name that the image has for it. The packages stay Amazon's.
fn rename(host: &mut Host, facts: &Facts) {
    let (root, now) = (Who::root(), host.now);
    for file in ["/etc/passwd", "/etc/group", "/etc/shadow", "/etc/sudoers"] {
        let Ok(node) = host.files.look(&root, file, true) else { continue };
        let mode = node.mode;
        let Ok(bytes) = host.files.read(&root, file) else { continue };
        let text = String::from_utf8_lossy(&bytes).replace("ec2-user", facts.user);
        let text = text.replace("EC2 Default User", "Ubuntu");
        let _ = host.files.write(&root, file, text.into_bytes(), mode, now);
        let _ = host.files.set_mode(&root, file, mode);
    }
    let (from, to) = ("/home/ec2-user", format!("/home/{}", facts.user));
    let _ = host.files.rename(&root, from, &to, now);
    let text =
        format!("PRETTY_NAME=\"{0}\"\nNAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\n", facts.system);
    let _ = host.files.write(&root, "/etc/os-release", text.into_bytes(), 0o644, now);
}

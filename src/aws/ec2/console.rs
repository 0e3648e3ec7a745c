//! What an instance prints while it starts.

use super::catalogue::images;
use super::machine::Machine;
use super::region::Region;
use super::state::Change;
use base::Time;

/// Keeps what an instance has printed, if it runs still.
pub(super) fn keep(change: &mut Change<'_>, id: &str, life: u32) {
    let Some(machine) = change.region.instances.get(id) else { return };
    if machine.life != life {
        return;
    }
    refresh(change.region, id, change.now);
}

/// Keeps what it has printed until now.
pub(super) fn refresh(region: &mut Region, id: &str, now: Time) {
    let Some(text) = region.instances.get(id).map(|machine| text(machine, region)) else { return };
    if let Some(machine) = region.instances.get_mut(id) {
        machine.console = Some((now, text));
    }
}

/// The lines of a start that hang on what the instance is: kernel, system, address, user data.
fn text(machine: &Machine, region: &Region) -> String {
    let image = machine.base.and_then(images::of_name);
    let system = image.map_or("Linux", |image| image.system());
    let first = region.first_interface(&machine.id);
    let address = first.map(|interface| interface.private_ip_address.as_str()).unwrap_or_default();
    let name = first.and_then(|interface| interface.private_dns_name.clone()).unwrap_or_default();
    let host = name.split('.').next().unwrap_or_default();
    let mac = first.map(|interface| interface.mac_address.as_str()).unwrap_or_default();
    let mut lines = vec![
        format!("[    0.000000] Linux version 6.1 ({})", machine.architecture),
        format!("[    0.000000] DMI: Amazon EC2 {}", machine.kind),
        format!("[    1.502113] systemd[1]: Set hostname to <{host}>."),
        format!("ci-info: | eth0 | True | {address} | global | {mac} |"),
    ];
    lines.extend(machine.printed.lines().map(str::to_owned));
    lines.push(String::new());
    lines.push(system.to_owned());
    lines.push(format!("{host} login: "));
    lines.join("\r\n")
}

//! Network interfaces: made in a subnet, given public addresses, removed.

use std::net::Ipv4Addr;

use super::addressing;
use super::ids::Kind;
use super::region::Region;
use super::shapes::interface::{
    NetworkInterface, NetworkInterfaceAssociation, NetworkInterfacePrivateIpAddress,
};
use super::shapes::network::Subnet;
use base::Rng;
use base::rng::HEX;

/// A network interface that stands in a subnet and is attached to nothing. It is not put in yet.
pub(crate) fn made(
    region: &Region,
    rng: &mut Rng,
    subnet: &Subnet,
    address: Ipv4Addr,
    groups: &[String],
    description: &str,
) -> NetworkInterface {
    let named =
        region.vpc_settings.get(&subnet.vpc_id).is_some_and(|settings| settings.dns_support);
    let name = named.then(|| addressing::private_name(&region.place.region, address));
    NetworkInterface {
        availability_zone: subnet.availability_zone.clone(),
        description: description.to_owned(),
        groups: region.identifiers(groups),
        interface_type: "interface".into(),
        mac_address: mac(rng),
        network_interface_id: Kind::Interface.draw(rng),
        owner_id: region.place.account.clone(),
        private_dns_name: name.clone(),
        private_ip_address: address.to_string(),
        private_ip_addresses: vec![NetworkInterfacePrivateIpAddress {
            association: None,
            primary: true,
            private_dns_name: name,
            private_ip_address: address.to_string(),
        }],
        source_dest_check: true,
        status: "available".into(),
        subnet_id: subnet.subnet_id.clone(),
        vpc_id: subnet.vpc_id.clone(),
        ..NetworkInterface::default()
    }
}

/// A locally administered hardware address, as EC2 draws them.
fn mac(rng: &mut Rng) -> String {
    let pairs: Vec<String> = (0..5).map(|_| rng.text(HEX, 2)).collect();
    format!("0a:{}", pairs.join(":"))
}

/// The name of a public address, where its network gives names.
pub(crate) fn public_name(region: &Region, vpc: &str, address: Ipv4Addr) -> String {
    let named = region.vpc_settings.get(vpc).is_some_and(|s| s.dns_support && s.dns_hostnames);
    if named { addressing::public_name(&region.place.region, address) } else { String::new() }
}

/// Gives an interface a public address of AWS's own, unless it has one.
pub(crate) fn give_public(region: &mut Region, rng: &mut Rng, id: &str) {
    let Some(interface) = region.interfaces.get(id) else { return };
    if interface.association.is_some() {
        return;
    }
    let vpc = interface.vpc_id.clone();
    let address = addressing::draw_public(region, rng);
    let association = NetworkInterfaceAssociation {
        allocation_id: None,
        association_id: None,
        ip_owner_id: "amazon".into(),
        public_dns_name: public_name(region, &vpc, address),
        public_ip: address.to_string(),
    };
    associate(region, id, Some(association));
}

/// Lets an interface have this public address, or none.
pub(crate) fn associate(
    region: &mut Region,
    id: &str,
    association: Option<NetworkInterfaceAssociation>,
) {
    let Some(interface) = region.interfaces.get_mut(id) else { return };
    region.lookup.forget(interface);
    if let Some(first) = interface.private_ip_addresses.first_mut() {
        first.association.clone_from(&association);
    }
    interface.association = association;
    region.lookup.note(interface);
}

/// Takes back a public address that is AWS's own.
pub(crate) fn take_public(region: &mut Region, id: &str) {
    let association = region.interfaces.get(id).and_then(|i| i.association.as_ref());
    if association.is_some_and(|association| association.allocation_id.is_none()) {
        associate(region, id, None);
    }
}

/// Takes an elastic address away from an interface.
pub(crate) fn forget_elastic(region: &mut Region, interface: &str) {
    for address in region.addresses.values_mut() {
        if address.network_interface_id.as_deref() == Some(interface) {
            address.association_id = None;
            address.network_interface_id = None;
            address.network_interface_owner_id = None;
            address.private_ip_address = None;
            address.instance_id = None;
        }
    }
}

/// Removes an interface with what hangs on it.
pub(crate) fn remove(region: &mut Region, id: &str) {
    forget_elastic(region, id);
    for route in region.route_tables.values_mut().flat_map(|table| &mut table.routes) {
        if route.network_interface_id.as_deref() == Some(id) {
            "blackhole".clone_into(&mut route.state);
        }
    }
    region.remove::<NetworkInterface>(id);
}

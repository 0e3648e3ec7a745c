//! What becomes of NAT gateways by themselves.

use super::durations::NAT_DELETED_SHOWN;
use super::event::What;
use super::interfaces;
use super::state::Change;

/// A NAT gateway is available.
pub(super) fn ready(change: &mut Change<'_>, id: &str) {
    let Some(gateway) = change.region.nat_gateways.get_mut(id) else { return };
    if gateway.state != "pending" {
        return;
    }
    "available".clone_into(&mut gateway.state);
    for address in &mut gateway.nat_gateway_addresses {
        "succeeded".clone_into(&mut address.status);
    }
}

/// A NAT gateway has given back its address and its place in the subnet.
pub(super) fn gone(change: &mut Change<'_>, id: &str) {
    let now = change.now;
    let Some(gateway) = change.region.nat_gateways.get_mut(id) else { return };
    "deleted".clone_into(&mut gateway.state);
    let addresses = gateway.nat_gateway_addresses.clone();
    for interface in addresses.iter().filter_map(|address| address.network_interface_id.as_ref()) {
        interfaces::remove(change.region, interface);
    }
    change.at(now.plus(NAT_DELETED_SHOWN), What::NatVanish { gateway: id.to_owned() });
}

//! Which network interface has an address: followed as interfaces come and go, so that nobody has to walk
//! through all of them for each launch and each packet.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::net::Ipv4Addr;

use super::shapes::interface::NetworkInterface;

/// The interfaces of a region by their addresses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lookup {
    /// By VPC.
    private: BTreeMap<String, BTreeMap<Ipv4Addr, String>>,
    /// The addresses that are taken, by subnet.
    taken: BTreeMap<String, BTreeSet<Ipv4Addr>>,
    public: BTreeMap<Ipv4Addr, String>,
}

/// It follows from the interfaces, which a digest has already.
impl Hash for Lookup {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

fn private(interface: &NetworkInterface) -> impl Iterator<Item = Ipv4Addr> {
    let own = interface.private_ip_addresses.iter();
    own.filter_map(|address| address.private_ip_address.parse().ok())
}

fn public(interface: &NetworkInterface) -> Option<Ipv4Addr> {
    interface.association.as_ref()?.public_ip.parse().ok()
}

impl Lookup {
    /// An interface is there, or is another than before.
    pub(crate) fn note(&mut self, interface: &NetworkInterface) {
        let id = &interface.network_interface_id;
        for address in private(interface) {
            let own = self.private.entry(interface.vpc_id.clone()).or_default();
            own.insert(address, id.clone());
            self.taken.entry(interface.subnet_id.clone()).or_default().insert(address);
        }
        if let Some(address) = public(interface) {
            self.public.insert(address, id.clone());
        }
    }

    /// An interface is no longer there, or is about to be another.
    pub(crate) fn forget(&mut self, interface: &NetworkInterface) {
        for address in private(interface) {
            if let Some(own) = self.private.get_mut(&interface.vpc_id) {
                own.remove(&address);
            }
            if let Some(taken) = self.taken.get_mut(&interface.subnet_id) {
                taken.remove(&address);
            }
        }
        // An elastic address may have gone on to another already.
        let own = Some(interface.network_interface_id.as_str());
        if let Some(address) = public(interface).filter(|address| self.seen_as(*address) == own) {
            self.public.remove(&address);
        }
    }

    /// The id of the interface that has a private address in a VPC.
    pub(crate) fn at(&self, vpc: &str, address: Ipv4Addr) -> Option<&str> {
        self.private.get(vpc)?.get(&address).map(String::as_str)
    }

    /// The id of the interface that has a public address.
    pub(crate) fn seen_as(&self, address: Ipv4Addr) -> Option<&str> {
        self.public.get(&address).map(String::as_str)
    }

    /// The addresses that are taken in a subnet.
    pub(crate) fn taken(&self, subnet: &str) -> impl Iterator<Item = Ipv4Addr> {
        self.taken.get(subnet).into_iter().flatten().copied()
    }
}

//! Elastic addresses.

use super::super::addressing::draw_public;
use super::super::error::{combination, invalid, missing, refuse};
use super::super::filter::{Dry, Filter, Listed, Listing};
use super::super::ids::{Kind, draw};
use super::super::interfaces;
use super::super::limits::ADDRESSES;
use super::super::machine::Machine;
use super::super::region::Region;
use super::super::shapes::address::Address;
use super::super::shapes::interface::{NetworkInterface, NetworkInterfaceAssociation};
use super::super::shapes::tag::TagSpecification;
use super::super::state::{change, look};
use super::super::tags;
use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

sim::operation! {
    /// Allocates an Elastic IP address to your AWS account.
    write AllocateAddress in "ec2" = "";
    input {
        ..dry: Dry,
        /// The network (vpc).
        domain: Option<String> => "Domain",
        /// The Elastic IP address to recover or an IPv4 address from an address pool.
        _address: Refused<String> => "Address",
        /// The ID of an address pool that you own.
        _public_ipv4_pool: Refused<String> => "PublicIpv4Pool",
        /// A unique set of Availability Zones, Local Zones, or Wavelength Zones from which AWS
        /// advertises IP addresses.
        network_border_group: Option<String> => "NetworkBorderGroup",
        /// The ID of a customer-owned address pool.
        _customer_owned_ipv4_pool: Refused<String> =>
            "CustomerOwnedIpv4Pool",
        /// The tags to assign to the Elastic IP address.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// The ID of an IPAM pool which has an Amazon-provided or BYOIP public IPv4 CIDR
        /// provisioned to it.
        _ipam_pool_id: Refused<String> => "IpamPoolId",
    }
    output AllocateAddressOutput {
        /// The ID that represents the allocation of the Elastic IP address.
        pub allocation_id: String => "AllocationId",
        /// The ID of an address pool that you own.
        pub public_ipv4_pool: String => "PublicIpv4Pool",
        /// The set of Availability Zones, Local Zones, or Wavelength Zones from which AWS
        /// advertises IP addresses.
        pub network_border_group: String => "NetworkBorderGroup",
        /// The network (vpc).
        pub domain: String => "Domain",
        /// The Amazon-owned IP address.
        pub public_ip: String => "PublicIp",
    }
    errors ["AddressLimitExceeded", "InvalidParameterValue"]
    access { "ec2:AllocateAddress" on "arn:aws:ec2:{region}:{account}:elastic-ip/*" }
}

impl Write for AllocateAddress {
    type Output = AllocateAddressOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        if let Some(other) = self.domain.as_deref().filter(|domain| *domain != "vpc") {
            return Err(invalid(format!("Invalid value '{other}' for domain.")));
        }
        if let Some(group) = self.network_border_group.as_deref().filter(|g| *g != cx.region) {
            return Err(invalid(format!("Invalid value '{group}' for NetworkBorderGroup.")));
        }
        let tags = tags::wanted_on(&self.tag_specifications, Kind::Address)?;
        change(world, cx, |change| {
            if change.region.addresses.len() >= ADDRESSES {
                let message = "The maximum number of addresses has been reached.";
                return Err(refuse("AddressLimitExceeded", message));
            }
            self.dry.stop()?;
            let address = Address {
                allocation_id: Kind::Address.draw(change.rng),
                domain: "vpc".into(),
                public_ipv4_pool: "amazon".into(),
                network_border_group: change.region.place.region.clone(),
                public_ip: draw_public(change.region, change.rng).to_string(),
                ..Address::default()
            };
            tags::attach(change.region, &address.allocation_id, tags);
            let out = AllocateAddressOutput {
                allocation_id: address.allocation_id.clone(),
                public_ipv4_pool: address.public_ipv4_pool.clone(),
                network_border_group: address.network_border_group.clone(),
                domain: address.domain.clone(),
                public_ip: address.public_ip.clone(),
            };
            change.region.put(address);
            Ok(out)
        })
    }
}

/// The address that a request names.
fn find(region: &Region, id: Option<&str>, ip: Option<&str>) -> Result<Address, ApiError> {
    match (id, ip) {
        (Some(_), Some(_)) => {
            let message =
                "You may specify public IP or allocation id, but not both in the same call";
            Err(combination(message))
        }
        (Some(id), None) => region.find::<Address>(id).cloned(),
        (None, Some(ip)) => by_ip(region, ip),
        (None, None) => {
            let message = "Either public IP or allocation id must be specified";
            Err(refuse("MissingParameter", message))
        }
    }
}

fn by_ip(region: &Region, ip: &str) -> Result<Address, ApiError> {
    let found = region.addresses.values().find(|address| address.public_ip == ip);
    found
        .cloned()
        .ok_or_else(|| refuse("InvalidAddress.NotFound", format!("Address '{ip}' not found.")))
}

sim::operation! {
    /// Associates an Elastic IP address.
    write AssociateAddress in "ec2" = "";
    input {
        ..dry: Dry,
        /// The allocation ID.
        allocation_id: Option<String> => "AllocationId",
        /// The ID of the instance.
        instance_id: Option<String> => "InstanceId",
        /// Deprecated.
        public_ip: Option<String> => "PublicIp",
        /// The ID of the network interface.
        network_interface_id: Option<String> => "NetworkInterfaceId",
        /// The primary or secondary private IP address to associate with the Elastic IP address.
        private_ip_address: Option<String> => "PrivateIpAddress",
        /// Reassociation is automatic.
        allow_reassociation: Option<bool> => "AllowReassociation",
    }
    output AssociateAddressOutput {
        /// The ID that represents the association of the Elastic IP address with an instance.
        pub association_id: String => "AssociationId",
    }
    errors [
        "Gateway.NotAttached",
        "InvalidAddress.NotFound",
        "InvalidAllocationID.NotFound",
        "InvalidInstanceID",
        "InvalidInstanceID.NotFound",
        "InvalidNetworkInterfaceID.NotFound",
        "InvalidParameterCombination",
        "InvalidParameterValue",
        "MissingParameter",
        "Resource.AlreadyAssociated",
    ]
    access {
        "ec2:AssociateAddress" on "arn:aws:ec2:{region}:{account}:elastic-ip/{AllocationId}",
        "ec2:AssociateAddress" on "arn:aws:ec2:{region}:{account}:instance/{InstanceId}",
        "ec2:AssociateAddress" on "arn:aws:ec2:{region}:{account}:network-interface/{NetworkInterfaceId}",
    }
}

impl Write for AssociateAddress {
    type Output = AssociateAddressOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let (region, rng) = (&mut *change.region, &mut *change.rng);
            let address = find(region, self.allocation_id.as_deref(), self.public_ip.as_deref())?;
            let interface = self.interface(region)?;
            let id = interface.network_interface_id.clone();
            // Whoever says nothing of it wants it to move.
            let moves = self.allow_reassociation != Some(false);
            if address.network_interface_id.as_ref().is_some_and(|at| *at != id) && !moves {
                let message = format!(
                    "resource {} is already associated with associate-id {}",
                    address.allocation_id,
                    address.association_id.unwrap_or_default()
                );
                return Err(refuse("Resource.AlreadyAssociated", message));
            }
            if let Some(given) = &self.private_ip_address
                && *given != interface.private_ip_address
            {
                return Err(invalid(format!("Invalid value '{given}' for privateIpAddress.")));
            }
            let out = region.internet_gateways.values().any(|gateway| {
                gateway.attachments.iter().any(|attached| attached.vpc_id == interface.vpc_id)
            });
            if !out {
                let message =
                    format!("Network {} is not attached to any internet gateway", interface.vpc_id);
                return Err(refuse("Gateway.NotAttached", message));
            }
            self.dry.stop()?;
            if let Some(old) = &address.network_interface_id {
                interfaces::associate(region, old, None);
            }
            interfaces::forget_elastic(region, &id);
            let association_id = draw("eipassoc-", rng);
            associate(region, &address, &interface, &association_id);
            Ok(AssociateAddressOutput { association_id })
        })
    }
}

impl AssociateAddress {
    /// The interface that the address is to lead to.
    fn interface(&self, region: &Region) -> Result<NetworkInterface, ApiError> {
        match (&self.instance_id, &self.network_interface_id) {
            (Some(_), Some(_)) => Err(combination(
                "The parameters instanceId and networkInterfaceId cannot be used together",
            )),
            (None, Some(id)) => region.find::<NetworkInterface>(id).cloned(),
            (Some(id), None) => {
                let machine: &Machine =
                    region.instances.get(id).ok_or_else(|| Kind::Instance.none(id))?;
                let ready = !machine.is_over() && machine.phase.name() != "pending";
                let first = region.first_interface(&machine.id).filter(|_| ready);
                first.cloned().ok_or_else(|| {
                    let message = format!(
                        "The pending instance '{id}' is not in a valid state for this operation."
                    );
                    refuse("InvalidInstanceID", message)
                })
            }
            (None, None) => Err(missing("InstanceId")),
        }
    }
}

fn associate(region: &mut Region, address: &Address, to: &NetworkInterface, association_id: &str) {
    let ip = address.public_ip.parse().unwrap_or(std::net::Ipv4Addr::UNSPECIFIED);
    let association = NetworkInterfaceAssociation {
        allocation_id: Some(address.allocation_id.clone()),
        association_id: Some(association_id.to_owned()),
        ip_owner_id: region.place.account.clone(),
        public_dns_name: interfaces::public_name(region, &to.vpc_id, ip),
        public_ip: address.public_ip.clone(),
    };
    let id = &to.network_interface_id;
    interfaces::associate(region, id, Some(association));
    let instance = to.attachment.as_ref().and_then(|attached| attached.instance_id.clone());
    let owner = region.place.account.clone();
    if let Some(kept) = region.addresses.get_mut(&address.allocation_id) {
        kept.association_id = Some(association_id.to_owned());
        kept.network_interface_id = Some(id.clone());
        kept.network_interface_owner_id = Some(owner);
        kept.private_ip_address = Some(to.private_ip_address.clone());
        kept.instance_id = instance;
    }
}

sim::operation! {
    /// Disassociates an Elastic IP address from the instance or network interface it's associated
    /// with.
    write DisassociateAddress in "ec2" = "";
    input {
        ..dry: Dry,
        /// The association ID.
        association_id: Option<String> => "AssociationId",
        /// Deprecated.
        public_ip: Option<String> => "PublicIp",
    }
    output DisassociateAddressOutput {}
    errors ["InvalidAddress.NotFound", "InvalidAssociationID.NotFound", "MissingParameter"]
    access { "ec2:DisassociateAddress" on "arn:aws:ec2:{region}:{account}:elastic-ip/*" }
}

impl Write for DisassociateAddress {
    type Output = DisassociateAddressOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let region = &mut *change.region;
            let address = match (&self.association_id, &self.public_ip) {
                (Some(id), _) => {
                    let is_it = |a: &&Address| a.association_id.as_ref() == Some(id);
                    region.addresses.values().find(is_it).cloned().ok_or_else(|| {
                        let message = format!("The association ID '{id}' does not exist");
                        refuse("InvalidAssociationID.NotFound", message)
                    })?
                }
                (None, Some(ip)) => by_ip(region, ip)?,
                (None, None) => return Err(missing("AssociationId")),
            };
            self.dry.stop()?;
            if let Some(interface) = &address.network_interface_id {
                interfaces::associate(region, interface, None);
                interfaces::forget_elastic(region, interface);
            }
            Ok(DisassociateAddressOutput {})
        })
    }
}

sim::operation! {
    /// Releases the specified Elastic IP address.
    write ReleaseAddress in "ec2" = "";
    input {
        ..dry: Dry,
        /// The allocation ID.
        allocation_id: Option<String> => "AllocationId",
        /// Deprecated.
        public_ip: Option<String> => "PublicIp",
        /// The set of Availability Zones, Local Zones, or Wavelength Zones from which AWS
        /// advertises IP addresses.
        _network_border_group: Refused<String> => "NetworkBorderGroup",
    }
    output ReleaseAddressOutput {}
    errors [
        "InvalidAddress.NotFound",
        "InvalidAllocationID.NotFound",
        "InvalidIPAddress.InUse",
        "MissingParameter",
    ]
    access {
        "ec2:ReleaseAddress" on "arn:aws:ec2:{region}:{account}:elastic-ip/{AllocationId}",
    }
}

impl Write for ReleaseAddress {
    type Output = ReleaseAddressOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let (id, ip) = (self.allocation_id.as_deref(), self.public_ip.as_deref());
            let address = find(change.region, id, ip)?;
            if address.association_id.is_some() {
                let message = format!("Address {} is in use.", address.public_ip);
                return Err(refuse("InvalidIPAddress.InUse", message));
            }
            self.dry.stop()?;
            change.region.remove::<Address>(&address.allocation_id);
            Ok(ReleaseAddressOutput {})
        })
    }
}

sim::operation! {
    /// Describes the specified Elastic IP addresses or all of your Elastic IP addresses.
    read DescribeAddresses in "ec2" = "";
    input {
        ..dry: Dry,
        /// One or more Elastic IP addresses.
        public_ips: Vec<String> => "PublicIps" Xml("PublicIp"),
        /// One or more filters.
        filters: Vec<Filter> => "Filters" Xml("Filter"),
        /// Information about the allocation IDs.
        allocation_ids: Vec<String> => "AllocationIds" Xml("AllocationId"),
    }
    output DescribeAddressesOutput {
        /// Information about the Elastic IP addresses.
        pub addresses: Vec<Address> => "Addresses" Xml("addressesSet"),
    }
    errors []
    access { "ec2:DescribeAddresses" on "*" }
}

impl Listed for Address {
    const FILTERS: &'static [&'static str] = &[
        "allocation-id",
        "association-id",
        "domain",
        "instance-id",
        "network-border-group",
        "network-interface-id",
        "network-interface-owner-id",
        "private-ip-address",
        "public-ip",
    ];

    fn values(&self, _: &Region, filter: &str) -> Vec<String> {
        let some = |text: &Option<String>| text.iter().cloned().collect();
        match filter {
            "allocation-id" => vec![self.allocation_id.clone()],
            "association-id" => some(&self.association_id),
            "domain" => vec![self.domain.clone()],
            "instance-id" => some(&self.instance_id),
            "network-border-group" => vec![self.network_border_group.clone()],
            "network-interface-id" => some(&self.network_interface_id),
            "network-interface-owner-id" => some(&self.network_interface_owner_id),
            "private-ip-address" => some(&self.private_ip_address),
            "public-ip" => vec![self.public_ip.clone()],
            _ => Vec::new(),
        }
    }

    fn shown(&self, region: &Region) -> Self {
        Self { tags: region.tags(&self.allocation_id), ..self.clone() }
    }
}

impl Read for DescribeAddresses {
    type Output = DescribeAddressesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = look(world, cx);
        let mut ids = self.allocation_ids.clone();
        for ip in &self.public_ips {
            ids.push(by_ip(&region, ip)?.allocation_id);
        }
        let listing = Listing { dry: self.dry, filters: self.filters, ..Listing::default() };
        let (addresses, _) = listing.page(&region, &ids)?;
        Ok(DescribeAddressesOutput { addresses })
    }
}

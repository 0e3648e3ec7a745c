//! Everything that an account has in one region.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::dark::Dark;
use super::ids::Kind;
use super::lookup::Lookup;
use super::machine::Machine;
use super::own_image::OwnImage;
use super::shapes::acl::NetworkAcl;
use super::shapes::address::{Address, NatGateway};
use super::shapes::group::{SecurityGroup, SecurityGroupRule};
use super::shapes::interface::{GroupIdentifier, NetworkInterface};
use super::shapes::key::KeyPairInfo;
use super::shapes::network::{DhcpOptions, InternetGateway, Subnet, Vpc};
use super::shapes::route::RouteTable;
use super::shapes::storage::{Snapshot, Volume};
use super::shapes::tag::Tag;
use super::shapes::template::{LaunchTemplate, LaunchTemplateVersion};
pub(crate) use crate::place::Place;
use base::Time;
use sim::api::ApiError;

/// What a VPC is beside what its description says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct VpcSettings {
    pub(crate) dns_support: bool,
    pub(crate) dns_hostnames: bool,
}

/// A request that was done under a token of its client.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Done {
    pub(crate) at: Time,
    /// What was asked for.
    pub(crate) asked: String,
    /// The id of what was made.
    pub(crate) made: String,
}

/// The versions of a launch template.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Versions {
    /// The number of the one that was made last, which may be gone.
    pub(crate) last: i64,
    pub(crate) all: BTreeMap<i64, LaunchTemplateVersion>,
}

/// Everything in a region, by id.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Region {
    pub(crate) place: Place,
    pub(crate) acls: BTreeMap<String, NetworkAcl>,
    pub(crate) addresses: BTreeMap<String, Address>,
    pub(crate) dhcp_options: BTreeMap<String, DhcpOptions>,
    pub(crate) groups: BTreeMap<String, SecurityGroup>,
    pub(crate) group_rules: BTreeMap<String, SecurityGroupRule>,
    pub(crate) images: BTreeMap<String, OwnImage>,
    /// The ids of images that were deregistered.
    pub(crate) gone_images: BTreeSet<String>,
    pub(crate) instances: BTreeMap<String, Machine>,
    pub(crate) interfaces: BTreeMap<String, NetworkInterface>,
    pub(crate) lookup: Lookup,
    pub(crate) internet_gateways: BTreeMap<String, InternetGateway>,
    pub(crate) key_pairs: BTreeMap<String, KeyPairInfo>,
    pub(crate) nat_gateways: BTreeMap<String, NatGateway>,
    pub(crate) route_tables: BTreeMap<String, RouteTable>,
    pub(crate) snapshots: BTreeMap<String, Snapshot>,
    /// The image of the catalogue that a snapshot of a root disk goes back to, by name.
    pub(crate) snapshot_bases: BTreeMap<String, &'static str>,
    pub(crate) subnets: BTreeMap<String, Subnet>,
    pub(crate) templates: BTreeMap<String, LaunchTemplate>,
    /// By the id of their template.
    pub(crate) template_versions: BTreeMap<String, Versions>,
    pub(crate) volumes: BTreeMap<String, Volume>,
    pub(crate) vpcs: BTreeMap<String, Vpc>,
    pub(crate) vpc_settings: BTreeMap<String, VpcSettings>,
    /// By the id of what they are on, then by key.
    pub(crate) tags: BTreeMap<String, BTreeMap<String, String>>,
    /// By operation and token.
    pub(crate) tokens: BTreeMap<(String, String), Done>,
    /// Zones without power.
    pub(crate) dark: Dark,
}

/// Something that a region has.
pub(crate) trait Resource: Sized + 'static {
    const KIND: Kind;
    fn id(&self) -> &str;
    fn all(region: &Region) -> &BTreeMap<String, Self>;
    fn all_mut(region: &mut Region) -> &mut BTreeMap<String, Self>;
    /// What else is to be kept of one that is put in.
    fn come(&self, _region: &mut Region) {}
    /// What else is to be forgotten of one that is taken out.
    fn go(&self, _region: &mut Region) {}
}

impl Resource for NetworkInterface {
    const KIND: Kind = Kind::Interface;
    fn id(&self) -> &str {
        &self.network_interface_id
    }
    fn all(region: &Region) -> &BTreeMap<String, Self> {
        &region.interfaces
    }
    fn all_mut(region: &mut Region) -> &mut BTreeMap<String, Self> {
        &mut region.interfaces
    }
    fn come(&self, region: &mut Region) {
        region.lookup.note(self);
    }
    fn go(&self, region: &mut Region) {
        region.lookup.forget(self);
    }
}

/// Says where a region has things of a type.
macro_rules! resources {
    ($($type:ident: $kind:ident in $table:ident by $id:ident;)*) => {$(
        impl Resource for $type {
            const KIND: Kind = Kind::$kind;
            fn id(&self) -> &str {
                &self.$id
            }
            fn all(region: &Region) -> &BTreeMap<String, Self> {
                &region.$table
            }
            fn all_mut(region: &mut Region) -> &mut BTreeMap<String, Self> {
                &mut region.$table
            }
        }
    )*};
}

resources! {
    Address: Address in addresses by allocation_id;
    DhcpOptions: DhcpOptions in dhcp_options by dhcp_options_id;
    InternetGateway: InternetGateway in internet_gateways by internet_gateway_id;
    KeyPairInfo: KeyPair in key_pairs by key_pair_id;
    LaunchTemplate: LaunchTemplate in templates by launch_template_id;
    NatGateway: NatGateway in nat_gateways by nat_gateway_id;
    OwnImage: Image in images by id;
    NetworkAcl: Acl in acls by network_acl_id;
    RouteTable: RouteTable in route_tables by route_table_id;
    SecurityGroup: Group in groups by group_id;
    SecurityGroupRule: GroupRule in group_rules by security_group_rule_id;
    Snapshot: Snapshot in snapshots by snapshot_id;
    Subnet: Subnet in subnets by subnet_id;
    Volume: Volume in volumes by volume_id;
    Vpc: Vpc in vpcs by vpc_id;
}

impl Region {
    /// One without anything, not even the default VPC.
    pub(crate) fn empty(place: Place) -> Self {
        Self {
            place,
            acls: BTreeMap::new(),
            addresses: BTreeMap::new(),
            dhcp_options: BTreeMap::new(),
            groups: BTreeMap::new(),
            group_rules: BTreeMap::new(),
            images: BTreeMap::new(),
            gone_images: BTreeSet::new(),
            instances: BTreeMap::new(),
            interfaces: BTreeMap::new(),
            lookup: Lookup::default(),
            internet_gateways: BTreeMap::new(),
            key_pairs: BTreeMap::new(),
            nat_gateways: BTreeMap::new(),
            route_tables: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            snapshot_bases: BTreeMap::new(),
            subnets: BTreeMap::new(),
            templates: BTreeMap::new(),
            template_versions: BTreeMap::new(),
            volumes: BTreeMap::new(),
            vpcs: BTreeMap::new(),
            vpc_settings: BTreeMap::new(),
            tags: BTreeMap::new(),
            tokens: BTreeMap::new(),
            dark: Dark::default(),
        }
    }

    /// The one of this id.
    ///
    /// # Errors
    /// The refusal of an id that nothing of this kind has.
    pub(crate) fn find<T: Resource>(&self, id: &str) -> Result<&T, ApiError> {
        T::all(self).get(id).ok_or_else(|| T::KIND.none(id))
    }

    /// The same, to be changed.
    ///
    /// # Errors
    /// As [`Region::find`].
    pub(crate) fn find_mut<T: Resource>(&mut self, id: &str) -> Result<&mut T, ApiError> {
        T::all_mut(self).get_mut(id).ok_or_else(|| T::KIND.none(id))
    }

    /// Puts something in.
    pub(crate) fn put<T: Resource>(&mut self, item: T) {
        let id = item.id().to_owned();
        item.come(self);
        T::all_mut(self).insert(id, item);
    }

    /// Takes something out, with its tags.
    pub(crate) fn remove<T: Resource>(&mut self, id: &str) {
        if let Some(item) = T::all_mut(self).remove(id) {
            item.go(self);
        }
        self.tags.remove(id);
    }

    /// The tags of something, in the order of their keys.
    pub(crate) fn tags(&self, id: &str) -> Vec<Tag> {
        let tags = self.tags.get(id).into_iter().flatten();
        tags.map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
    }

    /// The value of one tag.
    pub(crate) fn tag(&self, id: &str, key: &str) -> Option<&str> {
        self.tags.get(id)?.get(key).map(String::as_str)
    }

    pub(crate) fn tag_keys(&self, id: &str) -> Vec<String> {
        self.tags.get(id).map(|tags| tags.keys().cloned().collect()).unwrap_or_default()
    }

    /// The default VPC.
    pub(crate) fn default_vpc(&self) -> Option<&Vpc> {
        self.vpcs.values().find(|vpc| vpc.is_default)
    }

    /// The route table that a VPC's subnets go by when they have none of their own.
    pub(crate) fn main_table(&self, vpc: &str) -> Option<&RouteTable> {
        let mut tables = self.route_tables.values().filter(|table| table.vpc_id == vpc);
        tables.find(|table| table.associations.iter().any(|association| association.main))
    }

    /// The route table that a subnet goes by.
    pub(crate) fn table_of(&self, subnet: &Subnet) -> Option<&RouteTable> {
        let own = self.route_tables.values().find(|table| {
            table.associations.iter().any(|a| a.subnet_id.as_deref() == Some(&subnet.subnet_id))
        });
        own.or_else(|| self.main_table(&subnet.vpc_id))
    }

    /// The network ACL that a subnet is behind.
    pub(crate) fn acl_of(&self, subnet: &str) -> Option<&NetworkAcl> {
        self.acls.values().find(|acl| acl.associations.iter().any(|a| a.subnet_id == subnet))
    }

    /// The security group of that name in a VPC.
    pub(crate) fn group_named(&self, vpc: &str, name: &str) -> Option<&SecurityGroup> {
        self.groups.values().find(|group| group.vpc_id == vpc && group.group_name == name)
    }

    /// The key pair of that name.
    pub(crate) fn key_named(&self, name: &str) -> Option<&KeyPairInfo> {
        self.key_pairs.values().find(|pair| pair.key_name == name)
    }

    /// The network interfaces of an instance, the first one first.
    pub(crate) fn interfaces_of(&self, instance: &str) -> Vec<&NetworkInterface> {
        let own = self.instances.get(instance).into_iter().flat_map(|machine| &machine.interfaces);
        own.filter_map(|id| self.interfaces.get(id)).collect()
    }

    /// The network interface that has an instance's main address.
    pub(crate) fn first_interface(&self, instance: &str) -> Option<&NetworkInterface> {
        self.interfaces_of(instance).into_iter().next()
    }

    /// The network interface that has this private address in a VPC.
    pub(crate) fn interface_at(&self, vpc: &str, address: Ipv4Addr) -> Option<&NetworkInterface> {
        self.interfaces.get(self.lookup.at(vpc, address)?)
    }

    /// The network interface that has this public address.
    pub(crate) fn interface_seen_as(&self, address: Ipv4Addr) -> Option<&NetworkInterface> {
        self.interfaces.get(self.lookup.seen_as(address)?)
    }

    /// Groups as descriptions of what has them name them.
    pub(crate) fn identifiers(&self, groups: &[String]) -> Vec<GroupIdentifier> {
        let known = groups.iter().filter_map(|id| self.groups.get(id));
        known
            .map(|group| GroupIdentifier {
                group_id: group.group_id.clone(),
                group_name: group.group_name.clone(),
            })
            .collect()
    }

    /// The rules of a group in one direction, in the order of their ids.
    pub(crate) fn rules<'r>(
        &'r self,
        group: &'r str,
        egress: bool,
    ) -> impl Iterator<Item = &'r SecurityGroupRule> {
        self.group_rules
            .values()
            .filter(move |rule| rule.group_id == group && rule.is_egress == egress)
    }
}

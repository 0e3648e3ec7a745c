//! What a launch comes to: everything that a request names is looked up before anything is made.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::addressing;
use super::super::catalogue::{images, types};
use super::super::cidr::Cidr;
use super::super::error::{combination, invalid, invalid_value, missing, refuse};
use super::super::ids::Kind;
use super::super::known_images::Found;
use super::super::limits::GROUPS_PER_INTERFACE;
use super::super::machine::MetadataAccess;
use super::super::quota;
use super::super::region::Region;
use super::super::shapes::group::SecurityGroup;
use super::super::shapes::image::Image;
use super::super::shapes::launch::{
    BlockDeviceMappingGiven, EbsBlockDeviceGiven, IamInstanceProfileSpecification,
    InstanceMetadataOptionsRequest, InstanceNetworkInterfaceSpecification, PlacementGiven,
};
use super::super::shapes::network::Subnet;
use super::super::shapes::tag::TagSpecification;
use super::super::state::Change;
use super::super::volumes::{self, Sort};
use super::super::{tags, zones};
use super::metadata;
use crate::iam;
use sim::api::{ApiError, Protocol};
use sim::{Cx, World};

/// The kinds of what is made by a launch and can have tags.
const TAGGED: &[&str] = &["instance", "volume", "network-interface"];

/// The most bytes of user data, before base64.
const USER_DATA_BYTES_MAX: usize = 16 * 1024;

/// What a request asks for.
#[allow(clippy::struct_excessive_bools, reason = "they are the API's own switches")]
pub(super) struct Ask {
    pub(super) devices: Vec<BlockDeviceMappingGiven>,
    pub(super) image: Option<String>,
    /// The image, where another account shares it.
    pub(super) shared: Option<Found>,
    pub(super) kind: Option<String>,
    pub(super) key: Option<String>,
    pub(super) profile: Option<IamInstanceProfileSpecification>,
    pub(super) monitored: bool,
    pub(super) placement: Option<PlacementGiven>,
    pub(super) group_ids: Vec<String>,
    pub(super) group_names: Vec<String>,
    pub(super) subnet: Option<String>,
    pub(super) user_data: Option<String>,
    pub(super) tags: Vec<TagSpecification>,
    pub(super) stop_protected: bool,
    pub(super) termination_protected: bool,
    pub(super) on_shutdown: Option<String>,
    pub(super) address: Option<String>,
    pub(super) interfaces: Vec<InstanceNetworkInterfaceSpecification>,
    pub(super) ebs_optimized: bool,
    pub(super) metadata: InstanceMetadataOptionsRequest,
    /// Whether a service of AWS asks.
    pub(super) by_service: bool,
}

/// A disk that every instance of the launch gets.
pub(super) struct Disk {
    pub(super) device: String,
    pub(super) sort: Sort,
    pub(super) snapshot: String,
    pub(super) deleted_with: bool,
}

/// Everything that is needed to make the instances.
#[allow(clippy::struct_excessive_bools, reason = "they are the API's own switches")]
pub(super) struct Plan {
    pub(super) image: Image,
    /// The image of the catalogue that it goes back to.
    pub(super) base: Option<&'static str>,
    pub(super) kind: &'static str,
    pub(super) key: Option<String>,
    pub(super) subnet: Subnet,
    pub(super) groups: Vec<String>,
    /// As many as instances.
    pub(super) addresses: Vec<Ipv4Addr>,
    pub(super) public: bool,
    pub(super) description: String,
    pub(super) interface_deleted_with: bool,
    pub(super) disks: Vec<Disk>,
    pub(super) profile: Option<(String, String)>,
    pub(super) user_data: Option<String>,
    pub(super) terminates_on_shutdown: bool,
    pub(super) termination_protected: bool,
    pub(super) stop_protected: bool,
    pub(super) monitored: bool,
    pub(super) ebs_optimized: bool,
    pub(super) metadata: MetadataAccess,
    /// By kind of resource.
    pub(super) tags: BTreeMap<String, BTreeMap<String, String>>,
}

/// The instance profile of a launch, whose role the caller must be allowed to pass on: its ARN and id.
pub(super) fn profile(
    world: &World,
    cx: &Cx<'_>,
    given: Option<&IamInstanceProfileSpecification>,
) -> Result<Option<(String, String)>, ApiError> {
    let Some(given) = given else { return Ok(None) };
    let state = world.get::<iam::State>();
    let (text, parameter) = match (&given.arn, &given.name) {
        (Some(arn), None) => (arn, "iamInstanceProfile.arn"),
        (None, Some(name)) => (name, "iamInstanceProfile.name"),
        (Some(_), Some(_)) => {
            return Err(combination(
                "The parameter 'iamInstanceProfile.name' may not be used in combination with \
                 'iamInstanceProfile.arn'",
            ));
        }
        (None, None) => return Err(missing("iamInstanceProfile.name")),
    };
    let name = text.rsplit('/').next().unwrap_or_default();
    let found = state.profiles.find(name);
    let found = found.filter(|found| given.arn.as_ref().is_none_or(|arn| *arn == found.entity.arn));
    let Some(found) = found else {
        let what = if given.arn.is_some() { "ARN" } else { "name" };
        let more = format!("Invalid IAM Instance Profile {what}");
        return Err(invalid_value(text, parameter, &more));
    };
    if let Some(role) = found.role.as_ref().and_then(|role| state.roles.find(role)) {
        let service = vec![("iam:PassedToService", "ec2.amazonaws.com".to_owned())];
        crate::ask(world, cx, Protocol::Ec2, "iam:PassRole", &role.entity.arn, service)?;
    }
    Ok(Some((found.entity.arn.clone(), found.entity.id.clone())))
}

/// Looks everything up for a launch of so many instances, at least and at most.
pub(super) fn plan(
    change: &mut Change<'_>,
    ask: &Ask,
    profile: Option<(String, String)>,
    (least, most): (i64, i64),
    quota: i64,
) -> Result<Plan, ApiError> {
    let region = &*change.region;
    let Found { image, base } = image(region, ask)?;
    let kind = kind(ask, &image)?;
    let room = quota::left(region, quota, most.saturating_mul(kind.vcpus)) / kind.vcpus.max(1);
    if least > room {
        return Err(quota::exceeded(quota));
    }
    let most = most.min(room);
    if let Some(key) = ask.key.as_deref().filter(|key| region.key_named(key).is_none()) {
        return Err(Kind::KeyPair.none(key));
    }
    let first = first_interface(ask)?;
    let subnet = subnet(region, ask, first)?;
    region.room(&subnet.availability_zone, kind.name)?;
    let groups = groups(region, ask, first, &subnet)?;
    let addresses = addresses(change, ask, first, &subnet, (least, most))?;
    let public = first.and_then(|first| first.associate_public_ip_address);
    Ok(Plan {
        kind: kind.name,
        key: ask.key.clone(),
        public: public.unwrap_or(subnet.map_public_ip_on_launch),
        subnet,
        groups,
        addresses,
        description: first.and_then(|first| first.description.clone()).unwrap_or_default(),
        interface_deleted_with: first.and_then(|f| f.delete_on_termination).unwrap_or(true),
        disks: disks(change.region, ask, &image)?,
        profile,
        user_data: user_data(ask)?,
        terminates_on_shutdown: match ask.on_shutdown.as_deref() {
            None | Some("stop") => false,
            Some("terminate") => true,
            Some(other) => {
                return Err(invalid_value(other, "InstanceInitiatedShutdownBehavior", ""));
            }
        },
        termination_protected: ask.termination_protected,
        stop_protected: ask.stop_protected,
        monitored: ask.monitored,
        ebs_optimized: ask.ebs_optimized,
        metadata: metadata::with(metadata::of_image(&image), &ask.metadata)?,
        tags: tags::wanted_by(&ask.tags, TAGGED, ask.by_service)?,
        image,
        base,
    })
}

fn image(region: &Region, ask: &Ask) -> Result<Found, ApiError> {
    if let Some(shared) = &ask.shared {
        return Ok(shared.clone());
    }
    let id = ask.image.as_deref().ok_or_else(|| missing("ImageId"))?;
    let Some(parameter) = id.strip_prefix("resolve:ssm:") else { return region.image(id) };
    let entry = images::of_parameter(parameter).ok_or_else(|| {
        let message = format!("Unable to resolve ssm parameter {parameter}");
        refuse("InvalidParameterValue", message)
    })?;
    Ok(Found::of(entry, &region.place.region))
}

fn kind(ask: &Ask, image: &Image) -> Result<&'static types::Entry, ApiError> {
    let name = ask.kind.as_deref().ok_or_else(|| missing("InstanceType"))?;
    let kind = types::of_name(name);
    let kind = kind.ok_or_else(|| invalid(format!("Invalid value '{name}' for InstanceType.")))?;
    if kind.architecture() != image.architecture {
        return Err(invalid(format!(
            "The architecture '{}' of the specified instance type does not match the architecture '{}' \
             of the specified AMI. Specify an instance type and an AMI that have matching \
             architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to \
             discover the architecture of the instance type or AMI.",
            kind.architecture(),
            image.architecture
        )));
    }
    Ok(kind)
}

/// What is said of the one network interface that a launch can say something of.
fn first_interface(ask: &Ask) -> Result<Option<&InstanceNetworkInterfaceSpecification>, ApiError> {
    let Some(first) = ask.interfaces.first() else { return Ok(None) };
    if ask.interfaces.len() > 1 || first.device_index != Some(0) {
        return Err(refuse(
            "UnsupportedOperation",
            "More network interfaces than that of device index 0 are not simulated here",
        ));
    }
    let elsewhere = ask.subnet.is_some()
        || !ask.group_ids.is_empty()
        || !ask.group_names.is_empty()
        || ask.address.is_some();
    if elsewhere {
        return Err(combination(
            "Network interfaces and an instance-level subnet ID, security groups or private IP address \
             may not be specified on the same request",
        ));
    }
    Ok(Some(first))
}

fn subnet(
    region: &Region,
    ask: &Ask,
    first: Option<&InstanceNetworkInterfaceSpecification>,
) -> Result<Subnet, ApiError> {
    let zone = ask.placement.as_ref().and_then(|placement| placement.availability_zone.as_deref());
    if let Some(tenancy) = ask.placement.as_ref().and_then(|placement| placement.tenancy.as_deref())
        && tenancy != "default"
    {
        let message = format!("The tenancy {tenancy} is not simulated here");
        return Err(refuse("UnsupportedOperation", message));
    }
    if let Some(zone) = zone.filter(|zone| zones::id(&region.place.region, zone).is_none()) {
        return Err(invalid(format!("Invalid availability zone: [{zone}]")));
    }
    let given = ask.subnet.as_deref().or_else(|| first?.subnet_id.as_deref());
    if let Some(id) = given {
        let subnet = region.find::<Subnet>(id)?;
        if zone.is_some_and(|zone| zone != subnet.availability_zone) {
            return Err(invalid(format!(
                "The availability zone '{}' does not match the one of the subnet '{id}'",
                zone.unwrap_or_default()
            )));
        }
        return Ok(subnet.clone());
    }
    let Some(vpc) = region.default_vpc() else {
        let message = "No default VPC for this user. GroupName is only supported for EC2-Classic and \
                       default VPC.";
        return Err(refuse("VPCIdNotSpecified", message));
    };
    let mut defaults: Vec<&Subnet> = region
        .subnets
        .values()
        .filter(|subnet| subnet.vpc_id == vpc.vpc_id && subnet.default_for_az)
        .filter(|subnet| zone.is_none_or(|zone| zone == subnet.availability_zone))
        .collect();
    // Where there is a choice, it is not one that is out.
    if defaults.iter().any(|subnet| !region.dark.has(&subnet.availability_zone)) {
        defaults.retain(|subnet| !region.dark.has(&subnet.availability_zone));
    }
    // AWS picks a zone, and does not say by what; here it is the first.
    defaults.sort_by(|a, b| a.availability_zone.cmp(&b.availability_zone));
    defaults.first().map(|subnet| (*subnet).clone()).ok_or_else(|| {
        let message = format!(
            "No subnets found for the default VPC '{}'. Please specify a subnet.",
            vpc.vpc_id
        );
        refuse("MissingInput", message)
    })
}

fn groups(
    region: &Region,
    ask: &Ask,
    first: Option<&InstanceNetworkInterfaceSpecification>,
    subnet: &Subnet,
) -> Result<Vec<String>, ApiError> {
    if !ask.group_names.is_empty() && ask.subnet.is_some() {
        let message = "The parameter groupName cannot be used with the parameter subnet";
        return Err(combination(message));
    }
    let mut ids: Vec<String> = Vec::new();
    for name in &ask.group_names {
        let Some(group) = region.group_named(&subnet.vpc_id, name) else {
            let message = format!(
                "The security group '{name}' does not exist in default VPC '{}'",
                subnet.vpc_id
            );
            return Err(refuse("InvalidGroup.NotFound", message));
        };
        ids.push(group.group_id.clone());
    }
    ids.extend(ask.group_ids.iter().cloned());
    ids.extend(first.into_iter().flat_map(|first| first.groups.iter().cloned()));
    check_groups(region, &ids, &subnet.vpc_id, &subnet.subnet_id)?;
    if ids.is_empty() {
        ids.extend(
            region.group_named(&subnet.vpc_id, "default").map(|group| group.group_id.clone()),
        );
    }
    Ok(ids)
}

/// Refuses groups that an interface in a subnet cannot have.
pub(in super::super) fn check_groups(
    region: &Region,
    ids: &[String],
    vpc: &str,
    subnet: &str,
) -> Result<(), ApiError> {
    for id in ids {
        if region.find::<SecurityGroup>(id)?.vpc_id != vpc {
            let message =
                format!("Security group {id} and subnet {subnet} belong to different networks.");
            return Err(refuse("InvalidParameter", message));
        }
    }
    if ids.len() > GROUPS_PER_INTERFACE {
        let message =
            "You have exceeded the number of security groups allowed per network interface.";
        return Err(refuse("SecurityGroupsPerInterfaceLimitExceeded", message));
    }
    Ok(())
}

fn addresses(
    change: &mut Change<'_>,
    ask: &Ask,
    first: Option<&InstanceNetworkInterfaceSpecification>,
    subnet: &Subnet,
    (least, most): (i64, i64),
) -> Result<Vec<Ipv4Addr>, ApiError> {
    let given = ask.address.as_deref().or_else(|| first?.private_ip_address.as_deref());
    if let Some(text) = given {
        if most > 1 {
            return Err(combination(
                "The parameter privateIpAddress can only be used when launching a single instance",
            ));
        }
        return Ok(vec![check_address(change.region, subnet, text)?]);
    }
    let count = usize::try_from(most).unwrap_or(usize::MAX);
    let drawn = addressing::draw_private(change.region, change.rng, subnet, count);
    if drawn.len() < usize::try_from(least).unwrap_or(usize::MAX) {
        let message = format!(
            "There are not enough free addresses in subnet '{}' to satisfy the requested number of \
             instances.",
            subnet.subnet_id
        );
        return Err(refuse("InsufficientFreeAddressesInSubnet", message));
    }
    Ok(drawn)
}

/// An address that a request wants, if an interface in the subnet can have it.
pub(in super::super) fn check_address(
    region: &Region,
    subnet: &Subnet,
    text: &str,
) -> Result<Ipv4Addr, ApiError> {
    let block = Cidr::parse(&subnet.cidr_block).unwrap_or(Cidr::ALL);
    let address: Ipv4Addr = text
        .parse()
        .map_err(|_| invalid(format!("Invalid value '{text}' for privateIpAddress.")))?;
    if !block.contains(address) {
        return Err(invalid("Address does not fall within the subnet's address range"));
    }
    if !addressing::is_for_hosts(block, address) {
        return Err(invalid("Address is in subnet's reserved address range"));
    }
    if addressing::taken(region, &subnet.subnet_id).contains(&address) {
        return Err(refuse("InvalidIPAddress.InUse", format!("Address {address} is in use.")));
    }
    Ok(address)
}

fn user_data(ask: &Ask) -> Result<Option<String>, ApiError> {
    let Some(text) = ask.user_data.as_deref().filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    check_user_data(text)?;
    Ok(Some(text.to_owned()))
}

/// Refuses what is no user data, or too much.
pub(in super::super) fn check_user_data(text: &str) -> Result<(), ApiError> {
    // Clients may break it into lines.
    let joined: String = text.split_whitespace().collect();
    let bytes = STANDARD.decode(joined).map_err(|_| {
        refuse("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.")
    })?;
    if bytes.len() > USER_DATA_BYTES_MAX {
        return Err(invalid(format!("User data is limited to {USER_DATA_BYTES_MAX} bytes")));
    }
    Ok(())
}

fn disks(region: &Region, ask: &Ask, image: &Image) -> Result<Vec<Disk>, ApiError> {
    let mut disks = Vec::new();
    let mut given: Vec<&BlockDeviceMappingGiven> = ask.devices.iter().collect();
    for mapping in &image.block_device_mappings {
        let at = given.iter().position(|g| g.device_name.as_ref() == Some(&mapping.device_name));
        let own = at.map(|at| given.remove(at)).and_then(|given| given.ebs.as_ref());
        let none = EbsBlockDeviceGiven::default();
        let own = own.unwrap_or(&none);
        let ebs = &mapping.ebs;
        let snapshot = ebs.snapshot_id.clone().unwrap_or_default();
        let size = own.volume_size.unwrap_or(ebs.volume_size);
        if size < ebs.volume_size {
            let message = format!(
                "Volume of size {size}GB is smaller than snapshot '{snapshot}', expect size >= {}GB",
                ebs.volume_size
            );
            return Err(refuse("InvalidBlockDeviceMapping", message));
        }
        let sort = own.volume_type.as_deref().unwrap_or(&ebs.volume_type);
        disks.push(Disk {
            device: mapping.device_name.clone(),
            sort: volumes::sort(sort, size, own.iops, own.throughput)?,
            snapshot,
            deleted_with: own.delete_on_termination.unwrap_or(ebs.delete_on_termination),
        });
    }
    for mapping in given {
        let device = mapping.device_name.clone().ok_or_else(|| missing("deviceName"))?;
        let Some(ebs) = &mapping.ebs else { return Err(missing("ebs")) };
        if disks.iter().any(|disk| disk.device == device) {
            let message =
                format!("The device '{device}' is used in more than one block-device mapping");
            return Err(refuse("InvalidBlockDeviceMapping", message));
        }
        let snapshot = ebs.snapshot_id.as_deref();
        let size = volumes::size(region, ebs.volume_size, snapshot)?;
        let sort = ebs.volume_type.as_deref().unwrap_or("gp2");
        disks.push(Disk {
            device,
            sort: volumes::sort(sort, size, ebs.iops, ebs.throughput)?,
            snapshot: snapshot.unwrap_or_default().to_owned(),
            deleted_with: ebs.delete_on_termination.unwrap_or(true),
        });
    }
    Ok(disks)
}

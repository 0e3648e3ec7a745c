//! Network interfaces of one's own: made, attached to instances, changed, detached and deleted.

use super::super::catalogue::types;
use super::super::error::{combination, invalid, missing, refuse};
use super::super::filter::{Dry, Listed as _};
use super::super::ids::{Kind, draw};
use super::super::instances::attributes::AttributeValueGiven;
use super::super::instances::plan::{check_address, check_groups};
use super::super::machine::Phase;
use super::super::region::Region;
use super::super::shapes::interface::{NetworkInterface, NetworkInterfaceAttachment};
use super::super::shapes::network::{AttributeBooleanGiven, Subnet};
use super::super::shapes::tag::TagSpecification;
use super::super::state::change;
use super::super::{addressing, interfaces, tags, tokens};
use sim::api::{ApiError, Refused, Value, Write};
use sim::{Cx, World};

sim::operation! {
    /// Creates a network interface in the specified subnet.
    write CreateNetworkInterface in "ec2" = "";
    input {
        ..dry: Dry,
        /// The IPv4 prefixes assigned to the network interface.
        _ipv4_prefixes: Refused<Value> => "Ipv4Prefixes" Xml("Ipv4Prefix"),
        /// The number of IPv4 prefixes that AWS automatically assigns.
        _ipv4_prefix_count: Refused<i64> => "Ipv4PrefixCount",
        /// The IPv6 prefixes assigned to the network interface.
        _ipv6_prefixes: Refused<Value> => "Ipv6Prefixes" Xml("Ipv6Prefix"),
        /// The number of IPv6 prefixes that AWS automatically assigns.
        _ipv6_prefix_count: Refused<i64> => "Ipv6PrefixCount",
        /// The type of network interface.
        _interface_type: Refused<String> => "InterfaceType",
        /// The tags to apply to the new network interface.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// Unique, case-sensitive identifier that you provide to ensure idempotency.
        client_token: Option<String> => "ClientToken",
        /// Enables a primary IPv6 address.
        _enable_primary_ipv6: Refused<bool> => "EnablePrimaryIpv6",
        /// A connection tracking specification for the network interface.
        _connection_tracking_specification: Refused<Value> => "ConnectionTrackingSpecification",
        /// Reserved for internal use.
        _operator: Refused<Value> => "Operator",
        /// The ID of the subnet to associate with the network interface.
        subnet_id: String => "SubnetId",
        /// A description for the network interface.
        description: Option<String> => "Description",
        /// The primary private IPv4 address of the network interface.
        private_ip_address: Option<String> => "PrivateIpAddress",
        /// The IDs of the security groups.
        groups: Vec<String> => "Groups" Xml("SecurityGroupId"),
        /// The private IPv4 addresses.
        _private_ip_addresses: Refused<Value> => "PrivateIpAddresses",
        /// The number of secondary private IPv4 addresses.
        _secondary_private_ip_address_count: Refused<i64> => "SecondaryPrivateIpAddressCount",
        /// The IPv6 addresses from the IPv6 CIDR block range of your subnet.
        _ipv6_addresses: Refused<Value> => "Ipv6Addresses",
        /// The number of IPv6 addresses to assign.
        _ipv6_address_count: Refused<i64> => "Ipv6AddressCount",
    }
    output CreateNetworkInterfaceOutput {
        /// Information about the network interface.
        pub network_interface: NetworkInterface => "NetworkInterface",
        /// The token of the request.
        pub client_token: Option<String> => "ClientToken",
    }
    errors [
        "IdempotentParameterMismatch",
        "InsufficientFreeAddressesInSubnet",
        "InvalidGroup.NotFound",
        "InvalidIPAddress.InUse",
        "InvalidParameter",
        "InvalidParameterValue",
        "InvalidSubnetID.NotFound",
    ]
    access {
        "ec2:CreateNetworkInterface" on "arn:aws:ec2:{region}:{account}:network-interface/*",
        "ec2:CreateNetworkInterface" on "arn:aws:ec2:{region}:{account}:subnet/{SubnetId}",
        "ec2:CreateNetworkInterface" on "arn:aws:ec2:{region}:{account}:security-group/{Groups}",
    }
    token "ClientToken"
}

impl Write for CreateNetworkInterface {
    type Output = CreateNetworkInterfaceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        const NAME: &str = "CreateNetworkInterface";
        let asked = format!("{self:?}");
        let token = self.client_token.clone().filter(|token| !token.is_empty());
        let tags = tags::wanted_on(&self.tag_specifications, Kind::Interface)?;
        let description = self.description.unwrap_or_default();
        change(world, cx, |change| {
            let done = tokens::done(change.region, NAME, token.as_deref(), &asked, change.now)?;
            if let Some(known) = done.and_then(|id| change.region.interfaces.get(&id)) {
                let network_interface = known.shown(change.region);
                return Ok(CreateNetworkInterfaceOutput { network_interface, client_token: token });
            }
            let subnet = change.region.find::<Subnet>(&self.subnet_id)?.clone();
            check_groups(change.region, &self.groups, &subnet.vpc_id, &subnet.subnet_id)?;
            let mut groups = self.groups.clone();
            if groups.is_empty() {
                let default = change.region.group_named(&subnet.vpc_id, "default");
                groups.extend(default.map(|group| group.group_id.clone()));
            }
            let given = self.private_ip_address.as_deref();
            let given =
                given.map(|text| check_address(change.region, &subnet, text)).transpose()?;
            self.dry.stop()?;
            let address = given.or_else(|| {
                let (region, rng) = (&*change.region, &mut *change.rng);
                addressing::draw_private(region, rng, &subnet, 1).first().copied()
            });
            let Some(address) = address else {
                let message = format!(
                    "There are not enough free addresses in subnet '{}' to satisfy the request.",
                    subnet.subnet_id
                );
                return Err(refuse("InsufficientFreeAddressesInSubnet", message));
            };
            let (region, rng) = (&mut *change.region, &mut *change.rng);
            let made = interfaces::made(region, rng, &subnet, address, &groups, &description);
            let id = made.network_interface_id.clone();
            region.put(made);
            tags::attach(region, &id, tags);
            tokens::keep(region, NAME, token.as_deref(), asked, id.clone(), change.now);
            let network_interface = region.find::<NetworkInterface>(&id)?.shown(region);
            Ok(CreateNetworkInterfaceOutput { network_interface, client_token: token })
        })
    }
}

sim::operation! {
    /// Deletes the specified network interface, which must be attached to nothing.
    write DeleteNetworkInterface in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the network interface.
        network_interface_id: String => "NetworkInterfaceId",
    }
    output DeleteNetworkInterfaceOutput {}
    errors ["InvalidNetworkInterface.InUse", "InvalidNetworkInterfaceID.NotFound"]
    access {
        "ec2:DeleteNetworkInterface" on
            "arn:aws:ec2:{region}:{account}:network-interface/{NetworkInterfaceId}",
    }
}

impl Write for DeleteNetworkInterface {
    type Output = DeleteNetworkInterfaceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let id = &self.network_interface_id;
            if change.region.find::<NetworkInterface>(id)?.status != "available" {
                let message = format!("Network interface '{id}' is currently in use.");
                return Err(refuse("InvalidNetworkInterface.InUse", message));
            }
            self.dry.stop()?;
            interfaces::remove(change.region, id);
            Ok(DeleteNetworkInterfaceOutput {})
        })
    }
}

sim::operation! {
    /// Attaches a network interface to an instance of its Availability Zone.
    write AttachNetworkInterface in "ec2" = "";
    input {
        ..dry: Dry,
        /// The index of the network card.
        _network_card_index: Refused<i64> => "NetworkCardIndex",
        /// Configures ENA Express for the network interface.
        _ena_srd_specification: Refused<Value> => "EnaSrdSpecification",
        /// The number of ENA queues to be created with the instance.
        _ena_queue_count: Refused<i64> => "EnaQueueCount",
        /// The ID of the network interface.
        network_interface_id: String => "NetworkInterfaceId",
        /// The ID of the instance.
        instance_id: String => "InstanceId",
        /// The index of the device for the network interface attachment.
        device_index: i64 => "DeviceIndex",
    }
    output AttachNetworkInterfaceOutput {
        /// The ID of the network interface attachment.
        pub attachment_id: String => "AttachmentId",
        /// The index of the network card.
        pub network_card_index: i64 => "NetworkCardIndex",
    }
    errors [
        "AttachmentLimitExceeded",
        "IncorrectState",
        "InvalidInstanceID.NotFound",
        "InvalidNetworkInterface.InUse",
        "InvalidNetworkInterfaceID.NotFound",
        "InvalidParameterCombination",
        "InvalidParameterValue",
    ]
    access {
        "ec2:AttachNetworkInterface" on
            "arn:aws:ec2:{region}:{account}:network-interface/{NetworkInterfaceId}",
        "ec2:AttachNetworkInterface" on "arn:aws:ec2:{region}:{account}:instance/{InstanceId}",
    }
}

/// Whether an interface may be attached to an instance.
fn attachable(region: &Region, asked: &AttachNetworkInterface) -> Result<(), ApiError> {
    let interface = region.find::<NetworkInterface>(&asked.network_interface_id)?;
    let machine = region.instances.get(&asked.instance_id);
    let machine = machine.ok_or_else(|| Kind::Instance.none(&asked.instance_id))?;
    if interface.status != "available" {
        let id = &asked.network_interface_id;
        let message = format!("Network interface '{id}' is currently in use.");
        return Err(refuse("InvalidNetworkInterface.InUse", message));
    }
    if !matches!(machine.phase, Phase::Running | Phase::Stopped) {
        let message = format!("Instance '{}' is not 'running' or 'stopped'.", machine.id);
        return Err(refuse("IncorrectState", message));
    }
    if interface.availability_zone != machine.zone || interface.vpc_id != machine.vpc {
        return Err(combination(
            "You may not attach a network interface to an instance if they are not in the \
                                same availability zone and network",
        ));
    }
    let most = types::of_name(&machine.kind).map_or(1, |kind| kind.interfaces);
    if i64::try_from(machine.interfaces.len()).unwrap_or(i64::MAX) >= most {
        let message =
            format!("Interface count {} exceeds the limit for {}", most + 1, machine.kind);
        return Err(refuse("AttachmentLimitExceeded", message));
    }
    let taken = region.interfaces_of(&machine.id).into_iter().any(|own| {
        own.attachment.as_ref().is_some_and(|own| own.device_index == asked.device_index)
    });
    if taken || asked.device_index < 1 {
        return Err(invalid(format!(
            "Instance '{}' already has an interface attached at device index '{}'.",
            machine.id, asked.device_index
        )));
    }
    Ok(())
}

impl Write for AttachNetworkInterface {
    type Output = AttachNetworkInterfaceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            attachable(change.region, &self)?;
            self.dry.stop()?;
            let attachment_id = draw("eni-attach-", change.rng);
            let owner = change.region.place.account.clone();
            let (now, region) = (change.now, &mut *change.region);
            let interface = region.find_mut::<NetworkInterface>(&self.network_interface_id)?;
            "in-use".clone_into(&mut interface.status);
            interface.attachment = Some(NetworkInterfaceAttachment {
                attach_time: now,
                attachment_id: attachment_id.clone(),
                // What was made by hand outlives what it is attached to.
                delete_on_termination: false,
                device_index: self.device_index,
                network_card_index: 0,
                instance_id: Some(self.instance_id.clone()),
                instance_owner_id: owner,
                status: "attached".into(),
            });
            if let Some(machine) = region.instances.get_mut(&self.instance_id) {
                machine.interfaces.push(self.network_interface_id.clone());
            }
            Ok(AttachNetworkInterfaceOutput { attachment_id, network_card_index: 0 })
        })
    }
}

sim::operation! {
    /// Detaches a network interface from an instance.
    write DetachNetworkInterface in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the attachment.
        attachment_id: String => "AttachmentId",
        /// Specifies whether to force a detachment, which is done at once here anyway.
        _force: Option<bool> => "Force",
    }
    output DetachNetworkInterfaceOutput {}
    errors ["InvalidAttachmentID.NotFound", "OperationNotPermitted"]
    access {
        "ec2:DetachNetworkInterface" on "arn:aws:ec2:{region}:{account}:network-interface/*",
        "ec2:DetachNetworkInterface" on "arn:aws:ec2:{region}:{account}:instance/*",
    }
}

impl Write for DetachNetworkInterface {
    type Output = DetachNetworkInterfaceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let own = |interface: &&NetworkInterface| {
                let attachment = interface.attachment.as_ref();
                attachment.is_some_and(|own| own.attachment_id == self.attachment_id)
            };
            let found = change.region.interfaces.values().find(own).ok_or_else(|| {
                let message = format!("The attachment '{}' does not exist", self.attachment_id);
                refuse("InvalidAttachmentID.NotFound", message)
            })?;
            let id = found.network_interface_id.clone();
            let attachment = found.attachment.clone().unwrap_or_default();
            if attachment.device_index == 0 {
                let message = "The network interface at device index 0 cannot be detached.";
                return Err(refuse("OperationNotPermitted", message));
            }
            self.dry.stop()?;
            let machine = attachment.instance_id.unwrap_or_default();
            if let Some(machine) = change.region.instances.get_mut(&machine) {
                machine.interfaces.retain(|own| *own != id);
            }
            let interface = change.region.find_mut::<NetworkInterface>(&id)?;
            interface.attachment = None;
            "available".clone_into(&mut interface.status);
            Ok(DetachNetworkInterfaceOutput {})
        })
    }
}

sim::argument! {
    /// Describes an attachment change.
    pub struct NetworkInterfaceAttachmentChanges {
        /// The default number of the ENA queues.
        _default_ena_queue_count: Refused<bool> => "DefaultEnaQueueCount",
        /// The number of ENA queues to be created with the instance.
        _ena_queue_count: Refused<i64> => "EnaQueueCount",
        /// The ID of the network interface attachment.
        attachment_id: Option<String> => "AttachmentId",
        /// Indicates whether the network interface is deleted when the instance is terminated.
        delete_on_termination: Option<bool> => "DeleteOnTermination",
    }
}

sim::operation! {
    /// Modifies the specified network interface attribute.
    write ModifyNetworkInterfaceAttribute in "ec2" = "";
    input {
        ..dry: Dry,
        /// Updates the ENA Express configuration.
        _ena_srd_specification: Refused<Value> => "EnaSrdSpecification",
        /// Enables a primary IPv6 address.
        _enable_primary_ipv6: Refused<bool> => "EnablePrimaryIpv6",
        /// A connection tracking specification.
        _connection_tracking_specification: Refused<Value> => "ConnectionTrackingSpecification",
        /// Indicates whether to assign a public IPv4 address.
        _associate_public_ip_address: Refused<bool> => "AssociatePublicIpAddress",
        /// A list of subnet IDs to associate with the network interface.
        _associated_subnet_ids: Refused<Vec<String>> => "AssociatedSubnetIds" Xml("AssociatedSubnetId"),
        /// The ID of the network interface.
        network_interface_id: String => "NetworkInterfaceId",
        /// A description for the network interface.
        description: Option<AttributeValueGiven> => "Description",
        /// Enable or disable source/destination checks.
        source_dest_check: Option<AttributeBooleanGiven> => "SourceDestCheck",
        /// Changes the security groups for the network interface.
        groups: Vec<String> => "Groups" Xml("SecurityGroupId"),
        /// Information about the interface attachment.
        attachment: Option<NetworkInterfaceAttachmentChanges> => "Attachment",
    }
    output ModifyNetworkInterfaceAttributeOutput {}
    errors [
        "InvalidAttachmentID.NotFound",
        "InvalidGroup.NotFound",
        "InvalidNetworkInterfaceID.NotFound",
        "InvalidParameter",
        "MissingParameter",
    ]
    access {
        "ec2:ModifyNetworkInterfaceAttribute" on
            "arn:aws:ec2:{region}:{account}:network-interface/{NetworkInterfaceId}",
    }
}

impl Write for ModifyNetworkInterfaceAttribute {
    type Output = ModifyNetworkInterfaceAttributeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        change(world, cx, |change| {
            let interface = change.region.find::<NetworkInterface>(&self.network_interface_id)?;
            check_groups(change.region, &self.groups, &interface.vpc_id, &interface.subnet_id)?;
            let groups = change.region.identifiers(&self.groups);
            let says = self.description.is_some()
                || self.source_dest_check.is_some()
                || !groups.is_empty()
                || self.attachment.is_some();
            if !says {
                return Err(missing("Attribute"));
            }
            if let Some(changes) = &self.attachment {
                let own = interface.attachment.as_ref().map(|own| own.attachment_id.clone());
                if own.is_none()
                    || changes.attachment_id.as_ref().is_some_and(|id| Some(id) != own.as_ref())
                {
                    let id = changes.attachment_id.clone().unwrap_or_default();
                    let message = format!("The attachment '{id}' does not exist");
                    return Err(refuse("InvalidAttachmentID.NotFound", message));
                }
            }
            self.dry.stop()?;
            let interface =
                change.region.find_mut::<NetworkInterface>(&self.network_interface_id)?;
            if let Some(description) = self.description.and_then(|given| given.value) {
                interface.description = description;
            }
            if let Some(checks) = self.source_dest_check.and_then(|given| given.value) {
                interface.source_dest_check = checks;
            }
            if !groups.is_empty() {
                interface.groups = groups;
            }
            if let (Some(changes), Some(own)) = (self.attachment, &mut interface.attachment) {
                own.delete_on_termination =
                    changes.delete_on_termination.unwrap_or(own.delete_on_termination);
            }
            Ok(ModifyNetworkInterfaceAttributeOutput {})
        })
    }
}

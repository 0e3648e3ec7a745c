//! Attributes of instances.

use super::super::catalogue::types;
use super::super::error::{combination, invalid, invalid_value, refuse};
use super::super::filter::Dry;
use super::super::ids::Kind;
use super::super::machine::{Machine, Phase};
use super::super::portrait;
use super::super::region::Region;
use super::super::shapes::instance::InstanceBlockDeviceMapping;
use super::super::shapes::interface::GroupIdentifier;
use super::super::shapes::network::{AttributeBooleanGiven, AttributeBooleanValue, AttributeValue};
use super::super::state::{change, look};
use super::plan::{check_groups, check_user_data};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sim::api::{ApiError, Read, Refused, Value, Write};
use sim::{Cx, World};

sim::argument! {
    /// A text to be set.
    pub struct AttributeValueGiven {
        /// The text.
        pub(crate) value: Option<String> => "Value",
    }
}

sim::argument! {
    /// Bytes to be set.
    pub struct BlobAttributeValue {
        /// The bytes.
        pub(crate) value: Option<Vec<u8>> => "Value",
    }
}

sim::operation! {
    /// Describes the specified attribute of the specified instance.
    read DescribeInstanceAttribute in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the instance.
        instance_id: String => "InstanceId",
        /// The instance attribute.
        attribute: String => "Attribute",
    }
    output DescribeInstanceAttributeOutput {
        /// The block device mapping of the instance.
        pub block_device_mappings: Vec<InstanceBlockDeviceMapping> =>
            "BlockDeviceMappings" Xml("blockDeviceMapping"),
        /// Indicates whether termination protection is enabled.
        pub disable_api_termination: Option<AttributeBooleanValue> => "DisableApiTermination",
        /// Indicates whether the instance is optimized for Amazon EBS I/O.
        pub ebs_optimized: Option<AttributeBooleanValue> => "EbsOptimized",
        /// The ID of the instance.
        pub instance_id: String => "InstanceId",
        /// Indicates whether an instance stops or terminates when you initiate shutdown from the
        /// instance.
        pub instance_initiated_shutdown_behavior: Option<AttributeValue> =>
            "InstanceInitiatedShutdownBehavior",
        /// The instance type.
        pub instance_type: Option<AttributeValue> => "InstanceType",
        /// The device name of the root device volume (for example, /dev/sda1).
        pub root_device_name: Option<AttributeValue> => "RootDeviceName",
        /// Indicates whether source/destination checks are enabled.
        pub source_dest_check: Option<AttributeBooleanValue> => "SourceDestCheck",
        /// The user data.
        pub user_data: Option<AttributeValue> => "UserData",
        /// Indicates whether stop protection is enabled for the instance.
        pub disable_api_stop: Option<AttributeBooleanValue> => "DisableApiStop",
        /// The security groups associated with the instance.
        pub groups: Vec<GroupIdentifier> => "Groups" Xml("groupSet"),
    }
    errors [
        "InvalidInstanceID.Malformed",
        "InvalidInstanceID.NotFound",
        "InvalidParameterValue",
    ]
    access {
        "ec2:DescribeInstanceAttribute" on "arn:aws:ec2:{region}:{account}:instance/{InstanceId}",
    }
}

impl Read for DescribeInstanceAttribute {
    type Output = DescribeInstanceAttributeOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = look(world, cx);
        let machine = region.instances.get(&self.instance_id);
        let machine = machine.ok_or_else(|| Kind::Instance.none(&self.instance_id))?;
        self.dry.stop()?;
        let is = |value: bool| Some(AttributeBooleanValue { value });
        let text = |value: &str| Some(AttributeValue { value: value.to_owned() });
        let instance = portrait::instance(&region, machine);
        let mut out = DescribeInstanceAttributeOutput {
            instance_id: self.instance_id.clone(),
            ..DescribeInstanceAttributeOutput::default()
        };
        match self.attribute.as_str() {
            "blockDeviceMapping" => out.block_device_mappings = instance.block_device_mappings,
            "disableApiStop" => out.disable_api_stop = is(machine.stop_protected),
            "disableApiTermination" => {
                out.disable_api_termination = is(machine.termination_protected);
            }
            "ebsOptimized" => out.ebs_optimized = is(machine.ebs_optimized),
            "groupSet" => out.groups = instance.security_groups,
            "instanceInitiatedShutdownBehavior" => {
                let ends = machine.terminates_on_shutdown;
                out.instance_initiated_shutdown_behavior =
                    text(if ends { "terminate" } else { "stop" });
            }
            "instanceType" => out.instance_type = text(&machine.kind),
            "rootDeviceName" => out.root_device_name = text(&machine.root_device),
            "sourceDestCheck" => {
                out.source_dest_check = is(instance.source_dest_check == Some(true));
            }
            "userData" => {
                out.user_data = machine
                    .user_data
                    .as_deref()
                    .map_or_else(|| Some(AttributeValue::default()), text);
            }
            "enaSupport" | "enclaveOptions" | "kernel" | "productCodes" | "ramdisk"
            | "sriovNetSupport" => {
                let message = format!("The attribute {} is not simulated here", self.attribute);
                return Err(refuse("UnsupportedOperation", message));
            }
            other => return Err(invalid_value(other, "attribute", "")),
        }
        Ok(out)
    }
}

sim::operation! {
    /// Modifies the specified attribute of the specified instance.
    write ModifyInstanceAttribute in "ec2" = "";
    input {
        ..dry: Dry,
        /// Enable or disable source/destination checks, which ensure that the instance is either
        /// the source or the destination of any traffic that it receives.
        source_dest_check: Option<AttributeBooleanGiven> =>
            "SourceDestCheck",
        /// Indicates whether an instance is enabled for stop protection.
        disable_api_stop: Option<AttributeBooleanGiven> => "DisableApiStop",
        /// The ID of the instance.
        instance_id: String => "InstanceId",
        /// The name of the attribute to modify.
        attribute: Option<String> => "Attribute",
        /// A new value for the attribute.
        value: Option<String> => "Value",
        /// Modifies the DeleteOnTermination attribute for volumes that are currently attached.
        _block_device_mappings: Refused<Value> => "BlockDeviceMappings" Xml("blockDeviceMapping"),
        /// Enable or disable termination protection for the instance.
        disable_api_termination: Option<AttributeBooleanGiven> => "DisableApiTermination",
        /// Changes the instance type to the specified value.
        instance_type: Option<AttributeValueGiven> => "InstanceType",
        /// Changes the instance's kernel to the specified value.
        _kernel: Refused<Value> => "Kernel",
        /// Changes the instance's RAM disk to the specified value.
        _ramdisk: Refused<Value> => "Ramdisk",
        /// Changes the instance's user data to the specified value.
        user_data: Option<BlobAttributeValue> => "UserData",
        /// Specifies whether an instance stops or terminates when you initiate shutdown from the
        /// instance.
        instance_initiated_shutdown_behavior: Option<AttributeValueGiven> =>
            "InstanceInitiatedShutdownBehavior",
        /// Replaces the security groups of the instance with the specified security groups.
        groups: Vec<String> => "Groups" Xml("GroupId"),
        /// Specifies whether the instance is optimized for Amazon EBS I/O.
        ebs_optimized: Option<AttributeBooleanGiven> => "EbsOptimized",
        /// Set to simple to enable enhanced networking with the Intel 82599 Virtual Function
        /// interface for the instance.
        _sriov_net_support: Refused<Value> => "SriovNetSupport",
        /// Set to true to enable enhanced networking with ENA for the instance.
        _ena_support: Refused<Value> => "EnaSupport",
    }
    output ModifyInstanceAttributeOutput {}
    errors [
        "IncorrectInstanceState",
        "InvalidGroup.NotFound",
        "InvalidInstanceID.Malformed",
        "InvalidInstanceID.NotFound",
        "InvalidParameterCombination",
        "InvalidParameterValue",
    ]
    access {
        "ec2:ModifyInstanceAttribute" on "arn:aws:ec2:{region}:{account}:instance/{InstanceId}",
    }
}

/// One attribute, and what it is to be.
#[derive(Clone, Debug)]
enum Set {
    SourceDestCheck(bool),
    StopProtected(bool),
    TerminationProtected(bool),
    EbsOptimized(bool),
    Kind(String),
    /// Base64.
    UserData(String),
    OnShutdown(String),
    Groups(Vec<String>),
}

impl ModifyInstanceAttribute {
    /// The one attribute that the request sets.
    fn set(self) -> Result<Set, ApiError> {
        let mut sets: Vec<Set> = Vec::new();
        let is = |given: Option<AttributeBooleanGiven>| given.and_then(|given| given.value);
        let text = |given: Option<AttributeValueGiven>| given.and_then(|given| given.value);
        sets.extend(is(self.source_dest_check).map(Set::SourceDestCheck));
        sets.extend(is(self.disable_api_stop).map(Set::StopProtected));
        sets.extend(is(self.disable_api_termination).map(Set::TerminationProtected));
        sets.extend(is(self.ebs_optimized).map(Set::EbsOptimized));
        sets.extend(text(self.instance_type).map(Set::Kind));
        sets.extend(text(self.instance_initiated_shutdown_behavior).map(Set::OnShutdown));
        let data = self.user_data.and_then(|given| given.value);
        sets.extend(data.map(|bytes| Set::UserData(STANDARD.encode(bytes))));
        sets.extend((!self.groups.is_empty()).then_some(Set::Groups(self.groups)));
        if let Some(attribute) = self.attribute {
            let value = self.value.unwrap_or_default();
            let flag = || match value.as_str() {
                "true" => Ok(true),
                "false" => Ok(false),
                other => Err(invalid_value(other, "value", "")),
            };
            sets.push(match attribute.as_str() {
                "sourceDestCheck" => Set::SourceDestCheck(flag()?),
                "disableApiStop" => Set::StopProtected(flag()?),
                "disableApiTermination" => Set::TerminationProtected(flag()?),
                "ebsOptimized" => Set::EbsOptimized(flag()?),
                "instanceType" => Set::Kind(value),
                "instanceInitiatedShutdownBehavior" => Set::OnShutdown(value),
                "userData" => Set::UserData(value),
                other => {
                    let message = format!("The attribute {other} cannot be modified here");
                    return Err(refuse("UnsupportedOperation", message));
                }
            });
        }
        match (sets.pop(), sets.is_empty()) {
            (Some(set), true) => Ok(set),
            (None, _) => Err(combination("No attributes specified.")),
            _ => Err(combination("Fields for multiple attribute types specified")),
        }
    }
}

impl Write for ModifyInstanceAttribute {
    type Output = ModifyInstanceAttributeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (id, dry) = (self.instance_id.clone(), self.dry.clone());
        let set = self.set()?;
        change(world, cx, |change| {
            let region = &mut *change.region;
            let machine = region.instances.get(&id).ok_or_else(|| Kind::Instance.none(&id))?;
            check(region, machine, &set)?;
            dry.stop()?;
            write(region, &id, set);
            Ok(ModifyInstanceAttributeOutput {})
        })
    }
}

fn check(region: &Region, machine: &Machine, set: &Set) -> Result<(), ApiError> {
    match set {
        Set::Kind(_) | Set::UserData(_) | Set::EbsOptimized(_)
            if machine.phase != Phase::Stopped =>
        {
            let message = format!("The instance '{}' is not in the 'stopped' state.", machine.id);
            Err(refuse("IncorrectInstanceState", message))
        }
        Set::Kind(name) => match types::of_name(name) {
            Some(kind) if kind.architecture() == machine.architecture => Ok(()),
            Some(_) => Err(invalid(format!(
                "The architecture of the instance type '{name}' does not match the one of the instance"
            ))),
            None => Err(invalid(format!("Invalid value '{name}' for InstanceType."))),
        },
        Set::UserData(text) => check_user_data(text),
        Set::OnShutdown(text) if !matches!(text.as_str(), "stop" | "terminate") => {
            Err(invalid_value(text, "InstanceInitiatedShutdownBehavior", ""))
        }
        Set::Groups(ids) => check_groups(region, ids, &machine.vpc, &machine.subnet),
        _ => Ok(()),
    }
}

fn write(region: &mut Region, id: &str, set: Set) {
    let first = region.first_interface(id).map(|first| first.network_interface_id.clone());
    let groups: Vec<GroupIdentifier> = match &set {
        Set::Groups(ids) => region.identifiers(ids),
        _ => Vec::new(),
    };
    if let Some(interface) = first.and_then(|first| region.interfaces.get_mut(&first)) {
        match &set {
            Set::SourceDestCheck(is) => interface.source_dest_check = *is,
            Set::Groups(_) => interface.groups = groups,
            _ => {}
        }
    }
    let Some(machine) = region.instances.get_mut(id) else { return };
    match set {
        Set::StopProtected(is) => machine.stop_protected = is,
        Set::TerminationProtected(is) => machine.termination_protected = is,
        Set::EbsOptimized(is) => machine.ebs_optimized = is,
        Set::Kind(name) => machine.kind = name,
        Set::UserData(text) => machine.user_data = (!text.is_empty()).then_some(text),
        Set::OnShutdown(text) => machine.terminates_on_shutdown = text == "terminate",
        Set::SourceDestCheck(_) | Set::Groups(_) => {}
    }
}

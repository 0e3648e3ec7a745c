//! Attributes of images: who may launch from one, and what is said of it.

use super::super::error::{invalid, invalid_value, missing, refuse};
use super::super::filter::Dry;
use super::super::known_images::not_yet;
use super::super::own_image::OwnImage;
use super::super::shapes::network::AttributeValue;
use super::super::state::{change, look};
use crate::ec2::instances::attributes::AttributeValueGiven;
use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

sim::structure! {
    /// Describes a launch permission.
    pub struct LaunchPermission {
        /// The Amazon Web Services account ID.
        pub user_id: Option<String> => "UserId",
        /// The name of the group: all.
        pub group: Option<String> => "Group",
    }
}

sim::argument! {
    /// A launch permission that is to be given or taken.
    pub struct LaunchPermissionGiven {
        /// The ARN of an organization.
        _organization_arn: Refused<String> => "OrganizationArn",
        /// The ARN of an organizational unit.
        _organizational_unit_arn: Refused<String> => "OrganizationalUnitArn",
        /// The account.
        pub(crate) user_id: Option<String> => "UserId",
        /// The group: all.
        pub(crate) group: Option<String> => "Group",
    }
}

sim::argument! {
    /// Describes a launch permission modification.
    pub struct LaunchPermissionModifications {
        /// The launch permissions to add.
        pub(crate) add: Vec<LaunchPermissionGiven> => "Add",
        /// The launch permissions to remove.
        pub(crate) remove: Vec<LaunchPermissionGiven> => "Remove",
    }
}

sim::operation! {
    /// Modifies the specified attribute of the specified AMI.
    write ModifyImageAttribute in "ec2" = "";
    input {
        ..dry: Dry,
        /// The name of the attribute: description, imdsSupport or launchPermission.
        attribute: Option<String> => "Attribute",
        /// A new description for the AMI.
        description: Option<AttributeValueGiven> => "Description",
        /// The ID of the AMI.
        image_id: String => "ImageId",
        /// A new launch permission for the AMI.
        launch_permission: Option<LaunchPermissionModifications> => "LaunchPermission",
        /// The operation type: add or remove, where the attribute is launchPermission.
        operation_type: Option<String> => "OperationType",
        /// Not supported.
        _product_codes: Refused<Vec<String>> => "ProductCodes" Xml("ProductCode"),
        /// The user groups, where the attribute is launchPermission.
        user_groups: Vec<String> => "UserGroups" Xml("UserGroup"),
        /// The account IDs, where the attribute is launchPermission.
        user_ids: Vec<String> => "UserIds" Xml("UserId"),
        /// The value, where the attribute is description or imdsSupport.
        value: Option<String> => "Value",
        /// The ARNs of organizations.
        _organization_arns: Refused<Vec<String>> => "OrganizationArns" Xml("OrganizationArn"),
        /// The ARNs of organizational units.
        _organizational_unit_arns: Refused<Vec<String>> =>
            "OrganizationalUnitArns" Xml("OrganizationalUnitArn"),
        /// Set to v2.0 to indicate that IMDSv2 is specified in the AMI.
        imds_support: Option<AttributeValueGiven> => "ImdsSupport",
    }
    output ModifyImageAttributeOutput {}
    errors [
        "AuthFailure",
        "InvalidAMIAttributeItemValue",
        "InvalidAMIID.Malformed",
        "InvalidAMIID.NotFound",
        "InvalidAMIID.Unavailable",
        "InvalidParameterCombination",
        "InvalidParameterValue",
        "MissingParameter",
    ]
    access { "ec2:ModifyImageAttribute" on "arn:aws:ec2:{region}::image/{ImageId}" }
}

/// What a request changes.
enum Edit {
    Description(String),
    ImdsSupport(String),
    Permissions { add: Vec<LaunchPermissionGiven>, remove: Vec<LaunchPermissionGiven> },
}

impl ModifyImageAttribute {
    fn edit(self) -> Result<Edit, ApiError> {
        let named = self.attribute.as_deref();
        let mut edits = Vec::new();
        if let Some(text) = self.description {
            edits.push(Edit::Description(text.value.unwrap_or_default()));
        }
        if let Some(text) = self.imds_support {
            edits.push(Edit::ImdsSupport(text.value.unwrap_or_default()));
        }
        if let Some(all) = self.launch_permission {
            edits.push(Edit::Permissions { add: all.add, remove: all.remove });
        }
        let listed = !self.user_ids.is_empty() || !self.user_groups.is_empty();
        if named != Some("launchPermission") && (listed || self.operation_type.is_some()) {
            return Err(invalid(
                "UserIds, UserGroups and OperationType can be used only when the Attribute parameter is \
                 launchPermission",
            ));
        }
        let value = self.value;
        match named {
            Some("description") => edits.extend(value.map(Edit::Description)),
            Some("imdsSupport") => edits.extend(value.map(Edit::ImdsSupport)),
            _ if value.is_some() => {
                return Err(invalid(
                    "Value can be used only when the Attribute parameter is description or imdsSupport",
                ));
            }
            Some("launchPermission") if listed => {
                let users = self.user_ids.into_iter().map(|id| LaunchPermissionGiven {
                    user_id: Some(id),
                    ..LaunchPermissionGiven::default()
                });
                let groups = self.user_groups.into_iter().map(|group| LaunchPermissionGiven {
                    group: Some(group),
                    ..LaunchPermissionGiven::default()
                });
                let all = users.chain(groups).collect();
                edits.push(match self.operation_type.as_deref() {
                    Some("add") => Edit::Permissions { add: all, remove: Vec::new() },
                    Some("remove") => Edit::Permissions { add: Vec::new(), remove: all },
                    Some(other) => return Err(invalid_value(other, "operationType", "")),
                    None => return Err(missing("operationType")),
                });
            }
            None | Some("launchPermission") => {}
            Some(other) => return Err(invalid_value(other, "attribute", "")),
        }
        let mut edits = edits.into_iter();
        match (edits.next(), edits.next()) {
            (Some(edit), None) => Ok(edit),
            (None, _) => Err(missing("attribute")),
            _ => Err(super::super::error::combination(
                "Only one attribute can be modified at a time",
            )),
        }
    }
}

/// Refuses what is no account and no group.
fn check(permission: &LaunchPermissionGiven) -> Result<(), ApiError> {
    let wrong = |value: &str, kind: &str| {
        let message = format!("Invalid attribute item value \"{value}\" for {kind} item type.");
        Err(refuse("InvalidAMIAttributeItemValue", message))
    };
    if let Some(id) = &permission.user_id
        && !(id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()))
    {
        return wrong(id, "userId");
    }
    match permission.group.as_deref() {
        Some(group) if group != "all" => wrong(group, "group"),
        None if permission.user_id.is_none() => Err(missing("userId")),
        _ => Ok(()),
    }
}

impl Write for ModifyImageAttribute {
    type Output = ModifyImageAttributeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (dry, id) = (self.dry.clone(), self.image_id.clone());
        let edit = self.edit()?;
        if let Edit::Permissions { add, remove } = &edit {
            add.iter().chain(remove).try_for_each(check)?;
        }
        if let Edit::ImdsSupport(version) = &edit
            && version != "v2.0"
        {
            return Err(invalid_value(version, "imdsSupport", ""));
        }
        change(world, cx, |change| {
            let own = change.region.own_image_mut(&id)?;
            if !own.is_available() {
                return Err(not_yet(&id));
            }
            dry.stop()?;
            match edit {
                Edit::Description(text) => own.image.description = Some(text),
                Edit::ImdsSupport(version) => own.image.imds_support = Some(version),
                Edit::Permissions { add, remove } => {
                    for one in &add {
                        permit(own, one, true);
                    }
                    for one in &remove {
                        permit(own, one, false);
                    }
                }
            }
            Ok(ModifyImageAttributeOutput {})
        })
    }
}

fn permit(own: &mut OwnImage, permission: &LaunchPermissionGiven, given: bool) {
    if permission.group.is_some() {
        own.image.public = given;
    }
    if let Some(user) = &permission.user_id {
        if given {
            own.users.insert(user.clone());
        } else {
            own.users.remove(user);
        }
    }
}

sim::operation! {
    /// Describes the specified attribute of the specified AMI.
    read DescribeImageAttribute in "ec2" = "";
    input {
        ..dry: Dry,
        /// The AMI attribute.
        attribute: String => "Attribute",
        /// The ID of the AMI.
        image_id: String => "ImageId",
    }
    output DescribeImageAttributeOutput {
        /// A description for the AMI.
        pub description: Option<AttributeValue> => "Description",
        /// Indicates whether enhanced networking with the Intel 82599 interface is enabled.
        pub sriov_net_support: Option<AttributeValue> => "SriovNetSupport",
        /// The boot mode.
        pub boot_mode: Option<AttributeValue> => "BootMode",
        /// If v2.0, it indicates that IMDSv2 is specified in the AMI.
        pub imds_support: Option<AttributeValue> => "ImdsSupport",
        /// The ID of the AMI.
        pub image_id: String => "ImageId",
        /// The launch permissions.
        pub launch_permissions: Vec<LaunchPermission> =>
            "LaunchPermissions" Xml("launchPermission"),
    }
    errors [
        "AuthFailure",
        "InvalidAMIID.Malformed",
        "InvalidAMIID.NotFound",
        "InvalidAMIID.Unavailable",
        "InvalidParameterValue",
    ]
    access { "ec2:DescribeImageAttribute" on "arn:aws:ec2:{region}::image/{ImageId}" }
}

impl Read for DescribeImageAttribute {
    type Output = DescribeImageAttributeOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = look(world, cx);
        let own = region.own_image(&self.image_id)?;
        self.dry.stop()?;
        let text =
            |value: Option<&String>| value.map(|value| AttributeValue { value: value.clone() });
        let mut out = DescribeImageAttributeOutput {
            image_id: self.image_id.clone(),
            ..DescribeImageAttributeOutput::default()
        };
        match self.attribute.as_str() {
            "description" => {
                out.description =
                    text(own.image.description.as_ref()).or(Some(AttributeValue::default()));
            }
            "sriovNetSupport" => out.sriov_net_support = text(Some(&own.image.sriov_net_support)),
            "bootMode" => out.boot_mode = text(own.image.boot_mode.as_ref()),
            "imdsSupport" => out.imds_support = text(own.image.imds_support.as_ref()),
            "launchPermission" => {
                let users = own
                    .users
                    .iter()
                    .map(|user| LaunchPermission { user_id: Some(user.clone()), group: None });
                let all = own
                    .image
                    .public
                    .then(|| LaunchPermission { user_id: None, group: Some("all".to_owned()) });
                out.launch_permissions = users.chain(all).collect();
            }
            // Deprecated: images are described instead (API reference).
            "blockDeviceMapping" => {
                return Err(refuse("AuthFailure", "Unauthorized attribute: blockDeviceMapping"));
            }
            "kernel"
            | "ramdisk"
            | "productCodes"
            | "tpmSupport"
            | "uefiData"
            | "lastLaunchedTime"
            | "deregistrationProtection" => {
                let message = format!("The attribute {} is not simulated here", self.attribute);
                return Err(refuse("UnsupportedOperation", message));
            }
            other => return Err(invalid_value(other, "attribute", "")),
        }
        Ok(out)
    }
}

sim::operation! {
    /// Resets an attribute of an AMI to its default value.
    write ResetImageAttribute in "ec2" = "";
    input {
        ..dry: Dry,
        /// The attribute to reset: launchPermission.
        attribute: String => "Attribute",
        /// The ID of the AMI.
        image_id: String => "ImageId",
    }
    output ResetImageAttributeOutput {}
    errors [
        "AuthFailure",
        "InvalidAMIID.Malformed",
        "InvalidAMIID.NotFound",
        "InvalidAMIID.Unavailable",
        "InvalidParameterValue",
    ]
    access { "ec2:ResetImageAttribute" on "arn:aws:ec2:{region}::image/{ImageId}" }
}

impl Write for ResetImageAttribute {
    type Output = ResetImageAttributeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        if self.attribute != "launchPermission" {
            return Err(invalid_value(&self.attribute, "attribute", ""));
        }
        change(world, cx, |change| {
            let own = change.region.own_image_mut(&self.image_id)?;
            self.dry.stop()?;
            own.image.public = false;
            own.users.clear();
            Ok(ResetImageAttributeOutput {})
        })
    }
}

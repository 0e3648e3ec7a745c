//! Virtual MFA devices: made, enabled with two codes, listed, synchronized, deactivated, deleted.

use crate::iam;
use crate::iam::mfa::Device;
use crate::iam::qr;
use crate::iam::rules::{self, check_access, check_named, conflict, constraint, missing, quota};
use crate::iam::shapes::{Detail, Tag, User};
use crate::iam::state::Paging;
use base::Time;
use base::rng::BASE32;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use super::users::user_or_caller;

/// The most devices a user can have.
const DEVICES_PER_USER: usize = 8;
/// Base32 characters of a seed.
const SEED_LEN: usize = 64;

sim::structure! {
    /// A virtual MFA device. The seed and its picture are shown only when the device is made.
    pub struct VirtualMFADevice {
        /// The ARN of the device.
        pub serial_number: String => "SerialNumber",
        /// The seed, in base32.
        pub seed: Option<Vec<u8>> => "Base32StringSeed",
        /// A QR code of `otpauth://totp/NAME@ACCOUNT?secret=SEED`, as a PNG image.
        pub qr_code: Option<Vec<u8>> => "QRCodePNG",
        /// The user that the device is assigned to.
        pub user: Option<User> => "User",
        /// When the device was enabled.
        pub enable_date: Option<Time> => "EnableDate",
        /// The tags that are attached to the device.
        pub tags: Option<Vec<Tag>> => "Tags",
    }
}

sim::structure! {
    /// A device of a user.
    pub struct MFADevice {
        /// The user with whom the device is associated.
        pub user_name: String => "UserName",
        /// The ARN of the device.
        pub serial_number: String => "SerialNumber",
        /// When the device was enabled for the user.
        pub enable_date: Time => "EnableDate",
    }
}

sim::group! {
    /// A user's device and two codes that it has shown one after the other, by lab time.
    struct Codes {
        /// The name of the user.
        user_name: String => "UserName",
        /// The ARN of the device.
        serial_number: String => "SerialNumber",
        /// A code of the device: six digits.
        first: String => "AuthenticationCode1",
        /// The code that followed it.
        second: String => "AuthenticationCode2",
    }
}

impl Codes {
    fn check(&self) -> Result<(), ApiError> {
        rules::name(&self.user_name, "userName", 128)?;
        serial(&self.serial_number)?;
        for (text, member) in
            [(&self.first, "authenticationCode1"), (&self.second, "authenticationCode2")]
        {
            code(text, member)?;
        }
        Ok(())
    }

    fn both(&self) -> (&str, &str) {
        (&self.first, &self.second)
    }
}

/// A code, as far as its form goes.
pub(crate) fn code(text: &str, member: &str) -> Result<(), ApiError> {
    if text.is_empty() {
        return Err(missing(member));
    }
    if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(());
    }
    Err(constraint(text, member, r"satisfy regular expression pattern: [\d]+"))
}

/// A serial number, as far as its form goes.
pub(crate) fn serial(text: &str) -> Result<(), ApiError> {
    if text.is_empty() {
        return Err(missing("serialNumber"));
    }
    match text.len() {
        0..9 => Err(constraint(text, "serialNumber", "have length greater than or equal to 9")),
        9..=256 => Ok(()),
        _ => Err(constraint(text, "serialNumber", "have length less than or equal to 256")),
    }
}

pub(super) fn no_device(serial: &str) -> ApiError {
    let message = format!("VirtualMFADevice with serial number {serial} doesn't exist.");
    ApiError::new(404, "NoSuchEntity", message)
}

fn not_of_user() -> ApiError {
    ApiError::new(404, "NoSuchEntity", "MFA device invalid for user.")
}

fn wrong_code() -> ApiError {
    let message = "Authentication code for device is not valid.";
    ApiError::new(403, "InvalidAuthenticationCode", message)
}

/// A device that a user has enabled.
fn device_of<'w>(
    world: &'w mut World,
    user: &str,
    serial: &str,
) -> Result<&'w mut Device, ApiError> {
    let device = world.get_mut::<iam::State>().devices.get_mut(serial);
    device.filter(|d| d.user.as_deref() == Some(user)).ok_or_else(not_of_user)
}

sim::operation! {
    /// Creates a new virtual MFA device for the AWS account. Its seed is shown only now.
    write CreateVirtualMFADevice in "iam" = "POST /";
    input {
        /// The path for the device; `/` when it is not given.
        path: Option<String> => "Path",
        /// The name of the device.
        name: String => "VirtualMFADeviceName",
        /// Tags to attach to the new device.
        tags: Vec<Tag> => "Tags",
    }
    output CreateVirtualMFADeviceOutput {
        /// The new device.
        pub device: VirtualMFADevice => "VirtualMFADevice",
    }
    errors ["EntityAlreadyExists", "InvalidInput", "LimitExceeded", "ValidationError"]
    access itself
}

impl Write for CreateVirtualMFADevice {
    type Output = CreateVirtualMFADeviceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::name(&self.name, "virtualMFADeviceName", 226)?;
        let path = rules::path(self.path.as_ref())?;
        let tags = rules::tags(&[], &self.tags, "TagsPerMFADevice")?;
        let account = world.config().account.clone();
        let serial_number = format!("arn:aws:iam::{account}:mfa{path}{}", self.name);
        check_access(world, cx, "iam:CreateVirtualMFADevice", &serial_number, Vec::new())?;
        if world.get::<iam::State>().devices.contains_key(&serial_number) {
            let message = "MFADevice entity at the same path and name already exists.";
            return Err(ApiError::new(409, "EntityAlreadyExists", message));
        }
        let seed = world.rng::<iam::State>().text(BASE32, SEED_LEN);
        let label = format!("otpauth://totp/{}@{account}?secret={seed}", self.name);
        let device = Device::new(seed.clone(), tags);
        world.get_mut::<iam::State>().devices.insert(serial_number.clone(), device);
        Ok(CreateVirtualMFADeviceOutput {
            device: VirtualMFADevice {
                serial_number,
                seed: Some(seed.into_bytes()),
                qr_code: Some(qr::png(&label)),
                tags: (!self.tags.is_empty()).then_some(self.tags),
                ..VirtualMFADevice::default()
            },
        })
    }
}

sim::operation! {
    /// Enables the specified MFA device and associates it with the specified IAM user.
    write EnableMFADevice in "iam" = "POST /";
    input {
        ..codes: Codes,
    }
    output EnableMFADeviceOutput {}
    errors ["EntityAlreadyExists", "InvalidAuthenticationCode", "LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for EnableMFADevice {
    type Output = EnableMFADeviceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let codes = self.codes;
        codes.check()?;
        let iam = world.get::<iam::State>();
        check_named(world, cx, "iam:EnableMFADevice", &iam.users, &codes.user_name)?;
        iam.users.get(&codes.user_name)?;
        let mut device = iam
            .devices
            .get(&codes.serial_number)
            .cloned()
            .ok_or_else(|| no_device(&codes.serial_number))?;
        if device.user.is_some() {
            let message = "MFADevice is already in use.";
            return Err(ApiError::new(409, "EntityAlreadyExists", message));
        }
        if iam.devices_of(&codes.user_name).count() >= DEVICES_PER_USER {
            return Err(quota("MFADevicesPerUser", DEVICES_PER_USER));
        }
        if !device.enable(&codes.user_name, cx.at, codes.both()) {
            return Err(wrong_code());
        }
        world.get_mut::<iam::State>().devices.insert(codes.serial_number, device);
        Ok(EnableMFADeviceOutput {})
    }
}

sim::operation! {
    /// Synchronizes the specified MFA device with the lab's clock.
    write ResyncMFADevice in "iam" = "POST /";
    input {
        ..codes: Codes,
    }
    output ResyncMFADeviceOutput {}
    errors ["InvalidAuthenticationCode", "LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for ResyncMFADevice {
    type Output = ResyncMFADeviceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let codes = self.codes;
        codes.check()?;
        let users = &world.get::<iam::State>().users;
        check_named(world, cx, "iam:ResyncMFADevice", users, &codes.user_name)?;
        users.get(&codes.user_name)?;
        let device = device_of(world, &codes.user_name, &codes.serial_number)?;
        if device.resync(cx.at, codes.both()) {
            Ok(ResyncMFADeviceOutput {})
        } else {
            Err(wrong_code())
        }
    }
}

sim::operation! {
    /// Deactivates the specified MFA device and removes it from association with its user.
    write DeactivateMFADevice in "iam" = "POST /";
    input {
        /// The name of the user; without it, the caller.
        user_name: Option<String> => "UserName",
        /// The ARN of the device.
        serial_number: String => "SerialNumber",
    }
    output DeactivateMFADeviceOutput {}
    errors ["LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for DeactivateMFADevice {
    type Output = DeactivateMFADeviceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        serial(&self.serial_number)?;
        let Some(user) = user_or_caller(cx, self.user_name)? else { return Err(not_of_user()) };
        let users = &world.get::<iam::State>().users;
        check_named(world, cx, "iam:DeactivateMFADevice", users, &user)?;
        users.get(&user)?;
        device_of(world, &user, &self.serial_number)?.deactivate();
        Ok(DeactivateMFADeviceOutput {})
    }
}

sim::operation! {
    /// Lists the MFA devices for an IAM user.
    read ListMFADevices in "iam" = "POST /";
    input {
        /// The name of the user; without it, the caller.
        user_name: Option<String> => "UserName",
        /// Where the page begins: the marker of the page before.
        marker: Option<String> => "Marker",
        /// The most items to return, 1 to 1000; 100 when it is not given.
        max_items: Option<i64> => "MaxItems",
    }
    output ListMFADevicesOutput {
        /// The devices.
        pub devices: Vec<MFADevice> => "MFADevices",
        /// Whether there are more items to return.
        pub is_truncated: bool => "IsTruncated",
        /// The marker to ask for the next page with.
        pub marker: Option<String> => "Marker",
    }
    errors ["NoSuchEntity", "ValidationError"]
    access itself
    pages {
        input: &["Marker"],
        output: &["Marker"],
        more: Some("IsTruncated"),
        limit: Some("MaxItems"),
        results: &["MFADevices"],
    }
}

impl Read for ListMFADevices {
    type Output = ListMFADevicesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::items_max(self.max_items)?;
        let iam = world.get::<iam::State>();
        let Some(user) = user_or_caller(cx, self.user_name)? else {
            // The root user's devices are no business of the API.
            check_access(world, cx, "iam:ListMFADevices", "*", Vec::new())?;
            return Ok(ListMFADevicesOutput::default());
        };
        check_named(world, cx, "iam:ListMFADevices", &iam.users, &user)?;
        iam.users.get(&user)?;
        let paging = Paging::new(self.marker.as_ref(), self.max_items);
        let items = iam.devices_of(&user).map(|(serial, device)| (serial, (serial, device)));
        let page = paging.take(items, |(serial, device)| MFADevice {
            user_name: user.clone(),
            serial_number: serial.clone(),
            enable_date: device.enabled.unwrap_or_default(),
        });
        Ok(ListMFADevicesOutput {
            devices: page.items,
            is_truncated: page.next.is_some(),
            marker: page.next,
        })
    }
}

sim::operation! {
    /// Retrieves information about an MFA device for a specified user.
    read GetMFADevice in "iam" = "POST /";
    input {
        /// The ARN of the device.
        serial_number: String => "SerialNumber",
        /// The name of the user; without it, the caller.
        user_name: Option<String> => "UserName",
    }
    output GetMFADeviceOutput {
        /// The user with whom the device is associated.
        pub user_name: Option<String> => "UserName",
        /// The ARN of the device.
        pub serial_number: String => "SerialNumber",
        /// When the device was enabled for the user.
        pub enable_date: Option<Time> => "EnableDate",
    }
    errors ["NoSuchEntity", "ValidationError"]
    access itself
}

impl Read for GetMFADevice {
    type Output = GetMFADeviceOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        serial(&self.serial_number)?;
        let Some(user) = user_or_caller(cx, self.user_name)? else { return Err(not_of_user()) };
        let iam = world.get::<iam::State>();
        check_named(world, cx, "iam:GetMFADevice", &iam.users, &user)?;
        iam.users.get(&user)?;
        let mut devices = iam.devices_of(&user);
        let device = devices.find(|(serial, _)| **serial == self.serial_number);
        let (serial_number, device) = device.ok_or_else(not_of_user)?;
        Ok(GetMFADeviceOutput {
            user_name: Some(user.clone()),
            serial_number: serial_number.clone(),
            enable_date: device.enabled,
        })
    }
}

sim::string_enum! {
    /// Which devices are listed.
    pub enum AssignmentStatus {
        Any = "Any",
        Assigned = "Assigned",
        Unassigned = "Unassigned",
    }
}

sim::operation! {
    /// Lists the virtual MFA devices of the AWS account by assignment status.
    read ListVirtualMFADevices in "iam" = "POST /";
    input {
        /// `Assigned`, `Unassigned` or `Any`, the default.
        assignment_status: Option<AssignmentStatus> => "AssignmentStatus",
        /// Where the page begins: the marker of the page before.
        marker: Option<String> => "Marker",
        /// The most items to return, 1 to 1000; 100 when it is not given.
        max_items: Option<i64> => "MaxItems",
    }
    output ListVirtualMFADevicesOutput {
        /// The devices, without their seeds.
        pub devices: Vec<VirtualMFADevice> => "VirtualMFADevices",
        /// Whether there are more items to return.
        pub is_truncated: bool => "IsTruncated",
        /// The marker to ask for the next page with.
        pub marker: Option<String> => "Marker",
    }
    errors ["ValidationError"]
    access itself
    pages {
        input: &["Marker"],
        output: &["Marker"],
        more: Some("IsTruncated"),
        limit: Some("MaxItems"),
        results: &["VirtualMFADevices"],
    }
}

impl Read for ListVirtualMFADevices {
    type Output = ListVirtualMFADevicesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        rules::items_max(self.max_items)?;
        let resource = format!("arn:aws:iam::{}:mfa/", world.config().account);
        check_access(world, cx, "iam:ListVirtualMFADevices", &resource, Vec::new())?;
        let iam = world.get::<iam::State>();
        let wanted = |device: &Device| match self.assignment_status.unwrap_or_default() {
            AssignmentStatus::Any => true,
            AssignmentStatus::Assigned => device.user.is_some(),
            AssignmentStatus::Unassigned => device.user.is_none(),
        };
        let items = iam
            .devices
            .iter()
            .filter(|(_, device)| wanted(device))
            .map(|(serial, device)| (serial, (serial, device)));
        let paging = Paging::new(self.marker.as_ref(), self.max_items);
        let page = paging.take(items, |(serial, device)| VirtualMFADevice {
            serial_number: serial.clone(),
            user: device
                .user
                .as_ref()
                .and_then(|name| iam.users.find(name))
                .map(|user| User::of(user, Detail::Listed)),
            enable_date: device.enabled,
            ..VirtualMFADevice::default()
        });
        Ok(ListVirtualMFADevicesOutput {
            devices: page.items,
            is_truncated: page.next.is_some(),
            marker: page.next,
        })
    }
}

sim::operation! {
    /// Deletes a virtual MFA device, which must have been deactivated before.
    write DeleteVirtualMFADevice in "iam" = "POST /";
    input {
        /// The ARN of the device.
        serial_number: String => "SerialNumber",
    }
    output DeleteVirtualMFADeviceOutput {}
    errors ["DeleteConflict", "LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for DeleteVirtualMFADevice {
    type Output = DeleteVirtualMFADeviceOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        serial(&self.serial_number)?;
        check_access(world, cx, "iam:DeleteVirtualMFADevice", &self.serial_number, Vec::new())?;
        let device = world.get::<iam::State>().devices.get(&self.serial_number);
        let device = device.ok_or_else(|| no_device(&self.serial_number))?;
        if device.user.is_some() {
            return Err(conflict("MFA VirtualDevice in use. Must deactivate first."));
        }
        world.get_mut::<iam::State>().devices.remove(&self.serial_number);
        Ok(DeleteVirtualMFADeviceOutput {})
    }
}

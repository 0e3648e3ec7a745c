//! Images as they are known in a region: those of the catalogue, the account's own, and those that others
//! share with it.

use super::catalogue::images::{self, Entry};
use super::error::refuse;
use super::ids::Kind;
use super::own_image::OwnImage;
use super::region::Region;
use super::shapes::image::Image;
use super::state::State;
use crate::place::Place;
use sim::World;
use sim::api::ApiError;

/// An image to be launched from, and the image of the catalogue that it goes back to.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) image: Image,
    pub(crate) base: Option<&'static str>,
}

impl Found {
    /// One of the catalogue.
    pub(crate) fn of(entry: &Entry, region: &str) -> Self {
        Self { image: entry.image(region), base: Some(entry.name) }
    }
}

/// That there was an image of this id.
pub(crate) fn no_longer(id: &str) -> ApiError {
    let message = format!("The image ID '{id}' is no longer available");
    refuse("InvalidAMIID.Unavailable", message)
}

/// That an image is not ready, or has failed.
pub(crate) fn not_yet(id: &str) -> ApiError {
    refuse("InvalidAMIID.Unavailable", format!("The image ID '{id}' is not available"))
}

/// That an image is another's.
pub(crate) fn not_yours(id: &str) -> ApiError {
    refuse("AuthFailure", format!("Not authorized for image:{id}"))
}

impl Region {
    /// An image of the account's own.
    ///
    /// # Errors
    /// There is none of this id, or no longer, or it is another's.
    pub(crate) fn own_image(&self, id: &str) -> Result<&OwnImage, ApiError> {
        if self.gone_images.contains(id) {
            return Err(no_longer(id));
        }
        if images::of_id(&self.place.region, id).is_some() {
            return Err(not_yours(id));
        }
        self.find::<OwnImage>(id)
    }

    /// The same, to be changed.
    ///
    /// # Errors
    /// As [`Region::own_image`].
    pub(crate) fn own_image_mut(&mut self, id: &str) -> Result<&mut OwnImage, ApiError> {
        self.own_image(id)?;
        self.find_mut::<OwnImage>(id)
    }

    /// Refuses the id of an image that nobody offers.
    ///
    /// # Errors
    /// As [`Region::find`].
    pub(crate) fn image_there(&self, id: &str) -> Result<(), ApiError> {
        match images::of_id(&self.place.region, id) {
            Some(_) => Ok(()),
            None => self.own_image(id).map(|_| ()),
        }
    }

    /// The image of this id that the account can launch from.
    ///
    /// # Errors
    /// There is none, or no longer, or not yet.
    pub(crate) fn image(&self, id: &str) -> Result<Found, ApiError> {
        if let Some(entry) = images::of_id(&self.place.region, id) {
            return Ok(Found::of(entry, &self.place.region));
        }
        launchable(self.own_image(id)?)
    }

    /// The image of the catalogue that a snapshot goes back to, by name.
    pub(crate) fn base_of(&self, snapshot: &str) -> Option<&'static str> {
        let name = &self.place.region;
        let entry = || images::of_snapshot(name, snapshot).map(|entry| entry.name);
        self.snapshot_bases.get(snapshot).copied().or_else(entry)
    }

    /// The image of its own that stands on a snapshot.
    pub(crate) fn image_on(&self, snapshot: &str) -> Option<&OwnImage> {
        self.images.values().find(|own| {
            let mut devices = own.image.block_device_mappings.iter();
            devices.any(|device| device.ebs.snapshot_id.as_deref() == Some(snapshot))
        })
    }
}

fn launchable(own: &OwnImage) -> Result<Found, ApiError> {
    if !own.is_available() {
        return Err(not_yet(&own.id));
    }
    Ok(Found { image: own.image.clone(), base: own.base })
}

/// What other accounts share with this one in its region.
pub(crate) fn shared<'w>(world: &'w World, place: &Place) -> impl Iterator<Item = &'w OwnImage> {
    let regions = world.get::<State>().regions.iter();
    let place = place.clone();
    let others = regions
        .filter({
            let place = place.clone();
            move |(other, _)| other.region == place.region && other.account != place.account
        })
        .flat_map(|(_, region)| region.images.values());
    others.filter(move |own| own.lets(&place.account))
}

/// The image of this id that another account shares with this one, if there is one.
///
/// # Errors
/// It is not ready.
pub(crate) fn shared_image(
    world: &World,
    place: &Place,
    id: &str,
) -> Result<Option<Found>, ApiError> {
    shared(world, place).find(|own| own.id == id).map(launchable).transpose()
}

/// Refuses a name that an image cannot have.
///
/// # Errors
/// It is too short or too long, has odd characters, or another image has it.
pub(crate) fn check_name(region: &Region, name: &str) -> Result<(), ApiError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "()[] ./-'@_".contains(c);
    if !(3..=128).contains(&name.chars().count()) || !name.chars().all(fits) {
        let message = "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, \
                       '(', ')', '.', '-', '/' and '_'";
        return Err(refuse("InvalidAMIName.Malformed", message));
    }
    if let Some(other) = region.images.values().find(|own| own.image.name == name) {
        let message = format!("AMI name {name} is already in use by AMI {}", other.id);
        return Err(refuse("InvalidAMIName.Duplicate", message));
    }
    Ok(())
}

/// A kind of image that an account makes, before anything is said of it: an EBS-backed one of Linux.
pub(crate) fn blank(id: &str, name: &str, account: &str) -> Image {
    Image {
        platform_details: "Linux/UNIX".into(),
        usage_operation: "RunInstances".into(),
        hypervisor: "xen".into(),
        name: name.into(),
        root_device_type: "ebs".into(),
        sriov_net_support: "simple".into(),
        virtualization_type: "hvm".into(),
        image_id: id.into(),
        image_location: format!("{account}/{name}"),
        state: "pending".into(),
        owner_id: account.into(),
        image_type: "machine".into(),
        ..Image::default()
    }
}

/// Says that there is no image of this id: neither one's own nor another's that is shared.
pub(crate) fn none(region: &Region, id: &str) -> ApiError {
    if region.gone_images.contains(id) { no_longer(id) } else { Kind::Image.none(id) }
}

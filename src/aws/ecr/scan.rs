//! Basic scanning of images: a scan takes a while, and its findings stay until the next.

use std::time::Duration;

use base::Time;
use registry::digest::ContentDigest;

use super::errors::{invalid, limit, other};
use super::finding::Scan;
use super::place::Place;
use super::shape;
use super::state::{Event, State, What};
use sim::World;
use sim::api::ApiError;

/// How long a scan takes. The user guide gives no figure; small images are done in well under a minute.
const TAKES: Duration = Duration::from_secs(20);

/// An image can be scanned once in this time (user guide, "Scan images for OS vulnerabilities").
const QUOTA: Duration = Duration::from_hours(24);

/// Begins a scan of an image.
///
/// # Errors
/// It cannot be scanned, or it was already within a day and `manual` asks for another.
pub(super) fn begin(
    world: &mut World,
    place: &Place,
    name: &str,
    digest: &ContentDigest,
    manual: bool,
) -> Result<(), ApiError> {
    let (now, uri) = (world.now(), place.uri(name));
    let image = world.get::<registry::State>().image(&uri, digest.as_str());
    if image.is_none_or(|image| image.is_index()) {
        let why = "The operation is not supported for the image type";
        return Err(other("UnsupportedImageTypeException", why));
    }
    let info = world.get::<State>().repository(place, name)?.images.get(digest);
    let last = info.and_then(|info| info.scan.as_ref()).map(|scan| scan.begun);
    if manual && last.is_some_and(|last| now.since(last) < QUOTA) {
        return Err(limit("The scan quota per image has been exceeded. Wait and try again."));
    }
    let repository = world.get_mut::<State>().repository_mut(place, name)?;
    let Some(info) = repository.images.get_mut(digest) else {
        return Err(invalid("imageId", "no image has this digest"));
    };
    info.scan = Some(Scan { begun: now, completed: None, findings: Vec::new() });
    let event = Event {
        place: place.clone(),
        repository: name.to_owned(),
        what: What::Scanned(digest.clone(), now),
    };
    world.schedule::<State>(now.plus(TAKES), event);
    Ok(())
}

/// A scan that began then ends, unless the image is gone or was scanned again.
pub(super) fn completed(
    world: &mut World,
    place: &Place,
    name: &str,
    digest: &ContentDigest,
    begun: Time,
) {
    let now = world.now();
    let image = world.get::<registry::State>().image(&place.uri(name), digest.as_str());
    let tags: Vec<&str> = image.iter().flat_map(registry::Image::tags).collect();
    let findings = shape::findings(world.config(), name, &tags);
    let repository = world.get_mut::<State>().find_mut(place, name);
    let info = repository.and_then(|repository| repository.images.get_mut(digest));
    let scan = info.and_then(|info| info.scan.as_mut()).filter(|scan| scan.begun == begun);
    if let Some(scan) = scan {
        scan.completed = Some(now);
        scan.findings = findings;
    }
}

//! Putting images into a repository and taking them out, however they were asked for.

use registry::digest::{Algorithm, ContentDigest};
use registry::ops::manifests::{PutManifest, PutManifestOutput};

use super::errors::tag_exists;
use super::place::Place;
use super::scan;
use super::state::{ImageInfo, State};
use sim::api::{ApiError, Write as _};
use sim::{Cx, World};

/// A manifest that comes in.
pub(super) struct Push {
    /// A tag, or the digest of the manifest.
    pub(super) reference: String,
    pub(super) manifest: String,
    pub(super) media_type: Option<String>,
}

/// Keeps an image.
///
/// # Errors
/// The tag is another image's for good, or the registry's own refusal of the manifest.
pub(super) fn push(
    world: &mut World,
    cx: &Cx<'_>,
    place: &Place,
    name: &str,
    push: Push,
) -> Result<PutManifestOutput, ApiError> {
    let uri = place.uri(name);
    let digest = ContentDigest::of(Algorithm::Sha256, push.manifest.as_bytes());
    let repository = world.get::<State>().repository(place, name)?;
    let standing = world.get::<registry::State>().tagged(&uri, &push.reference);
    let moves = standing.is_some_and(|image| *image.digest != digest);
    if moves && repository.is_immutable(&push.reference) {
        return Err(tag_exists(name, &push.reference));
    }
    let scans = repository.scan_on_push;
    let Push { reference, manifest, media_type } = push;
    let input = PutManifest { name: uri, reference, media_type, manifest };
    let kept = input.apply(world, cx)?;
    let digest = ContentDigest::parse(&kept.digest)?;
    let repository = world.get_mut::<State>().repository_mut(place, name)?;
    let fresh = !repository.images.contains_key(&digest);
    if fresh {
        let info = ImageInfo { pushed_at: cx.at, scan: None };
        repository.images.insert(digest.clone(), info);
    }
    if fresh && scans {
        // An index has nothing to scan, and is taken all the same.
        let _ = scan::begin(world, place, name, &digest, false);
    }
    Ok(kept)
}

/// Takes an image out, with all of its tags.
pub(super) fn remove(world: &mut World, place: &Place, name: &str, digest: &ContentDigest) {
    world.get_mut::<registry::State>().remove(&place.uri(name), digest);
    if let Some(repository) = world.get_mut::<State>().find_mut(place, name) {
        repository.images.remove(digest);
    }
}

/// The indexes of a repository that name this image.
pub(super) fn indexes_with<'w>(
    world: &'w World,
    uri: &str,
    digest: &'w ContentDigest,
) -> impl Iterator<Item = &'w ContentDigest> {
    let images = world.get::<registry::State>().images(uri);
    images.filter(move |image| image.names(digest)).map(|image| image.digest)
}

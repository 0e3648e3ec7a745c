//! Images of a repository, as requests name them.

use base::Time;
use registry::Image;
use registry::digest::ContentDigest;

use super::errors::image_not_found;
use super::place::Place;
use super::state::{ImageInfo, State};
use sim::World;
use sim::api::ApiError;

sim::structure! {
    /// What names an image: its digest, one of its tags, or both.
    pub struct ImageIdentifier {
        /// The digest of its manifest.
        pub image_digest: Option<String> => "imageDigest",
        /// A tag.
        pub image_tag: Option<String> => "imageTag",
    }
}

/// Why no image is found by a name.
pub(super) enum Unfound {
    NeitherDigestNorTag,
    BadDigest,
    Mismatch,
    Nowhere,
}

impl Unfound {
    /// The code and the sentence with which operations on many images say so.
    pub(super) fn failure(&self) -> (&'static str, String) {
        match self {
            Self::NeitherDigestNorTag => (
                "MissingDigestAndTag",
                "Invalid request parameters: both tag and digest cannot be null".to_owned(),
            ),
            Self::BadDigest => (
                "InvalidImageDigest",
                "Invalid request parameters: image digest should satisfy the regex \
                 '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'"
                    .to_owned(),
            ),
            Self::Mismatch => {
                ("ImageTagDoesNotMatchDigest", "Requested tag does not match digest".to_owned())
            }
            Self::Nowhere => ("ImageNotFound", "Requested image not found".to_owned()),
        }
    }
}

/// The image of that name.
pub(super) fn find<'w>(
    world: &'w World,
    uri: &str,
    id: &ImageIdentifier,
) -> Result<Image<'w>, Unfound> {
    let state = world.get::<registry::State>();
    match (id.image_digest.as_deref(), id.image_tag.as_deref()) {
        (None, None) => Err(Unfound::NeitherDigestNorTag),
        (Some(digest), _) if !is_digest(digest) => Err(Unfound::BadDigest),
        (Some(digest), None) => state.image(uri, digest).ok_or(Unfound::Nowhere),
        (None, Some(tag)) => state.tagged(uri, tag).ok_or(Unfound::Nowhere),
        (Some(digest), Some(tag)) => {
            let image = state.tagged(uri, tag).ok_or(Unfound::Nowhere)?;
            if image.digest.as_str() == digest { Ok(image) } else { Err(Unfound::Mismatch) }
        }
    }
}

/// The image of that name, for an operation on one.
///
/// # Errors
/// There is none.
pub(super) fn one<'w>(
    world: &'w World,
    place: &Place,
    name: &str,
    id: &ImageIdentifier,
) -> Result<Image<'w>, ApiError> {
    find(world, &place.uri(name), id).map_err(|why| match why {
        Unfound::NeitherDigestNorTag => super::errors::invalid("imageId", why.failure().1),
        Unfound::BadDigest => super::errors::invalid(
            "imageDigest",
            "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
        ),
        Unfound::Mismatch | Unfound::Nowhere => {
            image_not_found(place, name, id.image_digest.as_deref(), id.image_tag.as_deref())
        }
    })
}

/// The form that the API asks of digests. Whether anything has it is another question.
fn is_digest(text: &str) -> bool {
    let Some((algorithm, hex)) = text.split_once(':') else { return false };
    let letter = |b: u8| b.is_ascii_alphanumeric() || b"-_+.".contains(&b);
    !algorithm.is_empty()
        && algorithm.bytes().all(letter)
        && !hex.is_empty()
        && hex.bytes().all(|b| b.is_ascii_hexdigit())
}

/// What ECR knows of an image beside its manifest.
pub(super) fn info(world: &World, place: &Place, name: &str, image: &ContentDigest) -> ImageInfo {
    let repository = world.get::<State>().find(place, name);
    let known = repository.and_then(|repository| repository.images.get(image)).cloned();
    known.unwrap_or(ImageInfo { pushed_at: Time(0), scan: None })
}

//! `PutImage`, `BatchDeleteImage`.

use super::images::{Image, ImageFailure, check_ids};
use crate::ecr::errors::{image_exists, invalid, missing_parts, other};
use crate::ecr::image::{self, ImageIdentifier};
use crate::ecr::permit::open;
use crate::ecr::place::Place;
use crate::ecr::push::{self, Push};
use registry::can_be_tag;
use registry::digest::{Algorithm, ContentDigest};
use sim::api::{ApiError, Write};
use sim::{Cx, World};

sim::operation! {
    /// Keeps an image whose layers are there, or gives one that is there another tag.
    write PutImage in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
        /// The manifest of the image.
        image_manifest: String => "imageManifest",
        /// What kind of manifest it is; else it says so itself.
        image_manifest_media_type: Option<String> => "imageManifestMediaType",
        /// The tag that it gets.
        image_tag: Option<String> => "imageTag",
        /// The digest that it must have.
        image_digest: Option<String> => "imageDigest",
    }
    output PutImageOutput {
        /// The image.
        pub image: Image => "image",
    }
    errors ["ImageAlreadyExistsException", "ImageDigestDoesNotMatchException",
        "ImageTagAlreadyExistsException", "InvalidParameterException", "LayersNotFoundException",
        "ReferencedImagesNotFoundException", "RepositoryNotFoundException"]
    access itself
}

impl Write for PutImage {
    type Output = PutImageOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = self.repository_name;
        let registry = self.registry_id.as_deref();
        let (place, _) = open(world, cx, "ecr:PutImage", registry, &name)?;
        if self.image_tag.as_deref().is_some_and(|tag| !can_be_tag(tag)) {
            let must = "must satisfy regular expression '[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}'";
            return Err(invalid("imageTag", must));
        }
        let digest = ContentDigest::of(Algorithm::Sha256, self.image_manifest.as_bytes());
        if self.image_digest.as_deref().is_some_and(|wanted| wanted != digest.as_str()) {
            let why = "The specified image digest does not match the digest of the image manifest";
            return Err(other("ImageDigestDoesNotMatchException", why));
        }
        let uri = place.uri(&name);
        let state = world.get::<registry::State>();
        let there = match &self.image_tag {
            Some(tag) => state.tagged(&uri, tag).is_some_and(|image| *image.digest == digest),
            None => state.image(&uri, digest.as_str()).is_some(),
        };
        if there {
            let tag = self.image_tag.as_deref().unwrap_or("null");
            return Err(image_exists(&place, &name, digest.as_str(), tag));
        }
        let pushed = Push {
            reference: self.image_tag.clone().unwrap_or_else(|| digest.to_string()),
            manifest: self.image_manifest,
            media_type: self.image_manifest_media_type,
        };
        let is_index = names_manifests(&pushed.manifest);
        push::push(world, cx, &place, &name, pushed)
            .map_err(|error| worded(error, &place, &name, is_index))?;
        let kept = world.get::<registry::State>().image(&uri, digest.as_str());
        let kept = kept.ok_or_else(|| other("ServerException", "the image was not kept"))?;
        Ok(PutImageOutput { image: Image::of(&place, &name, &kept, self.image_tag) })
    }
}

/// Whether a manifest is that of an index.
fn names_manifests(manifest: &str) -> bool {
    let value: serde_json::Value = serde_json::from_str(manifest).unwrap_or_default();
    value.get("manifests").is_some()
}

/// The embedded registry's refusal of a manifest in the words of the API.
fn worded(error: ApiError, place: &Place, name: &str, is_index: bool) -> ApiError {
    let field = |key: &str| {
        let found = error.fields.iter().find(|(name, _)| name == key);
        found.map_or_else(|| error.message.clone(), |(_, value)| value.clone())
    };
    match error.code.as_str() {
        "MANIFEST_BLOB_UNKNOWN" => missing_parts(!is_index, &field("digest"), place, name),
        "MANIFEST_INVALID" | "SIZE_INVALID" | "DIGEST_INVALID" => {
            invalid("ImageManifest", field("reason"))
        }
        "NAME_INVALID" => invalid("repositoryName", error.message),
        _ => error,
    }
}

sim::operation! {
    /// Deletes images: by digest, with all of their tags; by tag, the tag alone, and with its last tag
    /// the image.
    write BatchDeleteImage in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
        /// The images.
        image_ids: Vec<ImageIdentifier> => required "imageIds",
    }
    output BatchDeleteImageOutput {
        /// What was deleted.
        pub image_ids: Vec<ImageIdentifier> => "imageIds",
        /// What could not be deleted.
        pub failures: Vec<ImageFailure> => "failures",
    }
    errors ["InvalidParameterException", "RepositoryNotFoundException"]
    access itself
}

impl Write for BatchDeleteImage {
    type Output = BatchDeleteImageOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = self.repository_name;
        let registry = self.registry_id.as_deref();
        let (place, _) = open(world, cx, "ecr:BatchDeleteImage", registry, &name)?;
        check_ids(&self.image_ids)?;
        let mut told = BatchDeleteImageOutput::default();
        for id in self.image_ids {
            match delete(world, &place, &name, &id) {
                Ok(deleted) => told.image_ids.extend(deleted),
                Err(why) => told.failures.push(ImageFailure::new(id, why)),
            }
        }
        Ok(told)
    }
}

/// Deletes one image, or one tag of it. Returns what is gone by that.
fn delete(
    world: &mut World,
    place: &Place,
    name: &str,
    id: &ImageIdentifier,
) -> Result<Vec<ImageIdentifier>, (&'static str, String)> {
    let uri = place.uri(name);
    let found = image::find(world, &uri, id).map_err(|why| why.failure())?;
    let digest = found.digest.clone();
    let tags: Vec<String> = found.tags().map(str::to_owned).collect();
    let gone = |tag: Option<&String>| ImageIdentifier {
        image_digest: Some(digest.to_string()),
        image_tag: tag.cloned(),
    };
    if let Some(tag) = id.image_tag.as_ref().filter(|_| tags.len() > 1) {
        let told = vec![gone(Some(tag))];
        world.get_mut::<registry::State>().untag(&uri, tag);
        return Ok(told);
    }
    let holding: Vec<&str> =
        push::indexes_with(world, &uri, &digest).map(ContentDigest::as_str).collect();
    if !holding.is_empty() {
        let list = holding.join(", ");
        let why = format!("Requested image referenced by manifest list: [{list}]");
        return Err(("ImageReferencedByManifestList", why));
    }
    let told = if tags.is_empty() {
        vec![gone(None)]
    } else {
        tags.iter().map(|t| gone(Some(t))).collect()
    };
    push::remove(world, place, name, &digest);
    Ok(told)
}

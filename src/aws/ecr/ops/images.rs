//! `ListImages`, `DescribeImages`, `BatchGetImage`.

use base::Time;

use super::shapes::{FindingsSummary, ImageScanStatus, ImagesFilter};
use crate::ecr::errors::invalid;
use crate::ecr::image::{self, ImageIdentifier};
use crate::ecr::page;
use crate::ecr::permit::open;
use crate::ecr::place::Place;
use registry::Image as Stored;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

/// Images that one request may name (API reference, `imageIds`).
pub(super) const IDS_MAX: usize = 100;

/// # Errors
/// They are none, or too many.
pub(super) fn check_ids(ids: &[ImageIdentifier]) -> Result<(), ApiError> {
    let must = match ids.len() {
        0 => "Member must have length greater than or equal to 1",
        n if n > IDS_MAX => "Member must have length less than or equal to 100",
        _ => return Ok(()),
    };
    Err(invalid("imageIds", must))
}

sim::operation! {
    /// Lists the images of a repository: one line for each tag, and one for each image without any.
    read ListImages in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many at most.
        max_results: Option<i64> => "maxResults",
        /// Which of them.
        filter: Option<ImagesFilter> => "filter",
    }
    output ListImagesOutput {
        /// The images.
        pub image_ids: Vec<ImageIdentifier> => "imageIds",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["InvalidParameterException", "RepositoryNotFoundException"]
    access itself
    pages {
        input: &["nextToken"],
        output: &["nextToken"],
        limit: Some("maxResults"),
        results: &["imageIds"],
    }
}

impl Read for ListImages {
    type Output = ListImagesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (registry, name) = (self.registry_id.as_deref(), &self.repository_name);
        let (place, _) = open(world, cx, "ecr:ListImages", registry, name)?;
        let uri = place.uri(name);
        let filter = self.filter.unwrap_or_default();
        let mut ids = Vec::new();
        for image in world.get::<registry::State>().images(&uri) {
            let mut tags: Vec<&str> = image.tags().collect();
            tags.sort_unstable();
            if !filter.lets(!tags.is_empty()) {
                continue;
            }
            let id = |tag: Option<&str>| ImageIdentifier {
                image_digest: Some(image.digest.to_string()),
                image_tag: tag.map(str::to_owned),
            };
            if tags.is_empty() {
                ids.push((image.digest.to_string(), id(None)));
            }
            ids.extend(tags.iter().map(|tag| (format!("{} {tag}", image.digest), id(Some(tag)))));
        }
        let token = self.next_token.as_deref();
        let (image_ids, next_token) = page::cut(ids.into_iter(), token, self.max_results, 1000)?;
        Ok(ListImagesOutput { image_ids, next_token })
    }
}

sim::string_enum! {
    /// Whether an image is in the archive.
    pub enum ImageStatus { Active = "ACTIVE", Archived = "ARCHIVED", Activating = "ACTIVATING" }
}

sim::structure! {
    /// What is known of an image.
    pub struct ImageDetail {
        /// The account whose registry it is in.
        pub registry_id: String => "registryId",
        /// The name of its repository.
        pub repository_name: String => "repositoryName",
        /// The digest of its manifest.
        pub image_digest: String => "imageDigest",
        /// Its tags.
        pub image_tags: Option<Vec<String>> => "imageTags",
        /// Bytes of its layers; of an index, of the largest of its images.
        pub image_size_in_bytes: u64 => "imageSizeInBytes",
        /// When it was pushed.
        pub image_pushed_at: Time => "imagePushedAt",
        /// How far its scan is.
        pub image_scan_status: Option<ImageScanStatus> => "imageScanStatus",
        /// What its scan found, in numbers.
        pub image_scan_findings_summary: Option<FindingsSummary> => "imageScanFindingsSummary",
        /// What kind of manifest it has.
        pub image_manifest_media_type: String => "imageManifestMediaType",
        /// What kind of thing it is.
        pub artifact_media_type: Option<String> => "artifactMediaType",
        /// The manifest that it is about.
        pub subject_manifest_digest: Option<String> => "subjectManifestDigest",
        /// Whether it is in the archive.
        pub image_status: ImageStatus => "imageStatus",
    }
}

fn detail(world: &World, place: &Place, name: &str, image: &Stored<'_>) -> ImageDetail {
    let info = image::info(world, place, name, image.digest);
    let tags: Vec<String> = image.tags().map(str::to_owned).collect();
    ImageDetail {
        registry_id: place.account.clone(),
        repository_name: name.to_owned(),
        image_digest: image.digest.to_string(),
        image_tags: (!tags.is_empty()).then_some(tags),
        image_size_in_bytes: image.size(),
        image_pushed_at: info.pushed_at,
        image_scan_status: info.scan.as_ref().map(ImageScanStatus::of),
        image_scan_findings_summary: info.scan.as_ref().and_then(FindingsSummary::of),
        image_manifest_media_type: image.media_type().to_owned(),
        artifact_media_type: image.artifact_type().map(str::to_owned),
        subject_manifest_digest: image.subject().map(ToString::to_string),
        image_status: ImageStatus::Active,
    }
}

sim::operation! {
    /// Describes the images of a repository.
    read DescribeImages in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
        /// The images; all unless said.
        image_ids: Option<Vec<ImageIdentifier>> => "imageIds",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many at most.
        max_results: Option<i64> => "maxResults",
        /// Which of them.
        filter: Option<ImagesFilter> => "filter",
    }
    output DescribeImagesOutput {
        /// The images.
        pub image_details: Vec<ImageDetail> => "imageDetails",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["ImageNotFoundException", "InvalidParameterException", "RepositoryNotFoundException"]
    access itself
    pages {
        input: &["nextToken"],
        output: &["nextToken"],
        limit: Some("maxResults"),
        results: &["imageDetails"],
    }
}

impl Read for DescribeImages {
    type Output = DescribeImagesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (registry, name) = (self.registry_id.as_deref(), &self.repository_name);
        let (place, _) = open(world, cx, "ecr:DescribeImages", registry, name)?;
        let uri = place.uri(name);
        if let Some(ids) = self.image_ids {
            check_ids(&ids)?;
            for (member, given) in [
                ("nextToken", self.next_token.is_some()),
                ("maxResults", self.max_results.is_some()),
                ("filter", self.filter.is_some()),
            ] {
                if given {
                    return Err(invalid(member, "cannot be given beside imageIds"));
                }
            }
            let mut image_details = Vec::<ImageDetail>::new();
            for id in &ids {
                let told = detail(world, &place, name, &image::one(world, &place, name, id)?);
                if !image_details.iter().any(|known| known.image_digest == told.image_digest) {
                    image_details.push(told);
                }
            }
            return Ok(DescribeImagesOutput { image_details, next_token: None });
        }
        let filter = self.filter.unwrap_or_default();
        let images = world.get::<registry::State>().images(&uri);
        let listed = images
            .filter(|image| filter.lets(image.tags().next().is_some()))
            .map(|image| (image.digest.to_string(), image));
        let token = self.next_token.as_deref();
        let (images, next_token) = page::cut(listed, token, self.max_results, 1000)?;
        let image_details = images.iter().map(|i| detail(world, &place, name, i)).collect();
        Ok(DescribeImagesOutput { image_details, next_token })
    }
}

sim::structure! {
    /// An image with its manifest.
    pub struct Image {
        /// The account whose registry it is in.
        pub registry_id: String => "registryId",
        /// The name of its repository.
        pub repository_name: String => "repositoryName",
        /// Its digest and the tag it was asked for by.
        pub image_id: ImageIdentifier => "imageId",
        /// Its manifest.
        pub image_manifest: String => "imageManifest",
        /// What kind of manifest it is.
        pub image_manifest_media_type: String => "imageManifestMediaType",
    }
}

impl Image {
    pub(super) fn of(place: &Place, name: &str, image: &Stored<'_>, tag: Option<String>) -> Self {
        let image_digest = Some(image.digest.to_string());
        Self {
            registry_id: place.account.clone(),
            repository_name: name.to_owned(),
            image_id: ImageIdentifier { image_digest, image_tag: tag },
            image_manifest: image.text().to_owned(),
            image_manifest_media_type: image.media_type().to_owned(),
        }
    }
}

sim::structure! {
    /// An image that nothing was done with.
    pub struct ImageFailure {
        /// What it was named by.
        pub image_id: ImageIdentifier => "imageId",
        /// Why.
        pub failure_code: String => "failureCode",
        /// The same as a sentence.
        pub failure_reason: String => "failureReason",
    }
}

impl ImageFailure {
    pub(super) fn new(id: ImageIdentifier, (code, reason): (&str, String)) -> Self {
        Self { image_id: id, failure_code: code.to_owned(), failure_reason: reason }
    }
}

sim::operation! {
    /// Gets images with their manifests.
    read BatchGetImage in "ecr" = "POST /";
    input {
        /// The account whose registry it is in; your own unless said.
        registry_id: Option<String> => "registryId",
        /// The name of the repository.
        repository_name: String => "repositoryName",
        /// The images.
        image_ids: Vec<ImageIdentifier> => required "imageIds",
        /// The kinds of manifests that are taken; all unless said.
        accepted_media_types: Vec<String> => "acceptedMediaTypes",
    }
    output BatchGetImageOutput {
        /// The images.
        pub images: Vec<Image> => "images",
        /// Those that could not be got.
        pub failures: Vec<ImageFailure> => "failures",
    }
    errors ["InvalidParameterException", "RepositoryNotFoundException"]
    access itself
}

impl Read for BatchGetImage {
    type Output = BatchGetImageOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (registry, name) = (self.registry_id.as_deref(), &self.repository_name);
        let (place, _) = open(world, cx, "ecr:BatchGetImage", registry, name)?;
        check_ids(&self.image_ids)?;
        let (uri, accepted) = (place.uri(name), &self.accepted_media_types);
        let takes = |kind: &str| accepted.is_empty() || accepted.iter().any(|known| known == kind);
        let mut told = BatchGetImageOutput::default();
        for id in self.image_ids {
            let found = image::find(world, &uri, &id);
            match found.and_then(|image| {
                if takes(image.media_type()) { Ok(image) } else { Err(image::Unfound::Nowhere) }
            }) {
                Ok(image) => told.images.push(Image::of(&place, name, &image, id.image_tag)),
                Err(why) => told.failures.push(ImageFailure::new(id, why.failure())),
            }
        }
        Ok(told)
    }
}

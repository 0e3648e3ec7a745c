//! The errors that several operations answer.

use sim::api::ApiError;

use super::place::Place;

fn error(code: &str, message: impl Into<String>) -> ApiError {
    ApiError::new(400, code, message)
}

/// The error of nearly everything that a request gets wrong.
pub(super) fn invalid(member: &str, constraint: impl std::fmt::Display) -> ApiError {
    let message =
        format!("Invalid parameter at '{member}' failed to satisfy constraint: '{constraint}'");
    error("InvalidParameterException", message)
}

/// What the real service takes and this one does not.
pub(super) fn not_simulated(member: &str, what: &str) -> ApiError {
    invalid(member, format!("{what} is not simulated here"))
}

pub(super) fn limit(message: impl Into<String>) -> ApiError {
    error("LimitExceededException", message)
}

fn in_registry(place: &Place) -> String {
    format!("in the registry with id '{}'", place.account)
}

pub(super) fn repository_not_found(place: &Place, name: &str) -> ApiError {
    let registry = in_registry(place);
    error(
        "RepositoryNotFoundException",
        format!("The repository with name '{name}' does not exist {registry}"),
    )
}

pub(super) fn repository_exists(place: &Place, name: &str) -> ApiError {
    let registry = in_registry(place);
    error(
        "RepositoryAlreadyExistsException",
        format!("The repository with name '{name}' already exists {registry}"),
    )
}

pub(super) fn repository_not_empty(place: &Place, name: &str) -> ApiError {
    let message = format!(
        "The repository with name '{name}' in registry with id '{}' cannot be deleted because it \
         still contains images",
        place.account
    );
    error("RepositoryNotEmptyException", message)
}

/// Of a document that a repository does not have.
pub(super) fn no_document(code: &str, what: &str, place: &Place, name: &str) -> ApiError {
    let registry = in_registry(place);
    error(code, format!("{what} does not exist for the repository with name '{name}' {registry}"))
}

/// `{imageDigest:'null', imageTag:'latest'}`
fn image_id(digest: Option<&str>, tag: Option<&str>) -> String {
    let word = |text: Option<&str>| text.unwrap_or("null").to_owned();
    format!("{{imageDigest:'{}', imageTag:'{}'}}", word(digest), word(tag))
}

pub(super) fn image_not_found(
    place: &Place,
    name: &str,
    digest: Option<&str>,
    tag: Option<&str>,
) -> ApiError {
    let message = format!(
        "The image with imageId {} does not exist within the repository with name '{name}' {}",
        image_id(digest, tag),
        in_registry(place)
    );
    error("ImageNotFoundException", message)
}

pub(super) fn scan_not_found(
    place: &Place,
    name: &str,
    digest: Option<&str>,
    tag: Option<&str>,
) -> ApiError {
    let message = format!(
        "Image scan does not exist for the image with '{}' in the repository with name '{name}' {}",
        image_id(digest, tag),
        in_registry(place)
    );
    error("ScanNotFoundException", message)
}

pub(super) fn image_exists(place: &Place, name: &str, digest: &str, tag: &str) -> ApiError {
    let message = format!(
        "Image with digest '{digest}' and tag '{tag}' already exists in the repository with name \
         '{name}' in registry with id '{}'",
        place.account
    );
    error("ImageAlreadyExistsException", message)
}

pub(super) fn tag_exists(name: &str, tag: &str) -> ApiError {
    let message = format!(
        "The image tag '{tag}' already exists in the '{name}' repository and cannot be overwritten \
         because the repository is immutable."
    );
    error("ImageTagAlreadyExistsException", message)
}

/// Of what a manifest names and the repository does not have.
pub(super) fn missing_parts(layers: bool, digest: &str, place: &Place, name: &str) -> ApiError {
    let (code, what) = if layers {
        ("LayersNotFoundException", "Layers")
    } else {
        ("ReferencedImagesNotFoundException", "Images")
    };
    let message = format!(
        "{what} with digests '[{digest}]' required for pushing image into repository with name \
         '{name}' {} do not exist",
        in_registry(place)
    );
    error(code, message)
}

pub(super) fn other(code: &str, message: impl Into<String>) -> ApiError {
    error(code, message)
}

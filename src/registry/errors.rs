//! The registry's refusals: the specification's codes with the reference registry's words.

use sim::api::ApiError;

/// Why a registry refuses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    BlobUnknown,
    BlobUploadInvalid,
    BlobUploadUnknown,
    Denied,
    DigestInvalid,
    ManifestBlobUnknown,
    ManifestInvalid,
    /// The manifest weighs more than a registry takes.
    ManifestTooLarge,
    ManifestUnknown,
    /// There is no such path.
    NotFound,
    NameInvalid,
    NameUnknown,
    PageInvalid,
    RangeInvalid,
    SizeInvalid,
    TooManyRequests,
    Unauthorized,
    Unsupported,
}

/// The error that says so.
#[must_use]
pub fn refusal(why: Refusal) -> ApiError {
    let (status, code, message) = match why {
        Refusal::BlobUnknown => (404, "BLOB_UNKNOWN", "blob unknown to registry"),
        Refusal::BlobUploadInvalid => (400, "BLOB_UPLOAD_INVALID", "blob upload invalid"),
        Refusal::BlobUploadUnknown => {
            (404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
        }
        Refusal::Denied => (403, "DENIED", "requested access to the resource is denied"),
        Refusal::DigestInvalid => {
            (400, "DIGEST_INVALID", "provided digest did not match uploaded content")
        }
        Refusal::ManifestBlobUnknown => (400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry"),
        Refusal::ManifestInvalid => (400, "MANIFEST_INVALID", "manifest invalid"),
        Refusal::ManifestTooLarge => {
            (413, "SIZE_INVALID", "the manifest is larger than this registry takes")
        }
        Refusal::ManifestUnknown => (404, "MANIFEST_UNKNOWN", "manifest unknown"),
        Refusal::NotFound => (404, "UNSUPPORTED", "The operation is unsupported."),
        Refusal::NameInvalid => (400, "NAME_INVALID", "invalid repository name"),
        Refusal::NameUnknown => (404, "NAME_UNKNOWN", "repository name not known to registry"),
        Refusal::PageInvalid => {
            (400, "PAGINATION_NUMBER_INVALID", "invalid number of results requested")
        }
        Refusal::RangeInvalid => (416, "RANGE_INVALID", "invalid content range"),
        Refusal::SizeInvalid => {
            (400, "SIZE_INVALID", "provided length did not match content length")
        }
        Refusal::TooManyRequests => (429, "TOOMANYREQUESTS", "too many requests"),
        Refusal::Unauthorized => (401, "UNAUTHORIZED", "authentication required"),
        Refusal::Unsupported => (405, "UNSUPPORTED", "The operation is unsupported."),
    };
    ApiError::new(status, code, message)
}

//! The refusals that more than one operation words.
//!
//! A field whose name begins with a lower-case letter is a header of the answer, not an element of
//! the error's body: `x-amz-delete-marker`, `etag`.

use super::bucket_name::is_bucket_name;
use sim::api::{ApiError, Shaped};

/// A 400.
pub(super) fn bad(code: &str, message: impl Into<String>) -> ApiError {
    ApiError::new(400, code, message)
}

/// `InvalidArgument` that names the argument.
pub(super) fn argument(
    message: impl Into<String>,
    name: &str,
    value: impl Into<String>,
) -> ApiError {
    bad("InvalidArgument", message).with("ArgumentName", name).with("ArgumentValue", value)
}

/// `InvalidRequest`.
pub(super) fn request(message: impl Into<String>) -> ApiError {
    bad("InvalidRequest", message)
}

/// `MalformedXML`.
pub(super) fn malformed_xml() -> ApiError {
    bad(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

/// `AccessDenied` without a reason, as unsigned callers get it.
pub(super) fn access_denied() -> ApiError {
    ApiError::new(403, "AccessDenied", "Access Denied")
}

/// `NoSuchBucket`, or `InvalidBucketName` when none could ever have that name.
pub(super) fn no_such_bucket(name: &str) -> ApiError {
    if is_bucket_name(name) {
        ApiError::new(404, "NoSuchBucket", "The specified bucket does not exist")
            .with("BucketName", name)
    } else {
        invalid_bucket_name(name)
    }
}

/// `InvalidBucketName`.
pub(super) fn invalid_bucket_name(name: &str) -> ApiError {
    bad("InvalidBucketName", "The specified bucket is not valid.").with("BucketName", name)
}

/// `NoSuchKey`.
pub(super) fn no_such_key(key: &str) -> ApiError {
    ApiError::new(404, "NoSuchKey", "The specified key does not exist.").with("Key", key)
}

/// `NoSuchVersion`.
pub(super) fn no_such_version(key: &str, id: &str) -> ApiError {
    ApiError::new(404, "NoSuchVersion", "The specified version does not exist.")
        .with("Key", key)
        .with("VersionId", id)
}

/// `NoSuchUpload`.
pub(super) fn no_such_upload(id: &str) -> ApiError {
    ApiError::new(
        404,
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have \
         been aborted or completed.",
    )
    .with("UploadId", id)
}

/// `MethodNotAllowed`: a delete marker was named by its version id.
pub(super) fn is_delete_marker(method: &str) -> ApiError {
    ApiError::new(
        405,
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
    )
    .with("Method", method)
    .with("ResourceType", "DeleteMarker")
    .with("x-amz-delete-marker", "true")
    .with("allow", "DELETE")
}

/// `PreconditionFailed`, naming the header that failed.
pub(super) fn precondition(header: &str) -> ApiError {
    ApiError::new(
        412,
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
    )
    .with("Condition", header)
}

/// `NotImplemented`: a header asks for something S3 itself has not.
pub(super) fn header_not_implemented(header: &str) -> ApiError {
    ApiError::new(
        501,
        "NotImplemented",
        "A header you provided implies functionality that is not implemented",
    )
    .with("Header", header)
}

/// Reads one spelling of an enumeration.
pub(super) fn spelled<T: Shaped>(text: &str) -> Option<T> {
    T::from_value(text.into()).ok()
}

//! The source of a copy: what `x-amz-copy-source` names, and whether it may be copied.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::access::Door;
use super::conditions::Conditions;
use super::errors::{argument, bad};
use super::keys::Version;
use super::object::{Object, StorageClass};
use super::permit::Permission;
use super::read::source_is_marker;
use super::store;
use sim::api::ApiError;

/// What a copy is made from.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) version_id: Option<String>,
}

impl Source {
    /// Reads `bucket/key?versionId=id`, percent-encoded, with or without a slash in front.
    ///
    /// # Errors
    /// `InvalidArgument` when it names no bucket or no key.
    pub(super) fn parse(header: &str) -> Result<Self, ApiError> {
        let (path, version_id) = match header.split_once("?versionId=") {
            Some((path, id)) => (path, Some(id.to_owned())),
            None => (header, None),
        };
        let wrong = || {
            let message =
                "Copy Source must mention the source bucket and key: sourcebucket/sourcekey";
            argument(message, "x-amz-copy-source", header)
        };
        let path = percent_decode_str(path).decode_utf8().map_err(|_| wrong())?;
        let path: Cow<'_, str> = path;
        let path = path.strip_prefix('/').unwrap_or(&path);
        match path.split_once('/') {
            Some((bucket, key)) if !bucket.is_empty() && !key.is_empty() => Ok(Self {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
                version_id: version_id.filter(|id| !id.is_empty()),
            }),
            _ => Err(wrong()),
        }
    }

    /// The object, when the caller may read it and the conditions hold.
    ///
    /// # Errors
    /// As reading it; `InvalidRequest` for a delete marker; `PreconditionFailed`.
    pub(super) fn find<'a>(
        &self,
        door: &Door<'a>,
        conditions: &Conditions<'_>,
    ) -> Result<(&'a Version, &'a Object), ApiError> {
        let actions = ("s3:GetObject", "s3:GetObjectVersion");
        let id = self.version_id.as_deref();
        let found = door.object(actions, Permission::Read, &self.key, id, "GET");
        let (version, object) =
            found.map_err(|e| if e.status == 405 { source_is_marker() } else { e })?;
        conditions.check_source(&object.content.etag, version.modified)?;
        if matches!(object.about.storage_class, StorageClass::Glacier | StorageClass::DeepArchive) {
            return Err(ApiError::new(
                403,
                "ObjectNotInActiveTierError",
                "The source object of the COPY action is not in the active tier and is only stored \
                 in Amazon S3 Glacier.",
            ));
        }
        Ok((version, object))
    }
}

/// # Errors
/// `InvalidRequest` for a source that is larger than one copy may be.
pub(super) fn check_source_size(len: u64) -> Result<(), ApiError> {
    if len > store::UPLOAD_MAX {
        return Err(bad(
            "InvalidRequest",
            format!(
                "The specified copy source is larger than the maximum allowable size for a copy \
                 source: {}",
                store::UPLOAD_MAX
            ),
        ));
    }
    Ok(())
}

/// Builds the [`Conditions`] on the source from the members of an operation.
macro_rules! source_conditions {
    ($op:expr) => {
        $crate::s3::conditions::Conditions {
            matches: $op.copy_source_if_match.as_deref(),
            none_match: $op.copy_source_if_none_match.as_deref(),
            modified_since: $op.copy_source_if_modified_since,
            unmodified_since: $op.copy_source_if_unmodified_since,
        }
    };
}
pub(super) use source_conditions;

//! `DeleteObject`.

use crate::s3::access::Door;
use crate::s3::conditions::check_delete;
use crate::s3::names;
use crate::s3::object_lock;
use crate::s3::payer::Payer;
use crate::s3::permit::Permission;
use crate::s3::store::{self, Deletion};
use base::Time;
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

sim::operation! {
    /// Removes an object: in a versioned bucket by a delete marker, and with a version id for good.
    write DeleteObject in "s3" = "DELETE /{Bucket}/{Key+}" (204);
    input {
        /// Only if it was written at this instant, in directory buckets.
        _if_match_last_modified_time: Refused<base::Time> => "IfMatchLastModifiedTime" Header("x-amz-if-match-last-modified-time"),
        /// Only if it is that long, in directory buckets.
        _if_match_size: Refused<i64> => "IfMatchSize" Header("x-amz-if-match-size"),
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The name of the object.
        key: String => "Key" Uri,
        /// The serial number and code of an authentication device.
        _mfa: Refused<String> => "MFA" Header("x-amz-mfa"),
        /// The version of the object; `null` where versioning was off.
        version_id: Option<String> => "VersionId" Query("versionId"),
        /// Whether to bypass a retention in governance mode.
        bypass_governance_retention: Option<bool> => "BypassGovernanceRetention" Header("x-amz-bypass-governance-retention"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
        /// Only if the object's entity tag is this one.
        if_match: Option<String> => "IfMatch" Header("If-Match"),
    }
    output DeleteObjectOutput {
        /// Whether a delete marker was made or removed.
        pub delete_marker: Option<bool> => "DeleteMarker" Header("x-amz-delete-marker"),
        /// The version that was removed, or that of the delete marker that was made.
        pub version_id: Option<String> => "VersionId" Header("x-amz-version-id"),
    }
    errors ["NoSuchBucket", "AccessDenied", "PreconditionFailed"]
    access itself
}

/// Whether this caller may delete this version, or the key when none is named.
///
/// # Errors
/// `AccessDenied`, `InvalidArgument`, `PreconditionFailed`, `NoSuchKey`.
pub(super) fn permit(
    door: &Door<'_>,
    key: &str,
    version_id: Option<&str>,
    if_match: Option<&str>,
    (now, bypass): (Time, bool),
) -> Result<(), ApiError> {
    names::check_key(key)?;
    match version_id {
        None => door.on_key("s3:DeleteObject", key, Some(Permission::Write), Vec::new())?,
        Some(id) => {
            let facts = vec![("s3:VersionId", id.to_owned())];
            door.on_key("s3:DeleteObjectVersion", key, None, facts)?;
        }
    }
    names::check_version_id(version_id)?;
    let current = door.bucket.keys.current(key).map(|(_, object)| object);
    check_delete(if_match, key, current)?;
    let version = version_id.and_then(|id| door.bucket.keys.find(key, id));
    let object = version.and_then(|version| version.object.as_deref());
    object.map_or(Ok(()), |o| object_lock::check_removal(door, key, &o.about.lock, now, bypass))
}

/// Deletes what [`permit`] allowed.
pub(super) fn delete(
    world: &mut World,
    cx: &Cx<'_>,
    bucket: &str,
    key: &str,
    version_id: Option<&str>,
) -> Deletion {
    match version_id {
        None => store::delete_newest(world, cx, bucket, key),
        Some(id) => store::delete_version(world, bucket, key, id),
    }
}

impl Write for DeleteObject {
    type Output = DeleteObjectOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let version_id = self.version_id.as_deref();
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let bypass = self.bypass_governance_retention == Some(true);
        permit(&door, &self.key, version_id, self.if_match.as_deref(), (cx.at, bypass))?;
        let deletion = delete(world, cx, &self.bucket, &self.key, version_id);
        Ok(DeleteObjectOutput {
            delete_marker: deletion.marker.then_some(true),
            version_id: deletion.version_id,
        })
    }
}

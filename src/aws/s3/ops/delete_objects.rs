//! `DeleteObjects`.

use super::delete_object::{delete, permit};
use crate::s3::access::Door;
use crate::s3::checksum::check_algorithm;
use crate::s3::errors::malformed_xml;
use crate::s3::listing::some;
use crate::s3::payer::Payer;
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

sim::operation! {
    /// Deletes up to 1,000 objects in one request.
    write DeleteObjects in "s3" = "POST /{Bucket}?delete";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// What to delete.
        delete: Delete => "Delete" Payload("Delete"),
        /// The serial number and code of an authentication device.
        _mfa: Refused<String> => "MFA" Header("x-amz-mfa"),
        /// Whether to bypass a retention in governance mode.
        bypass_governance_retention: Option<bool> => "BypassGovernanceRetention" Header("x-amz-bypass-governance-retention"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
        /// The checksum algorithm: `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`.
        checksum_algorithm: Option<String> => "ChecksumAlgorithm" Header("x-amz-sdk-checksum-algorithm"),
    }
    output DeleteResult {
        /// What was deleted.
        pub deleted: Option<Vec<DeletedObject>> => "Deleted" XmlFlat("Deleted"),
        /// What could not be deleted.
        pub errors: Option<Vec<DeleteError>> => "Errors" XmlFlat("Error"),
    }
    errors ["NoSuchBucket", "AccessDenied", "MalformedXML"]
 access itself
}

sim::argument! {
    /// Objects to delete.
    pub struct Delete {
        /// What to delete.
        pub(in crate::s3) objects: Vec<ObjectIdentifier> => "Objects" XmlFlat("Object"),
        /// Answer errors only.
        pub(in crate::s3) quiet: Option<bool> => "Quiet",
    }
}

sim::argument! {
    /// An object to delete.
    pub struct ObjectIdentifier {
        /// The name of the object.
        pub(in crate::s3) key: String => "Key",
        /// The version of the object; `null` where versioning was off.
        pub(in crate::s3) version_id: Option<String> => "VersionId",
        /// The entity tag, in double quotes: it changes with the content.
        pub(in crate::s3) etag: Option<String> => "ETag",
        /// Only if it was written at this instant, in directory buckets.
        pub(in crate::s3) last_modified_time: Refused<base::Time> => "LastModifiedTime",
        /// Only if it is that long, in directory buckets.
        pub(in crate::s3) size: Refused<i64> => "Size",
    }
}

sim::structure! {
    /// What was deleted.
    pub struct DeletedObject {
        /// The name of the object.
        pub key: Option<String> => "Key",
        /// The version of the object; `null` where versioning was off.
        pub version_id: Option<String> => "VersionId",
        /// Whether a delete marker was made or removed.
        pub delete_marker: Option<bool> => "DeleteMarker",
        /// The version id of the delete marker.
        pub delete_marker_version_id: Option<String> => "DeleteMarkerVersionId",
    }
}

sim::structure! {
    /// What could not be deleted, and why.
    pub struct DeleteError {
        /// The name of the object.
        pub key: Option<String> => "Key",
        /// The version of the object; `null` where versioning was off.
        pub version_id: Option<String> => "VersionId",
        /// The error code.
        pub code: Option<String> => "Code",
        /// What went wrong.
        pub message: Option<String> => "Message",
    }
}

/// One request deletes at most this many.
const OBJECTS_MAX: usize = 1000;

impl Write for DeleteObjects {
    type Output = DeleteResult;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        check_algorithm(self.checksum_algorithm.as_deref())?;
        let owner = self.expected_bucket_owner.as_deref();
        Door::open(world, cx, &self.bucket, owner)?;
        let objects = &self.delete.objects;
        if objects.is_empty() || objects.len() > OBJECTS_MAX {
            return Err(malformed_xml());
        }
        let bypass = self.bypass_governance_retention == Some(true);
        let mut deleted = Vec::new();
        let mut errors = Vec::new();
        for object in objects {
            let version_id = object.version_id.as_deref().filter(|id| !id.is_empty());
            let door = Door::open(world, cx, &self.bucket, owner)?;
            match permit(&door, &object.key, version_id, object.etag.as_deref(), (cx.at, bypass)) {
                Ok(()) => {
                    let done = delete(world, cx, &self.bucket, &object.key, version_id);
                    deleted.push(DeletedObject {
                        key: Some(object.key.clone()),
                        version_id: version_id.map(str::to_owned),
                        delete_marker: done.marker.then_some(true),
                        delete_marker_version_id: done.version_id.filter(|_| done.marker),
                    });
                }
                Err(error) => errors.push(DeleteError {
                    key: Some(object.key.clone()),
                    version_id: version_id.map(str::to_owned),
                    code: Some(error.code),
                    message: Some(error.message),
                }),
            }
        }
        if self.delete.quiet.unwrap_or(false) {
            deleted.clear();
        }
        Ok(DeleteResult { deleted: some(deleted), errors: some(errors) })
    }
}

//! `PutObjectTagging`, `GetObjectTagging`, `DeleteObjectTagging`.

use super::shapes::{self, Tag};
use crate::s3;
use crate::s3::access::Door;
use crate::s3::checksum::DocumentSums;
use crate::s3::errors::no_such_key;
use crate::s3::names::{self, Tagged};
use crate::s3::payer::Payer;
use crate::s3::permit::Permission;
use crate::s3::store;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Sets the tags of an object.
    write PutObjectTagging in "s3" = "PUT /{Bucket}/{Key+}?tagging";
    input {
        ..sums: DocumentSums,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The name of the object.
        key: String => "Key" Uri,
        /// The version of the object; `null` where versioning was off.
        version_id: Option<String> => "VersionId" Query("versionId"),
        /// The tags.
        tagging: shapes::Tagging => "Tagging" Payload("Tagging"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
    output PutObjectTaggingOutput {
        /// The version of the object; `null` where versioning was off.
        pub version_id: Option<String> => "VersionId" Header("x-amz-version-id"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchKey", "NoSuchVersion", "InvalidTag", "BadRequest"]
    access itself
}

sim::operation! {
    /// Returns the tags of an object.
    read GetObjectTagging in "s3" = "GET /{Bucket}/{Key+}?tagging";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The name of the object.
        key: String => "Key" Uri,
        /// The version of the object; `null` where versioning was off.
        version_id: Option<String> => "VersionId" Query("versionId"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
    output Tagging {
        /// The version of the object; `null` where versioning was off.
        pub version_id: Option<String> => "VersionId" Header("x-amz-version-id"),
        /// The tags.
        pub tag_set: Vec<Tag> => "TagSet" XmlList("TagSet", "Tag"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchKey", "NoSuchVersion"]
    access itself
}

sim::operation! {
    /// Removes the tags of an object.
    write DeleteObjectTagging in "s3" = "DELETE /{Bucket}/{Key+}?tagging" (204);
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The name of the object.
        key: String => "Key" Uri,
        /// The version of the object; `null` where versioning was off.
        version_id: Option<String> => "VersionId" Query("versionId"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output DeleteObjectTaggingOutput {
        /// The version of the object; `null` where versioning was off.
        pub version_id: Option<String> => "VersionId" Header("x-amz-version-id"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchKey", "NoSuchVersion"]
    access itself
}

/// The version whose tags are asked for, when the caller may do `actions` with it. No ACL opens tags.
fn version(
    door: &Door<'_>,
    actions: (&str, &str),
    key: &str,
    id: Option<&str>,
    method: &str,
) -> Result<(Option<String>, Vec<Tag>), ApiError> {
    let (version, object) = door.object(actions, Permission::FullControl, key, id, method)?;
    Ok((store::shown_id(door.bucket, version), object.about.tags.clone()))
}

fn set(
    world: &mut World,
    bucket: &str,
    key: &str,
    id: Option<&str>,
    tags: Vec<Tag>,
) -> Result<(), ApiError> {
    let object = world
        .get_mut::<s3::State>()
        .buckets
        .get_mut(bucket)
        .and_then(|b| b.keys.object_mut(key, id));
    object.ok_or_else(|| no_such_key(key))?.about.tags = tags;
    Ok(())
}

impl Write for PutObjectTagging {
    type Output = PutObjectTaggingOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.sums.check()?;
        let id = self.version_id.as_deref();
        let actions = ("s3:PutObjectTagging", "s3:PutObjectVersionTagging");
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let (version_id, _) = version(&door, actions, &self.key, id, "PUT")?;
        names::check_tags(&self.tagging.tag_set, Tagged::Object)?;
        set(world, &self.bucket, &self.key, id, self.tagging.tag_set)?;
        Ok(PutObjectTaggingOutput { version_id })
    }
}

impl Read for GetObjectTagging {
    type Output = Tagging;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let actions = ("s3:GetObjectTagging", "s3:GetObjectVersionTagging");
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let id = self.version_id.as_deref();
        let (version_id, tag_set) = version(&door, actions, &self.key, id, "GET")?;
        Ok(Tagging { version_id, tag_set })
    }
}

impl Write for DeleteObjectTagging {
    type Output = DeleteObjectTaggingOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = self.version_id.as_deref();
        let actions = ("s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging");
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let (version_id, _) = version(&door, actions, &self.key, id, "DELETE")?;
        set(world, &self.bucket, &self.key, id, Vec::new())?;
        Ok(DeleteObjectTaggingOutput { version_id })
    }
}

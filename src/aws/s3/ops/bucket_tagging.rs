//! `PutBucketTagging`, `GetBucketTagging`, `DeleteBucketTagging`.

use super::shapes::{self, Tag};
use crate::s3;
use crate::s3::access::Door;
use crate::s3::checksum::DocumentSums;
use crate::s3::errors::no_such_bucket;
use crate::s3::names::{self, Tagged};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Sets the tags of a bucket.
    write PutBucketTagging in "s3" = "PUT /{Bucket}?tagging" (204);
    input {
        ..sums: DocumentSums,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The tags.
        tagging: shapes::Tagging => "Tagging" Payload("Tagging"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output PutBucketTaggingOutput {}
    errors ["NoSuchBucket", "AccessDenied", "InvalidTag", "MalformedXML"]
    access itself
}

sim::operation! {
    /// Returns the tags of a bucket.
    read GetBucketTagging in "s3" = "GET /{Bucket}?tagging";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output Tagging {
        /// The tags.
        pub tag_set: Vec<Tag> => "TagSet" XmlList("TagSet", "Tag"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchTagSet"]
    access itself
}

sim::operation! {
    /// Removes the tags of a bucket.
    write DeleteBucketTagging in "s3" = "DELETE /{Bucket}?tagging" (204);
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output DeleteBucketTaggingOutput {}
    errors ["NoSuchBucket", "AccessDenied"]
    access itself
}

impl Write for PutBucketTagging {
    type Output = PutBucketTaggingOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.sums.check()?;
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:PutBucketTagging")?;
        names::check_tags(&self.tagging.tag_set, Tagged::Bucket)?;
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        bucket.ok_or_else(|| no_such_bucket(&self.bucket))?.tags = self.tagging.tag_set;
        Ok(PutBucketTaggingOutput {})
    }
}

impl Read for GetBucketTagging {
    type Output = Tagging;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:GetBucketTagging")?;
        if door.bucket.tags.is_empty() {
            return Err(ApiError::new(404, "NoSuchTagSet", "The TagSet does not exist")
                .with("BucketName", self.bucket.as_str()));
        }
        Ok(Tagging { tag_set: door.bucket.tags.clone() })
    }
}

impl Write for DeleteBucketTagging {
    type Output = DeleteBucketTaggingOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:PutBucketTagging")?;
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        bucket.ok_or_else(|| no_such_bucket(&self.bucket))?.tags = Vec::new();
        Ok(DeleteBucketTaggingOutput {})
    }
}

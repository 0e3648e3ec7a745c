//! `PutPublicAccessBlock`, `GetPublicAccessBlock`, `DeletePublicAccessBlock`.

use crate::s3;
use crate::s3::access::Door;
use crate::s3::checksum::DocumentSums;
use crate::s3::errors::no_such_bucket;
use crate::s3::state::PublicAccess;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Sets the public access block of a bucket.
    write PutPublicAccessBlock in "s3" = "PUT /{Bucket}?publicAccessBlock";
    input {
        ..sums: DocumentSums,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The four settings.
        public_access_block_configuration: PublicAccessBlockConfiguration => "PublicAccessBlockConfiguration" Payload("PublicAccessBlockConfiguration"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output PutPublicAccessBlockOutput {}
    errors ["NoSuchBucket", "AccessDenied"]
    access itself
}

sim::operation! {
    /// Returns the public access block of a bucket.
    read GetPublicAccessBlock in "s3" = "GET /{Bucket}?publicAccessBlock";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output GetPublicAccessBlockOutput {
        /// The four settings.
        pub public_access_block_configuration: Option<PublicAccessBlockConfiguration> => "PublicAccessBlockConfiguration" Payload("PublicAccessBlockConfiguration"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchPublicAccessBlockConfiguration"]
    access itself
}

sim::operation! {
    /// Removes the public access block of a bucket.
    write DeletePublicAccessBlock in "s3" = "DELETE /{Bucket}?publicAccessBlock" (204);
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output DeletePublicAccessBlockOutput {}
    errors ["NoSuchBucket", "AccessDenied"]
    access itself
}

sim::structure! {
    /// The four settings of a public access block.
    pub struct PublicAccessBlockConfiguration {
        /// Refuse ACLs that are public.
        pub block_public_acls: Option<bool> => "BlockPublicAcls",
        /// Take no notice of public ACLs.
        pub ignore_public_acls: Option<bool> => "IgnorePublicAcls",
        /// Refuse policies that are public.
        pub block_public_policy: Option<bool> => "BlockPublicPolicy",
        /// Keep a public policy from letting others in.
        pub restrict_public_buckets: Option<bool> => "RestrictPublicBuckets",
    }
}

impl Write for PutPublicAccessBlock {
    type Output = PutPublicAccessBlockOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.sums.check()?;
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:PutBucketPublicAccessBlock")?;
        let wanted = &self.public_access_block_configuration;
        let settings = PublicAccess {
            block_public_acls: wanted.block_public_acls.unwrap_or(false),
            ignore_public_acls: wanted.ignore_public_acls.unwrap_or(false),
            block_public_policy: wanted.block_public_policy.unwrap_or(false),
            restrict_public_buckets: wanted.restrict_public_buckets.unwrap_or(false),
        };
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        bucket.ok_or_else(|| no_such_bucket(&self.bucket))?.public_access = Some(settings);
        Ok(PutPublicAccessBlockOutput {})
    }
}

impl Read for GetPublicAccessBlock {
    type Output = GetPublicAccessBlockOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:GetBucketPublicAccessBlock")?;
        let settings = door.bucket.public_access.ok_or_else(|| {
            ApiError::new(
                404,
                "NoSuchPublicAccessBlockConfiguration",
                "The public access block configuration was not found",
            )
            .with("BucketName", self.bucket.as_str())
        })?;
        Ok(GetPublicAccessBlockOutput {
            public_access_block_configuration: Some(PublicAccessBlockConfiguration {
                block_public_acls: Some(settings.block_public_acls),
                ignore_public_acls: Some(settings.ignore_public_acls),
                block_public_policy: Some(settings.block_public_policy),
                restrict_public_buckets: Some(settings.restrict_public_buckets),
            }),
        })
    }
}

impl Write for DeletePublicAccessBlock {
    type Output = DeletePublicAccessBlockOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:PutBucketPublicAccessBlock")?;
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        bucket.ok_or_else(|| no_such_bucket(&self.bucket))?.public_access = None;
        Ok(DeletePublicAccessBlockOutput {})
    }
}

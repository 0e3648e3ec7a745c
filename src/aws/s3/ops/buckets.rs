//! `HeadBucket`, `DeleteBucket`, `ListBuckets`, `GetBucketLocation`.

use crate::s3;
use std::ops::Bound;

use super::shapes::Owner;
use crate::s3::access::{Door, on_account};
use crate::s3::acl::to_owner;
use crate::s3::errors::argument;
use crate::s3::identifiers::{bucket_arn, owner_id};
use crate::s3::listing;
use crate::s3::permit::Permission;
use base::Time;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Tells whether a bucket exists and may be used.
    read HeadBucket in "s3" = "HEAD /{Bucket}";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output HeadBucketOutput {
        /// The ARN of the bucket.
        pub bucket_arn: Option<String> => "BucketArn" Header("x-amz-bucket-arn"),
        /// The region of the bucket.
        pub bucket_region: Option<String> => "BucketRegion" Header("x-amz-bucket-region"),
    }
    errors ["NoSuchBucket"]
    access itself
    waiters [
        waiter("BucketExists", 5, 20, &[success(Status(200)), success(Status(301)), success(Status(403)), retry(Status(404))]),
        waiter("BucketNotExists", 5, 20, &[success(Status(404))]),
    ]
}

sim::operation! {
    /// Deletes a bucket. It must be empty: no objects, versions or delete markers.
    write DeleteBucket in "s3" = "DELETE /{Bucket}" (204);
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output DeleteBucketOutput {}
    errors ["NoSuchBucket", "AccessDenied", "BucketNotEmpty"]
    access itself
}

sim::operation! {
    /// Lists the buckets of the account.
    read ListBuckets in "s3" = "GET /";
    input {
        /// How many buckets to answer at most, from 1 to 10,000.
        max_buckets: Option<i64> => "MaxBuckets" Query("max-buckets"),
        /// Where an earlier answer left off.
        continuation_token: Option<String> => "ContinuationToken" Query("continuation-token"),
        /// Only names that begin with this.
        prefix: Option<String> => "Prefix" Query("prefix"),
        /// The region of the bucket.
        bucket_region: Option<String> => "BucketRegion" Query("bucket-region"),
    }
    output ListAllMyBucketsResult {
        /// The buckets, in order of their names.
        pub buckets: Vec<BucketEntry> => "Buckets" XmlList("Buckets", "Bucket"),
        /// Who owns it.
        pub owner: Option<Owner> => "Owner",
        /// Where an earlier answer left off.
        pub continuation_token: Option<String> => "ContinuationToken",
        /// Only names that begin with this.
        pub prefix: Option<String> => "Prefix",
    }
    errors ["AccessDenied", "InvalidArgument"]
    access itself
    pages {
        input: &["ContinuationToken"],
        output: &["ContinuationToken"],
        limit: Some("MaxBuckets"),
        results: &["Buckets"],
        shown: &["Owner", "Prefix"],
    }
}

sim::structure! {
    /// One bucket of a listing.
    pub struct BucketEntry {
        /// The name of the bucket.
        pub name: Option<String> => "Name",
        /// When the bucket was created.
        pub creation_date: Option<Time> => "CreationDate",
        /// The region of the bucket.
        pub bucket_region: Option<String> => "BucketRegion",
        /// The ARN of the bucket.
        pub bucket_arn: Option<String> => "BucketArn",
    }
}

sim::operation! {
    /// Returns the region of a bucket.
    read GetBucketLocation in "s3" = "GET /{Bucket}?location";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output LocationConstraint {
        /// The region; none stands for us-east-1.
        pub location_constraint: Option<String> => "LocationConstraint" Xml(""),
    }
    errors ["NoSuchBucket", "AccessDenied"]
    access itself
}

impl Read for HeadBucket {
    type Output = HeadBucketOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket_or("s3:ListBucket", Permission::Read, Vec::new())?;
        Ok(HeadBucketOutput {
            bucket_arn: Some(bucket_arn(&self.bucket)),
            bucket_region: Some(door.bucket.region.clone()),
        })
    }
}

impl Write for DeleteBucket {
    type Output = DeleteBucketOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:DeleteBucket")?;
        if !door.bucket.keys.is_empty() {
            // S3 says the second sentence where versions are what is left.
            let message = if door.bucket.keys.next_live(Bound::Unbounded).is_some() {
                "The bucket you tried to delete is not empty"
            } else {
                "The bucket you tried to delete is not empty. You must delete all versions in the \
                 bucket."
            };
            return Err(
                ApiError::new(409, "BucketNotEmpty", message).with("BucketName", self.bucket)
            );
        }
        world.get_mut::<s3::State>().buckets.remove(&self.bucket);
        Ok(DeleteBucketOutput {})
    }
}

/// A page of buckets has at most this many, and so has a list that is not paged.
const BUCKETS_PAGE: i64 = 10_000;

impl Read for ListBuckets {
    type Output = ListAllMyBucketsResult;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        on_account(world, cx, "s3:ListAllMyBuckets", "arn:aws:s3:::*")?;
        let most = self.max_buckets.unwrap_or(BUCKETS_PAGE);
        if !(1..=BUCKETS_PAGE).contains(&most) {
            let message = "Argument max-buckets must be an integer between 1 and 10000";
            return Err(argument(message, "max-buckets", most.to_string()));
        }
        let most = usize::try_from(most).unwrap_or(1);
        let prefix = self.prefix.clone().unwrap_or_default();
        let after = self.continuation_token.as_deref().map(listing::after_token).transpose()?;
        let from = match &after {
            Some(after) if *after >= prefix => Bound::Excluded(after.as_str()),
            _ => Bound::Included(prefix.as_str()),
        };
        let mut buckets = Vec::new();
        let mut next = None;
        let all = world.get::<s3::State>().buckets.range::<str, _>((from, Bound::Unbounded));
        for (name, bucket) in all.take_while(|(name, _)| name.starts_with(&prefix)) {
            if self.bucket_region.as_ref().is_some_and(|region| *region != bucket.region) {
                continue;
            }
            if buckets.len() == most {
                next = buckets
                    .last()
                    .map(|b: &BucketEntry| listing::token(b.name.as_deref().unwrap_or_default()));
                break;
            }
            buckets.push(BucketEntry {
                name: Some(name.clone()),
                creation_date: Some(bucket.created),
                // S3 tells the region and the ARN only in paged answers.
                bucket_region: self.max_buckets.map(|_| bucket.region.clone()),
                bucket_arn: self.max_buckets.map(|_| bucket_arn(name)),
            });
        }
        Ok(ListAllMyBucketsResult {
            buckets,
            owner: Some(to_owner(owner_id(&world.config().account))),
            continuation_token: next,
            prefix: self.prefix,
        })
    }
}

impl Read for GetBucketLocation {
    type Output = LocationConstraint;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:GetBucketLocation")?;
        let region = &door.bucket.region;
        Ok(LocationConstraint {
            location_constraint: (region != "us-east-1").then(|| region.clone()),
        })
    }
}

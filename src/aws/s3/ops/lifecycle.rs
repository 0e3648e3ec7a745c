//! `PutBucketLifecycleConfiguration`, `GetBucketLifecycleConfiguration`, `DeleteBucketLifecycle`.
//!
//! What the rules do is in [`lifecycle`].

use super::lifecycle_rules;
use super::lifecycle_shapes::{BucketLifecycleConfiguration, LifecycleRule};
use crate::s3;
use crate::s3::access::Door;
use crate::s3::checksum::check_algorithm;
use crate::s3::errors::{header_not_implemented, malformed_xml, no_such_bucket};
use crate::s3::lifecycle;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Sets the lifecycle rules of a bucket. They are applied at midnight.
    write PutBucketLifecycleConfiguration in "s3" = "PUT /{Bucket}?lifecycle";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The checksum algorithm: `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`.
        checksum_algorithm: Option<String> => "ChecksumAlgorithm" Header("x-amz-sdk-checksum-algorithm"),
        /// The rules.
        lifecycle_configuration: Option<BucketLifecycleConfiguration> => "LifecycleConfiguration" Payload("LifecycleConfiguration"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// The object size from which transitions apply by default.
        transition_default_minimum_object_size: Option<String> => "TransitionDefaultMinimumObjectSize" Header("x-amz-transition-default-minimum-object-size"),
    }
    output PutBucketLifecycleConfigurationOutput {
        /// The object size from which transitions apply by default.
        pub transition_default_minimum_object_size: Option<String> => "TransitionDefaultMinimumObjectSize" Header("x-amz-transition-default-minimum-object-size"),
    }
    errors ["NoSuchBucket", "AccessDenied", "MalformedXML", "InvalidArgument", "InvalidRequest"]
    access itself
}

sim::operation! {
    /// Returns the lifecycle rules of a bucket.
    read GetBucketLifecycleConfiguration in "s3" = "GET /{Bucket}?lifecycle";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output LifecycleConfiguration {
        /// The rules.
        pub rules: Option<Vec<LifecycleRule>> => "Rules" XmlFlat("Rule"),
        /// The object size from which transitions apply by default.
        pub transition_default_minimum_object_size: Option<String> => "TransitionDefaultMinimumObjectSize" Header("x-amz-transition-default-minimum-object-size"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchLifecycleConfiguration"]
    access itself
}

sim::operation! {
    /// Removes the lifecycle rules of a bucket.
    write DeleteBucketLifecycle in "s3" = "DELETE /{Bucket}?lifecycle" (204);
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output DeleteBucketLifecycleOutput {}
    errors ["NoSuchBucket", "AccessDenied"]
    access itself
}

const MINIMUM_SIZE: &str = "all_storage_classes_128K";

impl Write for PutBucketLifecycleConfiguration {
    type Output = PutBucketLifecycleConfigurationOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        check_algorithm(self.checksum_algorithm.as_deref())?;
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:PutLifecycleConfiguration")?;
        let minimum = self.transition_default_minimum_object_size.as_deref();
        if minimum.is_some_and(|size| size != MINIMUM_SIZE) {
            return Err(header_not_implemented("x-amz-transition-default-minimum-object-size"));
        }
        let document = self.lifecycle_configuration.ok_or_else(malformed_xml)?;
        let mut rules = document.rules;
        lifecycle_rules::check(&rules)?;
        let (s3, rng) = world.parts::<s3::State>();
        let bucket = s3.buckets.get_mut(&self.bucket);
        let bucket = bucket.ok_or_else(|| no_such_bucket(&self.bucket))?;
        for rule in rules.iter_mut().filter(|rule| rule.id.is_none()) {
            rule.id = Some(crate::s3::names::rule_id(rng));
        }
        bucket.lifecycle = Some(rules);
        lifecycle::arrange(world);
        Ok(PutBucketLifecycleConfigurationOutput {
            transition_default_minimum_object_size: Some(MINIMUM_SIZE.into()),
        })
    }
}

impl Read for GetBucketLifecycleConfiguration {
    type Output = LifecycleConfiguration;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:GetLifecycleConfiguration")?;
        let rules = door.bucket.lifecycle.as_ref().ok_or_else(|| {
            ApiError::new(
                404,
                "NoSuchLifecycleConfiguration",
                "The lifecycle configuration does not exist",
            )
            .with("BucketName", self.bucket.as_str())
        })?;
        Ok(LifecycleConfiguration {
            rules: Some(rules.clone()),
            transition_default_minimum_object_size: Some(MINIMUM_SIZE.into()),
        })
    }
}

impl Write for DeleteBucketLifecycle {
    type Output = DeleteBucketLifecycleOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:PutLifecycleConfiguration")?;
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        bucket.ok_or_else(|| no_such_bucket(&self.bucket))?.lifecycle = None;
        Ok(DeleteBucketLifecycleOutput {})
    }
}

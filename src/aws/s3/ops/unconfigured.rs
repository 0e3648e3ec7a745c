//! Settings that no bucket has here, and what S3 answers of a bucket that never had them:
//! `GetBucketRequestPayment`, `GetBucketAccelerateConfiguration`, `GetBucketLogging`,
//! `GetBucketWebsite`, `GetBucketReplication`,
//! `GetBucketNotificationConfiguration`.
//!
//! Tools that manage buckets read them all. The operations that would set them do not exist.

use crate::s3::access::Door;
use crate::s3::payer::Payer;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::operation! {
    /// Returns who pays for requests to a bucket.
    read GetBucketRequestPayment in "s3" = "GET /{Bucket}?requestPayment";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output RequestPaymentConfiguration {
        /// Who pays for requests.
        pub payer: Option<String> => "Payer",
    }
    errors ["NoSuchBucket", "AccessDenied"]
    access itself
}

sim::operation! {
    /// Returns the transfer acceleration of a bucket.
    read GetBucketAccelerateConfiguration in "s3" = "GET /{Bucket}?accelerate";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
    output AccelerateConfiguration {
        /// Nothing: acceleration was never configured.
        pub status: Option<String> => "Status",
    }
    errors ["NoSuchBucket", "AccessDenied"]
    access itself
}

/// Builds an operation that takes a bucket and answers nothing, or that it has no such thing.
macro_rules! unconfigured {
    ($(#[doc = $doc:literal])* $name:ident = $http:literal, $output:ident, $action:literal,
     [$($code:literal: $message:literal)?]) => {
        sim::operation! {
            $(#[doc = $doc])*
            read $name in "s3" = $http;
            input {
                /// The name of the bucket.
                bucket: String => "Bucket" Uri,
                /// The account id that must own the bucket; the request fails when another does.
                expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
            }
            output $output {}
            errors ["NoSuchBucket", "AccessDenied" $(, $code)?]
            access itself
        }

        impl Read for $name {
            type Output = $output;
            fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
                let owner = self.expected_bucket_owner.as_deref();
                let door = Door::open(world, cx, &self.bucket, owner)?;
                door.on_bucket($action)?;
                $(return Err(
                    ApiError::new(404, $code, $message).with("BucketName", self.bucket.as_str())
                );)?
                #[allow(unreachable_code, reason = "where there is no code, this is the answer")]
                Ok($output {})
            }
        }
    };
}

unconfigured! {
    /// Returns the logging of a bucket.
    GetBucketLogging = "GET /{Bucket}?logging", BucketLoggingStatus, "s3:GetBucketLogging", []
}

unconfigured! {
    /// Returns the notifications of a bucket.
    GetBucketNotificationConfiguration = "GET /{Bucket}?notification", NotificationConfiguration,
    "s3:GetBucketNotification", []
}

unconfigured! {
    /// Returns the website of a bucket.
    GetBucketWebsite = "GET /{Bucket}?website", WebsiteConfiguration, "s3:GetBucketWebsite",
    ["NoSuchWebsiteConfiguration":
     "The specified bucket does not have a website configuration"]
}

unconfigured! {
    /// Returns the replication of a bucket.
    GetBucketReplication = "GET /{Bucket}?replication", ReplicationConfiguration,
    "s3:GetReplicationConfiguration",
    ["ReplicationConfigurationNotFoundError": "The replication configuration was not found"]
}

impl Read for GetBucketRequestPayment {
    type Output = RequestPaymentConfiguration;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:GetBucketRequestPayment")?;
        Ok(RequestPaymentConfiguration { payer: Some("BucketOwner".into()) })
    }
}

impl Read for GetBucketAccelerateConfiguration {
    type Output = AccelerateConfiguration;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:GetAccelerateConfiguration")?;
        Ok(AccelerateConfiguration { status: None })
    }
}

//! `PutBucketCors`, `GetBucketCors`, `DeleteBucketCors`.
//!
//! [`CrossOrigin`](super::cross_origin::CrossOrigin) judges requests by the rules.

use super::cross_origin::METHODS;
use super::shapes::{self, CORSRule};
use crate::s3;
use crate::s3::access::Door;
use crate::s3::checksum::DocumentSums;
use crate::s3::errors::{malformed_xml, no_such_bucket, request};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Sets the cross-origin rules of a bucket.
    write PutBucketCors in "s3" = "PUT /{Bucket}?cors";
    input {
        ..sums: DocumentSums,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The rules.
        cors_configuration: shapes::CORSConfiguration => "CORSConfiguration" Payload("CORSConfiguration"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output PutBucketCorsOutput {}
    errors ["NoSuchBucket", "AccessDenied", "MalformedXML", "InvalidRequest"]
    access itself
}

sim::operation! {
    /// Returns the cross-origin rules of a bucket.
    read GetBucketCors in "s3" = "GET /{Bucket}?cors";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output CORSConfiguration {
        /// The rules.
        pub cors_rules: Option<Vec<CORSRule>> => "CORSRules" XmlFlat("CORSRule"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchCORSConfiguration"]
    access itself
}

sim::operation! {
    /// Removes the cross-origin rules of a bucket.
    write DeleteBucketCors in "s3" = "DELETE /{Bucket}?cors" (204);
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output DeleteBucketCorsOutput {}
    errors ["NoSuchBucket", "AccessDenied"]
    access itself
}

const RULES_MAX: usize = 100;

fn check(rules: &[CORSRule]) -> Result<(), ApiError> {
    if rules.is_empty() || rules.len() > RULES_MAX {
        return Err(malformed_xml());
    }
    for rule in rules {
        if rule.allowed_methods.is_empty() || rule.allowed_origins.is_empty() {
            return Err(malformed_xml());
        }
        if let Some(method) = rule.allowed_methods.iter().find(|m| !METHODS.contains(&m.as_str())) {
            return Err(request(format!(
                "Found unsupported HTTP method in CORS config. Unsupported method is {method}"
            )));
        }
        if let Some(origin) = rule.allowed_origins.iter().find(|o| o.matches('*').count() > 1) {
            return Err(request(format!(
                "AllowedOrigin \"{origin}\" can not have more than one wildcard."
            )));
        }
        if let Some(header) = rule.allowed_headers.iter().find(|h| h.matches('*').count() > 1) {
            return Err(request(format!(
                "AllowedHeader \"{header}\" can not have more than one wildcard."
            )));
        }
        if let Some(header) = rule.expose_headers.iter().find(|h| h.contains('*')) {
            return Err(request(format!(
                "ExposeHeader \"{header}\" contains wildcard. We currently do not support wildcard \
                 for ExposeHeader."
            )));
        }
    }
    Ok(())
}

impl Write for PutBucketCors {
    type Output = PutBucketCorsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.sums.check()?;
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:PutBucketCORS")?;
        let rules = self.cors_configuration.cors_rules;
        check(&rules)?;
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        bucket.ok_or_else(|| no_such_bucket(&self.bucket))?.cors = Some(rules);
        Ok(PutBucketCorsOutput {})
    }
}

impl Read for GetBucketCors {
    type Output = CORSConfiguration;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:GetBucketCORS")?;
        let cors = door.bucket.cors.as_ref().ok_or_else(|| {
            ApiError::new(404, "NoSuchCORSConfiguration", "The CORS configuration does not exist")
                .with("BucketName", self.bucket.as_str())
        })?;
        Ok(CORSConfiguration { cors_rules: Some(cors.clone()) })
    }
}

impl Write for DeleteBucketCors {
    type Output = DeleteBucketCorsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:PutBucketCORS")?;
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        bucket.ok_or_else(|| no_such_bucket(&self.bucket))?.cors = None;
        Ok(DeleteBucketCorsOutput {})
    }
}

//! `GetBucketEncryption`, `PutBucketEncryption`, `DeleteBucketEncryption`.

use crate::s3;
use crate::s3::access::Door;
use crate::s3::checksum::DocumentSums;
use crate::s3::draft::encryption;
use crate::s3::errors::{malformed_xml, no_such_bucket};
use crate::s3::object::Encryption;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Returns the default encryption of a bucket.
    read GetBucketEncryption in "s3" = "GET /{Bucket}?encryption";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output GetBucketEncryptionOutput {
        /// The default encryption of new objects.
        pub server_side_encryption_configuration: Option<ServerSideEncryptionConfiguration> => "ServerSideEncryptionConfiguration" Payload("ServerSideEncryptionConfiguration"),
    }
    errors ["NoSuchBucket", "AccessDenied"]
    access itself
}

sim::operation! {
    /// Sets the default encryption of a bucket.
    write PutBucketEncryption in "s3" = "PUT /{Bucket}?encryption";
    input {
        ..sums: DocumentSums,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The default encryption of new objects.
        server_side_encryption_configuration: ServerSideEncryptionConfiguration => "ServerSideEncryptionConfiguration" Payload("ServerSideEncryptionConfiguration"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output PutBucketEncryptionOutput {}
    errors ["NoSuchBucket", "AccessDenied", "MalformedXML", "InvalidArgument"]
    access itself
}

sim::operation! {
    /// Sets the default encryption of a bucket back to `AES256`.
    write DeleteBucketEncryption in "s3" = "DELETE /{Bucket}?encryption" (204);
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
    }
    output DeleteBucketEncryptionOutput {}
    errors ["NoSuchBucket", "AccessDenied"]
    access itself
}

sim::structure! {
    /// The default encryption of a bucket.
    pub struct ServerSideEncryptionConfiguration {
        /// The rules.
        pub rules: Vec<ServerSideEncryptionRule> => "Rules" XmlFlat("Rule"),
    }
}

sim::structure! {
    /// One rule of default encryption.
    pub struct ServerSideEncryptionRule {
        /// What new objects are encrypted with.
        pub apply_server_side_encryption_by_default: Option<ServerSideEncryptionByDefault> => "ApplyServerSideEncryptionByDefault",
        /// The kinds of encryption that uploads must not ask for.
        pub blocked_encryption_types: Option<BlockedEncryptionTypes> => "BlockedEncryptionTypes",
        /// Whether an S3 Bucket Key is used with AWS KMS.
        pub bucket_key_enabled: Option<bool> => "BucketKeyEnabled",
    }
}

sim::structure! {
    /// What new objects are encrypted with.
    pub struct ServerSideEncryptionByDefault {
        /// `AES256`, `aws:kms` or `aws:kms:dsse`.
        pub sse_algorithm: String => "SSEAlgorithm",
        /// The AWS KMS key.
        pub kms_master_key_id: Option<String> => "KMSMasterKeyID",
    }
}

sim::structure! {
    /// The kinds of encryption that uploads must not ask for.
    pub struct BlockedEncryptionTypes {
        /// `SSE-C`, or `NONE`.
        pub encryption_type: Vec<String> => "EncryptionType" XmlFlat("EncryptionType"),
    }
}

impl Read for GetBucketEncryption {
    type Output = GetBucketEncryptionOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:GetEncryptionConfiguration")?;
        let encryption = &door.bucket.encryption;
        let blocked = if door.bucket.customer_keys_blocked { "SSE-C" } else { "NONE" };
        let rule = ServerSideEncryptionRule {
            apply_server_side_encryption_by_default: Some(ServerSideEncryptionByDefault {
                sse_algorithm: encryption.sse.as_str().into(),
                kms_master_key_id: encryption.key.clone(),
            }),
            blocked_encryption_types: Some(BlockedEncryptionTypes {
                encryption_type: vec![blocked.into()],
            }),
            bucket_key_enabled: Some(encryption.bucket_key),
        };
        Ok(GetBucketEncryptionOutput {
            server_side_encryption_configuration: Some(ServerSideEncryptionConfiguration {
                rules: vec![rule],
            }),
        })
    }
}

/// Whether keys of clients are blocked, where the rule says so.
fn blocks(rule: &ServerSideEncryptionRule) -> Result<Option<bool>, ApiError> {
    let Some(types) = &rule.blocked_encryption_types else { return Ok(None) };
    match types.encryption_type.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["SSE-C"] => Ok(Some(true)),
        ["NONE"] => Ok(Some(false)),
        _ => Err(malformed_xml()),
    }
}

impl Write for PutBucketEncryption {
    type Output = PutBucketEncryptionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.sums.check()?;
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:PutEncryptionConfiguration")?;
        let [rule] = &self.server_side_encryption_configuration.rules[..] else {
            return Err(malformed_xml());
        };
        let blocked = blocks(rule)?;
        let bucket_key = rule.bucket_key_enabled.unwrap_or(false);
        let chosen = match &rule.apply_server_side_encryption_by_default {
            Some(default) => {
                let key = default.kms_master_key_id.as_deref();
                Some(encryption(cx, &default.sse_algorithm, key, bucket_key)?)
            }
            None if blocked.is_some() => None,
            None => return Err(malformed_xml()),
        };
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        let bucket = bucket.ok_or_else(|| no_such_bucket(&self.bucket))?;
        if let Some(chosen) = chosen {
            bucket.encryption = chosen;
        }
        // A rule that is silent about it leaves it as it was.
        bucket.customer_keys_blocked = blocked.unwrap_or(bucket.customer_keys_blocked);
        Ok(PutBucketEncryptionOutput {})
    }
}

impl Write for DeleteBucketEncryption {
    type Output = DeleteBucketEncryptionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket("s3:PutEncryptionConfiguration")?;
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        bucket.ok_or_else(|| no_such_bucket(&self.bucket))?.encryption = Encryption::default();
        Ok(DeleteBucketEncryptionOutput {})
    }
}

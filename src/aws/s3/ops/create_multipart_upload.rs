//! `CreateMultipartUpload`.

use crate::s3;
use std::collections::BTreeMap;

use crate::s3::access::Door;
use crate::s3::checksum::multipart_kind;
use crate::s3::draft::draft;
use crate::s3::errors::no_such_bucket;
use crate::s3::names;
use crate::s3::state::Upload;
use sim::api::{ApiError, Write};
use sim::{Cx, World};

sim::operation! {
    /// Begins a multipart upload and answers its id.
    write CreateMultipartUpload in "s3" = "POST /{Bucket}/{Key+}?uploads";
    input {
        /// A canned access control list, such as `private` or `public-read`.
        acl: Option<String> => "ACL" Header("x-amz-acl"),
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// How caches treat the content.
        cache_control: Option<String> => "CacheControl" Header("Cache-Control"),
        /// How to present the content.
        content_disposition: Option<String> => "ContentDisposition" Header("Content-Disposition"),
        /// The encodings to undo to get at the content.
        content_encoding: Option<String> => "ContentEncoding" Header("Content-Encoding"),
        /// The language of the content.
        content_language: Option<String> => "ContentLanguage" Header("Content-Language"),
        /// The media type of the content.
        content_type: Option<String> => "ContentType" Header("Content-Type"),
        /// When the content is no longer worth caching.
        expires: Option<String> => "Expires" Header("Expires"),
        /// Who has full control.
        grant_full_control: Option<String> => "GrantFullControl" Header("x-amz-grant-full-control"),
        /// Who may read.
        grant_read: Option<String> => "GrantRead" Header("x-amz-grant-read"),
        /// Who may read the access control list.
        grant_read_acp: Option<String> => "GrantReadACP" Header("x-amz-grant-read-acp"),
        /// Who may change the access control list.
        grant_write_acp: Option<String> => "GrantWriteACP" Header("x-amz-grant-write-acp"),
        /// The name of the object.
        key: String => "Key" Uri,
        /// User metadata: names without the `x-amz-meta-` prefix, and their values.
        metadata: BTreeMap<String, String> => "Metadata" Headers("x-amz-meta-"),
        /// How the object is encrypted at rest: `AES256`, `aws:kms` or `aws:kms:dsse`.
        server_side_encryption: Option<String> => "ServerSideEncryption" Header("x-amz-server-side-encryption"),
        /// Where the object is kept: `STANDARD`, `STANDARD_IA`, `GLACIER` and so on.
        storage_class: Option<String> => "StorageClass" Header("x-amz-storage-class"),
        /// Where a website endpoint redirects requests for this object.
        website_redirect_location: Option<String> => "WebsiteRedirectLocation" Header("x-amz-website-redirect-location"),
        /// The AWS KMS key the object is encrypted with.
        sse_kms_key_id: Option<String> => "SSEKMSKeyId" Header("x-amz-server-side-encryption-aws-kms-key-id"),
        /// Whether a bucket key stands between the object and AWS KMS.
        bucket_key_enabled: Option<bool> => "BucketKeyEnabled" Header("x-amz-server-side-encryption-bucket-key-enabled"),
        /// The tags, as URL query parameters: `a=1&b=2`.
        tagging: Option<String> => "Tagging" Header("x-amz-tagging"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// The checksum algorithm: `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`.
        checksum_algorithm: Option<String> => "ChecksumAlgorithm" Header("x-amz-checksum-algorithm"),
        /// `FULL_OBJECT`, or `COMPOSITE` for a checksum of the checksums of parts.
        checksum_type: Option<String> => "ChecksumType" Header("x-amz-checksum-type"),
    }
    output InitiateMultipartUploadResult {
        /// The name of the bucket.
        pub bucket: Option<String> => "Bucket",
        /// The name of the object.
        pub key: Option<String> => "Key",
        /// The multipart upload.
        pub upload_id: Option<String> => "UploadId",
        /// How the object is encrypted at rest: `AES256`, `aws:kms` or `aws:kms:dsse`.
        pub server_side_encryption: Option<String> => "ServerSideEncryption" Header("x-amz-server-side-encryption"),
        /// The AWS KMS key the object is encrypted with.
        pub sse_kms_key_id: Option<String> => "SSEKMSKeyId" Header("x-amz-server-side-encryption-aws-kms-key-id"),
        /// Whether a bucket key stands between the object and AWS KMS.
        pub bucket_key_enabled: Option<bool> => "BucketKeyEnabled" Header("x-amz-server-side-encryption-bucket-key-enabled"),
        /// The checksum algorithm: `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`.
        pub checksum_algorithm: Option<String> => "ChecksumAlgorithm" Header("x-amz-checksum-algorithm"),
        /// `FULL_OBJECT`, or `COMPOSITE` for a checksum of the checksums of parts.
        pub checksum_type: Option<String> => "ChecksumType" Header("x-amz-checksum-type"),
    }
    errors ["NoSuchBucket", "AccessDenied", "InvalidRequest", "InvalidStorageClass", "KeyTooLongError"]
    access itself
}

impl Write for CreateMultipartUpload {
    type Output = InitiateMultipartUploadResult;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let draft = draft!(self);
        draft.authorize(&door, &self.key, Vec::new())?;
        let about = draft.about(&door, &cx.caller.principal, &self.key)?;
        let (kind, chosen) =
            multipart_kind(self.checksum_algorithm.as_deref(), self.checksum_type.as_deref())?;
        let encryption = about.encryption.clone();
        let (s3, rng) = world.parts::<s3::State>();
        let bucket =
            s3.buckets.get_mut(&self.bucket).ok_or_else(|| no_such_bucket(&self.bucket))?;
        let id = names::upload_id(rng);
        bucket.uploads.entry(self.key.clone()).or_default().push(Upload {
            id: id.clone(),
            initiated: cx.at,
            about,
            kind,
            chosen,
            parts: BTreeMap::new(),
        });
        Ok(InitiateMultipartUploadResult {
            bucket: Some(self.bucket),
            key: Some(self.key),
            upload_id: Some(id),
            server_side_encryption: Some(encryption.sse.as_str().into()),
            sse_kms_key_id: encryption.key,
            bucket_key_enabled: encryption.bucket_key.then_some(true),
            checksum_algorithm: chosen.then(|| kind.algorithm.as_str().into()),
            checksum_type: chosen.then(|| kind.type_name().into()),
        })
    }
}

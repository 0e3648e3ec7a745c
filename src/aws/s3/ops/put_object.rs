//! `PutObject`.

use std::collections::BTreeMap;

use crate::s3::access::{Door, Facts};
use crate::s3::checksum::{answer_checksum, claim};
use crate::s3::conditions::check_write;
use crate::s3::draft::draft;
use crate::s3::state::Object;
use crate::s3::store;
use base::Blob;
use sim::api::{ApiError, Write};
use sim::{Cx, World};

sim::operation! {
    /// Adds an object to a bucket.
    write PutObject in "s3" = "PUT /{Bucket}/{Key+}";
    input {
        /// A canned access control list, such as `private` or `public-read`.
        acl: Option<String> => "ACL" Header("x-amz-acl"),
        /// The content.
        body: Option<Blob> => "Body" Payload("Body"),
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
        /// The MD5 of the body, in base64; the request fails when it differs.
        content_md5: Option<String> => "ContentMD5" Header("Content-MD5"),
        /// The media type of the content.
        content_type: Option<String> => "ContentType" Header("Content-Type"),
        /// The checksum algorithm: `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`.
        checksum_algorithm: Option<String> => "ChecksumAlgorithm" Header("x-amz-sdk-checksum-algorithm"),
        /// The CRC-32 of the content, in base64.
        checksum_crc32: Option<String> => "ChecksumCRC32" Header("x-amz-checksum-crc32"),
        /// The CRC-32C of the content, in base64.
        checksum_crc32c: Option<String> => "ChecksumCRC32C" Header("x-amz-checksum-crc32c"),
        /// The CRC-64/NVME of the content, in base64.
        checksum_crc64nvme: Option<String> => "ChecksumCRC64NVME" Header("x-amz-checksum-crc64nvme"),
        /// The SHA-1 of the content, in base64.
        checksum_sha1: Option<String> => "ChecksumSHA1" Header("x-amz-checksum-sha1"),
        /// The SHA-256 of the content, in base64.
        checksum_sha256: Option<String> => "ChecksumSHA256" Header("x-amz-checksum-sha256"),
        /// When the content is no longer worth caching.
        expires: Option<String> => "Expires" Header("Expires"),
        /// Only if the entity tag is this one.
        if_match: Option<String> => "IfMatch" Header("If-Match"),
        /// Only if the entity tag is not this one; `*` stands for any object.
        if_none_match: Option<String> => "IfNoneMatch" Header("If-None-Match"),
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
    }
    output PutObjectOutput {
        /// The entity tag, in double quotes: it changes with the content.
        pub etag: Option<String> => "ETag" Header("ETag"),
        /// The CRC-32 of the content, in base64.
        pub checksum_crc32: Option<String> => "ChecksumCRC32" Header("x-amz-checksum-crc32"),
        /// The CRC-32C of the content, in base64.
        pub checksum_crc32c: Option<String> => "ChecksumCRC32C" Header("x-amz-checksum-crc32c"),
        /// The CRC-64/NVME of the content, in base64.
        pub checksum_crc64nvme: Option<String> => "ChecksumCRC64NVME" Header("x-amz-checksum-crc64nvme"),
        /// The SHA-1 of the content, in base64.
        pub checksum_sha1: Option<String> => "ChecksumSHA1" Header("x-amz-checksum-sha1"),
        /// The SHA-256 of the content, in base64.
        pub checksum_sha256: Option<String> => "ChecksumSHA256" Header("x-amz-checksum-sha256"),
        /// `FULL_OBJECT`, or `COMPOSITE` for a checksum of the checksums of parts.
        pub checksum_type: Option<String> => "ChecksumType" Header("x-amz-checksum-type"),
        /// How the object is encrypted at rest: `AES256`, `aws:kms` or `aws:kms:dsse`.
        pub server_side_encryption: Option<String> => "ServerSideEncryption" Header("x-amz-server-side-encryption"),
        /// The version of the object; `null` where versioning was off.
        pub version_id: Option<String> => "VersionId" Header("x-amz-version-id"),
        /// The AWS KMS key the object is encrypted with.
        pub sse_kms_key_id: Option<String> => "SSEKMSKeyId" Header("x-amz-server-side-encryption-aws-kms-key-id"),
        /// Whether a bucket key stands between the object and AWS KMS.
        pub bucket_key_enabled: Option<bool> => "BucketKeyEnabled" Header("x-amz-server-side-encryption-bucket-key-enabled"),
        /// Bytes.
        pub size: Option<i64> => "Size" Header("x-amz-object-size"),
    }
    errors ["NoSuchBucket", "AccessDenied", "BadDigest", "InvalidDigest", "InvalidRequest", "InvalidStorageClass", "InvalidTag", "KeyTooLongError", "MetadataTooLarge", "PreconditionFailed", "EntityTooLarge", "AccessControlListNotSupported"]
    access itself
}

impl PutObject {
    fn facts(&self) -> Facts {
        let given = [("s3:if-match", &self.if_match), ("s3:if-none-match", &self.if_none_match)];
        given.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
    }

    /// The object to put, when everything about the request is right.
    fn object(&mut self, world: &World, cx: &Cx<'_>) -> Result<Object, ApiError> {
        let blob = self.body.take().unwrap_or_else(store::empty_blob);
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let draft = draft!(self);
        draft.authorize(&door, &self.key, self.facts())?;
        let about = draft.about(&door, &cx.caller.principal, &self.key)?;
        let current = door.bucket.keys.current(&self.key).map(|(_, object)| object);
        check_write(self.if_match.as_deref(), self.if_none_match.as_deref(), &self.key, current)?;
        Ok(Object { content: store::content(blob, &claim!(self))?, about })
    }
}

impl Write for PutObject {
    type Output = PutObjectOutput;
    fn apply(mut self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let object = self.object(world, cx)?;
        let encryption = object.about.encryption.clone();
        let mut out = PutObjectOutput {
            etag: Some(format!("\"{}\"", object.content.etag)),
            server_side_encryption: Some(encryption.sse.as_str().into()),
            sse_kms_key_id: encryption.key,
            bucket_key_enabled: encryption.bucket_key.then_some(true),
            ..PutObjectOutput::default()
        };
        if let Some(checksum) = &object.content.checksum {
            let value = Some(checksum.value.clone());
            answer_checksum!(out, checksum.kind.algorithm, value);
            out.checksum_type = Some(checksum.kind.type_name().into());
        }
        out.version_id = store::put(world, cx, &self.bucket, &self.key, Some(object));
        Ok(out)
    }
}

//! `PutObject`.

use crate::s3::access::{Door, Facts};
use crate::s3::checksum::{NewerSums, answer_checksum, claim};
use crate::s3::conditions::check_write;
use crate::s3::draft::{EncryptionAnswer, ObjectHeaders};
use crate::s3::object::Object;
use crate::s3::payer::Payer;
use crate::s3::store;
use base::Blob;
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

sim::operation! {
    /// Adds an object to a bucket.
    write PutObject in "s3" = "PUT /{Bucket}/{Key+}";
    input {
        .._newer: NewerSums,
        ..headers: ObjectHeaders,
        /// The offset to write at, in bytes; only in directory buckets.
        _write_offset_bytes: Refused<i64> => "WriteOffsetBytes" Header("x-amz-write-offset-bytes"),
        /// The content.
        body: Option<Blob> => "Body" Payload("Body"),
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The MD5 of the body, in base64; the request fails when it differs.
        content_md5: Option<String> => "ContentMD5" Header("Content-MD5"),
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
        /// Only if the object's entity tag is this one.
        if_match: Option<String> => "IfMatch" Header("If-Match"),
        /// Only if the object's entity tag is not this one; `*` stands for any object.
        if_none_match: Option<String> => "IfNoneMatch" Header("If-None-Match"),
        /// The name of the object.
        key: String => "Key" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
    output PutObjectOutput {
        ..pub encryption: EncryptionAnswer,
        /// When a lifecycle rule will delete the object, and which rule that is.
        pub expiration: Option<String> => "Expiration" Header("x-amz-expiration"),
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
        /// The version of the object; `null` where versioning was off.
        pub version_id: Option<String> => "VersionId" Header("x-amz-version-id"),
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
        self.headers.authorize(&door, &self.key, self.facts())?;
        let about = self.headers.about(&door, cx, &self.key)?;
        let current = door.bucket.keys.current(&self.key).map(|(_, object)| object);
        check_write(self.if_match.as_deref(), self.if_none_match.as_deref(), &self.key, current)?;
        let content = store::content(blob, &claim!(self), &about.encryption)?;
        Ok(Object { content, about })
    }
}

impl Write for PutObject {
    type Output = PutObjectOutput;
    fn apply(mut self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let object = self.object(world, cx)?;
        let mut out = PutObjectOutput {
            etag: Some(format!("\"{}\"", object.content.etag)),
            encryption: EncryptionAnswer::of(&object.about.encryption, &self.headers.customer),
            ..PutObjectOutput::default()
        };
        if let Some(checksum) = &object.content.checksum {
            let value = Some(checksum.value.clone());
            answer_checksum!(out, checksum.kind.algorithm, value);
            out.checksum_type = Some(checksum.kind.type_name().into());
        }
        let stored = store::put(world, cx, &self.bucket, &self.key, Some(object));
        (out.version_id, out.expiration) = (stored.version_id, stored.expiration);
        Ok(out)
    }
}

//! `GetObject`.

use std::collections::BTreeMap;

use crate::s3::read::{Found, answer, look};
use base::Time;
use base::range;
use sim::api::{ApiError, Body, Read};
use sim::{Cx, World};

sim::operation! {
    /// Retrieves an object.
    read GetObject in "s3" = "GET /{Bucket}/{Key+}";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// Only if the entity tag is this one.
        if_match: Option<String> => "IfMatch" Header("If-Match"),
        /// Only if it was written after this instant.
        if_modified_since: Option<Time> => "IfModifiedSince" Header("If-Modified-Since"),
        /// Only if the entity tag is not this one; `*` stands for any object.
        if_none_match: Option<String> => "IfNoneMatch" Header("If-None-Match"),
        /// Only if it was not written after this instant.
        if_unmodified_since: Option<Time> => "IfUnmodifiedSince" Header("If-Unmodified-Since"),
        /// The name of the object.
        key: String => "Key" Uri,
        /// Only these bytes: `bytes=0-9`, `bytes=10-`, `bytes=-10`.
        range: Option<String> => "Range" Header("Range"),
        /// Answer this `Cache-Control` header instead.
        response_cache_control: Option<String> => "ResponseCacheControl" Query("response-cache-control"),
        /// Answer this `Content-Disposition` header instead.
        response_content_disposition: Option<String> => "ResponseContentDisposition" Query("response-content-disposition"),
        /// Answer this `Content-Encoding` header instead.
        response_content_encoding: Option<String> => "ResponseContentEncoding" Query("response-content-encoding"),
        /// Answer this `Content-Language` header instead.
        response_content_language: Option<String> => "ResponseContentLanguage" Query("response-content-language"),
        /// Answer this `Content-Type` header instead.
        response_content_type: Option<String> => "ResponseContentType" Query("response-content-type"),
        /// Answer this `Expires` header instead.
        response_expires: Option<Time> => "ResponseExpires" Query("response-expires"),
        /// The version of the object; `null` where versioning was off.
        version_id: Option<String> => "VersionId" Query("versionId"),
        /// The number of the part, from 1 to 10,000.
        part_number: Option<i64> => "PartNumber" Query("partNumber"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// `ENABLED` to have the checksum answered.
        checksum_mode: Option<String> => "ChecksumMode" Header("x-amz-checksum-mode"),
    }
    output GetObjectOutput {
        /// The content.
        pub body: Body => "Body" Payload("Body"),
        /// Whether it is a delete marker.
        pub delete_marker: Option<bool> => "DeleteMarker" Header("x-amz-delete-marker"),
        /// `bytes`: ranges may be asked for.
        pub accept_ranges: Option<String> => "AcceptRanges" Header("accept-ranges"),
        /// When it was last written.
        pub last_modified: Option<Time> => "LastModified" Header("Last-Modified"),
        /// How many bytes the answer has.
        pub content_length: Option<i64> => "ContentLength" Header("Content-Length"),
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
        /// How caches treat the content.
        pub cache_control: Option<String> => "CacheControl" Header("Cache-Control"),
        /// How to present the content.
        pub content_disposition: Option<String> => "ContentDisposition" Header("Content-Disposition"),
        /// The encodings to undo to get at the content.
        pub content_encoding: Option<String> => "ContentEncoding" Header("Content-Encoding"),
        /// The language of the content.
        pub content_language: Option<String> => "ContentLanguage" Header("Content-Language"),
        /// Which bytes of how many these are.
        pub content_range: Option<String> => "ContentRange" Header("Content-Range"),
        /// The media type of the content.
        pub content_type: Option<String> => "ContentType" Header("Content-Type"),
        /// When the content is no longer worth caching.
        pub expires: Option<String> => "Expires" Header("Expires"),
        /// Where a website endpoint redirects requests for this object.
        pub website_redirect_location: Option<String> => "WebsiteRedirectLocation" Header("x-amz-website-redirect-location"),
        /// How the object is encrypted at rest: `AES256`, `aws:kms` or `aws:kms:dsse`.
        pub server_side_encryption: Option<String> => "ServerSideEncryption" Header("x-amz-server-side-encryption"),
        /// User metadata: names without the `x-amz-meta-` prefix, and their values.
        pub metadata: BTreeMap<String, String> => "Metadata" Headers("x-amz-meta-"),
        /// The AWS KMS key the object is encrypted with.
        pub sse_kms_key_id: Option<String> => "SSEKMSKeyId" Header("x-amz-server-side-encryption-aws-kms-key-id"),
        /// Whether a bucket key stands between the object and AWS KMS.
        pub bucket_key_enabled: Option<bool> => "BucketKeyEnabled" Header("x-amz-server-side-encryption-bucket-key-enabled"),
        /// Where the object is kept: `STANDARD`, `STANDARD_IA`, `GLACIER` and so on.
        pub storage_class: Option<String> => "StorageClass" Header("x-amz-storage-class"),
        /// How many parts the object was uploaded in.
        pub parts_count: Option<i64> => "PartsCount" Header("x-amz-mp-parts-count"),
        /// How many tags the object has.
        pub tag_count: Option<i64> => "TagCount" Header("x-amz-tagging-count"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchKey", "NoSuchVersion", "MethodNotAllowed", "InvalidRange", "InvalidPartNumber", "PreconditionFailed", "NotModified", "InvalidObjectState"]
    access itself
}

impl Read for GetObject {
    type Output = GetObjectOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let found: Found<'_> = look!(self, world, cx, "GET");
        found.check_state()?;
        let mut out = answer!(GetObjectOutput, self, found);
        let slices = &found.object.content.slices;
        out.body = Body(match found.span {
            None => slices.clone(),
            Some((first, last)) => range::cut(slices, first, last),
        });
        Ok(out)
    }
}

//! `CopyObject`.
//!
//! A copy shares the slices of its source. The MD5 of an object that came in parts is not known
//! here, so its copy keeps the entity tag of the source where S3 would compute a new one.

use std::collections::BTreeMap;

use crate::s3::access::{Door, Facts};
use crate::s3::acl::Permission;
use crate::s3::checksum::{self, Algorithm, answer_checksum};
use crate::s3::conditions::check_write;
use crate::s3::copy::{Source, check_source_size, source_conditions};
use crate::s3::draft::draft;
use crate::s3::errors::{argument, request};
use crate::s3::state::{Content, Object};
use crate::s3::store;
use base::Time;
use sim::api::{ApiError, Write};
use sim::{Cx, World};

sim::operation! {
    /// Makes a copy of an object.
    write CopyObject in "s3" = "PUT /{Bucket}/{Key+}";
    input {
        /// A canned access control list, such as `private` or `public-read`.
        acl: Option<String> => "ACL" Header("x-amz-acl"),
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// How caches treat the content.
        cache_control: Option<String> => "CacheControl" Header("Cache-Control"),
        /// The checksum algorithm: `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`.
        checksum_algorithm: Option<String> => "ChecksumAlgorithm" Header("x-amz-checksum-algorithm"),
        /// How to present the content.
        content_disposition: Option<String> => "ContentDisposition" Header("Content-Disposition"),
        /// The encodings to undo to get at the content.
        content_encoding: Option<String> => "ContentEncoding" Header("Content-Encoding"),
        /// The language of the content.
        content_language: Option<String> => "ContentLanguage" Header("Content-Language"),
        /// The media type of the content.
        content_type: Option<String> => "ContentType" Header("Content-Type"),
        /// What to copy: `bucket/key` or `bucket/key?versionId=id`, percent-encoded.
        copy_source: String => "CopySource" Header("x-amz-copy-source"),
        /// Only if the entity tag of the source is this one.
        copy_source_if_match: Option<String> => "CopySourceIfMatch" Header("x-amz-copy-source-if-match"),
        /// Only if the source was written after this instant.
        copy_source_if_modified_since: Option<Time> => "CopySourceIfModifiedSince" Header("x-amz-copy-source-if-modified-since"),
        /// Only if the entity tag of the source is not this one.
        copy_source_if_none_match: Option<String> => "CopySourceIfNoneMatch" Header("x-amz-copy-source-if-none-match"),
        /// Only if the source was not written after this instant.
        copy_source_if_unmodified_since: Option<Time> => "CopySourceIfUnmodifiedSince" Header("x-amz-copy-source-if-unmodified-since"),
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
        /// Only if the entity tag is this one.
        if_match: Option<String> => "IfMatch" Header("If-Match"),
        /// Only if the entity tag is not this one; `*` stands for any object.
        if_none_match: Option<String> => "IfNoneMatch" Header("If-None-Match"),
        /// The name of the object.
        key: String => "Key" Uri,
        /// User metadata: names without the `x-amz-meta-` prefix, and their values.
        metadata: BTreeMap<String, String> => "Metadata" Headers("x-amz-meta-"),
        /// `COPY` the metadata of the source, or `REPLACE` it.
        metadata_directive: Option<String> => "MetadataDirective" Header("x-amz-metadata-directive"),
        /// `COPY` the tags of the source, or `REPLACE` them.
        tagging_directive: Option<String> => "TaggingDirective" Header("x-amz-tagging-directive"),
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
        /// The tags, as URL query parameters, when the directive is `REPLACE`.
        tagging: Option<String> => "Tagging" Header("x-amz-tagging"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// The account id that must own the source bucket.
        expected_source_bucket_owner: Option<String> => "ExpectedSourceBucketOwner" Header("x-amz-source-expected-bucket-owner"),
    }
    output CopyObjectOutput {
        /// The copy.
        pub copy_object_result: Option<CopyObjectResult> => "CopyObjectResult" Payload("CopyObjectResult"),
        /// The version that was copied.
        pub copy_source_version_id: Option<String> => "CopySourceVersionId" Header("x-amz-copy-source-version-id"),
        /// The version of the object; `null` where versioning was off.
        pub version_id: Option<String> => "VersionId" Header("x-amz-version-id"),
        /// How the object is encrypted at rest: `AES256`, `aws:kms` or `aws:kms:dsse`.
        pub server_side_encryption: Option<String> => "ServerSideEncryption" Header("x-amz-server-side-encryption"),
        /// The AWS KMS key the object is encrypted with.
        pub sse_kms_key_id: Option<String> => "SSEKMSKeyId" Header("x-amz-server-side-encryption-aws-kms-key-id"),
        /// Whether a bucket key stands between the object and AWS KMS.
        pub bucket_key_enabled: Option<bool> => "BucketKeyEnabled" Header("x-amz-server-side-encryption-bucket-key-enabled"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchKey", "NoSuchVersion", "InvalidRequest", "InvalidArgument", "PreconditionFailed"]
    access itself
}

sim::structure! {
    /// A copy.
    pub struct CopyObjectResult {
        /// The entity tag, in double quotes: it changes with the content.
        pub etag: Option<String> => "ETag",
        /// When it was last written.
        pub last_modified: Option<Time> => "LastModified",
        /// `FULL_OBJECT`, or `COMPOSITE` for a checksum of the checksums of parts.
        pub checksum_type: Option<String> => "ChecksumType",
        /// The CRC-32 of the content, in base64.
        pub checksum_crc32: Option<String> => "ChecksumCRC32",
        /// The CRC-32C of the content, in base64.
        pub checksum_crc32c: Option<String> => "ChecksumCRC32C",
        /// The CRC-64/NVME of the content, in base64.
        pub checksum_crc64nvme: Option<String> => "ChecksumCRC64NVME",
        /// The SHA-1 of the content, in base64.
        pub checksum_sha1: Option<String> => "ChecksumSHA1",
        /// The SHA-256 of the content, in base64.
        pub checksum_sha256: Option<String> => "ChecksumSHA256",
    }
}

/// Whether a directive says `REPLACE`.
fn replaces(directive: Option<&str>, header: &str) -> Result<bool, ApiError> {
    match directive {
        None | Some("COPY") => Ok(false),
        Some("REPLACE") => Ok(true),
        Some(other) => {
            let kind = if header.contains("tagging") { "tagging" } else { "metadata" };
            Err(argument(format!("Unknown {kind} directive."), header, other))
        }
    }
}

/// The content of the copy.
fn content(of: &Content, algorithm: Option<Algorithm>) -> Content {
    let own = of.checksum.as_ref().map(|c| c.kind.algorithm);
    let wanted = algorithm.or(own).unwrap_or_default();
    let checksum = of
        .sums
        .as_ref()
        .and_then(|sums| sums.checksum(wanted).or_else(|| sums.checksum(Algorithm::Crc64Nvme)));
    Content { checksum, parts: Vec::new(), ..of.clone() }
}

/// What is to be put where, and from which version.
struct Plan {
    object: Object,
    source_version: Option<String>,
}

impl CopyObject {
    fn facts(&self) -> Facts {
        let mut facts = vec![("s3:x-amz-copy-source", self.copy_source.clone())];
        let given = [
            ("s3:x-amz-metadata-directive", &self.metadata_directive),
            ("s3:if-match", &self.if_match),
            ("s3:if-none-match", &self.if_none_match),
        ];
        facts.extend(given.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
        facts
    }

    /// A copy onto itself must change something.
    fn check_self(&self, source: &Source, object: &Object, meta: bool) -> Result<(), ApiError> {
        let class = object.about.storage_class.as_str();
        let changes = meta
            || source.version_id.is_some()
            || self.storage_class.as_deref().is_some_and(|wanted| wanted != class)
            || self.website_redirect_location.is_some()
            || self.server_side_encryption.is_some();
        if source.bucket == self.bucket && source.key == self.key && !changes {
            return Err(request(
                "This copy request is illegal because it is trying to copy an object to itself \
                 without changing the object's metadata, storage class, website redirect location \
                 or encryption attributes.",
            ));
        }
        Ok(())
    }

    fn plan(&self, world: &World, cx: &Cx<'_>) -> Result<Plan, ApiError> {
        let source = Source::parse(&self.copy_source)?;
        let new_meta = replaces(self.metadata_directive.as_deref(), "x-amz-metadata-directive")?;
        let new_tags = replaces(self.tagging_directive.as_deref(), "x-amz-tagging-directive")?;
        let algorithm = self.checksum_algorithm.as_deref().map(checksum::algorithm).transpose()?;
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let owner = self.expected_source_bucket_owner.as_deref();
        let from = Door::open(world, cx, &source.bucket, owner)?;
        let (version, object) = source.find(&from, &source_conditions!(self))?;
        check_source_size(object.content.len)?;
        if !new_tags && !object.about.tags.is_empty() {
            let action = if source.version_id.is_some() {
                "s3:GetObjectVersionTagging"
            } else {
                "s3:GetObjectTagging"
            };
            from.on_object(
                action,
                &source.key,
                &object.about,
                Permission::FullControl,
                Vec::new(),
            )?;
        }
        let mut draft = draft!(self);
        if !new_tags {
            draft.tagging = None;
        }
        draft.authorize(&door, &self.key, self.facts())?;
        let mut about = draft.about(&door, &cx.caller.principal, &self.key)?;
        self.check_self(&source, object, new_meta)?;
        if !new_meta {
            // The redirect is never copied.
            about.meta = object.about.meta.clone();
            about.meta.redirect.clone_from(&self.website_redirect_location);
        }
        if !new_tags {
            about.tags.clone_from(&object.about.tags);
        }
        let current = door.bucket.keys.current(&self.key).map(|(_, object)| object);
        check_write(self.if_match.as_deref(), self.if_none_match.as_deref(), &self.key, current)?;
        Ok(Plan {
            object: Object { content: content(&object.content, algorithm), about },
            source_version: store::shown_id(from.bucket, version),
        })
    }
}

impl Write for CopyObject {
    type Output = CopyObjectOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let Plan { object, source_version } = self.plan(world, cx)?;
        let mut result = CopyObjectResult {
            etag: Some(format!("\"{}\"", object.content.etag)),
            last_modified: Some(store::seconds(cx.at)),
            ..CopyObjectResult::default()
        };
        if let Some(checksum) = &object.content.checksum {
            let value = Some(checksum.value.clone());
            answer_checksum!(result, checksum.kind.algorithm, value);
            result.checksum_type = Some(checksum.kind.type_name().into());
        }
        let encryption = object.about.encryption.clone();
        Ok(CopyObjectOutput {
            copy_object_result: Some(result),
            copy_source_version_id: source_version,
            version_id: store::put(world, cx, &self.bucket, &self.key, Some(object)),
            server_side_encryption: Some(encryption.sse.as_str().into()),
            sse_kms_key_id: encryption.key,
            bucket_key_enabled: encryption.bucket_key.then_some(true),
        })
    }
}

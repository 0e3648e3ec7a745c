//! `CopyObject`.
//!
//! A copy shares the slices of its source. The MD5 of an object that came in parts is not known
//! here, so its copy keeps the entity tag of the source where S3 would compute a new one.

use crate::s3::access::{Door, Facts};
use crate::s3::checksum::{self, Algorithm, answer_checksum};
use crate::s3::conditions::check_write;
use crate::s3::copy::{Source, check_source_size, source_conditions};
use crate::s3::customer_key::SourceCustomerKey;
use crate::s3::draft::{EncryptionAnswer, ObjectHeaders};
use crate::s3::errors::{argument, request};
use crate::s3::object::{Content, Encryption, Object};
use crate::s3::payer::Payer;
use crate::s3::permit::Permission;
use crate::s3::state::Bucket;
use crate::s3::store;
use base::Time;
use sim::api::{ApiError, Write};
use sim::{Cx, World};

sim::operation! {
    /// Makes a copy of an object.
    write CopyObject in "s3" = "PUT /{Bucket}/{Key+}";
    input {
        ..headers: ObjectHeaders,
        ..source_customer: SourceCustomerKey,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The checksum algorithm: `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`.
        checksum_algorithm: Option<String> => "ChecksumAlgorithm" Header("x-amz-checksum-algorithm"),
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
        /// Only if the object's entity tag is this one.
        if_match: Option<String> => "IfMatch" Header("If-Match"),
        /// Only if the object's entity tag is not this one; `*` stands for any object.
        if_none_match: Option<String> => "IfNoneMatch" Header("If-None-Match"),
        /// The name of the object.
        key: String => "Key" Uri,
        /// `COPY` the metadata of the source, or `REPLACE` it.
        metadata_directive: Option<String> => "MetadataDirective" Header("x-amz-metadata-directive"),
        /// `COPY` the tags of the source, or `REPLACE` them.
        tagging_directive: Option<String> => "TaggingDirective" Header("x-amz-tagging-directive"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
        /// The account id that must own the source bucket.
        expected_source_bucket_owner: Option<String> => "ExpectedSourceBucketOwner" Header("x-amz-source-expected-bucket-owner"),
    }
    output CopyObjectOutput {
        ..pub encryption: EncryptionAnswer,
        /// When a lifecycle rule will delete the object, and which rule that is.
        pub expiration: Option<String> => "Expiration" Header("x-amz-expiration"),
        /// The copy.
        pub copy_object_result: Option<CopyObjectResult> => "CopyObjectResult" Payload("CopyObjectResult"),
        /// The version that was copied.
        pub copy_source_version_id: Option<String> => "CopySourceVersionId" Header("x-amz-copy-source-version-id"),
        /// The version of the object; `null` where versioning was off.
        pub version_id: Option<String> => "VersionId" Header("x-amz-version-id"),
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
    Content { checksum, parts: Vec::new(), upload_id: None, ..of.clone() }
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

    /// A copy onto itself must name something that it sets. S3 does not look whether that differs
    /// from what is there; and the encryption that a bucket was given counts as named.
    fn check_self(&self, source: &Source, bucket: &Bucket, meta: bool) -> Result<(), ApiError> {
        let changes = meta
            || source.version_id.is_some()
            || self.headers.storage_class.is_some()
            || self.headers.website_redirect_location.is_some()
            || self.headers.server_side_encryption.is_some()
            || self.headers.customer.is_given()
            || bucket.encryption != Encryption::default();
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
        self.source_customer.key().opens(cx, &object.about.encryption)?;
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
        let untagged;
        let headers = if new_tags {
            &self.headers
        } else {
            untagged = ObjectHeaders { tagging: None, ..self.headers.clone() };
            &untagged
        };
        headers.authorize(&door, &self.key, self.facts())?;
        let mut about = headers.about(&door, cx, &self.key)?;
        self.check_self(&source, door.bucket, new_meta)?;
        if !new_meta {
            // The redirect is never copied.
            about.meta = object.about.meta.clone();
            about.meta.redirect.clone_from(&self.headers.website_redirect_location);
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
        let encryption = EncryptionAnswer::of(&object.about.encryption, &self.headers.customer);
        let stored = store::put(world, cx, &self.bucket, &self.key, Some(object));
        Ok(CopyObjectOutput {
            copy_object_result: Some(result),
            copy_source_version_id: source_version,
            version_id: stored.version_id,
            expiration: stored.expiration,
            encryption,
        })
    }
}

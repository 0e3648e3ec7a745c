//! Finding an object to read: what `GetObject`, `HeadObject` and copies have in common.

use std::collections::BTreeMap;

use super::access::Door;
use super::checksum::answer_checksum;
use super::conditions::Conditions;
use super::customer_key::CustomerKey;
use super::draft::EncryptionAnswer;
use super::encoded_word::mail_safe;
use super::errors::{bad, is_delete_marker, request};
use super::keys::Version;
use super::object::{Lock, Object, StorageClass};
use super::permit::Permission;
use super::store;
use crate::s3::payer::Payer;
use base::Time;
use base::range::{self, Wanted};
use sim::api::ApiError;
use sim::{Cx, Principal, World};

/// What is asked of a reading request.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub(super) key: &'a str,
    pub(super) version_id: Option<&'a str>,
    pub(super) conditions: Conditions<'a>,
    pub(super) range: Option<&'a str>,
    pub(super) part_number: Option<i64>,
    /// `GET` or `HEAD`.
    pub(super) method: &'static str,
}

/// An object the caller may read, and which bytes of it are asked for.
pub(super) struct Found<'a> {
    pub(super) version: &'a Version,
    pub(super) object: &'a Object,
    /// The version id to report.
    pub(super) version_id: Option<String>,
    /// First and last byte; `None` is all of it.
    pub(super) span: Option<(u64, u64)>,
    /// With a part number: how many parts there are, and the checksum of this one.
    pub(super) part: Option<(i64, Option<String>)>,
    /// What the caller may see of its protection.
    pub(super) lock: Lock,
    /// When a lifecycle rule will delete the object, and which rule that is.
    pub(super) expiry: Option<String>,
}

impl<'a> Door<'a> {
    /// The version a caller names, when it is an object he may do `action` with. With a version id
    /// the action is the one on versions.
    ///
    /// # Errors
    /// `AccessDenied`, `NoSuchKey`, `NoSuchVersion`, `MethodNotAllowed`.
    pub(super) fn object(
        &self,
        actions: (&str, &str),
        permission: Permission,
        key: &str,
        version_id: Option<&str>,
        method: &str,
    ) -> Result<(&'a Version, &'a Object), ApiError> {
        let action = if version_id.is_some() { actions.1 } else { actions.0 };
        let named = match store::version(self.bucket, key, version_id) {
            Err(error) if error.status == 404 => return Err(self.missing(action, key, error)),
            other => other?,
        };
        let Some(version) = named else { return Err(self.no_key(action, key)) };
        let shown = version.id_text();
        let Some(object) = version.object.as_deref() else {
            let error = if version_id.is_some() {
                is_delete_marker(method).with("last-modified", version.modified.http_date())
            } else {
                super::errors::no_such_key(key).with("x-amz-delete-marker", "true")
            };
            return Err(self.missing(action, key, error.with("x-amz-version-id", shown)));
        };
        let facts = version_id.map(|id| ("s3:VersionId", id.to_owned())).into_iter().collect();
        self.on_object(action, key, &object.about, permission, facts)?;
        Ok((version, object))
    }

    /// The object a caller wants to read.
    ///
    /// # Errors
    /// As [`Door::object`], and what conditions and ranges come to.
    pub(super) fn look(&self, ask: &Ask<'_>) -> Result<Found<'a>, ApiError> {
        let actions = ("s3:GetObject", "s3:GetObjectVersion");
        let (version, object) =
            self.object(actions, Permission::Read, ask.key, ask.version_id, ask.method)?;
        ask.conditions.check_read(&object.content.etag, version.modified)?;
        let version_id = store::shown_id(self.bucket, version);
        let lock = self.seen_lock(ask.key, &object.about);
        let newest = self.bucket.keys.newest(ask.key).is_some_and(|v| std::ptr::eq(v, version));
        let expiry = self.bucket.expiry(ask.key, object, version.modified).filter(|_| newest);
        let mut found = Found { version, object, version_id, span: None, part: None, lock, expiry };
        match (ask.range, ask.part_number) {
            (Some(_), Some(_)) => {
                Err(request("Cannot specify both Range header and partNumber query parameter"))
            }
            (None, None) => Ok(found),
            (Some(header), None) => {
                found.span = span(header, object.content.len)?;
                Ok(found)
            }
            (None, Some(number)) => {
                found.take_part(number)?;
                Ok(found)
            }
        }
    }
}

fn span(header: &str, len: u64) -> Result<Option<(u64, u64)>, ApiError> {
    match range::parse(header, len) {
        Wanted::Whole | Wanted::Backwards => Ok(None),
        Wanted::Bytes(first, last) => Ok(Some((first, last))),
        Wanted::Unsatisfiable => {
            Err(ApiError::new(416, "InvalidRange", "The requested range is not satisfiable")
                .with("RangeRequested", header)
                .with("ActualObjectSize", len.to_string()))
        }
    }
}

impl Found<'_> {
    /// Narrows it to one part.
    fn take_part(&mut self, number: i64) -> Result<(), ApiError> {
        let content = &self.object.content;
        if !(1..=10_000).contains(&number) {
            return Err(super::errors::argument(
                "Part number must be an integer between 1 and 10000, inclusive",
                "partNumber",
                number.to_string(),
            ));
        }
        let mut start = 0;
        for part in &content.parts {
            if i64::from(part.number) == number {
                self.span = (part.len > 0).then(|| (start, start + part.len - 1));
                let count = i64::try_from(content.parts.len()).unwrap_or(i64::MAX);
                self.part = Some((count, part.checksum.clone()));
                return Ok(());
            }
            start += part.len;
        }
        if content.parts.is_empty() && number == 1 {
            self.span = content.len.checked_sub(1).map(|last| (0, last));
            return Ok(());
        }
        let count = content.parts.len().max(1);
        Err(ApiError::new(416, "InvalidPartNumber", "The requested partnumber is not satisfiable")
            .with("PartNumberRequested", number.to_string())
            .with("ActualPartCount", count.to_string()))
    }

    /// # Errors
    /// `InvalidObjectState` where the content is archived.
    pub(super) fn check_state(&self) -> Result<(), ApiError> {
        let class = self.object.about.storage_class;
        if matches!(class, StorageClass::Glacier | StorageClass::DeepArchive) {
            return Err(ApiError::new(
                403,
                "InvalidObjectState",
                "The operation is not valid for the object's storage class",
            )
            .with("StorageClass", class.as_str()));
        }
        Ok(())
    }

    /// How many bytes the answer has.
    pub(super) fn len(&self) -> u64 {
        self.span.map_or(self.object.content.len, |(first, last)| last - first + 1)
    }

    /// `bytes 0-9/100`
    pub(super) fn content_range(&self) -> Option<String> {
        let (first, last) = self.span?;
        Some(format!("bytes {first}-{last}/{}", self.object.content.len))
    }

    /// The checksum to answer when it is asked for: of the part, or of the whole.
    fn checksum(&self) -> Option<super::checksum::Checksum> {
        let whole = self.object.content.checksum.as_ref()?;
        match (&self.part, self.span) {
            (Some((_, Some(value))), _) => {
                Some(super::checksum::Checksum { kind: whole.kind, value: value.clone() })
            }
            (Some((_, None)), _) => None,
            (None, None) => Some(whole.clone()),
            // A range has a checksum only where it is all there is.
            (None, Some((first, last))) => {
                (first == 0 && last + 1 == self.object.content.len).then(|| whole.clone())
            }
        }
    }
}

sim::group! {
    /// Which object to read, and what of it.
    pub struct ReadHeaders {
        .. pub(super) customer: CustomerKey,
        /// The name of the bucket.
        pub(super) bucket: String => "Bucket" Uri,
        /// Only if the object's entity tag is this one.
        pub(super) if_match: Option<String> => "IfMatch" Header("If-Match"),
        /// Only if it was written after this instant.
        pub(super) if_modified_since: Option<Time> => "IfModifiedSince" Header("If-Modified-Since"),
        /// Only if the object's entity tag is not this one; `*` stands for any object.
        pub(super) if_none_match: Option<String> => "IfNoneMatch" Header("If-None-Match"),
        /// Only if it was not written after this instant.
        pub(super) if_unmodified_since: Option<Time> => "IfUnmodifiedSince" Header("If-Unmodified-Since"),
        /// The name of the object.
        pub(super) key: String => "Key" Uri,
        /// Only these bytes: `bytes=0-9`, `bytes=10-`, `bytes=-10`.
        pub(super) range: Option<String> => "Range" Header("Range"),
        /// Answer this `Cache-Control` header instead.
        pub(super) response_cache_control: Option<String> => "ResponseCacheControl" Query("response-cache-control"),
        /// Answer this `Content-Disposition` header instead.
        pub(super) response_content_disposition: Option<String> => "ResponseContentDisposition" Query("response-content-disposition"),
        /// Answer this `Content-Encoding` header instead.
        pub(super) response_content_encoding: Option<String> => "ResponseContentEncoding" Query("response-content-encoding"),
        /// Answer this `Content-Language` header instead.
        pub(super) response_content_language: Option<String> => "ResponseContentLanguage" Query("response-content-language"),
        /// Answer this `Content-Type` header instead.
        pub(super) response_content_type: Option<String> => "ResponseContentType" Query("response-content-type"),
        /// Answer this `Expires` header instead.
        pub(super) response_expires: Option<Time> => "ResponseExpires" Query("response-expires"),
        /// The version of the object; `null` where versioning was off.
        pub(super) version_id: Option<String> => "VersionId" Query("versionId"),
        /// The number of the part, from 1 to 10,000.
        pub(super) part_number: Option<i64> => "PartNumber" Query("partNumber"),
        /// The account id that must own the bucket; the request fails when another does.
        pub(super) expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        pub(super) _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
        /// `ENABLED` to have the checksum answered.
        pub(super) checksum_mode: Option<String> => "ChecksumMode" Header("x-amz-checksum-mode"),
    }
}

sim::structure! {
    /// What an object is, as reading it answers.
    pub struct ObjectAnswer {
        .. pub encryption: EncryptionAnswer,
        /// When a lifecycle rule will delete the object, and which rule that is.
        pub expiration: Option<String> => "Expiration" Header("x-amz-expiration"),
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
        /// User metadata: names without the `x-amz-meta-` prefix, and their values.
        pub metadata: BTreeMap<String, String> => "Metadata" Headers("x-amz-meta-"),
        /// Where the object is kept: `STANDARD`, `STANDARD_IA`, `GLACIER` and so on.
        pub storage_class: Option<String> => "StorageClass" Header("x-amz-storage-class"),
        /// How many parts the object was uploaded in.
        pub parts_count: Option<i64> => "PartsCount" Header("x-amz-mp-parts-count"),
        /// `GOVERNANCE`, or `COMPLIANCE`, which nobody can take back.
        pub object_lock_mode: Option<String> => "ObjectLockMode" Header("x-amz-object-lock-mode"),
        /// Until when it must not be removed, in ISO 8601.
        pub object_lock_retain_until_date: Option<String> => "ObjectLockRetainUntilDate" Header("x-amz-object-lock-retain-until-date"),
        /// Whether a legal hold is on it: `ON` or `OFF`.
        pub object_lock_legal_hold_status: Option<String> => "ObjectLockLegalHoldStatus" Header("x-amz-object-lock-legal-hold"),
        /// How many tags the object has.
        pub tag_count: Option<i64> => "TagCount" Header("x-amz-tagging-count"),
    }
}

fn or_own(given: Option<&String>, own: Option<&String>) -> Option<String> {
    given.or(own).cloned()
}

impl ReadHeaders {
    /// Whether the request says how the answer is to look.
    fn overrides(&self) -> bool {
        let texts = [
            &self.response_cache_control,
            &self.response_content_disposition,
            &self.response_content_encoding,
            &self.response_content_language,
            &self.response_content_type,
        ];
        self.response_expires.is_some() || texts.iter().any(|text| text.is_some())
    }

    /// The object that is asked for.
    ///
    /// # Errors
    /// Why it is not available.
    pub(super) fn look<'a>(
        &'a self,
        world: &'a World,
        cx: &'a Cx<'a>,
        method: &'static str,
    ) -> Result<Found<'a>, ApiError> {
        if self.checksum_mode.as_ref().is_some_and(|mode| !mode.eq_ignore_ascii_case("ENABLED")) {
            return Err(request("Value for x-amz-checksum-mode header is invalid."));
        }
        if self.overrides() && cx.caller.principal == Principal::Anonymous {
            return Err(request(
                "Request specific response headers cannot be used for anonymous GET requests.",
            ));
        }
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let found = door.look(&Ask {
            key: &self.key,
            version_id: self.version_id.as_deref(),
            conditions: Conditions {
                matches: self.if_match.as_deref(),
                none_match: self.if_none_match.as_deref(),
                modified_since: self.if_modified_since,
                unmodified_since: self.if_unmodified_since,
            },
            range: self.range.as_deref(),
            part_number: self.part_number,
            method,
        })?;
        self.customer.opens(cx, &found.object.about.encryption)?;
        Ok(found)
    }

    /// What is answered of it, but for the body.
    pub(super) fn answer(&self, found: &Found<'_>) -> ObjectAnswer {
        let content = &found.object.content;
        let about = &found.object.about;
        let meta = &about.meta;
        let default_type = "binary/octet-stream".to_owned();
        let content_type = meta.content_type.as_ref().unwrap_or(&default_type);
        let expires = self.response_expires.map(Time::http_date);
        let own =
            |given: &Option<String>, own: &Option<String>| or_own(given.as_ref(), own.as_ref());
        let mut out = ObjectAnswer {
            encryption: EncryptionAnswer::of(&about.encryption, &self.customer),
            expiration: found.expiry.clone(),
            accept_ranges: Some("bytes".into()),
            last_modified: Some(found.version.modified),
            content_length: i64::try_from(found.len()).ok(),
            etag: Some(format!("\"{}\"", content.etag)),
            version_id: found.version_id.clone(),
            cache_control: own(&self.response_cache_control, &meta.cache_control),
            content_disposition: own(&self.response_content_disposition, &meta.content_disposition),
            content_encoding: own(&self.response_content_encoding, &meta.content_encoding),
            content_language: own(&self.response_content_language, &meta.content_language),
            content_range: found.content_range(),
            content_type: or_own(self.response_content_type.as_ref(), Some(content_type)),
            expires: own(&expires, &meta.expires),
            website_redirect_location: meta.redirect.clone(),
            metadata: mail_safe(&meta.user),
            // The default class is not named in headers.
            storage_class: (about.storage_class != StorageClass::Standard)
                .then(|| about.storage_class.as_str().into()),
            parts_count: found.part.as_ref().map(|(count, _)| *count),
            tag_count: (!about.tags.is_empty())
                .then(|| i64::try_from(about.tags.len()).unwrap_or_default()),
            object_lock_mode: found.lock.retention.map(|r| r.mode.as_str().into()),
            object_lock_retain_until_date: found.lock.retention.map(|r| r.until.iso_millis()),
            object_lock_legal_hold_status: found
                .lock
                .hold
                .map(|on| if on { "ON" } else { "OFF" }.into()),
            ..ObjectAnswer::default()
        };
        let asked = self.checksum_mode.is_some();
        if let Some(checksum) = found.checksum().filter(|_| asked) {
            answer_checksum!(out, checksum.kind.algorithm, Some(checksum.value));
            out.checksum_type = Some(checksum.kind.type_name().into());
        }
        out
    }
}

/// `InvalidRequest` of a copy's source.
pub(super) fn source_is_marker() -> ApiError {
    bad(
        "InvalidRequest",
        "The source of a copy request may not specifically refer to a delete marker by version id.",
    )
}

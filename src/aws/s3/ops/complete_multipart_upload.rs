//! `CompleteMultipartUpload`.

use crate::s3;
use crate::s3::payer::Payer;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::upload_part::upload;
use crate::s3::access::Door;
use crate::s3::checksum::{
    Checksum, NewerSums, Sums, answer_checksum, claim_checksums, composite, mismatch,
    multipart_etag,
};
use crate::s3::conditions::check_write;
use crate::s3::customer_key::CustomerKey;
use crate::s3::errors::{bad, malformed_xml, no_such_upload, request};
use crate::s3::keys::Version;
use crate::s3::object::{Content, Object, ObjectPart};
use crate::s3::state::{Part, Upload};
use crate::s3::store;
use sim::api::{ApiError, Refused, Write};
use sim::{Cx, World};

sim::operation! {
    /// Makes the object of the parts uploaded before.
    write CompleteMultipartUpload in "s3" = "POST /{Bucket}/{Key+}?uploadId";
    input {
        .._newer: NewerSums,
        ..customer: CustomerKey,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The name of the object.
        key: String => "Key" Uri,
        /// The parts of the object.
        multipart_upload: Option<CompletedMultipartUpload> => "MultipartUpload" Payload("CompleteMultipartUpload"),
        /// The multipart upload.
        upload_id: String => "UploadId" Query("uploadId"),
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
        /// `FULL_OBJECT`, or `COMPOSITE` for a checksum of the checksums of parts.
        checksum_type: Option<String> => "ChecksumType" Header("x-amz-checksum-type"),
        /// How many bytes the parts have in all; the request fails when they do not.
        mpu_object_size: Option<i64> => "MpuObjectSize" Header("x-amz-mp-object-size"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
        /// Only if the object's entity tag is this one.
        if_match: Option<String> => "IfMatch" Header("If-Match"),
        /// Only if the object's entity tag is not this one; `*` stands for any object.
        if_none_match: Option<String> => "IfNoneMatch" Header("If-None-Match"),
    }
    output CompleteMultipartUploadResult {
        /// When a lifecycle rule will delete the object, and which rule that is.
        pub expiration: Option<String> => "Expiration" Header("x-amz-expiration"),
        /// The URL of the object.
        pub location: Option<String> => "Location",
        /// The name of the bucket.
        pub bucket: Option<String> => "Bucket",
        /// The name of the object.
        pub key: Option<String> => "Key",
        /// The entity tag, in double quotes: it changes with the content.
        pub etag: Option<String> => "ETag",
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
        /// `FULL_OBJECT`, or `COMPOSITE` for a checksum of the checksums of parts.
        pub checksum_type: Option<String> => "ChecksumType",
        /// How the object is encrypted at rest: `AES256`, `aws:kms` or `aws:kms:dsse`.
        pub server_side_encryption: Option<String> => "ServerSideEncryption" Header("x-amz-server-side-encryption"),
        /// The version of the object; `null` where versioning was off.
        pub version_id: Option<String> => "VersionId" Header("x-amz-version-id"),
        /// The AWS KMS key the object is encrypted with.
        pub sse_kms_key_id: Option<String> => "SSEKMSKeyId" Header("x-amz-server-side-encryption-aws-kms-key-id"),
        /// Whether an S3 Bucket Key is used with AWS KMS.
        pub bucket_key_enabled: Option<bool> => "BucketKeyEnabled" Header("x-amz-server-side-encryption-bucket-key-enabled"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchUpload", "EntityTooSmall", "InvalidPart", "InvalidPartOrder", "InvalidRequest", "BadDigest", "PreconditionFailed", "MalformedXML"]
    access itself
}

sim::argument! {
    /// The parts of the object to make.
    pub struct CompletedMultipartUpload {
        /// The parts.
        pub(in crate::s3) parts: Vec<CompletedPart> => "Parts" XmlFlat("Part"),
    }
}

sim::argument! {
    /// One part of the object to make.
    pub struct CompletedPart {
        /// The entity tag, in double quotes: it changes with the content.
        pub(in crate::s3) etag: Option<String> => "ETag",
        /// The CRC-32 of the content, in base64.
        pub(in crate::s3) checksum_crc32: Option<String> => "ChecksumCRC32",
        /// The CRC-32C of the content, in base64.
        pub(in crate::s3) checksum_crc32c: Option<String> => "ChecksumCRC32C",
        /// The CRC-64/NVME of the content, in base64.
        pub(in crate::s3) checksum_crc64nvme: Option<String> => "ChecksumCRC64NVME",
        /// The SHA-1 of the content, in base64.
        pub(in crate::s3) checksum_sha1: Option<String> => "ChecksumSHA1",
        /// The SHA-256 of the content, in base64.
        pub(in crate::s3) checksum_sha256: Option<String> => "ChecksumSHA256",
        /// The SHA512 of the content, in base64.
        _sha512: Refused<String> => "ChecksumSHA512",
        /// The MD5 of the content, in base64.
        _md5: Refused<String> => "ChecksumMD5",
        /// The XXHASH64 of the content, in base64.
        _xxhash64: Refused<String> => "ChecksumXXHASH64",
        /// The XXHASH3 of the content, in base64.
        _xxhash3: Refused<String> => "ChecksumXXHASH3",
        /// The XXHASH128 of the content, in base64.
        _xxhash128: Refused<String> => "ChecksumXXHASH128",
        /// The number of the part, from 1 to 10,000.
        pub(in crate::s3) part_number: Option<i64> => "PartNumber",
    }
}

/// Every part but the last has at least this many bytes.
const PART_MIN: u64 = 5 << 20;

/// How a key stands in a URL.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// The parts to join: their numbers and what was uploaded.
type Chosen<'a> = Vec<(u32, &'a Part)>;

impl CompletedPart {
    fn number(&self) -> u32 {
        self.part_number.and_then(|n| u32::try_from(n).ok()).unwrap_or(0)
    }

    /// Whether this is the part that was uploaded.
    fn matches(&self, part: &Part) -> Result<bool, ApiError> {
        if self.etag.as_deref().unwrap_or_default().trim_matches('"') != part.etag {
            return Ok(false);
        }
        let claimed = claim_checksums!(self).value()?;
        let known = claimed.and_then(|(a, v)| Some((v, part.sums.as_ref()?.base64(a)?)));
        Ok(known.is_none_or(|(claimed, actual)| claimed == actual))
    }
}

impl CompleteMultipartUpload {
    fn invalid_part(&self, part: &CompletedPart) -> ApiError {
        bad(
            "InvalidPart",
            "One or more of the specified parts could not be found.  The part may not have been \
             uploaded, or the specified entity tag may not match the part's entity tag.",
        )
        .with("UploadId", self.upload_id.as_str())
        .with("PartNumber", part.number().to_string())
        .with("ETag", part.etag.as_deref().unwrap_or_default().trim_matches('"'))
    }

    /// The parts the request names, in order.
    fn chosen<'u>(&self, upload: &'u Upload) -> Result<Chosen<'u>, ApiError> {
        let named = self.multipart_upload.as_ref().map_or(&[][..], |m| &m.parts[..]);
        if named.is_empty() {
            return Err(malformed_xml());
        }
        if !named.is_sorted_by(|a, b| a.number() < b.number()) {
            return Err(bad(
                "InvalidPartOrder",
                "The list of parts was not in ascending order. Parts must be ordered by part number.",
            )
            .with("UploadId", self.upload_id.as_str()));
        }
        let mut chosen = Vec::with_capacity(named.len());
        for part in named {
            let uploaded =
                upload.parts.get(&part.number()).ok_or_else(|| self.invalid_part(part))?;
            if !part.matches(uploaded)? {
                return Err(self.invalid_part(part));
            }
            let claimed = claim_checksums!(part).value()?;
            if upload.chosen && upload.kind.composite && claimed.is_none() {
                return Err(request(format!(
                    "The upload was created using a {} checksum. The complete request must include \
                     the checksum for each part. It was missing for part {} in the request.",
                    upload.kind.algorithm.as_str().to_ascii_lowercase(),
                    part.number()
                )));
            }
            chosen.push((part.number(), uploaded));
        }
        check_sizes(&chosen)?;
        Ok(chosen)
    }

    /// The checksum of the whole, when it is the one the request claims.
    fn checksum(
        &self,
        upload: &Upload,
        chosen: &Chosen<'_>,
        sums: Option<&Sums>,
    ) -> Result<Option<Checksum>, ApiError> {
        let kind = upload.kind;
        if self.checksum_type.as_deref().is_some_and(|t| t != kind.type_name()) {
            return Err(request(format!(
                "The upload was created using the {} checksum mode. The complete request must use \
                 the same checksum mode.",
                kind.type_name()
            )));
        }
        let value = if kind.composite {
            composite(kind.algorithm, chosen.iter().map(|(_, part)| part.sums.as_ref()))
        } else {
            sums.and_then(|sums| sums.base64(kind.algorithm))
        };
        if let Some((algorithm, claimed)) = claim_checksums!(self).value()? {
            if upload.chosen && algorithm != kind.algorithm {
                return Err(request(format!(
                    "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum \
                     Type: {}",
                    kind.algorithm.as_str().to_ascii_lowercase(),
                    algorithm.as_str().to_ascii_lowercase()
                )));
            }
            let actual = if algorithm == kind.algorithm {
                value.clone()
            } else {
                sums.and_then(|sums| sums.base64(algorithm))
            };
            let digits = |text: &str| text.split('-').next().map(str::to_owned);
            if actual.is_some_and(|actual| digits(&actual) != digits(claimed)) {
                return Err(mismatch(algorithm));
            }
        }
        Ok(value.map(|value| Checksum { kind, value }))
    }

    fn content(&self, upload: &Upload) -> Result<Content, ApiError> {
        let chosen = self.chosen(upload)?;
        let len = chosen.iter().map(|(_, part)| part.len).sum();
        if let Some(claimed) = self.mpu_object_size.filter(|n| u64::try_from(*n) != Ok(len)) {
            return Err(request(format!(
                "The provided 'x-amz-mp-object-size' header value {claimed} does not match what was \
                 computed: {len}"
            )));
        }
        let sums = joined(&chosen);
        let checksum = self.checksum(upload, &chosen, sums.as_ref())?;
        // Parts are told apart by checksums only where the client chose an algorithm.
        let algorithm = upload.kind.algorithm;
        let parts = chosen.iter().map(|(number, part)| ObjectPart {
            number: *number,
            len: part.len,
            checksum: part
                .sums
                .as_ref()
                .filter(|_| upload.chosen)
                .and_then(|sums| sums.base64(algorithm)),
        });
        Ok(Content {
            len,
            etag: multipart_etag(chosen.iter().map(|(_, part)| part.etag.as_str())),
            slices: chosen.iter().flat_map(|(_, part)| part.slices.iter().cloned()).collect(),
            parts: parts.collect(),
            upload_id: Some(self.upload_id.clone()),
            sums,
            checksum,
        })
    }
}

fn check_sizes(chosen: &Chosen<'_>) -> Result<(), ApiError> {
    let before_last = chosen.split_last().map_or(&[][..], |(_, rest)| rest);
    match before_last.iter().find(|(_, part)| part.len < PART_MIN) {
        None => Ok(()),
        Some((number, part)) => Err(bad(
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed size",
        )
        .with("ProposedSize", part.len.to_string())
        .with("MinSizeAllowed", PART_MIN.to_string())
        .with("PartNumber", number.to_string())
        .with("ETag", part.etag.as_str())),
    }
}

/// The checksums of all parts in a row, where all of theirs are known.
fn joined(chosen: &Chosen<'_>) -> Option<Sums> {
    let mut parts = chosen.iter();
    let first = parts.next()?.1.sums.clone();
    parts.fold(first, |sums, (_, part)| Some(sums?.join(part.sums.as_ref()?, part.len)))
}

impl CompleteMultipartUpload {
    /// The version that this very upload made already of the same parts: S3 answers a repeated
    /// completion as it answered the first.
    fn again<'a>(&self, door: &Door<'a>) -> Option<(&'a Version, &'a Object)> {
        let named = &self.multipart_upload.as_ref()?.parts;
        let etags = named.iter().map(|p| p.etag.as_deref().unwrap_or_default().trim_matches('"'));
        let mut versions = door.bucket.keys.versions(&self.key);
        let (version, object) = versions.find_map(|version| {
            let object = version.object.as_deref()?;
            (object.content.upload_id.as_deref() == Some(&self.upload_id))
                .then_some((version, object))
        })?;
        let numbers = object.content.parts.iter().map(|part| part.number);
        let same = numbers.eq(named.iter().map(CompletedPart::number))
            && object.content.etag == multipart_etag(etags);
        same.then_some((version, object))
    }

    fn answer(&self, region: &str, object: &Object) -> CompleteMultipartUploadResult {
        let path = utf8_percent_encode(&self.key, PATH);
        let Object { content, about } = object;
        let encryption = about.encryption.clone();
        let mut out = CompleteMultipartUploadResult {
            location: Some(format!("https://{}.s3.{region}.amazonaws.com/{path}", self.bucket)),
            bucket: Some(self.bucket.clone()),
            key: Some(self.key.clone()),
            etag: Some(format!("\"{}\"", content.etag)),
            server_side_encryption: encryption
                .customer
                .is_none()
                .then(|| encryption.sse.as_str().into()),
            sse_kms_key_id: encryption.key,
            bucket_key_enabled: encryption.bucket_key.then_some(true),
            ..CompleteMultipartUploadResult::default()
        };
        if let Some(Checksum { kind, value }) = content.checksum.clone() {
            answer_checksum!(out, kind.algorithm, Some(value));
            out.checksum_type = Some(kind.type_name().into());
        }
        out
    }
}

impl Write for CompleteMultipartUpload {
    type Output = CompleteMultipartUploadResult;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let upload = match upload(&door, &self.key, &self.upload_id) {
            Err(error) if error.code == "NoSuchUpload" => {
                let (version, object) = self.again(&door).ok_or(error)?;
                let mut out = self.answer(&door.bucket.region, object);
                out.version_id = store::shown_id(door.bucket, version);
                return Ok(out);
            }
            other => other?,
        };
        // The key is needed only where the client chose a checksum, but must be right wherever it is.
        let keyed = upload.about.encryption.customer.is_some() && upload.chosen;
        if keyed || self.customer.is_given() {
            self.customer.fits_upload(cx, &upload.about.encryption)?;
        }
        let content = self.content(upload)?;
        let current = door.bucket.keys.current(&self.key).map(|(_, object)| object);
        check_write(self.if_match.as_deref(), self.if_none_match.as_deref(), &self.key, current)?;
        let region = door.bucket.region.clone();
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        let upload = bucket
            .and_then(|bucket| bucket.take_upload(&self.key, &self.upload_id))
            .ok_or_else(|| no_such_upload(&self.upload_id))?;
        let object = Object { content, about: upload.about };
        let mut out = self.answer(&region, &object);
        let stored = store::put(world, cx, &self.bucket, &self.key, Some(object));
        (out.version_id, out.expiration) = (stored.version_id, stored.expiration);
        Ok(out)
    }
}

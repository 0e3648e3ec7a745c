//! `UploadPart`.

use crate::s3;
use crate::s3::access::Door;
use crate::s3::checksum::{Algorithm, NewerSums, Sums, answer_checksum, claim};
use crate::s3::customer_key::{self, CustomerKey};
use crate::s3::draft::EncryptionAnswer;
use crate::s3::errors::{argument, no_such_upload, request};
use crate::s3::payer::Payer;
use crate::s3::permit::Permission;
use crate::s3::state::{Part, Upload};
use crate::s3::store;
use base::Blob;
use sim::api::{ApiError, Write};
use sim::{Cx, World};

sim::operation! {
    /// Uploads one part of a multipart upload.
    write UploadPart in "s3" = "PUT /{Bucket}/{Key+}?partNumber&uploadId";
    input {
        .._newer: NewerSums,
        ..customer: CustomerKey,
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
        /// The name of the object.
        key: String => "Key" Uri,
        /// The number of the part, from 1 to 10,000.
        part_number: i64 => "PartNumber" Query("partNumber"),
        /// The multipart upload.
        upload_id: String => "UploadId" Query("uploadId"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
    output UploadPartOutput {
        ..pub encryption: EncryptionAnswer,
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
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchUpload", "BadDigest", "InvalidArgument", "InvalidRequest"]
    access itself
}

/// A part's number.
///
/// # Errors
/// `InvalidArgument` when it is none.
pub(super) fn number(given: i64) -> Result<u32, ApiError> {
    u32::try_from(given).ok().filter(|n| (1..=10_000).contains(n)).ok_or_else(|| {
        argument(
            "Part number must be an integer between 1 and 10000, inclusive",
            "partNumber",
            given.to_string(),
        )
    })
}

/// The upload a request names, when the caller may write its key.
///
/// # Errors
/// `AccessDenied`, `NoSuchUpload`.
pub(super) fn upload<'a>(door: &Door<'a>, key: &str, id: &str) -> Result<&'a Upload, ApiError> {
    door.on_key("s3:PutObject", key, Some(Permission::Write), Vec::new())?;
    door.bucket.upload(key, id).ok_or_else(|| no_such_upload(id))
}

/// Keeps a part, in the place of an earlier one of that number.
///
/// # Errors
/// `NoSuchUpload`.
pub(super) fn keep(
    world: &mut World,
    bucket: &str,
    key: &str,
    id: &str,
    number: u32,
    part: Part,
) -> Result<(), ApiError> {
    let upload =
        world.get_mut::<s3::State>().buckets.get_mut(bucket).and_then(|b| b.upload_mut(key, id));
    upload.ok_or_else(|| no_such_upload(id))?.parts.insert(number, part);
    Ok(())
}

impl UploadPart {
    /// The part, and the algorithm to answer its checksum in.
    fn part(&mut self, upload: &Upload, cx: &Cx<'_>) -> Result<(Part, Algorithm), ApiError> {
        let blob = self.body.take().unwrap_or_else(store::empty_blob);
        store::check_size(blob.len)?;
        let sums = Sums::of(&blob);
        let used = claim!(self).verify(&blob, &sums)?;
        let expected = upload.kind.algorithm;
        if let Some(used) = used.filter(|used| upload.chosen && *used != expected) {
            return Err(request(format!(
                "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum \
                 Type: {}",
                expected.as_str().to_ascii_lowercase(),
                used.as_str().to_ascii_lowercase()
            )));
        }
        let part = Part {
            modified: store::seconds(cx.at),
            len: blob.len,
            slices: store::slices_of(&blob),
            sums: Some(sums),
            etag: customer_key::etag(blob.md5, &upload.about.encryption),
        };
        Ok((part, used.unwrap_or(expected)))
    }
}

impl Write for UploadPart {
    type Output = UploadPartOutput;
    fn apply(mut self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let bucket = std::mem::take(&mut self.bucket);
        let owner = self.expected_bucket_owner.take();
        let door = Door::open(world, cx, &bucket, owner.as_deref())?;
        let upload = upload(&door, &self.key, &self.upload_id)?;
        let number = number(self.part_number)?;
        self.customer.fits_upload(cx, &upload.about.encryption)?;
        let (part, algorithm) = self.part(upload, cx)?;
        let mut out = UploadPartOutput {
            encryption: EncryptionAnswer::of(&upload.about.encryption, &self.customer),
            etag: Some(format!("\"{}\"", part.etag)),
            ..UploadPartOutput::default()
        };
        let value = part.sums.as_ref().and_then(|sums| sums.base64(algorithm));
        answer_checksum!(out, algorithm, value);
        keep(world, &bucket, &self.key, &self.upload_id, number, part)?;
        Ok(out)
    }
}

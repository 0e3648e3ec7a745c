//! `UploadPartCopy`.
//!
//! The checksums of part of a blob are not known without its bytes; such a part has none, and its
//! entity tag stands for where the bytes are.

use super::upload_part::{keep, number, upload};
use crate::s3::access::Door;
use crate::s3::checksum::{answer_checksum, stand_in_etag};
use crate::s3::copy::{Source, check_source_size, source_conditions};
use crate::s3::customer_key::{CustomerKey, SourceCustomerKey};
use crate::s3::draft::EncryptionAnswer;
use crate::s3::errors::argument;
use crate::s3::object::Content;
use crate::s3::payer::Payer;
use crate::s3::state::Part;
use crate::s3::store;
use base::Time;
use base::range;
use sim::api::{ApiError, Write};
use sim::{Cx, World};

sim::operation! {
    /// Makes one part of a multipart upload by copying from an object.
    write UploadPartCopy in "s3" = "PUT /{Bucket}/{Key+}?partNumber&uploadId";
    input {
        ..customer: CustomerKey,
        ..source_customer: SourceCustomerKey,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
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
        /// Only these bytes of the source: `bytes=0-9`.
        copy_source_range: Option<String> => "CopySourceRange" Header("x-amz-copy-source-range"),
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
        /// The account id that must own the source bucket.
        expected_source_bucket_owner: Option<String> => "ExpectedSourceBucketOwner" Header("x-amz-source-expected-bucket-owner"),
    }
    output UploadPartCopyOutput {
        ..pub encryption: EncryptionAnswer,
        /// The version that was copied.
        pub copy_source_version_id: Option<String> => "CopySourceVersionId" Header("x-amz-copy-source-version-id"),
        /// The part.
        pub copy_part_result: Option<CopyPartResult> => "CopyPartResult" Payload("CopyPartResult"),
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchUpload", "NoSuchKey", "InvalidRequest", "InvalidArgument", "PreconditionFailed"]
    access itself
}

sim::structure! {
    /// A part made by copying.
    pub struct CopyPartResult {
        /// The entity tag, in double quotes: it changes with the content.
        pub etag: Option<String> => "ETag",
        /// When it was last written.
        pub last_modified: Option<Time> => "LastModified",
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

/// Reads `bytes=0-9` for a source of `len` bytes: both ends must be there.
fn source_range(header: &str, len: u64) -> Result<(u64, u64), ApiError> {
    let ends = header.strip_prefix("bytes=").and_then(|r| r.split_once('-'));
    let ends = ends.and_then(|(a, b)| Some((a.parse::<u64>().ok()?, b.parse::<u64>().ok()?)));
    let (first, last) = ends.filter(|(first, last)| first <= last).ok_or_else(|| {
        argument(
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and \
             last are the zero-based offsets of the first and last bytes to copy",
            "x-amz-copy-source-range",
            header,
        )
    })?;
    if last >= len {
        return Err(argument(
            format!("Range specified is not valid for source object of size: {len}"),
            "x-amz-copy-source-range",
            header,
        ));
    }
    Ok((first, last))
}

fn part(content: &Content, span: Option<(u64, u64)>, modified: Time) -> Part {
    let whole = content.len.checked_sub(1).map(|last| (0, last));
    match span.filter(|span| Some(*span) != whole) {
        None => Part {
            modified,
            len: content.len,
            // The entity tag of a part has the form of an MD5.
            etag: if content.parts.is_empty() {
                content.etag.clone()
            } else {
                stand_in_etag(&content.slices)
            },
            slices: content.slices.clone(),
            sums: content.sums.clone(),
        },
        Some((first, last)) => {
            let slices = range::cut(&content.slices, first, last);
            let etag = stand_in_etag(&slices);
            Part { modified, len: last - first + 1, etag, slices, sums: None }
        }
    }
}

impl Write for UploadPartCopy {
    type Output = UploadPartCopyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let source = Source::parse(&self.copy_source)?;
        let number = number(self.part_number)?;
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let upload = upload(&door, &self.key, &self.upload_id)?;
        self.customer.fits_upload(cx, &upload.about.encryption)?;
        let owner = self.expected_source_bucket_owner.as_deref();
        let from = Door::open(world, cx, &source.bucket, owner)?;
        let (version, object) = source.find(&from, &source_conditions!(self))?;
        self.source_customer.key().opens(cx, &object.about.encryption)?;
        let content = &object.content;
        let span =
            self.copy_source_range.as_deref().map(|r| source_range(r, content.len)).transpose()?;
        check_source_size(span.map_or(content.len, |(first, last)| last - first + 1))?;
        let part = part(content, span, store::seconds(cx.at));
        let mut result = CopyPartResult {
            etag: Some(format!("\"{}\"", part.etag)),
            last_modified: Some(part.modified),
            ..CopyPartResult::default()
        };
        let algorithm = upload.kind.algorithm;
        let value = part.sums.as_ref().filter(|_| upload.chosen).and_then(|s| s.base64(algorithm));
        answer_checksum!(result, algorithm, value);
        let output = UploadPartCopyOutput {
            copy_source_version_id: store::shown_id(from.bucket, version),
            copy_part_result: Some(result),
            encryption: EncryptionAnswer::of(&upload.about.encryption, &self.customer),
        };
        keep(world, &self.bucket, &self.key, &self.upload_id, number, part)?;
        Ok(output)
    }
}

//! `AbortMultipartUpload` and `ListParts`.

use super::shapes::Owner;
use crate::s3;
use crate::s3::access::Door;
use crate::s3::acl::to_owner;
use crate::s3::checksum::answer_checksum;
use crate::s3::customer_key::CustomerKey;
use crate::s3::draft::object_owners;
use crate::s3::errors::no_such_upload;
use crate::s3::identifiers::owner_id;
use crate::s3::listing::{self, some};
use crate::s3::payer::Payer;
use base::Time;
use sim::api::{ApiError, Read, Refused, Write};
use sim::{Cx, World};

sim::operation! {
    /// Gives a multipart upload up.
    write AbortMultipartUpload in "s3" = "DELETE /{Bucket}/{Key+}?uploadId" (204);
    input {
        /// Only if it began at this instant, in directory buckets.
        _if_match_initiated_time: Refused<Time> => "IfMatchInitiatedTime" Header("x-amz-if-match-initiated-time"),
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The name of the object.
        key: String => "Key" Uri,
        /// The multipart upload.
        upload_id: String => "UploadId" Query("uploadId"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
    output AbortMultipartUploadOutput {}
    errors ["NoSuchBucket", "AccessDenied", "NoSuchUpload"]
    access itself
}

sim::operation! {
    /// Lists the parts of a multipart upload.
    read ListParts in "s3" = "GET /{Bucket}/{Key+}?uploadId";
    input {
        ..customer: CustomerKey,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The name of the object.
        key: String => "Key" Uri,
        /// How many parts to return at most.
        max_parts: Option<i64> => "MaxParts" Query("max-parts"),
        /// Parts after this number.
        part_number_marker: Option<i64> => "PartNumberMarker" Query("part-number-marker"),
        /// The multipart upload.
        upload_id: String => "UploadId" Query("uploadId"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
    output ListPartsResult {
        /// When a lifecycle rule will abort the upload.
        pub abort_date: Option<Time> => "AbortDate" Header("x-amz-abort-date"),
        /// Which rule does.
        pub abort_rule_id: Option<String> => "AbortRuleId" Header("x-amz-abort-rule-id"),
        /// The name of the bucket.
        pub bucket: Option<String> => "Bucket",
        /// The name of the object.
        pub key: Option<String> => "Key",
        /// The multipart upload.
        pub upload_id: Option<String> => "UploadId",
        /// Parts after this number.
        pub part_number_marker: Option<i64> => "PartNumberMarker",
        /// The last part of this answer.
        pub next_part_number_marker: Option<i64> => "NextPartNumberMarker",
        /// How many parts to return at most.
        pub max_parts: Option<i64> => "MaxParts",
        /// Whether there is more than this answer holds.
        pub is_truncated: bool => "IsTruncated",
        /// The parts.
        pub parts: Option<Vec<PartEntry>> => "Parts" XmlFlat("Part"),
        /// Who began the upload.
        pub initiator: Option<Owner> => "Initiator",
        /// Who owns it.
        pub owner: Option<Owner> => "Owner",
        /// Where the object is kept: `STANDARD`, `STANDARD_IA`, `GLACIER` and so on.
        pub storage_class: Option<String> => "StorageClass",
        /// The checksum algorithm: `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`.
        pub checksum_algorithm: Option<String> => "ChecksumAlgorithm",
        /// `FULL_OBJECT`, or `COMPOSITE` for a checksum of the checksums of parts.
        pub checksum_type: Option<String> => "ChecksumType",
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchUpload", "InvalidArgument"]
    access itself
    pages {
        input: &["PartNumberMarker"],
        output: &["NextPartNumberMarker"],
        more: Some("IsTruncated"),
        limit: Some("MaxParts"),
        results: &["Parts"],
        shown: &["ChecksumAlgorithm", "Initiator", "Owner", "StorageClass", "ChecksumType"],
    }
}

sim::structure! {
    /// One uploaded part.
    pub struct PartEntry {
        /// The number of the part, from 1 to 10,000.
        pub part_number: Option<i64> => "PartNumber",
        /// When it was last written.
        pub last_modified: Option<Time> => "LastModified",
        /// The entity tag, in double quotes: it changes with the content.
        pub etag: Option<String> => "ETag",
        /// Bytes.
        pub size: Option<i64> => "Size",
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

impl Write for AbortMultipartUpload {
    type Output = AbortMultipartUploadOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_key("s3:AbortMultipartUpload", &self.key, None, Vec::new())?;
        let bucket = world.get_mut::<s3::State>().buckets.get_mut(&self.bucket);
        bucket
            .and_then(|bucket| bucket.take_upload(&self.key, &self.upload_id))
            .ok_or_else(|| no_such_upload(&self.upload_id))?;
        Ok(AbortMultipartUploadOutput {})
    }
}

impl Read for ListParts {
    type Output = ListPartsResult;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_key("s3:ListMultipartUploadParts", &self.key, None, Vec::new())?;
        let upload = door
            .bucket
            .upload(&self.key, &self.upload_id)
            .ok_or_else(|| no_such_upload(&self.upload_id))?;
        if self.customer.is_given() {
            self.customer.fits_upload(cx, &upload.about.encryption)?;
        }
        let most = listing::page(self.max_parts, "max-parts")?;
        let marker = self.part_number_marker.unwrap_or(0);
        let after = u32::try_from(marker).unwrap_or(0) + 1;
        let mut rest = upload.parts.range(after..);
        let mut parts = Vec::new();
        for (number, part) in rest.by_ref().take(most) {
            let mut shown = PartEntry {
                part_number: Some((*number).into()),
                last_modified: Some(part.modified),
                etag: Some(format!("\"{}\"", part.etag)),
                size: i64::try_from(part.len).ok(),
                ..PartEntry::default()
            };
            if let Some(sums) = part.sums.as_ref().filter(|_| upload.chosen) {
                answer_checksum!(shown, upload.kind.algorithm, sums.base64(upload.kind.algorithm));
            }
            parts.push(shown);
        }
        let last = parts.last().and_then(|p: &PartEntry| p.part_number);
        let (abort_date, abort_rule_id) = door.bucket.abort(&self.key, upload.initiated).unzip();
        Ok(ListPartsResult {
            abort_date,
            abort_rule_id,
            bucket: Some(self.bucket.clone()),
            key: Some(self.key.clone()),
            upload_id: Some(self.upload_id.clone()),
            part_number_marker: Some(marker),
            next_part_number_marker: Some(last.unwrap_or(marker)),
            max_parts: i64::try_from(most).ok(),
            is_truncated: most > 0 && rest.next().is_some(),
            parts: some(parts),
            initiator: Some(to_owner(owner_id(&world.config().account))),
            owner: Some(to_owner(object_owners(&door, upload.about.anonymous).owner)),
            storage_class: Some(upload.about.storage_class.as_str().into()),
            checksum_algorithm: upload.chosen.then(|| upload.kind.algorithm.as_str().into()),
            checksum_type: upload.chosen.then(|| upload.kind.type_name().into()),
        })
    }
}

//! `CreateMultipartUpload`.

use crate::s3;
use crate::s3::payer::Payer;
use std::collections::BTreeMap;

use crate::s3::access::Door;
use crate::s3::checksum::multipart_kind;
use crate::s3::draft::{EncryptionAnswer, ObjectHeaders};
use crate::s3::errors::no_such_bucket;
use crate::s3::names;
use crate::s3::state::Upload;
use base::Time;
use sim::api::{ApiError, Write};
use sim::{Cx, World};

sim::operation! {
    /// Begins a multipart upload and answers its id.
    write CreateMultipartUpload in "s3" = "POST /{Bucket}/{Key+}?uploads";
    input {
        ..headers: ObjectHeaders,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The name of the object.
        key: String => "Key" Uri,
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
        /// The checksum algorithm: `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`.
        checksum_algorithm: Option<String> => "ChecksumAlgorithm" Header("x-amz-checksum-algorithm"),
        /// `FULL_OBJECT`, or `COMPOSITE` for a checksum of the checksums of parts.
        checksum_type: Option<String> => "ChecksumType" Header("x-amz-checksum-type"),
    }
    output InitiateMultipartUploadResult {
        ..pub encryption: EncryptionAnswer,
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
        /// The checksum algorithm: `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`.
        pub checksum_algorithm: Option<String> => "ChecksumAlgorithm" Header("x-amz-checksum-algorithm"),
        /// `FULL_OBJECT`, or `COMPOSITE` for a checksum of the checksums of parts.
        pub checksum_type: Option<String> => "ChecksumType" Header("x-amz-checksum-type"),
    }
    errors ["NoSuchBucket", "AccessDenied", "InvalidRequest", "InvalidStorageClass", "KeyTooLongError"]
    access itself
}

impl Write for CreateMultipartUpload {
    type Output = InitiateMultipartUploadResult;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        self.headers.authorize(&door, &self.key, Vec::new())?;
        let about = self.headers.about(&door, cx, &self.key)?;
        let (kind, chosen) =
            multipart_kind(self.checksum_algorithm.as_deref(), self.checksum_type.as_deref())?;
        let encryption = EncryptionAnswer::of(&about.encryption, &self.headers.customer);
        let (s3, rng) = world.parts::<s3::State>();
        let bucket =
            s3.buckets.get_mut(&self.bucket).ok_or_else(|| no_such_bucket(&self.bucket))?;
        let id = names::upload_id(rng);
        let (abort_date, abort_rule_id) = bucket.abort(&self.key, cx.at).unzip();
        bucket.uploads.entry(self.key.clone()).or_default().push(Upload {
            id: id.clone(),
            initiated: cx.at,
            about,
            kind,
            chosen,
            parts: BTreeMap::new(),
        });
        Ok(InitiateMultipartUploadResult {
            bucket: Some(self.bucket),
            key: Some(self.key),
            upload_id: Some(id),
            encryption,
            abort_date,
            abort_rule_id,
            checksum_algorithm: chosen.then(|| kind.algorithm.as_str().into()),
            checksum_type: chosen.then(|| kind.type_name().into()),
        })
    }
}

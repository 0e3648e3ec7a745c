//! `GetObjectAttributes`.

use crate::s3::access::Door;
use crate::s3::checksum::answer_checksum;
use crate::s3::customer_key::CustomerKey;
use crate::s3::errors::{argument, request};
use crate::s3::listing;
use crate::s3::object::Content;
use crate::s3::payer::Payer;
use crate::s3::permit::Permission;
use crate::s3::store;
use base::Time;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::operation! {
    /// Retrieves the attributes of an object that are asked for.
    read GetObjectAttributes in "s3" = "GET /{Bucket}/{Key+}?attributes";
    input {
        ..customer: CustomerKey,
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// The name of the object.
        key: String => "Key" Uri,
        /// The version of the object; `null` where versioning was off.
        version_id: Option<String> => "VersionId" Query("versionId"),
        /// How many parts to return at most.
        max_parts: Option<i64> => "MaxParts" Header("x-amz-max-parts"),
        /// Parts after this number.
        part_number_marker: Option<i64> => "PartNumberMarker" Header("x-amz-part-number-marker"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
        /// What to return: `ETag`, `Checksum`, `ObjectParts`, `StorageClass`, `ObjectSize`.
        object_attributes: Vec<String> => "ObjectAttributes" Header("x-amz-object-attributes"),
    }
    output GetObjectAttributesResponse {
        /// Whether it is a delete marker.
        pub delete_marker: Option<bool> => "DeleteMarker" Header("x-amz-delete-marker"),
        /// When it was last written.
        pub last_modified: Option<Time> => "LastModified" Header("Last-Modified"),
        /// The version of the object; `null` where versioning was off.
        pub version_id: Option<String> => "VersionId" Header("x-amz-version-id"),
        /// The entity tag, in double quotes: it changes with the content.
        pub etag: Option<String> => "ETag",
        /// The checksum.
        pub checksum: Option<ObjectChecksum> => "Checksum",
        /// The parts the object was uploaded in.
        pub object_parts: Option<ObjectParts> => "ObjectParts",
        /// Where the object is kept: `STANDARD`, `STANDARD_IA`, `GLACIER` and so on.
        pub storage_class: Option<String> => "StorageClass",
        /// Bytes.
        pub object_size: Option<i64> => "ObjectSize",
    }
    errors ["NoSuchBucket", "AccessDenied", "NoSuchKey", "NoSuchVersion", "MethodNotAllowed"]
    access itself
}

sim::structure! {
    /// The checksum of an object.
    pub struct ObjectChecksum {
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
    }
}

sim::structure! {
    /// The parts of an object.
    pub struct ObjectParts {
        /// How many parts there are.
        pub total_parts_count: Option<i64> => "TotalPartsCount" Xml("PartsCount"),
        /// Parts after this number.
        pub part_number_marker: Option<i64> => "PartNumberMarker",
        /// The last part of this answer.
        pub next_part_number_marker: Option<i64> => "NextPartNumberMarker",
        /// How many parts to return at most.
        pub max_parts: Option<i64> => "MaxParts",
        /// Whether there is more than this answer holds.
        pub is_truncated: bool => "IsTruncated",
        /// The parts.
        pub parts: Option<Vec<ObjectPart>> => "Parts" XmlFlat("Part"),
    }
}

sim::structure! {
    /// One part of an object.
    pub struct ObjectPart {
        /// The number of the part, from 1 to 10,000.
        pub part_number: Option<i64> => "PartNumber",
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

const ATTRIBUTES: &[&str] = &["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

impl GetObjectAttributes {
    /// The attributes that are asked for, also where a header names several at once.
    fn wanted(&self) -> Result<Vec<&str>, ApiError> {
        let wanted: Vec<&str> = self
            .object_attributes
            .iter()
            .flat_map(|list| list.split(','))
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect();
        if wanted.is_empty() {
            return Err(request(
                "Missing required header for this request: x-amz-object-attributes",
            ));
        }
        if let Some(unknown) = wanted.iter().find(|name| !ATTRIBUTES.contains(name)) {
            return Err(argument(
                "Invalid attribute name specified.",
                "x-amz-object-attributes",
                *unknown,
            ));
        }
        Ok(wanted)
    }

    fn parts(&self, content: &Content) -> Result<Option<ObjectParts>, ApiError> {
        if content.parts.is_empty() {
            return Ok(None);
        }
        let most = listing::page(self.max_parts, "max-parts")?;
        let marker = self.part_number_marker.unwrap_or(0);
        let mut after = content.parts.iter().filter(|p| i64::from(p.number) > marker);
        // Parts are told apart only where they have checksums.
        let algorithm = content.checksum.as_ref().map(|c| c.kind.algorithm);
        let mut parts = Vec::new();
        for part in after.by_ref().take(most) {
            let mut shown = ObjectPart {
                part_number: Some(part.number.into()),
                size: i64::try_from(part.len).ok(),
                ..ObjectPart::default()
            };
            if let Some(algorithm) = algorithm {
                answer_checksum!(shown, algorithm, part.checksum.clone());
            }
            parts.push(shown);
        }
        let last = parts.last().and_then(|p| p.part_number).unwrap_or(marker);
        let told = content.parts.iter().any(|p| p.checksum.is_some());
        Ok(Some(ObjectParts {
            total_parts_count: i64::try_from(content.parts.len()).ok(),
            part_number_marker: told.then_some(marker),
            next_part_number_marker: told.then_some(last),
            max_parts: told.then(|| i64::try_from(most).unwrap_or(0)),
            is_truncated: told && after.next().is_some(),
            parts: told.then_some(parts),
        }))
    }
}

impl Read for GetObjectAttributes {
    type Output = GetObjectAttributesResponse;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let wanted = self.wanted()?;
        let id = self.version_id.as_deref();
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        for actions in [
            ("s3:GetObject", "s3:GetObjectVersion"),
            ("s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"),
        ] {
            door.object(actions, Permission::Read, &self.key, id, "GET")?;
        }
        let actions = ("s3:GetObject", "s3:GetObjectVersion");
        let (version, object) = door.object(actions, Permission::Read, &self.key, id, "GET")?;
        self.customer.opens(cx, &object.about.encryption)?;
        let content = &object.content;
        let asks = |name: &str| wanted.contains(&name);
        let checksum = content.checksum.as_ref().filter(|_| asks("Checksum")).map(|checksum| {
            let mut out = ObjectChecksum::default();
            // The number of parts is an attribute of its own.
            let value = checksum.value.split('-').next().unwrap_or_default().to_owned();
            answer_checksum!(out, checksum.kind.algorithm, Some(value));
            out.checksum_type = Some(checksum.kind.type_name().into());
            out
        });
        Ok(GetObjectAttributesResponse {
            delete_marker: None,
            last_modified: Some(version.modified),
            version_id: store::shown_id(door.bucket, version),
            etag: asks("ETag").then(|| content.etag.clone()),
            checksum,
            object_parts: if asks("ObjectParts") { self.parts(content)? } else { None },
            storage_class: asks("StorageClass")
                .then(|| object.about.storage_class.as_str().to_owned()),
            object_size: asks("ObjectSize").then(|| i64::try_from(content.len).unwrap_or(i64::MAX)),
        })
    }
}

//! `ListMultipartUploads`.

use std::ops::Bound;

use super::shapes::{CommonPrefix, Owner};
use crate::s3::access::Door;
use crate::s3::acl::to_owner;
use crate::s3::identifiers::{ANONYMOUS_ID, owner_id};
use crate::s3::listing::{self, Entry, Spelling, Walk, some};
use crate::s3::payer::Payer;
use crate::s3::permit::Permission;
use crate::s3::state::Upload;
use base::Time;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::operation! {
    /// Lists the multipart uploads in progress.
    read ListMultipartUploads in "s3" = "GET /{Bucket}?uploads";
    input {
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// Names are grouped under common prefixes that end with this string.
        delimiter: Option<String> => "Delimiter" Query("delimiter"),
        /// `url` to have names percent-encoded in the answer.
        encoding_type: Option<String> => "EncodingType" Query("encoding-type"),
        /// Names after this one.
        key_marker: Option<String> => "KeyMarker" Query("key-marker"),
        /// How many uploads to return at most; never more than 1,000.
        max_uploads: Option<i64> => "MaxUploads" Query("max-uploads"),
        /// Only names that begin with this.
        prefix: Option<String> => "Prefix" Query("prefix"),
        /// Uploads after this one of the key marker.
        upload_id_marker: Option<String> => "UploadIdMarker" Query("upload-id-marker"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
    output ListMultipartUploadsResult {
        /// The name of the bucket.
        pub bucket: Option<String> => "Bucket",
        /// Names after this one.
        pub key_marker: Option<String> => "KeyMarker",
        /// Uploads after this one of the key marker.
        pub upload_id_marker: Option<String> => "UploadIdMarker",
        /// The key marker for the next answer.
        pub next_key_marker: Option<String> => "NextKeyMarker",
        /// Only names that begin with this.
        pub prefix: Option<String> => "Prefix",
        /// Names are grouped under common prefixes that end with this string.
        pub delimiter: Option<String> => "Delimiter",
        /// The upload marker for the next answer.
        pub next_upload_id_marker: Option<String> => "NextUploadIdMarker",
        /// How many uploads to return at most; never more than 1,000.
        pub max_uploads: Option<i64> => "MaxUploads",
        /// Whether there is more than this answer holds.
        pub is_truncated: bool => "IsTruncated",
        /// The uploads in progress.
        pub uploads: Option<Vec<UploadEntry>> => "Uploads" XmlFlat("Upload"),
        /// Prefixes that stand for all names below them.
        pub common_prefixes: Option<Vec<CommonPrefix>> => "CommonPrefixes" XmlFlat("CommonPrefixes"),
        /// `url` to have names percent-encoded in the answer.
        pub encoding_type: Option<String> => "EncodingType",
    }
    errors ["NoSuchBucket", "AccessDenied", "InvalidArgument"]
    access itself
    pages {
        input: &["KeyMarker", "UploadIdMarker"],
        output: &["NextKeyMarker", "NextUploadIdMarker"],
        more: Some("IsTruncated"),
        limit: Some("MaxUploads"),
        results: &["Uploads", "CommonPrefixes"],
        shown: &["RequestCharged", "Prefix"],
    }
}

sim::structure! {
    /// One upload in progress.
    pub struct UploadEntry {
        /// The multipart upload.
        pub upload_id: Option<String> => "UploadId",
        /// The name of the object.
        pub key: Option<String> => "Key",
        /// When the upload began.
        pub initiated: Option<Time> => "Initiated",
        /// Where the object is kept: `STANDARD`, `STANDARD_IA`, `GLACIER` and so on.
        pub storage_class: Option<String> => "StorageClass",
        /// Who owns it.
        pub owner: Option<Owner> => "Owner",
        /// Who began the upload.
        pub initiator: Option<Owner> => "Initiator",
        /// The checksum algorithm: `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`.
        pub checksum_algorithm: Option<String> => "ChecksumAlgorithm",
        /// `FULL_OBJECT`, or `COMPOSITE` for a checksum of the checksums of parts.
        pub checksum_type: Option<String> => "ChecksumType",
    }
}

/// A page in the making.
struct Page<'a> {
    door: &'a Door<'a>,
    /// The canonical user id of the account.
    account: String,
    spelling: Spelling,
    most: usize,
    uploads: Vec<UploadEntry>,
    prefixes: Vec<CommonPrefix>,
    /// The last entry: a key with an upload id, or a common prefix.
    last: Option<(String, Option<String>)>,
    truncated: bool,
}

impl Page<'_> {
    /// Whether there is room for one more; when not, the page is truncated.
    fn room(&mut self) -> bool {
        let full = self.uploads.len() + self.prefixes.len() >= self.most;
        self.truncated = full && self.last.is_some();
        !full
    }

    fn add(&mut self, key: &str, upload: &Upload) {
        self.last = Some((key.to_owned(), Some(upload.id.clone())));
        self.uploads.push(UploadEntry {
            upload_id: Some(upload.id.clone()),
            key: Some(self.spelling.name(key)),
            initiated: Some(upload.initiated),
            storage_class: Some(upload.about.storage_class.as_str().into()),
            owner: Some(to_owner(if upload.about.anonymous {
                ANONYMOUS_ID.to_owned()
            } else {
                self.account.clone()
            })),
            initiator: Some(to_owner(self.account.clone())),
            checksum_algorithm: upload.chosen.then(|| upload.kind.algorithm.as_str().into()),
            checksum_type: upload.chosen.then(|| upload.kind.type_name().into()),
        });
    }

    /// Adds the uploads of a key, those after `after` when it is given.
    fn add_key(&mut self, key: &str, after: Option<&str>) -> bool {
        let uploads = self.door.bucket.uploads.get(key).map_or(&[][..], |list| &list[..]);
        let skip =
            after.and_then(|id| uploads.iter().position(|u| u.id == id)).map_or(0, |i| i + 1);
        for upload in &uploads[skip..] {
            if !self.room() {
                return false;
            }
            self.add(key, upload);
        }
        true
    }

    fn add_prefix(&mut self, prefix: String) -> bool {
        if !self.room() {
            return false;
        }
        self.prefixes.push(CommonPrefix { prefix: Some(self.spelling.name(&prefix)) });
        self.last = Some((prefix, None));
        true
    }
}

impl Read for ListMultipartUploads {
    type Output = ListMultipartUploadsResult;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        door.on_bucket_or("s3:ListBucketMultipartUploads", Permission::Read, Vec::new())?;
        let spelling = Spelling::new(self.encoding_type.as_deref())?;
        let prefix = self.prefix.as_deref().unwrap_or_default();
        let delimiter = self.delimiter.as_deref().unwrap_or_default();
        let marker = self.key_marker.as_deref().unwrap_or_default();
        // Without a key marker the upload marker means nothing.
        let after =
            self.upload_id_marker.as_deref().filter(|id| !id.is_empty() && !marker.is_empty());
        let most = listing::page(self.max_uploads, "max-uploads")?;
        let mut page = Page {
            door: &door,
            account: owner_id(&world.config().account),
            spelling,
            most,
            uploads: Vec::new(),
            prefixes: Vec::new(),
            last: None,
            truncated: false,
        };
        let all = &door.bucket.uploads;
        let seek = |from: Bound<&str>| {
            all.range::<str, _>((from, Bound::Unbounded)).next().map(|(key, _)| key.as_str())
        };
        let walk = if after.is_some() {
            Walk::starting_at(seek, prefix, delimiter, marker)
        } else {
            Walk::new(seek, prefix, delimiter, marker)
        };
        for entry in walk {
            let more = match entry {
                Entry::Prefix(common) => page.add_prefix(common),
                Entry::Key(key) => page.add_key(key, after.filter(|_| key == marker)),
            };
            if !more {
                break;
            }
        }
        let (next_key, next_upload) = page.last.filter(|_| page.truncated).unzip();
        Ok(ListMultipartUploadsResult {
            bucket: Some(self.bucket.clone()),
            key_marker: Some(spelling.name(marker)),
            upload_id_marker: Some(after.unwrap_or_default().to_owned()),
            next_key_marker: next_key.map(|key| spelling.name(&key)),
            prefix: self.prefix.as_deref().map(|p| spelling.name(p)),
            delimiter: self.delimiter.as_deref().map(|d| spelling.name(d)),
            next_upload_id_marker: next_upload.flatten(),
            max_uploads: i64::try_from(most).ok(),
            is_truncated: page.truncated,
            uploads: some(page.uploads),
            common_prefixes: some(page.prefixes),
            encoding_type: spelling.encoding_type(),
        })
    }
}

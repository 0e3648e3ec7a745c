//! `ListObjectVersions`.

use super::listings::{Ask, Listed, Listing, owner_of};
use super::shapes::{CommonPrefix, Owner};
use crate::s3::acl::to_owner;
use crate::s3::errors::argument;
use crate::s3::identifiers::owner_id;
use crate::s3::keys::Version;
use crate::s3::listing::{Entry, Walk, some};
use base::Time;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::operation! {
    /// Lists all versions and delete markers of a bucket.
    read ListObjectVersions in "s3" = "GET /{Bucket}?versions";
    input {
        ..listing: Listing,
        /// Names after this one.
        key_marker: Option<String> => "KeyMarker" Query("key-marker"),
        /// Versions after this one of the key marker.
        version_id_marker: Option<String> => "VersionIdMarker" Query("version-id-marker"),
    }
    output ListVersionsResult {
        ..pub listed: Listed,
        /// Whether there is more than this answer holds.
        pub is_truncated: bool => "IsTruncated",
        /// Names after this one.
        pub key_marker: Option<String> => "KeyMarker",
        /// Versions after this one of the key marker.
        pub version_id_marker: Option<String> => "VersionIdMarker",
        /// The key marker for the next answer.
        pub next_key_marker: Option<String> => "NextKeyMarker",
        /// The version marker for the next answer.
        pub next_version_id_marker: Option<String> => "NextVersionIdMarker",
        /// The versions, in order of their names, the newest first.
        pub versions: Option<Vec<VersionEntry>> => "Versions" XmlFlat("Version"),
        /// The delete markers.
        pub delete_markers: Option<Vec<DeleteMarkerEntry>> => "DeleteMarkers" XmlFlat("DeleteMarker"),
    }
    errors ["NoSuchBucket", "AccessDenied", "InvalidArgument"]
    access itself
    pages {
        input: &["KeyMarker", "VersionIdMarker"],
        output: &["NextKeyMarker", "NextVersionIdMarker"],
        more: Some("IsTruncated"),
        limit: Some("MaxKeys"),
        results: &["Versions", "DeleteMarkers", "CommonPrefixes"],
        shown: &["RequestCharged", "Prefix"],
    }
}

sim::structure! {
    /// One version of an object.
    pub struct VersionEntry {
        /// The entity tag, in double quotes: it changes with the content.
        pub etag: Option<String> => "ETag",
        /// The checksum algorithm: `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`.
        pub checksum_algorithm: Option<Vec<String>> => "ChecksumAlgorithm" XmlFlat("ChecksumAlgorithm"),
        /// `FULL_OBJECT`, or `COMPOSITE` for a checksum of the checksums of parts.
        pub checksum_type: Option<String> => "ChecksumType",
        /// Bytes.
        pub size: Option<i64> => "Size",
        /// Where the object is kept: `STANDARD`, `STANDARD_IA`, `GLACIER` and so on.
        pub storage_class: Option<String> => "StorageClass",
        /// The name of the object.
        pub key: Option<String> => "Key",
        /// The version of the object; `null` where versioning was off.
        pub version_id: Option<String> => "VersionId",
        /// Whether it is the newest version.
        pub is_latest: Option<bool> => "IsLatest",
        /// When it was last written.
        pub last_modified: Option<Time> => "LastModified",
        /// Who owns it.
        pub owner: Option<Owner> => "Owner",
    }
}

sim::structure! {
    /// One delete marker.
    pub struct DeleteMarkerEntry {
        /// Who owns it.
        pub owner: Option<Owner> => "Owner",
        /// The name of the object.
        pub key: Option<String> => "Key",
        /// The version of the object; `null` where versioning was off.
        pub version_id: Option<String> => "VersionId",
        /// Whether it is the newest version.
        pub is_latest: Option<bool> => "IsLatest",
        /// When it was last written.
        pub last_modified: Option<Time> => "LastModified",
    }
}

/// A page in the making.
struct Page<'a> {
    ask: &'a Ask<'a>,
    /// The canonical user id of the account.
    account: String,
    versions: Vec<VersionEntry>,
    markers: Vec<DeleteMarkerEntry>,
    prefixes: Vec<CommonPrefix>,
    /// The last entry: a key with a version id, or a common prefix.
    last: Option<(String, Option<String>)>,
    truncated: bool,
}

impl Page<'_> {
    /// Whether there is room for one more; when not, the page is truncated.
    fn room(&mut self) -> bool {
        let full = self.versions.len() + self.markers.len() + self.prefixes.len() >= self.ask.most;
        self.truncated = full && self.last.is_some();
        !full
    }

    fn add(&mut self, key: &str, version: &Version, is_latest: bool) {
        let id = version.id_text().to_owned();
        self.last = Some((key.to_owned(), Some(id.clone())));
        let shown = Some(self.ask.spelling.name(key));
        match version.object.as_deref() {
            None => self.markers.push(DeleteMarkerEntry {
                owner: Some(to_owner(self.account.clone())),
                key: shown,
                version_id: Some(id),
                is_latest: Some(is_latest),
                last_modified: Some(version.modified),
            }),
            Some(object) => {
                let checksum = object.content.checksum.as_ref();
                self.versions.push(VersionEntry {
                    etag: Some(format!("\"{}\"", object.content.etag)),
                    checksum_algorithm: checksum
                        .map(|c| vec![c.kind.algorithm.as_str().to_owned()]),
                    checksum_type: checksum.map(|c| c.kind.type_name().to_owned()),
                    size: i64::try_from(object.content.len).ok(),
                    storage_class: Some(object.about.storage_class.as_str().into()),
                    key: shown,
                    version_id: Some(id),
                    is_latest: Some(is_latest),
                    last_modified: Some(version.modified),
                    owner: Some(owner_of(&self.account, object)),
                });
            }
        }
    }

    /// Adds the versions of a key, those after `after` when it is given.
    fn add_key(&mut self, key: &str, after: Option<&str>) -> bool {
        let mut waiting = after;
        for (index, version) in self.ask.door.bucket.keys.versions(key).enumerate() {
            if let Some(id) = waiting {
                if version.id_text() == id {
                    waiting = None;
                }
                continue;
            }
            if !self.room() {
                return false;
            }
            self.add(key, version, index == 0);
        }
        true
    }

    fn add_prefix(&mut self, prefix: String) -> bool {
        if !self.room() {
            return false;
        }
        self.prefixes.push(CommonPrefix { prefix: Some(self.ask.spelling.name(&prefix)) });
        self.last = Some((prefix, None));
        true
    }
}

impl Read for ListObjectVersions {
    type Output = ListVersionsResult;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let ask = self.listing.open(world, cx, "s3:ListBucketVersions")?;
        let marker = self.key_marker.as_deref().unwrap_or_default();
        let after = self.version_id_marker.as_deref().filter(|id| !id.is_empty());
        if let Some(id) = after.filter(|_| marker.is_empty()) {
            let message = "A version-id marker cannot be specified without a key marker.";
            return Err(argument(message, "version-id-marker", id));
        }
        let mut page = Page {
            ask: &ask,
            account: owner_id(&world.config().account),
            versions: Vec::new(),
            markers: Vec::new(),
            prefixes: Vec::new(),
            last: None,
            truncated: false,
        };
        let seek = |from: std::ops::Bound<&str>| ask.door.bucket.keys.next_key(from);
        let walk = if after.is_some() {
            Walk::starting_at(seek, ask.prefix, ask.delimiter, marker)
        } else {
            Walk::new(seek, ask.prefix, ask.delimiter, marker)
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
        let (next_key, next_version) = page.last.filter(|_| page.truncated).unzip();
        Ok(ListVersionsResult {
            is_truncated: page.truncated,
            key_marker: Some(ask.spelling.name(marker)),
            version_id_marker: Some(after.unwrap_or_default().to_owned()),
            next_key_marker: next_key.map(|key| ask.spelling.name(&key)),
            next_version_id_marker: next_version.flatten(),
            versions: some(page.versions),
            delete_markers: some(page.markers),
            listed: ask.listed(page.prefixes),
        })
    }
}

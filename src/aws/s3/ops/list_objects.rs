//! `ListObjects`, and what it shares with `ListObjectsV2`.

use super::shapes::{CommonPrefix, ObjectEntry};
use crate::s3::access::Door;
use crate::s3::acl::to_owner;
use crate::s3::identifiers::{ANONYMOUS_ID, owner_id};
use crate::s3::keys::Version;
use crate::s3::listing::{self, Entry, Spelling, Walk, some};
use crate::s3::object::Object;
use crate::s3::payer::Payer;
use crate::s3::permit::Permission;
use sim::api::{ApiError, Read, Refused};
use sim::{Cx, World};

sim::operation! {
    /// Lists the objects of a bucket (the older version).
    read ListObjects in "s3" = "GET /{Bucket}";
    input {
        /// What to answer of each object beside the rest: `RestoreStatus`.
        _optional_object_attributes: Refused<Vec<String>> => "OptionalObjectAttributes" Header("x-amz-optional-object-attributes"),
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// Names are rolled up to common prefixes at this string.
        delimiter: Option<String> => "Delimiter" Query("delimiter"),
        /// `url` to have names percent-encoded in the answer.
        encoding_type: Option<String> => "EncodingType" Query("encoding-type"),
        /// Names after this one.
        marker: Option<String> => "Marker" Query("marker"),
        /// How many entries to answer at most; never more than 1,000.
        max_keys: Option<i64> => "MaxKeys" Query("max-keys"),
        /// Only names that begin with this.
        prefix: Option<String> => "Prefix" Query("prefix"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
    output ListBucketResult {
        /// Whether there is more than was answered.
        pub is_truncated: bool => "IsTruncated",
        /// Names after this one.
        pub marker: Option<String> => "Marker",
        /// The marker for the next answer.
        pub next_marker: Option<String> => "NextMarker",
        /// The objects, in order of their names.
        pub contents: Option<Vec<ObjectEntry>> => "Contents" XmlFlat("Contents"),
        /// The name of the bucket.
        pub name: Option<String> => "Name",
        /// Only names that begin with this.
        pub prefix: Option<String> => "Prefix",
        /// Names are rolled up to common prefixes at this string.
        pub delimiter: Option<String> => "Delimiter",
        /// How many entries to answer at most; never more than 1,000.
        pub max_keys: i64 => "MaxKeys",
        /// Prefixes that stand for all names below them.
        pub common_prefixes: Option<Vec<CommonPrefix>> => "CommonPrefixes" XmlFlat("CommonPrefixes"),
        /// `url` to have names percent-encoded in the answer.
        pub encoding_type: Option<String> => "EncodingType",
    }
    errors ["NoSuchBucket", "AccessDenied", "InvalidArgument"]
    access itself
    pages {
        input: &["Marker"],
        output: &["NextMarker"],
        more: Some("IsTruncated"),
        limit: Some("MaxKeys"),
        last: Some(("Contents", "Key")),
        results: &["Contents", "CommonPrefixes"],
        shown: &["RequestCharged", "Prefix"],
    }
}

/// One page of a listing.
pub(super) struct Page {
    pub(super) contents: Vec<ObjectEntry>,
    pub(super) prefixes: Vec<CommonPrefix>,
    /// The last entry, when there is more behind it.
    pub(super) next: Option<String>,
}

/// What a listing is asked for.
pub(super) struct Ask<'a> {
    pub(super) prefix: &'a str,
    pub(super) delimiter: &'a str,
    pub(super) after: &'a str,
    pub(super) most: usize,
    pub(super) spelling: Spelling,
    pub(super) owners: bool,
}

/// Whether the caller may list the bucket like this.
///
/// # Errors
/// `AccessDenied`.
pub(super) fn authorize(
    door: &Door<'_>,
    action: &str,
    prefix: Option<&String>,
    delimiter: Option<&String>,
    max_keys: Option<i64>,
) -> Result<(), ApiError> {
    let given = [
        ("s3:prefix", prefix.cloned()),
        ("s3:delimiter", delimiter.cloned()),
        ("s3:max-keys", max_keys.map(|n| n.to_string())),
    ];
    let facts = given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    door.on_bucket_or(action, Permission::Read, facts)
}

fn entry(
    account: &str,
    ask: &Ask<'_>,
    key: &str,
    version: &Version,
    object: &Object,
) -> ObjectEntry {
    let checksum = object.content.checksum.as_ref();
    let owner = ask.owners.then(|| owner_of(account, object));
    ObjectEntry {
        key: Some(ask.spelling.name(key)),
        last_modified: Some(version.modified),
        etag: Some(format!("\"{}\"", object.content.etag)),
        checksum_algorithm: checksum.map(|c| vec![c.kind.algorithm.as_str().to_owned()]),
        checksum_type: checksum.map(|c| c.kind.type_name().to_owned()),
        size: i64::try_from(object.content.len).ok(),
        storage_class: Some(object.about.storage_class.as_str().into()),
        owner,
    }
}

/// Who owns an object: the account, by its canonical user id, or an unsigned writer.
pub(super) fn owner_of(account: &str, object: &Object) -> super::shapes::Owner {
    let id = if object.about.anonymous { ANONYMOUS_ID } else { account };
    to_owner(id.to_owned())
}

/// Walks what is asked for.
pub(super) fn list(door: &Door<'_>, ask: &Ask<'_>) -> Page {
    let keys = &door.bucket.keys;
    let account = owner_id(&door.world.config().account);
    let mut page = Page { contents: Vec::new(), prefixes: Vec::new(), next: None };
    let mut last = None;
    let walk = Walk::new(|from| keys.next_live(from), ask.prefix, ask.delimiter, ask.after);
    for found in walk {
        if page.contents.len() + page.prefixes.len() >= ask.most {
            // Nothing was asked for where the page has no room at all.
            page.next = last;
            break;
        }
        match found {
            Entry::Prefix(prefix) => {
                page.prefixes.push(CommonPrefix { prefix: Some(ask.spelling.name(&prefix)) });
                last = Some(prefix);
            }
            Entry::Key(key) => {
                if let Some((version, object)) = keys.current(key) {
                    page.contents.push(entry(&account, ask, key, version, object));
                }
                last = Some(key.to_owned());
            }
        }
    }
    page
}

impl Read for ListObjects {
    type Output = ListBucketResult;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let (prefix, delimiter) = (self.prefix.as_ref(), self.delimiter.as_ref());
        authorize(&door, "s3:ListBucket", prefix, delimiter, self.max_keys)?;
        let spelling = Spelling::new(self.encoding_type.as_deref())?;
        let ask = Ask {
            prefix: self.prefix.as_deref().unwrap_or_default(),
            delimiter: self.delimiter.as_deref().unwrap_or_default(),
            after: self.marker.as_deref().unwrap_or_default(),
            most: listing::page(self.max_keys, "maxKeys")?,
            spelling,
            owners: true,
        };
        let page = list(&door, &ask);
        Ok(ListBucketResult {
            is_truncated: page.next.is_some(),
            marker: Some(spelling.name(ask.after)),
            // Without a delimiter the last key is the marker.
            next_marker: page
                .next
                .filter(|_| !ask.delimiter.is_empty())
                .map(|next| spelling.name(&next)),
            contents: some(page.contents),
            name: Some(self.bucket.clone()),
            prefix: Some(spelling.name(ask.prefix)),
            delimiter: self.delimiter.as_deref().map(|d| spelling.name(d)),
            max_keys: i64::try_from(ask.most).unwrap_or(0),
            common_prefixes: some(page.prefixes),
            encoding_type: spelling.encoding_type(),
        })
    }
}

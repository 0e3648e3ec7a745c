//! What the listings of a bucket have in common: members, permissions, the walk over objects.

use super::shapes::{CommonPrefix, ObjectEntry};
use crate::s3::access::Door;
use crate::s3::acl::to_owner;
use crate::s3::identifiers::{ANONYMOUS_ID, owner_id};
use crate::s3::keys::Version;
use crate::s3::listing::{self, Entry, Spelling, Walk, some};
use crate::s3::object::Object;
use crate::s3::payer::Payer;
use crate::s3::permit::Permission;
use sim::api::{ApiError, Refused};
use sim::{Cx, World};

sim::group! {
    /// What every listing of a bucket is asked for.
    pub struct Listing {
        /// What to return of each object beside the rest: `RestoreStatus`.
        _optional_object_attributes: Refused<Vec<String>> => "OptionalObjectAttributes" Header("x-amz-optional-object-attributes"),
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// Names are grouped under common prefixes that end with this string.
        delimiter: Option<String> => "Delimiter" Query("delimiter"),
        /// `url` to have names percent-encoded in the answer.
        encoding_type: Option<String> => "EncodingType" Query("encoding-type"),
        /// How many entries to return at most; never more than 1,000.
        max_keys: Option<i64> => "MaxKeys" Query("max-keys"),
        /// Only names that begin with this.
        prefix: Option<String> => "Prefix" Query("prefix"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
}

sim::structure! {
    /// What every listing of a bucket answers.
    pub struct Listed {
        /// The name of the bucket.
        pub name: Option<String> => "Name",
        /// Only names that begin with this.
        pub prefix: Option<String> => "Prefix",
        /// Names are grouped under common prefixes that end with this string.
        pub delimiter: Option<String> => "Delimiter",
        /// How many entries to return at most; never more than 1,000.
        pub max_keys: i64 => "MaxKeys",
        /// Prefixes that stand for all names below them.
        pub common_prefixes: Option<Vec<CommonPrefix>> => "CommonPrefixes" XmlFlat("CommonPrefixes"),
        /// `url` to have names percent-encoded in the answer.
        pub encoding_type: Option<String> => "EncodingType",
    }
}

/// A listing that may be made.
pub(super) struct Ask<'a> {
    pub(super) door: Door<'a>,
    pub(super) prefix: &'a str,
    pub(super) delimiter: &'a str,
    pub(super) most: usize,
    pub(super) spelling: Spelling,
    /// The delimiter was given.
    delimited: bool,
}

impl Listing {
    /// Opens the bucket for a caller who may list it like this.
    ///
    /// # Errors
    /// `NoSuchBucket`, `AccessDenied` or `InvalidArgument`.
    pub(super) fn open<'a>(
        &'a self,
        world: &'a World,
        cx: &'a Cx<'a>,
        action: &str,
    ) -> Result<Ask<'a>, ApiError> {
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let given = [
            ("s3:prefix", self.prefix.clone()),
            ("s3:delimiter", self.delimiter.clone()),
            ("s3:max-keys", self.max_keys.map(|n| n.to_string())),
        ];
        let facts = given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        door.on_bucket_or(action, Permission::Read, facts)?;
        Ok(Ask {
            door,
            prefix: self.prefix.as_deref().unwrap_or_default(),
            delimiter: self.delimiter.as_deref().unwrap_or_default(),
            spelling: Spelling::new(self.encoding_type.as_deref())?,
            most: listing::page(self.max_keys, "maxKeys")?,
            delimited: self.delimiter.is_some(),
        })
    }
}

impl Ask<'_> {
    /// What the answer says beside its entries.
    pub(super) fn listed(&self, prefixes: Vec<CommonPrefix>) -> Listed {
        Listed {
            name: Some(self.door.name.to_owned()),
            prefix: Some(self.spelling.name(self.prefix)),
            delimiter: self.delimited.then(|| self.spelling.name(self.delimiter)),
            max_keys: i64::try_from(self.most).unwrap_or(0),
            common_prefixes: some(prefixes),
            encoding_type: self.spelling.encoding_type(),
        }
    }
}

/// One page of a listing.
pub(super) struct Page {
    pub(super) contents: Vec<ObjectEntry>,
    pub(super) prefixes: Vec<CommonPrefix>,
    /// The last entry, when there is more behind it.
    pub(super) next: Option<String>,
}

fn entry(
    account: &str,
    ask: &Ask<'_>,
    owners: bool,
    key: &str,
    version: &Version,
    object: &Object,
) -> ObjectEntry {
    let checksum = object.content.checksum.as_ref();
    let owner = owners.then(|| owner_of(account, object));
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

/// Walks what is asked for behind this name.
pub(super) fn list(ask: &Ask<'_>, after: &str, owners: bool) -> Page {
    let keys = &ask.door.bucket.keys;
    let account = owner_id(&ask.door.world.config().account);
    let mut page = Page { contents: Vec::new(), prefixes: Vec::new(), next: None };
    let mut last = None;
    let walk = Walk::new(|from| keys.next_live(from), ask.prefix, ask.delimiter, after);
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
                    page.contents.push(entry(&account, ask, owners, key, version, object));
                }
                last = Some(key.to_owned());
            }
        }
    }
    page
}

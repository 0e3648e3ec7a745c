//! What S3 remembers: buckets, the versions of their keys, uploads in progress.
//!
//! Bytes are not here: content is a list of slices of blobs, whose facts were computed at the edge.

use std::collections::BTreeMap;

use super::acl::Permit;
use super::checksum::{Checksum, Kind, Sums};
use super::keys::Keys;
use super::ops::lifecycle_shapes::BucketLifecycleConfiguration;
use super::ops::shapes::{CORSConfiguration, Tag};
use super::shape;
use crate::policy::Policy;
use base::{Digest, Slice, Time};
use sim::Config;

/// All buckets of the account.
#[derive(Hash, Debug, Default)]
pub struct State {
    pub(super) buckets: BTreeMap<String, Bucket>,
}

/// One bucket: its settings, its keys and its uploads.
#[derive(Hash, Debug)]
pub(super) struct Bucket {
    pub(super) created: Time,
    pub(super) region: String,
    /// `None` after the controls were deleted: then ACLs are on, as with `ObjectWriter`.
    pub(super) ownership: Option<Ownership>,
    /// `None` is the canned ACL `private`.
    pub(super) acl: Option<Vec<Permit>>,
    pub(super) public_access: Option<PublicAccess>,
    pub(super) policy: Option<Policy>,
    pub(super) tags: Vec<Tag>,
    pub(super) versioning: Versioning,
    pub(super) encryption: Encryption,
    /// Whether uploads that bring a key of their own are refused.
    pub(super) customer_keys_blocked: bool,
    /// Whether object lock is on, and the retention that new versions begin with.
    #[expect(clippy::option_option, reason = "locks may be kept without a default retention")]
    pub(super) object_lock: Option<Option<DefaultRetention>>,
    pub(super) cors: Option<CORSConfiguration>,
    pub(super) lifecycle: Option<BucketLifecycleConfiguration>,
    pub(super) keys: Keys,
    /// By key; those of one key in the order in which they began.
    pub(super) uploads: BTreeMap<String, Vec<Upload>>,
}

sim::string_enum! {
    /// Who owns the objects of a bucket.
    pub(super) enum Ownership {
        BucketOwnerEnforced = "BucketOwnerEnforced",
        BucketOwnerPreferred = "BucketOwnerPreferred",
        ObjectWriter = "ObjectWriter",
    }
}

sim::string_enum! {
    /// Whether overwritten and deleted objects are kept.
    pub(super) enum Versioning {
        Off = "",
        Enabled = "Enabled",
        Suspended = "Suspended",
    }
}

sim::string_enum! {
    /// The storage classes of general purpose buckets.
    pub(super) enum StorageClass {
        Standard = "STANDARD",
        ReducedRedundancy = "REDUCED_REDUNDANCY",
        StandardIa = "STANDARD_IA",
        OneZoneIa = "ONEZONE_IA",
        IntelligentTiering = "INTELLIGENT_TIERING",
        Glacier = "GLACIER",
        DeepArchive = "DEEP_ARCHIVE",
        GlacierIr = "GLACIER_IR",
    }
}

sim::string_enum! {
    /// The kinds of encryption at rest.
    pub(super) enum Sse {
        Aes256 = "AES256",
        Kms = "aws:kms",
        KmsDsse = "aws:kms:dsse",
    }
}

/// How something is encrypted at rest. Only the names are simulated.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Encryption {
    pub(super) sse: Sse,
    /// The ARN of the key, with AWS KMS.
    pub(super) key: Option<String>,
    pub(super) bucket_key: bool,
    /// The digest of the key that the client keeps, where there is one.
    pub(super) customer: Option<Digest>,
}

sim::string_enum! {
    /// Whether a retention can be set aside.
    pub(super) enum LockMode {
        Governance = "GOVERNANCE",
        Compliance = "COMPLIANCE",
    }
}

/// Until when a version must not be removed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Retention {
    pub(super) mode: LockMode,
    pub(super) until: Time,
}

/// How a version is protected.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Lock {
    pub(super) retention: Option<Retention>,
    /// `None` where no hold was ever spoken of.
    pub(super) hold: Option<bool>,
}

/// How long new versions are retained.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct DefaultRetention {
    pub(super) mode: LockMode,
    pub(super) period: Period,
}

/// A time in one of two units.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Period {
    Days(i64),
    Years(i64),
}

/// The four settings of a public access block.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
// They are four independent switches in the API, too.
#[expect(clippy::struct_excessive_bools)]
pub(super) struct PublicAccess {
    pub(super) block_public_acls: bool,
    pub(super) ignore_public_acls: bool,
    pub(super) block_public_policy: bool,
    pub(super) restrict_public_buckets: bool,
}

impl PublicAccess {
    /// All on.
    pub(super) const ALL: Self = Self {
        block_public_acls: true,
        ignore_public_acls: true,
        block_public_policy: true,
        restrict_public_buckets: true,
    };
}

/// What a bucket begins with when its creator says nothing of it.
pub(super) struct Defaults {
    /// `None` where there are no controls, so that ACLs are on.
    pub(super) ownership: Option<Ownership>,
    pub(super) public_access: Option<PublicAccess>,
    pub(super) customer_keys_blocked: bool,
}

/// The defaults of S3: those of access since April 2023, that of encryption since April 2026; or, where
/// the world's shape asks for them, those before.
pub(super) fn defaults(config: &Config) -> Defaults {
    let old = shape::old_defaults(config);
    Defaults {
        ownership: (!old).then_some(Ownership::BucketOwnerEnforced),
        public_access: (!old).then_some(PublicAccess::ALL),
        customer_keys_blocked: !old,
    }
}

impl Bucket {
    /// A bucket as `CreateBucket` without options makes it.
    pub(super) fn new(created: Time, region: String, defaults: &Defaults) -> Self {
        let Defaults { ownership, public_access, customer_keys_blocked } = *defaults;
        Self {
            created,
            region,
            ownership,
            acl: None,
            public_access,
            policy: None,
            tags: Vec::new(),
            versioning: Versioning::Off,
            encryption: Encryption::default(),
            customer_keys_blocked,
            object_lock: None,
            cors: None,
            lifecycle: None,
            keys: Keys::default(),
            uploads: BTreeMap::new(),
        }
    }

    /// Whether ACLs are off.
    pub(super) fn enforced(&self) -> bool {
        self.ownership == Some(Ownership::BucketOwnerEnforced)
    }

    /// The settings in force; all off when there is no public access block.
    pub(super) fn guard(&self) -> PublicAccess {
        self.public_access.unwrap_or_default()
    }

    /// The upload with this id.
    pub(super) fn upload(&self, key: &str, id: &str) -> Option<&Upload> {
        self.uploads.get(key)?.iter().find(|u| u.id == id)
    }

    /// The upload with this id, to change it.
    pub(super) fn upload_mut(&mut self, key: &str, id: &str) -> Option<&mut Upload> {
        self.uploads.get_mut(key)?.iter_mut().find(|u| u.id == id)
    }

    /// Forgets an upload and gives it back.
    pub(super) fn take_upload(&mut self, key: &str, id: &str) -> Option<Upload> {
        let uploads = self.uploads.get_mut(key)?;
        let at = uploads.iter().position(|u| u.id == id)?;
        let upload = uploads.remove(at);
        if uploads.is_empty() {
            self.uploads.remove(key);
        }
        Some(upload)
    }
}

/// An object: what it is, and what is said about it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Object {
    pub(super) content: Content,
    pub(super) about: About,
}

/// What the content of an object is.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Content {
    /// Bytes.
    pub(super) len: u64,
    /// Without quotes.
    pub(super) etag: String,
    pub(super) slices: Vec<Slice>,
    /// Checksums of the whole, as far as they are known without the bytes.
    pub(super) sums: Option<Sums>,
    /// The checksum that S3 keeps and answers.
    pub(super) checksum: Option<Checksum>,
    /// The parts of a multipart upload; empty for a simple one.
    pub(super) parts: Vec<ObjectPart>,
    /// The multipart upload that made it, so that a repeated completion can be told from a wrong one.
    pub(super) upload_id: Option<String>,
}

/// One part of an object made by a multipart upload.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct ObjectPart {
    pub(super) number: u32,
    pub(super) len: u64,
    /// In base64, by the object's algorithm.
    pub(super) checksum: Option<String>,
}

/// What is said about an object: everything that may change while the content stays.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct About {
    pub(super) meta: Meta,
    pub(super) tags: Vec<Tag>,
    pub(super) storage_class: StorageClass,
    pub(super) encryption: Encryption,
    /// `None` is the canned ACL `private`.
    pub(super) acl: Option<Vec<Permit>>,
    pub(super) lock: Lock,
    /// Whether an unsigned request made it where writers own their objects.
    pub(super) anonymous: bool,
}

/// The headers an object carries.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Meta {
    pub(super) content_type: Option<String>,
    pub(super) content_encoding: Option<String>,
    pub(super) content_disposition: Option<String>,
    pub(super) content_language: Option<String>,
    pub(super) cache_control: Option<String>,
    pub(super) expires: Option<String>,
    pub(super) redirect: Option<String>,
    /// Names without the prefix `x-amz-meta-`, in lower case.
    pub(super) user: BTreeMap<String, String>,
}

/// A multipart upload in progress.
#[derive(Clone, Hash, Debug)]
pub(super) struct Upload {
    pub(super) id: String,
    pub(super) initiated: Time,
    pub(super) about: About,
    pub(super) kind: Kind,
    /// Whether the client chose the algorithm; then its parts must keep to it.
    pub(super) chosen: bool,
    pub(super) parts: BTreeMap<u32, Part>,
}

/// An uploaded part.
#[derive(Clone, Hash, Debug)]
pub(super) struct Part {
    pub(super) modified: Time,
    pub(super) len: u64,
    /// Without quotes.
    pub(super) etag: String,
    pub(super) slices: Vec<Slice>,
    pub(super) sums: Option<Sums>,
}

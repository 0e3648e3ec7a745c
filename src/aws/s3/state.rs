//! What S3 remembers: buckets, the versions of their keys, uploads in progress.

use std::collections::BTreeMap;

use super::checksum::{Kind, Sums};
use super::keys::Keys;
use super::object::{About, Encryption, LockMode};
use super::ops::lifecycle_shapes::LifecycleRule;
use super::ops::shapes::{CORSRule, Tag};
use super::permit::Permit;
use super::shape;
use crate::policy::Policy;
use base::{Slice, Time};
use sim::Config;

/// All buckets of the account.
#[derive(Hash, Debug, Default)]
pub struct State {
    pub(super) buckets: BTreeMap<String, Bucket>,
    /// Whether the next midnight is in the queue.
    pub(super) awaits_midnight: bool,
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
    pub(super) cors: Option<Vec<CORSRule>>,
    pub(super) lifecycle: Option<Vec<LifecycleRule>>,
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

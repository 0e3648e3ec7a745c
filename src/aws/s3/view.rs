//! S3 as the screen shows it.

use super::access::Door;
use super::acl::is_public;
use super::identifiers::owner_id;
use super::keys::Version;
use super::permit::Permission;
use super::policies;
use super::state::Bucket;
use crate::s3;
use base::Time;
use sim::{Caller, World};

/// How many keys of a bucket are shown.
const KEYS_MAX: usize = 500;

/// All buckets.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct View {
    pub buckets: Vec<BucketView>,
}

/// One bucket with its keys.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BucketView {
    pub name: String,
    /// `""`, `"Enabled"` or `"Suspended"`.
    pub versioning: String,
    /// Whether a policy or ACL opens something in it to everyone.
    pub public: bool,
    pub has_policy: bool,
    /// The first 500 keys in order.
    pub keys: Vec<KeyView>,
    /// How many keys there are in all.
    pub key_count: usize,
}

/// One key with its versions, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct KeyView {
    pub key: String,
    /// Whether everyone may read the newest version.
    pub public: bool,
    pub versions: Vec<VersionView>,
}

/// One version or delete marker.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VersionView {
    /// `null` where versioning was off.
    pub id: String,
    pub size: u64,
    pub delete_marker: bool,
    pub modified: Time,
}

/// What the bucket view shows.
#[must_use]
pub fn s3_view(world: &World) -> View {
    let buckets = world
        .get::<s3::State>()
        .buckets
        .iter()
        .map(|(name, bucket)| bucket_view(world, name, bucket));
    View { buckets: buckets.collect() }
}

fn bucket_view(world: &World, name: &str, bucket: &Bucket) -> BucketView {
    let mut keys = Vec::new();
    let mut next = bucket.keys.next_key(std::ops::Bound::Unbounded);
    while let Some(key) = next.filter(|_| keys.len() < KEYS_MAX) {
        keys.push(KeyView {
            key: key.to_owned(),
            public: is_open(world, name, bucket, key),
            versions: bucket.keys.versions(key).map(version_view).collect(),
        });
        next = bucket.keys.next_key(std::ops::Bound::Excluded(key));
    }
    BucketView {
        name: name.to_owned(),
        versioning: bucket.versioning.as_str().to_owned(),
        public: bucket_is_open(bucket) || keys.iter().any(|key| key.public),
        has_policy: bucket.policy.is_some(),
        keys,
        key_count: bucket.keys.len(),
    }
}

/// Whether an unsigned request may read the newest version of a key.
fn is_open(world: &World, name: &str, bucket: &Bucket, key: &str) -> bool {
    let Some((_, object)) = bucket.keys.current(key) else { return false };
    if bucket.policy.is_none() && object.about.acl.is_none() {
        return false;
    }
    let caller = Caller::default();
    let cx = world.circumstances(&caller);
    let about = &object.about;
    Door::open(world, &cx, name, None).is_ok_and(|door| {
        door.on_object("s3:GetObject", key, about, Permission::Read, Vec::new()).is_ok()
    })
}

/// The canonical user id of the account, as S3 shows owners.
#[must_use]
pub fn canonical_user_id(world: &World) -> String {
    owner_id(&world.config().account)
}

/// Whether the bucket's own policy or ACL opens something.
fn bucket_is_open(bucket: &Bucket) -> bool {
    let guard = bucket.guard();
    let by_policy =
        !guard.restrict_public_buckets && bucket.policy.as_ref().is_some_and(policies::is_public);
    let by_acl = !guard.ignore_public_acls
        && !bucket.enforced()
        && bucket.acl.as_deref().is_some_and(is_public);
    by_policy || by_acl
}

fn version_view(version: &Version) -> VersionView {
    VersionView {
        id: version.id_text().to_owned(),
        size: version.object.as_ref().map_or(0, |object| object.content.len),
        delete_marker: version.object.is_none(),
        modified: version.modified,
    }
}

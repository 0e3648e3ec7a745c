//! S3 as the screen shows it.

use crate::base::Time;
use crate::sim::World;

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

impl World {
    /// What the bucket view shows.
    #[must_use]
    pub fn s3_view(&self) -> View {
        View::default()
    }
}

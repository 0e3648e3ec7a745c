//! The structures of a lifecycle configuration.

use super::shapes::Tag;
use base::Time;

sim::argument! {
    /// The lifecycle rules of a bucket.
    pub struct BucketLifecycleConfiguration {
        /// The rules.
        pub(super) rules: Vec<LifecycleRule> => "Rules" XmlFlat("Rule"),
    }
}

sim::structure! {
    /// One lifecycle rule.
    pub struct LifecycleRule {
        /// When to delete objects.
        pub expiration: Option<LifecycleExpiration> => "Expiration",
        /// The identifier.
        pub id: Option<String> => "ID",
        /// Only names that begin with this.
        pub prefix: Option<String> => "Prefix",
        /// Which objects.
        pub filter: Option<LifecycleRuleFilter> => "Filter",
        /// `Enabled` or `Disabled`.
        pub status: String => "Status",
        /// When to move objects to another storage class.
        pub transitions: Vec<Transition> => "Transitions" XmlFlat("Transition"),
        /// When to move noncurrent versions to another storage class.
        pub noncurrent_version_transitions: Vec<NoncurrentVersionTransition> => "NoncurrentVersionTransitions" XmlFlat("NoncurrentVersionTransition"),
        /// When to delete noncurrent versions.
        pub noncurrent_version_expiration: Option<NoncurrentVersionExpiration> => "NoncurrentVersionExpiration",
        /// When to abort unfinished uploads.
        pub abort_incomplete_multipart_upload: Option<AbortIncompleteMultipartUpload> => "AbortIncompleteMultipartUpload",
    }
}

sim::structure! {
    /// When to delete objects.
    pub struct LifecycleExpiration {
        /// From this midnight on.
        pub date: Option<Time> => "Date",
        /// Days after creation.
        pub days: Option<i64> => "Days",
        /// Remove delete markers with nothing below them.
        pub expired_object_delete_marker: Option<bool> => "ExpiredObjectDeleteMarker",
    }
}

sim::structure! {
    /// Which objects a rule is for.
    pub struct LifecycleRuleFilter {
        /// Only names that begin with this.
        pub prefix: Option<String> => "Prefix",
        /// Only objects with this tag.
        pub tag: Option<Tag> => "Tag",
        /// Objects larger than this, in bytes.
        pub object_size_greater_than: Option<i64> => "ObjectSizeGreaterThan",
        /// Objects smaller than this, in bytes.
        pub object_size_less_than: Option<i64> => "ObjectSizeLessThan",
        /// Objects that match all of these.
        pub and: Option<LifecycleRuleAndOperator> => "And",
    }
}

sim::structure! {
    /// Conditions that must all hold.
    pub struct LifecycleRuleAndOperator {
        /// Only names that begin with this.
        pub prefix: Option<String> => "Prefix",
        /// Only objects with all of these tags.
        pub tags: Vec<Tag> => "Tags" XmlFlat("Tag"),
        /// Objects larger than this, in bytes.
        pub object_size_greater_than: Option<i64> => "ObjectSizeGreaterThan",
        /// Objects smaller than this, in bytes.
        pub object_size_less_than: Option<i64> => "ObjectSizeLessThan",
    }
}

sim::structure! {
    /// When to move an object to another storage class.
    pub struct Transition {
        /// From this midnight on.
        pub date: Option<Time> => "Date",
        /// Days after creation.
        pub days: Option<i64> => "Days",
        /// Where the object is kept: `STANDARD`, `STANDARD_IA`, `GLACIER` and so on.
        pub storage_class: Option<String> => "StorageClass",
    }
}

sim::structure! {
    /// When to move a noncurrent version to another storage class.
    pub struct NoncurrentVersionTransition {
        /// Days after the version stopped being the newest.
        pub noncurrent_days: Option<i64> => "NoncurrentDays",
        /// Where the object is kept: `STANDARD`, `STANDARD_IA`, `GLACIER` and so on.
        pub storage_class: Option<String> => "StorageClass",
        /// How many noncurrent versions to keep.
        pub newer_noncurrent_versions: Option<i64> => "NewerNoncurrentVersions",
    }
}

sim::structure! {
    /// When to delete a noncurrent version.
    pub struct NoncurrentVersionExpiration {
        /// Days after the version stopped being the newest.
        pub noncurrent_days: Option<i64> => "NoncurrentDays",
        /// How many noncurrent versions to keep.
        pub newer_noncurrent_versions: Option<i64> => "NewerNoncurrentVersions",
    }
}

sim::structure! {
    /// When to abort unfinished uploads.
    pub struct AbortIncompleteMultipartUpload {
        /// Days after the upload began.
        pub days_after_initiation: Option<i64> => "DaysAfterInitiation",
    }
}

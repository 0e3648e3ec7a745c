//! Invalidations: what edges are to forget.

use super::items::Items;
use base::Time;

sim::structure! {
    /// What is to be forgotten.
    pub struct InvalidationBatch {
        /// The paths.
        pub paths: Paths => "Paths",
        /// What makes a repeated request one.
        pub caller_reference: String => "CallerReference",
    }
}

sim::structure! {
    /// Paths, each from the first slash on; an asterisk at the end stands for whatever follows.
    pub struct Paths {
        /// How many there are.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Items<String> => "Items" XmlList("Items", "Path"),
    }
}

sim::structure! {
    /// An invalidation.
    pub struct Invalidation {
        /// Its id.
        pub id: String => "Id",
        /// `InProgress` or `Completed`.
        pub status: String => "Status",
        /// When it was asked for.
        pub create_time: Time => "CreateTime",
        /// What it is about.
        pub batch: InvalidationBatch => "InvalidationBatch",
    }
}

sim::structure! {
    /// A page of invalidations, the newest first.
    pub struct InvalidationList {
        /// Where the page begins.
        pub marker: String => "Marker",
        /// Where the next one begins.
        pub next_marker: Option<String> => "NextMarker",
        /// How many a page may have.
        pub max_items: i64 => "MaxItems",
        /// Whether there are more.
        pub is_truncated: bool => "IsTruncated",
        /// How many are on this page.
        pub quantity: i64 => "Quantity",
        /// These.
        pub items: Items<InvalidationSummary> => "Items" XmlList("Items", "InvalidationSummary"),
    }
}

sim::structure! {
    /// An invalidation in a list.
    pub struct InvalidationSummary {
        /// Its id.
        pub id: String => "Id",
        /// When it was asked for.
        pub create_time: Time => "CreateTime",
        /// `InProgress` or `Completed`.
        pub status: String => "Status",
    }
}

//! `ListObjects`.

use super::listings::{Listed, Listing, list};
use super::shapes::ObjectEntry;
use crate::s3::listing::some;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::operation! {
    /// Lists the objects of a bucket (the older version).
    read ListObjects in "s3" = "GET /{Bucket}";
    input {
        ..listing: Listing,
        /// Names after this one.
        marker: Option<String> => "Marker" Query("marker"),
    }
    output ListBucketResult {
        ..pub listed: Listed,
        /// Whether there is more than this answer holds.
        pub is_truncated: bool => "IsTruncated",
        /// Names after this one.
        pub marker: Option<String> => "Marker",
        /// The marker for the next answer.
        pub next_marker: Option<String> => "NextMarker",
        /// The objects, in order of their names.
        pub contents: Option<Vec<ObjectEntry>> => "Contents" XmlFlat("Contents"),
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

impl Read for ListObjects {
    type Output = ListBucketResult;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let ask = self.listing.open(world, cx, "s3:ListBucket")?;
        let (spelling, marker) = (ask.spelling, self.marker.unwrap_or_default());
        let page = list(&ask, &marker, true);
        Ok(ListBucketResult {
            is_truncated: page.next.is_some(),
            marker: Some(spelling.name(&marker)),
            // Without a delimiter the last key is the marker.
            next_marker: page
                .next
                .filter(|_| !ask.delimiter.is_empty())
                .map(|next| spelling.name(&next)),
            contents: some(page.contents),
            listed: ask.listed(page.prefixes),
        })
    }
}

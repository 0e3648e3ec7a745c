//! `ListObjectsV2`.

use super::listings::{Listed, Listing, list};
use super::shapes::ObjectEntry;
use crate::s3::listing::{self, some};
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::operation! {
    /// Lists the objects of a bucket.
    read ListObjectsV2 in "s3" = "GET /{Bucket}?list-type=2";
    input {
        ..listing: Listing,
        /// Where an earlier answer left off.
        continuation_token: Option<String> => "ContinuationToken" Query("continuation-token"),
        /// Whether to return the owner of each object.
        fetch_owner: Option<bool> => "FetchOwner" Query("fetch-owner"),
        /// Names after this one.
        start_after: Option<String> => "StartAfter" Query("start-after"),
    }
    output ListBucketResult {
        ..pub listed: Listed,
        /// Whether there is more than this answer holds.
        pub is_truncated: bool => "IsTruncated",
        /// The objects, in order of their names.
        pub contents: Option<Vec<ObjectEntry>> => "Contents" XmlFlat("Contents"),
        /// How many names and common prefixes this answer has.
        pub key_count: Option<i64> => "KeyCount",
        /// Where an earlier answer left off.
        pub continuation_token: Option<String> => "ContinuationToken",
        /// The token for the next answer.
        pub next_continuation_token: Option<String> => "NextContinuationToken",
        /// Names after this one.
        pub start_after: Option<String> => "StartAfter",
    }
    errors ["NoSuchBucket", "AccessDenied", "InvalidArgument"]
    access itself
    pages {
        input: &["ContinuationToken"],
        output: &["NextContinuationToken"],
        more: Some("IsTruncated"),
        limit: Some("MaxKeys"),
        results: &["Contents", "CommonPrefixes"],
        shown: &["RequestCharged", "Prefix"],
    }
}

impl Read for ListObjectsV2 {
    type Output = ListBucketResult;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let ask = self.listing.open(world, cx, "s3:ListBucket")?;
        let after = self.continuation_token.as_deref().map(listing::after_token).transpose()?;
        // A token knows better than where the first answer began.
        let after = after.as_deref().or(self.start_after.as_deref()).unwrap_or_default();
        let page = list(&ask, after, self.fetch_owner.unwrap_or(false));
        Ok(ListBucketResult {
            is_truncated: page.next.is_some(),
            key_count: i64::try_from(page.contents.len() + page.prefixes.len()).ok(),
            contents: some(page.contents),
            start_after: self.start_after.as_deref().map(|s| ask.spelling.name(s)),
            listed: ask.listed(page.prefixes),
            next_continuation_token: page.next.as_deref().map(listing::token),
            continuation_token: self.continuation_token.clone(),
        })
    }
}

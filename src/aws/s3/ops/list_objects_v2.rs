//! `ListObjectsV2`.

use super::list_objects::{Ask, authorize, list};
use super::shapes::{CommonPrefix, ObjectEntry};
use crate::s3::access::Door;
use crate::s3::listing::{self, Spelling, some};
use crate::s3::payer::Payer;
use sim::api::{ApiError, Read, Refused};
use sim::{Cx, World};

sim::operation! {
    /// Lists the objects of a bucket.
    read ListObjectsV2 in "s3" = "GET /{Bucket}?list-type=2";
    input {
        /// What to answer of each object beside the rest: `RestoreStatus`.
        _optional_object_attributes: Refused<Vec<String>> => "OptionalObjectAttributes" Header("x-amz-optional-object-attributes"),
        /// The name of the bucket.
        bucket: String => "Bucket" Uri,
        /// Names are rolled up to common prefixes at this string.
        delimiter: Option<String> => "Delimiter" Query("delimiter"),
        /// `url` to have names percent-encoded in the answer.
        encoding_type: Option<String> => "EncodingType" Query("encoding-type"),
        /// How many entries to answer at most; never more than 1,000.
        max_keys: Option<i64> => "MaxKeys" Query("max-keys"),
        /// Only names that begin with this.
        prefix: Option<String> => "Prefix" Query("prefix"),
        /// Where an earlier answer left off.
        continuation_token: Option<String> => "ContinuationToken" Query("continuation-token"),
        /// Whether to answer the owner of each object.
        fetch_owner: Option<bool> => "FetchOwner" Query("fetch-owner"),
        /// Names after this one.
        start_after: Option<String> => "StartAfter" Query("start-after"),
        /// The account id that must own the bucket; the request fails when another does.
        expected_bucket_owner: Option<String> => "ExpectedBucketOwner" Header("x-amz-expected-bucket-owner"),
        /// Who agrees to pay for the request: `requester`. Here the bucket's owner always pays.
        _request_payer: Option<Payer> => "RequestPayer" Header("x-amz-request-payer"),
    }
    output ListBucketResult {
        /// Whether there is more than was answered.
        pub is_truncated: bool => "IsTruncated",
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
        let door = Door::open(world, cx, &self.bucket, self.expected_bucket_owner.as_deref())?;
        let (prefix, delimiter) = (self.prefix.as_ref(), self.delimiter.as_ref());
        authorize(&door, "s3:ListBucket", prefix, delimiter, self.max_keys)?;
        let spelling = Spelling::new(self.encoding_type.as_deref())?;
        let after = self.continuation_token.as_deref().map(listing::after_token).transpose()?;
        let ask = Ask {
            prefix: self.prefix.as_deref().unwrap_or_default(),
            delimiter: self.delimiter.as_deref().unwrap_or_default(),
            // A token knows better than where the first answer began.
            after: after.as_deref().or(self.start_after.as_deref()).unwrap_or_default(),
            most: listing::page(self.max_keys, "maxKeys")?,
            spelling,
            owners: self.fetch_owner.unwrap_or(false),
        };
        let page = list(&door, &ask);
        Ok(ListBucketResult {
            is_truncated: page.next.is_some(),
            key_count: i64::try_from(page.contents.len() + page.prefixes.len()).ok(),
            contents: some(page.contents),
            name: Some(self.bucket.clone()),
            prefix: Some(spelling.name(ask.prefix)),
            delimiter: self.delimiter.as_deref().map(|d| spelling.name(d)),
            max_keys: i64::try_from(ask.most).unwrap_or(0),
            common_prefixes: some(page.prefixes),
            encoding_type: spelling.encoding_type(),
            next_continuation_token: page.next.as_deref().map(listing::token),
            start_after: self.start_after.as_deref().map(|s| spelling.name(s)),
            continuation_token: self.continuation_token.clone(),
        })
    }
}

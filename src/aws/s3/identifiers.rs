//! How accounts, buckets and objects are named to the outside: canonical user ids and ARNs.

use base::Digest;

/// The canonical user id of unsigned callers.
pub(super) const ANONYMOUS_ID: &str = "65a011a29cdf8ec533ec3d1ccaae921c";

/// The canonical user id of an account.
#[must_use]
pub(crate) fn owner_id(account: &str) -> String {
    Digest::of(format!("canonical-user {account}").as_bytes()).to_string()
}

/// The ARN of a bucket.
pub(super) fn bucket_arn(bucket: &str) -> String {
    format!("arn:aws:s3:::{bucket}")
}

/// The ARN of an object.
pub(super) fn object_arn(bucket: &str, key: &str) -> String {
    format!("arn:aws:s3:::{bucket}/{key}")
}

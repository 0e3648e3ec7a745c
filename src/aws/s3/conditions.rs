//! Conditional requests: RFC 9110, section 13, with S3's own rules for writes and deletes.

use super::errors::{header_not_implemented, no_such_key, precondition};
use super::object::Object;
use base::Time;
use sim::api::ApiError;

/// The conditions of a reading request.
#[derive(Clone, Copy, Default)]
pub(super) struct Conditions<'a> {
    pub(super) matches: Option<&'a str>,
    pub(super) none_match: Option<&'a str>,
    pub(super) modified_since: Option<Time>,
    pub(super) unmodified_since: Option<Time>,
}

/// Whether a list of entity tags has this one; quotes may be left out.
fn tags_have(list: &str, etag: &str) -> bool {
    list.split(',').any(|one| {
        let one = one.trim();
        let one = one.strip_prefix("W/").unwrap_or(one).trim_matches('"');
        one == "*" || one == etag
    })
}

/// The outcome of conditions in their order of precedence.
enum Outcome {
    Holds,
    Failed(&'static str),
    NotModified(&'static str),
}

impl Conditions<'_> {
    fn judge(&self, etag: &str, modified: Time) -> Outcome {
        let after = |since: Time| modified.secs() > since.secs();
        match (self.matches, self.unmodified_since) {
            (Some(list), _) if !tags_have(list, etag) => return Outcome::Failed("If-Match"),
            (None, Some(since)) if after(since) => return Outcome::Failed("If-Unmodified-Since"),
            _ => {}
        }
        match (self.none_match, self.modified_since) {
            (Some(list), _) if tags_have(list, etag) => Outcome::NotModified("If-None-Match"),
            (None, Some(since)) if !after(since) => Outcome::NotModified("If-Modified-Since"),
            _ => Outcome::Holds,
        }
    }

    /// # Errors
    /// `PreconditionFailed` (412) or `NotModified` (304).
    pub(super) fn check_read(&self, etag: &str, modified: Time) -> Result<(), ApiError> {
        match self.judge(etag, modified) {
            Outcome::Holds => Ok(()),
            Outcome::Failed(header) => Err(precondition(header)),
            Outcome::NotModified(_) => Err(ApiError::new(304, "NotModified", "Not Modified")
                .with("etag", format!("\"{etag}\""))
                .with("last-modified", modified.http_date())),
        }
    }

    /// The same for the source of a copy, where everything that fails is a 412.
    ///
    /// # Errors
    /// `PreconditionFailed`.
    pub(super) fn check_source(&self, etag: &str, modified: Time) -> Result<(), ApiError> {
        match self.judge(etag, modified) {
            Outcome::Holds => Ok(()),
            Outcome::Failed(header) | Outcome::NotModified(header) => {
                Err(precondition(&format!("x-amz-copy-source-{header}")))
            }
        }
    }
}

/// Whether a write may replace the current object.
///
/// # Errors
/// `PreconditionFailed`; `NoSuchKey` when there is nothing to match; `NotImplemented` for a value S3
/// does not take.
pub(super) fn check_write(
    if_match: Option<&str>,
    if_none_match: Option<&str>,
    key: &str,
    current: Option<&Object>,
) -> Result<(), ApiError> {
    match if_none_match {
        Some("*") if current.is_some() => return Err(precondition("If-None-Match")),
        Some("*") | None => {}
        Some(_) => return Err(header_not_implemented("If-None-Match")),
    }
    match (if_match, current) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(no_such_key(key)),
        (Some(list), Some(object)) if tags_have(list, &object.content.etag) => Ok(()),
        (Some(_), Some(_)) => Err(precondition("If-Match")),
    }
}

/// Whether the current object may be deleted.
///
/// # Errors
/// `PreconditionFailed`; `NoSuchKey` when there is nothing to match.
pub(super) fn check_delete(
    if_match: Option<&str>,
    key: &str,
    current: Option<&Object>,
) -> Result<(), ApiError> {
    check_write(if_match, None, key, current)
}

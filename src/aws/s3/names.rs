//! What a key, a version and a tag may be called.
//!
//! Follows the S3 User Guide, "Object key names".

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use super::errors::{argument, bad};
use super::ops::shapes::Tag;
use base::Rng;
use base::rng::ALNUM;
use sim::api::ApiError;

/// Keys have at most this many bytes.
const KEY_MAX: usize = 1024;

/// # Errors
/// `KeyTooLongError`.
pub(super) fn check_key(key: &str) -> Result<(), ApiError> {
    if key.len() > KEY_MAX {
        return Err(bad("KeyTooLongError", "Your key is too long")
            .with("Size", key.len().to_string())
            .with("MaxSizeAllowed", KEY_MAX.to_string()));
    }
    Ok(())
}

const VERSION_LEN: usize = 32;

/// The alphabet of version and upload ids.
fn id_alphabet() -> Vec<u8> {
    [ALNUM, b"._"].concat()
}

/// A fresh version id.
pub(super) fn version_id(rng: &mut Rng) -> String {
    rng.text(&id_alphabet(), VERSION_LEN)
}

/// A fresh upload id.
pub(super) fn upload_id(rng: &mut Rng) -> String {
    rng.text(&id_alphabet(), 128)
}

/// A fresh id for a lifecycle rule that was given none.
pub(super) fn rule_id(rng: &mut Rng) -> String {
    rng.text(ALNUM, 48)
}

/// # Errors
/// `InvalidArgument` when no version can have this id.
pub(super) fn check_version_id(id: Option<&str>) -> Result<(), ApiError> {
    match id {
        None | Some("null") => Ok(()),
        Some("") => Err(argument("Version id cannot be the empty string", "versionId", "")),
        Some(id)
            if id.len() == VERSION_LEN
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'_') =>
        {
            Ok(())
        }
        Some(id) => Err(argument("Invalid version id specified", "versionId", id)),
    }
}

/// What tags belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tagged {
    Bucket,
    Object,
}

/// # Errors
/// `InvalidTag` or `BadRequest` where they break a limit.
pub(super) fn check_tags(tags: &[Tag], on: Tagged) -> Result<(), ApiError> {
    let (most, what) = if on == Tagged::Bucket { (50, "Bucket") } else { (10, "Object") };
    if tags.len() > most {
        let message = if on == Tagged::Bucket {
            format!("{what} tag count cannot be greater than {most}")
        } else {
            format!("{what} tags cannot be greater than {most}")
        };
        return Err(bad("BadRequest", message));
    }
    let allowed = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    let mut seen = BTreeSet::new();
    for Tag { key, value } in tags {
        let wrong = |message: &str| {
            Err(bad("InvalidTag", message).with("TagKey", key.as_str()).with("TagValue", value))
        };
        if key.is_empty() || key.chars().count() > 128 || !key.chars().all(allowed) {
            return wrong("The TagKey you have provided is invalid");
        }
        if value.chars().count() > 256 || !value.chars().all(allowed) {
            return wrong("The TagValue you have provided is invalid");
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return wrong("System tags cannot be added/updated by requester");
        }
        if !seen.insert(key) {
            return wrong("Cannot provide multiple Tags with the same key");
        }
    }
    Ok(())
}

/// Reads tags as URL query parameters, from the header `x-amz-tagging`.
///
/// # Errors
/// `InvalidArgument` when they are not.
pub(super) fn parse_tagging(header: &str) -> Result<Vec<Tag>, ApiError> {
    let decode = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8().map(std::borrow::Cow::into_owned).ok()
    };
    let mut tags: Vec<Tag> = Vec::new();
    for pair in header.split('&').filter(|p| !p.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let tag = decode(key).zip(decode(value)).map(|(key, value)| Tag { key, value });
        match tag {
            Some(tag) if !tags.iter().any(|t| t.key == tag.key) => tags.push(tag),
            _ => {
                let message = "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded \
                               URL query parameters without tag name duplicates.";
                return Err(argument(message, "x-amz-tagging", header));
            }
        }
    }
    check_tags(&tags, Tagged::Object)?;
    Ok(tags)
}

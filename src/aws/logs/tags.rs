//! Tags of log groups.

use std::collections::BTreeMap;

use sim::api::ApiError;

use super::faults::{INVALID, invalid, no_resource};
use super::names::group_arn;
use crate::constraint::Faults;
use crate::place::Place;

/// Tags of a resource.
const TAGS_MAX: usize = 50;
const KEY_PATTERN: &str = r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]+)$";
const VALUE_PATTERN: &str = r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$";

/// # Errors
/// A key or a value cannot be one, or there are none or too many.
pub(crate) fn check(tags: &BTreeMap<String, String>) -> Result<(), ApiError> {
    let allowed = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    let mut faults = Faults::default();
    let names: Vec<String> = tags.keys().cloned().collect();
    faults.count("tags", &names, 1, TAGS_MAX);
    for (key, value) in tags {
        faults.length("tags.key", key, 1, 128);
        faults.pattern("tags.key", key, KEY_PATTERN, allowed);
        faults.length(&format!("tags.{key}.member"), value, 0, 256);
        faults.pattern(&format!("tags.{key}.member"), value, VALUE_PATTERN, allowed);
    }
    faults.check(INVALID)?;
    if names.iter().any(|key| key.to_ascii_lowercase().starts_with("aws:")) {
        return Err(invalid("User-defined tag keys can't start with 'aws:'."));
    }
    Ok(())
}

/// The tags that a group has when these are added.
///
/// # Errors
/// They cannot be, or there are too many then.
pub(crate) fn added(
    has: &BTreeMap<String, String>,
    tags: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, ApiError> {
    check(&tags)?;
    let mut all = has.clone();
    all.extend(tags);
    if all.len() > TAGS_MAX {
        let message = "A resource can have no more than 50 tags.";
        return Err(ApiError::new(400, "TooManyTagsException", message));
    }
    Ok(all)
}

/// The group that an ARN names, with or without a star at its end.
///
/// # Errors
/// It names none of this place.
pub(crate) fn group_of<'a>(place: &Place, arn: &'a str) -> Result<&'a str, ApiError> {
    let name = arn.strip_prefix(&group_arn(place, "")).ok_or_else(no_resource)?;
    let name = name.strip_suffix(":*").unwrap_or(name);
    if name.contains(':') { Err(no_resource()) } else { Ok(name) }
}

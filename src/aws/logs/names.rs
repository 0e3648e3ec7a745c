//! Names and ARNs: what they may be, and what they mean.

use sim::Cx;
use sim::api::ApiError;

use super::faults::{INVALID, invalid, no_group};
use crate::constraint::Faults;
use crate::place::Place;

/// Characters of a name.
const NAME_MAX: usize = 512;
const GROUP_PATTERN: &str = r"[\.\-_/#A-Za-z0-9]+";
const NAME_PATTERN: &str = "[^:*]*";

/// `path` is the member that the name stands in.
fn group_faults(faults: &mut Faults, path: &str, name: &str) {
    faults.length(path, name, 1, NAME_MAX);
    faults.pattern(path, name, GROUP_PATTERN, |c| c.is_ascii_alphanumeric() || ".-_/#".contains(c));
}

fn name_faults(faults: &mut Faults, path: &str, name: &str) {
    faults.length(path, name, 1, NAME_MAX);
    faults.pattern(path, name, NAME_PATTERN, |c| !matches!(c, ':' | '*'));
}

/// # Errors
/// No group can have this name.
pub(crate) fn group(name: &str) -> Result<(), ApiError> {
    let mut faults = Faults::default();
    group_faults(&mut faults, "logGroupName", name);
    faults.check(INVALID)
}

/// # Errors
/// No group can have a name that begins so.
pub(crate) fn group_prefix(prefix: Option<&str>) -> Result<(), ApiError> {
    let mut faults = Faults::default();
    if let Some(prefix) = prefix {
        group_faults(&mut faults, "logGroupNamePrefix", prefix);
    }
    faults.check(INVALID)
}

/// # Errors
/// No stream, or no filter, can have this name, or none of the group's.
pub(crate) fn inside(group: &str, path: &str, name: &str) -> Result<(), ApiError> {
    let mut faults = Faults::default();
    group_faults(&mut faults, "logGroupName", group);
    name_faults(&mut faults, path, name);
    faults.check(INVALID)
}

/// # Errors
/// A page cannot be so long.
pub(crate) fn limit(limit: Option<i64>, max: i64) -> Result<usize, ApiError> {
    let mut faults = Faults::default();
    let limit = limit.unwrap_or(max);
    faults.range("limit", limit, 1, max);
    faults.check(INVALID)?;
    Ok(usize::try_from(limit).unwrap_or(1))
}

/// The group that one of two members names: by its name, or by name or ARN.
///
/// # Errors
/// Both are given or none, or the ARN is not one of a group of this place.
pub(crate) fn either(
    cx: &Cx<'_>,
    name: Option<String>,
    identifier: Option<String>,
) -> Result<String, ApiError> {
    match (name, identifier) {
        (Some(name), None) => group(&name).map(|()| name),
        (None, Some(identifier)) => identified(&Place::of(cx), &identifier),
        (None, None) => {
            Err(invalid("Either logGroupName or logGroupIdentifier must be specified."))
        }
        (Some(_), Some(_)) => {
            Err(invalid("logGroupName and logGroupIdentifier cannot both be specified."))
        }
    }
}

/// The group of a name or an ARN without a star.
///
/// # Errors
/// The ARN is not one of a group of this place.
pub(crate) fn identified(place: &Place, identifier: &str) -> Result<String, ApiError> {
    if !identifier.starts_with("arn:") {
        return group(identifier).map(|()| identifier.to_owned());
    }
    let prefix = group_arn(place, "");
    let name = identifier.strip_prefix(&prefix).ok_or_else(no_group)?;
    group(name).map(|()| name.to_owned())
}

/// The ARN of a group, as resources of policies are named and as tags know it.
pub(crate) fn group_arn(place: &Place, name: &str) -> String {
    place.arn("logs", &format!("log-group:{name}"))
}

/// The ARN of a stream; of a group as policies know it where the name is empty.
pub(crate) fn stream_arn(place: &Place, group: &str, name: &str) -> String {
    format!("{}:log-stream:{name}", group_arn(place, group))
}

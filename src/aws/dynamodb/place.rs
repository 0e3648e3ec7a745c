//! Where tables are, and which one a request means.

use super::error::{ApiError, not_found, validation};
pub use crate::place::Place;

/// The name in what a request says: a name, or an ARN of the same account and region.
///
/// # Errors
/// The ARN is none of a table, or of another place.
pub(crate) fn table_name<'a>(place: &Place, name: &'a str) -> Result<&'a str, ApiError> {
    let Some(rest) = name.strip_prefix("arn:") else { return Ok(name) };
    let mut parts = rest.splitn(5, ':');
    let (_, service, region) = (parts.next(), parts.next(), parts.next());
    let (account, resource) = (parts.next(), parts.next().and_then(|r| r.strip_prefix("table/")));
    if service != Some("dynamodb") || resource.is_none_or(str::is_empty) {
        return Err(validation("Invalid table/index ARN"));
    }
    if region != Some(&place.region) || account != Some(&place.account) {
        return Err(not_found());
    }
    Ok(resource.unwrap_or_default())
}

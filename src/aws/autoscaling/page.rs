//! Pages of listings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sim::api::ApiError;

use super::faults::{bad_token, validation};

/// Items of a page, when nobody says how many, and at most.
const DEFAULT: usize = 50;
const MAX: i64 = 100;

/// A page of items, each with a key by which they are in order, and the token of the next.
///
/// # Errors
/// The page would be too long, or the token is none.
pub(crate) fn page<T>(
    items: Vec<(String, T)>,
    token: Option<&str>,
    max: Option<i64>,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    let count = match max {
        None => DEFAULT,
        Some(max) if (1..=MAX).contains(&max) => usize::try_from(max).unwrap_or(DEFAULT),
        Some(max) => {
            return Err(validation(format!(
                "1 validation error detected: Value '{max}' at 'maxRecords' failed to satisfy constraint: \
                 Member must have value between 1 and {MAX}"
            )));
        }
    };
    let from = match token.filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => {
            let bytes = STANDARD.decode(token).map_err(|_| bad_token())?;
            let after = String::from_utf8(bytes).map_err(|_| bad_token())?;
            let at = items.iter().position(|(key, _)| *key == after);
            at.ok_or_else(bad_token)? + 1
        }
    };
    let more = items.len() > from + count;
    let mut last = None;
    let page = items
        .into_iter()
        .skip(from)
        .take(count)
        .map(|(key, item)| {
            last = Some(key);
            item
        })
        .collect();
    let next = last.filter(|_| more).map(|key| STANDARD.encode(key));
    Ok((page, next))
}

//! Pages of lists. A token says how many items came before.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sim::api::ApiError;

use crate::errors::invalid;

/// Items of a page (the service's pages are bounded by size, at about so many).
const LENGTH: usize = 100;

/// The page behind a token, and the token of the next.
///
/// # Errors
/// The token is none.
pub(super) fn cut<T>(
    items: Vec<T>,
    token: Option<&str>,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    let start = match token {
        None => 0,
        Some(token) => {
            let text = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let start = text.and_then(|text| text.parse::<usize>().ok());
            start.ok_or_else(|| invalid("Invalid NextToken"))?
        }
    };
    let end = start.saturating_add(LENGTH);
    let next = (items.len() > end).then(|| STANDARD.encode(end.to_string()));
    Ok((items.into_iter().skip(start).take(LENGTH).collect(), next))
}

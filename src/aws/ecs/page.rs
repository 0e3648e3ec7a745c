//! Pages of lists. Each is found by the last item before it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sim::api::ApiError;

use super::faults::invalid;

/// Items of a page at most, and unless the client says so.
const MOST: i64 = 100;

/// The page of some items behind a token, and the token of the next. Items are told apart by `key`, and
/// come in any order that stays.
///
/// # Errors
/// The token is none, or the length of a page is out of bounds.
pub(crate) fn cut<T>(
    items: Vec<T>,
    key: impl Fn(&T) -> &str,
    token: Option<&str>,
    wanted: Option<i64>,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    let length = wanted.unwrap_or(MOST);
    if !(1..=MOST).contains(&length) {
        return Err(invalid(format!("maxResults must be between 1 and {MOST}")));
    }
    let bad = || invalid("Invalid token");
    let begin = match token {
        None => 0,
        Some(token) => {
            let bytes = STANDARD.decode(token).map_err(|_| bad())?;
            let after = String::from_utf8(bytes).map_err(|_| bad())?;
            items.iter().position(|item| key(item) == after).ok_or_else(bad)? + 1
        }
    };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let more = items.len() > begin.saturating_add(length);
    let page: Vec<T> = items.into_iter().skip(begin).take(length).collect();
    let next = page.last().filter(|_| more).map(|last| STANDARD.encode(key(last)));
    Ok((page, next))
}

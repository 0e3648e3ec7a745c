//! Pages of lists. Each is found by the key of the last item before it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::errors::invalid;
use sim::api::ApiError;

/// Items of a page unless the client says so (API reference, `maxResults`).
pub(super) const USUAL: usize = 100;

/// A page and the token of the next.
pub(super) type Page<T> = (Vec<T>, Option<String>);

/// The page of some items behind a token. They come in the order of their keys.
///
/// # Errors
/// The token is none, or the length of a page is out of `1..=max`.
pub(super) fn cut<T>(
    items: impl Iterator<Item = (String, T)>,
    token: Option<&str>,
    wanted: Option<i64>,
    max: i64,
) -> Result<Page<T>, ApiError> {
    let length = match wanted {
        None => USUAL,
        Some(n) if n < 1 => {
            let must = "Member must have value greater than or equal to 1";
            return Err(invalid("maxResults", must));
        }
        Some(n) if n > max => {
            let must = format!("Member must have value less than or equal to {max}");
            return Err(invalid("maxResults", must));
        }
        Some(n) => usize::try_from(n).unwrap_or(USUAL),
    };
    let after = token.map(read).transpose()?;
    let mut rest = items.filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
    let mut last = String::new();
    let mut page = Vec::new();
    for (key, item) in rest.by_ref().take(length) {
        last = key;
        page.push(item);
    }
    let next = rest.next().map(|_| STANDARD.encode(last));
    Ok((page, next))
}

fn read(token: &str) -> Result<String, ApiError> {
    let text = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(|| invalid("nextToken", "Invalid next token"))
}

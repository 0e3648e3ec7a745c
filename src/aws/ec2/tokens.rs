//! What was done under which token, so that a request that is repeated is done once.

use std::time::Duration;

use super::error::refuse;
use super::region::{Done, Region};
use base::Time;
use sim::api::ApiError;

/// How long a token stands for what was done under it at least (EC2 API reference, "Ensuring
/// idempotency").
const LIFE: Duration = Duration::from_hours(24);

/// The id of what was made under this token, when it was.
///
/// # Errors
/// `IdempotentParameterMismatch` when something else was asked for then.
pub(super) fn done(
    region: &Region,
    operation: &str,
    token: Option<&str>,
    asked: &str,
    now: Time,
) -> Result<Option<String>, ApiError> {
    let Some(token) = token else { return Ok(None) };
    let key = (operation.to_owned(), token.to_owned());
    match region.tokens.get(&key).filter(|done| done.at.plus(LIFE) > now) {
        None => Ok(None),
        Some(done) if done.asked == asked => Ok(Some(done.made.clone())),
        Some(_) => {
            let message = "Arguments on this idempotent request are inconsistent with arguments used in \
                           previous request(s).";
            Err(refuse("IdempotentParameterMismatch", message))
        }
    }
}

/// Remembers what was made under a token, and forgets what is too long ago.
pub(super) fn keep(
    region: &mut Region,
    operation: &str,
    token: Option<&str>,
    asked: String,
    made: String,
    now: Time,
) {
    let Some(token) = token else { return };
    region.tokens.retain(|_, done| done.at.plus(LIFE) > now);
    region.tokens.insert((operation.to_owned(), token.to_owned()), Done { at: now, asked, made });
}

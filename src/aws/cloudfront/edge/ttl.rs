//! How long a copy is good.
//!
//! Source: developer guide, "Manage how long content stays in the cache (expiration)" and "Control how
//! long CloudFront caches errors".

use base::Time;

use crate::edge::cache::Answer;
use crate::rules::Ttl;
use crate::shapes::distribution::DistributionConfig;

/// How long an error is kept where nobody says, in seconds.
pub const ERROR_TTL_S: i64 = 10;

/// The errors that are kept whatever the origin says of them.
const KEPT: &[i64] = &[404, 414, 500, 501, 502, 503, 504];
/// Those that are kept where the origin says for how long, or the distribution does.
const KEPT_WHEN_SAID: &[i64] = &[400, 403, 405];

/// What an origin says about keeping its answer.
struct Said {
    /// Seconds.
    max_age: Option<i64>,
    /// Not at all, or not without asking again.
    never: bool,
    /// Not even with asking again.
    not_stored: bool,
}

fn said(answer: &Answer, now: Time) -> Said {
    let text = answer.header("cache-control").unwrap_or_default().to_ascii_lowercase();
    let words: Vec<&str> = text.split(',').map(str::trim).collect();
    let number = |name: &str| {
        let mut values = words.iter().filter_map(|word| word.strip_prefix(name));
        values.find_map(|value| value.strip_prefix('=')?.trim_matches('"').parse::<i64>().ok())
    };
    let has = |name: &str| words.iter().any(|word| word.split('=').next() == Some(name));
    let expires = || {
        let text = answer.header("expires")?;
        // What is no date has passed (RFC 9111, 5.3).
        Some(Time::parse_http(text).map_or(0, |at| (at.secs() - now.secs()).max(0)))
    };
    let max_age = number("s-maxage").or_else(|| number("max-age")).or_else(expires);
    let not_stored = has("no-store") || has("private");
    Said { max_age, never: not_stored || has("no-cache"), not_stored }
}

/// For how many seconds an answer is kept; nothing when it is not.
pub(crate) fn secs(answer: &Answer, ttl: Ttl, now: Time) -> Option<i64> {
    let said = said(answer, now);
    if ttl.max == 0 || (said.not_stored && ttl.min == 0) {
        return None;
    }
    Some(match said.max_age {
        _ if said.never => ttl.min,
        Some(age) => age.clamp(ttl.min, ttl.max.max(ttl.min)),
        None => ttl.default.max(ttl.min),
    })
}

/// For how many seconds an error is kept; nothing when it is not.
pub(crate) fn error_secs(
    config: &DistributionConfig,
    answer: &Answer,
    ttl: Ttl,
    now: Time,
) -> Option<i64> {
    let responses = config.custom_error_responses.iter().flat_map(|all| &all.items);
    let mut own = responses.filter(|one| one.error_code == answer.status);
    let own = own.find_map(|one| one.error_caching_min_ttl);
    let said = said(answer, now);
    let kept = KEPT.contains(&answer.status)
        || (KEPT_WHEN_SAID.contains(&answer.status) && (own.is_some() || said.max_age.is_some()));
    let least = own.unwrap_or(ERROR_TTL_S);
    let longest = ttl.max.max(least);
    kept.then(|| said.max_age.filter(|_| !said.never).unwrap_or(0).clamp(least, longest))
}

//! Identifiers, as the service forms them.

use base::Rng;
use base::rng::{HEX, LOWER, UPPER};

/// The letters and digits behind the first letter of an id.
const LEN: usize = 13;

/// Of a distribution, an origin access control or a version: `E2QWRUHAPOMQZL`.
pub(crate) fn e(rng: &mut Rng) -> String {
    format!("E{}", rng.text(UPPER, LEN))
}

/// Of an invalidation: `I2J0I21PCUYOIK`.
pub(crate) fn invalidation(rng: &mut Rng) -> String {
    format!("I{}", rng.text(UPPER, LEN))
}

/// The name of a distribution: `d111111abcdef8.cloudfront.net`.
pub(crate) fn domain(rng: &mut Rng) -> String {
    format!("d{}.{}", rng.text(LOWER, LEN), crate::edge::DOMAIN)
}

/// Of a policy: a UUID.
pub(crate) fn uuid(rng: &mut Rng) -> String {
    let mut part = |len| rng.text(HEX, len);
    format!("{}-{}-4{}-a{}-{}", part(8), part(4), part(3), part(3), part(12))
}

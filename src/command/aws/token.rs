//! What the client makes up so that a request is one of its own.

use std::hash::{BuildHasher as _, Hasher as _};

use base::Rng;
use base::rng::HEX;

/// A UUID. Two commands must not make the same one; no world depends on which it is.
pub(super) fn token() -> String {
    let mut rng = Rng::new(std::hash::RandomState::new().build_hasher().finish());
    let mut part = |len| rng.text(HEX, len);
    let [first, second, third, fourth, last] = [8, 4, 3, 3, 12].map(&mut part);
    format!("{first}-{second}-4{third}-a{fourth}-{last}")
}

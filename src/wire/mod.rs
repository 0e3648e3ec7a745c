//! The way in from outside: listeners on loopback that speak the real protocols.
//!
//! A listener decodes a request, asks a [`Gateway`](gateway::Gateway) and encodes the answer. It owns no state and
//! knows no operation by name.

pub mod aws;
pub mod codec;
mod listen;
pub mod registry;
pub mod sigv4;
mod stream;

use std::time::SystemTime;

use base::Time;

/// The machine's clock.
#[must_use]
pub fn wall_clock() -> Time {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

//! The way in from outside: doors on loopback that speak the real protocols.
//!
//! A door decodes a request, asks a [`Gateway`](gateway::Gateway) and encodes the answer. It owns no
//! state of the world and knows no operation by name. `door` says what one is, `doors` has the list of
//! them and the table of those that stand open.

pub mod aws;
pub mod balancer;
pub mod cloudfront;
pub mod codec;
mod courier;
pub mod door;
mod doors;
mod follow;
mod http;
mod listen;
pub mod proxy;
pub mod registry;
mod runtime;
pub mod sigv4;
pub mod ssh;
mod stream;
pub mod tls;

use std::time::SystemTime;

use base::Time;

pub use doors::{DOORS, Doors, Row};
pub use runtime::runtime;

/// The machine's clock.
#[must_use]
pub fn wall_clock() -> Time {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

//! Health checks that only the outside can make, and what becomes of any.

use std::net::SocketAddr;
use std::time::Duration;

use aws::place::Place;

use super::group::TargetKey;

/// What became of one check.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Outcome {
    Passed,
    /// Another status than those wanted.
    Code(u16),
    /// Nothing came in time.
    Timeout,
    /// The connection was refused, or the answer was no HTTP.
    Failed,
}

/// A check that only the outside can make.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Probe {
    pub(crate) place: Place,
    pub(crate) group: String,
    pub(crate) target: TargetKey,
    pub(crate) life: u64,
    pub(crate) address: SocketAddr,
    pub(crate) path: String,
    pub(crate) host: String,
    pub(crate) timeout: Duration,
}

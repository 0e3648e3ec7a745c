//! Requests that have no answer yet.

use aws::place::Place;

use super::entry::Entry;
use super::group::TargetKey;

/// A request under way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Flight {
    pub(crate) place: Place,
    /// The ARN of the load balancer.
    pub(crate) balancer: String,
    /// The target group and the target, when it goes to one.
    pub(crate) target: Option<(String, TargetKey)>,
    pub(crate) entry: Entry,
    /// Whether the connection to the target failed.
    pub(crate) broken: bool,
}

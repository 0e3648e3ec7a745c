//! How long the engine itself takes. The service promises none of it: the times are of the order that
//! one sees in the events of small stacks.

use std::time::Duration;

/// From a request until the first resource is begun.
pub(crate) const BEGINNING: Duration = Duration::from_secs(3);
/// From a resource's first event until it is asked for.
pub(crate) const ASKING: Duration = Duration::from_secs(1);
/// Between two looks at something that takes its time.
pub(crate) const LOOKING: Duration = Duration::from_secs(5);
/// From the last resource until the stack is complete.
pub(crate) const ENDING: Duration = Duration::from_secs(1);
/// Until a change set is computed.
pub(crate) const CHANGE_SET: Duration = Duration::from_secs(5);
/// For how long a resource may be looked at before it is given up.
pub(crate) const STABILIZING_MAX: Duration = Duration::from_hours(1);

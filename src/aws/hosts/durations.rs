//! How long things take on a host. Nobody promises any of it: the times are of the order that one sees
//! with Amazon Linux 2023 on small instances.

use std::time::Duration;

/// From power to services that listen.
pub(crate) const BOOT: Duration = Duration::from_secs(8);
/// From power until the kernel answers, if only with refusals.
pub(crate) const DEAF: Duration = Duration::from_secs(3);

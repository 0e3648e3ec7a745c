//! How long things take. The service promises none of it: the times are of the order that one sees
//! there with Amazon Linux on small instances.

use std::time::Duration;

/// From a launch or start until an instance runs.
pub(crate) const STARTING: Duration = Duration::from_secs(15);
/// From a stop until an instance is stopped.
pub(crate) const STOPPING: Duration = Duration::from_secs(30);
/// From a termination until an instance is terminated.
pub(crate) const SHUTTING_DOWN: Duration = Duration::from_secs(30);
/// From running until both status checks have passed.
pub(crate) const STATUS_CHECKS: Duration = Duration::from_mins(2);
/// From running until the first output of the console can be read.
pub(crate) const CONSOLE: Duration = Duration::from_mins(1);
/// For how long a terminated instance is still shown ("usually for up to an hour", EC2 User Guide,
/// "Terminate Amazon EC2 instances").
pub(crate) const TERMINATED_SHOWN: Duration = Duration::from_hours(1);
/// Until a volume that was made is available.
pub(crate) const VOLUME_CREATION: Duration = Duration::from_secs(4);
/// Until a volume is attached.
pub(crate) const VOLUME_ATTACHMENT: Duration = Duration::from_secs(3);
/// Until a volume is detached.
pub(crate) const VOLUME_DETACHMENT: Duration = Duration::from_secs(6);
/// Until a volume that is deleted is gone.
pub(crate) const VOLUME_DELETION: Duration = Duration::from_secs(5);
/// Until a snapshot of a small volume is completed.
pub(crate) const SNAPSHOT: Duration = Duration::from_mins(1);
/// Until an image is available: its snapshots are completed, and it is registered.
pub(crate) const IMAGE: Duration = Duration::from_secs(75);
/// Until the copies of an image's snapshots are completed.
pub(crate) const SNAPSHOT_COPY: Duration = Duration::from_mins(3);
/// Until a copy of an image is available.
pub(crate) const IMAGE_COPY: Duration = Duration::from_mins(4);
/// Until a NAT gateway is available.
pub(crate) const NAT_CREATION: Duration = Duration::from_secs(100);
/// Until a NAT gateway that is deleted is gone from its subnet.
pub(crate) const NAT_DELETION: Duration = Duration::from_mins(1);
/// For how long a deleted NAT gateway is still shown (Amazon VPC User Guide, "NAT gateways").
pub(crate) const NAT_DELETED_SHOWN: Duration = Duration::from_hours(1);

//! How long things take. The service promises none of it: the times are of the order that one sees
//! there with small images.

use std::time::Duration;

/// From an instance running until its agent has joined the cluster (boot, then the agent's start).
pub(crate) const JOINING: Duration = Duration::from_secs(30);
/// After how long an agent that was refused tries again.
pub(crate) const JOINING_AGAIN: Duration = Duration::from_mins(1);
/// Until the network interface of a task on Fargate is there.
pub(crate) const INTERFACE_FARGATE: Duration = Duration::from_secs(12);
/// Until the network interface of a task on an instance is there.
pub(crate) const INTERFACE_EC2: Duration = Duration::from_secs(5);
/// Until the images of a task on an instance are pulled.
pub(crate) const PULL_EC2: Duration = Duration::from_secs(4);
/// Until the images of a task on Fargate, which keeps none, are pulled.
pub(crate) const PULL_FARGATE: Duration = Duration::from_secs(14);
/// From containers running until the task is said to be.
pub(crate) const ACTIVATION: Duration = Duration::from_secs(2);
/// Until the network interface of a task that has ended is gone.
pub(crate) const INTERFACE_REMOVAL: Duration = Duration::from_secs(8);
/// From containers having ended until the task is said to have.
pub(crate) const SETTLING: Duration = Duration::from_secs(1);
/// For how long a stopped task is shown ("at least one hour", Amazon ECS API reference, `ListTasks`).
pub(crate) const STOPPED_SHOWN: Duration = Duration::from_hours(1);
/// For how long a container has to end before it is killed, unless its definition says otherwise
/// (Amazon ECS developer guide, "Task definition parameters", `stopTimeout`).
pub(crate) const STOP_TIMEOUT: Duration = Duration::from_secs(30);
/// From a change until the scheduler of services looks at it.
pub(crate) const SCHEDULING: Duration = Duration::from_secs(2);
/// After how long the scheduler tries again to place a task for which there was no room.
pub(crate) const PLACING_AGAIN: Duration = Duration::from_secs(30);
/// How often it says so while nothing changes.
pub(crate) const SAID_AGAIN: Duration = Duration::from_mins(15);
/// How often load balancers are asked how the targets of a service are.
pub(crate) const TARGETS_ASKED: Duration = Duration::from_secs(5);
/// Between tasks that do not start: this, then twice as long each time, up to the most
/// (Amazon ECS developer guide, "Service throttle logic": up to 27 minutes).
pub(crate) const THROTTLE_FIRST: Duration = Duration::from_secs(20);
pub(crate) const THROTTLE_MAX: Duration = Duration::from_mins(27);
/// How many tasks in a row may not start before restarts are throttled.
pub(crate) const THROTTLE_AFTER: i64 = 3;
/// From the end of the last use of a definition that is to be deleted until it is gone.
pub(crate) const DEFINITION_DELETION: Duration = Duration::from_mins(1);
/// For how long services that were deleted are shown as `INACTIVE`.
pub(crate) const INACTIVE_SHOWN: Duration = Duration::from_hours(1);

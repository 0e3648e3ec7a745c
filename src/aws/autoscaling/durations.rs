//! How long things take in lab time.

use std::time::Duration;

/// From a change of the desired capacity until instances are launched or terminated. AWS promises
/// nothing; in activities of its documentation it is from one to sixteen seconds.
pub(crate) const REACTION: Duration = Duration::from_secs(10);
/// Until a health check notices that an instance no longer runs. EC2's status checks are made every
/// minute (EC2 User Guide, "Status checks for Amazon EC2 instances").
pub(crate) const HEALTH_CHECK: Duration = Duration::from_secs(30);
/// Until an instance whose status checks fail is replaced: the checks notice within a minute, and the
/// group waits some more for it to recover (user guide, "Health checks for instances in an Auto Scaling
/// group", which gives no figure).
pub(crate) const IMPAIRED: Duration = Duration::from_mins(2);
/// How often the health of targets is looked at, where a group's health check is the load balancer's.
pub(crate) const TARGET_CHECK: Duration = Duration::from_secs(15);
/// How long a launch that failed waits for the next attempt, which doubles each time.
pub(crate) const RETRY: Duration = Duration::from_mins(1);
/// The longest of these waits.
pub(crate) const RETRY_MAX: Duration = Duration::from_mins(15);
/// How often the metrics of a group are published (granularity `1Minute`).
pub(crate) const METRICS: Duration = Duration::from_mins(1);
/// For how long activities are kept (API reference, `DescribeScalingActivities`: six weeks).
pub(crate) const ACTIVITIES_KEPT: Duration = Duration::from_hours(6 * 7 * 24);
/// The longest that an instance stays in a wait state: 48 hours or 100 times the heartbeat, whichever is
/// smaller (user guide, "Amazon EC2 Auto Scaling lifecycle hooks").
pub(crate) const WAIT_MAX_S: i64 = 48 * 3600;
/// The heartbeat of a hook that says none (API reference, `PutLifecycleHook`).
pub(crate) const HEARTBEAT_S: i64 = 3600;
/// The cooldown of a group that says none (API reference, `CreateAutoScalingGroup`).
pub(crate) const COOLDOWN_S: i64 = 300;
/// For how long a refresh that cannot go on keeps trying (user guide, "How an instance refresh works",
/// limitations).
pub(crate) const REFRESH_STUCK: Duration = Duration::from_hours(1);
/// The longest that a refresh replaces instances (as above).
pub(crate) const REFRESH_DAYS: Duration = Duration::from_hours(14 * 24);
/// How long a refresh pauses at a checkpoint that says none (API reference, `RefreshPreferences`).
pub(crate) const CHECKPOINT_DELAY_S: i64 = 3600;

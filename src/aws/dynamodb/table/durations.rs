//! How long things take, and how long after one another they can be done. The service promises
//! none of it: the times are of the order that one sees there.

use std::time::Duration;

/// How long a table is `CREATING`.
pub const TABLE_CREATION: Duration = Duration::from_secs(7);
/// How long a table is `DELETING`.
pub const TABLE_DELETION: Duration = Duration::from_secs(6);
/// How long new capacity takes.
pub const CAPACITY_UPDATE: Duration = Duration::from_secs(2);
/// How long another billing mode takes.
pub const BILLING_UPDATE: Duration = Duration::from_secs(72);
/// How long a stream is turned on or off.
pub const STREAM_UPDATE: Duration = Duration::from_secs(5);
/// How long another table class takes.
pub const CLASS_UPDATE: Duration = Duration::from_secs(5);
/// How long another encryption takes; the table is `ACTIVE` meanwhile.
pub const ENCRYPTION_UPDATE: Duration = Duration::from_secs(22);
/// How long a new index waits for its resources before it is filled.
pub const INDEX_ALLOCATION: Duration = Duration::from_secs(40);
/// How long filling an index takes at least; even an empty table's takes minutes.
pub const INDEX_FILLING: Duration = Duration::from_mins(7);
/// How fast an index is filled beyond that: bytes in each second of lab time.
pub const INDEX_FILLING_BYTES_PER_S: u64 = 1 << 20;
/// How long an index is `DELETING`.
pub const INDEX_DELETION: Duration = Duration::from_secs(5);
/// In which time a table may switch to on-demand billing [`ON_DEMAND_SWITCHES_MAX`] times.
pub const ON_DEMAND_PERIOD: Duration = Duration::from_hours(24);
/// In which time a table may change its class [`CLASS_SWITCHES_MAX`] times.
pub const CLASS_PERIOD: Duration = Duration::from_hours(30 * 24);
/// How long after a change of its deletion protection a table takes no other.
pub const PROTECTION_COOLDOWN: Duration = Duration::from_secs(15);

//! The cluster's settings: the defaults of hdfs-default.xml 3.3.4, and the machines a lab finds.
//!
//! Nothing here can be changed at run time; `hdfs getconf` reads [`value`].

use std::time::Duration;

pub const BLOCK_SIZE: u64 = 134_217_728;
pub const MIN_BLOCK_SIZE: u64 = 1_048_576;
pub const BYTES_PER_CHECKSUM: u64 = 512;
pub const REPLICATION: u16 = 3;
pub const MAX_REPLICATION: u16 = 512;
pub const MAX_COMPONENT_LENGTH: usize = 255;
/// Milliseconds between two heartbeats of a DataNode.
pub const HEARTBEAT_MS: i64 = 3_000;
/// A DataNode not heard from for so long is stale.
pub const STALE_AFTER: Duration = Duration::from_secs(30);
/// 2 × recheck interval (5 min) + 10 × heartbeat.
///
/// The real NameNode looks for dead nodes only every 5 minutes; here it notices at once.
pub const DEAD_AFTER: Duration = Duration::from_secs(630);
/// Milliseconds between two full block reports.
pub const BLOCK_REPORT_MS: i64 = 6 * 3_600_000;
/// Milliseconds between two rounds of the redundancy monitor.
pub const REDUNDANCY_MS: i64 = 3_000;
/// Blocks looked after in one round, for each live node.
pub const WORK_PER_NODE: usize = 2;
/// Copies one node sends at a time; the second figure for blocks with one replica left.
pub const MAX_STREAMS: u32 = 2;
pub const MAX_STREAMS_HARD: u32 = 4;
/// A copy that was asked for and did not arrive is asked for anew after so long.
pub const PENDING_TIMEOUT: Duration = Duration::from_mins(5);
/// Replicas a node is told to delete with one heartbeat.
pub const INVALIDATE_LIMIT: usize = 1_000;
/// Bytes per second of one copy between two machines.
pub const BYTES_PER_SECOND: u64 = 100_000_000;
/// Blocks that must be reported before the NameNode leaves safe mode, per thousand.
pub const SAFE_MODE_PER_MILLE: u64 = 999;
pub const SAFE_MODE_EXTENSION: Duration = Duration::from_secs(30);
/// How long a DataNode's process needs from its start to its first word to the NameNode.
pub const NODE_START: Duration = Duration::from_secs(2);
/// How often a client asks for other DataNodes when a pipeline cannot be set up.
pub const WRITE_RETRIES: usize = 3;
/// Entries of a directory in one answer.
pub const LIST_LIMIT: usize = 1_000;
/// The user that runs the NameNode, and so the superuser.
pub const SUPERUSER: &str = "hdfs";
pub const SUPERGROUP: &str = "supergroup";
/// Bytes of a DataNode's disk.
pub const NODE_CAPACITY: u64 = 50 << 30;
pub const RACKS: u8 = 2;
pub const NODES_PER_RACK: u8 = 4;
/// The machine the learner works on; it is not a DataNode.
pub const GATEWAY_ADDRESS: &str = "10.0.0.10";
pub const NAMENODE: &str = "namenode";
pub const NAMENODE_RPC: &str = "namenode:8020";
pub const NAMENODE_HTTP: &str = "namenode:9870";
/// The port on which a DataNode takes blocks.
pub const DATANODE_PORT: u16 = 9866;

/// The settings that `hdfs getconf -confKey` knows.
pub const KEYS: &[(&str, &str)] = &[
    ("dfs.blocksize", "134217728"),
    ("dfs.bytes-per-checksum", "512"),
    ("dfs.block.access.token.enable", "false"),
    ("dfs.blockreport.intervalMsec", "21600000"),
    ("dfs.client-write-packet-size", "65536"),
    ("dfs.client.block.write.retries", "3"),
    ("dfs.datanode.address", "0.0.0.0:9866"),
    ("dfs.heartbeat.interval", "3s"),
    ("dfs.ls.limit", "1000"),
    ("dfs.namenode.avoid.read.stale.datanode", "false"),
    ("dfs.namenode.avoid.write.stale.datanode", "false"),
    ("dfs.namenode.fs-limits.max-component-length", "255"),
    ("dfs.namenode.fs-limits.min-block-size", "1048576"),
    ("dfs.namenode.heartbeat.recheck-interval", "300000"),
    ("dfs.namenode.http-address", NAMENODE_HTTP),
    ("dfs.namenode.reconstruction.pending.timeout-sec", "300"),
    ("dfs.namenode.redundancy.interval.seconds", "3s"),
    ("dfs.namenode.replication.max-streams", "2"),
    ("dfs.namenode.replication.max-streams-hard-limit", "4"),
    ("dfs.namenode.replication.min", "1"),
    ("dfs.namenode.replication.work.multiplier.per.iteration", "2"),
    ("dfs.namenode.rpc-address", NAMENODE_RPC),
    ("dfs.namenode.safemode.extension", "30000"),
    ("dfs.namenode.safemode.threshold-pct", "0.999f"),
    ("dfs.namenode.stale.datanode.interval", "30000"),
    ("dfs.permissions.enabled", "true"),
    ("dfs.permissions.superusergroup", SUPERGROUP),
    ("dfs.replication", "3"),
    ("dfs.replication.max", "512"),
    ("dfs.stream-buffer-size", "4096"),
    ("dfs.webhdfs.enabled", "true"),
    ("fs.defaultFS", "hdfs://namenode:8020"),
    ("fs.permissions.umask-mode", "022"),
    ("fs.trash.interval", "0"),
    ("io.file.buffer.size", "4096"),
];

/// The setting of that name.
#[must_use]
pub fn value(key: &str) -> Option<&'static str> {
    KEYS.iter().find(|(k, _)| *k == key).map(|(_, v)| *v)
}

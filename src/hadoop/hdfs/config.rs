//! The cluster's settings: hdfs-default.xml 3.3.4, what the world's shape says instead, and what a
//! lab cannot change.
//!
//! `[hadoop.properties]` of a shape knows [`PROPERTIES`] by Hadoop's own names and no others. Nothing
//! can be changed at run time.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use base::Time;
use sim::{Config, Wrong};

pub const BYTES_PER_CHECKSUM: u64 = 512;
/// Bytes per second of one copy between two machines.
pub const BYTES_PER_SECOND: u64 = 100_000_000;
/// How long a DataNode's process needs from its start to its first word to the NameNode.
pub const NODE_START: Duration = Duration::from_secs(2);
/// The user that runs the NameNode, and so the superuser.
pub const SUPERUSER: &str = "hdfs";
pub const SUPERGROUP: &str = "supergroup";
/// The machine the learner works on; it is not a DataNode.
pub const GATEWAY_ADDRESS: &str = "10.0.0.10";
pub const NAMENODE: &str = "namenode";
pub const NAMENODE_RPC: &str = "namenode:8020";
pub const NAMENODE_HTTP: &str = "namenode:9870";
/// The port on which a DataNode takes blocks.
pub const DATANODE_PORT: u16 = 9866;

/// What a property's value may be.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Only what it is: nothing here hangs on it.
    Fixed,
    /// A whole number between these.
    Whole(u64, u64),
    /// Bytes between these; `64m` is understood, as Hadoop does.
    Bytes(u64, u64),
    /// A span between these, in milliseconds; `30s` is understood, and a bare number has so many
    /// milliseconds in each.
    Span { each: u64, low: u64, high: u64 },
    /// A share of one, to the thousandth.
    Share,
}

/// A setting with Hadoop's name.
#[derive(Debug)]
pub struct Property {
    /// `dfs.replication`
    pub name: &'static str,
    /// As hdfs-default.xml (or core-default.xml) has it.
    pub default: &'static str,
    kind: Kind,
}

const fn fixed(name: &'static str, default: &'static str) -> Property {
    Property { name, default, kind: Kind::Fixed }
}

const fn whole(name: &'static str, default: &'static str, low: u64, high: u64) -> Property {
    Property { name, default, kind: Kind::Whole(low, high) }
}

const fn bytes(name: &'static str, default: &'static str, low: u64, high: u64) -> Property {
    Property { name, default, kind: Kind::Bytes(low, high) }
}

const fn seconds(name: &'static str, default: &'static str, low: u64, high: u64) -> Property {
    Property {
        name,
        default,
        kind: Kind::Span { each: 1_000, low: low * 1_000, high: high * 1_000 },
    }
}

const fn millis(name: &'static str, default: &'static str, low: u64, high: u64) -> Property {
    Property { name, default, kind: Kind::Span { each: 1, low, high } }
}

const DAY_MS: u64 = 86_400_000;

/// The settings that `hdfs getconf -confKey` knows.
pub static PROPERTIES: &[Property] = &[
    bytes("dfs.blocksize", "134217728", 512, 1 << 40),
    fixed("dfs.bytes-per-checksum", "512"),
    fixed("dfs.block.access.token.enable", "false"),
    whole("dfs.block.invalidate.limit", "1000", 1, 1_000_000),
    millis("dfs.blockreport.intervalMsec", "21600000", 1_000, 30 * DAY_MS),
    fixed("dfs.client-write-packet-size", "65536"),
    whole("dfs.client.block.write.retries", "3", 0, 100),
    fixed("dfs.datanode.address", "0.0.0.0:9866"),
    seconds("dfs.heartbeat.interval", "3s", 1, 3_600),
    whole("dfs.ls.limit", "1000", 1, 1_000_000),
    fixed("dfs.namenode.avoid.read.stale.datanode", "false"),
    fixed("dfs.namenode.avoid.write.stale.datanode", "false"),
    whole("dfs.namenode.fs-limits.max-component-length", "255", 1, 8_000),
    bytes("dfs.namenode.fs-limits.min-block-size", "1048576", 512, 1 << 40),
    millis("dfs.namenode.heartbeat.recheck-interval", "300000", 1_000, DAY_MS),
    fixed("dfs.namenode.http-address", NAMENODE_HTTP),
    seconds("dfs.namenode.reconstruction.pending.timeout-sec", "300", 1, 86_400),
    seconds("dfs.namenode.redundancy.interval.seconds", "3s", 1, 3_600),
    whole("dfs.namenode.replication.max-streams", "2", 1, 100),
    whole("dfs.namenode.replication.max-streams-hard-limit", "4", 1, 100),
    fixed("dfs.namenode.replication.min", "1"),
    whole("dfs.namenode.replication.work.multiplier.per.iteration", "2", 1, 1_000),
    fixed("dfs.namenode.rpc-address", NAMENODE_RPC),
    millis("dfs.namenode.safemode.extension", "30000", 0, DAY_MS),
    Property { name: "dfs.namenode.safemode.threshold-pct", default: "0.999f", kind: Kind::Share },
    millis("dfs.namenode.stale.datanode.interval", "30000", 1_000, DAY_MS),
    fixed("dfs.permissions.enabled", "true"),
    fixed("dfs.permissions.superusergroup", SUPERGROUP),
    whole("dfs.replication", "3", 1, 512),
    whole("dfs.replication.max", "512", 1, 32_767),
    fixed("dfs.stream-buffer-size", "4096"),
    fixed("dfs.webhdfs.enabled", "true"),
    fixed("fs.defaultFS", "hdfs://namenode:8020"),
    fixed("fs.permissions.umask-mode", "022"),
    fixed("fs.trash.interval", "0"),
    fixed("io.file.buffer.size", "4096"),
];

/// The settings of one world's cluster.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Settings {
    /// What the shape says, by name.
    said: BTreeMap<String, String>,
    /// Bytes of a block where the client does not say.
    pub block_size: u64,
    pub min_block_size: u64,
    pub replication: u16,
    pub max_replication: u32,
    pub max_component_length: usize,
    pub pace: Pace,
    /// A DataNode not heard from for so long is dead: 2 × recheck interval + 10 × heartbeat.
    ///
    /// The real NameNode looks for dead nodes only once a recheck interval; here it notices at once.
    pub dead_after: Duration,
    /// Milliseconds between two rounds of the redundancy monitor.
    pub redundancy_ms: i64,
    /// Blocks looked after in one round, for each live node.
    pub work_per_node: usize,
    /// Copies one node sends at a time; the second figure for blocks with one replica left.
    pub max_streams: u32,
    pub max_streams_hard: u32,
    /// A copy that was asked for and did not arrive is asked for anew after so long.
    pub pending_timeout: Duration,
    /// Replicas a node is told to delete with one heartbeat.
    pub invalidate_limit: usize,
    /// Blocks that must be reported before the NameNode leaves safe mode, per thousand.
    pub safe_mode_per_mille: u64,
    pub safe_mode_extension: Duration,
    /// How often a client asks for other DataNodes when a pipeline cannot be set up.
    pub write_retries: usize,
    /// Entries of a directory in one answer.
    pub list_limit: usize,
}

/// How often a DataNode speaks, and after which silence it is stale.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Pace {
    /// Milliseconds between two heartbeats.
    pub heartbeat_ms: i64,
    /// Milliseconds between two full block reports.
    pub report_ms: i64,
    pub stale_after: Duration,
}

impl Settings {
    /// The settings of a world.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let said = config.shape.say("hadoop", "properties").and_then(Value::as_object);
        let said: BTreeMap<String, String> = said
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect();
        let figure = |name: &str| -> u64 {
            let property = PROPERTIES.iter().find(|p| p.name == name);
            let said = said.get(name).map(String::as_str);
            property
                .and_then(|p| said.and_then(|t| p.read(t)).or_else(|| p.read(p.default)))
                .unwrap_or(1)
        };
        let size = |name: &str| usize::try_from(figure(name)).unwrap_or(usize::MAX);
        let ms = |name: &str| i64::try_from(figure(name)).unwrap_or(i64::MAX / 8);
        let span = |name: &str| Duration::from_millis(figure(name));
        let small = |name: &str| u32::try_from(figure(name)).unwrap_or(u32::MAX);
        let heartbeat_ms = ms("dfs.heartbeat.interval");
        let beat = figure("dfs.heartbeat.interval");
        // The NameNode raises a shorter one to three heartbeats
        // (dfs.namenode.stale.datanode.minimum.interval).
        let stale = figure("dfs.namenode.stale.datanode.interval").max(3 * beat);
        let recheck = figure("dfs.namenode.heartbeat.recheck-interval");
        Self {
            block_size: figure("dfs.blocksize"),
            min_block_size: figure("dfs.namenode.fs-limits.min-block-size"),
            replication: u16::try_from(figure("dfs.replication")).unwrap_or(u16::MAX),
            max_replication: small("dfs.replication.max"),
            max_component_length: size("dfs.namenode.fs-limits.max-component-length"),
            pace: Pace {
                heartbeat_ms,
                report_ms: ms("dfs.blockreport.intervalMsec"),
                stale_after: Duration::from_millis(stale),
            },
            dead_after: Duration::from_millis(2 * recheck + 10 * beat),
            redundancy_ms: ms("dfs.namenode.redundancy.interval.seconds"),
            work_per_node: size("dfs.namenode.replication.work.multiplier.per.iteration"),
            max_streams: small("dfs.namenode.replication.max-streams"),
            max_streams_hard: small("dfs.namenode.replication.max-streams-hard-limit"),
            pending_timeout: span("dfs.namenode.reconstruction.pending.timeout-sec"),
            invalidate_limit: size("dfs.block.invalidate.limit"),
            safe_mode_per_mille: figure("dfs.namenode.safemode.threshold-pct"),
            safe_mode_extension: span("dfs.namenode.safemode.extension"),
            write_retries: size("dfs.client.block.write.retries"),
            list_limit: size("dfs.ls.limit"),
            said,
        }
    }

    /// The text of the property of that name, as `hdfs getconf` shows it.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let property = PROPERTIES.iter().find(|p| p.name == name)?;
        Some(self.said.get(name).map_or(property.default, String::as_str))
    }
}

impl Property {
    /// The figure that a text stands for: bytes, milliseconds, thousandths or just a number.
    fn read(&self, text: &str) -> Option<u64> {
        let text = text.trim();
        let within = |n: u64, low: u64, high: u64| (low..=high).contains(&n).then_some(n);
        match self.kind {
            Kind::Fixed => None,
            Kind::Whole(low, high) => within(number(text)?, low, high),
            Kind::Bytes(low, high) => within(sized(text)?, low, high),
            Kind::Span { each, low, high } => within(timed(text, each)?, low, high),
            Kind::Share => share(text),
        }
    }

    /// What its value may be, in words.
    fn meant(&self) -> String {
        let default = self.default;
        match self.kind {
            Kind::Fixed => format!("it is {default} here and cannot be changed: take it out"),
            Kind::Whole(low, high) => {
                format!("write a whole number from {low} to {high}, like \"{default}\"")
            }
            Kind::Bytes(low, high) => format!(
                "write bytes from {low} to {high}, like \"{default}\" or, with a letter, \"64m\""
            ),
            Kind::Span { low, high, .. } => format!(
                "write a span of {} to {}, like \"{default}\" or, with its unit, \"30s\"",
                spoken(low),
                spoken(high)
            ),
            Kind::Share => format!("write a share from 0 to 1, like \"{default}\""),
        }
    }
}

fn spoken(ms: u64) -> String {
    base::text::span(Duration::from_millis(ms))
}

fn number(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Bytes as `Configuration.getLongBytes` reads them.
fn sized(text: &str) -> Option<u64> {
    const LETTERS: &str = "kmgtpe";
    let lower = text.to_ascii_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let power = match &lower[digits.len()..] {
        "" => 0,
        letter if letter.len() == 1 => LETTERS.find(letter)? + 1,
        _ => return None,
    };
    number(digits)?.checked_mul(1 << (10 * power))
}

/// Milliseconds as `Configuration.getTimeDuration` reads them.
fn timed(text: &str, each: u64) -> Option<u64> {
    const UNITS: [(&str, u64); 5] =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
    let lower = text.to_ascii_lowercase();
    let unit = UNITS.iter().find_map(|(unit, ms)| Some((lower.strip_suffix(unit)?, *ms)));
    let (digits, ms) = unit.unwrap_or((&lower, each));
    number(digits)?.checked_mul(ms)
}

/// Thousandths, of a text like `0.999f`.
fn share(text: &str) -> Option<u64> {
    let text = text.strip_suffix('f').unwrap_or(text);
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    if rest.is_empty() || rest.len() > 3 {
        return None;
    }
    let thousandths = number(whole)?.checked_mul(1_000)? + number(&format!("{rest:0<3}"))?;
    (thousandths <= 1_000).then_some(thousandths)
}

/// Finds what is wrong in `[hadoop.properties]`.
pub fn check(properties: &Value, wrong: &mut Vec<Wrong>) {
    let Some(table) = properties.as_object() else {
        wrong.push(Wrong::new(
            &["properties"],
            "`properties` is not a table",
            "write `[hadoop.properties]` above lines like `\"dfs.replication\" = \"2\"`",
        ));
        return;
    };
    let before = wrong.len();
    for (name, value) in table {
        let path = ["properties", name.as_str()];
        let Some(property) = PROPERTIES.iter().find(|p| p.name == name) else {
            let known =
                PROPERTIES.iter().filter(|p| !matches!(p.kind, Kind::Fixed)).map(|p| p.name);
            let meant = match base::text::nearest(name, known.clone()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known are {}", known.collect::<Vec<_>>().join(", ")),
            };
            let what = format!("`{name}` is not a property that this cluster reads");
            wrong.push(Wrong::new(&path, what, meant));
            continue;
        };
        let fits = match (property.kind, value.as_str()) {
            (_, None) => false,
            (Kind::Fixed, Some(text)) => text == property.default,
            (_, Some(text)) => property.read(text).is_some(),
        };
        if !fits {
            wrong.push(Wrong::new(&path, format!("`{name}` is {value}"), property.meant()));
        }
    }
    if wrong.len() == before {
        agree(properties, wrong);
    }
}

/// That settings which are good by themselves go together.
fn agree(properties: &Value, wrong: &mut Vec<Wrong>) {
    let mut config = Config::new(0, Time(0));
    let part = serde_json::json!({"properties": properties});
    config.shape.parts.insert("hadoop".into(), part);
    let settings = Settings::new(&config);
    let mut say = |name: &str, what: String, meant: &str| {
        wrong.push(Wrong::new(&["properties", name], what, meant));
    };
    let (block, least) = (settings.block_size, settings.min_block_size);
    if block < least {
        let what = format!("blocks of {block} bytes are below the least of {least}");
        say("dfs.blocksize", what, "raise it, or lower `dfs.namenode.fs-limits.min-block-size`");
    }
    if !block.is_multiple_of(BYTES_PER_CHECKSUM) {
        let what = format!("blocks of {block} bytes are not a multiple of {BYTES_PER_CHECKSUM}");
        say("dfs.blocksize", what, "each 512 bytes have a checksum; write a multiple of it");
    }
    if u32::from(settings.replication) > settings.max_replication {
        let what = format!("`dfs.replication` is above the most of {}", settings.max_replication);
        say("dfs.replication", what, "lower it, or raise `dfs.replication.max`");
    }
    if settings.max_streams > settings.max_streams_hard {
        let what = format!(
            "two limits of streams are {} and {}",
            settings.max_streams, settings.max_streams_hard
        );
        let meant = "the hard limit is the higher one: raise `dfs.namenode.replication.max-streams-hard-limit`";
        say("dfs.namenode.replication.max-streams", what, meant);
    }
}

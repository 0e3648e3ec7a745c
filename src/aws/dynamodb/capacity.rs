//! What reads and writes cost, and what is left of a capacity.
//!
//! Costs are counted in halves of a capacity unit, as an eventually consistent read costs half of
//! one. A bucket for reads and one for writes fill at the provisioned rate and hold what 300 seconds
//! give. As in the service, a request is let in while there is anything in the bucket and may empty
//! it beyond. On demand there is no bucket: what is given in a second hangs on what was taken before.
//!
//! Source: developer guide, "DynamoDB provisioned capacity mode", "Burst and adaptive capacity",
//! "DynamoDB on-demand capacity mode: Initial throughput and scaling properties".

use std::collections::BTreeMap;
use std::time::Duration;

use super::key::Key;
use super::table::spec::{IndexKind, Throughput};
use super::time::Time;

/// How many seconds of unused capacity are kept.
pub const BURST_S: u64 = 300;
/// What a new table or index on demand is taken to have given at its most, in units a second: it gives
/// twice as much from the beginning. One that was provisioned before gave half of the most it was
/// provisioned with, if that is more.
const FIRST_PEAK: Throughput = Throughput { read: 6_000, write: 2_000 };
/// A peak counts for what is given once this has passed.
const PEAK_PERIOD: Duration = Duration::from_mins(30);
/// The most that a table gives on demand, in units a second ("Quotas", throughput default quotas).
const ON_DEMAND_MAX: u64 = 40_000;
/// The most that one partition gives, however large its table's capacity is, in units a second
/// ("Designing partition keys to distribute your workload").
const PARTITION: Throughput = Throughput { read: 3_000, write: 1_000 };
const READ_BYTES: u64 = 4096;
const WRITE_BYTES: u64 = 1024;
/// A bucket counts thousandths of a unit, so that milliseconds of lab time fill it exactly.
const PER_HALF: i64 = 500;

/// How a read is done.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Consistency {
    Eventual,
    Strong,
    Transaction,
}

impl Consistency {
    /// Of a read's `ConsistentRead`.
    pub fn of(consistent: bool) -> Self {
        if consistent { Self::Strong } else { Self::Eventual }
    }

    fn halves(self) -> u64 {
        match self {
            Self::Eventual => 1,
            Self::Strong => 2,
            Self::Transaction => 4,
        }
    }
}

/// Capacity consumed, in halves of a unit.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Capacity {
    pub table: u64,
    pub locals: BTreeMap<String, u64>,
    pub globals: BTreeMap<String, u64>,
    /// Of the table's own, what is taken from single partitions; a scan does not say.
    pub(crate) partitions: BTreeMap<Key, u64>,
}

impl Capacity {
    /// All of it.
    pub fn total(&self) -> u64 {
        self.own() + self.globals.values().sum::<u64>()
    }

    /// What the table itself gives: all but the global indexes.
    pub(crate) fn own(&self) -> u64 {
        self.table + self.locals.values().sum::<u64>()
    }

    pub(crate) fn of_table(halves: u64) -> Self {
        Self { table: halves, ..Self::default() }
    }

    /// The same, taken from the partition that a key is in.
    pub(crate) fn of_partition(mut self, key: &Key) -> Self {
        let own = self.own();
        self.partitions = key.collection().map(|partition| (partition, own)).into_iter().collect();
        self
    }

    pub(crate) fn add_index(&mut self, kind: IndexKind, name: &str, halves: u64) {
        let indexes = match kind {
            IndexKind::Local => &mut self.locals,
            IndexKind::Global => &mut self.globals,
        };
        *indexes.entry(name.to_owned()).or_default() += halves;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.table += other.table;
        for (name, halves) in &other.locals {
            self.add_index(IndexKind::Local, name, *halves);
        }
        for (name, halves) in &other.globals {
            self.add_index(IndexKind::Global, name, *halves);
        }
        for (key, halves) in &other.partitions {
            *self.partitions.entry(key.clone()).or_default() += halves;
        }
    }

    /// What the same costs in a transaction.
    #[must_use]
    pub(crate) fn doubled(mut self) -> Self {
        self.table *= 2;
        let indexes = self.locals.values_mut().chain(self.globals.values_mut());
        indexes.chain(self.partitions.values_mut()).for_each(|halves| *halves *= 2);
        self
    }
}

/// The cost of reading so many bytes at once.
pub(crate) fn read(bytes: u64, how: Consistency) -> u64 {
    bytes.div_ceil(READ_BYTES).max(1) * how.halves()
}

/// The cost of writing so many bytes at once.
pub(crate) fn write(bytes: u64) -> u64 {
    bytes.div_ceil(WRITE_BYTES).max(1) * 2
}

/// Reading or writing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    Read,
    Write,
}

/// How much a table or a global index gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rate {
    /// So many units a second.
    Provisioned(Throughput),
    /// What it is asked for, up to what [`Demand`] says.
    OnDemand,
}

/// What is left of the capacity of a table or a global index.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Meter {
    read: Gauge,
    write: Gauge,
}

impl Meter {
    /// Of something that begins now: nothing is kept from before.
    pub(crate) fn new(now: Time) -> Self {
        let gauge = |peak| Gauge {
            bucket: Bucket { level: 0, at: now },
            demand: Demand { second: second(now), used: 0, peak: 0, since: now, before: peak },
        };
        Self { read: gauge(FIRST_PEAK.read), write: gauge(FIRST_PEAK.write) }
    }

    /// Keeps what has come together by now, before another rate counts.
    pub(crate) fn settle(&mut self, now: Time, units: Throughput) {
        for direction in [Direction::Read, Direction::Write] {
            self.debit(direction, now, Rate::Provisioned(units), 0);
            let demand = &mut self.gauge_mut(direction).demand;
            demand.before = demand.before.max(of(units, direction) / 2);
        }
    }

    fn gauge(&self, direction: Direction) -> &Gauge {
        match direction {
            Direction::Read => &self.read,
            Direction::Write => &self.write,
        }
    }

    fn gauge_mut(&mut self, direction: Direction) -> &mut Gauge {
        match direction {
            Direction::Read => &mut self.read,
            Direction::Write => &mut self.write,
        }
    }

    pub(crate) fn level(&self, direction: Direction, now: Time, rate: Rate) -> i64 {
        let gauge = self.gauge(direction);
        match rate {
            Rate::Provisioned(units) => gauge.bucket.level(now, of(units, direction)),
            Rate::OnDemand => gauge.demand.level(now),
        }
    }

    /// Whether it is the account's quota that bounds what is given on demand.
    pub(crate) fn at_quota(&self, direction: Direction, now: Time) -> bool {
        self.gauge(direction).demand.limit(now) == ON_DEMAND_MAX
    }

    pub(crate) fn debit(&mut self, direction: Direction, now: Time, rate: Rate, halves: u64) {
        let gauge = self.gauge_mut(direction);
        match rate {
            Rate::Provisioned(units) => {
                let level = gauge.bucket.level(now, of(units, direction));
                let level = level.saturating_sub(thousandths(halves));
                gauge.bucket = Bucket { level, at: now };
            }
            Rate::OnDemand => gauge.demand.take(now, halves),
        }
    }
}

fn of(units: Throughput, direction: Direction) -> u64 {
    match direction {
        Direction::Read => units.read,
        Direction::Write => units.write,
    }
}

fn second(now: Time) -> i64 {
    now.0.div_euclid(1000)
}

/// A cost as the buckets count it.
pub(crate) fn thousandths(halves: u64) -> i64 {
    i64::try_from(halves).unwrap_or(i64::MAX).saturating_mul(PER_HALF)
}

/// Reads or writes of something with provisioned capacity, and of the same on demand.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Gauge {
    bucket: Bucket,
    demand: Demand,
}

/// Thousandths of a unit at a time.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Bucket {
    level: i64,
    at: Time,
}

impl Bucket {
    fn level(&self, now: Time, rate: u64) -> i64 {
        let rate = i64::try_from(rate).unwrap_or(i64::MAX);
        let burst_ms = i64::try_from(BURST_S * 1000).unwrap_or(i64::MAX);
        let since = now.0.saturating_sub(self.at.0).max(0);
        let filled = self.level.saturating_add(rate.saturating_mul(since));
        filled.min(rate.saturating_mul(burst_ms))
    }
}

/// What is given on demand: in each second twice the most that was taken in one second before this half
/// hour, and as much from the beginning as if half of 4,000 writes and 12,000 reads had been.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Demand {
    /// The second that counts, and the halves taken in it.
    second: i64,
    used: u64,
    /// The most units that were taken in a second of this half hour, and when that began.
    peak: u64,
    since: Time,
    /// The most before it.
    before: u64,
}

impl Demand {
    /// Units a second.
    fn limit(&self, now: Time) -> u64 {
        let peak = if self.is_over(now) { self.before.max(self.peak) } else { self.before };
        (2 * peak).min(ON_DEMAND_MAX)
    }

    fn is_over(&self, now: Time) -> bool {
        self.since.plus(PEAK_PERIOD) <= now
    }

    fn level(&self, now: Time) -> i64 {
        let used = if self.second == second(now) { self.used } else { 0 };
        thousandths(2 * self.limit(now)).saturating_sub(thousandths(used))
    }

    fn take(&mut self, now: Time, halves: u64) {
        if self.is_over(now) {
            (self.before, self.peak, self.since) = (self.before.max(self.peak), 0, now);
        }
        if self.second != second(now) {
            (self.second, self.used) = (second(now), 0);
        }
        self.used = self.used.saturating_add(halves);
        self.peak = self.peak.max(self.used / 2);
    }
}

/// What the partitions of a table have given in this second, in halves. A partition here is the items of
/// one partition key; that the service puts several into one, and takes one apart that is asked for
/// much, is not simulated.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Partitions {
    second: i64,
    read: BTreeMap<Key, u64>,
    write: BTreeMap<Key, u64>,
}

impl Partitions {
    /// Whether all of those that a request takes something from have some left, `taken` set apart.
    pub(crate) fn admit(
        &self,
        direction: Direction,
        now: Time,
        taken: &Capacity,
        cost: &Capacity,
    ) -> bool {
        let (used, limit) = match direction {
            Direction::Read => (&self.read, PARTITION.read),
            Direction::Write => (&self.write, PARTITION.write),
        };
        let fresh = self.second != second(now);
        cost.partitions.keys().all(|key| {
            let before = if fresh { 0 } else { used.get(key).copied().unwrap_or(0) };
            before + taken.partitions.get(key).copied().unwrap_or(0) < 2 * limit
        })
    }

    pub(crate) fn debit(&mut self, direction: Direction, now: Time, cost: &Capacity) {
        if self.second != second(now) {
            *self = Self { second: second(now), ..Self::default() };
        }
        let used = match direction {
            Direction::Read => &mut self.read,
            Direction::Write => &mut self.write,
        };
        for (key, halves) in &cost.partitions {
            *used.entry(key.clone()).or_default() += halves;
        }
    }
}

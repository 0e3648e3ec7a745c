//! What reads and writes cost, and what is left of a capacity.
//!
//! Costs are counted in halves of a capacity unit, as an eventually consistent read costs half of
//! one. A bucket for reads and one for writes fill at the provisioned rate and hold what 300 seconds
//! give. As in the service, a request is let in while there is anything in the bucket and may empty
//! it beyond.
//!
//! Source: developer guide, "DynamoDB provisioned capacity mode", "Burst and adaptive capacity".

use std::collections::BTreeMap;

use super::table::spec::{IndexKind, Throughput};
use super::time::Time;

/// How many seconds of unused capacity are kept.
pub const BURST_S: u64 = 300;
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
}

impl Capacity {
    /// All of it.
    pub fn total(&self) -> u64 {
        self.table + self.locals.values().sum::<u64>() + self.globals.values().sum::<u64>()
    }

    pub(crate) fn of_table(halves: u64) -> Self {
        Self { table: halves, ..Self::default() }
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
    }

    /// What the same costs in a transaction.
    #[must_use]
    pub(crate) fn doubled(mut self) -> Self {
        self.table *= 2;
        self.locals.values_mut().chain(self.globals.values_mut()).for_each(|halves| *halves *= 2);
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

/// What is left of the capacity of a table or a global index.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Meter {
    read: Bucket,
    write: Bucket,
}

impl Meter {
    fn bucket(&mut self, direction: Direction) -> &mut Bucket {
        match direction {
            Direction::Read => &mut self.read,
            Direction::Write => &mut self.write,
        }
    }

    pub(crate) fn level(&self, direction: Direction, now: Time, units: Throughput) -> i64 {
        match direction {
            Direction::Read => self.read.level(now, units.read),
            Direction::Write => self.write.level(now, units.write),
        }
    }

    pub(crate) fn debit(
        &mut self,
        direction: Direction,
        now: Time,
        units: Throughput,
        halves: u64,
    ) {
        let rate = match direction {
            Direction::Read => units.read,
            Direction::Write => units.write,
        };
        let bucket = self.bucket(direction);
        let cost = i64::try_from(halves).unwrap_or(i64::MAX).saturating_mul(PER_HALF);
        *bucket = Bucket { level: bucket.level(now, rate).saturating_sub(cost), at: now };
    }
}

/// Thousandths of a unit at a time. One that was never used is full: it fills since 1970.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
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

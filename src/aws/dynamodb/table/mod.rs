//! A table: its definition, its state, its items and the indexes over them.
//!
//! Item counts and sizes are shown as the service shows them, as of the last of the moments six
//! hours apart since the table began; nothing has to happen at such a moment, since the first write
//! behind it puts down what was there before.
//!
//! Source: API reference, `TableDescription`.

pub mod check;
pub mod create;
pub mod describe;
pub mod durations;
mod faults;
pub mod quota;
pub mod spec;
pub mod update;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use rpds::RedBlackTreeMapSync;

pub use describe::{IndexDescription, TableDescription};
pub use update::{IndexUpdate, TableUpdate};

use super::capacity::{Meter, Partitions};
use super::context::TableRef;
use super::key::{Key, KeySchema, ScalarType};
use super::recovery::Recovery;
use super::rows::{Row, Rows, STORAGE_OVERHEAD_BYTES, item_bytes};
use super::time::Time;
use super::ttl::Ttl;
use super::value::Item;
pub use spec::IndexKind;
use spec::{BillingMode, EncryptionSpec, ProjectionKind, StreamView, TableClass, Throughput};

/// How long after one another the service counts items anew (API reference, `ItemCount`).
pub const COUNT_PERIOD: Duration = Duration::from_hours(6);

/// `TableStatus` and `IndexStatus`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Status {
    Creating,
    Updating,
    Deleting,
    Active,
}

impl Status {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Creating => "CREATING",
            Self::Updating => "UPDATING",
            Self::Deleting => "DELETING",
            Self::Active => "ACTIVE",
        }
    }
}

/// Which attributes an index has beside the keys.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Projection {
    pub kind: ProjectionKind,
    pub non_key: BTreeSet<String>,
}

/// Provisioned capacity and when it changed.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Provisioned {
    pub units: Throughput,
    pub increased: Option<Time>,
    pub decreased: Option<Time>,
    /// The day of the last decrease (days since the epoch), and how many there were on it.
    pub(crate) decreases: (i64, u64),
}

/// An index and its rows.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Index {
    pub name: String,
    pub kind: IndexKind,
    pub key: KeySchema,
    pub projection: Projection,
    pub status: Status,
    pub throughput: Provisioned,
    pub(crate) created: Time,
    pub(crate) rows: Rows,
    pub(crate) counted: Counted,
    pub(crate) meter: Meter,
    /// The capacity that counts once the update under way is over.
    pub(crate) next: Option<Throughput>,
    /// When what is being done with it is over.
    pub(crate) ready: Time,
}

impl Index {
    /// Where an item stands in the index, if it has the index's key.
    pub(crate) fn place(&self, item: &Item, base: &Key) -> Option<Key> {
        Some(self.key.find(item)?.then(base))
    }

    /// What the index has of an item.
    pub(crate) fn project(&self, table: &KeySchema, row: &Row) -> Row {
        if self.projection.kind == ProjectionKind::All {
            return row.clone();
        }
        let here = |name: &String| {
            table.has(name) || self.key.has(name) || self.projection.non_key.contains(name)
        };
        let kept = row.item.iter().filter(|(name, _)| here(name));
        let item: Item = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
        let bytes = item_bytes(&item);
        Row::new(Arc::new(item), bytes)
    }
}

/// Counts as of the last moment of counting before the last write.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Counted {
    period: i64,
    items: u64,
    bytes: u64,
}

impl Counted {
    fn period(began: Time, now: Time) -> i64 {
        (now.0 - began.0).div_euclid(i64::try_from(COUNT_PERIOD.as_millis()).unwrap_or(i64::MAX))
    }

    /// Items and bytes as they are shown.
    fn shown(self, began: Time, now: Time, rows: &Rows) -> (u64, u64) {
        if Self::period(began, now) > self.period {
            (rows.len(), rows.bytes())
        } else {
            (self.items, self.bytes)
        }
    }

    /// Puts down what was there, if a moment of counting has passed since the last write.
    pub(crate) fn before_write(&mut self, began: Time, now: Time, rows: &Rows) {
        let period = Self::period(began, now);
        if period > self.period {
            *self = Self { period, items: rows.len(), bytes: rows.bytes() };
        }
    }

    /// A count taken now, for a table that begins with items.
    pub(crate) fn of(rows: &Rows) -> Self {
        Self { period: 0, items: rows.len(), bytes: rows.bytes() }
    }
}

/// What an update is about that is under way; capacity, billing and class wait for the update to be over.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Pending {
    pub(crate) throughput: Option<Throughput>,
    pub(crate) billing: Option<BillingMode>,
    pub(crate) class: Option<TableClass>,
    /// `ENABLE` or `DISABLE`, which counts already.
    pub(crate) stream: Option<&'static str>,
}

/// Where a restored table came from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Restored {
    pub source_backup: Option<String>,
    pub source_table: String,
    /// The moment that was restored.
    pub moment: Time,
    pub in_progress: bool,
}

/// A table.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Table {
    pub name: String,
    pub id: String,
    pub arn: String,
    pub status: Status,
    pub created: Time,
    pub attributes: Vec<(String, ScalarType)>,
    pub key: KeySchema,
    pub billing: BillingMode,
    pub(crate) billing_changed: Option<Time>,
    /// The switches to on-demand billing of the last day.
    pub(crate) on_demand_switches: Vec<Time>,
    pub throughput: Provisioned,
    pub class: TableClass,
    pub(crate) class_changed: Option<Time>,
    /// The changes of class of the last month.
    pub(crate) class_switches: Vec<Time>,
    pub encryption: Option<EncryptionSpec>,
    pub(crate) encryption_changed: Option<Time>,
    pub deletion_protection: bool,
    pub(crate) protection_changed: Option<Time>,
    /// When it was ready first.
    pub(crate) active_since: Option<Time>,
    pub tags: BTreeMap<String, String>,
    /// The view of the stream that is on.
    pub stream: Option<StreamView>,
    /// The newest stream, on or off.
    pub(crate) stream_arn: Option<String>,
    pub indexes: BTreeMap<String, Index>,
    pub(crate) ttl: Ttl,
    pub(crate) rows: Rows,
    /// The bytes of each partition with its local indexes, if the table has such.
    pub(crate) collections: RedBlackTreeMapSync<Key, u64>,
    pub(crate) counted: Counted,
    pub(crate) pending: Pending,
    pub(crate) meter: Meter,
    pub(crate) partitions: Partitions,
    pub(crate) recovery: Option<Recovery>,
    pub(crate) restored: Option<Restored>,
}

impl Table {
    pub(crate) fn reference(&self) -> TableRef {
        TableRef { name: self.name.clone(), id: self.id.clone() }
    }

    /// Whether items can be read and written.
    pub(crate) fn serves(&self) -> bool {
        matches!(self.status, Status::Active | Status::Updating)
    }

    pub(crate) fn has_locals(&self) -> bool {
        self.indexes.values().any(|index| index.kind == IndexKind::Local)
    }

    /// Sums up the collections anew, for a table that has lost local indexes.
    pub(crate) fn count_collections(&mut self) {
        self.collections = RedBlackTreeMapSync::default();
        if !self.has_locals() {
            return;
        }
        let locals = self.indexes.values().filter(|index| index.kind == IndexKind::Local);
        let rows = locals.map(|index| &index.rows).chain([&self.rows]);
        for (key, row) in rows.flat_map(Rows::iter) {
            // An index of the same partition key has the same partitions.
            let Some(partition) = key.collection() else { continue };
            let bytes = self.collections.get(&partition).copied().unwrap_or(0);
            let stored = row.bytes + STORAGE_OVERHEAD_BYTES;
            self.collections.insert_mut(partition, bytes + stored);
        }
    }

    /// The item at a key.
    pub(crate) fn row(&self, key: &Key) -> Option<&Row> {
        self.rows.get(key)
    }

    /// What the attribute definitions say the table and its indexes use.
    pub(crate) fn keep_used_attributes(&mut self) {
        let mut used: BTreeSet<String> = self.key.attributes().map(|a| a.name.clone()).collect();
        for index in self.indexes.values() {
            used.extend(index.key.attributes().map(|a| a.name.clone()));
        }
        self.attributes.retain(|(name, _)| used.contains(name));
    }
}

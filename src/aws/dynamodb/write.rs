//! The one way in which an item changes: with its table change the indexes, the sizes of item
//! collections, the times of expiry, the stream and what point-in-time recovery goes back by.
//!
//! A change is worked out first, without changing anything, and can be refused until it is applied.
//!
//! Source: developer guide, "Global secondary indexes", "Item collections", "Read and write units".

use std::sync::Arc;

use super::capacity::{self, Capacity, Direction};
use super::context::Cx;
use super::error::{ApiError, validation};
use super::key::{Key, empty, invalid, scalar};
use super::rows::{Row, STORAGE_OVERHEAD_BYTES, item_bytes};
use super::state::Region;
use super::stream::Origin;
use super::table::{Index, IndexKind, Status, Table};
use super::value::{ITEM_SIZE_MAX_BYTES, Item};

/// The largest item collection of a table with local indexes.
pub const COLLECTION_BYTES_MAX: u64 = 10 << 30;

/// Which request writes, as the messages differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verb {
    Put,
    Update,
}

/// A change of one item, worked out.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) key: Key,
    pub(crate) old: Option<Row>,
    pub(crate) new: Option<Row>,
    indexes: Vec<IndexChange>,
    /// The partition and its bytes afterwards, in a table with local indexes.
    pub(crate) collection: Option<(Key, u64)>,
    pub(crate) cost: Capacity,
}

#[derive(Clone, Debug)]
struct IndexChange {
    name: String,
    remove: Option<Key>,
    insert: Option<(Key, Row)>,
}

/// The row of an item that is to be stored.
///
/// # Errors
/// The item is too large, or cannot be in an index.
pub(crate) fn row(table: &Table, item: Item, verb: Verb) -> Result<Row, ApiError> {
    for index in table.indexes.values() {
        index_key(index, &item, verb)?;
    }
    let bytes = item_bytes(&item);
    if bytes > ITEM_SIZE_MAX_BYTES as u64 {
        return Err(validation(match verb {
            Verb::Put => "Item size has exceeded the maximum allowed size",
            Verb::Update => "Item size to update has exceeded the maximum allowed size",
        }));
    }
    Ok(Row::new(Arc::new(item), bytes))
}

fn index_key(index: &Index, item: &Item, verb: Verb) -> Result<(), ApiError> {
    for attribute in index.key.attributes() {
        let Some(value) = item.get(&attribute.name) else { continue };
        if scalar(value, attribute.kind).is_none() {
            return Err(invalid(format!(
                "Type mismatch for Index Key {} Expected: {} Actual: {} IndexName: {}",
                attribute.name,
                attribute.kind.name(),
                value.type_name(),
                index.name
            )));
        }
        let Some(kind) = empty(value) else { continue };
        let reason = match verb {
            Verb::Put => "A value specified for a secondary index key is not supported.",
            Verb::Update => {
                "The update expression attempted to update a secondary index key to a value that \
                 is not supported."
            }
        };
        return Err(validation(format!(
            "One or more parameter values are not valid. {reason} The AttributeValue for a key \
             attribute cannot contain an empty {kind} value. IndexName: {}, IndexKey: {}",
            index.name, attribute.name
        )));
    }
    index.key.sizes(item)
}

impl Change {
    /// What it means for `table` that the item at `key` becomes `new`.
    pub(crate) fn of(table: &Table, key: Key, new: Option<Row>) -> Self {
        let old = table.row(&key).cloned();
        let larger = old.as_ref().map_or(0, |r| r.bytes).max(new.as_ref().map_or(0, |r| r.bytes));
        let cost = Capacity::of_table(capacity::write(larger));
        let mut change = Self { key, old, new, indexes: Vec::new(), collection: None, cost };
        let mut local_bytes = 0;
        for index in table.indexes.values() {
            // One that is being made is filled when it is ready; one that goes is not kept.
            if matches!(index.status, Status::Creating | Status::Deleting) {
                continue;
            }
            local_bytes += change.in_index(table, index);
        }
        if table.has_locals() {
            change.collection = change.key.collection().map(|partition| {
                let stored = |row: &Option<Row>| row.as_ref().map_or(0, stored_bytes);
                let delta = stored(&change.new) - stored(&change.old) + local_bytes;
                let before = table.collections.get(&partition).copied().unwrap_or(0);
                (partition, before.saturating_add_signed(delta))
            });
        }
        change.cost = change.cost.of_partition(&change.key);
        change
    }

    /// Works out what happens in one index; how many bytes it grows by, if it is a local one.
    fn in_index(&mut self, table: &Table, index: &Index) -> i64 {
        let entry = |row: &Option<Row>, key: &Key| {
            let row = row.as_ref()?;
            let place = index.place(&row.item, key)?;
            Some((place, index.project(&table.key, row)))
        };
        let (old, new) = (entry(&self.old, &self.key), entry(&self.new, &self.key));
        let bytes = |entry: &Option<(Key, Row)>| entry.as_ref().map_or(0, |(_, row)| row.bytes);
        let cost = match (&old, &new) {
            (None, None) => return 0,
            (Some(old), Some(new)) if old == new => return 0,
            // A new key is a deletion and an insertion.
            (Some((before, old)), Some((after, new))) if before != after => {
                capacity::write(old.bytes) + capacity::write(new.bytes)
            }
            _ => capacity::write(bytes(&old).max(bytes(&new))),
        };
        self.cost.add_index(index.kind, &index.name, cost);
        let stored =
            |entry: &Option<(Key, Row)>| entry.as_ref().map_or(0, |(_, r)| stored_bytes(r));
        let grown = stored(&new) - stored(&old);
        let remove = old.map(|(place, _)| place);
        // What takes the same place needs no removal.
        let same = matches!((&remove, &new), (Some(before), Some((after, _))) if before == after);
        let remove = remove.filter(|_| !same);
        self.indexes.push(IndexChange { name: index.name.clone(), remove, insert: new });
        if index.kind == IndexKind::Local { grown } else { 0 }
    }

    /// # Errors
    /// The item's collection would be too large.
    pub(crate) fn check_collection(&self) -> Result<(), ApiError> {
        let grows = self.new.as_ref().map(|r| r.bytes) > self.old.as_ref().map(|r| r.bytes);
        if grows && self.collection.as_ref().is_some_and(|(_, bytes)| *bytes > COLLECTION_BYTES_MAX)
        {
            return Err(ApiError::new(
                400,
                "ItemCollectionSizeLimitExceededException",
                "Collection size exceeded.",
            ));
        }
        Ok(())
    }

    /// Whether the item is another one afterwards.
    pub(crate) fn changes(&self) -> bool {
        self.old != self.new
    }

    /// Puts the change into the table's rows and indexes, and nowhere else.
    pub(crate) fn store(&self, table: &mut Table) {
        match &self.new {
            Some(row) => table.rows.insert(self.key.clone(), row.clone()),
            None => table.rows.remove(&self.key),
        }
        for change in &self.indexes {
            let Some(index) = table.indexes.get_mut(&change.name) else { continue };
            if let Some(key) = &change.remove {
                index.rows.remove(key);
            }
            if let Some((key, row)) = &change.insert {
                index.rows.insert(key.clone(), row.clone());
            }
        }
        match &self.collection {
            Some((partition, 0)) => {
                table.collections.remove_mut(partition);
            }
            Some((partition, bytes)) => {
                table.collections.insert_mut(partition.clone(), *bytes);
            }
            None => {}
        }
    }
}

fn stored_bytes(row: &Row) -> i64 {
    i64::try_from(row.bytes + STORAGE_OVERHEAD_BYTES).unwrap_or(i64::MAX)
}

impl Region {
    /// Applies a change to the table `name`, with everything that hangs on it.
    pub(crate) fn apply(&mut self, cx: &mut Cx<'_>, name: &str, change: &Change, by: Origin) {
        let Some(table) = self.tables.get_mut(name) else { return };
        if by == Origin::Request {
            table.debit(cx.metered(), Direction::Write, &change.cost);
        }
        let began = table.created;
        table.counted.before_write(began, cx.now, &table.rows);
        for index in table.indexes.values_mut() {
            index.counted.before_write(began, cx.now, &index.rows);
        }
        if !change.changes() {
            return;
        }
        change.store(table);
        table.ttl.moved(&change.key, change.old.as_ref(), change.new.as_ref());
        table.plan_sweep(cx);
        if let Some(recovery) = &mut table.recovery {
            recovery.note(cx.now, &change.key, change.old.as_ref());
        }
        let arn = table.stream_arn.as_ref().filter(|_| table.stream.is_some());
        if let Some(stream) = arn.and_then(|arn| self.streams.get_mut(arn)) {
            stream.record(cx, change.old.as_ref(), change.new.as_ref(), by);
        }
    }
}

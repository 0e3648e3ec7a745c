//! Items in the order of their keys, shared with every copy of them.
//!
//! A persistent balanced tree: a copy costs nothing, and a change touches the path to one item. So
//! a backup is a copy, and a put costs the logarithm of the number of items, whoever else has one.

use std::hash::{Hash, Hasher};
use std::ops::Bound;
use std::sync::Arc;

use rpds::RedBlackTreeMapSync;

use super::key::Key;
use super::value::{Item, item_size_bytes};

/// What a stored item costs beyond its bytes (developer guide, "Item sizes and formats").
pub const STORAGE_OVERHEAD_BYTES: u64 = 100;

/// An item as it is stored.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Row {
    pub item: Arc<Item>,
    /// The size by which the service counts.
    pub bytes: u64,
}

impl Row {
    pub(crate) fn new(item: Arc<Item>, bytes: u64) -> Self {
        Self { item, bytes }
    }
}

/// Rows in the order of their keys.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    map: RedBlackTreeMapSync<Key, Row>,
    bytes: u64,
}

impl Rows {
    pub(crate) fn get(&self, key: &Key) -> Option<&Row> {
        self.map.get(key)
    }

    pub(crate) fn insert(&mut self, key: Key, row: Row) {
        self.bytes += row.bytes;
        if let Some(old) = self.map.get(&key) {
            self.bytes -= old.bytes;
        }
        self.map.insert_mut(key, row);
    }

    pub(crate) fn remove(&mut self, key: &Key) {
        if let Some(old) = self.map.get(key) {
            self.bytes -= old.bytes;
            self.map.remove_mut(key);
        }
    }

    /// The rows from `from` up to and without `to`; from either side.
    pub(crate) fn range(
        &self,
        from: &Key,
        to: &Key,
    ) -> impl DoubleEndedIterator<Item = (&Key, &Row)> {
        // A tree refuses a range that ends before it begins; ours are empty then.
        let to = if to < from { from } else { to };
        self.map.range((Bound::Included(from.clone()), Bound::Excluded(to.clone())))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key, &Row)> {
        self.map.iter()
    }

    pub fn len(&self) -> u64 {
        self.map.size() as u64
    }

    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// The size of all items, without what storing them costs beyond.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl PartialEq for Rows {
    fn eq(&self, other: &Self) -> bool {
        self.map.size() == other.map.size() && self.iter().eq(other.iter())
    }
}

impl Eq for Rows {}

impl Hash for Rows {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        for entry in self.iter() {
            entry.hash(state);
        }
    }
}

/// The size by which the service counts an item.
pub(crate) fn item_bytes(item: &Item) -> u64 {
    item_size_bytes(item) as u64
}

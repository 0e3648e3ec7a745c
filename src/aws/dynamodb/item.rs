//! One item: `GetItem`, `PutItem`, `UpdateItem`, `DeleteItem`, and the check of a transaction.
//!
//! Source: API reference of these operations.

use super::capacity::{self, Capacity, Consistency, Direction};
use super::context::Cx;
use super::error::{ApiError, validation};
use super::expression::{Condition, Projection, Update};
use super::failure::Failure;
use super::key::{Key, invalid};
use super::place::{Place, table_name};
use super::rows::Row;
use super::state::State;
use super::stream::Origin;
use super::table::Table;
use super::time::Time;
use super::value::Item;
use super::write::{Change, Verb, row};

/// What becomes of an item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// The whole item.
    Put(Item),
    /// The item of a key, changed; made if it is not there.
    Update(Item, Option<Update>),
    /// The item of a key, if it is there.
    Delete(Item),
    /// Nothing: only the condition counts. In transactions.
    Check(Item),
}

/// A write of one item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ItemWrite {
    pub table: String,
    pub action: Action,
    pub condition: Option<Condition>,
    /// `ReturnValuesOnConditionCheckFailure` is `ALL_OLD`.
    pub show_old_on_failure: bool,
}

/// `ReturnValues`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ReturnValues {
    #[default]
    None,
    AllOld,
    UpdatedOld,
    AllNew,
    UpdatedNew,
}

/// How large an item collection is: its key, and between which whole gigabytes its size lies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CollectionMetrics {
    pub key: Item,
    pub gigabytes: (u64, u64),
}

/// What a write answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    pub attributes: Option<Item>,
    pub cost: Capacity,
    pub collection: Option<CollectionMetrics>,
}

/// `GetItem`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GetItem {
    pub table: String,
    pub key: Item,
    pub projection: Option<Projection>,
    pub consistent: bool,
}

/// What a read of one item answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Got {
    pub item: Option<Item>,
    pub cost: Capacity,
}

/// A write, worked out: what the item will be, and whether anything is written at all.
pub(crate) struct Outcome {
    pub(crate) key: Key,
    pub(crate) new: Option<Row>,
    pub(crate) writes: bool,
}

impl Action {
    /// # Errors
    /// What is named is no key of the table, or an update would change the key.
    pub(crate) fn key(&self, table: &Table) -> Result<Key, ApiError> {
        match self {
            Self::Put(item) => table.key.of_item(item),
            Self::Delete(key) | Self::Check(key) => table.key.of_key(key),
            Self::Update(key, update) => {
                let place = table.key.of_key(key)?;
                let touched = update.as_ref().map(Update::attributes).unwrap_or_default();
                if let Some(name) = touched.iter().find(|name| table.key.has(name)) {
                    return Err(invalid(format!(
                        "Cannot update attribute {name}. This attribute is part of the key"
                    )));
                }
                Ok(place)
            }
        }
    }
}

impl ItemWrite {
    /// Works the write out on the table as it is.
    ///
    /// # Errors
    /// The key is none, the condition does not hold, or the item cannot become so.
    pub(crate) fn outcome(&self, table: &Table) -> Result<Outcome, Failure> {
        let key = self.action.key(table)?;
        let put = match &self.action {
            // What is wrong with an item is said before its condition is looked at.
            Action::Put(item) => Some(row(table, item.clone(), Verb::Put)?),
            _ => None,
        };
        let old = table.row(&key);
        if let Some(condition) = &self.condition {
            let nothing = Item::new();
            if !condition.holds(old.map_or(&nothing, |row| &row.item)) {
                let item = old.filter(|_| self.show_old_on_failure).map(|row| row.item.clone());
                return Err(Failure::Condition { item });
            }
        }
        let (new, writes) = match &self.action {
            Action::Put(_) => (put, true),
            Action::Update(item, update) => {
                let from = old.map_or(item, |row| &row.item);
                let item = update.as_ref().map_or_else(|| Ok(from.clone()), |u| u.apply(from))?;
                (Some(row(table, item, Verb::Update)?), true)
            }
            Action::Delete(_) => (None, true),
            Action::Check(_) => (old.cloned(), false),
        };
        Ok(Outcome { key, new, writes })
    }

    fn returned(&self, values: ReturnValues, change: &Change) -> Option<Item> {
        let old = change.old.as_ref().map(|row| &*row.item);
        let new = change.new.as_ref().map(|row| &*row.item);
        let touched = |item: Option<&Item>| match &self.action {
            Action::Update(_, Some(update)) => item.map(|item| update.touched().apply(item)),
            _ => None,
        };
        let item = match values {
            ReturnValues::None => None,
            ReturnValues::AllOld => old.cloned(),
            ReturnValues::AllNew => new.cloned(),
            ReturnValues::UpdatedOld => touched(old),
            ReturnValues::UpdatedNew => touched(new),
        };
        item.filter(|item| !item.is_empty())
    }

    fn check_returned(&self, values: ReturnValues) -> Result<(), ApiError> {
        let updates = matches!(self.action, Action::Update(..));
        if updates || matches!(values, ReturnValues::None | ReturnValues::AllOld) {
            return Ok(());
        }
        Err(validation("ReturnValues can only be ALL_OLD or NONE"))
    }
}

impl Change {
    /// `ItemCollectionMetrics`, in a table with local indexes.
    pub(crate) fn metrics(&self, table: &Table) -> Option<CollectionMetrics> {
        let (_, bytes) = self.collection.as_ref()?;
        let row = self.new.as_ref().or(self.old.as_ref())?;
        let (name, value) = row.item.get_key_value(&table.key.hash.name)?;
        let gigabytes = bytes >> 30;
        let key = Item::from([(name.clone(), value.clone())]);
        Some(CollectionMetrics { key, gigabytes: (gigabytes, gigabytes + 1) })
    }
}

impl State {
    /// `PutItem`, `UpdateItem` and `DeleteItem`.
    ///
    /// # Errors
    /// There is no such table, the item or its key cannot be so, the condition does not hold, or
    /// the table's capacity is used up.
    pub fn write_item(
        &mut self,
        cx: &mut Cx<'_>,
        write: &ItemWrite,
        values: ReturnValues,
    ) -> Result<Written, Failure> {
        write.check_returned(values)?;
        let table = self.serving(&cx.place, &write.table)?;
        let outcome = write.outcome(table)?;
        let change = Change::of(table, outcome.key, outcome.new);
        change.check_collection()?;
        table.admit(cx.metered(), Direction::Write, &Capacity::default(), &change.cost)?;
        let attributes = write.returned(values, &change);
        let collection = change.metrics(table);
        let name = table_name(&cx.place, &write.table)?;
        let place = cx.place.clone();
        self.region_mut(&place).apply(cx, name, &change, Origin::Request);
        Ok(Written { attributes, cost: change.cost, collection })
    }

    /// `GetItem`.
    ///
    /// # Errors
    /// There is no such table, the key is none of it, or its capacity is used up.
    pub fn get_item(
        &self,
        place: &Place,
        metered: Option<Time>,
        get: &GetItem,
    ) -> Result<Got, ApiError> {
        let table = self.serving(place, &get.table)?;
        let how = Consistency::of(get.consistent);
        let (got, _) = table.get(&get.key, get.projection.as_ref(), how)?;
        table.admit(metered, Direction::Read, &Capacity::default(), &got.cost)?;
        Ok(got)
    }
}

impl Table {
    /// An item, as far as it is asked for, and the bytes of the whole.
    ///
    /// # Errors
    /// The key is none of the table.
    pub(crate) fn get(
        &self,
        key: &Item,
        projection: Option<&Projection>,
        how: Consistency,
    ) -> Result<(Got, u64), ApiError> {
        let key = self.key.of_key(key)?;
        let row = self.row(&key);
        let bytes = row.map_or(0, |row| row.bytes);
        let shown = |row: &Row| match projection {
            Some(projection) => projection.apply(&row.item),
            None => Item::clone(&row.item),
        };
        let cost = Capacity::of_table(capacity::read(bytes, how)).of_partition(&key);
        Ok((Got { item: row.map(shown), cost }, bytes))
    }
}

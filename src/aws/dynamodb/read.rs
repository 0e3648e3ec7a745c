//! What `Query` and `Scan` have in common: which rows they may read, what they show of them, and
//! where a page ends.
//!
//! A page costs what it reads, wherever it begins: it is a range of the rows' order. It ends at the
//! limit, which counts before the filter, or with the item that fills a megabyte.
//!
//! Source: API reference, `Query`, `Scan`; developer guide, "Paginating table query results",
//! "Using global secondary indexes: reading data", "Local secondary indexes: fetching attributes".

use std::collections::BTreeSet;

use super::capacity::{self, Capacity, Consistency};
use super::error::{ApiError, validation};
use super::expression::{Condition, Projection};
use super::key::{Key, KeySchema, invalid};
use super::rows::{Row, Rows};
use super::table::check::constraint;
use super::table::spec::ProjectionKind;
use super::table::{Index, IndexKind, Status, Table};
use super::value::Item;

/// The bytes of the items that a page reads.
pub const PAGE_BYTES_MAX: u64 = 1 << 20;

/// `Select`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Select {
    AllAttributes,
    AllProjectedAttributes,
    SpecificAttributes,
    Count,
}

/// What a page is read with, of a query or a scan.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reading {
    pub table: String,
    pub index: Option<String>,
    pub filter: Option<Condition>,
    /// Whether the filter came as `QueryFilter`, which its errors name.
    pub legacy_filter: bool,
    pub projection: Option<Projection>,
    pub select: Option<Select>,
    pub limit: Option<u64>,
    pub consistent: bool,
    pub start: Option<Item>,
}

/// A page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// Nothing where only the count is asked for.
    pub items: Option<Vec<Item>>,
    pub count: u64,
    pub scanned: u64,
    pub last: Option<Item>,
    pub cost: Capacity,
}

/// What rows are read: a table's or an index's.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) table: &'a Table,
    pub(crate) index: Option<&'a Index>,
}

impl<'a> Source<'a> {
    /// # Errors
    /// There is no such index, it is being made, or it cannot be read so.
    pub(crate) fn of(table: &'a Table, reading: &Reading) -> Result<Self, ApiError> {
        let source = Self::named(table, reading.index.as_deref())?;
        if source.global() && reading.consistent {
            return Err(validation(
                "Consistent reads are not supported on global secondary indexes",
            ));
        }
        Ok(source)
    }

    /// # Errors
    /// There is no such index, or it is being made.
    pub(crate) fn named(table: &'a Table, index: Option<&str>) -> Result<Self, ApiError> {
        let Some(name) = index else { return Ok(Self { table, index: None }) };
        let index = table.indexes.get(name).filter(|index| index.status != Status::Deleting);
        let index = index.ok_or_else(|| {
            let what = format!("The table does not have the specified index: {name}");
            validation(what)
        })?;
        if index.status == Status::Creating {
            let what = format!("Cannot read from backfilling global secondary index: {name}");
            return Err(validation(what));
        }
        Ok(Self { table, index: Some(index) })
    }

    fn global(self) -> bool {
        self.index.is_some_and(|index| index.kind == IndexKind::Global)
    }

    fn rows(self) -> &'a Rows {
        self.index.map_or(&self.table.rows, |index| &index.rows)
    }

    pub(crate) fn key(self) -> &'a KeySchema {
        self.index.map_or(&self.table.key, |index| &index.key)
    }

    /// The attributes of a page's beginning: the table's key and the index's.
    fn start_names(self) -> BTreeSet<&'a str> {
        let index = self.index.into_iter().flat_map(|index| index.key.attributes());
        self.table.key.attributes().chain(index).map(|a| a.name.as_str()).collect()
    }

    /// Where a page's beginning stands in the order, if it is one by its names and types.
    pub(crate) fn start(self, start: &Item) -> Option<Key> {
        if !start.keys().map(String::as_str).eq(self.start_names()) {
            return None;
        }
        let base = self.table.key.find(start)?;
        match self.index {
            Some(index) => index.place(start, &base),
            None => Some(base),
        }
    }

    fn last(self, item: &Item) -> Item {
        let mut key = self.table.key.pick(item);
        if let Some(index) = self.index {
            key.extend(index.key.pick(item));
        }
        key
    }

    fn has(self, name: &str) -> bool {
        let Some(index) = self.index else { return true };
        index.projection.kind == ProjectionKind::All
            || self.table.key.has(name)
            || index.key.has(name)
            || index.projection.non_key.contains(name)
    }

    /// Whether the whole item is to be fetched from the table.
    ///
    /// # Errors
    /// What is asked for does not go together, or is not in the index.
    fn fetches(self, reading: &Reading, verb: &str) -> Result<bool, ApiError> {
        check_select(reading, verb)?;
        let Some(index) = self.index else { return Ok(false) };
        let all = reading.select == Some(Select::AllAttributes);
        let wanted = reading.projection.iter().flat_map(Projection::attributes);
        let missing: Vec<_> = wanted.filter(|name| !self.has(name)).collect();
        if index.kind == IndexKind::Global {
            if all && index.projection.kind != ProjectionKind::All {
                return Err(invalid(format!(
                    "Select type ALL_ATTRIBUTES is not supported for global secondary index {} \
                     because its projection type is not ALL",
                    index.name
                )));
            }
            if !missing.is_empty() {
                return Err(invalid(format!(
                    "Global secondary index {} does not project [{}]",
                    index.name,
                    missing.join(", ")
                )));
            }
            return Ok(false);
        }
        let filtered = reading.filter.iter().flat_map(Condition::attributes);
        let beyond = !missing.is_empty() || filtered.into_iter().any(|name| !self.has(name));
        Ok(beyond || (all && index.projection.kind != ProjectionKind::All))
    }
}

fn check_select(reading: &Reading, verb: &str) -> Result<(), ApiError> {
    let what = match (reading.select, &reading.projection) {
        (Some(Select::SpecificAttributes), None) => {
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get \
             SPECIFIC_ATTRIBUTES"
                .to_owned()
        }
        (Some(Select::AllProjectedAttributes), None) if reading.index.is_none() => {
            format!("ALL_PROJECTED_ATTRIBUTES can be used only when {verb} using an IndexName")
        }
        (None | Some(Select::SpecificAttributes), _) | (_, None) => return Ok(()),
        (Some(select), Some(_)) => {
            let select = match select {
                Select::AllAttributes => "ALL_ATTRIBUTES",
                Select::AllProjectedAttributes => "ALL_PROJECTED_ATTRIBUTES",
                _ => "only the Count",
            };
            format!("Cannot specify the ProjectionExpression when choosing to get {select}")
        }
    };
    Err(validation(what))
}

/// The rows to read: from one place up to another, from either side.
pub(crate) struct Range {
    pub(crate) from: Key,
    pub(crate) to: Key,
    pub(crate) forward: bool,
}

impl Range {
    /// Begins behind the place where the page before ended.
    pub(crate) fn after(&mut self, start: Key) {
        if self.forward {
            self.from = start.next().max(self.from.clone());
        } else {
            self.to = start.min(self.to.clone());
        }
    }
}

/// Reads a page.
///
/// # Errors
/// What is asked for does not go together, or is not in the index.
pub(crate) fn page(
    source: Source<'_>,
    reading: &Reading,
    range: &Range,
    verb: &str,
) -> Result<Page, ApiError> {
    let fetches = source.fetches(reading, verb)?;
    if reading.limit == Some(0) {
        let rule = "Member must have value greater than or equal to 1";
        return Err(constraint("0", "limit", rule));
    }
    let how = Consistency::of(reading.consistent);
    let counts = reading.select == Some(Select::Count);
    let mut rows = source.rows().range(&range.from, &range.to);
    let mut page =
        Page { items: None, count: 0, scanned: 0, last: None, cost: Capacity::default() };
    let (mut items, mut bytes) = (Vec::new(), 0);
    while let Some((_, row)) = if range.forward { rows.next() } else { rows.next_back() } {
        page.scanned += 1;
        bytes += row.bytes;
        let whole = if fetches { whole(source.table, row) } else { row };
        if fetches {
            page.cost.table += capacity::read(whole.bytes, how);
        }
        if reading.filter.as_ref().is_none_or(|filter| filter.holds(&whole.item)) {
            page.count += 1;
            if !counts {
                items.push(match &reading.projection {
                    Some(projection) => projection.apply(&whole.item),
                    None => Item::clone(&whole.item),
                });
            }
        }
        if Some(page.scanned) == reading.limit || bytes >= PAGE_BYTES_MAX {
            page.last = Some(source.last(&row.item));
            break;
        }
    }
    let read = capacity::read(bytes, how);
    match source.index {
        Some(index) => page.cost.add_index(index.kind, &index.name, read),
        None => page.cost.table += read,
    }
    page.items = (!counts).then_some(items);
    Ok(page)
}

/// The table's item of an index's row.
fn whole<'a>(table: &'a Table, row: &'a Row) -> &'a Row {
    table.key.find(&row.item).and_then(|key| table.row(&key)).unwrap_or(row)
}

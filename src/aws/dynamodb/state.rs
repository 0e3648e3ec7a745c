//! Everything that is kept: tables, streams and backups, by account and region; what happens by
//! itself when its time comes; and how a request's table is found.

use std::collections::BTreeMap;

use super::backup::Backup;
use super::context::{Cx, Event, TableRef, What};
use super::error::{ApiError, not_found, table_not_found};
use super::place::{Place, table_name};
use super::stream::Stream;
use super::table::Table;
use super::tokens::Tokens;

/// Tables of an account in a region (developer guide, "Quotas").
pub const TABLES_MAX: usize = 2500;

/// What an account has in a region.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Region {
    pub(crate) tables: BTreeMap<String, Table>,
    pub(crate) streams: BTreeMap<String, Stream>,
    pub(crate) backups: BTreeMap<String, Backup>,
    pub(crate) tokens: Tokens,
}

/// The service.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct State {
    places: BTreeMap<Place, Region>,
}

impl State {
    /// The region of a request that changes nothing.
    pub fn region(&self, place: &Place) -> Option<&Region> {
        self.places.get(place)
    }

    /// Every region in which something is or was.
    pub(crate) fn regions(&self) -> impl Iterator<Item = (&Place, &Region)> {
        self.places.iter()
    }

    pub(crate) fn region_mut(&mut self, place: &Place) -> &mut Region {
        if !self.places.contains_key(place) {
            self.places.insert(place.clone(), Region::default());
        }
        // Directly behind the insertion: there is one.
        #[expect(clippy::expect_used, reason = "inserted above")]
        self.places.get_mut(place).expect("the region was inserted")
    }

    /// The region of a request that changes something that is there.
    ///
    /// # Errors
    /// There is no table of that name.
    pub(crate) fn region_of(&mut self, place: &Place, name: &str) -> Result<&mut Region, ApiError> {
        let region = self.places.get_mut(place).filter(|r| r.tables.contains_key(name));
        region.ok_or_else(|| table_not_found(name))
    }

    /// A table that items are read from.
    ///
    /// # Errors
    /// There is no such table, or it is not ready.
    pub(crate) fn serving(&self, place: &Place, name: &str) -> Result<&Table, ApiError> {
        let name = table_name(place, name)?;
        let table = self.region(place).and_then(|region| region.tables.get(name));
        table.filter(|table| table.serves()).ok_or_else(not_found)
    }

    /// A table, whatever its state.
    ///
    /// # Errors
    /// There is no such table.
    pub(crate) fn table(&self, place: &Place, name: &str) -> Result<&Table, ApiError> {
        let name = table_name(place, name)?;
        let table = self.region(place).and_then(|region| region.tables.get(name));
        table.ok_or_else(|| table_not_found(name))
    }

    /// A table whose settings are to be changed, whatever its state.
    ///
    /// # Errors
    /// There is no such table.
    pub(crate) fn table_mut(&mut self, place: &Place, name: &str) -> Result<&mut Table, ApiError> {
        let name = table_name(place, name)?;
        let table = self.places.get_mut(place).and_then(|region| region.tables.get_mut(name));
        table.ok_or_else(|| table_not_found(name))
    }

    /// What happens by itself, happens: `event` at the time `cx.now`.
    ///
    /// An event whose subject is gone, or that another has overtaken, does nothing.
    pub fn happen(&mut self, cx: &mut Cx<'_>, event: &Event) {
        let Some(region) = self.places.get_mut(&event.place) else { return };
        match &event.what {
            What::TableActive(table) => region.table_active(cx, table),
            What::TableGone(table) => region.table_gone(cx, table),
            What::IndexActive(table, index) => region.index_active(cx, table, index),
            What::IndexGone(table, index) => region.index_gone(cx, table, index),
            What::TtlSettled(table) => region.ttl_settled(cx, table),
            What::TtlSweep(table) => region.ttl_sweep(cx, table),
            What::StreamGone(arn) => region.stream_gone(arn, cx.now),
            What::BackupAvailable(arn) => region.backup_available(arn),
            What::BackupGone(arn) => region.backup_gone(arn, cx.now),
        }
    }
}

impl Region {
    pub(crate) fn same(&mut self, of: &TableRef) -> Option<&mut Table> {
        self.tables.get_mut(&of.name).filter(|table| table.id == of.id)
    }
}

//! Everything that is kept: tables, streams and backups, by account and region; what happens by
//! itself when its time comes; and how a request's table is found.
//!
//! A request that changes something gets a [`Cx`], into which it puts the events it wants to happen
//! later. The caller hands each back at its time. A request that fails has changed nothing.

use std::collections::BTreeMap;

use super::backup::Backup;
use super::error::{ApiError, validation};
use super::stream::Stream;
use super::table::Table;
use super::time::Time;
use super::transact::Tokens;

/// Tables of an account in a region (developer guide, "Quotas").
pub const TABLES_MAX: usize = 2500;

/// An account's region.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    pub account: String,
    pub region: String,
}

/// What a change has to know and may want.
pub struct Cx<'a> {
    pub place: Place,
    pub now: Time,
    /// The seeded generator behind every identifier.
    pub draw: &'a mut dyn FnMut() -> u64,
    /// What should happen later.
    pub events: Vec<(Time, Event)>,
}

impl<'a> Cx<'a> {
    pub fn new(place: Place, now: Time, draw: &'a mut dyn FnMut() -> u64) -> Self {
        Self { place, now, draw, events: Vec::new() }
    }

    /// A random identifier in the form of RFC 9562, version 4.
    pub(crate) fn uuid(&mut self) -> String {
        let bits = u128::from((self.draw)()) << 64 | u128::from((self.draw)());
        let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
        let hex = format!("{bits:032x}");
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        parts.join("-")
    }

    /// Eight random hexadecimal digits.
    pub(crate) fn hex8(&mut self) -> String {
        format!("{:08x}", (self.draw)() >> 32)
    }

    pub(crate) fn at(&mut self, time: Time, what: What) {
        self.events.push((time, Event { place: self.place.clone(), what }));
    }
}

/// Something that happens by itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Event {
    pub place: Place,
    pub what: What,
}

/// A table of one life: a name can be used again.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TableRef {
    pub name: String,
    pub id: String,
}

/// What happens by itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum What {
    /// A table that is created, updated or restored is ready.
    TableActive(TableRef),
    /// A table that is deleted is gone.
    TableGone(TableRef),
    /// An index is filled and can be queried.
    IndexActive(TableRef, String),
    /// An index that is deleted is gone.
    IndexGone(TableRef, String),
    /// Time to live is on, or off.
    TtlSettled(TableRef),
    /// Expired items are looked for.
    TtlSweep(TableRef),
    /// A stream that was turned off is forgotten.
    StreamGone(String),
    /// A backup can be restored.
    BackupAvailable(String),
    /// A backup of the service's own is deleted.
    BackupGone(String),
}

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

impl Table {
    pub(crate) fn reference(&self) -> TableRef {
        TableRef { name: self.name.clone(), id: self.id.clone() }
    }
}

/// The name in what a request says: a name, or an ARN of the same account and region.
///
/// # Errors
/// The ARN is none of a table, or of another place.
pub(crate) fn table_name<'a>(place: &Place, name: &'a str) -> Result<&'a str, ApiError> {
    let Some(rest) = name.strip_prefix("arn:") else { return Ok(name) };
    let mut parts = rest.splitn(5, ':');
    let (_, service, region) = (parts.next(), parts.next(), parts.next());
    let (account, resource) = (parts.next(), parts.next().and_then(|r| r.strip_prefix("table/")));
    if service != Some("dynamodb") || resource.is_none_or(str::is_empty) {
        return Err(validation("Invalid table/index ARN"));
    }
    if region != Some(&place.region) || account != Some(&place.account) {
        return Err(not_found());
    }
    Ok(resource.unwrap_or_default())
}

/// The service's answer where a table is not there to be read or written.
pub(crate) fn not_found() -> ApiError {
    ApiError::new(400, "ResourceNotFoundException", "Requested resource not found")
}

/// The service's answer where a table is not there to be managed.
pub(crate) fn table_not_found(name: &str) -> ApiError {
    let message = format!("Requested resource not found: Table: {name} not found");
    ApiError::new(400, "ResourceNotFoundException", message)
}

pub(crate) fn in_use(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "ResourceInUseException", message)
}

pub(crate) fn limit_exceeded(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "LimitExceededException", message)
}

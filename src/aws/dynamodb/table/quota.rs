//! How much capacity an account may provision in a region.
//!
//! Source: developer guide, "Quotas: read/write throughput"; the usual values of a new account.

use super::super::error::{ApiError, limit_exceeded};
use super::super::place::Place;
use super::super::state::Region;
use super::spec::Throughput;

/// Units of one kind that all tables and indexes of an account have together.
pub const ACCOUNT_UNITS_MAX: u64 = 80_000;
/// Units of one kind that a table or an index has.
pub const TABLE_UNITS_MAX: u64 = 40_000;

/// `DescribeLimits`: what an account may provision here, and a table of it; for reads as for
/// writes.
pub fn limits() -> (u64, u64) {
    (ACCOUNT_UNITS_MAX, TABLE_UNITS_MAX)
}

/// A kind of unit: its name, and how many of it there are.
type Kind = (&'static str, fn(Throughput) -> u64);

const KINDS: [Kind; 2] =
    [("ReadCapacityUnits", |units| units.read), ("WriteCapacityUnits", |units| units.write)];

/// The index, or the table itself; what it has; what it shall have.
pub(crate) type Wanted<'a> = (Option<&'a str>, Throughput, Throughput);

const REFER: &str = "Refer to the Amazon DynamoDB Developer Guide for current limits and how to \
                     request higher limits.";

/// # Errors
/// A table, an index or the account would have more than it may.
pub(crate) fn check(region: &Region, place: &Place, wanted: &[Wanted<'_>]) -> Result<(), ApiError> {
    for (kind, of) in KINDS {
        if let Some((index, _, units)) = wanted.iter().find(|w| of(w.2) > TABLE_UNITS_MAX) {
            let units = of(*units);
            let (which, what) = match index {
                Some(index) => (format!(" for index {index}"), "index"),
                None => (String::new(), "table"),
            };
            return Err(limit_exceeded(format!(
                "The requested {kind}{which}, {units}, is above the per {what} maximum for the \
                 account in {}. Per {what} maximum: {TABLE_UNITS_MAX}. {REFER}",
                place.region
            )));
        }
        let indexes = region.tables.values().flat_map(|table| table.indexes.values());
        let reserved: u64 = region.tables.values().map(|table| of(table.throughput.units)).sum();
        let reserved = reserved + indexes.map(|index| of(index.throughput.units)).sum::<u64>();
        let (old, new) = wanted.iter().fold((0, 0), |(old, new), w| (old + of(w.1), new + of(w.2)));
        if new > old && reserved - old + new > ACCOUNT_UNITS_MAX {
            return Err(limit_exceeded(format!(
                "This request would have caused the {kind} limit to be exceeded for the account in \
                 {}. Current {kind} reserved by the account: {reserved}. Limit: \
                 {ACCOUNT_UNITS_MAX}. Requested: {new}. {REFER}",
                place.region
            )));
        }
    }
    Ok(())
}

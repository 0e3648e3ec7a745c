//! How a table refuses what is beyond its capacity, where that was switched on for it
//! (`Table::throttled`).

use super::capacity::{Capacity, Direction};
use super::error::ApiError;
use super::place::{Place, table_name};
use super::state::State;
use super::table::Table;
use super::table::spec::BillingMode;
use super::time::Time;

impl Table {
    fn limits(&self) -> bool {
        self.throttled && self.billing == BillingMode::Provisioned
    }

    /// Whether a request that will cost `cost` is let in. Only what it costs is asked for.
    ///
    /// # Errors
    /// The table or one of its global indexes has nothing left.
    pub(crate) fn admit(
        &self,
        now: Time,
        direction: Direction,
        cost: &Capacity,
    ) -> Result<(), ApiError> {
        if !self.limits() {
            return Ok(());
        }
        let own = cost.table + cost.locals.values().sum::<u64>();
        if own > 0 && self.meter.level(direction, now, self.throughput.units) <= 0 {
            return Err(exceeded("the table was exceeded"));
        }
        let full = |name: &String| {
            let index = self.indexes.get(name);
            index.is_none_or(|i| i.meter.level(direction, now, i.throughput.units) > 0)
        };
        let mut asked = cost.globals.iter().filter(|(_, halves)| **halves > 0);
        if !asked.all(|(name, _)| full(name)) {
            return Err(exceeded("one or more global secondary indexes of the table was exceeded"));
        }
        Ok(())
    }

    /// Takes what a request has cost.
    pub(crate) fn debit(&mut self, now: Time, direction: Direction, cost: &Capacity) {
        if !self.limits() {
            return;
        }
        let own = cost.table + cost.locals.values().sum::<u64>();
        self.meter.debit(direction, now, self.throughput.units, own);
        for (name, halves) in &cost.globals {
            if let Some(index) = self.indexes.get_mut(name) {
                index.meter.debit(direction, now, index.throughput.units, *halves);
            }
        }
    }
}

impl State {
    /// Whether a read of the table can change anything: if so, the caller hands what the read has
    /// cost to [`State::charge_read`].
    pub fn throttles(&self, place: &Place, table: &str) -> bool {
        self.table(place, table).is_ok_and(Table::limits)
    }

    /// Takes what a read has cost. Reads themselves change nothing.
    pub fn charge_read(&mut self, place: &Place, now: Time, table: &str, cost: &Capacity) {
        if let Ok(table) = self.table_mut(place, table) {
            table.debit(now, Direction::Read, cost);
        }
    }

    /// Makes a table refuse what is beyond its provisioned capacity, or stops that.
    ///
    /// # Errors
    /// There is no such table.
    pub fn throttle(&mut self, place: &Place, table: &str, on: bool) -> Result<(), ApiError> {
        let name = table_name(place, table)?;
        self.table_mut(place, name)?.throttled = on;
        Ok(())
    }
}

fn exceeded(what: &str) -> ApiError {
    ApiError::new(
        400,
        "ProvisionedThroughputExceededException",
        format!(
            "The level of configured provisioned throughput for {what}. Consider increasing your \
             provisioning level with the UpdateTable API."
        ),
    )
}

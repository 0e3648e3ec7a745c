//! How a table refuses what is beyond its capacity, in worlds whose shape wants that.
//!
//! A table and each of its global indexes have a capacity of their own, and what they do not use is
//! kept for five minutes. As in the service, a request is let in while anything is left, and may take
//! more than that; the next ones wait for it. Only what a request costs is asked for.
//!
//! On-demand tables are never refused here: their bounds (4,000 writes and 12,000 reads a second to
//! begin with) are beyond what a learner's machine asks for. Nor are single partitions.

use super::capacity::{Capacity, Direction};
use super::context::Cx;
use super::error::ApiError;
use super::place::Place;
use super::state::State;
use super::table::Table;
use super::table::spec::BillingMode;
use super::time::Time;

sim::structure! {
    /// Why a request was throttled.
    pub struct ThrottlingReason {
        /// What of the resource was used up.
        pub reason: String => "reason",
        /// The table or index.
        pub resource: String => "resource",
    }
}

impl Cx<'_> {
    /// The time at which capacity counts; none where nobody counts.
    pub(crate) fn metered(&self) -> Option<Time> {
        self.throttles.then_some(self.now)
    }
}

impl Table {
    /// What is left of its own capacity, in thousandths of a unit; nothing where none is counted.
    pub(crate) fn left(&self, metered: Option<Time>, direction: Direction) -> Option<i64> {
        let now = metered.filter(|_| self.billing == BillingMode::Provisioned)?;
        Some(self.meter.level(direction, now, self.throughput.units))
    }

    /// Whether a request that will cost `cost` is let in, at the time at which capacity counts.
    ///
    /// # Errors
    /// The table or one of its global indexes has nothing left.
    pub(crate) fn admit(
        &self,
        metered: Option<Time>,
        direction: Direction,
        cost: &Capacity,
    ) -> Result<(), ApiError> {
        let Some((left, now)) = self.left(metered, direction).zip(metered) else { return Ok(()) };
        if cost.own() > 0 && left <= 0 {
            return Err(self.exceeded(direction, &[]));
        }
        let used_up = |(name, halves): (&String, &u64)| {
            let index = self.indexes.get(name).filter(|_| *halves > 0)?;
            let left = index.meter.level(direction, now, index.throughput.units);
            (left <= 0).then_some(index.name.as_str())
        };
        let used_up: Vec<&str> = cost.globals.iter().filter_map(used_up).collect();
        if used_up.is_empty() { Ok(()) } else { Err(self.exceeded(direction, &used_up)) }
    }

    /// The refusal for want of capacity: of these indexes, or the table's own.
    pub(crate) fn exceeded(&self, direction: Direction, indexes: &[&str]) -> ApiError {
        let message = if indexes.is_empty() {
            "The level of configured provisioned throughput for the table was exceeded. Consider \
             increasing your provisioning level with the UpdateTable API."
        } else {
            "The level of configured provisioned throughput for one or more global secondary \
             indexes of the table was exceeded. Consider increasing your provisioning level for \
             the under-provisioned global secondary indexes with the UpdateTable API."
        };
        let reason = |kind: &str, resource: String| ThrottlingReason {
            reason: format!("{kind}{direction:?}ProvisionedThroughputExceeded"),
            resource,
        };
        let reasons: Vec<_> = if indexes.is_empty() {
            vec![reason("Table", self.arn.clone())]
        } else {
            let arn = |index: &&str| format!("{}/index/{index}", self.arn);
            indexes.iter().map(|index| reason("Index", arn(index))).collect()
        };
        ApiError::new(400, "ProvisionedThroughputExceededException", message)
            .with_document("ThrottlingReasons", reasons)
    }

    /// Takes what a request has cost, at the time at which capacity counts.
    pub(crate) fn debit(&mut self, metered: Option<Time>, direction: Direction, cost: &Capacity) {
        let Some(now) = metered.filter(|_| self.billing == BillingMode::Provisioned) else {
            return;
        };
        self.meter.debit(direction, now, self.throughput.units, cost.own());
        for (name, halves) in &cost.globals {
            if let Some(index) = self.indexes.get_mut(name) {
                index.meter.debit(direction, now, index.throughput.units, *halves);
            }
        }
    }
}

impl State {
    /// Takes what a read of a table has cost.
    pub fn charge_read(&mut self, place: &Place, now: Time, table: &str, cost: &Capacity) {
        if let Ok(table) = self.table_mut(place, table) {
            table.debit(Some(now), Direction::Read, cost);
        }
    }
}

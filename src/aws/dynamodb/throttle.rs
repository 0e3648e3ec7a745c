//! How a table refuses what is beyond its capacity, in worlds whose shape wants that.
//!
//! A table and each of its global indexes have a capacity of their own, and what they do not use is
//! kept for five minutes. As in the service, a request is let in while anything is left, and may take
//! more than that; the next ones wait for it. Only what a request costs is asked for.
//!
//! One that is on demand gives in a second what [`capacity`](super::capacity) says, and a partition of
//! either kind of table gives no more than 1,000 writes and 3,000 reads. The partitions of indexes, and
//! which of them a scan reads, are not looked at.
//!
//! The words are those of the API reference (`TransactWriteItems`, cancellation reasons;
//! `ThrottlingReason`).

use super::capacity::{Capacity, Direction, Rate, thousandths};
use super::context::Cx;
use super::error::ApiError;
use super::place::Place;
use super::state::State;
use super::table::spec::{BillingMode, Throughput};
use super::table::{Index, Table};
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

/// The words of both, after which of them it is.
const PROVISIONED: [&str; 2] = [
    "The level of configured provisioned throughput for the table was exceeded. Consider increasing \
     your provisioning level with the UpdateTable API.",
    "The level of configured provisioned throughput for one or more global secondary indexes of the \
     table was exceeded. Consider increasing your provisioning level for the under-provisioned global \
     secondary indexes with the UpdateTable API.",
];
const ON_DEMAND: [&str; 2] = [
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling \
     your table or index so please try again shortly. If exceptions persist, check if you have a hot \
     key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html",
    "Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is \
     automatically scaling your index so please try again shortly.",
];

impl Table {
    /// How much it gives, or an index of it that is provisioned with so much.
    fn rate(&self, units: Throughput) -> Rate {
        match self.billing {
            BillingMode::Provisioned => Rate::Provisioned(units),
            BillingMode::PayPerRequest => Rate::OnDemand,
        }
    }

    /// Whether a request that will cost `cost` is let in, at the time at which capacity counts. `taken` is
    /// what the same request takes before.
    ///
    /// # Errors
    /// The table, the partition or one of the table's global indexes has nothing left.
    pub(crate) fn admit(
        &self,
        metered: Option<Time>,
        direction: Direction,
        taken: &Capacity,
        cost: &Capacity,
    ) -> Result<(), ApiError> {
        let Some(now) = metered else { return Ok(()) };
        if cost.own() > 0 {
            let left = self.meter.level(direction, now, self.rate(self.throughput.units));
            if left.saturating_sub(thousandths(taken.own())) <= 0 {
                let quota = self.meter.at_quota(direction, now);
                return Err(self.exceeded(direction, &[], self.limit(quota)));
            }
            if !self.partitions.admit(direction, now, taken, cost) {
                return Err(self.exceeded(direction, &[], KEY_RANGE));
            }
        }
        let used_up = |(name, halves): (&String, &u64)| {
            let index = self.indexes.get(name).filter(|_| *halves > 0)?;
            let left = index.meter.level(direction, now, self.rate(index.throughput.units));
            let taken = taken.globals.get(name).copied().unwrap_or(0);
            (left.saturating_sub(thousandths(taken)) <= 0).then_some(index)
        };
        let used_up: Vec<&Index> = cost.globals.iter().filter_map(used_up).collect();
        if used_up.is_empty() {
            return Ok(());
        }
        let quota = used_up.iter().any(|index| index.meter.at_quota(direction, now));
        let names: Vec<&str> = used_up.iter().map(|index| index.name.as_str()).collect();
        Err(self.exceeded(direction, &names, self.limit(quota)))
    }

    /// What bounds the capacity of the table and its indexes, in the words of a reason.
    fn limit(&self, quota: bool) -> &'static str {
        match self.billing {
            BillingMode::Provisioned => "ProvisionedThroughputExceeded",
            BillingMode::PayPerRequest if quota => "AccountLimitExceeded",
            // More than that comes by partitions which are taken apart.
            BillingMode::PayPerRequest => KEY_RANGE,
        }
    }

    /// The refusal for want of capacity: of these indexes, or the table's own.
    fn exceeded(&self, direction: Direction, indexes: &[&str], limit: &str) -> ApiError {
        // The model of the service spells the member of each error in another way.
        let (code, member, messages) = match self.billing {
            BillingMode::Provisioned => {
                ("ProvisionedThroughputExceededException", "ThrottlingReasons", PROVISIONED)
            }
            BillingMode::PayPerRequest => ("ThrottlingException", "throttlingReasons", ON_DEMAND),
        };
        let message = messages[usize::from(!indexes.is_empty())];
        let reason = |kind: &str, resource: String| ThrottlingReason {
            reason: format!("{kind}{direction:?}{limit}"),
            resource,
        };
        let reasons: Vec<_> = if indexes.is_empty() {
            vec![reason("Table", self.arn.clone())]
        } else {
            let arn = |index: &&str| format!("{}/index/{index}", self.arn);
            indexes.iter().map(|index| reason("Index", arn(index))).collect()
        };
        ApiError::new(400, code, message).with_document(member, reasons)
    }

    /// Takes what a request has cost, at the time at which capacity counts.
    pub(crate) fn debit(&mut self, metered: Option<Time>, direction: Direction, cost: &Capacity) {
        let Some(now) = metered else { return };
        let rate = self.rate(self.throughput.units);
        self.meter.debit(direction, now, rate, cost.own());
        self.partitions.debit(direction, now, cost);
        for (name, halves) in &cost.globals {
            let units = self.indexes.get(name).map(|index| index.throughput.units);
            let rate = self.rate(units.unwrap_or_default());
            if let Some(index) = self.indexes.get_mut(name) {
                index.meter.debit(direction, now, rate, *halves);
            }
        }
    }
}

/// What is asked of one partition is more than it gives.
const KEY_RANGE: &str = "KeyRangeThroughputExceeded";

impl State {
    /// Takes what a read of a table has cost.
    pub fn charge_read(&mut self, place: &Place, now: Time, table: &str, cost: &Capacity) {
        if let Ok(table) = self.table_mut(place, table) {
            table.debit(Some(now), Direction::Read, cost);
        }
    }
}

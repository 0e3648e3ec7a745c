//! Sweeps: expired items are deleted, as changes of the service's own.

use std::time::Duration;

use super::super::context::{Cx, TableRef, What};
use super::super::key::Key;
use super::super::state::Region;
use super::super::stream::Origin;
use super::super::table::{Status, Table};
use super::super::time::Time;
use super::super::write::Change;
use super::TOO_OLD_S;

/// How far apart sweeps are. The service says "within a few days".
pub const SWEEP_PERIOD: Duration = Duration::from_mins(10);

impl Table {
    /// Wants a sweep where the first item that will go, goes.
    pub(crate) fn plan_sweep(&mut self, cx: &mut Cx<'_>) {
        if self.ttl.watches().is_none() {
            return;
        }
        let Some(second) = self.ttl.first(cx.now) else { return };
        let expired = Time(second.saturating_mul(1000)).max(cx.now);
        let period = i64::try_from(SWEEP_PERIOD.as_millis()).unwrap_or(i64::MAX);
        let due = Time(expired.0.div_euclid(period).saturating_add(1).saturating_mul(period));
        if self.ttl.sweep.is_none_or(|planned| due < planned) {
            self.ttl.sweep = Some(due);
            let table = self.reference();
            cx.at(due, What::TtlSweep(table));
        }
    }
}

impl Region {
    pub(crate) fn ttl_sweep(&mut self, cx: &mut Cx<'_>, of: &TableRef) {
        let now = cx.now;
        let Some(table) = self.same(of).filter(|table| table.ttl.sweep == Some(now)) else {
            return;
        };
        table.ttl.sweep = None;
        if table.status == Status::Deleting || table.ttl.watches().is_none() {
            return;
        }
        let from = (now.secs() - TOO_OLD_S, Key::segment(0, 1));
        let to = (now.secs() + 1, Key::segment(0, 1));
        let expired = table.ttl.expiries.range(from..to).map(|(_, key)| key.clone());
        for key in expired.collect::<Vec<_>>() {
            let Some(table) = self.tables.get(&of.name) else { return };
            let change = Change::of(table, key, None);
            self.apply(cx, &of.name, &change, Origin::TimeToLive);
        }
        if let Some(table) = self.tables.get_mut(&of.name) {
            table.plan_sweep(cx);
        }
    }
}

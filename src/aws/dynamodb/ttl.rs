//! Time to live: items that end by themselves.
//!
//! The service deletes an expired item within a few days; here it goes at the next sweep, and
//! sweeps are ten minutes apart, so that a learner sees both: that an expired item can still be
//! read for a while, and that it goes. Expired items stand in an order of their own, so a sweep
//! touches nothing but them. What expired more than five years ago stays, as in the service.
//!
//! Source: developer guide, "Using time to live (TTL) in DynamoDB".

use std::time::Duration;

use rpds::RedBlackTreeSetSync;

use super::error::{ApiError, validation};
use super::key::Key;
use super::state::{Cx, Place, Region, State, TableRef, What, table_not_found};
use super::stream::Origin;
use super::table::{Status, Table, expiry};
use super::time::Time;
use super::write::Change;

/// How far apart sweeps are. The service says "within a few days".
pub const SWEEP_PERIOD: Duration = Duration::from_mins(10);
/// How long turning it on or off takes. The service says "up to one hour" and takes less.
pub const TTL_SETTLE: Duration = Duration::from_mins(1);
/// How long after a change there can be no other.
pub const TTL_COOLDOWN: Duration = Duration::from_mins(30);
/// What expired longer ago stays.
const TOO_OLD_S: i64 = 5 * 365 * 86_400;

/// `TimeToLiveStatus`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum TtlStatus {
    Enabling,
    Enabled,
    Disabling,
    #[default]
    Disabled,
}

impl TtlStatus {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enabling => "ENABLING",
            Self::Enabled => "ENABLED",
            Self::Disabling => "DISABLING",
            Self::Disabled => "DISABLED",
        }
    }
}

/// A table's time to live.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Ttl {
    status: TtlStatus,
    attribute: Option<String>,
    /// The second at which each item expires, the first one first. Filled while it is on.
    expiries: RedBlackTreeSetSync<(i64, Key)>,
    sweep: Option<Time>,
    changed: Option<Time>,
}

impl Ttl {
    pub(crate) fn status(&self) -> TtlStatus {
        self.status
    }

    /// The attribute that says when an item expires, while it is on or being turned on or off.
    pub(crate) fn attribute(&self) -> Option<&str> {
        self.attribute.as_deref()
    }

    fn watches(&self) -> Option<&str> {
        let on = self.status == TtlStatus::Enabled;
        self.attribute.as_deref().filter(|_| on)
    }

    /// Follows an item's change.
    pub(crate) fn moved(&mut self, change: &Change) {
        let Some(attribute) = self.watches() else { return };
        let at = |row: Option<&super::rows::Row>| row.and_then(|row| expiry(&row.item, attribute));
        let (old, new) = (at(change.old.as_ref()), at(change.new.as_ref()));
        if old == new {
            return;
        }
        if let Some(second) = old {
            self.expiries.remove_mut(&(second, change.key.clone()));
        }
        if let Some(second) = new {
            self.expiries.insert_mut((second, change.key.clone()));
        }
    }

    /// The seconds of the first item that will go.
    fn first(&self, now: Time) -> Option<i64> {
        let from = (now.secs() - TOO_OLD_S, Key::segment(0, 1));
        self.expiries.range(from..).next().map(|(second, _)| *second)
    }
}

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
    pub(crate) fn ttl_settled(&mut self, cx: &mut Cx<'_>, of: &TableRef) {
        let Some(table) = self.same(of) else { return };
        match table.ttl.status {
            TtlStatus::Enabling => {
                table.ttl.status = TtlStatus::Enabled;
                let Some(attribute) = table.ttl.attribute.clone() else { return };
                let expiring = table
                    .rows
                    .iter()
                    .filter_map(|(key, row)| Some((expiry(&row.item, &attribute)?, key.clone())));
                table.ttl.expiries = expiring.collect();
                table.plan_sweep(cx);
            }
            TtlStatus::Disabling => {
                table.ttl = Ttl { changed: table.ttl.changed, ..Ttl::default() };
            }
            TtlStatus::Enabled | TtlStatus::Disabled => {}
        }
    }

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

impl State {
    /// `UpdateTimeToLive`.
    ///
    /// # Errors
    /// There is no such table; it is on or off already, or for another attribute.
    pub fn update_time_to_live(
        &mut self,
        cx: &mut Cx<'_>,
        table: &str,
        enabled: bool,
        attribute: &str,
    ) -> Result<(), ApiError> {
        let place = cx.place.clone();
        let table = self.table_mut(&place, table)?;
        if table.status == Status::Creating {
            return Err(table_not_found(&table.name));
        }
        if !(1..=255).contains(&attribute.len()) {
            return Err(validation(
                "TimeToLiveSpecification.AttributeName must be between 1 and 255 characters long",
            ));
        }
        let ttl = &mut table.ttl;
        let on = matches!(ttl.status, TtlStatus::Enabling | TtlStatus::Enabled);
        let recent = ttl.changed.is_some_and(|at| at.plus(TTL_COOLDOWN) > cx.now);
        match (on, enabled) {
            (false, false) => {
                return Err(validation("TimeToLive is already disabled"));
            }
            (true, _) if ttl.attribute.as_deref() != Some(attribute) => {
                let current = ttl.attribute.as_deref().unwrap_or_default();
                return Err(validation(format!(
                    "TimeToLive is active on a different AttributeName: current AttributeName is \
                     {current}"
                )));
            }
            (true, true) => {
                return Err(validation("TimeToLive is already enabled"));
            }
            _ if recent => {
                return Err(validation(
                    "Time to live has been modified multiple times within a fixed interval",
                ));
            }
            (false, true) => {
                ttl.status = TtlStatus::Enabling;
                ttl.attribute = Some(attribute.to_owned());
            }
            (true, false) => ttl.status = TtlStatus::Disabling,
        }
        ttl.changed = Some(cx.now);
        let table = table.reference();
        cx.at(cx.now.plus(TTL_SETTLE), What::TtlSettled(table));
        Ok(())
    }

    /// `DescribeTimeToLive`: the status, and the attribute while there is one.
    ///
    /// # Errors
    /// There is no such table.
    pub fn describe_time_to_live(
        &self,
        place: &Place,
        table: &str,
    ) -> Result<(TtlStatus, Option<&str>), ApiError> {
        let table = self.table(place, table)?;
        if matches!(table.status, Status::Creating | Status::Deleting) {
            let status = table.status.name();
            return Err(validation(format!(
                "Cannot describe time to live while table is in {status} state: Current table \
                 state is {status}"
            )));
        }
        let ttl = &table.ttl;
        Ok((ttl.status, ttl.attribute.as_deref()))
    }
}

//! Time to live, turned on and off.

use std::time::Duration;

use super::super::context::{Cx, TableRef, What};
use super::super::error::{ApiError, table_not_found, validation};
use super::super::place::Place;
use super::super::state::{Region, State};
use super::super::table::Status;
use super::{Ttl, TtlStatus, expiry};

/// How long turning it on or off takes. The service says "up to one hour" and takes less.
pub const TTL_SETTLE: Duration = Duration::from_mins(1);
/// How long after a change there can be no other.
pub const TTL_COOLDOWN: Duration = Duration::from_mins(30);

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

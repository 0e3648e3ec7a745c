//! Point-in-time recovery, turned on and off.

use super::super::context::Cx;
use super::super::error::{ApiError, validation};
use super::super::place::Place;
use super::super::recovery::{RECOVERY_DAYS_MAX, Recovery, RecoveryDescription};
use super::super::state::State;
use super::super::table::check::constraint;
use super::super::time::{Time, minus};

impl State {
    /// `UpdateContinuousBackups`.
    ///
    /// # Errors
    /// There is no such table, or recovery cannot go back so many days.
    pub fn update_continuous_backups(
        &mut self,
        cx: &mut Cx<'_>,
        table: &str,
        enabled: bool,
        days: Option<u32>,
    ) -> Result<Option<RecoveryDescription>, ApiError> {
        let name = self.backing(&cx.place, cx.now, table)?.name.clone();
        if !enabled && days.is_some() {
            return Err(validation(
                "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling \
                 point-in-time recovery.",
            ));
        }
        if let Some(days) = days.filter(|days| !(1..=RECOVERY_DAYS_MAX).contains(days)) {
            let bound =
                if days == 0 { "greater than or equal to 1" } else { "less than or equal to 35" };
            return Err(constraint(
                &days.to_string(),
                "pointInTimeRecoverySpecification.recoveryPeriodInDays",
                &format!("Member must have value {bound}"),
            ));
        }
        let now = cx.now;
        let table = self.table_mut(&cx.place, &name)?;
        if enabled {
            let recovery = table.recovery.get_or_insert_with(|| Recovery::new(now));
            if let Some(days) = days {
                // A longer period brings nothing back that a shorter one has let go.
                if days > recovery.days {
                    recovery.since = recovery.since.max(minus(now, recovery.period()));
                }
                recovery.days = days;
            }
        } else {
            table.recovery = None;
        }
        self.describe_continuous_backups(&cx.place, now, &name)
    }

    /// `DescribeContinuousBackups`; `None` while point-in-time recovery is off.
    ///
    /// # Errors
    /// There is no such table.
    pub fn describe_continuous_backups(
        &self,
        place: &Place,
        now: Time,
        table: &str,
    ) -> Result<Option<RecoveryDescription>, ApiError> {
        let recovery = self.backed(place, table)?.recovery.as_ref();
        Ok(recovery.map(|recovery| {
            let (earliest, latest) = recovery.window(now);
            RecoveryDescription { days: recovery.days, earliest, latest }
        }))
    }
}

//! Backups, and going back to any moment of the last weeks.
//!
//! A backup is the table as it was: its rows are shared with the table's, so it costs nothing until
//! they part. Point-in-time recovery keeps what each change replaced; a restore starts from the
//! table of now and takes the changes back, so it costs what has happened since. What the service
//! does not restore is not restored: tags, streams, time to live, and recovery itself.
//!
//! A table that is deleted while recovery is on leaves a backup of the service's own (`SYSTEM`) for
//! 35 days. Backups of AWS Backup are not made.
//!
//! Source: API reference, `CreateBackup`, `RestoreTableFromBackup`, `UpdateContinuousBackups`,
//! `RestoreTableToPointInTime`; developer guide, "Backup and restore".

mod restore;

use std::time::Duration;

use rpds::RedBlackTreeMapSync;

pub use restore::{RESTORE, RESTORES_MAX, RestoreOverrides, Restored};

use super::error::{ApiError, validation};
use super::key::{Key, invalid};
use super::rows::Row;
use super::state::{Cx, Place, Region, State, What, table_name};
use super::table::check::{self, constraint};
use super::table::{Status, Table, TableDescription};
use super::time::{Time, label, minus};
use super::ttl::Ttl;
use super::write::Change;

/// How long a backup is `CREATING`.
pub const BACKUP_CREATION: Duration = Duration::from_secs(5);
/// How far the present is from the last moment that can be restored.
pub const RECOVERY_LAG: Duration = Duration::from_mins(5);
/// The longest time that recovery goes back, and the usual one.
pub const RECOVERY_DAYS_MAX: u32 = 35;
/// How long after a table is ready first it has no backups yet.
pub const BACKUPS_ENABLING: Duration = Duration::from_secs(5);
/// How long the backup of a deleted table is kept.
pub const SYSTEM_BACKUP_LIFE: Duration = Duration::from_hours(35 * 24);
const LIST_MAX: usize = 100;

/// Who made a backup.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum BackupKind {
    #[default]
    User,
    System,
}

impl BackupKind {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "USER",
            Self::System => "SYSTEM",
        }
    }
}

/// Which backups a list has: of a table, of a kind, made from `since` on and before `until`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct BackupFilter {
    pub table: Option<String>,
    /// All, if none is named.
    pub kind: Option<BackupKind>,
    pub since: Option<Time>,
    pub until: Option<Time>,
}

/// What point-in-time recovery goes back by.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Recovery {
    since: Time,
    days: u32,
    /// What each change replaced, by its number.
    replaced: RedBlackTreeMapSync<u64, Replaced>,
    next: u64,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Replaced {
    at: Time,
    key: Key,
    row: Option<Row>,
}

impl Recovery {
    fn period(&self) -> Duration {
        Duration::from_hours(24) * self.days
    }

    /// Puts down what a change replaces, and forgets what is too old to go back to.
    pub(crate) fn note(&mut self, now: Time, change: &Change) {
        let horizon = minus(now, self.period());
        while let Some((number, _)) = self.replaced.first().filter(|(_, r)| r.at < horizon) {
            let number = *number;
            self.replaced.remove_mut(&number);
        }
        let replaced = Replaced { at: now, key: change.key.clone(), row: change.old.clone() };
        self.replaced.insert_mut(self.next, replaced);
        self.next += 1;
    }

    /// The first and the last moment that can be restored.
    fn window(&self, now: Time) -> (Time, Time) {
        let earliest = self.since.max(minus(now, self.period()));
        (earliest, minus(now, RECOVERY_LAG).max(earliest))
    }
}

/// A backup: the table as it was.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Backup {
    pub arn: String,
    pub name: String,
    pub created: Time,
    pub kind: BackupKind,
    /// When the service deletes it, if it is the service's.
    pub expires: Option<Time>,
    pub available: bool,
    table: Table,
}

/// A backup as it is described.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BackupDescription {
    pub arn: String,
    pub name: String,
    pub created: Time,
    pub kind: BackupKind,
    pub expires: Option<Time>,
    pub status: &'static str,
    pub bytes: u64,
    /// The table as it was described then; items and bytes are those of the backup.
    pub source: TableDescription,
}

/// `DescribeContinuousBackups`, while recovery is on: the days it goes back, and the window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RecoveryDescription {
    pub days: u32,
    pub earliest: Time,
    pub latest: Time,
}

impl Backup {
    fn describe(&self) -> BackupDescription {
        let mut source = self.table.describe(self.created);
        (source.items, source.bytes) = (self.table.rows.len(), self.table.rows.bytes());
        BackupDescription {
            arn: self.arn.clone(),
            name: self.name.clone(),
            created: self.created,
            kind: self.kind,
            expires: self.expires,
            status: if self.available { "AVAILABLE" } else { "CREATING" },
            bytes: self.table.rows.bytes(),
            source,
        }
    }
}

fn refused(code: &str, message: impl Into<String>) -> ApiError {
    ApiError::new(400, code, message)
}

impl State {
    /// A table whose backups are asked for: these operations answer with an error of their own,
    /// and know a table once it is ready.
    fn backed(&self, place: &Place, name: &str) -> Result<&Table, ApiError> {
        let name = table_name(place, name)?;
        let table = self.table(place, name).ok().filter(|table| table.status != Status::Creating);
        table.ok_or_else(|| refused("TableNotFoundException", format!("Table not found: {name}")))
    }

    /// The same, where something is to be done.
    fn backing(&self, place: &Place, now: Time, name: &str) -> Result<&Table, ApiError> {
        let table = self.backed(place, name)?;
        if table.active_since.is_none_or(|at| at.plus(BACKUPS_ENABLING) > now) {
            let name = &table.name;
            return Err(refused(
                "ContinuousBackupsUnavailableException",
                format!("Backups are being enabled for the table: {name}. Please retry later"),
            ));
        }
        Ok(table)
    }

    fn backup(&self, place: &Place, arn: &str) -> Result<&Backup, ApiError> {
        if !arn.starts_with("arn:") || !arn.contains("/backup/") {
            return Err(validation("Invalid Backup ARN"));
        }
        let found = self.region(place).and_then(|region| region.backups.get(arn));
        found.ok_or_else(|| refused("BackupNotFoundException", format!("Backup not found: {arn}")))
    }

    /// `CreateBackup`.
    ///
    /// # Errors
    /// There is no such table, or it is not ready; the name cannot be one.
    pub fn create_backup(
        &mut self,
        cx: &mut Cx<'_>,
        table: &str,
        name: &str,
    ) -> Result<BackupDescription, ApiError> {
        check::name("backupName", name)?;
        let table = self.backing(&cx.place, cx.now, table)?;
        let table = Table { recovery: None, ttl: Ttl::default(), ..table.clone() };
        let arn = format!("{}/backup/{:014}-{}", table.arn, cx.now.0.max(0), cx.hex8());
        let (name, created) = (name.to_owned(), cx.now);
        let (kind, available) = (BackupKind::User, false);
        let backup =
            Backup { arn: arn.clone(), name, created, kind, expires: None, available, table };
        cx.at(cx.now.plus(BACKUP_CREATION), What::BackupAvailable(arn.clone()));
        let description = backup.describe();
        self.region_mut(&cx.place).backups.insert(arn, backup);
        Ok(description)
    }

    /// `DescribeBackup`.
    ///
    /// # Errors
    /// There is no such backup.
    pub fn describe_backup(&self, place: &Place, arn: &str) -> Result<BackupDescription, ApiError> {
        Ok(self.backup(place, arn)?.describe())
    }

    /// `DeleteBackup`.
    ///
    /// # Errors
    /// There is no such backup, or it is being made.
    pub fn delete_backup(
        &mut self,
        place: &Place,
        arn: &str,
    ) -> Result<BackupDescription, ApiError> {
        let backup = self.backup(place, arn)?;
        if !backup.available {
            let message = format!("Backup is being created: {arn}");
            return Err(refused("BackupInUseException", message));
        }
        if let Some(expires) = backup.expires {
            return Err(validation(format!(
                "Invalid Request: User is not allowed to delete the system backup with arn {arn}. \
                 It will automatically expire on {}Z",
                label(expires)
            )));
        }
        let description = BackupDescription { status: "DELETED", ..backup.describe() };
        self.region_mut(place).backups.remove(arn);
        Ok(description)
    }

    /// `ListBackups`, and the last one of the page, if there are more.
    ///
    /// # Errors
    /// The limit is none, or the times are the wrong way round.
    pub fn list_backups(
        &self,
        place: &Place,
        filter: &BackupFilter,
        after: Option<&str>,
        limit: Option<usize>,
    ) -> Result<(Vec<BackupDescription>, Option<String>), ApiError> {
        let table = filter.table.as_deref().map(|name| table_name(place, name)).transpose()?;
        let BackupFilter { kind, since, until, .. } = *filter;
        if since.zip(until).is_some_and(|(since, until)| since > until) {
            return Err(invalid(
                "Time range lower bound must be less than or equal to upper bound",
            ));
        }
        let limit = limit.unwrap_or(LIST_MAX);
        if !(1..=LIST_MAX).contains(&limit) {
            let bound =
                if limit == 0 { "greater than or equal to 1" } else { "less than or equal to 100" };
            let rule = format!("Member must have value {bound}");
            return Err(constraint(&limit.to_string(), "limit", &rule));
        }
        let backups = self.region(place).into_iter().flat_map(|region| region.backups.values());
        let wanted = |backup: &&Backup| {
            table.is_none_or(|table| backup.table.name == table)
                && kind.is_none_or(|kind| backup.kind == kind)
                && since.is_none_or(|since| backup.created >= since)
                && until.is_none_or(|until| backup.created < until)
                && after.is_none_or(|after| backup.arn.as_str() > after)
        };
        let mut found: Vec<_> =
            backups.filter(wanted).take(limit + 1).map(Backup::describe).collect();
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| more).map(|backup| backup.arn.clone());
        Ok((found, last))
    }

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
            let fresh = || Recovery {
                since: now,
                days: RECOVERY_DAYS_MAX,
                replaced: RedBlackTreeMapSync::default(),
                next: 0,
            };
            let recovery = table.recovery.get_or_insert_with(fresh);
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

impl Region {
    pub(crate) fn backup_available(&mut self, arn: &str) {
        if let Some(backup) = self.backups.get_mut(arn) {
            backup.available = true;
        }
    }

    pub(crate) fn backup_gone(&mut self, arn: &str, now: Time) {
        if self.backups.get(arn).and_then(|backup| backup.expires).is_some_and(|at| at <= now) {
            self.backups.remove(arn);
        }
    }

    /// Keeps a table that is gone, if recovery was on.
    pub(crate) fn keep_deleted(&mut self, cx: &mut Cx<'_>, table: Table) {
        if table.recovery.is_none() {
            return;
        }
        let arn = format!("{}/backup/{:014}-00000000", table.arn, cx.now.0.max(0));
        let name = format!("{}$DeletedTableBackup", table.name);
        let expires = cx.now.plus(SYSTEM_BACKUP_LIFE);
        cx.at(expires, What::BackupGone(arn.clone()));
        let table = Table { recovery: None, ttl: Ttl::default(), ..table };
        let backup = Backup {
            arn: arn.clone(),
            name,
            created: cx.now,
            kind: BackupKind::System,
            expires: Some(expires),
            available: true,
            table,
        };
        self.backups.insert(arn, backup);
    }
}

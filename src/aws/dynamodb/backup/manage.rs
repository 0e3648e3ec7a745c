//! Backups, made, listed and deleted.

use std::time::Duration;

use super::super::context::{Cx, What};
use super::super::error::{ApiError, validation};
use super::super::key::invalid;
use super::super::place::{Place, table_name};
use super::super::state::{Region, State};
use super::super::table::check::{self, constraint};
use super::super::table::{Status, Table};
use super::super::time::{Time, label};
use super::super::ttl::Ttl;
use super::{Backup, BackupDescription, BackupKind, refused};

/// How long after a table is ready first it has no backups yet.
const BACKUPS_ENABLING: Duration = Duration::from_secs(5);
/// How long a backup is `CREATING`.
pub const BACKUP_CREATION: Duration = Duration::from_secs(5);
/// How long the backup of a deleted table is kept.
pub const SYSTEM_BACKUP_LIFE: Duration = Duration::from_hours(35 * 24);
const LIST_MAX: usize = 100;

/// Which backups a list has: of a table, of a kind, made from `since` on and before `until`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct BackupFilter {
    pub table: Option<String>,
    /// All, if none is named.
    pub kind: Option<BackupKind>,
    pub since: Option<Time>,
    pub until: Option<Time>,
}

impl State {
    /// A table whose backups are asked for: these operations answer with an error of their own,
    /// and know a table once it is ready.
    pub(super) fn backed(&self, place: &Place, name: &str) -> Result<&Table, ApiError> {
        let name = table_name(place, name)?;
        let table = self.table(place, name).ok().filter(|table| table.status != Status::Creating);
        table.ok_or_else(|| refused("TableNotFoundException", format!("Table not found: {name}")))
    }

    /// The same, where something is to be done.
    pub(super) fn backing(&self, place: &Place, now: Time, name: &str) -> Result<&Table, ApiError> {
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

    pub(super) fn backup(&self, place: &Place, arn: &str) -> Result<&Backup, ApiError> {
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

//! Tables made from backups and from moments of the past.

use std::collections::BTreeSet;
use std::time::Duration;

use super::super::capacity::{Meter, Partitions};
use super::super::context::{Cx, What};
use super::super::error::{ApiError, limit_exceeded, validation};
use super::super::state::State;
use super::super::table::check;
use super::super::table::spec::{BillingMode, EncryptionSpec, IndexSpec, Throughput};
use super::super::table::{
    Counted, IndexKind, Pending, Provisioned, Restored, Status, Table, TableDescription,
};
use super::super::time::{Time, second_label};
use super::super::ttl::Ttl;
use super::super::write::Change;
use super::refused;

/// How long a restored table is `CREATING`: minutes, even if it is empty.
pub const RESTORE: Duration = Duration::from_secs(200);
/// Restores of an account at a time.
pub const RESTORES_MAX: usize = 50;

/// What a restored table has otherwise than its source.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct RestoreOverrides {
    pub billing: Option<BillingMode>,
    pub throughput: Option<Throughput>,
    /// The global indexes to keep; all, if none are named.
    pub globals: Option<Vec<IndexSpec>>,
    pub locals: Option<Vec<IndexSpec>>,
    pub encryption: Option<EncryptionSpec>,
}

/// The name of a table that is to be: the length is told in other words than at its making.
fn target_name(name: &str) -> Result<(), ApiError> {
    if (3..=255).contains(&name.len()) {
        return check::name("targetTableName", name);
    }
    Err(validation("TableName must be at least 3 characters long and at most 255 characters long"))
}

impl State {
    /// `RestoreTableFromBackup`.
    ///
    /// # Errors
    /// There is no such backup, or it is being made; the target exists or cannot be.
    pub fn restore_from_backup(
        &mut self,
        cx: &mut Cx<'_>,
        arn: &str,
        target: &str,
        overrides: &RestoreOverrides,
    ) -> Result<TableDescription, ApiError> {
        target_name(target)?;
        let backup = self.backup(&cx.place, arn)?;
        if !backup.available {
            let message = format!("Backup is being created: {arn}");
            return Err(refused("BackupInUseException", message));
        }
        let restored = Restored {
            source_backup: Some(arn.to_owned()),
            source_table: backup.table.arn.clone(),
            moment: backup.created,
            in_progress: true,
        };
        let table = backup.table.clone();
        self.restore(cx, table, target, overrides, restored)
    }

    /// `RestoreTableToPointInTime`: to `moment`, or to the last one there is.
    ///
    /// # Errors
    /// There is no such table, recovery is off, the moment is not in its window, or the target
    /// exists or cannot be.
    pub fn restore_to_point_in_time(
        &mut self,
        cx: &mut Cx<'_>,
        source: &str,
        target: &str,
        moment: Option<Time>,
        overrides: &RestoreOverrides,
    ) -> Result<TableDescription, ApiError> {
        target_name(target)?;
        let source = self.backed(&cx.place, source)?;
        let recovery = source.recovery.as_ref().ok_or_else(|| {
            let message =
                format!("Point in time recovery is not enabled for table '{}'", source.name);
            refused("PointInTimeRecoveryUnavailableException", message)
        })?;
        let (earliest, latest) = recovery.window(cx.now);
        let moment = moment.unwrap_or(latest);
        if !(earliest..=latest).contains(&moment) {
            return Err(refused(
                "InvalidRestoreTimeException",
                format!(
                    "RestoreDateTime '{}Z' must be within EarliestRestorableDateTime '{}Z' and \
                     LatestRestorableDateTime '{}Z'",
                    second_label(moment),
                    second_label(earliest),
                    second_label(latest)
                ),
            ));
        }
        let mut table = source.clone();
        // From the last change back to the first one behind the moment.
        for replaced in recovery.replaced.values().rev().take_while(|r| r.at > moment) {
            let change = Change::of(&table, replaced.key.clone(), replaced.row.clone());
            table.take_back(&change);
        }
        let source_table = source.arn.clone();
        let restored = Restored { source_backup: None, source_table, moment, in_progress: true };
        self.restore(cx, table, target, overrides, restored)
    }

    fn restore(
        &mut self,
        cx: &mut Cx<'_>,
        source: Table,
        target: &str,
        overrides: &RestoreOverrides,
        restored: Restored,
    ) -> Result<TableDescription, ApiError> {
        let region = self.region_mut(&cx.place);
        if region.tables.contains_key(target) {
            let message = format!("Table already exists: {target}");
            return Err(refused("TableAlreadyExistsException", message));
        }
        region.room_for_table()?;
        let restoring = |table: &&Table| table.restored.as_ref().is_some_and(|r| r.in_progress);
        if region.tables.values().filter(restoring).count() >= RESTORES_MAX {
            return Err(limit_exceeded(format!(
                "Subscriber limit exceeded: Only {RESTORES_MAX} restore operations can be done \
                 simultaneously"
            )));
        }
        let mut table = source;
        table.keep_indexes(IndexKind::Global, overrides.globals.as_deref())?;
        table.keep_indexes(IndexKind::Local, overrides.locals.as_deref())?;
        table.override_billing(overrides)?;
        table.keep_used_attributes();
        table.begin_anew(cx, target, restored);
        if let Some(encryption) = &overrides.encryption {
            table.encryption = Some(encryption.clone());
        }
        cx.at(cx.now.plus(RESTORE), What::TableActive(table.reference()));
        let description = table.describe(cx.now);
        region.tables.insert(table.name.clone(), table);
        Ok(description)
    }
}

impl Table {
    /// Keeps the indexes that an override names, or all.
    fn keep_indexes(
        &mut self,
        kind: IndexKind,
        kept: Option<&[IndexSpec]>,
    ) -> Result<(), ApiError> {
        // An index that was not ready had no items yet.
        self.indexes.retain(|_, i| !matches!(i.status, Status::Creating | Status::Deleting));
        let Some(kept) = kept else { return Ok(()) };
        let names: BTreeSet<_> = kept.iter().map(|spec| &spec.name).collect();
        let same = |spec: &IndexSpec| {
            let found = self.indexes.get(&spec.name).filter(|index| index.kind == kind);
            found.is_some_and(|index| {
                let keys = spec.keys.iter().map(|(name, _)| name);
                index.key.attributes().map(|a| &a.name).eq(keys)
                    && spec.projection.kind == Some(index.projection.kind)
            })
        };
        if let Some(spec) = kept.iter().find(|spec| !same(spec)) {
            return Err(request(&format!(
                "Index {} does not match a secondary index that existed in the source table and \
                 cannot be created during the restore operation",
                spec.name
            )));
        }
        self.indexes.retain(|name, index| index.kind != kind || names.contains(name));
        if kind == IndexKind::Local {
            self.count_collections();
        }
        Ok(())
    }

    fn override_billing(&mut self, overrides: &RestoreOverrides) -> Result<(), ApiError> {
        let billing = overrides.billing.unwrap_or(self.billing);
        let provisioned = billing == BillingMode::Provisioned;
        let changes = billing != self.billing;
        match overrides.throughput {
            Some(_) if !provisioned && overrides.billing.is_some() => {
                return Err(request(
                    "Cannot override ProvisionedThroughput if BillingMode is overridden to \
                     PAY_PER_REQUEST",
                ));
            }
            Some(_) if !provisioned => {
                return Err(request(
                    "Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED",
                ));
            }
            None if provisioned && changes => {
                return Err(request(
                    "Must override ProvisionedThroughput if BillingMode is overridden to \
                     PROVISIONED",
                ));
            }
            None if !changes => {}
            units => self.throughput = Provisioned::new(check::table_throughput(billing, units)?),
        }
        for index in self.indexes.values_mut().filter(|i| i.kind == IndexKind::Global) {
            let spec = overrides.globals.iter().flatten().find(|spec| spec.name == index.name);
            match spec.and_then(|spec| spec.throughput) {
                None if provisioned && changes => {
                    let name = &index.name;
                    let what = format!("Must specify provisioned throughput for index {name}");
                    return Err(request(&what));
                }
                None if !changes => {}
                units => {
                    let units = check::index_throughput(billing, &index.name, units)?;
                    index.throughput = Provisioned::new(units);
                }
            }
        }
        self.billing = billing;
        Ok(())
    }

    /// Makes a copy of a table one of its own.
    fn begin_anew(&mut self, cx: &mut Cx<'_>, name: &str, restored: Restored) {
        let arns = self.arn.rsplit_once('/').map_or("", |(arns, _)| arns);
        self.arn = format!("{arns}/{name}");
        name.clone_into(&mut self.name);
        self.id = cx.uuid();
        self.status = Status::Creating;
        self.created = cx.now;
        self.tags.clear();
        (self.stream, self.stream_arn, self.recovery) = (None, None, None);
        self.ttl = Ttl::default();
        self.deletion_protection = false;
        self.pending = Pending::default();
        self.meter = Meter::new(cx.now);
        self.partitions = Partitions::default();
        self.on_demand_switches.clear();
        self.class_switches.clear();
        (self.active_since, self.protection_changed) = (None, None);
        self.counted = Counted::of(&self.rows);
        for index in self.indexes.values_mut() {
            index.status = Status::Creating;
            index.created = cx.now;
            index.next = None;
            index.ready = cx.now;
            index.meter = Meter::new(cx.now);
            index.counted = Counted::of(&index.rows);
        }
        self.restored = Some(restored);
    }
}

fn request(what: &str) -> ApiError {
    validation(format!("Invalid Request: {what}"))
}

//! Going back in time, and tables made from the past.

use super::{
    ApiError, BillingMode, Cx, GlobalSecondaryIndex, LocalSecondaryIndex, ProvisionedThroughput,
    Read, RecoveryDescription, Refused, RestoreOverrides, SseSpecification, State,
    TableDescription, Time, Value, World, Write, change, validation,
};
use crate::dynamodb::place::Place;

sim::string_enum! {
    /// On or off.
    pub enum OnOff {
        Enabled = "ENABLED",
        Disabled = "DISABLED",
    }
}

sim::argument! {
    /// Whether a table can go back in time.
    pub struct PointInTimeRecoverySpecification {
        /// Whether it can.
        pub(crate) point_in_time_recovery_enabled: bool => "PointInTimeRecoveryEnabled",
        /// By how many days, up to 35.
        pub(crate) recovery_period_in_days: Option<i64> => "RecoveryPeriodInDays",
    }
}

sim::structure! {
    /// Whether a table can go back in time, and how far.
    pub struct PointInTimeRecoveryDescription {
        /// Whether it can.
        pub point_in_time_recovery_status: OnOff => "PointInTimeRecoveryStatus",
        /// By how many days.
        pub recovery_period_in_days: Option<u32> => "RecoveryPeriodInDays",
        /// The first moment that can be restored.
        pub earliest_restorable_date_time: Option<Time> => "EarliestRestorableDateTime",
        /// The last one.
        pub latest_restorable_date_time: Option<Time> => "LatestRestorableDateTime",
    }
}

sim::structure! {
    /// A table's backups that make themselves.
    pub struct ContinuousBackupsDescription {
        /// Always on.
        pub continuous_backups_status: OnOff => "ContinuousBackupsStatus",
        /// Whether the table can go back in time, and how far.
        pub point_in_time_recovery_description: PointInTimeRecoveryDescription
            => "PointInTimeRecoveryDescription",
    }
}

fn continuous(recovery: Option<RecoveryDescription>) -> ContinuousBackupsDescription {
    ContinuousBackupsDescription {
        continuous_backups_status: OnOff::Enabled,
        point_in_time_recovery_description: PointInTimeRecoveryDescription {
            point_in_time_recovery_status: recovery.map_or(OnOff::Disabled, |_| OnOff::Enabled),
            recovery_period_in_days: recovery.map(|r| r.days),
            earliest_restorable_date_time: recovery.map(|r| r.earliest),
            latest_restorable_date_time: recovery.map(|r| r.latest),
        },
    }
}

sim::operation! {
    /// Turns point-in-time recovery of a table on or off.
    write UpdateContinuousBackups in "dynamodb" = "POST /";
    input {
        /// The table: its name or ARN.
        table_name: String => "TableName",
        /// What it becomes.
        point_in_time_recovery_specification: PointInTimeRecoverySpecification
            => "PointInTimeRecoverySpecification",
    }
    output UpdateContinuousBackupsOutput {
        /// What it is now.
        pub continuous_backups_description: ContinuousBackupsDescription
            => "ContinuousBackupsDescription",
    }
    errors ["TableNotFoundException", "ContinuousBackupsUnavailableException"]
    access {
        "dynamodb:UpdateContinuousBackups"
            on "arn:aws:dynamodb:{region}:{account}:table/{TableName}",
    }
}

impl Write for UpdateContinuousBackups {
    type Output = UpdateContinuousBackupsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let spec = self.point_in_time_recovery_specification;
        let days = spec.recovery_period_in_days.map(|days| u32::try_from(days).unwrap_or(0));
        let recovery = change(world, cx, |state, cx| {
            let on = spec.point_in_time_recovery_enabled;
            state.update_continuous_backups(cx, &self.table_name, on, days)
        })?;
        let continuous_backups_description = continuous(recovery);
        Ok(UpdateContinuousBackupsOutput { continuous_backups_description })
    }
}

sim::operation! {
    /// Says whether a table can go back in time, and how far.
    read DescribeContinuousBackups in "dynamodb" = "POST /";
    input {
        /// The table: its name or ARN.
        table_name: String => "TableName",
    }
    output DescribeContinuousBackupsOutput {
        /// What it is.
        pub continuous_backups_description: ContinuousBackupsDescription
            => "ContinuousBackupsDescription",
    }
    errors ["TableNotFoundException"]
    access {
        "dynamodb:DescribeContinuousBackups"
            on "arn:aws:dynamodb:{region}:{account}:table/{TableName}",
    }
}

impl Read for DescribeContinuousBackups {
    type Output = DescribeContinuousBackupsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let state = world.get::<State>();
        let recovery =
            state.describe_continuous_backups(&Place::of(cx), cx.at, &self.table_name)?;
        let continuous_backups_description = continuous(recovery);
        Ok(DescribeContinuousBackupsOutput { continuous_backups_description })
    }
}

sim::group! {
    /// What a restored table has otherwise than its source.
    pub struct Overrides {
        /// How it is paid for.
        billing_mode_override: Option<BillingMode> => "BillingModeOverride",
        /// The global indexes to keep; all, if none are named.
        global_secondary_index_override: Option<Vec<GlobalSecondaryIndex>>
            => "GlobalSecondaryIndexOverride",
        /// The local indexes to keep; all, if none are named.
        local_secondary_index_override: Option<Vec<LocalSecondaryIndex>>
            => "LocalSecondaryIndexOverride",
        /// Its capacity.
        provisioned_throughput_override: Option<ProvisionedThroughput>
            => "ProvisionedThroughputOverride",
        /// Its maximum throughput on demand; not simulated.
        _on_demand_throughput_override: Refused<Value> => "OnDemandThroughputOverride",
        /// Its encryption.
        sse_specification_override: Option<SseSpecification> => "SSESpecificationOverride",
        /// Its indexes of vectors; not simulated.
        _vector_index_override: Refused<Value> => "VectorIndexOverride",
    }
}

impl Overrides {
    fn spec(self) -> Result<RestoreOverrides, ApiError> {
        let globals = |of: Vec<GlobalSecondaryIndex>| {
            of.into_iter().map(GlobalSecondaryIndex::spec).collect()
        };
        let locals = |of: Vec<LocalSecondaryIndex>| of.into_iter().map(Into::into).collect();
        Ok(RestoreOverrides {
            billing: self.billing_mode_override,
            throughput: self.provisioned_throughput_override.map(|t| t.spec()),
            globals: self.global_secondary_index_override.map(globals),
            locals: self.local_secondary_index_override.map(locals),
            encryption: self.sse_specification_override.map(SseSpecification::spec).transpose()?,
        })
    }
}

sim::operation! {
    /// Makes a table from a backup.
    write RestoreTableFromBackup in "dynamodb" = "POST /";
    input {
        ..overrides: Overrides,
        /// The name of the new table.
        target_table_name: String => "TargetTableName",
        /// The ARN of the backup.
        backup_arn: String => "BackupArn",
    }
    output RestoreTableFromBackupOutput {
        /// The new table.
        pub table_description: TableDescription => "TableDescription",
    }
    errors [
        "TableAlreadyExistsException",
        "TableInUseException",
        "BackupNotFoundException",
        "BackupInUseException",
        "LimitExceededException",
    ]
    access {
        "dynamodb:RestoreTableFromBackup" on "{BackupArn}",
        "dynamodb:RestoreTableFromBackup"
            on "arn:aws:dynamodb:{region}:{account}:table/{TargetTableName}",
    }
    takes time
}

impl Write for RestoreTableFromBackup {
    type Output = RestoreTableFromBackupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let overrides = self.overrides.spec()?;
        let (backup, target) = (&self.backup_arn, &self.target_table_name);
        let table = change(world, cx, |state, cx| {
            state.restore_from_backup(cx, backup, target, &overrides)
        })?;
        let table_description = TableDescription::of(&Place::of(cx), table);
        Ok(RestoreTableFromBackupOutput { table_description })
    }
}

sim::operation! {
    /// Makes a table as another was at a moment of the last weeks.
    write RestoreTableToPointInTime in "dynamodb" = "POST /";
    input {
        ..overrides: Overrides,
        /// The ARN of the table that is restored.
        source_table_arn: Option<String> => "SourceTableArn",
        /// The name of the table that is restored.
        source_table_name: Option<String> => "SourceTableName",
        /// The name of the new table.
        target_table_name: String => "TargetTableName",
        /// Whether the last moment that can be restored is meant.
        use_latest_restorable_time: Option<bool> => "UseLatestRestorableTime",
        /// The moment.
        restore_date_time: Option<Time> => "RestoreDateTime",
    }
    output RestoreTableToPointInTimeOutput {
        /// The new table.
        pub table_description: TableDescription => "TableDescription",
    }
    errors [
        "TableAlreadyExistsException",
        "TableNotFoundException",
        "TableInUseException",
        "LimitExceededException",
        "InvalidRestoreTimeException",
        "PointInTimeRecoveryUnavailableException",
    ]
    access {
        "dynamodb:RestoreTableToPointInTime"
            on "arn:aws:dynamodb:{region}:{account}:table/{TargetTableName}",
    }
    takes time
}

impl Write for RestoreTableToPointInTime {
    type Output = RestoreTableToPointInTimeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let overrides = self.overrides.spec()?;
        let source = self.source_table_name.or(self.source_table_arn).ok_or_else(|| {
            validation(
                "Invalid Request: either SourceTableName or SourceTableArn must be specified",
            )
        })?;
        super::super::allowed(world, cx, "dynamodb:RestoreTableToPointInTime", &source, None)?;
        let moment = match (self.use_latest_restorable_time, self.restore_date_time) {
            (Some(true), None) => None,
            (None | Some(false), Some(moment)) => Some(moment),
            _ => {
                return Err(validation(
                    "Invalid Request: exactly one of UseLatestRestorableTime and RestoreDateTime \
                     must be specified",
                ));
            }
        };
        let target = &self.target_table_name;
        let table = change(world, cx, |state, cx| {
            state.restore_to_point_in_time(cx, &source, target, moment, &overrides)
        })?;
        let table_description = TableDescription::of(&Place::of(cx), table);
        Ok(RestoreTableToPointInTimeOutput { table_description })
    }
}

//! Backups, point-in-time recovery, and tables made from either.

mod recovery;

use base::Time;
use sim::api::{ApiError, Read, Refused, Value, Write};
use sim::{Cx, World};

use super::change;
use super::shapes::{
    GlobalSecondaryIndex, KeySchemaElement, LocalSecondaryIndex, Projection, ProvisionedThroughput,
    SseDescription, SseSpecification, StreamSpecification, TableDescription, encryption,
    key_schema,
};
use super::upkeep::TimeToLiveDescription;
use crate::dynamodb::State;
use crate::dynamodb::backup::{
    BackupDescription as BackupOf, BackupFilter, BackupKind, RestoreOverrides,
};
use crate::dynamodb::error::validation;
use crate::dynamodb::place::Place;
use crate::dynamodb::recovery::RecoveryDescription;
use crate::dynamodb::table::spec::BillingMode;
use crate::dynamodb::table::{IndexDescription, IndexKind};
pub use recovery::*;

sim::string_enum! {
    /// Whether a backup can be restored.
    pub enum BackupStatus {
        Creating = "CREATING",
        Deleted = "DELETED",
        Available = "AVAILABLE",
    }
}

sim::string_enum! {
    /// Who made a backup.
    pub enum BackupType {
        User = "USER",
        System = "SYSTEM",
        AwsBackup = "AWS_BACKUP",
    }
}

sim::string_enum! {
    /// Whose backups are listed.
    pub enum BackupTypeFilter {
        User = "USER",
        System = "SYSTEM",
        AwsBackup = "AWS_BACKUP",
        All = "ALL",
    }
}

impl From<BackupKind> for BackupType {
    fn from(kind: BackupKind) -> Self {
        match kind {
            BackupKind::User => Self::User,
            BackupKind::System => Self::System,
        }
    }
}

fn status(of: &BackupOf) -> BackupStatus {
    if of.status == "CREATING" { BackupStatus::Creating } else { BackupStatus::Available }
}

sim::structure! {
    /// A backup.
    pub struct BackupDetails {
        /// The ARN of the backup.
        pub backup_arn: String => "BackupArn",
        /// Its name.
        pub backup_name: String => "BackupName",
        /// Its size.
        pub backup_size_bytes: u64 => "BackupSizeBytes",
        /// Whether it can be restored.
        pub backup_status: BackupStatus => "BackupStatus",
        /// Who made it.
        pub backup_type: BackupType => "BackupType",
        /// When it was made.
        pub backup_creation_date_time: Time => "BackupCreationDateTime",
        /// When the service deletes it, if it is the service's.
        pub backup_expiry_date_time: Option<Time> => "BackupExpiryDateTime",
    }
}

impl From<&BackupOf> for BackupDetails {
    fn from(of: &BackupOf) -> Self {
        Self {
            backup_arn: of.arn.clone(),
            backup_name: of.name.clone(),
            backup_size_bytes: of.bytes,
            backup_status: status(of),
            backup_type: of.kind.into(),
            backup_creation_date_time: of.created,
            backup_expiry_date_time: of.expires,
        }
    }
}

sim::structure! {
    /// The table as it was.
    pub struct SourceTableDetails {
        /// The name of the table.
        pub table_name: String => "TableName",
        /// The id of that life of the table.
        pub table_id: String => "TableId",
        /// The ARN of the table.
        pub table_arn: String => "TableArn",
        /// Its size.
        pub table_size_bytes: u64 => "TableSizeBytes",
        /// Its primary key.
        pub key_schema: Vec<KeySchemaElement> => required "KeySchema",
        /// When it was created.
        pub table_creation_date_time: Time => "TableCreationDateTime",
        /// Its capacity.
        pub provisioned_throughput: ProvisionedThroughput => "ProvisionedThroughput",
        /// Its items.
        pub item_count: u64 => "ItemCount",
        /// How it was paid for.
        pub billing_mode: Option<BillingMode> => "BillingMode",
    }
}

sim::structure! {
    /// A local index as it was.
    pub struct LocalSecondaryIndexInfo {
        /// The name of the index.
        pub index_name: String => "IndexName",
        /// Its key.
        pub key_schema: Vec<KeySchemaElement> => "KeySchema",
        /// Which attributes it had.
        pub projection: Projection => "Projection",
    }
}

sim::structure! {
    /// A global index as it was.
    pub struct GlobalSecondaryIndexInfo {
        /// The name of the index.
        pub index_name: String => "IndexName",
        /// Its key.
        pub key_schema: Vec<KeySchemaElement> => "KeySchema",
        /// Which attributes it had.
        pub projection: Projection => "Projection",
        /// Its capacity.
        pub provisioned_throughput: ProvisionedThroughput => "ProvisionedThroughput",
    }
}

sim::structure! {
    /// What the table had beside its items.
    pub struct SourceTableFeatureDetails {
        /// Its local indexes.
        pub local_secondary_indexes: Option<Vec<LocalSecondaryIndexInfo>>
            => "LocalSecondaryIndexes",
        /// Its global indexes.
        pub global_secondary_indexes: Option<Vec<GlobalSecondaryIndexInfo>>
            => "GlobalSecondaryIndexes",
        /// Its stream.
        pub stream_description: Option<StreamSpecification> => "StreamDescription",
        /// Its time to live, which a backup does not keep.
        pub time_to_live_description: Option<TimeToLiveDescription> => "TimeToLiveDescription",
        /// Its encryption.
        pub sse_description: Option<SseDescription> => "SSEDescription",
    }
}

sim::structure! {
    /// A backup and the table that it was made of.
    pub struct BackupDescription {
        /// The backup.
        pub backup_details: BackupDetails => "BackupDetails",
        /// The table.
        pub source_table_details: SourceTableDetails => "SourceTableDetails",
        /// What the table had beside its items.
        pub source_table_feature_details: SourceTableFeatureDetails => "SourceTableFeatureDetails",
    }
}

fn units(read: u64, write: u64) -> ProvisionedThroughput {
    let units = |units: u64| i64::try_from(units).unwrap_or(i64::MAX);
    ProvisionedThroughput { read_capacity_units: units(read), write_capacity_units: units(write) }
}

impl From<&IndexDescription> for LocalSecondaryIndexInfo {
    fn from(index: &IndexDescription) -> Self {
        Self {
            index_name: index.name.clone(),
            key_schema: key_schema(&index.key),
            projection: (&index.projection).into(),
        }
    }
}

impl From<&IndexDescription> for GlobalSecondaryIndexInfo {
    fn from(index: &IndexDescription) -> Self {
        Self {
            index_name: index.name.clone(),
            key_schema: key_schema(&index.key),
            projection: (&index.projection).into(),
            provisioned_throughput: units(index.throughput.read, index.throughput.write),
        }
    }
}

/// The indexes of a kind, if there are any.
fn indexes<'a, T: From<&'a IndexDescription>>(
    of: &'a [IndexDescription],
    kind: IndexKind,
) -> Option<Vec<T>> {
    let found: Vec<_> = of.iter().filter(|index| index.kind == kind).map(T::from).collect();
    (!found.is_empty()).then_some(found)
}

impl BackupDescription {
    fn of(place: &Place, of: &BackupOf) -> Self {
        let source = &of.source;
        Self {
            backup_details: of.into(),
            source_table_details: SourceTableDetails {
                table_name: source.name.clone(),
                table_id: source.id.clone(),
                table_arn: source.arn.clone(),
                table_size_bytes: source.bytes,
                key_schema: key_schema(&source.key),
                table_creation_date_time: source.created,
                provisioned_throughput: units(source.throughput.read, source.throughput.write),
                item_count: source.items,
                billing_mode: Some(
                    source.billing.map_or(BillingMode::Provisioned, |(mode, _)| mode),
                ),
            },
            source_table_feature_details: SourceTableFeatureDetails {
                local_secondary_indexes: indexes(&source.indexes, IndexKind::Local),
                global_secondary_indexes: indexes(&source.indexes, IndexKind::Global),
                stream_description: source.stream.map(|view| StreamSpecification {
                    stream_enabled: true,
                    stream_view_type: Some(view),
                }),
                time_to_live_description: None,
                sse_description: source.encryption.clone().and_then(|e| encryption(place, e)),
            },
        }
    }
}

sim::operation! {
    /// Makes a backup of a table.
    write CreateBackup in "dynamodb" = "POST /";
    input {
        /// The table: its name or ARN.
        table_name: String => "TableName",
        /// A name for the backup.
        backup_name: String => "BackupName",
    }
    output CreateBackupOutput {
        /// The backup.
        pub backup_details: BackupDetails => "BackupDetails",
    }
    errors [
        "TableNotFoundException",
        "TableInUseException",
        "ContinuousBackupsUnavailableException",
        "BackupInUseException",
        "LimitExceededException",
    ]
    access {
        "dynamodb:CreateBackup" on "arn:aws:dynamodb:{region}:{account}:table/{TableName}",
    }
    takes time
}

impl Write for CreateBackup {
    type Output = CreateBackupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let made = change(world, cx, |state, cx| {
            state.create_backup(cx, &self.table_name, &self.backup_name)
        })?;
        Ok(CreateBackupOutput { backup_details: (&made).into() })
    }
}

sim::operation! {
    /// Says what a backup is.
    read DescribeBackup in "dynamodb" = "POST /";
    input {
        /// The ARN of the backup.
        backup_arn: String => "BackupArn",
    }
    output DescribeBackupOutput {
        /// The backup.
        pub backup_description: BackupDescription => "BackupDescription",
    }
    errors ["BackupNotFoundException"]
    access {
        "dynamodb:DescribeBackup" on "{BackupArn}",
    }
}

impl Read for DescribeBackup {
    type Output = DescribeBackupOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let backup = world.get::<State>().describe_backup(&place, &self.backup_arn)?;
        Ok(DescribeBackupOutput { backup_description: BackupDescription::of(&place, &backup) })
    }
}

sim::operation! {
    /// Deletes a backup.
    write DeleteBackup in "dynamodb" = "POST /";
    input {
        /// The ARN of the backup.
        backup_arn: String => "BackupArn",
    }
    output DeleteBackupOutput {
        /// The backup, which is deleted.
        pub backup_description: BackupDescription => "BackupDescription",
    }
    errors ["BackupNotFoundException", "BackupInUseException", "LimitExceededException"]
    access {
        "dynamodb:DeleteBackup" on "{BackupArn}",
    }
}

impl Write for DeleteBackup {
    type Output = DeleteBackupOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let gone = change(world, cx, |state, _| state.delete_backup(&place, &self.backup_arn))?;
        let mut backup_description = BackupDescription::of(&place, &gone);
        backup_description.backup_details.backup_status = BackupStatus::Deleted;
        Ok(DeleteBackupOutput { backup_description })
    }
}

sim::structure! {
    /// A backup in a list.
    pub struct BackupSummary {
        /// The table.
        pub table_name: String => "TableName",
        /// The id of that life of the table.
        pub table_id: String => "TableId",
        /// The ARN of the table.
        pub table_arn: String => "TableArn",
        /// The ARN of the backup.
        pub backup_arn: String => "BackupArn",
        /// Its name.
        pub backup_name: String => "BackupName",
        /// When it was made.
        pub backup_creation_date_time: Time => "BackupCreationDateTime",
        /// When the service deletes it, if it is the service's.
        pub backup_expiry_date_time: Option<Time> => "BackupExpiryDateTime",
        /// Whether it can be restored.
        pub backup_status: BackupStatus => "BackupStatus",
        /// Who made it.
        pub backup_type: BackupType => "BackupType",
        /// Its size.
        pub backup_size_bytes: u64 => "BackupSizeBytes",
    }
}

impl From<BackupOf> for BackupSummary {
    fn from(of: BackupOf) -> Self {
        Self {
            backup_status: status(&of),
            table_name: of.source.name,
            table_id: of.source.id,
            table_arn: of.source.arn,
            backup_arn: of.arn,
            backup_name: of.name,
            backup_creation_date_time: of.created,
            backup_expiry_date_time: of.expires,
            backup_type: of.kind.into(),
            backup_size_bytes: of.bytes,
        }
    }
}

sim::operation! {
    /// Lists backups, of all tables or of one.
    read ListBackups in "dynamodb" = "POST /";
    input {
        /// The table, if not all: its name or ARN.
        table_name: Option<String> => "TableName",
        /// How many backups a page has, up to 100.
        limit: Option<i64> => "Limit",
        /// Only those made from then on.
        time_range_lower_bound: Option<Time> => "TimeRangeLowerBound",
        /// Only those made before then.
        time_range_upper_bound: Option<Time> => "TimeRangeUpperBound",
        /// The last backup of the page before.
        exclusive_start_backup_arn: Option<String> => "ExclusiveStartBackupArn",
        /// Only those of this kind; `USER` if none is named.
        backup_type: Option<BackupTypeFilter> => "BackupType",
    }
    output ListBackupsOutput {
        /// The backups.
        pub backup_summaries: Vec<BackupSummary> => "BackupSummaries",
        /// The last of them, if there are more.
        pub last_evaluated_backup_arn: Option<String> => "LastEvaluatedBackupArn",
    }
    errors []
    access {
        "dynamodb:ListBackups" on "*",
    }
    pages {
        input: &["ExclusiveStartBackupArn"],
        output: &["LastEvaluatedBackupArn"],
        limit: Some("Limit"),
        results: &["BackupSummaries"],
    }
}

impl Read for ListBackups {
    type Output = ListBackupsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let kind = match self.backup_type {
            None | Some(BackupTypeFilter::User) => Some(BackupKind::User),
            Some(BackupTypeFilter::System) => Some(BackupKind::System),
            Some(BackupTypeFilter::All) => None,
            // There are none of these here.
            Some(BackupTypeFilter::AwsBackup) => return Ok(ListBackupsOutput::default()),
        };
        let filter = BackupFilter {
            table: self.table_name,
            kind,
            since: self.time_range_lower_bound,
            until: self.time_range_upper_bound,
        };
        let after = self.exclusive_start_backup_arn.as_deref();
        let limit = self.limit.map(|limit| usize::try_from(limit).unwrap_or(0));
        let (found, last) =
            world.get::<State>().list_backups(&Place::of(cx), &filter, after, limit)?;
        Ok(ListBackupsOutput {
            backup_summaries: found.into_iter().map(BackupSummary::from).collect(),
            last_evaluated_backup_arn: last,
        })
    }
}

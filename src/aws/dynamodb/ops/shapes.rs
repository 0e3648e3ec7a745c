//! Structures that several operations share.

use std::collections::BTreeMap;

use base::Time;
use sim::api::{ApiError, Double, Value};

use super::unmodelled;
use super::words::Given;
use crate::dynamodb::backup::Restored;
use crate::dynamodb::capacity::Capacity as Cost;
use crate::dynamodb::failure::Reason;
use crate::dynamodb::item::CollectionMetrics;
use crate::dynamodb::key::{KeySchema, ScalarType};
use crate::dynamodb::state::{Place, table_name};
use crate::dynamodb::table::describe::ThroughputDescription;
use crate::dynamodb::table::spec::{
    BillingMode, EncryptionSpec, IndexSpec, KeyRole, ProjectionKind, ProjectionSpec, StreamSpec,
    StreamView, TableClass, Throughput,
};
use crate::dynamodb::table::{self, IndexKind, Status};
use crate::dynamodb::value::{AttributeValue, Item};

/// An item or a key as a request has it.
pub type GivenItem = Given<BTreeMap<String, AttributeValue>>;

sim::structure! {
    /// An attribute that keys are made of.
    pub struct AttributeDefinition {
        /// The name of the attribute.
        pub attribute_name: String => "AttributeName",
        /// `S`, `N` or `B`.
        pub attribute_type: Option<ScalarType> => required "AttributeType",
    }
}

sim::structure! {
    /// One attribute of a key.
    pub struct KeySchemaElement {
        /// The name of the attribute.
        pub attribute_name: String => "AttributeName",
        /// `HASH` for the partition key, `RANGE` for the sort key.
        pub key_type: Option<KeyRole> => required "KeyType",
    }
}

sim::structure! {
    /// Which attributes an index has beside the keys.
    pub struct Projection {
        /// `ALL`, `KEYS_ONLY` or `INCLUDE`.
        pub projection_type: Option<ProjectionKind> => "ProjectionType",
        /// The attributes of `INCLUDE`.
        pub non_key_attributes: Option<Vec<String>> => "NonKeyAttributes",
    }
}

sim::structure! {
    /// Capacity units for each second.
    pub struct ProvisionedThroughput {
        /// Strongly consistent reads of up to 4 KB.
        pub read_capacity_units: i64 => "ReadCapacityUnits",
        /// Writes of up to 1 KB.
        pub write_capacity_units: i64 => "WriteCapacityUnits",
    }
}

sim::structure! {
    /// A local index that is asked for.
    pub struct LocalSecondaryIndex {
        /// The name of the index.
        pub index_name: String => "IndexName",
        /// Its key: the table's partition key and a sort key of its own.
        pub key_schema: Vec<KeySchemaElement> => required "KeySchema",
        /// Which attributes it has.
        pub projection: Projection => "Projection",
    }
}

sim::structure! {
    /// A global index that is asked for.
    pub struct GlobalSecondaryIndex {
        /// The name of the index.
        pub index_name: String => "IndexName",
        /// Its key.
        pub key_schema: Vec<KeySchemaElement> => required "KeySchema",
        /// Which attributes it has.
        pub projection: Projection => "Projection",
        /// Its capacity, of a table with provisioned capacity.
        pub provisioned_throughput: Option<ProvisionedThroughput> => "ProvisionedThroughput",
        /// Its most units on demand; not simulated.
        pub on_demand_throughput: Value => "OnDemandThroughput",
        /// What it can do at once; not simulated.
        pub warm_throughput: Value => "WarmThroughput",
    }
}

sim::structure! {
    /// A stream that is turned on or off.
    pub struct StreamSpecification {
        /// Whether the stream is on.
        pub stream_enabled: bool => "StreamEnabled",
        /// What its records show.
        pub stream_view_type: Option<StreamView> => "StreamViewType",
    }
}

sim::string_enum! {
    /// What a table is encrypted with.
    pub enum SseType {
        Aes256 = "AES256",
        Kms = "KMS",
    }
}

sim::structure! {
    /// Encryption at rest that is asked for.
    pub struct SseSpecification {
        /// Whether a key of KMS is used.
        pub enabled: Option<bool> => "Enabled",
        /// `KMS`.
        pub sse_type: Option<SseType> => "SSEType",
        /// The key: its id, ARN or alias.
        pub kms_master_key_id: Option<String> => "KMSMasterKeyId",
    }
}

sim::structure! {
    /// A label of a table.
    pub struct Tag {
        /// The key.
        pub key: String => "Key",
        /// The value.
        pub value: String => "Value",
    }
}

sim::structure! {
    /// Provisioned capacity as it is described.
    pub struct ProvisionedThroughputDescription {
        /// When it was last increased.
        pub last_increase_date_time: Option<Time> => "LastIncreaseDateTime",
        /// When it was last decreased.
        pub last_decrease_date_time: Option<Time> => "LastDecreaseDateTime",
        /// How often it was decreased today (UTC).
        pub number_of_decreases_today: u64 => "NumberOfDecreasesToday",
        /// Reads for each second; 0 on demand.
        pub read_capacity_units: u64 => "ReadCapacityUnits",
        /// Writes for each second; 0 on demand.
        pub write_capacity_units: u64 => "WriteCapacityUnits",
    }
}

sim::structure! {
    /// How a table is paid for.
    pub struct BillingModeSummary {
        /// `PROVISIONED` or `PAY_PER_REQUEST`.
        pub billing_mode: Option<BillingMode> => "BillingMode",
        /// When it was last switched to on demand.
        pub last_update_to_pay_per_request_date_time: Option<Time>
            => "LastUpdateToPayPerRequestDateTime",
    }
}

sim::structure! {
    /// A local index as it is described.
    pub struct LocalSecondaryIndexDescription {
        /// The name of the index.
        pub index_name: String => "IndexName",
        /// Its key.
        pub key_schema: Vec<KeySchemaElement> => "KeySchema",
        /// Which attributes it has.
        pub projection: Projection => "Projection",
        /// Its size as of the last count.
        pub index_size_bytes: u64 => "IndexSizeBytes",
        /// Its items as of the last count.
        pub item_count: u64 => "ItemCount",
        /// The ARN of the index.
        pub index_arn: String => "IndexArn",
    }
}

sim::structure! {
    /// A global index as it is described.
    pub struct GlobalSecondaryIndexDescription {
        /// The name of the index.
        pub index_name: String => "IndexName",
        /// Its key.
        pub key_schema: Vec<KeySchemaElement> => "KeySchema",
        /// Which attributes it has.
        pub projection: Projection => "Projection",
        /// Whether it can be queried.
        pub index_status: Option<Status> => "IndexStatus",
        /// Whether it is being filled.
        pub backfilling: Option<bool> => "Backfilling",
        /// Its capacity.
        pub provisioned_throughput: ProvisionedThroughputDescription => "ProvisionedThroughput",
        /// Its size as of the last count.
        pub index_size_bytes: u64 => "IndexSizeBytes",
        /// Its items as of the last count.
        pub item_count: u64 => "ItemCount",
        /// The ARN of the index.
        pub index_arn: String => "IndexArn",
    }
}

sim::structure! {
    /// Where a restored table came from.
    pub struct RestoreSummary {
        /// The backup, if it was one.
        pub source_backup_arn: Option<String> => "SourceBackupArn",
        /// The table that was restored.
        pub source_table_arn: Option<String> => "SourceTableArn",
        /// The moment that was restored.
        pub restore_date_time: Time => "RestoreDateTime",
        /// Whether it is still being restored.
        pub restore_in_progress: bool => "RestoreInProgress",
    }
}

sim::string_enum! {
    /// Whether a table is encrypted with a key of KMS.
    pub enum SseStatus {
        Enabling = "ENABLING",
        Enabled = "ENABLED",
        Disabling = "DISABLING",
        Disabled = "DISABLED",
        Updating = "UPDATING",
    }
}

sim::structure! {
    /// Encryption at rest as it is described.
    pub struct SseDescription {
        /// Whether it is on, or being changed.
        pub status: SseStatus => "Status",
        /// `KMS`.
        pub sse_type: Option<SseType> => "SSEType",
        /// The key.
        pub kms_master_key_arn: Option<String> => "KMSMasterKeyArn",
    }
}

sim::structure! {
    /// A table's class.
    pub struct TableClassSummary {
        /// `STANDARD` or `STANDARD_INFREQUENT_ACCESS`.
        pub table_class: Option<TableClass> => "TableClass",
        /// When it was last changed.
        pub last_update_date_time: Option<Time> => "LastUpdateDateTime",
    }
}

sim::structure! {
    /// A table.
    pub struct TableDescription {
        /// The attributes that keys are made of.
        pub attribute_definitions: Vec<AttributeDefinition> => "AttributeDefinitions",
        /// The name of the table.
        pub table_name: String => "TableName",
        /// Its primary key.
        pub key_schema: Vec<KeySchemaElement> => "KeySchema",
        /// Whether it can be used.
        pub table_status: Option<Status> => "TableStatus",
        /// When it was created.
        pub creation_date_time: Time => "CreationDateTime",
        /// Its capacity.
        pub provisioned_throughput: ProvisionedThroughputDescription => "ProvisionedThroughput",
        /// Its size as of the last count.
        pub table_size_bytes: u64 => "TableSizeBytes",
        /// Its items as of the last count.
        pub item_count: u64 => "ItemCount",
        /// The ARN of the table.
        pub table_arn: String => "TableArn",
        /// The id of this life of the table.
        pub table_id: String => "TableId",
        /// How it is paid for.
        pub billing_mode_summary: Option<BillingModeSummary> => "BillingModeSummary",
        /// Its local indexes.
        pub local_secondary_indexes: Option<Vec<LocalSecondaryIndexDescription>>
            => "LocalSecondaryIndexes",
        /// Its global indexes.
        pub global_secondary_indexes: Option<Vec<GlobalSecondaryIndexDescription>>
            => "GlobalSecondaryIndexes",
        /// Its stream, if it is on.
        pub stream_specification: Option<StreamSpecification> => "StreamSpecification",
        /// The label of its newest stream.
        pub latest_stream_label: Option<String> => "LatestStreamLabel",
        /// The ARN of its newest stream.
        pub latest_stream_arn: Option<String> => "LatestStreamArn",
        /// Where it came from, if it was restored.
        pub restore_summary: Option<RestoreSummary> => "RestoreSummary",
        /// Its encryption, if it was asked for.
        pub sse_description: Option<SseDescription> => "SSEDescription",
        /// Its class, if one was named.
        pub table_class_summary: Option<TableClassSummary> => "TableClassSummary",
        /// Whether it cannot be deleted.
        pub deletion_protection_enabled: bool => "DeletionProtectionEnabled",
    }
}

sim::structure! {
    /// What part of a request has consumed.
    pub struct Capacity {
        /// Units of reading.
        pub read_capacity_units: Option<Double> => "ReadCapacityUnits",
        /// Units of writing.
        pub write_capacity_units: Option<Double> => "WriteCapacityUnits",
        /// Units of either.
        pub capacity_units: Option<Double> => "CapacityUnits",
    }
}

sim::structure! {
    /// What a request has consumed of a table and its indexes.
    pub struct ConsumedCapacity {
        /// The table.
        pub table_name: String => "TableName",
        /// All of it.
        pub capacity_units: Option<Double> => "CapacityUnits",
        /// All of it that was reading, of a transaction.
        pub read_capacity_units: Option<Double> => "ReadCapacityUnits",
        /// All of it that was writing, of a transaction.
        pub write_capacity_units: Option<Double> => "WriteCapacityUnits",
        /// Of the table itself.
        pub table: Option<Capacity> => "Table",
        /// Of each local index.
        pub local_secondary_indexes: BTreeMap<String, Capacity> => "LocalSecondaryIndexes",
        /// Of each global index.
        pub global_secondary_indexes: BTreeMap<String, Capacity> => "GlobalSecondaryIndexes",
    }
}

sim::string_enum! {
    /// How much is said of the capacity that a request has consumed.
    pub enum ReturnConsumedCapacity {
        Indexes = "INDEXES",
        Total = "TOTAL",
        None = "NONE",
    }
}

sim::string_enum! {
    /// Whether the size of an item's collection is said.
    pub enum ReturnItemCollectionMetrics {
        Size = "SIZE",
        None = "NONE",
    }
}

sim::string_enum! {
    /// Whether an item whose condition failed is shown.
    pub enum OnConditionCheckFailure {
        AllOld = "ALL_OLD",
        None = "NONE",
    }
}

sim::structure! {
    /// How large the items of one partition key are together.
    pub struct ItemCollectionMetrics {
        /// The partition key.
        pub item_collection_key: BTreeMap<String, AttributeValue> => "ItemCollectionKey",
        /// Between which gigabytes the size lies.
        pub size_estimate_range_gb: Vec<Double> => "SizeEstimateRangeGB",
    }
}

sim::structure! {
    /// Why one item of a transaction was not written or read.
    pub struct CancellationReason {
        /// The item, if the request wants to see it.
        pub item: Option<BTreeMap<String, AttributeValue>> => "Item",
        /// `None` for an item that nothing was wrong with.
        pub code: String => "Code",
        /// What was wrong.
        pub message: Option<String> => "Message",
    }
}

impl From<Reason> for CancellationReason {
    fn from(reason: Reason) -> Self {
        Self {
            item: reason.item.map(|item| Item::clone(&item)),
            code: reason.code.to_owned(),
            message: reason.message,
        }
    }
}

impl From<CollectionMetrics> for ItemCollectionMetrics {
    fn from(metrics: CollectionMetrics) -> Self {
        let (from, to) = metrics.gigabytes;
        Self {
            item_collection_key: metrics.key,
            size_estimate_range_gb: vec![Double(from as f64), Double(to as f64)],
        }
    }
}

impl ReturnItemCollectionMetrics {
    /// The metrics, if they are asked for.
    pub(crate) fn shown(
        how: Option<Self>,
        metrics: Option<CollectionMetrics>,
    ) -> Option<ItemCollectionMetrics> {
        metrics.filter(|_| how == Some(Self::Size)).map(ItemCollectionMetrics::from)
    }
}

/// What a cost was for, where that is said: in transactions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    Unsaid,
    Reading,
    Writing,
}

impl ReturnConsumedCapacity {
    /// What was consumed, if that is asked for.
    pub(crate) fn shown(
        how: Option<Self>,
        place: &Place,
        table: &str,
        cost: &Cost,
        side: Side,
    ) -> Option<ConsumedCapacity> {
        let how = how.filter(|how| *how != Self::None)?;
        let units = |halves: u64| Some(Double(halves as f64 / 2.0));
        let part = |halves: u64| Capacity {
            read_capacity_units: units(halves).filter(|_| side == Side::Reading),
            write_capacity_units: units(halves).filter(|_| side == Side::Writing),
            capacity_units: units(halves),
        };
        let all = part(cost.total());
        let indexes = |of: &BTreeMap<String, u64>| -> BTreeMap<String, Capacity> {
            let shown = of.iter().filter(|_| how == Self::Indexes);
            shown.map(|(name, halves)| (name.clone(), part(*halves))).collect()
        };
        Some(ConsumedCapacity {
            table_name: table_name(place, table).unwrap_or(table).to_owned(),
            capacity_units: all.capacity_units,
            read_capacity_units: all.read_capacity_units,
            write_capacity_units: all.write_capacity_units,
            table: (how == Self::Indexes).then(|| part(cost.table)),
            local_secondary_indexes: indexes(&cost.locals),
            global_secondary_indexes: indexes(&cost.globals),
        })
    }
}

impl ProvisionedThroughput {
    /// A negative number is none of capacity units; 0 is refused where it is judged.
    pub(crate) fn spec(&self) -> Throughput {
        let units = |units: i64| u64::try_from(units).unwrap_or(0);
        Throughput {
            read: units(self.read_capacity_units),
            write: units(self.write_capacity_units),
        }
    }
}

/// The attributes with their types.
pub(crate) fn definitions(given: Vec<AttributeDefinition>) -> Vec<(String, ScalarType)> {
    given.into_iter().filter_map(|a| Some((a.attribute_name, a.attribute_type?))).collect()
}

/// The attributes of a key with their roles.
pub(crate) fn keys(given: Vec<KeySchemaElement>) -> Vec<(String, KeyRole)> {
    given.into_iter().filter_map(|k| Some((k.attribute_name, k.key_type?))).collect()
}

impl From<Projection> for ProjectionSpec {
    fn from(given: Projection) -> Self {
        Self { kind: given.projection_type, non_key: given.non_key_attributes }
    }
}

impl From<LocalSecondaryIndex> for IndexSpec {
    fn from(given: LocalSecondaryIndex) -> Self {
        Self {
            name: given.index_name,
            keys: keys(given.key_schema),
            projection: given.projection.into(),
            throughput: None,
        }
    }
}

impl GlobalSecondaryIndex {
    pub(crate) fn spec(self) -> Result<IndexSpec, ApiError> {
        unmodelled(&[
            ("OnDemandThroughput", !self.on_demand_throughput.is_null()),
            ("WarmThroughput", !self.warm_throughput.is_null()),
        ])?;
        Ok(IndexSpec {
            name: self.index_name,
            keys: keys(self.key_schema),
            projection: self.projection.into(),
            throughput: self.provisioned_throughput.map(|t| t.spec()),
        })
    }
}

impl From<StreamSpecification> for StreamSpec {
    fn from(given: StreamSpecification) -> Self {
        Self { enabled: given.stream_enabled, view: given.stream_view_type }
    }
}

impl SseSpecification {
    pub(crate) fn spec(self) -> Result<EncryptionSpec, ApiError> {
        let enabled = self.enabled.unwrap_or(false);
        if self.sse_type == Some(SseType::Aes256) {
            return Err(crate::dynamodb::error::validation(
                "One or more parameter values were invalid: SSEType AES256 is not supported",
            ));
        }
        Ok(EncryptionSpec { enabled, kms_key: self.kms_master_key_id })
    }
}

impl From<ThroughputDescription> for ProvisionedThroughputDescription {
    fn from(units: ThroughputDescription) -> Self {
        Self {
            last_increase_date_time: units.increased,
            last_decrease_date_time: units.decreased,
            number_of_decreases_today: units.decreases_today,
            read_capacity_units: units.read,
            write_capacity_units: units.write,
        }
    }
}

pub(crate) fn key_schema(key: &KeySchema) -> Vec<KeySchemaElement> {
    let roles = [KeyRole::Hash, KeyRole::Range];
    let element = |(attribute, role): (&crate::dynamodb::key::KeyAttribute, KeyRole)| {
        KeySchemaElement { attribute_name: attribute.name.clone(), key_type: Some(role) }
    };
    key.attributes().zip(roles).map(element).collect()
}

impl From<&table::Projection> for Projection {
    fn from(of: &table::Projection) -> Self {
        let names: Vec<_> = of.non_key.iter().cloned().collect();
        Self {
            projection_type: Some(of.kind),
            non_key_attributes: (!names.is_empty()).then_some(names),
        }
    }
}

impl From<table::IndexDescription> for LocalSecondaryIndexDescription {
    fn from(index: table::IndexDescription) -> Self {
        Self {
            key_schema: key_schema(&index.key),
            projection: (&index.projection).into(),
            index_name: index.name,
            index_size_bytes: index.bytes,
            item_count: index.items,
            index_arn: index.arn,
        }
    }
}

impl From<table::IndexDescription> for GlobalSecondaryIndexDescription {
    fn from(index: table::IndexDescription) -> Self {
        Self {
            key_schema: key_schema(&index.key),
            projection: (&index.projection).into(),
            index_name: index.name,
            index_status: Some(index.status),
            backfilling: index.backfilling,
            provisioned_throughput: index.throughput.into(),
            index_size_bytes: index.bytes,
            item_count: index.items,
            index_arn: index.arn,
        }
    }
}

impl From<Restored> for RestoreSummary {
    fn from(restored: Restored) -> Self {
        Self {
            source_backup_arn: restored.source_backup,
            source_table_arn: Some(restored.source_table),
            restore_date_time: restored.moment,
            restore_in_progress: restored.in_progress,
        }
    }
}

/// The encryption of a table in a place, if it is shown.
pub(crate) fn encryption(
    place: &Place,
    (spec, changing): (EncryptionSpec, bool),
) -> Option<SseDescription> {
    if !spec.enabled && !changing {
        return None;
    }
    let key = spec.kms_key.unwrap_or_else(|| "alias/aws/dynamodb".to_owned());
    let arn = if key.starts_with("arn:") {
        key
    } else if key.starts_with("alias/") {
        format!("arn:aws:kms:{}:{}:{key}", place.region, place.account)
    } else {
        format!("arn:aws:kms:{}:{}:key/{key}", place.region, place.account)
    };
    let status = if changing { SseStatus::Updating } else { SseStatus::Enabled };
    Some(SseDescription { status, sse_type: Some(SseType::Kms), kms_master_key_arn: Some(arn) })
}

impl TableDescription {
    pub(crate) fn of(place: &Place, table: table::TableDescription) -> Self {
        let label = table.latest_stream_label().map(str::to_owned);
        let key = table.key.clone();
        let (locals, globals): (Vec<_>, Vec<_>) =
            table.indexes.into_iter().partition(|index| index.kind == IndexKind::Local);
        let attribute = |(attribute_name, kind)| AttributeDefinition {
            attribute_name,
            attribute_type: Some(kind),
        };
        Self {
            attribute_definitions: table.attributes.into_iter().map(attribute).collect(),
            table_name: table.name,
            key_schema: key_schema(&key),
            table_status: Some(table.status),
            creation_date_time: table.created,
            provisioned_throughput: table.throughput.into(),
            table_size_bytes: table.bytes,
            item_count: table.items,
            table_arn: table.arn,
            table_id: table.id,
            billing_mode_summary: table.billing.map(|(mode, at)| BillingModeSummary {
                billing_mode: Some(mode),
                last_update_to_pay_per_request_date_time: at,
            }),
            local_secondary_indexes: some(locals),
            global_secondary_indexes: some(globals),
            stream_specification: table.stream.map(|view| StreamSpecification {
                stream_enabled: true,
                stream_view_type: Some(view),
            }),
            latest_stream_label: label,
            latest_stream_arn: table.latest_stream_arn,
            restore_summary: table.restored.map(RestoreSummary::from),
            sse_description: table.encryption.and_then(|spec| encryption(place, spec)),
            table_class_summary: table.class.map(|(class, at)| TableClassSummary {
                table_class: Some(class),
                last_update_date_time: at,
            }),
            deletion_protection_enabled: table.deletion_protection,
        }
    }
}

/// The indexes as they are shown, if there are any.
fn some<T: From<table::IndexDescription>>(of: Vec<table::IndexDescription>) -> Option<Vec<T>> {
    (!of.is_empty()).then(|| of.into_iter().map(T::from).collect())
}

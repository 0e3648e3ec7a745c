//! Structures that several operations share.

mod convert;

use std::collections::BTreeMap;

use base::Time;
use sim::api::{ApiError, Double, Refused, Value};

use super::words::Given;
use crate::dynamodb::capacity::Capacity as Cost;
use crate::dynamodb::failure::Reason;
use crate::dynamodb::item::CollectionMetrics;
use crate::dynamodb::key::{KeySchema, ScalarType};
use crate::dynamodb::place::{Place, table_name};
use crate::dynamodb::table::Restored;
use crate::dynamodb::table::describe::ThroughputDescription;
use crate::dynamodb::table::spec::{
    BillingMode, EncryptionSpec, IndexSpec, KeyRole, ProjectionKind, ProjectionSpec, StreamSpec,
    StreamView, TableClass, Throughput,
};
use crate::dynamodb::table::{self, IndexKind, Status};
use crate::dynamodb::value::{AttributeValue, Item};
pub(crate) use convert::*;

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

sim::argument! {
    /// A local index that is asked for.
    pub struct LocalSecondaryIndex {
        /// The name of the index.
        pub(crate) index_name: String => "IndexName",
        /// Its key: the table's partition key and a sort key of its own.
        pub(crate) key_schema: Vec<KeySchemaElement> => required "KeySchema",
        /// Which attributes it has.
        pub(crate) projection: Projection => "Projection",
    }
}

sim::argument! {
    /// A global index that is asked for.
    pub struct GlobalSecondaryIndex {
        /// The name of the index.
        pub(crate) index_name: String => "IndexName",
        /// Its key.
        pub(crate) key_schema: Vec<KeySchemaElement> => required "KeySchema",
        /// Which attributes it has.
        pub(crate) projection: Projection => "Projection",
        /// Its capacity, of a table with provisioned capacity.
        pub(crate) provisioned_throughput: Option<ProvisionedThroughput> => "ProvisionedThroughput",
        /// Its maximum throughput on demand; not simulated.
        pub(crate) _on_demand_throughput: Refused<Value> => "OnDemandThroughput",
        /// Its warm throughput; not simulated.
        pub(crate) _warm_throughput: Refused<Value> => "WarmThroughput",
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

sim::argument! {
    /// Encryption at rest that is asked for.
    pub struct SseSpecification {
        /// Whether a key of KMS is used.
        pub(crate) enabled: Option<bool> => "Enabled",
        /// `KMS`.
        pub(crate) sse_type: Option<SseType> => "SSEType",
        /// The key: its id, ARN or alias.
        pub(crate) kms_master_key_id: Option<String> => "KMSMasterKeyId",
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
        /// Its size at the last count.
        pub index_size_bytes: u64 => "IndexSizeBytes",
        /// How many items it had at the last count.
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
        /// Its size at the last count.
        pub index_size_bytes: u64 => "IndexSizeBytes",
        /// How many items it had at the last count.
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
        /// Its size at the last count.
        pub table_size_bytes: u64 => "TableSizeBytes",
        /// How many items it had at the last count.
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

//! Tables: made, changed, described, listed and deleted; and what an account may have of them.

use crate::dynamodb::place::Place;
use sim::api::{ApiError, Read, Refused, Value, Write};
use sim::{Cx, World};

use super::change;
use super::shapes::{
    AttributeDefinition, GlobalSecondaryIndex, KeySchemaElement, LocalSecondaryIndex, Projection,
    ProvisionedThroughput, SseSpecification, StreamSpecification, TableDescription, Tag,
    definitions, keys,
};
use crate::dynamodb::State;
use crate::dynamodb::error::validation;
use crate::dynamodb::table::describe::endpoint;
use crate::dynamodb::table::quota::limits;
use crate::dynamodb::table::spec::{BillingMode, TableClass, TableSpec, Throughput};
use crate::dynamodb::table::{IndexUpdate, TableUpdate, check};

sim::operation! {
    /// Makes a table. It can be used once its status is `ACTIVE`.
    write CreateTable in "dynamodb" = "POST /";
    input {
        /// The attributes that keys are made of.
        attribute_definitions: Vec<AttributeDefinition> => "AttributeDefinitions",
        /// The name of the table: 3 to 255 letters, digits, `_`, `.` and `-`.
        table_name: String => "TableName",
        /// The primary key: a partition key, and a sort key if items of one partition have an order.
        key_schema: Vec<KeySchemaElement> => "KeySchema",
        /// Up to five indexes with the table's partition key.
        local_secondary_indexes: Option<Vec<LocalSecondaryIndex>> => "LocalSecondaryIndexes",
        /// Up to twenty indexes with keys of their own.
        global_secondary_indexes: Option<Vec<GlobalSecondaryIndex>> => "GlobalSecondaryIndexes",
        /// `PROVISIONED` or `PAY_PER_REQUEST`.
        billing_mode: Option<BillingMode> => "BillingMode",
        /// The capacity of the table when it is `PROVISIONED`.
        provisioned_throughput: Option<ProvisionedThroughput> => "ProvisionedThroughput",
        /// A stream of the changes of items.
        stream_specification: Option<StreamSpecification> => "StreamSpecification",
        /// Encryption at rest.
        sse_specification: Option<SseSpecification> => "SSESpecification",
        /// Tags of the table.
        tags: Option<Vec<Tag>> => "Tags",
        /// `STANDARD` or `STANDARD_INFREQUENT_ACCESS`.
        table_class: Option<TableClass> => "TableClass",
        /// Whether the table is protected from deletion.
        deletion_protection_enabled: Option<bool> => "DeletionProtectionEnabled",
        /// The table's warm throughput; not simulated.
        _warm_throughput: Refused<Value> => "WarmThroughput",
        /// A policy of the table's own; not simulated.
        _resource_policy: Refused<String> => "ResourcePolicy",
        /// The maximum throughput on demand; not simulated.
        _on_demand_throughput: Refused<Value> => "OnDemandThroughput",
        /// The table of another account to replicate; not simulated.
        _global_table_source_arn: Refused<String> => "GlobalTableSourceArn",
        /// Whether settings are replicated; not simulated.
        _global_table_settings_replication_mode: Refused<String>
            => "GlobalTableSettingsReplicationMode",
        /// Indexes of vectors; not simulated.
        _vector_indexes: Refused<Value> => "VectorIndexes",
    }
    output CreateTableOutput {
        /// The table.
        pub table_description: TableDescription => "TableDescription",
    }
    errors ["ResourceInUseException", "LimitExceededException"]
    access {
        "dynamodb:CreateTable" on "arn:aws:dynamodb:{region}:{account}:table/{TableName}",
    }
    takes time
}

impl Write for CreateTable {
    type Output = CreateTableOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let globals = |of: Vec<GlobalSecondaryIndex>| {
            of.into_iter().map(GlobalSecondaryIndex::spec).collect()
        };
        let locals = |of: Vec<LocalSecondaryIndex>| of.into_iter().map(Into::into).collect();
        let tag = |tag: Tag| (tag.key, tag.value);
        let spec = TableSpec {
            name: named(self.table_name)?,
            attributes: definitions(self.attribute_definitions),
            keys: keys(self.key_schema),
            locals: self.local_secondary_indexes.map(locals),
            globals: self.global_secondary_indexes.map(globals),
            billing: self.billing_mode,
            throughput: self.provisioned_throughput.map(|t| t.spec()),
            stream: self.stream_specification.map(Into::into),
            encryption: self.sse_specification.map(SseSpecification::spec).transpose()?,
            class: self.table_class,
            deletion_protection: self.deletion_protection_enabled.unwrap_or(false),
            tags: self.tags.unwrap_or_default().into_iter().map(tag).collect(),
        };
        let made = change(world, cx, |state, cx| state.create_table(cx, &spec))?;
        Ok(CreateTableOutput { table_description: TableDescription::of(&Place::of(cx), made) })
    }
}

/// A new table's name; an ARN is none.
fn named(name: String) -> Result<String, ApiError> {
    check::name("tableName", &name)?;
    Ok(name)
}

sim::operation! {
    /// Says what a table is, and whether it can be used.
    read DescribeTable in "dynamodb" = "POST /";
    input {
        /// The table: its name or ARN.
        table_name: String => "TableName",
    }
    output DescribeTableOutput {
        /// The table.
        pub table: TableDescription => "Table",
    }
    errors ["ResourceNotFoundException"]
    access {
        "dynamodb:DescribeTable" on "arn:aws:dynamodb:{region}:{account}:table/{TableName}",
    }
    waiters [
        waiter("TableExists", 20, 25, &[
            success(Path("Table.TableStatus", "ACTIVE")),
            retry(Error("ResourceNotFoundException")),
        ]),
        waiter("TableNotExists", 20, 25, &[success(Error("ResourceNotFoundException"))]),
    ]
}

impl Read for DescribeTable {
    type Output = DescribeTableOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let table = world.get::<State>().describe_table(&place, cx.at, &self.table_name)?;
        Ok(DescribeTableOutput { table: TableDescription::of(&place, table) })
    }
}

sim::operation! {
    /// Deletes a table with all its items.
    write DeleteTable in "dynamodb" = "POST /";
    input {
        /// The table: its name or ARN.
        table_name: String => "TableName",
    }
    output DeleteTableOutput {
        /// The table, which is being deleted.
        pub table_description: TableDescription => "TableDescription",
    }
    errors ["ResourceInUseException", "ResourceNotFoundException", "LimitExceededException"]
    access {
        "dynamodb:DeleteTable" on "arn:aws:dynamodb:{region}:{account}:table/{TableName}",
    }
    takes time
}

impl Write for DeleteTable {
    type Output = DeleteTableOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let gone = change(world, cx, |state, cx| state.delete_table(cx, &self.table_name))?;
        Ok(DeleteTableOutput { table_description: TableDescription::of(&Place::of(cx), gone) })
    }
}

sim::argument! {
    /// New capacity of an index.
    pub struct UpdateGlobalSecondaryIndexAction {
        /// The index.
        pub(crate) index_name: String => "IndexName",
        /// Its capacity.
        pub(crate) provisioned_throughput: Option<ProvisionedThroughput> => "ProvisionedThroughput",
        /// Its maximum throughput on demand; not simulated.
        _on_demand_throughput: Refused<Value> => "OnDemandThroughput",
        /// Its warm throughput; not simulated.
        _warm_throughput: Refused<Value> => "WarmThroughput",
    }
}

sim::argument! {
    /// A new index.
    pub struct CreateGlobalSecondaryIndexAction {
        /// The name of the index.
        pub(crate) index_name: String => "IndexName",
        /// Its key.
        pub(crate) key_schema: Vec<KeySchemaElement> => required "KeySchema",
        /// Which attributes it has.
        pub(crate) projection: Projection => "Projection",
        /// Its capacity, of a table with provisioned capacity.
        pub(crate) provisioned_throughput: Option<ProvisionedThroughput> => "ProvisionedThroughput",
        /// Its maximum throughput on demand; not simulated.
        _on_demand_throughput: Refused<Value> => "OnDemandThroughput",
        /// Its warm throughput; not simulated.
        _warm_throughput: Refused<Value> => "WarmThroughput",
    }
}

sim::argument! {
    /// An index that goes.
    pub struct DeleteGlobalSecondaryIndexAction {
        /// The index.
        pub(crate) index_name: String => "IndexName",
    }
}

sim::argument! {
    /// One change of the global indexes.
    pub struct GlobalSecondaryIndexUpdate {
        /// New capacity of one.
        pub(crate) update: Option<UpdateGlobalSecondaryIndexAction> => "Update",
        /// A new one.
        pub(crate) create: Option<CreateGlobalSecondaryIndexAction> => "Create",
        /// One that goes.
        pub(crate) delete: Option<DeleteGlobalSecondaryIndexAction> => "Delete",
    }
}

impl GlobalSecondaryIndexUpdate {
    fn spec(self) -> Result<IndexUpdate, ApiError> {
        match (self.update, self.create, self.delete) {
            (Some(update), None, None) => {
                let units =
                    update.provisioned_throughput.map_or_else(Throughput::default, |t| t.spec());
                Ok(IndexUpdate::Update(update.index_name, units))
            }
            (None, Some(create), None) => Ok(IndexUpdate::Create(
                GlobalSecondaryIndex {
                    index_name: create.index_name,
                    key_schema: create.key_schema,
                    projection: create.projection,
                    provisioned_throughput: create.provisioned_throughput,
                    ..GlobalSecondaryIndex::default()
                }
                .spec(),
            )),
            (None, None, Some(delete)) => Ok(IndexUpdate::Delete(delete.index_name)),
            _ => Err(validation(
                "One or more parameter values were invalid: Exactly one of Create, Update or \
                 Delete must be given for each element of GlobalSecondaryIndexUpdates",
            )),
        }
    }
}

sim::operation! {
    /// Changes a table's capacity, billing, indexes, stream, encryption, class or protection.
    write UpdateTable in "dynamodb" = "POST /";
    input {
        /// The attributes that the key of a new index is made of.
        attribute_definitions: Vec<AttributeDefinition> => "AttributeDefinitions",
        /// The table: its name or ARN.
        table_name: String => "TableName",
        /// `PROVISIONED` or `PAY_PER_REQUEST`.
        billing_mode: Option<BillingMode> => "BillingMode",
        /// The new capacity.
        provisioned_throughput: Option<ProvisionedThroughput> => "ProvisionedThroughput",
        /// Global indexes that come, change or go.
        global_secondary_index_updates: Vec<GlobalSecondaryIndexUpdate>
            => "GlobalSecondaryIndexUpdates",
        /// A stream that is turned on or off.
        stream_specification: Option<StreamSpecification> => "StreamSpecification",
        /// Encryption at rest.
        sse_specification: Option<SseSpecification> => "SSESpecification",
        /// Replicas in other regions; not simulated.
        _replica_updates: Refused<Value> => "ReplicaUpdates",
        /// `STANDARD` or `STANDARD_INFREQUENT_ACCESS`.
        table_class: Option<TableClass> => "TableClass",
        /// Whether the table is protected from deletion.
        deletion_protection_enabled: Option<bool> => "DeletionProtectionEnabled",
        /// How replicas agree; not simulated.
        _multi_region_consistency: Refused<String> => "MultiRegionConsistency",
        /// Witnesses in other regions; not simulated.
        _global_table_witness_updates: Refused<Value> => "GlobalTableWitnessUpdates",
        /// The maximum throughput on demand; not simulated.
        _on_demand_throughput: Refused<Value> => "OnDemandThroughput",
        /// The table's warm throughput; not simulated.
        _warm_throughput: Refused<Value> => "WarmThroughput",
        /// Whether settings are replicated; not simulated.
        _global_table_settings_replication_mode: Refused<String>
            => "GlobalTableSettingsReplicationMode",
        /// Whether a replica stays one; not simulated.
        _disassociation_protection_enabled: Refused<bool> => "DisassociationProtectionEnabled",
        /// Indexes of vectors; not simulated.
        _vector_index_updates: Refused<Value> => "VectorIndexUpdates",
    }
    output UpdateTableOutput {
        /// The table as it becomes.
        pub table_description: TableDescription => "TableDescription",
    }
    errors ["ResourceInUseException", "ResourceNotFoundException", "LimitExceededException"]
    access {
        "dynamodb:UpdateTable" on "arn:aws:dynamodb:{region}:{account}:table/{TableName}",
    }
    takes time
}

impl Write for UpdateTable {
    type Output = UpdateTableOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let indexes = self.global_secondary_index_updates.into_iter();
        let update = TableUpdate {
            name: self.table_name,
            attributes: definitions(self.attribute_definitions),
            billing: self.billing_mode,
            throughput: self.provisioned_throughput.map(|t| t.spec()),
            indexes: indexes.map(GlobalSecondaryIndexUpdate::spec).collect::<Result<_, _>>()?,
            stream: self.stream_specification.map(Into::into),
            encryption: self.sse_specification.map(SseSpecification::spec).transpose()?,
            class: self.table_class,
            deletion_protection: self.deletion_protection_enabled,
        };
        let table = change(world, cx, |state, cx| state.update_table(cx, &update))?;
        Ok(UpdateTableOutput { table_description: TableDescription::of(&Place::of(cx), table) })
    }
}

sim::operation! {
    /// Lists the names of the tables.
    read ListTables in "dynamodb" = "POST /";
    input {
        /// The last name of the page before.
        exclusive_start_table_name: Option<String> => "ExclusiveStartTableName",
        /// How many names a page has, up to 100.
        limit: Option<i64> => "Limit",
    }
    output ListTablesOutput {
        /// The names.
        pub table_names: Vec<String> => "TableNames",
        /// The last of them, if there are more.
        pub last_evaluated_table_name: Option<String> => "LastEvaluatedTableName",
    }
    errors []
    access {
        "dynamodb:ListTables" on "*",
    }
    pages {
        input: &["ExclusiveStartTableName"],
        output: &["LastEvaluatedTableName"],
        limit: Some("Limit"),
        results: &["TableNames"],
    }
}

impl Read for ListTables {
    type Output = ListTablesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let after = self.exclusive_start_table_name.as_deref();
        let limit = self.limit.map(|limit| usize::try_from(limit).unwrap_or(0));
        let (table_names, last) = world.get::<State>().list_tables(&Place::of(cx), after, limit)?;
        Ok(ListTablesOutput { table_names, last_evaluated_table_name: last })
    }
}

sim::operation! {
    /// Says how much capacity the account may provision in the region.
    read DescribeLimits in "dynamodb" = "POST /";
    input {}
    output DescribeLimitsOutput {
        /// Reads of all tables together.
        pub account_max_read_capacity_units: u64 => "AccountMaxReadCapacityUnits",
        /// Writes of all tables together.
        pub account_max_write_capacity_units: u64 => "AccountMaxWriteCapacityUnits",
        /// Reads of one table.
        pub table_max_read_capacity_units: u64 => "TableMaxReadCapacityUnits",
        /// Writes of one table.
        pub table_max_write_capacity_units: u64 => "TableMaxWriteCapacityUnits",
    }
    errors []
    access {
        "dynamodb:DescribeLimits" on "*",
    }
}

impl Read for DescribeLimits {
    type Output = DescribeLimitsOutput;
    fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (account, table) = limits();
        Ok(DescribeLimitsOutput {
            account_max_read_capacity_units: account,
            account_max_write_capacity_units: account,
            table_max_read_capacity_units: table,
            table_max_write_capacity_units: table,
        })
    }
}

sim::structure! {
    /// An address of the service.
    pub struct Endpoint {
        /// The host.
        pub address: String => "Address",
        /// For how many minutes it may be kept.
        pub cache_period_in_minutes: u64 => "CachePeriodInMinutes",
    }
}

sim::operation! {
    /// Says at which address the service is reached.
    read DescribeEndpoints in "dynamodb" = "POST /";
    input {}
    output DescribeEndpointsOutput {
        /// The addresses.
        pub endpoints: Vec<Endpoint> => required "Endpoints",
    }
    errors []
    access {
        "dynamodb:DescribeEndpoints" on "*",
    }
}

impl Read for DescribeEndpoints {
    type Output = DescribeEndpointsOutput;
    fn read(self, _: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (address, cache_period_in_minutes) = endpoint(&Place::of(cx));
        Ok(DescribeEndpointsOutput {
            endpoints: vec![Endpoint { address, cache_period_in_minutes }],
        })
    }
}

//! Between the structures and what the tables know.

use super::{
    ApiError, AttributeDefinition, BTreeMap, BillingModeSummary, CancellationReason, Capacity,
    CollectionMetrics, ConsumedCapacity, Cost, Double, EncryptionSpec, GlobalSecondaryIndex,
    GlobalSecondaryIndexDescription, IndexKind, IndexSpec, Item, ItemCollectionMetrics, KeyRole,
    KeySchema, KeySchemaElement, LocalSecondaryIndex, LocalSecondaryIndexDescription, Place,
    Projection, ProjectionSpec, ProvisionedThroughput, ProvisionedThroughputDescription, Reason,
    RestoreSummary, Restored, ReturnConsumedCapacity, ReturnItemCollectionMetrics, ScalarType,
    SseDescription, SseSpecification, SseStatus, SseType, StreamSpec, StreamSpecification,
    TableClassSummary, TableDescription, Throughput, ThroughputDescription, table, table_name,
};

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
    pub(crate) fn spec(self) -> IndexSpec {
        IndexSpec {
            name: self.index_name,
            keys: keys(self.key_schema),
            projection: self.projection.into(),
            throughput: self.provisioned_throughput.map(|t| t.spec()),
        }
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

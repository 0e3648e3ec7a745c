//! A table as it is described.
//!
//! Source: API reference, `TableDescription`.

use super::super::key::{KeySchema, ScalarType};
use super::super::place::Place;
use super::super::time::Time;
use super::durations::{ENCRYPTION_UPDATE, INDEX_ALLOCATION};
use super::spec::{BillingMode, EncryptionSpec, StreamView, TableClass};
use super::{Index, IndexKind, Projection, Provisioned, Restored, Status, Table};

/// `ProvisionedThroughputDescription`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ThroughputDescription {
    pub read: u64,
    pub write: u64,
    pub increased: Option<Time>,
    pub decreased: Option<Time>,
    pub decreases_today: u64,
}

/// An index as it is described.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndexDescription {
    pub name: String,
    pub arn: String,
    pub kind: IndexKind,
    pub key: KeySchema,
    pub projection: Projection,
    /// Of global indexes, with the throughput.
    pub status: Status,
    /// Whether an index that is being made is being filled.
    pub backfilling: Option<bool>,
    pub throughput: ThroughputDescription,
    pub items: u64,
    pub bytes: u64,
}

/// A table as it is described.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableDescription {
    pub name: String,
    pub id: String,
    pub arn: String,
    pub status: Status,
    pub created: Time,
    pub attributes: Vec<(String, ScalarType)>,
    pub key: KeySchema,
    pub throughput: ThroughputDescription,
    /// The billing mode and when on-demand billing began, once a mode was named.
    pub billing: Option<(BillingMode, Option<Time>)>,
    pub items: u64,
    pub bytes: u64,
    pub indexes: Vec<IndexDescription>,
    pub stream: Option<StreamView>,
    pub latest_stream_arn: Option<String>,
    /// The encryption that was asked for, and whether it is being changed.
    pub encryption: Option<(EncryptionSpec, bool)>,
    /// The class and when it changed, once a class was named.
    pub class: Option<(TableClass, Option<Time>)>,
    pub deletion_protection: bool,
    pub restored: Option<Restored>,
}

impl TableDescription {
    /// `LatestStreamLabel`.
    pub fn latest_stream_label(&self) -> Option<&str> {
        self.latest_stream_arn.as_deref()?.rsplit_once('/').map(|(_, label)| label)
    }
}

impl Provisioned {
    fn describe(&self, now: Time) -> ThroughputDescription {
        let (day, count) = self.decreases;
        ThroughputDescription {
            read: self.units.read,
            write: self.units.write,
            increased: self.increased,
            decreased: self.decreased,
            decreases_today: if day == now.secs().div_euclid(86_400) { count } else { 0 },
        }
    }
}

impl Index {
    fn describe(&self, table: &Table, now: Time) -> IndexDescription {
        let (items, bytes) = self.counted.shown(table.created, now, &self.rows);
        let making = self.status == Status::Creating && table.status != Status::Creating;
        IndexDescription {
            name: self.name.clone(),
            arn: format!("{}/index/{}", table.arn, self.name),
            kind: self.kind,
            key: self.key.clone(),
            projection: self.projection.clone(),
            status: self.status,
            backfilling: making.then(|| self.created.plus(INDEX_ALLOCATION) <= now),
            throughput: self.throughput.describe(now),
            items,
            bytes,
        }
    }
}

impl Table {
    /// Whether its encryption is being changed.
    pub(crate) fn encrypting(&self, now: Time) -> bool {
        self.encryption_changed.is_some_and(|at| at.plus(ENCRYPTION_UPDATE) > now)
    }

    /// The table as it is described at `now`.
    pub fn describe(&self, now: Time) -> TableDescription {
        let (items, bytes) = self.counted.shown(self.created, now, &self.rows);
        let on_demand = self.billing == BillingMode::PayPerRequest;
        let billing = (on_demand || self.billing_changed.is_some())
            .then(|| (self.billing, self.billing_changed.filter(|_| on_demand)));
        TableDescription {
            name: self.name.clone(),
            id: self.id.clone(),
            arn: self.arn.clone(),
            status: self.status,
            created: self.created,
            attributes: self.attributes.clone(),
            key: self.key.clone(),
            throughput: self.throughput.describe(now),
            billing,
            items,
            bytes,
            indexes: self.indexes.values().map(|index| index.describe(self, now)).collect(),
            stream: self.stream,
            latest_stream_arn: self.stream_arn.clone(),
            encryption: self.encryption.clone().map(|spec| (spec, self.encrypting(now))),
            class: self.class_changed.map(|at| (self.class, Some(at))),
            deletion_protection: self.deletion_protection,
            restored: self.restored.clone(),
        }
    }
}

/// `DescribeEndpoints`: the address, and for how many minutes it may be kept.
pub fn endpoint(place: &Place) -> (String, u64) {
    (format!("dynamodb.{}.amazonaws.com", place.region), 1440)
}

//! `UpdateTable`: capacity, billing, indexes, stream and settings of a table.
//!
//! Capacity, billing mode and class change when the update is over; indexes are made and go in
//! their own time, one at a time. The rest is at once.
//!
//! Source: API reference, `UpdateTable`; developer guide, "Managing global secondary indexes",
//! "Quotas: decreasing provisioned throughput".

mod plan;

use std::time::Duration;

use super::super::context::{Cx, What};
use super::super::error::{ApiError, table_not_found, validation};
use super::super::key::ScalarType;
use super::super::place::table_name;
use super::super::state::{Region, State};
use super::super::time::Time;
use super::check::IndexPlan;
use super::describe::TableDescription;
use super::durations::{
    CAPACITY_UPDATE, CLASS_PERIOD, INDEX_ALLOCATION, INDEX_DELETION, INDEX_FILLING,
    INDEX_FILLING_BYTES_PER_S, ON_DEMAND_PERIOD,
};
use super::spec::{BillingMode, EncryptionSpec, IndexSpec, StreamSpec, TableClass, Throughput};
use super::{Index, Pending, Provisioned, Status, Table};
use plan::{Plan, StreamChange};

/// Switches to on-demand billing in [`ON_DEMAND_PERIOD`].
pub const ON_DEMAND_SWITCHES_MAX: usize = 4;
/// Changes of class in [`CLASS_PERIOD`].
pub const CLASS_SWITCHES_MAX: usize = 2;

/// One element of `GlobalSecondaryIndexUpdates`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum IndexUpdate {
    Create(IndexSpec),
    Update(String, Throughput),
    Delete(String),
}

impl IndexUpdate {
    fn name(&self) -> &str {
        match self {
            Self::Create(spec) => &spec.name,
            Self::Update(name, _) | Self::Delete(name) => name,
        }
    }
}

/// What `UpdateTable` asks for.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct TableUpdate {
    pub name: String,
    pub attributes: Vec<(String, ScalarType)>,
    pub billing: Option<BillingMode>,
    pub throughput: Option<Throughput>,
    pub indexes: Vec<IndexUpdate>,
    pub stream: Option<StreamSpec>,
    pub encryption: Option<EncryptionSpec>,
    pub class: Option<TableClass>,
    pub deletion_protection: Option<bool>,
}

impl TableUpdate {
    fn is_empty(&self) -> bool {
        self.throughput.is_none()
            && self.billing.is_none()
            && self.indexes.is_empty()
            && self.stream.is_none()
            && self.encryption.is_none()
            && self.class.is_none()
            && self.deletion_protection.is_none()
    }
}

impl State {
    /// `UpdateTable`.
    ///
    /// # Errors
    /// There is no such table, something is being done with it, or it cannot be so.
    pub fn update_table(
        &mut self,
        cx: &mut Cx<'_>,
        update: &TableUpdate,
    ) -> Result<TableDescription, ApiError> {
        let name = table_name(&cx.place, &update.name)?;
        if update.is_empty() {
            return Err(validation(
                "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, \
                 GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, \
                 MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, \
                 DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is \
                 required",
            ));
        }
        let region = self.region_of(&cx.place, name)?;
        let table = region.tables.get(name).ok_or_else(|| table_not_found(name))?;
        let plan = Plan::of(region, table, cx, update)?;
        region.update(cx, name, update, plan);
        let table = region.tables.get(name).ok_or_else(|| table_not_found(name))?;
        Ok(table.describe(cx.now))
    }
}

impl Provisioned {
    /// Makes new capacity count.
    pub(crate) fn change(&mut self, units: Throughput, now: Time) {
        let old = std::mem::replace(&mut self.units, units);
        if units.read > old.read || units.write > old.write {
            self.increased = Some(now);
        }
        if units.read < old.read || units.write < old.write {
            let day = now.secs().div_euclid(86_400);
            let count = if self.decreases.0 == day { self.decreases.1 } else { 0 };
            self.decreases = (day, count + 1);
            self.decreased = Some(now);
        }
    }
}

impl Region {
    /// Puts an update that was found right into effect.
    fn update(&mut self, cx: &mut Cx<'_>, name: &str, update: &TableUpdate, plan: Plan) {
        let Some(mut table) = self.tables.remove(name) else { return };
        if let Some(protection) = update.deletion_protection {
            if protection != table.deletion_protection {
                table.protection_changed = Some(cx.now);
            }
            table.deletion_protection = protection;
        }
        if let Some(encryption) = &update.encryption {
            table.encryption = Some(encryption.clone());
            table.encryption_changed = Some(cx.now);
        }
        let stream = match plan.stream {
            StreamChange::Keep => None,
            StreamChange::Open(_) => Some("ENABLE"),
            StreamChange::Close => Some("DISABLE"),
        };
        if !plan.wait.is_zero() {
            let (throughput, billing) = (update.throughput, update.billing);
            table.pending = Pending { throughput, billing, class: update.class, stream };
        }
        match plan.stream {
            StreamChange::Open(view) => self.open_stream(cx, &mut table, view),
            StreamChange::Close => {
                table.stream = None;
                if let Some(arn) = &table.stream_arn {
                    self.close_stream(cx, arn);
                }
            }
            StreamChange::Keep => {}
        }
        table.update_indexes(cx, update, plan.create);
        if !plan.wait.is_zero() {
            table.status = Status::Updating;
            cx.at(cx.now.plus(plan.wait), What::TableActive(table.reference()));
        }
        self.tables.insert(name.to_owned(), table);
    }
}

impl Table {
    fn update_indexes(&mut self, cx: &mut Cx<'_>, update: &TableUpdate, create: Option<IndexPlan>) {
        let of = self.reference();
        for one in &update.indexes {
            match one {
                IndexUpdate::Create(_) => {}
                IndexUpdate::Delete(name) => {
                    let Some(index) = self.indexes.get_mut(name) else { continue };
                    index.status = Status::Deleting;
                    index.ready = cx.now.plus(INDEX_DELETION);
                    cx.at(index.ready, What::IndexGone(of.clone(), name.clone()));
                }
                IndexUpdate::Update(name, units) => {
                    let Some(index) = self.indexes.get_mut(name) else { continue };
                    index.status = Status::Updating;
                    index.next = Some(*units);
                    index.ready = cx.now.plus(CAPACITY_UPDATE);
                    cx.at(index.ready, What::IndexActive(of.clone(), name.clone()));
                }
            }
        }
        if let Some(plan) = create {
            let filling = Duration::from_secs(self.rows.bytes() / INDEX_FILLING_BYTES_PER_S);
            let ready = cx.now.plus(INDEX_ALLOCATION + INDEX_FILLING + filling);
            cx.at(ready, What::IndexActive(of, plan.name.clone()));
            for attribute in plan.key.attributes() {
                if !self.attributes.iter().any(|(name, _)| *name == attribute.name) {
                    self.attributes.push((attribute.name.clone(), attribute.kind));
                }
            }
            let index = Index { ready, ..Index::new(plan, cx.now, Status::Creating) };
            self.indexes.insert(index.name.clone(), index);
        }
    }

    /// Makes what was waiting for the update count.
    pub(crate) fn finish_update(&mut self, now: Time) {
        self.status = Status::Active;
        let pending = std::mem::take(&mut self.pending);
        if let Some(units) = pending.throughput {
            self.throughput.change(units, now);
        }
        if let Some(billing) = pending.billing.filter(|billing| *billing != self.billing) {
            self.billing = billing;
            self.billing_changed = Some(now);
            if billing == BillingMode::PayPerRequest {
                let recent = |at: &Time| at.plus(ON_DEMAND_PERIOD) > now;
                self.on_demand_switches.retain(recent);
                self.on_demand_switches.push(now);
                self.throughput.units = Throughput::default();
                for index in self.indexes.values_mut() {
                    index.throughput.units = Throughput::default();
                }
            }
        }
        if let Some(class) = pending.class.filter(|class| *class != self.class) {
            self.class = class;
            self.class_changed = Some(now);
            self.class_switches.retain(|at| at.plus(CLASS_PERIOD) > now);
            self.class_switches.push(now);
        }
    }
}

//! `UpdateTable`: capacity, billing, indexes, stream and settings of a table.
//!
//! Capacity, billing mode and class change when the update is over; indexes are made and go in
//! their own time, one at a time. The rest is at once.
//!
//! Source: API reference, `UpdateTable`; developer guide, "Managing global secondary indexes",
//! "Quotas: decreasing provisioned throughput".

use std::time::Duration;

use super::super::error::ApiError;
use super::super::key::{ScalarType, invalid};
use super::super::state::{Cx, Region, State, What, limit_exceeded, table_name, table_not_found};
use super::super::time::Time;
use super::check::{self, Definitions, IndexPlan};
use super::describe::TableDescription;
use super::spec::{
    BillingMode, EncryptionSpec, IndexSpec, StreamSpec, StreamView, TableClass, Throughput,
};
use super::{Index, IndexKind, Status, Table};

/// How long a table is `UPDATING`.
pub const TABLE_UPDATE: Duration = Duration::from_secs(10);
/// How long a new index waits for its resources before it is filled.
pub const INDEX_ALLOCATION: Duration = Duration::from_mins(1);
/// How long filling an index takes at least; even an empty table's takes minutes.
pub const INDEX_FILLING: Duration = Duration::from_mins(4);
/// How fast an index is filled beyond that: bytes in each second of lab time.
pub const INDEX_FILLING_BYTES_PER_S: u64 = 1 << 20;
/// How long an index is `DELETING`.
pub const INDEX_DELETION: Duration = Duration::from_secs(30);
/// In which time a table may switch to on-demand billing [`ON_DEMAND_SWITCHES_MAX`] times.
pub const ON_DEMAND_PERIOD: Duration = Duration::from_hours(24);
/// Switches to on-demand billing in [`ON_DEMAND_PERIOD`].
pub const ON_DEMAND_SWITCHES_MAX: usize = 4;
const DECREASES_AT_ONCE: u64 = 4;
const DECREASES_MAX: u64 = 27;

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
            return Err(ApiError::validation(
                "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, \
                 GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required",
            ));
        }
        let region = self.region_mut(&cx.place);
        let table = region.tables.get(name).ok_or_else(|| table_not_found(name))?;
        let plan = Plan::of(table, cx.now, update)?;
        region.update(cx, name, update, plan);
        let table = region.tables.get(name).ok_or_else(|| table_not_found(name))?;
        Ok(table.describe(cx.now))
    }
}

/// What becomes of the stream.
enum StreamChange {
    Keep,
    Open(StreamView),
    Close,
}

/// An update that was found right.
struct Plan {
    create: Option<IndexPlan>,
    stream: StreamChange,
    slow: bool,
}

impl Plan {
    fn of(table: &Table, now: Time, update: &TableUpdate) -> Result<Self, ApiError> {
        table.settled()?;
        let billing = update.billing.unwrap_or(table.billing);
        check_billing(table, now, update, billing)?;
        let create = check_indexes(table, update, billing, now)?;
        let stream = check_stream(table, update)?;
        let slow = update.throughput.is_some()
            || update.billing.is_some()
            || update.class.is_some()
            || update.stream.is_some()
            || update.encryption.is_some()
            || !update.indexes.is_empty();
        Ok(Self { create, stream, slow })
    }
}

fn check_stream(table: &Table, update: &TableUpdate) -> Result<StreamChange, ApiError> {
    let Some(spec) = update.stream else { return Ok(StreamChange::Keep) };
    let refused = |what: &str| Err(ApiError::validation(format!("{what}: {}", table.name)));
    match (check::stream(spec)?, table.stream) {
        (Some(_), Some(_)) => refused("Table already has an enabled stream: TableName"),
        (None, None) => refused("Table has no stream to disable: TableName"),
        (Some(view), None) => Ok(StreamChange::Open(view)),
        (None, Some(_)) => Ok(StreamChange::Close),
    }
}

fn check_billing(
    table: &Table,
    now: Time,
    update: &TableUpdate,
    billing: BillingMode,
) -> Result<(), ApiError> {
    if billing == BillingMode::PayPerRequest {
        check::table_throughput(billing, update.throughput)?;
        let recent = table.on_demand_switches.iter().filter(|at| at.plus(ON_DEMAND_PERIOD) > now);
        if table.billing == BillingMode::Provisioned && recent.count() >= ON_DEMAND_SWITCHES_MAX {
            return Err(limit_exceeded(format!(
                "Subscriber limit exceeded: Update to PayPerRequest mode are limited to \
                 {ON_DEMAND_SWITCHES_MAX} times in 1 day(s)."
            )));
        }
        return Ok(());
    }
    if table.billing == BillingMode::PayPerRequest {
        check::table_throughput(billing, update.throughput)?;
        return Ok(());
    }
    let Some(units) = update.throughput else { return Ok(()) };
    check::table_throughput(billing, Some(units))?;
    let current = table.throughput.units;
    if units == current && update.billing.is_none() {
        return Err(ApiError::validation(format!(
            "The provisioned throughput for the table will not change. The requested value equals \
             the current value. Current ReadCapacityUnits provisioned for the table: {}. Requested \
             ReadCapacityUnits: {}. Current WriteCapacityUnits provisioned for the table: {}. \
             Requested WriteCapacityUnits: {}. Refer to the Amazon DynamoDB Developer Guide for \
             current limits and how to request higher limits.",
            current.read, units.read, current.write, units.write
        )));
    }
    table.throughput.may_change(units, now)
}

fn check_indexes(
    table: &Table,
    update: &TableUpdate,
    billing: BillingMode,
    now: Time,
) -> Result<Option<IndexPlan>, ApiError> {
    let mut seen = std::collections::BTreeSet::new();
    let (mut create, mut online) = (None, 0);
    for one in &update.indexes {
        let name = one.name();
        if !seen.insert(name) {
            return Err(invalid(format!(
                "Only one global secondary index update per index is allowed simultaneously. \
                 Index: {name}"
            )));
        }
        match one {
            IndexUpdate::Create(spec) => {
                online += 1;
                create = Some(new_index(table, update, billing, spec)?);
            }
            IndexUpdate::Delete(name) => {
                online += 1;
                existing(table, name)?;
            }
            IndexUpdate::Update(name, units) => {
                let index = existing(table, name)?;
                check::index_throughput(billing, name, Some(*units))?;
                index.throughput.may_change(*units, now)?;
            }
        }
    }
    if table.billing == BillingMode::PayPerRequest && billing == BillingMode::Provisioned {
        let given = |name: &String| update.indexes.iter().any(|one| one.name() == name);
        let globals = table.indexes.values().filter(|index| index.kind == IndexKind::Global);
        if let Some(index) = globals.map(|index| &index.name).find(|name| !given(name)) {
            check::index_throughput(billing, index, None)?;
        }
    }
    let busy =
        table.indexes.values().any(|i| matches!(i.status, Status::Creating | Status::Deleting));
    if online > 1 || (online == 1 && busy) {
        return Err(limit_exceeded(
            "Subscriber limit exceeded: Only 1 online index can be created or deleted \
             simultaneously per table",
        ));
    }
    Ok(create)
}

fn new_index(
    table: &Table,
    update: &TableUpdate,
    billing: BillingMode,
    spec: &IndexSpec,
) -> Result<IndexPlan, ApiError> {
    let mut definitions = table.attributes.clone();
    for (name, kind) in &update.attributes {
        match definitions.iter().find(|(defined, _)| defined == name) {
            Some((_, known)) if known != kind => {
                return Err(invalid(format!(
                    "Attributes cannot be redefined. Please check that your attribute has the \
                     same type as previously defined. Existing schema: Schema:[SchemaElement: \
                     key{{{name}:{}:HASH}}] New schema: Schema:[SchemaElement: \
                     key{{{name}:{}:HASH}}]",
                    known.name(),
                    kind.name()
                )));
            }
            Some(_) => {}
            None => definitions.push((name.clone(), *kind)),
        }
    }
    let plan = check::global(Definitions(&definitions), billing, spec)?;
    if table.indexes.contains_key(&plan.name) {
        return Err(ApiError::validation(format!(
            "Attempting to create an index which already exists: {}",
            plan.name
        )));
    }
    let globals = table.indexes.values().filter(|index| index.kind == IndexKind::Global);
    check::global_count(globals.count() + 1)?;
    let projections = table.indexes.values().map(|index| &index.projection);
    check::projected(projections.chain([&plan.projection]))?;
    let keys = table.indexes.values().map(|index| &index.key);
    Definitions(&definitions).all_used(&table.key, keys.chain([&plan.key]))?;
    Ok(plan)
}

fn existing<'a>(table: &'a Table, name: &str) -> Result<&'a Index, ApiError> {
    let found = table.indexes.get(name).filter(|index| index.kind == IndexKind::Global);
    let index = found.ok_or_else(|| {
        let message = format!("Requested resource not found: Index: {name} not found");
        ApiError::new(400, "ResourceNotFoundException", message)
    })?;
    match index.status {
        Status::Active => Ok(index),
        _ => Err(super::super::state::in_use(format!(
            "Attempt to change a resource which is still in use: Index is being {}: {name}",
            if index.status == Status::Deleting { "deleted" } else { "updated" }
        ))),
    }
}

impl super::Provisioned {
    /// # Errors
    /// The capacity was lowered too often today.
    fn may_change(&self, units: Throughput, now: Time) -> Result<(), ApiError> {
        if units.read >= self.units.read && units.write >= self.units.write {
            return Ok(());
        }
        let (day, count) = self.decreases;
        let count = if day == now.secs().div_euclid(86_400) { count } else { 0 };
        // Four at any time of a day, then one more for each hour without one.
        let an_hour_ago = now.minus(Duration::from_hours(1));
        let rested = self.decreased.is_none_or(|at| at <= an_hour_ago);
        if count < DECREASES_AT_ONCE || (rested && count < DECREASES_MAX) {
            return Ok(());
        }
        Err(limit_exceeded(format!(
            "Subscriber limit exceeded: Provisioned throughput decreases are limited within a \
             given UTC day. After the first {DECREASES_AT_ONCE} decreases, each subsequent \
             decrease in the same UTC day can be performed at most once every 3600 seconds. \
             Number of decreases today: {count}."
        )))
    }

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
            table.deletion_protection = protection;
        }
        if let Some(encryption) = &update.encryption {
            table.encryption = Some(encryption.clone());
        }
        table.pending = super::Pending {
            throughput: update.throughput,
            billing: update.billing,
            class: update.class,
        };
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
        let wait = if plan.create.is_some() { INDEX_ALLOCATION } else { TABLE_UPDATE };
        table.update_indexes(cx, update, plan.create);
        if plan.slow {
            table.status = Status::Updating;
            cx.at(cx.now.plus(wait), What::TableActive(table.reference()));
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
                    cx.at(cx.now.plus(INDEX_DELETION), What::IndexGone(of.clone(), name.clone()));
                }
                IndexUpdate::Update(name, units) => {
                    let Some(index) = self.indexes.get_mut(name) else { continue };
                    index.status = Status::Updating;
                    index.next = Some(*units);
                    cx.at(cx.now.plus(TABLE_UPDATE), What::IndexActive(of.clone(), name.clone()));
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
            let index = Index::new(plan, cx.now, Status::Creating);
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
        if let Some(class) = pending.class {
            self.class = class;
            self.class_changed = Some(now);
        }
    }
}

//! Whether a table may be changed as a request wants it.
//!
//! A request changes one thing: what may go with what, and what must wait for what, is as the
//! service was seen to have it.

use std::collections::BTreeSet;
use std::time::Duration;

use super::super::super::context::Cx;
use super::super::super::error::{ApiError, in_use, limit_exceeded, validation};
use super::super::super::key::invalid;
use super::super::super::state::Region;
use super::super::super::time::{Time, label, minus};
use super::super::check::{self, Definitions, IndexPlan};
use super::super::durations::{
    BILLING_UPDATE, CAPACITY_UPDATE, CLASS_PERIOD, CLASS_UPDATE, INDEX_ALLOCATION, INDEX_DELETION,
    ON_DEMAND_PERIOD, PROTECTION_COOLDOWN, STREAM_UPDATE,
};
use super::super::faults::Faults;
use super::super::quota::{self, Wanted};
use super::super::spec::{BillingMode, IndexSpec, StreamView, Throughput};
use super::super::{Index, IndexKind, Provisioned, Status, Table};
use super::{CLASS_SWITCHES_MAX, IndexUpdate, ON_DEMAND_SWITCHES_MAX, TableUpdate};

const DECREASES_AT_ONCE: u64 = 4;
const DECREASES_MAX: u64 = 27;

/// What becomes of the stream.
pub(super) enum StreamChange {
    Keep,
    Open(StreamView),
    Close,
}

/// An update that was found right.
pub(super) struct Plan {
    pub(super) create: Option<IndexPlan>,
    pub(super) stream: StreamChange,
    /// How long the table is `UPDATING`.
    pub(super) wait: Duration,
}

impl Plan {
    pub(super) fn of(
        region: &Region,
        table: &Table,
        cx: &Cx<'_>,
        update: &TableUpdate,
    ) -> Result<Self, ApiError> {
        goes_together(update)?;
        admitted(table, cx.now, update)?;
        check_protection(table, cx.now, update)?;
        check_class(table, cx.now, update)?;
        let billing = update.billing.unwrap_or(table.billing);
        check_billing(table, cx.now, update, billing)?;
        let create = check_indexes(table, update, billing, cx.now)?;
        region.check_quota(cx, table, update)?;
        let stream = check_stream(table, update)?;
        let wait = wait(table, update);
        Ok(Self { create, stream, wait })
    }
}

fn iops(update: &TableUpdate) -> bool {
    let index = |one: &IndexUpdate| matches!(one, IndexUpdate::Update(..));
    update.throughput.is_some()
        || update.billing == Some(BillingMode::Provisioned)
        || update.indexes.iter().any(index)
}

fn online(update: &TableUpdate) -> bool {
    update.indexes.iter().any(|one| !matches!(one, IndexUpdate::Update(..)))
}

/// # Errors
/// The request wants things that the service does not do at once.
fn goes_together(update: &TableUpdate) -> Result<(), ApiError> {
    let concerns = [
        (update.encryption.is_some(), "Server-Side Encryption"),
        (update.class.is_some(), "TableClass"),
        (update.deletion_protection.is_some(), "DeletionProtection"),
    ];
    let others =
        iops(update) || update.billing.is_some() || online(update) || update.stream.is_some();
    let count = concerns.iter().filter(|(asked, _)| *asked).count();
    if count + usize::from(others) > 1
        && let Some((_, name)) = concerns.iter().find(|(asked, _)| *asked)
    {
        return Err(invalid(format!(
            "{name} modification must be the only operation in the request"
        )));
    }
    let what = match (iops(update), update.stream.is_some(), online(update)) {
        (true, true, _) => "You cannot modify stream status while updating table IOPS",
        (true, _, true) => "You cannot create or delete index while updating table IOPS",
        (_, true, true) => "You cannot create or delete index while changing stream status",
        _ => return Ok(()),
    };
    Err(invalid(what))
}

/// # Errors
/// Something else is being done with the table that has to be over first.
fn admitted(table: &Table, now: Time, update: &TableUpdate) -> Result<(), ApiError> {
    let used = |detail: String| {
        Err(in_use(format!("Attempt to change a resource which is still in use: {detail}")))
    };
    let name = &table.name;
    match table.status {
        Status::Creating => return used(format!("Table is being created: {name}")),
        Status::Deleting => return used(format!("Table is being deleted: {name}")),
        Status::Updating | Status::Active => {}
    }
    if update.deletion_protection.is_some() {
        return Ok(());
    }
    if update.encryption.is_some() && table.encrypting(now) {
        return used("Server-Side Encryption is still being updated".into());
    }
    let what = if update.class.is_some() {
        "update table class"
    } else if update.stream.is_some() {
        "enable or disable stream"
    } else if online(update) {
        "create or delete index"
    } else {
        "change table IOPS"
    };
    let pending = &table.pending;
    if table.status == Status::Updating {
        if pending.throughput.is_some() || pending.billing.is_some() {
            return used(match what {
                "change table IOPS" => {
                    format!("Table IOPS are currently being updated. Table: {name}")
                }
                _ => format!("Can't {what} while table IOPS are being updated. Table: {name}"),
            });
        }
        if let Some(class) = pending.class {
            return used(format!(
                "Can't {what} when a table class update is in progress. Table: {name} \
                 TableClassUpdateInProgress: {}",
                class.name()
            ));
        }
        if let Some(operation) = pending.stream {
            let arn = table.stream_arn.as_deref().unwrap_or_default();
            let label = arn.rsplit_once('/').map_or("", |(_, label)| label);
            let detail = format!("Table: {name} Stream: {label} Operation: {operation}");
            return used(match what {
                "enable or disable stream" => {
                    format!("A stream status change is currently in progress. {detail}")
                }
                _ => format!("Can't {what} when stream status is being updated. {detail}"),
            });
        }
    }
    let busy = |index: &&Index| matches!(index.status, Status::Creating | Status::Deleting);
    if let Some(index) = table.indexes.values().find(busy).filter(|_| !online(update)) {
        let doing = if index.status == Status::Creating { "created" } else { "deleted" };
        let what = if update.stream.is_some() { "change stream status" } else { what };
        return used(format!(
            "Can't {what} when an index is being {doing}. Table: {name} Indexes: [{}]",
            index.name
        ));
    }
    Ok(())
}

fn check_protection(table: &Table, now: Time, update: &TableUpdate) -> Result<(), ApiError> {
    let toggles = update.deletion_protection.is_some_and(|on| on != table.deletion_protection);
    let until = table.protection_changed.map(|at| at.plus(PROTECTION_COOLDOWN));
    match until.filter(|until| toggles && *until > now) {
        Some(until) => Err(ApiError::new(
            400,
            "ThrottlingException",
            format!(
                "Deletion protection setting for table {} modified within the previous {} \
                 milliseconds. Please try again after {}Z",
                table.name,
                PROTECTION_COOLDOWN.as_millis(),
                label(until)
            ),
        )),
        None => Ok(()),
    }
}

fn check_class(table: &Table, now: Time, update: &TableUpdate) -> Result<(), ApiError> {
    let recent = table.class_switches.iter().filter(|at| at.plus(CLASS_PERIOD) > now);
    if update.class.is_some() && recent.count() >= CLASS_SWITCHES_MAX {
        return Err(limit_exceeded(format!(
            "Subscriber limit exceeded: Updates to TableClass are limited to {CLASS_SWITCHES_MAX} \
             times in 30 day(s)."
        )));
    }
    Ok(())
}

fn check_stream(table: &Table, update: &TableUpdate) -> Result<StreamChange, ApiError> {
    let Some(spec) = update.stream else { return Ok(StreamChange::Keep) };
    let refused = |what: &str| Err(validation(format!("{what}: {}", table.name)));
    match (spec.enabled, spec.view, table.stream) {
        (true, None, _) => {
            Err(invalid("If stream is being enabled then UpdateViewType is required"))
        }
        (false, Some(_), _) => {
            Err(invalid("If stream is being disabled, then UpdateViewType must not be specified"))
        }
        (true, Some(_), Some(_)) => refused("Table already has an enabled stream: TableName"),
        (false, None, None) => refused("Table has no stream to disable: TableName"),
        (true, Some(view), None) => Ok(StreamChange::Open(view)),
        (false, None, Some(_)) => Ok(StreamChange::Close),
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
    let Some(units) = update.throughput else {
        if table.billing == BillingMode::PayPerRequest {
            return Err(invalid(
                "ProvisionedThroughput must be specified when BillingMode is PROVISIONED",
            ));
        }
        return Ok(());
    };
    check::table_throughput(billing, Some(units))?;
    if table.billing == BillingMode::PayPerRequest {
        return Ok(());
    }
    table.throughput.may_change("table", "table", units, now)
}

fn check_indexes(
    table: &Table,
    update: &TableUpdate,
    billing: BillingMode,
    now: Time,
) -> Result<Option<IndexPlan>, ApiError> {
    let mut seen = BTreeSet::new();
    let (mut create, mut online) = (None, 0);
    constraints(update)?;
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
                online += usize::from(deletable(table, name, now)?);
            }
            IndexUpdate::Update(name, units) => {
                let index = existing(table, name, "update")?;
                ready(table, index)?;
                check::updated_throughput(billing, name, Some(*units))?;
                let (what, short) = (format!("index {name}"), "index");
                if table.billing == BillingMode::Provisioned {
                    index.throughput.may_change(&what, short, *units, now)?;
                }
            }
        }
    }
    if table.billing == BillingMode::PayPerRequest && billing == BillingMode::Provisioned {
        let globals = table.indexes.values().filter(|index| index.kind == IndexKind::Global);
        if let Some(index) = globals.map(|index| index.name.as_str()).find(|n| !seen.contains(n)) {
            check::updated_throughput(billing, index, None)?;
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

/// What the indexes that are to be made break of the model.
fn constraints(update: &TableUpdate) -> Result<(), ApiError> {
    let mut faults = Faults::default();
    for (at, one) in update.indexes.iter().enumerate() {
        if let IndexUpdate::Create(spec) = one {
            faults.index(&format!("globalSecondaryIndexUpdates.{}.member.create", at + 1), spec);
        }
    }
    faults.finish()
}

fn new_index(
    table: &Table,
    update: &TableUpdate,
    billing: BillingMode,
    spec: &IndexSpec,
) -> Result<IndexPlan, ApiError> {
    let mut definitions = table.attributes.clone();
    for (name, kind) in &update.attributes {
        // A type that is known stays: the service passes over another one.
        if !definitions.iter().any(|(defined, _)| defined == name) {
            definitions.push((name.clone(), *kind));
        }
    }
    if spec.keys.iter().any(|(name, _)| !definitions.iter().any(|(defined, _)| defined == name)) {
        let what = format!("AttributeDefinitions is not specified for index: {}", spec.name);
        return Err(invalid(what));
    }
    let units = check::updated_throughput(billing, &spec.name, spec.throughput)?;
    let plan = check::global(Definitions(&definitions), units, spec)?;
    if table.indexes.contains_key(&plan.name) {
        return Err(validation("Attempting to create an index which already exists"));
    }
    let globals = table.indexes.values().filter(|index| index.kind == IndexKind::Global);
    if globals.count() >= check::GLOBALS_MAX {
        return Err(limit_exceeded(format!(
            "Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit \
             of {}",
            check::GLOBALS_MAX
        )));
    }
    let projections = table.indexes.values().map(|index| &index.projection);
    check::projected(projections.chain([&plan.projection]))?;
    let keys = table.indexes.values().map(|index| &index.key);
    Definitions(&definitions).all_used(&table.key, keys.chain([&plan.key]))?;
    Ok(plan)
}

fn existing<'a>(table: &'a Table, name: &str, verb: &str) -> Result<&'a Index, ApiError> {
    let index = table.indexes.get(name).ok_or_else(|| {
        let message =
            format!("Requested resource not found: Index {name} for table {}", table.name);
        ApiError::new(400, "ResourceNotFoundException", message)
    })?;
    if index.kind == IndexKind::Local {
        return Err(validation(format!(
            "Cannot {verb} an index that is not a GlobalSecondaryIndex: {name}"
        )));
    }
    Ok(index)
}

/// # Errors
/// The index is being changed.
fn ready(table: &Table, index: &Index) -> Result<(), ApiError> {
    let doing = match index.status {
        Status::Active => return Ok(()),
        Status::Creating => "created",
        Status::Updating => "updated",
        Status::Deleting => "deleted",
    };
    Err(in_use(format!(
        "Attempt to change a resource which is still in use: Index is being {doing}. Table: {} \
         Index: {}",
        table.name, index.name
    )))
}

/// Whether an index is deleted as a change of its own; one that is being filled is given up.
fn deletable(table: &Table, name: &str, now: Time) -> Result<bool, ApiError> {
    let index = existing(table, name, "delete")?;
    if index.status != Status::Creating {
        ready(table, index)?;
        return Ok(true);
    }
    if index.created.plus(INDEX_ALLOCATION) > now {
        return Err(in_use(format!(
            "Attempt to change a resource which is still in use: Index creation is in resource \
             allocation phase. Retry deletion during backfilling phase or when the index is \
             active. Table: {} Index: {name}",
            table.name
        )));
    }
    Ok(false)
}

impl Provisioned {
    /// # Errors
    /// Nothing would change, or the capacity was lowered too often today.
    fn may_change(
        &self,
        what: &str,
        short: &str,
        units: Throughput,
        now: Time,
    ) -> Result<(), ApiError> {
        if units == self.units {
            return Err(validation(format!(
                "The provisioned throughput for the {what} will not change. The requested value \
                 equals the current value. Current ReadCapacityUnits provisioned for the {short}: \
                 {0}. Requested ReadCapacityUnits: {0}. Current WriteCapacityUnits provisioned for \
                 the {short}: {1}. Requested WriteCapacityUnits: {1}. Refer to the Amazon DynamoDB \
                 Developer Guide for current limits and how to request higher limits.",
                units.read, units.write
            )));
        }
        if units.read >= self.units.read && units.write >= self.units.write {
            return Ok(());
        }
        let (day, count) = self.decreases;
        let count = if day == now.secs().div_euclid(86_400) { count } else { 0 };
        // Four at any time of a day, then one more for each hour without one.
        let an_hour_ago = minus(now, Duration::from_hours(1));
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
}

impl Region {
    fn check_quota(
        &self,
        cx: &Cx<'_>,
        table: &Table,
        update: &TableUpdate,
    ) -> Result<(), ApiError> {
        let mut wanted: Vec<Wanted<'_>> = Vec::new();
        wanted.extend(update.throughput.map(|units| (None, table.throughput.units, units)));
        for one in &update.indexes {
            match one {
                IndexUpdate::Create(spec) => {
                    let units = spec.throughput.unwrap_or_default();
                    wanted.push((Some(&spec.name), Throughput::default(), units));
                }
                IndexUpdate::Update(name, units) => {
                    let old = table.indexes.get(name).map(|index| index.throughput.units);
                    wanted.push((Some(name), old.unwrap_or_default(), *units));
                }
                IndexUpdate::Delete(_) => {}
            }
        }
        quota::check(self, &cx.place, &wanted)
    }
}

fn wait(table: &Table, update: &TableUpdate) -> Duration {
    let index = update.indexes.iter().map(|one| match one {
        IndexUpdate::Create(_) => INDEX_ALLOCATION,
        IndexUpdate::Update(..) => CAPACITY_UPDATE,
        IndexUpdate::Delete(_) => INDEX_DELETION,
    });
    let waits = [
        update.throughput.map(|_| CAPACITY_UPDATE),
        update.billing.filter(|billing| *billing != table.billing).map(|_| BILLING_UPDATE),
        update.class.filter(|class| *class != table.class).map(|_| CLASS_UPDATE),
        update.stream.map(|_| STREAM_UPDATE),
    ];
    waits.into_iter().flatten().chain(index).max().unwrap_or_default()
}

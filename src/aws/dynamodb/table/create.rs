//! How tables begin and end, and what becomes of them when their time has come.
//!
//! The times are of the order that one sees in the service, which promises none.
//!
//! Source: API reference, `CreateTable`, `DeleteTable`, `ListTables`.

use std::collections::BTreeMap;

use rpds::RedBlackTreeMapSync;

use super::super::capacity::{Meter, Partitions};
use super::super::context::{Cx, TableRef, What};
use super::super::error::{ApiError, in_use, limit_exceeded, table_not_found, validation};
use super::super::place::{Place, table_name};
use super::super::rows::Rows;
use super::super::state::{Region, State, TABLES_MAX};
use super::super::tags;
use super::super::time::Time;
use super::super::ttl::Ttl;
use super::super::write::Change;
use super::check::{self, IndexPlan, constraint};
use super::describe::TableDescription;
use super::durations::{TABLE_CREATION, TABLE_DELETION};
use super::quota;
use super::spec::{TableSpec, Throughput};
use super::{Counted, Index, Pending, Provisioned, Status, Table};

const IN_USE: &str = "Attempt to change a resource which is still in use";
/// Names in a page of a list.
const LIST_MAX: usize = 100;

impl State {
    /// `CreateTable`.
    ///
    /// # Errors
    /// Whatever is wrong with the table's definition; the name is in use; there are too many.
    pub fn create_table(
        &mut self,
        cx: &mut Cx<'_>,
        spec: &TableSpec,
    ) -> Result<TableDescription, ApiError> {
        let plan = check::table(spec)?;
        tags::check(&spec.tags)?;
        let untouched = Region::default();
        let region = self.region(&cx.place).unwrap_or(&untouched);
        if let Some(table) = region.tables.get(&spec.name) {
            return Err(in_use(match table.status {
                Status::Creating => format!("{IN_USE}: Table is being created: {}", spec.name),
                _ => format!("Table already exists: {}", spec.name),
            }));
        }
        region.room_for_table()?;
        let mut wanted = vec![(None, Throughput::default(), plan.throughput)];
        wanted.extend(
            plan.indexes.iter().map(|i| (Some(&*i.name), Throughput::default(), i.throughput)),
        );
        quota::check(region, &cx.place, &wanted)?;
        let index =
            |plan: IndexPlan| (plan.name.clone(), Index::new(plan, cx.now, Status::Creating));
        let indexes = plan.indexes.into_iter().map(index).collect();
        let mut table = Table {
            name: spec.name.clone(),
            id: cx.uuid(),
            arn: format!("{}/{}", table_arns(&cx.place), spec.name),
            status: Status::Creating,
            created: cx.now,
            attributes: spec.attributes.clone(),
            key: plan.key,
            billing: plan.billing,
            on_demand_switches: Vec::new(),
            billing_changed: spec.billing.map(|_| cx.now),
            throughput: Provisioned::new(plan.throughput),
            class: spec.class.unwrap_or_default(),
            class_changed: spec.class.map(|_| cx.now),
            class_switches: Vec::new(),
            protection_changed: None,
            encryption_changed: None,
            active_since: None,
            encryption: spec.encryption.clone(),
            deletion_protection: spec.deletion_protection,
            tags: spec.tags.iter().cloned().collect(),
            stream: None,
            stream_arn: None,
            indexes,
            ttl: Ttl::default(),
            rows: Rows::default(),
            collections: RedBlackTreeMapSync::default(),
            counted: Counted::default(),
            pending: Pending::default(),
            meter: Meter::new(cx.now),
            partitions: Partitions::default(),
            recovery: None,
            restored: None,
        };
        let region = self.region_mut(&cx.place);
        if let Some(view) = plan.stream {
            region.open_stream(cx, &mut table, view);
        }
        cx.at(cx.now.plus(TABLE_CREATION), What::TableActive(table.reference()));
        let description = table.describe(cx.now);
        region.tables.insert(table.name.clone(), table);
        Ok(description)
    }

    /// `DeleteTable`.
    ///
    /// # Errors
    /// There is no such table, it is protected, or something is being done with it.
    pub fn delete_table(
        &mut self,
        cx: &mut Cx<'_>,
        name: &str,
    ) -> Result<TableDescription, ApiError> {
        let name = table_name(&cx.place, name)?;
        let region = self.region_of(&cx.place, name)?;
        let table = region.tables.get_mut(name).ok_or_else(|| table_not_found(name))?;
        table.deletable()?;
        if table.deletion_protection {
            return Err(validation(
                "Resource cannot be deleted as it is currently protected against deletion. \
                 Disable deletion protection first.",
            ));
        }
        table.status = Status::Deleting;
        table.stream = None;
        cx.at(cx.now.plus(TABLE_DELETION), What::TableGone(table.reference()));
        let (arn, description) = (table.stream_arn.clone(), table.describe(cx.now));
        if let Some(arn) = arn {
            region.close_stream(cx, &arn);
        }
        Ok(description)
    }

    /// `DescribeTable`.
    ///
    /// # Errors
    /// There is no such table.
    pub fn describe_table(
        &self,
        place: &Place,
        now: Time,
        name: &str,
    ) -> Result<TableDescription, ApiError> {
        Ok(self.table(place, name)?.describe(now))
    }

    /// `ListTables`: a page of names in their order, and the last one if there are more.
    ///
    /// # Errors
    /// The limit is none.
    pub fn list_tables(
        &self,
        place: &Place,
        after: Option<&str>,
        limit: Option<usize>,
    ) -> Result<(Vec<String>, Option<String>), ApiError> {
        let limit = limit.unwrap_or(LIST_MAX);
        if !(1..=LIST_MAX).contains(&limit) {
            let bound =
                if limit == 0 { "greater than or equal to 1" } else { "less than or equal to 100" };
            let rule = format!("Member must have value {bound}");
            return Err(constraint(&limit.to_string(), "limit", &rule));
        }
        let tables = self.region(place).map(|region| &region.tables);
        let names = tables.into_iter().flat_map(BTreeMap::keys);
        let behind = names.filter(|name| after.is_none_or(|after| name.as_str() > after));
        let mut names: Vec<_> = behind.take(limit + 1).cloned().collect();
        let more = names.len() > limit;
        names.truncate(limit);
        let last = names.last().filter(|_| more).cloned();
        Ok((names, last))
    }
}

/// What the ARNs of a place's tables begin with.
pub(crate) fn table_arns(place: &Place) -> String {
    format!("arn:aws:dynamodb:{}:{}:table", place.region, place.account)
}

impl Provisioned {
    pub(crate) fn new(units: Throughput) -> Self {
        Self { units, ..Self::default() }
    }
}

impl Index {
    pub(crate) fn new(plan: IndexPlan, now: Time, status: Status) -> Self {
        Self {
            name: plan.name,
            kind: plan.kind,
            key: plan.key,
            projection: plan.projection,
            status,
            throughput: Provisioned::new(plan.throughput),
            created: now,
            rows: Rows::default(),
            counted: Counted::default(),
            meter: Meter::new(now),
            next: None,
            ready: now,
        }
    }
}

impl Table {
    /// # Errors
    /// Something is being done with the table that has to be over first.
    fn deletable(&self) -> Result<(), ApiError> {
        let name = &self.name;
        let busy = self.indexes.values().any(|index| index.status != Status::Active);
        let detail = match self.status {
            Status::Creating => format!("Table is being created: {name}"),
            Status::Deleting => format!("Table is being deleted: {name}"),
            _ if busy => {
                "Cannot delete table while indexes are being created, updated, or deleted.".into()
            }
            Status::Updating if self.pending.stream.is_some() => {
                "Cannot delete table while stream is being enabled/disabled.".into()
            }
            Status::Updating => format!("Table: {name} is in the process of being updated."),
            Status::Active => return Ok(()),
        };
        Err(in_use(format!("{IN_USE}: {detail}")))
    }

    /// Fills an index from the table's items. Those without its key are not in it.
    fn fill(&mut self, name: &str) {
        let Some(mut index) = self.indexes.remove(name) else { return };
        for (key, row) in self.rows.iter() {
            if let Some(place) = index.place(&row.item, key) {
                index.rows.insert(place, index.project(&self.key, row));
            }
        }
        index.counted = Counted::of(&index.rows);
        self.indexes.insert(name.to_owned(), index);
    }
}

impl Region {
    /// # Errors
    /// The account has as many tables as it may have here.
    pub(crate) fn room_for_table(&self) -> Result<(), ApiError> {
        if self.tables.len() < TABLES_MAX {
            return Ok(());
        }
        Err(limit_exceeded(format!(
            "Subscriber limit exceeded: There is a limit of {TABLES_MAX} tables per subscriber"
        )))
    }

    pub(crate) fn table_active(&mut self, cx: &mut Cx<'_>, of: &TableRef) {
        let Some(table) = self.same(of) else { return };
        match table.status {
            Status::Creating => {
                table.status = Status::Active;
                table.active_since = Some(cx.now);
                for index in table.indexes.values_mut() {
                    index.status = Status::Active;
                }
                if let Some(restored) = &mut table.restored {
                    restored.in_progress = false;
                }
            }
            Status::Updating => table.finish_update(cx.now),
            Status::Active | Status::Deleting => {}
        }
    }

    pub(crate) fn table_gone(&mut self, cx: &mut Cx<'_>, of: &TableRef) {
        if self.same(of).is_some_and(|table| table.status == Status::Deleting)
            && let Some(table) = self.tables.remove(&of.name)
        {
            self.keep_deleted(cx, table);
        }
    }

    pub(crate) fn index_active(&mut self, cx: &mut Cx<'_>, of: &TableRef, name: &str) {
        let Some(table) = self.same(of) else { return };
        let began = table.created;
        let Some(index) = table.indexes.get_mut(name) else { return };
        let status = index.status;
        if index.ready != cx.now || !matches!(status, Status::Creating | Status::Updating) {
            return;
        }
        index.status = Status::Active;
        if let Some(units) = index.next.take() {
            index.meter.settle(cx.now, index.throughput.units);
            index.throughput.change(units, cx.now);
        }
        if status == Status::Creating {
            table.fill(name);
            if let Some(index) = table.indexes.get_mut(name) {
                index.counted.before_write(began, cx.now, &index.rows);
            }
        }
    }

    pub(crate) fn index_gone(&mut self, cx: &Cx<'_>, of: &TableRef, name: &str) {
        let Some(table) = self.same(of) else { return };
        let over = |index: &Index| index.status == Status::Deleting && index.ready == cx.now;
        if table.indexes.get(name).is_some_and(over) {
            table.indexes.remove(name);
            table.keep_used_attributes();
        }
    }
}

impl Table {
    /// Takes items back to what they were, with the indexes: for a restored table.
    pub(crate) fn take_back(&mut self, change: &Change) {
        change.store(self);
    }
}

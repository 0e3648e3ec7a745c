//! Whether a table or an index may be as a request wants it, and what it is then.
//!
//! The order of the checks is the service's where it is known. Indexes with more than one attribute
//! in a part of their key (November 2025) are refused.
//!
//! Source: API reference, `CreateTable`; developer guide, "Quotas".

use std::collections::BTreeSet;

use super::super::error::{ApiError, validation};
use super::super::key::{KeyAttribute, KeySchema, ScalarType, invalid};
use super::faults::Faults;
use super::spec::{
    BillingMode, IndexSpec, KeyRole, ProjectionKind, ProjectionSpec, StreamSpec, StreamView,
    TableSpec, Throughput,
};
use super::{IndexKind, Projection};
use crate::constraint::fault;

/// Local indexes of a table.
pub const LOCALS_MAX: usize = 5;
/// Global indexes of a table.
pub const GLOBALS_MAX: usize = 20;
/// Attributes that the indexes of a table include, all together.
pub const PROJECTED_MAX: usize = 100;
/// The most capacity that a request may ask for at all.
const UNITS_MAX: u64 = 1_000_000_000_000;

/// What an index will be.
pub(crate) struct IndexPlan {
    pub(crate) name: String,
    pub(crate) kind: IndexKind,
    pub(crate) key: KeySchema,
    pub(crate) projection: Projection,
    pub(crate) throughput: Throughput,
}

/// What a table will be.
pub(crate) struct TablePlan {
    pub(crate) key: KeySchema,
    pub(crate) billing: BillingMode,
    pub(crate) throughput: Throughput,
    pub(crate) indexes: Vec<IndexPlan>,
    pub(crate) stream: Option<StreamView>,
}

/// # Errors
/// The first thing that is wrong with the request.
pub(crate) fn table(spec: &TableSpec) -> Result<TablePlan, ApiError> {
    constraints(spec)?;
    let billing = spec.billing.unwrap_or_default();
    let throughput = table_throughput(billing, spec.throughput)?;
    let definitions = Definitions(&spec.attributes);
    definitions.distinct()?;
    if spec.keys.len() > definitions.0.len() {
        return Err(validation("Invalid KeySchema: Some index key attribute have no definition"));
    }
    let key = key_schema(definitions, &spec.keys)?;
    let without_index = spec.locals.is_none() && spec.globals.is_none();
    if without_index && spec.keys.len() != definitions.0.len() {
        return Err(invalid(
            "Number of attributes in KeySchema does not exactly match number of attributes \
             defined in AttributeDefinitions",
        ));
    }
    let mut names = BTreeSet::new();
    let mut indexes = locals(definitions, &key, spec.locals.as_deref(), &mut names)?;
    indexes.extend(globals(definitions, billing, spec.globals.as_deref(), &mut names)?);
    projected(indexes.iter().map(|index| &index.projection))?;
    definitions.all_used(&key, indexes.iter().map(|index| &index.key))?;
    let stream = spec.stream.map(stream).transpose()?.flatten();
    Ok(TablePlan { key, billing, throughput, indexes, stream })
}

/// What a table's definition breaks of the model.
fn constraints(spec: &TableSpec) -> Result<(), ApiError> {
    let mut faults = Faults::default();
    faults.attributes(&spec.attributes);
    faults.name("tableName", &spec.name);
    faults.keys("keySchema", &spec.keys);
    let kinds = [("local", &spec.locals), ("global", &spec.globals)];
    for (kind, indexes) in kinds {
        for (at, index) in indexes.iter().flatten().enumerate() {
            faults.index(&format!("{kind}SecondaryIndexes.{}.member", at + 1), index);
        }
    }
    faults.units("provisionedThroughput", spec.throughput);
    faults.finish()
}

/// # Errors
/// The name is too short, too long or has other characters.
pub(crate) fn name(member: &str, name: &str) -> Result<(), ApiError> {
    let mut faults = Faults::default();
    faults.name(member, name);
    faults.finish()
}

/// A complaint in the words of the service's model.
pub(crate) fn constraint(value: &str, member: &str, rule: &str) -> ApiError {
    validation(format!("1 validation error detected: {}", fault(value, member, rule)))
}

/// # Errors
/// Capacity and billing mode do not agree.
pub(crate) fn table_throughput(
    billing: BillingMode,
    throughput: Option<Throughput>,
) -> Result<Throughput, ApiError> {
    match (billing, throughput) {
        (BillingMode::PayPerRequest, None) => Ok(Throughput::default()),
        (BillingMode::PayPerRequest, Some(_)) => Err(invalid(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode \
             is PAY_PER_REQUEST",
        )),
        (BillingMode::Provisioned, None) => Err(invalid(
            "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is \
             PROVISIONED",
        )),
        (BillingMode::Provisioned, Some(throughput)) => {
            units("provisionedThroughput", throughput)?;
            Ok(throughput)
        }
    }
}

/// # Errors
/// The capacity of a global index that is made with its table, and the billing mode, do not agree.
pub(crate) fn index_throughput(
    billing: BillingMode,
    index: &str,
    throughput: Option<Throughput>,
) -> Result<Throughput, ApiError> {
    match (billing, throughput) {
        (BillingMode::PayPerRequest, None) => Ok(Throughput::default()),
        (BillingMode::PayPerRequest, Some(_)) => Err(invalid(format!(
            "ProvisionedThroughput should not be specified for index: {index} when BillingMode is \
             PAY_PER_REQUEST"
        ))),
        (BillingMode::Provisioned, None) => {
            Err(invalid(format!("ProvisionedThroughput is not specified for index: {index}")))
        }
        (BillingMode::Provisioned, Some(throughput)) => {
            units("globalSecondaryIndexes.1.member.provisionedThroughput", throughput)?;
            Ok(throughput)
        }
    }
}

/// # Errors
/// The capacity of a global index of a table that is there, and the billing mode, do not agree.
pub(crate) fn updated_throughput(
    billing: BillingMode,
    index: &str,
    throughput: Option<Throughput>,
) -> Result<Throughput, ApiError> {
    match (billing, throughput) {
        (BillingMode::PayPerRequest, Some(_)) => Err(invalid(format!(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: {index} \
             when BillingMode is PAY_PER_REQUEST"
        ))),
        (BillingMode::Provisioned, None) => {
            Err(invalid(format!("ProvisionedThroughput must be specified for index: {index}")))
        }
        _ => index_throughput(billing, index, throughput),
    }
}

fn units(member: &str, throughput: Throughput) -> Result<(), ApiError> {
    let mut faults = Faults::default();
    faults.units(member, Some(throughput));
    faults.finish()?;
    for (name, units) in [("Read", throughput.read), ("Write", throughput.write)] {
        if units > UNITS_MAX {
            return Err(validation(format!(
                "Given value {units} for {name}CapacityUnits is out of bounds"
            )));
        }
    }
    Ok(())
}

/// The attribute definitions of a request.
#[derive(Clone, Copy)]
pub(crate) struct Definitions<'a>(pub(crate) &'a [(String, ScalarType)]);

impl Definitions<'_> {
    fn kind(&self, name: &str) -> Option<ScalarType> {
        self.0.iter().find(|(defined, _)| defined == name).map(|(_, kind)| *kind)
    }

    fn names(&self) -> String {
        list(self.0.iter().map(|(name, _)| name.as_str()))
    }

    fn distinct(&self) -> Result<(), ApiError> {
        let mut seen = BTreeSet::new();
        for (name, _) in self.0 {
            if !seen.insert(name) {
                return Err(validation(format!("Attribute Name is duplicated: {name}")));
            }
        }
        Ok(())
    }

    /// # Errors
    /// An attribute is defined that no key has.
    pub(crate) fn all_used<'k>(
        &self,
        key: &KeySchema,
        keys: impl Iterator<Item = &'k KeySchema>,
    ) -> Result<(), ApiError> {
        let mut used: BTreeSet<&str> = key.attributes().map(|a| a.name.as_str()).collect();
        used.extend(keys.flat_map(KeySchema::attributes).map(|a| a.name.as_str()));
        if self.0.iter().all(|(name, _)| used.contains(name.as_str())) {
            return Ok(());
        }
        Err(invalid(format!(
            "Some AttributeDefinitions are not used. AttributeDefinitions: {}, keys used: {}",
            self.names(),
            list(used.into_iter())
        )))
    }
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", names.collect::<Vec<_>>().join(", "))
}

/// # Errors
/// The key's attributes are not defined, not in order, or not two.
pub(crate) fn key_schema(
    definitions: Definitions<'_>,
    keys: &[(String, KeyRole)],
) -> Result<KeySchema, ApiError> {
    if keys.iter().any(|(name, _)| definitions.kind(name).is_none()) {
        return Err(invalid(format!(
            "Some index key attributes are not defined in AttributeDefinitions. Keys: {}, \
             AttributeDefinitions: {}",
            list(keys.iter().map(|(name, _)| name.as_str())),
            definitions.names()
        )));
    }
    if keys.len() == 2 && keys[0].0 == keys[1].0 {
        return Err(validation(
            "Both the Hash Key and the Range Key element in the KeySchema have the same name",
        ));
    }
    let roles = [(KeyRole::Hash, "first", "HASH"), (KeyRole::Range, "second", "RANGE")];
    for ((_, role), (want, which, kind)) in keys.iter().zip(roles) {
        if *role != want {
            return Err(validation(format!(
                "Invalid KeySchema: The {which} KeySchemaElement is not a {kind} key type"
            )));
        }
    }
    let attribute = |name: &str| {
        definitions.kind(name).map(|kind| KeyAttribute { name: name.to_owned(), kind })
    };
    let hash = attribute(&keys[0].0).ok_or_else(|| invalid("Unknown key attribute"))?;
    Ok(KeySchema { hash, range: keys.get(1).and_then(|(name, _)| attribute(name)) })
}

fn locals(
    definitions: Definitions<'_>,
    table: &KeySchema,
    specs: Option<&[IndexSpec]>,
    names: &mut BTreeSet<String>,
) -> Result<Vec<IndexPlan>, ApiError> {
    let Some(specs) = specs else { return Ok(Vec::new()) };
    if specs.is_empty() {
        return Err(invalid("List of LocalSecondaryIndexes is empty"));
    }
    if table.range.is_none() {
        return Err(invalid(
            "Table KeySchema does not have a range key, which is required when specifying a \
             LocalSecondaryIndex",
        ));
    }
    let plan = |spec: &IndexSpec| local(definitions, table, spec, names);
    let plans = specs.iter().map(plan).collect::<Result<Vec<_>, _>>()?;
    if plans.len() > LOCALS_MAX {
        return Err(invalid(format!(
            "Number of LocalSecondaryIndexes exceeds per-table limit of {LOCALS_MAX}"
        )));
    }
    Ok(plans)
}

fn local(
    definitions: Definitions<'_>,
    table: &KeySchema,
    spec: &IndexSpec,
    names: &mut BTreeSet<String>,
) -> Result<IndexPlan, ApiError> {
    let key = key_schema(definitions, &spec.keys)?;
    if key.range.is_none() {
        let what = "Index KeySchema does not have a range key for index";
        return Err(invalid(format!("{what}: {}", spec.name)));
    }
    if key.hash.name != table.hash.name {
        return Err(invalid(format!(
            "Index KeySchema does not have the same leading hash key as table KeySchema for \
             index: {}. index hash key: {}, table hash key: {}",
            spec.name, key.hash.name, table.hash.name
        )));
    }
    let projection = projection(&spec.projection)?;
    unique(&spec.name, names)?;
    let (kind, throughput) = (IndexKind::Local, Throughput::default());
    Ok(IndexPlan { name: spec.name.clone(), kind, key, projection, throughput })
}

fn globals(
    definitions: Definitions<'_>,
    billing: BillingMode,
    specs: Option<&[IndexSpec]>,
    names: &mut BTreeSet<String>,
) -> Result<Vec<IndexPlan>, ApiError> {
    let Some(specs) = specs else { return Ok(Vec::new()) };
    if specs.is_empty() {
        return Err(invalid("List of GlobalSecondaryIndexes is empty"));
    }
    let plan = |spec: &IndexSpec| {
        let throughput = index_throughput(billing, &spec.name, spec.throughput)?;
        let plan = global(definitions, throughput, spec)?;
        unique(&spec.name, names)?;
        Ok(plan)
    };
    let plans = specs.iter().map(plan).collect::<Result<Vec<_>, ApiError>>()?;
    if plans.len() > GLOBALS_MAX {
        return Err(invalid(format!(
            "GlobalSecondaryIndex count exceeds the per-table limit of {GLOBALS_MAX}"
        )));
    }
    Ok(plans)
}

/// # Errors
/// What is wrong with a global index.
pub(crate) fn global(
    definitions: Definitions<'_>,
    throughput: Throughput,
    spec: &IndexSpec,
) -> Result<IndexPlan, ApiError> {
    let key = key_schema(definitions, &spec.keys)?;
    let projection = projection(&spec.projection)?;
    Ok(IndexPlan { name: spec.name.clone(), kind: IndexKind::Global, key, projection, throughput })
}

fn unique(name: &str, names: &mut BTreeSet<String>) -> Result<(), ApiError> {
    if names.insert(name.to_owned()) {
        return Ok(());
    }
    Err(invalid(format!("Duplicate index name: {name}")))
}

fn projection(spec: &ProjectionSpec) -> Result<Projection, ApiError> {
    let kind = spec.kind.ok_or_else(|| invalid("Unknown ProjectionType: null"))?;
    match (kind, &spec.non_key) {
        (ProjectionKind::Include, None) => {
            Err(invalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified"))
        }
        (ProjectionKind::Include, Some(names)) => {
            let mut non_key = BTreeSet::new();
            if let Some(name) = names.iter().find(|name| !non_key.insert((*name).clone())) {
                return Err(invalid(format!("Duplicate element in NonKeyAttributes: {name}")));
            }
            Ok(Projection { kind, non_key })
        }
        (_, Some(_)) => Err(invalid(format!(
            "ProjectionType is {}, but NonKeyAttributes is specified",
            kind.name()
        ))),
        (_, None) => Ok(Projection { kind, non_key: BTreeSet::new() }),
    }
}

/// # Errors
/// The indexes of a table include too many attributes.
pub(crate) fn projected<'a>(
    projections: impl Iterator<Item = &'a Projection>,
) -> Result<(), ApiError> {
    let count: usize = projections.map(|projection| projection.non_key.len()).sum();
    if count > PROJECTED_MAX {
        return Err(invalid(format!(
            "Number of NonKeyAttributes across all secondary indexes exceeds per-table limit of \
             {PROJECTED_MAX}"
        )));
    }
    Ok(())
}

fn stream(spec: StreamSpec) -> Result<Option<StreamView>, ApiError> {
    match (spec.enabled, spec.view) {
        (true, Some(view)) => Ok(Some(view)),
        (false, None) => Ok(None),
        (true, None) => {
            Err(invalid("Table is being created with a stream enabled, UpdateViewType is required"))
        }
        (false, Some(_)) => Err(invalid(
            "Table is being created with a stream disabled, UpdateViewType should not be specified",
        )),
    }
}

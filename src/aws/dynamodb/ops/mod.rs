//! The operations, by family: what each takes and answers, and how it reaches the core.
//!
//! Members that the API has and this simulation does not act on are refused when they are given
//! ([`Refused`](sim::api::Refused)); what has no effect in the service either is taken.

pub mod backups;
pub mod batches;
pub mod items;
pub mod reads;
pub mod shapes;
pub mod streams;
pub mod tables;
pub mod transactions;
pub mod upkeep;
mod words;

use sim::World;
use sim::api::{ApiError, OpDef};

use super::capacity::Capacity;
use super::context;
use super::failure::Failure;
use super::place::Place;
use super::shape;
use super::state::State;
use crate::dynamodb;
use shapes::CancellationReason;

/// Of the service DynamoDB.
pub static ALL: &[&OpDef] = &[
    &batches::BatchGetItem::DEF,
    &batches::BatchWriteItem::DEF,
    &backups::CreateBackup::DEF,
    &tables::CreateTable::DEF,
    &backups::DeleteBackup::DEF,
    &items::DeleteItem::DEF,
    &tables::DeleteTable::DEF,
    &backups::DescribeBackup::DEF,
    &backups::DescribeContinuousBackups::DEF,
    &tables::DescribeEndpoints::DEF,
    &tables::DescribeLimits::DEF,
    &tables::DescribeTable::DEF,
    &upkeep::DescribeTimeToLive::DEF,
    &items::GetItem::DEF,
    &backups::ListBackups::DEF,
    &tables::ListTables::DEF,
    &upkeep::ListTagsOfResource::DEF,
    &items::PutItem::DEF,
    &reads::Query::DEF,
    &backups::RestoreTableFromBackup::DEF,
    &backups::RestoreTableToPointInTime::DEF,
    &reads::Scan::DEF,
    &upkeep::TagResource::DEF,
    &transactions::TransactGetItems::DEF,
    &transactions::TransactWriteItems::DEF,
    &upkeep::UntagResource::DEF,
    &backups::UpdateContinuousBackups::DEF,
    &items::UpdateItem::DEF,
    &tables::UpdateTable::DEF,
    &upkeep::UpdateTimeToLive::DEF,
];

/// What the real service has and this one refuses by name.
pub static REFUSED: &[&str] = &[
    "BatchExecuteStatement",
    "CreateGlobalTable",
    "DeleteResourcePolicy",
    "DescribeContributorInsights",
    "DescribeExport",
    "DescribeGlobalTable",
    "DescribeGlobalTableSettings",
    "DescribeImport",
    "DescribeKinesisStreamingDestination",
    "DescribeTableReplicaAutoScaling",
    "DisableKinesisStreamingDestination",
    "EnableKinesisStreamingDestination",
    "ExecuteStatement",
    "ExecuteTransaction",
    "ExportTableToPointInTime",
    "GetResourcePolicy",
    "ImportTable",
    "ListContributorInsights",
    "ListExports",
    "ListGlobalTables",
    "ListImports",
    "PutResourcePolicy",
    "UpdateContributorInsights",
    "UpdateGlobalTable",
    "UpdateGlobalTableSettings",
    "UpdateKinesisStreamingDestination",
    "UpdateTableReplicaAutoScaling",
];

/// Does something that changes the state, and schedules what follows from it.
fn change<T, E>(
    world: &mut World,
    cx: &sim::Cx<'_>,
    what: impl FnOnce(&mut State, &mut context::Cx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let throttles = shape::throttles(world.config());
    let (state, rng) = world.parts::<State>();
    let mut draw = || rng.next_u64();
    let mut inner = context::Cx::new(Place::of(cx), cx.at, throttles, &mut draw);
    let done = what(state, &mut inner)?;
    for (at, event) in inner.events {
        world.schedule::<State>(at, event);
    }
    Ok(done)
}

/// Takes what a read has cost its tables.
fn charge<'a>(
    world: &mut World,
    cx: &sim::Cx<'_>,
    costs: impl IntoIterator<Item = (&'a String, &'a Capacity)>,
) {
    let (state, place) = (world.get_mut::<State>(), Place::of(cx));
    for (table, cost) in costs {
        state.charge_read(&place, cx.at, table, cost);
    }
}

/// A failure with the items that it carries.
fn refusal(failure: Failure) -> ApiError {
    let error = failure.error();
    match failure {
        Failure::Refused(_) | Failure::Condition { item: None } => error,
        Failure::Condition { item: Some(item) } => {
            error.with_document("Item", dynamodb::value::Item::clone(&item))
        }
        Failure::Cancelled(reasons) => {
            let reasons: Vec<_> = reasons.into_iter().map(CancellationReason::from).collect();
            error.with_document("CancellationReasons", reasons)
        }
    }
}

/// Whether the caller may do `action` upon a table, given by name or ARN, or upon its index.
fn allowed(
    world: &World,
    cx: &sim::Cx<'_>,
    action: &str,
    table: &str,
    index: Option<&str>,
) -> Result<(), ApiError> {
    let mut arn = if table.starts_with("arn:") {
        table.to_owned()
    } else {
        format!("arn:aws:dynamodb:{}:{}:table/{table}", cx.region, cx.account)
    };
    if let Some(index) = index {
        arn.push_str("/index/");
        arn.push_str(index);
    }
    crate::ask(world, cx, dynamodb::PROTOCOL, action, &arn, Vec::new())
}

//! The operations, by family.
//!
//! Members that the API has and this simulation does not act on are refused when they are given
//! ([`Refused`](sim::api::Refused)); what has no effect in the service either is taken.

pub mod events;
pub mod filters;
pub mod groups;
pub mod streams;
pub mod tags;

use base::Time;
use sim::World;
use sim::api::{ApiError, OpDef};

use super::PROTOCOL;
use super::group::Group;
use super::names::stream_arn;
use super::state::{Event, State};
use crate::place::Place;

/// Of the service CloudWatch Logs.
pub static ALL: &[&OpDef] = &[
    &groups::CreateLogGroup::DEF,
    &streams::CreateLogStream::DEF,
    &groups::DeleteLogGroup::DEF,
    &streams::DeleteLogStream::DEF,
    &filters::DeleteMetricFilter::DEF,
    &groups::DeleteRetentionPolicy::DEF,
    &groups::DescribeLogGroups::DEF,
    &streams::DescribeLogStreams::DEF,
    &filters::DescribeMetricFilters::DEF,
    &events::FilterLogEvents::DEF,
    &events::GetLogEvents::DEF,
    &groups::ListLogGroups::DEF,
    &tags::ListTagsForResource::DEF,
    &tags::ListTagsLogGroup::DEF,
    &events::PutLogEvents::DEF,
    &groups::PutLogGroupDeletionProtection::DEF,
    &filters::PutMetricFilter::DEF,
    &groups::PutRetentionPolicy::DEF,
    &tags::TagLogGroup::DEF,
    &tags::TagResource::DEF,
    &filters::TestMetricFilter::DEF,
    &tags::UntagLogGroup::DEF,
    &tags::UntagResource::DEF,
];

/// What the real service has and this one refuses by name.
pub static REFUSED: &[&str] = &[
    "AssociateKmsKey",
    "AssociateSourceToS3TableIntegration",
    "CancelExportTask",
    "CancelImportTask",
    "CreateDelivery",
    "CreateExportTask",
    "CreateImportTask",
    "CreateLogAnomalyDetector",
    "CreateLookupTable",
    "CreateScheduledQuery",
    "DeleteAccountPolicy",
    "DeleteDataProtectionPolicy",
    "DeleteDelivery",
    "DeleteDeliveryDestination",
    "DeleteDeliveryDestinationPolicy",
    "DeleteDeliverySource",
    "DeleteDestination",
    "DeleteIndexPolicy",
    "DeleteIntegration",
    "DeleteLogAnomalyDetector",
    "DeleteLookupTable",
    "DeleteQueryDefinition",
    "DeleteResourcePolicy",
    "DeleteScheduledQuery",
    "DeleteSubscriptionFilter",
    "DeleteTransformer",
    "DescribeAccountPolicies",
    "DescribeConfigurationTemplates",
    "DescribeDeliveries",
    "DescribeDeliveryDestinations",
    "DescribeDeliverySources",
    "DescribeDestinations",
    "DescribeExportTasks",
    "DescribeFieldIndexes",
    "DescribeImportTaskBatches",
    "DescribeImportTasks",
    "DescribeIndexPolicies",
    "DescribeLookupTables",
    "DescribeQueries",
    "DescribeQueryDefinitions",
    "DescribeResourcePolicies",
    "DescribeSubscriptionFilters",
    "DisassociateKmsKey",
    "DisassociateSourceFromS3TableIntegration",
    "GetDataProtectionPolicy",
    "GetDelivery",
    "GetDeliveryDestination",
    "GetDeliveryDestinationPolicy",
    "GetDeliverySource",
    "GetIntegration",
    "GetLogAnomalyDetector",
    "GetLogFields",
    "GetLogGroupFields",
    "GetLogObject",
    "GetLogRecord",
    "GetLookupTable",
    "GetQueryResults",
    "GetScheduledQuery",
    "GetScheduledQueryHistory",
    "GetTransformer",
    "ListAggregateLogGroupSummaries",
    "ListAnomalies",
    "ListIntegrations",
    "ListLogAnomalyDetectors",
    "ListLogGroupsForQuery",
    "ListScheduledQueries",
    "ListSourcesForS3TableIntegration",
    "PutAccountPolicy",
    "PutBearerTokenAuthentication",
    "PutDataProtectionPolicy",
    "PutDeliveryDestination",
    "PutDeliveryDestinationPolicy",
    "PutDeliverySource",
    "PutDestination",
    "PutDestinationPolicy",
    "PutIndexPolicy",
    "PutIntegration",
    "PutQueryDefinition",
    "PutResourcePolicy",
    "PutSubscriptionFilter",
    "PutTransformer",
    "StartLiveTail",
    "StartQuery",
    "StopQuery",
    "TestTransformer",
    "UpdateAnomaly",
    "UpdateDeliveryConfiguration",
    "UpdateLogAnomalyDetector",
    "UpdateLookupTable",
    "UpdateScheduledQuery",
];

/// Whether the caller may do this to a group, or to a stream of it: for operations whose input names
/// the group in one of two ways.
fn allowed(
    world: &World,
    cx: &sim::Cx<'_>,
    action: &str,
    group: &str,
    stream: &str,
) -> Result<(), ApiError> {
    let arn = stream_arn(&Place::of(cx), group, stream);
    crate::ask(world, cx, PROTOCOL, action, &arn, Vec::new())
}

/// Changes a group, and plans when its expired events are looked for.
///
/// # Errors
/// There is no such group, or the change is refused.
fn change<T>(
    world: &mut World,
    cx: &sim::Cx<'_>,
    name: &str,
    what: impl FnOnce(&mut Group, &mut base::Rng, Time) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    let place = Place::of(cx);
    let (state, rng) = world.parts::<State>();
    let group = state.group_mut(&place, name)?;
    let done = what(group, rng, cx.at)?;
    if let Some(at) = group.plan(cx.at) {
        world.schedule::<State>(at, Event { place, group: name.to_owned() });
    }
    Ok(done)
}

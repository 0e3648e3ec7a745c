//! The operations, by family.

pub mod alarms;
pub mod composite;
pub mod data;
pub mod describe;
pub mod history;
pub mod metrics;
pub mod statistics;
pub mod tags;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sim::api::{ApiError, OpDef};

use super::faults::{bad_token, validation};

/// Of the service CloudWatch.
pub static ALL: &[&OpDef] = &[
    &alarms::DeleteAlarms::DEF,
    &history::DescribeAlarmHistory::DEF,
    &describe::DescribeAlarms::DEF,
    &describe::DescribeAlarmsForMetric::DEF,
    &alarms::DisableAlarmActions::DEF,
    &alarms::EnableAlarmActions::DEF,
    &data::GetMetricData::DEF,
    &statistics::GetMetricStatistics::DEF,
    &metrics::ListMetrics::DEF,
    &tags::ListTagsForResource::DEF,
    &composite::PutCompositeAlarm::DEF,
    &alarms::PutMetricAlarm::DEF,
    &metrics::PutMetricData::DEF,
    &alarms::SetAlarmState::DEF,
    &tags::TagResource::DEF,
    &tags::UntagResource::DEF,
];

/// What the real service has and this one refuses by name.
pub static REFUSED: &[&str] = &[
    "DeleteAlarmMuteRule",
    "DeleteAnomalyDetector",
    "DeleteDashboards",
    "DeleteInsightRules",
    "DeleteMetricStream",
    "DescribeAlarmContributors",
    "DescribeAnomalyDetectors",
    "DescribeInsightRules",
    "DisableInsightRules",
    "EnableInsightRules",
    "GetAlarmMuteRule",
    "GetDashboard",
    "GetInsightRuleReport",
    "GetMetricStream",
    "GetMetricWidgetImage",
    "GetOTelEnrichment",
    "ListAlarmMuteRules",
    "ListDashboards",
    "ListManagedInsightRules",
    "ListMetricStreams",
    "PutAlarmMuteRule",
    "PutAnomalyDetector",
    "PutDashboard",
    "PutInsightRule",
    "PutManagedInsightRules",
    "PutMetricStream",
    "StartMetricStreams",
    "StartOTelEnrichment",
    "StopMetricStreams",
    "StopOTelEnrichment",
];

/// A page of what stands behind a token, and the next token. Tokens count.
fn page<T>(
    all: Vec<T>,
    token: Option<&str>,
    limit: usize,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    let read = |token: &str| {
        let bytes = STANDARD.decode(token).ok()?;
        String::from_utf8(bytes).ok()?.parse::<usize>().ok()
    };
    let begin = match token {
        None => 0,
        Some(token) => read(token).filter(|at| *at <= all.len()).ok_or_else(bad_token)?,
    };
    let end = begin.saturating_add(limit);
    let next = (all.len() > end).then(|| STANDARD.encode(end.to_string()));
    Ok((all.into_iter().skip(begin).take(limit).collect(), next))
}

/// How many records make a page.
///
/// # Errors
/// A page cannot be so long.
fn records(limit: Option<i64>, default: usize) -> Result<usize, ApiError> {
    match limit {
        None => Ok(default),
        Some(limit @ 1..=100) => Ok(usize::try_from(limit).unwrap_or(default)),
        Some(limit) => Err(validation(format!(
            "1 validation error detected: Value '{limit}' at 'maxRecords' failed to satisfy constraint: \
             Member must have value between 1 and 100"
        ))),
    }
}

//! What became of alarms.

use std::time::Duration;

use base::Time;
use sim::api::{ApiError, Read, Refused};
use sim::{Cx, World};

use super::data::ScanBy;
use super::{page, records};
use crate::cloudwatch::alarm::{AlarmType, HistoryItem, HistoryItemType};
use crate::cloudwatch::state::State;
use crate::place::Place;

/// Entries of a page that does not say how many.
const PAGE_DEFAULT: usize = 100;
/// How long entries are kept (user guide, "Using Amazon CloudWatch alarms").
const KEPT: Duration = Duration::from_hours(30 * 24);

sim::structure! {
    /// Something that became of an alarm.
    pub struct AlarmHistoryItem {
        /// The alarm.
        pub alarm_name: String => "AlarmName",
        /// Of which kind it is.
        pub alarm_type: AlarmType => "AlarmType",
        /// When it happened.
        pub timestamp: Time => "Timestamp",
        /// What it is about.
        pub history_item_type: HistoryItemType => "HistoryItemType",
        /// In a few words.
        pub history_summary: String => "HistorySummary",
        /// For programs: JSON.
        pub history_data: String => "HistoryData",
    }
}

sim::operation! {
    /// Says what became of alarms in the last 30 days, also of those that are gone.
    read DescribeAlarmHistory in "cloudwatch" = "POST /";
    input {
        /// One alarm.
        alarm_name: Option<String> => "AlarmName",
        /// A part of one; not simulated.
        _alarm_contributor_id: Refused<String> => "AlarmContributorId",
        /// Of which kinds; on metrics alone when nothing is said.
        alarm_types: Option<Vec<AlarmType>> => "AlarmTypes",
        /// About what.
        history_item_type: Option<HistoryItemType> => "HistoryItemType",
        /// From when on.
        start_date: Option<Time> => "StartDate",
        /// Until when.
        end_date: Option<Time> => "EndDate",
        /// How many make a page: 1 to 100.
        max_records: Option<i64> => "MaxRecords",
        /// Where the last page ended.
        next_token: Option<String> => "NextToken",
        /// Whether the newest or the oldest comes first.
        scan_by: Option<ScanBy> => "ScanBy",
    }
    output DescribeAlarmHistoryOutput {
        /// What happened.
        pub alarm_history_items: Vec<AlarmHistoryItem> => "AlarmHistoryItems",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["InvalidNextToken"]
    access {
        "cloudwatch:DescribeAlarmHistory" on "arn:aws:cloudwatch:{region}:{account}:alarm:{AlarmName}",
    }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxRecords"),
        results: &["AlarmHistoryItems"],
    }
}

impl Read for DescribeAlarmHistory {
    type Output = DescribeAlarmHistoryOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let limit = records(self.max_records, PAGE_DEFAULT)?;
        let types = self.alarm_types.unwrap_or_else(|| vec![AlarmType::MetricAlarm]);
        let is_meant = |item: &&HistoryItem| {
            cx.at.since(item.at) <= KEPT
                && types.contains(&item.kind)
                && self.alarm_name.as_ref().is_none_or(|name| *name == item.alarm)
                && self.history_item_type.is_none_or(|kind| kind == item.item)
                && self.start_date.is_none_or(|start| item.at >= start)
                && self.end_date.is_none_or(|end| item.at <= end)
        };
        let region = world.get::<State>().region(&Place::of(cx));
        let mut items: Vec<&HistoryItem> =
            region.into_iter().flat_map(|region| &region.history).filter(is_meant).collect();
        if self.scan_by != Some(ScanBy::TimestampAscending) {
            items.reverse();
        }
        let (page, next_token) = page(items, self.next_token.as_deref(), limit)?;
        let shown = |item: &HistoryItem| AlarmHistoryItem {
            alarm_name: item.alarm.clone(),
            alarm_type: item.kind,
            timestamp: item.at,
            history_item_type: item.item,
            history_summary: item.summary.clone(),
            history_data: item.data.clone(),
        };
        let alarm_history_items = page.into_iter().map(shown).collect();
        Ok(DescribeAlarmHistoryOutput { alarm_history_items, next_token })
    }
}

//! Alarms: what they watch, what state they are in, and what is told of them afterwards.
//!
//! Source: API reference, `PutMetricAlarm`; user guide, "Using Amazon CloudWatch alarms": evaluation and
//! missing data.

use std::collections::BTreeMap;

use base::Time;
use sim::api::Double;

use super::metric::{Metric, StandardUnit};
use super::statistic::Stat;
use crate::place::Place;

sim::string_enum! {
    /// The state of an alarm.
    pub enum StateValue {
        InsufficientData = "INSUFFICIENT_DATA",
        Ok = "OK",
        Alarm = "ALARM",
    }
}

sim::string_enum! {
    /// How a figure and the threshold are compared.
    pub enum ComparisonOperator {
        GreaterThanOrEqualTo = "GreaterThanOrEqualToThreshold",
        GreaterThan = "GreaterThanThreshold",
        LessThan = "LessThanThreshold",
        LessThanOrEqualTo = "LessThanOrEqualToThreshold",
    }
}

sim::string_enum! {
    /// What a figure that is missing counts for.
    pub enum TreatMissingData {
        Missing = "missing",
        Ignore = "ignore",
        Breaching = "breaching",
        NotBreaching = "notBreaching",
    }
}

sim::string_enum! {
    /// What an entry of the history is about.
    pub enum HistoryItemType {
        ConfigurationUpdate = "ConfigurationUpdate",
        StateUpdate = "StateUpdate",
        Action = "Action",
        AlarmContributorStateUpdate = "AlarmContributorStateUpdate",
        AlarmContributorAction = "AlarmContributorAction",
    }
}

sim::string_enum! {
    /// What kind of alarm one is.
    pub enum AlarmType {
        MetricAlarm = "MetricAlarm",
        CompositeAlarm = "CompositeAlarm",
    }
}

/// An alarm of either kind.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Alarm {
    pub(crate) description: Option<String>,
    pub(crate) actions_enabled: bool,
    /// The ARNs of what is to be done, by the state that is entered.
    pub(crate) actions: BTreeMap<StateValue, Vec<String>>,
    pub(crate) configured: Time,
    pub(crate) watch: Watch,
    pub(crate) state: StateValue,
    pub(crate) reason: String,
    pub(crate) reason_data: Option<String>,
    pub(crate) updated: Time,
    /// When it came into this state.
    pub(crate) transitioned: Time,
    pub(crate) tags: BTreeMap<String, String>,
    /// When it is evaluated next.
    pub(crate) planned: Option<Time>,
}

/// What an alarm watches.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Watch {
    Metric(MetricWatch),
    /// A rule over other alarms, as it was given.
    Rule(String),
}

/// A metric that is watched.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct MetricWatch {
    pub(crate) metric: Metric,
    pub(crate) stat: Stat,
    /// The statistic as it was given.
    pub(crate) stat_text: String,
    pub(crate) period_s: i64,
    pub(crate) unit: Option<StandardUnit>,
    pub(crate) periods: i64,
    /// How many of them have to breach, as it was given.
    pub(crate) to_alarm: Option<i64>,
    pub(crate) threshold: Double,
    pub(crate) operator: ComparisonOperator,
    pub(crate) missing: Option<TreatMissingData>,
}

/// An entry of the history.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct HistoryItem {
    pub(crate) alarm: String,
    pub(crate) kind: AlarmType,
    pub(crate) at: Time,
    pub(crate) item: HistoryItemType,
    pub(crate) summary: String,
    pub(crate) data: String,
}

impl ComparisonOperator {
    pub(crate) fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThanOrEqualTo => value >= threshold,
            Self::GreaterThan => value > threshold,
            Self::LessThan => value < threshold,
            Self::LessThanOrEqualTo => value <= threshold,
        }
    }

    /// As reasons have it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualTo => "greater than or equal to",
            Self::GreaterThan => "greater than",
            Self::LessThan => "less than",
            Self::LessThanOrEqualTo => "less than or equal to",
        }
    }
}

impl Alarm {
    /// What is to be done when it comes into a state.
    pub(crate) fn actions_of(&self, state: StateValue) -> Vec<String> {
        self.actions.get(&state).cloned().unwrap_or_default()
    }

    pub(crate) fn kind(&self) -> AlarmType {
        match self.watch {
            Watch::Metric(_) => AlarmType::MetricAlarm,
            Watch::Rule(_) => AlarmType::CompositeAlarm,
        }
    }
}

/// The ARN of an alarm.
pub(crate) fn arn(place: &Place, name: &str) -> String {
    place.arn("cloudwatch", &format!("alarm:{name}"))
}

/// A state, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Verdict {
    pub(crate) state: StateValue,
    pub(crate) reason: String,
    pub(crate) data: Option<String>,
}

//! Alarms on metrics: made, set, turned off and deleted.

use std::collections::BTreeMap;

use base::Time;
use sim::api::{ApiError, Double, Refused, Value, Write};
use sim::{Cx, World};

use super::metrics::namespace;
use super::statistics::period;
use super::tags::{Tag, check as check_tags};
use crate::cloudwatch::alarm::{
    Alarm, ComparisonOperator, MetricWatch, StateValue, TreatMissingData, Verdict, Watch,
};
use crate::cloudwatch::evaluate;
use crate::cloudwatch::faults::{no_alarm, validation};
use crate::cloudwatch::metric::{self, Dimension, Metric, StandardUnit};
use crate::cloudwatch::state::State;
use crate::cloudwatch::statistic::{Stat, Statistic};
use crate::place::Place;

/// The longest time that an alarm looks back (API reference, `PutMetricAlarm`): a week of periods of an
/// hour or more, a day of shorter ones.
const SPAN_MAX_S: i64 = 7 * 24 * 3600;
const SPAN_SHORT_MAX_S: i64 = 24 * 3600;
const HOUR_S: i64 = 3600;

sim::operation! {
    /// Makes an alarm on a metric, or changes one. It is evaluated as lab time passes.
    write PutMetricAlarm in "cloudwatch" = "POST /";
    input {
        /// The name.
        alarm_name: String => "AlarmName",
        /// What it is for.
        alarm_description: Option<String> => "AlarmDescription",
        /// Whether its actions are done.
        actions_enabled: Option<bool> => "ActionsEnabled",
        /// What is done when it becomes `OK`: ARNs.
        ok_actions: Option<Vec<String>> => "OKActions",
        /// What is done when it becomes `ALARM`: ARNs.
        alarm_actions: Option<Vec<String>> => "AlarmActions",
        /// What is done when it becomes `INSUFFICIENT_DATA`: ARNs.
        insufficient_data_actions: Option<Vec<String>> => "InsufficientDataActions",
        /// The metric.
        metric_name: Option<String> => "MetricName",
        /// Its namespace.
        namespace: Option<String> => "Namespace",
        /// The statistic.
        statistic: Option<Statistic> => "Statistic",
        /// The percentile: `p99.9`.
        extended_statistic: Option<String> => "ExtendedStatistic",
        /// All dimensions of the metric.
        dimensions: Option<Vec<Dimension>> => "Dimensions",
        /// Seconds of a period: 10, 20, 30 or a multiple of 60.
        period: Option<i64> => "Period",
        /// Only values of this unit.
        unit: Option<StandardUnit> => "Unit",
        /// How many periods are looked at.
        evaluation_periods: Option<i64> => "EvaluationPeriods",
        /// How many of them have to breach: all when nothing is said.
        datapoints_to_alarm: Option<i64> => "DatapointsToAlarm",
        /// What they are compared with.
        threshold: Option<Double> => "Threshold",
        /// How.
        comparison_operator: Option<ComparisonOperator> => "ComparisonOperator",
        /// What a missing figure counts for: `missing`, `ignore`, `breaching` or `notBreaching`.
        treat_missing_data: Option<TreatMissingData> => "TreatMissingData",
        /// What few values of a percentile count for; not simulated.
        _evaluate_low_sample_count_percentile: Refused<String> => "EvaluateLowSampleCountPercentile",
        /// Expressions; not simulated.
        _metrics: Refused<Value> => "Metrics",
        /// Labels of a new alarm.
        tags: Option<Vec<Tag>> => "Tags",
        /// The band of an anomaly detector; not simulated.
        _threshold_metric_id: Refused<String> => "ThresholdMetricId",
        /// A query of PromQL; not simulated.
        _evaluation_criteria: Refused<Value> => "EvaluationCriteria",
        /// How often that is evaluated; not simulated.
        _evaluation_interval: Refused<i64> => "EvaluationInterval",
    }
    output PutMetricAlarmOutput {}
    errors ["LimitExceeded"]
    access {
        "cloudwatch:PutMetricAlarm" on "arn:aws:cloudwatch:{region}:{account}:alarm:{AlarmName}",
    }
    takes time
}

impl Write for PutMetricAlarm {
    type Output = PutMetricAlarmOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        check_name(&self.alarm_name)?;
        let lists = [&self.ok_actions, &self.alarm_actions, &self.insufficient_data_actions];
        check_actions(&lists)?;
        let tags = check_tags(self.tags.as_deref().unwrap_or_default())?;
        let watch = Watch::Metric(self.watch()?);
        let place = Place::of(cx);
        let states = [StateValue::Ok, StateValue::Alarm, StateValue::InsufficientData];
        let lists = [self.ok_actions, self.alarm_actions, self.insufficient_data_actions];
        let actions = states.into_iter().zip(lists.map(Option::unwrap_or_default)).collect();
        let given = Given {
            description: self.alarm_description,
            enabled: self.actions_enabled.unwrap_or(true),
            actions,
            watch,
            tags,
        };
        given.keep(world, &place, &self.alarm_name, cx.at);
        evaluate::plan(world, &place, &self.alarm_name);
        Ok(PutMetricAlarmOutput {})
    }
}

/// An alarm as it is given.
pub(super) struct Given {
    pub(super) description: Option<String>,
    pub(super) enabled: bool,
    pub(super) actions: BTreeMap<StateValue, Vec<String>>,
    pub(super) watch: Watch,
    pub(super) tags: BTreeMap<String, String>,
}

impl Given {
    /// Makes the alarm, or changes the one of that name, which keeps its state and its tags.
    pub(super) fn keep(self, world: &mut World, place: &Place, name: &str, now: Time) {
        let region = world.get_mut::<State>().region_mut(place);
        let before = region.alarms.remove(name);
        let is_new = before.is_none();
        let mut alarm = before.unwrap_or_else(|| Alarm {
            description: None,
            actions_enabled: true,
            actions: BTreeMap::new(),
            configured: now,
            watch: Watch::Rule(String::new()),
            state: StateValue::InsufficientData,
            reason: "Unchecked: Initial alarm creation".to_owned(),
            reason_data: None,
            updated: now,
            transitioned: now,
            tags: self.tags.clone(),
            planned: None,
        });
        alarm.description = self.description;
        alarm.actions_enabled = self.enabled;
        alarm.actions = self.actions;
        alarm.watch = self.watch;
        alarm.configured = now;
        region.alarms.insert(name.to_owned(), alarm);
        evaluate::configured(region, name, is_new, now);
    }
}

/// # Errors
/// No alarm can have this name.
pub(super) fn check_name(name: &str) -> Result<(), ApiError> {
    if (1..=255).contains(&name.chars().count()) {
        return Ok(());
    }
    Err(validation(format!(
        "1 validation error detected: Value '{name}' at 'alarmName' failed to satisfy constraint: Member must \
         have length between 1 and 255"
    )))
}

/// # Errors
/// There are too many actions of a state, or one is no ARN.
pub(super) fn check_actions(lists: &[&Option<Vec<String>>]) -> Result<(), ApiError> {
    for list in lists.iter().filter_map(|list| list.as_ref()) {
        if list.len() > 5 {
            return Err(validation("An alarm can have no more than 5 actions for each state."));
        }
        if let Some(odd) = list.iter().find(|action| !action.starts_with("arn:")) {
            return Err(validation(format!("Invalid arn syntax: {odd}")));
        }
    }
    Ok(())
}

impl PutMetricAlarm {
    fn watch(&self) -> Result<MetricWatch, ApiError> {
        let need = |what: &str| validation(format!("The parameter {what} is required."));
        let namespace_given = self.namespace.clone().ok_or_else(|| need("Namespace"))?;
        namespace(&namespace_given)?;
        let name = self.metric_name.clone().ok_or_else(|| need("MetricName"))?;
        let (stat, stat_text) = match (self.statistic, &self.extended_statistic) {
            (Some(named), None) => (Stat::Named(named), named.as_str().to_owned()),
            (None, Some(text)) => (Stat::read("ExtendedStatistic", text)?, text.clone()),
            _ => {
                return Err(validation(
                    "Must specify either a Statistic or an ExtendedStatistic, and not both.",
                ));
            }
        };
        let period_s = self.period.ok_or_else(|| need("Period"))?;
        period("Period", period_s)?;
        let many = self.evaluation_periods.ok_or_else(|| need("EvaluationPeriods"))?;
        let most = if period_s < HOUR_S { SPAN_SHORT_MAX_S } else { SPAN_MAX_S };
        if many < 1 || many.saturating_mul(period_s) > most {
            return Err(validation(
                "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= \
                 86400), or a week where the period is an hour or more.",
            ));
        }
        if self.datapoints_to_alarm.is_some_and(|count| count < 1 || count > many) {
            return Err(validation(
                "The parameter DatapointsToAlarm must be between 1 and EvaluationPeriods.",
            ));
        }
        let dimensions = metric::dimensions("", self.dimensions.clone().unwrap_or_default())?;
        Ok(MetricWatch {
            metric: Metric { namespace: namespace_given, name, dimensions },
            stat,
            stat_text,
            period_s,
            unit: self.unit,
            periods: many,
            to_alarm: self.datapoints_to_alarm,
            threshold: self.threshold.ok_or_else(|| need("Threshold"))?,
            operator: self.comparison_operator.ok_or_else(|| need("ComparisonOperator"))?,
            missing: self.treat_missing_data,
        })
    }
}

sim::operation! {
    /// Puts an alarm into a state until it is evaluated again.
    write SetAlarmState in "cloudwatch" = "POST /";
    input {
        /// The alarm.
        alarm_name: String => "AlarmName",
        /// The state.
        state_value: StateValue => "StateValue",
        /// Why.
        state_reason: String => "StateReason",
        /// The same for programs: JSON.
        state_reason_data: Option<String> => "StateReasonData",
    }
    output SetAlarmStateOutput {}
    errors ["ResourceNotFound", "InvalidFormat"]
    access {
        "cloudwatch:SetAlarmState" on "arn:aws:cloudwatch:{region}:{account}:alarm:{AlarmName}",
    }
}

impl Write for SetAlarmState {
    type Output = SetAlarmStateOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (name, place) = (self.alarm_name, Place::of(cx));
        let region = world.get::<State>().region(&place);
        if region.is_none_or(|region| !region.alarms.contains_key(&name)) {
            return Err(no_alarm());
        }
        if let Some(data) = &self.state_reason_data
            && serde_json::from_str::<Value>(data).is_err()
        {
            let message = "StateReasonData was not syntactically valid JSON";
            return Err(ApiError::new(400, "InvalidFormatFault", message)
                .with("x-amzn-query-error", "InvalidFormat;Sender"));
        }
        let verdict = Verdict {
            state: self.state_value,
            reason: self.state_reason,
            data: self.state_reason_data,
        };
        evaluate::enter(world, &place, &name, verdict);
        evaluate::plan(world, &place, &name);
        Ok(SetAlarmStateOutput {})
    }
}

sim::operation! {
    /// Deletes alarms: all of them or none.
    write DeleteAlarms in "cloudwatch" = "POST /";
    input {
        /// The alarms: up to 100.
        alarm_names: Vec<String> => required "AlarmNames",
    }
    output DeleteAlarmsOutput {}
    errors ["ResourceNotFound"]
    access {
        "cloudwatch:DeleteAlarms" on "arn:aws:cloudwatch:{region}:{account}:alarm:{AlarmNames}",
    }
}

impl Write for DeleteAlarms {
    type Output = DeleteAlarmsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        check_count(&self.alarm_names)?;
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place);
        let is_there =
            |name: &String| region.is_some_and(|region| region.alarms.contains_key(name));
        if !self.alarm_names.iter().all(is_there) {
            return Err(no_alarm());
        }
        let region = world.get_mut::<State>().region_mut(&place);
        region.alarms.retain(|name, _| !self.alarm_names.contains(name));
        Ok(DeleteAlarmsOutput {})
    }
}

fn check_count(names: &[String]) -> Result<(), ApiError> {
    if names.len() <= 100 {
        return Ok(());
    }
    Err(validation("The parameter AlarmNames must have no more than 100 members."))
}

fn switch(world: &mut World, cx: &Cx<'_>, names: &[String], on: bool) -> Result<(), ApiError> {
    check_count(names)?;
    let region = world.get_mut::<State>().region_mut(&Place::of(cx));
    // Names of no alarm are passed over.
    for name in names {
        if let Some(alarm) = region.alarms.get_mut(name)
            && alarm.actions_enabled != on
        {
            alarm.actions_enabled = on;
            alarm.configured = cx.at;
            evaluate::configured(region, name, false, cx.at);
        }
    }
    Ok(())
}

sim::operation! {
    /// Lets the actions of alarms be done.
    write EnableAlarmActions in "cloudwatch" = "POST /";
    input {
        /// The alarms: up to 100.
        alarm_names: Vec<String> => required "AlarmNames",
    }
    output EnableAlarmActionsOutput {}
    errors []
    access {
        "cloudwatch:EnableAlarmActions" on "arn:aws:cloudwatch:{region}:{account}:alarm:{AlarmNames}",
    }
}

impl Write for EnableAlarmActions {
    type Output = EnableAlarmActionsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        switch(world, cx, &self.alarm_names, true)?;
        Ok(EnableAlarmActionsOutput {})
    }
}

sim::operation! {
    /// Lets the actions of alarms not be done.
    write DisableAlarmActions in "cloudwatch" = "POST /";
    input {
        /// The alarms: up to 100.
        alarm_names: Vec<String> => required "AlarmNames",
    }
    output DisableAlarmActionsOutput {}
    errors []
    access {
        "cloudwatch:DisableAlarmActions" on "arn:aws:cloudwatch:{region}:{account}:alarm:{AlarmNames}",
    }
}

impl Write for DisableAlarmActions {
    type Output = DisableAlarmActionsOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        switch(world, cx, &self.alarm_names, false)?;
        Ok(DisableAlarmActionsOutput {})
    }
}

//! Alarms, as they are listed.

use base::Time;
use sim::api::{ApiError, Double, Read};
use sim::{Cx, World};

use super::composite::CompositeAlarm;
use super::{page, records};
use crate::cloudwatch::alarm::{
    Alarm, AlarmType, ComparisonOperator, MetricWatch, StateValue, TreatMissingData, Watch, arn,
};
use crate::cloudwatch::composite::Rule;
use crate::cloudwatch::faults::validation;
use crate::cloudwatch::metric::{self, Dimension, Metric, StandardUnit};
use crate::cloudwatch::state::State;
use crate::cloudwatch::statistic::{Stat, Statistic};
use crate::place::Place;

/// Alarms of a page that does not say how many.
const PAGE_DEFAULT: usize = 50;

sim::structure! {
    /// An alarm on a metric.
    pub struct MetricAlarm {
        /// Its name.
        pub alarm_name: String => "AlarmName",
        /// Its ARN.
        pub alarm_arn: String => "AlarmArn",
        /// What it is for.
        pub alarm_description: Option<String> => "AlarmDescription",
        /// When it was last made or changed.
        pub alarm_configuration_updated_timestamp: Time => "AlarmConfigurationUpdatedTimestamp",
        /// Whether its actions are done.
        pub actions_enabled: bool => "ActionsEnabled",
        /// What is done when it becomes `OK`.
        pub ok_actions: Vec<String> => "OKActions",
        /// What is done when it becomes `ALARM`.
        pub alarm_actions: Vec<String> => "AlarmActions",
        /// What is done when it becomes `INSUFFICIENT_DATA`.
        pub insufficient_data_actions: Vec<String> => "InsufficientDataActions",
        /// Its state.
        pub state_value: StateValue => "StateValue",
        /// Why it is in it.
        pub state_reason: String => "StateReason",
        /// The same for programs.
        pub state_reason_data: Option<String> => "StateReasonData",
        /// When that was last said.
        pub state_updated_timestamp: Time => "StateUpdatedTimestamp",
        /// The metric.
        pub metric_name: String => "MetricName",
        /// Its namespace.
        pub namespace: String => "Namespace",
        /// The statistic.
        pub statistic: Option<Statistic> => "Statistic",
        /// The percentile.
        pub extended_statistic: Option<String> => "ExtendedStatistic",
        /// All dimensions of the metric.
        pub dimensions: Vec<Dimension> => "Dimensions",
        /// Seconds of a period.
        pub period: i64 => "Period",
        /// Only values of this unit.
        pub unit: Option<StandardUnit> => "Unit",
        /// How many periods are looked at.
        pub evaluation_periods: i64 => "EvaluationPeriods",
        /// How many of them have to breach.
        pub datapoints_to_alarm: Option<i64> => "DatapointsToAlarm",
        /// What they are compared with.
        pub threshold: Double => "Threshold",
        /// How.
        pub comparison_operator: ComparisonOperator => "ComparisonOperator",
        /// What a missing figure counts for.
        pub treat_missing_data: Option<TreatMissingData> => "TreatMissingData",
        /// When it came into its state.
        pub state_transitioned_timestamp: Time => "StateTransitionedTimestamp",
    }
}

impl MetricAlarm {
    fn of(place: &Place, name: &str, alarm: &Alarm, watch: &MetricWatch) -> Self {
        let named = if let Stat::Named(named) = watch.stat { Some(named) } else { None };
        Self {
            alarm_name: name.to_owned(),
            alarm_arn: arn(place, name),
            alarm_description: alarm.description.clone(),
            alarm_configuration_updated_timestamp: alarm.configured,
            actions_enabled: alarm.actions_enabled,
            ok_actions: alarm.actions_of(StateValue::Ok),
            alarm_actions: alarm.actions_of(StateValue::Alarm),
            insufficient_data_actions: alarm.actions_of(StateValue::InsufficientData),
            state_value: alarm.state,
            state_reason: alarm.reason.clone(),
            state_reason_data: alarm.reason_data.clone(),
            state_updated_timestamp: alarm.updated,
            metric_name: watch.metric.name.clone(),
            namespace: watch.metric.namespace.clone(),
            statistic: named,
            extended_statistic: named.is_none().then(|| watch.stat_text.clone()),
            dimensions: watch.metric.shown(),
            period: watch.period_s,
            unit: watch.unit,
            evaluation_periods: watch.periods,
            datapoints_to_alarm: watch.to_alarm,
            threshold: watch.threshold,
            comparison_operator: watch.operator,
            treat_missing_data: watch.missing,
            state_transitioned_timestamp: alarm.transitioned,
        }
    }
}

sim::operation! {
    /// Lists alarms, by name.
    read DescribeAlarms in "cloudwatch" = "POST /";
    input {
        /// These alone: up to 100.
        alarm_names: Option<Vec<String>> => "AlarmNames",
        /// What their names begin with.
        alarm_name_prefix: Option<String> => "AlarmNamePrefix",
        /// Of which kinds; on metrics alone when nothing is said.
        alarm_types: Option<Vec<AlarmType>> => "AlarmTypes",
        /// Those that a composite alarm's rule names.
        children_of_alarm_name: Option<String> => "ChildrenOfAlarmName",
        /// Those whose rules name an alarm.
        parents_of_alarm_name: Option<String> => "ParentsOfAlarmName",
        /// In which state.
        state_value: Option<StateValue> => "StateValue",
        /// What one of their actions begins with.
        action_prefix: Option<String> => "ActionPrefix",
        /// How many make a page: 1 to 100.
        max_records: Option<i64> => "MaxRecords",
        /// Where the last page ended.
        next_token: Option<String> => "NextToken",
    }
    output DescribeAlarmsOutput {
        /// Those over others.
        pub composite_alarms: Vec<CompositeAlarm> => "CompositeAlarms",
        /// Those on metrics.
        pub metric_alarms: Vec<MetricAlarm> => "MetricAlarms",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "NextToken",
    }
    errors ["InvalidNextToken"]
    access {
        "cloudwatch:DescribeAlarms" on "arn:aws:cloudwatch:{region}:{account}:alarm:{AlarmNames}",
    }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxRecords"),
        results: &["MetricAlarms", "CompositeAlarms"],
    }
    waiters [
        waiter("AlarmExists", 5, 40, &[success(Is("length(MetricAlarms[]) > `0`", true))]),
        waiter("CompositeAlarmExists", 5, 40, &[
            success(Is("length(CompositeAlarms[]) > `0`", true)),
        ]),
    ]
}

impl Read for DescribeAlarms {
    type Output = DescribeAlarmsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let limit = records(self.max_records, PAGE_DEFAULT)?;
        if self.alarm_names.is_some() && self.alarm_name_prefix.is_some() {
            return Err(validation("Cannot specify both AlarmNames and AlarmNamePrefix."));
        }
        let place = Place::of(cx);
        let region = world.get::<State>().region(&place);
        let names_of = |alarm: &Alarm| match &alarm.watch {
            Watch::Rule(text) => Rule::parse(text)
                .map(|rule| rule.names().into_iter().map(str::to_owned).collect())
                .unwrap_or_default(),
            Watch::Metric(_) => Vec::<String>::new(),
        };
        let children = self.children_of_alarm_name.as_ref().map(|parent| {
            region.and_then(|region| region.alarms.get(parent)).map(names_of).unwrap_or_default()
        });
        let related = self.children_of_alarm_name.is_some() || self.parents_of_alarm_name.is_some();
        let types = self.alarm_types.unwrap_or_else(|| {
            if related {
                vec![AlarmType::MetricAlarm, AlarmType::CompositeAlarm]
            } else {
                vec![AlarmType::MetricAlarm]
            }
        });
        let is_meant = |(name, alarm): &(&String, &Alarm)| {
            let acts = |prefix: &String| {
                alarm.actions.values().flatten().any(|action| action.starts_with(prefix.as_str()))
            };
            types.contains(&alarm.kind())
                && self.alarm_names.as_ref().is_none_or(|names| names.contains(name))
                && self.alarm_name_prefix.as_ref().is_none_or(|p| name.starts_with(p.as_str()))
                && self.state_value.is_none_or(|state| state == alarm.state)
                && self.action_prefix.as_ref().is_none_or(acts)
                && children.as_ref().is_none_or(|children| children.contains(name))
                && self.parents_of_alarm_name.as_ref().is_none_or(|c| names_of(alarm).contains(c))
        };
        let all: Vec<(&String, &Alarm)> =
            region.into_iter().flat_map(|region| &region.alarms).filter(is_meant).collect();
        let (page, next_token) = page(all, self.next_token.as_deref(), limit)?;
        let (mut composite_alarms, mut metric_alarms) = (Vec::new(), Vec::new());
        for (name, alarm) in page {
            match &alarm.watch {
                Watch::Metric(watch) => {
                    metric_alarms.push(MetricAlarm::of(&place, name, alarm, watch));
                }
                Watch::Rule(rule) => {
                    composite_alarms.push(CompositeAlarm::of(&place, name, alarm, rule));
                }
            }
        }
        Ok(DescribeAlarmsOutput { composite_alarms, metric_alarms, next_token })
    }
}

sim::operation! {
    /// Lists the alarms on a metric.
    read DescribeAlarmsForMetric in "cloudwatch" = "POST /";
    input {
        /// The metric.
        metric_name: String => "MetricName",
        /// Its namespace.
        namespace: String => "Namespace",
        /// With this statistic.
        statistic: Option<Statistic> => "Statistic",
        /// With this percentile.
        extended_statistic: Option<String> => "ExtendedStatistic",
        /// All dimensions of the metric.
        dimensions: Option<Vec<Dimension>> => "Dimensions",
        /// With this period.
        period: Option<i64> => "Period",
        /// With this unit.
        unit: Option<StandardUnit> => "Unit",
    }
    output DescribeAlarmsForMetricOutput {
        /// The alarms.
        pub metric_alarms: Vec<MetricAlarm> => "MetricAlarms",
    }
    errors []
    access {
        "cloudwatch:DescribeAlarmsForMetric" on "arn:aws:cloudwatch:{region}:{account}:alarm:*",
    }
}

impl Read for DescribeAlarmsForMetric {
    type Output = DescribeAlarmsForMetricOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let dimensions = metric::dimensions("", self.dimensions.unwrap_or_default())?;
        let metric = Metric { namespace: self.namespace, name: self.metric_name, dimensions };
        let text = self.statistic.map(|s| s.as_str().to_owned()).or(self.extended_statistic);
        let region = world.get::<State>().region(&place);
        let alarms = region.into_iter().flat_map(|region| &region.alarms);
        let metric_alarms = alarms.filter_map(|(name, alarm)| {
            let Watch::Metric(watch) = &alarm.watch else { return None };
            let is_meant = watch.metric == metric
                && text.as_ref().is_none_or(|text| *text == watch.stat_text)
                && self.period.is_none_or(|period| period == watch.period_s)
                && self.unit.is_none_or(|unit| Some(unit) == watch.unit);
            is_meant.then(|| MetricAlarm::of(&place, name, alarm, watch))
        });
        Ok(DescribeAlarmsForMetricOutput { metric_alarms: metric_alarms.collect() })
    }
}

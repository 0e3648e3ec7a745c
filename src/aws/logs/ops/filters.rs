//! Metric filters: made, tried, listed and deleted.

use std::collections::BTreeMap;

use sim::api::{ApiError, Double, Read, Refused, Write};
use sim::{Cx, World};

use super::change;
use crate::constraint::Faults;
use crate::logs::faults::{INVALID, invalid, no_filter, too_many};
use crate::logs::metric_filter::{
    EXPRESSIONS_MAX, FILTERS_MAX, MetricFilter as Filter, Transformation, pattern,
};
use crate::logs::names;
use crate::logs::pattern::Pattern;
use crate::logs::read;
use crate::logs::state::State;
use crate::place::Place;

/// Filters of a page.
const PAGE_MAX: i64 = 50;
/// Messages of a trial.
const MESSAGES_MAX: usize = 50;

sim::string_enum! {
    /// What a metric counts.
    pub enum StandardUnit {
        Seconds = "Seconds", Microseconds = "Microseconds", Milliseconds = "Milliseconds",
        Bytes = "Bytes", Kilobytes = "Kilobytes", Megabytes = "Megabytes", Gigabytes = "Gigabytes",
        Terabytes = "Terabytes", Bits = "Bits", Kilobits = "Kilobits", Megabits = "Megabits",
        Gigabits = "Gigabits", Terabits = "Terabits", Percent = "Percent", Count = "Count",
        BytesPerSecond = "Bytes/Second", KilobytesPerSecond = "Kilobytes/Second",
        MegabytesPerSecond = "Megabytes/Second", GigabytesPerSecond = "Gigabytes/Second",
        TerabytesPerSecond = "Terabytes/Second", BitsPerSecond = "Bits/Second",
        KilobitsPerSecond = "Kilobits/Second", MegabitsPerSecond = "Megabits/Second",
        GigabitsPerSecond = "Gigabits/Second", TerabitsPerSecond = "Terabits/Second",
        CountPerSecond = "Count/Second", None = "None",
    }
}

sim::structure! {
    /// What an event becomes.
    pub struct MetricTransformation {
        /// The metric.
        pub metric_name: String => "metricName",
        /// Its namespace.
        pub metric_namespace: String => "metricNamespace",
        /// A number, or the field that it is taken from: `$.latency`, `$bytes`.
        pub metric_value: String => "metricValue",
        /// The value of an event that does not match.
        pub default_value: Option<Double> => "defaultValue",
        /// Names of dimensions, and the fields that their values are taken from: up to three.
        pub dimensions: Option<BTreeMap<String, String>> => "dimensions",
        /// What it counts.
        pub unit: Option<StandardUnit> => "unit",
    }
}

impl MetricTransformation {
    fn kept(self) -> Transformation {
        Transformation {
            metric: self.metric_name,
            namespace: self.metric_namespace,
            value: self.metric_value,
            default: self.default_value,
            dimensions: self.dimensions.unwrap_or_default().into_iter().collect(),
            unit: self.unit.filter(|u| *u != StandardUnit::None).map(|u| u.as_str().to_owned()),
        }
    }

    fn of(kept: &Transformation) -> Self {
        let dimensions: BTreeMap<String, String> = kept.dimensions.iter().cloned().collect();
        let unit = kept.unit.as_ref().map(|unit| sim::api::Value::from(unit.as_str()));
        Self {
            metric_name: kept.metric.clone(),
            metric_namespace: kept.namespace.clone(),
            metric_value: kept.value.clone(),
            default_value: kept.default,
            dimensions: Some(dimensions).filter(|d| !d.is_empty()),
            unit: unit.and_then(|unit| sim::api::Shaped::from_value(unit).ok()),
        }
    }
}

sim::structure! {
    /// A metric filter.
    pub struct MetricFilter {
        /// Its name.
        pub filter_name: String => "filterName",
        /// What its events are like.
        pub filter_pattern: String => "filterPattern",
        /// What they become.
        pub metric_transformations: Vec<MetricTransformation> => "metricTransformations",
        /// When it was made, in milliseconds since 1970.
        pub creation_time: i64 => "creationTime",
        /// The group whose events it sees.
        pub log_group_name: String => "logGroupName",
        /// Whether it sees transformed events, of which there are none.
        pub apply_on_transformed_logs: bool => "applyOnTransformedLogs",
    }
}

sim::operation! {
    /// Lets events of a log group that match a pattern become values of a metric, from now on.
    write PutMetricFilter in "logs" = "POST /";
    input {
        /// The name of the group.
        log_group_name: String => "logGroupName",
        /// The name of the filter; one of that name is replaced.
        filter_name: String => "filterName",
        /// What the events are like.
        filter_pattern: String => "filterPattern",
        /// What they become: one.
        metric_transformations: Vec<MetricTransformation> => required "metricTransformations",
        /// Whether it sees transformed events; not simulated.
        _apply_on_transformed_logs: Refused<bool> => "applyOnTransformedLogs",
        /// Which groups it sees; not simulated.
        _field_selection_criteria: Refused<String> => "fieldSelectionCriteria",
        /// Dimensions of the service's own; not simulated.
        _emit_system_field_dimensions: Refused<Vec<String>> => "emitSystemFieldDimensions",
    }
    output PutMetricFilterOutput {}
    errors ["InvalidParameterException", "ResourceNotFoundException", "LimitExceededException"]
    access {
        "logs:PutMetricFilter" on "arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:",
    }
}

impl Write for PutMetricFilter {
    type Output = PutMetricFilterOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        names::inside(&self.log_group_name, "filterName", &self.filter_name)?;
        let pattern = pattern(&self.filter_pattern)?;
        let mut faults = Faults::default();
        let names: Vec<String> =
            self.metric_transformations.iter().map(|t| t.metric_name.clone()).collect();
        faults.count("metricTransformations", &names, 1, 1);
        faults.check(INVALID)?;
        let Some(transformation) = self.metric_transformations.into_iter().next() else {
            return Err(invalid("There is no metric transformation."));
        };
        let transformation = transformation.kept();
        transformation.check(&pattern)?;
        change(world, cx, &self.log_group_name, |group, _, now| {
            let others = || group.filters.iter().filter(|(name, _)| **name != self.filter_name);
            let has = |filter: &Filter| {
                Pattern::parse(&filter.pattern).is_ok_and(|pattern| pattern.has_expression())
            };
            let expressions = others().filter(|(_, filter)| has(filter)).count();
            if others().count() >= FILTERS_MAX
                || (pattern.has_expression() && expressions >= EXPRESSIONS_MAX)
            {
                return Err(too_many());
            }
            let filter = Filter { created: now, pattern: self.filter_pattern, transformation };
            group.filters.insert(self.filter_name, filter);
            Ok(())
        })?;
        Ok(PutMetricFilterOutput {})
    }
}

sim::operation! {
    /// Deletes a metric filter. What it has measured stays.
    write DeleteMetricFilter in "logs" = "POST /";
    input {
        /// The name of the group.
        log_group_name: String => "logGroupName",
        /// The name of the filter.
        filter_name: String => "filterName",
    }
    output DeleteMetricFilterOutput {}
    errors ["InvalidParameterException", "ResourceNotFoundException"]
    access {
        "logs:DeleteMetricFilter" on "arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:",
    }
}

impl Write for DeleteMetricFilter {
    type Output = DeleteMetricFilterOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        names::inside(&self.log_group_name, "filterName", &self.filter_name)?;
        change(world, cx, &self.log_group_name, |group, _, _| {
            group.filters.remove(&self.filter_name).map(|_| ()).ok_or_else(no_filter)
        })?;
        Ok(DeleteMetricFilterOutput {})
    }
}

sim::operation! {
    /// Lists metric filters: of a log group, or of a metric.
    read DescribeMetricFilters in "logs" = "POST /";
    input {
        /// The name of the group.
        log_group_name: Option<String> => "logGroupName",
        /// What their names begin with; only with a group.
        filter_name_prefix: Option<String> => "filterNamePrefix",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many filters make a page: 1 to 50.
        limit: Option<i64> => "limit",
        /// The metric; with its namespace.
        metric_name: Option<String> => "metricName",
        /// The namespace; with its metric.
        metric_namespace: Option<String> => "metricNamespace",
    }
    output DescribeMetricFiltersOutput {
        /// The filters.
        pub metric_filters: Vec<MetricFilter> => "metricFilters",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["InvalidParameterException", "ResourceNotFoundException"]
    access {
        "logs:DescribeMetricFilters" on "arn:aws:logs:{region}:{account}:log-group:{logGroupName}:log-stream:",
    }
    pages {
        input: &["nextToken"],
        output: &["nextToken"],
        limit: Some("limit"),
        results: &["metricFilters"],
    }
}

impl Read for DescribeMetricFilters {
    type Output = DescribeMetricFiltersOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let limit = names::limit(self.limit, PAGE_MAX)?;
        if self.metric_name.is_some() != self.metric_namespace.is_some() {
            return Err(invalid("metricName and metricNamespace must be specified together."));
        }
        if self.filter_name_prefix.is_some() && self.log_group_name.is_none() {
            return Err(invalid("filterNamePrefix requires logGroupName."));
        }
        let (state, place) = (world.get::<State>(), Place::of(cx));
        if let Some(name) = &self.log_group_name {
            names::group(name)?;
            state.group(&place, name)?;
        }
        let prefix = self.filter_name_prefix.unwrap_or_default();
        let is_meant = |name: &str, filter: &Filter| {
            let of = &filter.transformation;
            name.starts_with(&prefix)
                && self.metric_name.as_ref().is_none_or(|metric| *metric == of.metric)
                && self.metric_namespace.as_ref().is_none_or(|space| *space == of.namespace)
        };
        let groups = state.region(&place).into_iter().flatten();
        let groups = groups.filter(|(n, _)| self.log_group_name.as_ref().is_none_or(|w| w == *n));
        let filters: BTreeMap<String, MetricFilter> = groups
            .flat_map(|(group, of)| {
                of.filters.iter().map(move |(name, filter)| (group, name, filter))
            })
            .filter(|(_, name, filter)| is_meant(name, filter))
            .map(|(group, name, filter)| (format!("{group}:{name}"), shown(group, name, filter)))
            .collect();
        let (page, next_token) = read::named(filters.iter(), self.next_token.as_deref(), limit)?;
        let metric_filters = page.into_iter().map(|(_, filter)| filter.clone()).collect();
        Ok(DescribeMetricFiltersOutput { metric_filters, next_token })
    }
}

fn shown(group: &str, name: &str, filter: &Filter) -> MetricFilter {
    MetricFilter {
        filter_name: name.to_owned(),
        filter_pattern: filter.pattern.clone(),
        metric_transformations: vec![MetricTransformation::of(&filter.transformation)],
        creation_time: filter.created.0,
        log_group_name: group.to_owned(),
        apply_on_transformed_logs: false,
    }
}

sim::structure! {
    /// A message that matches.
    pub struct MetricFilterMatchRecord {
        /// The how-manieth it is, from 1.
        pub event_number: i64 => "eventNumber",
        /// The message.
        pub event_message: String => "eventMessage",
        /// The fields of it by name, of a pattern of fields.
        pub extracted_values: Option<BTreeMap<String, String>> => "extractedValues",
    }
}

sim::operation! {
    /// Tries a filter pattern on some messages.
    read TestMetricFilter in "logs" = "POST /";
    input {
        /// The pattern.
        filter_pattern: String => "filterPattern",
        /// The messages: 1 to 50.
        log_event_messages: Vec<String> => required "logEventMessages",
    }
    output TestMetricFilterOutput {
        /// Those that match.
        pub matches: Vec<MetricFilterMatchRecord> => "matches",
    }
    errors ["InvalidParameterException"]
    access {
        "logs:TestMetricFilter" on "*",
    }
}

impl Read for TestMetricFilter {
    type Output = TestMetricFilterOutput;
    fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let pattern = pattern(&self.filter_pattern)?;
        let mut faults = Faults::default();
        faults.count("logEventMessages", &self.log_event_messages, 1, MESSAGES_MAX);
        faults.check(INVALID)?;
        let numbered = (1_i64..).zip(self.log_event_messages);
        let matches = numbered.filter_map(|(event_number, event_message)| {
            let extracted_values = Some(pattern.find(&event_message)?.values());
            Some(MetricFilterMatchRecord { event_number, event_message, extracted_values })
        });
        Ok(TestMetricFilterOutput { matches: matches.collect() })
    }
}

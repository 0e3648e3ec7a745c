//! Metrics: published and listed.

use std::time::Duration;

use base::Time;
use sim::api::Read;
use sim::api::{ApiError, Double, Refused, Value, Write};
use sim::{Cx, World};

use super::page;
use crate::cloudwatch::evaluate;
use crate::cloudwatch::faults::{combination, invalid, missing};
use crate::cloudwatch::metric::{self, Dimension, Metric, StandardUnit};
use crate::cloudwatch::series::{MINUTE_S, Points};
use crate::cloudwatch::state::State;
use crate::place::Place;

/// Metrics of a request, and different values of one (API reference, `PutMetricData`).
const DATA_MAX: usize = 1000;
const VALUES_MAX: usize = 150;
/// How old values may be, and how far in the future.
const AGE_MAX: Duration = Duration::from_hours(14 * 24);
const AHEAD_MAX: Duration = Duration::from_hours(2);
/// Beyond this no value may be: 2 to the power of 360.
const VALUE_MAX: f64 = 2.348_542_582_773_833e108;
/// Metrics of a page.
const PAGE_MAX: usize = 500;
/// Metrics without values for so long are not listed (API reference, `ListMetrics`).
const LISTED: Duration = AGE_MAX;
const RECENT: Duration = Duration::from_hours(3);

sim::argument! {
    /// Statistics of values that are not told one by one.
    pub struct StatisticSet {
        /// How many there were.
        pub(crate) sample_count: Double => "SampleCount",
        /// What they come to together.
        pub(crate) sum: Double => "Sum",
        /// The least.
        pub(crate) minimum: Double => "Minimum",
        /// The greatest.
        pub(crate) maximum: Double => "Maximum",
    }
}

sim::argument! {
    /// Values of a metric at an instant.
    pub struct MetricDatum {
        /// The metric.
        pub(crate) metric_name: String => "MetricName",
        /// What tells it from others of its name: up to 30.
        pub(crate) dimensions: Option<Vec<Dimension>> => "Dimensions",
        /// When it was so; now when nothing is said.
        pub(crate) timestamp: Option<Time> => "Timestamp",
        /// One value.
        pub(crate) value: Option<Double> => "Value",
        /// Statistics of several.
        pub(crate) statistic_values: Option<StatisticSet> => "StatisticValues",
        /// Several values: up to 150 different ones.
        pub(crate) values: Option<Vec<Double>> => "Values",
        /// How often each came.
        pub(crate) counts: Option<Vec<Double>> => "Counts",
        /// What it counts.
        pub(crate) unit: Option<StandardUnit> => "Unit",
        /// 1 for a resolution of a second, 60 for one of a minute.
        pub(crate) storage_resolution: Option<i64> => "StorageResolution",
    }
}

sim::operation! {
    /// Publishes values of metrics.
    write PutMetricData in "cloudwatch" = "POST /";
    input {
        /// The namespace; none that begins with `AWS/`.
        namespace: String => "Namespace",
        /// The values: of up to 1000 metrics.
        metric_data: Option<Vec<MetricDatum>> => "MetricData",
        /// Values of entities; not simulated.
        _entity_metric_data: Refused<Value> => "EntityMetricData",
        /// Whether entities are held to rules; not simulated.
        _strict_entity_validation: Refused<bool> => "StrictEntityValidation",
    }
    output PutMetricDataOutput {}
    errors [
        "InvalidParameterValue", "MissingParameter",
        "InvalidParameterCombination",
    ]
    access { "cloudwatch:PutMetricData" on "*" keys { "cloudwatch:namespace": "Namespace" } }
}

impl Write for PutMetricData {
    type Output = PutMetricDataOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        namespace(&self.namespace)?;
        if self.namespace.starts_with("AWS/") {
            return Err(invalid(format!(
                "The value {} for parameter Namespace is invalid.",
                self.namespace
            )));
        }
        let data = self.metric_data.unwrap_or_default();
        if data.is_empty() {
            return Err(missing("The parameter MetricData is required."));
        }
        if data.len() > DATA_MAX {
            return Err(invalid(format!(
                "The collection MetricData must not have a size greater than {DATA_MAX}."
            )));
        }
        let mut read = Vec::new();
        for (i, datum) in data.into_iter().enumerate() {
            read.push(datum.read(
                &format!("MetricData.member.{}", i + 1),
                &self.namespace,
                cx.at,
            )?);
        }
        let place = Place::of(cx);
        for (metric, unit, values) in read {
            evaluate::put(world, &place, &metric, unit, &values);
        }
        Ok(PutMetricDataOutput {})
    }
}

/// # Errors
/// No namespace is so.
pub(super) fn namespace(text: &str) -> Result<(), ApiError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_/#: ".contains(c);
    let fits = !text.is_empty() && text.len() <= 255 && !text.starts_with(':');
    if fits && text.chars().all(allowed) {
        return Ok(());
    }
    Err(invalid(format!("The value {text} for parameter Namespace is invalid.")))
}

type Values = Vec<(Time, bool, Points)>;

impl MetricDatum {
    fn read(
        self,
        path: &str,
        namespace: &str,
        now: Time,
    ) -> Result<(Metric, StandardUnit, Values), ApiError> {
        if self.metric_name.trim().is_empty() || self.metric_name.len() > 255 {
            return Err(invalid(format!(
                "The parameter {path}.MetricName must not be blank or contain only whitespace."
            )));
        }
        let at = self.timestamp.unwrap_or(now);
        if at < Time(now.0 - i64::try_from(AGE_MAX.as_millis()).unwrap_or(0)) {
            return Err(invalid(format!(
                "The parameter {path}.Timestamp must specify a time no more than two weeks in the past."
            )));
        }
        if at > now.plus(AHEAD_MAX) {
            return Err(invalid(format!(
                "The parameter {path}.Timestamp must specify a time no more than two hours in the future."
            )));
        }
        let high = match self.storage_resolution {
            None | Some(MINUTE_S) => false,
            Some(1) => true,
            Some(other) => {
                return Err(invalid(format!(
                    "The value {other} for parameter {path}.StorageResolution is invalid. It must be 1 or 60."
                )));
            }
        };
        let dimensions = metric::dimensions(path, self.dimensions.unwrap_or_default())?;
        let metric = Metric { namespace: namespace.to_owned(), name: self.metric_name, dimensions };
        let points = points(path, self.value, self.statistic_values, self.values, self.counts)?;
        let unit = self.unit.unwrap_or(StandardUnit::None);
        Ok((metric, unit, points.into_iter().map(|points| (at, high, points)).collect()))
    }
}

/// The values of a datum, which has them in one of three ways.
fn points(
    path: &str,
    value: Option<Double>,
    set: Option<StatisticSet>,
    values: Option<Vec<Double>>,
    counts: Option<Vec<Double>>,
) -> Result<Vec<Points>, ApiError> {
    let number = |member: &str, value: Double| {
        if value.0.is_finite() && value.0.abs() <= VALUE_MAX {
            return Ok(value.0);
        }
        let shown = value.0;
        Err(invalid(format!("The value {shown} for parameter {path}.{member} is invalid.")))
    };
    match (value, set, values) {
        (Some(value), None, None) => Ok(vec![Points::of(number("Value", value)?, 1.0)]),
        (None, Some(set), None) => {
            let count = number("StatisticValues.SampleCount", set.sample_count)?;
            let sum = number("StatisticValues.Sum", set.sum)?;
            let least = number("StatisticValues.Minimum", set.minimum)?;
            let most = number("StatisticValues.Maximum", set.maximum)?;
            if count <= 0.0 || least > most {
                return Err(invalid(format!(
                    "The value of parameter {path}.StatisticValues is invalid."
                )));
            }
            Ok(vec![Points::set(count, sum, least, most)])
        }
        (None, None, Some(values)) => {
            let counts = counts.unwrap_or_else(|| vec![Double(1.0); values.len()]);
            if values.len() > VALUES_MAX || values.is_empty() || counts.len() != values.len() {
                return Err(combination(format!(
                    "The parameters {path}.Values and {path}.Counts must be of the same size, of at most \
                     {VALUES_MAX}."
                )));
            }
            let one =
                |(value, count)| Ok(Points::of(number("Values", value)?, number("Counts", count)?));
            values.into_iter().zip(counts).map(one).collect()
        }
        (None, None, None) => Err(missing(format!(
            "The parameter {path}.Value, {path}.Values or {path}.StatisticValues is required."
        ))),
        _ => Err(combination(format!(
            "The parameters {path}.Value, {path}.Values and {path}.StatisticValues are mutually exclusive \
             and you have specified more than one of them."
        ))),
    }
}

sim::argument! {
    /// A dimension that metrics are to have.
    pub struct DimensionFilter {
        /// Its name.
        pub(crate) name: String => "Name",
        /// Its value; any when nothing is said.
        pub(crate) value: Option<String> => "Value",
    }
}

sim::string_enum! {
    /// How recently metrics had values.
    pub enum RecentlyActive {
        ThreeHours = "PT3H",
    }
}

sim::structure! {
    /// A metric.
    pub struct ListedMetric {
        /// Its namespace.
        pub namespace: String => "Namespace",
        /// Its name.
        pub metric_name: String => "MetricName",
        /// What tells it from others of its name.
        pub dimensions: Vec<Dimension> => "Dimensions",
    }
}

sim::operation! {
    /// Lists metrics that had values in the last two weeks.
    read ListMetrics in "cloudwatch" = "POST /";
    input {
        /// Their namespace.
        namespace: Option<String> => "Namespace",
        /// Their name.
        metric_name: Option<String> => "MetricName",
        /// Dimensions that they have: up to ten.
        dimensions: Option<Vec<DimensionFilter>> => "Dimensions",
        /// Where the last page ended.
        next_token: Option<String> => "NextToken",
        /// Only those with values in the last three hours.
        recently_active: Option<RecentlyActive> => "RecentlyActive",
        /// Whether other accounts are asked; not simulated.
        _include_linked_accounts: Refused<bool> => "IncludeLinkedAccounts",
        /// Another account; not simulated.
        _owning_account: Refused<String> => "OwningAccount",
    }
    output ListMetricsOutput {
        /// The metrics.
        pub metrics: Vec<ListedMetric> => "Metrics",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "NextToken",
        /// Always empty.
        pub owning_accounts: Option<Vec<String>> => "OwningAccounts",
    }
    errors ["InvalidParameterValue"]
    access { "cloudwatch:ListMetrics" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        results: &["Metrics", "OwningAccounts"],
    }
}

impl Read for ListMetrics {
    type Output = ListMetricsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let kept = if self.recently_active.is_some() { RECENT } else { LISTED };
        let filters = self.dimensions.unwrap_or_default();
        let has = |metric: &Metric, filter: &DimensionFilter| {
            metric.dimensions.iter().any(|(name, value)| {
                *name == filter.name && filter.value.as_ref().is_none_or(|wanted| wanted == value)
            })
        };
        let region = world.get::<State>().region(&Place::of(cx));
        let metrics =
            region.into_iter().flat_map(|region| &region.metrics).filter(|(metric, series)| {
                self.namespace.as_ref().is_none_or(|wanted| *wanted == metric.namespace)
                    && self.metric_name.as_ref().is_none_or(|wanted| *wanted == metric.name)
                    && filters.iter().all(|filter| has(metric, filter))
                    && cx.at.since(series.updated) <= kept
            });
        let listed = |metric: &Metric| ListedMetric {
            namespace: metric.namespace.clone(),
            metric_name: metric.name.clone(),
            dimensions: metric.shown(),
        };
        let all: Vec<ListedMetric> = metrics.map(|(metric, _)| listed(metric)).collect();
        let (metrics, next_token) = page(all, self.next_token.as_deref(), PAGE_MAX)?;
        Ok(ListMetricsOutput { metrics, next_token, owning_accounts: None })
    }
}

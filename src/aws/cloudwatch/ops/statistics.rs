//! `GetMetricStatistics`: the statistics of one metric.

use std::collections::BTreeMap;

use base::Time;
use sim::api::{ApiError, Double, Read};
use sim::{Cx, World};

use super::metrics::namespace;
use crate::cloudwatch::faults::{combination, invalid};
use crate::cloudwatch::metric::{self, Dimension, Metric, StandardUnit};
use crate::cloudwatch::series::{MINUTE_S, Points, Window, aligned};
use crate::cloudwatch::state::State;
use crate::cloudwatch::statistic::{Stat, Statistic};
use crate::place::Place;

/// Data points of an answer.
const DATAPOINTS_MAX: i64 = 1440;
/// The longest period: a day.
const PERIOD_MAX_S: i64 = 86_400;

sim::structure! {
    /// The statistics of a period.
    pub struct Datapoint {
        /// When it begins.
        pub timestamp: Time => "Timestamp",
        /// How many values there were.
        pub sample_count: Option<Double> => "SampleCount",
        /// Their average.
        pub average: Option<Double> => "Average",
        /// What they come to together.
        pub sum: Option<Double> => "Sum",
        /// The least.
        pub minimum: Option<Double> => "Minimum",
        /// The greatest.
        pub maximum: Option<Double> => "Maximum",
        /// What they count.
        pub unit: StandardUnit => "Unit",
        /// Percentiles.
        pub extended_statistics: BTreeMap<String, Double> => "ExtendedStatistics",
    }
}

sim::operation! {
    /// Gives statistics of a metric, for each period that has values, in no order.
    read GetMetricStatistics in "cloudwatch" = "POST /";
    input {
        /// The namespace.
        namespace: String => "Namespace",
        /// The metric.
        metric_name: String => "MetricName",
        /// All its dimensions.
        dimensions: Option<Vec<Dimension>> => "Dimensions",
        /// From when on.
        start_time: Time => "StartTime",
        /// Until when.
        end_time: Time => "EndTime",
        /// Seconds of a period: 1, 5, 10, 20, 30 or a multiple of 60.
        period: i64 => "Period",
        /// Which statistics.
        statistics: Option<Vec<Statistic>> => "Statistics",
        /// Which percentiles: `p99.9`.
        extended_statistics: Option<Vec<String>> => "ExtendedStatistics",
        /// Only values of this unit.
        unit: Option<StandardUnit> => "Unit",
    }
    output GetMetricStatisticsOutput {
        /// The name of the metric.
        pub label: String => "Label",
        /// The statistics.
        pub datapoints: Vec<Datapoint> => "Datapoints",
    }
    errors [
        "InvalidParameterValue", "MissingParameter",
        "InvalidParameterCombination",
    ]
    access { "cloudwatch:GetMetricStatistics" on "*" }
}

impl Read for GetMetricStatistics {
    type Output = GetMetricStatisticsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        namespace(&self.namespace)?;
        period("Period", self.period)?;
        span(self.start_time, self.end_time)?;
        let named = self.statistics.unwrap_or_default();
        let texts = self.extended_statistics.unwrap_or_default();
        if named.is_empty() == texts.is_empty() {
            return Err(combination("Must specify either Statistics or ExtendedStatistics"));
        }
        let mut percentiles = Vec::new();
        for text in texts {
            percentiles.push((Stat::read("ExtendedStatistics", &text)?, text));
        }
        let asked = (self.end_time.0 - self.start_time.0) / 1000 / self.period;
        if asked > DATAPOINTS_MAX {
            return Err(combination(format!(
                "You have requested up to {asked} datapoints, which exceeds the limit of {DATAPOINTS_MAX}. \
                 You may reduce the datapoints requested by increasing Period, or decreasing the time range."
            )));
        }
        let dimensions = metric::dimensions("", self.dimensions.unwrap_or_default())?;
        let metric =
            Metric { namespace: self.namespace, name: self.metric_name.clone(), dimensions };
        let window = Window {
            start_s: aligned(self.start_time, self.period, cx.at),
            end_s: (self.end_time.0 + 999).div_euclid(1000),
            period_s: self.period,
            unit: self.unit,
        };
        let region = world.get::<State>().region(&Place::of(cx));
        let series = region.and_then(|region| region.series(&metric));
        let periods = series.map(|series| series.periods(&window, cx.at)).unwrap_or_default();
        let datapoint = |((begin, unit), points): ((i64, StandardUnit), Points)| {
            let told = |wanted: Statistic| {
                let is_told = named.contains(&wanted);
                is_told.then(|| Stat::Named(wanted).of(&points).map(Double)).flatten()
            };
            let percentile =
                |(stat, text): &(Stat, String)| Some((text.clone(), Double(stat.of(&points)?)));
            Datapoint {
                timestamp: Time(begin * 1000),
                sample_count: told(Statistic::SampleCount),
                average: told(Statistic::Average),
                sum: told(Statistic::Sum),
                minimum: told(Statistic::Minimum),
                maximum: told(Statistic::Maximum),
                unit,
                extended_statistics: percentiles.iter().filter_map(percentile).collect(),
            }
        };
        let datapoints = periods.into_iter().map(datapoint).collect();
        Ok(GetMetricStatisticsOutput { label: self.metric_name, datapoints })
    }
}

/// # Errors
/// No period is so long.
pub(super) fn period(path: &str, period_s: i64) -> Result<(), ApiError> {
    let fits =
        matches!(period_s, 1 | 5 | 10 | 20 | 30) || (period_s > 0 && period_s % MINUTE_S == 0);
    if !fits {
        return Err(invalid(format!(
            "The parameter {path} must be 1, 5, 10, 20, 30, or a multiple of 60."
        )));
    }
    if period_s > PERIOD_MAX_S {
        let message = format!("The parameter {path} must be less than or equal to {PERIOD_MAX_S}.");
        return Err(invalid(message));
    }
    Ok(())
}

/// # Errors
/// It ends before it begins.
pub(super) fn span(start: Time, end: Time) -> Result<(), ApiError> {
    if start < end {
        return Ok(());
    }
    Err(invalid("The parameter StartTime must be less than the parameter EndTime."))
}

//! `GetMetricData`: several metrics, and expressions over them.

use std::collections::{BTreeMap, BTreeSet};

use base::Time;
use sim::api::{ApiError, Double, Read, Refused, Value};
use sim::{Cx, World};

use super::statistics::{period, span};
use crate::cloudwatch::faults::validation;
use crate::cloudwatch::math::{self, Answer, Expr, Line, Terms};
use crate::cloudwatch::metric::{self, Dimension, Metric, StandardUnit};
use crate::cloudwatch::series::{Window, aligned};
use crate::cloudwatch::state::State;
use crate::cloudwatch::statistic::Stat;
use crate::place::Place;

/// Queries of a request.
const QUERIES_MAX: usize = 500;
/// Data points of an answer (API reference, `GetMetricData`).
const DATAPOINTS_MAX: i64 = 100_800;

sim::argument! {
    /// A metric that is asked for.
    pub struct MetricAsked {
        /// Its namespace.
        pub(crate) namespace: Option<String> => "Namespace",
        /// Its name.
        pub(crate) metric_name: Option<String> => "MetricName",
        /// All its dimensions.
        pub(crate) dimensions: Option<Vec<Dimension>> => "Dimensions",
    }
}

sim::argument! {
    /// A statistic of a metric.
    pub struct MetricStat {
        /// The metric.
        pub(crate) metric: MetricAsked => "Metric",
        /// Seconds of a period.
        pub(crate) period: i64 => "Period",
        /// The statistic: one of the five, or `p99.9`.
        pub(crate) stat: String => "Stat",
        /// Only values of this unit.
        pub(crate) unit: Option<StandardUnit> => "Unit",
    }
}

sim::argument! {
    /// A metric's statistic, or an expression over others.
    pub struct MetricDataQuery {
        /// By what expressions name it.
        pub(crate) id: String => "Id",
        /// The statistic.
        pub(crate) metric_stat: Option<MetricStat> => "MetricStat",
        /// The expression.
        pub(crate) expression: Option<String> => "Expression",
        /// What the answer calls it.
        pub(crate) label: Option<String> => "Label",
        /// Whether the answer has it.
        pub(crate) return_data: Option<bool> => "ReturnData",
        /// Seconds of a period, of an expression without metrics.
        pub(crate) period: Option<i64> => "Period",
        /// Another account; not simulated.
        pub(crate) _account_id: Refused<String> => "AccountId",
    }
}

sim::string_enum! {
    /// Which comes first.
    pub enum ScanBy {
        TimestampDescending = "TimestampDescending",
        TimestampAscending = "TimestampAscending",
    }
}

sim::string_enum! {
    /// Whether all of a result is there.
    pub enum StatusCode {
        Complete = "Complete",
        InternalError = "InternalError",
        PartialData = "PartialData",
        Forbidden = "Forbidden",
    }
}

sim::structure! {
    /// Something that is to be said beside the data.
    pub struct MessageData {
        /// What kind of thing.
        pub code: Option<String> => "Code",
        /// The words.
        pub value: Option<String> => "Value",
    }
}

sim::structure! {
    /// What a query came to.
    pub struct MetricDataResult {
        /// By what expressions name it.
        pub id: String => "Id",
        /// What it is called.
        pub label: String => "Label",
        /// When the periods begin.
        pub timestamps: Vec<Time> => "Timestamps",
        /// The figures.
        pub values: Vec<Double> => "Values",
        /// Whether all is there.
        pub status_code: StatusCode => "StatusCode",
        /// Nothing so far.
        pub messages: Option<Vec<MessageData>> => "Messages",
    }
}

sim::operation! {
    /// Gives statistics of metrics, and what expressions over them come to.
    read GetMetricData in "cloudwatch" = "POST /";
    input {
        /// The queries: up to 500.
        metric_data_queries: Vec<MetricDataQuery> => required "MetricDataQueries",
        /// From when on.
        start_time: Time => "StartTime",
        /// Until when.
        end_time: Time => "EndTime",
        /// Where the last page ended; all data comes in one page here.
        _next_token: Refused<String> => "NextToken",
        /// Whether the newest or the oldest comes first.
        scan_by: Option<ScanBy> => "ScanBy",
        /// How many data points make a page; not simulated.
        _max_datapoints: Refused<i64> => "MaxDatapoints",
        /// In which time zone labels are; not simulated.
        _label_options: Refused<Value> => "LabelOptions",
    }
    output GetMetricDataOutput {
        /// What the queries came to.
        pub metric_data_results: Vec<MetricDataResult> => "MetricDataResults",
        /// Absent, as all data comes in one page.
        pub next_token: Option<String> => "NextToken",
        /// Nothing so far.
        pub messages: Vec<MessageData> => "Messages",
    }
    errors ["InvalidNextToken"]
    access { "cloudwatch:GetMetricData" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxDatapoints"),
        results: &["MetricDataResults", "Messages"],
    }
}

/// A query that was read.
struct Query {
    id: String,
    label: Option<String>,
    shown: bool,
    what: What,
    period_s: Option<i64>,
}

enum What {
    Metric { metric: Metric, stat: Stat, text: String, unit: Option<StandardUnit> },
    Math(Expr, String),
}

impl Read for GetMetricData {
    type Output = GetMetricDataOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        span(self.start_time, self.end_time)?;
        if self.metric_data_queries.is_empty() || self.metric_data_queries.len() > QUERIES_MAX {
            return Err(validation(format!(
                "The parameter MetricDataQueries must have 1 to {QUERIES_MAX} members."
            )));
        }
        let mut queries = Vec::new();
        for (i, query) in self.metric_data_queries.into_iter().enumerate() {
            queries.push(query.read(i)?);
        }
        let ids: BTreeSet<&str> = queries.iter().map(|query| query.id.as_str()).collect();
        if ids.len() < queries.len() {
            return Err(validation(
                "The values for parameter id in MetricDataQueries are not unique.",
            ));
        }
        let finest = queries.iter().filter_map(|query| query.period_s).min();
        let finest = finest.ok_or_else(|| {
            validation("The parameter Period is required where no metric has one.")
        })?;
        let span_s = (self.end_time.0 - self.start_time.0) / 1000;
        let count = i64::try_from(queries.len()).unwrap_or(i64::MAX);
        if span_s / finest * count > DATAPOINTS_MAX {
            return Err(validation(format!(
                "The requested data exceeds the limit of {DATAPOINTS_MAX} datapoints."
            )));
        }
        let region = world.get::<State>().region(&Place::of(cx));
        let mut known = BTreeMap::new();
        let mut metrics = Vec::new();
        for query in &queries {
            let What::Metric { metric, stat, unit, .. } = &query.what else { continue };
            let period_s = query.period_s.unwrap_or(finest);
            let window = window(self.start_time, self.end_time, period_s, *unit, cx.at);
            let series = region.and_then(|region| region.series(metric));
            let merged = series.map(|series| series.merged(&window, cx.at)).unwrap_or_default();
            let figures = merged.iter().filter_map(|(at, points)| Some((*at, stat.of(points)?)));
            let line: Line = figures.collect();
            metrics.push(line.clone());
            known.insert(query.id.clone(), Answer::Line(line));
        }
        let whole = window(self.start_time, self.end_time, finest, None, cx.at);
        let begins: Vec<i64> =
            (whole.start_s..whole.end_s).step_by(usize::try_from(finest).unwrap_or(1)).collect();
        for at in order(&queries)? {
            let query = &queries[at];
            let What::Math(expr, _) = &query.what else { continue };
            let terms = Terms {
                known: &known,
                metrics: &metrics,
                period_s: query.period_s.unwrap_or(finest),
                begins: &begins,
            };
            let answer = math::evaluate(expr, &terms).map_err(|why| wrong(&query.id, &why))?;
            known.insert(query.id.clone(), answer);
        }
        let ascending = self.scan_by == Some(ScanBy::TimestampAscending);
        let mut results = Vec::new();
        for query in queries.into_iter().filter(|query| query.shown) {
            results.extend(query.results(&known, ascending)?);
        }
        Ok(GetMetricDataOutput {
            metric_data_results: results,
            next_token: None,
            messages: Vec::new(),
        })
    }
}

fn window(start: Time, end: Time, period_s: i64, unit: Option<StandardUnit>, now: Time) -> Window {
    let end_s = (end.0 + 999).div_euclid(1000);
    Window { start_s: aligned(start, period_s, now), end_s, period_s, unit }
}

fn wrong(id: &str, why: &str) -> ApiError {
    validation(format!("Error in expression '{id}': {why}"))
}

/// The queries in an order in which each comes behind those that it names.
fn order(queries: &[Query]) -> Result<Vec<usize>, ApiError> {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut order = Vec::new();
    let mut waiting: Vec<usize> = (0..queries.len()).collect();
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|at| {
            let query = &queries[*at];
            let ready = match &query.what {
                What::Metric { .. } => true,
                What::Math(expr, _) => expr
                    .ids()
                    .iter()
                    .all(|id| done.contains(id) || !queries.iter().any(|query| query.id == **id)),
            };
            if ready {
                done.insert(&query.id);
                order.push(*at);
            }
            !ready
        });
        if waiting.len() == before {
            let id = waiting.first().map_or("", |at| queries[*at].id.as_str());
            return Err(wrong(id, "The expressions name each other"));
        }
    }
    Ok(order)
}

impl MetricDataQuery {
    fn read(self, at: usize) -> Result<Query, ApiError> {
        let path = format!("MetricDataQueries.member.{}", at + 1);
        let is_id = self.id.starts_with(|c: char| c.is_ascii_lowercase())
            && self.id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_id {
            return Err(validation(format!(
                "The value {} for parameter {path}.Id is not matching the \
                                           expected pattern ^[a-z][a-zA-Z0-9_]*$.",
                self.id
            )));
        }
        let (what, period_s) = match (self.metric_stat, self.expression) {
            (Some(stat), None) => {
                period(&format!("{path}.MetricStat.Period"), stat.period)?;
                let name = format!("{path}.MetricStat.Stat");
                let dimensions = stat.metric.dimensions.unwrap_or_default();
                let metric = Metric {
                    namespace: stat.metric.namespace.unwrap_or_default(),
                    name: stat.metric.metric_name.unwrap_or_default(),
                    dimensions: metric::dimensions(&path, dimensions)?,
                };
                let what = What::Metric {
                    metric,
                    stat: Stat::read(&name, &stat.stat)?,
                    text: stat.stat,
                    unit: stat.unit,
                };
                (what, Some(stat.period))
            }
            (None, Some(text)) => {
                let expr = math::parse(&text).map_err(|why| wrong(&self.id, &why))?;
                if let Some(given) = self.period {
                    period(&format!("{path}.Period"), given)?;
                }
                (What::Math(expr, text), self.period)
            }
            _ => {
                return Err(validation(format!(
                    "The parameters {path}.Expression and {path}.MetricStat are mutually exclusive, and one \
                     of them is required."
                )));
            }
        };
        let shown = self.return_data.unwrap_or(true);
        Ok(Query { id: self.id, label: self.label, shown, what, period_s })
    }
}

impl Query {
    /// What it came to: one result, or one for each line of a list.
    fn results(
        self,
        known: &BTreeMap<String, Answer>,
        ascending: bool,
    ) -> Result<Vec<MetricDataResult>, ApiError> {
        let lines = match known.get(&self.id).cloned() {
            Some(Answer::Line(line)) => vec![line],
            Some(Answer::Lines(lines)) => lines,
            Some(Answer::Number(_)) | None => {
                return Err(wrong(&self.id, "The expression does not come to a time series"));
            }
        };
        let label = self.label.clone().unwrap_or_else(|| match &self.what {
            What::Metric { metric, text, .. } => {
                if metric.name.is_empty() {
                    text.clone()
                } else {
                    metric.name.clone()
                }
            }
            What::Math(expr, text) => {
                if expr.takes_all() {
                    text.clone()
                } else {
                    self.id.clone()
                }
            }
        });
        let result = |line: Line| {
            let mut pairs: Vec<(i64, f64)> = line.into_iter().collect();
            if !ascending {
                pairs.reverse();
            }
            MetricDataResult {
                id: self.id.clone(),
                label: label.clone(),
                timestamps: pairs.iter().map(|(at, _)| Time(at * 1000)).collect(),
                values: pairs.iter().map(|(_, value)| Double(*value)).collect(),
                status_code: StatusCode::Complete,
                messages: None,
            }
        };
        Ok(lines.into_iter().map(result).collect())
    }
}

//! Metric filters: events that match become values of a metric.
//!
//! Source: user guide, "Creating metrics from log events using filters"; API reference,
//! `PutMetricFilter` and `MetricTransformation`.

use base::Time;
use sim::api::{ApiError, Double};

use super::faults::{INVALID, invalid};
use super::pattern::{Found, Pattern, Selector};
use crate::constraint::Faults;
use crate::metrics::Measured;
use crate::place::Place;

/// Filters of a group (user guide, "CloudWatch Logs quotas").
pub(crate) const FILTERS_MAX: usize = 100;
/// Filters of a group whose patterns have regular expressions.
pub(crate) const EXPRESSIONS_MAX: usize = 5;
/// Dimensions of a metric.
const DIMENSIONS_MAX: usize = 3;
/// Characters of a pattern.
const PATTERN_MAX: usize = 1024;

/// A metric filter.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct MetricFilter {
    pub(crate) created: Time,
    pub(crate) pattern: String,
    pub(crate) transformation: Transformation,
}

/// What an event becomes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Transformation {
    pub(crate) metric: String,
    pub(crate) namespace: String,
    /// A number, or what it is taken from: `$.latency`.
    pub(crate) value: String,
    /// The value of an event that does not match.
    pub(crate) default: Option<Double>,
    /// Names, and what their values are taken from.
    pub(crate) dimensions: Vec<(String, String)>,
    pub(crate) unit: Option<String>,
}

/// # Errors
/// The pattern is none.
pub(crate) fn pattern(text: &str) -> Result<Pattern, ApiError> {
    let mut faults = Faults::default();
    faults.length("filterPattern", text, 0, PATTERN_MAX);
    faults.check(INVALID)?;
    Pattern::parse(text)
}

impl Transformation {
    /// # Errors
    /// It cannot be one, or not with this pattern.
    pub(crate) fn check(&self, pattern: &Pattern) -> Result<(), ApiError> {
        let mut faults = Faults::default();
        let member = |name: &str| format!("metricTransformations.1.member.{name}");
        for (name, text) in [("metricName", &self.metric), ("metricNamespace", &self.namespace)] {
            faults.length(&member(name), text, 0, 255);
            faults.pattern(&member(name), text, "[^:*$]*", |c| !":*$".contains(c));
        }
        faults.length(&member("metricValue"), &self.value, 0, 100);
        faults.check(INVALID)?;
        if !self.dimensions.is_empty() {
            if self.default.is_some() {
                return Err(invalid(
                    "Invalid metric transformation: dimensions and default value are mutually \
                     exclusive properties",
                ));
            }
            if !matches!(pattern, Pattern::Json(_) | Pattern::Fields(_)) {
                return Err(invalid("The specified filter pattern does not support dimensions"));
            }
            if self.dimensions.len() > DIMENSIONS_MAX {
                return Err(invalid(
                    "Invalid metric transformation: at most 3 dimensions can be specified",
                ));
            }
        }
        let literal = self.value.parse::<f64>().is_ok_and(f64::is_finite);
        let mut references: Vec<&str> = self.dimensions.iter().map(|(_, v)| v.as_str()).collect();
        if !literal {
            references.push(&self.value);
        }
        match references.into_iter().find(|reference| !refers(pattern, reference)) {
            None => Ok(()),
            Some(wrong) => Err(invalid(format!(
                "Invalid metric transformation: '{wrong}' is neither a number nor a field of the \
                 filter pattern"
            ))),
        }
    }
}

/// Whether a reference leads to something that the pattern finds.
fn refers(pattern: &Pattern, reference: &str) -> bool {
    match pattern {
        Pattern::All | Pattern::Text(_) => false,
        Pattern::Json(_) => Selector::parse(reference).is_ok(),
        Pattern::Fields(fields) => reference.strip_prefix('$').is_some_and(|name| fields.has(name)),
    }
}

impl MetricFilter {
    /// What these events, each with its timestamp, become.
    pub(crate) fn measure<'a>(
        &self,
        place: &Place,
        events: impl Iterator<Item = (i64, &'a str)>,
    ) -> Vec<Measured> {
        // It was parsed when the filter was made.
        let Ok(pattern) = Pattern::parse(&self.pattern) else { return Vec::new() };
        let value = |message: &str| match pattern.find(message) {
            Some(found) => self.value(&found),
            None => self.transformation.default.map(|default| (default.0, Vec::new())),
        };
        let of = &self.transformation;
        events
            .filter_map(|(at, message)| Some((at, value(message)?)))
            .map(|(at, (value, dimensions))| Measured {
                place: place.clone(),
                namespace: of.namespace.clone(),
                name: of.metric.clone(),
                dimensions,
                unit: of.unit.clone(),
                value,
                at: Time(at),
            })
            .collect()
    }

    /// The value and the dimensions of an event that matches; nothing where it has no number.
    fn value(&self, found: &Found) -> Option<(f64, Vec<(String, String)>)> {
        let of = &self.transformation;
        let text = if of.value.starts_with('$') { found.get(&of.value)? } else { of.value.clone() };
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite())?;
        let dimension = |(name, reference): &(String, String)| {
            Some((name.clone(), found.get(reference).filter(|value| !value.is_empty())?))
        };
        let dimensions = of.dimensions.iter().map(dimension).collect::<Option<Vec<_>>>()?;
        Some((value, dimensions))
    }
}

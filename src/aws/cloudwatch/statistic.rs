//! What is told of the values of a period.

use sim::api::ApiError;

use super::faults::invalid;
use super::series::Points;

sim::string_enum! {
    /// The statistics that have names.
    pub enum Statistic {
        SampleCount = "SampleCount",
        Average = "Average",
        Sum = "Sum",
        Minimum = "Minimum",
        Maximum = "Maximum",
    }
}

/// What is told of values: one of the five, or a percentile, kept in tenthousandths.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Stat {
    Named(Statistic),
    Percentile(u32),
}

const PERCENT: f64 = 10_000.0;

impl Stat {
    /// `Average`, `p99.9`.
    ///
    /// # Errors
    /// It is none that is simulated.
    pub(crate) fn read(parameter: &str, text: &str) -> Result<Self, ApiError> {
        let value = sim::api::Value::from(text);
        if let Ok(named) = sim::api::Shaped::from_value(value) {
            return Ok(Self::Named(named));
        }
        let digits = text.strip_prefix('p').filter(|d| d.starts_with(|c: char| c.is_ascii_digit()));
        let percent = digits.and_then(|digits| digits.parse::<f64>().ok());
        match percent.filter(|percent| (0.0..=100.0).contains(percent)) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "0 to 10^6"
            )]
            Some(percent) => Ok(Self::Percentile((percent * PERCENT).round() as u32)),
            None => Err(invalid(format!(
                "The value {text} for parameter {parameter} is not supported."
            ))),
        }
    }

    /// The figure; nothing where the values do not tell it.
    pub(crate) fn of(self, points: &Points) -> Option<f64> {
        match self {
            Self::Named(Statistic::SampleCount) => Some(points.count.0),
            Self::Named(Statistic::Average) => Some(points.sum.0 / points.count.0),
            Self::Named(Statistic::Sum) => Some(points.sum.0),
            Self::Named(Statistic::Minimum) => Some(points.min.0),
            Self::Named(Statistic::Maximum) => Some(points.max.0),
            Self::Percentile(percent) => points.percentile(f64::from(percent) / PERCENT),
        }
    }
}

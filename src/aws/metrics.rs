//! What services measure: news that CloudWatch keeps, and that nobody has to hear.

use base::Time;

use crate::place::Place;

/// One measured value of a metric.
#[derive(Clone, PartialEq, Debug)]
pub struct Measured {
    pub place: Place,
    /// `AWS/EC2`
    pub namespace: String,
    pub name: String,
    /// In the order of their names.
    pub dimensions: Vec<(String, String)>,
    /// `None` and no unit are one.
    pub unit: Option<String>,
    pub value: f64,
    /// When it was so.
    pub at: Time,
}

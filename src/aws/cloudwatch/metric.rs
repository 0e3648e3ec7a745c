//! What a metric is called, and the words of the API for units, statistics and dimensions.

use sim::api::ApiError;

use super::faults::invalid;

/// Dimensions of a metric (API reference, `MetricDatum`).
pub(crate) const DIMENSIONS_MAX: usize = 30;

/// A metric of a place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub(crate) struct Metric {
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// In the order of their names.
    pub(crate) dimensions: Vec<(String, String)>,
}

sim::structure! {
    /// A name and a value that tell metrics of one name apart.
    pub struct Dimension {
        /// The name.
        pub name: String => "Name",
        /// The value.
        pub value: String => "Value",
    }
}

/// Dimensions as a metric has them.
///
/// # Errors
/// There are too many, one comes twice, or a name or value cannot be one.
pub(crate) fn dimensions(
    path: &str,
    given: Vec<Dimension>,
) -> Result<Vec<(String, String)>, ApiError> {
    if given.len() > DIMENSIONS_MAX {
        return Err(invalid(format!(
            "The collection {path}.Dimensions must not have a size greater than {DIMENSIONS_MAX}."
        )));
    }
    let mut all = Vec::new();
    for (i, dimension) in given.into_iter().enumerate() {
        for (member, text) in [("Name", &dimension.name), ("Value", &dimension.value)] {
            let path = format!("{path}.Dimensions.member.{}.{member}", i + 1);
            if text.trim().is_empty() {
                return Err(invalid(format!(
                    "The parameter {path} must not be blank or contain only whitespace."
                )));
            }
            if !text.is_ascii() || text.chars().any(|c| c.is_ascii_control()) {
                return Err(invalid(format!(
                    "The parameter {path} must contain only ASCII characters."
                )));
            }
        }
        if dimension.name.starts_with(':') {
            return Err(invalid(format!(
                "The value {} for parameter {path}.Dimensions.member.{}.Name is invalid.",
                dimension.name,
                i + 1
            )));
        }
        all.push((dimension.name, dimension.value));
    }
    all.sort();
    if all.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(invalid(format!("{path}.Dimensions has a name more than once.")));
    }
    Ok(all)
}

impl Metric {
    /// The dimensions as answers have them.
    pub(crate) fn shown(&self) -> Vec<Dimension> {
        let one = |(name, value): &(String, String)| Dimension {
            name: name.clone(),
            value: value.clone(),
        };
        self.dimensions.iter().map(one).collect()
    }
}

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

impl StandardUnit {
    /// The unit that a service measured in.
    pub(crate) fn named(name: Option<&str>) -> Self {
        let value = sim::api::Value::from(name.unwrap_or("None"));
        sim::api::Shaped::from_value(value).unwrap_or(Self::None)
    }
}

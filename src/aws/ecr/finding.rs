//! What scans find.

use std::collections::BTreeMap;

use base::Time;

sim::string_enum! {
    /// How bad a finding is, from the mildest.
    pub enum Severity {
        Undefined = "UNDEFINED",
        Informational = "INFORMATIONAL",
        Low = "LOW",
        Medium = "MEDIUM",
        High = "HIGH",
        Critical = "CRITICAL",
    }
}

/// One thing that a scan found.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Finding {
    pub(super) name: String,
    pub(super) severity: Severity,
    pub(super) description: Option<String>,
    pub(super) uri: Option<String>,
    pub(super) package: Option<String>,
    pub(super) version: Option<String>,
}

/// The last scan of an image.
#[derive(Clone, Hash, Debug)]
pub(super) struct Scan {
    pub(super) begun: Time,
    /// When it ended; it is under way until then.
    pub(super) completed: Option<Time>,
    pub(super) findings: Vec<Finding>,
}

impl Scan {
    /// How many findings there are of each severity.
    pub(super) fn counts(&self) -> BTreeMap<String, i64> {
        let mut counts = BTreeMap::new();
        for finding in &self.findings {
            *counts.entry(finding.severity.as_str().to_owned()).or_default() += 1;
        }
        counts
    }
}

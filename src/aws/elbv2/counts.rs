//! What is counted of requests, under the names of metrics.

use std::collections::BTreeMap;

use super::flight::Flight;

/// The namespace of the metrics.
pub(crate) const NAMESPACE: &str = "AWS/ApplicationELB";

/// What was counted: by target group (an ARN, or nothing) and metric.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Counts(pub(crate) BTreeMap<(String, &'static str), u64>);

impl Counts {
    /// Everything: the ARN of a target group or nothing, the metric, how many.
    pub(crate) fn all(self) -> impl Iterator<Item = (String, &'static str, u64)> {
        self.0.into_iter().map(|((group, metric), count)| (group, metric, count))
    }

    fn add(&mut self, group: &str, metric: &'static str, count: u64) {
        *self.0.entry((group.to_owned(), metric)).or_default() += count;
    }

    /// Counts a request that has ended.
    pub(crate) fn take(&mut self, flight: &Flight) {
        let entry = &flight.entry;
        let group = flight.target.as_ref().map_or("", |(group, _)| group.as_str());
        self.add("", "ProcessedBytes", entry.received + entry.sent);
        self.add("", "RequestCount", 1);
        match entry.action {
            "redirect" => self.add("", "HTTP_Redirect_Count", 1),
            "fixed-response" => self.add("", "HTTP_Fixed_Response_Count", 1),
            _ => {}
        }
        let mut both = |metric| {
            self.add("", metric, 1);
            if !group.is_empty() {
                self.add(group, metric, 1);
            }
        };
        match entry.target_status {
            Some(200..=299) => both("HTTPCode_Target_2XX_Count"),
            Some(300..=399) => both("HTTPCode_Target_3XX_Count"),
            Some(400..=499) => both("HTTPCode_Target_4XX_Count"),
            Some(500..) => both("HTTPCode_Target_5XX_Count"),
            _ => {}
        }
        if flight.broken {
            both("TargetConnectionErrorCount");
        }
        if !group.is_empty() {
            self.add(group, "RequestCount", 1);
            self.add(group, "RequestCountPerTarget", 1);
        }
        if entry.target_status.is_some() || entry.action == "fixed-response" {
            return;
        }
        match entry.status {
            300..=399 => self.add("", "HTTPCode_ELB_3XX_Count", 1),
            400..=499 => self.add("", "HTTPCode_ELB_4XX_Count", 1),
            500.. => self.add("", "HTTPCode_ELB_5XX_Count", 1),
            _ => {}
        }
        match entry.status {
            500 => self.add("", "HTTPCode_ELB_500_Count", 1),
            502 => self.add("", "HTTPCode_ELB_502_Count", 1),
            503 => self.add("", "HTTPCode_ELB_503_Count", 1),
            504 => self.add("", "HTTPCode_ELB_504_Count", 1),
            _ => {}
        }
    }
}

/// `targetgroup/NAME/ID` of an ARN.
pub(crate) fn group_path(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}

/// Milliseconds as seconds.
#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
pub(crate) fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

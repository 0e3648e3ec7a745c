//! Which metrics of a group are published.

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use crate::faults::validation;
use crate::metrics::{self, NAMES};
use crate::state::group_mut;

const GRANULARITY: &str = "1Minute";

fn named(given: Vec<String>) -> Result<Vec<String>, ApiError> {
    if given.is_empty() {
        return Ok(NAMES.iter().map(|name| (*name).to_owned()).collect());
    }
    match given.iter().find(|name| !NAMES.contains(&name.as_str())) {
        Some(odd) => Err(validation(format!("Invalid metric name: {odd}"))),
        None => Ok(given),
    }
}

sim::operation! {
    /// Enables group metrics collection for the specified Auto Scaling group.
    write EnableMetricsCollection in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// Identifies the metrics to enable; all when none is given.
        metrics: Vec<String> => "Metrics",
        /// The frequency at which Amazon EC2 Auto Scaling sends aggregated data to CloudWatch: 1Minute.
        granularity: String => "Granularity",
    }
    output EnableMetricsCollectionOutput {}
    errors ["ResourceContention"]
    access {
        "autoscaling:EnableMetricsCollection" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
    takes time
}

impl Write for EnableMetricsCollection {
    type Output = EnableMetricsCollectionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        if self.granularity != GRANULARITY {
            return Err(validation(format!(
                "Invalid granularity: {}. The only valid value is {GRANULARITY}",
                self.granularity
            )));
        }
        let names = named(self.metrics)?;
        if let Some(group) = group_mut(world, &whose) {
            group.metrics.extend(names);
        }
        metrics::begin(world, &whose);
        Ok(EnableMetricsCollectionOutput {})
    }
}

sim::operation! {
    /// Disables group metrics collection for the specified Auto Scaling group.
    write DisableMetricsCollection in "autoscaling" = "";
    input {
        /// The name of the Auto Scaling group.
        auto_scaling_group_name: String => "AutoScalingGroupName",
        /// Identifies the metrics to disable; all when none is given.
        metrics: Vec<String> => "Metrics",
    }
    output DisableMetricsCollectionOutput {}
    errors ["ResourceContention"]
    access {
        "autoscaling:DisableMetricsCollection" on
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
    }
}

impl Write for DisableMetricsCollection {
    type Output = DisableMetricsCollectionOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let whose = super::whose(world, cx, &self.auto_scaling_group_name)?;
        let names = named(self.metrics)?;
        if let Some(group) = group_mut(world, &whose) {
            group.metrics.retain(|name| !names.contains(name));
        }
        Ok(DisableMetricsCollectionOutput {})
    }
}

sim::structure! {
    /// Describes a metric.
    pub struct MetricCollectionType {
        /// The name of the metric.
        pub metric: String => "Metric",
    }
}

sim::structure! {
    /// Describes a granularity of a metric.
    pub struct MetricGranularityType {
        /// The granularity.
        pub granularity: String => "Granularity",
    }
}

sim::operation! {
    /// Describes the available CloudWatch metrics for Amazon EC2 Auto Scaling.
    read DescribeMetricCollectionTypes in "autoscaling" = "";
    input {}
    output DescribeMetricCollectionTypesOutput {
        /// The metrics.
        pub metrics: Vec<MetricCollectionType> => "Metrics",
        /// The granularities for the metrics.
        pub granularities: Vec<MetricGranularityType> => "Granularities",
    }
    errors ["ResourceContention"]
    access { "autoscaling:DescribeMetricCollectionTypes" on "*" }
}

impl Read for DescribeMetricCollectionTypes {
    type Output = DescribeMetricCollectionTypesOutput;
    fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let one = |name: &&str| MetricCollectionType { metric: (*name).to_owned() };
        Ok(DescribeMetricCollectionTypesOutput {
            metrics: NAMES.iter().map(one).collect(),
            granularities: vec![MetricGranularityType { granularity: GRANULARITY.to_owned() }],
        })
    }
}
